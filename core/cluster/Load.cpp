// SPDX-License-Identifier: Apache-2.0
// Reads sources into a Cluster: batches are read in parallel, merged in order, then completed step by step.
#include <algorithm>

#include "core/base/Text.h"
#include "core/cluster/Cluster.h"
#include "core/cluster/detail/Model_p.h"

namespace plimsoll::cluster {

namespace {

using detail::Parts;

class ReadBatch final : public snapshot::ObjectSink::Batch {
public:
    explicit ReadBatch(StringPool& pool)
        : m_reader(pool)
    {
    }
    void add(const snapshot::RawObject& object) override { detail::readObject(m_reader, object, parts); }

    Parts parts;

private:
    detail::Reader m_reader;
};

template <class Element> void moveAll(std::vector<Element>& from, std::vector<Element>& to)
{
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

class Collector final : public snapshot::ObjectSink {
public:
    explicit Collector(Cluster::Private& model)
        : m_model(model)
    {
    }

    std::unique_ptr<Batch> newBatch() override { return std::make_unique<ReadBatch>(*m_model.pool); }

    void merge(std::unique_ptr<Batch> batch) override
    {
        Parts& from = static_cast<ReadBatch&>(*batch).parts;
        Parts& to = m_model.parts;
        const auto objectOffset = static_cast<std::uint32_t>(to.objects.size());
        const auto specOffset = static_cast<std::uint32_t>(to.podSpecs.size());
        from.forEachTyped([&](auto& typed) {
            for (auto& element : typed)
                element.object.index += objectOffset;
        });
        for (detail::Template& place : from.templates)
            place.spec += specOffset;
        for (Pod& pod : from.pods)
            pod.spec.index += specOffset;
        moveAll(from.objects, to.objects);
        moveAll(from.kinds, to.kinds);
        moveAll(from.podSpecs, to.podSpecs);
        moveAll(from.templates, to.templates);
        moveAll(from.controllers, to.controllers);
        moveAll(from.limitRanges, to.limitRanges);
        moveAll(from.pods, to.pods);
        moveAll(from.roles, to.roles);
        moveAll(from.roleBindings, to.roleBindings);
        moveAll(from.serviceAccounts, to.serviceAccounts);
        moveAll(from.namespaces, to.namespaces);
        moveAll(from.networkPolicies, to.networkPolicies);
        moveAll(from.services, to.services);
        moveAll(from.ingresses, to.ingresses);
        moveAll(from.secrets, to.secrets);
        moveAll(from.configMaps, to.configMaps);
        moveAll(from.nodes, to.nodes);
        moveAll(from.webhookConfigurations, to.webhookConfigurations);
        moveAll(from.problems, to.problems);
        to.newestTime = std::max(to.newestTime, from.newestTime);
        if (to.clusterName.empty())
            to.clusterName = std::move(from.clusterName);
    }

private:
    Cluster::Private& m_model;
};

void collectProblems(Cluster::Private& model)
{
    std::vector<snapshot::Problem> problems = model.snapshot->problems();
    for (detail::ObjectProblem& problem : model.parts.problems) {
        const auto& file = model.snapshot->files()[problem.raw.file];
        problems.push_back({ snapshot::Problem::Level::Error,
            { ErrorKind::Format, std::move(problem.what), printable(file.name) + ':' + std::to_string(problem.raw.line),
                "correct the field or dump the object again" } });
    }
    model.parts.problems.clear();
    std::ranges::move(model.problems, std::back_inserter(problems));
    model.problems = std::move(problems);
}

} // namespace

Result<std::shared_ptr<const Cluster>> loadCluster(std::span<const snapshot::Source> sources, TaskPool& pool,
    Progress& progress, const snapshot::ImportOptions& options)
{
    auto model = std::make_unique<Cluster::Private>();
    Collector collector(*model);
    auto snapshot = snapshot::importSources(sources, collector, pool, progress, options);
    if (!snapshot)
        return std::unexpected(std::move(snapshot.error()));
    model->snapshot = std::move(*snapshot);

    progress.enter("Building the model");
    detail::resolveConflicts(*model);
    detail::indexKinds(*model);
    detail::addMissingOwners(*model);
    detail::sharePodSpecs(*model);
    detail::completeNamespaces(*model);
    detail::linkRoles(*model);
    detail::buildWorkloads(*model);
    detail::findVersion(*model);
    collectProblems(*model);
    if (progress.isCancelled())
        return failure(ErrorKind::Cancelled, "cancelled");
    return std::shared_ptr<const Cluster>(std::make_shared<Cluster>(std::move(model)));
}

} // namespace plimsoll::cluster
