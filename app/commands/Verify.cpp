// SPDX-License-Identifier: Apache-2.0
#include "app/Console.h"
#include "app/commands/Commands.h"
#include "core/base/Text.h"

namespace plimsoll::app {

namespace {

constexpr std::array ownOptions {
    progressOption,
};
constexpr auto options = allOptions(ownOptions, sourceOptions);

void printReport(const snapshot::VerifyReport& report)
{
    const snapshot::Origin& origin = report.origin;
    const auto time = [](const std::optional<UnixSeconds>& at) { return at ? formatTime(*at) : std::string("-"); };
    std::vector<std::vector<std::string>> rows {
        { "state", origin.integrity == snapshot::Integrity::Signed ? "whole, signed" : "whole, unsigned" },
        { "signer", origin.signer.empty() ? "-" : printable(origin.signer) },
        { "encrypted", origin.isEncrypted ? "yes" : "no" },
        { "manifest SHA-256", report.manifestSha256 },
        { "entries", std::to_string(report.entries) },
        { "objects", grouped(report.objects) },
        { "captured", time(origin.capturedFrom) + " to " + time(origin.capturedTo) },
        { "captured by", origin.tool.empty() ? "-" : printable(origin.tool) },
        { "cluster", origin.server.empty() ? "-" : printable(origin.server) },
        { "user", origin.user.empty() ? "-" : printable(origin.user) },
        { "redaction level", std::to_string(origin.redaction) },
        { "not collected", std::to_string(report.notCollected.size()) },
    };
    printTable(rows);
}

} // namespace

std::span<const Option> verifyOptions()
{
    return options;
}

int runVerify(const Arguments& arguments)
{
    const auto settings = sourceSettings(arguments);
    if (!settings)
        return fail(settings.error(), wrongUsage);
    const auto line = ProgressLine::create(arguments.value("progress"));
    if (!line)
        return fail(line.error(), wrongUsage);
    TaskPool pool;
    const auto report
        = snapshot::verifySnapshotFile(arguments.positional().front(), settings->keys, pool, (*line)->progress());
    (*line)->clear();
    if (!report)
        return fail(report.error(), statusOf(report.error()));
    printReport(*report);
    return done;
}

} // namespace plimsoll::app
