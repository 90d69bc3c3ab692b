// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Result.h"
#include "core/base/Time.h"
#include "core/images/Images.h"

// When releases of programs stop getting fixes: a dated table that a reviewer can replace.
namespace plimsoll::images {

struct Release {
    std::string line; // "1.34", "3.20"; "*" = every version of the product
    std::optional<UnixSeconds> supportEnds; // of normal support; nothing = open
    std::optional<UnixSeconds> ends; // of security fixes; nothing = open
    std::string note; // "long-term support by another team until 2028-06"
};
struct Product {
    std::string id, name; // "postgresql", "PostgreSQL"
    std::vector<std::string> repositories; // normalised; a trailing "/*" is everything below
    std::vector<std::string> variants; // words of a tag that name it as a base: "alpine", "bookworm=12"
    std::string note; // of the whole product: "retired in March 2026"
    std::vector<Release> releases; // newest first
};
struct LifecycleTable {
    std::string date; // of the facts, "2026-11-23"
    std::string path; // "" = the one that is built in
    std::vector<Product> products;
    const Product* find(std::string_view id) const;
    const Product* ofRepository(std::string_view repository) const; // "docker.io/library/postgres"
};
// The table that is built in.
const LifecycleTable& builtInLifecycle();
// Schema: resources/schemas/lifecycle-v1.schema.json. Errors: those of YamlFile.
Result<LifecycleTable> readLifecycle(const std::string& path);

enum class Support : std::uint8_t {
    Supported,
    EndingSoon, // within 60 days
    Maintenance, // normal support has ended, security fixes go on
    Ended,
    Unknown, // the version is not in the table, or the date is not known
};
std::string_view toText(Support support); // "supported", "ends soon", ...

// What the table says of one image.
struct LifecycleHit {
    const Product* product = nullptr; // in the table
    const Release* release = nullptr; // nullptr when the version is not in the table
    Support support = Support::Unknown;
    bool isInferred = false; // the base, told by a word of the tag
    std::string line; // as found: "12", "3.18"
    std::string text; // one sentence: "PostgreSQL 13 gets no fixes since 2025-11-13"
};
std::vector<LifecycleHit> lifecycleOf(
    const LifecycleTable& table, const Reference& reference, std::optional<UnixSeconds> now);
LifecycleHit judgeRelease(
    const Product& product, std::string_view version, std::optional<UnixSeconds> now, bool isInferred = false);

} // namespace plimsoll::images
