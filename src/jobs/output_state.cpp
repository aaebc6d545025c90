#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "base/fail.hpp"
#include "container/footer.hpp"
#include "container/journal.hpp"
#include "header/compose.hpp"
#include "jobs/open_input.hpp"
#include "mrcz/jobs.hpp"

namespace mrcz {
namespace {

namespace fs = std::filesystem;
using container::MrcFile;
using header::Layout;

/// What can be told without opening the output, or nothing when it must be looked into.
std::optional<OutputState> state_from_outside(const fs::path& output) {
    std::error_code failed;
    const fs::file_status status = fs::status(output, failed);
    if (status.type() == fs::file_type::not_found) return OutputState::absent;
    if (status.type() == fs::file_type::none) fail_errno(failed.value(), concat("look at ", output.string()));
    if (status.type() != fs::file_type::regular) return OutputState::foreign;
    if (container::is_growing(output)) return OutputState::unfinished;
    if (fs::file_size(output) == 0) return OutputState::incomplete;  // what quotas and full disks leave
    return std::nullopt;
}

bool is_older(const fs::path& output, const fs::path& input) {
    std::error_code failed;
    const auto of_input = fs::last_write_time(input, failed);
    return !failed && fs::last_write_time(output) < of_input;
}

OutputState by_age(const fs::path& output, const fs::path& input) {
    return is_older(output, input) ? OutputState::outdated : OutputState::complete;
}

std::optional<Layout> layout_at(std::span<const std::byte> head) {
    if (head.size() < Header::bytes_on_disk) return std::nullopt;
    try {
        return header::read_layout(head.first<Header::bytes_on_disk>(), {});
    } catch (const Error&) {
        return std::nullopt;
    }
}

Bytes head_of(const ByteSource& source) {
    Bytes head(static_cast<std::size_t>(std::min<std::uint64_t>(source.size(), Header::bytes_on_disk)));
    source.read_at(0, head);
    return head;
}

bool same_shape(const Layout& a, const Layout& b) {
    return a.columns == b.columns && a.rows == b.rows && a.frames == b.frames;
}

/// Of what the input holds, wrapped or not; empty when it is missing.
Bytes head_of_input(const fs::path& input, const RunContext& context) {
    std::error_code ignored;
    if (!fs::exists(input, ignored)) return {};
    const auto stream = jobs::open_stream(Input::file(input), context);
    Bytes head(Header::bytes_on_disk);
    head.resize(io::read_up_to(*stream, head));
    return head;
}

/// Nothing when the input is missing or no MRC file.
std::optional<Layout> layout_of_input(const fs::path& input, const RunContext& context) {
    return layout_at(head_of_input(input, context));
}

/// Whether an output that is damaged may have been made from this input.
bool could_be_from(const fs::path& input, const Layout& output, const RunContext& context) {
    const auto layout = layout_of_input(input, context);
    return layout && same_shape(*layout, output);
}

/// Whether an output can be what a conversion to `dtype` makes of the input; always where none is asked for.
bool could_be_converted(const fs::path& input, const Layout& output, const std::optional<PixelType>& dtype,
                        const RunContext& context) {
    if (!dtype) return true;
    if (output.type != *dtype) return false;
    const auto layout = layout_of_input(input, context);
    return !layout || same_shape(*layout, output);
}

/// Nothing when it is damaged.
std::unique_ptr<MrcFile> opened_whole(std::unique_ptr<ByteSource> source) {
    try {
        auto file = std::make_unique<MrcFile>(std::move(source), Limits{});
        file->require_undamaged();
        (void)file->original();
        return file->has_index() ? std::move(file) : nullptr;
    } catch (const Error& error) {  // also: cut within its extended header
        if (error.group() == ErrorGroup::system) throw;
        return nullptr;
    }
}

/// Whether an output gives back its input or, of one that was compressed anew, what that gives back: one that was
/// converted, written live or appended to does not. An input that is gone cannot be asked.
bool gives_back(const fs::path& input, const MrcFile& output, const RunContext& context) {
    std::error_code ignored;
    if (!fs::exists(input, ignored)) return true;
    const Bytes head = head_of_input(input, context);
    const auto layout = layout_at(head);
    const auto kept = output.original();
    if (!layout || layout->codec_id == 0) return kept && std::ranges::equal(kept->header, head);
    const auto wanted =
        in_file(input.string(), [&] { return MrcFile(jobs::open_source(Input::file(input), context), {}).original(); });
    if (wanted) return kept && kept->hash == wanted->hash;
    return !kept && same_shape(*layout, output.layout()) && layout->type == output.layout().type;
}

OutputState compressed_state(const fs::path& input, const fs::path& output, const std::optional<PixelType>& dtype,
                             const RunContext& context) {
    auto source = open_file_source(output);
    const auto layout = layout_at(head_of(*source));
    if (!layout || layout->codec_id == 0 || !header::is_ours(layout->header)) return OutputState::foreign;
    if (!could_be_converted(input, *layout, dtype, context)) return OutputState::foreign;
    const auto file = opened_whole(std::move(source));
    if (!file) return could_be_from(input, *layout, context) ? OutputState::incomplete : OutputState::foreign;
    // An input that was changed since has another header; the output may be the only copy of what it was.
    if (by_age(output, input) == OutputState::outdated) return OutputState::outdated;
    return dtype || gives_back(input, *file, context) ? OutputState::complete : OutputState::foreign;
}

/// A restored file that must have these first and that many bytes; a footer with metadata may follow.
OutputState original_state(const fs::path& input, const ByteSource& output, std::span<const std::byte> head,
                           std::uint64_t data_end, std::uint64_t file_bytes) {
    const Bytes found = head_of(output);
    if (!std::ranges::equal(found, head.first(found.size()))) return OutputState::foreign;
    if (output.size() == file_bytes || container::has_footer_magic(output, data_end))
        return by_age(output.name(), input);
    return output.size() < file_bytes ? OutputState::incomplete : OutputState::foreign;
}

OutputState fresh_state(const fs::path& input, const ByteSource& output, const Layout& expected,
                        const std::optional<PixelType>& dtype) {
    const auto layout = layout_at(head_of(output));
    if (!layout || layout->codec_id != 0 || (dtype && layout->type != *dtype) || !same_shape(*layout, expected))
        return OutputState::foreign;
    if (output.size() < layout->data_offset + layout->data_bytes) return OutputState::incomplete;
    return by_age(output.name(), input);
}

OutputState restored_state(const fs::path& input, const fs::path& output, const std::optional<PixelType>& dtype,
                           const RunContext& context) {
    const auto source = open_file_source(output);
    const MrcFile from(jobs::open_source(Input::file(input), context), {});
    if (dtype && *dtype != from.layout().type) return fresh_state(input, *source, from.layout(), dtype);
    if (from.codec().id == 0)
        return original_state(input, *source, head_of(from.source()), from.source().size(), from.source().size());
    if (const auto original = from.original())
        return original_state(input, *source, original->header, original->file_bytes - original->trailing.size(),
                              original->file_bytes);
    return fresh_state(input, *source, from.layout(), dtype);
}

/// Nothing is left to compare it with: a whole MRC file at least.
OutputState unowned_state(const fs::path& output, const std::optional<PixelType>& dtype) {
    try {
        const MrcFile found(open_file_source(output), {});
        const bool fits = found.codec().id == 0 && (!dtype || *dtype == found.layout().type);
        return fits ? OutputState::complete : OutputState::foreign;
    } catch (const Error&) {
        return OutputState::foreign;
    }
}

}  // namespace

OutputState compressed_output_state(const fs::path& input, const fs::path& output,
                                    const std::optional<PixelType>& dtype, const RunContext& context) {
    return in_file(output.string(), [&] {
        if (const auto state = state_from_outside(output)) return *state;
        return compressed_state(input, output, dtype, context);
    });
}

OutputState restored_output_state(const fs::path& input, const fs::path& output, const std::optional<PixelType>& dtype,
                                  const RunContext& context) {
    return in_file(input.string(), [&] {
        if (const auto state = state_from_outside(output)) return *state;
        std::error_code ignored;
        if (!fs::exists(input, ignored)) return unowned_state(output, dtype);
        return restored_state(input, output, dtype, context);
    });
}

}  // namespace mrcz
