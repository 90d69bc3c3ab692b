// SPDX-License-Identifier: Apache-2.0
#include "ui/view/network/FocusPage.h"

#include <QCompleter>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QStackedWidget>
#include <QStringListModel>
#include <QVBoxLayout>

#include "ui/widget/Icons.h"
#include "ui/widget/Parts.h"
#include "ui/widget/graph/GraphCanvas.h"

namespace plimsoll::ui::view {

using namespace widget;
using model::FocusEdge;
using model::FocusNode;

namespace {

constexpr int focusCardWidth = 224;
constexpr int focusCardHeight = 42;
constexpr int focusRowGap = 16;
constexpr int focusColumnGap = 120;
constexpr int focusSplitGap = 44;
constexpr int longestFocusColumn = 10;

// By FocusNode::Kind.
std::vector<graph::KindLook> focusLooks()
{
    return { { QStringLiteral("Workloads"), "R2 2 7 7M11.500 5.500L14 5.500L14 14L5.500 14L5.500 11.500", 214, 190 },
        { QStringLiteral("Namespaces"), "R1.800 1.800 5 5R9.200 1.800 5 5R1.800 9.200 5 5R9.200 9.200 5 5", 214, 60 },
        { QStringLiteral("Outside"), "O8 8 6M2 8L14 8M8 2C4.500 5 4.500 11 8 14M8 2C11.500 5 11.500 11 8 14", 178,
            150 },
        { QStringLiteral("More"), "O3.500 8 1O8 8 1O12.500 8 1", 210, 38 } };
}

struct CardPlace {
    QPoint corner;
    std::vector<QPoint> lane; // between two cards of the nearer column, of those in the farther one
};

// Neighbours stand in one column on their side of the focus, or in two: edges of the farther one pass between the cards
// of the nearer one. The focus is the first node.
std::vector<CardPlace> placesOf(const model::FocusGraph& focus)
{
    std::vector<CardPlace> out(focus.nodes.size());
    constexpr int step = focusCardHeight + focusRowGap;
    for (const int side : { 0, 2 }) {
        std::vector<std::size_t> members;
        for (std::size_t at = 1; at < focus.nodes.size(); ++at) {
            if (focus.nodes[at].column == side)
                members.push_back(at);
        }
        const int count = static_cast<int>(members.size());
        const int near = count <= longestFocusColumn ? count : (count + 1) / 2;
        const int direction = side == 0 ? -1 : 1;
        const int nearX = direction * (focusCardWidth + focusColumnGap);
        const int farX = nearX + direction * (focusCardWidth + focusSplitGap);
        const int top = -(near * step - focusRowGap) / 2;
        for (int at = 0; at < count; ++at) {
            CardPlace& place = out[members[static_cast<std::size_t>(at)]];
            if (at < near) {
                place.corner = { nearX, top + at * step };
                continue;
            }
            const int row = at - near;
            const int lane = top + row * step + focusCardHeight + focusRowGap / 2;
            place.corner = { farX, lane - focusCardHeight / 2 };
            place.lane = { { nearX - 6, lane }, { nearX + focusCardWidth + 6, lane } };
        }
    }
    out.front().corner = { 0, -focusCardHeight / 2 };
    return out;
}

// How an edge is drawn, in the same words as the legend.
class FocusLegend final : public QWidget {
public:
    explicit FocusLegend(QWidget* parent)
        : QWidget(parent)
    {
        setAccessibleName(texts().join(QStringLiteral(", ")));
    }
    QSize sizeHint() const override
    {
        const QFontMetrics metrics(widget::font(TextStyle::Caption));
        int wide = 0;
        for (const QString& text : texts())
            wide += 46 + metrics.horizontalAdvance(text) + 20;
        return { wide, metrics.height() + 8 };
    }
    QSize minimumSizeHint() const override { return { 120, sizeHint().height() }; }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.setFont(widget::font(TextStyle::Caption));
        const Qt::PenStyle styles[] { Qt::SolidLine, Qt::DashLine, Qt::DotLine };
        int x = 0, at = 0;
        for (const QString& text : texts()) {
            painter.setPen(QPen(theme().textMuted, 1.6, styles[at++]));
            painter.drawLine(x, height() / 2, x + 38, height() / 2);
            painter.setPen(theme().textMuted);
            const int wide = painter.fontMetrics().horizontalAdvance(text);
            painter.drawText(QRect(x + 46, 0, wide + 4, height()), Qt::AlignVCenter | Qt::AlignLeft, text);
            x += 46 + wide + 20;
        }
    }

private:
    static QStringList texts()
    {
        return { FocusPage::tr("allowed by a policy"), FocusPage::tr("open: no policy has a say"),
            FocusPage::tr("cannot be told") };
    }
};

} // namespace

std::shared_ptr<const graph::GraphScene> focusScene(const model::FocusGraph& focus)
{
    auto scene = std::make_shared<graph::GraphScene>();
    scene->kinds = focusLooks();
    const std::vector<CardPlace> places = placesOf(focus);
    for (std::size_t at = 0; at < focus.nodes.size(); ++at) {
        const FocusNode& node = focus.nodes[at];
        unsigned flags = node.column == 1 ? unsigned { graph::GraphScene::Focus } : 0U;
        if (node.kind == FocusNode::Kind::Namespace || node.kind == FocusNode::Kind::More)
            flags |= graph::GraphScene::Group;
        scene->addNode(QRect(places[at].corner, QSize(focusCardWidth, focusCardHeight)),
            static_cast<std::uint8_t>(node.kind), graph::GraphScene::noSeverity, static_cast<std::uint8_t>(flags),
            node.title, node.caption, node.badge);
    }
    for (const FocusEdge& edge : focus.edges) {
        const std::size_t other = edge.from == 0 ? edge.to : edge.from;
        scene->addEdge(edge.from, edge.to, edge.label, places[other].lane); // both run from left to right
        scene->stroke.push_back(static_cast<std::uint8_t>(edge.style));
    }
    scene->finish();
    return scene;
}

FocusPage::FocusPage(ViewContext& context, QWidget* parent)
    : NetworkPage(context, parent)
{
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, space::s, 0, 0);
    outer->setSpacing(space::s);
    auto* bar = new QHBoxLayout;
    bar->setSpacing(space::s);
    m_back = button(tr("Back"), "", this);
    setIconName(m_back, QStringLiteral("back"));
    connect(m_back, &QPushButton::clicked, this, &FocusPage::goBack);
    bar->addWidget(m_back);
    m_input = new QLineEdit(this);
    m_input->setPlaceholderText(tr("Workload or namespace  ( / )"));
    m_input->setAccessibleName(tr("Look at the neighbours of"));
    m_input->setClearButtonEnabled(true);
    m_input->setFixedWidth(320);
    auto* completer = new QCompleter(new QStringListModel(this), this);
    completer->setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    m_input->setCompleter(completer);
    connect(m_input, &QLineEdit::textEdited, this, [this, completer](const QString& text) {
        static_cast<QStringListModel*>(completer->model())->setStringList(model::networkCompletions(m_names, text));
    });
    connect(completer, qOverload<const QString&>(&QCompleter::activated), this, &FocusPage::look);
    connect(m_input, &QLineEdit::returnPressed, this, [this] { look(m_input->text().trimmed()); });
    bar->addWidget(m_input);
    auto* headline = new ElidedLabel(Qt::ElideRight, this);
    m_headline = headline;
    bar->addWidget(headline, 1);
    auto* fit = button(tr("Fit"), "", this);
    fit->setToolTip(tr("Show everything (F)"));
    bar->addWidget(fit);
    m_suggest = button(tr("Suggest a policy"), "", this);
    m_suggest->setToolTip(tr("The least that the objects declare, to try under What if"));
    connect(m_suggest, &QPushButton::clicked, this, [this] { Q_EMIT suggestAsked(m_focus); });
    bar->addWidget(m_suggest);
    outer->addLayout(bar);
    m_pages = new QStackedWidget(this);
    m_nothing = new EmptyState(QStringLiteral("network"), tr("Choose a focus"),
        tr("The graph shows who may reach a workload or namespace, and whom it may reach."), m_pages);
    m_pages->addWidget(m_nothing);
    m_canvas = new graph::GraphCanvas(m_pages);
    m_canvas->setMinimapShown(false);
    m_canvas->setAccessibleName(tr("Graph of who may talk to the focus"));
    connect(fit, &QPushButton::clicked, m_canvas, &graph::GraphCanvas::fit);
    connect(m_canvas, &graph::GraphCanvas::activated, this, [this](int node) {
        if (node < 0 || static_cast<std::size_t>(node) >= m_graph.nodes.size())
            return;
        const FocusNode& chosen = m_graph.nodes[static_cast<std::size_t>(node)];
        if (chosen.kind == FocusNode::Kind::More)
            Q_EMIT asked(chosen.column == 0 ? QStringLiteral("* -> ") + m_focus : m_focus + QStringLiteral(" -> *"));
        else if (!chosen.focus.isEmpty())
            look(chosen.focus);
    });
    connect(m_canvas, &graph::GraphCanvas::backRequested, this, &FocusPage::goBack);
    m_pages->addWidget(m_canvas);
    outer->addWidget(m_pages, 1);
    outer->addWidget(new FocusLegend(this));
}

void FocusPage::setNames(const QStringList& names)
{
    m_names = names;
}

void FocusPage::clear()
{
    m_graph = {};
    m_focus.clear();
    m_before.clear();
    m_input->clear();
    m_back->setEnabled(false);
    m_suggest->setEnabled(false);
    static_cast<ElidedLabel*>(m_headline)->setFullText({});
    m_pages->setCurrentIndex(0);
}

void FocusPage::fill()
{
    if (!m_focus.isEmpty()) {
        look(m_focus);
        return;
    }
    context().jobs.run<QString>(
        this, { .slot = QStringLiteral("network-first"), .title = {} },
        [shared = network()](Progress&) { return model::firstFocus(shared); },
        [this](const QString& focus) {
            if (m_focus.isEmpty() && !focus.isEmpty())
                look(focus);
        });
}

void FocusPage::look(const QString& focus)
{
    if (focus.isEmpty())
        return;
    if (!m_focus.isEmpty() && m_focus != focus)
        m_before.push_back(m_focus);
    if (m_before.size() > 100)
        m_before.pop_front();
    m_focus = focus;
    m_input->setText(focus);
    m_input->setCursorPosition(0); // a long name is read from its beginning
    m_back->setEnabled(!m_before.empty());
    if (!network())
        return;
    context().jobs.run<model::FocusGraph>(
        this, { .slot = QStringLiteral("network-focus"), .title = tr("Looking at neighbours") },
        [shared = network(), focus](Progress& progress) { return model::focusGraph(shared, focus, progress); },
        [this](model::FocusGraph graph) { show(std::move(graph)); });
}

void FocusPage::goBack()
{
    if (m_before.empty())
        return;
    const QString focus = m_before.back();
    m_before.pop_back();
    m_focus.clear();
    look(focus);
}

void FocusPage::show(model::FocusGraph graph)
{
    m_graph = std::move(graph);
    static_cast<ElidedLabel*>(m_headline)->setFullText(m_graph.headline);
    const bool isEmpty = !m_graph.problem.isEmpty();
    if (isEmpty)
        m_nothing->setTexts(tr("Nothing to show"), m_graph.problem);
    else
        m_canvas->setScene(focusScene(m_graph));
    m_pages->setCurrentIndex(isEmpty ? 0 : 1);
    m_suggest->setEnabled(!isEmpty);
}

void FocusPage::focusFilter()
{
    m_input->setFocus();
    m_input->selectAll();
}

std::function<QString(Progress&)> FocusPage::csvMaker() const
{
    if (m_graph.nodes.empty())
        return {};
    return [graph = m_graph](Progress&) { return model::focusCsv(graph); };
}

} // namespace plimsoll::ui::view
