// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/TopBar.h"

#include <map>

#include <QAction>
#include <QDateTime>
#include <QEvent>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QTimer>
#include <QToolButton>

#include "ui/model/OverviewData.h"
#include "ui/model/Text.h"
#include "ui/shell/OriginBadge.h"
#include "ui/view/Views.h"
#include "ui/widget/Icons.h"
#include "ui/widget/Parts.h"

namespace plimsoll::ui::shell {

namespace {

using namespace widget;

constexpr std::size_t maxHits = 12;

QToolButton* actionButton(QAction* action, const QString& iconName, QWidget* parent)
{
    QToolButton* result = flatButton(iconName, action->text().remove(QLatin1Char('&')), parent);
    result->setEnabled(action->isEnabled());
    result->setCheckable(action->isCheckable());
    result->setChecked(action->isChecked());
    const QString keys = action->shortcut().toString(QKeySequence::NativeText);
    if (!keys.isEmpty())
        result->setToolTip(result->accessibleName() + QStringLiteral("  (") + keys + QLatin1Char(')'));
    QObject::connect(result, &QToolButton::clicked, action, &QAction::trigger);
    QObject::connect(action, &QAction::changed, result, [action, result] { result->setEnabled(action->isEnabled()); });
    QObject::connect(action, &QAction::toggled, result, &QToolButton::setChecked);
    return result;
}

} // namespace

SearchBox::SearchBox(view::ViewContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_field(new QLineEdit(this))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_field);
    m_field->setPlaceholderText(tr("Search objects and controls   (Ctrl+K)"));
    m_field->setAccessibleName(tr("Search objects and controls"));
    m_field->addAction(icon(QStringLiteral("search"), theme().textMuted), QLineEdit::LeadingPosition);
    m_field->setClearButtonEnabled(true);
    setRole(m_field, "search");
    m_field->installEventFilter(this);
    connect(m_field, &QLineEdit::textChanged, this, &SearchBox::search);
}

void SearchBox::setAssessment(std::shared_ptr<const assess::Assessment> assessment)
{
    m_index.setAssessment(std::move(assessment));
    m_field->clear();
}

void SearchBox::begin()
{
    m_field->setFocus(Qt::ShortcutFocusReason);
    m_field->selectAll();
    search();
}

// The list is a child of the window, not a window of its own: it takes no focus and closes with the field.
void SearchBox::place()
{
    const QPoint below = m_field->mapTo(window(), QPoint(0, m_field->height() + 4));
    const int rows = std::max(1, m_list->count());
    m_list->setGeometry(below.x(), below.y(), m_field->width(), std::min(480, rows * m_list->sizeHintForRow(0) + 14));
    m_list->raise();
    m_list->show();
}

void SearchBox::search()
{
    if (!m_list) {
        m_list = new QListWidget(window());
        m_list->setAccessibleName(tr("Results of the search"));
        m_list->setFocusPolicy(Qt::NoFocus);
        m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        m_list->hide();
        connect(m_list, &QListWidget::itemClicked, this, [this](QListWidgetItem* item) { choose(m_list->row(item)); });
    }
    const QString typed = m_field->text().trimmed();
    m_list->clear();
    m_views.clear();
    m_hits.clear();
    if (typed.isEmpty()) {
        m_list->hide();
        return;
    }
    for (const view::ViewRow& row : view::rows()) {
        if (row.titleText().contains(typed, Qt::CaseInsensitive)) {
            m_views.append(row.idText());
            m_list->addItem(
                new QListWidgetItem(icon(QString::fromLatin1(row.icon)), tr("Go to %1").arg(row.titleText())));
        }
    }
    m_hits = m_index.find(typed, maxHits);
    for (const auto& hit : m_hits) {
        const bool isControl = hit.what == model::SearchIndex::Hit::What::Control;
        m_list->addItem(new QListWidgetItem(icon(isControl ? QStringLiteral("control") : QStringLiteral("object")),
            hit.text + QStringLiteral("    ") + hit.secondary));
    }
    if (m_list->count() == 0) {
        auto* none = new QListWidgetItem(tr("Nothing found. Names, kinds, namespaces and control ids are searched."));
        none->setFlags(Qt::NoItemFlags);
        m_list->addItem(none);
    }
    m_list->setCurrentRow(0);
    place();
}

void SearchBox::choose(int row)
{
    if (row < 0)
        return;
    const auto at = static_cast<std::size_t>(row);
    const auto views = static_cast<std::size_t>(m_views.size());
    m_list->hide();
    if (at < views) {
        m_context.navigator.openView(m_views[row]);
    } else if (at - views < m_hits.size()) {
        const auto hit = m_hits[at - views];
        if (hit.what == model::SearchIndex::Hit::What::Control) {
            model::FindingsFilter filter;
            filter.controls = { hit.controlId };
            filter.status = model::FindingsFilter::Status::All;
            m_context.filter.setFilter(filter);
            m_context.navigator.openView(QStringLiteral("findings"));
        } else {
            m_context.navigator.open(hit.object, QStringLiteral("paths"));
        }
    }
    m_field->clear();
    m_field->clearFocus();
}

bool SearchBox::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_field && m_list) {
        if (event->type() == QEvent::FocusOut)
            m_list->hide();
        if (event->type() == QEvent::KeyPress && m_list->isVisible()) {
            const int key = static_cast<QKeyEvent*>(event)->key();
            const int step = key == Qt::Key_Down ? 1 : key == Qt::Key_Up ? -1 : 0;
            if (step != 0) {
                m_list->setCurrentRow(std::clamp(m_list->currentRow() + step, 0, m_list->count() - 1));
                return true;
            }
            if (key == Qt::Key_Return || key == Qt::Key_Enter) {
                choose(m_list->currentRow());
                return true;
            }
            if (key == Qt::Key_Escape) {
                m_list->hide();
                m_field->clear();
                return true;
            }
        }
    }
    return QWidget::eventFilter(watched, event);
}

TopBar::TopBar(view::ViewContext& context, QAction* back, QAction* forward, QAction* inspector, QWidget* parent)
    : QWidget(parent)
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(space::m, space::s, space::l, space::s);
    layout->setSpacing(space::s);
    layout->addWidget(actionButton(back, QStringLiteral("back"), this));
    layout->addWidget(actionButton(forward, QStringLiteral("forward"), this));
    layout->addSpacing(space::s);
    m_chip = new QWidget(this);
    auto* texts = new QVBoxLayout(m_chip);
    texts->setContentsMargins(0, 0, 0, 0);
    texts->setSpacing(0);
    m_cluster = new ElidedLabel(Qt::ElideRight, m_chip);
    m_cluster->setFont(widget::font(TextStyle::Strong));
    m_facts = new ElidedLabel(Qt::ElideRight, m_chip);
    m_facts->setFont(widget::font(TextStyle::Caption));
    setRole(m_facts, "muted");
    texts->addWidget(m_cluster);
    texts->addWidget(m_facts);
    m_chip->setMinimumWidth(240);
    m_badge = new OriginBadge(this);
    layout->addWidget(m_badge);
    layout->addSpacing(space::s);
    layout->addWidget(m_chip, 2);
    m_scope = new ChoiceChip(tr("Namespaces"), this);
    layout->addWidget(m_scope);
    m_search = new SearchBox(context, this);
    m_search->setMinimumWidth(260);
    m_search->setMaximumWidth(460);
    layout->addWidget(m_search, 2);
    layout->addWidget(actionButton(inspector, QStringLiteral("panel"), this));
    connect(m_scope, &ChoiceChip::chosenChanged, &context.filter, &view::ReviewFilter::setNamespaces);
    connect(&context.filter, &view::ReviewFilter::filterChanged, this,
        [this, &context] { m_scope->setChosen(context.filter.filter().namespaces); });
}

void TopBar::setAssessment(const std::shared_ptr<const assess::Assessment>& assessment, const QString& sourceTitle)
{
    m_search->setAssessment(assessment);
    m_search->setEnabled(assessment != nullptr);
    m_scope->setEnabled(assessment != nullptr);
    m_assessment = assessment;
    showOrigin();
    if (!assessment) {
        m_cluster->setFullText(tr("Nothing is open"));
        m_facts->setFullText({});
        m_scope->setChoices({});
        return;
    }
    const cluster::Cluster& cluster = *assessment->cluster;
    const QString name = model::clusterTitle(cluster);
    const bool saysName = sourceTitle.contains(name, Qt::CaseInsensitive);
    m_cluster->setFullText(saysName ? sourceTitle : name + QStringLiteral("  \u2013  ") + sourceTitle);
    QStringList facts { model::versionText(cluster) };
    const QString time = model::timeText(assessment->assessedAt);
    if (!time.isEmpty())
        facts.append(time);
    m_facts->setFullText(facts.join(QStringLiteral("  \u00b7  ")));
    std::vector<ChoiceChip::Choice> scopes { { model::FindingsFilter::clusterScope, tr("cluster-wide"), -1 } };
    for (const cluster::Namespace& ns : cluster.namespaces())
        scopes.push_back({ model::text(cluster.text(ns.name)), model::lineText(cluster.text(ns.name)), -1 });
    m_scope->setChoices(std::move(scopes));
}

// Ages are told in minutes, so a look at the clock twice a minute is enough.
void TopBar::showOrigin()
{
    if (!m_clock) {
        m_clock = new QTimer(this);
        m_clock->setInterval(30 * 1000);
        connect(m_clock, &QTimer::timeout, this, &TopBar::showOrigin);
    }
    if (!m_assessment) {
        m_clock->stop();
        m_badge->hide();
        m_origin = {};
        return;
    }
    m_origin = model::originOf(*m_assessment, QDateTime::currentSecsSinceEpoch());
    m_badge->setOrigin(m_origin);
    if (m_origin.kind != model::OriginData::Kind::Files)
        m_clock->start();
    Q_EMIT originChanged();
}

} // namespace plimsoll::ui::shell

#include "moc_TopBar.cpp"
