// SPDX-License-Identifier: Apache-2.0
// Services that workloads name in their environment, arguments and ConfigMaps.
#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "core/base/Text.h"
#include "core/network/Services.h"
#include "core/network/Suggest.h"
#include "core/network/detail/Read_p.h"
#include "core/network/detail/ReachModel_p.h"

namespace plimsoll::network {

using cluster::Cluster;
using cluster::ObjectId;

namespace {

constexpr std::size_t mostText = 1u << 20; // of one value: a hostile ConfigMap is not read to its end

bool isNameCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

// The name of a variable that holds an address.
bool isAddressKey(std::string_view key)
{
    const std::string lower = toLowerAscii(key);
    constexpr std::array<std::string_view, 9> words { "host", "addr", "url", "uri", "service", "endpoint", "server",
        "dsn", "upstream" };
    return std::ranges::any_of(words, [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

class DependencyFinder {
public:
    explicit DependencyFinder(const Reach& reach)
        : m_reach(reach)
        , m_cluster(reach.cluster())
        , m_services(reach.model().f().serviceByName)
    {
    }

    std::vector<Dependency> run()
    {
        const auto workloads = m_cluster.workloads();
        for (std::uint32_t w = 0; w < workloads.size(); ++w) {
            if (workloads[w].specs.empty() || m_reach.podsOf({ w }).empty())
                continue;
            m_workload = { w };
            m_ns = namespaceOf(m_cluster, workloads[w].object);
            readSpec(workloads[w].specs.front());
        }
        return std::move(m_out);
    }

private:
    void readSpec(const cluster::PodSpecUse& use)
    {
        const cluster::PodSpec& spec = m_cluster.podSpec(use.spec);
        const std::string base(m_cluster.podSpecPointer(use.holder));
        std::set<StringId> configMaps;
        for (const cluster::Container& container : spec.containers) {
            const std::string at = base + container.pointer();
            for (std::size_t i = 0; i < container.env.size(); ++i) {
                const cluster::EnvVar& env = container.env[i];
                if (!env.configMapName.isNone())
                    configMaps.insert(env.configMapName);
                scan(m_cluster.text(env.value), m_cluster.text(env.name), use.holder,
                    at + "/env/" + std::to_string(i) + "/value");
            }
            for (const cluster::EnvFrom& from : container.envFrom)
                configMaps.insert(from.configMapName);
            for (const auto& [list, name] :
                { std::pair(&container.command, "/command/"), { &container.args, "/args/" } }) {
                for (std::size_t i = 0; i < list->size(); ++i)
                    scan(m_cluster.text((*list)[i]), {}, use.holder, at + name + std::to_string(i));
            }
        }
        for (const cluster::Volume& volume : spec.volumes) {
            configMaps.insert(volume.configMapName);
            for (const cluster::ProjectedSource& source : volume.projected)
                configMaps.insert(source.configMapName);
        }
        for (const StringId name : configMaps)
            readConfigMap(name);
    }

    void readConfigMap(StringId name)
    {
        const ObjectId object = name.isNone() ? ObjectId() : m_cluster.find("ConfigMap", m_ns, m_cluster.text(name));
        format::Document document;
        if (object.isNone() || !m_cluster.snapshot().readRaw(m_cluster.object(object).raw, document))
            return;
        for (const format::Value value : document.root()["data"])
            scan(value.text(), value.key(), object, "/data/" + std::string(value.key()));
    }

    // Every run of characters that names can have is looked up.
    void scan(std::string_view text, std::string_view key, ObjectId object, const std::string& pointer)
    {
        text = text.substr(0, mostText);
        for (std::size_t at = 0; at < text.size();) {
            if (!isNameCharacter(text[at])) {
                ++at;
                continue;
            }
            std::size_t end = at;
            while (end < text.size() && isNameCharacter(text[end]))
                ++end;
            const bool hasScheme = at >= 3 && text.substr(at - 3, 3) == "://";
            const bool isLetterBefore = at > 0 && (text[at - 1] == '_' || (text[at - 1] >= 'A' && text[at - 1] <= 'Z'));
            std::string_view port;
            if (end < text.size() && text[end] == ':') {
                std::size_t digits = end + 1;
                while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9')
                    ++digits;
                port = text.substr(end + 1, digits - end - 1);
            }
            const bool isWhole = at == 0 && end == text.size() && isAddressKey(key);
            const std::string_view scheme = hasScheme ? schemeBefore(text, at - 3) : std::string_view();
            if (!isLetterBefore)
                look(text.substr(at, end - at), port, scheme, hasScheme || !port.empty() || isWhole, object, pointer);
            at = end;
        }
    }

    static std::string_view schemeBefore(std::string_view text, std::size_t end)
    {
        std::size_t begin = end;
        while (begin > 0 && text[begin - 1] >= 'a' && text[begin - 1] <= 'z')
            --begin;
        return text.substr(begin, end - begin);
    }

    void look(std::string_view host, std::string_view port, std::string_view scheme, bool isAddress, ObjectId object,
        const std::string& pointer)
    {
        while (host.ends_with('.'))
            host.remove_suffix(1);
        const auto labels = split(host, '.');
        const bool isQualified = labels.size() == 2 || (labels.size() > 2 && labels[2] == "svc");
        if (labels.size() == 1 ? !isAddress : !isQualified)
            return;
        const std::string ns = labels.size() == 1 ? m_ns : std::string(labels[1]);
        const auto found = m_services.find(ns + '/' + std::string(labels[0]));
        if (found == m_services.end())
            return;
        const std::string_view number = !port.empty() ? port : scheme == "https" ? "443" : scheme == "http" ? "80" : "";
        Dependency out { m_workload, found->second, std::nullopt, object, pointer };
        if (!number.empty())
            out.port = servicePort(m_reach, found->second, number, Protocol::TCP);
        if (m_known.insert({ m_workload.index, out.service, out.port.value_or(noIndex) }).second)
            m_out.push_back(std::move(out));
    }

    const Reach& m_reach;
    const Cluster& m_cluster;
    const std::unordered_map<std::string, std::uint32_t>& m_services;
    cluster::WorkloadId m_workload;
    std::string m_ns;
    std::set<std::tuple<std::uint32_t, std::uint32_t, std::size_t>> m_known;
    std::vector<Dependency> m_out;
};

} // namespace

std::vector<Dependency> declaredDependencies(const Reach& reach)
{
    return DependencyFinder(reach).run();
}

} // namespace plimsoll::network
