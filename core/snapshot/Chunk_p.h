// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "core/base/Result.h"
#include "core/format/Archive.h"
#include "core/snapshot/Batch_p.h"

namespace plimsoll::snapshot {

// A growing text that is read in chunks: what was not used up begins the next chunk.
struct Chunk {
    Buffer buffer;
    std::size_t size = 0;
    bool isEnd = false;
    std::optional<Error> failed; // reading broke off behind what is here

    std::string_view text() const { return { buffer.bytes.get(), size }; }
};

// The carried text and as much of the source as makes wanted bytes, or twice the carried text when that is more.
Chunk nextChunk(BufferPool& buffers, format::ByteSource& source, std::string_view carried, std::size_t wanted);
// The same chunk without what was used up, for one that is read in several steps.
Chunk restOf(BufferPool& buffers, const Chunk& chunk, std::size_t used);

// Where the last document of a YAML text begins; 0 when there is no boundary after its first line.
std::size_t lastDocument(std::string_view text);

// Where the lines of a YAML text that begin at the left margin cut a list of objects, as kubectl writes it.
struct YamlList {
    std::size_t begin = 0; // of the first item
    std::size_t last = 0; // of the last item
    std::size_t end = 0; // of the first line behind the list; size of the text when it goes on
};
YamlList measureItems(std::string_view text, std::size_t begin);

// The items of a document that is one list of objects with kinds of their own, when it begins so; "kubectl get -o yaml"
// writes everything as one document, which would have to be held as a whole.
std::optional<YamlList> listIn(std::string_view text);

} // namespace plimsoll::snapshot
