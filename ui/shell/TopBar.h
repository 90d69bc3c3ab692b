// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "ui/model/OriginData.h"
#include "ui/model/SearchIndex.h"
#include "ui/view/ViewContext.h"

class QLineEdit;
class QTimer;
class QListWidget;
class QToolButton;

namespace plimsoll::ui::widget {
class ChoiceChip;
class ElidedLabel;
} // namespace plimsoll::ui::widget

namespace plimsoll::ui::shell {

class OriginBadge;

// Finds objects, controls and pages while the person types; the list hangs below the field.
class SearchBox : public QWidget {
    Q_OBJECT

public:
    explicit SearchBox(view::ViewContext& context, QWidget* parent = nullptr);
    void setAssessment(std::shared_ptr<const assess::Assessment> assessment);
    void begin(); // Ctrl+K

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void search();
    void choose(int row);
    void place();
    view::ViewContext& m_context;
    model::SearchIndex m_index;
    std::vector<model::SearchIndex::Hit> m_hits;
    QStringList m_views; // ids of the pages that are listed before the hits
    QLineEdit* m_field = nullptr;
    QListWidget* m_list = nullptr;
};

// What is open, what part of it is looked at, and search.
class TopBar : public QWidget {
    Q_OBJECT

public:
    TopBar(view::ViewContext& context, QAction* back, QAction* forward, QAction* inspector, QWidget* parent = nullptr);
    void setAssessment(const std::shared_ptr<const assess::Assessment>& assessment, const QString& sourceTitle);
    void beginSearch() { m_search->begin(); }

    // Where the data comes from, as it is said now; also for the status line and the banners.
    const model::OriginData& origin() const { return m_origin; }

Q_SIGNALS:
    void originChanged(); // it became older

private:
    void showOrigin();
    std::shared_ptr<const assess::Assessment> m_assessment;
    model::OriginData m_origin;
    QTimer* m_clock = nullptr;
    OriginBadge* m_badge = nullptr;
    QWidget* m_chip = nullptr;
    widget::ElidedLabel* m_cluster = nullptr;
    widget::ElidedLabel* m_facts = nullptr;
    widget::ChoiceChip* m_scope = nullptr;
    SearchBox* m_search = nullptr;
};

} // namespace plimsoll::ui::shell
