// SPDX-License-Identifier: Apache-2.0
#include "ui/view/network/NetworkPage.h"

#include "ui/widget/Table.h"

namespace plimsoll::ui::view {

widget::Table* networkTable(
    QAbstractItemModel* rows, const QString& accessibleName, std::initializer_list<int> widths, QWidget* parent)
{
    return viewTable(rows, accessibleName, widths, parent);
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

void PolicyText::showPlace(
    const model::Network& network, cluster::ObjectId object, const QString& pointer, const QString& nothing)
{
    PlaceText::showPlace(network ? network.assessment : nullptr, object, pointer, nothing);
}

} // namespace plimsoll::ui::view
