// SPDX-License-Identifier: Apache-2.0
#include "ui/view/ViewContext.h"

namespace plimsoll::ui::view {

Review::Review(QObject* parent)
    : QObject(parent)
{
}

void Review::setAssessment(std::shared_ptr<const assess::Assessment> assessment)
{
    m_assessment = std::move(assessment);
    Q_EMIT assessmentChanged();
}

View::View(ViewContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
{
}

void View::setAssessment(std::shared_ptr<const assess::Assessment>)
{
}

void View::showObject(cluster::ObjectId)
{
}

void View::showFinding(std::uint32_t)
{
}

void View::focusSearch()
{
}

QList<QAction*> View::viewActions() const
{
    return {};
}

} // namespace plimsoll::ui::view

#include "moc_ViewContext.cpp"
