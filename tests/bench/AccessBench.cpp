// SPDX-License-Identifier: Apache-2.0
// Measures the evaluator: reviews a second, and the longest answers on a large cluster that it makes up.
// Usage: plimsoll_access_bench [SOURCE REVIEWS.csv]   a million reviews against the source, on one thread
//        plimsoll_access_bench                        15,000 service accounts, 30,000 bindings, 10,000 namespaces

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "core/access/Questions.h"
#include "core/access/Review.h"
#include "core/base/Progress.h"
#include "core/base/TaskPool.h"
#include "core/base/Text.h"

using namespace plimsoll;

namespace {

double now()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::shared_ptr<const cluster::Cluster> loaded(const snapshot::Source& source)
{
    TaskPool pool(2);
    Progress progress;
    auto out = cluster::loadCluster(std::span(&source, 1), pool, progress);
    if (!out) {
        std::fprintf(stderr, "plimsoll_access_bench: %s\n", toText(out.error()).c_str());
        std::exit(1);
    }
    return *out;
}

int reviews(const char* source, const char* table)
{
    constexpr std::size_t wanted = 1'000'000;
    const auto model = loaded({ .path = source, .bytes = std::nullopt });
    std::ifstream file(table, std::ios::binary);
    const std::string text { std::istreambuf_iterator<char>(file), {} };
    const std::size_t head = text.find('\n') + 1;
    const auto rows = static_cast<std::size_t>(std::ranges::count(text, '\n')) - 1;
    if (head == 0 || rows == 0) {
        std::fprintf(stderr, "plimsoll_access_bench: no questions in %s\n", table);
        return 1;
    }
    std::string many = text.substr(0, head);
    for (std::size_t count = 0; count < wanted; count += rows)
        many.append(text, head);
    const access::Authorizers authorizers(std::make_shared<const access::Rbac>(model));
    std::size_t written = 0;
    const double begin = now();
    const auto counts
        = access::review(authorizers, many, table, [&](std::string_view piece) { written += piece.size(); });
    if (!counts) {
        std::fprintf(stderr, "plimsoll_access_bench: %s\n", toText(counts.error()).c_str());
        return 1;
    }
    std::printf("%llu reviews (%zu different) with their reasons, on one thread: %.2f s, %.0f MB written; %llu allowed "
                "(wanted: at most 2 s a million)\n",
        static_cast<unsigned long long>(counts->rows), rows, now() - begin, static_cast<double>(written) / 1e6,
        static_cast<unsigned long long>(counts->allowed));
    return 0;
}

// Bindings of all shapes: own roles, common roles in many namespaces, groups, wide cluster roles.
std::string madeUpCluster()
{
    constexpr int namespaces = 10'000, accounts = 15'000, bindings = 30'000;
    std::mt19937 dice(7);
    const auto pick = [&](int below) { return static_cast<int>(dice() % static_cast<unsigned>(below)); };
    const std::string rbac = "{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"";
    const char* resources[]
        = { "pods", "secrets", "configmaps", "services", "pods/exec", "deployments", "jobs", "nodes" };
    const char* verbs[] = { "get", "list", "watch", "create", "update", "patch", "delete", "*" };
    std::string out;
    for (int i = 0; i < namespaces; ++i)
        out += "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"ns-" + std::to_string(i)
            + "\"}}\n";
    for (int i = 0; i < accounts; ++i)
        out += "{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\",\"metadata\":{\"name\":\"sa-" + std::to_string(i)
            + "\",\"namespace\":\"ns-" + std::to_string(i % namespaces) + "\"}}\n";
    for (int i = 0; i < 500; ++i) {
        out += rbac + "ClusterRole\",\"metadata\":{\"name\":\"role-" + std::to_string(i) + "\"},\"rules\":[";
        for (int rule = 0; rule < 1 + i % 12; ++rule)
            out += std::string(rule > 0 ? "," : "") + "{\"apiGroups\":[\"\",\"apps\"],\"resources\":[\""
                + resources[pick(8)] + "\",\"" + resources[pick(8)] + "\"],\"verbs\":[\"" + verbs[pick(8)] + "\",\""
                + verbs[pick(7)] + "\"]}";
        out += "]}\n";
    }
    for (int i = 0; i < bindings; ++i) {
        const bool isWide = i % 20 == 0;
        const std::string ns = "ns-" + std::to_string(pick(namespaces));
        const int account = pick(accounts);
        out += rbac + (isWide ? "ClusterRoleBinding" : "RoleBinding") + "\",\"metadata\":{\"name\":\"b-"
            + std::to_string(i) + '"' + (isWide ? "" : ",\"namespace\":\"" + ns + '"')
            + "},\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"ClusterRole\",\"name\":\"role-"
            + std::to_string(pick(500)) + "\"},\"subjects\":[{\"kind\":\"ServiceAccount\",\"name\":\"sa-"
            + std::to_string(account) + "\",\"namespace\":\"ns-" + std::to_string(account % namespaces)
            + "\"},{\"kind\":\"Group\",\"name\":\"team-" + std::to_string(pick(300)) + "\"}]}\n";
    }
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
    std::printf("%-36s median %7.2f ms, worst %7.2f ms (wanted: at most %.0f)\n", what, took[took.size() / 2],
        took.back(), limit);
}

int questions()
{
    const std::string text = madeUpCluster();
    const auto model = loaded({ .path = "made-up.json", .bytes = text });
    double begin = now();
    const access::Authorizers authorizers(std::make_shared<const access::Rbac>(model));
    std::printf("%zu objects, %zu bindings, %zu service accounts; index made in %.0f ms\n", model->objects().size(),
        model->roleBindings().size(), model->serviceAccounts().size(), (now() - begin) * 1000);
    std::mt19937 dice(11);
    const char* verbs[] = { "get", "list", "create", "delete", "patch" };
    const char* resources[] = { "pods", "secrets", "configmaps", "services", "nodes" };
    std::size_t found = 0;
    measure("who can", 200, 50, [&](int i) {
        const access::Request request { .verb = verbs[i % 5],
            .resource = resources[(i / 5) % 5],
            .ns = i % 3 == 0 ? std::string() : "ns-" + std::to_string(dice() % 10'000) };
        found += access::whoCan(authorizers, request).reachers.size();
    });
    measure("permissions of a service account", 500, 20, [&](int) {
        const auto& account = model->serviceAccounts()[dice() % model->serviceAccounts().size()];
        const cluster::Object& object = model->object(account.object);
        const access::User user = access::Rbac::serviceAccountUser(model->text(object.ns), model->text(object.name));
        found += access::permissionsOf(authorizers.rbac(), user).blocks.size();
    });
    measure("permissions of a group", 300, 20, [&](int i) {
        found += access::permissionsOf(authorizers.rbac(), access::anyoneIn("team-" + std::to_string(i))).blocks.size();
    });
    return found > 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv)
{
    return argc > 2 ? reviews(argv[1], argv[2]) : questions();
}
