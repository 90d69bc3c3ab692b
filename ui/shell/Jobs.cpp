// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/Jobs.h"

#include <algorithm>
#include <atomic>
#include <mutex>

#include <QMetaObject>

namespace plimsoll::ui::shell {

namespace {

// How a worker reaches the interface thread. It outlives Jobs, so a task that ends late finds nobody instead of a
// dangling pointer.
struct Mailbox {
    std::mutex mutex;
    QObject* receiver = nullptr;

    void post(std::function<void()> call)
    {
        const std::lock_guard lock(mutex);
        if (receiver)
            QMetaObject::invokeMethod(receiver, std::move(call), Qt::QueuedConnection);
    }
};

} // namespace

struct Jobs::Job {
    quint64 id = 0;
    QPointer<QObject> context;
    Spec spec;
    std::function<void()> done;
    std::shared_ptr<Progress> progress;
    std::shared_ptr<Mailbox> mailbox;
    QElapsedTimer timer;
    QMetaObject::Connection contextGone;
};

Jobs::Jobs(TaskPool& pool, QObject* parent)
    : QObject(parent)
    , m_pool(pool)
{
}

Jobs::~Jobs()
{
    for (const auto& job : m_jobs) {
        QObject::disconnect(job->contextGone);
        job->progress->cancel();
        const std::lock_guard lock(job->mailbox->mutex);
        job->mailbox->receiver = nullptr;
    }
}

void Jobs::start(QObject* context, Spec spec, std::function<void(Progress&)> work, std::function<void()> done)
{
    if (!spec.slot.isEmpty())
        cancel(context, spec.slot);
    auto job = std::make_shared<Job>();
    job->id = ++m_lastId;
    job->context = context;
    job->spec = std::move(spec);
    job->done = std::move(done);
    job->mailbox = std::make_shared<Mailbox>();
    job->mailbox->receiver = this;
    job->timer.start();
    const bool isShown = !job->spec.title.isEmpty();
    job->progress = std::make_shared<Progress>([this, mailbox = job->mailbox, isShown](const Progress::State&) {
        if (isShown)
            mailbox->post([this] { Q_EMIT changed(); });
    });
    job->contextGone = connect(context, &QObject::destroyed, this, [this, id = job->id] {
        const auto found = std::ranges::find(m_jobs, id, [](const auto& one) { return one->id; });
        if (found != m_jobs.end())
            remove(found);
    });
    m_jobs.push_back(job);
    // The task holds what it needs and never the job itself: done and context are touched on this thread only.
    m_pool.post([this, id = job->id, mailbox = job->mailbox, progress = job->progress, task = std::move(work)] {
        if (!progress->isCancelled())
            task(*progress);
        mailbox->post([this, id] { finish(id); });
    });
    if (isShown)
        Q_EMIT changed();
}

void Jobs::finish(quint64 id)
{
    const auto found = std::ranges::find(m_jobs, id, [](const auto& job) { return job->id; });
    if (found == m_jobs.end())
        return; // cancelled, or its context died
    const std::shared_ptr<Job> job = *found;
    QObject::disconnect(job->contextGone);
    m_jobs.erase(found);
    if (job->context)
        job->done();
    Q_EMIT changed();
}

void Jobs::remove(std::list<std::shared_ptr<Job>>::iterator at)
{
    const std::shared_ptr<Job> job = *at;
    QObject::disconnect(job->contextGone);
    job->progress->cancel();
    {
        // The task may end after this object: nothing else would tell it that nobody listens.
        const std::lock_guard lock(job->mailbox->mutex);
        job->mailbox->receiver = nullptr;
    }
    m_jobs.erase(at);
    Q_EMIT changed();
}

void Jobs::cancel(QObject* context, const QString& slot)
{
    const auto found = std::ranges::find_if(
        m_jobs, [&](const auto& job) { return job->context == context && job->spec.slot == slot; });
    if (found != m_jobs.end())
        remove(found);
}

void Jobs::cancel(quint64 id)
{
    const auto found = std::ranges::find(m_jobs, id, [](const auto& job) { return job->id; });
    if (found == m_jobs.end() || !(*found)->spec.isCancellable)
        return;
    const std::shared_ptr<Job> job = *found;
    remove(found);
    if (job->context && job->spec.cancelled)
        job->spec.cancelled();
}

std::optional<Jobs::Running> Jobs::shown() const
{
    for (const auto& job : m_jobs) {
        if (!job->spec.title.isEmpty())
            return describe(*job);
    }
    return std::nullopt;
}

std::optional<Jobs::Running> Jobs::running(const QObject* context, const QString& slot) const
{
    for (const auto& job : m_jobs) {
        if (job->context == context && job->spec.slot == slot)
            return describe(*job);
    }
    return std::nullopt;
}

Jobs::Running Jobs::describe(const Job& job)
{
    return { .id = job.id,
        .title = job.spec.title,
        .isCancellable = job.spec.isCancellable,
        .state = job.progress->state(),
        .elapsedMs = job.timer.elapsed() };
}

} // namespace plimsoll::ui::shell

#include "moc_Jobs.cpp"
