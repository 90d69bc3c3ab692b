// SPDX-License-Identifier: Apache-2.0
#include "core/kube/detail/Lists.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <openssl/crypto.h>

#include "core/base/Text.h"

namespace plimsoll::kube::detail {

namespace {

constexpr std::size_t scanBytes = 256u << 10; // an arriving page is cut into items in pieces of this size
constexpr unsigned maxRestarts = 2;
constexpr unsigned maxResumptions = 16;
constexpr unsigned restartFactor = 4; // fewer pages have less time to expire

std::int64_t secondsNow()
{
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

// Text of an arriving page with the padding that parsers want. It may hold values of Secrets, so it is overwritten
// whenever something has been used up or the memory is given back.
class PageBuffer {
public:
    ~PageBuffer() { clear(); }

    void append(std::string_view bytes)
    {
        const std::size_t needed = m_size + bytes.size() + format::jsonPadding;
        if (needed > m_bytes.size()) {
            std::string larger(std::max(needed, m_bytes.size() * 2), '\0');
            std::memcpy(larger.data(), m_bytes.data(), m_size);
            OPENSSL_cleanse(m_bytes.data(), m_bytes.size());
            m_bytes = std::move(larger);
        }
        std::memcpy(m_bytes.data() + m_size, bytes.data(), bytes.size());
        m_size += bytes.size();
        std::memset(m_bytes.data() + m_size, 0, format::jsonPadding);
    }
    void drop(std::size_t used)
    {
        std::memmove(m_bytes.data(), m_bytes.data() + used, m_size - used);
        OPENSSL_cleanse(m_bytes.data() + (m_size - used), used);
        m_size -= used;
    }
    void clear()
    {
        OPENSSL_cleanse(m_bytes.data(), m_bytes.size());
        m_size = 0;
    }
    std::string_view text() const { return { m_bytes.data(), m_size }; }

private:
    std::string m_bytes = std::string(format::jsonPadding, '\0');
    std::size_t m_size = 0;
};

class Lists;

// One list under way.
class List final : public Call {
public:
    List(Lists& lists, Session& session, const ListRequest& request, unsigned pageLimit);

    void start();
    const ListRequest& request() const { return m_request; }
    bool isHeavy = false;

private:
    bool taken(std::string_view bytes) override;
    void repeated() override;
    void answered(const Ended& end) override;
    void failed(const Failure& failure) override;
    bool resumes(std::string_view body) override;

    Request page() const;
    void newPage();
    void voidAll();
    bool scan(bool isLast);
    std::expected<void, Failure> readEnvelope();
    void finish();

    Lists& m_lists;
    const ListRequest& m_request;
    unsigned m_pageLimit;
    unsigned m_restarts = 0;
    unsigned m_resumptions = 0;
    std::string m_continue; // of the page that is asked for, "" = the first
    std::string m_next; // as the page said
    std::unique_ptr<format::JsonSplitter> m_splitter;
    std::vector<format::JsonItem> m_items;
    PageBuffer m_buffer;
    std::string m_whole; // a page that is one object without an array of items
    std::uint64_t m_delivered = 0; // items of this page that went to the sink
    std::uint64_t m_skip = 0; // items of a page asked for again that the sink has already
    ListOutcome m_outcome;
    std::string m_listKind, m_apiVersion;
};

// All lists: which run now and which wait.
class Lists {
public:
    Lists(Session& session, std::span<const ListRequest> requests, ListSink& listSink);
    void run(Progress& progress);
    void ended(List& list, const ListOutcome& outcome);

    ListSink& sink;

private:
    void startMore();

    Session& m_session;
    std::vector<std::unique_ptr<List>> m_lists;
    std::vector<List*> m_waiting; // in the order of the requests, from the back
    unsigned m_running = 0;
    bool m_hasHeavy = false;
};

// Kinds that make up most of a large cluster: one of them at a time, so that the server is not asked for all at once.
bool isHeavyKind(const Resource& resource)
{
    constexpr std::array heavy { "configmaps", "events", "pods", "replicasets", "secrets", "endpointslices",
        "endpoints" };
    return std::ranges::find(heavy, resource.plural) != heavy.end();
}

// Groups without a domain are those of Kubernetes itself.
bool isNamedAfterItems(const Resource& resource)
{
    return !resource.group.contains('.');
}

List::List(Lists& lists, Session& session, const ListRequest& request, unsigned pageLimit)
    : Call(session, Request::get({}, {}))
    , isHeavy(isHeavyKind(request.resource))
    , m_lists(lists)
    , m_request(request)
    , m_pageLimit(pageLimit)
    , m_listKind(request.resource.kind + "List")
    , m_apiVersion(request.resource.apiVersion())
{
}

Request List::page() const
{
    const Resource& resource = m_request.resource;
    std::string path = resource.group.empty() ? "/api/" : "/apis/" + pathSegment(resource.group) + '/';
    path += pathSegment(resource.version) + '/';
    if (!m_request.ns.empty())
        path += "namespaces/" + pathSegment(m_request.ns) + '/';
    path += pathSegment(resource.plural) + "?limit=" + std::to_string(m_pageLimit);
    if (!m_continue.empty())
        path += "&continue=" + pathSegment(m_continue);
    return Request::get(std::move(path), "application/json");
}

void List::newPage()
{
    m_splitter = std::make_unique<format::JsonSplitter>();
    m_buffer.clear();
    m_items.clear();
    m_whole.clear();
    m_delivered = 0;
}

void List::start()
{
    m_outcome.startedAt = secondsNow();
    newPage();
    begin(page());
}

bool List::taken(std::string_view bytes)
{
    m_buffer.append(bytes);
    return m_buffer.text().size() < scanBytes || scan(false);
}

// Hands on the items that are whole. false = what came is no list.
bool List::scan(bool isLast)
{
    do {
        m_items.clear();
        const std::size_t used = m_splitter->scan(m_buffer.text(), isLast, m_items);
        std::size_t first = 0;
        for (const format::JsonItem& item : m_items) {
            if (item.role == format::JsonItem::Role::Object && m_delivered == 0 && m_whole.empty()) {
                m_whole = m_buffer.text().substr(item.begin, item.size); // "items": null
                ++first;
                continue;
            }
            if (item.role != format::JsonItem::Role::ListItem || item.list == format::JsonItem::noList)
                return false;
            if (!m_whole.empty())
                return false;
            first += m_delivered++ < m_skip ? 1u : 0u;
        }
        const std::span<const format::JsonItem> fresh = std::span(m_items).subspan(first);
        if (!fresh.empty())
            m_lists.sink.items(m_request, m_apiVersion, m_listKind, m_buffer.text(), fresh);
        m_outcome.items += fresh.size();
        m_buffer.drop(used);
    } while (m_splitter->isPaused());
    return true;
}

// A page that broke off is asked for again. The same token gives the same items, so those that the sink has are passed
// over; the first page would be of another moment, so the list begins anew.
void List::repeated()
{
    const std::uint64_t delivered = std::max(m_delivered, m_skip);
    newPage();
    m_skip = 0;
    if (delivered == 0)
        return;
    if (!m_continue.empty() && !m_outcome.isInconsistent) {
        m_skip = delivered;
        return;
    }
    voidAll();
    replaceRequest(page());
}

// The list begins anew.
void List::voidAll()
{
    m_continue.clear();
    m_skip = 0;
    m_outcome.items = 0;
    m_outcome.isInconsistent = false;
    m_lists.sink.restarted(m_request);
}

std::expected<void, Failure> List::readEnvelope()
{
    const Failure malformed { FailureReason::Malformed, 200, "the answer is not a " + m_listKind };
    if (!scan(true) || !m_splitter->finish() || m_splitter->envelopes().size() + (m_whole.empty() ? 0 : 1) != 1)
        return std::unexpected(malformed);
    format::Document document;
    if (auto parsed = parseJson(m_whole.empty() ? m_splitter->envelopes().front().text() : m_whole, document); !parsed)
        return parsed;
    const format::Value root = document.root();
    if (!m_whole.empty() && root["items"].isPresent() && root["items"].type() != format::Type::Null)
        return std::unexpected(malformed);
    // A custom resource may name its list as it likes; the built-in ones are called after their items.
    const std::string_view kind = root["kind"].text();
    if (kind != m_listKind && (isNamedAfterItems(m_request.resource) || !kind.ends_with("List")))
        return std::unexpected(malformed);
    // Without it nobody knows whether more pages follow.
    const format::Value metadata = root["metadata"];
    if (!metadata.isObject())
        return std::unexpected(malformed);
    m_next = metadata["continue"].text();
    m_outcome.resourceVersion = metadata["resourceVersion"].text();
    return {};
}

void List::answered(const Ended& end)
{
    if (end.contentType == "text/html") {
        failed({ FailureReason::Malformed, end.status,
            "a web page instead of a list: a proxy or a log-in page is in between" });
        return;
    }
    if (auto read = readEnvelope(); !read) {
        failed(read.error());
        return;
    }
    if (!m_next.empty() && m_next == m_continue) {
        failed(
            { FailureReason::Malformed, end.status, "the list does not go on: the same page comes again and again" });
        return;
    }
    m_skip = 0;
    m_continue = std::move(m_next);
    m_next.clear();
    newPage();
    if (m_continue.empty())
        finish();
    else
        begin(page());
}

// 410: the token has expired. From the start with larger pages; in the end with the token that the server offers,
// which goes on at another moment.
bool List::resumes(std::string_view body)
{
    if (m_restarts < maxRestarts) {
        ++m_restarts;
        m_pageLimit *= restartFactor;
        newPage();
        voidAll();
        begin(page());
        return true;
    }
    format::Document document;
    if (++m_resumptions > maxResumptions || !parseJson(std::string(body), document))
        return false;
    m_continue = document.root()["metadata"]["continue"].text();
    if (m_continue.empty())
        return false;
    m_outcome.isInconsistent = true;
    m_skip = 0;
    newPage();
    begin(page());
    return true;
}

void List::failed(const Failure& failure)
{
    m_outcome.failure = failure;
    m_outcome.resourceVersion.clear();
    finish();
}

void List::finish()
{
    m_outcome.endedAt = secondsNow();
    m_buffer.clear();
    m_splitter.reset();
    m_lists.ended(*this, m_outcome);
}

Lists::Lists(Session& session, std::span<const ListRequest> requests, ListSink& listSink)
    : sink(listSink)
    , m_session(session)
{
    for (const ListRequest& request : requests) {
        m_lists.push_back(std::make_unique<List>(*this, session, request, session.options().pageLimit));
        m_waiting.push_back(m_lists.back().get());
    }
    std::ranges::reverse(m_waiting);
    // The large ones take longest: they begin first.
    std::ranges::stable_partition(m_waiting, [](const List* list) { return !list->isHeavy; });
}

void Lists::startMore()
{
    while (m_running < std::max(1u, m_session.options().maxConcurrentLists)) {
        const auto next = std::find_if(
            m_waiting.rbegin(), m_waiting.rend(), [&](const List* list) { return !list->isHeavy || !m_hasHeavy; });
        if (next == m_waiting.rend())
            return;
        List* list = *next;
        m_waiting.erase(std::next(next).base());
        m_hasHeavy = m_hasHeavy || list->isHeavy;
        ++m_running;
        list->start();
    }
}

void Lists::ended(List& list, const ListOutcome& outcome)
{
    --m_running;
    if (list.isHeavy)
        m_hasHeavy = false;
    sink.finished(list.request(), outcome);
    if (!outcome.failure || outcome.failure->reason != FailureReason::Cancelled)
        startMore();
}

void Lists::run(Progress& progress)
{
    const auto ready = m_session.authenticate(progress);
    if (ready) {
        startMore();
        m_session.run(progress);
        m_session.transport().disconnect(); // what its buffers hold of Secrets is overwritten
    }
    // What never began: nobody may log in, or the person cancelled.
    ListOutcome outcome;
    outcome.failure = ready ? Failure { FailureReason::Cancelled, 0, "cancelled" } : ready.error();
    std::ranges::reverse(m_waiting);
    for (const List* list : m_waiting)
        sink.finished(list->request(), outcome);
}

} // namespace

void listAll(Session& session, std::span<const ListRequest> requests, ListSink& sink, Progress& progress)
{
    Lists(session, requests, sink).run(progress);
}

} // namespace plimsoll::kube::detail
