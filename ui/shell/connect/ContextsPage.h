// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "core/kube/Kubeconfig.h"
#include "ui/model/ConnectModels.h"

class QLineEdit;
class QPushButton;
class QVBoxLayout;

namespace plimsoll::ui::widget {
class ElidedLabel;
class Table;
} // namespace plimsoll::ui::widget

namespace plimsoll::ui::shell {

// The contexts of the kubeconfig. Contacts nobody by itself.
class ContextsPage : public QWidget {
    Q_OBJECT

public:
    explicit ContextsPage(QWidget* parent = nullptr);

    // preselect "" = the current context.
    void showConfig(const QString& chosenFile, const Result<kube::Kubeconfig>& config, const std::string& preselect);
    void setState(const std::string& context, model::ContextRow::State state, const QString& note);
    std::vector<std::string> selected() const;
    std::vector<std::string> shown() const; // those that the search leaves
    std::vector<std::string> all() const;
    void focusFirst();

Q_SIGNALS:
    void connectAsked(const QString& context);
    void tryAsked(bool isAll);
    void fileAsked(const QString& path); // "" = the default again
    void backAsked();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildHead(QVBoxLayout* column);
    void buildTable(QVBoxLayout* column);
    void buildButtons(QVBoxLayout* column);
    void chooseFile();
    void filter();
    void select(const std::string& context);
    void showSelected();
    void connectSelected();
    void addNotice(const Error& error);

    std::vector<model::ContextRow> m_rows; // all, before the search
    model::ContextsModel* m_model = nullptr;
    widget::ElidedLabel* m_files = nullptr;
    QPushButton* m_default = nullptr;
    QVBoxLayout* m_notices = nullptr;
    QLineEdit* m_search = nullptr;
    widget::Table* m_table = nullptr;
    class QLabel* m_detail = nullptr;
    QPushButton* m_trySelected = nullptr;
    QPushButton* m_tryAll = nullptr;
    QPushButton* m_connect = nullptr;
};

} // namespace plimsoll::ui::shell
