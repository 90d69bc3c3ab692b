// SPDX-License-Identifier: Apache-2.0
#include "ui/view/Navigator.h"

namespace plimsoll::ui::view {

Navigator::Navigator(QObject* parent)
    : QObject(parent)
{
}

void Navigator::openView(const QString& view)
{
    go({ .view = view, .object = {}, .finding = std::nullopt });
}

void Navigator::open(cluster::ObjectId object, const QString& view)
{
    go({ .view = view, .object = object, .finding = std::nullopt });
}

void Navigator::ask(cluster::ObjectId object, const QString& view, const QString& question)
{
    go({ .view = view, .object = object, .finding = std::nullopt, .question = question });
}

void Navigator::openFinding(std::uint32_t finding, cluster::ObjectId object, const QString& view)
{
    go({ .view = view, .object = object, .finding = finding });
}

void Navigator::inspect(cluster::ObjectId object)
{
    Place next { .view = place().view, .object = object, .finding = std::nullopt };
    if (next == place())
        return;
    m_places[m_at] = std::move(next); // back returns to what was last looked at in this view
    Q_EMIT inspected(place());
}

void Navigator::inspectFinding(std::uint32_t finding, cluster::ObjectId object)
{
    Place next { .view = place().view, .object = object, .finding = finding };
    if (next == place())
        return;
    m_places[m_at] = std::move(next);
    Q_EMIT inspected(place());
}

void Navigator::back()
{
    if (!canGoBack())
        return;
    --m_at;
    Q_EMIT placeChanged(place());
    Q_EMIT inspected(place());
    Q_EMIT historyChanged();
}

void Navigator::forward()
{
    if (!canGoForward())
        return;
    ++m_at;
    Q_EMIT placeChanged(place());
    Q_EMIT inspected(place());
    Q_EMIT historyChanged();
}

void Navigator::reset(const QString& view)
{
    m_places.assign(1, Place { .view = view, .object = {}, .finding = std::nullopt });
    m_at = 0;
    Q_EMIT placeChanged(place());
    Q_EMIT inspected(place());
    Q_EMIT historyChanged();
}

void Navigator::go(Place next)
{
    if (next != place()) {
        m_places.resize(m_at + 1);
        m_places.push_back(std::move(next));
        if (m_places.size() > maxSteps)
            m_places.erase(m_places.begin());
        m_at = m_places.size() - 1;
    }
    Q_EMIT placeChanged(place());
    Q_EMIT inspected(place());
    Q_EMIT historyChanged();
}

} // namespace plimsoll::ui::view

#include "moc_Navigator.cpp"
