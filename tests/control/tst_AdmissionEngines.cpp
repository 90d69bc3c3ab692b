// SPDX-License-Identifier: Apache-2.0
// The controls M05 to M23 and T02 to T07 that look at whole objects.
#include "tests/control/RunControl.h"

using namespace plimsoll;

namespace {

std::string object(
    const std::string& version, const std::string& kind, const std::string& metadata, const std::string& rest = {})
{
    return "---\napiVersion: " + version + "\nkind: " + kind + "\nmetadata: {" + metadata + "}\n" + rest;
}

std::string emptyList(const std::string& version, const std::string& kind)
{
    return "---\napiVersion: " + version + "\nkind: " + kind + "List\nitems: []\n";
}

std::string space(const std::string& name, const std::string& rest = {})
{
    return object("v1", "Namespace", "name: " + name, rest);
}

std::string runningPod(const std::string& name, const std::string& metadata, const std::string& spec = {})
{
    return object("v1", "Pod", "name: " + name + ", " + metadata,
        "spec: {containers: [{name: a, image: 'b:1'}]" + spec + "}\nstatus: {phase: Running}\n");
}

const std::string admission = "admissionregistration.k8s.io/v1";

std::string bound(const std::string& policySpec, const std::string& actions)
{
    return object(admission, "ValidatingAdmissionPolicy", "name: p", "spec: {" + policySpec + "}\n")
        + object(admission, "ValidatingAdmissionPolicyBinding", "name: b",
            "spec: {policyName: p, validationActions: [" + actions + "]}\n");
}

std::string hook(const std::string& rest, const std::string& kind = "Validating")
{
    return object(
               admission, kind + "WebhookConfiguration", "name: w", "webhooks: [{name: a.example.com, " + rest + "}]\n")
        + emptyList(admission, (kind == "Mutating" ? "Validating" : "Mutating") + std::string("WebhookConfiguration"));
}

const std::string service = object("v1", "Service", "name: s, namespace: shop");
const std::string podRules = "rules: [{apiGroups: [''], resources: [pods], operations: [CREATE]}]";
const std::string toService = ", clientConfig: {service: {name: s, namespace: shop}}";

std::string ingress(const std::string& spec, const std::string& metadata = {})
{
    return object("networking.k8s.io/v1", "Ingress", "name: web, namespace: shop" + metadata, "spec: {" + spec + "}\n");
}

std::string certificate(const std::string& names, const std::string& notAfter)
{
    return object("cert-manager.io/v1", "Certificate", "name: c, namespace: shop",
        "spec: {secretName: t, dnsNames: [" + names + "]}\nstatus: {notAfter: '" + notAfter + "'}\n");
}

} // namespace

class tst_AdmissionEngines : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void judges_data();
    void judges();

private:
    void policyRows();
    void exceptionRows();
    void tenantRows();
    void nodeRows();
    void tlsRows();
    static void row(const char* situation, const char* id, const std::string& yaml, const std::string& expected)
    {
        QTest::addRow("%s: %s", id, situation) << "PLM-" + std::string(id) << yaml << expected;
    }
};

void tst_AdmissionEngines::judges_data()
{
    QTest::addColumn<std::string>("control");
    QTest::addColumn<std::string>("yaml");
    QTest::addColumn<std::string>("expected");
    policyRows();
    exceptionRows();
    tenantRows();
    nodeRows();
    tlsRows();
}

void tst_AdmissionEngines::policyRows()
{
    const std::string p = "validatingadmissionpolicy/p ";
    row("denies", "M05", bound("failurePolicy: Fail", "Deny"), p + "pass\n");
    row("audits", "M05", bound("failurePolicy: Fail", "Audit, Warn"), p + "fail\n");
    row("ignores failures", "M05", bound("failurePolicy: Ignore", "Deny"), p + "fail\n");
    row("is bound by nothing", "M05",
        object(admission, "ValidatingAdmissionPolicy", "name: p", "spec: {}\n")
            + emptyList(admission, "ValidatingAdmissionPolicyBinding"),
        p + "fail\n");
    row("fields of wrong types", "M05", bound("failurePolicy: [1]", "Deny"), p + "pass\n");
    row("no bindings in the source", "M05", object(admission, "ValidatingAdmissionPolicy", "name: p", "spec: {}\n"),
        "- not assessed\n");
    const std::string w = "validatingwebhookconfiguration/w ";
    row("one", "M06", hook(podRules + toService), w + "fail\n");
    row("none in it", "M06",
        object(admission, "ValidatingWebhookConfiguration", "name: w", "webhooks: []\n")
            + emptyList(admission, "MutatingWebhookConfiguration"),
        w + "pass\n");
    row("one kind is not in the source", "M06", object(admission, "ValidatingWebhookConfiguration", "name: w"),
        "- not assessed\n");
    row("fails closed", "M07", hook(podRules + toService + ", failurePolicy: Fail, timeoutSeconds: 10") + service,
        w + "pass\n");
    row("fails open", "M07", hook(podRules + toService + ", failurePolicy: Ignore") + service, w + "fail\n");
    row("waits long", "M07", hook(podRules + toService + ", timeoutSeconds: 30") + service, w + "fail\n");
    row("a timeout of wrong type", "M07", hook(podRules + toService + ", timeoutSeconds: [30]") + service,
        w + "pass\n");
    row("its Service is gone", "M07", hook(podRules + toService) + emptyList("v1", "Service"), w + "fail\n");
    row("Services are not in the source", "M07", hook(podRules + toService), w + "pass\n");
    row("is never called", "M07", hook("failurePolicy: Ignore" + toService) + service, w + "pass\n");
    row("adds defaults only", "M07", hook(podRules + toService + ", failurePolicy: Ignore", "Mutating") + service,
        "mutatingwebhookconfiguration/w pass\n");
    const auto leavesOut = [](const std::string& key) {
        return ", objectSelector: {matchExpressions: [{key: " + key + ", operator: NotIn, values: [a]}]}";
    };
    row("passes over what a label names", "M07", hook(podRules + toService + leavesOut("skip")) + service,
        w + "fail\n");
    row("passes over namespaces, by their labels", "M07",
        hook(podRules + toService + ", namespaceSelector: {matchExpressions: [{key: skip, operator: DoesNotExist}]}")
            + service,
        w + "pass\n");
    row("no webhooks in the source", "M07", service, "- not assessed\n");
    const auto api = [](const std::string& spec) {
        return object("apiregistration.k8s.io/v1", "APIService", "name: v1.x.io", "spec: {" + spec + "}\n");
    };
    row("not verified", "M08", api("service: {name: s, namespace: shop}, insecureSkipTLSVerify: true"),
        "apiservice/v1.x.io fail\n");
    row("verified", "M08", api("service: {name: s, namespace: shop}, caBundle: eA=="), "apiservice/v1.x.io pass\n");
    row("the server itself", "M08", api("insecureSkipTLSVerify: true"), "");
    row("none in the source", "M08", service, "- not assessed\n");
}

void tst_AdmissionEngines::exceptionRows()
{
    row("left over", "M14", object("policy/v1beta1", "PodSecurityPolicy", "name: p"), "podsecuritypolicy/p fail\n");
    row("listed as none", "M14", space("kube-system") + emptyList("policy/v1beta1", "PodSecurityPolicy"),
        "namespace/kube-system pass\n");
    row("version not known", "M14", service, "- not assessed\n");
    const auto constraints = [](const std::string& rest) {
        return object("security.openshift.io/v1", "SecurityContextConstraints", "name: c", rest);
    };
    const std::string c = "securitycontextconstraints/c ";
    row("for everybody", "M15", constraints("allowPrivilegedContainer: true\ngroups: ['system:authenticated']\n"),
        c + "fail\n");
    row("for administrators", "M15", constraints("allowPrivilegedContainer: true\ngroups: ['system:cluster-admins']\n"),
        c + "pass\n");
    row("without privileges", "M15", constraints("allowPrivilegedContainer: false\ngroups: ['system:authenticated']\n"),
        c + "pass\n");
    row("no OpenShift", "M15", space("kube-system") + emptyList("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
        "namespace/kube-system pass\n");
    row("not in the source", "M15", service, "- not assessed\n");
    row("an exception", "M19",
        object(
            "kyverno.io/v2", "PolicyException", "name: e, namespace: shop", "spec: {exceptions: [{policyName: p}]}\n"),
        "policyexception/shop/e fail\n");
    const auto kyverno = [](const std::string& rule) {
        return object("kyverno.io/v1", "ClusterPolicy", "name: p", "spec: {rules: [{name: r, " + rule + "}]}\n");
    };
    row("a rule with exclude", "M19", kyverno("exclude: {any: []}"), "clusterpolicy/p fail\n");
    row("a rule without", "M19", kyverno("match: {any: []}"), "clusterpolicy/p pass\n");
    const auto config = [](const std::string& spec) {
        return object("config.gatekeeper.sh/v1alpha1", "Config", "name: c, namespace: g", "spec: {" + spec + "}\n");
    };
    row("Gatekeeper leaves out", "M19", config("match: [{excludedNamespaces: [shop]}]"), "config/g/c fail\n");
    row("Gatekeeper leaves nothing out", "M19", config("match: [{processes: ['*']}]"), "config/g/c pass\n");
    row("no engine", "M19", service, "");
}

void tst_AdmissionEngines::tenantRows()
{
    row("unmarked", "M10", runningPod("a", "namespace: kube-system"), "pod/kube-system/a fail\n");
    row("named as a part", "M10", runningPod("coredns-1", "namespace: kube-system"),
        "pod/kube-system/coredns-1 pass\n");
    row("of system priority", "M10",
        runningPod("a", "namespace: kube-system", ", priorityClassName: system-node-critical"),
        "pod/kube-system/a pass\n");
    row("elsewhere", "M10", runningPod("a", "namespace: shop"), "");
    const auto of = [](const std::string& name, const std::string& label) {
        return runningPod(name, "namespace: shop, labels: {" + label + "}");
    };
    row("two teams", "M11", space("shop") + of("a", "team: red") + of("b", "team: blue"), "namespace/shop fail\n");
    row("one team", "M11", space("shop") + of("a", "team: red") + of("b", "team: red"), "namespace/shop pass\n");
    row("no labels", "M11", space("shop") + of("a", "app: x"), "- not assessed\n");
    row("no limits", "M13", space("shop") + emptyList("v1", "LimitRange"), "namespace/shop fail\n");
    row("limits", "M13", space("shop") + object("v1", "LimitRange", "name: l, namespace: shop"),
        "namespace/shop pass\n");
    row("limits elsewhere", "M13", space("shop") + object("v1", "LimitRange", "name: l, namespace: db"),
        "namespace/shop fail\n");
    row("of the cluster", "M13", space("kube-system") + emptyList("v1", "LimitRange"), "");
    row("not in the source", "M13", space("shop"), "- not assessed\n");
    row("ending", "M16", space("shop", "status: {phase: Terminating}\n"), "namespace/shop fail\n");
    row("active", "M16", space("shop", "status: {phase: Active}\n"), "namespace/shop pass\n");
    row("a manifest", "M16", space("shop"), "");
    const std::string none = emptyList("networking.k8s.io/v1", "NetworkPolicy");
    const std::string walls = object("v1", "ResourceQuota", "name: q, namespace: shop")
        + object("v1", "LimitRange", "name: l, namespace: shop");
    const std::string held
        = object("v1", "Namespace", "name: shop, labels: {pod-security.kubernetes.io/enforce: baseline}");
    const std::string lone = runningPod("a", "namespace: shop");
    row("two are missing", "M17", space("shop") + lone + none + walls, "namespace/shop fail\n");
    row("one is missing", "M17", held + lone + none + walls, "namespace/shop pass\n");
    row("no pods", "M17", space("shop") + none + walls, "");
    row("no policies in the source", "M17", space("shop") + walls, "- not assessed\n");
    const auto team = [](const std::string& verbs) {
        const std::string group = "rbac.authorization.k8s.io";
        return object(group + "/v1", "Role", "name: r, namespace: shop",
                   "rules: [{apiGroups: [networking.k8s.io], resources: [networkpolicies], verbs: [" + verbs + "]}]\n")
            + object(group + "/v1", "RoleBinding", "name: b, namespace: shop",
                "roleRef: {apiGroup: " + group
                    + ", kind: Role, name: r}\nsubjects: [{kind: User, name: jo, apiGroup: " + group + "}]\n");
    };
    row("may delete policies", "M21", team("delete"), "rolebinding/shop/b fail\n");
    row("may read policies", "M21", team("get, list"), "rolebinding/shop/b pass\n");
    row("no bindings in the source", "M21", service, "- not assessed\n");
}

void tst_AdmissionEngines::nodeRows()
{
    const std::string nodes
        = object("v1", "Node", "name: n1") + object("v1", "Node", "name: n2") + space("prod") + space("shop");
    const std::string open = runningPod("web", "namespace: shop, labels: {app: web}", ", nodeName: n1")
        + object("v1", "Service", "name: web, namespace: shop",
            "spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}\n");
    row("beside a public pod", "M18", nodes + open + runningPod("db", "namespace: prod", ", nodeName: n1"),
        "node/n1 fail\nnode/n2 pass\n");
    row("on another node", "M18", nodes + open + runningPod("db", "namespace: prod", ", nodeName: n2"),
        "node/n1 pass\nnode/n2 pass\n");
    row("no Nodes in the source", "M18", space("prod") + open, "- not assessed\n");
    const auto scaler = [](const std::string& target) {
        return object("autoscaling/v2", "HorizontalPodAutoscaler", "name: h, namespace: shop",
            "spec: {scaleTargetRef: {" + target + "}}\n");
    };
    const std::string h = "horizontalpodautoscaler/shop/h ";
    const std::string toWeb = "apiVersion: apps/v1, kind: Deployment, name: web";
    row("no target", "M20", scaler(toWeb) + emptyList("apps/v1", "Deployment"), h + "fail\n");
    row("a target elsewhere", "M20", scaler(toWeb) + object("apps/v1", "Deployment", "name: web, namespace: db"),
        h + "fail\n");
    row("a target", "M20", scaler(toWeb) + object("apps/v1", "Deployment", "name: web, namespace: shop"), h + "pass\n");
    row("Deployments not in the source", "M20", scaler(toWeb), h + "not assessed\n");
    row("of wrong type", "M20", scaler("kind: [1]"), h + "not assessed\n");
    row("none in the source", "M20", service, "- not assessed\n");
    const auto tolerating = [](const std::string& toleration, const std::string& ns = "shop") {
        return runningPod("a", "namespace: " + ns, ", tolerations: [{" + toleration + "}]");
    };
    row("control plane", "M22", tolerating("key: node-role.kubernetes.io/control-plane, operator: Exists"),
        "pod/shop/a fail\n");
    row("everything", "M22", tolerating("operator: Exists"), "pod/shop/a fail\n");
    row("what admission adds", "M22",
        tolerating("key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute"), "pod/shop/a pass\n");
    row("a part of the cluster", "M22", tolerating("operator: Exists", "kube-system"), "");
    row("system priority", "M23", runningPod("a", "namespace: shop", ", priorityClassName: system-node-critical"),
        "pod/shop/a fail\n");
    row("own priority", "M23", runningPod("a", "namespace: shop", ", priorityClassName: high"), "pod/shop/a pass\n");
    row("a part of the cluster", "M23",
        runningPod("a", "namespace: kube-system", ", priorityClassName: system-node-critical"), "");
}

void tst_AdmissionEngines::tlsRows()
{
    const auto balancer = [](const std::string& annotations) {
        return object("v1", "Service", "name: s, namespace: shop, annotations: {" + annotations + "}",
            "spec: {type: LoadBalancer, ports: [{port: 443}]}\n");
    };
    const std::string aws = "service.beta.kubernetes.io/aws-load-balancer-";
    row("speaks HTTP", "T02", balancer(aws + "backend-protocol: http"), "service/shop/s fail\n");
    row("a certificate", "T02", balancer(aws + "ssl-cert: 'arn:x', " + aws + "backend-protocol: http"),
        "service/shop/s pass\n");
    row("hands on", "T02", balancer(""), "service/shop/s pass\n");
    row("no load balancer", "T02", service, "");
    row("no Services in the source", "T02", space("shop"), "- not assessed\n");
    const std::string nginx = "nginx.ingress.kubernetes.io/";
    const std::string web = "ingress/shop/web ";
    row("a snippet", "T03", ingress("", ", annotations: {" + nginx + "server-snippet: x}"), web + "fail\n");
    row("of the other controller", "T03", ingress("", ", annotations: {nginx.org/location-snippets: x}"),
        web + "fail\n");
    row("another annotation", "T03", ingress("", ", annotations: {" + nginx + "rewrite-target: /}"), web + "pass\n");
    row("of somebody else", "T03", ingress("", ", annotations: {acme.example/server-snippet: x}"), web + "pass\n");
    row("allowed", "T03",
        ingress("")
            + object("v1", "ConfigMap", "name: c, namespace: nginx", "data: {allow-snippet-annotations: 'true'}\n"),
        "configmap/nginx/c fail\n" + web + "pass\n");
    row("no Ingresses in the source", "T03", service, "- not assessed\n");
    const auto at = [](const std::string& time) {
        return object("v1", "ConfigMap", "name: k, namespace: db, creationTimestamp: '" + time + "'");
    };
    const auto image = [](const std::string& name) {
        return object(
            "v1", "Pod", "name: c, namespace: nginx", "spec: {containers: [{name: a, image: '" + name + "'}]}\n");
    };
    const std::string controller = image("registry.k8s.io/ingress-nginx/controller:v1.12.1");
    row("the controller", "T04", at("2026-06-01T00:00:00Z") + controller, "pod/nginx/c fail\n");
    row("while it was maintained", "T04", at("2026-01-01T00:00:00Z") + controller, "pod/nginx/c pass\n");
    row("no date", "T04", controller, "pod/nginx/c not assessed\n");
    row("that of F5", "T04", at("2026-06-01T00:00:00Z") + image("nginx/nginx-ingress:3.4.0"), "");
    const std::string tls = ingress("rules: [{host: a.example}], tls: [{hosts: [a.example], secretName: t}]");
    const auto secret = [](const std::string& data) {
        return object("v1", "Secret", "name: t, namespace: shop", "type: Opaque\ndata: {" + data + "}\n");
    };
    const std::string pair = secret("tls.crt: eHg=, tls.key: eHg=");
    const std::string now = at("2026-01-02T00:00:00Z");
    row("no Secret", "T07", tls + emptyList("v1", "Secret"), web + "fail\n");
    row("no certificate in it", "T07", tls + secret("a: eHg="), web + "fail\n");
    row("nothing tells what it is", "T07", tls + pair, web + "not assessed\n");
    row("valid", "T07", tls + pair + certificate("a.example", "2026-03-01T00:00:00Z") + now, web + "pass\n");
    row("over", "T07", tls + pair + certificate("a.example", "2026-01-01T00:00:00Z") + now, web + "fail\n");
    row("for another name", "T07", tls + pair + certificate("b.example", "2026-03-01T00:00:00Z") + now, web + "fail\n");
    row("a wildcard", "T07", tls + pair + certificate("'*.example'", "2026-03-01T00:00:00Z") + now, web + "pass\n");
    row("a wildcard is one label", "T07", tls + pair + certificate("'*.a.example'", "2026-03-01T00:00:00Z") + now,
        web + "fail\n");
    row("Secrets are not in the source", "T07", tls, web + "not assessed\n");
}

void tst_AdmissionEngines::judges()
{
    QFETCH(std::string, control);
    QFETCH(std::string, yaml);
    QFETCH(std::string, expected);
    const auto outcomes = test::run(control, test::clusterFrom(yaml));
    QCOMPARE(test::verdictLines(outcomes), expected);
    QVERIFY(test::isComplete(outcomes));
}

QTEST_GUILESS_MAIN(tst_AdmissionEngines)
#include "tst_AdmissionEngines.moc"
