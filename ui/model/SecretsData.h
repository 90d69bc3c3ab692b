// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <QString>
#include <QStringList>

#include "core/assess/Assessment.h"
#include "core/secrets/Inventory.h"
#include "ui/model/TableModel.h"

// What the Secrets view shows, made from the inventory of core/secrets. All functions may run in a job; what they are
// given is shared and immutable. Nothing here knows a value of a Secret: core dropped them while reading.
namespace plimsoll::ui::model {

// The assessment, and the inventory computed over it. Empty before both are there.
struct Secrets {
    std::shared_ptr<const assess::Assessment> assessment;
    std::shared_ptr<const secrets::Inventory> inventory;

    explicit operator bool() const { return inventory != nullptr; }
    const cluster::Cluster& cluster() const { return *assessment->cluster; }
};
// Empty when cancelled.
Secrets secretsOf(std::shared_ptr<const assess::Assessment> assessment, TaskPool& pool, Progress& progress);

enum class DueState : std::uint8_t { Good, Soon, Over, Unknown };

// One Secret as a row of the table.
struct SecretRow {
    cluster::ObjectId object;
    std::uint32_t index = 0; // into the inventory
    QString ns, name, type, keys, size, age, ageBasis, usedBy, usageWords, expires, managedBy, readersWords;
    quint32 keyCount = 0, readers = 0, uses = 0, findings = 0;
    qint64 bytes = 0;
    qint64 ageDays = -1; // -1 = unknown
    std::optional<qint64> expiresAt;
    DueState expiry = DueState::Unknown;
    int worst = -1; // severity of the worst open finding; -1 = none
    bool isOld = false; // over the age limit
    bool areReadersKnown = true, isReadByEverybody = false;
    secrets::Usage usage = secrets::Usage::Referenced;
    bool isUnused() const { return usage == secrets::Usage::Unused || usage == secrets::Usage::PerhapsByApi; }
};

// One way to the value of a Secret and how many have it.
struct SecretWay {
    QString name; // "Read it by RBAC"
    QString words; // "4 identities"
    QString why; // what the way is, as a sentence
    quint32 count = 0;
};
// One who comes to it, with each step of each route.
struct SecretReader {
    struct Step {
        QString text;
        cluster::ObjectId object; // none = no object of the source
        QString pointer; // the place in it that says so; "" = the object as a whole
    };
    struct Route {
        QString name; // what is done: "list secrets in shop"
        std::vector<Step> steps;
        QStringList chain() const; // texts of the steps
    };
    std::size_t way = 0; // into SecretDetail::ways: the strongest, in which it is counted
    QString who, caption;
    std::vector<Route> routes; // strongest first; at least one
};
struct SecretFact {
    QString name, value;
    cluster::ObjectId object = {}; // what the line is about, when a person may go there
    QString pointer = {};
    int severity = -1; // of a finding
    std::optional<std::uint32_t> finding = {}; // to go to
};
struct SecretDetail {
    cluster::ObjectId object;
    QString title, type;
    QString headline; // "Can be read by 9: ..." or why nobody knows
    std::vector<SecretWay> ways;
    std::vector<SecretReader> readers;
    std::vector<SecretFact> facts, keys, uses, findings;
    QStringList notes; // limits of the answers
};
SecretDetail secretDetail(const Secrets& secrets, std::uint32_t index);

struct CertificateRow {
    std::uint32_t index = 0; // into SecretTables::certificates
    cluster::ObjectId object; // that holds it
    QString place, subject, names, issuer, key, expires, problems, words, kind;
    std::optional<qint64> notBefore, notAfter;
    DueState state = DueState::Unknown;
    QString pointer;
};
struct MissingRow {
    cluster::ObjectId object; // that refers
    QString ns, secret, from, how, effect, pointer;
};
struct StoreRow {
    cluster::ObjectId object;
    QString kind, name, provider, what, state;
};

// Which Secrets to show.
struct SecretsFilter {
    QString text, type; // type "" = all
    bool onlyUnused = false, onlyOld = false, onlyFindings = false;
    bool matches(const SecretRow& row) const;
};

// Everything of the view but the details, made at once in a job.
struct SecretTables {
    std::vector<SecretRow> secrets;
    std::vector<CertificateRow> certificates; // by expiry, those without last
    std::vector<MissingRow> missing;
    std::vector<StoreRow> stores;
    QStringList types; // that occur, sorted
    QString gap; // why Secrets are not known; "" when they are
    QString certificateGap; // why certificates are not known
    QString missingGap; // why references were not all searched
    QString summary; // "84 Secrets in 12 namespaces"
    QString unusedNote, searchedKinds; // where references were searched for
    std::optional<qint64> today;
    QString todayWords;
};
SecretTables secretTables(const Secrets& secrets, Progress& progress);

// Whether Secrets are encrypted in etcd, and what says so.
struct EncryptionBanner {
    enum class State : std::uint8_t { Encrypted, Weak, Plain, Unknown };
    State state = State::Unknown;
    QString headline, text;
    std::vector<SecretFact> evidence; // the deciding one first
};
EncryptionBanner encryptionBanner(const Secrets& secrets);

class SecretsModel : public TableModel<SecretRow> {
public:
    enum Column { Namespace, Name, Type, Keys, Size, Age, Readers, UsedBy, Expires, Findings };
    explicit SecretsModel(QObject* parent = nullptr);

protected:
    QString toolTipOf(const SecretRow& row) const override;
};
class CertificatesModel : public TableModel<CertificateRow> {
public:
    explicit CertificatesModel(QObject* parent = nullptr);
};
class MissingModel : public TableModel<MissingRow> {
public:
    explicit MissingModel(QObject* parent = nullptr);
};
class StoresModel : public TableModel<StoreRow> {
public:
    explicit StoresModel(QObject* parent = nullptr);
};

} // namespace plimsoll::ui::model
