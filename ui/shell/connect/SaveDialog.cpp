// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/connect/SaveDialog.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QLineEdit>
#include <QProgressBar>
#include <QRadioButton>
#include <QRegularExpression>
#include <QSettings>
#include <QTimer>
#include <QVBoxLayout>

#include "ui/model/OverviewData.h"
#include "ui/model/Text.h"
#include "ui/view/report/Export.h"
#include "ui/widget/Parts.h"

namespace plimsoll::ui::shell {

namespace {

using namespace widget;

QString saveSlot()
{
    return QStringLiteral("save");
}

QLineEdit* field(const QString& accessibleName, QWidget* parent)
{
    auto* result = new QLineEdit(parent);
    result->setAccessibleName(accessibleName);
    return result;
}

} // namespace

QString snapshotNameOf(const OpenRequest& source, const assess::Assessment& assessment)
{
    const snapshot::Origin& origin = assessment.cluster->snapshot().origin();
    const QString base = !origin.context.empty() ? model::text(origin.context)
        : source.live                            ? model::text(source.live->target.context)
                                                 : model::clusterTitle(*assessment.cluster);
    QString name;
    for (const QChar c : base)
        name += c.isLetterOrNumber() || c == QLatin1Char('-') || c == QLatin1Char('_') ? c : QLatin1Char('-');
    name = name.left(60);
    const auto time = origin.capturedTo ? origin.capturedTo : assessment.assessedAt;
    if (time)
        name += QLatin1Char('-') + model::text(formatDate(*time));
    return name + QStringLiteral(".plimsoll");
}

SaveDialog::SaveDialog(const OpenRequest& source, const assess::Assessment& assessment, const LiveBackend& backend,
    Jobs& jobs, QWidget* parent)
    : QDialog(parent)
    , m_source(source)
    , m_backend(backend)
    , m_jobs(jobs)
    , m_capturedRedaction(assessment.cluster->snapshot().origin().redaction)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Save snapshot"));
    resize(680, 560);
    const QString folder = QSettings().value(QStringLiteral("snapshot/folder")).toString();
    build((folder.isEmpty() ? QDir::homePath() : folder) + QLatin1Char('/') + snapshotNameOf(source, assessment));
    connect(&m_jobs, &Jobs::changed, this, &SaveDialog::tick);
    updateState();
}

void SaveDialog::build(const QString& suggestion)
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::xl, space::l, space::xl, space::l);
    column->setSpacing(space::m);
    column->addWidget(label(tr("Save snapshot"), TextStyle::Heading, this));
    QLabel* lead = mutedLabel(tr("One file with everything that was read, to be opened later, offline, by anybody with "
                                 "Plimsoll. It is an ordinary ZIP of JSON."),
        this);
    lead->setWordWrap(true);
    column->addWidget(lead);
    m_form = new QWidget(this);
    auto* form = new QVBoxLayout(m_form);
    form->setContentsMargins(0, 0, 0, 0);
    form->setSpacing(space::s);
    form->addWidget(label(tr("File"), TextStyle::Strong, m_form));
    auto* file = new QHBoxLayout;
    m_path = field(tr("File to save to"), m_form);
    m_path->setText(suggestion);
    QPushButton* browse = button(tr("Choose\u2026"), "", m_form);
    file->addWidget(m_path, 1);
    file->addWidget(browse);
    form->addLayout(file);
    form->addSpacing(space::s);
    form->addWidget(label(tr("Redaction"), TextStyle::Strong, m_form));
    m_redaction = comboBox(tr("Redaction"), m_form);
    if (m_capturedRedaction < 2)
        m_redaction->addItem(tr("No secret values: names, images and settings are as in the cluster"), 1);
    m_redaction->addItem(tr("To share: names, hosts and addresses replaced throughout, the same for the same"), 2);
    form->addWidget(m_redaction);
    form->addSpacing(space::s);
    buildSeal(form);
    column->addWidget(m_form);
    column->addStretch(1);
    m_problem = wrappedLabel({}, this);
    m_problem->hide();
    column->addWidget(m_problem);
    m_bar = new QProgressBar(this);
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(tr("Progress of saving"));
    m_bar->hide();
    column->addWidget(m_bar);
    auto* buttons = new QHBoxLayout;
    m_cancel = button(tr("Cancel"), "", this);
    m_save = button(tr("Save"), "primary", this);
    m_save->setDefault(true);
    buttons->addStretch(1);
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_save);
    column->addLayout(buttons);
    connect(browse, &QPushButton::clicked, this, &SaveDialog::choosePath);
    connect(m_save, &QPushButton::clicked, this, &SaveDialog::save);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        if (!m_isWorking) {
            close();
            return;
        }
        m_jobs.cancel(this, saveSlot());
        setWorking(false);
        showProblem(tr("Cancelled. Nothing was written."));
    });
    connect(m_path, &QLineEdit::textChanged, this, [this] {
        m_mayReplace = false;
        updateState();
    });
}

void SaveDialog::buildSeal(QVBoxLayout* form)
{
    form->addWidget(label(tr("Signature"), TextStyle::Strong, m_form));
    auto* sign = new QHBoxLayout;
    m_key = field(tr("Key file to sign with"), m_form);
    m_key->setPlaceholderText(tr("not signed; a key file: openssl genpkey -algorithm ed25519 -out key.pem"));
    QPushButton* choose = button(tr("Choose key\u2026"), "", m_form);
    sign->addWidget(m_key, 1);
    sign->addWidget(choose);
    form->addLayout(sign);
    form->addSpacing(space::s);
    form->addWidget(label(tr("Encryption"), TextStyle::Strong, m_form));
    m_plain = new QRadioButton(tr("None: whoever has the file can read it"), m_form);
    m_withPassphrase = new QRadioButton(tr("With a passphrase"), m_form);
    m_withRecipients = new QRadioButton(tr("For the owners of age keys"), m_form);
    m_passphrase = field(tr("Passphrase"), m_form);
    m_passphrase->setEchoMode(QLineEdit::Password);
    m_passphrase->setPlaceholderText(tr("Passphrase"));
    m_again = field(tr("Passphrase once more"), m_form);
    m_again->setEchoMode(QLineEdit::Password);
    m_again->setPlaceholderText(tr("Once more"));
    m_recipients = field(tr("Public age keys, separated by spaces"), m_form);
    m_recipients->setPlaceholderText(QStringLiteral("age1\u2026 age1\u2026"));
    auto* twice = new QHBoxLayout;
    twice->setContentsMargins(space::xl, 0, 0, 0);
    twice->addWidget(m_passphrase);
    twice->addWidget(m_again);
    auto* keys = new QHBoxLayout;
    keys->setContentsMargins(space::xl, 0, 0, 0);
    keys->addWidget(m_recipients);
    form->addWidget(m_plain);
    form->addWidget(m_withPassphrase);
    form->addLayout(twice);
    form->addWidget(m_withRecipients);
    form->addLayout(keys);
    m_plain->setChecked(true);
    connect(choose, &QPushButton::clicked, this, [this] {
        const QString path = QFileDialog::getOpenFileName(
            this, tr("Choose the key to sign with"), {}, tr("PEM keys (*.pem *.key);;All files (*)"));
        if (!path.isEmpty())
            m_key->setText(path);
    });
    for (QRadioButton* way : { m_plain, m_withPassphrase, m_withRecipients })
        connect(way, &QRadioButton::toggled, this, &SaveDialog::updateState);
    for (QLineEdit* edit : { m_passphrase, m_again, m_recipients })
        connect(edit, &QLineEdit::textChanged, this, &SaveDialog::updateState);
}

void SaveDialog::choosePath()
{
    // Whether an existing file may go is asked here, once, whichever way its name came.
    const QString path = QFileDialog::getSaveFileName(this, tr("Save snapshot"), m_path->text(),
        tr("Plimsoll snapshots (*.plimsoll)"), nullptr, QFileDialog::DontConfirmOverwrite);
    if (!path.isEmpty())
        m_path->setText(path);
}

void SaveDialog::updateState()
{
    m_passphrase->setEnabled(m_withPassphrase->isChecked());
    m_again->setEnabled(m_withPassphrase->isChecked());
    m_recipients->setEnabled(m_withRecipients->isChecked());
    const bool isDifferent
        = m_withPassphrase->isChecked() && !m_again->text().isEmpty() && m_again->text() != m_passphrase->text();
    if (isDifferent && !m_passphrase->text().startsWith(m_again->text()))
        showProblem(tr("The two passphrases are not the same."));
    else
        showProblem({});
    const bool isSealable = m_plain->isChecked()
        || (m_withPassphrase->isChecked() && !m_passphrase->text().isEmpty() && !isDifferent
            && !m_again->text().isEmpty())
        || (m_withRecipients->isChecked() && !m_recipients->text().trimmed().isEmpty());
    m_save->setText(m_mayReplace ? tr("Replace the file") : tr("Save"));
    m_save->setEnabled(!m_isWorking && isSealable && !m_path->text().trimmed().isEmpty());
}

void SaveDialog::save()
{
    const QFileInfo target(m_path->text());
    if (target.exists() && !m_mayReplace) {
        m_mayReplace = true;
        updateState();
        showProblem(tr("%1 exists. Press \u201cReplace the file\u201d to put this snapshot in its place.")
                        .arg(target.fileName()));
        return;
    }
    QSettings().setValue(QStringLiteral("snapshot/folder"), target.absolutePath());
    snapshot::SealOptions seal;
    if (m_withPassphrase->isChecked())
        seal.passphrase = m_passphrase->text().toStdString();
    if (m_withRecipients->isChecked()) {
        const auto keys
            = m_recipients->text().split(QRegularExpression(QStringLiteral("[,;\\s]+")), Qt::SkipEmptyParts);
        for (const QString& key : keys)
            seal.recipients.push_back(key.toStdString());
    }
    run(std::move(seal));
}

void SaveDialog::run(snapshot::SealOptions seal)
{
    setWorking(true);
    snapshot::CollectOptions options;
    options.tool = toolName();
    options.redaction = m_redaction->currentData().toUInt();
    const bool isAsCaptured = m_source.live && options.redaction == m_capturedRedaction;
    m_jobs.run<Result<void>>(
        this,
        { .slot = saveSlot(),
            .title = tr("Saving %1").arg(QFileInfo(m_path->text()).fileName()),
            .isCancellable = true,
            .cancelled =
                [this] {
                    setWorking(false);
                    showProblem(tr("Cancelled. Nothing was written."));
                } },
        [seal, options, isAsCaptured, source = m_source, write = m_backend.save, key = m_key->text().toStdString(),
            path = m_path->text().toStdString(), &pool = m_jobs.pool()](Progress& progress) mutable -> Result<void> {
            if (!key.empty()) {
                auto read = snapshot::readSigningKey(key);
                if (!read)
                    return std::unexpected(read.error());
                seal.sign = *read;
            }
            if (isAsCaptured)
                return write(*source.live->bytes, path, seal, progress);
            auto captured
                = snapshot::collectSources(sourcesOf(source), options, pool, progress, importOptionsOf(source));
            if (!captured)
                return std::unexpected(captured.error());
            return captured->writer->toFile(path, captured->origin, captured->notCollected, seal, progress);
        },
        [this](const Result<void>& written) { finished(written); });
}

void SaveDialog::finished(const Result<void>& written)
{
    setWorking(false);
    if (!written) {
        showProblem(model::errorText(written.error()));
        return;
    }
    Q_EMIT saved(m_path->text());
    close();
}

void SaveDialog::showProblem(const QString& problem)
{
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
}

void SaveDialog::setWorking(bool isWorking)
{
    m_isWorking = isWorking;
    m_form->setEnabled(!isWorking);
    m_bar->setVisible(isWorking);
    m_bar->setRange(0, 0);
    updateState();
}

void SaveDialog::tick()
{
    const auto job = m_jobs.running(this, saveSlot());
    if (!job || job->state.total == 0)
        return;
    m_bar->setRange(0, 1000);
    m_bar->setValue(static_cast<int>(std::min<std::uint64_t>(1000, job->state.done * 1000 / job->state.total)));
}

} // namespace plimsoll::ui::shell

#include "moc_SaveDialog.cpp"
