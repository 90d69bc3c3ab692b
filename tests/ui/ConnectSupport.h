// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <thread>

#include <QAbstractItemModelTester>
#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTreeView>

#include "tests/support/Support.h"
#include "ui/model/ConnectModels.h"
#include "ui/model/OriginData.h"
#include "ui/model/Text.h"
#include "ui/shell/MainWindow.h"
#include "ui/shell/OriginBadge.h"
#include "ui/shell/Recents.h"
#include "ui/shell/connect/AskBridge.h"
#include "ui/shell/connect/ConnectPage.h"
#include "ui/shell/connect/ConsentDialog.h"
#include "ui/shell/connect/SaveDialog.h"
#include "ui/shell/connect/UnlockDialog.h"
#include "ui/widget/Theme.h"

// A backend of Connect that talks to nobody, and what finds things in a window.
namespace plimsoll::ui::shell {

// What the fake backend does and was asked.
struct Fake {
    std::atomic<int> connects = 0, collects = 0, probes = 0, saves = 0;
    std::atomic<bool> isBlocking = false; // collecting goes on until it is cancelled
    std::atomic<bool> wasCancelled = false;
    std::atomic<int> probing = 0, mostProbing = 0;
    std::optional<Error> connectError;
    std::optional<kube::ExecRequest> exec;
    bool skipsTlsVerify = false;
    std::vector<snapshot::NotCollected> missing;
    snapshot::CollectOptions lastOptions;
    std::string saved;
};

inline kube::Kubeconfig configOf(int contexts)
{
    kube::Kubeconfig config;
    for (int i = 0; i < contexts; ++i) {
        const std::string number = std::to_string(i);
        kube::ClusterEntry cluster;
        cluster.name = "cluster-" + number;
        cluster.server = "https://10.0.0." + number + ":6443";
        cluster.skipsTlsVerify = i == 2;
        config.clusters.push_back(cluster);
        kube::UserEntry user;
        user.name = "user-" + number;
        if (i == 0)
            user.clientCertificateData = "certificate";
        if (i == 1) {
            user.exec.emplace();
            user.exec->command = "/usr/local/bin/aws";
        }
        if (i == 2)
            user.token = "t";
        config.users.push_back(user);
        config.contexts.push_back({ .name = i == 3 ? "<b>bold</b>" : "ctx-" + number,
            .file = "/home/me/.kube/config",
            .cluster = cluster.name,
            .user = user.name,
            .ns = i == 0 ? "shop" : "" });
    }
    config.currentContext = contexts > 1 ? "ctx-1" : "ctx-0";
    config.files = { "/home/me/.kube/config" };
    return config;
}

inline snapshot::Preflight preflightOf(const Fake& fake)
{
    using Row = snapshot::Preflight::Row;
    snapshot::Preflight found;
    found.version = { .gitVersion = "v1.31.2", .platform = "linux/amd64" };
    found.identity = { .user = "auditor", .uid = {}, .groups = { "system:authenticated" } };
    const auto row = [](const char* group, const char* plural, const char* kind, Row::Access access, const char* note) {
        return Row { .resource
            = { .group = group, .version = "v1", .plural = plural, .kind = kind, .isNamespaced = true },
            .access = access,
            .note = note };
    };
    found.rows = { row("", "pods", "Pod", Row::Access::Allowed, ""),
        row("", "secrets", "Secret", Row::Access::Denied, "needs list secrets"),
        row("apps", "deployments", "Deployment", Row::Access::SomeNamespaces, "only in shop"),
        row("batch", "jobs", "Job", Row::Access::Unknown, "") };
    found.auditorRole = fake.missing.empty() ? "" : "kind: ClusterRole\n";
    return found;
}

inline Result<std::shared_ptr<const std::string>> collectFake(
    Fake& fake, const snapshot::CollectOptions& options, Progress& progress, const snapshot::CollectListener& listener)
{
    using State = snapshot::CollectStep::State;
    fake.collects += 1;
    fake.lastOptions = options;
    std::vector<snapshot::CollectStep> steps {
        { .resource = "pods", .state = State::Reading, .items = 1200, .note = {} },
        { .resource = "secrets", .state = State::NotCollected, .items = 0, .note = "forbidden" },
        { .resource = "deployments.apps", .state = State::Waiting, .items = 0, .note = {} }
    };
    listener(steps);
    while (fake.isBlocking) {
        if (progress.isCancelled()) {
            fake.wasCancelled = true;
            return failure(ErrorKind::Cancelled, "cancelled");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return std::make_shared<const std::string>(
        R"({"apiVersion":"v1","kind":"PodList","items":[{"metadata":{"name":"web","namespace":"shop"},)"
        R"("spec":{"containers":[{"name":"c","image":"nginx","securityContext":{"privileged":true}}]}}]})");
}

inline LiveBackend backendOf(Fake& fake, int contexts = 4)
{
    LiveBackend backend;
    backend.loadKubeconfig = [contexts](const std::string& path) -> Result<kube::Kubeconfig> {
        if (path == "/bad")
            return failure(ErrorKind::Format, "this is not a kubeconfig", "/bad:3", "choose another file");
        kube::Kubeconfig config = configOf(contexts);
        config.problems.push_back({ ErrorKind::Access, "the file cannot be read", "/home/me/other", "check its mode" });
        return config;
    };
    backend.probe = [&fake](const kube::Kubeconfig&, const std::string& context, Progress&) -> Result<ProbeResult> {
        fake.probes += 1;
        const int now = ++fake.probing;
        for (int most = fake.mostProbing; now > most && !fake.mostProbing.compare_exchange_weak(most, now);) { }
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
        --fake.probing;
        if (context == "ctx-2")
            return ProbeResult {
                .state = ProbeResult::State::Unreachable, .note = "nobody answers", .advice = "check the VPN"
            };
        return ProbeResult { .state
            = context == "ctx-1" ? ProbeResult::State::NeedsLogin : ProbeResult::State::Reachable,
            .note = "v1.31.2",
            .advice = {} };
    };
    backend.connect = [&fake](const LiveTarget& target, const LiveAsk& ask) -> Result<std::shared_ptr<LiveSession>> {
        fake.connects += 1;
        if (fake.connectError)
            return std::unexpected(*fake.connectError);
        if (fake.exec) {
            Progress progress;
            if (!ask.consent(*fake.exec, progress))
                return failure(ErrorKind::Access, "the program was not allowed to run");
            ask.output("Open https://login.example and enter CODE-1234");
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
        }
        auto session = std::make_shared<LiveSession>();
        session->target = target;
        session->login.contextName = target.context;
        session->login.server = "https://10.0.0.1:6443";
        session->login.skipsTlsVerify = fake.skipsTlsVerify;
        return session;
    };
    backend.preflight
        = [&fake](LiveSession&, const snapshot::CollectOptions& options, Progress&) -> Result<LivePreflight> {
        fake.lastOptions = options;
        return LivePreflight { .found = preflightOf(fake),
            .peer
            = kube::PeerCertificate { .subject = "CN=kube-apiserver", .issuer = "CN=ca", .notAfter = 1800000000 } };
    };
    backend.collect
        = [&fake](LiveSession&, const snapshot::CollectOptions& options, TaskPool&, Progress& progress,
              const snapshot::CollectListener& listener) { return collectFake(fake, options, progress, listener); };
    backend.save = [&fake](std::string_view bytes, const std::string& path, const snapshot::SealOptions& seal,
                       Progress&) -> Result<void> {
        fake.saves += 1;
        fake.saved = path + (seal.passphrase ? " passphrase" : "") + ' ' + std::to_string(bytes.size());
        return {};
    };
    return backend;
}

inline kube::ExecRequest execRequest()
{
    return { .kubeconfig = "/home/me/.kube/config",
        .context = "ctx-1",
        .user = "user-1",
        .path = "/usr/local/bin/aws",
        .arguments = { "eks", "get-token", "--cluster-name", "<b>prod</b>" },
        .environmentNames = { "AWS_PROFILE=dev" },
        .sha256 = "0123" };
}

template <class Type> Type* visibleChild(QWidget& parent, const QString& text)
{
    const auto all = parent.findChildren<Type*>();
    for (Type* one : all) {
        if (one->isVisible() && one->text().remove(QLatin1Char('&')).contains(text))
            return one;
    }
    return nullptr;
}

inline QPushButton* press(QWidget& parent, const QString& text)
{
    QPushButton* found = nullptr;
    for (int i = 0; i < 100 && !found; ++i) {
        found = visibleChild<QPushButton>(parent, text);
        if (found && !found->isEnabled())
            found = nullptr;
        if (!found)
            QTest::qWait(20);
    }
    if (found)
        found->click();
    return found;
}

inline bool shows(QWidget& parent, const QString& text)
{
    for (int i = 0; i < 150; ++i) {
        if (visibleChild<QLabel>(parent, text))
            return true;
        QTest::qWait(20);
    }
    return false;
}

template <class Dialog> Dialog* dialogOf(QWidget& window)
{
    Dialog* found = nullptr;
    for (int i = 0; i < 150 && !found; ++i) {
        found = window.findChild<Dialog*>();
        if (!found || !found->isVisible()) {
            found = nullptr;
            QTest::qWait(20);
        }
    }
    return found;
}

inline bool saysLine(QWidget& window, const QString& text)
{
    const auto edits = window.findChildren<QPlainTextEdit*>();
    return std::ranges::any_of(
        edits, [&](const QPlainTextEdit* one) { return one->isVisible() && one->toPlainText().contains(text); });
}

inline QTreeView* visibleTable(QWidget& window, const QString& accessibleName)
{
    const auto tables = window.findChildren<QTreeView*>();
    for (QTreeView* table : tables) {
        if (table->isVisible() && table->accessibleName() == accessibleName)
            return table;
    }
    return nullptr;
}

} // namespace plimsoll::ui::shell
