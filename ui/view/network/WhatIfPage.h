// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>

#include <QTimer>

#include "ui/view/network/NetworkPage.h"

class QLineEdit;
class QListWidget;
class QStackedWidget;

namespace plimsoll::ui::view {

// Policies edited and dropped, and which connections that would change, while somebody types.
class WhatIfPage : public NetworkPage {
    Q_OBJECT

public:
    WhatIfPage(ViewContext& context, QWidget* parent);
    std::function<QString(Progress&)> csvMaker() const override;
    void focusFilter() override;

    void editPolicy(cluster::ObjectId policy); // starts with its text
    void suggest(const QString& end); // starts with least-privilege policies for it
    void setText(const QString& yaml);
    void setDropped(cluster::ObjectId policy, bool isDropped);
    QString headline() const;

protected:
    void clear() override;
    void fill() override;

private:
    QWidget* buildDrops();
    QWidget* buildEditor();
    QWidget* buildResult();
    void filterDrops();
    void start();
    void compute();
    void showResult(model::WhatIfResult result);

    void startWith(const model::SuggestedPolicies& suggested);

    std::set<cluster::ObjectId> m_dropped;
    QStringList m_suggestionNotes; // as long as the text is that of a suggestion
    QString m_suggestionText;
    QString m_wantedEnd; // to suggest policies for when the network is there
    cluster::ObjectId m_wanted; // to be edited when the network is there
    std::vector<model::PolicyRow> m_all;
    model::DifferenceModel* m_rows = nullptr;
    QListWidget* m_drops = nullptr;
    QLineEdit* m_filter = nullptr;
    widget::YamlView* m_editor = nullptr;
    widget::Table* m_table = nullptr;
    QStackedWidget* m_pages = nullptr;
    widget::EmptyState* m_nothing = nullptr;
    QLabel* m_headline = nullptr;
    QLabel* m_notes = nullptr;
    QTimer m_rest; // nobody has typed for a while
};

} // namespace plimsoll::ui::view
