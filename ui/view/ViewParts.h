// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>

#include <QWidget>

#include "core/assess/Assessment.h"
#include "ui/model/AccessData.h"
#include "ui/view/ViewContext.h"

class QAbstractItemModel;
class QLineEdit;
class QToolButton;

namespace plimsoll::ui::widget {
class ElidedLabel;
class Table;
class YamlView;
} // namespace plimsoll::ui::widget

namespace plimsoll::ui::view {

// A table that sorts and copies, with its name for screen readers.
widget::Table* viewTable(
    QAbstractItemModel* rows, const QString& accessibleName, std::initializer_list<int> widths, QWidget* parent);
// The column that gets the room that is left, instead of the last.
void setWideColumn(widget::Table* table, int column);
// A field to filter by text.
QLineEdit* filterField(const QString& hint, const QString& accessibleName, QWidget* parent);
// A round button that is on or off.
QToolButton* toggleChip(const QString& text, QWidget* parent);
// Writes text made in a job to a file; done gets the problem, "" when it is written.
void writeInJob(ViewContext& context, QObject* owner, const QString& path, std::function<QString(Progress&)> maker,
    std::function<void(const QString& problem)> done);
// The rows of a table of ui/model as CSV, made in a job from a copy; nothing when there are none.
template <class Model> std::function<QString(Progress&)> csvOfRows(const Model& shown)
{
    if (shown.rowCount() == 0)
        return {};
    return [rows = shown.rows()](Progress&) {
        Model table;
        table.setRows(rows);
        return model::csvOf(table);
    };
}

// Asks for a file and writes to it; problems are told in a box.
void chooseAndWrite(
    ViewContext& context, QWidget* owner, const QString& suggested, std::function<QString(Progress&)> maker);

// The YAML of an object with a place in it marked, and its file and line; read in a job.
class PlaceText : public QWidget {
    Q_OBJECT

public:
    PlaceText(ViewContext& context, const QString& accessibleName, QWidget* parent);
    // none = nothing, with the reason.
    void showPlace(const std::shared_ptr<const assess::Assessment>& assessment, cluster::ObjectId object,
        const QString& pointer, const QString& nothing = {});
    widget::YamlView* yaml() const { return m_yaml; }

private:
    ViewContext& m_context;
    widget::YamlView* m_yaml = nullptr;
    widget::ElidedLabel* m_place = nullptr;
};

} // namespace plimsoll::ui::view
