// SPDX-License-Identifier: Apache-2.0
#include <QFile>
#include <QTemporaryDir>

#include "core/control/Settings.h"
#include "tests/control/RunControl.h"

using namespace plimsoll;

namespace {

std::string pod(const std::string& container, const std::string& spec)
{
    return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {volumes: [" + spec
        + "], containers: [{name: web, image: web:1" + container + "}]}\n";
}

std::string hostPath(const std::string& path)
{
    return pod("", "{name: v, hostPath: {path: " + path + "}}");
}

std::string apiServer(const std::string& flags)
{
    return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver-a, namespace: kube-system, labels: "
           "{component: kube-apiserver, tier: control-plane}, annotations: {kubernetes.io/config.source: file, "
           "kubernetes.io/config.mirror: a}}\nspec: {containers: [{name: kube-apiserver, image: "
           "registry.k8s.io/kube-apiserver:v1.35.0, command: [kube-apiserver"
        + flags + "]}]}\n";
}

std::string storageClass(const std::string& provisioner, const std::string& parameters = {})
{
    return "---\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: fast}\nprovisioner: " + provisioner
        + "\nparameters: {" + parameters + "}\n";
}

std::string crd(const std::string& group)
{
    return "---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things." + group
        + "}\nspec: {group: " + group + "}\n";
}

std::string shop(const std::string& type)
{
    return "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\napiVersion: v1\nkind: Secret\n"
           "metadata: {name: s, namespace: shop}\ntype: "
        + type + "\ndata: {k: dg==}\n" + pod("", "");
}

// Valid from 2026-11-23 to 2027-11-23; its key was thrown away.
const std::string bundle
    = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUI0ekNDQVlxZ0F3SUJBZ0lFRWpTcnpUQUtCZ2dxaGtqT1BRUURBakFzTVJB"
      "d0RnWURWUVFLREFkRmVHRnQKY0d4bE1SZ3dGZ1lEVlFRRERBOTNaV0l1WlhoaGJYQnNaUzVqYjIwd0hoY05Nall4TVRJek1qSXhO"
      "REk1V2hjTgpNamN4TVRJek1qSXhOREk1V2pBc01SQXdEZ1lEVlFRS0RBZEZlR0Z0Y0d4bE1SZ3dGZ1lEVlFRRERBOTNaV0l1ClpY"
      "aGhiWEJzWlM1amIyMHdXVEFUQmdjcWhrak9QUUlCQmdncWhrak9QUU1CQndOQ0FBU3hpOFhub2tZcVplTmMKZ0I0aEptTHhWZW5P"
      "S1FnR3Bjb0ptRHZxYnIyQlpua1BBcHZlWW02UWd6Q3cvTlNRNUhiYXFWYXhoVjAzZDZXUgpwZXloU0F6cm80R1pNSUdXTUIwR0Ex"
      "VWREZ1FXQkJRMGx3dEw0NnhzVFIvYUsxa2I5U2krWWxtdUFEQWZCZ05WCkhTTUVHREFXZ0JRMGx3dEw0NnhzVFIvYUsxa2I5U2kr"
      "WWxtdUFEQkdCZ05WSFJFRVB6QTlnZzkzWldJdVpYaGgKYlhCc1pTNWpiMjJDRWlvdWMyaHZjQzVsZUdGdGNHeGxMbU52YlljRUNn"
      "QUFBWWNRSUFFTnVBQUFBQUFBQUFBQQpBQUFBQVRBTUJnTlZIUk1CQWY4RUFqQUFNQW9HQ0NxR1NNNDlCQU1DQTBjQU1FUUNJQVpY"
      "MVhIL0lvRk1VSDJUCmpRa1NnVThKWElEN05adytreEVpa3QxSWVxdGtBaUEzU3orUWdrekZMblJXYW1ndHczbS9uSVdqVGg4QWxU"
      "U1IKd0Q4UFpab09tQT09Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K";

// A server's certificate (PEM in base64) for a.shop.example and *.b.example, valid from November 2026 for ten years.
const std::string serverCertificate
    = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJtVENDQVQ2Z0F3SUJBZ0lVWmZpa2FGNmg2aHlqQ1RUdUluOXBja2paYS9N"
      "d0NnWUlLb1pJemowRUF3SXcKRHpFTk1Bc0dBMVVFQXd3RWMyaHZjREFlRncweU5qRXhNak15TWpNME5UZGFGdzB6TmpFeE1qQXlN"
      "ak0wTlRkYQpNQTh4RFRBTEJnTlZCQU1NQkhOb2IzQXdXVEFUQmdjcWhrak9QUUlCQmdncWhrak9QUU1CQndOQ0FBUkJ1cDVSCkdr"
      "R2dDVFpxeFJ3OXY4cXJzRVpLb0RVVWlGdGNMSU1pRjBnZUhpdmVQWWwrWnFkYmtRbzdndU1XdEdmNFE1VXIKKzN2UzFHdUUrZ0da"
      "ZExCMm8zZ3dkakFkQmdOVkhRNEVGZ1FVOVZLTzBsell1ZHk4TjJ5M1VJUW9RVFg2WmJvdwpId1lEVlIwakJCZ3dGb0FVOVZLTzBs"
      "ell1ZHk4TjJ5M1VJUW9RVFg2WmJvd0pnWURWUjBSQkI4d0hZSU9ZUzV6CmFHOXdMbVY0WVcxd2JHV0NDeW91WWk1bGVHRnRjR3hs"
      "TUF3R0ExVWRFd0VCL3dRQ01BQXdDZ1lJS29aSXpqMEUKQXdJRFNRQXdSZ0loQUt6K0xQY1paUzZNeHVoL2grQnF2U2daenJxTjNh"
      "NURYT3RzaDkvYW50aWZBaUVBMXBSOApQOU5jYThkRkhVSXJINUJ4aVlZQ25CdHpxY0NvckJjaW42Z3J3TGs9Ci0tLS0tRU5EIENF"
      "UlRJRklDQVRFLS0tLS0K";

// A TLS Secret that an Ingress serves a host with.
std::string tlsSecret(const std::string& value, const std::string& host, const std::string& time)
{
    return "---\napiVersion: v1\nkind: Secret\nmetadata: {name: t, namespace: shop, creationTimestamp: '" + time
        + "'}\ntype: kubernetes.io/tls\ndata: {tls.crt: '" + value
        + "', tls.key: 'eA=='}\n---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i, namespace: "
          "shop}\nspec: {tls: [{hosts: ['"
        + host + "'], secretName: t}]}\n";
}

// An API service with a bundle, in a source whose newest time is the given one.
std::string apiService(const std::string& caBundle, const std::string& time)
{
    return "---\napiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: v1.a, creationTimestamp: '"
        + time + "'}\nspec: {caBundle: '" + caBundle + "'}\n";
}

} // namespace

class tst_SecretStoreControls : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void judges_data();
    void judges();
    void bearsCertificatesAsSet();
    void readsCertificateDays();
};

void tst_SecretStoreControls::judges_data()
{
    QTest::addColumn<std::string>("control");
    QTest::addColumn<std::string>("yaml");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* situation, const char* id, const std::string& yaml, const std::string& expected) {
        QTest::addRow("%s: %s", id, situation) << "PLM-" + std::string(id) << yaml << expected + '\n';
    };
    const std::string web = "pod/shop/web ";
    const std::string key = "{name: v, secret: {secretName: s}}";
    const std::string mount = ", volumeMounts: [{name: v, mountPath: /keys/}]";
    row("the node's .aws", "S10", hostPath("/root/.aws"), web + "fail");
    row("a file of Azure", "S10", hostPath("/etc/kubernetes/azure.json"), web + "fail");
    row("beneath gcloud", "S10", hostPath("/home/a/.config/gcloud/legacy"), web + "fail");
    row("a name that only begins so", "S10", hostPath("/opt/.awsome"), web + "pass");
    row("a Secret in .aws", "S10", pod(", volumeMounts: [{name: v, mountPath: /root/.aws}]", key), web + "fail");
    row("a Secret a variable points into", "S10",
        pod(mount + ", env: [{name: GOOGLE_APPLICATION_CREDENTIALS, value: /keys/a.json}]", key), web + "fail");
    row("a Secret beside it", "S10",
        pod(mount + ", env: [{name: GOOGLE_APPLICATION_CREDENTIALS, value: /keys2/a.json}]", key), web + "pass");
    row("workload identity", "S10",
        pod(mount + ", env: [{name: GOOGLE_APPLICATION_CREDENTIALS, value: /keys/a.json}]",
            "{name: v, projected: {sources: [{serviceAccountToken: {path: t, audience: sts}}]}}"),
        web + "pass");

    const std::string server = "pod/kube-system/kube-apiserver-a ";
    row("not configured", "S11", apiServer(", --authorization-mode=RBAC"), server + "fail");
    row("empty", "S11", apiServer(", --encryption-provider-config="), server + "fail");
    row("configured", "S11", apiServer(", --encryption-provider-config=/etc/e.yaml"), server + "not assessed");
    row("no API server to be seen", "S11", pod("", ""), "- not assessed");

    const std::string ns = "namespace/shop ";
    row("none", "S12", shop("Opaque") + crd("example.org"), ns + "fail");
    row("only tokens", "S12", shop("bootstrap.kubernetes.io/token") + crd("example.org"), ns + "pass");
    row("external", "S12",
        shop("Opaque")
            + "---\napiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: e, namespace: shop}\n",
        ns + "pass");
    row("the CSI driver", "S12",
        shop("Opaque") + crd("example.org")
            + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\nspec: {volumes: [{name: c, csi: "
              "{driver: secrets-store.csi.k8s.io}}], containers: [{name: c, image: c:1}]}\n",
        ns + "pass");
    row("Vault in another namespace", "S12",
        shop("Opaque") + crd("example.org")
            + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: far, annotations: "
              "{vault.hashicorp.com/agent-inject: 'true'}}\nspec: {containers: [{name: c, image: c:1}]}\n",
        ns + "fail");
    const auto vault = [](const std::string& value) {
        return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d, namespace: shop}\nspec: {template: "
               "{metadata: {annotations: {vault.hashicorp.com/agent-inject: '"
            + value + "'}}, spec: {containers: [{name: c, image: c:1}]}}}\n";
    };
    row("Vault in a template", "S12", shop("Opaque") + crd("example.org") + vault("true"), ns + "pass");
    row("Vault as Go says yes", "S12", shop("Opaque") + crd("example.org") + vault("T"), ns + "pass");
    row("Vault switched off", "S12", shop("Opaque") + crd("example.org") + vault("false"), ns + "fail");
    row("a store that is not listed", "S12", shop("Opaque") + crd("bitnami.com"), ns + "not assessed");
    row("custom resources not known", "S12", shop("Opaque"), ns + "not assessed");

    const std::string fast = "storageclass/fast ";
    row("EBS by default", "S13", storageClass("ebs.csi.aws.com"), fast + "fail");
    row("EBS encrypted", "S13", storageClass("ebs.csi.aws.com", "encrypted: 'true'"), fast + "pass");
    row("EBS refused", "S13", storageClass("ebs.csi.aws.com", "encrypted: 'false'"), fast + "fail");
    row("Google", "S13", storageClass("pd.csi.storage.gke.io"), fast + "pass");
    row("Ceph of Rook", "S13", storageClass("rook-ceph.rbd.csi.ceph.com", "encrypted: 'true'"), fast + "pass");
    row("a name that only ends so", "S13", storageClass("myrbd.csi.ceph.com"), fast + "not assessed");
    const auto volume = [](const std::string& name, const std::string& spec) {
        return "---\napiVersion: v1\nkind: PersistentVolume\nmetadata: {name: " + name + "}\nspec: {" + spec + "}\n";
    };
    const std::string longhorn = "csi: {driver: driver.longhorn.io, volumeAttributes: {";
    const std::string local = storageClass("rancher.io/local-path");
    const std::string v = "persistentvolume/v ";
    row("a volume of its class", "S13",
        storageClass("ebs.csi.aws.com", "encrypted: 'true'")
            + volume("v", "storageClassName: fast, csi: {driver: ebs.csi.aws.com}"),
        fast + "pass");
    row("a volume of a class that is gone", "S13",
        local + volume("v", "storageClassName: gone, csi: {driver: ebs.csi.aws.com}"),
        v + "not assessed\n" + fast + "not assessed");
    row("a volume of Google without a class", "S13", local + volume("v", "csi: {driver: pd.csi.storage.gke.io}"),
        v + "pass\n" + fast + "not assessed");
    row("a disk of Azure without a class", "S13", local + volume("v", "azureDisk: {diskName: d}"),
        v + "pass\n" + fast + "not assessed");
    row("a volume older than its class", "S13",
        storageClass("driver.longhorn.io", "encrypted: 'true'")
            + volume("v", "storageClassName: fast, " + longhorn + "}}"),
        v + "fail\n" + fast + "pass");
    row("a volume of Longhorn, encrypted", "S13", local + volume("v", longhorn + "encrypted: 'true'}}"),
        v + "pass\n" + fast + "not assessed");
    row("local", "S13", storageClass("rancher.io/local-path"), fast + "not assessed");

    const std::string service = "apiservice/v1.a ";
    row("valid", "S14", apiService(bundle, "2027-01-01T00:00:00Z"), service + "pass");
    row("soon over", "S14", apiService(bundle, "2027-11-01T00:00:00Z"), service + "fail");
    row("a month is left", "S14", apiService(bundle, "2027-10-23T00:00:00Z"), service + "pass");
    row("over", "S14", apiService(bundle, "2028-01-01T00:00:00Z"), service + "fail");
    QTest::addRow("S14: none") << std::string("PLM-S14") << apiService("", "2027-01-01T00:00:00Z") << std::string();
    row("no certificate", "S14", apiService("AAAA", "2027-01-01T00:00:00Z"), service + "not assessed");
    const std::string tls = "secret/shop/t ";
    row("a TLS Secret", "S14", tlsSecret(serverCertificate, "a.shop.example", "2027-01-01T00:00:00Z"), tls + "pass");
    row("a host by its star", "S14", tlsSecret(serverCertificate, "x.b.example", "2027-01-01T00:00:00Z"), tls + "pass");
    row("a star is one label", "S14", tlsSecret(serverCertificate, "x.y.b.example", "2027-01-01T00:00:00Z"),
        tls + "fail");
    row("another host", "S14", tlsSecret(serverCertificate, "other.example", "2027-01-01T00:00:00Z"), tls + "fail");
    row("an old TLS Secret", "S14", tlsSecret(serverCertificate, "a.shop.example", "2037-01-01T00:00:00Z"),
        tls + "fail");
    const auto noted = [](const std::string& annotation, const std::string& end) {
        return "---\napiVersion: v1\nkind: Secret\nmetadata: {name: t, namespace: shop, creationTimestamp: "
               "'2027-01-01T00:00:00Z', annotations: {"
            + annotation + ": '" + end + "'}}\ntype: kubernetes.io/tls\n";
    };
    row("a noted end", "S14", noted("service.beta.openshift.io/expiry", "2027-02-01T00:00:00Z"), tls + "pass");
    row("a noted end that is over", "S14", noted("auth.openshift.io/certificate-not-after", "2026-12-31T00:00:00Z"),
        tls + "fail");
    QTest::addRow("S14: a noted end that is none")
        << std::string("PLM-S14") << noted("service.beta.openshift.io/expiry", "soon") << std::string();
    row("no certificate in it", "S14", tlsSecret("eA==", "a.shop.example", "2027-01-01T00:00:00Z"),
        tls + "not assessed");
}

void tst_SecretStoreControls::judges()
{
    QFETCH(std::string, control);
    QFETCH(std::string, yaml);
    QFETCH(std::string, expected);
    const auto outcomes = test::run(control, test::clusterFrom(yaml));
    QCOMPARE(test::verdictLines(outcomes), expected);
    QVERIFY(test::isComplete(outcomes));
}

void tst_SecretStoreControls::bearsCertificatesAsSet()
{
    const auto cluster = test::clusterFrom(apiService(bundle, "2027-11-01T00:00:00Z")); // 22 days are left
    control::Settings settings;
    settings.certificateDays = 10;
    QCOMPARE(test::verdictLines(test::run("PLM-S14", cluster, settings)), std::string("apiservice/v1.a pass\n"));
    settings.certificateDays = 400;
    QCOMPARE(test::verdictLines(test::run("PLM-S14", cluster, settings)), std::string("apiservice/v1.a fail\n"));
}

void tst_SecretStoreControls::readsCertificateDays()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("settings.yaml"));
    const auto read = [&](const char* text) {
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(text) < 0)
            qFatal("cannot write");
        file.close();
        return control::readSettings(path.toStdString());
    };
    auto settings = read("certificateDays: 60\n");
    VERIFY_RESULT(settings);
    QCOMPARE(settings->certificateDays, 60u);
    for (const char* text : { "certificateDays: -1\n", "certificateDays: soon\n", "certificateDays: 36526\n" }) {
        settings = read(text);
        QVERIFY2(!settings, text);
        QCOMPARE(settings.error().what, std::string("certificateDays is no number of days"));
        QVERIFY(settings.error().where.find("settings.yaml:1") != std::string::npos);
    }
}

QTEST_GUILESS_MAIN(tst_SecretStoreControls)
#include "tst_SecretStoreControls.moc"
