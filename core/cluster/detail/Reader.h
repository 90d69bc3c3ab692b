// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/StringPool.h"
#include "core/cluster/Selector.h"
#include "core/format/Document.h"

namespace plimsoll::cluster::detail {

// Reads fields of one object with the types the API declares. An absent or null field is no error; a field of another
// type is one: the API server would refuse the object, so guessing at its meaning would be wrong either way.
class Reader {
public:
    explicit Reader(StringPool& pool)
        : m_pool(pool)
    {
    }

    StringPool& pool() { return m_pool; }
    StringId intern(std::string_view text) { return m_pool.intern(text); }

    StringId string(format::Value parent, std::string_view key);
    std::optional<bool> boolean(format::Value parent, std::string_view key);
    bool flag(format::Value parent, std::string_view key) { return boolean(parent, key).value_or(false); }
    std::optional<std::int64_t> integer(format::Value parent, std::string_view key);
    std::int32_t number(format::Value parent, std::string_view key);
    StringId integerOrString(format::Value parent, std::string_view key);
    std::vector<StringId> strings(format::Value parent, std::string_view key);
    std::vector<std::pair<StringId, StringId>> stringMap(
        format::Value parent, std::string_view key); // sorted by key text
    // The member when it is an object / array; absent otherwise.
    format::Value object(format::Value parent, std::string_view key);
    format::Value array(format::Value parent, std::string_view key);

    LabelSelector selector(format::Value selector);
    // metav1.LabelSelector at the key, or nothing when the key is absent.
    std::optional<LabelSelector> optionalSelector(format::Value parent, std::string_view key);

    // The first type error met since the last clear; "" = none. "privileged is not a boolean".
    const std::string& error() const { return m_error; }
    void clearError() { m_error.clear(); }
    void wrongType(std::string_view key, std::string_view expected);

private:
    format::Value member(format::Value parent, std::string_view key);

    StringPool& m_pool;
    std::string m_error;
};

} // namespace plimsoll::cluster::detail
