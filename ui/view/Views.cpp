// SPDX-License-Identifier: Apache-2.0
#include "ui/view/Views.h"

#include <algorithm>

#include <QCoreApplication>

#include "ui/view/access/AccessView.h"
#include "ui/view/compliance/ComplianceView.h"
#include "ui/view/findings/FindingsView.h"
#include "ui/view/paths/PathsView.h"
#include "ui/view/images/ImagesView.h"
#include "ui/view/network/NetworkView.h"
#include "ui/view/overview/OverviewView.h"
#include "ui/view/report/ReportView.h"
#include "ui/view/secrets/SecretsView.h"

namespace plimsoll::ui::view {

namespace {

template <class Page> View* create(ViewContext& context, QWidget* parent)
{
    return new Page(context, parent);
}

// In the order of decisions.md. To add a view: a folder and a row.
constexpr ViewRow table[] = {
    { "overview", QT_TRANSLATE_NOOP("Views", "Overview"), "overview", "Ctrl+1", create<OverviewView>, false },
    { "findings", QT_TRANSLATE_NOOP("Views", "Findings"), "findings", "Ctrl+2", create<FindingsView>, true },
    { "paths", QT_TRANSLATE_NOOP("Views", "Graph"), "graph", "Ctrl+3", create<PathsView>, false },
    { "access", QT_TRANSLATE_NOOP("Views", "Access"), "access", "Ctrl+4", create<AccessView>, false },
    { "network", QT_TRANSLATE_NOOP("Views", "Network"), "network", "Ctrl+5", create<NetworkView>, false },
    { "secrets", QT_TRANSLATE_NOOP("Views", "Secrets"), "secrets", "Ctrl+6", create<SecretsView>, false },
    { "images", QT_TRANSLATE_NOOP("Views", "Images"), "images", "Ctrl+7", create<ImagesView>, false },
    { "compliance", QT_TRANSLATE_NOOP("Views", "Compliance"), "compliance", "Ctrl+8", create<ComplianceView>, false },
    { "report", QT_TRANSLATE_NOOP("Views", "Report"), "report", "Ctrl+0", create<ReportView>, false },
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

const ViewRow* findRow(const QString& id)
{
    const auto found = std::ranges::find(table, id, &ViewRow::idText);
    return found == std::end(table) ? nullptr : &*found;
}

} // namespace plimsoll::ui::view
