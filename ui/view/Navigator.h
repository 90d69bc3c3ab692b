// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <QObject>
#include <QString>

#include "core/cluster/Ids.h"

namespace plimsoll::ui::view {

// Where the person is: a view and what is selected in it.
struct Place {
    QString view; // id of decisions.md: "findings"
    cluster::ObjectId object; // none = nothing in particular
    std::optional<std::uint32_t> finding; // index into Assessment::findings; its object is object
    QString question = {}; // what is asked about the object: "from", "to"; "" = just show it

    bool operator==(const Place&) const = default;
};

// Moves between views and keeps the way back, as a browser does. Views know each other only through it.
// Threads: interface thread.
class Navigator : public QObject {
    Q_OBJECT

public:
    explicit Navigator(QObject* parent = nullptr);

    const Place& place() const { return m_places[m_at]; }
    bool canGoBack() const { return m_at > 0; }
    bool canGoForward() const { return m_at + 1 < m_places.size(); }

    // Goes to a view; adds a step to the history.
    void openView(const QString& view);
    // Goes to a view and shows an object (or a finding) in it.
    void open(cluster::ObjectId object, const QString& view);
    // Goes to a view and asks something about an object there.
    void ask(cluster::ObjectId object, const QString& view, const QString& question);
    void openFinding(std::uint32_t finding, cluster::ObjectId object, const QString& view);
    // Something was selected where the person is: the inspector follows, the history gets no new step.
    void inspect(cluster::ObjectId object);
    void inspectFinding(std::uint32_t finding, cluster::ObjectId object);
    void back();
    void forward();
    // Forgets everything: ids belong to another cluster now.
    void reset(const QString& view);

Q_SIGNALS:
    void placeChanged(const plimsoll::ui::view::Place& place); // another view, or another thing to show in it
    void inspected(const plimsoll::ui::view::Place& place); // selection within the view; also after placeChanged
    void historyChanged();

private:
    void go(Place place);

    std::vector<Place> m_places { Place {} };
    std::size_t m_at = 0;
    static constexpr std::size_t maxSteps = 200;
};

} // namespace plimsoll::ui::view
