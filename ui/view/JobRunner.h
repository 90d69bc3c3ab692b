// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <QObject>
#include <QString>

#include "core/base/Progress.h"

namespace plimsoll::ui::view {

// How a view starts work without knowing who runs it (ui/shell/Jobs does, on the task pool).
//
//   context.jobs.run<Layout>(this, { .slot = u"graph-layout"_qs, .title = tr("Laying out") },
//       [input](Progress& progress) { return layOut(input, progress); },
//       [this](Layout layout) { show(std::move(layout)); });
//
// Shape:   a newer job of the same (context, slot) cancels the older, whose result is dropped.
// Threads: run() and cancel() on the interface thread; work runs on a worker thread and must own or share all it
//          reads; done runs on the interface thread, and never after context has died or the job was cancelled.
class JobRunner {
public:
    struct Spec {
        QString slot; // "" = never replaced by another
        QString title; // what the person sees while it runs; "" = not shown
        bool isCancellable = true; // whether the progress display offers Cancel
        std::function<void()> cancelled = {}; // interface thread, at once when the person cancels
    };

    virtual ~JobRunner() = default;

    template <class T, class Work, class Done> void run(QObject* context, Spec spec, Work work, Done done)
    {
        auto result = std::make_shared<std::optional<T>>();
        start(
            context, std::move(spec),
            [result, task = std::move(work)](Progress& progress) mutable { result->emplace(task(progress)); },
            [result, deliver = std::move(done)]() mutable {
                if (result->has_value())
                    deliver(std::move(**result));
            });
    }

    // Cancels what runs in a slot of a context; nothing is delivered.
    virtual void cancel(QObject* context, const QString& slot) = 0;

protected:
    virtual void start(QObject* context, Spec spec, std::function<void(Progress&)> work, std::function<void()> done)
        = 0;
};

} // namespace plimsoll::ui::view
