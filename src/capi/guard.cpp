#include "capi/guard.hpp"

#include <exception>
#include <new>
#include <string>
#include <system_error>

namespace mrcz::capi {
namespace {

/// Of one thread. Where there is no memory for a text it points at one that needs none.
struct LastError {
    std::string text;
    const char* shown = "";
};

thread_local LastError last;

void keep(const Error& error, const char* function) noexcept {
    try {
        last.text = error.within(function).what();
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
