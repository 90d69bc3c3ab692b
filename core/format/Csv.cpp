// SPDX-License-Identifier: Apache-2.0
#include "core/format/Csv.h"

namespace plimsoll::format {

bool readCsvRecord(std::string_view csv, std::size_t& at, std::vector<std::string>& fields)
{
    std::size_t count = 0;
    const auto next = [&]() -> std::string& {
        if (count == fields.size())
            fields.emplace_back();
        fields[count].clear();
        return fields[count++];
    };
    std::string* field = &next();
    bool isQuoted = false;
    for (; at < csv.size(); ++at) {
        const char c = csv[at];
        if (isQuoted) {
            if (c != '"')
                *field += c;
            else if (at + 1 < csv.size() && csv[at + 1] == '"')
                *field += csv[at++];
            else
                isQuoted = false;
        } else if (c == '"' && field->empty()) {
            isQuoted = true;
        } else if (c == ',') {
            field = &next();
        } else if (c == '\n') {
            ++at;
            break;
        } else if (c != '\r' || (at + 1 < csv.size() && csv[at + 1] != '\n')) {
            *field += c;
        }
    }
    fields.resize(count);
    return !isQuoted;
}

void appendCsvField(std::string& out, std::string_view field)
{
    if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
        out += field;
        return;
    }
    out += '"';
    for (const char c : field) {
        if (c == '"')
            out += '"';
        out += c;
    }
    out += '"';
}

} // namespace plimsoll::format
