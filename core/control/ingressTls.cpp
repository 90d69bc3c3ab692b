// SPDX-License-Identifier: Apache-2.0
// Controls on TLS and on the controller in front of Ingresses.
#include <algorithm>
#include <array>

#include "core/base/Text.h"
#include "core/control/detail/Admission_p.h"
#include "core/control/detail/Outcomes_p.h"

namespace plimsoll::control {

using cluster::Cluster;
using cluster::ObjectId;
using format::Value;

std::optional<UnixSeconds> assessmentTime(const Context& context)
{
    if (context.settings.asOf)
        return context.settings.asOf;
    const auto& captured = context.cluster.snapshot().origin().capturedTo;
    return captured ? captured : context.cluster.newestTime();
}

namespace {

// Load balancers that end connections themselves (layer 7, or TLS listeners), by annotation. Others pass bytes on, and
// TLS is the business of the pods.
struct Listener {
    std::string_view key;
    std::string_view value; // "" = any
    std::string_view certificate; // the annotation that gives a certificate
};
constexpr std::array listeners {
    Listener { "service.beta.kubernetes.io/aws-load-balancer-backend-protocol", "http",
        "service.beta.kubernetes.io/aws-load-balancer-ssl-cert" },
    Listener { "service.beta.kubernetes.io/do-loadbalancer-protocol", "http",
        "service.beta.kubernetes.io/do-loadbalancer-certificate-id" },
    Listener { "load-balancer.hetzner.cloud/protocol", "http", "load-balancer.hetzner.cloud/http-certificates" },
};

std::string annotationPointer(std::string_view key)
{
    return "/metadata/annotations/" + format::pointerToken(key);
}

bool isIngressNginx(std::string_view image)
{
    return image.find("ingress-nginx/controller") != std::string_view::npos
        || image.find("nginx-ingress-controller") != std::string_view::npos;
}

struct TlsPlace {
    ObjectId object;
    std::string pointer;
    std::string ns, secret;
    std::vector<std::string> hosts = {}; // in lower case
};

// Where Ingresses and Gateways name the Secret of a certificate.
std::vector<TlsPlace> tlsPlaces(const Cluster& cluster)
{
    std::vector<TlsPlace> places;
    for (const cluster::Ingress& ingress : cluster.ingresses()) {
        for (std::size_t i = 0; i < ingress.tls.size(); ++i) {
            if (cluster.text(ingress.tls[i].secretName).empty())
                continue;
            places.push_back({ ingress.object, "/spec/tls/" + std::to_string(i) + "/secretName",
                std::string(cluster.text(cluster.object(ingress.object).ns)),
                std::string(cluster.text(ingress.tls[i].secretName)) });
            for (const StringId host : ingress.tls[i].hosts)
                places.back().hosts.push_back(toLowerAscii(cluster.text(host)));
        }
    }
    forEachRaw(cluster, "gateway.networking.k8s.io", "Gateway", [&](ObjectId id, Value root) {
        const std::string own(cluster.text(cluster.object(id).ns));
        std::size_t listener = 0;
        for (const Value one : root["spec"]["listeners"]) {
            std::size_t index = 0;
            for (const Value reference : one["tls"]["certificateRefs"]) {
                const std::string pointer = "/spec/listeners/" + std::to_string(listener) + "/tls/certificateRefs/"
                    + std::to_string(index++) + "/name";
                const std::string_view kind = reference["kind"].text();
                if (!kind.empty() && kind != "Secret")
                    continue;
                const std::string_view ns = reference["namespace"].text();
                places.push_back(
                    { id, pointer, ns.empty() ? own : std::string(ns), std::string(reference["name"].text()) });
            }
            ++listener;
        }
    });
    return places;
}

// What cert-manager says of the certificate in a Secret.
struct Issued {
    bool isKnown = false;
    std::optional<UnixSeconds> notAfter;
    std::vector<std::string> names; // in lower case
};

// A wildcard in a certificate stands for exactly one label.
bool certificateCovers(const std::vector<std::string>& names, std::string_view host)
{
    const auto dot = host.find('.');
    return std::ranges::any_of(names, [&](std::string_view name) {
        return name == host
            || (name.starts_with("*.") && dot != std::string_view::npos && dot > 0
                && name.substr(1) == host.substr(dot));
    });
}

Issued issuedFor(const Cluster& cluster, const TlsPlace& place)
{
    Issued issued;
    forEachRaw(cluster, "cert-manager.io", "Certificate", [&](ObjectId id, Value root) {
        if (cluster.text(cluster.object(id).ns) != place.ns || root["spec"]["secretName"].text() != place.secret)
            return;
        issued.isKnown = true;
        issued.notAfter = parseTime(root["status"]["notAfter"].text());
        for (const Value name : root["spec"]["dnsNames"])
            issued.names.push_back(toLowerAscii(name.text()));
    });
    return issued;
}

Outcome judgeTlsPlace(const Context& context, const TlsPlace& place)
{
    const Cluster& cluster = context.cluster;
    Outcome outcome { place.object, Verdict::Pass, {}, {}, 1, {} };
    const auto failed = [&](std::string message) {
        outcome.verdict = Verdict::Fail;
        outcome.message = std::move(message);
        outcome.evidence = { { place.object, place.pointer, printable(place.secret) } };
        return outcome;
    };
    const auto unknown = [&](std::string message) {
        outcome.verdict = Verdict::NotAssessed;
        outcome.message = std::move(message);
        return outcome;
    };
    const std::string name = "Secret " + printable(place.ns + '/' + place.secret);
    const ObjectId id = cluster.find("Secret", place.ns, place.secret);
    if (id.isNone())
        return cluster.covers("", "Secret") ? failed(name + " with the certificate does not exist")
                                            : unknown("the source does not list Secrets");
    const auto secret = std::ranges::find(cluster.secrets(), id, &cluster::Secret::object);
    const auto hasKey = [&](std::string_view key) {
        return std::ranges::any_of(
            secret->keys, [&](const cluster::Secret::Key& one) { return cluster.text(one.name) == key; });
    };
    if (secret != cluster.secrets().end() && !secret->keys.empty() && (!hasKey("tls.crt") || !hasKey("tls.key")))
        return failed(name + " holds no certificate with its key (tls.crt and tls.key)");
    const Issued issued = issuedFor(cluster, place);
    for (const std::string& host : place.hosts) {
        if (!issued.names.empty() && !certificateCovers(issued.names, host))
            return failed(name + " holds a certificate that is not for " + printable(host));
    }
    const auto now = assessmentTime(context);
    if (issued.notAfter && now)
        return *issued.notAfter <= *now
            ? failed(name + " holds a certificate that expired on " + formatDate(*issued.notAfter))
            : outcome;
    return unknown("the certificate in " + name + " is not read yet, and no cert-manager Certificate tells of it");
}

} // namespace

// T02.
void judgeLoadBalancerTls(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    for (const cluster::Service& service : cluster.services()) {
        if (cluster.text(service.type) != "LoadBalancer")
            continue;
        const cluster::Object& object = cluster.object(service.object);
        const auto listener = std::ranges::find_if(listeners, [&](const Listener& one) {
            const std::string_view value = cluster.annotation(object, one.key);
            return !value.empty() && (one.value.empty() || toLowerAscii(value) == toLowerAscii(one.value));
        });
        if (listener == listeners.end() || !cluster.annotation(object, listener->certificate).empty())
            pass(service.object, outcomes);
        else
            fail(service.object, "the load balancer ends HTTP itself and has no certificate",
                { { service.object, annotationPointer(listener->key),
                    printable(cluster.annotation(object, listener->key)) } },
                outcomes);
    }
}

// T03.
void judgeSnippets(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    constexpr std::array prefixes { std::string_view("nginx.ingress.kubernetes.io/"),
        std::string_view("ingress.kubernetes.io/"), std::string_view("nginx.org/") };
    for (const cluster::Ingress& ingress : cluster.ingresses()) {
        std::vector<std::string> keys;
        std::vector<Evidence> evidence;
        std::vector<cluster::Patch::Edit> edits;
        for (const auto& annotation : cluster.object(ingress.object).annotations) {
            const std::string_view key = cluster.text(annotation.first);
            const bool isOurs
                = std::ranges::any_of(prefixes, [&](std::string_view one) { return key.starts_with(one); });
            if (!isOurs || key.find("-snippet") == std::string_view::npos)
                continue;
            keys.push_back(printable(key.substr(key.find('/') + 1)));
            evidence.push_back({ ingress.object, annotationPointer(key), "raw configuration" });
            edits.push_back({ annotationPointer(key), "" });
        }
        if (keys.empty()) {
            pass(ingress.object, outcomes);
            continue;
        }
        fail(ingress.object, "writes raw configuration of the controller (" + join(keys, ", ") + ')',
            std::move(evidence), outcomes)
            .patch
            = { ingress.object, std::move(edits) };
    }
    // Whoever may write Ingresses may then run code in the controller, which reads every Secret that it serves.
    for (const cluster::ConfigMap& map : cluster.configMaps()) {
        const bool hasSwitch = std::ranges::any_of(
            map.keys, [&](StringId key) { return cluster.text(key) == "allow-snippet-annotations"; });
        format::Document document;
        if (!hasSwitch || !cluster.snapshot().readRaw(cluster.object(map.object).raw, document))
            continue;
        if (document.root()["data"]["allow-snippet-annotations"].text() != "true") {
            pass(map.object, outcomes);
            continue;
        }
        fail(map.object, "allows raw configuration in annotations of every Ingress",
            { { map.object, "/data/allow-snippet-annotations", "true" } }, outcomes)
            .patch
            = { map.object, { { "/data/allow-snippet-annotations", "\"false\"" } } };
    }
}

// T04. The project announced its end for March 2026.
void judgeRetiredController(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    constexpr std::string_view endOfLife = "2026-03-31";
    if (hasHiddenNames(cluster))
        return notAssessed({}, "images are hidden in this snapshot", outcomes);
    const auto now = assessmentTime(context);
    for (const cluster::Workload& workload : cluster.workloads()) {
        for (const cluster::PodSpecUse& use : workload.specs) {
            const auto& containers = cluster.podSpec(use.spec).containers;
            const auto controller = std::ranges::find_if(
                containers, [&](const cluster::Container& one) { return isIngressNginx(cluster.text(one.image)); });
            if (controller == containers.end())
                continue;
            const std::string pointer
                = std::string(cluster.podSpecPointer(use.holder)) + controller->pointer() + "/image";
            const std::string image = printable(cluster.text(controller->image));
            if (!now)
                notAssessed(workload.object, "no date is known; ingress-nginx ended in March 2026", outcomes);
            else if (*now >= *parseTime(endOfLife))
                fail(workload.object,
                    "ingress-nginx has reached its end in March 2026: faults in it are not repaired any more",
                    { { use.holder, pointer, image } }, outcomes);
            else
                pass(workload.object, outcomes);
            break;
        }
    }
}

// T07.
void judgeTlsSecrets(const Context& context, std::vector<Outcome>& outcomes)
{
    // One outcome for each object: a fault wins over what cannot be told.
    std::vector<Outcome> own;
    for (const TlsPlace& place : tlsPlaces(context.cluster)) {
        Outcome outcome = judgeTlsPlace(context, place);
        const auto same = std::ranges::find(own, place.object, &Outcome::object);
        if (same == own.end())
            own.push_back(std::move(outcome));
        else if (outcome.verdict == Verdict::Fail && same->verdict == Verdict::Fail)
            std::ranges::move(outcome.evidence, std::back_inserter(same->evidence));
        else if (outcome.verdict == Verdict::Fail || same->verdict == Verdict::Pass)
            *same = std::move(outcome);
    }
    std::ranges::move(own, std::back_inserter(outcomes));
}

} // namespace plimsoll::control
