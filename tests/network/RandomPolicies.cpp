// SPDX-License-Identifier: Apache-2.0
#include "tests/network/RandomCluster.h"

namespace plimsoll::test {

namespace {

std::string listOf(int count, const auto& make)
{
    std::string text;
    for (int i = 0; i < count; ++i)
        text += (i ? ", " : "") + make();
    return "[" + text + "]";
}

std::string expression(Dice& dice)
{
    const std::string key = dice.of({ "app", "app", "tier", "env", "kubernetes.io/metadata.name" });
    const auto value = [&]() -> std::string { return dice.of({ "web", "db", "back", "front", "prod", "''", "ns1" }); };
    std::string text = "{key: " + key + ", operator: ";
    switch (dice.below(9)) {
    case 0:
    case 1:
        return text + "In, values: " + listOf(1 + dice.below(2), value) + "}";
    case 2:
    case 3:
        return text + "NotIn, values: " + listOf(1 + dice.below(2), value) + "}";
    case 4:
    case 5:
        return text + "Exists}";
    case 6:
    case 7:
        return text + "DoesNotExist}";
    default: // broken
        return dice.oneIn(2) ? text + "In, values: []}" : text + "Like, values: [web]}";
    }
}

std::string selector(Dice& dice)
{
    switch (dice.below(5)) {
    case 0:
        return "{}";
    case 1:
        return "{matchLabels: {app: " + dice.of({ "web", "db", "api" }) + "}}";
    case 2:
        return "{matchLabels: {tier: " + dice.of({ "front", "back" }) + ", app: " + dice.of({ "web", "db" }) + "}}";
    case 3:
        return "{matchExpressions: " + listOf(1 + dice.below(2), [&] { return expression(dice); }) + "}";
    default:
        return "{matchLabels: {app: " + dice.of({ "web", "api" })
            + "}, matchExpressions: " + listOf(1, [&] { return expression(dice); }) + "}";
    }
}

std::string spaceSelector(Dice& dice)
{
    if (dice.oneIn(3))
        return "{matchLabels: {kubernetes.io/metadata.name: " + dice.of({ "default", "ns1", "ns2" }) + "}}";
    return selector(dice);
}

std::string block(Dice& dice)
{
    switch (dice.below(9)) {
    case 0:
        return "{cidr: 0.0.0.0/0}";
    case 1:
        return "{cidr: 0.0.0.0/0, except: [10.0.0.0/8, 203.0.113.0/25]}";
    case 2:
        return "{cidr: 10.1.0.77/16, except: [10.1.0.1/32]}";
    case 3:
        return "{cidr: 10.0.0.0/16, except: [10.0.0.0/17, 10.0.128.0/17]}"; // nothing is left
    case 4:
        return "{cidr: 'fd00::/16', except: ['fd00:0:0:1::/64']}";
    case 5:
        return "{cidr: '::/0'}";
    case 6:
        return "{cidr: 192.168.1.0/31}";
    case 7:
        return "{cidr: 010.000.000.000/08}";
    default:
        return dice.oneIn(2) ? "{cidr: 10.0.0.0/40}" : "{cidr: 10.0.0.1}"; // broken
    }
}

std::string peer(Dice& dice)
{
    switch (dice.below(11)) {
    case 0:
    case 1:
    case 2:
        return "{podSelector: " + selector(dice) + "}";
    case 3:
    case 4:
        return "{namespaceSelector: " + spaceSelector(dice) + "}";
    case 5:
    case 6:
        return "{podSelector: " + selector(dice) + ", namespaceSelector: " + spaceSelector(dice) + "}";
    case 7:
    case 8:
    case 9:
        return "{ipBlock: " + block(dice) + "}";
    default:
        return dice.oneIn(2) ? "{}" : "{podSelector: {}, ipBlock: {cidr: 0.0.0.0/0}}"; // broken
    }
}

std::string portEntry(Dice& dice)
{
    const std::string protocol = dice.of({ "", ", protocol: TCP", ", protocol: UDP", ", protocol: SCTP" });
    switch (dice.below(10)) {
    case 0:
        return "{}";
    case 1:
        return "{protocol: " + dice.of({ "TCP", "UDP", "SCTP" }) + "}";
    case 2:
    case 3:
    case 4:
        return "{port: " + dice.of({ "53", "80", "443", "8080" }) + protocol + "}";
    case 5:
    case 6:
        return "{port: " + dice.of({ "http", "dns", "admin" }) + protocol + "}";
    case 7:
    case 8:
        return "{port: " + dice.of({ "53", "80" }) + ", endPort: " + dice.of({ "80", "443", "9000" }) + protocol + "}";
    default: // broken
        return dice.of({ "{port: http, endPort: 90}", "{port: 80, endPort: 79}", "{port: 80, protocol: tcp}" });
    }
}

std::string rule(Dice& dice, const char* peers)
{
    std::string text;
    const int kind = dice.below(6);
    if (kind == 0)
        text = std::string(peers) + ": []";
    else if (kind > 1)
        text = std::string(peers) + ": " + listOf(1 + dice.below(2), [&] { return peer(dice); });
    if (!dice.oneIn(2))
        text += (text.empty() ? "ports: " : ", ports: ") + listOf(dice.below(3), [&] { return portEntry(dice); });
    return "{" + text + "}";
}

std::string networkPolicy(Dice& dice, int number)
{
    const int ns = dice.below(4);
    std::string text = "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: np"
        + std::to_string(number)
        + (ns == 0 ? std::string() : ", namespace: " + (ns == 3 ? std::string("default") : "ns" + std::to_string(ns)))
        + "}\nspec:\n  name: x\n"; // an unknown field does no harm, and keeps the object from being empty
    if (!dice.oneIn(6))
        text += "  podSelector: " + selector(dice) + "\n";
    text += dice.of({ "", "  policyTypes: []\n", "  policyTypes: [Ingress]\n", "  policyTypes: [Egress]\n",
        "  policyTypes: [Ingress, Egress]\n", "  policyTypes: [Ingress, Egress]\n" });
    if (!dice.oneIn(4))
        text += "  ingress: " + listOf(dice.below(4), [&] { return rule(dice, "from"); }) + "\n";
    if (!dice.oneIn(4))
        text += "  egress: " + listOf(dice.below(4), [&] { return rule(dice, "to"); }) + "\n";
    return text;
}

std::string subject(Dice& dice)
{
    if (dice.oneIn(2))
        return "{namespaces: " + spaceSelector(dice) + "}";
    return "{pods: {namespaceSelector: " + spaceSelector(dice) + ", podSelector: " + selector(dice) + "}}";
}

enum class Form { Admin, Baseline, Cluster };

std::string tierPort(Dice& dice, Form form, bool mayBeNamed)
{
    const std::string number = dice.of({ "53", "80", "443" });
    const int kind = dice.below(mayBeNamed ? 3 : 2);
    if (form == Form::Cluster) {
        if (kind == 2)
            return "{destinationNamedPort: " + dice.of({ "http", "dns" }) + "}";
        return "{" + dice.of({ "tcp", "udp", "sctp" }) + ": {destinationPort: "
            + (kind ? "{range: {start: " + number + ", end: 8080}}" : "{number: " + number + "}") + "}}";
    }
    if (kind == 2)
        return "{namedPort: " + dice.of({ "http", "dns" }) + "}";
    const std::string protocol = dice.of({ "TCP", "UDP", "SCTP" });
    return kind ? "{portRange: {protocol: " + protocol + ", start: " + number + ", end: 8080}}"
                : "{portNumber: {protocol: " + protocol + ", port: " + number + "}}";
}

std::string tierRule(Dice& dice, Form form, bool isEgress)
{
    const std::string allow = form == Form::Cluster ? "Accept" : "Allow";
    const int action = dice.below(form == Form::Baseline ? 2 : 3);
    bool isLabels = true;
    const auto tierPeer = [&]() -> std::string {
        const int kind = dice.below(isEgress ? 7 : 4);
        if (kind < 2)
            return "{namespaces: " + spaceSelector(dice) + "}";
        if (kind < 4)
            return "{pods: {namespaceSelector: " + spaceSelector(dice) + ", podSelector: " + selector(dice) + "}}";
        isLabels = false;
        if (kind == 6 && action == 0 && form != Form::Baseline && dice.oneIn(2))
            return "{domainNames: ['*.example.com']}";
        if (kind == 6)
            return "{nodes: {matchLabels: {pool: " + dice.of({ "one", "two" }) + "}}}";
        return "{networks: " + dice.of({ "[10.0.0.0/8]", "[0.0.0.0/0, '::/0']", "[203.0.113.0/24]", "['fd00::/16']" })
            + "}";
    };
    const bool isBroken = dice.oneIn(12); // and then of all ports: what it fails to is not said for some
    const std::string peers = isBroken ? "[{newThing: {}}]" : listOf(1 + dice.below(2), tierPeer);
    std::string text = "{action: "
        + (action == 0        ? allow
                : action == 1 ? "Deny"
                              : "Pass")
        + (isEgress ? ", to: " : ", from: ") + peers;
    if (!isBroken && dice.oneIn(2))
        text += std::string(form == Form::Cluster ? ", protocols: " : ", ports: ")
            + listOf(1 + dice.below(2), [&] { return tierPort(dice, form, isLabels); });
    return text + "}";
}

std::string tierPolicy(Dice& dice, Form form, const std::string& name)
{
    const bool isCluster = form == Form::Cluster;
    std::string text = std::string("---\napiVersion: policy.networking.k8s.io/") + (isCluster ? "v1alpha2" : "v1alpha1")
        + "\nkind: "
        + (isCluster                  ? "ClusterNetworkPolicy"
                : form == Form::Admin ? "AdminNetworkPolicy"
                                      : "BaselineAdminNetworkPolicy")
        + "\nmetadata: {name: " + name + "}\nspec:\n";
    if (isCluster)
        text += "  tier: " + dice.of({ "Admin", "Baseline" }) + "\n";
    if (form != Form::Baseline)
        text += "  priority: " + std::to_string(dice.below(4) * 10) + "\n";
    text += "  subject: " + subject(dice) + "\n";
    if (!dice.oneIn(4))
        text += "  ingress: " + listOf(dice.below(4), [&] { return tierRule(dice, form, false); }) + "\n";
    if (!dice.oneIn(4))
        text += "  egress: " + listOf(dice.below(4), [&] { return tierRule(dice, form, true); }) + "\n";
    return text;
}

} // namespace

// Admin and cluster policies never together: what their order would be, nothing says.
std::string randomPolicies(std::uint64_t seed)
{
    Dice dice(seed + 1000000);
    std::string text;
    const int standard = dice.below(7);
    for (int i = 0; i < standard; ++i)
        text += networkPolicy(dice, i);
    if (seed % 3 != 0)
        return text;
    const bool isCluster = dice.oneIn(2);
    const int count = dice.below(4);
    for (int i = 0; i < count; ++i)
        text += tierPolicy(dice, isCluster ? Form::Cluster : Form::Admin, "t" + std::to_string(i));
    if (!isCluster && dice.oneIn(2))
        text += tierPolicy(dice, Form::Baseline, "default");
    return text;
}

} // namespace plimsoll::test
