#include "capi/lasting.hpp"

#include <mutex>
#include <set>
#include <string>

namespace mrcz::capi {

const char* lasting(std::string_view text) noexcept {
    try {
        static std::mutex mutex;
        // Never destroyed: texts outlive the library's other statics.
        static auto& texts = *new std::set<std::string, std::less<>>;
        const std::lock_guard lock(mutex);
        auto found = texts.find(text);
        if (found == texts.end()) found = texts.emplace(text).first;
        return found->c_str();
    } catch (...) {
        return nullptr;
    }
}

}  // namespace mrcz::capi
