// SPDX-License-Identifier: Apache-2.0
#include "ui/view/Views.h"

#include <QCoreApplication>

#include "ui/view/findings/FindingsView.h"
#include "ui/view/graph/GraphView.h"
#include "ui/view/overview/OverviewView.h"
#include "ui/view/report/ReportView.h"

namespace plimsoll::ui::view {

namespace {

template <class Page> View* create(ViewContext& context, QWidget* parent)
{
    return new Page(context, parent);
}

// In the order of decisions.md. To add a view: a folder and a row.
constexpr ViewRow table[] = {
    { "overview", QT_TRANSLATE_NOOP("Views", "Overview"), "overview", "Ctrl+1", create<OverviewView> },
    { "findings", QT_TRANSLATE_NOOP("Views", "Findings"), "findings", "Ctrl+2", create<FindingsView> },
    { "paths", QT_TRANSLATE_NOOP("Views", "Graph"), "graph", "Ctrl+3", create<GraphView> },
    { "report", QT_TRANSLATE_NOOP("Views", "Report"), "report", "Ctrl+0", create<ReportView> },
};

} // namespace

QString ViewRow::titleText() const
{
    return QCoreApplication::translate("Views", title);
}

std::span<const ViewRow> rows()
{
    return table;
}

} // namespace plimsoll::ui::view
