#include "meta/document_path.hpp"

#include "base/text.hpp"

namespace mrcz::meta {

namespace {

constexpr std::size_t shown_key_bytes = 40;

bool is_plain(std::string_view key) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    return !key.empty() && key.find_first_not_of(plain) == std::string_view::npos;
}

std::string member_text(std::string_view key) {
    const std::string shown = printable(key, shown_key_bytes);
    return is_plain(key) ? concat('.', shown) : concat("[\"", shown, "\"]");
}

}  // namespace

void DocumentPath::leave() {
    keys_.resize(levels_.back().key_at);
    levels_.pop_back();
}

void DocumentPath::forget_key() {
    keys_.resize(levels_.back().key_at);
    levels_.back().kind = Kind::object;
}

void DocumentPath::key(std::string_view name) {
    forget_key();
    levels_.back().kind = Kind::member;
    keys_ += name.substr(0, shown_key_bytes + 1);  // one more, so that printable() sees it was cut
}

void DocumentPath::begin_value() {
    if (!levels_.empty() && levels_.back().kind == Kind::array) ++levels_.back().items;
}

std::string_view DocumentPath::key_of(std::size_t level) const {
    const std::size_t begin = levels_[level].key_at;
    const std::size_t end = level + 1 < levels_.size() ? levels_[level + 1].key_at : keys_.size();
    return std::string_view(keys_).substr(begin, end - begin);
}

std::string DocumentPath::text() const {
    std::string out = "$";
    for (std::size_t level = 0; level < levels_.size(); ++level) {
        const auto& [key_at, items, kind] = levels_[level];
        if (kind == Kind::member) out += member_text(key_of(level));
        if (kind == Kind::array && items > 0) out += concat('[', items - 1, ']');
    }
    return out;
}

}  // namespace mrcz::meta
