// SPDX-License-Identifier: Apache-2.0
// Turns a YAML file into JSON while the program is built: texts are written in YAML by people and read as JSON at every
// start, which takes a tenth of the time.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "core/format/Json.h"
#include "core/format/Yaml.h"

using namespace plimsoll;

int main(int argc, char** argv)
{
    if (argc != 3) {
        std::fputs("usage: plimsoll_yaml_to_json FILE.yaml FILE.json\n", stderr);
        return 2;
    }
    std::ifstream in(argv[1], std::ios::binary);
    const std::string text { std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>() };
    const auto pieces = format::splitYaml(text);
    format::Document document;
    if (!in || pieces.size() != 1) {
        std::fprintf(stderr, "%s: not one YAML document\n", argv[1]);
        return 1;
    }
    if (const auto parsed = format::parseYaml(pieces[0].text, pieces[0].firstLine, document); !parsed) {
        std::fprintf(stderr, "%s: %s\n", argv[1], toText(parsed.error()).c_str());
        return 1;
    }
    std::ofstream out(argv[2], std::ios::binary);
    out << format::toJson(document.root()) << '\n';
    out.close();
    return out ? 0 : 1;
}
