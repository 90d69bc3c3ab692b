// SPDX-License-Identifier: Apache-2.0
#include "core/assess/detail/NodeFacts.h"

#include <algorithm>
#include <set>

namespace plimsoll::assess::detail {

namespace {

// "cis-1.12", "cis-1.11.1" and "cis-2.0" name versions of one numbering; "eks-1.8.0" is ours with "cis-" before it.
const control::Framework* frameworkOf(const control::Catalogue& catalogue, const std::string& benchmark)
{
    const std::string id = benchmark.starts_with("cis-") ? benchmark : "cis-" + benchmark;
    if (const control::Framework* exact = catalogue.findFramework(id))
        return exact;
    for (const control::Framework& framework : catalogue.frameworks) {
        if (id.starts_with(framework.id + '.') || framework.id.starts_with(id + '.'))
            return &framework;
    }
    return nullptr;
}

// Only controls on components take facts from nodes.
bool takesFacts(std::string_view control)
{
    constexpr std::size_t letter = 4;
    return control.size() > letter && ((control[letter] >= '0' && control[letter] <= '9') || control[letter] == 'X');
}

} // namespace

std::vector<control::NodeFact> nodeFactsOf(const control::Catalogue& catalogue,
    const std::vector<evidence::NodeReport>& reports, std::vector<std::string>& notes)
{
    std::vector<control::NodeFact> facts;
    for (const evidence::NodeReport& report : reports) {
        std::set<std::string> unknown;
        for (const evidence::NodeCheck& check : report.checks) {
            const control::Framework* framework = frameworkOf(catalogue, check.benchmark);
            if (!framework && unknown.insert(check.benchmark).second)
                notes.push_back(report.file + ": the benchmark \"" + check.benchmark
                    + "\" is not known here; its results are left out");
            if (!framework || check.status == evidence::NodeCheck::Status::Undecided)
                continue;
            const auto requirement = std::ranges::find(framework->requirements, check.id, &control::Requirement::id);
            if (requirement == framework->requirements.end())
                continue;
            for (const std::string& control : requirement->controls) {
                if (takesFacts(control))
                    facts.push_back({ control, check.benchmark + ' ' + check.id,
                        check.status == evidence::NodeCheck::Status::Fail, check.actual, check.nodeType, report.file });
            }
        }
    }
    return facts;
}

} // namespace plimsoll::assess::detail
