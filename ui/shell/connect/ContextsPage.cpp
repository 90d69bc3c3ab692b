// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/connect/ContextsPage.h"

#include <QFileDialog>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QVBoxLayout>

#include "ui/model/Text.h"
#include "ui/shell/connect/Notice.h"
#include "ui/widget/Icons.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Table.h"

namespace plimsoll::ui::shell {

using namespace widget;

ContextsPage::ContextsPage(QWidget* parent)
    : QWidget(parent)
    , m_model(new model::ContextsModel(this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::xl, space::xl, space::xl, space::l);
    column->setSpacing(space::m);
    buildHead(column);
    buildTable(column);
    buildButtons(column);
    setTabOrder(m_search, m_table);
    showSelected();
}

void ContextsPage::buildHead(QVBoxLayout* column)
{
    column->addWidget(label(tr("Connect to a cluster"), TextStyle::Title, this));
    QLabel* lead = mutedLabel(tr("Plimsoll only reads, and never secret values. Nothing is contacted and no program of "
                                 "the kubeconfig is run before you say so."),
        this);
    lead->setWordWrap(true);
    column->addWidget(lead);
    auto* files = new QHBoxLayout;
    files->setSpacing(space::s);
    files->addWidget(label(tr("Kubeconfig:"), TextStyle::Strong, this));
    m_files = new ElidedLabel(Qt::ElideMiddle, this);
    files->addWidget(m_files, 1);
    QPushButton* choose = button(tr("Choose another file\u2026"), "", this);
    m_default = button(tr("Use the default"), "", this);
    m_default->setToolTip(tr("The files of KUBECONFIG, or ~/.kube/config"));
    files->addWidget(choose);
    files->addWidget(m_default);
    column->addLayout(files);
    connect(choose, &QPushButton::clicked, this, &ContextsPage::chooseFile);
    connect(m_default, &QPushButton::clicked, this, [this] { Q_EMIT fileAsked({}); });
    m_notices = new QVBoxLayout;
    m_notices->setSpacing(space::xs);
    column->addLayout(m_notices);
}

void ContextsPage::buildTable(QVBoxLayout* column)
{
    m_search = new QLineEdit(this);
    m_search->setPlaceholderText(tr("Find a context by name, cluster, server or user"));
    m_search->setAccessibleName(tr("Find a context"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(icon(QStringLiteral("search"), theme().textMuted), QLineEdit::LeadingPosition);
    m_search->installEventFilter(this);
    column->addWidget(m_search);
    m_table = new Table(this);
    m_table->setAccessibleName(tr("Contexts"));
    m_table->setModel(m_model);
    m_table->setSortingEnabled(false);
    m_table->installEventFilter(this);
    const int widths[] = { 210, 270, 280, 160, 130, 130, 100 };
    for (int i = 0; i < 7; ++i)
        m_table->setColumnWidth(i, widths[i]);
    column->addWidget(m_table, 1);
    m_detail = wrappedLabel({}, this);
    m_detail->setMinimumHeight(m_detail->fontMetrics().lineSpacing() * 2);
    m_detail->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    column->addWidget(m_detail);
    connect(m_search, &QLineEdit::textChanged, this, &ContextsPage::filter);
    connect(m_search, &QLineEdit::returnPressed, this, &ContextsPage::connectSelected);
    connect(m_table, &QAbstractItemView::doubleClicked, this, &ContextsPage::connectSelected);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &ContextsPage::showSelected);
}

void ContextsPage::buildButtons(QVBoxLayout* column)
{
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(space::s);
    QPushButton* back = button(tr("Back"), "", this);
    m_trySelected = button(tr("Try selected"), "", this);
    m_trySelected->setToolTip(tr("Finds out whether the server answers. Runs no program."));
    m_tryAll = button(tr("Try all"), "", this);
    m_tryAll->setToolTip(m_trySelected->toolTip());
    m_connect = button(tr("Connect"), "primary", this);
    buttons->addWidget(back);
    buttons->addStretch(1);
    buttons->addWidget(m_trySelected);
    buttons->addWidget(m_tryAll);
    buttons->addWidget(m_connect);
    column->addLayout(buttons);
    connect(back, &QPushButton::clicked, this, &ContextsPage::backAsked);
    connect(m_trySelected, &QPushButton::clicked, this, [this] { Q_EMIT tryAsked(false); });
    connect(m_tryAll, &QPushButton::clicked, this, [this] { Q_EMIT tryAsked(true); });
    connect(m_connect, &QPushButton::clicked, this, &ContextsPage::connectSelected);
}

void ContextsPage::chooseFile()
{
    const QString path = QFileDialog::getOpenFileName(this, tr("Choose a kubeconfig"));
    if (!path.isEmpty())
        Q_EMIT fileAsked(path);
}

void ContextsPage::addNotice(const Error& error)
{
    m_notices->addWidget(new Notice(Notice::Kind::Warning, model::errorText(error), this));
}

void ContextsPage::showConfig(
    const QString& chosenFile, const Result<kube::Kubeconfig>& config, const std::string& preselect)
{
    constexpr std::size_t shownProblems = 3;
    clearLayout(m_notices);
    m_default->setVisible(!chosenFile.isEmpty());
    m_rows.clear();
    QStringList files;
    if (config) {
        m_rows = model::contextRows(*config);
        for (const std::string& file : config->files)
            files.append(model::lineText(file));
        for (std::size_t i = 0; i < config->problems.size() && i < shownProblems; ++i)
            addNotice(config->problems[i]);
        if (config->problems.size() > shownProblems) {
            addNotice({ .kind = ErrorKind::Format,
                .what = std::to_string(config->problems.size() - shownProblems) + " more problems in these files",
                .where = {},
                .advice = {} });
        }
        if (m_rows.empty()) {
            addNotice({ .kind = ErrorKind::NotFound,
                .what = files.isEmpty() ? "there is no kubeconfig: neither KUBECONFIG nor ~/.kube/config names one"
                                        : "there is no context in this kubeconfig",
                .where = {},
                .advice = "choose the kubeconfig that your administrator or your cloud's tool gave you" });
        }
    } else {
        files.append(chosenFile);
        addNotice(config.error());
    }
    m_files->setFullText(files.isEmpty() ? tr("none found") : files.join(QStringLiteral("  +  ")));
    m_search->clear();
    filter();
    std::string wanted = preselect;
    if (config && wanted.empty())
        wanted = config->currentContext;
    select(wanted);
    m_search->setVisible(m_rows.size() > 6);
}

void ContextsPage::setState(const std::string& context, model::ContextRow::State state, const QString& note)
{
    const auto change = [&](model::ContextRow& row) {
        if (row.id == context) {
            row.state = state;
            row.note = note;
        }
    };
    for (model::ContextRow& row : m_rows)
        change(row);
    m_model->changeRows(change);
    showSelected();
}

void ContextsPage::filter()
{
    const std::vector<std::string> before = selected();
    std::vector<model::ContextRow> shown;
    for (const model::ContextRow& row : m_rows) {
        if (model::matches(row, m_search->text()))
            shown.push_back(row);
    }
    m_model->setRows(std::move(shown));
    select(before.empty() ? std::string() : before.front());
    showSelected();
}

void ContextsPage::select(const std::string& context)
{
    const auto& rows = m_model->rows();
    if (rows.empty())
        return;
    const auto found = std::ranges::find(rows, context, &model::ContextRow::id);
    const int row = found == rows.end() ? 0 : static_cast<int>(found - rows.begin());
    m_table->setCurrentIndex(m_model->index(row, 0));
    m_table->scrollTo(m_model->index(row, 0));
}

std::vector<std::string> ContextsPage::selected() const
{
    std::vector<std::string> names;
    const auto rows = m_table->selectionModel()->selectedRows();
    for (const QModelIndex& index : rows) {
        if (const model::ContextRow* row = m_model->rowAt(index))
            names.push_back(row->id);
    }
    return names;
}

std::vector<std::string> ContextsPage::shown() const
{
    std::vector<std::string> names;
    for (const model::ContextRow& row : m_model->rows())
        names.push_back(row.id);
    return names;
}

std::vector<std::string> ContextsPage::all() const
{
    std::vector<std::string> names;
    for (const model::ContextRow& row : m_rows)
        names.push_back(row.id);
    return names;
}

void ContextsPage::showSelected()
{
    const auto rows = m_table->selectionModel()->selectedRows();
    m_trySelected->setEnabled(!rows.isEmpty());
    m_tryAll->setEnabled(!m_model->rows().empty());
    m_connect->setEnabled(rows.size() == 1);
    const model::ContextRow* row = rows.size() == 1 ? m_model->rowAt(rows.front()) : nullptr;
    m_connect->setText(row ? tr("Connect to %1")
                                 .arg(fontMetrics().elidedText(row->name, Qt::ElideMiddle, 260))
                                 .replace(QLatin1Char('&'), QStringLiteral("&&"))
                           : tr("Connect"));
    m_detail->setText(row && !row->note.isEmpty() ? model::stateText(*row) : QString());
}

void ContextsPage::connectSelected()
{
    const std::vector<std::string> names = selected();
    if (names.size() == 1)
        Q_EMIT connectAsked(model::text(names.front()));
}

void ContextsPage::focusFirst()
{
    if (m_rows.size() > 6)
        m_search->setFocus();
    else
        m_table->setFocus();
}

void ContextsPage::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape)
        Q_EMIT backAsked();
    else
        QWidget::keyPressEvent(event);
}

// Down leaves the search for the table, and Return connects from there.
bool ContextsPage::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (watched == m_search && key == Qt::Key_Down) {
            m_table->setFocus();
            return true;
        }
        if (watched == m_table && (key == Qt::Key_Return || key == Qt::Key_Enter)) {
            connectSelected();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace plimsoll::ui::shell

#include "moc_ContextsPage.cpp"
