// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Text.h"
#include "core/format/Archive.h"
#include "tests/support/Support.h"

// The fixtures of the reference implementation of the Pod Security Standards, from the shared conformance data.
namespace plimsoll::test {

// "restricted/v1.30/fail/runasuser1.yaml" in parts: the folder is the verdict of that level and version.
struct PodSecurityFixture {
    std::string level, version, verdict, check, text;
};

inline std::optional<PodSecurityFixture> fixtureOf(std::string_view path)
{
    const auto parts = split(path, '/');
    if (parts.size() < 4 || !path.ends_with(".yaml"))
        return std::nullopt;
    std::string_view stem = parts.back().substr(0, parts.back().size() - 5);
    while (!stem.empty() && stem.back() >= '0' && stem.back() <= '9')
        stem.remove_suffix(1);
    const auto at = parts.end() - 4;
    return PodSecurityFixture { std::string(at[0]), std::string(at[1]), std::string(at[2]), std::string(stem), {} };
}

class FileBytes : public format::ByteSource {
public:
    explicit FileBytes(const std::string& path)
        : m_file(path, std::ios::binary)
    {
    }
    Result<std::size_t> read(char* buffer, std::size_t size) override
    {
        m_file.read(buffer, static_cast<std::streamsize>(size));
        return static_cast<std::size_t>(m_file.gcount());
    }

private:
    std::ifstream m_file;
};

inline std::vector<PodSecurityFixture> podSecurityFixtures(const std::string& path)
{
    std::vector<PodSecurityFixture> fixtures;
    FileBytes packed(path);
    const auto unpacked = format::unpack(packed, "fixtures", {}, [&](std::string_view name, format::ByteSource& bytes) {
        auto fixture = fixtureOf(name);
        if (!fixture)
            return Result<void>();
        char buffer[4096];
        for (auto size = bytes.read(buffer, sizeof buffer); size && *size > 0; size = bytes.read(buffer, sizeof buffer))
            fixture->text.append(buffer, *size);
        fixtures.push_back(std::move(*fixture));
        return Result<void>();
    });
    if (!unpacked)
        qFatal("%s", toText(unpacked.error()).c_str());
    return fixtures;
}

} // namespace plimsoll::test
