// SPDX-License-Identifier: Apache-2.0
#include "ui/view/access/AccessView.h"

#include <QAction>
#include <QCheckBox>
#include <QCompleter>
#include <QFileDialog>
#include <QHeaderView>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSaveFile>
#include <QSplitter>
#include <QStackedWidget>
#include <QStringListModel>
#include <QVBoxLayout>

#include "core/access/Groups.h"
#include "ui/model/Detail.h"
#include "ui/widget/ChainView.h"
#include "ui/widget/Icons.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Table.h"
#include "ui/widget/YamlView.h"

namespace plimsoll::ui::view {

namespace {

using namespace widget;
using model::AccessSubject;

// Completes the last word and leaves those before it.
class WordCompleter final : public QCompleter {
public:
    using QCompleter::QCompleter;
    QStringList splitPath(const QString& path) const override
    {
        return { path.mid(path.lastIndexOf(QLatin1Char(' ')) + 1) };
    }
    QString pathFromIndex(const QModelIndex& index) const override
    {
        const auto* edit = qobject_cast<const QLineEdit*>(widget());
        const QString text = edit ? edit->text() : QString();
        return text.left(text.lastIndexOf(QLatin1Char(' ')) + 1) + QCompleter::pathFromIndex(index);
    }
};

Table* tableOf(QAbstractItemModel* model, const QString& accessibleName, QWidget* parent)
{
    auto* table = new Table(parent);
    table->setAccessibleName(accessibleName);
    table->setModel(model);
    table->header()->setSortIndicator(-1, Qt::AscendingOrder); // as the model has it
    table->setSortingEnabled(true);
    table->header()->setStretchLastSection(true);
    return table;
}

void setWidths(Table* table, std::initializer_list<int> widths)
{
    int column = 0;
    for (const int width : widths)
        table->setColumnWidth(column++, width);
}

} // namespace

AccessView::AccessView(ViewContext& context, QWidget* parent)
    : View(context, parent)
    , m_subjectsModel(new model::SubjectsModel(this))
    , m_permissionsModel(new model::PermissionsModel(this))
    , m_answersModel(new model::AnswersModel(this))
    , m_comparisonModel(new model::ComparisonModel(this))
{
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(space::xl, space::l, space::xl, space::l);
    outer->setSpacing(space::m);
    outer->addWidget(buildQuestionBar());
    auto* splitter = new QSplitter(Qt::Horizontal, this);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(buildSubjects());
    splitter->addWidget(buildRight());
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 3);
    splitter->setSizes({ 500, 830 });
    outer->addWidget(splitter, 1);
    m_export = new QAction(tr("Export the table as CSV\u2026"), this);
    connect(m_export, &QAction::triggered, this, &AccessView::chooseExport);
    m_askAction = new QAction(tr("Ask who can do what"), this);
    m_askAction->setShortcut(QKeySequence(QStringLiteral("Ctrl+Shift+A")));
    m_askAction->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(m_askAction, &QAction::triggered, this, [this] {
        m_question->setFocus();
        m_question->selectAll();
    });
    addActions({ m_export, m_askAction });
    setPage(NothingChosen);
}

QWidget* AccessView::buildQuestionBar()
{
    auto* bar = new QWidget(this);
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::m);
    layout->addWidget(label(tr("Access"), TextStyle::Title, bar));
    m_question = new QLineEdit(bar);
    m_question->setPlaceholderText(
        tr("Ask: who can get secrets in shop   \u00b7   can user/ann create pods/exec in shop"));
    m_question->setAccessibleName(tr("Ask who can do what"));
    m_question->setClearButtonEnabled(true);
    m_question->addAction(icon(QStringLiteral("search"), theme().textMuted), QLineEdit::LeadingPosition);
    auto* completer = new WordCompleter(new QStringListModel(this), this);
    completer->setCompletionMode(QCompleter::PopupCompletion);
    completer->setFilterMode(Qt::MatchStartsWith);
    completer->setMaxVisibleItems(12);
    m_question->setCompleter(completer);
    connect(m_question, &QLineEdit::textEdited, this, &AccessView::updateCompletions);
    connect(m_question, &QLineEdit::returnPressed, this, [this] { ask(m_question->text()); });
    layout->addWidget(m_question, 1);
    auto* send = button(tr("Ask"), "primary", bar);
    connect(send, &QPushButton::clicked, this, [this] { ask(m_question->text()); });
    layout->addWidget(send);
    return bar;
}

QWidget* AccessView::buildSubjects()
{
    auto* side = new QWidget(this);
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::s);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::s);
    m_filter = new QLineEdit(side);
    m_filter->setPlaceholderText(tr("Filter subjects  ( / )"));
    m_filter->setAccessibleName(tr("Filter the subjects by text"));
    m_filter->setClearButtonEnabled(true);
    connect(m_filter, &QLineEdit::textChanged, this, &AccessView::filterSubjects);
    row->addWidget(m_filter, 1);
    m_withOwn = checkBox(tr("Kubernetes' own"), side);
    connect(m_withOwn, &QCheckBox::toggled, this, &AccessView::filterSubjects);
    row->addWidget(m_withOwn);
    layout->addLayout(row);
    m_subjectsTable = tableOf(m_subjectsModel, tr("Subjects"), side);
    m_subjectsTable->sortByColumn(0, Qt::AscendingOrder); // the worst first
    setWidths(m_subjectsTable, { 96, 186, 116, 84 });
    m_subjectsTable->header()->setStretchLastSection(false);
    m_subjectsTable->header()->setSectionResizeMode(1, QHeaderView::Stretch);
    connect(m_subjectsTable->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        [this](const QModelIndex& current) {
            if (const AccessSubject* subject = m_subjectsModel->rowAt(current))
                chooseSubject(*subject);
        });
    layout->addWidget(m_subjectsTable, 1);
    m_count = mutedLabel({}, side);
    layout->addWidget(m_count);
    return side;
}

QWidget* AccessView::buildRight()
{
    auto* side = new QWidget(this);
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(space::m, 0, 0, 0);
    layout->setSpacing(space::s);
    auto* head = new QHBoxLayout;
    head->setSpacing(space::s);
    m_title = label({}, TextStyle::Heading, side);
    m_title->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    head->addWidget(m_title, 1);
    m_other = new QLineEdit(side);
    m_other->setPlaceholderText(tr("Compare with\u2026"));
    m_other->setAccessibleName(tr("Compare with another subject"));
    m_other->setClearButtonEnabled(true);
    m_other->setFixedWidth(220);
    auto* completer = new QCompleter(new QStringListModel(this), this);
    completer->setFilterMode(Qt::MatchContains);
    completer->setCaseSensitivity(Qt::CaseInsensitive);
    m_other->setCompleter(completer);
    connect(completer, qOverload<const QString&>(&QCompleter::activated), this, &AccessView::compareWith);
    connect(m_other, &QLineEdit::returnPressed, this, [this] { compareWith(m_other->text()); });
    connect(m_other, &QLineEdit::textChanged, this, [this](const QString& text) {
        if (text.isEmpty() && m_pages->currentIndex() == Comparison)
            setPage(Permissions);
    });
    head->addWidget(m_other);
    auto* exportButton = flatButton(QStringLiteral("export"), tr("Export the table as CSV"), side);
    connect(exportButton, &QToolButton::clicked, this, &AccessView::chooseExport);
    head->addWidget(exportButton);
    layout->addLayout(head);
    m_facts = wrappedLabel({}, side);
    layout->addWidget(m_facts);
    auto* splitter = new QSplitter(Qt::Vertical, side);
    splitter->setChildrenCollapsible(false);
    m_pages = new QStackedWidget(splitter);
    m_nothing = new EmptyState(QStringLiteral("access"), tr("Choose a subject"),
        tr("Its rights stand here as a table of verbs and resources, with where each comes from."), m_pages);
    m_permissionsTable = tableOf(m_permissionsModel, tr("Rights of the subject"), m_pages);
    setWidths(m_permissionsTable, { 104, 180, 48, 46, 60, 62, 68, 60, 62, 82, 100 });
    m_answersTable = tableOf(m_answersModel, tr("Answer to the question"), m_pages);
    setWidths(m_answersTable, { 230, 260, 220 });
    m_comparisonTable = tableOf(m_comparisonModel, tr("Comparison of two subjects"), m_pages);
    setWidths(m_comparisonTable, { 110, 140, 230, 260 });
    for (QWidget* page :
        std::initializer_list<QWidget*> { m_nothing, m_permissionsTable, m_answersTable, m_comparisonTable })
        m_pages->addWidget(page);
    connect(m_permissionsTable->selectionModel(), &QItemSelectionModel::currentChanged, this,
        [this](const QModelIndex& current) { permissionChosen(current); });
    connect(m_permissionsTable, &QTreeView::clicked, this, &AccessView::permissionChosen);
    connect(m_answersTable->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        [this](const QModelIndex& current) {
            if (const auto* row = m_answersModel->rowAt(current))
                showWay(row->subject, row->way);
        });
    splitter->addWidget(m_pages);
    m_origin = buildOrigin();
    splitter->addWidget(m_origin);
    splitter->setSizes({ 420, 300 });
    layout->addWidget(splitter, 1);
    return side;
}

QWidget* AccessView::buildOrigin()
{
    auto* box = new QWidget(this);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, space::s, 0, 0);
    layout->setSpacing(space::s);
    auto* head = new QHBoxLayout;
    head->addWidget(label(tr("Where it comes from"), TextStyle::Strong, box));
    head->addStretch(1);
    m_place = mutedLabel({}, box);
    head->addWidget(m_place);
    layout->addLayout(head);
    m_chain = new ChainView(box);
    m_chain->setAccessibleName(tr("From the subject to the rule"));
    connect(m_chain, &ChainView::chosen, this, &AccessView::showOrigin);
    layout->addWidget(m_chain);
    m_yaml = new YamlView(box);
    m_yaml->setAccessibleName(tr("The lines that give the right"));
    layout->addWidget(m_yaml, 1);
    return box;
}

void AccessView::setPage(Page page)
{
    m_pages->setCurrentIndex(page);
    m_origin->setVisible(page == Permissions || page == Answers);
    m_other->setVisible(page == Permissions || page == Comparison);
    if (page != Answers && !m_chosen.name.isEmpty()) {
        m_title->setText(m_chosen.title());
        m_facts->setText(m_chosen.reasons.isEmpty()
                ? tr("Holds no right that stands out.")
                : tr("This subject %1.").arg(m_chosen.reasons.join(QStringLiteral(", "))));
    }
    m_title->setVisible(page != NothingChosen);
    m_facts->setVisible(page != NothingChosen);
}

void AccessView::setAssessment(std::shared_ptr<const assess::Assessment> assessment)
{
    m_assessment = std::move(assessment);
    m_chosen = {};
    m_question->clear();
    m_other->clear();
    showSubjects({});
    setPage(NothingChosen);
    if (!m_assessment)
        return;
    m_count->setText(tr("Judging who may do what\u2026"));
    context().jobs.run<std::vector<AccessSubject>>(
        this, { .slot = QStringLiteral("access-subjects"), .title = tr("Judging who may do what") },
        [shared = m_assessment](Progress& progress) { return model::accessSubjects(shared, progress); },
        [this](std::vector<AccessSubject> subjects) { showSubjects(std::move(subjects)); });
}

void AccessView::showSubjects(std::vector<AccessSubject> subjects)
{
    m_subjects = std::move(subjects);
    QStringList references;
    for (const AccessSubject& one : m_subjects)
        references.append(one.reference());
    references.sort();
    static_cast<QStringListModel*>(m_other->completer()->model())->setStringList(references);
    filterSubjects();
    const std::string missing
        = m_assessment ? access::Authorizers(m_assessment->rbac).missingKinds("-") : std::string();
    if (!missing.empty())
        m_nothing->setTexts(tr("Not everything can be told"),
            tr("The source does not hold every %1: rights that these give are not shown.")
                .arg(QString::fromStdString(missing)));
    else
        m_nothing->setTexts(tr("Choose a subject"),
            tr("Its rights stand here as a table of verbs and resources, with where each comes from."));
}

void AccessView::filterSubjects()
{
    const QString text = m_filter->text().trimmed();
    std::vector<AccessSubject> shown;
    for (const AccessSubject& one : m_subjects) {
        if (one.isOwn && !m_withOwn->isChecked())
            continue;
        if (text.isEmpty() || one.title().contains(text, Qt::CaseInsensitive)
            || one.reasons.join(QLatin1Char(' ')).contains(text, Qt::CaseInsensitive))
            shown.push_back(one);
    }
    const std::size_t count = shown.size();
    m_subjectsModel->setRows(std::move(shown));
    m_count->setText(count == m_subjects.size()
            ? tr("%1 subjects").arg(grouped(count))
            : tr("%1 of %2 subjects").arg(grouped(count), grouped(m_subjects.size())));
}

void AccessView::chooseSubject(const AccessSubject& subject)
{
    m_chosen = subject;
    m_other->clear();
    m_permissionsModel->setRows({});
    showWay({}, {});
    setPage(Permissions);
    context().jobs.run<std::vector<model::PermissionRowData>>(
        this, { .slot = QStringLiteral("access-permissions"), .title = {} },
        [shared = m_assessment, user = subject.user](Progress&) { return model::permissionRows(shared, user); },
        [this](std::vector<model::PermissionRowData> rows) {
            if (rows.empty())
                m_facts->setText(tr("No binding gives it anything."));
            m_permissionsModel->setRows(std::move(rows));
            if (m_permissionsModel->rowCount() > 0)
                m_permissionsTable->setCurrentIndex(m_permissionsModel->index(0, 0));
        });
}

// The way to the verb of the cell, or to anything of the row.
void AccessView::permissionChosen(const QModelIndex& index)
{
    const model::PermissionRowData* row = m_permissionsModel->rowAt(index);
    if (!row || row->ways.empty()) {
        showWay({}, {});
        return;
    }
    const int verb = model::PermissionsModel::verbOfColumn(index.column());
    const auto gives = [&](const model::AccessWay& way) {
        const cluster::Cluster& cluster = *m_assessment->cluster;
        const auto& verbs = cluster.roles()[way.role].rules[way.rule].verbs;
        return std::ranges::any_of(verbs, [&](StringId id) {
            const std::string_view text = cluster.text(id);
            return text == "*" || text == model::matrixVerbs[static_cast<std::size_t>(verb)];
        });
    };
    const auto found = verb < 0 ? row->ways.begin() : std::ranges::find_if(row->ways, gives);
    showWay(m_chosen.title(), found == row->ways.end() ? row->ways.front() : *found);
}

void AccessView::showWay(const QString& asked, const model::AccessWay& way)
{
    m_parts.clear();
    m_yaml->setYaml({}, {});
    m_place->clear();
    if (!m_assessment || way.binding == access::Grant::none) {
        m_chain->setChain({});
        return;
    }
    const cluster::Cluster& cluster = *m_assessment->cluster;
    const cluster::RoleBinding& binding = cluster.roleBindings()[way.binding];
    m_parts.push_back({ binding.object, QStringLiteral("/subjects") });
    if (!way.subject.isEmpty() && way.subject != asked)
        m_parts.push_back({ binding.object, QStringLiteral("/subjects") });
    m_parts.push_back({ binding.object, QStringLiteral("/roleRef") });
    if (way.role == access::Grant::none) {
        m_parts.push_back({ binding.object, QStringLiteral("/roleRef/name") });
    } else {
        const cluster::ObjectId role = cluster.roles()[way.role].object;
        const QString rule = way.rule == access::Grant::none ? QString() : QStringLiteral("/rules/%1").arg(way.rule);
        m_parts.push_back({ role, rule.isEmpty() ? QStringLiteral("/rules") : rule });
        if (!rule.isEmpty())
            m_parts.push_back({ role, rule });
    }
    m_chain->setChain(model::chainOf(m_assessment, asked, way));
    m_chain->setCurrent(static_cast<int>(m_parts.size()) - 1);
}

void AccessView::showOrigin(int part)
{
    if (part < 0 || part >= static_cast<int>(m_parts.size()))
        return;
    const ChainPart chosen = m_parts[static_cast<std::size_t>(part)];
    const QString title = QString::fromStdString(m_assessment->cluster->titleOf(chosen.object));
    context().jobs.run<model::EvidenceText>(
        this, { .slot = QStringLiteral("access-yaml"), .title = {} },
        [shared = m_assessment, chosen, title](Progress&) {
            return model::evidenceOf(*shared, chosen.object, { { chosen.object, title, chosen.pointer, {} } });
        },
        [this, title](const model::EvidenceText& text) {
            std::vector<YamlView::Mark> marks;
            for (const auto& mark : text.marks)
                marks.push_back({ mark.firstLine, mark.lineCount });
            m_yaml->setYaml(text.problem.isEmpty() ? text.yaml : text.problem, std::move(marks), text.firstNumber);
            m_place->setText(text.marks.empty() || text.marks.front().place.isEmpty()
                    ? title
                    : title + QStringLiteral(" \u00b7 ") + text.marks.front().place);
        });
}

void AccessView::ask(const QString& question)
{
    if (m_question->text() != question)
        m_question->setText(question);
    if (question.trimmed().isEmpty() || !m_assessment) {
        setPage(m_chosen.name.isEmpty() ? NothingChosen : Permissions);
        return;
    }
    context().jobs.run<model::AccessAnswer>(
        this, { .slot = QStringLiteral("access-question"), .title = {} },
        [shared = m_assessment, question](Progress&) { return model::answerOf(shared, question); },
        [this](const model::AccessAnswer& answer) { showAnswer(answer); });
}

void AccessView::showAnswer(const model::AccessAnswer& answer)
{
    setPage(Answers);
    showWay({}, {});
    m_title->setText(answer.problem.isEmpty() ? m_question->text().simplified() : tr("This is no question yet"));
    QStringList facts = answer.notes;
    facts.prepend(answer.problem.isEmpty() ? answer.headline : answer.problem);
    m_facts->setText(facts.join(QLatin1Char('\n')));
    m_answersModel->setRows(answer.rows);
    if (m_answersModel->rowCount() > 0)
        m_answersTable->setCurrentIndex(m_answersModel->index(0, 0));
}

void AccessView::compareWith(const QString& reference)
{
    const auto other = std::ranges::find(m_subjects, reference.trimmed(), &AccessSubject::reference);
    if (m_chosen.name.isEmpty() || other == m_subjects.end())
        return;
    const QString title = tr("%1 and %2").arg(m_chosen.title(), other->title());
    context().jobs.run<std::vector<model::ComparisonRowData>>(
        this, { .slot = QStringLiteral("access-compare"), .title = {} },
        [shared = m_assessment, a = m_chosen.user, b = other->user](
            Progress&) { return model::comparisonRows(shared, a, b); },
        [this, title](std::vector<model::ComparisonRowData> rows) {
            const bool isEmpty = rows.empty();
            m_comparisonModel->setRows(std::move(rows));
            setPage(Comparison);
            m_title->setText(title);
            m_facts->setText(
                isEmpty ? tr("Neither holds any right.") : tr("\u201cThe first\u201d is %1.").arg(m_chosen.title()));
        });
}

void AccessView::updateCompletions(const QString& text)
{
    if (!m_assessment)
        return;
    static_cast<QStringListModel*>(m_question->completer()->model())
        ->setStringList(model::accessCompletions(m_assessment, m_subjects, text));
}

void AccessView::showObject(cluster::ObjectId object)
{
    if (!m_assessment || object.isNone() || m_assessment->cluster->kindName(object) != "ServiceAccount")
        return;
    const cluster::Object& account = m_assessment->cluster->object(object);
    const QString reference = QStringLiteral("serviceaccount/")
        + QString::fromStdString(std::string(m_assessment->cluster->text(account.ns))) + QLatin1Char('/')
        + QString::fromStdString(std::string(m_assessment->cluster->text(account.name)));
    const auto found = std::ranges::find(m_subjects, reference, &AccessSubject::reference);
    if (found != m_subjects.end())
        chooseSubject(*found);
}

void AccessView::focusSearch()
{
    m_filter->setFocus();
    m_filter->selectAll();
}

QList<QAction*> AccessView::viewActions() const
{
    return { m_askAction, m_export };
}

Table* AccessView::shownTable() const
{
    switch (m_pages->currentIndex()) {
    case Permissions:
        return m_permissionsTable;
    case Answers:
        return m_answersTable;
    case Comparison:
        return m_comparisonTable;
    default:
        return m_subjectsTable;
    }
}

bool AccessView::exportTo(const QString& path, QString* problem) const
{
    QSaveFile file(path);
    const QByteArray bytes = model::csvOf(*shownTable()->model()).toUtf8();
    if (file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit())
        return true;
    *problem = tr("%1 could not be written: %2").arg(path, file.errorString());
    return false;
}

void AccessView::chooseExport()
{
    QString path = QFileDialog::getSaveFileName(
        this, tr("Export the table"), QStringLiteral("access.csv"), tr("CSV table (*.csv)"));
    if (path.isEmpty())
        return;
    if (!path.endsWith(QLatin1String(".csv"), Qt::CaseInsensitive))
        path += QLatin1String(".csv");
    QString problem;
    if (!exportTo(path, &problem)) {
        QMessageBox box(QMessageBox::Warning, tr("Export the table"), problem, QMessageBox::Ok, this);
        box.setTextFormat(Qt::PlainText);
        box.exec();
    }
}

} // namespace plimsoll::ui::view
