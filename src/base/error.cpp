#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <system_error>

#include "base/fail.hpp"

namespace mrcz {

namespace {

struct CodeRow {
    ErrorCode code;
    ErrorGroup group;
    std::string_view name;
};

constexpr std::array<CodeRow, 12> codes{{
    {ErrorCode::not_mrc, ErrorGroup::data, "not_mrc"},
    {ErrorCode::truncated, ErrorGroup::data, "truncated"},
    {ErrorCode::corrupt, ErrorGroup::data, "corrupt"},
    {ErrorCode::unsupported, ErrorGroup::data, "unsupported"},
    {ErrorCode::limit_exceeded, ErrorGroup::data, "limit_exceeded"},
    {ErrorCode::invalid_argument, ErrorGroup::caller, "invalid_argument"},
    {ErrorCode::target_exists, ErrorGroup::caller, "target_exists"},
    {ErrorCode::not_found, ErrorGroup::caller, "not_found"},
    {ErrorCode::io_failed, ErrorGroup::system, "io_failed"},
    {ErrorCode::out_of_memory, ErrorGroup::system, "out_of_memory"},
    {ErrorCode::cancelled, ErrorGroup::interrupted, "cancelled"},
    {ErrorCode::internal, ErrorGroup::internal, "internal"},
}};

const CodeRow& row_of(ErrorCode code) noexcept {
    for (const CodeRow& row : codes)
        if (row.code == code) return row;
    return codes.back();
}

}  // namespace

ErrorGroup group_of(ErrorCode code) noexcept { return row_of(code).group; }
std::string_view name_of(ErrorCode code) noexcept { return row_of(code).name; }

Error::Error(ErrorCode code, std::string message, std::string context)
    : std::runtime_error(context.empty() ? message : context + ": " + message),
      code_(code),
      message_(std::move(message)),
      context_(std::move(context)) {}

Error Error::within(std::string_view context) const {
    return context_.empty() ? Error(code_, message_, std::string(context)) : *this;
}

namespace {

std::string_view remedy(int error_number) {
    if (error_number == EMFILE)
        return "; close files that are no longer needed (in Python by close() or `with`), or raise the limit of this "
               "process (`ulimit -n`)";
    if (error_number == ENFILE) return "; the whole machine has as many as it may: close programs";
    return {};
}

}  // namespace

void fail_errno(int error_number, std::string_view action) {
    ErrorCode code = ErrorCode::io_failed;
    if (error_number == ENOMEM) code = ErrorCode::out_of_memory;
    if (error_number == ENOENT) code = ErrorCode::not_found;
    if (error_number == EEXIST) code = ErrorCode::target_exists;
    fail(code, "cannot ", action, ": ", std::generic_category().message(error_number), remedy(error_number));
}

namespace text_detail {
void append(std::string& out, double number) {
    std::array<char, 32> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
    out.append(buffer.data(), end.ptr);
}
}  // namespace text_detail

std::string hex(std::uint64_t number) {
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16);
    return "0x" + std::string(digits.data(), end.ptr);
}

std::string printable(std::string_view bytes, std::size_t most) {
    std::string out;
    for (const char character : bytes.substr(0, most)) {
        const auto code = static_cast<unsigned char>(character);
        if (code >= 0x20 && code < 0x7f && character != '\\') {
            out += character;
        } else {
            constexpr std::string_view digits = "0123456789abcdef";
            out += {'\\', 'x', digits[code >> 4], digits[code & 15]};
        }
    }
    if (bytes.size() > most) out += "...";
    return out;
}

}  // namespace mrcz
