// SPDX-License-Identifier: Apache-2.0
// Writes a large dump as "kubectl get ... -A -o json --show-managed-fields" would: one List, four spaces a level,
// objects as a cluster stores them (status, owner references, managedFields), about 13 kB a pod. Streaming; the same
// bytes for the same arguments.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

// SplitMix64: the standard library's distributions differ between implementations.
class Random {
public:
    explicit Random(std::uint64_t seed)
        : m_state(seed)
    {
    }
    std::uint64_t next()
    {
        std::uint64_t z = m_state += 0x9E3779B97F4A7C15ULL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }
    unsigned below(unsigned count) { return static_cast<unsigned>(next() % count); }
    bool oneIn(unsigned count) { return below(count) == 0; }
    std::string hex(unsigned digits)
    {
        std::string out;
        while (out.size() < digits)
            out += "0123456789abcdef"[below(16)];
        return out;
    }
    std::string uid() { return hex(8) + '-' + hex(4) + "-4" + hex(3) + "-a" + hex(3) + '-' + hex(12); }
    std::string suffix(unsigned length) // as the API server makes names
    {
        std::string out;
        while (out.size() < length)
            out += "bcdfghjklmnpqrstvwxz2456789"[below(27)];
        return out;
    }

private:
    std::uint64_t m_state;
};

// Pretty-printed JSON to standard output.
class Writer {
public:
    void open(std::string_view key = {}) { begin(key, '{'); }
    void list(std::string_view key) { begin(key, '['); }
    void close()
    {
        const char bracket = m_closing.back();
        m_closing.pop_back();
        if (!m_isFirst)
            newLine();
        m_text += bracket;
        m_isFirst = false;
    }
    void string(std::string_view key, std::string_view value)
    {
        lead(key);
        quote(value);
    }
    void raw(std::string_view key, std::string_view value) // number, boolean, null, {} or []
    {
        lead(key);
        m_text += value;
    }
    void number(std::string_view key, std::uint64_t value) { raw(key, std::to_string(value)); }
    void flush(bool isEnd)
    {
        if (m_text.size() < (1u << 20) && !isEnd)
            return;
        m_bytes += m_text.size();
        if (std::fwrite(m_text.data(), 1, m_text.size(), stdout) != m_text.size())
            std::exit(1);
        m_text.clear();
    }
    std::uint64_t bytes() const { return m_bytes; }

private:
    void newLine()
    {
        m_text += '\n';
        m_text.append(4 * m_closing.size(), ' ');
    }
    void quote(std::string_view text)
    {
        m_text += '"';
        for (const char c : text) {
            if (c == '"' || c == '\\')
                m_text += '\\';
            m_text += c;
        }
        m_text += '"';
    }
    void lead(std::string_view key)
    {
        if (!m_isFirst)
            m_text += ',';
        m_isFirst = false;
        if (!m_closing.empty())
            newLine();
        if (!key.empty()) {
            quote(key);
            m_text += ": ";
        }
    }
    void begin(std::string_view key, char bracket)
    {
        lead(key);
        m_text += bracket;
        m_closing += bracket == '{' ? '}' : ']';
        m_isFirst = true;
    }

    std::string m_text;
    std::string m_closing;
    bool m_isFirst = true;
    std::uint64_t m_bytes = 0;
};

struct Team {
    std::string ns;
    unsigned index;
};

// A Deployment with its ReplicaSet, Service and pods.
struct App {
    std::string ns, name, serviceAccount, image, hash, replicaSetUid;
    unsigned replicas = 1;
    unsigned containers = 1;
    unsigned flavour = 0; // which faults its template has
};

constexpr std::string_view createdAt = "2026-11-02T08:15:00Z";

class Generator {
public:
    Generator(unsigned pods, std::uint64_t seed)
        : m_pods(pods)
        , m_random(seed)
    {
    }

    void run()
    {
        m_out.open();
        m_out.string("apiVersion", "v1");
        m_out.list("items");
        plan();
        for (unsigned i = 0; i < m_nodes; ++i)
            node(i);
        clusterRoles();
        for (const Team& team : m_teams)
            ofTeam(team);
        for (App& app : m_apps)
            ofApp(app);
        m_out.close();
        m_out.string("kind", "List");
        m_out.open("metadata");
        m_out.string("resourceVersion", "");
        m_out.close();
        m_out.close();
        m_out.flush(true);
        std::fprintf(stderr, "%u pods, %u objects, %llu bytes\n", m_written, m_objects,
            static_cast<unsigned long long>(m_out.bytes()) + 1);
        std::fputc('\n', stdout);
    }

private:
    // 30 pods a node, 100 pods a namespace, 1 to 12 replicas a Deployment.
    void plan()
    {
        m_nodes = m_pods / 30 + 1;
        for (unsigned i = 0; i < m_pods / 100 + 1; ++i)
            m_teams.push_back({ "team-" + std::to_string(i), i });
        static constexpr std::string_view words[]
            = { "api", "web", "worker", "cache", "billing", "search", "mail", "queue", "auth", "report" };
        unsigned planned = 0;
        for (unsigned i = 0; planned < m_pods; ++i) {
            App app;
            app.ns = m_teams[i % m_teams.size()].ns;
            app.name = std::string(words[m_random.below(10)]) + '-' + std::to_string(i);
            app.serviceAccount = m_random.oneIn(3) ? "default" : "sa-" + std::to_string(m_random.below(4));
            app.image = "registry.example.com/" + app.ns + '/' + app.name
                + (m_random.oneIn(8) ? ":latest" : ":1." + std::to_string(m_random.below(40)));
            app.hash = m_random.suffix(10);
            app.replicaSetUid = m_random.uid();
            app.replicas = std::min(1 + m_random.below(12), m_pods - planned);
            app.containers = m_random.oneIn(4) ? 2 : 1;
            app.flavour = m_random.below(16);
            planned += app.replicas;
            m_apps.push_back(std::move(app));
        }
    }

    void begin(std::string_view apiVersion, std::string_view kind, std::string_view ns, std::string_view name)
    {
        m_out.open();
        m_out.string("apiVersion", apiVersion);
        m_out.string("kind", kind);
        m_out.open("metadata");
        m_out.string("creationTimestamp", createdAt);
        m_out.string("name", name);
        if (!ns.empty())
            m_out.string("namespace", ns);
        m_out.string("resourceVersion", std::to_string(100000 + m_objects));
        m_out.string("uid", m_random.uid());
        ++m_objects;
    }

    void end()
    {
        m_out.close();
        m_out.flush(false);
    }

    void labels(const App& app, std::string_view key)
    {
        m_out.open(key);
        m_out.string("app.kubernetes.io/managed-by", "Helm");
        m_out.string("app.kubernetes.io/name", app.name);
        m_out.string("app.kubernetes.io/part-of", app.ns);
        m_out.close();
    }

    void node(unsigned index)
    {
        begin("v1", "Node", {}, nodeName(index));
        m_out.close();
        m_out.open("spec");
        m_out.string("podCIDR", "10.244.0.0/24");
        m_out.close();
        m_out.open("status");
        m_out.open("nodeInfo");
        m_out.string("architecture", "amd64");
        m_out.string("containerRuntimeVersion", "containerd://2.1.4");
        m_out.string("kubeletVersion", "v1.36.2");
        m_out.string("osImage", "Debian GNU/Linux 12 (bookworm)");
        m_out.close();
        m_out.close();
        end();
    }

    static std::string nodeName(unsigned index) { return "node-" + std::to_string(index) + ".example.com"; }

    void rule(std::string_view group, std::string_view resource, const std::vector<std::string_view>& verbs)
    {
        m_out.open();
        m_out.list("apiGroups");
        m_out.string({}, group);
        m_out.close();
        m_out.list("resources");
        m_out.string({}, resource);
        m_out.close();
        m_out.list("verbs");
        for (const std::string_view verb : verbs)
            m_out.string({}, verb);
        m_out.close();
        m_out.close();
    }

    void clusterRoles()
    {
        for (unsigned i = 0; i < 60; ++i) {
            begin("rbac.authorization.k8s.io/v1", "ClusterRole", {}, "tool-" + std::to_string(i));
            m_out.close();
            m_out.list("rules");
            rule("", i % 10 == 0 ? "*" : "pods", { "get", "list", "watch" });
            rule("apps", "deployments", { "get", "list", i % 7 == 0 ? "*" : "watch" });
            m_out.close();
            end();
            binding("ClusterRoleBinding", {}, "tool-" + std::to_string(i), "ClusterRole", "tool-" + std::to_string(i),
                m_teams[i % m_teams.size()].ns, "sa-" + std::to_string(i % 4));
        }
    }

    void binding(std::string_view kind, std::string_view ns, std::string_view name, std::string_view roleKind,
        std::string_view role, std::string_view subjectNamespace, std::string_view subject)
    {
        begin("rbac.authorization.k8s.io/v1", kind, ns, name);
        m_out.close();
        m_out.open("roleRef");
        m_out.string("apiGroup", "rbac.authorization.k8s.io");
        m_out.string("kind", roleKind);
        m_out.string("name", role);
        m_out.close();
        m_out.list("subjects");
        m_out.open();
        m_out.string("kind", "ServiceAccount");
        m_out.string("name", subject);
        m_out.string("namespace", subjectNamespace);
        m_out.close();
        m_out.close();
        end();
    }

    void ofTeam(const Team& team)
    {
        begin("v1", "Namespace", {}, team.ns);
        m_out.open("labels");
        m_out.string("kubernetes.io/metadata.name", team.ns);
        if (team.index % 3 == 0)
            m_out.string("pod-security.kubernetes.io/enforce", "baseline");
        m_out.close();
        m_out.close();
        end();
        for (unsigned i = 0; i < 5; ++i) {
            begin("v1", "ServiceAccount", team.ns, i == 4 ? "default" : "sa-" + std::to_string(i));
            m_out.close();
            end();
        }
        begin("rbac.authorization.k8s.io/v1", "Role", team.ns, "reader");
        m_out.close();
        m_out.list("rules");
        rule("", team.index % 5 == 0 ? "secrets" : "configmaps", { "get", "list" });
        m_out.close();
        end();
        binding("RoleBinding", team.ns, "reader", "Role", "reader", team.ns, "sa-0");
        if (team.index % 2 == 0) {
            begin("networking.k8s.io/v1", "NetworkPolicy", team.ns, "default-deny");
            m_out.close();
            m_out.open("spec");
            m_out.raw("podSelector", "{}");
            m_out.list("policyTypes");
            m_out.string({}, "Ingress");
            m_out.close();
            m_out.close();
            end();
        }
    }

    void ofApp(const App& app)
    {
        begin("apps/v1", "Deployment", app.ns, app.name);
        labels(app, "labels");
        m_out.close();
        workloadSpec(app, false);
        end();
        begin("apps/v1", "ReplicaSet", app.ns, app.name + '-' + app.hash);
        labels(app, "labels");
        owner("apps/v1", "Deployment", app.name, m_random.uid());
        m_out.close();
        workloadSpec(app, true);
        end();
        begin("v1", "Service", app.ns, app.name);
        m_out.close();
        m_out.open("spec");
        m_out.string("clusterIP", "10.96.0.1");
        m_out.list("ports");
        m_out.open();
        m_out.number("port", 80);
        m_out.string("protocol", "TCP");
        m_out.number("targetPort", 8080);
        m_out.close();
        m_out.close();
        labels(app, "selector");
        m_out.string("type", "ClusterIP");
        m_out.close();
        end();
        for (unsigned i = 0; i < app.replicas; ++i)
            pod(app);
    }

    void owner(std::string_view apiVersion, std::string_view kind, std::string_view name, std::string_view uid)
    {
        m_out.list("ownerReferences");
        m_out.open();
        m_out.string("apiVersion", apiVersion);
        m_out.raw("blockOwnerDeletion", "true");
        m_out.raw("controller", "true");
        m_out.string("kind", kind);
        m_out.string("name", name);
        m_out.string("uid", uid);
        m_out.close();
        m_out.close();
    }

    void workloadSpec(const App& app, bool isReplicaSet)
    {
        m_out.open("spec");
        m_out.number("replicas", app.replicas);
        m_out.open("selector");
        labels(app, "matchLabels");
        m_out.close();
        m_out.open("template");
        m_out.open("metadata");
        labels(app, "labels");
        m_out.close();
        m_out.open("spec");
        podSpec(app, {}, {});
        m_out.close();
        m_out.close();
        m_out.close();
        m_out.open("status");
        m_out.number(isReplicaSet ? "fullyLabeledReplicas" : "updatedReplicas", app.replicas);
        m_out.number("readyReplicas", app.replicas);
        m_out.number("replicas", app.replicas);
        m_out.close();
    }

    void probe(std::string_view key, std::string_view path)
    {
        m_out.open(key);
        m_out.number("failureThreshold", 3);
        m_out.open("httpGet");
        m_out.string("path", path);
        m_out.string("port", "http");
        m_out.string("scheme", "HTTP");
        m_out.close();
        m_out.number("periodSeconds", 10);
        m_out.number("successThreshold", 1);
        m_out.number("timeoutSeconds", 1);
        m_out.close();
    }

    void environment(const App& app)
    {
        m_out.list("env");
        static constexpr std::string_view names[]
            = { "LOG_LEVEL", "CACHE_HOST", "QUEUE_HOST", "REGION", "FEATURE_FLAGS", "TRACING_ENDPOINT" };
        for (const std::string_view name : names) {
            m_out.open();
            m_out.string("name", name);
            m_out.string(
                "value", std::string(name.substr(0, 4)) + "-of-" + app.name + '.' + app.ns + ".svc.cluster.local");
            m_out.close();
        }
        m_out.open();
        m_out.string("name", "DATABASE_PASSWORD");
        if (app.flavour == 3) {
            m_out.string("value", "correct-horse-" + app.hash);
        } else {
            m_out.open("valueFrom");
            m_out.open("secretKeyRef");
            m_out.string("key", "password");
            m_out.string("name", app.name + "-database");
            m_out.close();
            m_out.close();
        }
        m_out.close();
        m_out.open();
        m_out.string("name", "POD_IP");
        m_out.open("valueFrom");
        m_out.open("fieldRef");
        m_out.string("apiVersion", "v1");
        m_out.string("fieldPath", "status.podIP");
        m_out.close();
        m_out.close();
        m_out.close();
        m_out.close();
    }

    void securityContext(const App& app)
    {
        m_out.open("securityContext");
        m_out.raw("allowPrivilegeEscalation", app.flavour < 8 ? "false" : "true");
        m_out.open("capabilities");
        m_out.list(app.flavour == 5 ? "add" : "drop");
        m_out.string({}, app.flavour == 5 ? "SYS_ADMIN" : "ALL");
        m_out.close();
        m_out.close();
        if (app.flavour == 1)
            m_out.raw("privileged", "true");
        m_out.raw("readOnlyRootFilesystem", app.flavour % 2 == 0 ? "true" : "false");
        m_out.raw("runAsNonRoot", app.flavour == 9 ? "false" : "true");
        m_out.open("seccompProfile");
        m_out.string("type", "RuntimeDefault");
        m_out.close();
        m_out.close();
    }

    void container(const App& app, unsigned index, std::string_view token)
    {
        m_out.open();
        m_out.list("args");
        m_out.string({}, "--listen=:8080");
        m_out.string({}, "--config=/etc/" + app.name + "/config.yaml");
        m_out.close();
        environment(app);
        m_out.string("image", app.image);
        m_out.string("imagePullPolicy", "IfNotPresent");
        probe("livenessProbe", "/healthz");
        m_out.string("name", index == 0 ? app.name : "sidecar");
        m_out.list("ports");
        m_out.open();
        m_out.number("containerPort", 8080);
        m_out.string("name", "http");
        m_out.string("protocol", "TCP");
        m_out.close();
        m_out.close();
        probe("readinessProbe", "/ready");
        m_out.open("resources");
        m_out.open("limits");
        m_out.string("cpu", "500m");
        m_out.string("memory", "256Mi");
        m_out.close();
        m_out.open("requests");
        m_out.string("cpu", "100m");
        m_out.string("memory", "128Mi");
        m_out.close();
        m_out.close();
        securityContext(app);
        m_out.string("terminationMessagePath", "/dev/termination-log");
        m_out.string("terminationMessagePolicy", "File");
        m_out.list("volumeMounts");
        mount("/etc/" + app.name, "config");
        mount("/tmp", "tmp");
        if (!token.empty())
            mount("/var/run/secrets/kubernetes.io/serviceaccount", token);
        m_out.close();
        m_out.close();
    }

    void mount(std::string_view path, std::string_view name)
    {
        m_out.open();
        m_out.string("mountPath", path);
        m_out.string("name", name);
        m_out.raw("readOnly", "true");
        m_out.close();
    }

    void podSpec(const App& app, std::string_view nodeOf, std::string_view token)
    {
        m_out.list("containers");
        for (unsigned i = 0; i < app.containers; ++i)
            container(app, i, token);
        m_out.close();
        m_out.string("dnsPolicy", "ClusterFirst");
        m_out.raw("enableServiceLinks", "true");
        if (app.flavour == 2)
            m_out.raw("hostNetwork", "true");
        if (!nodeOf.empty())
            m_out.string("nodeName", nodeOf);
        m_out.string("preemptionPolicy", "PreemptLowerPriority");
        m_out.number("priority", 0);
        m_out.string("restartPolicy", "Always");
        m_out.string("schedulerName", "default-scheduler");
        m_out.open("securityContext");
        m_out.number("fsGroup", 1000);
        m_out.close();
        m_out.string("serviceAccount", app.serviceAccount);
        m_out.string("serviceAccountName", app.serviceAccount);
        m_out.number("terminationGracePeriodSeconds", 30);
        m_out.list("tolerations");
        for (const std::string_view key : { "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable" }) {
            m_out.open();
            m_out.string("effect", "NoExecute");
            m_out.string("key", key);
            m_out.string("operator", "Exists");
            m_out.number("tolerationSeconds", 300);
            m_out.close();
        }
        m_out.close();
        volumes(app, token);
    }

    void volumes(const App& app, std::string_view token)
    {
        m_out.list("volumes");
        m_out.open();
        m_out.open("configMap");
        m_out.number("defaultMode", 420);
        m_out.string("name", app.name);
        m_out.close();
        m_out.string("name", "config");
        m_out.close();
        m_out.open();
        if (app.flavour == 4) {
            m_out.open("hostPath");
            m_out.string("path", "/var/lib/" + app.name);
            m_out.close();
        } else {
            m_out.raw("emptyDir", "{}");
        }
        m_out.string("name", "tmp");
        m_out.close();
        if (!token.empty())
            tokenVolume(token);
        m_out.close();
    }

    void tokenVolume(std::string_view token)
    {
        m_out.open();
        m_out.string("name", token);
        m_out.open("projected");
        m_out.number("defaultMode", 420);
        m_out.list("sources");
        m_out.open();
        m_out.open("serviceAccountToken");
        m_out.number("expirationSeconds", 3607);
        m_out.string("path", "token");
        m_out.close();
        m_out.close();
        m_out.open();
        m_out.open("configMap");
        m_out.list("items");
        m_out.open();
        m_out.string("key", "ca.crt");
        m_out.string("path", "ca.crt");
        m_out.close();
        m_out.close();
        m_out.string("name", "kube-root-ca.crt");
        m_out.close();
        m_out.close();
        m_out.close();
        m_out.close();
        m_out.close();
    }

    void pod(const App& app)
    {
        const std::string name = app.name + '-' + app.hash + '-' + m_random.suffix(5);
        const unsigned nodeIndex = m_random.below(m_nodes);
        const std::string address = "10." + std::to_string(m_random.below(256)) + '.'
            + std::to_string(m_random.below(256)) + '.' + std::to_string(1 + m_random.below(250));
        m_out.open();
        m_out.string("apiVersion", "v1");
        m_out.string("kind", "Pod");
        m_out.open("metadata");
        m_out.open("annotations");
        m_out.string("checksum/config", m_random.hex(64));
        m_out.string("prometheus.io/scrape", "true");
        m_out.close();
        m_out.string("creationTimestamp", createdAt);
        m_out.string("generateName", app.name + '-' + app.hash + '-');
        m_out.open("labels");
        m_out.string("app.kubernetes.io/managed-by", "Helm");
        m_out.string("app.kubernetes.io/name", app.name);
        m_out.string("app.kubernetes.io/part-of", app.ns);
        m_out.string("pod-template-hash", app.hash);
        m_out.close();
        managedFields(app, address);
        m_out.string("name", name);
        m_out.string("namespace", app.ns);
        owner("apps/v1", "ReplicaSet", app.name + '-' + app.hash, app.replicaSetUid);
        m_out.string("resourceVersion", std::to_string(100000 + m_objects));
        m_out.string("uid", m_random.uid());
        m_out.close();
        m_out.open("spec");
        podSpec(app, nodeName(nodeIndex), "kube-api-access-" + m_random.suffix(5));
        m_out.close();
        status(app, address, nodeIndex);
        end();
        ++m_objects;
        ++m_written;
    }

    void fields(const std::vector<std::string_view>& names)
    {
        for (const std::string_view name : names)
            m_out.raw(name, "{}");
    }

    void managedFields(const App& app, std::string_view address)
    {
        m_out.list("managedFields");
        m_out.open();
        m_out.string("apiVersion", "v1");
        m_out.string("fieldsType", "FieldsV1");
        m_out.open("fieldsV1");
        m_out.open("f:metadata");
        m_out.open("f:labels");
        fields({ ".", "f:app.kubernetes.io/managed-by", "f:app.kubernetes.io/name", "f:pod-template-hash" });
        m_out.close();
        m_out.close();
        m_out.open("f:spec");
        m_out.open("f:containers");
        for (unsigned i = 0; i < app.containers; ++i) {
            m_out.open("k:{\"name\":\"" + (i == 0 ? app.name : std::string("sidecar")) + "\"}");
            fields({ ".", "f:args", "f:image", "f:imagePullPolicy", "f:name", "f:terminationMessagePath",
                "f:terminationMessagePolicy" });
            m_out.open("f:env");
            for (const std::string_view name :
                { "LOG_LEVEL", "CACHE_HOST", "QUEUE_HOST", "REGION", "DATABASE_PASSWORD" }) {
                m_out.open("k:{\"name\":\"" + std::string(name) + "\"}");
                fields({ ".", "f:name", "f:value" });
                m_out.close();
            }
            m_out.close();
            m_out.open("f:livenessProbe");
            fields({ ".", "f:failureThreshold", "f:periodSeconds", "f:successThreshold", "f:timeoutSeconds" });
            m_out.close();
            m_out.open("f:securityContext");
            fields({ ".", "f:allowPrivilegeEscalation", "f:readOnlyRootFilesystem", "f:runAsNonRoot" });
            m_out.close();
            m_out.close();
        }
        m_out.close();
        fields({ "f:dnsPolicy", "f:enableServiceLinks", "f:restartPolicy", "f:schedulerName", "f:serviceAccount",
            "f:serviceAccountName" });
        m_out.close();
        m_out.close();
        m_out.string("manager", "kube-controller-manager");
        m_out.string("operation", "Update");
        m_out.string("time", createdAt);
        m_out.close();
        m_out.open();
        m_out.string("apiVersion", "v1");
        m_out.string("fieldsType", "FieldsV1");
        m_out.open("fieldsV1");
        m_out.open("f:status");
        m_out.open("f:conditions");
        for (const std::string_view type : { "ContainersReady", "Initialized", "Ready" }) {
            m_out.open("k:{\"type\":\"" + std::string(type) + "\"}");
            fields({ ".", "f:lastProbeTime", "f:lastTransitionTime", "f:status", "f:type" });
            m_out.close();
        }
        m_out.close();
        fields({ "f:containerStatuses", "f:hostIP", "f:phase", "f:podIP" });
        m_out.open("f:podIPs");
        m_out.open("k:{\"ip\":\"" + std::string(address) + "\"}");
        fields({ ".", "f:ip" });
        m_out.close();
        m_out.close();
        m_out.close();
        m_out.close();
        m_out.string("manager", "kubelet");
        m_out.string("operation", "Update");
        m_out.string("subresource", "status");
        m_out.string("time", createdAt);
        m_out.close();
        m_out.close();
    }

    void status(const App& app, std::string_view address, unsigned nodeIndex)
    {
        m_out.open("status");
        m_out.list("conditions");
        for (const std::string_view type :
            { "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled" }) {
            m_out.open();
            m_out.raw("lastProbeTime", "null");
            m_out.string("lastTransitionTime", createdAt);
            m_out.string("status", "True");
            m_out.string("type", type);
            m_out.close();
        }
        m_out.close();
        m_out.list("containerStatuses");
        for (unsigned i = 0; i < app.containers; ++i) {
            m_out.open();
            m_out.string("containerID", "containerd://" + m_random.hex(64));
            m_out.string("image", app.image);
            m_out.string("imageID", "registry.example.com/" + app.ns + '/' + app.name + "@sha256:" + m_random.hex(64));
            m_out.raw("lastState", "{}");
            m_out.string("name", i == 0 ? app.name : "sidecar");
            m_out.raw("ready", "true");
            m_out.number("restartCount", m_random.below(3));
            m_out.raw("started", "true");
            m_out.open("state");
            m_out.open("running");
            m_out.string("startedAt", createdAt);
            m_out.close();
            m_out.close();
            m_out.close();
        }
        m_out.close();
        const std::string host = "10.20." + std::to_string(nodeIndex / 250) + '.' + std::to_string(nodeIndex % 250);
        m_out.string("hostIP", host);
        m_out.string("phase", "Running");
        m_out.string("podIP", address);
        m_out.list("podIPs");
        m_out.open();
        m_out.string("ip", address);
        m_out.close();
        m_out.close();
        m_out.string("qosClass", "Burstable");
        m_out.string("startTime", createdAt);
        m_out.close();
    }

    unsigned m_pods;
    Random m_random;
    Writer m_out;
    unsigned m_nodes = 0;
    std::vector<Team> m_teams;
    std::vector<App> m_apps;
    unsigned m_objects = 0;
    unsigned m_written = 0;
};

} // namespace

int main(int argc, char** argv)
{
    if (argc < 2 || argc > 3 || std::atoi(argv[1]) <= 0) {
        std::fprintf(stderr, "usage: plimsoll_generate PODS [SEED] > FILE.json\n");
        return 2;
    }
    Generator(static_cast<unsigned>(std::atoi(argv[1])), argc == 3 ? std::strtoull(argv[2], nullptr, 10) : 1).run();
    return 0;
}
