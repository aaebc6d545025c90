// Where in a document a walk stands, for messages: `$.detector.gain[3]`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mrcz::meta {

class DocumentPath {
  public:
    void enter_object() { levels_.push_back({keys_.size(), 0, Kind::object}); }
    void enter_array() { levels_.push_back({keys_.size(), 0, Kind::array}); }
    void leave();

    /// Before a key is read: the innermost map's last member is over.
    void forget_key();
    void key(std::string_view name);
    /// Before every value, containers too: counts the items of an array.
    void begin_value();

    [[nodiscard]] std::size_t depth() const noexcept { return levels_.size(); }
    [[nodiscard]] std::string text() const;

  private:
    enum class Kind { object, member, array };
    struct Level {
        std::size_t key_at;  ///< in keys_, up to the next level's
        std::uint64_t items;
        Kind kind;
    };
    [[nodiscard]] std::string_view key_of(std::size_t level) const;

    // One buffer for all keys: a level costs no allocation of its own, however deep a caller lets documents be.
    std::string keys_;
    std::vector<Level> levels_;
};

}  // namespace mrcz::meta
