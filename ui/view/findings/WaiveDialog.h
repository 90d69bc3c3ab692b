// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>

#include "ui/model/WaiverData.h"
#include "ui/view/ViewContext.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QVBoxLayout;

namespace plimsoll::ui::view {

// Asks for what a waiver needs, and shows what it will cover before it is saved. Deletes itself.
class WaiveDialog : public QDialog {
    Q_OBJECT

public:
    WaiveDialog(ViewContext& context, std::vector<std::uint32_t> findings, QWidget* parent);

    // What would be saved; without waivers as long as something is missing.
    model::ReviewEdit edit() const;

private:
    void build();
    QLineEdit* addLine(QVBoxLayout* column, const QString& name, const QString& value);
    void buildFile(QVBoxLayout* column);
    model::WaiverReach reach() const;
    std::optional<model::WaiverWords> words() const;
    std::optional<UnixSeconds> until() const;
    QString missing() const;
    void updateScope();
    void updateState();
    void save();

    ViewContext& m_context;
    std::shared_ptr<const assess::Assessment> m_assessment;
    std::vector<std::uint32_t> m_findings;
    UnixSeconds m_created = 0;
    QComboBox* m_reach = nullptr;
    QLabel* m_scope = nullptr;
    QLabel* m_covers = nullptr;
    QLabel* m_warning = nullptr;
    QLineEdit* m_reason = nullptr;
    QLineEdit* m_owner = nullptr;
    QLineEdit* m_approver = nullptr;
    QLineEdit* m_until = nullptr;
    QComboBox* m_file = nullptr;
    QLabel* m_problem = nullptr;
    QPushButton* m_save = nullptr;
};

} // namespace plimsoll::ui::view
