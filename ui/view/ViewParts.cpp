// SPDX-License-Identifier: Apache-2.0
#include "ui/view/ViewParts.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QHeaderView>
#include <QLineEdit>
#include <QMessageBox>
#include <QSaveFile>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/model/Detail.h"
#include "ui/model/Text.h"
#include "ui/widget/Icons.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Table.h"
#include "ui/widget/YamlView.h"

namespace plimsoll::ui::view {

widget::Table* viewTable(
    QAbstractItemModel* rows, const QString& accessibleName, std::initializer_list<int> widths, QWidget* parent)
{
    auto* table = new widget::Table(parent);
    table->setAccessibleName(accessibleName);
    table->setModel(rows);
    table->header()->setSortIndicator(-1, Qt::AscendingOrder); // as the model has it
    table->setSortingEnabled(true);
    table->header()->setStretchLastSection(true);
    int column = 0;
    for (const int width : widths)
        table->setColumnWidth(column++, width);
    const auto copy = [table] { QApplication::clipboard()->setText(table->selectionAsText()); };
    QObject::connect(table, &widget::Table::copyRequested, table, copy);
    auto* action = new QAction(QCoreApplication::translate("ViewParts", "Copy rows"), table);
    widget::setIconName(action, QStringLiteral("copy"));
    QObject::connect(action, &QAction::triggered, table, copy);
    table->addAction(action);
    table->setContextMenuPolicy(Qt::ActionsContextMenu);
    return table;
}

void setWideColumn(widget::Table* table, int column)
{
    table->header()->setStretchLastSection(false);
    table->header()->setSectionResizeMode(column, QHeaderView::Stretch);
}

QLineEdit* filterField(const QString& hint, const QString& accessibleName, QWidget* parent)
{
    auto* filter = new QLineEdit(parent);
    filter->setPlaceholderText(hint);
    filter->setAccessibleName(accessibleName);
    filter->setClearButtonEnabled(true);
    filter->setFixedWidth(230);
    filter->addAction(widget::icon(QStringLiteral("search"), widget::theme().textMuted), QLineEdit::LeadingPosition);
    return filter;
}

QToolButton* toggleChip(const QString& text, QWidget* parent)
{
    auto* chip = new QToolButton(parent);
    widget::setRole(chip, "chip");
    chip->setText(text);
    chip->setCheckable(true);
    chip->setProperty("active", false);
    QObject::connect(chip, &QToolButton::toggled, chip, [chip](bool isOn) {
        chip->setProperty("active", isOn);
        chip->style()->unpolish(chip);
        chip->style()->polish(chip);
    });
    return chip;
}

void writeInJob(ViewContext& context, QObject* owner, const QString& path, std::function<QString(Progress&)> maker,
    std::function<void(const QString& problem)> done)
{
    context.jobs.run<QString>(
        owner, { .slot = {}, .title = QCoreApplication::translate("ViewParts", "Exporting") },
        [path, maker = std::move(maker)](Progress& progress) -> QString {
            const QByteArray bytes = maker(progress).toUtf8();
            if (progress.isCancelled())
                return QCoreApplication::translate("ViewParts", "The export was cancelled.");
            QSaveFile file(path);
            if (file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit())
                return {};
            return QCoreApplication::translate("ViewParts", "%1 could not be written: %2")
                .arg(path, file.errorString());
        },
        [done = std::move(done)](const QString& problem) { done(problem); });
}

void chooseAndWrite(
    ViewContext& context, QWidget* owner, const QString& suggested, std::function<QString(Progress&)> maker)
{
    QString path = QFileDialog::getSaveFileName(owner, QCoreApplication::translate("ViewParts", "Export"), suggested,
        QCoreApplication::translate("ViewParts", "CSV table (*.csv)"));
    if (path.isEmpty())
        return;
    if (!path.endsWith(QLatin1String(".csv"), Qt::CaseInsensitive))
        path += QLatin1String(".csv");
    writeInJob(context, owner, path, std::move(maker), [owner](const QString& problem) {
        if (problem.isEmpty())
            return;
        auto* box = new QMessageBox(
            QMessageBox::Warning, QCoreApplication::translate("ViewParts", "Export"), problem, QMessageBox::Ok, owner);
        box->setTextFormat(Qt::PlainText);
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->open();
    });
}

PlaceText::PlaceText(ViewContext& context, const QString& accessibleName, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(widget::space::xs);
    m_yaml = new widget::YamlView(this);
    m_yaml->setAccessibleName(accessibleName);
    layout->addWidget(m_yaml, 1);
    m_place = new widget::ElidedLabel(Qt::ElideMiddle, this);
    widget::setRole(m_place, "muted");
    layout->addWidget(m_place);
}

void PlaceText::showPlace(const std::shared_ptr<const assess::Assessment>& assessment, cluster::ObjectId object,
    const QString& pointer, const QString& nothing)
{
    const QString slot = QStringLiteral("yaml");
    if (!assessment || object.isNone()) {
        m_context.jobs.cancel(this, slot);
        m_yaml->setYaml(nothing, {});
        m_place->setFullText({});
        return;
    }
    const QString title = model::lineText(assessment->cluster->titleOf(object));
    m_context.jobs.run<model::EvidenceText>(
        this, { .slot = slot, .title = {} },
        [assessment, object, title, pointer](Progress&) {
            return model::evidenceOf(*assessment, object, { { object, title, pointer, {} } });
        },
        [this, title, hasPointer = !pointer.isEmpty()](const model::EvidenceText& text) {
            std::vector<widget::YamlView::Mark> marks;
            if (hasPointer) {
                for (const auto& mark : text.marks)
                    marks.push_back({ mark.firstLine, mark.lineCount });
            }
            m_yaml->setYaml(text.problem.isEmpty() ? text.yaml : text.problem, std::move(marks), text.firstNumber);
            m_place->setFullText(text.marks.empty() || text.marks.front().place.isEmpty()
                    ? title
                    : title + QStringLiteral(" \u00b7 ") + text.marks.front().place);
        });
}

} // namespace plimsoll::ui::view

#include "moc_ViewParts.cpp"
