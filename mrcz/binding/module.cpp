#include "binding.hpp"

#include "mrcz/version.hpp"

NB_MODULE(_core, module) {
    using namespace mrcz::python;
    namespace nb = nanobind;
    module.doc() = "The C++ library behind the package mrcz; not a public interface.";
    // A file object that knows the stack it serves is a cycle that the collector does not see into; at the end of a
    // program it harms nobody.
    nb::set_leak_warnings(false);
    module.attr("version") = mrcz::version;
    module.def("is_cancelled", &is_cancelled);
    bind_errors(module);
    bind_codecs(module);
    bind_header(module);
    bind_reader(module);
    bind_writer(module);
    bind_jobs(module);
    bind_images(module);
    bind_process(module);
    bind_mrcfile(module);
    bind_containers(module);
}
