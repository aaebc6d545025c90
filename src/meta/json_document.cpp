#include "meta/json_document.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <optional>
#include <string>

#include "base/fail.hpp"
#include "meta/json_number.hpp"
#include "meta/json_setup.hpp"
#include "meta/utf8.hpp"
// RapidJSON wants its setup first.
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace mrcz::meta {

namespace {

// Iterative: nesting costs heap, not stack. NaN is let through so that the walker can refuse it with its path.
constexpr unsigned parse_flags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag |
                                 rapidjson::kParseFullPrecisionFlag | rapidjson::kParseNumbersAsStringsFlag |
                                 rapidjson::kParseNanAndInfFlag;

// RapidJSON does not check for the null that its own allocator returns when memory is out.
class ThrowingAllocator {
  public:
    void* Malloc(std::size_t size) { return size == 0 ? nullptr : checked(std::malloc(size)); }
    void* Realloc(void* old, std::size_t, std::size_t size) { return checked(std::realloc(old, size)); }
    static void Free(void* memory) { std::free(memory); }

  private:
    static void* checked(void* memory) {
        if (memory == nullptr) throw std::bad_alloc();
        return memory;
    }
};

struct Refusal {
    ErrorCode code;
    std::string message;
};

/// Passes RapidJSON's events on, and stops it by returning false where a document is refused.
class Walker : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Walker> {
  public:
    Walker(unsigned most_depth, JsonEvents& events) : most_depth_(most_depth), events_(events) {}

    [[nodiscard]] const std::optional<Refusal>& refusal() const { return refusal_; }

    bool Null() {
        path_.begin_value();
        events_.null();
        return true;
    }
    bool Bool(bool flag) {
        path_.begin_value();
        events_.boolean(flag);
        return true;
    }
    bool RawNumber(const char* data, std::size_t size, bool) {
        path_.begin_value();
        return number({data, size});
    }
    bool String(const char* data, std::size_t size, bool) {
        path_.begin_value();
        if (!is_text({data, size})) return false;
        events_.text({data, size});
        return true;
    }
    bool Key(const char* data, std::size_t size, bool) {
        path_.forget_key();
        if (!is_text({data, size})) return false;
        path_.key({data, size});
        events_.key({data, size});
        return true;
    }
    bool StartObject() {
        if (!may_nest()) return false;
        path_.enter_object();
        events_.begin_object();
        return true;
    }
    bool EndObject(std::size_t members) {
        path_.leave();
        events_.end_object(members);
        return true;
    }
    bool StartArray() {
        if (!may_nest()) return false;
        path_.enter_array();
        events_.begin_array();
        return true;
    }
    bool EndArray(std::size_t items) {
        path_.leave();
        events_.end_array(items);
        return true;
    }

  private:
    bool refuse(ErrorCode code, std::string message) {
        refusal_ = Refusal{code, std::move(message)};
        return false;
    }

    bool number(std::string_view text) {
        if (text.find_first_of("NI") != std::string_view::npos) {
            const auto message =
                concat(path_.text(), ": ", text, " has no JSON form; write null or a text in its place, ",
                       "or give the document as MessagePack");
            return refuse(ErrorCode::corrupt, message);
        }
        if (!is_integer(text) && !to_double(text)) {
            return refuse(ErrorCode::corrupt, concat(path_.text(), ": number too big to be stored in double"));
        }
        events_.number(text, path_);
        return true;
    }

    bool is_text(std::string_view text) {
        // RapidJSON checks the bytes, but lets the escape of half a surrogate pair through.
        if (is_utf8(text)) return true;
        return refuse(ErrorCode::corrupt, concat(path_.text(), ": \\u escape of half a surrogate pair"));
    }

    bool may_nest() {
        path_.begin_value();
        if (path_.depth() < most_depth_) return true;
        const auto message = concat("nested deeper than ", most_depth_, " levels (Limits::metadata_depth)");
        return refuse(ErrorCode::limit_exceeded, message);
    }

    unsigned most_depth_;
    JsonEvents& events_;
    DocumentPath path_;
    std::optional<Refusal> refusal_;
};

std::string place(std::string_view json, std::size_t offset) {
    const std::string_view before = json.substr(0, offset);
    const auto lines = std::count(before.begin(), before.end(), '\n');
    const std::string_view line = before.substr(before.rfind('\n') + 1);
    const auto is_character = [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; };
    const auto characters = std::count_if(line.begin(), line.end(), is_character);
    return concat("JSON, line ", lines + 1, ", column ", characters + 1);
}

/// RapidJSON's sentence as part of ours.
std::string describe(rapidjson::ParseErrorCode code) {
    std::string sentence = rapidjson::GetParseError_En(code);
    if (sentence.ends_with('.')) sentence.pop_back();
    if (sentence.front() >= 'A' && sentence.front() <= 'Z') sentence.front() += 'a' - 'A';
    return sentence;
}

}  // namespace

void walk_json(std::string_view json, unsigned most_depth, JsonEvents& events) {
    rapidjson::MemoryStream stream(json.data(), json.size());
    rapidjson::GenericReader<rapidjson::UTF8<>, rapidjson::UTF8<>, ThrowingAllocator> reader;
    Walker walker(most_depth, events);
    const rapidjson::ParseResult result = reader.Parse<parse_flags>(stream, walker);
    if (walker.refusal()) {
        fail(walker.refusal()->code, place(json, result.Offset()), ": ", walker.refusal()->message);
    }
    if (result.IsError()) fail(ErrorCode::corrupt, place(json, result.Offset()), ": ", describe(result.Code()));
    // RapidJSON takes a NUL for the end of the text.
    if (stream.Tell() != json.size()) {
        fail(ErrorCode::corrupt, place(json, stream.Tell()), ": a NUL follows the document");
    }
}

}  // namespace mrcz::meta
