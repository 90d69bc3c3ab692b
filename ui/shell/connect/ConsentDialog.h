// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>

#include "core/kube/Credentials.h"
#include "ui/shell/connect/AskBridge.h"

namespace plimsoll::ui::shell {

// Shows the program that a kubeconfig would run, whole, and asks whether it may. Refusing is what Return and Escape do.
class ConsentDialog : public QDialog {
    Q_OBJECT

public:
    ConsentDialog(const kube::ExecRequest& request, QWidget* parent);

Q_SIGNALS:
    void answered(plimsoll::ui::shell::AskBridge::Answer answer);

private:
    void finish(AskBridge::Answer answer);
    bool m_isAnswered = false;
};

} // namespace plimsoll::ui::shell
