// SPDX-License-Identifier: Apache-2.0
#include "ui/view/secrets/SecretPanel.h"

#include <QComboBox>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QVBoxLayout>

#include "ui/view/ViewParts.h"
#include "ui/view/secrets/ReadersPicture.h"
#include "ui/widget/Buttons.h"
#include "ui/widget/ChainView.h"
#include "ui/widget/Parts.h"

namespace plimsoll::ui::view {

using namespace widget;

SecretPanel::SecretPanel(ViewContext& context, QWidget* parent)
    : QFrame(parent)
    , m_context(context)
{
    widget::setRole(this, "card");
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(1, 1, 1, 1);
    m_pages = new QStackedWidget(this);
    outer->addWidget(m_pages);
    m_nothing = new EmptyState(QStringLiteral("secrets"), tr("No Secret is chosen"),
        tr("Choose one to see who can read it, and by which steps."), m_pages);
    m_pages->addWidget(m_nothing);
    auto* page = new QSplitter(Qt::Horizontal, m_pages);
    page->setChildrenCollapsible(false);
    page->addWidget(buildReaders());
    page->addWidget(buildFacts());
    page->setSizes({ 780, 520 });
    m_pages->addWidget(page);
}

QWidget* SecretPanel::buildReaders()
{
    auto* box = new QWidget(this);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(space::m, space::s, space::m, space::s);
    layout->setSpacing(space::xs);
    m_title = new ElidedLabel(Qt::ElideMiddle, box);
    m_title->setFont(widget::font(TextStyle::Heading));
    layout->addWidget(m_title);
    m_headline = wrappedLabel({}, box);
    layout->addWidget(m_headline);
    m_readerPages = new QStackedWidget(box);
    m_picture = new ReadersPicture(m_readerPages);
    m_picture->setAccessibleName(tr("Who can read the Secret"));
    m_readerPages->addWidget(m_picture);
    m_noReaders = new EmptyState(QStringLiteral("secrets"), {}, {}, m_readerPages);
    m_readerPages->addWidget(m_noReaders);
    layout->addWidget(m_readerPages, 1);
    auto* how = new QHBoxLayout;
    how->setSpacing(space::s);
    m_why = wrappedLabel({}, box);
    widget::setRole(m_why, "muted");
    how->addWidget(m_why, 1);
    m_route = comboBox(tr("Which of the reader's ways to show"), box);
    m_route->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_route->setMinimumContentsLength(24);
    connect(m_route, &QComboBox::currentIndexChanged, this, &SecretPanel::routeChosen);
    how->addWidget(m_route);
    layout->addLayout(how);
    m_chain = new ChainView(box);
    m_chain->setAccessibleName(tr("From the reader to the Secret"));
    layout->addWidget(m_chain);
    connect(m_picture, &ReadersPicture::chosen, this, &SecretPanel::readerChosen);
    connect(m_chain, &ChainView::chosen, this, &SecretPanel::stepChosen);
    return box;
}

QWidget* SecretPanel::buildFacts()
{
    m_tabs = new QTabWidget(this);
    m_tabs->setAccessibleName(tr("About the Secret"));
    m_tabs->setDocumentMode(true);
    auto* scroll = new QScrollArea(m_tabs);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("Facts about the Secret"));
    auto* body = new QWidget(scroll);
    m_facts = new QVBoxLayout(body);
    m_facts->setContentsMargins(space::m, space::s, space::m, space::s);
    m_facts->setSpacing(space::xs);
    scroll->setWidget(body);
    m_tabs->addTab(scroll, tr("Facts"));
    m_text = new PlaceText(m_context, tr("The object of the chosen step as YAML"), m_tabs);
    m_tabs->addTab(m_text, tr("Evidence"));
    return m_tabs;
}

void SecretPanel::showNothing(const QString& title, const QString& text)
{
    m_context.jobs.cancel(this, QStringLiteral("secret"));
    m_secrets = {};
    m_detail = {};
    m_nothing->setTexts(title, text);
    m_pages->setCurrentIndex(0);
}

void SecretPanel::showSecret(const model::Secrets& secrets, std::uint32_t index)
{
    m_secrets = secrets;
    m_context.jobs.run<model::SecretDetail>(
        this, { .slot = QStringLiteral("secret"), .title = {} },
        [secrets, index](Progress&) { return model::secretDetail(secrets, index); },
        [this](model::SecretDetail detail) { fill(std::move(detail)); });
}

void SecretPanel::showFacts(const model::Secrets& secrets, const QString& title, const QString& text,
    const std::vector<model::SecretFact>& facts)
{
    m_context.jobs.cancel(this, QStringLiteral("secret"));
    m_secrets = secrets;
    model::SecretDetail detail;
    detail.title = title;
    detail.headline = text;
    detail.facts = facts;
    fill(std::move(detail));
    m_noReaders->setTexts(title, tr("The facts beside this text lead to the objects that say so."));
    if (!facts.empty() && facts.front().object)
        m_text->showPlace(m_secrets.assessment, facts.front().object, facts.front().pointer);
}

void SecretPanel::fill(model::SecretDetail detail)
{
    m_detail = std::move(detail);
    m_pages->setCurrentIndex(1);
    m_title->setFullText(m_detail.title);
    m_headline->setText(m_detail.headline);
    const QString name = m_detail.title.mid(m_detail.title.lastIndexOf(QLatin1Char('/')) + 1);
    m_picture->setReaders(name, m_detail.ways, m_detail.readers);
    const bool hasReaders = !m_detail.readers.empty();
    m_readerPages->setCurrentIndex(hasReaders ? 0 : 1);
    m_noReaders->setTexts(tr("No reader found"), m_detail.notes.join(QLatin1Char('\n')));
    m_why->setVisible(hasReaders);
    m_route->hide();
    m_chain->setVisible(hasReaders);
    fillFacts();
    m_text->showPlace(m_secrets.assessment, m_detail.object, {});
    if (hasReaders)
        m_picture->setCurrent(0);
}

void SecretPanel::addHeading(const QString& text)
{
    if (text.isEmpty())
        return;
    if (m_facts->count() > 0)
        m_facts->addSpacing(space::s);
    QLabel* heading = label(text, TextStyle::Strong, this);
    m_facts->addWidget(heading);
}

// A line that leads somewhere is one to click; all else is a name and what is known.
void SecretPanel::addFact(const model::SecretFact& fact)
{
    if (fact.object || fact.finding) {
        auto* row = new LinkRow(
            { fact.severity, fact.severity < 0 ? QStringLiteral("object") : QString(), fact.name, fact.value, {} },
            this);
        row->setToolTip(fact.value.toHtmlEscaped());
        m_facts->addWidget(row);
        connect(row, &QAbstractButton::clicked, this, [this, fact] {
            if (fact.finding) {
                m_context.navigator.openFinding(*fact.finding, fact.object, QStringLiteral("findings"));
                return;
            }
            m_tabs->setCurrentIndex(1);
            m_text->showPlace(m_secrets.assessment, fact.object, fact.pointer);
        });
        return;
    }
    auto* line = new QWidget(this);
    auto* layout = new QHBoxLayout(line);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::m);
    QLabel* name = mutedLabel(fact.name, line);
    name->setFixedWidth(130);
    name->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    name->setWordWrap(true);
    layout->addWidget(name);
    layout->addWidget(wrappedLabel(fact.value, line), 1);
    m_facts->addWidget(line);
}

void SecretPanel::fillFacts()
{
    clearLayout(m_facts);
    const auto section = [this](const QString& heading, const std::vector<model::SecretFact>& facts) {
        if (facts.empty())
            return;
        addHeading(heading);
        for (const model::SecretFact& fact : facts)
            addFact(fact);
    };
    section({}, m_detail.facts);
    section(tr("Findings"), m_detail.findings);
    section(tr("Used by"), m_detail.uses);
    section(tr("Keys and sizes"), m_detail.keys);
    if (!m_detail.notes.isEmpty()) {
        addHeading(tr("What limits this"));
        for (const QString& note : m_detail.notes)
            m_facts->addWidget(wrappedLabel(note, this));
    }
    m_facts->addStretch(1);
}

void SecretPanel::readerChosen(int reader)
{
    const model::SecretReader& shown = m_detail.readers[static_cast<std::size_t>(reader)];
    m_why->setText(m_detail.ways[shown.way].why);
    const QSignalBlocker blocker(m_route);
    m_route->clear();
    for (const model::SecretReader::Route& route : shown.routes)
        m_route->addItem(route.name);
    m_route->setVisible(shown.routes.size() > 1);
    routeChosen();
}

const model::SecretReader::Route* SecretPanel::shownRoute() const
{
    const int reader = m_picture->current();
    if (reader < 0)
        return nullptr;
    const auto& routes = m_detail.readers[static_cast<std::size_t>(reader)].routes;
    const auto at = static_cast<std::size_t>(std::max(0, m_route->currentIndex()));
    return at < routes.size() ? &routes[at] : nullptr;
}

void SecretPanel::routeChosen()
{
    if (const auto* route = shownRoute())
        m_chain->setChain(route->chain());
}

void SecretPanel::stepChosen(int at)
{
    const auto* route = shownRoute();
    if (!route || at < 0 || static_cast<std::size_t>(at) >= route->steps.size())
        return;
    const model::SecretReader::Step& step = route->steps[static_cast<std::size_t>(at)];
    m_tabs->setCurrentIndex(1);
    m_text->showPlace(
        m_secrets.assessment, step.object, step.pointer, tr("# Not an object of the source: %1").arg(step.text));
}

} // namespace plimsoll::ui::view

#include "moc_SecretPanel.cpp"
