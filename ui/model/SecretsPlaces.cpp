// SPDX-License-Identifier: Apache-2.0
// Certificates, stores outside of the cluster, and encryption at rest, for the Secrets view.
#include <algorithm>
#include <array>
#include <limits>

#include "core/components/Components.h"
#include "core/secrets/Certificates.h"
#include "ui/model/SecretsData.h"
#include "ui/model/SecretsWords.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::model {

using cluster::Cluster;
using cluster::ObjectId;

namespace {

// Kinds of objects by which Secrets come from somewhere else.
struct StoreKind {
    const char* group;
    const char* kind;
    const char* product;
    bool givesSecrets; // it names Secrets that it makes, or it is where they come from
};
constexpr std::array storeKinds {
    StoreKind { "external-secrets.io", "SecretStore", "External Secrets", false },
    StoreKind { "external-secrets.io", "ClusterSecretStore", "External Secrets", false },
    StoreKind { "external-secrets.io", "ExternalSecret", "External Secrets", true },
    StoreKind { "external-secrets.io", "ClusterExternalSecret", "External Secrets", true },
    StoreKind { "bitnami.com", "SealedSecret", "Sealed Secrets", true },
    StoreKind { "secrets-store.csi.x-k8s.io", "SecretProviderClass", "Secrets Store CSI driver", true },
    StoreKind { "secrets.hashicorp.com", "VaultAuth", "Vault Secrets Operator", false },
    StoreKind { "secrets.hashicorp.com", "VaultStaticSecret", "Vault Secrets Operator", true },
    StoreKind { "secrets.hashicorp.com", "VaultDynamicSecret", "Vault Secrets Operator", true },
    StoreKind { "secrets.hashicorp.com", "VaultPKISecret", "Vault Secrets Operator", true },
    StoreKind { "onepassword.com", "OnePasswordItem", "1Password", true },
    StoreKind { "secrets.doppler.com", "DopplerSecret", "Doppler", true },
};

// Secrets that an object owns.
QString ownedSecrets(const Secrets& shown, ObjectId owner)
{
    const Cluster& cluster = shown.cluster();
    const cluster::Object& object = cluster.object(owner);
    QStringList names;
    for (const secrets::SecretInfo& info : shown.inventory->secrets) {
        for (const cluster::OwnerReference& reference : cluster.object(info.object).owners) {
            if (reference.name == object.name && cluster.text(reference.kind) == cluster.kindName(owner)
                && cluster.object(info.object).ns == object.ns)
                names.append(lineText(cluster.text(cluster.object(info.object).name)));
        }
    }
    return names.join(QStringLiteral(", "));
}

} // namespace

void fillCertificates(SecretTables& out, const Secrets& shown)
{
    const Cluster& cluster = shown.cluster();
    const secrets::CertificateList list = secrets::certificatesOf(
        cluster, shown.assessment->assessedAt, static_cast<int>(shown.assessment->settings.certificateDays));
    for (const secrets::CertificateEntry& entry : list.entries) {
        CertificateRow row;
        row.object = entry.object;
        row.pointer = text(entry.pointer);
        row.kind = lineText(secrets::toText(entry.place));
        row.place = lineText(cluster.titleOf(entry.object));
        row.notAfter = entry.notAfter;
        if (entry.facts) {
            const format::Certificate& facts = *entry.facts;
            row.subject = lineText(facts.subject);
            row.issuer = lineText(facts.issuer);
            row.key = QStringLiteral("%1 %2").arg(lineText(facts.keyAlgorithm)).arg(facts.keyBits);
            row.notBefore = facts.notBefore;
            QStringList names;
            for (const std::string& name : facts.dnsNames)
                names.append(lineText(name));
            row.names = names.join(QStringLiteral(", "));
        }
        row.expires = entry.notAfter ? text(formatDate(*entry.notAfter)) : secretsTr("not told");
        row.state = shown.assessment->assessedAt && entry.notAfter ? DueState::Good : DueState::Unknown;
        QStringList faults;
        for (const secrets::CertificateFault& fault : entry.faults) {
            faults.append(lineText(fault.text));
            if (fault.isExpiry)
                row.state = *entry.notAfter <= *shown.assessment->assessedAt ? DueState::Over : DueState::Soon;
        }
        row.problems = faults.join(QStringLiteral("; "));
        row.words = QStringList { row.place, row.subject, row.names, row.issuer, row.problems }.join(QLatin1Char(' '));
        out.certificates.push_back(std::move(row));
    }
    std::ranges::stable_sort(out.certificates, {},
        [](const CertificateRow& row) { return row.notAfter.value_or(std::numeric_limits<qint64>::max()); });
    for (std::uint32_t i = 0; i < out.certificates.size(); ++i)
        out.certificates[i].index = i;
    // Of a Secret, the end that comes first.
    for (SecretRow& row : out.secrets) {
        const auto first = std::ranges::find_if(
            out.certificates, [&](const CertificateRow& one) { return one.object == row.object && one.notAfter; });
        if (first == out.certificates.end())
            continue;
        row.expires = first->expires;
        row.expiresAt = first->notAfter;
        row.expiry = first->state;
    }
}

void fillStores(SecretTables& out, const Secrets& shown)
{
    const Cluster& cluster = shown.cluster();
    for (const StoreKind& kind : storeKinds) {
        for (const ObjectId object : cluster.objectsOf(kind.group, kind.kind)) {
            StoreRow row;
            row.object = object;
            row.kind = QString::fromLatin1(kind.kind);
            const cluster::Object& found = cluster.object(object);
            row.name = found.ns.isNone()
                ? lineText(cluster.text(found.name))
                : lineText(cluster.text(found.ns)) + QLatin1Char('/') + lineText(cluster.text(found.name));
            row.provider = QString::fromLatin1(kind.product);
            if (!kind.givesSecrets) {
                row.what = secretsTr("where values come from");
            } else {
                row.what = ownedSecrets(shown, object);
                row.state
                    = row.what.isEmpty() ? secretsTr("no Secret of it was found") : secretsTr("its Secret is there");
            }
            out.stores.push_back(std::move(row));
        }
    }
}

EncryptionBanner encryptionBanner(const Secrets& shown)
{
    EncryptionBanner out;
    const components::Components& parts = *shown.assessment->components;
    const auto servers = parts.of(components::Component::ApiServer);
    using State = components::EncryptionAtRest::State;
    State worst = State::Strong;
    std::size_t plain = 0;
    std::string remark;
    for (const components::Instance& server : servers) {
        const components::EncryptionAtRest& encryption = server.encryption;
        plain += encryption.state == State::Plain ? 1 : 0;
        worst = encryption.state == State::Plain ? State::Plain
            : worst == State::Plain              ? worst
                                                 : std::min(worst, encryption.state);
        remark = encryption.remark.empty() ? remark : encryption.remark;
        SecretFact fact;
        fact.name = lineText(shown.cluster().titleOf(server.object));
        fact.object = server.object;
        fact.pointer = text(encryption.pointer);
        fact.value = secretsTr("%1 (%2)").arg(lineText(encryption.value), lineText(components::toText(server.source)));
        out.evidence.push_back(std::move(fact));
    }
    if (servers.empty()) {
        out.headline = secretsTr("Encryption at rest: not assessed");
        const std::string provider = components::managedProvider(shown.cluster());
        out.text = provider.empty()
            ? lineText(parts.absence(components::Component::ApiServer))
            : secretsTr("The control plane is run by %1: its own statement decides.").arg(lineText(provider));
    } else if (worst == State::NotAssessed) {
        const bool isSet = std::ranges::all_of(servers, [](const components::Instance& server) {
            const components::Setting* setting = server.find("encryption-provider-config");
            return setting && !setting->value.empty();
        });
        out.state = isSet ? EncryptionBanner::State::Weak : out.state;
        out.headline
            = isSet ? secretsTr("Encryption at rest: configured") : secretsTr("Encryption at rest: not assessed");
        out.text = isSet ? secretsTr("Every API server has an encryption configuration. Whether its first provider for "
                                     "Secrets encrypts stands in that file, on the node: import it as evidence.")
                         : lineText(servers.front().encryption.sentence);
    } else if (worst == State::Plain) {
        out.state = EncryptionBanner::State::Plain;
        out.headline = plain == servers.size() ? secretsTr("Secrets lie unencrypted in etcd")
                                               : secretsTr("Secrets may lie unencrypted in etcd");
        const auto first = std::ranges::find(
            servers, State::Plain, [](const components::Instance& server) { return server.encryption.state; });
        out.text = plain == servers.size() ? secretsTr("%1. Whoever reads etcd or its backups reads every Secret.")
                                                 .arg(lineText(first->encryption.sentence))
                                           : secretsTr("API servers that do not encrypt: %1 of %2.")
                                                 .arg(static_cast<qulonglong>(plain))
                                                 .arg(static_cast<qulonglong>(servers.size()));
    } else {
        out.state = worst == State::Weak ? EncryptionBanner::State::Weak : EncryptionBanner::State::Encrypted;
        out.headline = lineText(servers.front().encryption.sentence);
        out.text = remark.empty()
            ? secretsTr("By the configuration that was given as evidence.")
            : secretsTr("By the configuration that was given as evidence: %1.").arg(lineText(remark));
    }
    return out;
}

} // namespace plimsoll::ui::model
