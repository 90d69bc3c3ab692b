// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "ui/model/AccessData.h"
#include "ui/view/ViewContext.h"

class QCheckBox;
class QCompleter;
class QLabel;
class QLineEdit;
class QStackedWidget;
class QTabBar;

namespace plimsoll::ui::widget {
class ChainView;
class EmptyState;
class Table;
class YamlView;
} // namespace plimsoll::ui::widget

namespace plimsoll::ui::view {

// Who may do what: subjects by risk, the rights of one as a matrix, questions, and where each right comes from.
class AccessView : public View {
    Q_OBJECT

public:
    AccessView(ViewContext& context, QWidget* parent);
    void setAssessment(std::shared_ptr<const assess::Assessment> assessment) override;
    void showObject(cluster::ObjectId object) override;
    void focusSearch() override;
    QList<QAction*> viewActions() const override;

    // As if it were typed into the question bar. "" goes back to the subject.
    void ask(const QString& question);
    // Writes the table that is shown. false with the reason when it cannot.
    bool exportTo(const QString& path, QString* problem) const;

private:
    enum Page { NothingChosen, Permissions, Answers, Comparison };
    struct ChainPart {
        cluster::ObjectId object;
        QString pointer;
    };

    QWidget* buildQuestionBar();
    QWidget* buildSubjects();
    QWidget* buildRight();
    QWidget* buildOrigin();
    void showSubjects(std::vector<model::AccessSubject> subjects);
    void filterSubjects();
    void chooseSubject(const model::AccessSubject& subject);
    void showAnswer(const model::AccessAnswer& answer);
    void compareWith(const QString& reference);
    void permissionChosen(const QModelIndex& index);
    void showWay(const QString& asked, const model::AccessWay& way);
    void showOrigin(int part);
    void updateCompletions(const QString& text);
    void setPage(Page page);
    void chooseExport();
    widget::Table* shownTable() const;

    std::shared_ptr<const assess::Assessment> m_assessment;
    std::vector<model::AccessSubject> m_subjects; // all of them
    model::AccessSubject m_chosen;
    model::SubjectsModel* m_subjectsModel = nullptr;
    model::PermissionsModel* m_permissionsModel = nullptr;
    model::AnswersModel* m_answersModel = nullptr;
    model::ComparisonModel* m_comparisonModel = nullptr;
    widget::Table* m_subjectsTable = nullptr;
    widget::Table* m_permissionsTable = nullptr;
    widget::Table* m_answersTable = nullptr;
    widget::Table* m_comparisonTable = nullptr;
    QLineEdit* m_question = nullptr;
    QLineEdit* m_filter = nullptr;
    QLineEdit* m_other = nullptr; // whom to compare with
    QCheckBox* m_withOwn = nullptr;
    QLabel* m_count = nullptr;
    QLabel* m_title = nullptr;
    QLabel* m_facts = nullptr;
    QStackedWidget* m_pages = nullptr;
    widget::EmptyState* m_nothing = nullptr;
    QWidget* m_origin = nullptr;
    widget::ChainView* m_chain = nullptr;
    widget::YamlView* m_yaml = nullptr;
    QLabel* m_place = nullptr;
    std::vector<ChainPart> m_parts; // parallel to the boxes of the chain
    QAction* m_export = nullptr;
    QAction* m_askAction = nullptr;
};

} // namespace plimsoll::ui::view
