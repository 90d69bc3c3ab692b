// SPDX-License-Identifier: Apache-2.0
#include "core/images/Inventory.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

#include "core/base/Text.h"

namespace plimsoll::images {

using cluster::Cluster;

namespace {

// "linux/amd64" of a node, by the labels that the kubelet sets.
std::string platformOf(const Cluster& cluster, const cluster::Node& node)
{
    const cluster::Object& object = cluster.object(node.object);
    const std::string_view arch = cluster.label(object, "kubernetes.io/arch");
    const std::string_view os = cluster.label(object, "kubernetes.io/os");
    return arch.empty() || os.empty() ? std::string() : std::string(os) + '/' + std::string(arch);
}

class Builder {
public:
    Builder(const Cluster& cluster, const std::vector<std::string>& allowed, const LifecycleTable& table,
        std::optional<UnixSeconds> now, bool alwaysPulls)
        : m_cluster(cluster)
        , m_allowed(allowed)
        , m_table(table)
        , m_now(now)
        , m_alwaysPulls(alwaysPulls)
    {
        for (const cluster::Node& node : cluster.nodes())
            m_platforms[cluster.text(cluster.object(node.object).name)] = platformOf(cluster, node);
    }
    ImageInventory build();

private:
    Image& imageOf(std::string_view text);
    void addUses();
    void addRunning();
    void addRunningOf(const cluster::Pod& pod);
    void judge(Image& image) const;
    void findNewest();

    const Cluster& m_cluster;
    const std::vector<std::string>& m_allowed;
    const LifecycleTable& m_table;
    std::optional<UnixSeconds> m_now;
    bool m_alwaysPulls;
    std::unordered_map<std::string_view, std::string> m_platforms; // by node
    std::map<std::string, Image, std::less<>> m_images; // by normalised reference
    std::unordered_map<std::string_view, Image*> m_byText;
};

Image& Builder::imageOf(std::string_view text)
{
    if (const auto known = m_byText.find(text); known != m_byText.end())
        return *known->second;
    const auto reference = parseReference(text);
    Image& image = m_images[reference ? normalised(*reference) : std::string(text)];
    if (image.text.empty()) {
        image.text = text;
        image.reference = reference;
        if (!reference)
            image.refusal = refusalOf(text);
    }
    m_byText.emplace(text, &image);
    return image;
}

void Builder::addUses()
{
    const auto workloads = m_cluster.workloads();
    for (std::uint32_t index = 0; index < workloads.size(); ++index) {
        std::set<Image*> ofWorkload;
        std::set<std::tuple<Image*, std::uint32_t>> ofPods;
        for (const cluster::PodSpecUse& use : workloads[index].specs) {
            for (const cluster::Container& container : m_cluster.podSpec(use.spec).containers) {
                const std::string_view text = m_cluster.text(container.image);
                if (text.empty())
                    continue;
                Image& image = imageOf(text);
                if (ofWorkload.insert(&image).second)
                    ++image.workloads;
                if (ofPods.insert({ &image, use.holder.index }).second)
                    image.pods += use.podCount;
                const std::string_view set = m_cluster.text(container.imagePullPolicy);
                const std::string_view policy = m_alwaysPulls ? std::string_view("Always")
                    : set.empty()                             ? defaultPullPolicy(text)
                                                              : set;
                const auto& security = container.securityContext;
                image.uses.push_back(
                    { cluster::WorkloadId { index }, use.holder, std::string(m_cluster.text(container.name)),
                        std::string(m_cluster.podSpecPointer(use.holder)) + container.pointer() + "/image",
                        std::string(policy), !set.empty(), security && security->readOnlyRootFilesystem == true,
                        container.role == cluster::ContainerRole::Ephemeral });
            }
        }
    }
}

void Builder::addRunningOf(const cluster::Pod& pod)
{
    if (pod.isTerminated || pod.spec.isNone())
        return;
    const auto& containers = m_cluster.podSpec(pod.spec).containers;
    const auto platform = m_platforms.find(m_cluster.text(pod.nodeName));
    for (const cluster::Pod::ContainerImage& status : pod.images) {
        const auto id = parseImageId(m_cluster.text(status.imageId));
        const auto container = std::ranges::find(containers, status.container, &cluster::Container::name);
        if (!id || container == containers.end() || m_cluster.text(container->image).empty())
            continue;
        Image& image = imageOf(m_cluster.text(container->image));
        auto running = std::ranges::find(image.running, *id, &RunningDigest::id);
        if (running == image.running.end())
            running = image.running.insert(image.running.end(), { *id, 0, {} });
        ++running->containers;
        if (platform != m_platforms.end() && !platform->second.empty()
            && std::ranges::find(running->platforms, platform->second) == running->platforms.end())
            running->platforms.push_back(platform->second);
    }
}

void Builder::addRunning()
{
    for (const cluster::Pod& pod : m_cluster.pods())
        addRunningOf(pod);
}

void Builder::judge(Image& image) const
{
    std::ranges::sort(image.running, [](const RunningDigest& a, const RunningDigest& b) {
        return std::tie(b.containers, a.id.digest) < std::tie(a.containers, b.id.digest);
    });
    for (RunningDigest& one : image.running)
        std::ranges::sort(one.platforms);
    for (std::size_t a = 0; a < image.running.size(); ++a) {
        for (std::size_t b = a + 1; b < image.running.size(); ++b) {
            const RunningDigest& first = image.running[a];
            const RunningDigest& second = image.running[b];
            if (first.id.role != second.id.role)
                continue;
            const bool isPlatformKnown = !first.platforms.empty() && !second.platforms.empty();
            const bool isShared
                = std::ranges::find_first_of(first.platforms, second.platforms) != first.platforms.end();
            (isPlatformKnown && !isShared ? image.perhapsByPlatform : image.hasDrift) = true;
        }
    }
    if (!image.reference)
        return;
    if (!m_allowed.empty())
        image.isAllowed = std::ranges::any_of(
            m_allowed, [&](const std::string& registry) { return isFrom(*image.reference, registry); });
    image.version = versionOfTag(image.reference->tag);
    image.lifecycle = lifecycleOf(m_table, *image.reference, m_now);
}

void Builder::findNewest()
{
    std::map<std::string, std::vector<Image*>> byRepository;
    for (auto& [key, image] : m_images) {
        if (image.version && image.version->prerelease.empty())
            byRepository[image.reference->name()].push_back(&image);
    }
    for (auto& [repository, list] : byRepository) {
        for (Image* image : list) {
            const Image* newest = image;
            for (const Image* other : list) {
                if (other->version->isComparable(*newest->version) && other->version->compare(*newest->version) > 0)
                    newest = other;
            }
            if (newest != image)
                image->newestSeen = newest->reference->tag;
        }
    }
}

ImageInventory Builder::build()
{
    addUses();
    addRunning();
    for (auto& [key, image] : m_images)
        judge(image);
    findNewest();
    ImageInventory inventory;
    std::set<std::string> registries, repositories;
    for (auto& [key, image] : m_images) {
        if (image.reference) {
            registries.insert(image.reference->domain);
            repositories.insert(image.reference->name());
        }
        inventory.images.push_back(std::move(image));
    }
    inventory.registries = static_cast<std::uint32_t>(registries.size());
    inventory.repositories = static_cast<std::uint32_t>(repositories.size());
    return inventory;
}

} // namespace

std::string_view toText(DigestRole role)
{
    return role == DigestRole::Config ? "config" : "repository";
}

std::optional<ImageId> parseImageId(std::string_view text)
{
    constexpr std::string_view pullable = "docker-pullable://", docker = "docker://";
    if (text.starts_with(pullable))
        text.remove_prefix(pullable.size());
    else if (text.starts_with(docker))
        text.remove_prefix(docker.size());
    if (isDigest(text))
        return ImageId { DigestRole::Config, {}, std::string(text) };
    const auto reference = parseReference(text);
    if (!reference || reference->digest.empty())
        return std::nullopt;
    return ImageId { DigestRole::Repository, reference->name(), reference->digest };
}

std::string normalised(const Reference& reference)
{
    std::string text = reference.name();
    if (const auto tag = reference.effectiveTag(); !tag.empty())
        text += ':' + std::string(tag);
    if (!reference.digest.empty())
        text += '@' + reference.digest;
    return text;
}

const Image* ImageInventory::find(std::string_view wanted) const
{
    const auto keyOf = [](const Image& image) { return image.reference ? normalised(*image.reference) : image.text; };
    const auto found = std::ranges::lower_bound(images, wanted, {}, keyOf);
    return found != images.end() && keyOf(*found) == wanted ? &*found : nullptr;
}

ImageInventory takeImages(const Cluster& cluster, const std::vector<std::string>& allowedRegistries,
    const LifecycleTable& table, std::optional<UnixSeconds> now, bool alwaysPulls)
{
    return Builder(cluster, allowedRegistries, table, now, alwaysPulls).build();
}

} // namespace plimsoll::images
