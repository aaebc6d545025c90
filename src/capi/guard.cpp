#include "capi/guard.hpp"

#include <array>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace mrcz::capi {
namespace {

/// Of one thread. Where there is no memory for a text it points at one that needs none.
struct LastError {
    std::string text;
    const char* shown = "";
};

thread_local LastError last;

/// What messages call by the words of the command, in those of this interface.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> words{{
    {"use -f (overwrite) to replace it", "overwrite = 1 replaces it"},
    {"nothing that -f may replace", "nothing that overwrite may replace"},
}};

std::string in_c(std::string text) {
    for (const auto& [command, here] : words)
        if (const std::size_t place = text.find(command); place != std::string::npos)
            text.replace(place, command.size(), here);
    return text;
}

void keep(const Error& error, const char* function) noexcept {
    try {
        last.text = in_c(error.within(function).what());
        last.shown = last.text.c_str();
    } catch (...) {
        last.shown = "there is no memory for the text of an error";
    }
}

}  // namespace

const char* last_error() noexcept { return last.shown; }

std::int32_t caught(const char* function) noexcept {
    try {
        try {
            throw;
        } catch (const Error& error) {
            keep(error, function);
            return status_of(error.code());
        } catch (const std::bad_alloc&) {
            throw Error(ErrorCode::out_of_memory, "not enough memory");
        } catch (const std::system_error& error) {
            throw Error(ErrorCode::io_failed, error.what());
        } catch (const std::exception& error) {
            throw Error(ErrorCode::internal, concat("a bug in mrcz: ", error.what()));
        } catch (...) {
            throw Error(ErrorCode::internal, "a function of the caller threw what is no std::exception");
        }
    } catch (const Error& error) {
        keep(error, function);
        return status_of(error.code());
    } catch (...) {
        last.shown = "not enough memory";
        return MRCZ_ERROR_OUT_OF_MEMORY;
    }
}

}  // namespace mrcz::capi
