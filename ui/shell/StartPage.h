// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "ui/shell/Loader.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QVBoxLayout;

namespace plimsoll::ui::widget {
class ElidedLabel;
class EmptyState;
} // namespace plimsoll::ui::widget

namespace plimsoll::ui::shell {

class Notice;
struct Recent;

// What is shown when nothing is open: what the program is for, the ways to open something, and what was opened lately.
class StartPage : public QWidget {
    Q_OBJECT

public:
    explicit StartPage(QWidget* parent = nullptr);
    void showRecents();
    void setDropActive(bool isActive);

Q_SIGNALS:
    void openFilesAsked();
    void openFolderAsked();
    void connectAsked(const QString& kubeconfig, const QString& context);
    void openAsked(const plimsoll::ui::shell::OpenRequest& request);

private:
    void addRecentContext(const Recent& recent);
    QVBoxLayout* m_recents = nullptr;
    class DropZone;
    DropZone* m_dropZone = nullptr;
};

// While a source is read: what happens, how far it is, and a way out.
class LoadingPage : public QWidget {
    Q_OBJECT

public:
    explicit LoadingPage(QWidget* parent = nullptr);
    void begin(const QString& title);
    void showProgress(const Progress::State& state, qint64 elapsedMs);

Q_SIGNALS:
    void cancelAsked();

private:
    QLabel* m_title = nullptr;
    widget::ElidedLabel* m_stage = nullptr;
    QLabel* m_time = nullptr;
    QProgressBar* m_bar = nullptr;
    QPushButton* m_cancel = nullptr;
};

// When nothing could be opened: what, where, and what to do.
class ErrorPage : public QWidget {
    Q_OBJECT

public:
    explicit ErrorPage(QWidget* parent = nullptr);
    void showError(const QString& title, const Error& error);

Q_SIGNALS:
    void retryAsked();
    void openFilesAsked();
    void openFolderAsked();
    void startAsked();

private:
    widget::EmptyState* m_state = nullptr;
    Notice* m_alarm = nullptr;
    QString m_details;
};

} // namespace plimsoll::ui::shell
