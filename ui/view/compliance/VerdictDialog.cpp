// SPDX-License-Identifier: Apache-2.0
#include "ui/view/compliance/VerdictDialog.h"

#include <QDateTime>
#include <QFileDialog>
#include <QFileInfo>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPointer>
#include <QRadioButton>
#include <QScrollArea>
#include <QSettings>
#include <QVBoxLayout>

#include "ui/model/Text.h"
#include "ui/widget/Parts.h"

namespace plimsoll::ui::view {

using namespace widget;

namespace {

QString nameKey()
{
    return QStringLiteral("reviewer/name");
}

QStringList linesOf(const QPlainTextEdit* edit)
{
    QStringList lines;
    for (const QString& line : edit->toPlainText().split(QLatin1Char('\n'))) {
        if (!line.trimmed().isEmpty())
            lines.append(line.trimmed());
    }
    return lines;
}

} // namespace

VerdictDialog::VerdictDialog(ViewContext& context, const model::RequirementDetail& detail, QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_detail(detail)
    , m_assessment(context.review.assessment())
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Record a verdict"));
    resize(860, 560);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::xl, space::l, space::xl, space::l);
    column->setSpacing(space::m);
    QLabel* title = wrappedLabel(detail.id + QStringLiteral("  ") + detail.title, this);
    title->setFont(widget::font(TextStyle::Heading));
    column->addWidget(title);
    column->addWidget(mutedLabel(detail.frameworkTitle, this));
    auto* body = new QHBoxLayout;
    body->setSpacing(space::l);
    body->addWidget(buildForm(), 3);
    body->addWidget(buildAid(), 2);
    column->addLayout(body, 1);
    if (m_assessment->review.path.empty())
        column->addWidget(
            mutedLabel(tr("This source is no file, so the verdict is kept until the source is closed."), this));
    m_problem = wrappedLabel({}, this);
    column->addWidget(m_problem);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    QPushButton* cancel = button(tr("Cancel"), "", this);
    m_save = button(tr("Record"), "primary", this);
    buttons->addWidget(cancel);
    buttons->addWidget(m_save);
    column->addLayout(buttons);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_save, &QPushButton::clicked, this, &VerdictDialog::save);
    updateState();
}

QWidget* VerdictDialog::buildForm()
{
    auto* form = new QWidget(this);
    auto* column = new QVBoxLayout(form);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::s);
    column->addWidget(label(tr("Your verdict"), TextStyle::Strong, form));
    const QString names[] = { tr("Pass"), tr("Fail"), tr("Not applicable") };
    auto* choices = new QHBoxLayout;
    for (std::size_t i = 0; i < m_verdicts.size(); ++i) {
        m_verdicts[i] = new QRadioButton(names[i], form);
        choices->addWidget(m_verdicts[i]);
        connect(m_verdicts[i], &QRadioButton::toggled, this, &VerdictDialog::updateState);
    }
    choices->addStretch(1);
    column->addLayout(choices);
    const auto addText = [&](const QString& name, const QString& hint) {
        column->addSpacing(space::xs);
        column->addWidget(label(name, TextStyle::Strong, form));
        auto* edit = new QPlainTextEdit(form);
        edit->setAccessibleName(name);
        edit->setPlaceholderText(hint);
        edit->setTabChangesFocus(true);
        column->addWidget(edit, 1);
        connect(edit, &QPlainTextEdit::textChanged, this, &VerdictDialog::updateState);
        return edit;
    };
    m_note = addText(tr("Note"), tr("What you looked at and what you saw"));
    m_evidence = addText(tr("Evidence"), tr("Files or links, one a line; they are named, not copied"));
    QPushButton* files = button(tr("Add files\u2026"), "", form);
    column->addWidget(files, 0, Qt::AlignLeft);
    connect(files, &QPushButton::clicked, this, &VerdictDialog::addFiles);
    column->addSpacing(space::xs);
    column->addWidget(label(tr("Your name"), TextStyle::Strong, form));
    m_by = new QLineEdit(form);
    m_by->setAccessibleName(tr("Your name"));
    m_by->setText(QSettings().value(nameKey()).toString());
    column->addWidget(m_by);
    connect(m_by, &QLineEdit::textChanged, this, &VerdictDialog::updateState);
    if (m_detail.isRecorded) {
        const control::RecordedVerdict& old = m_detail.recorded;
        m_verdicts[static_cast<std::size_t>(old.verdict)]->setChecked(true);
        m_note->setPlainText(model::text(old.note));
        QStringList evidence;
        for (const std::string& one : old.evidence)
            evidence.append(model::text(one));
        m_evidence->setPlainText(evidence.join(QLatin1Char('\n')));
    }
    return form;
}

QWidget* VerdictDialog::buildAid()
{
    auto* card = new Card(tr("What to look at"), this);
    auto* scroll = new QScrollArea(card);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("What to look at"));
    auto* page = new QWidget(scroll);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, space::s, 0);
    column->setSpacing(space::s);
    const QString lookAt = model::lookAtText(m_detail);
    column->addWidget(wrappedLabel(
        lookAt.isEmpty() ? tr("The requirement says it all; no object of the cluster helps with it.") : lookAt, page));
    if (!m_detail.reason.isEmpty() && m_detail.reason != m_detail.lookAt) {
        column->addWidget(mutedLabel(tr("What Plimsoll can say"), page));
        column->addWidget(wrappedLabel(m_detail.reason, page));
    }
    for (const auto& line : m_detail.controls) {
        const QString counts = line.counts.isEmpty() ? line.reason : line.counts;
        column->addWidget(wrappedLabel(line.id + QStringLiteral("  ") + line.title + QStringLiteral("\n") + line.verdict
                + (counts.isEmpty() ? QString() : QStringLiteral(": ") + counts),
            page));
    }
    column->addStretch(1);
    scroll->setWidget(page);
    card->content()->addWidget(scroll, 1);
    return card;
}

void VerdictDialog::addFiles()
{
    const QString folder = m_assessment->review.path.empty()
        ? QString()
        : QFileInfo(model::text(m_assessment->review.path)).absolutePath();
    const QStringList files = QFileDialog::getOpenFileNames(this, tr("Evidence"), folder);
    for (const QString& file : files) {
        const QString near = folder.isEmpty() ? file : QDir(folder).relativeFilePath(file);
        m_evidence->appendPlainText(near.startsWith(QStringLiteral("..")) ? file : near);
    }
}

control::RecordedVerdict VerdictDialog::verdict() const
{
    control::RecordedVerdict result;
    result.framework = m_detail.framework.toStdString();
    result.requirement = m_detail.id.toStdString();
    for (std::size_t i = 0; i < m_verdicts.size(); ++i) {
        if (m_verdicts[i]->isChecked())
            result.verdict = static_cast<control::ManualVerdict>(i);
    }
    result.note = m_note->toPlainText().trimmed().toStdString();
    for (const QString& line : linesOf(m_evidence))
        result.evidence.push_back(line.toStdString());
    result.by = m_by->text().trimmed().toStdString();
    const UnixSeconds now = QDateTime::currentSecsSinceEpoch();
    result.date = now - now % (24 * 60 * 60);
    return result;
}

QString VerdictDialog::missing() const
{
    if (std::ranges::none_of(m_verdicts, [](const QRadioButton* one) { return one->isChecked(); }))
        return tr("Say whether it passes, fails or does not apply.");
    if (m_note->toPlainText().trimmed().isEmpty())
        return tr("A note is needed: a verdict without a reason convinces nobody.");
    return m_by->text().trimmed().isEmpty() ? tr("Your name is needed: a verdict is somebody's.") : QString();
}

void VerdictDialog::updateState()
{
    if (!m_save)
        return;
    const QString why = missing();
    m_problem->setText(why);
    m_save->setEnabled(why.isEmpty());
}

void VerdictDialog::save()
{
    const auto shown = m_context.review.assessment();
    if (!missing().isEmpty() || !m_context.pool)
        return;
    if (!shown || shown->cluster != m_assessment->cluster) {
        reject(); // another source was opened meanwhile
        return;
    }
    QSettings().setValue(nameKey(), m_by->text().trimmed());
    model::ReviewEdit change;
    change.recorded.push_back(verdict());
    m_save->setEnabled(false);
    m_problem->setText(tr("Saving and assessing anew\u2026"));
    m_context.review.edit(
        m_context.jobs, *m_context.pool, change, [dialog = QPointer<VerdictDialog>(this)](const QString& problem) {
            if (!dialog)
                return;
            if (problem.isEmpty()) {
                dialog->accept();
                return;
            }
            dialog->m_problem->setText(QStringLiteral("\u26a0 ") + problem);
            dialog->m_save->setEnabled(true);
        });
}

} // namespace plimsoll::ui::view

#include "moc_VerdictDialog.cpp"
