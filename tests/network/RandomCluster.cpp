// SPDX-License-Identifier: Apache-2.0
#include "tests/network/RandomCluster.h"

namespace plimsoll::test {

namespace {

// Few keys and values, so that selectors match now and then.
std::string randomLabels(Dice& dice)
{
    std::string text;
    const auto add = [&](const char* key, const std::string& value) {
        text += (text.empty() ? "" : ", ") + std::string(key) + ": " + value;
    };
    if (!dice.oneIn(5))
        add("app", dice.of({ "web", "db", "api" }));
    if (dice.oneIn(2))
        add("tier", dice.of({ "front", "back" }));
    if (dice.oneIn(4))
        add("env", dice.of({ "prod", "''" }));
    return "{" + text + "}";
}

std::string containerPorts(Dice& dice)
{
    std::string text;
    const int count = dice.below(3);
    std::string used;
    for (int i = 0; i < count; ++i) {
        const std::string name = dice.of({ "http", "dns", "admin" });
        if (used.find(name) != std::string::npos) // unique within a container
            continue;
        used += name + " ";
        text += (text.empty() ? "" : ", ") + ("{name: " + name) + ", containerPort: "
            + dice.of({ "53", "80", "81", "8080" }) + dice.of({ "", ", protocol: TCP", ", protocol: UDP" }) + "}";
    }
    return text.empty() ? "" : ", ports: [" + text + "]";
}

std::string containers(Dice& dice)
{
    std::string text;
    const int count = 1 + dice.below(3);
    for (int i = 0; i < count; ++i)
        text += std::string(i ? ", " : "") + "{name: c" + std::to_string(i) + ", image: i" + containerPorts(dice) + "}";
    std::string init;
    if (dice.oneIn(3))
        init += "{name: s, image: i, restartPolicy: Always" + containerPorts(dice) + "}";
    if (dice.oneIn(3))
        init += std::string(init.empty() ? "" : ", ") + "{name: t, image: i" + containerPorts(dice) + "}";
    return "containers: [" + text + "]" + (init.empty() ? "" : ", initContainers: [" + init + "]");
}

std::string addresses(Dice& dice, int ns, int pod, int node, bool isHost)
{
    const std::string v4
        = isHost ? "192.168.1." + std::to_string(node) : "10." + std::to_string(ns) + ".0." + std::to_string(pod + 1);
    const std::string v6
        = isHost ? "fd01::" + std::to_string(node) : "fd00:0:0:" + std::to_string(ns) + "::" + std::to_string(pod + 1);
    switch (dice.below(6)) {
    case 0:
        return "phase: Pending";
    case 1:
        return "phase: Running, podIP: '" + v6 + "', podIPs: [{ip: '" + v6 + "'}]";
    case 2:
        return "phase: Running, podIP: " + v4 + ", podIPs: [{ip: " + v4 + "}, {ip: '" + v6 + "'}]";
    case 3:
        return "phase: Running, podIP: " + v4;
    default:
        return "phase: Running, podIP: " + v4 + ", podIPs: [{ip: " + v4 + "}]";
    }
}

std::string randomPod(Dice& dice, int ns, int pod)
{
    const bool isHost = dice.oneIn(7);
    const int node = dice.below(3); // 2: on none yet; pods are on n0 and n1 only
    std::string spec = isHost ? "hostNetwork: true, " : "";
    if (node < 2)
        spec += "nodeName: n" + std::to_string(node) + ", ";
    const std::string status = node < 2 || !isHost ? addresses(dice, ns, pod, node, isHost) : "phase: Pending";
    // Finished pods have the address of another one: it was given away again.
    const std::string text = dice.oneIn(15) ? "phase: Succeeded, podIP: 10.0.0.1" : status;
    const std::string space = ns == 0 && dice.oneIn(2)
        ? ""
        : "namespace: " + std::string(ns ? "ns" + std::to_string(ns) : "default") + ", ";
    return "---\napiVersion: v1\nkind: Pod\nmetadata: {" + space + "name: p" + std::to_string(pod)
        + ", labels: " + randomLabels(dice) + "}\nspec: {" + spec + containers(dice) + "}\nstatus: {" + text + "}\n";
}

std::string randomNode(Dice& dice, int node)
{
    const std::string number = std::to_string(node);
    return "---\napiVersion: v1\nkind: Node\nmetadata: {name: n" + number + ", labels: {pool: "
        + dice.of({ "one", "two" }) + "}}\nstatus: {addresses: [{type: InternalIP, address: 192.168.1." + number
        + "}, {type: InternalIP, address: 'fd01::" + number + "'}, {type: Hostname, address: n" + number + "}]}\n";
}

} // namespace

std::vector<std::string> randomOutsideAddresses()
{
    return { "203.0.113.7", "203.0.113.200", "10.77.0.1", "192.168.1.2", "2001:db8::1", "fd00:0:0:9::1" };
}

std::string randomCluster(std::uint64_t seed)
{
    Dice dice(seed);
    std::string text;
    for (int node = 0; node < 3; ++node)
        text += randomNode(dice, node);
    const int spaces = 2 + dice.below(3);
    for (int ns = 0; ns < spaces; ++ns) {
        text += "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: "
            + (ns ? "ns" + std::to_string(ns) : std::string("default")) + ", labels: " + randomLabels(dice) + "}\n";
        const int pods = 2 + dice.below(3);
        for (int pod = 0; pod < pods; ++pod)
            text += randomPod(dice, ns, pod);
    }
    return text + randomPolicies(seed);
}

} // namespace plimsoll::test
