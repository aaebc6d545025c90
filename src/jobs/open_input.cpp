#include "jobs/open_input.hpp"

#include "base/fail.hpp"
#include "container/journal.hpp"
#include "io/sources.hpp"
#include "mrcz/jobs.hpp"

namespace mrcz::jobs {

namespace fs = std::filesystem;

std::unique_ptr<io::ByteStream> open_stream(const Input& input, const RunContext& context) {
    return in_file(input.display_name(), [&] {
        return io::unwrapped(input.descriptor
                                 ? io::make_descriptor_stream(*input.descriptor, input.display_name(), context.cancel)
                                 : io::open_file_stream(input.path, context.cancel));
    });
}

std::unique_ptr<ByteSource> open_source(const Input& input, const RunContext& context) {
    if (!input.descriptor) return io::open_unwrapped_source(input.path, context.cancel);
    return io::spooled(*open_stream(input, context), context.cancel);
}

void require_another_file(const Input& input, const fs::path& output) {
    std::error_code ignored;
    if (!input.descriptor && fs::equivalent(input.path, output, ignored))
        throw Error(ErrorCode::invalid_argument, "is input and output at once; name another output", output.string());
}

std::unique_ptr<io::ByteSink> open_sink(const Output& output, const Input& input, bool rewritable) {
    if (output.descriptor) return io::make_descriptor_sink(*output.descriptor, rewritable);
    require_another_file(input, output.path);
    container::refuse_growing_output(output.path);
    return io::open_file_sink(output.path,
                              {.overwrite = output.overwrite, .like = input.descriptor ? fs::path() : input.path});
}

void refuse_unfinished(const Input& input, const header::Layout& layout) {
    if (input.descriptor || layout.codec_id != 0 || !container::has_whole_journal(input.path)) return;
    fail(ErrorCode::truncated, container::unfinished_append);
}

}  // namespace mrcz::jobs

namespace mrcz {

Reader open_reader(const Input& input, const Limits& limits, Mode0 mode0, const RunContext& context) {
    // Readers of a path find the journal that lies beside it.
    if (!input.descriptor && container::has_whole_journal(input.path)) return Reader(input.path, limits, mode0);
    return Reader(jobs::open_source(input, context), limits, mode0);
}

}  // namespace mrcz
