// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <initializer_list>

#include <QWidget>

#include "ui/model/NetworkData.h"
#include "ui/view/ViewContext.h"
#include "ui/view/ViewParts.h"

class QAbstractItemModel;
class QLabel;

namespace plimsoll::ui::widget {
class EmptyState;
class Table;
class YamlView;
} // namespace plimsoll::ui::widget

namespace plimsoll::ui::view {

// A table of the Network view with its name for screen readers.
widget::Table* networkTable(
    QAbstractItemModel* rows, const QString& accessibleName, std::initializer_list<int> widths, QWidget* parent);

// One page of the Network view. It computes what it shows when it is first seen, and again when that is outdated.
class NetworkPage : public QWidget {
    Q_OBJECT

public:
    NetworkPage(ViewContext& context, QWidget* parent);

    void setNetwork(const model::Network& network); // empty = nothing is open, or not yet computed
    void setSides(network::Sides sides);
    // What is shown as CSV: made in a job. Empty when there is nothing.
    virtual std::function<QString(Progress&)> csvMaker() const = 0;
    virtual QString exportProblem() const; // why csvMaker() is empty
    virtual void focusFilter() { }

Q_SIGNALS:
    void asked(const QString& question); // put it into the question bar and answer it
    void focusAsked(const QString& end); // show the graph around it
    void policyAsked(plimsoll::cluster::ObjectId policy); // show its page
    void suggestAsked(const QString& end); // least-privilege policies for it
    void whatIfAsked(plimsoll::cluster::ObjectId policy, bool isDropped); // what if it were another, or gone

protected:
    virtual void clear() = 0; // nothing is known any more
    virtual void fill() = 0; // the page is seen and network() is there
    virtual bool dependsOnSides() const { return false; }
    void showEvent(QShowEvent* event) override;
    void outdate(); // fill() again, now or when seen

    ViewContext& context() const { return m_context; }
    const model::Network& network() const { return m_network; }
    network::Sides sides() const { return m_sides; }

private:
    ViewContext& m_context;
    model::Network m_network;
    network::Sides m_sides = network::Sides::Combined;
    bool m_isOutdated = true;
};

// The YAML of an object with a place in it marked, and its file and line; read in a job.
class PolicyText : public PlaceText {
    Q_OBJECT

public:
    using PlaceText::PlaceText;
    // none = nothing, with the reason.
    void showPlace(
        const model::Network& network, cluster::ObjectId object, const QString& pointer, const QString& nothing = {});
};

} // namespace plimsoll::ui::view
