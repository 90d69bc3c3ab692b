// SPDX-License-Identifier: Apache-2.0
#include "tests/network/NetworkRows.h"

namespace plimsoll::test {

namespace {

std::string object(const char* version, const char* kind, const std::string& name, const std::string& spec)
{
    return std::string("---\napiVersion: policy.networking.k8s.io/") + version + "\nkind: " + kind
        + "\nmetadata: {name: " + name + "}\nspec: {" + spec + "}\n";
}

const std::string ofShop = "subject: {namespaces: {matchLabels: {team: a}}}, ";

std::string anp(int priority, const std::string& rules, const std::string& name = "a")
{
    return object(
        "v1alpha1", "AdminNetworkPolicy", name, "priority: " + std::to_string(priority) + ", " + ofShop + rules);
}
std::string banp(const std::string& rules)
{
    return object("v1alpha1", "BaselineAdminNetworkPolicy", "default", ofShop + rules);
}
std::string cnp(const char* tier, int priority, const std::string& rules, const std::string& name = "c")
{
    return object("v1alpha2", "ClusterNetworkPolicy", name,
        std::string("tier: ") + tier + ", priority: " + std::to_string(priority) + ", " + ofShop + rules);
}

std::string standard(const std::string& spec)
{
    return "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {namespace: shop, name: p}\nspec: "
        + spec + "\n";
}

std::string from(const char* action, const std::string& peers, const std::string& more = "")
{
    return "ingress: [{action: " + std::string(action) + ", from: [" + peers + "]" + more + "}]";
}
std::string to(const char* action, const std::string& peers, const std::string& more = "")
{
    return "egress: [{action: " + std::string(action) + ", to: [" + peers + "]" + more + "}]";
}

const std::string everyone = "{namespaces: {}}";
const std::string apis
    = "{pods: {namespaceSelector: {matchLabels: {team: b}}, podSelector: {matchLabels: {app: api}}}}";

void addAdmin(std::vector<NetworkRow>& rows)
{
    const auto row = [&](const char* name, const std::string& yaml, const char* source, const char* destination,
                         const char* expected) {
        rows.push_back({ name, yaml, source, destination, "TCP", 80, expected });
    };
    const std::string deny = standard("{policyTypes: [Ingress]}");
    row("1.3 Deny", anp(5, from("Deny", everyone)), "data/api", "shop/web", "false");
    row("1.3 Deny is no isolation for others", anp(5, from("Deny", apis)), "data/web", "shop/web", "true");
    row("1.3 subjects alone", anp(5, from("Deny", everyone)), "shop/web", "data/api", "true");
    row("1.3 Allow comes before NetworkPolicy", anp(5, from("Allow", everyone)) + deny, "data/api", "shop/web", "true");
    row("1.3 Pass leaves it to NetworkPolicy", anp(5, from("Pass", everyone)) + deny, "data/api", "shop/web", "false");
    row("1.3 Pass without NetworkPolicy is open", anp(5, from("Pass", everyone)), "data/api", "shop/web", "true");
    const std::string two
        = "ingress: [{action: Allow, from: [" + apis + "]}, {action: Deny, from: [" + everyone + "]}]";
    row("1.3 the first match wins", anp(5, two), "data/api", "shop/web", "true");
    row("1.3 else the second", anp(5, two), "data/web", "shop/web", "false");
    row("1.3 lower numbers first", anp(5, from("Deny", everyone)) + anp(4, from("Allow", apis), "b"), "data/api",
        "shop/web", "true");
    row("1.3 higher numbers later", anp(5, from("Deny", everyone)) + anp(6, from("Allow", apis), "b"), "data/api",
        "shop/web", "false");
    row("1.3 one number, two answers", anp(5, from("Deny", everyone)) + anp(5, from("Allow", apis), "b"), "data/api",
        "shop/web", "unknown");
    row("1.3 one number, one answer", anp(5, from("Deny", everyone)) + anp(5, from("Allow", apis), "b"), "data/web",
        "shop/web", "false");
    row("1.3 Pass skips later policies", anp(5, from("Deny", everyone)) + anp(4, from("Pass", apis), "b"), "data/api",
        "shop/web", "true");
    row("1.3 the baseline denies", banp(from("Deny", everyone)), "data/api", "shop/web", "false");
    row("1.3 the baseline is not asked of isolated pods", banp(from("Deny", everyone)) + standard("{ingress: [{}]}"),
        "data/api", "shop/web", "true");
    row("1.3 Pass leads to the baseline", anp(5, from("Pass", everyone)) + banp(from("Deny", everyone)), "data/api",
        "shop/web", "false");
    row("1.3 nobody outside is a pod", anp(5, from("Deny", everyone)), "203.0.113.7", "shop/web", "true");
    const std::string port = ", ports: [{portNumber: {protocol: TCP, port: 80}}]";
    row("1.3 a port", anp(5, from("Deny", everyone, port)), "data/api", "shop/web", "false");
    const std::string range = ", ports: [{portRange: {protocol: TCP, start: 81, end: 90}}]";
    row("1.3 not in the range", anp(5, from("Deny", everyone, range)), "data/api", "shop/web", "true");
    row("1.3 a named port", anp(5, from("Deny", everyone, ", ports: [{namedPort: http}]")), "data/api", "shop/web",
        "false");
    row("1.3 a named port of another number", anp(5, from("Deny", everyone, ", ports: [{namedPort: dns}]")), "data/api",
        "shop/web", "true");
    row("1.3 networks match pods too", anp(5, to("Deny", "{networks: [10.0.1.0/24]}")), "shop/web", "data/api",
        "false");
    row("1.3 other networks", anp(5, to("Deny", "{networks: [10.0.1.0/24]}")), "shop/web", "203.0.113.7", "true");
    row("1.3 addresses of nodes", anp(5, to("Deny", "{nodes: {matchLabels: {pool: two}}}")), "shop/web", "192.168.0.2",
        "false");
    row("1.3 addresses of other nodes", anp(5, to("Deny", "{nodes: {matchLabels: {pool: two}}}")), "shop/web",
        "192.168.0.7", "true");
}

void addCluster(std::vector<NetworkRow>& rows)
{
    const auto row = [&](const char* name, const std::string& yaml, const char* source, const char* destination,
                         const char* expected) {
        rows.push_back({ name, yaml, source, destination, "TCP", 80, expected });
    };
    const std::string deny = standard("{policyTypes: [Ingress]}");
    row("1.4 Accept comes before NetworkPolicy", cnp("Admin", 5, from("Accept", everyone)) + deny, "data/api",
        "shop/web", "true");
    row("1.4 Baseline Accept does not", cnp("Baseline", 5, from("Accept", everyone)) + deny, "data/api", "shop/web",
        "false");
    row("1.4 Baseline Deny of pods that are not isolated", cnp("Baseline", 5, from("Deny", everyone)), "data/api",
        "shop/web", "false");
    row("1.4 Baseline Pass is open",
        cnp("Baseline", 4, from("Pass", apis)) + cnp("Baseline", 5, from("Deny", everyone), "d"), "data/api",
        "shop/web", "true");
    row("1.4 Accept leaves the other side its say",
        cnp("Admin", 5, to("Accept", everyone)) + cnp("Admin", 6, from("Deny", everyone), "d"), "shop/db", "shop/web",
        "false");
    row("1.4 one number in two tiers is no conflict",
        cnp("Admin", 5, from("Accept", everyone)) + cnp("Baseline", 5, from("Deny", everyone), "d"), "data/api",
        "shop/web", "true");
    row("1.4 one number in one tier is",
        cnp("Admin", 5, from("Accept", everyone)) + cnp("Admin", 5, from("Deny", apis), "d"), "data/api", "shop/web",
        "unknown");
    row("1.4 networks match pods too", cnp("Admin", 5, to("Deny", "{networks: [0.0.0.0/0]}")), "shop/web", "data/api",
        "false");
    row("1.4 networks of another family", cnp("Admin", 5, to("Deny", "{networks: ['::/0']}")), "shop/web", "data/api",
        "true");
    row("1.4 networks, and a pod without an address", cnp("Admin", 5, to("Deny", "{networks: [10.0.0.0/8]}")),
        "shop/web", "shop/young", "unknown");
    row("1.4 all networks, and a pod without an address",
        cnp("Admin", 5, to("Deny", "{networks: [0.0.0.0/0, '::/0']}")), "shop/web", "shop/young", "unknown");
    row("1.4 nodes, and a pod without an address", cnp("Admin", 5, to("Deny", "{nodes: {}}")), "shop/web", "shop/young",
        "true");
    row("1.4 nodes, and a pod in the network of one", cnp("Admin", 5, to("Deny", "{nodes: {}}")), "shop/db",
        "shop/host", "false");
    const std::string names = to("Accept", "{domainNames: ['*.example.com']}");
    const std::string closed = standard("{policyTypes: [Egress]}");
    row("1.4 names of domains may be anywhere", cnp("Admin", 5, names) + closed, "shop/web", "203.0.113.7", "unknown");
    row("1.4 names of domains are no pods", cnp("Admin", 5, names) + closed, "shop/web", "data/api", "false");
    const std::string tcp = ", protocols: [{tcp: {destinationPort: {number: 80}}}]";
    row("1.4 a port", cnp("Admin", 5, from("Deny", everyone, tcp)), "data/api", "shop/web", "false");
    const std::string udp = ", protocols: [{udp: {destinationPort: {range: {start: 1, end: 100}}}}]";
    row("1.4 a range of another protocol", cnp("Admin", 5, from("Deny", everyone, udp)), "data/api", "shop/web",
        "true");
    const std::string named = ", protocols: [{destinationNamedPort: http}]";
    row("1.4 a named port", cnp("Admin", 5, from("Deny", everyone, named)), "data/api", "shop/web", "false");
    row("1.4 in the network of the node: no subject", cnp("Admin", 5, from("Deny", everyone)), "data/api", "shop/host",
        "true");
    row("1.4 in the network of the node: no peer", cnp("Admin", 5, from("Deny", everyone)), "shop/host", "shop/db",
        "true");
    row("1.4 an unknown peer: Deny denies all", cnp("Admin", 5, from("Deny", "{newThing: {}}")), "data/api", "shop/web",
        "false");
    row("1.4 an unknown peer: Pass denies all", cnp("Admin", 5, from("Pass", "{newThing: {}}")), "data/api", "shop/web",
        "false");
    row("1.4 an unknown peer: Accept matches nothing", cnp("Admin", 5, from("Accept", "{newThing: {}}")) + deny,
        "data/api", "shop/web", "false");
    row("1.4 an empty peer: Deny denies all", cnp("Admin", 5, from("Deny", "{}")), "203.0.113.7", "shop/web", "false");
    row("1.4 a pod and itself", cnp("Admin", 5, from("Deny", everyone)), "shop/web", "shop/web", "true");
}

} // namespace

std::vector<NetworkRow> tierRows()
{
    std::vector<NetworkRow> rows;
    addAdmin(rows);
    addCluster(rows);
    for (NetworkRow& row : rows)
        row.yaml = rowWorld() + row.yaml;
    return rows;
}

} // namespace plimsoll::test
