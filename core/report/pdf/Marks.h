// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace plimsoll::report::pdf {

constexpr double pageWidth = 595.28; // A4
constexpr double pageHeight = 841.89;

// What the finisher adds, because cairo 1.16 writes it in ways that PDF/A forbids (missing /F of annotations, arrays
// of more than 8,191 named destinations).
struct Marks {
    struct Link {
        std::size_t page = 0; // 0-based
        double x = 0, y = 0, width = 0, height = 0;
        std::string destination;
    };
    struct Destination {
        std::string name;
        std::size_t page = 0;
        double y = 0;
    };
    std::vector<Link> links;
    std::vector<Destination> destinations;
    std::size_t pageCount = 0;
};

struct Bookmark {
    int level = 1; // 1 or 2
    std::string title;
    std::string destination;
};

} // namespace plimsoll::report::pdf
