// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <QObject>

#include "ui/model/FindingsFilter.h"

namespace plimsoll::ui::view {

// The filter that all views share, with undo and redo of its steps.
// Threads: interface thread.
class ReviewFilter : public QObject {
    Q_OBJECT

public:
    explicit ReviewFilter(QObject* parent = nullptr);

    const model::FindingsFilter& filter() const { return m_filter; }
    bool isDefault() const { return m_filter == model::FindingsFilter {}; }
    bool canUndo() const { return !m_undo.empty(); }
    bool canRedo() const { return !m_redo.empty(); }

    // Each change is one step of undo; consecutive changes of the text alone (typing) make one.
    void setFilter(const model::FindingsFilter& filter);
    void setText(const QString& text);
    void setNamespaces(const QStringList& namespaces);
    void clear();
    void undo();
    void redo();
    void reset(); // the filter and its history: another cluster was opened

Q_SIGNALS:
    void filterChanged();

private:
    model::FindingsFilter m_filter;
    std::vector<model::FindingsFilter> m_undo, m_redo;
    bool m_isTyping = false;
};

} // namespace plimsoll::ui::view
