// SPDX-License-Identifier: Apache-2.0
// A live cluster as a snapshot file: every resource is listed, parsed and redacted while it arrives, and packed.
#include "core/snapshot/Collect.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <set>

#include <malloc.h>

#include "core/base/Text.h"
#include "core/snapshot/Batch_p.h"
#include "core/snapshot/Objects_p.h"
#include "core/snapshot/Pseudonym.h"
#include "core/snapshot/detail/Keeping.h"
#include "core/snapshot/detail/Wanted.h"

namespace plimsoll::snapshot {

namespace {

using detail::KeepingBatch;
using kube::FailureReason;
using kube::ListRequest;
using kube::Resource;

constexpr auto tellEvery = std::chrono::milliseconds(100);
// As the API server's own documentation of /flagz has it; servers before 1.35 do not serve it.
constexpr const char* flagzAccept = "application/json;v=v1beta1;g=config.k8s.io;as=Flagz,"
                                    "application/json;v=v1alpha1;g=config.k8s.io;as=Flagz,application/json";

// While it lives, freed memory is overwritten: buffers of libcurl, OpenSSL and ours that held values of Secrets.
class EraseFreed {
public:
    EraseFreed() { ::mallopt(M_PERTURB, 0x5A); }
    ~EraseFreed() { ::mallopt(M_PERTURB, 0); }
    EraseFreed(const EraseFreed&) = delete;
    EraseFreed& operator=(const EraseFreed&) = delete;
};

std::string permissionFor(const Resource& resource, const std::string& ns)
{
    return "list " + resource.qualifiedName() + (ns.empty() ? "" : " in namespace " + ns);
}

NotCollected notCollectedOf(const Resource& resource, const std::string& ns, const kube::Failure& failure)
{
    const bool isDenied = failure.reason == FailureReason::Forbidden || failure.reason == FailureReason::Unauthorized;
    return { .group = resource.group,
        .version = resource.version,
        .plural = resource.plural,
        .kind = resource.kind,
        .ns = ns,
        .reason = std::string(toText(failure.reason)),
        .httpStatus = failure.httpStatus,
        .message = printable(failure.message),
        .missingPermission = isDenied ? permissionFor(resource, ns) : std::string() };
}

ResourceKey keyOf(const Resource& resource)
{
    return { resource.group, resource.version, resource.plural, resource.kind, resource.isNamespaced };
}

// The server's address without a name and password in it.
std::string withoutUser(const std::string& server)
{
    const std::size_t host = server.find("://");
    const std::size_t begin = host == std::string::npos ? 0 : host + 3;
    const std::size_t at = server.substr(0, server.find('/', begin)).rfind('@');
    return at == std::string::npos || at < begin ? server : server.substr(0, begin) + server.substr(at + 1);
}

// Tells whoever listens how far each resource is.
class Steps {
public:
    Steps(const std::vector<Resource>& resources, const CollectListener& listener)
        : m_listener(listener)
    {
        for (const Resource& resource : resources)
            m_steps.push_back({ .resource = resource.qualifiedName(), .note = {} });
        tell(true);
    }
    CollectStep& at(std::size_t index) { return m_steps[index]; }
    void tell(bool always = false)
    {
        const auto now = std::chrono::steady_clock::now();
        if (!m_listener || (!always && now - m_toldAt < tellEvery))
            return;
        m_toldAt = now;
        m_listener(m_steps);
    }

private:
    const CollectListener& m_listener;
    std::vector<CollectStep> m_steps;
    std::chrono::steady_clock::time_point m_toldAt;
};

// One call of collectCluster().
class Collector final : public kube::ListSink, private ObjectSink {
public:
    Collector(kube::Api& api, const kube::Login& login, const CollectOptions& options, TaskPool& pool,
        Progress& progress, const CollectListener& listener)
        : m_api(api)
        , m_login(login)
        , m_options(options)
        , m_progress(progress)
        , m_listener(listener)
        , m_pseudonyms(options.pseudonymKey)
        , m_writer(std::make_unique<SnapshotWriter>(pool))
        , m_reader({}, *this, m_kept, m_buffers)
        , m_pipeline(
              pool, [this](snapshot::Batch& batch) { m_reader.read(batch); },
              [this](snapshot::Batch& batch) { take(batch); })
    {
    }

    Result<Captured> run();

private:
    struct Outcome {
        kube::ListOutcome everywhere; // of the list over all namespaces
        bool isDenied = false; // it was refused: namespaces are tried one by one
        std::vector<std::string> namespaces; // where it was read
        std::optional<kube::Failure> failure; // the first, of whatever list
    };

    std::expected<void, kube::Failure> prepare();
    void listEverywhere();
    void listByNamespace(const std::string& ns);
    std::vector<std::string> namespacesToTry() const;
    void finishResources();
    void addExtras();
    Origin origin() const;
    bool listsByNamespace(std::size_t index) const;

    // ListSink
    void items(const ListRequest& request, std::string_view listApiVersion, std::string_view listKind,
        std::string_view text, std::span<const format::JsonItem> items) override;
    void restarted(const ListRequest& request) override;
    void finished(const ListRequest& request, const kube::ListOutcome& outcome) override;
    // ObjectSink: the reader is given objects of one batch at a time; take() merges them.
    std::unique_ptr<ObjectSink::Batch> newBatch() override { return std::make_unique<KeepingBatch>(); }
    void merge(std::unique_ptr<ObjectSink::Batch>) override { }
    void take(snapshot::Batch& batch);
    SnapshotWriter::Resource& writerOf(std::size_t index) { return m_writer->resource(keyOf(m_resources[index])); }

    kube::Api& m_api;
    const kube::Login& m_login;
    const CollectOptions& m_options;
    Progress& m_progress;
    const CollectListener& m_listener;
    const Pseudonymiser m_pseudonyms;
    std::unique_ptr<SnapshotWriter> m_writer;
    kube::ServerVersion m_version;
    kube::Identity m_identity;
    kube::Discovery m_discovery;
    std::vector<Resource> m_resources;
    std::vector<Outcome> m_outcomes; // parallel to m_resources
    std::unique_ptr<Steps> m_steps;
    std::vector<NotCollected> m_notCollected;
    std::vector<std::string> m_warnings;
    std::set<std::string> m_namespaces; // names of the Namespace objects
    std::string m_clusterUid;
    std::optional<UnixSeconds> m_from, m_to;
    bool m_isByNamespace = false;
    std::map<std::size_t, std::vector<std::string>> m_buckets; // items of one namespace, by resource
    BlockStore m_kept; // unused: nothing is kept but by the writer
    BufferPool m_buffers;
    ObjectReader m_reader;
    Pipeline m_pipeline; // last: its end waits for tasks that use all of the above
};

std::expected<void, kube::Failure> Collector::prepare()
{
    m_progress.enter("Asking the API server");
    if (auto version = m_api.version(m_progress))
        m_version = std::move(*version);
    else if (version.error().reason != FailureReason::Forbidden)
        return std::unexpected(version.error());
    auto discovery = m_api.discover(m_progress);
    if (!discovery)
        return std::unexpected(discovery.error());
    m_discovery = std::move(*discovery);
    if (auto identity = m_api.whoAmI(m_progress))
        m_identity = std::move(*identity);
    m_resources = detail::wantedResources(m_discovery);
    m_outcomes.resize(m_resources.size());
    m_steps = std::make_unique<Steps>(m_resources, m_listener);
    return {};
}

// Whether the person wants certain namespaces only, or all of them at once was refused.
bool Collector::listsByNamespace(std::size_t index) const
{
    return m_resources[index].isNamespaced && (!m_options.namespaces.empty() || m_outcomes[index].isDenied);
}

void Collector::listEverywhere()
{
    std::vector<ListRequest> requests;
    for (std::size_t i = 0; i < m_resources.size(); ++i) {
        if (!listsByNamespace(i))
            requests.push_back({ m_resources[i], {}, static_cast<std::uint32_t>(i) });
    }
    m_progress.enter("Collecting", requests.size());
    m_api.list(requests, *this, m_progress);
    m_pipeline.drain();
}

std::vector<std::string> Collector::namespacesToTry() const
{
    if (!m_options.namespaces.empty())
        return m_options.namespaces;
    if (!m_namespaces.empty())
        return { m_namespaces.begin(), m_namespaces.end() };
    return { m_login.ns.empty() ? "default" : m_login.ns };
}

// One namespace after the other, so that the items of each resource stand in the order of namespaces.
void Collector::listByNamespace(const std::string& ns)
{
    std::vector<ListRequest> requests;
    for (std::size_t i = 0; i < m_resources.size(); ++i) {
        if (listsByNamespace(i))
            requests.push_back({ m_resources[i], ns, static_cast<std::uint32_t>(i) });
    }
    if (requests.empty())
        return;
    m_progress.enter("Collecting namespace " + printable(ns), requests.size());
    m_isByNamespace = true;
    m_api.list(requests, *this, m_progress);
    m_pipeline.drain();
    for (auto& [index, jsons] : m_buckets) {
        for (const std::string& json : jsons)
            writerOf(index).append(json);
    }
    m_buckets.clear();
    m_isByNamespace = false;
}

void Collector::items(const ListRequest& request, std::string_view listApiVersion, std::string_view listKind,
    std::string_view text, std::span<const format::JsonItem> items)
{
    auto batch = std::make_shared<snapshot::Batch>();
    batch->file = request.tag;
    batch->fileName = request.resource.qualifiedName();
    batch->lists = { { std::string(listApiVersion), std::string(itemKindOf(listKind)) } };
    batch->holdsSecrets = true;
    // When a Secret or ConfigMap was last changed is evidence; of the rest, managed fields are a third of the bytes.
    batch->keepsManagedFields = request.resource.group.empty()
        && (request.resource.plural == "secrets" || request.resource.plural == "configmaps");
    const std::size_t begin = items.front().begin;
    batch->size = items.back().begin + items.back().size - begin;
    batch->buffer = m_buffers.take(batch->size + format::jsonPadding);
    std::memcpy(batch->buffer.bytes.get(), text.data() + begin, batch->size);
    std::memset(batch->buffer.bytes.get() + batch->size, 0, format::jsonPadding);
    batch->items.assign(items.begin(), items.end());
    for (format::JsonItem& item : batch->items) {
        item.begin -= begin;
        item.list = 0;
    }
    CollectStep& step = m_steps->at(request.tag);
    step.state = CollectStep::State::Reading;
    step.items += items.size();
    m_steps->tell();
    m_pipeline.submit(std::move(batch));
}

void Collector::take(snapshot::Batch& batch)
{
    const std::size_t index = batch.file;
    for (const PlacedProblem& placed : batch.problems)
        m_warnings.push_back(printable(toText(placed.problem.error)));
    if (!batch.objects)
        return;
    auto& kept = static_cast<KeepingBatch&>(*batch.objects);
    m_namespaces.insert(kept.namespaces.begin(), kept.namespaces.end());
    if (m_clusterUid.empty())
        m_clusterUid = kept.clusterUid;
    for (detail::KeptObject& object : kept.objects) {
        if (m_options.redaction >= 2)
            object.json = m_pseudonyms.object(object.json, object.apiVersion, object.kind);
        if (m_isByNamespace)
            m_buckets[index].push_back(std::move(object.json));
        else
            writerOf(index).append(object.json);
    }
}

void Collector::restarted(const ListRequest& request)
{
    m_pipeline.drain();
    m_steps->at(request.tag).items = 0;
    if (m_isByNamespace)
        m_buckets.erase(request.tag);
    else
        writerOf(request.tag).clear();
}

void Collector::finished(const ListRequest& request, const kube::ListOutcome& outcome)
{
    Outcome& all = m_outcomes[request.tag];
    CollectStep& step = m_steps->at(request.tag);
    m_progress.advance(1);
    if (outcome.startedAt > 0) { // a denial, too, is of its time
        m_from = std::min(m_from.value_or(outcome.startedAt), outcome.startedAt);
        m_to = std::max(m_to.value_or(outcome.endedAt), outcome.endedAt);
    }
    if (outcome.failure) {
        m_pipeline.drain();
        // Half a list is none: what came before it broke off is not kept.
        if (m_isByNamespace)
            m_buckets.erase(request.tag);
        else
            m_writer->discard(keyOf(request.resource));
        if (request.resource.group.empty() && request.resource.plural == "namespaces")
            m_namespaces.clear();
        if (!all.failure)
            all.failure = outcome.failure;
        all.isDenied = all.isDenied
            || (request.ns.empty() && request.resource.isNamespaced
                && outcome.failure->reason == FailureReason::Forbidden);
        step.state = all.isDenied ? CollectStep::State::Waiting : CollectStep::State::NotCollected;
        step.note = toText(outcome.failure->reason);
        step.items = m_isByNamespace ? step.items : 0;
    } else {
        if (request.ns.empty())
            all.everywhere = outcome;
        else
            all.namespaces.push_back(request.ns);
        step.state = CollectStep::State::Done;
        step.note.clear();
    }
    m_steps->tell();
}

// Says of each resource where it was read, and why not elsewhere.
void Collector::finishResources()
{
    for (std::size_t i = 0; i < m_resources.size(); ++i) {
        const Outcome& outcome = m_outcomes[i];
        CollectStep& step = m_steps->at(i);
        const bool byNamespace = listsByNamespace(i);
        if (!byNamespace && outcome.failure) {
            m_notCollected.push_back(notCollectedOf(m_resources[i], {}, *outcome.failure));
            continue;
        }
        ResourceFacts facts { .resourceVersion = outcome.everywhere.resourceVersion,
            .listedAt = std::nullopt,
            .isConsistent = !outcome.everywhere.isInconsistent,
            .isComplete = true,
            .namespaces = {} };
        if (!byNamespace) {
            facts.listedAt = outcome.everywhere.startedAt;
        } else {
            facts.isConsistent = false;
            facts.namespaces = outcome.namespaces;
            // All namespaces one by one are as good as all at once, when all of them are known.
            facts.isComplete = m_options.namespaces.empty() && !m_namespaces.empty()
                && outcome.namespaces.size() == m_namespaces.size();
            if (facts.isComplete)
                facts.namespaces.clear();
        }
        if (byNamespace && outcome.failure && !facts.isComplete) {
            NotCollected missing = notCollectedOf(m_resources[i], {}, *outcome.failure);
            if (!outcome.namespaces.empty())
                missing.message += " (collected only in: " + printable(join(outcome.namespaces, ", ")) + ')';
            step.state = outcome.namespaces.empty() ? CollectStep::State::NotCollected : CollectStep::State::Partial;
            m_notCollected.push_back(std::move(missing));
            if (outcome.namespaces.empty())
                continue;
        }
        writerOf(i).setFacts(std::move(facts));
    }
    std::ranges::move(detail::unavailableOf(m_discovery), std::back_inserter(m_notCollected));
    std::ranges::sort(m_notCollected, {},
        [](const NotCollected& one) { return std::tie(one.group, one.plural, one.version, one.ns); });
    m_steps->tell(true);
}

// Small documents that say how the API server is set up.
void Collector::addExtras()
{
    m_writer->addExtra({ "version.json",
        "{\"serverVersion\":{\"gitVersion\":" + jsonQuoted(m_version.gitVersion)
            + ",\"platform\":" + jsonQuoted(m_version.platform) + "}}\n" });
    std::string resources = "{\"resources\":[";
    for (const Resource& resource : m_discovery.resources)
        resources += std::string(resources.ends_with('[') ? "\n" : ",\n") + "{\"group\":" + jsonQuoted(resource.group)
            + ",\"version\":" + jsonQuoted(resource.version) + ",\"resource\":" + jsonQuoted(resource.plural)
            + ",\"kind\":" + jsonQuoted(resource.kind) + ",\"namespaced\":" + (resource.isNamespaced ? "true" : "false")
            + '}';
    m_writer->addExtra({ "discovery.json", resources + "\n]}\n" });
    const auto add = [&](const char* path, const char* accept, const char* entry) {
        auto got = m_api.get(path, accept, m_progress);
        if (got)
            m_writer->addExtra({ entry, std::move(*got) });
        else if (got.error().reason == FailureReason::Forbidden)
            m_notCollected.push_back({ .group = {},
                .version = {},
                .plural = std::string(path),
                .kind = {},
                .ns = {},
                .reason = std::string(toText(FailureReason::Forbidden)),
                .httpStatus = got.error().httpStatus,
                .message = printable(got.error().message),
                .missingPermission = std::string("get ") + path });
    };
    add("/flagz", flagzAccept, "flagz.json");
    add("/readyz?verbose", "text/plain,*/*", "readyz.txt");
}

Origin Collector::origin() const
{
    Origin out;
    out.kind = Origin::Kind::Live;
    out.tool = m_options.tool;
    out.clusterUid = m_clusterUid;
    out.serverVersion = printable(m_version.gitVersion);
    out.context = printable(m_login.contextName);
    out.server = printable(withoutUser(m_login.server));
    out.user = printable(m_identity.user);
    for (const std::string& group : m_identity.groups)
        out.groups.push_back(printable(group));
    out.capturedFrom = m_from;
    out.capturedTo = m_to;
    out.namespaces = m_options.namespaces;
    out.redaction = m_options.redaction;
    out.isIdentityVerified = !m_login.skipsTlsVerify && m_login.server.starts_with("https://");
    if (const auto peer = m_api.peer())
        out.peerCertificate = peer->subject + ", issued by " + peer->issuer + ", until " + formatDate(peer->notAfter);
    out.warnings = m_login.warnings;
    out.warnings.insert(out.warnings.end(), m_warnings.begin(), m_warnings.end());
    out.integrity = Integrity::Unsigned;
    return out;
}

Result<Captured> Collector::run()
{
    if (const auto prepared = prepare(); !prepared)
        return std::unexpected(prepared.error().toError(printable(withoutUser(m_login.server))));
    listEverywhere();
    for (const std::string& ns : namespacesToTry()) {
        if (!m_progress.isCancelled())
            listByNamespace(ns);
    }
    if (m_progress.isCancelled())
        return failure(ErrorKind::Cancelled, "collecting was cancelled");
    // Nothing at all could be read for one reason: that is what is wrong, not sixty missing permissions.
    const auto isRead = [](const Outcome& outcome) { return !outcome.failure || !outcome.namespaces.empty(); };
    const auto isBroken
        = [](const Outcome& outcome) { return outcome.failure && outcome.failure->reason != FailureReason::Forbidden; };
    if (!m_outcomes.empty() && std::ranges::none_of(m_outcomes, isRead) && std::ranges::all_of(m_outcomes, isBroken))
        return std::unexpected(m_outcomes.front().failure->toError(printable(withoutUser(m_login.server))));
    addExtras();
    finishResources();
    if (m_progress.isCancelled())
        return failure(ErrorKind::Cancelled, "collecting was cancelled");
    Captured out { .writer = std::move(m_writer), .origin = origin(), .notCollected = std::move(m_notCollected) };
    if (m_options.redaction >= 2)
        hideOrigin(out.origin, out.notCollected, m_pseudonyms);
    return out;
}

} // namespace

Result<Captured> collectCluster(kube::Api& api, const kube::Login& login, const CollectOptions& options, TaskPool& pool,
    Progress& progress, const CollectListener& listener)
{
    const EraseFreed erase;
    return Collector(api, login, options, pool, progress, listener).run();
}

} // namespace plimsoll::snapshot
