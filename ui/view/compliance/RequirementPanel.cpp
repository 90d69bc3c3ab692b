// SPDX-License-Identifier: Apache-2.0
#include "ui/view/compliance/RequirementPanel.h"

#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/model/Text.h"
#include "ui/widget/Buttons.h"
#include "ui/widget/Parts.h"

namespace plimsoll::ui::view {

using namespace widget;

RequirementPanel::RequirementPanel(QWidget* parent)
    : QFrame(parent)
{
    widget::setRole(this, "card");
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(1, 1, 1, 1);
    m_pages = new QStackedWidget(this);
    outer->addWidget(m_pages);
    m_pages->addWidget(new EmptyState(QStringLiteral("compliance"), tr("No requirement is chosen"),
        tr("Choose one to see who decides it, what was found, and to record your own verdict."), this));
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* scroll = new QScrollArea(page);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("The chosen requirement"));
    auto* body = new QWidget(scroll);
    m_content = new QVBoxLayout(body);
    m_content->setContentsMargins(space::l, space::l, space::l, space::m);
    m_content->setSpacing(space::s);
    scroll->setWidget(body);
    column->addWidget(scroll, 1);

    m_object = new QFrame(page);
    widget::setRole(m_object, "notice");
    auto* inside = new QVBoxLayout(m_object);
    inside->setContentsMargins(space::l, space::s, space::l, space::s);
    inside->setSpacing(space::xs);
    m_objectTitle = wrappedLabel({}, m_object);
    m_objectTitle->setFont(widget::font(TextStyle::Strong));
    m_objectText = wrappedLabel({}, m_object);
    m_showObject = button(tr("Show the finding"), "link", m_object);
    inside->addWidget(m_objectTitle);
    inside->addWidget(m_objectText);
    inside->addWidget(m_showObject);
    column->addWidget(m_object);
    m_object->hide();

    auto* buttons = new QHBoxLayout;
    buttons->setContentsMargins(space::l, space::s, space::l, space::m);
    m_record = button(tr("Record a verdict\u2026"), "primary", page);
    m_withdraw = button(tr("Take it back"), "", page);
    m_findings = button(tr("Its findings"), "", page);
    buttons->addWidget(m_record);
    buttons->addWidget(m_withdraw);
    buttons->addStretch(1);
    buttons->addWidget(m_findings);
    column->addLayout(buttons);
    m_pages->addWidget(page);
    connect(m_record, &QPushButton::clicked, this, &RequirementPanel::recordAsked);
    connect(m_withdraw, &QPushButton::clicked, this, &RequirementPanel::withdrawAsked);
    connect(m_findings, &QPushButton::clicked, this, &RequirementPanel::findingsAsked);
    connect(m_showObject, &QPushButton::clicked, this, &RequirementPanel::objectAsked);
}

void RequirementPanel::showNothing()
{
    m_pages->setCurrentIndex(0);
}

void RequirementPanel::addText(const QString& heading, const QString& text)
{
    if (text.isEmpty())
        return;
    QLabel* name = mutedLabel(heading, this);
    name->setFont(widget::font(TextStyle::Caption));
    m_content->addWidget(name);
    m_content->addWidget(wrappedLabel(text, this));
    m_content->addSpacing(space::xs);
}

void RequirementPanel::addRecorded(const control::RecordedVerdict& recorded)
{
    auto* notice = new QFrame(this);
    widget::setRole(notice, "notice");
    auto* inside = new QVBoxLayout(notice);
    inside->setContentsMargins(space::m, space::s, space::m, space::s);
    inside->setSpacing(space::xs);
    QLabel* head = wrappedLabel(tr("Recorded: %1 (%2, %3)")
                                    .arg(model::verdictName(recorded.verdict), model::lineText(recorded.by),
                                        model::text(formatDate(recorded.date))),
        notice);
    head->setFont(widget::font(TextStyle::Strong));
    inside->addWidget(head);
    if (!recorded.note.empty())
        inside->addWidget(wrappedLabel(model::text(recorded.note), notice));
    for (const std::string& one : recorded.evidence)
        inside->addWidget(wrappedLabel(tr("Evidence: %1").arg(model::lineText(one)), notice));
    m_content->addWidget(notice);
}

void RequirementPanel::showRequirement(const model::RequirementDetail& detail)
{
    clearLayout(m_content);
    QLabel* title = wrappedLabel(detail.id + QStringLiteral("  ") + detail.title, this);
    title->setFont(widget::font(TextStyle::Heading));
    m_content->addWidget(title);
    QStringList about { detail.frameworkTitle };
    if (!detail.section.isEmpty())
        about.append(detail.section);
    if (!detail.level.isEmpty())
        about.append(detail.level);
    QLabel* where = mutedLabel(about.join(QStringLiteral("  \u00b7  ")), this);
    where->setWordWrap(true);
    m_content->addWidget(where);
    m_content->addSpacing(space::xs);
    if (detail.isRecorded)
        addRecorded(detail.recorded);
    addText(tr("Status"), detail.status);
    addText(tr("Decided by"), detail.decidedBy);
    if (detail.reason != detail.lookAt)
        addText(tr("Why"), detail.reason);
    addText(tr("What to look at"), detail.lookAt);
    if (!detail.controls.empty()) {
        QLabel* name = mutedLabel(tr("Controls"), this);
        name->setFont(widget::font(TextStyle::Caption));
        m_content->addWidget(name);
    }
    for (const auto& line : detail.controls) {
        const QString second = QStringList { line.verdict, line.counts.isEmpty() ? line.reason : line.counts }.join(
            QStringLiteral(" \u00b7 "));
        auto* row = new LinkRow({ line.severity, {}, line.id + QStringLiteral("  ") + line.title, second, {} }, this);
        row->setToolTip(line.reason.toHtmlEscaped());
        m_content->addWidget(row);
        connect(row, &QAbstractButton::clicked, this, [this, id = line.id] { Q_EMIT controlAsked(id); });
    }
    m_content->addStretch(1);
    m_record->setText(detail.isRecorded ? tr("Change\u2026") : tr("Record a verdict\u2026"));
    m_withdraw->setVisible(detail.isRecorded);
    m_findings->setVisible(!detail.controls.empty());
    m_pages->setCurrentIndex(1);
}

void RequirementPanel::showObject(const QString& title, const QString& message, bool isFinding)
{
    m_object->setVisible(!title.isEmpty());
    m_objectTitle->setText(title);
    m_objectText->setText(message);
    m_showObject->setText(isFinding ? tr("Show the finding with its evidence") : tr("Show the object in the graph"));
}

} // namespace plimsoll::ui::view

#include "moc_RequirementPanel.cpp"
