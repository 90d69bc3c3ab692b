// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "ui/model/OriginData.h"

namespace plimsoll::ui::shell {

// LIVE, SNAPSHOT or FILES, told by colour, icon and word, with the age and the proof behind it.
class OriginBadge : public QWidget {
public:
    explicit OriginBadge(QWidget* parent = nullptr);
    void setOrigin(const model::OriginData& origin);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

    // Of the word on its ground: at least 4.5 in every theme and kind.
    static double contrast(model::OriginData::Kind kind);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    model::OriginData m_origin;
};

} // namespace plimsoll::ui::shell
