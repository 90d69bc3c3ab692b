// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/connect/PreflightPage.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QGridLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QRadioButton>
#include <QRegularExpression>
#include <QTimer>
#include <QVBoxLayout>

#include "ui/model/Text.h"
#include "ui/shell/connect/Notice.h"
#include "ui/shell/connect/RoleFile.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Table.h"

namespace plimsoll::ui::shell {

using namespace widget;

PreflightPage::PreflightPage(QWidget* parent)
    : QWidget(parent)
    , m_title(label({}, TextStyle::Title, this))
    , m_notices(new QVBoxLayout)
    , m_identity(new QVBoxLayout)
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::xl, space::xl, space::xl, space::l);
    column->setSpacing(space::m);
    column->addWidget(m_title);
    m_notices->setSpacing(space::xs);
    column->addLayout(m_notices);
    auto* across = new QHBoxLayout;
    across->setSpacing(space::l);
    auto* left = new QVBoxLayout;
    left->setSpacing(space::l);
    auto* who = new Card(tr("Connection"), this);
    m_identity->setSpacing(space::s);
    who->content()->addLayout(m_identity);
    left->addWidget(who);
    buildScope(left);
    left->addStretch(1);
    across->addLayout(left, 2);
    auto* right = new QVBoxLayout;
    buildAccess(right);
    across->addLayout(right, 3);
    column->addLayout(across, 1);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(space::s);
    QPushButton* other = button(tr("Other context"), "", this);
    m_collect = button(tr("Collect and assess"), "primary", this);
    buttons->addWidget(other);
    buttons->addStretch(1);
    buttons->addWidget(m_collect);
    column->addLayout(buttons);
    connect(other, &QPushButton::clicked, this, &PreflightPage::otherContextAsked);
    connect(m_collect, &QPushButton::clicked, this, &PreflightPage::collectAsked);
    updateScope();
}

void PreflightPage::buildScope(QVBoxLayout* column)
{
    auto* card = new Card(tr("What to collect"), this);
    m_allNamespaces = new QRadioButton(tr("All namespaces and what belongs to none"), card);
    m_someNamespaces = new QRadioButton(tr("Only these namespaces:"), card);
    m_namespaces = new QLineEdit(card);
    m_namespaces->setPlaceholderText(tr("shop, payments"));
    m_namespaces->setAccessibleName(tr("Namespaces, separated by commas"));
    m_again = button(tr("Check again"), "", card);
    m_again->setToolTip(tr("Asks the server what can be read in these namespaces"));
    m_redaction = comboBox(tr("Redaction"), card);
    m_redaction->addItem(tr("No secret values"), 1);
    m_redaction->addItem(tr("To share: names, hosts and addresses replaced"), 2);
    card->content()->addWidget(m_allNamespaces);
    card->content()->addWidget(m_someNamespaces);
    auto* line = new QHBoxLayout;
    line->setContentsMargins(space::xl, 0, 0, 0);
    line->addWidget(m_namespaces, 1);
    line->addWidget(m_again);
    card->content()->addLayout(line);
    card->content()->addSpacing(space::s);
    card->content()->addWidget(label(tr("Redaction"), TextStyle::Strong, card));
    card->content()->addWidget(m_redaction);
    column->addWidget(card);
    m_allNamespaces->setChecked(true);
    connect(m_someNamespaces, &QRadioButton::toggled, this, &PreflightPage::updateScope);
    connect(m_namespaces, &QLineEdit::textChanged, this, &PreflightPage::updateScope);
    connect(m_namespaces, &QLineEdit::returnPressed, m_again, &QPushButton::click);
    connect(m_again, &QPushButton::clicked, this, &PreflightPage::checkAgainAsked);
}

void PreflightPage::buildAccess(QVBoxLayout* column)
{
    auto* card = new Card(tr("What these credentials can read"), this);
    m_summary = wrappedLabel({}, card);
    card->content()->addWidget(m_summary);
    m_onlyMissing = checkBox(tr("Show only what cannot be read everywhere"), card);
    card->content()->addWidget(m_onlyMissing);
    m_model = new model::AccessModel(this);
    m_table = new Table(card);
    m_table->setAccessibleName(tr("What these credentials can read"));
    m_table->setModel(m_model);
    m_table->setSortingEnabled(true);
    m_table->header()->setSortIndicator(2, Qt::AscendingOrder);
    const int widths[] = { 220, 190, 110 };
    for (int i = 0; i < 3; ++i)
        m_table->setColumnWidth(i, widths[i]);
    card->content()->addWidget(m_table, 1);
    auto* role = new QHBoxLayout;
    role->setSpacing(space::s);
    m_copyRole = button(tr("Copy ClusterRole for an administrator"), "", card);
    m_copyRole->setToolTip(tr("YAML with everything a review reads and nothing else: only get, list and watch"));
    auto* save = button(tr("Save as YAML\u2026"), "", card);
    m_withSecrets = checkBox(tr("with Secrets"), card);
    m_withSecrets->setToolTip(tr("Listing Secrets shows their values to who may do it. Plimsoll drops them while "
                                 "reading, and does without when it is not allowed."));
    role->addWidget(m_copyRole);
    role->addWidget(save);
    role->addWidget(m_withSecrets);
    role->addStretch(1);
    card->content()->addLayout(role);
    column->addWidget(card, 1);
    connect(m_onlyMissing, &QCheckBox::toggled, this, &PreflightPage::filter);
    connect(m_copyRole, &QPushButton::clicked, this, [this] {
        QApplication::clipboard()->setText(roleYaml());
        m_copyRole->setText(tr("Copied"));
        QTimer::singleShot(1500, this, [this] { m_copyRole->setText(tr("Copy ClusterRole for an administrator")); });
    });
    connect(save, &QPushButton::clicked, this, &PreflightPage::saveRole);
    connect(m_table, &Table::copyRequested, this,
        [this] { QApplication::clipboard()->setText(m_table->selectionAsText()); });
}

void PreflightPage::showFound(const LiveSession& session, const LivePreflight& preflight)
{
    m_title->setText(tr("Connected to %1").arg(model::lineText(session.login.contextName)));
    m_missingRole = preflight.found.auditorRole;
    clearLayout(m_notices);
    if (session.login.skipsTlsVerify) {
        m_notices->addWidget(new Notice(Notice::Kind::Alarm,
            tr("The identity of this server is NOT verified: the kubeconfig says insecure-skip-tls-verify. Whoever is "
               "between you and the cluster can read your credentials and change what you see. Put the cluster's "
               "certificate authority into the kubeconfig instead."),
            this));
    }
    for (const std::string& warning : session.login.warnings) {
        if (!session.login.skipsTlsVerify || warning.find("identity") == std::string::npos)
            m_notices->addWidget(new Notice(Notice::Kind::Warning, model::lineText(warning), this));
    }
    showIdentity(session, preflight);
    m_rows = model::accessRows(preflight.found);
    quint64 readable = 0;
    quint64 unknown = 0;
    for (const model::AccessRow& row : m_rows) {
        readable += row.rank == 3 ? 1 : 0;
        unknown += row.rank == 2 ? 1 : 0;
    }
    const quint64 missing = m_rows.size() - readable - unknown;
    QString summary = tr("%1 of %2 kinds can be read.").arg(readable).arg(m_rows.size());
    if (missing > 0)
        summary += QLatin1Char(' ')
            + tr("%1 cannot, or only in part: controls that need them come out as \u201cnot assessed\u201d, never as "
                 "passed.")
                  .arg(missing);
    if (unknown > 0)
        summary += QLatin1Char(' ') + tr("Of %1 the server does not tell; they are tried.").arg(unknown);
    m_summary->setText(summary);
    m_onlyMissing->setEnabled(readable != m_rows.size());
    m_onlyMissing->setChecked(false);
    filter();
    m_collect->setFocus();
}

void PreflightPage::showIdentity(const LiveSession& session, const LivePreflight& preflight)
{
    clearLayout(m_identity);
    auto* body = new QWidget(this);
    auto* grid = new QGridLayout(body);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(space::l);
    grid->setVerticalSpacing(space::s);
    grid->setColumnStretch(1, 1);
    int row = 0;
    const auto add = [&](const QString& name, const QString& text) {
        grid->addWidget(mutedLabel(name, body), row, 0, Qt::AlignTop);
        grid->addWidget(wrappedLabel(text, body), row++, 1, Qt::AlignTop);
    };
    const kube::Identity& who = preflight.found.identity;
    add(tr("You are"), who.user.empty() ? tr("not told (the server is older than 1.28)") : model::lineText(who.user));
    QStringList groups;
    for (const std::string& group : who.groups)
        groups.append(model::lineText(group));
    if (!groups.isEmpty())
        add(tr("Groups"), groups.join(QStringLiteral(", ")));
    add(tr("Server"), model::lineText(session.login.server));
    add(tr("Version"), model::lineText(preflight.found.version.gitVersion));
    QString tls;
    if (session.login.server.starts_with("http://"))
        tls = tr("not encrypted");
    else if (session.login.skipsTlsVerify)
        tls = tr("encrypted, identity NOT verified");
    else
        tls = tr("encrypted, identity verified");
    if (preflight.peer) {
        tls += QLatin1Char('\n')
            + tr("%1, valid until %2")
                  .arg(model::lineText(preflight.peer->subject), model::text(formatDate(preflight.peer->notAfter)));
    }
    add(tr("TLS"), tls);
    m_identity->addWidget(body);
}

void PreflightPage::filter()
{
    std::vector<model::AccessRow> shown;
    for (const model::AccessRow& row : m_rows) {
        if (!m_onlyMissing->isChecked() || row.rank != 3)
            shown.push_back(row);
    }
    m_model->setRows(std::move(shown));
}

snapshot::CollectOptions PreflightPage::options() const
{
    snapshot::CollectOptions options;
    options.tool = toolName();
    options.redaction = m_redaction->currentData().toUInt();
    if (m_someNamespaces->isChecked()) {
        const auto names
            = m_namespaces->text().split(QRegularExpression(QStringLiteral("[,;\\s]+")), Qt::SkipEmptyParts);
        for (const QString& name : names)
            options.namespaces.push_back(name.toStdString());
    }
    return options;
}

void PreflightPage::setOptions(const snapshot::CollectOptions& options)
{
    QStringList names;
    for (const std::string& name : options.namespaces)
        names.append(model::lineText(name));
    m_namespaces->setText(names.join(QStringLiteral(", ")));
    m_allNamespaces->setChecked(names.isEmpty());
    m_someNamespaces->setChecked(!names.isEmpty());
    m_redaction->setCurrentIndex(options.redaction == 2 ? 1 : 0);
}

void PreflightPage::updateScope()
{
    const bool isSome = m_someNamespaces->isChecked();
    m_namespaces->setEnabled(isSome);
    const bool hasNames = !options().namespaces.empty();
    m_again->setEnabled(isSome && hasNames);
    if (m_collect)
        m_collect->setEnabled(!isSome || hasNames);
}

QString PreflightPage::roleYaml() const
{
    if (!m_withSecrets->isChecked() && !m_missingRole.empty())
        return model::text(m_missingRole);
    return model::text(snapshot::auditorRoleYaml(
        m_withSecrets->isChecked() ? snapshot::SecretAccess::WithList : snapshot::SecretAccess::Without));
}

void PreflightPage::saveRole()
{
    saveRoleFile(this, roleYaml());
}

void PreflightPage::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape)
        Q_EMIT otherContextAsked();
    else
        QWidget::keyPressEvent(event);
}

} // namespace plimsoll::ui::shell

#include "moc_PreflightPage.cpp"
