// SPDX-License-Identifier: Apache-2.0
#include "ui/widget/Parts.h"

#include <algorithm>

#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QLocale>
#include <QPainter>
#include <QResizeEvent>
#include <QStyle>
#include <QStyleOptionButton>
#include <QTimer>
#include <QWidgetAction>

#include <QMenu>

#include "ui/widget/Icons.h"

namespace plimsoll::ui::widget {

QLabel* label(const QString& text, TextStyle style, QWidget* parent)
{
    auto* result = new QLabel(parent);
    result->setTextFormat(Qt::PlainText);
    result->setText(text);
    result->setFont(font(style));
    return result;
}

QLabel* mutedLabel(const QString& text, QWidget* parent)
{
    QLabel* result = label(text, TextStyle::Body, parent);
    setRole(result, "muted");
    return result;
}

QLabel* wrappedLabel(const QString& text, QWidget* parent)
{
    QLabel* result = label(text, TextStyle::Body, parent);
    result->setWordWrap(true);
    result->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return result;
}

QFrame* line(QWidget* parent)
{
    auto* result = new QFrame(parent);
    setRole(result, "line");
    return result;
}

QPushButton* button(const QString& text, const char* role, QWidget* parent)
{
    auto* result = new QPushButton(text, parent);
    setRole(result, role);
    result->setCursor(Qt::PointingHandCursor);
    result->setAutoDefault(false);
    return result;
}

QToolButton* flatButton(const QString& iconName, const QString& accessibleName, QWidget* parent)
{
    auto* result = new QToolButton(parent);
    setRole(result, "flat");
    setIconName(result, iconName);
    result->setIconSize(QSize(18, 18));
    result->setAccessibleName(accessibleName);
    result->setToolTip(accessibleName);
    return result;
}

void setIconName(QObject* target, const QString& iconName)
{
    target->setProperty("iconName", iconName);
    if (auto* button = qobject_cast<QAbstractButton*>(target))
        button->setIcon(icon(iconName));
    else if (auto* action = qobject_cast<QAction*>(target))
        action->setIcon(icon(iconName));
}

void refreshIcons(QObject* root)
{
    const auto children = root->findChildren<QObject*>();
    for (QObject* child : children) {
        const QString name = child->property("iconName").toString();
        if (!name.isEmpty())
            setIconName(child, name);
    }
}

void setRole(QWidget* widget, const char* role)
{
    widget->setProperty("role", QString::fromLatin1(role));
}

QString grouped(quint64 number)
{
    return QLocale(QLocale::English).toString(number);
}

QString counted(quint64 number, const QString& one, const QString& many)
{
    return number == 1 ? one : many.arg(grouped(number));
}

namespace {

class ArrowComboBox final : public QComboBox {
public:
    using QComboBox::QComboBox;

protected:
    void paintEvent(QPaintEvent* event) override
    {
        QComboBox::paintEvent(event);
        QPainter painter(this);
        painter.drawPixmap(width() - 24, (height() - 16) / 2,
            iconPixmap(QStringLiteral("down"), isEnabled() ? theme().textMuted : theme().borderStrong, 16,
                devicePixelRatioF()));
    }
};

class TickedCheckBox final : public QCheckBox {
public:
    using QCheckBox::QCheckBox;

protected:
    void paintEvent(QPaintEvent* event) override
    {
        QCheckBox::paintEvent(event);
        if (!isChecked())
            return;
        QStyleOptionButton option;
        initStyleOption(&option);
        const QRect box = style()->subElementRect(QStyle::SE_CheckBoxIndicator, &option, this);
        QPainter painter(this);
        painter.drawPixmap(box.center() - QPoint(6, 6),
            iconPixmap(QStringLiteral("check"), theme().textOnAccent, 13, devicePixelRatioF()));
    }
};

} // namespace

QCheckBox* checkBox(const QString& text, QWidget* parent)
{
    return new TickedCheckBox(text, parent);
}

QComboBox* comboBox(const QString& accessibleName, QWidget* parent)
{
    auto* result = new ArrowComboBox(parent);
    result->setAccessibleName(accessibleName);
    return result;
}

void clearLayout(QLayout* layout)
{
    while (QLayoutItem* item = layout->takeAt(0)) {
        if (QLayout* inner = item->layout())
            clearLayout(inner);
        if (QWidget* widget = item->widget()) {
            widget->hide();
            widget->deleteLater();
        }
        delete item;
    }
}

Card::Card(const QString& title, QWidget* parent)
    : QFrame(parent)
    , m_title(label(title, TextStyle::Heading, this))
    , m_head(new QHBoxLayout)
    , m_content(new QVBoxLayout)
{
    setRole(this, "card");
    setAccessibleName(title);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(space::l, space::m, space::l, space::l);
    outer->setSpacing(space::m);
    m_head->setSpacing(space::s);
    m_head->addWidget(m_title);
    m_head->addStretch(1);
    outer->addLayout(m_head);
    m_content->setSpacing(space::s);
    outer->addLayout(m_content, 1);
}

void Card::setCorner(QWidget* widget)
{
    m_head->addWidget(widget);
}

ElidedLabel::ElidedLabel(Qt::TextElideMode mode, QWidget* parent)
    : QLabel(parent)
    , m_mode(mode)
{
    setTextFormat(Qt::PlainText);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void ElidedLabel::setFullText(const QString& text)
{
    m_text = text;
    setAccessibleName(text);
    setToolTip(text.toHtmlEscaped()); // tool tips read markup; cluster text has none
    updateGeometry();
    elide();
}

QSize ElidedLabel::minimumSizeHint() const
{
    return QSize(fontMetrics().averageCharWidth() * 6, QLabel::minimumSizeHint().height());
}

void ElidedLabel::resizeEvent(QResizeEvent* event)
{
    QLabel::resizeEvent(event);
    elide();
}

void ElidedLabel::elide()
{
    setText(fontMetrics().elidedText(m_text, m_mode, std::max(10, contentsRect().width())));
}

EmptyState::EmptyState(const QString& iconName, const QString& title, const QString& text, QWidget* parent)
    : QWidget(parent)
    , m_iconName(iconName)
    , m_icon(new QLabel(this))
    , m_title(label(title, TextStyle::Heading, this))
    , m_text(mutedLabel(text, this))
    , m_actions(new QHBoxLayout)
{
    auto* outer = new QVBoxLayout(this);
    outer->setSpacing(space::s);
    outer->addStretch(2);
    m_icon->setAlignment(Qt::AlignCenter);
    m_icon->setPixmap(iconPixmap(iconName, theme().borderStrong, 48, devicePixelRatioF()));
    m_title->setAlignment(Qt::AlignCenter);
    m_text->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    m_text->setWordWrap(true);
    m_text->setMinimumHeight(m_text->fontMetrics().lineSpacing() * 3);
    outer->addWidget(m_icon);
    outer->addWidget(m_title);
    outer->addWidget(m_text);
    m_actions->setSpacing(space::s);
    m_actions->addStretch(1);
    m_actions->addStretch(1);
    outer->addLayout(m_actions);
    outer->addStretch(3);
}

void EmptyState::setTexts(const QString& title, const QString& text)
{
    m_title->setText(title);
    m_text->setText(text);
}

void EmptyState::addAction(QPushButton* action)
{
    m_actions->insertWidget(m_actions->count() - 1, action);
}

void EmptyState::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange)
        m_icon->setPixmap(iconPixmap(m_iconName, theme().borderStrong, 48, devicePixelRatioF()));
    QWidget::changeEvent(event);
}

CodeBlock::CodeBlock(const QString& title, QWidget* parent)
    : QFrame(parent)
    , m_text(label({}, TextStyle::Code, this))
    , m_copy(new QToolButton(this))
{
    setRole(this, "card");
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(space::m, space::s, space::s, space::m);
    outer->setSpacing(space::s);
    auto* head = new QHBoxLayout;
    head->addWidget(label(title, TextStyle::Strong, this), 1);
    setRole(m_copy, "button");
    m_copy->setText(tr("Copy"));
    m_copy->setAccessibleName(tr("Copy: %1").arg(title));
    head->addWidget(m_copy);
    outer->addLayout(head);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->setAccessibleName(title);
    setRole(m_text, "code");
    outer->addWidget(m_text);
    connect(m_copy, &QToolButton::clicked, this, [this] {
        QApplication::clipboard()->setText(m_code);
        m_copy->setText(tr("Copied"));
        QTimer::singleShot(1500, this, [this] { m_copy->setText(tr("Copy")); });
    });
}

void CodeBlock::setCode(const QString& code)
{
    m_code = code;
    m_text->setText(code);
    setVisible(!code.isEmpty());
}

ChoiceChip::ChoiceChip(const QString& name, QWidget* parent)
    : QToolButton(parent)
    , m_name(name)
{
    setRole(this, "chip");
    setToolButtonStyle(Qt::ToolButtonTextOnly);
    updateText();
    connect(this, &QToolButton::clicked, this, &ChoiceChip::openList);
}

void ChoiceChip::setChoices(std::vector<Choice> choices)
{
    m_choices = std::move(choices);
    updateText();
}

void ChoiceChip::setChosen(const QStringList& ids)
{
    m_chosen = ids;
    m_chosen.sort();
    updateText();
}

void ChoiceChip::updateText()
{
    QString text = m_name;
    if (m_chosen.size() == 1) {
        const auto found = std::ranges::find(m_choices, m_chosen.front(), &Choice::id);
        const QString shown = found == m_choices.end() ? m_chosen.front() : found->text;
        text = m_name + QStringLiteral(": ") + fontMetrics().elidedText(shown, Qt::ElideRight, 180);
    } else if (!m_chosen.isEmpty()) {
        text = m_name + QStringLiteral(": ") + QString::number(m_chosen.size());
    }
    setText(text + QStringLiteral("  \u25be"));
    setAccessibleName(tr("Filter by %1").arg(m_name) + (m_chosen.isEmpty() ? QString() : QStringLiteral(", ") + text));
    setProperty("active", !m_chosen.isEmpty());
    style()->unpolish(this);
    style()->polish(this);
}

void ChoiceChip::openList()
{
    QMenu menu(this);
    auto* body = new QWidget(&menu);
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(space::xs, space::xs, space::xs, space::xs);
    auto* search = new QLineEdit(body);
    search->setPlaceholderText(tr("Find"));
    search->setAccessibleName(tr("Find in %1").arg(m_name));
    auto* list = new QListWidget(body);
    setRole(list, "bare");
    list->setAccessibleName(m_name);
    list->setMinimumSize(280, std::min(320, 36 + 34 * static_cast<int>(m_choices.size())));
    for (const Choice& choice : m_choices) {
        auto* item = new QListWidgetItem(
            choice.count < 0 ? choice.text : choice.text + QStringLiteral("   ") + QString::number(choice.count), list);
        item->setData(Qt::UserRole, choice.id);
        item->setFlags(Qt::ItemIsUserCheckable | Qt::ItemIsEnabled | Qt::ItemIsSelectable);
        item->setCheckState(m_chosen.contains(choice.id) ? Qt::Checked : Qt::Unchecked);
    }
    auto* all = button(tr("Clear"), "link", body);
    layout->addWidget(search);
    layout->addWidget(list);
    layout->addWidget(all);
    search->setVisible(m_choices.size() > 8);
    connect(search, &QLineEdit::textChanged, list, [list](const QString& text) {
        for (int row = 0; row < list->count(); ++row)
            list->item(row)->setHidden(!list->item(row)->text().contains(text, Qt::CaseInsensitive));
    });
    const auto collect = [this, list] {
        QStringList ids;
        for (int row = 0; row < list->count(); ++row) {
            if (list->item(row)->checkState() == Qt::Checked)
                ids.append(list->item(row)->data(Qt::UserRole).toString());
        }
        setChosen(ids);
        Q_EMIT chosenChanged(m_chosen);
    };
    connect(list, &QListWidget::itemChanged, this, collect);
    connect(list, &QListWidget::itemActivated, list, [](QListWidgetItem* item) {
        item->setCheckState(item->checkState() == Qt::Checked ? Qt::Unchecked : Qt::Checked);
    });
    connect(all, &QPushButton::clicked, &menu, [this, &menu] {
        setChosen({});
        Q_EMIT chosenChanged(m_chosen);
        menu.close();
    });
    auto* action = new QWidgetAction(&menu);
    action->setDefaultWidget(body);
    menu.addAction(action);
    if (search->isVisibleTo(body))
        search->setFocus();
    else
        list->setFocus();
    menu.exec(mapToGlobal(QPoint(0, height() + 4)));
}

SeverityChip::SeverityChip(int severity, QWidget* parent)
    : QToolButton(parent)
    , m_severity(severity)
    , m_count(QStringLiteral("0"))
{
    setCheckable(true);
    setChecked(true);
    setCursor(Qt::PointingHandCursor);
    setToolTip(tr("Show or hide %1 findings").arg(severityName(severity).toLower()));
    setCount(0);
}

void SeverityChip::setCount(quint64 count)
{
    m_count = grouped(count);
    setAccessibleName(tr("%1: %2").arg(severityName(m_severity), m_count));
    updateGeometry();
    update();
}

QSize SeverityChip::sizeHint() const
{
    return QSize(fontMetrics().horizontalAdvance(m_count) + 42, 28);
}

void SeverityChip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF body = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    const bool isLit = underMouse() || hasFocus();
    painter.setPen(isLit ? theme().accent : theme().borderStrong);
    painter.setBrush(isLit ? theme().accentSoft : theme().surface);
    painter.drawRoundedRect(body, body.height() / 2, body.height() / 2);
    painter.setOpacity(isChecked() ? 1.0 : 0.35);
    const qreal side = height() - 10;
    paintSeverityBadge(painter, QRectF(7, 5, side, side), m_severity);
    painter.setFont(widget::font(TextStyle::Strong));
    painter.setPen(theme().text);
    painter.drawText(rect().adjusted(12 + static_cast<int>(side), 0, -8, 0), Qt::AlignVCenter | Qt::AlignLeft, m_count);
}

FlowLayout::FlowLayout(int spacing, QWidget* parent)
    : QLayout(parent)
    , m_spacing(spacing)
{
    setContentsMargins(0, 0, 0, 0);
}

FlowLayout::~FlowLayout()
{
    for (QLayoutItem* item : m_items)
        delete item;
}

void FlowLayout::addItem(QLayoutItem* item)
{
    m_items.push_back(item);
}

int FlowLayout::count() const
{
    return static_cast<int>(m_items.size());
}

QLayoutItem* FlowLayout::itemAt(int index) const
{
    return index >= 0 && index < count() ? m_items[static_cast<std::size_t>(index)] : nullptr;
}

QLayoutItem* FlowLayout::takeAt(int index)
{
    if (index < 0 || index >= count())
        return nullptr;
    QLayoutItem* item = m_items[static_cast<std::size_t>(index)];
    m_items.erase(m_items.begin() + index);
    return item;
}

int FlowLayout::heightForWidth(int width) const
{
    return arrange(QRect(0, 0, width, 0), true);
}

QSize FlowLayout::minimumSize() const
{
    QSize size;
    for (const QLayoutItem* item : m_items)
        size = size.expandedTo(item->minimumSize());
    return size;
}

void FlowLayout::setGeometry(const QRect& rect)
{
    QLayout::setGeometry(rect);
    arrange(rect, false);
}

int FlowLayout::arrange(const QRect& rect, bool isTrial) const
{
    int x = rect.x();
    int y = rect.y();
    int lineHeight = 0;
    for (QLayoutItem* item : m_items) {
        if (item->isEmpty())
            continue;
        const QSize size = item->sizeHint();
        if (x > rect.x() && x + size.width() > rect.right() + 1) {
            x = rect.x();
            y += lineHeight + m_spacing;
            lineHeight = 0;
        }
        if (!isTrial)
            item->setGeometry(QRect(QPoint(x, y), size));
        x += size.width() + m_spacing;
        lineHeight = std::max(lineHeight, size.height());
    }
    return y + lineHeight - rect.y();
}

} // namespace plimsoll::ui::widget

#include "moc_Parts.cpp"
