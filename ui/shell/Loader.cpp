// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/Loader.h"

#include <QCoreApplication>
#include <QFileInfo>

#include "core/control/Catalogue.h"
#include "resources/Resources.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::shell {

namespace {

std::vector<snapshot::Source> sourcesOf(const OpenRequest& request)
{
    std::vector<snapshot::Source> sources;
    if (request.isSample) {
        for (const resources::Resource& resource : resources::all()) {
            if (resource.path.starts_with("sample/"))
                sources.push_back({ .path = std::string(resource.path), .bytes = resource.bytes });
        }
    }
    for (const std::string& path : request.paths)
        sources.push_back({ .path = path, .bytes = std::nullopt });
    return sources;
}

} // namespace

Result<std::shared_ptr<const assess::Assessment>> load(const OpenRequest& request, TaskPool& pool, Progress& progress)
{
    const std::vector<snapshot::Source> sources = sourcesOf(request);
    if (sources.empty())
        return failure(ErrorKind::NotFound, "there is nothing to read", {}, "open a file or a folder");
    auto catalogue = control::loadCatalogue();
    if (!catalogue)
        return std::unexpected(std::move(catalogue.error()));
    auto cluster = cluster::loadCluster(sources, pool, progress);
    if (!cluster) {
        // Core names files relative to their source; whoever opened one by its path wants to see that path.
        Error& error = cluster.error();
        for (const std::string& path : request.paths) {
            if (!error.where.empty() && error.where != path && path.ends_with('/' + error.where))
                error.where = path;
        }
        return std::unexpected(std::move(error));
    }
    return assess::assess(std::move(*cluster), std::move(*catalogue), {}, {}, pool, progress);
}

QString titleOf(const OpenRequest& request)
{
    if (request.isSample)
        return QCoreApplication::translate("Loader", "sample cluster");
    if (request.paths.size() == 1) {
        const QString path = model::lineText(request.paths.front());
        const QString name = QFileInfo(path).fileName();
        return name.isEmpty() ? path : name;
    }
    return QCoreApplication::translate("Loader", "%1 sources").arg(request.paths.size());
}

} // namespace plimsoll::ui::shell
