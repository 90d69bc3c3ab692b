// SPDX-License-Identifier: Apache-2.0
#include "ui/widget/YamlView.h"

#include <algorithm>

#include <QPainter>
#include <QScrollBar>
#include <QSyntaxHighlighter>
#include <QTextBlock>

#include "ui/widget/Theme.h"

namespace plimsoll::ui::widget {

// Colours "key: value" lines as toYaml() writes them; no grammar, only what helps the eye.
class YamlView::Highlighter final : public QSyntaxHighlighter {
public:
    using QSyntaxHighlighter::QSyntaxHighlighter;

protected:
    void highlightBlock(const QString& text) override
    {
        qsizetype at = 0;
        while (at < text.size()
            && (text[at] == QLatin1Char(' ')
                || (text[at] == QLatin1Char('-') && at + 1 < text.size() && text[at + 1] == QLatin1Char(' '))))
            ++at;
        if (at < text.size() && text[at] == QLatin1Char('#')) {
            setFormat(static_cast<int>(at), static_cast<int>(text.size() - at), theme().yamlComment);
            return;
        }
        const qsizetype colon = keyEnd(text, at);
        if (colon > at)
            setFormat(static_cast<int>(at), static_cast<int>(colon - at), theme().yamlKey);
        const qsizetype value = colon > at ? colon + 1 : at;
        const QStringView rest = QStringView(text).mid(value).trimmed();
        if (rest.isEmpty())
            return;
        const bool isPlain = rest == QLatin1String("true") || rest == QLatin1String("false")
            || rest == QLatin1String("null") || rest[0].isDigit();
        setFormat(static_cast<int>(value), static_cast<int>(text.size() - value),
            isPlain ? theme().yamlNumber : theme().yamlString);
    }

private:
    // Where a key ends: at ": " or at a colon that closes the line.
    static qsizetype keyEnd(const QString& text, qsizetype from)
    {
        for (qsizetype at = from; at < text.size(); ++at) {
            if (text[at] == QLatin1Char(':') && (at + 1 == text.size() || text[at + 1] == QLatin1Char(' ')))
                return at;
        }
        return -1;
    }
};

class YamlView::Gutter final : public QWidget {
public:
    explicit Gutter(YamlView* view)
        : QWidget(view)
        , m_view(view)
    {
    }
    QSize sizeHint() const override { return QSize(m_view->gutterWidth(), 0); }

protected:
    void paintEvent(QPaintEvent* event) override { m_view->paintGutter(event); }

private:
    YamlView* m_view;
};

YamlView::YamlView(QWidget* parent)
    : QPlainTextEdit(parent)
    , m_highlighter(new Highlighter(document()))
    , m_gutter(new Gutter(this))
{
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setFont(widget::font(TextStyle::Code));
    setUndoRedoEnabled(false);
    connect(this, &QPlainTextEdit::updateRequest, m_gutter, [this](const QRect& rect, int dy) {
        if (dy != 0)
            m_gutter->scroll(0, dy);
        else
            m_gutter->update(0, rect.y(), m_gutter->width(), rect.height());
    });
}

YamlView::~YamlView() = default;

void YamlView::setYaml(const QString& yaml, std::vector<Mark> marks, int firstNumber)
{
    m_marks = std::move(marks);
    m_firstNumber = firstNumber;
    setPlainText(yaml);
    setViewportMargins(gutterWidth(), 0, 0, 0);
    const QRect area = contentsRect();
    m_gutter->setGeometry(area.left(), area.top(), gutterWidth(), area.height());
    colour();
    if (!m_marks.empty())
        showMark(0);
}

void YamlView::showMark(std::size_t mark)
{
    if (mark >= m_marks.size())
        return;
    const QTextBlock block = document()->findBlockByNumber(m_marks[mark].firstLine);
    if (!block.isValid())
        return;
    setTextCursor(QTextCursor(block));
    // A third from the top: what encloses the value stays in sight.
    const int visible = std::max(1, viewport()->height() / std::max(1, fontMetrics().lineSpacing()));
    verticalScrollBar()->setValue(std::max(0, block.blockNumber() - visible / 3));
}

int YamlView::gutterWidth() const
{
    const int last = m_firstNumber + blockCount();
    return fontMetrics().horizontalAdvance(QString::number(std::max(99, last))) + 22;
}

void YamlView::paintGutter(QPaintEvent* event)
{
    QPainter painter(m_gutter);
    painter.fillRect(event->rect(), theme().surfaceAlt);
    painter.setFont(QWidget::font());
    QTextBlock block = firstVisibleBlock();
    while (block.isValid()) {
        const QRectF place = blockBoundingGeometry(block).translated(contentOffset());
        const int top = qRound(place.top());
        const int height = qRound(place.bottom()) - top; // not the rounded height: the error would add up
        if (top > event->rect().bottom())
            break;
        const int number = block.blockNumber();
        const bool isMarked = std::ranges::any_of(m_marks, [number](const Mark& mark) {
            return number >= mark.firstLine && number < mark.firstLine + mark.lineCount;
        });
        if (isMarked) {
            painter.fillRect(0, top, m_gutter->width(), height, theme().mark);
            painter.fillRect(0, top, 4, height, theme().fail);
        }
        painter.setPen(isMarked ? theme().text : theme().textMuted);
        painter.drawText(0, top, m_gutter->width() - 8, height, Qt::AlignRight | Qt::AlignVCenter,
            QString::number(m_firstNumber + number));
        block = block.next();
    }
}

void YamlView::resizeEvent(QResizeEvent* event)
{
    QPlainTextEdit::resizeEvent(event);
    const QRect area = contentsRect();
    m_gutter->setGeometry(area.left(), area.top(), gutterWidth(), area.height());
}

void YamlView::changeEvent(QEvent* event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_highlighter) {
        m_highlighter->rehighlight();
        colour();
    }
}

void YamlView::colour()
{
    QList<QTextEdit::ExtraSelection> selections;
    for (const Mark& mark : m_marks) {
        for (int line = 0; line < mark.lineCount && line < 400; ++line) {
            const QTextBlock block = document()->findBlockByNumber(mark.firstLine + line);
            if (!block.isValid())
                break;
            QTextEdit::ExtraSelection selection;
            selection.cursor = QTextCursor(block);
            selection.format.setBackground(theme().mark);
            selection.format.setProperty(QTextFormat::FullWidthSelection, true);
            selections.append(selection);
        }
    }
    setExtraSelections(selections);
    m_gutter->update();
}

} // namespace plimsoll::ui::widget
