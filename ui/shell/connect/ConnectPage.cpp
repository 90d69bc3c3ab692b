// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/connect/ConnectPage.h"

#include <QApplication>
#include <QClipboard>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/model/Text.h"
#include "ui/shell/connect/ConsentDialog.h"
#include "ui/shell/connect/ContextsPage.h"
#include "ui/shell/connect/PreflightPage.h"
#include "ui/shell/connect/WorkPage.h"
#include "ui/widget/Parts.h"

namespace plimsoll::ui::shell {

namespace {

using namespace widget;

QString workSlot()
{
    return QStringLiteral("live");
}

// The first letter of a clause of one message in a terminal, as a sentence here.
QString sentence(std::string_view clause)
{
    QString text = model::lineText(clause);
    if (!text.isEmpty())
        text[0] = text[0].toUpper();
    return text;
}

} // namespace

ConnectPage::ConnectPage(TaskPool& compute, LiveBackend backend, std::string consentsFile, QWidget* parent)
    : QWidget(parent)
    , m_backend(std::move(backend))
    , m_compute(compute)
    , m_bridge(std::move(consentsFile))
    , m_pages(new QStackedWidget(this))
    , m_contexts(new ContextsPage(m_pages))
    , m_work(new WorkPage(m_pages))
    , m_preflight(new PreflightPage(m_pages))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_pages);
    m_pages->addWidget(m_contexts);
    m_pages->addWidget(m_work);
    m_pages->addWidget(m_preflight);
    buildFailedPage();
    connect(m_contexts, &ContextsPage::backAsked, this, &ConnectPage::backAsked);
    connect(m_contexts, &ContextsPage::connectAsked, this,
        [this](const QString& context) { connectTo(context.toStdString()); });
    connect(m_contexts, &ContextsPage::tryAsked, this,
        [this](bool isAll) { tryContexts(isAll ? m_contexts->shown() : m_contexts->selected()); });
    connect(m_contexts, &ContextsPage::fileAsked, this, [this](const QString& path) { open(path.toStdString(), {}); });
    connect(m_work, &WorkPage::cancelAsked, this, &ConnectPage::cancelWork);
    connect(m_preflight, &PreflightPage::otherContextAsked, this, [this] { showPage(Contexts); });
    connect(m_preflight, &PreflightPage::checkAgainAsked, this, &ConnectPage::check);
    connect(m_preflight, &PreflightPage::collectAsked, this, [this] {
        m_options = m_preflight->options();
        m_isAgain = false;
        collect();
    });
    connect(&m_bridge, &AskBridge::asked, this, &ConnectPage::askConsent);
    connect(&m_bridge, &AskBridge::lineWritten, m_work, &WorkPage::addLine);
    connect(&m_bridge, &AskBridge::withdrawn, this, [this] {
        if (m_consent)
            m_consent->close();
    });
    m_timer.setInterval(100);
    connect(&m_timer, &QTimer::timeout, this, &ConnectPage::tick);
}

ConnectPage::~ConnectPage() = default;

void ConnectPage::buildFailedPage()
{
    auto* page = new QWidget(m_pages);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(space::xl, space::xl, space::xl, space::xl);
    m_failed = new EmptyState(QStringLiteral("error"), {}, {}, page);
    layout->addWidget(m_failed);
    m_pages->addWidget(page);
    const auto add = [&](const QString& text, const char* role, auto run) {
        QPushButton* action = button(text, role, page);
        m_failed->addAction(action);
        connect(action, &QPushButton::clicked, this, run);
        return action;
    };
    add(tr("Try again"), "primary", [this] {
        if (m_retry)
            m_retry();
    });
    m_toChecked = add(tr("What can be read"), "", [this] { showPage(Checked); });
    add(tr("Other context"), "", [this] {
        if (m_config)
            showPage(Contexts);
        else
            open(m_target.kubeconfig, m_target.context);
    });
    add(tr("Copy details"), "", [this] { QApplication::clipboard()->setText(m_failure); });
    add(tr("Back"), "", [this] { Q_EMIT backAsked(); });
}

void ConnectPage::open(const std::string& kubeconfig, const std::string& preselect)
{
    cancelAll();
    m_target = { .kubeconfig = kubeconfig, .context = preselect };
    m_config.reset();
    loadConfig(preselect);
}

void ConnectPage::loadConfig(const std::string& preselect)
{
    using Loaded = Result<kube::Kubeconfig>;
    beginWork(tr("Reading the kubeconfig"), false);
    m_jobs.run<Loaded>(
        this, { .slot = workSlot(), .title = tr("Reading the kubeconfig") },
        [load = m_backend.loadKubeconfig, path = m_target.kubeconfig](Progress&) { return load(path); },
        [this, preselect](Loaded config) {
            m_contexts->showConfig(model::text(m_target.kubeconfig), config, preselect);
            if (config)
                m_config = std::make_shared<const kube::Kubeconfig>(*config);
            showPage(Contexts);
        });
}

void ConnectPage::tryContexts(const std::vector<std::string>& contexts)
{
    using State = model::ContextRow::State;
    using Tried = Result<ProbeResult>;
    for (const std::string& context : contexts) {
        m_contexts->setState(context, State::Trying, {});
        m_jobs.run<Tried>(
            m_contexts, { .slot = QStringLiteral("try/") + model::text(context), .title = {} },
            [probe = m_backend.probe, config = m_config, context](
                Progress& progress) { return probe(*config, context, progress); },
            [this, context](const Tried& tried) {
                if (!tried) {
                    m_contexts->setState(context, State::Unusable, model::errorText(tried.error()));
                    return;
                }
                const State state = tried->state == ProbeResult::State::Reachable ? State::Reachable
                    : tried->state == ProbeResult::State::NeedsLogin              ? State::NeedsLogin
                                                                                  : State::Unreachable;
                QStringList note { model::lineText(tried->note), model::lineText(tried->advice) };
                note.removeAll(QString());
                m_contexts->setState(context, state, note.join(QStringLiteral(" \u2013 ")));
            });
    }
}

void ConnectPage::connectTo(const std::string& context)
{
    using Connected = Result<std::pair<std::shared_ptr<LiveSession>, LivePreflight>>;
    stopTries(); // they would be waited for
    m_target.context = context;
    m_session.reset();
    m_isAgain = false;
    const QString name = model::lineText(context);
    beginWork(tr("Connecting to %1").arg(name), false);
    m_jobs.run<Connected>(
        this, { .slot = workSlot(), .title = tr("Connecting to %1").arg(name) },
        [backend = m_backend, target = m_target, ask = m_bridge.ask()](Progress& progress) -> Connected {
            progress.enter("Logging in and asking what can be read");
            auto session = backend.connect(target, ask);
            if (!session)
                return std::unexpected(session.error());
            snapshot::CollectOptions options;
            options.tool = toolName();
            auto found = backend.preflight(**session, options, progress);
            if (!found)
                return std::unexpected(found.error());
            return std::pair(std::move(*session), std::move(*found));
        },
        [this, context, name](Connected connected) {
            if (!connected) {
                fail(tr("%1 cannot be reviewed").arg(name), connected.error(), [this, context] { connectTo(context); });
                return;
            }
            m_session = connected->first;
            m_preflight->setOptions({});
            m_preflight->showFound(*m_session, connected->second);
            showPage(Checked);
        });
}

void ConnectPage::check()
{
    using Found = Result<LivePreflight>;
    beginWork(tr("Checking %1").arg(model::lineText(m_target.context)), false);
    m_jobs.run<Found>(
        this, { .slot = workSlot(), .title = tr("Checking what can be read") },
        [backend = m_backend, session = m_session, options = m_preflight->options()](
            Progress& progress) { return backend.preflight(*session, options, progress); },
        [this](const Found& found) {
            if (!found) {
                fail(tr("%1 cannot be reviewed").arg(model::lineText(m_target.context)), found.error(),
                    [this] { check(); });
                return;
            }
            m_preflight->showFound(*m_session, *found);
            showPage(Checked);
        });
}

void ConnectPage::collectAgain(const LiveCapture& capture)
{
    cancelAll();
    m_config.reset();
    m_target = capture.target;
    m_session = capture.session;
    m_options = capture.options;
    m_isAgain = true;
    collect();
}

void ConnectPage::captureFailed(const LiveCapture& capture, const Error& error)
{
    m_target = capture.target;
    m_session = capture.session;
    m_options = capture.options;
    fail(tr("The capture of %1 cannot be assessed").arg(model::lineText(m_target.context)), error,
        [this] { collect(); });
}

void ConnectPage::collect()
{
    using Collected = Result<std::shared_ptr<const std::string>>;
    const QString title = tr("Collecting %1").arg(model::lineText(m_target.context));
    beginWork(title, true);
    m_jobs.run<Collected>(
        this, { .slot = workSlot(), .title = title },
        [backend = m_backend, session = m_session, options = m_options, latest = m_latest, &pool = m_compute](
            Progress& progress) {
            return backend.collect(
                *session, options, pool, progress, [latest](const std::vector<snapshot::CollectStep>& steps) {
                    const std::lock_guard lock(latest->mutex);
                    latest->steps = steps;
                    latest->isNew = true;
                });
        },
        [this](const Collected& collected) {
            m_timer.stop();
            if (!collected) {
                fail(tr("%1 was not collected").arg(model::lineText(m_target.context)), collected.error(),
                    [this] { collect(); });
                return;
            }
            Q_EMIT captured(std::make_shared<const LiveCapture>(
                LiveCapture { .target = m_target, .options = m_options, .bytes = *collected, .session = m_session }));
        });
}

void ConnectPage::beginWork(const QString& title, bool hasSteps)
{
    m_latest = std::make_shared<Latest>();
    m_work->begin(title, hasSteps);
    showPage(Working);
    m_timer.start();
}

void ConnectPage::tick()
{
    if (const auto job = m_jobs.running(this, workSlot()))
        m_work->showProgress(job->state, job->elapsedMs);
    std::vector<snapshot::CollectStep> steps;
    {
        const std::lock_guard lock(m_latest->mutex);
        if (!m_latest->isNew)
            return;
        m_latest->isNew = false;
        steps = m_latest->steps;
    }
    m_work->showSteps(steps);
}

void ConnectPage::cancelWork()
{
    m_jobs.cancel(this, workSlot());
    if (m_consent)
        m_consent->close();
    if (m_config && !m_isAgain)
        showPage(m_session ? Checked : Contexts);
    else
        Q_EMIT backAsked();
}

void ConnectPage::cancelAll()
{
    m_jobs.cancel(this, workSlot());
    stopTries();
    if (m_consent)
        m_consent->close();
    m_timer.stop();
    m_session.reset();
}

void ConnectPage::stopTries()
{
    for (const std::string& context : m_contexts->all()) {
        const QString slot = QStringLiteral("try/") + model::text(context);
        if (m_jobs.running(m_contexts, slot))
            m_contexts->setState(context, model::ContextRow::State::NotTried, {});
        m_jobs.cancel(m_contexts, slot);
    }
}

void ConnectPage::fail(const QString& title, const Error& error, Step retry)
{
    m_failure = title + QStringLiteral("\n") + model::errorText(error);
    m_retry = std::move(retry);
    QStringList lines { sentence(error.what), model::lineText(error.where), sentence(error.advice) };
    lines.removeAll(QString());
    m_failed->setTexts(title, lines.join(QLatin1Char('\n')));
    m_toChecked->setVisible(m_session && m_config);
    showPage(Failed);
}

void ConnectPage::showPage(Page page)
{
    if (page != Working)
        m_timer.stop();
    m_pages->setCurrentIndex(page);
    if (page == Contexts)
        m_contexts->focusFirst();
    Q_EMIT shown();
}

void ConnectPage::askConsent(const kube::ExecRequest& request)
{
    m_consent = new ConsentDialog(request, window());
    connect(m_consent, &ConsentDialog::answered, this, [this](AskBridge::Answer given) {
        m_bridge.answer(given);
        if (given == AskBridge::Answer::Refused && m_jobs.running(this, workSlot()))
            cancelWork();
    });
    m_consent->open();
}

} // namespace plimsoll::ui::shell

#include "moc_ConnectPage.cpp"
