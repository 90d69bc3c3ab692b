// SPDX-License-Identifier: Apache-2.0
#include "ui/view/ReviewFilter.h"

namespace plimsoll::ui::view {

ReviewFilter::ReviewFilter(QObject* parent)
    : QObject(parent)
{
}

void ReviewFilter::setFilter(const model::FindingsFilter& filter)
{
    if (filter == m_filter)
        return;
    model::FindingsFilter sameText = filter;
    sameText.text = m_filter.text;
    const bool onlyText = sameText == m_filter;
    if (!(onlyText && m_isTyping))
        m_undo.push_back(m_filter);
    m_isTyping = onlyText;
    m_redo.clear();
    m_filter = filter;
    Q_EMIT filterChanged();
}

void ReviewFilter::setText(const QString& text)
{
    model::FindingsFilter next = m_filter;
    next.text = text;
    setFilter(next);
}

void ReviewFilter::setNamespaces(const QStringList& namespaces)
{
    model::FindingsFilter next = m_filter;
    next.namespaces = namespaces;
    next.namespaces.sort();
    setFilter(next);
}

void ReviewFilter::clear()
{
    setFilter({});
}

void ReviewFilter::undo()
{
    if (!canUndo())
        return;
    m_redo.push_back(m_filter);
    m_filter = m_undo.back();
    m_undo.pop_back();
    m_isTyping = false;
    Q_EMIT filterChanged();
}

void ReviewFilter::redo()
{
    if (!canRedo())
        return;
    m_undo.push_back(m_filter);
    m_filter = m_redo.back();
    m_redo.pop_back();
    m_isTyping = false;
    Q_EMIT filterChanged();
}

void ReviewFilter::reset()
{
    m_undo.clear();
    m_redo.clear();
    m_isTyping = false;
    m_filter = {};
    Q_EMIT filterChanged();
}

} // namespace plimsoll::ui::view

#include "moc_ReviewFilter.cpp"
