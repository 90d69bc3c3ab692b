// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/view/network/NetworkPage.h"

class QComboBox;
class QLineEdit;
class QSplitter;

namespace plimsoll::ui::view {

class ExplainPanel;

// The answer to a question: a table of pairs, and the explanation of the one that is chosen.
class ConnectionsPage : public NetworkPage {
    Q_OBJECT

public:
    ConnectionsPage(ViewContext& context, QWidget* parent);
    std::function<QString(Progress&)> csvMaker() const override;
    void focusFilter() override;

    // "" = everything.
    void ask(const QString& question);
    const QString& question() const { return m_question; }
    ExplainPanel* explanation() const { return m_explain; }

Q_SIGNALS:
    void answered(const QString& problem); // "" = there is an answer

protected:
    void clear() override;
    void fill() override;
    bool dependsOnSides() const override { return true; }

private:
    void showAnswer(model::NetworkAnswer answer);
    void applyFilter();
    void explain(const model::ConnectionRow& row);

    QString m_question;
    std::vector<model::ConnectionRow> m_all;
    model::ConnectionsModel* m_rows = nullptr;
    widget::Table* m_table = nullptr;
    QWidget* m_list = nullptr;
    QLabel* m_headline = nullptr;
    QLineEdit* m_filter = nullptr;
    QComboBox* m_verdicts = nullptr;
    QSplitter* m_splitter = nullptr;
    ExplainPanel* m_explain = nullptr;
};

} // namespace plimsoll::ui::view
