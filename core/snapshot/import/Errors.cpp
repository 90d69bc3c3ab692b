// SPDX-License-Identifier: Apache-2.0
#include "core/base/Text.h"
#include "core/snapshot/Importer_p.h"

namespace plimsoll::snapshot {

// Support bundles write beside each kind why it could not be collected, as an array of messages.
Result<bool> Importer::readErrors(HeadedSource& headed, const std::string& name)
{
    const auto type = failedTypeOfPath(name);
    if (!type)
        return false;
    constexpr std::uint64_t maxBytes = 4u << 20;
    const auto text = readWhole(headed, maxBytes);
    if (!text)
        return std::unexpected(text.error());
    format::Document document;
    if (!m_parser.parseCopy(*text, document) || !document.root().isArray() || document.root().size() == 0)
        return true;
    const std::string message = shortened(printable((*document.root().begin()).text()), 500);
    const bool isForbidden = message.contains("forbidden");
    const std::string group = groupOf(type->apiVersion);
    const std::string plural(pluralOf(group, type->kind).value_or(""));
    out().notCollected.push_back({ .group = group,
        .version = type->apiVersion.substr(group.empty() ? 0 : group.size() + 1),
        .plural = plural,
        .kind = type->kind,
        .ns = {},
        .reason = isForbidden ? "forbidden" : "error",
        .httpStatus = isForbidden ? 403 : 0,
        .message = message,
        .missingPermission = isForbidden ? "list " + plural + (group.empty() ? "" : '.' + group) : std::string() });
    return true;
}

} // namespace plimsoll::snapshot
