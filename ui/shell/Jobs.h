// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <memory>

#include <QElapsedTimer>
#include <QObject>
#include <QPointer>

#include "core/base/TaskPool.h"
#include "ui/view/JobRunner.h"

namespace plimsoll::ui::shell {

// The only place that starts work. Tasks run on the pool; results come back through the event loop of the interface
// thread. Cancelling answers at once: the job is forgotten here, and the task stops when it next looks.
// Owns:    the records of running jobs. The pool must outlive it; its destructor cancels everything, and what a task
//          still delivers afterwards is dropped.
class Jobs : public QObject, public view::JobRunner {
    Q_OBJECT

public:
    struct Running {
        quint64 id = 0;
        QString title;
        bool isCancellable = true;
        Progress::State state;
        qint64 elapsedMs = 0;
    };

    explicit Jobs(TaskPool& pool, QObject* parent = nullptr);
    ~Jobs() override;

    void cancel(QObject* context, const QString& slot) override;
    // The person cancels.
    void cancel(quint64 id);
    // The longest running job that is shown, if there is one.
    std::optional<Running> shown() const;
    // What runs in a slot of a context.
    std::optional<Running> running(const QObject* context, const QString& slot) const;
    std::size_t count() const { return m_jobs.size(); }
    TaskPool& pool() const { return m_pool; }

Q_SIGNALS:
    void changed(); // a job began, moved on or ended

protected:
    void start(QObject* context, Spec spec, std::function<void(Progress&)> work, std::function<void()> done) override;

private:
    struct Job;
    static Running describe(const Job& job);
    void finish(quint64 id);
    void remove(std::list<std::shared_ptr<Job>>::iterator job);

    TaskPool& m_pool;
    std::list<std::shared_ptr<Job>> m_jobs;
    quint64 m_lastId = 0;
};

} // namespace plimsoll::ui::shell
