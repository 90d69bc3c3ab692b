// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/connect/RoleFile.h"

#include <QApplication>
#include <QClipboard>
#include <QDialog>
#include <QFileDialog>
#include <QHeaderView>
#include <QSaveFile>
#include <QVBoxLayout>

#include "core/snapshot/Collect.h"
#include "ui/model/ConnectModels.h"
#include "ui/model/Text.h"
#include "ui/shell/Dialogs.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Table.h"

namespace plimsoll::ui::shell {

namespace {

using namespace widget;

QString tr(const char* source)
{
    return QCoreApplication::translate("Connect", source);
}

} // namespace

void saveRoleFile(QWidget* parent, const QString& yaml)
{
    const QString path = QFileDialog::getSaveFileName(
        parent, tr("Save the ClusterRole"), QStringLiteral("plimsoll-auditor.yaml"), tr("YAML (*.yaml *.yml)"));
    if (path.isEmpty())
        return;
    QSaveFile file(path);
    const QByteArray bytes = yaml.toUtf8();
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        showExportOutcome(parent, path, tr("%1 cannot be written: %2").arg(path, file.errorString()));
}

void showNotCollectedDialog(QWidget* parent, const std::vector<snapshot::NotCollected>& list)
{
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Not collected"));
    dialog->resize(1040, 520);
    auto* column = new QVBoxLayout(dialog);
    column->setContentsMargins(space::xl, space::l, space::xl, space::l);
    column->setSpacing(space::m);
    column->addWidget(label(tr("Not collected"), TextStyle::Heading, dialog));
    QLabel* lead = mutedLabel(tr("The capture holds nothing of these. Controls that need them are \u201cnot "
                                 "assessed\u201d. Give the ClusterRole to an administrator and collect again."),
        dialog);
    lead->setWordWrap(true);
    column->addWidget(lead);
    auto* rows = new model::NotCollectedModel(dialog);
    rows->setRows(model::notCollectedRows(list));
    auto* table = new Table(dialog);
    table->setAccessibleName(tr("Not collected"));
    table->setModel(rows);
    table->setSortingEnabled(true);
    table->header()->setSortIndicator(0, Qt::AscendingOrder);
    const int widths[] = { 210, 140, 140, 260 };
    for (int i = 0; i < 4; ++i)
        table->setColumnWidth(i, widths[i]);
    column->addWidget(table, 1);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(space::s);
    QPushButton* copy = button(tr("Copy ClusterRole for an administrator"), "primary", dialog);
    QPushButton* save = button(tr("Save as YAML\u2026"), "", dialog);
    QPushButton* close = button(tr("Close"), "", dialog);
    buttons->addWidget(copy);
    buttons->addWidget(save);
    buttons->addStretch(1);
    buttons->addWidget(close);
    column->addLayout(buttons);
    const auto lacksSecrets = std::ranges::any_of(
        list, [](const snapshot::NotCollected& one) { return one.group.empty() && one.plural == "secrets"; });
    const QString yaml = model::text(snapshot::auditorRoleYaml(
        lacksSecrets ? snapshot::SecretAccess::WithList : snapshot::SecretAccess::Without, list));
    QObject::connect(copy, &QPushButton::clicked, dialog, [copy, yaml] {
        QApplication::clipboard()->setText(yaml);
        copy->setText(tr("Copied"));
    });
    QObject::connect(save, &QPushButton::clicked, dialog, [dialog, yaml] { saveRoleFile(dialog, yaml); });
    QObject::connect(close, &QPushButton::clicked, dialog, &QDialog::close);
    QObject::connect(
        table, &Table::copyRequested, table, [table] { QApplication::clipboard()->setText(table->selectionAsText()); });
    dialog->show();
}

} // namespace plimsoll::ui::shell
