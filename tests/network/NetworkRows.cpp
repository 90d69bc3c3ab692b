// SPDX-License-Identifier: Apache-2.0
#include "tests/network/NetworkRows.h"

namespace plimsoll::test {

namespace {

std::string pod(const std::string& ns, const std::string& name, const std::string& labels, const std::string& spec,
    const std::string& ips, const std::string& phase = "Running")
{
    std::string list;
    for (std::size_t at = 0; at < ips.size();) {
        const std::size_t stop = std::min(ips.find(' ', at), ips.size());
        list += (list.empty() ? "{ip: '" : ", {ip: '") + ips.substr(at, stop - at) + "'}";
        at = stop + 1;
    }
    return "---\napiVersion: v1\nkind: Pod\nmetadata: {" + (ns.empty() ? "" : "namespace: " + ns + ", ")
        + "name: " + name + ", labels: {" + labels + "}}\nspec: {" + spec + "}\nstatus: {phase: " + phase
        + ", podIPs: [" + list + "]}\n";
}

const std::string plain = "containers: [{name: a, image: i}]";

// A NetworkPolicy of the namespace shop.
std::string policy(const std::string& spec, const std::string& ns = "shop", const std::string& name = "p")
{
    return "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {namespace: " + ns + ", name: " + name
        + "}\nspec: " + spec + "\n";
}

// Rules for shop/web.
std::string in(const std::string& rule)
{
    return policy("{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress], ingress: [" + rule + "]}");
}
std::string out(const std::string& rule)
{
    return policy("{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [" + rule + "]}");
}

void addSelection(std::vector<NetworkRow>& rows)
{
    const auto row
        = [&](const char* name, const std::string& policies, const char* from, const char* to, const char* expected) {
              rows.push_back({ name, policies, from, to, "TCP", 80, expected });
          };
    const std::string none = "{podSelector: {}, policyTypes: [Ingress]}";
    row("1.1.1 a policy selects pods of its own namespace", policy(none), "data/api", "shop/web", "false");
    row("1.1.1 a policy does not select pods of others", policy(none), "shop/web", "data/api", "true");
    row("1.1.1 a missing podSelector selects all", policy("{policyTypes: [Ingress]}"), "data/api", "shop/db", "false");
    row("1.1.1 a podSelector selects by label", in(""), "data/api", "shop/db", "true");
    row("1.1.1 no namespace means default", policy(none, "default"), "data/api", "default/lone", "false");
    row("1.1.1 no namespace is not every namespace", policy(none, "default"), "data/api", "shop/web", "true");
    row("1.1.2 isolated for ingress, not for egress", in(""), "shop/web", "data/api", "true");
    row("1.1.2 isolated for egress, not for ingress", out(""), "data/api", "shop/web", "true");
    row("1.1.2 isolated for egress", out(""), "shop/web", "data/api", "false");
    const std::string second = policy("{ingress: [{from: [{podSelector: {}}]}]}", "shop", "q");
    row("1.1.2 the union of all policies", in("") + second, "shop/db", "shop/web", "true");
    row("1.1.2 what none of them allows", in("") + second, "data/api", "shop/web", "false");
    const std::string there = policy("{policyTypes: [Egress]}", "data");
    row("1.1.3 both sides must allow: egress of the source", in("{}") + there, "data/api", "shop/web", "false");
    row("1.1.3 both sides must allow: ingress of the destination", in("") + there, "shop/db", "shop/web", "false");
    row("1.1.3 no rule for the replies is needed", in("{}") + there, "shop/db", "shop/web", "true");
    row("1.1.4 no policyTypes is Ingress", policy("{podSelector: {}}"), "data/api", "shop/web", "false");
    row("1.1.4 no policyTypes and no egress is not Egress", policy("{podSelector: {}}"), "shop/web", "data/api",
        "true");
    row("1.1.4 empty egress is not Egress", policy("{egress: []}"), "shop/web", "data/api", "true");
    row("1.1.4 egress rules are Egress", policy("{egress: [{to: [{podSelector: {}}]}]}"), "shop/web", "data/api",
        "false");
    row("1.1.4 egress rules alone are Ingress too", policy("{egress: [{}]}"), "data/api", "shop/web", "false");
    row("1.1.4 empty policyTypes is the default", policy("{policyTypes: []}"), "data/api", "shop/web", "false");
    const std::string odd = policy("{policyTypes: [Egress], ingress: [{from: [{podSelector: {}}]}], egress: [{}]}");
    row("1.1.5 rules of another direction do nothing", odd, "data/api", "shop/web", "true");
    row("1.1.5 with the type they do", policy("{policyTypes: [Ingress], ingress: [{from: [{podSelector: {}}]}]}"),
        "data/api", "shop/web", "false");
    row("1.1.6 ingress [] denies all", policy("{policyTypes: [Ingress], ingress: []}"), "shop/db", "shop/web", "false");
    row("1.1.6 ingress [{}] allows all", in("{}"), "data/api", "shop/web", "true");
    row("1.1.6 from [] is everybody, outside too", in("{from: []}"), "203.0.113.7", "shop/web", "true");
    row("1.1.6 from with a peer is not outside", in("{from: [{namespaceSelector: {}}]}"), "203.0.113.7", "shop/web",
        "false");
}

void addPeers(std::vector<NetworkRow>& rows)
{
    const auto row
        = [&](const char* name, const std::string& policies, const char* from, const char* to, const char* expected) {
              rows.push_back({ name, policies, from, to, "TCP", 80, expected });
          };
    const auto from = [](const std::string& peers) { return in("{from: [" + peers + "]}"); };
    const std::string both = "ipBlock: {cidr: 0.0.0.0/0}, podSelector: {}";
    row("1.1.8 ipBlock with a selector matches nothing", from("{" + both + "}"), "shop/db", "shop/web", "false");
    row("1.1.8 the next peer still matches", from("{" + both + "}, {podSelector: {}}"), "shop/db", "shop/web", "true");
    row("1.1.8 an empty peer matches nothing", from("{}"), "shop/db", "shop/web", "false");
    row("1.1.9 podSelector alone: own namespace", from("{podSelector: {matchLabels: {app: db}}}"), "shop/db",
        "shop/web", "true");
    row("1.1.9 podSelector alone: no other namespace", from("{podSelector: {matchLabels: {app: api}}}"), "data/api",
        "shop/web", "false");
    row("1.1.9 namespaceSelector alone: all its pods", from("{namespaceSelector: {matchLabels: {team: b}}}"),
        "data/api", "shop/web", "true");
    row("1.1.9 namespaceSelector alone: no others", from("{namespaceSelector: {matchLabels: {team: b}}}"), "shop/db",
        "shop/web", "false");
    const std::string ns = "namespaceSelector: {matchLabels: {team: b}}";
    const std::string label = "podSelector: {matchLabels: {app: db}}";
    row("1.1.9 both in one item are AND", from("{" + ns + ", " + label + "}"), "data/api", "shop/web", "false");
    row("1.1.9 both in one item match", from("{" + ns + ", podSelector: {matchLabels: {app: api}}}"), "data/api",
        "shop/web", "true");
    row("1.1.9 two items are OR", from("{" + ns + "}, {" + label + "}"), "shop/db", "shop/web", "true");
    row("1.1.9 namespaceSelector {} is the own one too", from("{namespaceSelector: {}}"), "shop/db", "shop/web",
        "true");
    row("1.1.9 podSelector {} is the own one only", from("{podSelector: {}}"), "data/api", "shop/web", "false");
    const auto expression = [&](const std::string& text) {
        return from("{namespaceSelector: {}, podSelector: {matchExpressions: [" + text + "]}}");
    };
    row("1.1.10 In", expression("{key: app, operator: In, values: [api, x]}"), "data/api", "shop/web", "true");
    row("1.1.10 In needs the key", expression("{key: tier, operator: In, values: [back]}"), "data/api", "shop/web",
        "false");
    row("1.1.10 NotIn matches without the key", expression("{key: tier, operator: NotIn, values: [back]}"), "data/api",
        "shop/web", "true");
    row("1.1.10 NotIn", expression("{key: tier, operator: NotIn, values: [back]}"), "shop/db", "shop/web", "false");
    row("1.1.10 Exists", expression("{key: tier, operator: Exists}"), "data/api", "shop/web", "false");
    row("1.1.10 DoesNotExist", expression("{key: tier, operator: DoesNotExist}"), "data/api", "shop/web", "true");
    row("1.1.10 all requirements together", expression("{key: app, operator: Exists}, {key: tier, operator: Exists}"),
        "data/api", "shop/web", "false");
    row("1.1.10 In without values matches nothing", expression("{key: app, operator: In, values: []}"), "data/api",
        "shop/web", "false");
    row("1.1.10 an unknown operator matches nothing", expression("{key: app, operator: in, values: [api]}"), "data/api",
        "shop/web", "false");
    row("1.1.10 NotIn with an invalid value matches nothing",
        expression("{key: app, operator: NotIn, values: ['a b']}"), "data/api", "shop/web", "false");
    const std::string named = "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: lost}}}";
    row("1.1.11 the name of a namespace is a label", from(named), "lost/web", "shop/web", "true");
    row("1.1.11 the name of another is not", from(named), "data/web", "shop/web", "false");
}

void addPorts(std::vector<NetworkRow>& rows)
{
    const auto row = [&](const char* name, const std::string& ports, const char* protocol, int port,
                         const char* expected) {
        rows.push_back({ name, in("{ports: [" + ports + "]}"), "data/api", "shop/web", protocol, port, expected });
    };
    row("1.1.6 ports [] is every protocol", "", "SCTP", 9, "true");
    row("1.1.7 ports [{}] is every port of TCP", "{}", "TCP", 9, "true");
    row("1.1.7 ports [{}] is TCP only", "{}", "UDP", 9, "false");
    row("1.1.7 a protocol alone is all its ports", "{protocol: UDP}", "UDP", 9, "true");
    row("1.1.7 a protocol alone is no other", "{protocol: UDP}", "TCP", 9, "false");
    row("1.1.12 a number", "{port: 80}", "TCP", 80, "true");
    row("1.1.12 another number", "{port: 80}", "TCP", 81, "false");
    row("1.1.12 endPort is included", "{port: 80, endPort: 90}", "TCP", 90, "true");
    row("1.1.12 behind endPort", "{port: 80, endPort: 90}", "TCP", 91, "false");
    row("1.1.12 endPort before port matches nothing", "{port: 80, endPort: 79}", "TCP", 80, "false");
    row("1.1.12 endPort with a name matches nothing", "{port: http, endPort: 90}", "TCP", 80, "false");
    row("1.1.12 endPort without a port matches nothing", "{endPort: 90}", "TCP", 80, "false");
    row("1.1.12 protocols have capital letters", "{protocol: tcp, port: 80}", "TCP", 80, "false");
    row("1.1.12 the next entry still matches", "{protocol: tcp, port: 80}, {port: 80}", "TCP", 80, "true");
    row("1.1.13 a name is that of the destination", "{port: http}", "TCP", 80, "true");
    row("1.1.13 a name is not another number", "{port: http}", "TCP", 8080, "false");
    row("1.1.13 a name needs its protocol", "{port: http, protocol: UDP}", "UDP", 80, "false");
    row("1.1.13 a name nobody has", "{port: https}", "TCP", 443, "false");
    row("1.1.14 a name in two containers: UDP", "{port: dns, protocol: UDP}", "UDP", 53, "true");
    row("1.1.14 a name in two containers: TCP", "{port: dns}", "TCP", 5353, "true");
    row("1.1.14 not crossed", "{port: dns}", "TCP", 53, "false");
    row("1.1.14 sidecars count", "{port: metrics}", "TCP", 9090, "true");
    row("1.1.14 init containers do not", "{port: setup}", "TCP", 7000, "false");
    row("1.1.15 ports need not be declared", "{port: 65000}", "TCP", 65000, "true");
    const auto toward = [&](const char* name, const std::string& rule, const char* to, int port, const char* expected) {
        rows.push_back({ name, out(rule), "shop/web", to, "TCP", port, expected });
    };
    const std::string all = "{to: [{namespaceSelector: {}}], ports: [{port: http}]}";
    toward("1.1.13 egress: a name of the peer", all, "data/api", 8080, "true");
    toward("1.1.13 egress: not of the source", all, "data/api", 80, "false");
    toward("1.1.13 egress: another number on every pod", all, "shop/db", 8081, "true");
    toward("1.1.13 a name never matches addresses outside", "{ports: [{port: http}]}", "203.0.113.7", 80, "false");
    toward("1.1.13 a number does", "{ports: [{port: 80}]}", "203.0.113.7", 80, "true");
}

void addAddresses(std::vector<NetworkRow>& rows)
{
    const auto row = [&](const char* name, const std::string& blocks, const char* from, const char* expected) {
        rows.push_back({ name, in("{from: [" + blocks + "]}"), from, "shop/web", "TCP", 80, expected });
    };
    row("1.1.16 inside the cidr", "{ipBlock: {cidr: 203.0.113.0/24}}", "203.0.113.7", "true");
    row("1.1.16 outside the cidr", "{ipBlock: {cidr: 203.0.113.0/24}}", "203.0.114.7", "false");
    row("1.1.16 in the except", "{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.0/29]}}", "203.0.113.7", "false");
    row("1.1.16 behind the except", "{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.0/29]}}", "203.0.113.8",
        "true");
    row("1.1.16 in the except of one, in another",
        "{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.0/29]}}, {ipBlock: {cidr: 203.0.113.4/30}}", "203.0.113.7",
        "true");
    row("1.1.16 bits of the host are allowed", "{ipBlock: {cidr: 192.168.242.213/24}}", "192.168.242.1", "true");
    row("1.1.16 leading zeros are decimal", "{ipBlock: {cidr: 010.000.000.010/32}}", "10.0.0.10", "true");
    row("1.1.16 leading zeros are not octal", "{ipBlock: {cidr: 010.000.000.010/32}}", "8.0.0.8", "false");
    row("1.1.16 0.0.0.0/0 is not IPv6", "{ipBlock: {cidr: 0.0.0.0/0}}", "2001:db8::1", "false");
    row("1.1.16 ::/0 is IPv6", "{ipBlock: {cidr: '::/0'}}", "2001:db8::1", "true");
    row("1.1.16 ::/0 is not IPv4", "{ipBlock: {cidr: '::/0'}}", "203.0.113.7", "false");
    row("1.1.16 an invalid cidr matches nothing", "{ipBlock: {cidr: 203.0.113.0/33}}", "203.0.113.7", "false");
    row("1.1.16 an address is no cidr", "{ipBlock: {cidr: 203.0.113.7}}", "203.0.113.7", "false");
    row("1.1.17 a block matches pods by address", "{ipBlock: {cidr: 10.0.1.2/32}}", "data/api", "true");
    row("1.1.17 not another pod", "{ipBlock: {cidr: 10.0.1.2/32}}", "shop/db", "false");
    row("1.1.17 the second address counts", "{ipBlock: {cidr: 'fd00::1:0/112'}}", "data/web", "true");
    row("1.1.23 a pod without an address", "{ipBlock: {cidr: 10.0.0.0/8}}", "shop/young", "unknown");
    row("1.1.23 labels of a pod without an address", "{podSelector: {matchLabels: {app: young}}}", "shop/young",
        "true");
    row("1.1.23 a block with nothing left matches nobody", "{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/8]}}",
        "shop/young", "false");
    row("1.1.23 a block, and the label", "{ipBlock: {cidr: 10.0.0.0/8}}, {podSelector: {}}", "shop/young", "true");
    const auto plainRow
        = [&](const char* name, const std::string& yaml, const char* from, const char* to, const char* expected) {
              rows.push_back({ name, yaml, from, to, "TCP", 80, expected });
          };
    const std::string closed = policy("{policyTypes: [Ingress, Egress]}");
    plainRow("1.1.18 a protocol of layer 4", closed, "shop/db", "shop/web", "false");
    plainRow("1.1.19 a pod and itself", closed, "shop/web", "shop/web", "true");
    plainRow("1.1.20 its own node", closed, "shop/host", "shop/web", "true");
    plainRow("1.1.20 to its own node", closed, "shop/web", "shop/host", "true");
    plainRow("1.1.20 not another node", closed, "shop/host", "shop/db", "false");
    plainRow("1.1.22 as a subject it is not isolated for sure", closed, "data/api", "shop/host", "unknown");
    plainRow("1.1.22 a subject of no policy", in(""), "data/api", "shop/host", "true");
    const std::string host = "{podSelector: {matchLabels: {app: db}}, ingress: [{from: [";
    plainRow("1.1.22 a label that matches it", policy(host + "{podSelector: {matchLabels: {app: host}}}]}]}"),
        "shop/host", "shop/db", "unknown");
    plainRow("1.1.22 a label that does not", policy(host + "{podSelector: {matchLabels: {app: web}}}]}]}"), "shop/host",
        "shop/db", "false");
    plainRow("1.1.22 not another address", policy(host + "{ipBlock: {cidr: 10.0.0.0/8}}]}]}"), "shop/host", "shop/db",
        "false");
    plainRow("1.1.22 not a block beside a selector of others",
        policy(host + "{ipBlock: {cidr: 10.0.0.0/8}}, {namespaceSelector: {matchLabels: {team: b}}}]}]}"), "shop/host",
        "shop/db", "false");
    const std::string notIn = "{namespaceSelector: {matchExpressions: [{key: team, operator: NotIn, values: [";
    plainRow(
        "1.1.22 not in a namespace that matches", policy(host + notIn + "a]}]}}]}]}"), "shop/host", "shop/db", "false");
    plainRow(
        "1.1.22 in a namespace that matches", policy(host + notIn + "b]}]}}]}]}"), "shop/host", "shop/db", "unknown");
    plainRow(
        "1.1.22 its address", policy(host + "{ipBlock: {cidr: 192.168.0.1/32}}]}]}"), "shop/host", "shop/db", "true");
    plainRow("1.1.25 unready pods are pods", closed, "data/api", "shop/young", "false");
}

} // namespace

std::string rowWorld()
{
    const auto ns = [](const char* name, const char* label) {
        return std::string("---\napiVersion: v1\nkind: Namespace\nmetadata: {name: ") + name
            + ", labels: {team: " + label + "}}\n";
    };
    const auto node = [](const char* name, const char* label, const char* address) {
        return std::string("---\napiVersion: v1\nkind: Node\nmetadata: {name: ") + name + ", labels: {pool: " + label
            + "}}\nstatus: {addresses: [{type: InternalIP, address: " + address + "}]}\n";
    };
    const auto port = [](const char* name, int number, const char* protocol) {
        return std::string("ports: [{name: ") + name + ", containerPort: " + std::to_string(number)
            + ", protocol: " + protocol + "}]";
    };
    const std::string web = "nodeName: n1, containers: [{name: a, image: i, ports: [{name: http, containerPort: 80}]}, "
                            "{name: b, image: i, "
        + port("dns", 53, "UDP") + "}, {name: c, image: i, " + port("dns", 5353, "TCP")
        + "}], initContainers: [{name: d, image: i, restartPolicy: Always, " + port("metrics", 9090, "TCP")
        + "}, {name: e, image: i, " + port("setup", 7000, "TCP") + "}]";
    const std::string api = "nodeName: n2, containers: [{name: a, image: i, " + port("http", 8080, "TCP") + "}]";
    const std::string db = "nodeName: n2, containers: [{name: a, image: i, " + port("http", 8081, "TCP") + "}]";
    return ns("shop", "a") + ns("data", "b") + node("n1", "one", "192.168.0.1") + node("n2", "two", "192.168.0.2")
        + pod("shop", "web", "app: web", web, "10.0.0.1") + pod("shop", "db", "app: db, tier: back", db, "10.0.0.2")
        + pod("shop", "young", "app: young", plain, "", "Pending")
        + pod("shop", "host", "app: host", "hostNetwork: true, nodeName: n1, " + plain, "192.168.0.1")
        + pod("data", "web", "app: web", plain, "10.0.1.1 fd00::1:1") + pod("data", "api", "app: api", api, "10.0.1.2")
        + pod("lost", "web", "app: web", plain, "10.0.2.1") + pod("", "lone", "app: lone", plain, "10.0.3.1");
}

std::vector<NetworkRow> standardRows()
{
    std::vector<NetworkRow> rows;
    addSelection(rows);
    addPeers(rows);
    addPorts(rows);
    addAddresses(rows);
    for (NetworkRow& row : rows)
        row.yaml = rowWorld() + row.yaml;
    return rows;
}

std::vector<NetworkRow> networkRows()
{
    std::vector<NetworkRow> rows = standardRows();
    for (NetworkRow& row : tierRows())
        rows.push_back(std::move(row));
    return rows;
}

} // namespace plimsoll::test
