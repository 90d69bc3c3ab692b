// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <QList>
#include <QWidget>

#include "core/assess/Assessment.h"
#include "ui/model/ReviewEdit.h"
#include "ui/view/JobRunner.h"
#include "ui/view/Navigator.h"
#include "ui/view/ReviewFilter.h"

class QAction;

namespace plimsoll::ui::view {

// The assessment that the window shows. Nothing before the first one is loaded.
class Review : public QObject {
    Q_OBJECT

public:
    explicit Review(QObject* parent = nullptr);

    const std::shared_ptr<const assess::Assessment>& assessment() const { return m_assessment; }
    void setAssessment(std::shared_ptr<const assess::Assessment> assessment);

    // Changes what the reviewer adds, in the background and one change after the other: writes it, assesses anew and
    // shows the result. done gets the problem, "" when it is shown; it is not called when another source is opened.
    using EditDone = std::function<void(const QString& problem)>;
    void edit(JobRunner& jobs, TaskPool& pool, model::ReviewEdit edit, EditDone done);

    // The framework that the person looks at, by id; views that show one follow it.
    const QString& framework() const { return m_framework; }
    void chooseFramework(const QString& id);

Q_SIGNALS:
    void frameworkChosen();
    void assessmentChanged();
    void reassessed(); // after assessmentChanged: the same cluster, whose ids and findings stay, with other inputs

private:
    void startEdit();
    struct Waiting {
        JobRunner* jobs = nullptr;
        TaskPool* pool = nullptr;
        model::ReviewEdit edit;
        EditDone done;
    };
    std::shared_ptr<const assess::Assessment> m_assessment;
    QString m_framework;
    std::vector<Waiting> m_waiting; // the first one is under way
};

// All that a view is given. The objects outlive every view.
struct ViewContext {
    Navigator& navigator;
    ReviewFilter& filter;
    JobRunner& jobs;
    Review& review;
    TaskPool* pool = nullptr; // for jobs that assess anew
};

// One page of the window. Created when it is first shown; a hidden view is given a new assessment only when it is
// shown again, so setAssessment() may be skipped for those in between.
class View : public QWidget {
    Q_OBJECT

public:
    explicit View(ViewContext& context, QWidget* parent = nullptr);

    // Replaces everything that is shown; nullptr = nothing is open.
    virtual void setAssessment(std::shared_ptr<const assess::Assessment> assessment);
    // The person asked to see this object here; none = just the view.
    virtual void showObject(cluster::ObjectId object);
    // The person asked something about this object here, as Place::question.
    virtual void askAbout(cluster::ObjectId object, const QString& question);
    // The person asked to see this finding here.
    virtual void showFinding(std::uint32_t finding);
    // "/" was pressed: where a text to look for can be typed.
    virtual void focusSearch();
    // Commands of this view, for the View menu and the sheet of shortcuts. Owned by the view.
    virtual QList<QAction*> viewActions() const;

protected:
    ViewContext& context() const { return m_context; }

private:
    ViewContext& m_context;
};

} // namespace plimsoll::ui::view
