// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/network/detail/ReachModel_p.h"

namespace plimsoll::network {

// Evaluates selections on the classes of a foundation. Equal selections give the same set.
class Selector {
public:
    explicit Selector(Reach::Private& model);

    // Index into the model's sets.
    std::uint32_t select(const PodSelection& selection, bool withHostNetwork);
    std::uint32_t store(ClassSet set);
    std::uint32_t store(std::vector<std::uint32_t> normal, std::vector<std::uint32_t> host);
    // All classes of a set, those in the network of the node last.
    std::vector<std::uint32_t> expand(const ClassSet& set) const;

private:
    SymbolSelection compiled(const Selection& selection) const;
    const std::vector<std::uint32_t>& namespacesOf(const SymbolSelection& selection);
    ClassSet evaluate(const PodSelection& selection, const SymbolSelection& pods, bool withHostNetwork);
    bool matches(const SymbolSelection& selection, const SymbolLabels& labels) const;
    const std::vector<std::uint32_t>* rarestPosting(
        const SymbolSelection& pods, std::vector<std::uint32_t>& storage) const;

    Reach::Private& m_model;
    const Foundation& m_pods;
    std::unordered_map<std::string, std::uint32_t> m_known;
    std::unordered_map<std::string, std::vector<std::uint32_t>> m_namespaces;
};

// For people: "pods with app=web in namespaces with team=a", "10.0.0.0/8 without 10.1.0.0/16".
std::string describe(const PeerDef& peer);
std::string describe(const PortTerms& terms); // "every port", "TCP 80, UDP 53-60, TCP port http"
std::string describe(const Selection& selection); // "app=web, tier in (a, b)"

} // namespace plimsoll::network
