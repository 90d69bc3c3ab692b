// SPDX-License-Identifier: Apache-2.0
// Pods, namespaces and nodes with regard to what selectors ask for, and the classes of pods that nothing tells apart.
#include "core/network/detail/ReachModel_p.h"

#include <algorithm>
#include <set>

namespace plimsoll::network {

using cluster::Cluster;

Symbol Symbols::intern(std::string_view text)
{
    const auto found = m_symbols.find(text);
    if (found != m_symbols.end())
        return found->second;
    const auto [at, isNew] = m_symbols.emplace(std::string(text), static_cast<Symbol>(m_texts.size()));
    m_texts.push_back(&at->first);
    return at->second;
}

Symbol Symbols::find(std::string_view text) const
{
    const auto found = m_symbols.find(text);
    return found == m_symbols.end() ? noIndex : found->second;
}

std::uint32_t Foundation::atomOf(const Address& address) const
{
    const auto& own = cuts[address.isV6 ? 1 : 0];
    const auto at = std::ranges::upper_bound(own, address.bits) - own.begin();
    return static_cast<std::uint32_t>(at) + (address.isV6 ? static_cast<std::uint32_t>(cuts[0].size()) + 1 : 0);
}

bool Foundation::isMentioned(std::string_view key) const
{
    return std::ranges::binary_search(mentioned, key);
}

std::uint32_t Foundation::nodeNamed(StringId name) const
{
    const auto found = nodeByName.find(name);
    return found == nodeByName.end() ? noIndex : found->second;
}

const Foundation::Ends& Foundation::ends() const
{
    std::call_once(m_endsMade, [this] {
        for (std::uint32_t w = 0; w < podsByWorkload.size(); ++w) {
            if (podsByWorkload[w].empty())
                continue;
            End end { workloadNameOf(*cluster, { w }), {}, {}, { w } };
            for (const std::uint32_t pod : podsByWorkload[w]) {
                const std::uint32_t c = pods[pod].podClass;
                if (std::ranges::find(end.classes, c) != end.classes.end())
                    continue;
                end.classes.push_back(c);
                end.pods.push_back(pod);
            }
            m_ends.list.push_back(std::move(end));
        }
        std::ranges::sort(m_ends.list, {}, &End::name);
        m_ends.ofWorkload.resize(podsByWorkload.size(), noIndex);
        for (std::uint32_t i = 0; i < m_ends.list.size(); ++i)
            m_ends.ofWorkload[m_ends.list[i].workload.index] = i;
    });
    return m_ends;
}

namespace {

// What the selectors of policies look at: nothing else can tell pods apart.
struct Mentions {
    std::set<std::string> podKeys;
    std::set<std::string> portNames;
    std::array<std::set<Uint128>, 2> cuts;
    bool hasNodes = false;

    void add(const Selection& selection)
    {
        for (const TextRequirement& term : selection.terms)
            podKeys.insert(term.key);
        if (!selection.expression)
            return;
        std::vector<std::string> keys;
        selection.expression->collectKeys(keys);
        podKeys.insert(keys.begin(), keys.end());
    }
    void add(const PeerDef& peer)
    {
        add(peer.pods.pods);
        hasNodes = hasNodes || peer.kind == PeerDef::Kind::Nodes;
        if (!peer.isAlsoPods)
            return;
        for (const AddressRange& range : peer.addresses) {
            auto& own = cuts[range.isV6 ? 1 : 0];
            own.insert(range.first);
            if (range.last != everyAddress(range.isV6).last)
                own.insert(range.last + 1);
        }
    }
    void add(const PolicyDefs& defs)
    {
        for (const PolicyDef& policy : defs.policies) {
            add(policy.subject.pods);
            for (const auto& rules : policy.rules) {
                for (const RuleDef& rule : rules) {
                    std::ranges::for_each(rule.peers, [&](const PeerDef& peer) { add(peer); });
                    for (const PortTerm& term : rule.ports.terms) {
                        if (!term.name.empty())
                            portNames.insert(term.name);
                    }
                }
            }
        }
    }
};

class FoundationMaker {
public:
    FoundationMaker(std::shared_ptr<const Cluster> cluster, const Mentions& mentions)
        : m_mentions(mentions)
        , m_out(std::make_shared<Foundation>(std::move(cluster)))
        , m_cluster(*m_out->cluster)
    {
    }

    std::shared_ptr<const Foundation> make()
    {
        m_out->mentioned.assign(m_mentions.podKeys.begin(), m_mentions.podKeys.end());
        m_out->portNames = m_mentions.portNames;
        for (std::size_t family = 0; family < 2; ++family)
            m_out->cuts[family].assign(m_mentions.cuts[family].begin(), m_mentions.cuts[family].end());
        for (const std::string& key : m_out->mentioned) {
            const Symbol symbol = m_out->symbols.intern(key);
            if (key.starts_with('@'))
                m_derived.push_back(symbol);
            else if (const StringId id = m_cluster.id(key); !id.isNone())
                m_keys.emplace(id, symbol);
        }
        addNodes();
        addPods();
        addNamespaces();
        addClasses();
        addNames();
        return std::move(m_out);
    }

private:
    void addNodes()
    {
        for (const cluster::Node& node : m_cluster.nodes()) {
            const cluster::Object& object = m_cluster.object(node.object);
            NodeInfo info { object.name, {}, {} };
            for (const auto& [key, value] : object.labels)
                info.labels.emplace_back(m_cluster.text(key), m_cluster.text(value));
            for (const StringId text : node.addresses) {
                if (const auto address = parseAddress(m_cluster.text(text))) {
                    info.addresses.push_back(*address);
                    m_out->nodeByAddress.try_emplace(
                        { address->isV6, address->bits }, static_cast<std::uint32_t>(m_out->nodes.size()));
                }
            }
            m_out->nodeByName.try_emplace(info.name, static_cast<std::uint32_t>(m_out->nodes.size()));
            m_out->nodes.push_back(std::move(info));
        }
    }

    std::string nameOfNamespace(cluster::ObjectId object) const
    {
        const StringId ns = m_cluster.object(object).ns;
        return ns.isNone() ? std::string("default") : std::string(m_cluster.text(ns));
    }

    void addPod(cluster::ObjectId object, cluster::WorkloadId workload, cluster::PodSpecId spec)
    {
        ReachPod pod;
        pod.object = object;
        pod.workload = workload;
        pod.spec = spec;
        pod.isHostNetwork = m_cluster.podSpec(spec).hostNetwork;
        if (const cluster::Pod* live = m_cluster.pod(object)) {
            pod.node = live->nodeName;
            for (const StringId text : live->podIps) {
                if (const auto address = parseAddress(m_cluster.text(text)))
                    pod.addresses.push_back(*address);
            }
        } else {
            pod.isTemplate = true;
        }
        m_podNamespaces.push_back(nameOfNamespace(object));
        m_out->pods.push_back(std::move(pod));
    }

    void addPods()
    {
        for (const cluster::Pod& pod : m_cluster.pods()) {
            if (!pod.isTerminated && !m_cluster.object(pod.object).isMissing)
                addPod(pod.object, m_cluster.workloadOf(pod.object), pod.spec);
        }
        const auto workloads = m_cluster.workloads();
        m_out->podsByWorkload.resize(workloads.size());
        for (std::uint32_t i = 0; i < m_out->pods.size(); ++i) {
            if (!m_out->pods[i].workload.isNone())
                m_out->podsByWorkload[m_out->pods[i].workload.index].push_back(i);
        }
        for (std::uint32_t w = 0; w < workloads.size(); ++w) {
            // A finished bare pod has nothing left that could be reached.
            if (!m_out->podsByWorkload[w].empty() || workloads[w].specs.empty()
                || m_cluster.pod(workloads[w].object) != nullptr)
                continue;
            m_out->podsByWorkload[w].push_back(static_cast<std::uint32_t>(m_out->pods.size()));
            addPod(workloads[w].object, { w }, workloads[w].specs.front().spec);
        }
    }

    void addNamespaces()
    {
        std::set<std::string> names(m_podNamespaces.begin(), m_podNamespaces.end());
        for (const cluster::Namespace& ns : m_cluster.namespaces())
            names.emplace(ns.name.isNone() ? std::string_view("default") : m_cluster.text(ns.name));
        m_out->namespaceNames.assign(names.begin(), names.end());
        m_out->namespaces.resize(names.size());
        for (std::uint32_t i = 0; i < m_out->namespaceNames.size(); ++i) {
            const std::string& name = m_out->namespaceNames[i];
            m_out->namespaceByName.emplace(name, i);
            auto& labels = m_out->namespaces[i].labels;
            const Symbol nameKey = symbol("kubernetes.io/metadata.name");
            if (const cluster::Namespace* ns = m_cluster.findNamespace(name)) {
                for (const auto& [key, value] : ns->labels)
                    labels.push_back({ symbol(m_cluster.text(key)), symbol(m_cluster.text(value)) });
            }
            // The API server sets it (1.22 and later), manifests lack it.
            if (std::ranges::find(labels, nameKey, &SymbolLabel::key) == labels.end())
                labels.push_back({ nameKey, symbol(name) });
            std::ranges::sort(labels);
            for (const SymbolLabel& label : labels)
                m_out->namespacesByLabel[label].push_back(i);
        }
        for (std::uint32_t i = 0; i < m_out->pods.size(); ++i) {
            m_out->pods[i].ns = m_out->namespaceByName.at(m_podNamespaces[i]);
            m_out->namespaces[m_out->pods[i].ns].pods.push_back(i);
        }
    }

    Symbol symbol(std::string_view text) { return m_out->symbols.intern(text); }
    Symbol valueSymbol(StringId value)
    {
        const auto [at, isNew] = m_values.try_emplace(value, noIndex);
        if (isNew)
            at->second = symbol(m_cluster.text(value));
        return at->second;
    }

    // Of keys that begin with @.
    std::optional<std::string_view> derived(std::string_view key, const ReachPod& pod, const TextLabels& labels)
    {
        const cluster::PodSpec& spec = m_cluster.podSpec(pod.spec);
        const std::string& ns = m_out->namespaceNames[pod.ns];
        const std::string_view account
            = spec.serviceAccountName.isNone() ? "default" : m_cluster.text(spec.serviceAccountName);
        const auto labelKey = [&](std::string_view prefix) {
            return key.starts_with(prefix) ? key.substr(prefix.size()) : std::string_view();
        };
        if (key == "@namespace")
            return ns;
        if (key == "@serviceaccount")
            return account;
        if (key == "@mesh")
            return !pod.isHostNetwork && isInMesh(m_cluster, spec, labels, m_cluster.findNamespace(ns), pod.isTemplate)
                ? std::optional<std::string_view>("true")
                : std::nullopt;
        if (const auto label = labelKey("@namespace/"); !label.empty()) {
            const Symbol wanted = m_out->symbols.find(label);
            for (const SymbolLabel& own : m_out->namespaces[pod.ns].labels) {
                if (own.key == wanted)
                    return m_out->symbols.text(own.value);
            }
        } else if (const auto of = labelKey("@serviceaccount/"); !of.empty()) {
            const cluster::ServiceAccount* object = m_cluster.serviceAccount(ns, account);
            const StringId id = m_cluster.id(of);
            for (const auto& [own, value] :
                object ? std::span(m_cluster.object(object->object).labels) : std::span<const cluster::Label>()) {
                if (own == id)
                    return m_cluster.text(value);
            }
        }
        return std::nullopt;
    }

    SymbolLabels labelsOfPod(const ReachPod& pod)
    {
        SymbolLabels out;
        TextLabels texts;
        if (pod.isTemplate || !m_derived.empty())
            texts = labelsOf(m_cluster, pod);
        if (pod.isTemplate) {
            for (const auto& [key, value] : texts) {
                if (const auto found = m_keys.find(m_cluster.id(key)); found != m_keys.end())
                    out.push_back({ found->second, symbol(value) });
                else if (m_out->isMentioned(key))
                    out.push_back({ symbol(key), symbol(value) });
            }
        } else {
            for (const auto& [key, value] : m_cluster.object(pod.object).labels) {
                if (const auto found = m_keys.find(key); found != m_keys.end())
                    out.push_back({ found->second, valueSymbol(value) });
            }
        }
        for (const Symbol key : m_derived) {
            if (const auto value = derived(m_out->symbols.text(key), pod, texts))
                out.push_back({ key, symbol(std::string(*value)) });
        }
        std::ranges::sort(out);
        return out;
    }

    std::uint32_t signatureOf(cluster::PodSpecId spec)
    {
        const auto [at, isNew] = m_signatureOfSpec.try_emplace(spec.index, 0);
        if (!isNew)
            return at->second;
        std::vector<NamedPort> ports;
        for (const cluster::Container& container : m_cluster.podSpec(spec).containers) {
            // Init containers are gone when the pod runs, but for sidecars.
            const bool isSidecar
                = container.role == cluster::ContainerRole::Init && m_cluster.text(container.restartPolicy) == "Always";
            if (container.role != cluster::ContainerRole::Main && !isSidecar)
                continue;
            for (const cluster::ContainerPort& port : container.ports) {
                const auto protocol
                    = port.protocol.isNone() ? Protocol::TCP : parseProtocol(m_cluster.text(port.protocol));
                const std::string name(m_cluster.text(port.name));
                if (protocol && m_mentions.portNames.contains(name) && port.containerPort >= 1
                    && port.containerPort <= 65535)
                    ports.push_back({ name, *protocol, static_cast<std::uint16_t>(port.containerPort) });
            }
        }
        std::ranges::sort(ports);
        ports.erase(std::ranges::unique(ports).begin(), ports.end());
        at->second = m_signatures.try_emplace(ports, static_cast<std::uint32_t>(m_signatures.size())).first->second;
        return at->second;
    }

    PodClass classOf(const ReachPod& pod)
    {
        PodClass out;
        out.ns = pod.ns;
        out.labels = labelsOfPod(pod);
        out.signature = signatureOf(pod.spec);
        out.isHostNetwork = pod.isHostNetwork;
        if (pod.isHostNetwork && m_mentions.hasNodes)
            out.node = m_out->nodeNamed(pod.node);
        const bool hasBlocks = !m_out->cuts[0].empty() || !m_out->cuts[1].empty();
        out.hasAddress = !hasBlocks || !pod.addresses.empty();
        for (const Address& address : pod.addresses) {
            if (hasBlocks)
                out.atoms.push_back(m_out->atomOf(address));
        }
        std::ranges::sort(out.atoms);
        out.atoms.erase(std::ranges::unique(out.atoms).begin(), out.atoms.end());
        return out;
    }

    static std::string keyOf(const PodClass& podClass)
    {
        std::string key;
        const auto add
            = [&key](std::uint32_t number) { key.append(reinterpret_cast<const char*>(&number), sizeof number); };
        add(podClass.ns);
        add((podClass.isHostNetwork ? 1u : 0u) | (podClass.hasAddress ? 2u : 0u));
        add(podClass.signature);
        add(podClass.node);
        add(static_cast<std::uint32_t>(podClass.labels.size()));
        for (const SymbolLabel& label : podClass.labels) {
            add(label.key);
            add(label.value);
        }
        for (const std::uint32_t atom : podClass.atoms)
            add(atom);
        return key;
    }

    void addClasses()
    {
        m_signatures.emplace(std::vector<NamedPort>(), 0);
        std::unordered_map<std::string, std::uint32_t> known;
        std::vector<PodClass> classes;
        for (std::uint32_t i = 0; i < m_out->pods.size(); ++i) {
            const ReachPod& pod = m_out->pods[i];
            PodClass own = classOf(pod);
            const auto [at, isNew] = known.try_emplace(keyOf(own), static_cast<std::uint32_t>(classes.size()));
            if (isNew)
                classes.push_back(std::move(own));
            classes[at->second].pods.push_back(i);
            for (const Address& address : pod.isHostNetwork ? std::span<const Address>() : std::span(pod.addresses)) {
                m_out->podByAddress.try_emplace({ address.isV6, address.bits }, i);
                m_out->hasIpv6 = m_out->hasIpv6 || address.isV6;
            }
        }
        std::ranges::stable_partition(classes, [](const PodClass& one) { return !one.isHostNetwork; });
        m_out->classes = std::move(classes);
        m_out->signatures.resize(m_signatures.size());
        for (const auto& [ports, index] : m_signatures)
            m_out->signatures[index] = ports;
        m_out->classesBySignature.resize(m_signatures.size());
        m_out->hostClassBegin = static_cast<std::uint32_t>(m_out->classes.size());
        for (std::uint32_t c = 0; c < m_out->classes.size(); ++c)
            indexClass(c);
    }

    void indexClass(std::uint32_t c)
    {
        const PodClass& own = m_out->classes[c];
        if (own.isHostNetwork)
            m_out->hostClassBegin = std::min(m_out->hostClassBegin, c);
        NamespaceInfo& ns = m_out->namespaces[own.ns];
        (own.isHostNetwork ? ns.hostClasses : ns.classes).push_back(c);
        for (const std::uint32_t pod : own.pods)
            m_out->pods[pod].podClass = c;
        for (const SymbolLabel& label : own.labels)
            m_out->classesByLabel[(std::uint64_t { label.key } << 32) | label.value].push_back(c);
        m_out->classesBySignature[own.signature].push_back(c);
        for (const std::uint32_t atom : own.atoms)
            m_out->classesByAtom[atom].push_back(c);
        if (!own.hasAddress)
            m_out->classesWithoutAddress.push_back(c);
    }

    void addNames()
    {
        for (std::uint32_t i = 0; i < m_out->pods.size(); ++i) {
            const ReachPod& pod = m_out->pods[i];
            if (!pod.isTemplate)
                m_out->podByName.try_emplace(m_out->namespaceNames[pod.ns] + '/'
                        + std::string(m_cluster.text(m_cluster.object(pod.object).name)),
                    i);
        }
        const auto nameOf = [&](cluster::ObjectId object) {
            return nameOfNamespace(object) + '/' + std::string(m_cluster.text(m_cluster.object(object).name));
        };
        for (std::uint32_t w = 0; w < m_cluster.workloads().size(); ++w)
            m_out->workloadsByName[nameOf(m_cluster.workloads()[w].object)].push_back(w);
        for (std::uint32_t s = 0; s < m_cluster.services().size(); ++s)
            m_out->serviceByName.try_emplace(nameOf(m_cluster.services()[s].object), s);
    }

    const Mentions& m_mentions;
    std::shared_ptr<Foundation> m_out;
    const Cluster& m_cluster;
    std::unordered_map<StringId, Symbol> m_keys; // that selectors name
    std::unordered_map<StringId, Symbol> m_values;
    std::vector<Symbol> m_derived; // keys with @
    std::vector<std::string> m_podNamespaces; // parallel to pods
    std::unordered_map<std::uint32_t, std::uint32_t> m_signatureOfSpec;
    std::map<std::vector<NamedPort>, std::uint32_t> m_signatures;
};

} // namespace

TextLabels labelsOf(const Cluster& cluster, const ReachPod& pod)
{
    if (pod.isTemplate)
        return templateLabels(cluster, pod.object);
    TextLabels out;
    for (const auto& [key, value] : cluster.object(pod.object).labels)
        out.emplace_back(cluster.text(key), cluster.text(value));
    return out;
}

std::shared_ptr<const Foundation> makeFoundation(
    std::shared_ptr<const Cluster> cluster, std::span<const PolicyDefs* const> policies)
{
    Mentions mentions;
    for (const PolicyDefs* defs : policies)
        mentions.add(*defs);
    return FoundationMaker(std::move(cluster), mentions).make();
}

} // namespace plimsoll::network
