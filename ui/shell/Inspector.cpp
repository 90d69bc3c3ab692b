// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/Inspector.h"

#include <algorithm>

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QGridLayout>
#include <QLineEdit>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/model/Text.h"
#include "ui/widget/Buttons.h"
#include "ui/widget/Icons.h"
#include "ui/widget/Parts.h"
#include "ui/widget/YamlView.h"

namespace plimsoll::ui::shell {

namespace {

using namespace widget;

QScrollArea* scrollPage(QVBoxLayout*& content, const QString& name)
{
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(name);
    auto* page = new QWidget(scroll);
    content = new QVBoxLayout(page);
    content->setContentsMargins(space::l, space::l, space::l, space::l);
    content->setSpacing(space::m);
    scroll->setWidget(page);
    return scroll;
}

void addSection(QVBoxLayout* layout, const QString& heading, const QString& text)
{
    if (text.isEmpty())
        return;
    auto* section = new QVBoxLayout;
    section->setSpacing(space::xs);
    QLabel* name = label(heading, TextStyle::Caption);
    setRole(name, "muted");
    section->addWidget(name);
    section->addWidget(wrappedLabel(text));
    layout->addLayout(section);
}

QPixmap badge(int severity, qreal ratio)
{
    QPixmap pixmap(QSize(26, 26) * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paintSeverityBadge(painter, QRectF(1, 1, 24, 24), severity);
    return pixmap;
}

} // namespace

Inspector::Inspector(view::ViewContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_pages(new QStackedWidget(this))
{
    setObjectName(QStringLiteral("inspector"));
    setAttribute(Qt::WA_StyledBackground);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_pages);
    m_pages->addWidget(new EmptyState(QStringLiteral("why"), tr("Nothing selected"),
        tr("Select a finding to see why it is one, where it stands in the source, and how to repair it."), this));
    auto* body = new QWidget(this);
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(buildHead());
    m_tabs = new QTabWidget(body);
    m_tabs->setAccessibleName(tr("Details"));
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(scrollPage(m_why, tr("Why")), tr("Why"));
    m_tabs->addTab(buildEvidence(), tr("Evidence"));
    m_tabs->addTab(buildFix(), tr("Fix"));
    layout->addWidget(m_tabs, 1);
    m_pages->addWidget(body);
    connect(&context.navigator, &view::Navigator::inspected, this, &Inspector::show);
    connect(m_tabs, &QTabWidget::currentChanged, this, [this](int tab) {
        if (tab == Evidence && m_choice->currentIndex() >= 0)
            evidenceChosen(m_choice->currentIndex());
        else if (tab == Evidence)
            loadEvidence(m_place.object);
    });
}

QWidget* Inspector::buildHead()
{
    auto* head = new QWidget(this);
    auto* layout = new QHBoxLayout(head);
    layout->setContentsMargins(space::l, space::m, space::s, space::s);
    layout->setSpacing(space::s);
    m_badge = new QLabel(head);
    m_title = label({}, TextStyle::Heading, head);
    m_title->setWordWrap(true);
    m_object = new ElidedLabel(Qt::ElideMiddle, head);
    setRole(m_object, "muted");
    auto* texts = new QVBoxLayout;
    texts->setSpacing(2);
    texts->addWidget(m_title);
    texts->addWidget(m_object);
    layout->addWidget(m_badge, 0, Qt::AlignTop);
    layout->addLayout(texts, 1);
    m_copyName = flatButton(QStringLiteral("copy"), tr("Copy the object's name"), head);
    m_graph = flatButton(QStringLiteral("graph"), tr("Show in graph"), head);
    layout->addWidget(m_copyName, 0, Qt::AlignTop);
    layout->addWidget(m_graph, 0, Qt::AlignTop);
    connect(m_copyName, &QToolButton::clicked, this, [this] {
        if (m_assessment && m_place.object)
            QApplication::clipboard()->setText(model::lineText(m_assessment->cluster->refOf(m_place.object)));
    });
    connect(m_graph, &QToolButton::clicked, this, [this] {
        if (m_place.object)
            m_context.navigator.open(m_place.object, QStringLiteral("paths"));
    });
    return head;
}

QWidget* Inspector::buildEvidence()
{
    auto* page = new QWidget(this);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(space::l, space::m, space::l, space::l);
    layout->setSpacing(space::s);
    m_choice = comboBox(tr("Which evidence to show"), page);
    m_choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_choice->setMinimumContentsLength(12);
    layout->addWidget(m_choice);
    auto* line = new QHBoxLayout;
    line->setSpacing(space::xs);
    m_pointer = new QLineEdit(page);
    m_pointer->setReadOnly(true);
    m_pointer->setFont(widget::font(TextStyle::Code));
    m_pointer->setAccessibleName(tr("JSON Pointer of the evidence"));
    setRole(m_pointer, "pointer");
    m_copyPointer = flatButton(QStringLiteral("copy"), tr("Copy the JSON Pointer"), page);
    line->addWidget(m_pointer, 1);
    line->addWidget(m_copyPointer);
    layout->addLayout(line);
    m_where = new ElidedLabel(Qt::ElideMiddle, page);
    setRole(m_where, "muted");
    m_where->setTextInteractionFlags(Qt::TextSelectableByMouse);
    layout->addWidget(m_where);
    m_yaml = new YamlView(page);
    m_yaml->setAccessibleName(tr("The object as YAML"));
    m_noText = new EmptyState(QStringLiteral("file"), tr("No text to show"), {}, page);
    m_textPages = new QStackedWidget(page);
    m_textPages->addWidget(m_yaml);
    m_textPages->addWidget(m_noText);
    layout->addWidget(m_textPages, 1);
    connect(m_choice, &QComboBox::currentIndexChanged, this, [this](int index) {
        if (m_tabs && m_tabs->currentIndex() == Evidence)
            evidenceChosen(index);
    });
    connect(
        m_copyPointer, &QToolButton::clicked, this, [this] { QApplication::clipboard()->setText(m_pointer->text()); });
    return page;
}

QWidget* Inspector::buildFix()
{
    QVBoxLayout* content = nullptr;
    QScrollArea* page = scrollPage(content, tr("Fix"));
    m_remediation = wrappedLabel({});
    m_patchNote = wrappedLabel({});
    setRole(m_patchNote, "muted");
    m_command = new CodeBlock(tr("Command"), page);
    m_patch = new CodeBlock(tr("Patch"), page);
    m_promise = mutedLabel(tr("Plimsoll never changes a cluster. Read the patch, then apply it yourself."), page);
    m_promise->setWordWrap(true);
    content->addWidget(m_remediation);
    content->addWidget(m_patchNote);
    content->addWidget(m_command);
    content->addWidget(m_patch);
    content->addWidget(m_promise);
    content->addStretch(1);
    return page;
}

void Inspector::setAssessment(std::shared_ptr<const assess::Assessment> assessment)
{
    m_context.jobs.cancel(this, QStringLiteral("evidence"));
    m_assessment = std::move(assessment);
    m_place = {};
    m_evidence = {};
    m_evidenceObject = {};
    m_lines.clear();
    m_pages->setCurrentIndex(0);
}

void Inspector::openTab(Tab tab)
{
    m_tabs->setCurrentIndex(tab);
}

void Inspector::show(const view::Place& place)
{
    if (!m_assessment || (place.object == m_place.object && place.finding == m_place.finding))
        return;
    m_place = place;
    if (place.finding)
        showFinding(*place.finding);
    else if (place.object)
        showObject(place.object);
    else
        m_pages->setCurrentIndex(0);
}

void Inspector::showFinding(std::uint32_t finding)
{
    const model::FindingDetail detail = model::detailOf(*m_assessment, finding);
    m_badge->setPixmap(badge(detail.severity, devicePixelRatioF()));
    m_badge->show();
    m_title->setText(detail.title);
    m_object->setFullText(detail.objectTitle);
    fillWhy(detail);
    fillFix(detail);
    m_lines = detail.evidence;
    m_tabs->setTabText(Why, tr("Why"));
    m_tabs->setTabVisible(Fix, true);
    const QSignalBlocker blocked(m_choice);
    m_choice->clear();
    for (const auto& line : m_lines) {
        QString field = line.pointer.section(QLatin1Char('/'), -1);
        if (!field.isEmpty() && field.at(0).isDigit()) // an element of a list says nothing by itself
            field = line.pointer.section(QLatin1Char('/'), -2);
        const QString what = line.value.isEmpty() ? line.pointer : field + QStringLiteral(": ") + line.value;
        m_choice->addItem(line.object == m_place.object ? what : line.objectTitle + QStringLiteral("   ") + what);
    }
    m_choice->setVisible(m_lines.size() > 1);
    m_choice->setCurrentIndex(m_lines.empty() ? -1 : 0);
    m_pages->setCurrentIndex(1);
    m_evidenceObject = {};
    if (m_tabs->currentIndex() == Evidence)
        evidenceChosen(0);
}

void Inspector::showObject(cluster::ObjectId object)
{
    const model::ObjectDetail detail = model::detailOf(*m_assessment, object);
    m_badge->hide();
    m_title->setText(detail.title);
    m_object->setFullText(detail.ref);
    m_tabs->setTabText(Why, tr("Object"));
    m_tabs->setTabVisible(Fix, false);
    clearLayout(m_why);
    for (const auto& line : detail.lines)
        addSection(m_why, line.name, line.value);
    QLabel* heading
        = label(detail.findings.empty() ? tr("No findings about this object itself")
                                        : counted(detail.findings.size(), tr("1 finding"), tr("%1 findings")),
            TextStyle::Strong);
    m_why->addWidget(heading);
    constexpr std::size_t shown = 60;
    for (std::size_t i = 0; i < detail.findings.size() && i < shown; ++i) {
        const auto& line = detail.findings[i];
        auto* row = new LinkRow({ line.severity, {}, line.title, line.message, {} });
        m_why->addWidget(row);
        connect(row, &QAbstractButton::clicked, this, [this, object, finding = line.finding] {
            m_context.navigator.openFinding(finding, object, QStringLiteral("findings"));
        });
    }
    m_why->addStretch(1);
    m_lines.clear();
    m_choice->clear();
    m_choice->hide();
    m_pointer->setText({});
    m_pages->setCurrentIndex(1);
    m_evidenceObject = {};
    if (m_tabs->currentIndex() != Why)
        loadEvidence(object);
}

void Inspector::fillWhy(const model::FindingDetail& detail)
{
    clearLayout(m_why);
    QLabel* message = wrappedLabel(detail.message);
    message->setFont(widget::font(TextStyle::Strong));
    m_why->addWidget(message);
    if (!detail.waiver.isEmpty()) {
        auto* accepted = new QFrame;
        setRole(accepted, "notice");
        auto* words = new QVBoxLayout(accepted);
        words->setContentsMargins(space::m, space::s, space::m, space::s);
        words->setSpacing(space::xs);
        words->addWidget(label(tr("This risk was accepted"), TextStyle::Strong, accepted));
        words->addWidget(wrappedLabel(detail.waiver, accepted));
        m_why->addWidget(accepted);
    }
    auto* notice = new QFrame;
    setRole(notice, "notice");
    auto* inside = new QVBoxLayout(notice);
    inside->setContentsMargins(space::m, space::s, space::m, space::s);
    inside->setSpacing(space::xs);
    inside->addWidget(label(tr("%1 severity").arg(severityName(detail.severity)), TextStyle::Strong, notice));
    inside->addWidget(wrappedLabel(detail.severityReason, notice));
    if (!detail.contextReasons.isEmpty()) {
        inside->addSpacing(space::xs);
        inside->addWidget(
            label(detail.inContext == detail.severity ? tr("In context: %1 as well").arg(severityName(detail.inContext))
                                                      : tr("In context: %1").arg(severityName(detail.inContext)),
                TextStyle::Strong, notice));
        inside->addWidget(wrappedLabel(detail.contextReasons.join(QLatin1Char('\n')), notice));
    }
    m_why->addWidget(notice);
    addSection(m_why, tr("About this control"), detail.description);
    addSection(m_why, tr("Belongs to"), detail.owner);
    if (detail.affected > 1)
        addSection(m_why, tr("Affected"), tr("%1 pods or objects").arg(grouped(detail.affected)));
    addSection(m_why, tr("Asked for by"), detail.frameworks.join(QLatin1Char('\n')));
    addSection(m_why, tr("Control"), detail.controlId);
    addSection(m_why, tr("Also known as"), detail.aka.join(QStringLiteral(", ")));
    addSection(m_why, tr("References"), detail.references.join(QLatin1Char('\n')));
    m_why->addStretch(1);
}

void Inspector::fillFix(const model::FindingDetail& detail)
{
    m_remediation->setText(detail.remediation);
    m_patchNote->setText(detail.patchProblem);
    m_patchNote->setVisible(!detail.patchProblem.isEmpty());
    m_command->setCode(detail.command);
    m_patch->setCode(detail.patch);
    m_promise->setVisible(!detail.patch.isEmpty());
}

void Inspector::evidenceChosen(int index)
{
    if (index < 0 || static_cast<std::size_t>(index) >= m_lines.size()) {
        loadEvidence(m_place.object);
        return;
    }
    const auto& line = m_lines[static_cast<std::size_t>(index)];
    m_pointer->setText(line.pointer.isEmpty() ? tr("(the whole object)") : line.pointer);
    m_pointer->setCursorPosition(0);
    if (line.object != m_evidenceObject)
        loadEvidence(line.object);
    else
        showEvidence(m_evidence);
}

void Inspector::loadEvidence(cluster::ObjectId object)
{
    if (object.isNone() || !m_assessment || object == m_evidenceObject)
        return;
    m_evidenceObject = object;
    m_context.jobs.run<model::EvidenceText>(
        this, { .slot = QStringLiteral("evidence"), .title = {} },
        [assessment = m_assessment, object, lines = m_lines](
            Progress&) { return model::evidenceOf(*assessment, object, lines); },
        [this](model::EvidenceText evidence) {
            m_evidence = std::move(evidence);
            std::vector<YamlView::Mark> marks;
            for (const auto& mark : m_evidence.marks)
                marks.push_back({ mark.firstLine, mark.lineCount });
            m_yaml->setYaml(m_evidence.yaml, std::move(marks), m_evidence.firstNumber);
            showEvidence(m_evidence);
        });
}

// Scrolls to the evidence that is chosen and says where it stands in the source.
void Inspector::showEvidence(const model::EvidenceText& evidence)
{
    m_textPages->setCurrentIndex(evidence.problem.isEmpty() ? 0 : 1);
    if (!evidence.problem.isEmpty()) {
        m_noText->setTexts(tr("The text cannot be shown"), evidence.problem);
        m_where->setFullText({});
        return;
    }
    const int choice = m_choice->currentIndex();
    QString where;
    if (choice >= 0 && static_cast<std::size_t>(choice) < m_lines.size()) {
        const QString& pointer = m_lines[static_cast<std::size_t>(choice)].pointer;
        const auto found = std::ranges::find(evidence.marks, pointer, &model::EvidenceText::Mark::pointer);
        if (found != evidence.marks.end()) {
            m_yaml->showMark(static_cast<std::size_t>(found - evidence.marks.begin()));
            where = found->place;
        }
    }
    m_where->setFullText(where);
}

} // namespace plimsoll::ui::shell

#include "moc_Inspector.cpp"
