// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string_view>

// Files of resources/ compiled into the program.
namespace plimsoll::resources {

struct Resource {
    std::string_view path; // relative to resources/: "controls/workload.yaml"
    std::string_view bytes;
};

std::span<const Resource> all(); // sorted by path
std::optional<std::string_view> find(std::string_view path);

} // namespace plimsoll::resources
