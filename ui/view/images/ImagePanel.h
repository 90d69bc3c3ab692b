// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFrame>

#include "ui/model/ImagesData.h"
#include "ui/view/ViewContext.h"

class QLabel;
class QStackedWidget;
class QTableWidget;
class QTabWidget;
class QVBoxLayout;

namespace plimsoll::ui::widget {
class ElidedLabel;
class EmptyState;
class Table;
} // namespace plimsoll::ui::widget

namespace plimsoll::ui::view {

class PlaceText;

// All that is known about one image: the versions of its repository side by side, where it runs, what is wrong.
class ImagePanel : public QFrame {
    Q_OBJECT

public:
    ImagePanel(ViewContext& context, QWidget* parent);
    void showNothing(const QString& title, const QString& text);
    // Computes the details in a job and shows them.
    void showImage(const model::Images& images, std::uint32_t index);
    const model::ImageDetail& shown() const { return m_detail; }

Q_SIGNALS:
    void imageAsked(std::uint32_t index); // another version was chosen

private:
    QWidget* buildUses();
    QWidget* buildVersions();
    QWidget* buildVulnerabilities();
    QWidget* buildFacts();
    void fill(model::ImageDetail detail);
    void fillVersions();
    void fillFacts();

    ViewContext& m_context;
    model::Images m_images;
    std::uint32_t m_index = 0;
    model::ImageDetail m_detail;
    model::ImageUsesModel* m_uses = nullptr;
    model::VulnerabilitiesModel* m_vulnerabilities = nullptr;
    QStackedWidget* m_pages = nullptr;
    widget::EmptyState* m_nothing = nullptr;
    widget::ElidedLabel* m_title = nullptr;
    QLabel* m_headline = nullptr;
    QTabWidget* m_tabs = nullptr;
    widget::Table* m_useTable = nullptr;
    PlaceText* m_text = nullptr;
    QTableWidget* m_versions = nullptr;
    widget::Table* m_vulnerabilityTable = nullptr;
    QStackedWidget* m_vulnerabilityPages = nullptr;
    widget::EmptyState* m_noVulnerabilities = nullptr;
    QLabel* m_vulnerabilityNote = nullptr;
    QVBoxLayout* m_facts = nullptr;
};

} // namespace plimsoll::ui::view
