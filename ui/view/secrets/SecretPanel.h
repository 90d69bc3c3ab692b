// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFrame>

#include "ui/model/SecretsData.h"
#include "ui/view/ViewContext.h"

class QComboBox;
class QLabel;
class QStackedWidget;
class QTabWidget;
class QVBoxLayout;

namespace plimsoll::ui::widget {
class ChainView;
class ElidedLabel;
class EmptyState;
} // namespace plimsoll::ui::widget

namespace plimsoll::ui::view {

class PlaceText;
class ReadersPicture;

// All that is known about one Secret: who can read it and by which steps, its keys, who refers to it, what is wrong.
class SecretPanel : public QFrame {
    Q_OBJECT

public:
    SecretPanel(ViewContext& context, QWidget* parent);
    void showNothing(const QString& title, const QString& text);
    // Computes the details in a job and shows them.
    void showSecret(const model::Secrets& secrets, std::uint32_t index);
    // Facts that are about no Secret in particular, with the object that says the first of them.
    void showFacts(const model::Secrets& secrets, const QString& title, const QString& text,
        const std::vector<model::SecretFact>& facts);
    const model::SecretDetail& shown() const { return m_detail; }
    ReadersPicture* picture() const { return m_picture; }

private:
    QWidget* buildReaders();
    QWidget* buildFacts();
    void fill(model::SecretDetail detail);
    void fillFacts();
    void addHeading(const QString& text);
    void addFact(const model::SecretFact& fact);
    void readerChosen(int reader);
    void routeChosen();
    void stepChosen(int step);
    const model::SecretReader::Route* shownRoute() const;

    ViewContext& m_context;
    model::Secrets m_secrets;
    model::SecretDetail m_detail;
    QStackedWidget* m_pages = nullptr;
    widget::EmptyState* m_nothing = nullptr;
    widget::ElidedLabel* m_title = nullptr;
    QLabel* m_headline = nullptr;
    QStackedWidget* m_readerPages = nullptr;
    widget::EmptyState* m_noReaders = nullptr;
    ReadersPicture* m_picture = nullptr;
    QLabel* m_why = nullptr;
    QComboBox* m_route = nullptr;
    widget::ChainView* m_chain = nullptr;
    QTabWidget* m_tabs = nullptr;
    QVBoxLayout* m_facts = nullptr;
    PlaceText* m_text = nullptr;
};

} // namespace plimsoll::ui::view
