// SPDX-License-Identifier: Apache-2.0
#include "ui/view/network/PoliciesPage.h"

#include <algorithm>
#include <map>

#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

#include "ui/model/AccessData.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Table.h"

namespace plimsoll::ui::view {

using namespace widget;

namespace {

constexpr std::size_t mostPodsListed = 5'000;
enum DetailPage { NoDetail, PolicyDetailPage, PodDetailPage };

} // namespace

PoliciesPage::PoliciesPage(ViewContext& context, QWidget* parent)
    : NetworkPage(context, parent)
    , m_policies(new model::PoliciesModel(this))
    , m_pods(new model::PodsModel(this))
    , m_rules(new model::RulesModel(this))
    , m_selected(new model::PolicyPodsModel(this))
    , m_problems(new model::PolicyProblemsModel(this))
    , m_podPolicies(new model::PodPoliciesModel(this))
{
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, space::s, 0, 0);
    auto* splitter = new QSplitter(Qt::Horizontal, this);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(buildLists());
    splitter->addWidget(buildDetail());
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 3);
    splitter->setSizes({ 620, 710 });
    outer->addWidget(splitter, 1);
}

QWidget* PoliciesPage::buildLists()
{
    auto* side = new QWidget(this);
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(0, 0, space::s, 0);
    layout->setSpacing(space::s);
    side->setMinimumWidth(420);
    auto* bar = new QHBoxLayout;
    bar->setSpacing(space::s);
    m_kinds = new QTabBar(side);
    m_kinds->setAccessibleName(tr("Policies or pods"));
    m_kinds->addTab(tr("Policies"));
    m_kinds->addTab(tr("Pods"));
    m_kinds->setDrawBase(false);
    bar->addWidget(m_kinds);
    m_filter = new QLineEdit(side);
    m_filter->setPlaceholderText(tr("Filter  ( / )"));
    m_filter->setAccessibleName(tr("Filter the list by text"));
    m_filter->setClearButtonEnabled(true);
    bar->addWidget(m_filter, 1);
    layout->addLayout(bar);
    m_lists = new QStackedWidget(side);
    m_policyTable = networkTable(m_policies, tr("Policies"), { 190, 116, 74, 60, 88 }, m_lists);
    m_policyTable->header()->setStretchLastSection(false);
    m_policyTable->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_podTable = networkTable(m_pods, tr("Pods"), { 290, 190 }, m_lists);
    m_lists->addWidget(m_policyTable);
    m_lists->addWidget(m_podTable);
    m_lists->addWidget(new EmptyState(QStringLiteral("network"), tr("No policies"),
        tr("The source holds no policy: every pod may talk to every other."), m_lists));
    layout->addWidget(m_lists, 1);
    m_count = mutedLabel({}, side);
    layout->addWidget(m_count);
    connect(m_filter, &QLineEdit::textChanged, this, &PoliciesPage::applyFilter);
    connect(m_kinds, &QTabBar::currentChanged, this, [this] {
        m_details->setCurrentIndex(NoDetail);
        m_text->hide();
        m_whatIf->hide();
        m_graph->hide();
        m_summary->clear();
        static_cast<ElidedLabel*>(m_title)->setFullText({});
        applyFilter();
    });
    connect(
        m_policyTable->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& at) {
            if (const auto* row = m_policies->rowAt(at))
                choosePolicy(row->object);
        });
    connect(m_podTable->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& at) {
        if (const auto* row = m_pods->rowAt(at))
            choosePod(*row);
    });
    return side;
}

QWidget* PoliciesPage::buildDetail()
{
    auto* side = new QWidget(this);
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(space::m, 0, 0, 0);
    layout->setSpacing(space::s);
    auto* head = new QHBoxLayout;
    head->setSpacing(space::s);
    auto* title = new ElidedLabel(Qt::ElideMiddle, side);
    title->setFont(widget::font(TextStyle::Heading));
    m_title = title;
    head->addWidget(title, 1);
    m_graph = button(tr("Show in the graph"), "", side);
    connect(m_graph, &QPushButton::clicked, this, [this] { Q_EMIT focusAsked(m_focus); });
    head->addWidget(m_graph);
    m_whatIf = new QWidget(side);
    auto* changes = new QHBoxLayout(m_whatIf);
    changes->setContentsMargins(0, 0, 0, 0);
    changes->setSpacing(space::s);
    auto* edit = button(tr("Edit in What if"), "", m_whatIf);
    connect(edit, &QPushButton::clicked, this, [this] { Q_EMIT whatIfAsked(m_chosen, false); });
    changes->addWidget(edit);
    auto* drop = button(tr("What if it were gone"), "", m_whatIf);
    connect(drop, &QPushButton::clicked, this, [this] { Q_EMIT whatIfAsked(m_chosen, true); });
    changes->addWidget(drop);
    head->addWidget(m_whatIf);
    layout->addLayout(head);
    m_summary = wrappedLabel({}, side);
    layout->addWidget(m_summary);
    auto* splitter = new QSplitter(Qt::Vertical, side);
    splitter->setChildrenCollapsible(false);
    m_details = new QStackedWidget(splitter);
    m_details->addWidget(new EmptyState(QStringLiteral("network"), tr("Choose a policy or a pod"),
        tr("Here stands what a policy selects and whom its rules match, or which policies concern a pod."), m_details));
    m_parts = new QTabWidget(m_details);
    m_parts->setDocumentMode(true);
    m_ruleTable = networkTable(m_rules, tr("Rules of the policy"), { 100, 170 }, m_parts);
    m_parts->addTab(m_ruleTable, tr("Rules"));
    m_parts->addTab(networkTable(m_selected, tr("Pods that the policy selects"), { 300, 260 }, m_parts), tr("Pods"));
    auto* problems = networkTable(m_problems, tr("Problems of the policy"), { 220 }, m_parts);
    m_parts->addTab(problems, tr("Problems"));
    m_details->addWidget(m_parts);
    m_podPolicyTable = networkTable(m_podPolicies, tr("Policies that concern the pod"), { 150, 110 }, m_details);
    m_details->addWidget(m_podPolicyTable);
    splitter->addWidget(m_details);
    m_text = new PolicyText(context(), tr("The policy as YAML"), splitter);
    splitter->addWidget(m_text);
    splitter->setSizes({ 300, 320 });
    layout->addWidget(splitter, 1);
    const auto mark = [this](const QString& pointer) { m_text->showPlace(network(), m_chosen, pointer); };
    connect(m_ruleTable->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        [this, mark](const QModelIndex& at) {
            if (const auto* row = m_rules->rowAt(at))
                mark(row->rule);
        });
    connect(
        problems->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this, mark](const QModelIndex& at) {
            if (const auto* row = m_problems->rowAt(at))
                mark(row->rule);
        });
    connect(m_podPolicyTable->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        [this](const QModelIndex& at) {
            if (const auto* row = m_podPolicies->rowAt(at))
                m_text->showPlace(network(), row->object, row->pointer);
        });
    connect(m_podPolicyTable, &QTreeView::activated, this, [this](const QModelIndex& at) {
        if (const auto* row = m_podPolicies->rowAt(at))
            showPolicy(row->object);
    });
    return side;
}

void PoliciesPage::clear()
{
    m_all.clear();
    m_chosen = {};
    m_policies->setRows({});
    m_pods->setRows({});
    m_rules->setRows({});
    m_selected->setRows({});
    m_problems->setRows({});
    m_podPolicies->setRows({});
    m_details->setCurrentIndex(NoDetail);
    static_cast<ElidedLabel*>(m_title)->setFullText({});
    m_summary->setText({});
    m_count->setText({});
    m_whatIf->hide();
    m_graph->hide();
    m_text->hide();
}

void PoliciesPage::fill()
{
    m_count->setText(tr("Reading policies\u2026"));
    context().jobs.run<std::vector<model::PolicyRow>>(
        this, { .slot = QStringLiteral("network-policies"), .title = tr("Reading policies") },
        [shared = network()](Progress& progress) { return model::policyRows(shared, progress); },
        [this](std::vector<model::PolicyRow> rows) {
            m_all = std::move(rows);
            applyFilter();
            selectWanted();
            count();
        });
}

// What each selects comes later, into the rows where they stand.
void PoliciesPage::count()
{
    using Rows = std::vector<model::PolicyRow>;
    context().jobs.run<Rows>(
        this, { .slot = QStringLiteral("network-policies"), .title = tr("Counting what policies select") },
        [shared = network(), rows = m_all](
            Progress& progress) { return model::countedPolicies(shared, rows, progress); },
        [this](Rows rows) {
            if (rows.size() != m_all.size())
                return; // cancelled
            m_all = std::move(rows);
            std::map<cluster::ObjectId, const model::PolicyRow*> byObject;
            for (const model::PolicyRow& row : m_all)
                byObject.emplace(row.object, &row);
            m_policies->changeRows([&](model::PolicyRow& row) {
                if (const auto found = byObject.find(row.object); found != byObject.end())
                    row = *found->second;
            });
        });
}

void PoliciesPage::applyFilter()
{
    if (m_kinds->currentIndex() == 1) {
        listPods();
        return;
    }
    const QString text = m_filter->text().trimmed();
    std::vector<model::PolicyRow> shown;
    for (const model::PolicyRow& row : m_all) {
        if (text.isEmpty() || row.title().contains(text, Qt::CaseInsensitive))
            shown.push_back(row);
    }
    const std::size_t count = shown.size();
    m_policies->setRows(std::move(shown));
    m_lists->setCurrentIndex(m_all.empty() && network() ? 2 : 0);
    m_count->setText(count == m_all.size() ? counted(count, tr("1 policy"), tr("%1 policies"))
                                           : tr("%1 of %2 policies").arg(grouped(count), grouped(m_all.size())));
}

void PoliciesPage::listPods()
{
    m_lists->setCurrentIndex(1);
    if (!network())
        return;
    context().jobs.run<std::vector<model::PodRow>>(
        this, { .slot = QStringLiteral("network-pods"), .title = {} },
        [shared = network(), text = m_filter->text().trimmed()](
            Progress&) { return model::podRows(shared, text, mostPodsListed); },
        [this](std::vector<model::PodRow> rows) {
            const std::size_t count = rows.size();
            m_pods->setRows(std::move(rows));
            m_count->setText(count < mostPodsListed
                    ? counted(count, tr("1 pod"), tr("%1 pods"))
                    : tr("The first %1 pods: filter to see others").arg(grouped(count)));
        });
}

void PoliciesPage::choosePolicy(cluster::ObjectId policy)
{
    m_chosen = policy;
    m_whatIf->show();
    m_graph->hide();
    context().jobs.run<model::PolicyDetail>(
        this, { .slot = QStringLiteral("network-policy"), .title = {} },
        [shared = network(), policy](Progress&) { return model::policyDetail(shared, policy); },
        [this](model::PolicyDetail detail) {
            const auto found = std::ranges::find(m_all, m_chosen, &model::PolicyRow::object);
            if (found != m_all.end() && !found->found.empty())
                detail.problems = found->found; // say more, and the same besides
            showDetail(detail);
        });
}

void PoliciesPage::showDetail(const model::PolicyDetail& detail)
{
    m_details->setCurrentIndex(PolicyDetailPage);
    m_text->show();
    static_cast<ElidedLabel*>(m_title)->setFullText(detail.title);
    m_summary->setText(detail.summary);
    m_rules->setRows(detail.rules);
    m_selected->setRows(detail.pods);
    m_problems->setRows(detail.problems);
    m_parts->setTabText(0, tr("Rules (%1)").arg(detail.rules.size()));
    m_parts->setTabText(1,
        tr("Pods (%1)")
            .arg(QString::number(detail.pods.size()) + (detail.arePodsCut ? QStringLiteral("+") : QString())));
    m_parts->setTabText(2, tr("Problems (%1)").arg(detail.problems.size()));
    if (m_rules->rowCount() > 0)
        m_ruleTable->setCurrentIndex(m_rules->index(0, 0));
    else
        m_text->showPlace(network(), m_chosen, QStringLiteral("/spec"));
}

void PoliciesPage::choosePod(const model::PodRow& pod)
{
    m_chosen = {};
    m_whatIf->hide();
    m_graph->show();
    m_focus = pod.path;
    context().jobs.run<std::vector<model::PodPolicyRow>>(
        this, { .slot = QStringLiteral("network-policy"), .title = {} },
        [shared = network(), index = pod.pod](Progress&) { return model::podPolicyRows(shared, index); },
        [this, pod](std::vector<model::PodPolicyRow> rows) {
            m_details->setCurrentIndex(PodDetailPage);
            m_text->setVisible(!rows.empty());
            static_cast<ElidedLabel*>(m_title)->setFullText(tr("Pod %1").arg(pod.path));
            m_summary->setText(rows.empty() ? tr("No policy selects it, and no rule names it.")
                                            : tr("Isolated for: %1.").arg(pod.isolation));
            m_podPolicies->setRows(std::move(rows));
            m_text->showPlace({}, {}, {});
            if (m_podPolicies->rowCount() > 0)
                m_podPolicyTable->setCurrentIndex(m_podPolicies->index(0, 0));
        });
}

void PoliciesPage::showPolicy(cluster::ObjectId policy)
{
    m_wanted = policy;
    m_kinds->setCurrentIndex(0);
    m_filter->clear();
    selectWanted();
}

void PoliciesPage::showPods(const QString& filter)
{
    m_kinds->setCurrentIndex(1);
    m_filter->setText(filter);
}

void PoliciesPage::selectWanted()
{
    if (m_wanted.isNone())
        return;
    const auto& rows = m_policies->rows();
    const auto found = std::ranges::find(rows, m_wanted, &model::PolicyRow::object);
    if (found == rows.end())
        return;
    m_wanted = {};
    m_policyTable->setCurrentIndex(m_policies->index(static_cast<int>(found - rows.begin()), 0));
    m_policyTable->scrollTo(m_policyTable->currentIndex());
}

void PoliciesPage::focusFilter()
{
    m_filter->setFocus();
    m_filter->selectAll();
}

std::function<QString(Progress&)> PoliciesPage::csvMaker() const
{
    if (m_kinds->currentIndex() == 1)
        return [rows = m_pods->rows()](Progress&) {
            model::PodsModel table;
            table.setRows(rows);
            return model::csvOf(table);
        };
    return [rows = m_policies->rows()](Progress&) {
        model::PoliciesModel table;
        table.setRows(rows);
        return model::csvOf(table);
    };
}

} // namespace plimsoll::ui::view
