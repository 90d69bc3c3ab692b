// SPDX-License-Identifier: Apache-2.0
#include "core/format/Json.h"

#include "core/base/Text.h"

namespace plimsoll::format {

namespace {

void appendMembers(std::string& out, Value value, bool isObject)
{
    out += isObject ? '{' : '[';
    bool isFirst = true;
    for (const Value member : value) {
        if (!isFirst)
            out += ',';
        isFirst = false;
        if (isObject) {
            appendJsonQuoted(out, member.key());
            out += ':';
        }
        appendJson(out, member);
    }
    out += isObject ? '}' : ']';
}

} // namespace

// Recursive: parsers bound the nesting by Limits::maxDepth.
void appendJson(std::string& out, Value value)
{
    switch (value.type()) {
    case Type::Null:
        out += "null";
        return;
    case Type::Boolean:
    case Type::Number:
        out += value.text();
        return;
    case Type::String:
        appendJsonQuoted(out, value.text());
        return;
    case Type::Array:
        appendMembers(out, value, false);
        return;
    case Type::Object:
        appendMembers(out, value, true);
        return;
    }
}

std::string toJson(Value value)
{
    std::string out;
    appendJson(out, value);
    return out;
}

} // namespace plimsoll::format
