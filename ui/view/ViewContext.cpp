// SPDX-License-Identifier: Apache-2.0
#include "ui/view/ViewContext.h"

#include "ui/model/Text.h"

namespace plimsoll::ui::view {

Review::Review(QObject* parent)
    : QObject(parent)
{
}

void Review::setAssessment(std::shared_ptr<const assess::Assessment> assessment)
{
    m_waiting.clear();
    m_assessment = std::move(assessment);
    Q_EMIT assessmentChanged();
}

void Review::edit(JobRunner& jobs, TaskPool& pool, model::ReviewEdit edit, EditDone done)
{
    if (!m_assessment)
        return;
    m_waiting.push_back({ .jobs = &jobs, .pool = &pool, .edit = std::move(edit), .done = std::move(done) });
    if (m_waiting.size() == 1)
        startEdit();
}

void Review::chooseFramework(const QString& id)
{
    if (id == m_framework)
        return;
    m_framework = id;
    Q_EMIT frameworkChosen();
}

void Review::startEdit()
{
    const Waiting& next = m_waiting.front();
    using Outcome = Result<std::shared_ptr<const assess::Assessment>>;
    next.jobs->run<Outcome>(
        this, { .slot = {}, .title = tr("Assessing with your change"), .isCancellable = false },
        [base = m_assessment, edit = next.edit, pool = next.pool](
            Progress& progress) { return model::applied(*base, edit, *pool, progress); },
        [this, base = m_assessment](Outcome outcome) {
            if (m_assessment != base || m_waiting.empty())
                return; // another source was opened meanwhile
            const EditDone done = std::move(m_waiting.front().done);
            m_waiting.erase(m_waiting.begin());
            if (outcome) {
                m_assessment = std::move(*outcome);
                Q_EMIT assessmentChanged();
                Q_EMIT reassessed();
            }
            if (done)
                done(outcome ? QString() : model::errorText(outcome.error()));
            if (!m_waiting.empty())
                startEdit();
        });
}

View::View(ViewContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
{
}

void View::setAssessment(std::shared_ptr<const assess::Assessment>)
{
}

void View::showObject(cluster::ObjectId)
{
}

void View::askAbout(cluster::ObjectId object, const QString&)
{
    showObject(object);
}

void View::showFinding(std::uint32_t)
{
}

void View::focusSearch()
{
}

QList<QAction*> View::viewActions() const
{
    return {};
}

} // namespace plimsoll::ui::view

#include "moc_ViewContext.cpp"
