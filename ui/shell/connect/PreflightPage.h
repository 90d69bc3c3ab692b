// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "ui/model/ConnectModels.h"
#include "ui/shell/connect/Live.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QRadioButton;
class QVBoxLayout;

namespace plimsoll::ui::widget {
class Card;
class Table;
} // namespace plimsoll::ui::widget

namespace plimsoll::ui::shell {

// After the login and before collecting: who one is to the server, whether the server is who it should be, what can be
// read, and how much of it is wanted.
class PreflightPage : public QWidget {
    Q_OBJECT

public:
    explicit PreflightPage(QWidget* parent = nullptr);
    void showFound(const LiveSession& session, const LivePreflight& preflight);
    snapshot::CollectOptions options() const;
    void setOptions(const snapshot::CollectOptions& options);

Q_SIGNALS:
    void collectAsked();
    void checkAgainAsked();
    void otherContextAsked();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void buildAccess(QVBoxLayout* column);
    void buildScope(QVBoxLayout* column);
    void showIdentity(const LiveSession& session, const LivePreflight& preflight);
    void filter();
    void updateScope();
    QString roleYaml() const;
    void saveRole();

    std::vector<model::AccessRow> m_rows;
    std::string m_missingRole;
    QLabel* m_title = nullptr;
    QVBoxLayout* m_notices = nullptr;
    QVBoxLayout* m_identity = nullptr;
    QLabel* m_summary = nullptr;
    QCheckBox* m_onlyMissing = nullptr;
    widget::Table* m_table = nullptr;
    model::AccessModel* m_model = nullptr;
    QPushButton* m_copyRole = nullptr;
    QCheckBox* m_withSecrets = nullptr;
    QRadioButton* m_allNamespaces = nullptr;
    QRadioButton* m_someNamespaces = nullptr;
    QLineEdit* m_namespaces = nullptr;
    QPushButton* m_again = nullptr;
    QComboBox* m_redaction = nullptr;
    QPushButton* m_collect = nullptr;
};

} // namespace plimsoll::ui::shell
