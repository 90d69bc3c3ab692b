// SPDX-License-Identifier: Apache-2.0
#include "core/images/Provenance.h"

#include "tests/support/Support.h"

using namespace plimsoll;
using images::Provenance;
using images::ProvenancePolicy;

namespace {

std::string webhook(const char* name, const char* failurePolicy)
{
    return std::string("---\napiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\n"
                       "metadata: {name: ")
        + name + "}\nwebhooks: [{name: " + name + ", failurePolicy: " + failurePolicy
        + ", rules: [{apiGroups: [''], resources: [pods], operations: [CREATE]}]}]\n";
}

const std::string optedIn = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: "
                            "{policy.sigstore.dev/include: 'true'}}\n";

std::string sigstore(const char* glob, const char* rest)
{
    return std::string("---\napiVersion: policy.sigstore.dev/v1beta1\nkind: ClusterImagePolicy\nmetadata: {name: p}\n"
                       "spec: {images: [{glob: '")
        + glob + "'}], " + rest + "}\n";
}

std::string kyverno(const char* action, const char* verification)
{
    return std::string("---\napiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: k}\nspec: "
                       "{validationFailureAction: ")
        + action + ", rules: [{name: r, match: {any: [{resources: {kinds: [Pod]}}]}, verifyImages: [{" + verification
        + "}]}]}\n";
}

constexpr const char* keyed = "authorities: [{key: {data: x}}]";
constexpr const char* attested = "imageReferences: ['ghcr.io/acme/*'], attestors: [{entries: [{keys: {}}]}]";

} // namespace

class tst_Provenance : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void matchesGlobs_data()
    {
        QTest::addColumn<std::string>("glob");
        QTest::addColumn<std::string>("text");
        QTest::addColumn<bool>("crosses");
        QTest::addColumn<bool>("expected");
        const auto row = [](const char* glob, const char* text, bool crosses, bool expected) {
            QTest::addRow("%s %s %d", glob, text, crosses)
                << std::string(glob) << std::string(text) << crosses << expected;
        };
        row("**", "a/b/c", false, true);
        row("*", "a/b", false, false);
        row("*", "a/b", true, true);
        row("ghcr.io/acme/*", "ghcr.io/acme/web", false, true);
        row("ghcr.io/acme/*", "ghcr.io/acme/team/web", false, false);
        row("ghcr.io/acme/**", "ghcr.io/acme/team/web", false, true);
        row("ghcr.io/*/web", "ghcr.io/acme/web", false, true);
        row("a?c", "abc", false, true);
        row("abc", "abcd", false, false);
        row("", "", false, true);
        row("*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true, false);
    }

    void matchesGlobs()
    {
        QFETCH(std::string, glob);
        QFETCH(std::string, text);
        QFETCH(bool, crosses);
        QFETCH(bool, expected);
        QCOMPARE(images::matchesGlob(glob, text, crosses), expected);
    }

    // What covers ghcr.io/acme/web:1 in namespace shop: "none", "refuses", or the first gap.
    void coversImages_data()
    {
        QTest::addColumn<std::string>("yaml");
        QTest::addColumn<std::string>("expected");
        const auto row = [](const char* name, const std::string& yaml, const char* expected) {
            QTest::newRow(name) << yaml << std::string(expected);
        };
        const std::string hook = webhook("policy.sigstore.dev", "Fail");
        row("nothing", optedIn, "none");
        row("sigstore", optedIn + hook + sigstore("ghcr.io/acme/*", keyed), "refuses");
        row("sigstore, other image", optedIn + hook + sigstore("ghcr.io/other/*", keyed), "none");
        row("sigstore, not opted in", hook + sigstore("**", keyed), "none");
        row("sigstore warns", optedIn + hook + sigstore("**", "mode: warn, authorities: [{key: {data: x}}]"),
            "it only warns (mode warn)");
        row("sigstore without webhook", optedIn + sigstore("**", keyed), "no webhook of it is registered");
        row("sigstore, everything passes", optedIn + hook + sigstore("**", "authorities: [{static: {action: pass}}]"),
            "one of its authorities lets everything pass (static action pass)");
        row("sigstore, anybody",
            optedIn + hook
                + sigstore("**", "authorities: [{keyless: {identities: [{issuerRegExp: '.*', subjectRegExp: '.*'}]}}]"),
            "one of its authorities accepts every identity that Sigstore knows");
        row("sigstore, errors ignored", optedIn + webhook("policy.sigstore.dev", "Ignore") + sigstore("**", keyed),
            "its webhook lets everything pass when it does not answer (failurePolicy Ignore)");
        const std::string kyvernoHook = webhook("validate.kyverno.svc", "Fail");
        row("kyverno", kyvernoHook + kyverno("Enforce", attested), "refuses");
        row("kyverno audits", kyvernoHook + kyverno("Audit", attested), "it only reports (action Audit)");
        row("kyverno, other image",
            kyvernoHook + kyverno("Enforce", "imageReferences: ['docker.io/*'], attestors: [{entries: []}]"), "none");
        row("kyverno, not required",
            kyvernoHook
                + kyverno("Enforce", "imageReferences: ['*'], required: false, attestors: [{entries: [{keys: {}}]}]"),
            "images without a signature pass (required: false)");
        row("kyverno, nobody", kyvernoHook + kyverno("Enforce", "imageReferences: ['*']"),
            "it names nobody who must have signed");
    }

    void coversImages()
    {
        QFETCH(std::string, yaml);
        QFETCH(std::string, expected);
        const auto cluster
            = test::clusterFrom(yaml + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop}\n");
        const Provenance provenance(*cluster);
        const auto reference = images::parseReference("ghcr.io/acme/web:1");
        const auto found = provenance.covering(*reference, "shop", ProvenancePolicy::Check::Signature);
        const std::string told = found.empty() ? "none"
            : found.front()->gaps.empty()      ? "refuses"
                                               : found.front()->gaps.front();
        QCOMPARE(told, expected);
    }

    // Docker Hub has several names.
    void knowsDockerHub()
    {
        const auto cluster = test::clusterFrom(
            optedIn + webhook("policy.sigstore.dev", "Fail") + sigstore("index.docker.io/library/nginx*", keyed));
        const Provenance provenance(*cluster);
        QCOMPARE(provenance.covering(*images::parseReference("nginx:1.27"), "shop", ProvenancePolicy::Check::Signature)
                     .size(),
            std::size_t { 1 });
        QVERIFY(provenance.covering(*images::parseReference("redis:7"), "shop", ProvenancePolicy::Check::Signature)
                    .empty());
    }
};

QTEST_GUILESS_MAIN(tst_Provenance)
#include "tst_Provenance.moc"
