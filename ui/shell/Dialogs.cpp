// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/Dialogs.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDialog>
#include <QGridLayout>
#include <QHeaderView>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/model/ControlsModel.h"
#include "ui/model/Text.h"
#include "ui/view/report/Export.h"
#include "ui/widget/Icons.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Table.h"

namespace plimsoll::ui::shell {

namespace {

using namespace widget;

QString tr(const char* source)
{
    return QCoreApplication::translate("Dialogs", source);
}

struct Frame {
    QDialog* dialog;
    QVBoxLayout* body;
    QHBoxLayout* buttons;
};

Frame newDialog(QWidget* parent, const QString& title, const QSize& size)
{
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    dialog->resize(size);
    auto* outer = new QVBoxLayout(dialog);
    outer->setContentsMargins(space::xl, space::l, space::xl, space::l);
    outer->setSpacing(space::m);
    outer->addWidget(label(title, TextStyle::Heading, dialog));
    auto* body = new QVBoxLayout;
    body->setSpacing(space::s);
    outer->addLayout(body, 1);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    auto* close = button(tr("Close"), "", dialog);
    buttons->addWidget(close);
    outer->addLayout(buttons);
    QObject::connect(close, &QPushButton::clicked, dialog, &QDialog::close);
    return { dialog, body, buttons };
}

} // namespace

void showProblemsDialog(QWidget* parent, const std::shared_ptr<const assess::Assessment>& assessment)
{
    const Frame frame = newDialog(parent, tr("Problems while reading"), QSize(900, 480));
    QLabel* lead
        = mutedLabel(tr("What could not be read is missing from the assessment. The rest was read."), frame.dialog);
    lead->setWordWrap(true);
    frame.body->addWidget(lead);
    auto* rows = new model::ProblemsModel(frame.dialog);
    rows->setAssessment(assessment);
    auto* table = new Table(frame.dialog);
    table->setAccessibleName(tr("Problems while reading"));
    table->setModel(rows);
    table->setSortingEnabled(true);
    table->header()->setSortIndicator(0, Qt::AscendingOrder);
    table->setColumnWidth(0, 360);
    table->setColumnWidth(1, 260);
    frame.body->addWidget(table, 1);
    auto* copy = button(tr("Copy all"), "", frame.dialog);
    frame.buttons->insertWidget(0, copy);
    QObject::connect(copy, &QPushButton::clicked, table, [table] {
        table->selectAll();
        QApplication::clipboard()->setText(table->selectionAsText());
    });
    QObject::connect(
        table, &Table::copyRequested, table, [table] { QApplication::clipboard()->setText(table->selectionAsText()); });
    frame.dialog->show();
}

void showShortcutsDialog(QWidget* parent, const QList<QAction*>& actions)
{
    const Frame frame = newDialog(parent, tr("Keyboard shortcuts"), QSize(460, 620));
    auto* scroll = new QScrollArea(frame.dialog);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setAccessibleName(tr("Keyboard shortcuts"));
    auto* page = new QWidget(scroll);
    auto* grid = new QGridLayout(page);
    grid->setVerticalSpacing(space::s);
    grid->setColumnStretch(0, 1);
    int row = 0;
    const auto add = [&](const QString& text, const QString& keys) {
        grid->addWidget(label(text, TextStyle::Body, page), row, 0);
        grid->addWidget(label(keys, TextStyle::Strong, page), row++, 1);
    };
    for (const QAction* action : actions) {
        const QString keys = action->shortcut().toString(QKeySequence::NativeText);
        if (!keys.isEmpty())
            add(action->text().remove(QLatin1Char('&')).remove(QChar(0x2026)), keys);
    }
    add(tr("Next and previous row of a table"), QStringLiteral("J, K"));
    grid->setRowStretch(row, 1);
    scroll->setWidget(page);
    frame.body->addWidget(scroll, 1);
    frame.dialog->show();
}

void showAboutDialog(QWidget* parent)
{
    const Frame frame = newDialog(parent, tr("About Plimsoll"), QSize(460, 280));
    auto* sign = new QLabel(frame.dialog);
    sign->setPixmap(applicationIcon().pixmap(QSize(56, 56), frame.dialog->devicePixelRatioF()));
    frame.body->addWidget(sign);
    frame.body->addWidget(
        label(tr("Plimsoll %1").arg(QApplication::applicationVersion()), TextStyle::Strong, frame.dialog));
    frame.body->addWidget(
        wrappedLabel(tr("Reviews the security posture of Kubernetes clusters, live or from what kubectl gives "
                        "you. It only reads, connects to nothing but the cluster that you choose, "
                        "and sends nothing anywhere else. Apache License 2.0."),
            frame.dialog));
    frame.body->addStretch(1);
    frame.dialog->show();
}

void showExportOutcome(QWidget* parent, const QString& path, const QString& problem)
{
    const bool isWritten = problem.isEmpty();
    const Frame frame
        = newDialog(parent, isWritten ? tr("Exported") : tr("The report was not written"), QSize(480, 180));
    frame.body->addWidget(wrappedLabel(isWritten ? path : problem, frame.dialog));
    frame.body->addStretch(1);
    if (isWritten) {
        auto* folder = button(tr("Open folder"), "primary", frame.dialog);
        frame.buttons->insertWidget(1, folder);
        QObject::connect(folder, &QPushButton::clicked, frame.dialog, [path] { view::openFolderOf(path); });
    }
    frame.dialog->show();
}

} // namespace plimsoll::ui::shell
