// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/Patch.h"

#include <algorithm>
#include <array>
#include <memory>

#include "core/base/Text.h"
#include "core/format/Document.h"
#include "core/format/Json.h"
#include "core/format/Yaml.h"

namespace plimsoll::cluster {

using format::Type;
using format::Value;

namespace {

// The object as a tree that remembers what an edit does to each place. Removed elements stay in their list until the
// patch is written, so that pointers mean the object as it is now whatever the order of the edits.
struct Branch {
    enum class Change : std::uint8_t { None, Added, Replaced, Removed };
    Type type = Type::Null;
    std::string key;
    std::string text; // of a string, number or boolean
    Change change = Change::None;
    bool isTouched = false; // something at or below it changes
    std::vector<std::unique_ptr<Branch>> children;
    std::unique_ptr<Branch> before; // of a replaced value

    Branch* member(std::string_view name) const
    {
        for (const auto& child : children) {
            if (child->key == name)
                return child.get();
        }
        return nullptr;
    }
};

std::unique_ptr<Branch> copyOf(Value value)
{
    auto node = std::make_unique<Branch>();
    node->type = value.type();
    node->key = value.key();
    if (node->type == Type::Object || node->type == Type::Array) {
        for (const Value child : value)
            node->children.push_back(copyOf(child));
    } else {
        node->text = value.text();
    }
    return node;
}

void appendJson(std::string& out, const Branch& node)
{
    switch (node.type) {
    case Type::Null:
        out += "null";
        return;
    case Type::Boolean:
    case Type::Number:
        out += node.text;
        return;
    case Type::String:
        appendJsonQuoted(out, node.text);
        return;
    case Type::Array:
    case Type::Object:
        break;
    }
    const bool isObject = node.type == Type::Object;
    out += isObject ? '{' : '[';
    bool isFirst = true;
    for (const auto& child : node.children) {
        if (child->change == Branch::Change::Removed)
            continue;
        if (!isFirst)
            out += ',';
        isFirst = false;
        if (isObject) {
            appendJsonQuoted(out, child->key);
            out += ':';
        }
        appendJson(out, *child);
    }
    out += isObject ? '}' : ']';
}

Result<std::unique_ptr<Branch>> parseValue(const std::string& json)
{
    format::JsonParser parser;
    format::Document document;
    if (auto parsed = parser.parseCopy(json, document); !parsed)
        return std::unexpected(std::move(parsed.error()));
    return copyOf(document.root());
}

std::optional<std::size_t> indexOf(std::string_view token, std::size_t size)
{
    const auto number = toInteger(token);
    if (!number || *number < 0 || static_cast<std::size_t>(*number) >= size)
        return std::nullopt;
    return static_cast<std::size_t>(*number);
}

Error misfit(const Patch::Edit& edit)
{
    return { ErrorKind::Usage, "A change does not fit the object", printable(edit.pointer), "" };
}

// The child that a token names; nullptr when it is not there. "-" of an array is the place after its end.
Branch* child(const Branch& node, std::string_view token)
{
    if (node.type == Type::Object)
        return node.member(token);
    if (node.type != Type::Array)
        return nullptr;
    const auto index = indexOf(token, node.children.size());
    return index ? node.children[*index].get() : nullptr;
}

Result<void> set(Branch& parent, const std::string& token, const Patch::Edit& edit)
{
    auto parsed = parseValue(edit.json);
    if (!parsed)
        return std::unexpected(misfit(edit));
    std::unique_ptr<Branch> value = std::move(*parsed);
    Branch* present = child(parent, token);
    if (!present && parent.type == Type::Array && token != "-")
        return std::unexpected(misfit(edit));
    value->isTouched = true;
    if (!present) {
        value->key = parent.type == Type::Object ? token : std::string();
        value->change = Branch::Change::Added;
        parent.children.push_back(std::move(value));
        return {};
    }
    value->key = present->key;
    value->change = present->change == Branch::Change::Added ? Branch::Change::Added : Branch::Change::Replaced;
    auto before = std::make_unique<Branch>(std::move(*present));
    *present = std::move(*value);
    if (present->change == Branch::Change::Replaced)
        present->before = before->before ? std::move(before->before) : std::move(before);
    return {};
}

// Objects that do not exist on the way are made.
Result<void> apply(Branch& root, const Patch::Edit& edit)
{
    std::vector<std::string> tokens = format::pointerTokens(edit.pointer);
    if (tokens.empty())
        return std::unexpected(misfit(edit));
    const std::string last = std::move(tokens.back());
    tokens.pop_back();
    const bool isRemoval = edit.json.empty();
    std::vector<Branch*> path { &root };
    for (const std::string& token : tokens) {
        Branch& parent = *path.back();
        Branch* next = child(parent, token);
        if (!next && isRemoval)
            return {}; // already gone
        if (next && next->type == Type::Null) { // "securityContext:" with nothing behind it
            next->type = Type::Object;
            next->change = Branch::Change::Replaced;
        }
        if (!next && parent.type == Type::Object) {
            auto made = std::make_unique<Branch>();
            made->type = Type::Object;
            made->key = token;
            made->change = Branch::Change::Added;
            next = parent.children.emplace_back(std::move(made)).get();
        }
        if (!next || (next->type != Type::Object && next->type != Type::Array))
            return std::unexpected(misfit(edit));
        path.push_back(next);
    }
    if (isRemoval) {
        Branch* gone = child(*path.back(), last);
        if (!gone)
            return {};
        gone->change = Branch::Change::Removed;
        gone->isTouched = true;
    } else if (auto done = set(*path.back(), last, edit); !done) {
        return done;
    }
    for (Branch* node : path)
        node->isTouched = true;
    return {};
}

// Lists of built-in kinds that the API server merges by a key.
// Source: the patchMergeKey tags of k8s.io/api (1.36).
struct MergeKey {
    std::string_view field;
    std::string_view key;
};
constexpr std::array mergeKeys {
    MergeKey { "containers", "name" },
    MergeKey { "initContainers", "name" },
    MergeKey { "ephemeralContainers", "name" },
    MergeKey { "volumes", "name" },
    MergeKey { "env", "name" },
    MergeKey { "volumeMounts", "mountPath" },
    MergeKey { "volumeDevices", "devicePath" },
    MergeKey { "hostAliases", "ip" },
    MergeKey { "imagePullSecrets", "name" },
    MergeKey { "secrets", "name" },
    MergeKey { "webhooks", "name" },
    MergeKey { "ownerReferences", "uid" },
};

std::string_view mergeKeyOf(std::string_view kind, std::string_view field)
{
    if (field == "ports") // of a Service by its port, of a container by the container's
        return kind == "Service" ? "port" : kind == "NetworkPolicy" || kind == "Ingress" ? "" : "containerPort";
    const auto found = std::ranges::find(mergeKeys, field, &MergeKey::field);
    return found == mergeKeys.end() ? std::string_view() : found->key;
}

bool isPrimitive(const Branch& node)
{
    return node.type != Type::Object && node.type != Type::Array;
}

// Are the elements told apart by their key? Two ports 53 for TCP and UDP are not.
bool hasDistinctKeys(const Branch& list, std::string_view key)
{
    std::vector<std::string_view> seen;
    for (const auto& element : list.children) {
        const Branch* value = element->type == Type::Object ? element->member(key) : nullptr;
        if (!value || !isPrimitive(*value) || std::ranges::find(seen, value->text) != seen.end())
            return false;
        seen.push_back(value->text);
    }
    return true;
}

// Can a strategic merge patch say what changes below the node?
bool isMergeable(const Branch& node, std::string_view kind)
{
    if (!node.isTouched || node.change == Branch::Change::Added)
        return true;
    if (node.type == Type::Array && node.change == Branch::Change::None) {
        if (std::ranges::all_of(node.children, [](const auto& element) { return isPrimitive(*element); }))
            return true;
        const std::string_view key = mergeKeyOf(kind, node.key);
        if (key.empty() || !hasDistinctKeys(node, key))
            return false;
        // A change of the key itself cannot be addressed by it.
        for (const auto& element : node.children) {
            const Branch* value = element->member(key);
            const Branch* before = element->before ? element->before->member(key) : value;
            if (value->isTouched && element->change == Branch::Change::None)
                return false;
            if (!before || before->text != value->text)
                return false;
        }
    }
    return std::ranges::all_of(node.children, [&](const auto& below) { return isMergeable(*below, kind); });
}

void appendMembers(std::string& out, const std::vector<std::string>& members, char open, char close)
{
    out += open;
    out += join(members, ",");
    out += close;
}

std::string member(std::string_view key, std::string_view json)
{
    return jsonQuoted(key) + ':' + std::string(json);
}

// A value that takes the place of another: what the old one had and the new one lacks must be nulled, as objects merge.
std::string replacement(const Branch& now, const Branch& before, std::string_view kind)
{
    std::string json;
    if (now.type == Type::Object && before.type == Type::Object) {
        std::vector<std::string> members;
        for (const auto& part : now.children) {
            if (part->change == Branch::Change::Removed)
                continue;
            const Branch* old = before.member(part->key);
            std::string text;
            if (old)
                text = replacement(*part, *old, kind);
            else
                appendJson(text, *part);
            members.push_back(member(part->key, text));
        }
        for (const auto& old : before.children) {
            const Branch* kept = now.member(old->key);
            if (!kept || kept->change == Branch::Change::Removed)
                members.push_back(member(old->key, "null"));
        }
        appendMembers(json, members, '{', '}');
        return json;
    }
    appendJson(json, now);
    const bool isMerged = now.type == Type::Array && !mergeKeyOf(kind, now.key).empty();
    if (isMerged) // such lists merge too, unless told not to
        json.insert(1, now.children.empty() ? "{\"$patch\":\"replace\"}" : "{\"$patch\":\"replace\"},");
    return json;
}

std::string strategic(const Branch& node, std::string_view kind);

std::string strategicList(const Branch& list, std::string_view kind)
{
    const std::string_view key = mergeKeyOf(kind, list.key);
    std::string json;
    if (std::ranges::all_of(list.children, [](const auto& element) { return isPrimitive(*element); })) {
        appendJson(json, list);
        return json;
    }
    std::vector<std::string> elements;
    for (const auto& element : list.children) {
        if (!element->isTouched)
            continue;
        if (element->change == Branch::Change::Added) {
            appendJson(elements.emplace_back(), *element);
            continue;
        }
        const Branch& identity = *(element->before ? element->before : element)->member(key);
        std::string value;
        appendJson(value, identity);
        if (element->change == Branch::Change::Removed) {
            elements.push_back("{\"$patch\":\"delete\"," + member(key, value) + '}');
            continue;
        }
        std::string changed = strategic(*element, kind);
        if (element->change == Branch::Change::None)
            changed.insert(1, member(key, value) + (changed == "{}" ? "" : ","));
        elements.push_back(std::move(changed));
    }
    appendMembers(json, elements, '[', ']');
    return json;
}

std::string strategic(const Branch& node, std::string_view kind)
{
    std::string json;
    switch (node.change) {
    case Branch::Change::Removed:
        return "null";
    case Branch::Change::Added:
        appendJson(json, node);
        return json;
    case Branch::Change::Replaced:
        if (node.before)
            return replacement(node, *node.before, kind);
        appendJson(json, node);
        return json;
    case Branch::Change::None:
        break;
    }
    if (node.type == Type::Array)
        return strategicList(node, kind);
    std::vector<std::string> members;
    for (const auto& part : node.children) {
        if (part->isTouched)
            members.push_back(member(part->key, strategic(*part, kind)));
    }
    appendMembers(json, members, '{', '}');
    return json;
}

// RFC 6902. Elements are addressed by index, so the patch first tests that the element is still the one meant.
class JsonPatch {
public:
    std::string text(const Branch& root)
    {
        visit(root, "");
        std::string json;
        appendMembers(json, m_operations, '[', ']');
        return json;
    }

private:
    void add(std::string_view operation, const std::string& pointer, const Branch* value)
    {
        std::string json = "{\"op\":" + jsonQuoted(operation) + ",\"path\":" + jsonQuoted(pointer);
        if (value) {
            json += ",\"value\":";
            appendJson(json, *value);
        }
        m_operations.push_back(json + '}');
    }

    void testElement(const Branch& element, const std::string& pointer)
    {
        const Branch& now = element.before ? *element.before : element;
        if (isPrimitive(now)) {
            add("test", pointer, &now);
            return;
        }
        for (const std::string_view name : { "kind", "name", "namespace", "secretName", "mountPath" }) {
            const Branch* value = now.type == Type::Object ? now.member(name) : nullptr;
            if (value && value->type == Type::String && value->change != Branch::Change::Added)
                add("test", format::pointerTo(pointer, name), value->before ? value->before.get() : value);
        }
    }

    void visit(const Branch& node, const std::string& pointer)
    {
        // Added elements come last in their list and removals go from the end, so indices stay true.
        std::vector<std::pair<std::string, const Branch*>> removals;
        for (std::size_t i = 0; i < node.children.size(); ++i) {
            const Branch& part = *node.children[i];
            if (!part.isTouched)
                continue;
            const bool isElement = node.type == Type::Array;
            const bool isAppended = isElement && part.change == Branch::Change::Added;
            const std::string place = !isElement ? format::pointerTo(pointer, part.key)
                : isAppended                     ? pointer + "/-"
                                                 : format::pointerTo(pointer, i);
            if (isElement && !isAppended)
                testElement(part, place);
            switch (part.change) {
            case Branch::Change::None:
                visit(part, place);
                break;
            case Branch::Change::Added:
                add("add", place, &part);
                break;
            case Branch::Change::Replaced:
                add("replace", place, &part);
                break;
            case Branch::Change::Removed:
                removals.emplace_back(place, &part);
                break;
            }
        }
        for (auto removal = removals.rbegin(); removal != removals.rend(); ++removal)
            add("remove", removal->first, nullptr);
    }

    std::vector<std::string> m_operations;
};

// Groups whose kinds kubectl has compiled in; it refuses a strategic patch of any other.
bool isBuiltIn(std::string_view group)
{
    constexpr std::array groups { std::string_view(""), std::string_view("apps"), std::string_view("batch"),
        std::string_view("autoscaling"), std::string_view("policy"), std::string_view("extensions"),
        std::string_view("admissionregistration.k8s.io"), std::string_view("authentication.k8s.io"),
        std::string_view("authorization.k8s.io"), std::string_view("certificates.k8s.io"),
        std::string_view("coordination.k8s.io"), std::string_view("discovery.k8s.io"),
        std::string_view("events.k8s.io"), std::string_view("flowcontrol.apiserver.k8s.io"),
        std::string_view("networking.k8s.io"), std::string_view("node.k8s.io"),
        std::string_view("rbac.authorization.k8s.io"), std::string_view("resource.k8s.io"),
        std::string_view("scheduling.k8s.io"), std::string_view("storage.k8s.io") };
    return std::ranges::find(groups, group) != groups.end();
}

bool isPlainWord(std::string_view text)
{
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/@%+,=";
    return !text.empty() && text.find_first_not_of(plain) == std::string_view::npos;
}

// One word of a POSIX shell.
std::string shellWord(std::string_view text)
{
    if (isPlainWord(text))
        return std::string(text);
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'')
            out += "'\\''";
        else
            out += c;
    }
    return out + '\'';
}

// "deployment", or "Rollout.v1alpha1.argoproj.io" for kinds that another group may have too.
std::string resourceArgument(const Cluster& cluster, const Kind& kind, bool isKnown)
{
    const std::string_view name = cluster.text(kind.kind);
    const std::string_view apiVersion = cluster.text(kind.apiVersion);
    const std::size_t slash = apiVersion.find('/');
    if (isKnown || slash == std::string_view::npos)
        return toLowerAscii(name);
    return std::string(name) + '.' + std::string(apiVersion.substr(slash + 1)) + '.'
        + std::string(apiVersion.substr(0, slash));
}

// Printable ASCII: anything else could look like another command on a terminal (bidirectional controls).
bool isShowable(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

Result<std::string> commandFor(const Cluster& cluster, ObjectId target, std::string_view type, std::string patch)
{
    const Object& object = cluster.object(target);
    const Kind& kind = cluster.kindOf(object);
    const std::string resource = resourceArgument(cluster, kind, isBuiltIn(cluster.text(kind.group)));
    const std::string name(cluster.text(object.name));
    const std::string ns(cluster.text(object.ns));
    if (!isShowable(resource) || !isShowable(name) || !isShowable(ns))
        return failure(ErrorKind::Format, "The object's name has characters that a command cannot show safely",
            printable(cluster.refOf(target)), "Apply the patch with a client that takes the name from the cluster");
    std::string command = "kubectl patch ";
    // A name that looks like an option is bound to its kind.
    command += name.starts_with('-') ? shellWord(resource + '/' + name) : shellWord(resource) + ' ' + shellWord(name);
    if (!ns.empty())
        command += ns.starts_with('-') ? ' ' + shellWord("--namespace=" + ns) : " -n " + shellWord(ns);
    while (patch.ends_with('\n'))
        patch.pop_back();
    return command + " --type " + std::string(type) + " --patch " + shellWord(patch);
}

} // namespace

Result<RenderedPatch> render(const Cluster& cluster, const Patch& patch)
{
    if (patch.isEmpty())
        return failure(ErrorKind::Usage, "There is nothing to change");
    const Object& object = cluster.object(patch.target);
    if (object.isMissing)
        return failure(ErrorKind::NotFound, "The object is not in the source", cluster.refOf(patch.target));
    format::Document document;
    if (auto read = cluster.snapshot().readRaw(object.raw, document); !read)
        return std::unexpected(std::move(read.error()));
    const std::unique_ptr<Branch> root = copyOf(document.root());
    for (const Patch::Edit& edit : patch.edits) {
        if (auto applied = apply(*root, edit); !applied)
            return std::unexpected(std::move(applied.error()));
    }
    if (!root->isTouched)
        return failure(
            ErrorKind::Usage, "The object is already as the change would make it", cluster.refOf(patch.target));

    const Kind& kind = cluster.kindOf(object);
    const std::string_view kindName = cluster.text(kind.kind);
    const bool isStrategic = isBuiltIn(cluster.text(kind.group)) && isMergeable(*root, kindName);
    const std::string json = isStrategic ? strategic(*root, kindName) : JsonPatch().text(*root);
    format::JsonParser parser;
    format::Document rendered;
    if (auto parsed = parser.parseCopy(json, rendered); !parsed)
        return std::unexpected(std::move(parsed.error()));
    RenderedPatch result;
    result.yaml = format::toYaml(rendered.root()).text;
    result.type = isStrategic ? "strategic" : "json";
    auto command = commandFor(cluster, patch.target, result.type, result.yaml);
    if (!command)
        return std::unexpected(std::move(command.error()));
    result.command = std::move(*command);
    return result;
}

} // namespace plimsoll::cluster
