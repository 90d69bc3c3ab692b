// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <QObject>

#include "core/kube/Credentials.h"
#include "ui/shell/connect/Live.h"

namespace plimsoll::ui::shell {

// Carries questions and lines of login programs from worker threads to the interface thread. A worker waits on a
// condition, never on an event loop; it goes on within a tenth of a second when its job is cancelled, and at once when
// the bridge dies, in both cases with "no".
// Owns:    nothing of the workers; the functions of ask() may outlive it.
class AskBridge : public QObject {
    Q_OBJECT

public:
    enum class Answer : std::uint8_t { Refused, Once, Always };

    explicit AskBridge(std::string consentsFile, QObject* parent = nullptr);
    ~AskBridge() override;

    // For one connection: what was allowed once stays allowed for it.
    LiveAsk ask();
    void answer(Answer given);

Q_SIGNALS:
    void asked(const plimsoll::kube::ExecRequest& request);
    void withdrawn(); // nobody waits for the answer any more
    void lineWritten(const QString& line);

private:
    struct Shared;
    std::shared_ptr<Shared> m_shared;
    std::string m_consentsFile;
};

} // namespace plimsoll::ui::shell
