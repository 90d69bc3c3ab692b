// SPDX-License-Identifier: Apache-2.0
// The tables of the Secrets view.
#include <array>

#include "ui/model/SecretsData.h"
#include "ui/model/SecretsWords.h"
#include "ui/model/TableParts.h"

namespace plimsoll::ui::model {

namespace {

using SortKey = std::pair<qint64, QString>;

QVariant readersCell(const SecretRow& row)
{
    if (row.isReadByEverybody)
        return secretsTr("everybody");
    return row.areReadersKnown ? QString::number(row.readers) : secretsTr("%1 or more").arg(row.readers);
}

constexpr std::array<TableColumn<SecretRow>, 10> secretColumns { {
    words<SecretRow, &SecretRow::ns>(
        QT_TRANSLATE_NOOP("Secrets", "Namespace"), QT_TRANSLATE_NOOP("Secrets", "In which it is")),
    words<SecretRow, &SecretRow::name>(
        QT_TRANSLATE_NOOP("Secrets", "Secret"), QT_TRANSLATE_NOOP("Secrets", "Its name, and what made it")),
    words<SecretRow, &SecretRow::type>(
        QT_TRANSLATE_NOOP("Secrets", "Type"), QT_TRANSLATE_NOOP("Secrets", "What Kubernetes takes it for"), true),
    { QT_TRANSLATE_NOOP("Secrets", "Keys"), QT_TRANSLATE_NOOP("Secrets", "Names of its keys"),
        [](const SecretRow& row) -> QVariant { return row.keys; },
        [](const SecretRow& row) { return SortKey(row.keyCount, row.keys); }, atLeft, true },
    { QT_TRANSLATE_NOOP("Secrets", "Size"), QT_TRANSLATE_NOOP("Secrets", "Of all values together, about"),
        [](const SecretRow& row) -> QVariant { return row.size; },
        [](const SecretRow& row) { return SortKey(row.bytes, QString()); }, atRight, true },
    { QT_TRANSLATE_NOOP("Secrets", "Age"),
        QT_TRANSLATE_NOOP("Secrets", "Since its data was last written; \u2264 = only its creation is known"),
        [](const SecretRow& row) -> QVariant { return row.isOld ? row.age + QStringLiteral(" \u26a0") : row.age; },
        [](const SecretRow& row) { return SortKey(row.ageDays, QString()); }, atRight },
    { QT_TRANSLATE_NOOP("Secrets", "Readers"),
        QT_TRANSLATE_NOOP("Secrets", "Users, groups and service accounts that come to its value"), readersCell,
        [](const SecretRow& row) { return SortKey(row.isReadByEverybody ? 1'000'000'000 : row.readers, QString()); },
        atRight },
    { QT_TRANSLATE_NOOP("Secrets", "Used by"), QT_TRANSLATE_NOOP("Secrets", "What names it"),
        [](const SecretRow& row) -> QVariant { return row.usedBy; },
        [](const SecretRow& row) { return SortKey(row.uses, row.usedBy); } },
    { QT_TRANSLATE_NOOP("Secrets", "Certificate ends"),
        QT_TRANSLATE_NOOP("Secrets", "When the certificate in it expires"),
        [](const SecretRow& row) -> QVariant { return row.expires; },
        [](const SecretRow& row) { return SortKey(row.expiresAt.value_or(1LL << 60), QString()); } },
    { QT_TRANSLATE_NOOP("Secrets", "Findings"), QT_TRANSLATE_NOOP("Secrets", "Open ones about this Secret"),
        [](const SecretRow& row) -> QVariant { return row.findings == 0 ? QVariant() : QVariant(row.findings); },
        [](const SecretRow& row) {
            return SortKey((row.worst < 0 ? 0LL : 10LL - row.worst) * 1'000 + row.findings, QString());
        },
        atRight },
} };

constexpr std::array<TableColumn<CertificateRow>, 7> certificateColumns { {
    words<CertificateRow, &CertificateRow::place>(
        QT_TRANSLATE_NOOP("Secrets", "Where"), QT_TRANSLATE_NOOP("Secrets", "The object that holds it")),
    words<CertificateRow, &CertificateRow::subject>(
        QT_TRANSLATE_NOOP("Secrets", "Subject"), QT_TRANSLATE_NOOP("Secrets", "Whom it is for")),
    words<CertificateRow, &CertificateRow::names>(QT_TRANSLATE_NOOP("Secrets", "Names"),
        QT_TRANSLATE_NOOP("Secrets", "Hosts and addresses that it is valid for"), true),
    words<CertificateRow, &CertificateRow::issuer>(
        QT_TRANSLATE_NOOP("Secrets", "Issuer"), QT_TRANSLATE_NOOP("Secrets", "Who signed it"), true),
    words<CertificateRow, &CertificateRow::key>(
        QT_TRANSLATE_NOOP("Secrets", "Key"), QT_TRANSLATE_NOOP("Secrets", "Kind and size of the key"), true),
    { QT_TRANSLATE_NOOP("Secrets", "Ends"), QT_TRANSLATE_NOOP("Secrets", "The last day on which it is valid"),
        [](const CertificateRow& row) -> QVariant { return row.expires; },
        [](const CertificateRow& row) { return SortKey(row.notAfter.value_or(1LL << 60), row.place); } },
    words<CertificateRow, &CertificateRow::problems>(
        QT_TRANSLATE_NOOP("Secrets", "Problems"), QT_TRANSLATE_NOOP("Secrets", "What is wrong with it")),
} };

constexpr std::array<TableColumn<MissingRow>, 5> missingColumns { {
    words<MissingRow, &MissingRow::ns>(
        QT_TRANSLATE_NOOP("Secrets", "Namespace"), QT_TRANSLATE_NOOP("Secrets", "In which it is looked for")),
    words<MissingRow, &MissingRow::secret>(QT_TRANSLATE_NOOP("Secrets", "Missing Secret"),
        QT_TRANSLATE_NOOP("Secrets", "Name that no Secret of the source has, and the key")),
    words<MissingRow, &MissingRow::from>(
        QT_TRANSLATE_NOOP("Secrets", "Named by"), QT_TRANSLATE_NOOP("Secrets", "What refers to it")),
    words<MissingRow, &MissingRow::how>(
        QT_TRANSLATE_NOOP("Secrets", "How"), QT_TRANSLATE_NOOP("Secrets", "For what it is wanted"), true),
    words<MissingRow, &MissingRow::effect>(
        QT_TRANSLATE_NOOP("Secrets", "Effect"), QT_TRANSLATE_NOOP("Secrets", "What that leads to"), true),
} };

constexpr std::array<TableColumn<StoreRow>, 5> storeColumns { {
    words<StoreRow, &StoreRow::kind>(
        QT_TRANSLATE_NOOP("Secrets", "Kind"), QT_TRANSLATE_NOOP("Secrets", "How Secrets come from outside")),
    words<StoreRow, &StoreRow::name>(
        QT_TRANSLATE_NOOP("Secrets", "Object"), QT_TRANSLATE_NOOP("Secrets", "That says so")),
    words<StoreRow, &StoreRow::provider>(
        QT_TRANSLATE_NOOP("Secrets", "Store"), QT_TRANSLATE_NOOP("Secrets", "Where the values are kept")),
    words<StoreRow, &StoreRow::what>(
        QT_TRANSLATE_NOOP("Secrets", "Gives"), QT_TRANSLATE_NOOP("Secrets", "Secrets that come of it"), true),
    words<StoreRow, &StoreRow::state>(
        QT_TRANSLATE_NOOP("Secrets", "State"), QT_TRANSLATE_NOOP("Secrets", "As the object tells"), true),
} };

} // namespace

SecretsModel::SecretsModel(QObject* parent)
    : TableModel("Secrets", secretColumns, parent)
{
}

QString SecretsModel::toolTipOf(const SecretRow& row) const
{
    QStringList lines { row.ns + QLatin1Char('/') + row.name };
    if (!row.managedBy.isEmpty())
        lines.append(secretsTr("Made by %1").arg(row.managedBy));
    for (const QString& line : { row.ageBasis, row.readersWords, row.usageWords }) {
        if (!line.isEmpty())
            lines.append(line);
    }
    return lines.join(QLatin1Char('\n'));
}

CertificatesModel::CertificatesModel(QObject* parent)
    : TableModel("Secrets", certificateColumns, parent)
{
}

MissingModel::MissingModel(QObject* parent)
    : TableModel("Secrets", missingColumns, parent)
{
}

StoresModel::StoresModel(QObject* parent)
    : TableModel("Secrets", storeColumns, parent)
{
}

} // namespace plimsoll::ui::model
