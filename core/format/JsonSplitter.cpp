// SPDX-License-Identifier: Apache-2.0
#include "core/format/Json.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include <immintrin.h>

namespace plimsoll::format {

namespace {

constexpr std::size_t blockBytes = 64;
constexpr std::size_t maxLists = 1'000'000; // of one input; each costs some hundred bytes
constexpr std::size_t maxItemsPerScan = 100'000; // "{}{}{}" must not cost much more memory than it is long

// One bit for each byte of a block.
struct BlockMasks {
    std::uint64_t quotes = 0;
    std::uint64_t backslashes = 0;
    std::uint64_t opens = 0; // { [
    std::uint64_t closes = 0; // } ]
    std::uint64_t newlines = 0;
};

[[gnu::always_inline]] inline BlockMasks masksOf(const char* block)
{
    BlockMasks masks;
    for (unsigned part = 0; part < 4; ++part) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + part * 16));
        // '{' and '[' differ by 0x20 only, as do '}' and ']'.
        const __m128i folded = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
        const auto mask = [part](__m128i found) {
            return static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(found))) << (part * 16);
        };
        masks.quotes |= mask(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
        masks.backslashes |= mask(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
        masks.opens |= mask(_mm_cmpeq_epi8(folded, _mm_set1_epi8('{')));
        masks.closes |= mask(_mm_cmpeq_epi8(folded, _mm_set1_epi8('}')));
        masks.newlines |= mask(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')));
    }
    return masks;
}

// The base instruction set has no instruction for it and the library's function is slow.
[[gnu::always_inline]] inline std::uint32_t countBits(std::uint64_t bits)
{
    bits -= (bits >> 1) & 0x5555555555555555ULL;
    bits = (bits & 0x3333333333333333ULL) + ((bits >> 2) & 0x3333333333333333ULL);
    bits = (bits + (bits >> 4)) & 0x0F0F0F0F0F0F0F0FULL;
    return static_cast<std::uint32_t>((bits * 0x0101010101010101ULL) >> 56);
}

// Bit i = parity of the bits 0..i.
[[gnu::always_inline]] inline std::uint64_t runningParity(std::uint64_t bits)
{
    for (unsigned shift = 1; shift < 64; shift *= 2)
        bits ^= bits << shift;
    return bits;
}

// Tells strings from the rest across blocks (the method of simdjson's first stage).
struct StringState {
    std::uint64_t inString = 0; // all ones inside a string
    bool isEscaped = false; // the next byte follows an odd number of backslashes

    std::uint64_t escapedBytes(std::uint64_t backslashes)
    {
        std::uint64_t escaped = 0;
        for (unsigned at = 0; at < blockBytes;) {
            if (isEscaped) {
                escaped |= std::uint64_t { 1 } << at++;
                isEscaped = false;
                continue;
            }
            const std::uint64_t left = backslashes >> at;
            if (left == 0)
                break;
            at += static_cast<unsigned>(std::countr_zero(left)) + 1;
            isEscaped = true;
        }
        return escaped;
    }

    // Which bytes are inside a string (opening quote included).
    std::uint64_t advance(const BlockMasks& masks)
    {
        std::uint64_t quotes = masks.quotes;
        if (masks.backslashes != 0 || isEscaped)
            quotes &= ~escapedBytes(masks.backslashes);
        const std::uint64_t strings = runningParity(quotes) ^ inString;
        inString = static_cast<std::uint64_t>(static_cast<std::int64_t>(strings) >> 63);
        return strings;
    }
};

// What the fast way over a text carries along.
struct DeepState {
    StringState strings;
    std::uint64_t depth = 0;
    std::uint32_t line = 1;
};

// Goes over whole blocks in which no bracket lies near the level of the items; stops in front of the first other one.
// This is where nearly all of the time goes, hence the second version with the instructions of this century.
std::size_t skipDeepPlain(std::string_view text, std::size_t at, std::uint64_t watched, DeepState& state)
{
    for (; at + blockBytes <= text.size(); at += blockBytes) {
        const BlockMasks masks = masksOf(text.data() + at);
        StringState strings = state.strings;
        const std::uint64_t outside = ~strings.advance(masks);
        const std::uint64_t closed = countBits(masks.closes & outside);
        if (state.depth <= watched + closed)
            return at;
        state.depth += countBits(masks.opens & outside) - closed;
        state.line += countBits(masks.newlines);
        state.strings = strings;
    }
    return at;
}

[[gnu::target("avx2,popcnt,pclmul")]] std::size_t skipDeepFast(
    std::string_view text, std::size_t at, std::uint64_t watched, DeepState& state)
{
    const __m256i quote = _mm256_set1_epi8('"');
    const __m256i backslash = _mm256_set1_epi8('\\');
    const __m256i open = _mm256_set1_epi8('{');
    const __m256i close = _mm256_set1_epi8('}');
    const __m256i newline = _mm256_set1_epi8('\n');
    const __m256i fold = _mm256_set1_epi8(0x20);
    std::uint64_t inString = state.strings.inString;
    std::uint64_t depth = state.depth;
    std::uint32_t line = state.line;
    for (; at + blockBytes <= text.size(); at += blockBytes) {
        const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text.data() + at));
        const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text.data() + at + 32));
        const __m256i lowFolded = _mm256_or_si256(low, fold);
        const __m256i highFolded = _mm256_or_si256(high, fold);
#define PLIMSOLL_MASK(a, b, wanted)                                                                                    \
    (static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(a, wanted))))        \
        | static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(b, wanted))))   \
            << 32)
        std::uint64_t quotes = PLIMSOLL_MASK(low, high, quote);
        const std::uint64_t backslashes = PLIMSOLL_MASK(low, high, backslash);
        const std::uint64_t opens = PLIMSOLL_MASK(lowFolded, highFolded, open);
        const std::uint64_t closes = PLIMSOLL_MASK(lowFolded, highFolded, close);
        const std::uint64_t newlines = PLIMSOLL_MASK(low, high, newline);
#undef PLIMSOLL_MASK
        StringState escapes = state.strings;
        if (backslashes != 0 || escapes.isEscaped)
            quotes &= ~escapes.escapedBytes(backslashes);
        const __m128i product
            = _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(quotes)), _mm_set1_epi8(-1), 0);
        const std::uint64_t strings = static_cast<std::uint64_t>(_mm_cvtsi128_si64(product)) ^ inString;
        const auto closed = static_cast<std::uint64_t>(__builtin_popcountll(closes & ~strings));
        if (depth <= watched + closed)
            break;
        depth += static_cast<std::uint64_t>(__builtin_popcountll(opens & ~strings)) - closed;
        line += static_cast<std::uint32_t>(__builtin_popcountll(newlines));
        inString = static_cast<std::uint64_t>(static_cast<std::int64_t>(strings) >> 63);
        state.strings.isEscaped = escapes.isEscaped;
    }
    state.strings.inString = inString;
    state.depth = depth;
    state.line = line;
    return at;
}

std::size_t skipDeep(std::string_view text, std::size_t at, std::uint64_t watched, DeepState& state)
{
    static const bool isFast
        = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("pclmul");
    return isFast ? skipDeepFast(text, at, watched, state) : skipDeepPlain(text, at, watched, state);
}

bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// Whether the [ at the place is the value of a member "items".
bool opensItems(std::string_view text, std::size_t place)
{
    const auto back = [&] {
        while (place > 0 && isSpace(text[place - 1]))
            --place;
    };
    back();
    if (place == 0 || text[place - 1] != ':')
        return false;
    --place;
    back();
    return text.substr(0, place).ends_with("\"items\"");
}

} // namespace

struct JsonSplitter::Private {
    enum class State : std::uint8_t { Top, Object, List, Broken };

    Limits limits;
    std::vector<JsonEnvelope> lists;

    // Of the input as a whole.
    State state = State::Top;
    DeepState deep; // depth and line are those at the next byte to scan
    std::uint64_t& depth = deep.depth;
    std::uint32_t& line = deep.line;
    std::uint64_t base = 0; // offset in the input of the first byte of text
    std::uint64_t listDepth = 0; // depth between the items of the open list
    std::uint32_t markLine = 1;
    bool isTail = false; // in the part of an envelope behind its items
    bool isTooLarge = false; // the open element is passed over
    bool needsComma = false; // an element of the list stands before the gap
    bool hasStray = false; // told about this gap already
    std::uint64_t elementOffset = 0; // of the open element
    bool isPaused = false;
    std::string problem;

    // Of the text at hand.
    std::string_view text;
    std::size_t scanned = 0; // everything before it was looked at
    std::size_t mark = 0; // everything before it is done with
    std::vector<JsonItem>* items = nullptr;

    // Set only between the brackets of one block.
    std::uint64_t blockNewlines = 0;
    std::size_t blockBegin = 0;

    std::uint32_t lineAt(std::size_t place) const
    {
        const std::size_t bit = place - blockBegin;
        const std::uint64_t before
            = bit < blockBytes ? blockNewlines & ((std::uint64_t { 1 } << bit) - 1) : blockNewlines;
        return line + countBits(before);
    }

    bool isBetween() const { return state == State::Top || (state == State::List && depth == listDepth); }
    std::uint64_t watchedDepth() const { return state == State::List ? listDepth : state == State::Object ? 1 : 0; }

    void emit(JsonItem::Role role, std::size_t begin, std::size_t end, std::uint32_t atLine)
    {
        const bool isInList = state == State::List && listDepth == 2;
        items->push_back({ .role = role,
            .begin = begin,
            .size = end - begin,
            .offset = base + begin,
            .line = atLine,
            .list = isInList ? static_cast<std::uint32_t>(lists.size() - 1) : JsonItem::noList });
    }

    void breakOff(std::string what, std::uint32_t atLine)
    {
        problem = std::move(what) + " (line " + std::to_string(atLine) + ')';
        state = State::Broken;
    }

    // What stands between two values must be white space, with one comma in a list.
    void closeGap(std::size_t end, bool isBeforeValue)
    {
        std::size_t first = mark;
        std::uint32_t atLine = markLine;
        bool isMissing = needsComma && isBeforeValue;
        for (; first < end; ++first) {
            if (text[first] == '\n')
                ++atLine;
            else if (text[first] == ',' && needsComma)
                needsComma = isMissing = false;
            else if (!isSpace(text[first]))
                break;
        }
        if ((first < end || isMissing) && !hasStray) {
            emit(JsonItem::Role::Stray, first, end, atLine);
            hasStray = true;
        }
    }

    void beginElement(std::size_t place)
    {
        mark = place;
        markLine = lineAt(place);
        elementOffset = base + place;
        hasStray = false;
    }

    void beginGap(std::size_t place)
    {
        mark = place;
        markLine = lineAt(place);
    }

    void onOpen(std::size_t place)
    {
        if (state == State::Object) {
            if (depth == 1 && text[place] == '[' && !isTooLarge && opensItems(text.substr(0, place), place))
                openList(place);
            return;
        }
        if (state == State::List && depth != listDepth)
            return;
        closeGap(place, true);
        beginElement(place);
        if (state == State::List)
            return;
        if (text[place] == '{') {
            state = State::Object;
            return;
        }
        state = State::List;
        listDepth = 1;
        needsComma = false;
        beginGap(place + 1);
    }

    void openList(std::size_t place)
    {
        const std::string_view head = text.substr(mark, place + 1 - mark);
        if (isTail) // "items" twice
            lists.back().tail.append(head);
        else
            lists.push_back({ .head = std::string(head), .tail = {}, .offset = elementOffset, .line = markLine });
        if (lists.size() > maxLists || lists.back().tail.size() > limits.maxObjectBytes) {
            breakOff("there are too many lists", lineAt(place));
            return;
        }
        state = State::List;
        listDepth = 2;
        needsComma = false;
        hasStray = false;
        beginGap(place + 1);
    }

    // Depth is already that after the bracket.
    void onClose(std::size_t place)
    {
        if (state == State::Top) {
            breakOff("a bracket closes that was never opened", lineAt(place));
        } else if (state == State::Object) {
            if (depth == 0)
                closeObject(place);
        } else if (depth == listDepth) {
            closeElement(JsonItem::Role::ListItem, place);
            needsComma = true;
        } else if (depth + 1 == listDepth) {
            closeList(place);
        }
    }

    void closeElement(JsonItem::Role role, std::size_t place)
    {
        if (isTooLarge) {
            emit(JsonItem::Role::TooLarge, place, place, markLine);
            items->back().offset = elementOffset;
            isTooLarge = false;
        } else {
            emit(role, mark, place + 1, markLine);
        }
        beginGap(place + 1);
    }

    void closeObject(std::size_t place)
    {
        if (text[place] != '}') {
            breakOff("a brace is closed by a bracket", lineAt(place));
            return;
        }
        if (isTail) {
            if (!isTooLarge)
                lists.back().tail.append(text.substr(mark, place + 1 - mark));
            lists.back().isClosed = !isTooLarge;
            isTail = false;
            isTooLarge = false;
            beginGap(place + 1);
        } else {
            closeElement(JsonItem::Role::Object, place);
        }
        state = State::Top;
        needsComma = false;
    }

    void closeList(std::size_t place)
    {
        closeGap(place, false);
        if (text[place] != ']') {
            breakOff("a list is closed by a brace", lineAt(place));
            return;
        }
        needsComma = false;
        hasStray = false;
        beginGap(place + (listDepth == 1 ? 1 : 0));
        state = listDepth == 1 ? State::Top : State::Object;
        isTail = listDepth == 2;
    }

    void scanBlock(std::size_t bytes)
    {
        BlockMasks masks = masksOf(text.data() + scanned);
        const std::uint64_t valid = bytes == blockBytes ? ~std::uint64_t { 0 } : (std::uint64_t { 1 } << bytes) - 1;
        const std::uint64_t outside = ~deep.strings.advance(masks) & valid;
        masks.opens &= outside;
        masks.closes &= outside;
        blockNewlines = masks.newlines & valid;
        blockBegin = scanned;
        for (std::uint64_t left = masks.opens | masks.closes; left != 0 && state != State::Broken; left &= left - 1)
            onBracket(scanned + static_cast<std::size_t>(std::countr_zero(left)), masks.opens & left & (~left + 1));
        line += countBits(blockNewlines);
        scanned += bytes;
        blockNewlines = 0;
        blockBegin = scanned;
    }

    void onBracket(std::size_t place, std::uint64_t isOpen)
    {
        if (isOpen != 0) {
            if (depth <= watchedDepth())
                onOpen(place);
            ++depth;
            return;
        }
        if (depth == 0) {
            breakOff("a bracket closes that was never opened", lineAt(place));
            return;
        }
        --depth;
        if (depth <= watchedDepth())
            onClose(place);
    }

    // Lets go of what need not be kept for the next text.
    void release()
    {
        if (state == State::Broken) {
            mark = text.size();
        } else if (isBetween()) {
            closeGap(scanned, false);
            mark = scanned;
            markLine = line;
        } else if (isTooLarge || scanned - mark > limits.maxObjectBytes) {
            isTooLarge = true;
            mark = scanned;
        }
    }
};

JsonSplitter::JsonSplitter(const Limits& limits)
    : m_private(std::make_unique<Private>())
{
    m_private->limits = limits;
}

JsonSplitter::~JsonSplitter() = default;

std::size_t JsonSplitter::scan(std::string_view text, bool last, std::vector<JsonItem>& items)
{
    Private& p = *m_private;
    p.text = text;
    p.items = &items;
    p.blockBegin = p.scanned;
    const auto goesOn = [&] { return p.state != Private::State::Broken && items.size() < maxItemsPerScan; };
    while (p.scanned + blockBytes <= text.size() && goesOn()) {
        p.scanned = skipDeep(text, p.scanned, p.watchedDepth(), p.deep);
        if (p.scanned + blockBytes <= text.size())
            p.scanBlock(blockBytes);
    }
    if (last && p.scanned < text.size() && p.scanned + blockBytes > text.size() && goesOn())
        p.scanBlock(text.size() - p.scanned);
    p.isPaused = !goesOn() && p.state != Private::State::Broken && p.scanned < text.size();
    p.release();
    const std::size_t done = p.mark;
    p.base += done;
    p.scanned -= std::min(p.scanned, done);
    p.mark = 0;
    p.items = nullptr;
    p.text = {};
    return done;
}

Result<void> JsonSplitter::finish()
{
    const Private& p = *m_private;
    if (p.state == Private::State::Broken)
        return failure(ErrorKind::Format, "the JSON does not balance: " + p.problem, "line " + std::to_string(p.line));
    if (p.state == Private::State::Top)
        return {};
    const std::string what = p.state == Private::State::List && p.depth == p.listDepth
        ? std::string("the JSON breaks off within a list")
        : "the JSON breaks off within a value that begins in line " + std::to_string(p.markLine);
    return failure(ErrorKind::Format, what, "line " + std::to_string(p.line));
}

bool JsonSplitter::isPaused() const
{
    return m_private->isPaused;
}

const std::vector<JsonEnvelope>& JsonSplitter::envelopes() const
{
    return m_private->lists;
}

std::size_t jsonLength(std::string_view text)
{
    std::size_t depth = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '"') {
            for (++at; at < text.size() && text[at] != '"'; ++at) {
                if (text[at] == '\\')
                    ++at;
            }
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if ((c == '}' || c == ']') && (depth == 0 || --depth == 0)) {
            return at + 1;
        }
    }
    return 0;
}

} // namespace plimsoll::format
