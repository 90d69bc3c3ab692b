// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "ui/model/EvidenceData.h"
#include "ui/view/ViewContext.h"

class QFrame;
class QLabel;
class QStackedWidget;
class QTabBar;

namespace plimsoll::ui::widget {
class ElidedLabel;
class EmptyState;
class Table;
} // namespace plimsoll::ui::widget

namespace plimsoll::ui::view {

// What other tools said: each report, when it was made, what of the cluster it matched, and what nobody looked at.
// Reports can be dropped here.
class EvidencePage : public QWidget {
    Q_OBJECT

public:
    EvidencePage(ViewContext& context, QWidget* parent);
    // isReady: an assessment is shown.
    void setTables(const model::Images& images, model::EvidenceTables tables);
    void chooseFiles();
    std::function<QString(Progress&)> csvMaker() const;

Q_SIGNALS:
    void evidenceOffered(const QStringList& paths);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    QWidget* buildDrop();
    void buildTables();
    void setDropActive(bool isActive);
    void showNotes(const model::EvidenceRow& row);

    ViewContext& m_context;
    model::EvidenceTables m_tables;
    model::EvidenceModel* m_rows = nullptr;
    model::UnscannedModel* m_unscanned = nullptr;
    widget::ElidedLabel* m_summary = nullptr;
    QLabel* m_notes = nullptr;
    QFrame* m_drop = nullptr;
    QTabBar* m_parts = nullptr;
    QStackedWidget* m_stack = nullptr;
    widget::Table* m_table = nullptr;
    widget::Table* m_unscannedTable = nullptr;
    widget::EmptyState* m_empty = nullptr;
    widget::EmptyState* m_allScanned = nullptr;
    QLabel* m_detail = nullptr;
};

} // namespace plimsoll::ui::view
