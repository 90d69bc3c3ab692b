// SPDX-License-Identifier: Apache-2.0
#include "tests/network/Oracle.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include <QtGlobal>

namespace plimsoll::test {

namespace {

std::optional<int> number(std::string_view digits, int base, int last)
{
    if (digits.empty() || digits.size() > 8)
        return std::nullopt;
    int result = 0;
    for (const char c : digits) {
        int digit = 99;
        if (c >= '0' && c <= '9')
            digit = c - '0';
        else if (c >= 'a' && c <= 'f')
            digit = c - 'a' + 10;
        else if (c >= 'A' && c <= 'F')
            digit = c - 'A' + 10;
        if (digit >= base)
            return std::nullopt;
        result = result * base + digit;
    }
    return result <= last ? std::optional(result) : std::nullopt;
}

std::vector<std::string> pieces(std::string_view text, char separator)
{
    std::vector<std::string> result(1);
    for (const char c : text) {
        if (c == separator)
            result.emplace_back();
        else
            result.back() += c;
    }
    return result;
}

// Two bytes for each group; the last one may be an IPv4 address.
std::optional<std::vector<std::uint8_t>> groupBytes(std::string_view text)
{
    std::vector<std::uint8_t> result;
    if (text.empty())
        return result;
    const std::vector<std::string> groups = pieces(text, ':');
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (i + 1 == groups.size() && groups[i].find('.') != std::string::npos) {
            for (const std::string& part : pieces(groups[i], '.')) {
                const auto byte = number(part, 10, 255);
                if (!byte)
                    return std::nullopt;
                result.push_back(static_cast<std::uint8_t>(*byte));
            }
            continue;
        }
        const auto value = groups[i].size() <= 4 ? number(groups[i], 16, 0xFFFF) : std::nullopt;
        if (!value)
            return std::nullopt;
        result.push_back(static_cast<std::uint8_t>(*value >> 8));
        result.push_back(static_cast<std::uint8_t>(*value & 0xFF));
    }
    return result;
}

bool bitOf(const Oracle::Ip& ip, int index)
{
    return (ip.bytes[static_cast<std::size_t>(index / 8)] >> (7 - index % 8)) & 1;
}

} // namespace

std::optional<Oracle::Ip> Oracle::parseIp(std::string_view text)
{
    Ip result;
    if (text.find(':') == std::string_view::npos) {
        const std::vector<std::string> parts = pieces(text, '.');
        if (parts.size() != 4)
            return std::nullopt;
        for (std::size_t i = 0; i < 4; ++i) {
            const auto byte = number(parts[i], 10, 255);
            if (!byte)
                return std::nullopt;
            result.bytes[i] = static_cast<std::uint8_t>(*byte);
        }
        return result;
    }
    const std::size_t gap = text.find("::");
    const auto head = groupBytes(text.substr(0, gap));
    const auto tail = groupBytes(gap == std::string_view::npos ? std::string_view() : text.substr(gap + 2));
    if (!head || !tail)
        return std::nullopt;
    const std::size_t known = head->size() + tail->size();
    if (gap == std::string_view::npos ? known != 16 : known > 14)
        return std::nullopt;
    std::copy(head->begin(), head->end(), result.bytes.begin());
    std::copy(tail->rbegin(), tail->rend(), result.bytes.rbegin());
    result.isV6 = true;
    return result;
}

std::optional<Oracle::Block> Oracle::parseBlock(std::string_view text)
{
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos)
        return std::nullopt;
    const auto base = parseIp(text.substr(0, slash));
    if (!base)
        return std::nullopt;
    const auto bits = number(text.substr(slash + 1), 10, base->isV6 ? 128 : 32);
    if (!bits)
        return std::nullopt;
    return Block { *base, *bits };
}

bool Oracle::contains(const Block& block, const Ip& ip)
{
    if (block.base.isV6 != ip.isV6)
        return false;
    for (int i = 0; i < block.bits; ++i) {
        if (bitOf(block.base, i) != bitOf(ip, i))
            return false;
    }
    return true;
}

bool Oracle::contains(const Block& outer, const Block& inner)
{
    return outer.bits <= inner.bits && contains(outer, inner.base);
}

// Do the blocks together leave nothing of the first one? Halves it as long as one of them lies within.
bool Oracle::isCovered(const Block& block, const std::vector<Block>& by)
{
    const auto covers = [&](const Block& other) { return contains(other, block); };
    if (std::any_of(by.begin(), by.end(), covers))
        return true;
    const auto isInside = [&](const Block& other) { return contains(block, other); };
    if (std::none_of(by.begin(), by.end(), isInside))
        return false;
    Block low = block;
    low.bits += 1;
    Block high = low;
    const auto byte = static_cast<std::size_t>(block.bits / 8);
    const auto mask = static_cast<std::uint8_t>(0x80 >> (block.bits % 8));
    low.base.bytes[byte] = static_cast<std::uint8_t>(low.base.bytes[byte] & ~mask);
    high.base.bytes[byte] = static_cast<std::uint8_t>(high.base.bytes[byte] | mask);
    return isCovered(low, by) && isCovered(high, by);
}

Oracle::Oracle(const cluster::Cluster& cluster)
{
    read(cluster);
}

void Oracle::read(const cluster::Cluster& cluster)
{
    std::map<std::string, format::Value> pods;
    std::map<std::string, std::pair<std::string, std::string>> names;
    const std::map<std::string, Form> forms { { "NetworkPolicy", Form::NetworkPolicy },
        { "AdminNetworkPolicy", Form::Admin }, { "BaselineAdminNetworkPolicy", Form::BaselineAdmin },
        { "ClusterNetworkPolicy", Form::Cluster } };
    for (std::uint32_t i = 0; i < cluster.objects().size(); ++i) {
        const cluster::Object& object = cluster.objects()[i];
        const std::string kind(cluster.text(cluster.kindOf(object).kind));
        const std::string group(cluster.text(cluster.kindOf(object).group));
        const bool isCore = group.empty() && (kind == "Pod" || kind == "Namespace" || kind == "Node");
        const bool isPolicy = forms.contains(kind)
            && group == (kind == "NetworkPolicy" ? "networking.k8s.io" : "policy.networking.k8s.io");
        if (object.isMissing || (!isCore && !isPolicy))
            continue;
        const format::Document& document = m_documents.emplace_back();
        if (!cluster.snapshot().readRaw(object.raw, m_documents.back()))
            qFatal("the oracle cannot read an object");
        const format::Value root = document.root();
        const std::string name(cluster.text(object.name));
        std::string ns(cluster.text(object.ns));
        if (ns.empty())
            ns = "default";
        if (isPolicy) {
            cluster::ObjectId id;
            id.index = i;
            readPolicy(forms.at(kind), id, ns, root);
        } else if (kind == "Pod") {
            pods[ns + '/' + name] = root;
            names[ns + '/' + name] = { ns, name };
        } else if (kind == "Namespace") {
            m_namespaces[name] = labelsOf(root);
            m_namespaces[name]["kubernetes.io/metadata.name"] = name;
        } else {
            NodeInfo& node = m_nodes.emplace_back();
            node.name = name;
            node.labels = labelsOf(root);
            for (const format::Value address : root["status"]["addresses"]) {
                if (const auto ip = parseIp(address["address"].text()))
                    node.ips.push_back(*ip);
            }
        }
    }
    for (const auto& [key, root] : pods)
        readPod(names[key].first, names[key].second, root);
    for (const Pod& pod : m_pods) // namespaces that no object describes have the one label that the server sets
        m_namespaces[pod.ns]["kubernetes.io/metadata.name"] = pod.ns;
}

void Oracle::readPod(const std::string& ns, const std::string& name, format::Value root)
{
    const std::string_view phase = root["status"]["phase"].text();
    if (phase == "Succeeded" || phase == "Failed")
        return;
    Pod pod;
    pod.ns = ns;
    pod.name = name;
    pod.node = root["spec"]["nodeName"].text();
    pod.labels = labelsOf(root);
    pod.isHost = root["spec"]["hostNetwork"].asBool().value_or(false);
    const auto addAddress = [&](std::string_view text) {
        const auto ip = parseIp(text);
        if (ip && std::find(pod.ips.begin(), pod.ips.end(), *ip) == pod.ips.end())
            pod.ips.push_back(*ip);
    };
    for (const format::Value entry : root["status"]["podIPs"])
        addAddress(entry["ip"].text());
    addAddress(root["status"]["podIP"].text());
    const auto addPorts = [&](format::Value container) {
        for (const format::Value port : container["ports"]) {
            const std::string_view protocol = port["protocol"].text();
            if (!port["name"].text().empty())
                pod.ports.push_back(
                    { std::string(port["name"].text()), std::string(protocol.empty() ? "TCP" : protocol),
                        static_cast<int>(port["containerPort"].asInteger().value_or(0)) });
        }
    };
    for (const format::Value container : root["spec"]["containers"])
        addPorts(container);
    for (const format::Value container : root["spec"]["initContainers"]) {
        if (container["restartPolicy"].text() == "Always")
            addPorts(container);
    }
    m_podNames.push_back(ns + '/' + name);
    m_pods.push_back(std::move(pod));
}

void Oracle::readPolicy(Form form, cluster::ObjectId object, const std::string& ns, format::Value root)
{
    if (form == Form::BaselineAdmin && root["metadata"]["name"].text() != "default")
        return; // the API has but one
    Policy& policy = m_policies.emplace_back();
    policy.form = form;
    policy.object = object;
    policy.ns = ns;
    policy.spec = root["spec"];
    policy.priority = policy.spec["priority"].asInteger().value_or(0);
    policy.isBaseline = form == Form::BaselineAdmin || policy.spec["tier"].text() == "Baseline";
}

Oracle::Labels Oracle::labelsOf(format::Value object)
{
    Labels labels;
    for (const format::Value label : object["metadata"]["labels"])
        labels[std::string(label.key())] = label.text();
    return labels;
}

const Oracle::Labels& Oracle::namespaceLabels(const std::string& ns) const
{
    return m_namespaces.find(ns)->second;
}

const Oracle::Pod* Oracle::podOf(const End& end) const
{
    return end.pod < 0 ? nullptr : &m_pods[static_cast<std::size_t>(end.pod)];
}

std::optional<Oracle::End> Oracle::end(std::string_view text) const
{
    if (text.find('/') == std::string_view::npos) {
        if (const auto ip = parseIp(text))
            return End { -1, *ip };
        return std::nullopt;
    }
    const auto found = std::find(m_podNames.begin(), m_podNames.end(), text);
    if (found == m_podNames.end())
        return std::nullopt;
    return End { static_cast<int>(found - m_podNames.begin()), {} };
}

namespace {

// The characters of a label's value, or of the name part of its key.
bool isWord(std::string_view text)
{
    const auto isAlnum
        = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    if (text.empty() || text.size() > 63 || !isAlnum(text.front()) || !isAlnum(text.back()))
        return false;
    return std::all_of(
        text.begin(), text.end(), [&](char c) { return isAlnum(c) || c == '-' || c == '_' || c == '.'; });
}

bool isKey(std::string_view text)
{
    const std::vector<std::string> parts = pieces(text, '/');
    return parts.size() <= 2 && isWord(parts.back()) && !parts.front().empty();
}

bool isValue(std::string_view text)
{
    return text.empty() || isWord(text);
}

} // namespace

// A selector with one invalid requirement is an error as a whole.
bool Oracle::isReadable(format::Value selector)
{
    if (!selector.isObject())
        return false;
    for (const format::Value label : selector["matchLabels"]) {
        if (!isKey(label.key()) || !isValue(label.text()))
            return false;
    }
    for (const format::Value expression : selector["matchExpressions"]) {
        const std::string_view op = expression["operator"].text();
        const bool needsValues = op == "In" || op == "NotIn";
        if (!needsValues && op != "Exists" && op != "DoesNotExist")
            return false;
        if (needsValues != (expression["values"].size() > 0) || !isKey(expression["key"].text()))
            return false;
        for (const format::Value value : expression["values"]) {
            if (!isValue(value.text()))
                return false;
        }
    }
    return true;
}

bool Oracle::matches(format::Value selector, const Labels& labels)
{
    if (!isReadable(selector))
        return false;
    for (const format::Value label : selector["matchLabels"]) {
        const auto found = labels.find(label.key());
        if (found == labels.end() || found->second != label.text())
            return false;
    }
    for (const format::Value expression : selector["matchExpressions"]) {
        const std::string_view op = expression["operator"].text();
        const auto found = labels.find(expression["key"].text());
        const bool has = found != labels.end();
        bool isAmong = false;
        for (const format::Value value : expression["values"])
            isAmong = isAmong || (has && found->second == value.text());
        if ((op == "In" && !isAmong) || (op == "NotIn" && isAmong) || (op == "Exists" && !has)
            || (op == "DoesNotExist" && has))
            return false;
    }
    return true;
}

std::vector<int> Oracle::portsNamed() const
{
    std::set<int> result;
    for (const Policy& policy : m_policies) {
        for (const char* way : { "ingress", "egress" }) {
            for (const format::Value rule : policy.spec[way]) {
                for (const format::Value entry : rule["ports"]) {
                    if (const auto port = entry["port"].asInteger())
                        result.insert(static_cast<int>(*port));
                }
            }
        }
    }
    return { result.begin(), result.end() };
}

} // namespace plimsoll::test
