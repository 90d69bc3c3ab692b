// SPDX-License-Identifier: Apache-2.0
#include "core/secrets/Certificates.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "core/base/Text.h"
#include "core/format/Document.h"

namespace plimsoll::secrets {

using cluster::Cluster;
using cluster::ObjectId;
using format::Certificate;
using format::Value;
using Place = CertificateEntry::Place;

namespace {

constexpr UnixSeconds secondsOfDay = 86400;
constexpr std::string_view admissionGroup = "admissionregistration.k8s.io";

class CertificateCollector {
public:
    explicit CertificateCollector(const Cluster& cluster)
        : m_cluster(cluster)
    {
    }
    void addSecrets();
    void addBundles();
    void addRequests();
    void addConfigMaps();
    void addManaged();

    CertificateList list;

private:
    template <class Read> void forEach(std::string_view group, std::string_view kind, Read read)
    {
        format::Document document;
        for (const ObjectId id : m_cluster.objectsOf(group, kind)) {
            const cluster::Object& object = m_cluster.object(id);
            if (!object.isMissing && m_cluster.snapshot().readRaw(object.raw, document))
                read(id, document.root());
        }
    }
    bool addNotedEnd(ObjectId id);
    void addEncoded(Place place, ObjectId id, Value value, const std::string& pointer);
    void add(
        Place place, ObjectId id, const std::string& pointer, std::vector<Certificate> certificates, bool isAuthority);

    const Cluster& m_cluster;
};

void CertificateCollector::add(
    Place place, ObjectId id, const std::string& pointer, std::vector<Certificate> certificates, bool isAuthority)
{
    std::uint32_t position = 0;
    for (Certificate& certificate : certificates) {
        const auto end = certificate.notAfter;
        list.entries.push_back({ place, id, pointer, std::move(certificate), position++, end, isAuthority, {} });
    }
}

void CertificateCollector::addEncoded(Place place, ObjectId id, Value value, const std::string& pointer)
{
    if (value.text().empty())
        return;
    auto certificates = format::readEncodedCertificates(value.text());
    if (certificates.empty())
        list.unread.emplace_back(id, pointer);
    add(place, id, pointer, std::move(certificates), true);
}

// OpenShift notes the end of the certificates that it makes: all there is to know where the data is hidden.
bool CertificateCollector::addNotedEnd(ObjectId id)
{
    constexpr std::array<std::string_view, 3> keys { "auth.openshift.io/certificate-not-after",
        "service.beta.openshift.io/expiry", "service.alpha.openshift.io/expiry" };
    for (const std::string_view key : keys) {
        if (const auto end = parseTime(m_cluster.annotation(m_cluster.object(id), key))) {
            list.entries.push_back(
                { Place::Secret, id, format::pointerTo("/metadata/annotations", key), {}, 0, end, false, {} });
            return true;
        }
    }
    return false;
}

void CertificateCollector::addSecrets()
{
    for (const cluster::Secret& secret : m_cluster.secrets()) {
        const bool isSeen = std::ranges::any_of(
            secret.keys, [](const cluster::Secret::Key& key) { return !key.certificates.empty(); });
        if (!isSeen && addNotedEnd(secret.object))
            continue;
        const bool isTls = m_cluster.text(secret.type) == "kubernetes.io/tls";
        for (const cluster::Secret::Key& key : secret.keys) {
            const std::string_view name = m_cluster.text(key.name);
            const std::string pointer = format::pointerTo("/data", name);
            const bool isServers = isTls && name == "tls.crt";
            if (isServers && key.certificates.empty() && key.length > 0)
                list.unread.emplace_back(secret.object, pointer);
            add(Place::Secret, secret.object, pointer, key.certificates, !isServers);
        }
    }
}

void CertificateCollector::addBundles()
{
    for (const std::string_view kind : { "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration" }) {
        forEach(admissionGroup, kind, [&](ObjectId id, Value root) {
            std::size_t index = 0;
            for (const Value webhook : root["webhooks"])
                addEncoded(Place::Webhook, id, webhook.at("/clientConfig/caBundle"),
                    "/webhooks/" + std::to_string(index++) + "/clientConfig/caBundle");
        });
    }
    forEach("apiregistration.k8s.io", "APIService", [&](ObjectId id, Value root) {
        addEncoded(Place::ApiService, id, root.at("/spec/caBundle"), "/spec/caBundle");
    });
    forEach("apiextensions.k8s.io", "CustomResourceDefinition", [&](ObjectId id, Value root) {
        constexpr std::string_view pointer = "/spec/conversion/webhook/clientConfig/caBundle";
        addEncoded(Place::Conversion, id, root.at(pointer), std::string(pointer));
    });
}

void CertificateCollector::addRequests()
{
    forEach("certificates.k8s.io", "CertificateSigningRequest", [&](ObjectId id, Value root) {
        const std::string_view text = root.at("/status/certificate").text();
        if (!text.empty())
            add(Place::Request, id, "/status/certificate", format::readEncodedCertificates(text), true);
    });
}

void CertificateCollector::addConfigMaps()
{
    // One of the many copies is enough.
    const ObjectId root = m_cluster.find("ConfigMap", "kube-system", "kube-root-ca.crt");
    const ObjectId front = m_cluster.find("ConfigMap", "kube-system", "extension-apiserver-authentication");
    format::Document document;
    for (const ObjectId id : { root, front }) {
        if (id.isNone() || !m_cluster.snapshot().readRaw(m_cluster.object(id).raw, document))
            continue;
        for (const Value value : document.root()["data"]) {
            if (value.text().contains("-----BEGIN CERTIFICATE"))
                add(Place::ConfigMap, id, format::pointerTo("/data", value.key()),
                    format::readCertificates(value.text()), true);
        }
    }
}

void CertificateCollector::addManaged()
{
    forEach("cert-manager.io", "Certificate", [&](ObjectId id, Value root) {
        if (const auto end = parseTime(root.at("/status/notAfter").text()))
            list.entries.push_back({ Place::CertManager, id, "/status/notAfter", {}, 0, end, false, {} });
    });
}

// Hosts that are served with a Secret, and by what.
using HostsOfSecret = std::map<std::pair<std::string_view, std::string_view>, std::set<std::string>>;

HostsOfSecret hostsOf(const Cluster& cluster)
{
    HostsOfSecret hosts;
    for (const cluster::Ingress& ingress : cluster.ingresses()) {
        const std::string_view ns = cluster.text(cluster.object(ingress.object).ns);
        for (const cluster::Ingress::Tls& tls : ingress.tls) {
            for (const StringId host : tls.hosts)
                hosts[{ ns, cluster.text(tls.secretName) }].emplace(cluster.text(host));
        }
    }
    return hosts;
}

void addGatewayHosts(const Cluster& cluster, std::vector<CertificateEntry>& entries,
    std::map<std::pair<std::string, std::string>, std::set<std::string>>& hosts)
{
    if (entries.empty())
        return;
    format::Document document;
    for (const ObjectId id : cluster.objectsOf("gateway.networking.k8s.io", "Gateway")) {
        const cluster::Object& object = cluster.object(id);
        if (object.isMissing || !cluster.snapshot().readRaw(object.raw, document))
            continue;
        for (const Value listener : document.root()["spec"]["listeners"]) {
            const std::string_view host = listener["hostname"].text();
            for (const Value reference : listener["tls"]["certificateRefs"]) {
                const std::string_view ns = reference["namespace"].text();
                if (!host.empty())
                    hosts[{ std::string(ns.empty() ? cluster.text(object.ns) : ns),
                              std::string(reference["name"].text()) }]
                        .emplace(host);
            }
        }
    }
}

void judgeFacts(CertificateEntry& entry, std::optional<UnixSeconds> now, int warningDays)
{
    if (now && entry.notAfter && *entry.notAfter <= *now)
        entry.faults.push_back({ "has expired on " + formatDate(*entry.notAfter), true });
    else if (now && entry.notAfter && *entry.notAfter <= *now + warningDays * secondsOfDay)
        entry.faults.push_back({ "expires on " + formatDate(*entry.notAfter), true });
    if (!entry.facts)
        return;
    const Certificate& facts = *entry.facts;
    constexpr std::uint32_t leastRsa = 2048, leastEc = 224;
    if ((facts.keyAlgorithm == "RSA" && facts.keyBits < leastRsa)
        || (facts.keyAlgorithm == "EC" && facts.keyBits < leastEc))
        entry.faults.push_back({ "has a weak key (" + facts.keyAlgorithm + ' ' + std::to_string(facts.keyBits) + ')' });
    const std::string signature = toLowerAscii(facts.signatureAlgorithm);
    if (!facts.isSelfSigned && (signature.contains("sha1") || signature.contains("md5")))
        entry.faults.push_back({ "is signed with " + facts.signatureAlgorithm });
    if (!entry.isAuthority && entry.position == 0 && facts.isCa)
        entry.faults.push_back({ "is an authority that a server shows as its own" });
}

// Each certificate of a chain is issued by the next.
void judgeChain(std::vector<CertificateEntry>& entries)
{
    for (std::size_t i = 0; i + 1 < entries.size(); ++i) {
        const CertificateEntry& next = entries[i + 1];
        CertificateEntry& entry = entries[i];
        const bool isOneChain = entry.object == next.object && entry.pointer == next.pointer && !entry.isAuthority;
        if (isOneChain && entry.facts && next.facts && entry.facts->issuer != next.facts->subject)
            entry.faults.push_back({ "is followed by a certificate that did not issue it" });
    }
}

void judgeHosts(const Cluster& cluster, std::vector<CertificateEntry>& entries)
{
    std::map<std::pair<std::string, std::string>, std::set<std::string>> hosts;
    for (const auto& [key, names] : hostsOf(cluster))
        hosts[{ std::string(key.first), std::string(key.second) }] = names;
    addGatewayHosts(cluster, entries, hosts);
    for (CertificateEntry& entry : entries) {
        if (entry.isAuthority || entry.position > 0 || !entry.facts || entry.facts->isCut)
            continue;
        const cluster::Object& object = cluster.object(entry.object);
        const auto found = hosts.find({ std::string(cluster.text(object.ns)), std::string(cluster.text(object.name)) });
        if (found == hosts.end())
            continue;
        for (const std::string& host : found->second) {
            if (!coversHost(*entry.facts, host))
                entry.faults.push_back({ "does not cover the host " + printable(host) + " that is served with it" });
        }
    }
}

// The same private key in several namespaces: whoever has one has all.
void judgeReuse(const Cluster& cluster, std::vector<CertificateEntry>& entries)
{
    std::map<std::string_view, std::set<std::string_view>> namespacesOf;
    const auto counts = [](const CertificateEntry& entry) {
        return entry.place == Place::Secret && !entry.isAuthority && entry.position == 0 && entry.facts;
    };
    for (const CertificateEntry& entry : entries) {
        if (counts(entry))
            namespacesOf[entry.facts->publicKeyHash].insert(cluster.text(cluster.object(entry.object).ns));
    }
    for (CertificateEntry& entry : entries) {
        if (!counts(entry))
            continue;
        const std::size_t count = namespacesOf[entry.facts->publicKeyHash].size();
        if (count > 1)
            entry.faults.push_back({ "has the same key in " + std::to_string(count) + " namespaces" });
    }
}

} // namespace

std::string_view toText(Place place)
{
    constexpr std::array<std::string_view, 7> texts { "Secret", "webhook", "API service", "conversion webhook",
        "signing request", "ConfigMap", "cert-manager" };
    return texts[static_cast<std::size_t>(place)];
}

bool coversHost(const Certificate& certificate, std::string_view host)
{
    const std::string wanted = toLowerAscii(host);
    return std::ranges::any_of(certificate.dnsNames, [&](const std::string& given) {
        const std::string name = toLowerAscii(given);
        if (name == wanted)
            return true;
        const std::size_t dot = wanted.find('.');
        return name.starts_with("*.") && dot != wanted.npos && dot > 0
            && std::string_view(name).substr(1) == std::string_view(wanted).substr(dot);
    });
}

CertificateList certificatesOf(const Cluster& cluster, std::optional<UnixSeconds> now, int warningDays)
{
    CertificateCollector collector(cluster);
    collector.addSecrets();
    collector.addBundles();
    collector.addRequests();
    collector.addConfigMaps();
    collector.addManaged();
    std::vector<CertificateEntry>& entries = collector.list.entries;
    for (CertificateEntry& entry : entries)
        judgeFacts(entry, now, warningDays);
    judgeChain(entries);
    judgeHosts(cluster, entries);
    judgeReuse(cluster, entries);
    return std::move(collector.list);
}

} // namespace plimsoll::secrets
