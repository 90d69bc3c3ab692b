// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <QPlainTextEdit>

namespace plimsoll::ui::widget {

// Read-only YAML with line numbers, colours and marked lines. Long texts are no problem: only what is on screen is
// coloured and laid out.
class YamlView : public QPlainTextEdit {
public:
    struct Mark {
        int firstLine = 0; // 0-based
        int lineCount = 1;
    };
    explicit YamlView(QWidget* parent = nullptr);
    ~YamlView() override;

    // firstNumber = the number shown beside the first line. Scrolls to the first mark.
    void setYaml(const QString& yaml, std::vector<Mark> marks, int firstNumber = 1);
    void showMark(std::size_t mark);
    const std::vector<Mark>& marks() const { return m_marks; }

    int gutterWidth() const;
    void paintGutter(QPaintEvent* event);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void colour();
    class Highlighter;
    class Gutter;
    Highlighter* m_highlighter = nullptr;
    Gutter* m_gutter = nullptr;
    std::vector<Mark> m_marks;
    int m_firstNumber = 1;
};

} // namespace plimsoll::ui::widget
