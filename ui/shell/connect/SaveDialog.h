// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>

#include "ui/shell/Jobs.h"
#include "ui/shell/Loader.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QRadioButton;

namespace plimsoll::ui::shell {

// Saves what is open as a snapshot file: where, how redacted, signed by whom, for whose eyes.
class SaveDialog : public QDialog {
    Q_OBJECT

public:
    SaveDialog(const OpenRequest& source, const assess::Assessment& assessment, const LiveBackend& backend, Jobs& jobs,
        QWidget* parent);

Q_SIGNALS:
    void saved(const QString& path);

private:
    void build(const QString& suggestion);
    void buildSeal(class QVBoxLayout* column);
    void choosePath();
    void updateState();
    void save();
    void run(snapshot::SealOptions seal);
    void finished(const Result<void>& written);
    void showProblem(const QString& problem);
    void setWorking(bool isWorking);
    void tick();

    OpenRequest m_source;
    LiveBackend m_backend;
    Jobs& m_jobs;
    std::uint32_t m_capturedRedaction = 1;
    bool m_mayReplace = false; // the person saw that the file exists and pressed again
    bool m_isWorking = false;

    QWidget* m_form = nullptr;
    QLineEdit* m_path = nullptr;
    QComboBox* m_redaction = nullptr;
    QLineEdit* m_key = nullptr;
    QRadioButton* m_plain = nullptr;
    QRadioButton* m_withPassphrase = nullptr;
    QRadioButton* m_withRecipients = nullptr;
    QLineEdit* m_passphrase = nullptr;
    QLineEdit* m_again = nullptr;
    QLineEdit* m_recipients = nullptr;
    QLabel* m_problem = nullptr;
    QProgressBar* m_bar = nullptr;
    QPushButton* m_save = nullptr;
    QPushButton* m_cancel = nullptr;
};

// "<context>-<date>.plimsoll", with nothing in it that a file system dislikes.
QString snapshotNameOf(const OpenRequest& source, const assess::Assessment& assessment);

} // namespace plimsoll::ui::shell
