// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "core/base/Text.h"
#include "core/control/Catalogue.h"
#include "core/control/Waivers.h"
#include "core/format/YamlFile.h"

namespace plimsoll::control {

using cluster::Cluster;
using format::Value;
using format::YamlFile;

namespace {

constexpr std::string_view ignoreFile = "the ignore file";
constexpr std::string_view allRules = "*";

// Our controls by what other tools call them.
class OtherNames {
public:
    explicit OtherNames(const Catalogue& catalogue)
    {
        for (const Catalogue::Entry& entry : catalogue.entries) {
            for (const std::string& name : entry.text.aka)
                m_controls[name].push_back(entry.text.id);
        }
    }
    std::vector<std::string> of(const std::string& name) const
    {
        const auto found = m_controls.find(name);
        return found == m_controls.end() ? std::vector<std::string>() : found->second;
    }

private:
    std::map<std::string, std::vector<std::string>> m_controls;
};

struct Exemption {
    std::string_view tool;
    std::string rule;
    std::string name; // as our lists of other names have it
    std::string reason;
};

// "CKV_K8S_20=why": the rule and the reason.
Exemption checkovExemption(std::string_view value)
{
    const std::size_t equals = std::min(value.find('='), value.size());
    const std::string rule(trimmed(value.substr(0, equals)));
    return { "checkov", rule, rule, std::string(trimmed(value.substr(std::min(equals + 1, value.size())))) };
}

// What an annotation exempts from; nothing when it is none of these.
std::optional<Exemption> exemptionOf(std::string_view key, std::string_view value)
{
    constexpr std::string_view linter = "ignore-check.kube-linter.io/";
    constexpr std::string_view linterAll = "kube-linter.io/ignore-all";
    constexpr std::string_view polaris = "polaris.fairwinds.com/";
    constexpr std::string_view polarisEnd = "-exempt";
    constexpr std::string_view checkov = "checkov.io/skip";
    if (key.starts_with(linter)) {
        const std::string rule(key.substr(linter.size()));
        return Exemption { "kube-linter", rule, "kube-linter:" + rule, std::string(value) };
    }
    if (key == linterAll)
        return Exemption { "kube-linter", std::string(allRules), {}, std::string(value) };
    if (key.starts_with(checkov))
        return checkovExemption(value);
    if (!key.starts_with(polaris) || value != "true")
        return std::nullopt;
    key.remove_prefix(polaris.size());
    if (key == polarisEnd.substr(1))
        return Exemption { "polaris", std::string(allRules), {}, {} };
    // A container may follow: "runAsRootAllowed-exempt.sidecar".
    const std::size_t end = key.find(polarisEnd);
    const std::string_view rest = end == std::string_view::npos ? key : key.substr(end + polarisEnd.size());
    if (end == 0 || end == std::string_view::npos || (!rest.empty() && rest.front() != '.'))
        return std::nullopt;
    const std::string rule(key.substr(0, end));
    return Exemption { "polaris", rule, "polaris:" + rule,
        rest.empty() ? std::string() : "only of the container " + std::string(rest.substr(1)) };
}

// "AVD-KSV-0012", "KSV012" and "KSV-0012" are the same rule.
std::string trivyName(std::string_view id)
{
    constexpr std::string_view oldBegin = "AVD-";
    constexpr std::string_view family = "KSV";
    constexpr std::size_t digits = 4;
    if (id.starts_with(oldBegin))
        id.remove_prefix(oldBegin.size());
    if (!id.starts_with(family))
        return std::string(id);
    id.remove_prefix(family.size());
    if (id.starts_with('-'))
        id.remove_prefix(1);
    return std::string(family) + '-' + std::string(digits - std::min(digits, id.size()), '0') + std::string(id);
}

bool isRuleId(std::string_view word)
{
    return word.find_first_of("0123456789") != std::string_view::npos && std::ranges::all_of(word, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

std::string placeOf(const std::string& path, std::size_t line)
{
    return path + ':' + std::to_string(line);
}

// Lines "KSV-0012 exp:2027-01-01" with comments.
Result<std::vector<WaiverSuggestion>> trivyLines(
    std::string_view text, const std::string& path, const OtherNames& names)
{
    std::vector<WaiverSuggestion> out;
    std::size_t number = 0;
    for (const std::string_view raw : split(text, '\n')) {
        ++number;
        const std::string_view line = trimmed(raw.substr(0, raw.find('#')));
        if (line.empty())
            continue;
        const std::string rule(line.substr(0, line.find_first_of(" \t")));
        const std::string rest(trimmed(line.substr(rule.size())));
        if (!isRuleId(rule) || (!rest.empty() && !rest.starts_with("exp:")))
            return failure(ErrorKind::Format, "this is no ignore file of trivy or kubescape", placeOf(path, number),
                "give a .trivyignore, a .trivyignore.yaml or exceptions of kubescape");
        out.push_back({ {}, "trivy", rule, names.of(trivyName(rule)), rest, placeOf(path, number) });
    }
    return out;
}

std::string joinedTexts(Value list)
{
    std::vector<std::string> out;
    for (const Value one : list)
        out.emplace_back(one.text());
    return join(out, ", ");
}

std::vector<WaiverSuggestion> trivyYaml(const YamlFile& file, const OtherNames& names)
{
    std::vector<WaiverSuggestion> out;
    for (const std::string_view part : { "misconfigurations", "secrets", "vulnerabilities", "licenses" }) {
        for (const Value row : file.root()[part]) {
            const std::string rule(row["id"].text());
            std::string reason(row["statement"].text());
            if (const std::string paths = joinedTexts(row["paths"]); !paths.empty())
                reason += (reason.empty() ? "" : "; ") + ("only in " + paths);
            out.push_back({ {}, "trivy", rule, names.of(trivyName(rule)), std::move(reason),
                placeOf(file.path(), row.position()) });
        }
    }
    return out;
}

// What the designators of an exception name, in words: a suggestion has no selector.
std::string designators(Value exception)
{
    std::vector<std::string> out;
    for (const Value resource : exception["resources"]) {
        std::vector<std::string> parts;
        for (const Value attribute : resource["attributes"])
            parts.push_back(std::string(attribute.key()) + ' ' + std::string(attribute.text()));
        out.push_back(join(parts, ", "));
    }
    return join(out, "; ");
}

std::vector<WaiverSuggestion> kubescapeExceptions(const YamlFile& file, const OtherNames& names)
{
    std::vector<WaiverSuggestion> out;
    for (const Value exception : file.root()) {
        std::string reason(exception["reason"].text());
        if (reason.empty())
            reason = exception["name"].text();
        if (const std::string objects = designators(exception); !objects.empty())
            reason += (reason.empty() ? "" : ": ") + objects;
        for (const Value policy : exception["posturePolicies"]) {
            std::string_view rule = policy["controlID"].text();
            rule = rule.empty() ? policy["controlId"].text() : rule;
            std::string shown(rule.empty() ? policy["controlName"].text() : rule);
            if (shown.empty())
                shown = allRules;
            out.push_back({ {}, "kubescape", shown, names.of(std::string(rule)), reason,
                placeOf(file.path(), exception.position()) });
        }
    }
    return out;
}

bool isKubescape(Value root)
{
    return root.isArray() && root.size() > 0
        && std::ranges::all_of(root, [](Value one) { return one["posturePolicies"].isArray(); });
}

bool isTrivyYaml(Value root)
{
    constexpr std::array keys { "misconfigurations", "secrets", "vulnerabilities", "licenses" };
    return root.isObject() && std::ranges::any_of(keys, [&](const char* key) { return root[key].isArray(); });
}

} // namespace

std::vector<WaiverSuggestion> suggestWaivers(const Cluster& cluster, const Catalogue& catalogue)
{
    const OtherNames names(catalogue);
    std::vector<WaiverSuggestion> out;
    std::set<std::tuple<cluster::ObjectId, std::string_view, std::string>> seen;
    for (std::uint32_t i = 0; i < cluster.objects().size(); ++i) {
        const cluster::ObjectId id { i };
        for (const cluster::Label& annotation : cluster.object(id).annotations) {
            const std::string_view key = cluster.text(annotation.first);
            auto exemption = exemptionOf(key, cluster.text(annotation.second));
            if (!exemption)
                continue;
            const cluster::WorkloadId workload = cluster.workloadOf(id);
            const cluster::ObjectId subject = workload.isNone() ? id : cluster.workloads()[workload.index].object;
            if (!seen.emplace(subject, exemption->tool, exemption->rule).second)
                continue;
            out.push_back({ subject, std::string(exemption->tool), exemption->rule, names.of(exemption->name),
                std::move(exemption->reason), std::string(key) });
        }
    }
    std::ranges::stable_sort(out, {},
        [&](const WaiverSuggestion& one) { return std::tuple(cluster.refOf(one.object), one.tool, one.rule); });
    return out;
}

Result<std::vector<WaiverSuggestion>> readIgnoreFile(const std::string& path, const Catalogue& catalogue)
{
    auto text = YamlFile::readText(path, ignoreFile);
    if (!text)
        return std::unexpected(std::move(text.error()));
    const OtherNames names(catalogue);
    const auto file = YamlFile::parse(*text, path, ignoreFile);
    if (file && isKubescape(file->root()))
        return kubescapeExceptions(*file, names);
    if (file && isTrivyYaml(file->root()))
        return trivyYaml(*file, names);
    return trivyLines(*text, path, names);
}

} // namespace plimsoll::control
