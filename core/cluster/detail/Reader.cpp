// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/detail/Reader.h"

#include <algorithm>
#include <limits>

#include "core/base/Text.h"

namespace plimsoll::cluster::detail {

using format::Type;
using format::Value;

void Reader::wrongType(std::string_view key, std::string_view expected)
{
    if (m_error.empty())
        m_error = printable(key) + " is not " + std::string(expected);
}

Value Reader::member(Value parent, std::string_view key)
{
    const Value value = parent[key];
    return value.isPresent() && value.type() == Type::Null ? Value() : value;
}

StringId Reader::string(Value parent, std::string_view key)
{
    const Value value = member(parent, key);
    if (value.isAbsent())
        return {};
    if (!value.isString()) {
        wrongType(key, "a string");
        return {};
    }
    return m_pool.intern(value.text());
}

std::optional<bool> Reader::boolean(Value parent, std::string_view key)
{
    const Value value = member(parent, key);
    if (value.isAbsent())
        return std::nullopt;
    if (value.type() != Type::Boolean)
        wrongType(key, "a boolean");
    return value.asBool();
}

std::optional<std::int64_t> Reader::integer(Value parent, std::string_view key)
{
    const Value value = member(parent, key);
    if (value.isAbsent())
        return std::nullopt;
    const auto number = value.asInteger();
    if (!number)
        wrongType(key, "a whole number");
    return number;
}

std::int32_t Reader::number(Value parent, std::string_view key)
{
    const std::int64_t value = integer(parent, key).value_or(0);
    if (value < std::numeric_limits<std::int32_t>::min() || value > std::numeric_limits<std::int32_t>::max()) {
        wrongType(key, "a 32-bit number");
        return 0;
    }
    return static_cast<std::int32_t>(value);
}

StringId Reader::integerOrString(Value parent, std::string_view key)
{
    const Value value = member(parent, key);
    if (value.isAbsent())
        return {};
    if (!value.isString() && value.type() != Type::Number) {
        wrongType(key, "a number or a string");
        return {};
    }
    return m_pool.intern(value.text());
}

std::vector<StringId> Reader::strings(Value parent, std::string_view key)
{
    std::vector<StringId> texts;
    for (const Value element : array(parent, key)) {
        if (element.isString())
            texts.push_back(m_pool.intern(element.text()));
        else
            wrongType(key, "a list of strings");
    }
    return texts;
}

std::vector<std::pair<StringId, StringId>> Reader::stringMap(Value parent, std::string_view key)
{
    std::vector<std::pair<std::string_view, std::string_view>> texts;
    for (const Value value : object(parent, key)) {
        if (value.isString())
            texts.emplace_back(value.key(), value.text());
        else if (value.type() != Type::Null)
            wrongType(key, "a map of strings");
    }
    std::ranges::stable_sort(texts, {}, &std::pair<std::string_view, std::string_view>::first);
    std::vector<std::pair<StringId, StringId>> map;
    map.reserve(texts.size());
    for (const auto& [name, value] : texts) {
        const StringId nameId = m_pool.intern(name);
        if (!map.empty() && map.back().first == nameId)
            map.pop_back(); // of repeated keys the last counts
        map.emplace_back(nameId, m_pool.intern(value));
    }
    return map;
}

Value Reader::object(Value parent, std::string_view key)
{
    const Value value = member(parent, key);
    if (value.isPresent() && !value.isObject()) {
        wrongType(key, "a map");
        return {};
    }
    return value;
}

Value Reader::array(Value parent, std::string_view key)
{
    const Value value = member(parent, key);
    if (value.isPresent() && !value.isArray()) {
        wrongType(key, "a list");
        return {};
    }
    return value;
}

LabelSelector Reader::selector(Value selector)
{
    LabelSelector result;
    for (const auto& [key, value] : stringMap(selector, "matchLabels"))
        result.requirements.push_back({ key, Requirement::Operator::In, { value } });
    for (const Value expression : array(selector, "matchExpressions")) {
        Requirement requirement { string(expression, "key"), Requirement::Operator::Invalid,
            strings(expression, "values") };
        const std::string_view op = expression["operator"].text();
        if (op == "In" && !requirement.values.empty())
            requirement.op = Requirement::Operator::In;
        else if (op == "NotIn" && !requirement.values.empty())
            requirement.op = Requirement::Operator::NotIn;
        else if (op == "Exists" && requirement.values.empty())
            requirement.op = Requirement::Operator::Exists;
        else if (op == "DoesNotExist" && requirement.values.empty())
            requirement.op = Requirement::Operator::DoesNotExist;
        result.requirements.push_back(std::move(requirement));
    }
    return result;
}

std::optional<LabelSelector> Reader::optionalSelector(Value parent, std::string_view key)
{
    const Value value = object(parent, key);
    if (value.isAbsent())
        return std::nullopt;
    return selector(value);
}

} // namespace plimsoll::cluster::detail
