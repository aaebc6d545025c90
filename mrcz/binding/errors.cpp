// mrcz::Error becomes the exception that mrcz/errors.py has for its code.
#include <nanobind/stl/string.h>

#include <string>

#include "binding.hpp"
#include "mrcz/error.hpp"

namespace mrcz::python {
namespace {

void raise_in_python(const Error& error) {
    // A cancelled job is Ctrl-C: its handler has run, the interpreter raises what it left.
    if (error.code() == ErrorCode::cancelled && PyErr_CheckSignals() != 0) return;
    const nb::object exception =
        nb::module_::import_("mrcz.errors")
            .attr("from_core")(std::string(name_of(error.code())), text_of(error.message()), text_of(error.context()));
    PyErr_SetObject(exception.type().ptr(), exception.ptr());
}

}  // namespace

void bind_errors(nb::module_&) {
    nb::register_exception_translator([](const std::exception_ptr& thrown, void*) {
        try {
            std::rethrow_exception(thrown);
        } catch (const Error& error) {
            raise_in_python(error);
        }
    });
}

}  // namespace mrcz::python
