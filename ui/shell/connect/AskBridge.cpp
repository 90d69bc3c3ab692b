// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/connect/AskBridge.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>

#include "ui/model/Text.h"

namespace plimsoll::ui::shell {

struct AskBridge::Shared {
    std::mutex asking; // one question at a time
    std::mutex mutex;
    std::condition_variable changed;
    AskBridge* bridge = nullptr; // nothing once it died
    bool isAnswered = false;
    Answer given = Answer::Refused;

    template <class Call> void post(Call call)
    {
        if (bridge)
            QMetaObject::invokeMethod(
                bridge, [to = bridge, call] { call(*to); }, Qt::QueuedConnection);
    }

    Answer wait(const kube::ExecRequest& request, Progress& progress)
    {
        const std::lock_guard turn(asking);
        std::unique_lock lock(mutex);
        isAnswered = false;
        given = Answer::Refused;
        post([request](AskBridge& to) { Q_EMIT to.asked(request); });
        while (bridge && !isAnswered && !progress.isCancelled())
            changed.wait_for(lock, std::chrono::milliseconds(100));
        if (isAnswered)
            return given;
        post([](AskBridge& to) { Q_EMIT to.withdrawn(); });
        return Answer::Refused;
    }
};

AskBridge::AskBridge(std::string consentsFile, QObject* parent)
    : QObject(parent)
    , m_shared(std::make_shared<Shared>())
    , m_consentsFile(std::move(consentsFile))
{
    m_shared->bridge = this;
}

AskBridge::~AskBridge()
{
    const std::lock_guard lock(m_shared->mutex);
    m_shared->bridge = nullptr;
    m_shared->changed.notify_all();
}

void AskBridge::answer(Answer given)
{
    const std::lock_guard lock(m_shared->mutex);
    m_shared->given = given;
    m_shared->isAnswered = true;
    m_shared->changed.notify_all();
}

LiveAsk AskBridge::ask()
{
    struct Allowed {
        std::mutex mutex;
        std::set<std::string> keys;
    };
    LiveAsk result;
    result.consent = [shared = m_shared, allowed = std::make_shared<Allowed>(), file = m_consentsFile](
                         const kube::ExecRequest& request, Progress& progress) {
        kube::RememberedConsents remembered(file);
        const std::string key = request.key();
        {
            const std::lock_guard lock(allowed->mutex);
            if (allowed->keys.contains(key) || remembered.has(request))
                return true;
        }
        const Answer given = shared->wait(request, progress);
        if (given == Answer::Refused)
            return false;
        const std::lock_guard lock(allowed->mutex);
        allowed->keys.insert(key);
        if (given == Answer::Always) {
            if (const auto added = remembered.add(request); !added) {
                const std::lock_guard posting(shared->mutex);
                shared->post([text = model::errorText(added.error())](AskBridge& to) { Q_EMIT to.lineWritten(text); });
            }
        }
        return true;
    };
    result.output = [shared = m_shared](std::string_view line) {
        const std::lock_guard lock(shared->mutex);
        shared->post([text = model::lineText(line)](AskBridge& to) { Q_EMIT to.lineWritten(text); });
    };
    return result;
}

} // namespace plimsoll::ui::shell

#include "moc_AskBridge.cpp"
