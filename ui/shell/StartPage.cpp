// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/StartPage.h"

#include <QApplication>
#include <QClipboard>
#include <QFileInfo>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/model/Text.h"
#include "ui/shell/Recents.h"
#include "ui/shell/connect/Notice.h"
#include "ui/widget/Buttons.h"
#include "ui/widget/Icons.h"
#include "ui/widget/Parts.h"

namespace plimsoll::ui::shell {

namespace {

using namespace widget;

constexpr int columnWidth = 760;

// A column of fixed width in the middle of the page.
QVBoxLayout* centredColumn(QWidget* page, int width)
{
    auto* across = new QHBoxLayout(page);
    across->setContentsMargins(space::xl, space::xl, space::xl, space::xl);
    auto* column = new QWidget(page);
    column->setMaximumWidth(width);
    column->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    across->addStretch(1);
    across->addWidget(column, 100);
    across->addStretch(1);
    auto* layout = new QVBoxLayout(column);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::m);
    return layout;
}

} // namespace

class StartPage::DropZone final : public QWidget {
public:
    explicit DropZone(QWidget* parent)
        : QWidget(parent)
    {
        setMinimumHeight(116);
        setAccessibleName(StartPage::tr("Drop files or folders here"));
    }
    bool isActive = false;

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        QPen pen(isActive ? theme().accent : theme().borderStrong, isActive ? 2 : 1.5, Qt::DashLine);
        painter.setPen(pen);
        painter.setBrush(isActive ? theme().accentSoft : Qt::transparent);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 10, 10);
        painter.drawPixmap((width() - 26) / 2, 20,
            iconPixmap(QStringLiteral("open"), isActive ? theme().accent : theme().textMuted, 26, devicePixelRatioF()));
        painter.setPen(theme().text);
        painter.setFont(widget::font(TextStyle::Strong));
        painter.drawText(QRect(0, 52, width(), 24), Qt::AlignCenter, StartPage::tr("Drop files or folders here"));
        painter.setPen(theme().textMuted);
        painter.setFont(widget::font(TextStyle::Caption));
        painter.drawText(QRect(8, 76, width() - 16, 24), Qt::AlignCenter,
            StartPage::tr(
                ".plimsoll, kubectl get -o json or yaml, cluster-info dump, support bundle, manifests, kubeconfig"));
    }
};

StartPage::StartPage(QWidget* parent)
    : QWidget(parent)
{
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setAccessibleName(tr("Start"));
    auto* page = new QWidget(scroll);
    QVBoxLayout* column = centredColumn(page, columnWidth);
    column->addStretch(1);
    auto* sign = new QLabel(page);
    sign->setPixmap(applicationIcon().pixmap(QSize(56, 56), devicePixelRatioF()));
    column->addWidget(sign);
    column->addWidget(label(tr("Review a Kubernetes cluster"), TextStyle::Title, page));
    QLabel* lead = mutedLabel(
        tr("Connect to one, or open what kubectl gave you. Plimsoll only reads, and nothing leaves this computer."),
        page);
    lead->setWordWrap(true);
    column->addWidget(lead);
    column->addSpacing(space::s);
    auto* ways = new QHBoxLayout;
    ways->setSpacing(space::s);
    const auto addWay = [&](const QString& text, const QString& iconName, const char* role) {
        QPushButton* way = button(text, role, page);
        way->setMinimumHeight(38);
        if (qstrcmp(role, "primary") == 0)
            way->setIcon(icon(iconName, theme().textOnAccent));
        else
            setIconName(way, iconName);
        ways->addWidget(way);
        return way;
    };
    connect(addWay(tr("Connect\u2026"), QStringLiteral("cluster"), "primary"), &QPushButton::clicked, this,
        [this] { Q_EMIT connectAsked({}, {}); });
    connect(addWay(tr("Open files\u2026"), QStringLiteral("file"), ""), &QPushButton::clicked, this,
        &StartPage::openFilesAsked);
    connect(addWay(tr("Open folder\u2026"), QStringLiteral("folder"), ""), &QPushButton::clicked, this,
        &StartPage::openFolderAsked);
    connect(addWay(tr("Open sample cluster"), QStringLiteral("sample"), ""), &QPushButton::clicked, this,
        [this] { Q_EMIT openAsked({ .paths = {}, .isSample = true }); });
    ways->addStretch(1);
    column->addLayout(ways);
    m_dropZone = new DropZone(page);
    column->addWidget(m_dropZone);
    column->addSpacing(space::s);
    m_recents = new QVBoxLayout;
    m_recents->setSpacing(2);
    column->addLayout(m_recents);
    column->addStretch(2);
    scroll->setWidget(page);
    auto* own = new QVBoxLayout(this);
    own->setContentsMargins(0, 0, 0, 0);
    own->addWidget(scroll);
    showRecents();
}

void StartPage::showRecents()
{
    clearLayout(m_recents);
    const std::vector<Recent> list = recents();
    if (list.empty())
        return;
    m_recents->addWidget(label(tr("Recent"), TextStyle::Heading, this));
    for (const Recent& recent : list) {
        if (!recent.context.isEmpty()) {
            addRecentContext(recent);
            continue;
        }
        const QString path = recent.paths.join(QStringLiteral(", "));
        QStringList below { path };
        if (!recent.when.isEmpty())
            below.prepend(recent.when);
        auto* row = new LinkRow(
            { -1, QFileInfo(recent.paths.front()).isDir() ? QStringLiteral("folder") : QStringLiteral("file"),
                recent.cluster.isEmpty() ? QFileInfo(path).fileName() : recent.cluster,
                below.join(QStringLiteral("  \u00b7  ")),
                tr("%1 critical, %2 high").arg(recent.critical).arg(recent.high) },
            this);
        m_recents->addWidget(row);
        connect(row, &QAbstractButton::clicked, this, [this, paths = recent.paths] {
            OpenRequest request;
            for (const QString& one : paths)
                request.paths.push_back(one.toStdString());
            Q_EMIT openAsked(request);
        });
    }
}

void StartPage::addRecentContext(const Recent& recent)
{
    QStringList below { contextText(recent) };
    if (!recent.when.isEmpty())
        below.append(recent.when);
    auto* row = new LinkRow({ -1, QStringLiteral("cluster"), recent.cluster.isEmpty() ? recent.context : recent.cluster,
                                below.join(QStringLiteral("  \u00b7  ")),
                                tr("%1 critical, %2 high").arg(recent.critical).arg(recent.high) },
        this);
    m_recents->addWidget(row);
    connect(row, &QAbstractButton::clicked, this,
        [this, recent] { Q_EMIT connectAsked(recent.kubeconfig, recent.context); });
}

void StartPage::setDropActive(bool isActive)
{
    m_dropZone->isActive = isActive;
    m_dropZone->update();
}

LoadingPage::LoadingPage(QWidget* parent)
    : QWidget(parent)
    , m_title(label({}, TextStyle::Heading, this))
    , m_stage(new ElidedLabel(Qt::ElideMiddle, this))
    , m_time(mutedLabel({}, this))
    , m_bar(new QProgressBar(this))
    , m_cancel(button(tr("Cancel"), "", this))
{
    QVBoxLayout* column = centredColumn(this, 460);
    column->addStretch(2);
    column->addWidget(m_title);
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(tr("Progress"));
    column->addWidget(m_bar);
    setRole(m_stage, "muted");
    auto* line = new QHBoxLayout;
    line->addWidget(m_stage, 1);
    line->addWidget(m_time);
    column->addLayout(line);
    m_cancel->setShortcut(Qt::Key_Escape);
    column->addWidget(m_cancel, 0, Qt::AlignLeft);
    column->addStretch(3);
    connect(m_cancel, &QPushButton::clicked, this, &LoadingPage::cancelAsked);
}

void LoadingPage::begin(const QString& title)
{
    m_title->setText(title);
    m_stage->setFullText(tr("Starting"));
    m_time->setText({});
    m_bar->setRange(0, 0);
}

void LoadingPage::showProgress(const Progress::State& state, qint64 elapsedMs)
{
    m_stage->setFullText(state.total > 0
            ? tr("%1 (%2 of %3)").arg(model::lineText(state.stage), grouped(state.done), grouped(state.total))
            : model::lineText(state.stage));
    // A bar of whole per mille: totals may be bytes beyond what an int holds.
    m_bar->setRange(0, state.total > 0 ? 1000 : 0);
    if (state.total > 0)
        m_bar->setValue(static_cast<int>(std::min<std::uint64_t>(1000, state.done * 1000 / state.total)));
    m_time->setText(tr("%1 s").arg(elapsedMs / 1000));
}

ErrorPage::ErrorPage(QWidget* parent)
    : QWidget(parent)
    , m_state(new EmptyState(QStringLiteral("error"), {}, {}, this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::xl, space::xl, space::xl, space::xl);
    m_alarm = new Notice(Notice::Kind::Alarm, {}, this);
    layout->addWidget(m_alarm);
    layout->addWidget(m_state, 1);
    const auto add = [this](const QString& text, const char* role, auto signal) {
        QPushButton* action = button(text, role, this);
        m_state->addAction(action);
        connect(action, &QPushButton::clicked, this, signal);
    };
    add(tr("Open files\u2026"), "", &ErrorPage::openFilesAsked);
    add(tr("Open folder\u2026"), "", &ErrorPage::openFolderAsked);
    add(tr("Try again"), "", &ErrorPage::retryAsked);
    add(tr("Copy details"), "", [this] { QApplication::clipboard()->setText(m_details); });
    add(tr("Back"), "", &ErrorPage::startAsked);
}

void ErrorPage::showError(const QString& title, const Error& error)
{
    m_details = model::errorText(error);
    QStringList lines { model::lineText(error.what), model::lineText(error.where), model::lineText(error.advice) };
    lines.removeAll(QString());
    for (QString& line : lines) { // clauses of one message in a terminal, sentences here
        if (line != lines.value(1) || error.where.empty())
            line[0] = line[0].toUpper();
    }
    m_state->setTexts(title, lines.join(QLatin1Char('\n')));
    // The third of the three states of a snapshot file, beside signed and unsigned; it is never shown as data.
    const bool isChanged = error.what.starts_with("the snapshot cannot be trusted")
        || error.what.starts_with("the encrypted file was changed")
        || error.what.starts_with("the age header was changed");
    m_alarm->setText(tr("CHANGED: this file is not what was saved, so nothing of it is shown."));
    m_alarm->setVisible(isChanged);
}

} // namespace plimsoll::ui::shell

#include "moc_StartPage.cpp"
