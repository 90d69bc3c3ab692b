// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/admission/Admission.h"

namespace plimsoll::admission::detail {

// What a check is given, and where it says no. When only the answer is wanted, the first no ends it.
class Inspection {
public:
    Inspection(const StringPool& pool, const cluster::PodSpec& podSpec, std::uint32_t policyMinor, Violation* violation)
        : strings(pool)
        , spec(podSpec)
        , minor(policyMinor)
        , m_violation(violation)
    {
    }

    std::string_view text(StringId id) const { return strings.text(id); }
    // who: "the pod", "container web"; what: "opens host port 80". Equal clauses of several containers are joined.
    void refuse(
        const cluster::Container& container, std::string_view what, std::string_view pointer, std::string value);
    void refusePod(std::string_view what, std::string pointer, std::string value);
    bool isRefused() const { return m_isRefused; }
    bool isEnough() const { return m_isRefused && !m_violation; } // nothing more needs to be said

    const StringPool& strings;
    const cluster::PodSpec& spec;
    std::uint32_t minor;

private:
    void add(std::string who, std::string_view what, std::string pointer, std::string value);

    Violation* m_violation;
    bool m_isRefused = false;
};

struct Check {
    std::string_view id;
    Level level;
    std::uint32_t sinceMinor; // the first policy version that has it
    std::uint32_t replacedSince; // baseline only: the first version in which restricted has its own; never = none
    void (*inspect)(Inspection&);

    static constexpr std::uint32_t never = 0xFFFFFFFFu;
};

// Baseline first, each level in order of id.
std::span<const Check> checks();

} // namespace plimsoll::admission::detail
