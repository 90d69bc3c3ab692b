// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/Version.h"

#include <charconv>

namespace plimsoll::cluster {

std::optional<Version> parseVersion(std::string_view text)
{
    Version version;
    version.text = text;
    std::string_view rest = text;
    if (rest.starts_with('v'))
        rest.remove_prefix(1);
    const auto number = [&rest](std::uint32_t& value) {
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
        if (error != std::errc())
            return false;
        rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
        return true;
    };
    if (!number(version.major) || !rest.starts_with('.'))
        return std::nullopt;
    rest.remove_prefix(1);
    if (!number(version.minor))
        return std::nullopt;
    if (rest.starts_with('.')) {
        rest.remove_prefix(1);
        if (!number(version.patch))
            return std::nullopt;
    }
    return version;
}

} // namespace plimsoll::cluster
