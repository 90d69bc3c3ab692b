// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/connect/ConsentDialog.h"

#include <QGridLayout>
#include <QPlainTextEdit>
#include <QVBoxLayout>

#include "ui/model/Text.h"
#include "ui/widget/Parts.h"

namespace plimsoll::ui::shell {

namespace {

using namespace widget;

QPlainTextEdit* exactText(const QString& text, const QString& accessibleName, QWidget* parent)
{
    auto* result = new QPlainTextEdit(text, parent);
    result->setReadOnly(true);
    result->setFont(font(TextStyle::Code));
    result->setAccessibleName(accessibleName);
    result->setTabChangesFocus(true);
    const int lines = std::clamp(static_cast<int>(text.count(QLatin1Char('\n'))) + 1, 1, 8);
    result->setFixedHeight(result->fontMetrics().lineSpacing() * lines + 14);
    return result;
}

QString linesOf(const std::vector<std::string>& list)
{
    QStringList lines;
    for (const std::string& one : list)
        lines.append(model::lineText(one));
    return lines.join(QLatin1Char('\n'));
}

} // namespace

ConsentDialog::ConsentDialog(const kube::ExecRequest& request, QWidget* parent)
    : QDialog(parent)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Run a program to log in?"));
    resize(720, 460);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::xl, space::l, space::xl, space::l);
    column->setSpacing(space::m);
    column->addWidget(label(tr("The kubeconfig wants to run a program to log in"), TextStyle::Heading, this));
    column->addWidget(wrappedLabel(tr("It runs with all your rights on this computer. Allow it only when you trust "
                                      "where the kubeconfig came from."),
        this));
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(space::l);
    grid->setVerticalSpacing(space::s);
    grid->setColumnStretch(1, 1);
    int row = 0;
    const auto add = [&](const QString& name, const QString& text) {
        if (text.isEmpty())
            return;
        grid->addWidget(mutedLabel(name, this), row, 0, Qt::AlignTop);
        grid->addWidget(exactText(text, name, this), row++, 1);
    };
    add(tr("Kubeconfig"), model::lineText(request.kubeconfig));
    add(tr("Context, user"), model::lineText(request.context) + QStringLiteral(", ") + model::lineText(request.user));
    add(tr("Program"), model::lineText(request.path));
    add(tr("Arguments"), linesOf(request.arguments));
    add(tr("Environment"), linesOf(request.environmentNames));
    if (!request.sha256.empty())
        add(tr("SHA-256"), model::lineText(request.sha256));
    column->addLayout(grid);
    column->addStretch(1);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(space::s);
    QPushButton* cancel = button(tr("Cancel"), "", this);
    QPushButton* always = button(tr("Always for this program"), "", this);
    always->setToolTip(tr("Asks again when the program, its arguments or its environment change"));
    QPushButton* once = button(tr("Run once"), "primary", this);
    once->setToolTip(tr("For this connection, also when the cluster is collected again"));
    buttons->addWidget(cancel);
    buttons->addStretch(1);
    buttons->addWidget(always);
    buttons->addWidget(once);
    column->addLayout(buttons);
    cancel->setDefault(true);
    cancel->setFocus();
    connect(cancel, &QPushButton::clicked, this, [this] { finish(AskBridge::Answer::Refused); });
    connect(always, &QPushButton::clicked, this, [this] { finish(AskBridge::Answer::Always); });
    connect(once, &QPushButton::clicked, this, [this] { finish(AskBridge::Answer::Once); });
    connect(this, &QDialog::rejected, this, [this] { finish(AskBridge::Answer::Refused); });
}

void ConsentDialog::finish(AskBridge::Answer answer)
{
    if (m_isAnswered)
        return;
    m_isAnswered = true;
    Q_EMIT answered(answer);
    close();
}

} // namespace plimsoll::ui::shell

#include "moc_ConsentDialog.cpp"
