// SPDX-License-Identifier: Apache-2.0
// Which classes a selection matches: from the rarest label on, the rest is filtered.
#include "core/network/detail/Compile_p.h"

#include <algorithm>

namespace plimsoll::network {

using Operator = cluster::Requirement::Operator;

bool ClassSet::contains(std::uint32_t podClass) const
{
    return podClass >= hostBegin ? std::ranges::binary_search(host, podClass)
                                 : std::ranges::binary_search(ids, podClass) != isComplement;
}

namespace {

const SymbolLabel* labelWith(const SymbolLabels& labels, Symbol key)
{
    const auto at = std::ranges::lower_bound(labels, key, {}, &SymbolLabel::key);
    return at != labels.end() && at->key == key ? &*at : nullptr;
}

// The semantics of a LabelSelector: NotIn and DoesNotExist match labels that lack the key.
bool holds(const SymbolTerm& term, const SymbolLabels& labels)
{
    const SymbolLabel* label = term.key == noIndex ? nullptr : labelWith(labels, term.key);
    const auto hasValue = [&] { return label && std::ranges::binary_search(term.values, label->value); };
    switch (term.op) {
    case Operator::In:
        return hasValue();
    case Operator::NotIn:
        return !hasValue();
    case Operator::Exists:
        return label != nullptr;
    case Operator::DoesNotExist:
        return label == nullptr;
    case Operator::Invalid:
        return false;
    }
    return false;
}

void appendNumber(std::string& key, std::uint32_t number)
{
    key.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void appendSelection(std::string& key, const SymbolSelection& selection)
{
    appendNumber(key, static_cast<std::uint32_t>(selection.terms.size()));
    for (const SymbolTerm& term : selection.terms) {
        appendNumber(key, term.key);
        appendNumber(key, static_cast<std::uint32_t>(term.op));
        appendNumber(key, static_cast<std::uint32_t>(term.values.size()));
        for (const Symbol value : term.values)
            appendNumber(key, value);
    }
    if (selection.expression)
        key += selection.expression->text();
    key += '\n';
}

} // namespace

Selector::Selector(Reach::Private& model)
    : m_model(model)
    , m_pods(model.f())
{
}

SymbolSelection Selector::compiled(const Selection& selection) const
{
    SymbolSelection out;
    out.expression = selection.expression;
    for (const TextRequirement& term : selection.terms) {
        SymbolTerm own { m_pods.symbols.find(term.key), term.op, {} };
        for (const std::string& value : term.values) {
            if (const Symbol symbol = m_pods.symbols.find(value); symbol != noIndex)
                own.values.push_back(symbol);
        }
        std::ranges::sort(own.values);
        out.terms.push_back(std::move(own));
    }
    std::ranges::sort(out.terms);
    return out;
}

bool Selector::matches(const SymbolSelection& selection, const SymbolLabels& labels) const
{
    if (!std::ranges::all_of(selection.terms, [&](const SymbolTerm& term) { return holds(term, labels); }))
        return false;
    if (!selection.expression)
        return true;
    return selection.expression->matches([&](std::string_view key) -> std::optional<std::string_view> {
        const Symbol symbol = m_pods.symbols.find(key);
        const SymbolLabel* label = symbol == noIndex ? nullptr : labelWith(labels, symbol);
        return label ? std::optional(m_pods.symbols.text(label->value)) : std::nullopt;
    });
}

const std::vector<std::uint32_t>& Selector::namespacesOf(const SymbolSelection& selection)
{
    std::string key;
    appendSelection(key, selection);
    const auto [at, isNew] = m_namespaces.try_emplace(std::move(key));
    if (!isNew)
        return at->second;
    std::vector<std::uint32_t>& out = at->second;
    const auto exact = std::ranges::find_if(
        selection.terms, [](const SymbolTerm& term) { return term.op == Operator::In && term.values.size() == 1; });
    const auto add = [&](std::uint32_t ns) {
        if (matches(selection, m_pods.namespaces[ns].labels))
            out.push_back(ns);
    };
    if (exact != selection.terms.end()) {
        const auto found = m_pods.namespacesByLabel.find({ exact->key, exact->values.front() });
        if (found != m_pods.namespacesByLabel.end())
            std::ranges::for_each(found->second, add);
    } else {
        for (std::uint32_t ns = 0; ns < m_pods.namespaces.size(); ++ns)
            add(ns);
    }
    return out;
}

const std::vector<std::uint32_t>* Selector::rarestPosting(
    const SymbolSelection& pods, std::vector<std::uint32_t>& storage) const
{
    static const std::vector<std::uint32_t> nothing;
    const std::vector<std::uint32_t>* best = nullptr;
    for (const SymbolTerm& term : pods.terms) {
        if (term.op != Operator::In)
            continue;
        if (term.values.empty())
            return &nothing; // values that no pod has
        if (term.values.size() > 1)
            continue;
        const auto found = m_pods.classesByLabel.find((std::uint64_t { term.key } << 32) | term.values.front());
        const auto* own = found == m_pods.classesByLabel.end() ? &nothing : &found->second;
        if (!best || own->size() < best->size())
            best = own;
    }
    if (best)
        return best;
    for (const SymbolTerm& term : pods.terms) {
        if (term.op != Operator::In)
            continue;
        for (const Symbol value : term.values) {
            const auto found = m_pods.classesByLabel.find((std::uint64_t { term.key } << 32) | value);
            if (found != m_pods.classesByLabel.end())
                storage.insert(storage.end(), found->second.begin(), found->second.end());
        }
        std::ranges::sort(storage);
        return &storage;
    }
    return nullptr;
}

ClassSet Selector::evaluate(const PodSelection& selection, const SymbolSelection& pods, bool withHostNetwork)
{
    std::vector<std::uint32_t> normal, host;
    const auto take = [&](std::uint32_t c) {
        if (c < m_pods.hostClassBegin)
            normal.push_back(c);
        else if (withHostNetwork)
            host.push_back(c);
    };
    // The namespaces: one, some, or (nullptr) all.
    std::vector<std::uint32_t> one;
    const std::vector<std::uint32_t>* namespaces = nullptr;
    const SymbolSelection ofNamespaces = compiled(selection.namespaces);
    if (selection.ns) {
        const auto found = m_pods.namespaceByName.find(*selection.ns);
        if (found != m_pods.namespaceByName.end() && matches(ofNamespaces, m_pods.namespaces[found->second].labels))
            one.push_back(found->second);
        namespaces = &one;
    } else if (!ofNamespaces.isEmpty()) {
        namespaces = &namespacesOf(ofNamespaces);
    }
    std::size_t inNamespaces = m_pods.classes.size();
    if (namespaces) {
        inNamespaces = 0;
        for (const std::uint32_t ns : *namespaces)
            inNamespaces += m_pods.namespaces[ns].classes.size() + m_pods.namespaces[ns].hostClasses.size();
    }
    std::vector<std::uint32_t> storage;
    const auto* posting = rarestPosting(pods, storage);
    if (posting && posting->size() < inNamespaces) {
        for (const std::uint32_t c : *posting) {
            const PodClass& own = m_pods.classes[c];
            if ((!namespaces || std::ranges::binary_search(*namespaces, own.ns)) && matches(pods, own.labels))
                take(c);
        }
    } else if (namespaces) {
        for (const std::uint32_t ns : *namespaces) {
            for (const auto* list : { &m_pods.namespaces[ns].classes, &m_pods.namespaces[ns].hostClasses }) {
                for (const std::uint32_t c : *list) {
                    if (pods.isEmpty() || matches(pods, m_pods.classes[c].labels))
                        take(c);
                }
            }
        }
        std::ranges::sort(normal);
        std::ranges::sort(host);
    } else {
        for (std::uint32_t c = 0; c < m_pods.classes.size(); ++c) {
            if (pods.isEmpty() || matches(pods, m_pods.classes[c].labels))
                take(c);
        }
    }
    ClassSet out;
    out.ids = std::move(normal);
    out.host = std::move(host);
    return out;
}

std::uint32_t Selector::store(ClassSet set)
{
    set.hostBegin = m_pods.hostClassBegin;
    if (!set.isComplement && set.ids.size() > m_pods.hostClassBegin / 2) {
        std::vector<std::uint32_t> others;
        auto at = set.ids.begin();
        for (std::uint32_t c = 0; c < m_pods.hostClassBegin; ++c) {
            if (at != set.ids.end() && *at == c)
                ++at;
            else
                others.push_back(c);
        }
        set.ids = std::move(others);
        set.isComplement = true;
    }
    set.ids.shrink_to_fit();
    m_model.sets.push_back(std::move(set));
    return static_cast<std::uint32_t>(m_model.count(&Reach::Private::sets) - 1);
}

std::uint32_t Selector::store(std::vector<std::uint32_t> normal, std::vector<std::uint32_t> host)
{
    ClassSet set;
    set.ids = std::move(normal);
    set.host = std::move(host);
    return store(std::move(set));
}

std::vector<std::uint32_t> Selector::expand(const ClassSet& set) const
{
    std::vector<std::uint32_t> out;
    if (!set.isComplement) {
        out = set.ids;
    } else {
        auto at = set.ids.begin();
        for (std::uint32_t c = 0; c < m_pods.hostClassBegin; ++c) {
            if (at != set.ids.end() && *at == c)
                ++at;
            else
                out.push_back(c);
        }
    }
    out.insert(out.end(), set.host.begin(), set.host.end());
    return out;
}

std::uint32_t Selector::select(const PodSelection& selection, bool withHostNetwork)
{
    const SymbolSelection pods = compiled(selection.pods);
    std::string key(1, selection.isNever ? 'n' : withHostNetwork ? 'h' : 'p');
    if (!selection.isNever) {
        key += selection.ns.value_or("*");
        key += '\n';
        appendSelection(key, compiled(selection.namespaces));
        appendSelection(key, pods);
    }
    const auto [at, isNew] = m_known.try_emplace(std::move(key), noIndex);
    if (isNew)
        at->second = store(selection.isNever ? ClassSet() : evaluate(selection, pods, withHostNetwork));
    return at->second;
}

} // namespace plimsoll::network
