// SPDX-License-Identifier: Apache-2.0
#include "ui/view/network/NetworkPage.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QVBoxLayout>

#include "ui/model/Detail.h"
#include "ui/model/Text.h"
#include "ui/widget/Icons.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Table.h"
#include "ui/widget/YamlView.h"

namespace plimsoll::ui::view {

widget::Table* networkTable(
    QAbstractItemModel* rows, const QString& accessibleName, std::initializer_list<int> widths, QWidget* parent)
{
    auto* table = new widget::Table(parent);
    table->setAccessibleName(accessibleName);
    table->setModel(rows);
    table->header()->setSortIndicator(-1, Qt::AscendingOrder); // as the model has it
    table->setSortingEnabled(true);
    table->header()->setStretchLastSection(true);
    int column = 0;
    for (const int width : widths)
        table->setColumnWidth(column++, width);
    const auto copy = [table] { QApplication::clipboard()->setText(table->selectionAsText()); };
    QObject::connect(table, &widget::Table::copyRequested, table, copy);
    auto* action = new QAction(QCoreApplication::translate("Network", "Copy rows"), table);
    action->setIcon(widget::icon(QStringLiteral("copy")));
    QObject::connect(action, &QAction::triggered, table, copy);
    table->addAction(action);
    table->setContextMenuPolicy(Qt::ActionsContextMenu);
    return table;
}

NetworkPage::NetworkPage(ViewContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
{
}

QString NetworkPage::exportProblem() const
{
    return tr("There is nothing to export.");
}

void NetworkPage::setNetwork(const model::Network& network)
{
    m_network = network;
    clear();
    outdate();
}

void NetworkPage::setSides(network::Sides sides)
{
    if (m_sides == sides)
        return;
    m_sides = sides;
    if (dependsOnSides())
        outdate();
}

void NetworkPage::outdate()
{
    m_isOutdated = true;
    if (!isVisible() || !m_network)
        return;
    m_isOutdated = false;
    fill();
}

void NetworkPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_isOutdated && m_network) {
        m_isOutdated = false;
        fill();
    }
}

PolicyText::PolicyText(ViewContext& context, const QString& accessibleName, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(widget::space::xs);
    m_yaml = new widget::YamlView(this);
    m_yaml->setAccessibleName(accessibleName);
    layout->addWidget(m_yaml, 1);
    auto* place = new widget::ElidedLabel(Qt::ElideMiddle, this);
    widget::setRole(place, "muted");
    m_place = place;
    layout->addWidget(place);
}

void PolicyText::showPlace(
    const model::Network& network, cluster::ObjectId object, const QString& pointer, const QString& nothing)
{
    auto* place = static_cast<widget::ElidedLabel*>(m_place);
    const QString slot = QStringLiteral("yaml");
    if (!network || object.isNone()) {
        m_context.jobs.cancel(this, slot);
        m_yaml->setYaml(nothing, {});
        place->setFullText({});
        return;
    }
    const QString title = model::lineText(network.cluster().titleOf(object));
    m_context.jobs.run<model::EvidenceText>(
        this, { .slot = slot, .title = {} },
        [shared = network.assessment, object, title, pointer](Progress&) {
            return model::evidenceOf(*shared, object, { { object, title, pointer, {} } });
        },
        [this, place, title, hasPointer = !pointer.isEmpty()](const model::EvidenceText& text) {
            std::vector<widget::YamlView::Mark> marks;
            if (hasPointer) {
                for (const auto& mark : text.marks)
                    marks.push_back({ mark.firstLine, mark.lineCount });
            }
            m_yaml->setYaml(text.problem.isEmpty() ? text.yaml : text.problem, std::move(marks), text.firstNumber);
            place->setFullText(text.marks.empty() || text.marks.front().place.isEmpty()
                    ? title
                    : title + QStringLiteral(" \u00b7 ") + text.marks.front().place);
        });
}

} // namespace plimsoll::ui::view
