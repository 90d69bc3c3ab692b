// SPDX-License-Identifier: Apache-2.0
#include "ui/view/report/ReportView.h"

#include <algorithm>

#include <QDesktopServices>
#include <QScrollArea>
#include <QUrl>
#include <QVBoxLayout>

#include "ui/model/OverviewData.h"
#include "ui/model/Text.h"
#include "ui/view/report/Export.h"
#include "ui/widget/Icons.h"
#include "ui/widget/Parts.h"

namespace plimsoll::ui::view {

namespace {

using namespace widget;

// What each format is for; a format without words of its own is described by its title.
QString purposeOf(std::string_view id)
{
    if (id == "pdf")
        return ReportView::tr("To read and to hand over: cover, summary, frameworks, findings with evidence and "
                              "remedy, what was not assessed.");
    if (id == "json")
        return ReportView::tr("For programs: everything, in a documented and stable form.");
    if (id == "text")
        return ReportView::tr("For a ticket or a mail: one line a finding, the most severe first.");
    return {};
}

} // namespace

ReportView::ReportView(ViewContext& context, QWidget* parent)
    : View(context, parent)
{
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setAccessibleName(tr("Report"));
    auto* page = new QWidget(scroll);
    auto* outer = new QVBoxLayout(page);
    outer->setContentsMargins(space::xl, space::l, space::xl, space::xl);
    outer->setSpacing(space::l);
    outer->addWidget(label(tr("Report"), TextStyle::Title, page));
    QLabel* lead = mutedLabel(tr("The same assessment always gives the same bytes, so a reader can check that a report "
                                 "belongs to its source."),
        page);
    lead->setWordWrap(true);
    outer->addWidget(lead);
    outer->addWidget(buildFormats());
    outer->addWidget(buildOutcome());
    outer->addWidget(buildContents());
    outer->addStretch(1);
    scroll->setWidget(page);
    auto* own = new QVBoxLayout(this);
    own->setContentsMargins(0, 0, 0, 0);
    own->addWidget(scroll);
}

QWidget* ReportView::buildFormats()
{
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::l);
    // What people read comes before what programs read.
    std::vector<const report::Format*> formats;
    for (const report::Format& format : report::formats())
        formats.push_back(&format);
    std::ranges::stable_partition(formats, [](const report::Format* format) { return !format->isText; });
    for (const report::Format* entry : formats) {
        const report::Format& format = *entry;
        const QString title = model::text(format.title);
        auto* card = new Card(title, row);
        QLabel* purpose = mutedLabel(purposeOf(format.id), card);
        purpose->setWordWrap(true);
        purpose->setAlignment(Qt::AlignTop | Qt::AlignLeft);
        card->content()->addWidget(purpose, 1);
        if (format.id == "pdf") {
            m_estimate = label({}, TextStyle::Caption, card);
            setRole(m_estimate, "muted");
            card->content()->addWidget(m_estimate);
        }
        auto* action = button(tr("Export %1\u2026").arg(title), format.id == "pdf" ? "primary" : "", card);
        card->content()->addWidget(action, 0, Qt::AlignLeft);
        m_buttons.append(action);
        connect(action, &QPushButton::clicked, this, [this, &format] {
            exportReport(
                this->context(), this, format, {}, [this](const ExportOutcome& outcome) { exported(outcome); });
        });
        layout->addWidget(card, 1);
    }
    return row;
}

QWidget* ReportView::buildOutcome()
{
    auto* notice = new QFrame(this);
    setRole(notice, "notice");
    auto* layout = new QHBoxLayout(notice);
    layout->setContentsMargins(space::l, space::m, space::l, space::m);
    layout->setSpacing(space::m);
    auto* texts = new QVBoxLayout;
    texts->setSpacing(space::xs);
    m_outcomeTitle = label({}, TextStyle::Strong, notice);
    m_outcomeText = new ElidedLabel(Qt::ElideMiddle, notice);
    texts->addWidget(m_outcomeTitle);
    texts->addWidget(m_outcomeText);
    layout->addLayout(texts, 1);
    m_openFile = button(tr("Open file"), "", notice);
    m_openFolder = button(tr("Open folder"), "", notice);
    layout->addWidget(m_openFile);
    layout->addWidget(m_openFolder);
    connect(
        m_openFile, &QPushButton::clicked, this, [this] { QDesktopServices::openUrl(QUrl::fromLocalFile(m_path)); });
    connect(m_openFolder, &QPushButton::clicked, this, [this] { openFolderOf(m_path); });
    notice->hide();
    m_outcome = notice;
    return notice;
}

QWidget* ReportView::buildContents()
{
    auto* card = new Card(tr("What the PDF will hold"), this);
    m_contents = new QVBoxLayout;
    m_contents->setSpacing(space::s);
    card->content()->addLayout(m_contents);
    return card;
}

void ReportView::setAssessment(std::shared_ptr<const assess::Assessment> assessment)
{
    m_assessment = std::move(assessment);
    m_outcome->hide();
    for (QPushButton* action : std::as_const(m_buttons))
        action->setEnabled(m_assessment != nullptr);
    showContents();
}

void ReportView::showContents()
{
    clearLayout(m_contents);
    if (!m_assessment)
        return;
    if (m_estimate)
        m_estimate->setText(tr("About %1 pages").arg(grouped(static_cast<quint64>(estimatedPages(*m_assessment)))));
    const model::OverviewData facts = model::overviewOf(*m_assessment);
    const auto add = [this](const QString& title, const QString& text) {
        auto* line = new QHBoxLayout;
        line->setSpacing(space::m);
        auto* tick = new QLabel(this);
        tick->setPixmap(iconPixmap(QStringLiteral("check"), theme().pass, 18, devicePixelRatioF()));
        line->addWidget(tick, 0, Qt::AlignTop);
        QLabel* name = label(title, TextStyle::Strong, this);
        name->setMinimumWidth(180);
        line->addWidget(name, 0, Qt::AlignTop);
        QLabel* value = mutedLabel(text, this);
        value->setWordWrap(true);
        line->addWidget(value, 1);
        m_contents->addLayout(line);
    };
    QStringList frameworks;
    for (const auto& framework : facts.frameworks)
        frameworks.append(framework.title);
    QStringList cover { facts.clusterName, facts.version, facts.assessedAt };
    cover.removeAll(QString());
    add(tr("Cover"), cover.join(QStringLiteral(", ")));
    add(tr("Summary"),
        tr("%1 critical, %2 high, %3 medium, %4 low, %5 info")
            .arg(facts.counts[0])
            .arg(facts.counts[1])
            .arg(facts.counts[2])
            .arg(facts.counts[3])
            .arg(facts.counts[4]));
    add(tr("Frameworks"), frameworks.join(QStringLiteral("; ")));
    add(tr("Findings"),
        tr("%1, grouped by control, with evidence and remedy").arg(grouped(m_assessment->findings.size())));
    add(tr("Not assessed"), tr("%1, each with the data that is missing").arg(grouped(facts.notAssessed)));
    add(tr("Evidence integrity"), tr("SHA-256 of the source: %1\u2026").arg(facts.sourceHash.left(16)));
}

void ReportView::exported(const ExportOutcome& outcome)
{
    const bool isWritten = outcome.problem.isEmpty();
    m_path = outcome.path;
    m_outcomeTitle->setText(isWritten ? tr("Exported") : tr("The report was not written"));
    m_outcomeText->setFullText(isWritten ? outcome.path : outcome.problem);
    m_openFile->setVisible(isWritten);
    m_openFolder->setVisible(isWritten);
    m_outcome->show();
}

} // namespace plimsoll::ui::view

#include "moc_ReportView.cpp"
