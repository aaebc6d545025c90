// Walking over JSON text: the one JSON parser of mrcz, which checks what it walks over.
#pragma once

#include <cstddef>
#include <string_view>

#include "meta/document_path.hpp"

namespace mrcz::meta {

/// Told what a JSON document consists of, in its order. Text is UTF-8 without escapes and lives for the call only.
class JsonEvents {
  public:
    virtual ~JsonEvents() = default;
    virtual void null() {}
    virtual void boolean(bool) {}
    /// A number as it is written in the document, so that nothing of it is lost.
    virtual void number(std::string_view, const DocumentPath&) {}
    virtual void text(std::string_view) {}
    virtual void key(std::string_view) {}
    virtual void begin_object() {}
    virtual void end_object(std::size_t /*members*/) {}
    virtual void begin_array() {}
    virtual void end_array(std::size_t /*items*/) {}
};

/// Throws Error{corrupt} for anything but strict JSON in UTF-8, Error{limit_exceeded} for deeper nesting than
/// `most_depth`; both name line and column (in characters, from 1). Needs no stack for nesting.
void walk_json(std::string_view json, unsigned most_depth, JsonEvents& events);

}  // namespace mrcz::meta
