// Which files a verb is to work on: those named, those in lists, those in folders.
#pragma once

#include "options.hpp"

namespace mrcz::cli {

/// What a verb reads by preference, and so what it takes out of folders.
enum class InputKind { plain, compressed, any };

/// Puts into `options.inputs` what is to be done: folders opened (-r), lists read, doubles dropped, the shard taken.
/// Folders and files that cannot be looked at go to `options.unusable`. Throws Error{invalid_argument, not_found}.
void gather_inputs(Options& options, InputKind kind);

}  // namespace mrcz::cli
