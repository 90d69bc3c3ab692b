// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>

#include <QPointer>
#include <QTimer>
#include <QWidget>

#include "ui/shell/Jobs.h"
#include "ui/shell/connect/AskBridge.h"
#include "ui/shell/connect/Live.h"

class QPushButton;
class QStackedWidget;

namespace plimsoll::ui::widget {
class EmptyState;
}

namespace plimsoll::ui::shell {

class ConsentDialog;
class ContextsPage;
class PreflightPage;
class WorkPage;

// Connect, from the list of contexts to a capture.
// Threads: work that waits for servers and people has a pool of its own, so that it never holds up what computes; its
//          size bounds how many contexts are tried at once.
// Owns:    the pages and the running work. The compute pool must outlive it.
class ConnectPage : public QWidget {
    Q_OBJECT

public:
    ConnectPage(TaskPool& compute, LiveBackend backend, std::string consentsFile, QWidget* parent = nullptr);
    ~ConnectPage() override;

    // Lists contexts; contacts nobody.
    void open(const std::string& kubeconfig, const std::string& preselect);
    // Collects once more over the connection that is there.
    void collectAgain(const LiveCapture& capture);
    // What was captured could not be opened.
    void captureFailed(const LiveCapture& capture, const Error& error);
    void cancelAll();
    const LiveBackend& backend() const { return m_backend; }

Q_SIGNALS:
    void captured(const std::shared_ptr<const plimsoll::ui::shell::LiveCapture>& capture);
    void backAsked();
    void shown(); // another step of it, for tests and titles

private:
    enum Page : int { Contexts, Working, Checked, Failed };
    using Step = std::function<void()>;

    void buildFailedPage();
    void loadConfig(const std::string& preselect);
    void stopTries();
    void tryContexts(const std::vector<std::string>& contexts);
    void connectTo(const std::string& context);
    void check();
    void collect();
    void beginWork(const QString& title, bool hasSteps);
    void cancelWork();
    void fail(const QString& title, const Error& error, Step retry);
    void showPage(Page page);
    void tick();
    void askConsent(const kube::ExecRequest& request);

    struct Latest { // what the worker told last; the interface thread looks ten times a second
        std::mutex mutex;
        std::vector<snapshot::CollectStep> steps;
        bool isNew = false;
    };

    LiveBackend m_backend;
    TaskPool& m_compute;
    TaskPool m_waiting { 6 };
    Jobs m_jobs { m_waiting };
    AskBridge m_bridge;
    std::shared_ptr<const kube::Kubeconfig> m_config;
    LiveTarget m_target;
    std::shared_ptr<LiveSession> m_session;
    std::shared_ptr<Latest> m_latest;
    snapshot::CollectOptions m_options;
    bool m_isAgain = false; // cancelling goes back to what was shown
    Step m_retry;
    QString m_failure; // for the clipboard
    QTimer m_timer;

    QStackedWidget* m_pages = nullptr;
    ContextsPage* m_contexts = nullptr;
    WorkPage* m_work = nullptr;
    PreflightPage* m_preflight = nullptr;
    widget::EmptyState* m_failed = nullptr;
    QPushButton* m_toChecked = nullptr;
    QPointer<ConsentDialog> m_consent;
};

} // namespace plimsoll::ui::shell
