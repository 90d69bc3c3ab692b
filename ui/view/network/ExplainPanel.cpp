// SPDX-License-Identifier: Apache-2.0
#include "ui/view/network/ExplainPanel.h"

#include <algorithm>

#include <QApplication>
#include <QClipboard>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/widget/Icons.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Table.h"
#include "ui/widget/YamlView.h"

namespace plimsoll::ui::view {

namespace {

using namespace widget;

QString answerSign(network::Answer answer)
{
    return answer == network::Answer::Allowed ? QStringLiteral("\u25cf ")
        : answer == network::Answer::Denied   ? QStringLiteral("\u2715 ")
                                              : QStringLiteral("? ");
}

} // namespace

ExplainPanel::ExplainPanel(ViewContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
{
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    m_pages = new QStackedWidget(this);
    outer->addWidget(m_pages);
    m_nothing = new EmptyState(QStringLiteral("network"), tr("Choose a connection"),
        tr("Here stands which policy decides it on either side, by which rule."), m_pages);
    m_pages->addWidget(m_nothing);
    auto* page = new QWidget(m_pages);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, space::s, 0, 0);
    layout->setSpacing(space::s);
    auto* head = new QHBoxLayout;
    head->setSpacing(space::s);
    auto* question = new ElidedLabel(Qt::ElideMiddle, page);
    question->setFont(widget::font(TextStyle::Heading));
    m_question = question;
    head->addWidget(question, 1);
    auto* copyText = button(tr("Copy as text"), "", page);
    connect(
        copyText, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(m_explained.asText()); });
    head->addWidget(copyText);
    auto* copyJson = button(tr("Copy as JSON"), "", page);
    connect(copyJson, &QPushButton::clicked, this,
        [this] { QApplication::clipboard()->setText(QString::fromUtf8(m_explained.asJson())); });
    head->addWidget(copyJson);
    layout->addLayout(head);
    m_headline = wrappedLabel({}, page);
    layout->addWidget(m_headline);
    m_notes = wrappedLabel({}, page);
    setRole(m_notes, "muted");
    layout->addWidget(m_notes);
    auto* splitter = new QSplitter(Qt::Horizontal, page);
    splitter->setChildrenCollapsible(false);
    const QString names[] = { tr("Rule of the source"), tr("Rule of the destination"), tr("Rule of the mesh") };
    for (std::size_t at = 0; at < m_columns.size(); ++at) {
        m_columns[at] = buildColumn(splitter, names[at]);
        splitter->addWidget(m_columns[at].box);
    }
    splitter->addWidget(buildMisses(splitter));
    for (int part = 0; part < splitter->count(); ++part)
        splitter->setStretchFactor(part, 1);
    layout->addWidget(splitter, 1);
    m_pages->addWidget(page);
}

ExplainPanel::Column ExplainPanel::buildColumn(QWidget* parent, const QString& name)
{
    Column out;
    out.box = new QWidget(parent);
    auto* layout = new QVBoxLayout(out.box);
    layout->setContentsMargins(name == tr("Rule of the source") ? 0 : space::s, 0, space::s, 0);
    layout->setSpacing(space::xs);
    auto* title = new ElidedLabel(Qt::ElideMiddle, out.box);
    title->setFont(widget::font(TextStyle::Strong));
    out.title = title;
    layout->addWidget(title);
    auto* line = new QHBoxLayout;
    out.verdict = label({}, TextStyle::Strong, out.box);
    line->addWidget(out.verdict);
    out.basis = mutedLabel({}, out.box);
    line->addWidget(out.basis, 1);
    layout->addLayout(line);
    out.text = wrappedLabel({}, out.box);
    layout->addWidget(out.text);
    out.yaml = new PolicyText(m_context, name, out.box);
    layout->addWidget(out.yaml, 1);
    return out;
}

QWidget* ExplainPanel::buildMisses(QWidget* parent)
{
    auto* box = new QWidget(parent);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(space::s, 0, 0, 0);
    layout->setSpacing(space::s);
    m_changeBox = new QFrame(box);
    setRole(m_changeBox, "notice");
    auto* change = new QVBoxLayout(m_changeBox);
    change->setContentsMargins(space::m, space::s, space::m, space::s);
    change->setSpacing(space::xs);
    change->addWidget(label(tr("Smallest change that would turn it"), TextStyle::Strong, m_changeBox));
    m_change = wrappedLabel({}, m_changeBox);
    change->addWidget(m_change);
    layout->addWidget(m_changeBox);
    m_missTitle = label({}, TextStyle::Strong, box);
    layout->addWidget(m_missTitle);
    m_misses = new model::NearMissesModel(this);
    m_missTable = networkTable(m_misses, tr("Rules that did not match"), { 64, 160, 100 }, box);
    connect(m_missTable, &QTreeView::activated, this, [this](const QModelIndex& at) {
        if (const auto* row = m_misses->rowAt(at))
            Q_EMIT policyAsked(row->object);
    });
    connect(
        m_missTable->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& at) {
            const auto* row = m_misses->rowAt(at);
            m_missReason->setText(row ? row->policy + QStringLiteral(": ") + row->reason : QString());
            if (!row || m_explained.sides.empty())
                return;
            // Shown in the place of the rule that decides that side.
            const std::size_t column = std::min<std::size_t>(row->side, m_explained.sides.size() - 1);
            m_columns[column].yaml->showPlace(m_network, row->object, row->rule);
        });
    layout->addWidget(m_missTable, 100);
    m_missReason = wrappedLabel({}, box);
    setRole(m_missReason, "muted");
    layout->addWidget(m_missReason);
    layout->addStretch(1);
    return box;
}

void ExplainPanel::showNothing(const QString& title, const QString& text)
{
    m_explained = {};
    m_nothing->setTexts(title, text);
    m_pages->setCurrentIndex(0);
}

void ExplainPanel::fillColumn(Column& column, const model::ExplainedSide& side)
{
    static_cast<ElidedLabel*>(column.title)->setFullText(side.title);
    column.verdict->setText(answerSign(side.answer) + side.verdict);
    colourVerdict(column, side.answer);
    column.basis->setText(tr("basis: %1").arg(side.basis));
    column.text->setText(side.text);
    column.yaml->showPlace(m_network, side.object, side.place, tr("# No policy decides this side."));
}

void ExplainPanel::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() != QEvent::PaletteChange)
        return;
    for (std::size_t at = 0; at < m_explained.sides.size() && at < m_columns.size(); ++at)
        colourVerdict(m_columns[at], m_explained.sides[at].answer);
}

void ExplainPanel::colourVerdict(Column& column, network::Answer answer)
{
    QPalette palette = column.verdict->palette();
    palette.setColor(QPalette::WindowText,
        answer == network::Answer::Allowed      ? theme().pass
            : answer == network::Answer::Denied ? theme().fail
                                                : theme().textMuted);
    column.verdict->setPalette(palette);
}

void ExplainPanel::showExplained(const model::Network& network, model::Explained explained)
{
    m_network = network;
    m_explained = std::move(explained);
    m_pages->setCurrentIndex(1);
    static_cast<ElidedLabel*>(m_question)->setFullText(answerSign(m_explained.answer) + m_explained.question);
    m_headline->setText(m_explained.headline);
    m_notes->setText(m_explained.notes.join(QStringLiteral("  \u00b7  ")));
    for (std::size_t at = 0; at < m_columns.size(); ++at) {
        const bool isUsed = at < m_explained.sides.size();
        m_columns[at].box->setVisible(isUsed);
        if (isUsed)
            fillColumn(m_columns[at], m_explained.sides[at]);
    }
    m_changeBox->setVisible(!m_explained.change.isEmpty());
    m_change->setText(m_explained.change);
    m_misses->setRows(m_explained.misses);
    m_missTitle->setText(m_explained.misses.empty()
            ? tr("No other rule came near")
            : tr("Rules that did not match (%1)").arg(m_explained.misses.size()));
    m_missTable->setVisible(!m_explained.misses.empty());
    m_missReason->clear();
}

} // namespace plimsoll::ui::view
