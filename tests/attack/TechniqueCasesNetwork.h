// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/attack/TechniqueCasesControl.h"

// Situations: ways in from outside and between pods, and what values that are at hand are good for.
namespace plimsoll::test {

inline std::string serviceYaml(std::string_view type, std::string_view app = "web", std::string_view spec = "")
{
    return "---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {type: "
        + std::string(type) + ", selector: {app: " + std::string(app) + "}, ports: [{port: 80, targetPort: 8080, "
        + "nodePort: 30080}]" + std::string(spec) + "}\n";
}

inline std::string servedPod(
    std::string_view name, std::string_view image = "registry.example/app:1", std::string_view container = "")
{
    return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " + std::string(name) + ", namespace: shop, labels: {app: "
        + std::string(name) + "}}\nspec: {nodeName: n1, serviceAccountName: web, containers: [{name: c, image: '"
        + std::string(image) + "', ports: [{containerPort: 8080}]" + std::string(container)
        + "}]}\nstatus: {phase: Running, podIP: 10.0.0.7}\n";
}

inline std::string policyYaml(std::string_view spec)
{
    return "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec: {"
        + std::string(spec) + "}\n";
}

inline std::string kubeletYaml(std::string_view anonymous, std::string_view mode)
{
    return "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: kubelet-config, namespace: kube-system}\ndata:\n  "
           "kubelet: |\n    apiVersion: kubelet.config.k8s.io/v1beta1\n    kind: KubeletConfiguration\n    "
           "authentication:\n      anonymous:\n        enabled: "
        + std::string(anonymous) + "\n    authorization:\n      mode: " + std::string(mode) + "\n";
}

// What a scanner in the cluster found in an image.
inline std::string reportYaml(std::string_view repository, std::string_view severity)
{
    return "---\napiVersion: aquasecurity.github.io/v1alpha1\nkind: VulnerabilityReport\nmetadata: {name: report, "
           "namespace: shop}\nreport: {scanner: {name: Trivy, vendor: Aqua, version: '0.50'}, updateTimestamp: "
           "'2026-01-01T00:00:00Z', registry: {server: registry.example}, artifact: {repository: "
        + std::string(repository) + ", tag: '1'}, os: {family: debian, name: '12'}, summary: {}, vulnerabilities: "
        + "[{vulnerabilityID: CVE-2026-0001, resource: libapp, installedVersion: '1', fixedVersion: '2', severity: "
        + std::string(severity) + ", title: t, target: ''}]}\n";
}

inline std::vector<TechniqueCase> networkCases()
{
    using enum attack::Technique;
    const std::string base
        = nodeYaml("n1") + namespaceYaml("shop") + namespaceYaml("kube-system") + accountYaml("shop", "web");
    const std::string served = base + servedPod("web"), c = "container/pod/shop/web/c";
    const std::string closed = policyYaml("podSelector: {}, policyTypes: [Ingress]");
    const std::string cloudNode = "---\napiVersion: v1\nkind: Node\nmetadata: {name: n1}\nspec: {providerID: "
                                  "'aws:///eu-1/i-1'}\nstatus: {nodeInfo: {kubeletVersion: v1.33.1}}\n";
    const std::string cloud = namespaceYaml("shop") + accountYaml("shop", "web");
    const std::string address = "network/pod/shop/web", aws = "cloud/of the nodes in AWS";
    const std::string noEgress = policyYaml("podSelector: {}, policyTypes: [Egress]");
    const std::string host = podYaml("shop", "web", "hostNetwork: true");
    const std::string open = kubeletYaml("true", "AlwaysAllow"), pods = podYaml("shop", "web");
    const auto dashboard = [&](std::string_view argument) {
        return base
            + servedPod("web", "docker.io/kubernetesui/dashboard:v2.7.0", ", args: ['" + std::string(argument) + "']");
    };
    const std::string two = served + servedPod("api", "registry.example/api:1"), api = "container/pod/shop/api/c";
    const std::string skip = "--enable-skip-login";
    return {
        { "E01 node port", ExposedEndpoint, "outside", c, Drawn::NeedsFact, served + serviceYaml("NodePort") },
        { "E01 load balancer", ExposedEndpoint, "outside", c, Drawn::NeedsFact, served + serviceYaml("LoadBalancer") },
        { "E01 inside only", ExposedEndpoint, "outside", c, Drawn::None, served + serviceYaml("ClusterIP") },
        { "E01 selects others", ExposedEndpoint, "outside", c, Drawn::None, served + serviceYaml("NodePort", "api") },
        { "E01 policy", ExposedEndpoint, "outside", c, Drawn::None,
            served + serviceYaml("NodePort", "web", ", externalTrafficPolicy: Local") + closed },

        { "E02", EastWest, address, api, Drawn::NeedsFact, two + reportYaml("api", "CRITICAL") },
        { "E02 another image", EastWest, address, api, Drawn::None, two + reportYaml("third", "CRITICAL") },
        { "E02 a lesser fault", EastWest, address, api, Drawn::None, two + reportYaml("api", "MEDIUM") },
        { "E02 policy", EastWest, address, api, Drawn::None, two + reportYaml("api", "CRITICAL") + closed },

        { "E37", DirectKubelet, address, "pod/shop/web", Drawn::NeedsFact, base + pods + open },
        { "E37 no anonymous requests", DirectKubelet, address, "pod/shop/web", Drawn::None,
            base + pods + kubeletYaml("false", "AlwaysAllow") },
        { "E37 asks the API server", DirectKubelet, address, "pod/shop/web", Drawn::None,
            base + pods + kubeletYaml("true", "Webhook") },

        { "E72", HostNetwork, address, aws, Drawn::NeedsFact, cloudNode + cloud + host },
        { "E72 network of its own", HostNetwork, address, aws, Drawn::None,
            cloudNode + cloud + podYaml("shop", "web") },
        { "E72 no cloud", HostNetwork, address, aws, Drawn::None, base + host },

        { "E78", InstanceMetadata, address, aws, Drawn::NeedsFact, cloudNode + cloud + podYaml("shop", "web") },
        { "E78 policy", InstanceMetadata, address, aws, Drawn::None,
            cloudNode + cloud + podYaml("shop", "web") + noEgress },
        { "E78 no cloud", InstanceMetadata, address, aws, Drawn::None, base + podYaml("shop", "web") },

        { "E97", ExposedConsole, "outside", c, Drawn::Confirmed, dashboard(skip) + serviceYaml("NodePort") },
        { "E97 asks for a login", ExposedConsole, "outside", c, Drawn::None,
            dashboard("--auto-generate-certificates") + serviceYaml("NodePort") },
        { "E97 inside only", ExposedConsole, "outside", c, Drawn::None, dashboard(skip) + serviceYaml("ClusterIP") },
        { "E97 another program", ExposedConsole, "outside", c, Drawn::None, served + serviceYaml("NodePort") },
    };
}

inline std::vector<TechniqueCase> credentialCases()
{
    using enum attack::Technique;
    const std::string plain = plainCluster();
    const std::string arn = "arn:aws:iam::1:role/db", role = "cloud/" + arn;
    const auto mapped = [&](std::string_view key) {
        return plain + accountYaml("dev", "mapped", ", annotations: {" + std::string(key) + ": '" + arn + "'}");
    };
    const auto pulled = [](std::string_view name, std::string_view type) {
        return nodeYaml("n1") + namespaceYaml("shop") + podYaml("shop", "web", "imagePullSecrets: [{name: pull}]")
            + secretYaml("shop", std::string(name), type);
    };
    const std::string json = "kubernetes.io/dockerconfigjson", image = "image/registry.example/app:1";
    const std::string c = "container/pod/shop/web/c";
    const auto anonymous = [&](std::string_view group) {
        return plain + allowYaml("shop", "get pods/log", "{kind: Group, name: '" + std::string(group) + "'}")
            + bindYaml("shop", "other", "Role", "r", "{kind: User, name: 'system:anonymous'}");
    };
    const std::string etcd = "secret/kube-system/etcd-certs";
    const auto keys = [&](std::string_view name, std::string_view data) {
        return plain + secretYaml("kube-system", name, "Opaque", "", data);
    };
    return {
        { "E79 AWS", FederatedAccount, "serviceaccount/dev/mapped", role, Drawn::NeedsFact,
            mapped("eks.amazonaws.com/role-arn") },
        { "E79 Google", FederatedAccount, "serviceaccount/dev/mapped", role, Drawn::NeedsFact,
            mapped("iam.gke.io/gcp-service-account") },
        { "E79 another annotation", FederatedAccount, "serviceaccount/dev/mapped", role, Drawn::None,
            mapped("example.com/role") },
        { "E79 another account", FederatedAccount, "serviceaccount/dev/dev", role, Drawn::None,
            mapped("eks.amazonaws.com/role-arn") },

        { "E89", RegistryCredential, "secret/shop/pull", "pod/shop/web", Drawn::NeedsFact, pulled("pull", json) },
        { "E89 other type", RegistryCredential, "secret/shop/pull", "pod/shop/web", Drawn::None,
            pulled("pull", "Opaque") },
        { "E89 not pulled with", RegistryCredential, "secret/shop/other", "pod/shop/web", Drawn::None,
            pulled("other", json) },

        { "E90", MutableTag, image, c, Drawn::NeedsFact, plain },
        { "E90 digest", MutableTag, image, c, Drawn::None,
            plain.substr(0, plain.rfind("---\napiVersion: v1\nkind: Pod")) + podYaml("shop", "other")
                + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {nodeName: n1, "
                  "containers: [{name: c, image: 'registry.example/app:1@sha256:"
                + std::string(64, 'a') + "'}]}\nstatus: {phase: Running}\n" },
        { "E90 another tag", MutableTag, "image/registry.example/api:1", c, Drawn::None,
            plain
                + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: api, namespace: shop}\nspec: {nodeName: n1, "
                  "containers: [{name: c, image: 'registry.example/api:1'}]}\nstatus: {phase: Running}\n" },

        { "E96", AnonymousGrant, "outside", "rolebinding/shop/b", Drawn::NeedsFact,
            anonymous("system:unauthenticated") },
        { "E96 switched off", AnonymousGrant, "outside", "rolebinding/shop/b", Drawn::None,
            anonymous("system:unauthenticated") + apiServerYaml("--anonymous-auth=false") },
        { "E96 with credentials", AnonymousGrant, "outside", "rolebinding/shop/b", Drawn::None,
            anonymous("system:authenticated") },

        { "E100", EtcdAccess, etcd, "goal/cluster-admin", Drawn::NeedsFact,
            keys("etcd-certs", "client.crt: YQ==, client.key: YQ==") },
        { "E100 certificates alone", EtcdAccess, etcd, "goal/cluster-admin", Drawn::None,
            keys("etcd-certs", "ca.crt: YQ==") },
        { "E100 another name", EtcdAccess, "secret/kube-system/web", "goal/cluster-admin", Drawn::None,
            keys("web", "tls.key: YQ==") },
    };
}

} // namespace plimsoll::test
