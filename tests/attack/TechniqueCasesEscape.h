// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/attack/TechniqueCases.h"

// Situations: what a container has at hand, and ways out of it.
namespace plimsoll::test {

inline std::string withPod(std::string_view spec, std::string_view container = "", std::string_view version = "v1.33.1")
{
    return nodeYaml("n1", version) + nodeYaml("n2", version) + namespaceYaml("shop") + accountYaml("shop", "other")
        + podYaml("shop", "web", spec, container) + podYaml("shop", "other", "serviceAccountName: other");
}

inline std::string withMount(std::string_view path, bool isReadOnly = false, std::string_view spec = "")
{
    return withPod("volumes: [{name: v, hostPath: {path: " + std::string(path) + "}}]" + (spec.empty() ? "" : ", ")
            + std::string(spec),
        std::string("volumeMounts: [{name: v, mountPath: /v") + (isReadOnly ? ", readOnly: true" : "") + "}]");
}

inline std::string deploymentYaml(std::string_view spec, std::string_view container = "")
{
    return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {selector: "
           "{matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {"
        + std::string(spec) + (spec.empty() ? "" : ", ") + "containers: [{name: c, image: 'registry.example/app:1'"
        + (container.empty() ? "" : ", ") + std::string(container) + "}]}}}\n";
}

inline std::string capability(std::string_view name)
{
    return "securityContext: {capabilities: {add: [" + std::string(name) + "]}}";
}

inline std::string staticPodYaml(std::string_view ns, std::string_view name)
{
    return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " + std::string(name) + ", namespace: " + std::string(ns)
        + ", annotations: {kubernetes.io/config.mirror: a, kubernetes.io/config.source: file}, ownerReferences: "
          "[{apiVersion: v1, kind: Node, name: n1, uid: u, controller: true}]}\nspec: {nodeName: n1, containers: "
          "[{name: k, image: 'registry.k8s.io/kube-apiserver:v1.33.1', command: [kube-apiserver]}]}\n"
          "status: {phase: Running}\n";
}

inline std::vector<TechniqueCase> structureCases()
{
    using enum attack::Technique;
    const std::string c = "container/pod/shop/web/c", pod = "pod/shop/web";
    const std::string plain = plainCluster();
    std::vector<TechniqueCase> rows {
        { "E03 hub and member", ContainerOwnsPod, "pods/shop", pod, Drawn::Confirmed, plain },
        { "E03 container and its address", ContainerOwnsPod, c, "network/pod/shop/web", Drawn::Confirmed, plain },
        { "E03 hub of all", ContainerOwnsPod, "pods/*", c, Drawn::Confirmed, plain },
        { "E03 of another namespace", ContainerOwnsPod, "pods/kube-system", pod, Drawn::None,
            plain + podYaml("kube-system", "dns") },
        { "E03 of another pod", ContainerOwnsPod, c, "network/pod/kube-system/dns", Drawn::None,
            plain + podYaml("kube-system", "dns") },

        { "E58", NodeOwnsPods, "node/n1", pod, Drawn::Confirmed, plain },
        { "E58 other node", NodeOwnsPods, "node/cp", pod, Drawn::None, plain },
        { "E58 not started", NodeOwnsPods, "node/n1", "deployment/shop/web", Drawn::None,
            nodeYaml("n1") + deploymentYaml("") },

        { "E59 token of its pods", NodeReads, "kubelet/n1", "serviceaccount/shop/web", Drawn::Confirmed, plain },
        { "E59 token of others", NodeReads, "kubelet/n1", "serviceaccount/shop/strong", Drawn::None, plain },
        { "E59 of another node", NodeReads, "kubelet/cp", "serviceaccount/shop/web", Drawn::None, plain },
        { "E59 pull secret", NodeReads, "kubelet/n1", "secret/shop/pull", Drawn::Confirmed,
            withPod("imagePullSecrets: [{name: pull}]") + secretYaml("shop", "pull") },
        { "E59 mounted Secret", NodeReads, "kubelet/n1", "secret/shop/db", Drawn::Confirmed,
            withPod("volumes: [{name: v, secret: {secretName: db}}]", "volumeMounts: [{name: v, mountPath: /v}]")
                + secretYaml("shop", "db") },
        { "E59 Secret of an environment", NodeReads, "kubelet/n1", "secret/shop/db", Drawn::Confirmed,
            withPod("", "envFrom: [{secretRef: {name: db}}]") + secretYaml("shop", "db") },
        { "E59 Secret that no pod names", NodeReads, "kubelet/n1", "secret/shop/db", Drawn::None,
            withPod("") + secretYaml("shop", "db") },

        { "E61 label", ControlPlaneRoot, "node/cp", "goal/control-plane", Drawn::Confirmed, plain },
        { "E61 leads to everything", ControlPlaneRoot, "node/cp", "goal/cluster-admin", Drawn::Confirmed, plain },
        { "E61 worker", ControlPlaneRoot, "node/n1", "goal/control-plane", Drawn::None, plain },
        { "E61 static API server", ControlPlaneRoot, "node/n1", "goal/control-plane", Drawn::Confirmed,
            nodeYaml("n1") + staticPodYaml("kube-system", "kube-apiserver-n1") },
        { "E61 static pod of another namespace", ControlPlaneRoot, "node/n1", "goal/control-plane", Drawn::None,
            plain + staticPodYaml("shop", "kube-apiserver-n1") },
    };
    return rows;
}

inline std::vector<TechniqueCase> tokenCases()
{
    using enum attack::Technique;
    const std::string c = "container/pod/shop/web/c", account = "serviceaccount/shop/web";
    const std::string template_ = "container/deployment/shop/web/c";
    const std::string projected = "serviceAccountName: web, volumes: [{name: v, projected: {sources: "
                                  "[{serviceAccountToken: {path: token, audience: '";
    const std::string mount = "volumeMounts: [{name: v, mountPath: /v}]";
    const std::string two = "containers: [{name: a, image: 'registry.example/app:1'}, {name: b, image: "
                            "'registry.example/app:1'}]}\nstatus: {phase: Running}\n";
    const auto pair = [&](std::string_view share) {
        return nodeYaml("n1")
            + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {nodeName: n1"
            + std::string(share) + ", " + two;
    };
    const std::string quiet = "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web, namespace: shop}\n"
                              "automountServiceAccountToken: false\n";
    const std::string db = secretYaml("shop", "db");
    return {
        { "E04", SharedProcesses, "container/pod/shop/web/a", "container/pod/shop/web/b", Drawn::Confirmed,
            pair(", shareProcessNamespace: true") },
        { "E04 not shared", SharedProcesses, "container/pod/shop/web/a", "container/pod/shop/web/b", Drawn::None,
            pair("") },
        { "E04 other pod", SharedProcesses, "container/pod/shop/web/a", "container/pod/shop/other/c", Drawn::None,
            pair(", shareProcessNamespace: true") + podYaml("shop", "other", "shareProcessNamespace: true") },

        { "E05 template", MountedToken, template_, account, Drawn::Confirmed,
            deploymentYaml("serviceAccountName: web") + accountYaml("shop", "web") },
        { "E05 template without a name", MountedToken, template_, "serviceaccount/shop/default", Drawn::Confirmed,
            deploymentYaml("") + accountYaml("shop", "default") },
        { "E05 other account", MountedToken, template_, account, Drawn::None,
            deploymentYaml("serviceAccountName: other") + accountYaml("shop", "web") },
        { "E05 off in the pod", MountedToken, template_, account, Drawn::None,
            deploymentYaml("serviceAccountName: web, automountServiceAccountToken: false")
                + accountYaml("shop", "web") },
        { "E05 off in the account", MountedToken, template_, account, Drawn::None,
            deploymentYaml("serviceAccountName: web") + quiet },
        { "E05 the pod wins", MountedToken, template_, account, Drawn::Confirmed,
            deploymentYaml("serviceAccountName: web, automountServiceAccountToken: true") + quiet },
        { "E05 live pod shows none", MountedToken, c, account, Drawn::None, plainCluster() },
        { "E05 projected", MountedToken, c, account, Drawn::Confirmed,
            withPod(projected + "'}}]}}]", mount) + accountYaml("shop", "web") },
        { "E05 projected for another audience", MountedToken, c, account, Drawn::NeedsFact,
            withPod(projected + "vault'}}]}}]", mount) + accountYaml("shop", "web") },
        { "E05 projected and not mounted", MountedToken, c, account, Drawn::None,
            withPod(projected + "'}}]}}]") + accountYaml("shop", "web") },

        { "E101 mounted", HeldSecret, c, "secret/shop/db", Drawn::Confirmed,
            withPod("volumes: [{name: v, secret: {secretName: db}}]", mount) + db },
        { "E101 variable", HeldSecret, c, "secret/shop/db", Drawn::Confirmed,
            withPod("", "env: [{name: P, valueFrom: {secretKeyRef: {name: db, key: p}}}]") + db },
        { "E101 all variables", HeldSecret, c, "secret/shop/db", Drawn::Confirmed,
            withPod("", "envFrom: [{secretRef: {name: db}}]") + db },
        { "E101 projected", HeldSecret, c, "secret/shop/db", Drawn::Confirmed,
            withPod("volumes: [{name: v, projected: {sources: [{secret: {name: db}}]}}]", mount) + db },
        { "E101 volume without mount", HeldSecret, c, "secret/shop/db", Drawn::None,
            withPod("volumes: [{name: v, secret: {secretName: db}}]") + db },
        { "E101 of another name", HeldSecret, c, "secret/shop/db", Drawn::None,
            withPod("", "envFrom: [{secretRef: {name: other}}]") + db },
        { "E101 of another namespace", HeldSecret, c, "secret/dev/db", Drawn::None,
            withPod("", "envFrom: [{secretRef: {name: db}}]") + secretYaml("dev", "db") },
        { "E101 other container", HeldSecret, "container/pod/shop/other/c", "secret/shop/db", Drawn::None,
            withPod("", "envFrom: [{secretRef: {name: db}}]") + db },
    };
}

// The same with nodes that run Windows.
inline std::string onWindows(std::string yaml)
{
    const std::string_view from = "operatingSystem: linux";
    for (auto at = yaml.find(from); at != std::string::npos; at = yaml.find(from))
        yaml.replace(at, from.size(), "operatingSystem: windows");
    return yaml;
}

inline std::vector<TechniqueCase> escapeCases()
{
    using enum attack::Technique;
    const std::string c = "container/pod/shop/web/c", n1 = "node/n1", other = "pod/shop/other";
    const std::string privileged = "securityContext: {privileged: true}";
    const std::string sandbox = "---\napiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: safe}\nhandler: "
                                "runsc\n";
    const std::string ended
        = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {nodeName: "
          "n1, initContainers: [{name: i, image: 'a:1', securityContext: {privileged: true}}], "
          "containers: [{name: c, image: 'a:1'}]}\nstatus: {phase: Running}\n";
    const std::string windows = "os: {name: windows}, hostNetwork: true";
    const std::string hostProcess = "securityContext: {windowsOptions: {hostProcess: true}}";
    return {
        { "E62", Privileged, c, n1, Drawn::Confirmed, withPod("", privileged) },
        { "E62 of a template", Privileged, "container/deployment/shop/web/c", "goal/node", Drawn::Confirmed,
            deploymentYaml("", privileged) },
        { "E62 other node", Privileged, c, "node/n2", Drawn::None, withPod("", privileged) },
        { "E62 says false", Privileged, c, n1, Drawn::None, withPod("", "securityContext: {privileged: false}") },
        { "E62 user namespace", Privileged, c, n1, Drawn::None, withPod("hostUsers: false", privileged) },
        { "E62 user namespace, perhaps off", Privileged, c, n1, Drawn::MayBeBlocked,
            withPod("hostUsers: false", privileged, "v1.30.1") },
        { "E62 sandbox", Privileged, c, n1, Drawn::MayBeBlocked,
            withPod("runtimeClassName: safe", privileged) + sandbox },
        { "E62 init container that ended", Privileged, c, n1, Drawn::None, nodeYaml("n1") + ended },
        { "E62 not root", Privileged, c, n1, Drawn::NeedsFact,
            withPod("", "securityContext: {privileged: true, runAsUser: 1000}") },

        { "E63", SysAdmin, c, n1, Drawn::NeedsFact, withPod("", capability("SYS_ADMIN")) },
        { "E63 without AppArmor", SysAdmin, c, n1, Drawn::Confirmed,
            withPod("securityContext: {appArmorProfile: {type: Unconfined}}", capability("SYS_ADMIN")) },
        { "E63 ALL", SysAdmin, c, n1, Drawn::NeedsFact, withPod("", capability("ALL")) },
        { "E63 another capability", SysAdmin, c, n1, Drawn::None, withPod("", capability("NET_ADMIN")) },
        { "E63 dropped", SysAdmin, c, n1, Drawn::None,
            withPod("", "securityContext: {capabilities: {drop: [SYS_ADMIN]}}") },
        { "E63 user namespace", SysAdmin, c, n1, Drawn::None, withPod("hostUsers: false", capability("SYS_ADMIN")) },

        { "E64 SYS_MODULE", Capability, c, n1, Drawn::Confirmed, withPod("", capability("SYS_MODULE")) },
        { "E64 SYS_MODULE, not root", Capability, c, n1, Drawn::NeedsFact,
            withPod("securityContext: {runAsUser: 1000}", capability("SYS_MODULE")) },
        { "E64 SYS_PTRACE and hostPID", Capability, c, n1, Drawn::Confirmed,
            withPod("hostPID: true", capability("SYS_PTRACE")) },
        { "E64 SYS_PTRACE and hostPID on Windows", Capability, c, n1, Drawn::None,
            onWindows(withPod("hostPID: true", capability("SYS_PTRACE"))) },
        { "E64 SYS_PTRACE alone", Capability, c, n1, Drawn::None, withPod("", capability("SYS_PTRACE")) },
        { "E64 DAC_READ_SEARCH", Capability, c, n1, Drawn::NeedsFact, withPod("", capability("DAC_READ_SEARCH")) },
        { "E64 harmless", Capability, c, n1, Drawn::None, withPod("", capability("NET_BIND_SERVICE")) },
        { "E64 user namespace", Capability, c, n1, Drawn::None, withPod("hostUsers: false", capability("SYS_MODULE")) },

        { "E73", HostPid, c, other, Drawn::NeedsFact, withPod("hostPID: true") },
        { "E73 not set", HostPid, c, other, Drawn::None, withPod("hostPID: false") },
        { "E73 other node", HostPid, c, other, Drawn::None,
            nodeYaml("n1") + nodeYaml("n2") + podYaml("shop", "web", "hostPID: true")
                + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: other, namespace: shop}\nspec: {nodeName: n2, "
                  "containers: [{name: c, image: 'a:1'}]}\nstatus: {phase: Running}\n" },
        { "E74", HostIpc, c, "pod/shop/third", Drawn::NeedsFact,
            withPod("hostIPC: true") + podYaml("shop", "third", "hostIPC: true") },
        { "E74 the other does not share", HostIpc, c, other, Drawn::None, withPod("hostIPC: true") },
        { "E74 not set", HostIpc, c, "pod/shop/third", Drawn::None,
            withPod("") + podYaml("shop", "third", "hostIPC: true") },

        { "E75", HostProcess, c, n1, Drawn::Confirmed, onWindows(withPod(windows, hostProcess)) },
        { "E75 on Linux", HostProcess, c, n1, Drawn::None, withPod(windows, hostProcess) },
        { "E75 not set", HostProcess, c, n1, Drawn::None,
            onWindows(withPod(windows, "securityContext: {windowsOptions: {hostProcess: false}}")) },
        { "E75 other node", HostProcess, c, "node/n2", Drawn::None, onWindows(withPod(windows, hostProcess)) },
    };
}

inline std::vector<TechniqueCase> hostPathCases()
{
    using enum attack::Technique;
    const std::string c = "container/pod/shop/web/c", n1 = "node/n1";
    const std::string notRoot = "securityContext: {runAsUser: 1000}";
    return {
        { "E65 /etc/kubernetes", HostPathRead, c, n1, Drawn::Confirmed, withMount("/etc/kubernetes", true) },
        { "E65 the root, read only", HostPathRead, c, n1, Drawn::Confirmed, withMount("/var/lib/kubelet/pki", true) },
        { "E65 not root", HostPathRead, c, n1, Drawn::NeedsFact, withMount("/etc/kubernetes", true, notRoot) },
        { "E65 time zone", HostPathRead, c, n1, Drawn::None, withMount("/etc/localtime", true) },
        { "E65 not mounted", HostPathRead, c, n1, Drawn::None,
            withPod("volumes: [{name: v, hostPath: {path: /etc/kubernetes}}]") },
        { "E65 a name that begins alike", HostPathRead, c, n1, Drawn::None, withMount("/etc/kubernetes-other", true) },

        { "E66 cron", HostPathWrite, c, n1, Drawn::Confirmed, withMount("/etc/cron.d") },
        { "E66 around a corner", HostPathWrite, c, n1, Drawn::Confirmed, withMount("/opt/x/../../usr/bin/") },
        { "E66 read only", HostPathWrite, c, n1, Drawn::None, withMount("/etc/cron.d", true) },
        { "E66 not root", HostPathWrite, c, n1, Drawn::NeedsFact, withMount("/etc/cron.d", false, notRoot) },
        { "E66 a folder of its own", HostPathWrite, c, n1, Drawn::None, withMount("/data/shop") },

        { "E67", StaticPodPath, c, n1, Drawn::Confirmed, withMount("/etc/kubernetes/manifests") },
        { "E67 above it", StaticPodPath, c, n1, Drawn::Confirmed, withMount("/etc/kubernetes") },
        { "E67 read only", StaticPodPath, c, n1, Drawn::None, withMount("/etc/kubernetes/manifests", true) },
        { "E67 beside it", StaticPodPath, c, n1, Drawn::None, withMount("/etc/kubernetes/pki") },

        { "E68", RuntimeSocket, c, n1, Drawn::Confirmed, withMount("/run/containerd/containerd.sock") },
        { "E68 read only", RuntimeSocket, c, n1, Drawn::Confirmed, withMount("/var/run/docker.sock", true) },
        { "E68 folder", RuntimeSocket, c, n1, Drawn::Confirmed, withMount("/var/run") },
        { "E68 not root", RuntimeSocket, c, n1, Drawn::NeedsFact, withMount("/run/crio/crio.sock", false, notRoot) },
        { "E68 another socket", RuntimeSocket, c, n1, Drawn::None, withMount("/run/shop/app.sock") },
        { "E68 kubelet's plugins", RuntimeSocket, c, n1, Drawn::None, withMount("/var/lib/kubelet/plugins") },

        { "E69", VarLog, c, n1, Drawn::NeedsFact, withMount("/var/log") },
        { "E69 folder of the pods' logs", VarLog, c, n1, Drawn::NeedsFact, withMount("/var/log/pods") },
        { "E69 read only", VarLog, c, n1, Drawn::None, withMount("/var/log", true) },
        { "E69 not root", VarLog, c, n1, Drawn::None, withMount("/var/log", false, notRoot) },
        { "E69 a folder of its own", VarLog, c, n1, Drawn::None, withMount("/var/log/shop") },

        { "E70 proc", ProcMount, c, n1, Drawn::Confirmed, withMount("/proc") },
        { "E70 sys", ProcMount, c, n1, Drawn::Confirmed, withMount("/sys") },
        { "E70 read only", ProcMount, c, n1, Drawn::None, withMount("/proc", true) },
        { "E70 unmasked", ProcMount, c, n1, Drawn::Confirmed, withPod("", "securityContext: {procMount: Unmasked}") },
        { "E70 unmasked in a user namespace", ProcMount, c, n1, Drawn::None,
            withPod("hostUsers: false", "securityContext: {procMount: Unmasked}") },
        { "E70 unmasked, not root", ProcMount, c, n1, Drawn::None,
            withPod("", "securityContext: {procMount: Unmasked, runAsUser: 1000}") },

        { "E71", KubeletFolder, c, "pod/shop/other", Drawn::Confirmed, withMount("/var/lib/kubelet/pods", true) },
        { "E71 other node", KubeletFolder, c, "pod/shop/third", Drawn::None,
            withMount("/var/lib/kubelet/pods", true)
                + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: third, namespace: shop}\nspec: {nodeName: n2, "
                  "containers: [{name: c, image: 'a:1'}]}\nstatus: {phase: Running}\n" },
        { "E71 plugins", KubeletFolder, c, "pod/shop/other", Drawn::None, withMount("/var/lib/kubelet/plugins") },
        { "E71 not root", KubeletFolder, c, "pod/shop/other", Drawn::NeedsFact,
            withMount("/var/lib/kubelet/pods", true, notRoot) },
    };
}

} // namespace plimsoll::test
