// SPDX-License-Identifier: Apache-2.0
#include "ui/view/network/NetworkView.h"

#include <QAction>
#include <QComboBox>
#include <QCompleter>
#include <QFileDialog>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QSaveFile>
#include <QStackedWidget>
#include <QStringListModel>
#include <QTabBar>
#include <QVBoxLayout>

#include "ui/view/network/ConnectionsPage.h"
#include "ui/view/network/FocusPage.h"
#include "ui/view/network/MatrixPage.h"
#include "ui/view/network/PoliciesPage.h"
#include "ui/view/network/TablePages.h"
#include "ui/view/network/WhatIfPage.h"
#include "ui/widget/Icons.h"
#include "ui/widget/Parts.h"

namespace plimsoll::ui::view {

using namespace widget;

namespace {

// Completes the last word of a question; the list is already what fits.
class EndCompleter final : public QCompleter {
public:
    using QCompleter::QCompleter;
    QString pathFromIndex(const QModelIndex& index) const override
    {
        const auto* edit = qobject_cast<const QLineEdit*>(widget());
        const QString text = edit ? edit->text() : QString();
        return text.left(text.lastIndexOf(QLatin1Char(' ')) + 1) + QCompleter::pathFromIndex(index);
    }
};

void tellExportProblem(QWidget* parent, const QString& problem)
{
    auto* box = new QMessageBox(QMessageBox::Warning, NetworkView::tr("Export"), problem, QMessageBox::Ok, parent);
    box->setTextFormat(Qt::PlainText);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

} // namespace

NetworkView::NetworkView(ViewContext& context, QWidget* parent)
    : View(context, parent)
{
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(space::xl, space::l, space::xl, space::l);
    outer->setSpacing(space::s);
    outer->addWidget(buildQuestionBar());
    m_problem = wrappedLabel({}, this);
    m_problem->hide();
    outer->addWidget(m_problem);
    outer->addWidget(buildNotice());
    outer->addWidget(buildTabs());
    m_stack = new QStackedWidget(this);
    outer->addWidget(m_stack, 1);
    buildPages();
    buildActions();
    openPage(Matrix);
}

QWidget* NetworkView::buildQuestionBar()
{
    auto* bar = new QWidget(this);
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::m);
    layout->addWidget(label(tr("Network"), TextStyle::Title, bar));
    m_question = new QLineEdit(bar);
    m_question->setPlaceholderText(
        tr("Ask: shop/web -> data/db:5432   \u00b7   * -> payments   \u00b7   internet -> *"));
    m_question->setAccessibleName(tr("Ask what can talk to what"));
    m_question->setClearButtonEnabled(true);
    m_question->addAction(icon(QStringLiteral("search"), theme().textMuted), QLineEdit::LeadingPosition);
    auto* completer = new EndCompleter(new QStringListModel(this), this);
    completer->setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    completer->setMaxVisibleItems(12);
    m_question->setCompleter(completer);
    connect(m_question, &QLineEdit::textEdited, this, &NetworkView::updateCompletions);
    connect(m_question, &QLineEdit::returnPressed, this, [this] { ask(m_question->text()); });
    layout->addWidget(m_question, 1);
    auto* send = button(tr("Ask"), "primary", bar);
    connect(send, &QPushButton::clicked, this, [this] { ask(m_question->text()); });
    layout->addWidget(send);
    return bar;
}

QWidget* NetworkView::buildNotice()
{
    m_notice = new QFrame(this);
    setRole(m_notice, "notice");
    auto* layout = new QHBoxLayout(m_notice);
    layout->setContentsMargins(space::m, space::s, space::m, space::s);
    layout->setSpacing(space::s);
    auto* sign = flatButton(QStringLiteral("warning"), tr("Limits of the answers"), m_notice);
    sign->setEnabled(true);
    sign->setFocusPolicy(Qt::NoFocus);
    sign->setAttribute(Qt::WA_TransparentForMouseEvents);
    layout->addWidget(sign);
    m_noticeText = wrappedLabel({}, m_notice);
    layout->addWidget(m_noticeText, 1);
    m_notice->hide();
    return m_notice;
}

QWidget* NetworkView::buildTabs()
{
    auto* bar = new QWidget(this);
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::s);
    m_tabs = new QTabBar(bar);
    m_tabs->setAccessibleName(tr("Pages of the network"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    for (const QString& title :
        { tr("Matrix"), tr("Connections"), tr("Graph"), tr("Exposure"), tr("Coverage"), tr("Policies"), tr("What if") })
        m_tabs->addTab(title);
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int page) {
        m_stack->setCurrentIndex(page);
        m_sides->setEnabled(page == Matrix || page == Connections);
    });
    layout->addWidget(m_tabs, 1);
    m_sides = comboBox(tr("Which sides of a connection count"), bar);
    m_sides->addItems({ tr("Both sides"), tr("Ingress only"), tr("Egress only") });
    m_sides->setToolTip(tr("What both sides allow together, or what one of them would allow alone"));
    connect(m_sides, &QComboBox::currentIndexChanged, this, [this](int choice) {
        for (NetworkPage* page : m_pages)
            page->setSides(static_cast<network::Sides>(choice));
    });
    layout->addWidget(m_sides);
    auto* exporter = flatButton(QStringLiteral("export"), tr("Export as CSV"), bar);
    exporter->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(exporter);
    menu->addAction(tr("What is shown\u2026"), this, [this] { chooseExport(false); });
    menu->addAction(tr("All connections\u2026"), this, [this] { chooseExport(true); });
    exporter->setMenu(menu);
    layout->addWidget(exporter);
    return bar;
}

void NetworkView::buildPages()
{
    m_matrix = new MatrixPage(context(), m_stack);
    m_connections = new ConnectionsPage(context(), m_stack);
    m_graph = new FocusPage(context(), m_stack);
    m_policies = new PoliciesPage(context(), m_stack);
    m_whatIf = new WhatIfPage(context(), m_stack);
    m_pages = { m_matrix, m_connections, m_graph, new ExposurePage(context(), m_stack),
        new CoveragePage(context(), m_stack), m_policies, m_whatIf };
    for (NetworkPage* page : m_pages) {
        m_stack->addWidget(page);
        connect(page, &NetworkPage::asked, this, &NetworkView::ask);
        connect(page, &NetworkPage::focusAsked, this, [this](const QString& focus) {
            openPage(Graph);
            m_graph->look(focus);
        });
        connect(page, &NetworkPage::policyAsked, this, [this](cluster::ObjectId policy) {
            openPage(Policies);
            m_policies->showPolicy(policy);
        });
        connect(page, &NetworkPage::suggestAsked, this, [this](const QString& end) {
            openPage(WhatIf);
            m_whatIf->suggest(end);
        });
        connect(page, &NetworkPage::whatIfAsked, this, [this](cluster::ObjectId policy, bool isDropped) {
            openPage(WhatIf);
            if (isDropped)
                m_whatIf->setDropped(policy, true);
            else
                m_whatIf->editPolicy(policy);
        });
    }
    connect(m_connections, &ConnectionsPage::answered, this, &NetworkView::showProblem);
}

void NetworkView::buildActions()
{
    const auto add = [this](const QString& text, const QKeySequence& keys, auto triggered) {
        auto* action = new QAction(text, this);
        action->setShortcut(keys);
        // Of the window: they work as soon as this page is seen, wherever the focus is.
        action->setShortcutContext(Qt::WindowShortcut);
        connect(action, &QAction::triggered, this, triggered);
        m_actions.append(action);
    };
    add(tr("Ask what can talk to what"), QKeySequence(Qt::CTRL | Qt::Key_F), [this] {
        m_question->setFocus(Qt::ShortcutFocusReason);
        m_question->selectAll();
    });
    add(tr("Next page of the network"), QKeySequence(Qt::CTRL | Qt::Key_PageDown),
        [this] { openPage(static_cast<Page>((page() + 1) % pageCount)); });
    add(tr("Previous page of the network"), QKeySequence(Qt::CTRL | Qt::Key_PageUp),
        [this] { openPage(static_cast<Page>((page() + pageCount - 1) % pageCount)); });
    add(tr("Export what is shown as CSV\u2026"), {}, [this] { chooseExport(false); });
    add(tr("Export all connections as CSV\u2026"), {}, [this] { chooseExport(true); });
    addActions(m_actions);
}

NetworkView::Page NetworkView::page() const
{
    return static_cast<Page>(m_tabs->currentIndex());
}

void NetworkView::openPage(Page page)
{
    m_tabs->setCurrentIndex(page);
}

void NetworkView::setAssessment(std::shared_ptr<const assess::Assessment> assessment)
{
    m_assessment = std::move(assessment);
    m_question->clear();
    m_names.clear();
    showProblem({});
    computed({});
    m_connections->ask({});
    if (!m_assessment) {
        context().jobs.cancel(this, QStringLiteral("network"));
        return;
    }
    context().jobs.run<model::Network>(
        this, { .slot = QStringLiteral("network"), .title = tr("Computing what can talk to what") },
        [shared = m_assessment](Progress&) { return model::networkOf(shared); },
        [this](const model::Network& network) { computed(network); });
}

void NetworkView::computed(const model::Network& network)
{
    m_network = network;
    const QString notice = model::networkNotice(network);
    m_noticeText->setText(notice);
    m_notice->setVisible(!notice.isEmpty());
    for (NetworkPage* page : m_pages)
        page->setNetwork(network);
    if (!network)
        return;
    if (!m_wanted.isNone())
        showObject(m_wanted);
    context().jobs.run<QStringList>(
        this, { .slot = QStringLiteral("network-names"), .title = {} },
        [shared = network](Progress& progress) { return model::networkNames(shared, progress); },
        [this](const QStringList& names) {
            m_names = names;
            m_graph->setNames(names);
        });
}

void NetworkView::ask(const QString& question)
{
    if (m_question->text() != question)
        m_question->setText(question);
    if (!question.trimmed().isEmpty()) {
        // What is wrong with the writing is told where it is written, and the page stays.
        const model::NetworkQuestion parsed = model::networkQuestion(question);
        showProblem(parsed.problem);
        if (!parsed.problem.isEmpty())
            return;
    }
    openPage(Connections);
    m_connections->ask(question);
}

void NetworkView::showProblem(const QString& problem)
{
    m_problem->setText(problem.isEmpty() ? QString() : QStringLiteral("\u26a0 ") + problem);
    m_problem->setVisible(!problem.isEmpty());
    m_question->setAccessibleDescription(problem);
}

void NetworkView::updateCompletions(const QString& text)
{
    static_cast<QStringListModel*>(m_question->completer()->model())
        ->setStringList(model::networkCompletions(m_names, text));
}

void NetworkView::showObject(cluster::ObjectId object)
{
    m_wanted = object;
    if (!m_network || object.isNone())
        return;
    m_wanted = {};
    const cluster::Cluster& cluster = m_network.cluster();
    const cluster::WorkloadId workload = cluster.workloadOf(object);
    if (!workload.isNone()) {
        openPage(Graph);
        m_graph->look(QString::fromStdString(m_network.reach->workloadName(workload)));
        return;
    }
    const cluster::Object& shown = cluster.object(object);
    if (cluster.kindName(object).ends_with("Policy")) {
        openPage(Policies);
        m_policies->showPolicy(object);
    } else if (cluster.kindName(object) == "Namespace") {
        openPage(Graph);
        m_graph->look(QString::fromStdString(std::string(cluster.text(shown.name))));
    }
}

void NetworkView::focusSearch()
{
    shownPage()->focusFilter();
}

QList<QAction*> NetworkView::viewActions() const
{
    return m_actions;
}

void NetworkView::exportTo(const QString& path, bool isEverything, std::function<void(const QString& problem)> done)
{
    std::function<QString(Progress&)> maker = shownPage()->csvMaker();
    if (isEverything && m_network)
        maker = [shared = m_network](Progress& progress) { return model::connectionsCsv(shared, progress); };
    if (!maker) {
        done(shownPage()->exportProblem());
        return;
    }
    context().jobs.run<QString>(
        this, { .slot = {}, .title = tr("Exporting") },
        [path, maker = std::move(maker)](Progress& progress) -> QString {
            const QByteArray bytes = maker(progress).toUtf8();
            if (progress.isCancelled())
                return tr("The export was cancelled.");
            QSaveFile file(path);
            if (file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit())
                return {};
            return tr("%1 could not be written: %2").arg(path, file.errorString());
        },
        [done = std::move(done)](const QString& problem) { done(problem); });
}

void NetworkView::chooseExport(bool isEverything)
{
    QString path = QFileDialog::getSaveFileName(this, tr("Export"),
        isEverything ? QStringLiteral("connections.csv") : QStringLiteral("network.csv"), tr("CSV table (*.csv)"));
    if (path.isEmpty())
        return;
    if (!path.endsWith(QLatin1String(".csv"), Qt::CaseInsensitive))
        path += QLatin1String(".csv");
    exportTo(path, isEverything, [this](const QString& problem) {
        if (!problem.isEmpty())
            tellExportProblem(this, problem);
    });
}

} // namespace plimsoll::ui::view
