// SPDX-License-Identifier: Apache-2.0
// Measures the reachability engine on clusters that it makes up.
// Usage: plimsoll_network_bench [large|dense]...   (both when none is named)
//   large  150,000 pods, 10,000 namespaces, 50,000 policies
//   dense  one namespace with 10,000 pods and 10,000 policies that select everything

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <sys/resource.h>

#include "core/base/Progress.h"
#include "core/base/TaskPool.h"
#include "core/base/Text.h"
#include "core/network/Difference.h"
#include "core/network/Reach.h"

using namespace plimsoll;

namespace {

double now()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double cpu()
{
    rusage usage {};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec) + static_cast<double>(usage.ru_utime.tv_usec) / 1e6;
}

// Anonymous memory in MB: now, or at its peak so far.
double memory(const char* field)
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with(field))
            return std::strtod(line.c_str() + line.find(':') + 1, nullptr) / 1024;
    }
    return 0;
}

std::shared_ptr<const cluster::Cluster> loaded(const std::string& text)
{
    const snapshot::Source source { .path = "made-up.json", .bytes = text };
    TaskPool pool(2);
    Progress progress;
    auto out = cluster::loadCluster(std::span(&source, 1), pool, progress);
    if (!out) {
        std::fprintf(stderr, "plimsoll_network_bench: %s\n", toText(out.error()).c_str());
        std::exit(1);
    }
    return *out;
}

std::string number(int value)
{
    return std::to_string(value);
}

std::string pod(const std::string& ns, int index, int workload, const std::string& labels)
{
    const int third = index / 250 % 250, second = index / 62'500;
    return "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p-" + number(index) + "\",\"namespace\":\""
        + ns + "\",\"labels\":{" + labels + ",\"pod-template-hash\":\"h" + number(index)
        + "\"},\"ownerReferences\":[{\"apiVersion\":\"apps/v1\",\"kind\":\"ReplicaSet\",\"name\":\"w-"
        + number(workload) + "\",\"uid\":\"u-" + number(workload)
        + "\",\"controller\":true}]},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\",\"ports\":[{\"name\":"
          "\"http\","
          "\"containerPort\":"
        + number(8000 + workload % 7) + "}]}]},\"status\":{\"phase\":\"Running\",\"podIPs\":[{\"ip\":\"10."
        + number(second) + '.' + number(third) + '.' + number(index % 250) + "\"}]}}\n";
}

std::string policy(const std::string& ns, int index, const std::string& spec)
{
    return "{\"apiVersion\":\"networking.k8s.io/v1\",\"kind\":\"NetworkPolicy\",\"metadata\":{\"name\":\"np-"
        + number(index) + "\",\"namespace\":\"" + ns + "\"},\"spec\":{" + spec + "}}\n";
}

std::string app(int index)
{
    return "{\"matchLabels\":{\"app\":\"a" + number(index) + "\"}}";
}

// Five workloads of three replicas a namespace, teams of 20 namespaces; policies of the usual kinds.
std::string largeCluster()
{
    constexpr int namespaces = 10'000, apps = 5, replicas = 3;
    std::mt19937 dice(7);
    const auto pick = [&](int below) { return static_cast<int>(dice() % static_cast<unsigned>(below)); };
    std::string out;
    int pods = 0, policies = 0;
    for (int n = 0; n < namespaces; ++n) {
        const std::string ns = "ns-" + number(n);
        out += "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"" + ns
            + "\",\"labels\":{\"team\":\"t" + number(n / 20) + "\",\"stage\":\"s" + number(n % 3) + "\"}}}\n";
        for (int a = 0; a < apps; ++a) {
            for (int r = 0; r < replicas; ++r)
                out += pod(
                    ns, pods++, n * apps + a, "\"app\":\"a" + number(a) + "\",\"tier\":\"t" + number(a % 2) + '"');
        }
        out += policy(ns, policies++, "\"podSelector\":{},\"policyTypes\":[\"Ingress\"]");
        out += policy(ns, policies++,
            "\"podSelector\":" + app(0)
                + ",\"ingress\":[{\"from\":[{\"namespaceSelector\":{\"matchLabels\":{\"team\":\"t" + number(pick(500))
                + "\"}}}],\"ports\":[{\"port\":\"http\"}]}]");
        out += policy(ns, policies++,
            "\"podSelector\":" + app(1) + ",\"ingress\":[{\"from\":[{\"podSelector\":" + app(0)
                + "}],\"ports\":[{\"port\":" + number(8000 + pick(7)) + "}]}]");
        out += policy(ns, policies++,
            "\"podSelector\":" + app(2) + ",\"egress\":[{\"to\":[{\"ipBlock\":{\"cidr\":\"192.168." + number(pick(200))
                + ".0/24\"}}]},{\"to\":[{\"namespaceSelector\":{\"matchLabels\":{\"kubernetes.io/metadata.name\":\"ns-"
                + number(pick(namespaces)) + "\"}},\"podSelector\":" + app(pick(5))
                + "}]}],\"policyTypes\":[\"Egress\"]");
        out += policy(ns, policies++,
            n % 50 == 0 ? "\"podSelector\":" + app(3) + ",\"ingress\":[{\"from\":[{\"namespaceSelector\":{}}]}]"
                        : "\"podSelector\":" + app(3)
                    + ",\"ingress\":[{\"from\":[{\"namespaceSelector\":{\"matchExpressions\":[{\"key\":\"team\","
                      "\"operator\":\"In\",\"values\":[\"t"
                    + number(pick(500)) + "\",\"t" + number(pick(500)) + "\"]}]},\"podSelector\":" + app(pick(5))
                    + "}],\"ports\":[{\"port\":443},{\"port\":8000,\"endPort\":8010}]}]");
    }
    return out;
}

std::string denseCluster()
{
    constexpr int count = 10'000;
    std::string out = "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"one\"}}\n";
    for (int i = 0; i < count; ++i)
        out += pod("one", i, i, "\"app\":\"a" + number(i) + "\",\"group\":\"g" + number(i % 100) + '"');
    for (int i = 0; i < count; ++i)
        out += policy("one", i,
            "\"podSelector\":{},\"policyTypes\":[\"Ingress\",\"Egress\"],\"ingress\":[{\"from\":[{\"podSelector\":"
                + app(i) + "}],\"ports\":[{\"port\":" + number(1000 + i % 500)
                + "}]}],\"egress\":[{\"to\":[{\"podSelector\":{\"matchLabels\":{\"group\":\"g" + number(i % 100)
                + "\"}}}],\"ports\":[{\"port\":" + number(1000 + i % 500) + "}]}]");
    return out;
}

template <class Ask> void measure(const char* what, int times, double limit, Ask&& ask)
{
    std::vector<double> took;
    for (int i = 0; i < times; ++i) {
        const double begin = now();
        ask(i);
        took.push_back((now() - begin) * 1000);
    }
    std::ranges::sort(took);
    std::printf("  %-34s median %8.2f ms, worst %8.2f ms (wanted: at most %.0f)\n", what, took[took.size() / 2],
        took.back(), limit);
}

void run(const char* name, const std::string& text)
{
    const auto model = loaded(text);
    const double before = memory("RssAnon");
    double begin = cpu();
    const network::Reach reach(model);
    const double compiled = cpu() - begin;
    begin = cpu();
    const network::Cell total = reach.total();
    const double counted = cpu() - begin;
    const double after = memory("RssAnon");
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    std::printf("%s: %zu pods, %zu namespaces, %zu policies -> %zu classes, %zu profiles\n", name, reach.pods().size(),
        reach.namespaceNames().size(), model->networkPolicies().size(), reach.classCount(), reach.profileCount());
    std::printf(
        "  analysis %.2f s of CPU (compile %.2f, all pairs %.2f; wanted: at most 5), %.0f MB more, peak %.0f MB "
        "more (wanted: at most 400)\n",
        compiled + counted, compiled, counted, after - before, memory("VmHWM") - before);
    std::printf("  %llu of %llu pairs of pods allowed, %llu of them open\n",
        static_cast<unsigned long long>(total.allowed), static_cast<unsigned long long>(total.pairs),
        static_cast<unsigned long long>(total.open));
    std::mt19937 dice(11);
    const auto anyPod = [&] { return network::Point::ofPod(static_cast<std::uint32_t>(dice() % reach.pods().size())); };
    std::size_t found = 0;
    measure("one explanation", 200, 10, [&](int) {
        found += reach.explain(reach.decide(anyPod(), anyPod(), network::Protocol::TCP, 8000)).misses.size();
    });
    measure("one row of the matrix", 10, 100, [&](int) {
        found += reach.row(static_cast<std::uint32_t>(dice() % reach.namespaceNames().size()), network::Sides::Combined)
                     .size();
    });
    measure("difference of one edited policy", 10, 100, [&](int i) {
        const auto& old = model->networkPolicies()[dice() % model->networkPolicies().size()];
        const cluster::Object& object = model->object(old.object);
        const auto added = loaded(policy(std::string(model->text(object.ns)), i,
            "\"podSelector\":{\"matchLabels\":{\"app\":\"a1\"}},\"ingress\":[{\"from\":[{\"podSelector\":{"
            "\"matchLabels\":"
            "{\"app\":\"a2\"}}}]}]"));
        const network::Reach variant(reach, { { old.object }, added });
        found += network::difference(reach, variant).size();
    });
    std::printf("  (%zu)\n", found);
}

} // namespace

int main(int argc, char** argv)
{
    const std::vector<std::string_view> names(argv + 1, argv + argc);
    const auto isWanted = [&](std::string_view name) { return names.empty() || std::ranges::count(names, name) > 0; };
    if (isWanted("large"))
        run("large", largeCluster());
    if (isWanted("dense"))
        run("dense", denseCluster());
    return 0;
}
