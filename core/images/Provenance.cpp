// SPDX-License-Identifier: Apache-2.0
#include "core/images/Provenance.h"

#include <algorithm>
#include <array>

#include "core/base/Text.h"
#include "core/format/Document.h"

namespace plimsoll::images {

using cluster::Cluster;
using cluster::ObjectId;
using format::Value;

namespace {

constexpr std::string_view sigstoreLabel = "policy.sigstore.dev/include";
constexpr std::string_view sigstoreName = "Sigstore policy controller";

// Engines whose rules are not read here, by a part of the name of their webhook.
struct OtherEngine {
    std::string_view part, name;
};
constexpr std::array<OtherEngine, 5> otherEngines { {
    { "connaisseur", "Connaisseur" },
    { "portieris", "Portieris" },
    { "ratify", "Ratify" },
    { "image-policy", "an image policy webhook" },
    { "binaryauthorization", "Binary Authorization" },
} };

class PolicyReader {
public:
    explicit PolicyReader(const Cluster& cluster)
        : m_cluster(cluster)
    {
    }
    void readSigstore();
    void readKyverno();
    void readGatekeeper();
    void readOthers();

    std::vector<ProvenancePolicy> policies;
    std::vector<std::string> unread;

private:
    // Calls read(object id, root) for each object of a kind.
    template <class Read> void forEach(std::string_view group, std::string_view kind, Read read)
    {
        format::Document document;
        for (const ObjectId id : m_cluster.objectsOf(group, kind)) {
            if (m_cluster.snapshot().readRaw(m_cluster.object(id).raw, document))
                read(id, document.root());
        }
    }
    // What is wrong with the webhook by which an engine acts; "" when it is registered and refuses on errors.
    std::string webhookGap(std::string_view part) const;
    void addKyvernoRule(ObjectId id, Value root, Value rule, std::size_t index);
    void addKyvernoImages(ObjectId id, Value root);

    const Cluster& m_cluster;
};

std::string PolicyReader::webhookGap(std::string_view part) const
{
    bool isFound = false, refusesOnErrors = false;
    for (const cluster::WebhookConfiguration& configuration : m_cluster.webhookConfigurations()) {
        for (const cluster::WebhookConfiguration::Webhook& webhook : configuration.webhooks) {
            const std::string names = std::string(m_cluster.text(webhook.name)) + ' '
                + std::string(m_cluster.text(m_cluster.object(configuration.object).name)) + ' '
                + std::string(m_cluster.text(webhook.serviceName));
            if (!names.contains(part))
                continue;
            isFound = true;
            refusesOnErrors = refusesOnErrors || m_cluster.text(webhook.failurePolicy) != "Ignore";
        }
    }
    if (!isFound)
        return "no webhook of it is registered";
    return refusesOnErrors ? "" : "its webhook lets everything pass when it does not answer (failurePolicy Ignore)";
}

// An authority that everybody passes.
std::string weakAuthority(Value authorities)
{
    if (authorities.size() == 0)
        return "it names nobody who must have signed";
    for (const Value authority : authorities) {
        if (authority["static"]["action"].text() == "pass")
            return "one of its authorities lets everything pass (static action pass)";
        for (const Value identity : authority["keyless"]["identities"]) {
            const auto isAnything
                = [](std::string_view text) { return text == ".*" || text == ".+" || text == "^.*$"; };
            const bool isAnySubject
                = identity["subject"].text().empty() && isAnything(identity["subjectRegExp"].text());
            if (isAnySubject)
                return "one of its authorities accepts every identity that Sigstore knows";
        }
    }
    return {};
}

void PolicyReader::readSigstore()
{
    const std::string gap = webhookGap("policy.sigstore.dev");
    forEach("policy.sigstore.dev", "ClusterImagePolicy", [&](ObjectId id, Value root) {
        ProvenancePolicy policy { .object = id,
            .pointer = "/spec",
            .engine = std::string(sigstoreName),
            .globs = {},
            .ns = {},
            .needsOptIn = true,
            .onlyNamespaces = {},
            .exceptNamespaces = {},
            .gaps = {} };
        for (const Value image : root["spec"]["images"])
            policy.globs.emplace_back(image["glob"].text());
        if (root["spec"]["mode"].text() == "warn")
            policy.gaps.emplace_back("it only warns (mode warn)");
        if (const std::string weak = weakAuthority(root["spec"]["authorities"]); !weak.empty())
            policy.gaps.push_back(weak);
        if (!gap.empty())
            policy.gaps.push_back(gap);
        policies.push_back(std::move(policy));
    });
}

std::vector<std::string> listedTexts(Value list)
{
    std::vector<std::string> texts;
    for (const Value text : list)
        texts.emplace_back(text.text());
    return texts;
}

// The namespaces that match or exclude names; any and all are read alike.
void addNamespaces(Value clause, std::vector<std::string>& namespaces)
{
    for (const Value name : clause["resources"]["namespaces"])
        namespaces.emplace_back(name.text());
    for (const std::string_view list : { "any", "all" }) {
        for (const Value part : clause[list])
            addNamespaces(part, namespaces);
    }
}

void PolicyReader::addKyvernoRule(ObjectId id, Value root, Value rule, std::size_t index)
{
    const Value verifications = rule["verifyImages"];
    const std::string action(rule["failureAction"].isPresent() ? rule["failureAction"].text()
                                                               : root["spec"]["validationFailureAction"].text());
    std::size_t at = 0;
    for (const Value verification : verifications) {
        const std::string pointer = "/spec/rules/" + std::to_string(index) + "/verifyImages/" + std::to_string(at++);
        ProvenancePolicy policy { .object = id,
            .pointer = pointer,
            .engine = "Kyverno",
            .globs = listedTexts(verification["imageReferences"]),
            .starCrossesSlash = true,
            .ns = {},
            .onlyNamespaces = {},
            .exceptNamespaces = {},
            .gaps = {} };
        if (!verification["image"].text().empty())
            policy.globs.emplace_back(verification["image"].text());
        if (m_cluster.kindName(id) == "Policy")
            policy.ns = m_cluster.text(m_cluster.object(id).ns);
        addNamespaces(rule["match"], policy.onlyNamespaces);
        addNamespaces(rule["exclude"], policy.exceptNamespaces);
        const std::string own(
            verification["failureAction"].isPresent() ? verification["failureAction"].text() : action);
        if (toLowerAscii(own) != "enforce")
            policy.gaps.emplace_back(
                "it only reports (action " + (own.empty() ? std::string("Audit") : printable(own)) + ')');
        if (verification["required"].asBool() == false)
            policy.gaps.emplace_back("images without a signature pass (required: false)");
        const Value attestors = verification["attestors"];
        if (attestors.size() == 0 && !verification["key"].isPresent() && !verification["attestations"].isPresent())
            policy.gaps.emplace_back("it names nobody who must have signed");
        if (const std::string gap = webhookGap("kyverno"); !gap.empty())
            policy.gaps.push_back(gap);
        policies.push_back(std::move(policy));
    }
}

void PolicyReader::addKyvernoImages(ObjectId id, Value root)
{
    ProvenancePolicy policy { .object = id,
        .pointer = "/spec",
        .engine = "Kyverno",
        .globs = {},
        .starCrossesSlash = true,
        .ns = {},
        .onlyNamespaces = {},
        .exceptNamespaces = {},
        .gaps = {} };
    bool hasExpression = false;
    for (const Value match : root["spec"]["matchImageReferences"]) {
        if (match["glob"].isPresent())
            policy.globs.emplace_back(match["glob"].text());
        else
            hasExpression = true;
    }
    if (hasExpression)
        unread.push_back(
            "the CEL expressions of imagevalidatingpolicy/" + printable(m_cluster.text(m_cluster.object(id).name)));
    const auto actions = listedTexts(root["spec"]["validationActions"]);
    if (std::ranges::find(actions, "Deny") == actions.end())
        policy.gaps.emplace_back("it only reports (no action Deny)");
    if (root["spec"]["attestors"].size() == 0)
        policy.gaps.emplace_back("it names nobody who must have signed");
    if (const std::string gap = webhookGap("kyverno"); !gap.empty())
        policy.gaps.push_back(gap);
    if (!hasExpression || !policy.globs.empty())
        policies.push_back(std::move(policy));
}

void PolicyReader::readKyverno()
{
    for (const std::string_view kind : { "ClusterPolicy", "Policy" }) {
        forEach("kyverno.io", kind, [&](ObjectId id, Value root) {
            std::size_t index = 0;
            for (const Value rule : root["spec"]["rules"])
                addKyvernoRule(id, root, rule, index++);
        });
    }
    forEach(
        "policies.kyverno.io", "ImageValidatingPolicy", [&](ObjectId id, Value root) { addKyvernoImages(id, root); });
}

// Constraints of the library's template for registries, whatever it was named.
void PolicyReader::readGatekeeper()
{
    constexpr std::string_view group = "constraints.gatekeeper.sh";
    for (const cluster::Kind& kind : m_cluster.kinds()) {
        const std::string name = toLowerAscii(m_cluster.text(kind.kind));
        if (m_cluster.text(kind.group) != group || !name.contains("allowedrepos"))
            continue;
        forEach(group, m_cluster.text(kind.kind), [&](ObjectId id, Value root) {
            ProvenancePolicy policy { .object = id,
                .pointer = "/spec/parameters/repos",
                .engine = "Gatekeeper",
                .check = ProvenancePolicy::Check::Registry,
                .globs = {},
                .ns = {},
                .onlyNamespaces = listedTexts(root["spec"]["match"]["namespaces"]),
                .exceptNamespaces = listedTexts(root["spec"]["match"]["excludedNamespaces"]),
                .gaps = {} };
            const std::string_view action = root["spec"]["enforcementAction"].text();
            if (!action.empty() && action != "deny")
                policy.gaps.emplace_back("it only reports (enforcementAction " + printable(action) + ')');
            if (const std::string gap = webhookGap("gatekeeper"); !gap.empty())
                policy.gaps.push_back(gap);
            policies.push_back(std::move(policy));
        });
    }
}

void PolicyReader::readOthers()
{
    for (const cluster::WebhookConfiguration& configuration : m_cluster.webhookConfigurations()) {
        const std::string_view name = m_cluster.text(m_cluster.object(configuration.object).name);
        for (const OtherEngine& engine : otherEngines) {
            if (name.contains(engine.part))
                unread.push_back(std::string(engine.name) + " (webhook " + printable(name) + ')');
        }
    }
}

} // namespace

bool matchesGlob(std::string_view glob, std::string_view text, bool starCrossesSlash)
{
    // Greedy with one point to come back to for each kind of star: linear for patterns of policies, and never deep.
    std::size_t g = 0, t = 0, starGlob = glob.npos, starText = 0;
    bool starCrosses = false;
    while (t < text.size()) {
        if (g < glob.size() && glob[g] == '*') {
            const bool isDouble = g + 1 < glob.size() && glob[g + 1] == '*';
            starCrosses = isDouble || starCrossesSlash;
            g += isDouble ? 2 : 1;
            starGlob = g;
            starText = t;
        } else if (g < glob.size() && (glob[g] == text[t] || glob[g] == '?')) {
            ++g;
            ++t;
        } else if (starGlob != glob.npos && (starCrosses || text[starText] != '/')) {
            g = starGlob;
            t = ++starText;
        } else {
            return false;
        }
    }
    while (g < glob.size() && glob[g] == '*')
        ++g;
    return g == glob.size();
}

Provenance::Provenance(const Cluster& cluster)
    : m_cluster(cluster)
{
    PolicyReader reader(cluster);
    reader.readSigstore();
    reader.readKyverno();
    reader.readGatekeeper();
    reader.readOthers();
    m_policies = std::move(reader.policies);
    m_unread = std::move(reader.unread);
}

bool Provenance::isInScope(const ProvenancePolicy& policy, std::string_view ns) const
{
    const auto names = [&](const std::vector<std::string>& list) {
        return std::ranges::any_of(list, [&](const std::string& glob) { return matchesGlob(glob, ns, true); });
    };
    if (!policy.ns.empty() && policy.ns != ns)
        return false;
    if ((!policy.onlyNamespaces.empty() && !names(policy.onlyNamespaces)) || names(policy.exceptNamespaces))
        return false;
    if (!policy.needsOptIn)
        return true;
    const cluster::Namespace* found = m_cluster.findNamespace(ns);
    return found && std::ranges::any_of(found->labels, [&](const auto& label) {
        return m_cluster.text(label.first) == sigstoreLabel && m_cluster.text(label.second) == "true";
    });
}

std::vector<const ProvenancePolicy*> Provenance::covering(
    const Reference& image, std::string_view ns, ProvenancePolicy::Check check) const
{
    // An image goes by several names; a policy means it by any of them.
    std::vector<std::string> names { image.name() };
    if (image.domain == "docker.io") {
        names.push_back("index." + image.name());
        names.push_back(image.path);
        if (image.path.starts_with("library/"))
            names.push_back(image.path.substr(std::string_view("library/").size()));
    }
    for (std::size_t i = 0, count = names.size(); i < count; ++i) {
        if (const auto tag = image.effectiveTag(); !tag.empty())
            names.push_back(names[i] + ':' + std::string(tag));
        if (!image.digest.empty())
            names.push_back(names[i] + '@' + image.digest);
    }
    std::vector<const ProvenancePolicy*> found;
    for (const ProvenancePolicy& policy : m_policies) {
        const bool isMeant = policy.globs.empty() || std::ranges::any_of(policy.globs, [&](const std::string& glob) {
            return std::ranges::any_of(
                names, [&](const std::string& name) { return matchesGlob(glob, name, policy.starCrossesSlash); });
        });
        if (policy.check == check && isMeant && isInScope(policy, ns))
            found.push_back(&policy);
    }
    return found;
}

} // namespace plimsoll::images
