// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>

#include "ui/shell/Loader.h"

class QLineEdit;
class QPushButton;

namespace plimsoll::ui::shell {

// Asks for what opens an encrypted snapshot file. Shown again, with the reason, when it did not.
class UnlockDialog : public QDialog {
    Q_OBJECT

public:
    // problem "" = the first time.
    UnlockDialog(const QString& file, FileNature nature, const QString& problem, QWidget* parent);

Q_SIGNALS:
    void passphraseGiven(const QString& passphrase);
    void identityGiven(const QString& file);

private:
    QLineEdit* m_field = nullptr;
    QPushButton* m_open = nullptr;
};

} // namespace plimsoll::ui::shell
