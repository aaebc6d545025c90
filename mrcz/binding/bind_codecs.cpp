#include <nanobind/stl/string_view.h>

#include "binding.hpp"
#include "mrcz/codec.hpp"

namespace mrcz::python {

void bind_codecs(nb::module_& module) {
    module.def("codecs", [] {
        nb::list rows;
        for (const CodecInfo& codec : codecs()) {
            nb::dict row;
            row["id"] = codec.id;
            row["name"] = codec.name;
            row["writes"] = codec.writes;
            row["reads"] = codec.reads;
            row["least_level"] = codec.least_level;
            row["default_level"] = codec.default_level;
            row["greatest_level"] = codec.greatest_level;
            row["speed"] = codec.speed;
            row["summary"] = codec.summary;
            row["why_not"] = codec.why_not;
            rows.append(row);
        }
        return rows;
    });
}

}  // namespace mrcz::python
