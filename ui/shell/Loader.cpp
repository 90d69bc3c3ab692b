// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/Loader.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

#include "core/control/Catalogue.h"
#include "resources/Resources.h"
#include "ui/model/ReviewEdit.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::shell {

namespace {

// age writes its header as text; the first recipient line says what opens the file.
FileNature natureOfHead(const QByteArray& head)
{
    if (head.startsWith("-----BEGIN AGE ENCRYPTED FILE-----")) {
        const qsizetype begin = head.indexOf('\n') + 1;
        const QByteArray inner = QByteArray::fromBase64(head.mid(begin).replace('\n', "").replace('\r', ""));
        return inner.startsWith("age-encryption.org/") && natureOfHead(inner) == FileNature::PassphraseEncrypted
            ? FileNature::PassphraseEncrypted
            : FileNature::KeyEncrypted;
    }
    if (head.startsWith("age-encryption.org/"))
        return head.contains("\n-> scrypt ") ? FileNature::PassphraseEncrypted : FileNature::KeyEncrypted;
    const bool isConfig = head.contains("kind: Config\n") || head.contains("kind: Config\r")
        || head.contains("\"kind\": \"Config\"") || head.contains("\"kind\":\"Config\"")
        || head.endsWith("kind: Config");
    const bool hasParts = head.contains("clusters") && head.contains("apiVersion");
    return isConfig && hasParts ? FileNature::Kubeconfig : FileNature::Other;
}

} // namespace

std::vector<snapshot::Source> sourcesOf(const OpenRequest& request)
{
    std::vector<snapshot::Source> sources;
    if (request.live) {
        sources.push_back({ .path = titleOf(request).toStdString(),
            .bytes = std::string_view(*request.live->bytes),
            .owned = request.live->bytes });
    }
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

snapshot::ImportOptions importOptionsOf(const OpenRequest& request)
{
    snapshot::ImportOptions options;
    options.isLive = request.live != nullptr;
    if (!request.identityFile.empty())
        options.keys.identityFiles.push_back(request.identityFile);
    if (request.passphrase)
        options.keys.passphrase = [text = *request.passphrase](const std::string&) { return std::optional(text); };
    return options;
}

NatureOfSource natureOf(const OpenRequest& request)
{
    constexpr qint64 headBytes = 256 << 10; // a kubeconfig may say its kind behind certificates
    for (const std::string& path : request.paths) {
        QFile file(QString::fromStdString(path));
        if (!QFileInfo(file).isFile() || !file.open(QIODevice::ReadOnly))
            continue;
        const FileNature nature = natureOfHead(file.read(headBytes));
        if (nature != FileNature::Other)
            return { nature, path };
    }
    return {};
}

Result<std::shared_ptr<const assess::Assessment>> load(
    const OpenRequest& request, TaskPool& pool, Progress& progress, std::vector<Error>* reviewProblems)
{
    const std::vector<snapshot::Source> sources = sourcesOf(request);
    if (sources.empty())
        return failure(ErrorKind::NotFound, "there is nothing to read", {}, "open a file or a folder");
    auto catalogue = control::loadCatalogue();
    if (!catalogue)
        return std::unexpected(std::move(catalogue.error()));
    auto cluster = cluster::loadCluster(sources, pool, progress, importOptionsOf(request));
    if (!cluster) {
        // Core names files relative to their source; whoever opened one by its path wants to see that path.
        Error& error = cluster.error();
        for (const std::string& path : request.paths) {
            if (!error.where.empty() && error.where != path && path.ends_with('/' + error.where))
                error.where = path;
        }
        return std::unexpected(std::move(error));
    }
    // The reviewer's own data lie beside the source; the sample and a live cluster lie nowhere.
    model::ReviewFiles review;
    if (!request.paths.empty() && !request.isSample)
        review = model::readReviewOf(request.paths.front());
    if (reviewProblems)
        *reviewProblems = review.problems;
    return assess::assess(std::move(*cluster), std::move(*catalogue), {}, {}, pool, progress, review.inputs);
}

QString titleOf(const OpenRequest& request)
{
    if (request.isSample)
        return QCoreApplication::translate("Loader", "sample cluster");
    if (request.live)
        return QCoreApplication::translate("Loader", "context %1").arg(model::lineText(request.live->target.context));
    if (request.paths.size() == 1) {
        const QString path = model::lineText(request.paths.front());
        const QString name = QFileInfo(path).fileName();
        return name.isEmpty() ? path : name;
    }
    return QCoreApplication::translate("Loader", "%1 sources").arg(request.paths.size());
}

} // namespace plimsoll::ui::shell
