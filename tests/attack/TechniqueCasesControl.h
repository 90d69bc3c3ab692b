// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/attack/TechniqueCasesRights.h"

// Situations: what User ann may do by RBAC on workloads, nodes, certificates, admission, volumes and the network.
namespace plimsoll::test {

inline std::string daemonSetYaml(std::string_view name, std::string_view container)
{
    return "---\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: " + std::string(name)
        + ", namespace: shop}\nspec: {selector: {matchLabels: {app: " + std::string(name)
        + "}}, template: {metadata: {labels: {app: " + std::string(name)
        + "}}, spec: {containers: [{name: c, image: 'registry.example/agent:1'" + (container.empty() ? "" : ", ")
        + std::string(container) + "}]}}}\n";
}

inline std::string configMapYaml(std::string_view ns, std::string_view name, std::string_view data = "a: b")
{
    return "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + std::string(name)
        + ", namespace: " + std::string(ns) + "}\ndata: {" + std::string(data) + "}\n";
}

inline std::vector<TechniqueCase> workloadRightCases()
{
    using enum attack::Technique;
    const std::string plain = plainCluster(), guarded = plain + std::string(refusingWebhook);
    const std::string baseline = plainCluster("v1.33.1", baselineLabel);
    const std::string strong = "serviceaccount/shop/strong", n1 = "node/n1", cp = "node/cp";
    const std::string closed = nodeYaml("n1") + namespaceYaml("shop", baselineLabel)
        + namespaceYaml("kube-system", baselineLabel) + accountYaml("shop", "web");
    const std::string db = secretYaml("shop", "db");
    const std::string claim = "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data, namespace: "
                              "shop}\nspec: {accessModes: [ReadWriteMany]}\n";
    const std::string data = "persistentvolumeclaim/shop/data";
    const std::string api = "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api, namespace: shop}\nspec: "
                            "{selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: "
                            "{containers: [{name: c, image: 'a:1'}]}}}\n";
    const std::string agent = daemonSetYaml("agent", "securityContext: {privileged: true}");
    const std::string gone
        = bindYaml("shop", "dangling", "Role", "r", "{kind: ServiceAccount, name: gone, namespace: shop}");
    return {
        allows("E25 pods", CreateWorkload, "shop", "create pods", strong, Drawn::Confirmed, plain),
        allows("E25 jobs", CreateWorkload, "shop", "create jobs.batch", strong, Drawn::Confirmed, plain),
        allows("E25 under a webhook", CreateWorkload, "shop", "create pods", strong, Drawn::MayBeBlocked, guarded),
        allows("E25 wrong group", CreateWorkload, "shop", "create deployments", strong, Drawn::None, plain),
        allows("E25 wrong verb", CreateWorkload, "shop", "get,delete pods", strong, Drawn::None, plain),
        allows("E25 other namespace", CreateWorkload, "dev", "create pods", strong, Drawn::None, plain),
        allows("E25 names limit no creation", CreateWorkload, "shop", "create pods x", strong, Drawn::None, plain),

        allows(
            "E26", MountAnySecret, "shop", "create deployments.apps", "secret/shop/db", Drawn::Confirmed, plain + db),
        allows("E26 other namespace", MountAnySecret, "dev", "create pods", "secret/shop/db", Drawn::None, plain + db),
        allows("E26 wrong verb", MountAnySecret, "shop", "patch deployments.apps", "secret/shop/db", Drawn::None,
            plain + db),

        allows("E27", CreatePrivileged, "shop", "create pods", n1, Drawn::Confirmed, plain),
        allows("E27 baseline", CreatePrivileged, "shop", "create pods", n1, Drawn::None, baseline),
        allows("E27 restricted", CreatePrivileged, "shop", "create pods", n1, Drawn::None,
            plainCluster("v1.33.1", restrictedLabel)),
        allows("E27 under a webhook", CreatePrivileged, "shop", "create pods", n1, Drawn::MayBeBlocked, guarded),
        allows("E27 wrong verb", CreatePrivileged, "shop", "get pods", n1, Drawn::None, plain),
        allows("E27 everywhere, one namespace is open", CreatePrivileged, "", "create pods", n1, Drawn::Confirmed,
            baseline),

        allows("E28", ChooseNode, "shop", "create pods", cp, Drawn::Confirmed, plain),
        allows("E28 baseline", ChooseNode, "shop", "create pods", cp, Drawn::None, baseline),
        allows("E28 wrong group", ChooseNode, "shop", "create pods.apps", cp, Drawn::None, plain),

        allows("E29", MountAnyClaim, "shop", "create pods", data, Drawn::Confirmed, plain + claim),
        allows("E29 other namespace", MountAnyClaim, "dev", "create pods", data, Drawn::None, plain + claim),
        allows("E29 claims alone", MountAnyClaim, "shop", "create persistentvolumeclaims", data, Drawn::None,
            plain + claim),

        allows("E30", EditTemplate, "shop", "patch deployments.apps", "deployment/shop/api", Drawn::Confirmed,
            plain + api),
        allows("E30 this name", EditTemplate, "shop", "patch deployments.apps api", "deployment/shop/api",
            Drawn::Confirmed, plain + api),
        allows("E30 other name", EditTemplate, "shop", "patch deployments.apps web", "deployment/shop/api", Drawn::None,
            plain + api),
        allows("E30 wrong group", EditTemplate, "shop", "patch deployments", "deployment/shop/api", Drawn::None,
            plain + api),
        allows("E30 and the accounts beside it", EditTemplate, "shop", "patch deployments.apps", strong,
            Drawn::Confirmed, plain + api),
        allows("E30 nothing of the kind", EditTemplate, "shop", "patch statefulsets.apps", strong, Drawn::None,
            plain + api),
        allows("E30 under a webhook", EditTemplate, "shop", "patch deployments.apps", "deployment/shop/api",
            Drawn::MayBeBlocked, guarded + api),
        allows("E30 other kind", EditTemplate, "shop", "patch statefulsets.apps", "deployment/shop/api", Drawn::None,
            plain + api),
        allows("E30 other namespace", EditTemplate, "dev", "patch deployments.apps", "deployment/shop/api", Drawn::None,
            plain + api),

        allows("E33", HijackDaemonSet, "shop", "patch daemonsets.apps", "daemonset/shop/agent", Drawn::Confirmed,
            plain + agent),
        allows("E33 harmless", HijackDaemonSet, "shop", "patch daemonsets.apps", "daemonset/shop/agent", Drawn::None,
            plain + daemonSetYaml("agent", "")),
        allows("E33 other name", HijackDaemonSet, "shop", "patch daemonsets.apps web", "daemonset/shop/agent",
            Drawn::None, plain + agent),
        allows("E33 other namespace", HijackDaemonSet, "dev", "patch daemonsets.apps", "daemonset/shop/agent",
            Drawn::None, plain + agent),

        allows("E34", PoisonRollback, "shop", "patch controllerrevisions.apps", "daemonset/shop/agent",
            Drawn::NeedsFact, plain + agent),
        allows("E34 other namespace", PoisonRollback, "dev", "patch controllerrevisions.apps", "daemonset/shop/agent",
            Drawn::None, plain + agent),
        allows("E34 wrong verb", PoisonRollback, "shop", "delete controllerrevisions.apps", "daemonset/shop/agent",
            Drawn::None, plain + agent),
        allows("E34 Deployments keep no revisions", PoisonRollback, "shop", "patch controllerrevisions.apps",
            "deployment/shop/api", Drawn::None, plain + api),

        allows("E17", DanglingBinding, "shop", "create serviceaccounts; create pods", "serviceaccount/shop/gone",
            Drawn::Confirmed, plain + gone),
        allows("E17 the account is there", DanglingBinding, "shop", "create serviceaccounts; create pods", strong,
            Drawn::None, plain + gone),
        allows("E17 without a token", DanglingBinding, "shop", "create serviceaccounts", "serviceaccount/shop/gone",
            Drawn::None, plain + gone),
        allows("E17 other namespace", DanglingBinding, "dev", "create serviceaccounts; create pods",
            "serviceaccount/shop/gone", Drawn::None, plain + gone),

        allows("E39", TamperPodSecurity, "shop", "patch namespaces; create pods", n1, Drawn::Confirmed, baseline),
        allows("E39 without workloads", TamperPodSecurity, "shop", "patch namespaces", n1, Drawn::None, baseline),
        allows("E39 without the namespace", TamperPodSecurity, "shop", "get namespaces; create pods", n1, Drawn::None,
            baseline),
        allows("E39 other name", TamperPodSecurity, "shop", "patch namespaces dev; create pods", n1, Drawn::None,
            baseline),

        allows("E40", CreateNamespace, "", "create namespaces; create pods", n1, Drawn::Confirmed, closed),
        allows("E40 without workloads", CreateNamespace, "", "create namespaces", n1, Drawn::None, closed),
        { "E40 workloads in one namespace", CreateNamespace, "user/ann", n1, Drawn::None,
            closed + allowYaml("", "create namespaces") + roleYaml("shop", "p", "create pods")
                + bindYaml("shop", "p", "Role", "p") },
        allows(
            "E40 in a namespace", CreateNamespace, "shop", "create namespaces; create pods", n1, Drawn::None, closed),
    };
}

// What admission says to a privileged pod that ann makes.
inline std::vector<TechniqueCase> admissionCases()
{
    const auto technique = attack::Technique::CreatePrivileged;
    const auto webhook = [](std::string_view rule, std::string_view selector) {
        return "---\napiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: "
               "{name: "
               "guard}\nwebhooks: [{name: a.b.c, rules: [{apiVersions: [v1], "
            + std::string(rule) + "}], clientConfig: {service: {name: guard, namespace: kube-system}}, "
            + std::string(selector) + "sideEffects: None, admissionReviewVersions: [v1], failurePolicy: Fail}]\n";
    };
    const std::string creates = "apiGroups: [''], resources: [pods], operations: [CREATE]";
    const auto policy = [](std::string_view resource, std::string_view action) {
        const std::string api = "---\napiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy";
        return api + "\nmetadata: {name: guard}\nspec: {matchConstraints: {resourceRules: [{apiGroups: [''], "
            + "apiVersions: [v1], operations: [CREATE], resources: [" + std::string(resource) + "]}]}, validations: "
            + "[{expression: 'false'}]}\n" + api + "Binding\nmetadata: {name: guard}\nspec: {policyName: guard, "
            + "validationActions: [" + std::string(action) + "]}\n";
    };
    const auto row = [&](std::string_view name, Drawn expected, std::string_view labels, const std::string& more) {
        return allows("E27 " + std::string(name), technique, "shop", "create pods", "node/n1", expected,
            plainCluster("v1.33.1", labels) + more);
    };
    return {
        row("label privileged", Drawn::Confirmed, "pod-security.kubernetes.io/enforce: privileged", ""),
        row("warning only", Drawn::Confirmed, "pod-security.kubernetes.io/warn: restricted", ""),
        row("default of the API server unknown", Drawn::MayBeBlocked, "",
            apiServerYaml("--admission-control-config-file=/etc/admission.yaml")),
        row("webhook for this namespace", Drawn::MayBeBlocked, "team: a",
            webhook(creates, "namespaceSelector: {matchLabels: {team: a}}, ")),
        row("webhook for others", Drawn::Confirmed, "team: b",
            webhook(creates, "namespaceSelector: {matchLabels: {team: a}}, ")),
        row("webhook that leaves it out", Drawn::Confirmed, "team: b",
            webhook(creates, "namespaceSelector: {matchExpressions: [{key: team, operator: NotIn, values: [b]}]}, ")),
        row("webhook for labelled pods", Drawn::MayBeBlocked, "",
            webhook(creates, "objectSelector: {matchLabels: {app: web}}, ")),
        row("webhook for updates", Drawn::Confirmed, "",
            webhook("apiGroups: [''], resources: [pods], operations: [UPDATE]", "")),
        row("webhook for Deployments", Drawn::Confirmed, "",
            webhook("apiGroups: [apps], resources: [deployments], operations: [CREATE]", "")),
        row("webhook for subresources", Drawn::Confirmed, "",
            webhook("apiGroups: [''], resources: [pods/exec], operations: ['*']", "")),
        row("policy denies", Drawn::MayBeBlocked, "", policy("pods", "Deny")),
        row("policy warns", Drawn::Confirmed, "", policy("pods", "Warn")),
        row("policy for Services", Drawn::Confirmed, "", policy("services", "Deny")),
        row("label before webhook", Drawn::None, restrictedLabel, webhook(creates, "")),
    };
}

inline std::vector<TechniqueCase> certificateRightCases()
{
    using enum attack::Technique;
    const std::string plain = plainCluster() + roleYaml("", "full", "* *.*")
        + bindYaml("", "full", "ClusterRole", "full", "{kind: User, name: root}");
    const std::string request = "certificatesigningrequests.certificates.k8s.io";
    const auto approve = [&](std::string_view signer) {
        return "create " + request + "; update certificatesigningrequests/approval.certificates.k8s.io; approve "
            + "signers.certificates.k8s.io" + std::string(signer);
    };
    const std::string client = " kubernetes.io/kube-apiserver-client";
    const std::string kubelet = " kubernetes.io/kube-apiserver-client-kubelet";
    const std::string sign = "create " + request
        + "; update certificatesigningrequests/status.certificates.k8s.io; sign signers.certificates.k8s.io";
    const std::string boot = "create " + request + "; create certificatesigningrequests/nodeclient.certificates.k8s.io";
    return {
        allows("E43 of a user", ApproveRequest, "", approve(client), "user/root", Drawn::Confirmed, plain),
        allows("E43 any signer", ApproveRequest, "", approve(""), "user/root", Drawn::Confirmed, plain),
        allows("E43 of a node", ApproveRequest, "", approve(kubelet), "kubelet/n1", Drawn::Confirmed, plain),
        allows("E43 kubelets are no users", ApproveRequest, "", approve(kubelet), "user/root", Drawn::None, plain),
        allows(
            "E43 signer of others", ApproveRequest, "", approve(" example.com/own"), "user/root", Drawn::None, plain),
        allows("E43 without approval", ApproveRequest, "",
            "create " + request + "; approve signers.certificates.k8s.io", "user/root", Drawn::None, plain),
        allows("E43 in a namespace", ApproveRequest, "shop", approve(""), "user/root", Drawn::None, plain),

        allows("E44", SignRequest, "", sign + client, "user/root", Drawn::NeedsFact, plain),
        allows("E44 without sign", SignRequest, "",
            "create " + request + "; update certificatesigningrequests/status.certificates.k8s.io", "user/root",
            Drawn::None, plain),
        allows("E44 signer of others", SignRequest, "", sign + " example.com/own", "user/root", Drawn::None, plain),

        allows("E57", BootstrapNode, "", boot, "kubelet/n1", Drawn::Confirmed, plain),
        allows("E57 not approved", BootstrapNode, "", "create " + request, "kubelet/n1", Drawn::None, plain),
        allows("E57 in a namespace", BootstrapNode, "shop", boot, "kubelet/n1", Drawn::None, plain),
    };
}

inline std::vector<TechniqueCase> admissionRightCases()
{
    using enum attack::Technique;
    const std::string plain = plainCluster(), all = "goal/cluster-admin", secrets = "goal/secrets";
    const std::string guarded = plain + std::string(refusingWebhook), n1 = "node/n1";
    const std::string admission = ".admissionregistration.k8s.io";
    const std::string policies
        = "create mutatingadmissionpolicies" + admission + "; create mutatingadmissionpolicybindings" + admission;
    return {
        allows("E45", MutatingWebhook, "", "patch mutatingwebhookconfigurations" + admission, all, Drawn::NeedsFact,
            plain),
        allows("E45 validating", MutatingWebhook, "", "patch validatingwebhookconfigurations" + admission, all,
            Drawn::None, plain),
        allows("E45 in a namespace", MutatingWebhook, "shop", "create mutatingwebhookconfigurations" + admission, all,
            Drawn::None, plain),
        allows("E45 deleting", MutatingWebhook, "", "delete mutatingwebhookconfigurations" + admission, all,
            Drawn::None, plain),

        allows("E46", ValidatingWebhook, "", "create validatingwebhookconfigurations" + admission, secrets,
            Drawn::NeedsFact, plain),
        allows("E46 wrong verb", ValidatingWebhook, "", "get validatingwebhookconfigurations" + admission, secrets,
            Drawn::None, plain),
        allows("E46 in a namespace", ValidatingWebhook, "shop", "create validatingwebhookconfigurations" + admission,
            secrets, Drawn::None, plain),

        allows("E47 from 1.36", MutatingPolicy, "", policies, all, Drawn::Confirmed, plainCluster("v1.36.0")),
        allows("E47 beta", MutatingPolicy, "", policies, all, Drawn::NeedsFact, plainCluster("v1.34.0")),
        allows("E47 before", MutatingPolicy, "", policies, all, Drawn::None, plainCluster("v1.33.1")),
        allows("E47 without binding", MutatingPolicy, "", "create mutatingadmissionpolicies" + admission, all,
            Drawn::None, plainCluster("v1.36.0")),

        allows("E48", DisarmAdmission, "", "delete validatingwebhookconfigurations" + admission + "; create pods", n1,
            Drawn::Confirmed, guarded),
        allows("E48 without workloads", DisarmAdmission, "", "delete validatingwebhookconfigurations" + admission, n1,
            Drawn::None, guarded),
        allows("E48 wrong verb", DisarmAdmission, "",
            "get validatingwebhookconfigurations" + admission + "; create pods", n1, Drawn::None, guarded),
        allows("E48 nothing to disarm", DisarmAdmission, "shop",
            "delete validatingwebhookconfigurations" + admission + "; create pods", n1, Drawn::None, guarded),

        allows("E50", ConversionWebhook, "", "patch customresourcedefinitions.apiextensions.k8s.io", secrets,
            Drawn::NeedsFact, plain),
        allows("E50 wrong verb", ConversionWebhook, "", "get customresourcedefinitions.apiextensions.k8s.io", secrets,
            Drawn::None, plain),
        allows("E50 in a namespace", ConversionWebhook, "shop", "patch customresourcedefinitions.apiextensions.k8s.io",
            secrets, Drawn::None, plain),

        allows("E51", AggregatedApi, "", "create apiservices.apiregistration.k8s.io", "goal/interception",
            Drawn::NeedsFact, plain),
        allows("E51 wrong group", AggregatedApi, "", "create apiservices", "goal/interception", Drawn::None, plain),
        allows("E51 in a namespace", AggregatedApi, "shop", "create apiservices.apiregistration.k8s.io",
            "goal/interception", Drawn::None, plain),
    };
}

inline std::vector<TechniqueCase> volumeRightCases()
{
    using enum attack::Technique;
    const std::string baseline = nodeYaml("n1") + namespaceYaml("shop", baselineLabel)
        + namespaceYaml("kube-system", baselineLabel) + accountYaml("shop", "web");
    const std::string n1 = "node/n1", rest = "; create persistentvolumeclaims; create pods";
    const std::string claim = "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data, namespace: "
                              "shop}\nspec: {accessModes: [ReadWriteMany]}\n";
    const std::string data = "persistentvolumeclaim/shop/data";
    const std::string constraints = "---\napiVersion: security.openshift.io/v1\nkind: SecurityContextConstraints\n"
                                    "metadata: {name: privileged}\nallowPrivilegedContainer: true\n";
    const std::string labelled = nodeYaml("n1")
        + namespaceYaml("shop", std::string(baselineLabel) + ", resource.kubernetes.io/admin-access: 'true'")
        + namespaceYaml("kube-system", baselineLabel) + accountYaml("shop", "web");
    const std::string content = "create volumesnapshotcontents.snapshot.storage.k8s.io";
    return {
        allows("E54 past Pod Security", HostPathVolume, "", "create persistentvolumes" + rest, n1, Drawn::Confirmed,
            baseline),
        allows("E54 without claims", HostPathVolume, "", "create persistentvolumes; create pods", n1, Drawn::None,
            baseline),
        allows(
            "E54 in a namespace", HostPathVolume, "shop", "create persistentvolumes" + rest, n1, Drawn::None, baseline),
        { "E54 by two bindings", HostPathVolume, "user/ann", n1, Drawn::Confirmed,
            baseline + allowYaml("", "create persistentvolumes")
                + roleYaml("shop", "p", "create persistentvolumeclaims,pods") + bindYaml("shop", "p", "Role", "p") },

        allows("E55", ForeignVolume, "", "create persistentvolumes" + rest, data, Drawn::NeedsFact, baseline + claim),
        allows("E55 snapshots", ForeignVolume, "", content + rest, data, Drawn::NeedsFact, baseline + claim),
        allows("E55 without volumes", ForeignVolume, "", "get persistentvolumes" + rest, data, Drawn::None,
            baseline + claim),
        allows("E55 in a namespace", ForeignVolume, "shop", "create persistentvolumes" + rest, data, Drawn::None,
            baseline + claim),

        allows("E56", StorageClass, "", "create storageclasses.storage.k8s.io" + rest, n1, Drawn::NeedsFact, baseline),
        allows("E56 wrong group", StorageClass, "", "create storageclasses" + rest, n1, Drawn::None, baseline),
        allows("E56 without claims", StorageClass, "", "create storageclasses.storage.k8s.io; create pods", n1,
            Drawn::None, baseline),

        allows("E92", UseScc, "", "use securitycontextconstraints.security.openshift.io; create pods", n1,
            Drawn::NeedsFact, baseline + constraints),
        allows("E92 no such constraints", UseScc, "",
            "use securitycontextconstraints.security.openshift.io; create pods", n1, Drawn::None, baseline),
        allows("E92 wrong verb", UseScc, "", "get securitycontextconstraints.security.openshift.io; create pods", n1,
            Drawn::None, baseline + constraints),
        allows("E92 without workloads", UseScc, "", "use securitycontextconstraints.security.openshift.io", n1,
            Drawn::None, baseline + constraints),

        allows("E99", DeviceAdmin, "shop", "create resourceclaims.resource.k8s.io; create pods", n1, Drawn::NeedsFact,
            labelled),
        allows("E99 without the label", DeviceAdmin, "shop", "create resourceclaims.resource.k8s.io; create pods", n1,
            Drawn::None, baseline),
        allows("E99 wrong group", DeviceAdmin, "shop", "create resourceclaims; create pods", n1, Drawn::None, labelled),
        allows("E99 without workloads", DeviceAdmin, "shop", "create resourceclaims.resource.k8s.io", n1, Drawn::None,
            labelled),
    };
}

inline std::vector<TechniqueCase> networkRightCases()
{
    using enum attack::Technique;
    const std::string plain = plainCluster(), middle = "goal/interception", all = "goal/cluster-admin";
    const std::string aws = plain + configMapYaml("kube-system", "aws-auth");
    const std::string dns = plain + configMapYaml("kube-system", "coredns");
    const std::string trust = plain + configMapYaml("kube-system", "extension-apiserver-authentication");
    const std::string settings = plain + configMapYaml("shop", "settings")
        + podYaml("shop", "reader", "volumes: [{name: v, configMap: {name: settings}}]",
            "volumeMounts: [{name: v, mountPath: /v}]");
    const std::string reader = "container/pod/shop/reader/c";
    const std::string bundle = "create clustertrustbundles.certificates.k8s.io";
    return {
        allows("E81", AwsAuth, "kube-system", "patch configmaps", all, Drawn::NeedsFact, aws),
        allows("E81 this name", AwsAuth, "kube-system", "update configmaps aws-auth", all, Drawn::NeedsFact, aws),
        allows("E81 other name", AwsAuth, "kube-system", "update configmaps coredns", all, Drawn::None, aws),
        allows("E81 not there", AwsAuth, "kube-system", "patch configmaps", all, Drawn::None, dns),
        allows("E81 other namespace", AwsAuth, "shop", "patch configmaps", all, Drawn::None, aws),

        allows("E82", CoreDns, "kube-system", "patch configmaps", middle, Drawn::Confirmed, dns),
        allows("E82 other name", CoreDns, "kube-system", "patch configmaps aws-auth", middle, Drawn::None, dns),
        allows("E82 not there", CoreDns, "kube-system", "patch configmaps", middle, Drawn::None, aws),
        allows("E82 wrong verb", CoreDns, "kube-system", "get configmaps", middle, Drawn::None, dns),

        allows("E83", TrustConfigMap, "kube-system", "patch configmaps", all, Drawn::NeedsFact, trust),
        allows("E83 not there", TrustConfigMap, "kube-system", "patch configmaps", all, Drawn::None, dns),
        allows("E83 other namespace", TrustConfigMap, "shop", "patch configmaps", all, Drawn::None, trust),

        allows("E84 endpoints", Endpoints, "kube-system", "update endpoints", middle, Drawn::Confirmed, plain),
        allows("E84 slices", Endpoints, "", "create endpointslices.discovery.k8s.io", middle, Drawn::Confirmed, plain),
        allows("E84 Services of their own", Endpoints, "shop", "update endpoints", middle, Drawn::None, plain),
        allows("E84 wrong group", Endpoints, "", "create endpointslices", middle, Drawn::None, plain),
        allows("E84 wrong verb", Endpoints, "", "get endpoints", middle, Drawn::None, plain),

        allows("E85", ExternalIps, "shop", "create services", middle, Drawn::NeedsFact, plain),
        allows("E85 status", ExternalIps, "shop", "patch services/status", middle, Drawn::NeedsFact, plain),
        allows("E85 wrong verb", ExternalIps, "shop", "get services", middle, Drawn::None, plain),
        allows("E85 wrong group", ExternalIps, "shop", "create services.apps", middle, Drawn::None, plain),
        allows("E85 refused", ExternalIps, "shop", "create services", middle, Drawn::None,
            plain + apiServerYaml("--enable-admission-plugins=NodeRestriction,DenyServiceExternalIPs")),

        allows("E86", CaptureLabels, "kube-system", "patch pods", middle, Drawn::NeedsFact, plain),
        allows("E86 status", CaptureLabels, "", "patch pods/status", middle, Drawn::NeedsFact, plain),
        allows("E86 wrong verb", CaptureLabels, "kube-system", "get pods", middle, Drawn::None, plain),
        allows("E86 subresource", CaptureLabels, "kube-system", "patch pods/resize", middle, Drawn::None, plain),
        allows("E86 Services of their own", CaptureLabels, "shop", "patch pods", middle, Drawn::None, plain),

        allows(
            "E98", TrustBundle, "", bundle + "; attest signers.certificates.k8s.io", middle, Drawn::NeedsFact, plain),
        allows("E98 without attest", TrustBundle, "", bundle, middle, Drawn::None, plain),
        allows("E98 in a namespace", TrustBundle, "shop", bundle + "; attest signers.certificates.k8s.io", middle,
            Drawn::None, plain),

        allows("E102", PoisonConfig, "shop", "patch configmaps", reader, Drawn::NeedsFact, settings),
        allows("E102 this name", PoisonConfig, "shop", "patch configmaps settings", reader, Drawn::NeedsFact, settings),
        allows("E102 other name", PoisonConfig, "shop", "patch configmaps other", reader, Drawn::None, settings),
        allows("E102 other namespace", PoisonConfig, "dev", "patch configmaps", reader, Drawn::None, settings),
        allows("E102 wrong verb", PoisonConfig, "shop", "get configmaps", reader, Drawn::None, settings),
        allows("E102 not mounted", PoisonConfig, "shop", "patch configmaps", "container/pod/shop/web/c", Drawn::None,
            settings),
    };
}

inline std::vector<TechniqueCase> furtherRightCases()
{
    using enum attack::Technique;
    const std::string plain = plainCluster(), strong = "serviceaccount/shop/strong";
    const std::string constrained = "impersonate:serviceaccount serviceaccounts.authentication.k8s.io";
    const std::string db = plain + secretYaml("shop", "db");
    const std::string arn = "arn:aws:iam::1:role/db", role = "cloud/" + arn;
    const std::string mapped
        = accountYaml("dev", "mapped", ", annotations: {eks.amazonaws.com/role-arn: '" + arn + "'}");
    const auto running = [](std::string_view ns, std::string_view name, std::string_view account,
                             std::string_view image) {
        return namespaceYaml(ns) + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " + std::string(name)
            + ", namespace: " + std::string(ns) + "}\nspec: {nodeName: n1, serviceAccountName: " + std::string(account)
            + ", containers: [{name: c, image: '" + std::string(image) + "'}]}\nstatus: {phase: Running}\n";
    };
    const std::string flux
        = running("flux-system", "flux", "kustomize-controller", "ghcr.io/fluxcd/kustomize-controller:v1.2.0");
    const std::string nginx = running("ingress", "nginx", "nginx", "registry.k8s.io/ingress-nginx/controller:v1.10.0");
    const std::string azure = "---\napiVersion: aadpodidentity.k8s.io/v1\nkind: AzureIdentity\nmetadata: {name: a, "
                              "namespace: dev}\n";
    const std::string exception = "create azurepodidentityexceptions.aadpodidentity.k8s.io";
    return {
        allows("E16 from 1.36", ConstrainedImpersonation, "shop", constrained, strong, Drawn::NeedsFact,
            plainCluster("v1.36.0")),
        allows(
            "E16 before", ConstrainedImpersonation, "shop", constrained, strong, Drawn::None, plainCluster("v1.35.0")),
        allows("E16 other namespace", ConstrainedImpersonation, "dev", constrained, strong, Drawn::None,
            plainCluster("v1.36.0")),
        allows("E16 core group", ConstrainedImpersonation, "shop", "impersonate:serviceaccount serviceaccounts", strong,
            Drawn::None, plainCluster("v1.36.0")),

        allows("E36", KubeletRead, "", "get nodes/log", "goal/secrets", Drawn::NeedsFact, plain),
        allows("E36 metrics", KubeletRead, "", "get nodes/metrics", "goal/secrets", Drawn::None, plain),
        allows("E36 in a namespace", KubeletRead, "shop", "get nodes/log", "goal/secrets", Drawn::None, plain),

        allows("E53", WorkflowAccount, "shop", "create workflows.argoproj.io", strong, Drawn::NeedsFact, plain),
        allows("E53 wrong group", WorkflowAccount, "shop", "create workflows", strong, Drawn::None, plain),
        allows(
            "E53 other namespace", WorkflowAccount, "dev", "create workflows.argoproj.io", strong, Drawn::None, plain),

        allows("E52", Operator, "shop", "create kustomizations.kustomize.toolkit.fluxcd.io",
            "serviceaccount/flux-system/kustomize-controller", Drawn::NeedsFact, plain + flux),
        allows("E52 wrong verb", Operator, "shop", "get kustomizations.kustomize.toolkit.fluxcd.io",
            "serviceaccount/flux-system/kustomize-controller", Drawn::None, plain + flux),
        allows("E52 wrong group", Operator, "shop", "create kustomizations",
            "serviceaccount/flux-system/kustomize-controller", Drawn::None, plain + flux),
        allows("E52 another operator", Operator, "shop", "create helmreleases.helm.toolkit.fluxcd.io",
            "serviceaccount/flux-system/kustomize-controller", Drawn::None, plain + flux),

        allows("E80", RewriteAccount, "shop", "patch serviceaccounts", role, Drawn::NeedsFact, plain + mapped),
        allows("E80 wrong verb", RewriteAccount, "shop", "get serviceaccounts", role, Drawn::None, plain + mapped),
        allows("E80 tokens", RewriteAccount, "shop", "update serviceaccounts/token", role, Drawn::None, plain + mapped),

        allows("E88", IngressAbuse, "shop", "create ingresses.networking.k8s.io", "pod/ingress/nginx", Drawn::NeedsFact,
            plain + nginx),
        allows("E88 wrong group", IngressAbuse, "shop", "create ingresses.extensions", "pod/ingress/nginx", Drawn::None,
            plain + nginx),
        allows("E88 wrong verb", IngressAbuse, "shop", "get ingresses.networking.k8s.io", "pod/ingress/nginx",
            Drawn::None, plain + nginx),
        allows("E88 another pod", IngressAbuse, "shop", "create ingresses.networking.k8s.io", "pod/shop/web",
            Drawn::None, plain + nginx),

        allows("E103", PodIdentityException, "shop", exception + "; create pods", role, Drawn::NeedsFact,
            plain + mapped + azure),
        allows("E103 without workloads", PodIdentityException, "shop", exception, role, Drawn::None,
            plain + mapped + azure),
        allows("E103 wrong group", PodIdentityException, "shop", "create azurepodidentityexceptions; create pods", role,
            Drawn::None, plain + mapped + azure),
        allows("E103 not installed", PodIdentityException, "shop", exception + "; create pods", role, Drawn::None,
            plain + mapped),

        allows("E93", ReadLogs, "shop", "get pods/log", "secret/shop/db", Drawn::NeedsFact, db),
        allows("E93 other namespace", ReadLogs, "dev", "get pods/log", "secret/shop/db", Drawn::None, db),
        allows("E93 wrong verb", ReadLogs, "shop", "list pods/log", "secret/shop/db", Drawn::None, db),
    };
}

} // namespace plimsoll::test
