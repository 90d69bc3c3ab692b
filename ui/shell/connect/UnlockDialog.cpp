// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/connect/UnlockDialog.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QLineEdit>
#include <QVBoxLayout>

#include "ui/shell/connect/Notice.h"
#include "ui/widget/Parts.h"

namespace plimsoll::ui::shell {

using namespace widget;

UnlockDialog::UnlockDialog(const QString& file, FileNature nature, const QString& problem, QWidget* parent)
    : QDialog(parent)
    , m_field(new QLineEdit(this))
    , m_open(button(tr("Open"), "primary", this))
{
    const bool isPassphrase = nature == FileNature::PassphraseEncrypted;
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Encrypted snapshot"));
    setMinimumWidth(520);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::xl, space::l, space::xl, space::l);
    column->setSpacing(space::m);
    column->addWidget(label(tr("%1 is encrypted").arg(QFileInfo(file).fileName()), TextStyle::Heading, this));
    if (!problem.isEmpty())
        column->addWidget(new Notice(Notice::Kind::Warning, problem, this));
    column->addWidget(wrappedLabel(isPassphrase
            ? tr("Whoever saved it chose a passphrase. Ask them for it by another way than the file came.")
            : tr("It opens with the age identity of one of those it was made for: the file that age-keygen wrote."),
        this));
    auto* line = new QHBoxLayout;
    m_field->setAccessibleName(isPassphrase ? tr("Passphrase") : tr("Identity file"));
    m_field->setPlaceholderText(m_field->accessibleName());
    line->addWidget(m_field, 1);
    if (isPassphrase) {
        m_field->setEchoMode(QLineEdit::Password);
    } else {
        QPushButton* browse = button(tr("Choose\u2026"), "", this);
        line->addWidget(browse);
        connect(browse, &QPushButton::clicked, this, [this] {
            const QString path = QFileDialog::getOpenFileName(this, tr("Choose the identity file"));
            if (!path.isEmpty())
                m_field->setText(path);
        });
    }
    column->addLayout(line);
    column->addStretch(1);
    auto* buttons = new QHBoxLayout;
    QPushButton* cancel = button(tr("Cancel"), "", this);
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_open);
    column->addLayout(buttons);
    m_open->setDefault(true);
    m_open->setEnabled(false);
    m_field->setFocus();
    connect(
        m_field, &QLineEdit::textChanged, this, [this](const QString& text) { m_open->setEnabled(!text.isEmpty()); });
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_open, &QPushButton::clicked, this, [this, isPassphrase] {
        if (isPassphrase)
            Q_EMIT passphraseGiven(m_field->text());
        else
            Q_EMIT identityGiven(m_field->text());
        accept();
    });
}

} // namespace plimsoll::ui::shell

#include "moc_UnlockDialog.cpp"
