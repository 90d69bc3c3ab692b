// SPDX-License-Identifier: Apache-2.0
// The main window's side of live clusters and snapshot files: Connect, saving, unlocking, and the banners.
#include "ui/shell/MainWindow.h"

#include <QFileInfo>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/model/Text.h"
#include "ui/shell/Dialogs.h"
#include "ui/shell/StartPage.h"
#include "ui/shell/StatusLine.h"
#include "ui/shell/TopBar.h"
#include "ui/shell/connect/ConnectPage.h"
#include "ui/shell/connect/Notice.h"
#include "ui/shell/connect/RoleFile.h"
#include "ui/shell/connect/SaveDialog.h"
#include "ui/shell/connect/UnlockDialog.h"
#include "ui/widget/Parts.h"

namespace plimsoll::ui::shell {

using namespace widget;

void MainWindow::buildConnect(LiveBackend backend)
{
    m_connect = new ConnectPage(m_jobs.pool(), std::move(backend),
        kube::RememberedConsents::defaultFile(kube::Environment::ofProcess()), m_pages);
    m_pages->addWidget(m_connect);
    connect(m_connect, &ConnectPage::backAsked, this, [this] {
        m_connect->cancelAll();
        showPage(m_review.assessment() ? Views : Start);
    });
    connect(m_connect, &ConnectPage::captured, this, [this](const std::shared_ptr<const LiveCapture>& capture) {
        OpenRequest request;
        request.live = capture;
        open(request);
    });
    connect(m_start, &StartPage::connectAsked, this, [this](const QString& kubeconfig, const QString& context) {
        openConnect(kubeconfig.toStdString(), context.toStdString());
    });
    connect(m_topBar, &TopBar::originChanged, this, [this] { m_status->setOrigin(m_topBar->origin()); });
}

void MainWindow::openConnect(const std::string& kubeconfig, const std::string& context)
{
    m_jobs.cancel(this, QStringLiteral("open"));
    showPage(Connecting);
    m_connect->open(kubeconfig, context);
}

void MainWindow::reload()
{
    if (!m_request.live) {
        open(m_request);
        return;
    }
    showPage(Connecting);
    m_connect->collectAgain(*m_request.live);
}

void MainWindow::saveSnapshot()
{
    const auto assessment = m_review.assessment();
    if (!assessment)
        return;
    auto* dialog = new SaveDialog(m_request, *assessment, m_connect->backend(), m_jobs, this);
    connect(dialog, &SaveDialog::saved, this, [this](const QString& path) { showExportOutcome(this, path, {}); });
    dialog->open();
}

// A source that did not open may need a key, or be no source at all but the way to one.
bool MainWindow::helpsToOpen(const OpenRequest& request, const Error& error, const NatureOfSource& nature)
{
    switch (nature.nature) {
    case FileNature::Kubeconfig:
        if (request.paths.size() != 1)
            return false;
        openConnect(QFileInfo(model::text(nature.path)).absoluteFilePath().toStdString(), {});
        return true;
    case FileNature::PassphraseEncrypted:
    case FileNature::KeyEncrypted:
        if (error.kind != ErrorKind::Access && error.kind != ErrorKind::Usage)
            return false; // opened, and wrong inside
        unlock(request, nature, error);
        return true;
    case FileNature::Other:
        break;
    }
    return false;
}

void MainWindow::unlock(const OpenRequest& request, const NatureOfSource& nature, const Error& error)
{
    const bool wasTried = request.passphrase || !request.identityFile.empty();
    showPage(m_review.assessment() ? Views : Start);
    auto* dialog = new UnlockDialog(
        model::text(nature.path), nature.nature, wasTried ? model::errorText(error) : QString(), this);
    connect(dialog, &UnlockDialog::passphraseGiven, this, [this, request](const QString& passphrase) {
        OpenRequest again = request;
        again.passphrase = passphrase.toStdString();
        open(again);
    });
    connect(dialog, &UnlockDialog::identityGiven, this, [this, request](const QString& file) {
        OpenRequest again = request;
        again.identityFile = file.toStdString();
        open(again);
    });
    dialog->open();
}

void MainWindow::showBanners()
{
    clearLayout(m_banners);
    const auto assessment = m_review.assessment();
    if (!assessment)
        return;
    for (const model::OriginData::Banner& banner : m_topBar->origin().banners) {
        auto* notice = new Notice(banner.isAlarm ? Notice::Kind::Alarm : Notice::Kind::Warning, banner.text, this);
        if (banner.hasDetails) {
            QPushButton* details = button(tr("What is missing\u2026"), "", notice);
            notice->addAction(details);
            connect(details, &QPushButton::clicked, this,
                [this, assessment] { showNotCollectedDialog(this, assessment->cluster->snapshot().notCollected()); });
        }
        m_banners->addWidget(notice);
    }
    for (const Error& problem : m_reviewProblems) {
        m_banners->addWidget(new Notice(Notice::Kind::Alarm,
            tr("Your review is not complete. %1. This file was left out.").arg(model::errorText(problem)), this));
    }
    const bool hasBanners = m_banners->count() > 0;
    m_banners->setContentsMargins(hasBanners ? space::xl : 0, hasBanners ? space::m : 0, hasBanners ? space::xl : 0, 0);
}

} // namespace plimsoll::ui::shell
