#include "mrcz/convert_file.hpp"

#include <algorithm>
#include <array>
#include <system_error>

#include "base/fail.hpp"
#include "container/metadata_section.hpp"
#include "container/mrc_file.hpp"
#include "container/provenance_steps.hpp"
#include "foreign/frame_array.hpp"
#include "jobs/array_source.hpp"
#include "jobs/array_type.hpp"
#include "jobs/coding_slots.hpp"
#include "jobs/conversion.hpp"
#include "jobs/converting_feed.hpp"
#include "jobs/foreign_feed.hpp"
#include "jobs/frame_target.hpp"
#include "jobs/own_attributes.hpp"
#include "meta/json_writer.hpp"
#include "mrcz/version.hpp"

namespace mrcz {
namespace {

namespace fs = std::filesystem;

using container::Section;
using jobs::FrameFeed;

bool is_hdf5(const fs::path& path) {
    constexpr std::string_view signature("\x89HDF\r\n\x1a\n", 8);
    std::error_code ignored;
    if (!fs::is_regular_file(path, ignored)) return false;
    const auto source = open_file_source(path);
    std::string head(signature.size(), ' ');
    if (source->size() < head.size()) return false;
    source->read_at(0, std::as_writable_bytes(std::span(head)));
    return head == signature;
}

/// By what is there, then by the name.
std::string_view container_to_read(const fs::path& path) {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) return "zarr";
    if (is_hdf5(path)) return "hdf5";
    const ContainerInfo* const named = container_of(path);
    return named == nullptr ? "mrc" : named->name;
}

std::string_view container_to_write(const fs::path& path) {
    const ContainerInfo* const named = container_of(path);
    if (named != nullptr) return named->name;
    std::string endings;
    for (const ContainerInfo& row : containers()) endings += concat(endings.empty() ? "" : " ", row.endings);
    throw Error(ErrorCode::invalid_argument, concat("its ending names no container; there are ", endings),
                path.string());
}

bool is_mrc(std::string_view container) { return container.starts_with("mrc"); }

void refuse_same(std::string_view from, std::string_view to, const fs::path& output) {
    if (is_mrc(from) && is_mrc(to))
        throw Error(ErrorCode::invalid_argument,
                    "input and output are MRC files: use `mrcz compress` or `mrcz decompress`", output.string());
    if (from == to)
        throw Error(ErrorCode::invalid_argument, concat("input and output are both ", to, "; copy the input"),
                    output.string());
}

/// The file of ours that a Zarr v3 folder has as its only shard; empty where it has none.
fs::path shard_of_ours(const fs::path& folder, const foreign::ArrayFacts& facts, const Limits& limits) {
    if (facts.container != "Zarr v3" || !facts.why_not_moved.empty()) return {};
    std::error_code ignored;
    fs::path shard = folder / "c";
    while (fs::is_directory(shard, ignored)) shard /= "0";
    if (!fs::is_regular_file(shard, ignored)) return {};
    try {
        const container::MrcFile file(open_file_source(shard), limits);
        file.require_undamaged();
        const bool fits = file.has_index() && file.frames() == facts.frames && file.footer() &&
                          pixel_count(file.layout().format()) == pixel_count(facts.format) &&
                          file.layout().frame_bytes == bytes_of(facts.format);
        return fits ? shard : fs::path();
    } catch (const Error&) {
        return {};  // a shard as others are
    }
}

std::optional<ScanShape> scan_of_mrc(const fs::path& path, const Limits& limits) {
    try {
        return scan_shape_of(Reader(open_file_source(path), limits));
    } catch (const Error&) {
        return std::nullopt;  // wrapped, or what opening the feed will tell
    }
}

/// Frames, and what is known of them besides.
struct Opened {
    std::unique_ptr<FrameFeed> feed;
    jobs::ForeignFeed* foreign = nullptr;  ///< the feed, where it is of another container
    std::string container;                 ///< of another container, and place in it, for the record
    std::string place;
    std::optional<ScanShape> scan;
    const CodecInfo* codec = nullptr;  ///< of chunks that may be moved; null: none may
    std::string why_recoded;           ///< where none may
    std::optional<Section> metadata;   ///< instead of the feed's
    std::vector<std::string> left_behind;
};

Opened open_mrc(const fs::path& path, const ConvertFileOptions& options, const RunContext& context) {
    Opened opened;
    opened.scan = scan_of_mrc(path, options.limits);
    opened.feed = jobs::open_feed(Input::file(path), options.limits, options.mode0, context);
    const CodecInfo* const codec = find_codec(opened.feed->layout().codec_id);
    if (codec->id == 0) {
        opened.why_recoded = "plain MRC is not compressed";
    } else if (codec->id > 6 || !codec->writes) {
        opened.why_recoded = concat("Zarr and HDF5 have no ", codec->name);
    } else {
        opened.codec = codec;
        opened.why_recoded = "its chunks are no chunks of c-blosc 1";  // of those that turn out so
    }
    return opened;
}

Opened open_array(std::unique_ptr<foreign::FrameArray> array, const Limits& limits) {
    const foreign::ArrayFacts facts = array->facts();
    Opened opened;
    opened.container = facts.container;
    auto feed = std::make_unique<jobs::ForeignFeed>(std::move(array), limits);
    opened.foreign = feed.get();
    opened.codec = feed->codec_of_chunks();
    opened.why_recoded = facts.why_not_moved.empty() ? "chunks are missing, or of another kind" : facts.why_not_moved;
    opened.place = facts.place;
    opened.feed = std::move(feed);
    if (facts.scan) opened.scan = ScanShape{facts.scan->rows, facts.scan->columns};
    return opened;
}

/// Attributes of the folder that are not as the file in it would have them.
void take_edited_attributes(Opened& opened, const foreign::ArrayFacts& facts, const fs::path& shard,
                            const Limits& limits) {
    const Reader reader(open_file_source(shard), limits);
    std::optional<ScanShape> scan;
    if (facts.scan) scan = ScanShape{facts.scan->rows, facts.scan->columns};
    const auto described = meta::JsonValue::parse(zarr_metadata_json(reader, scan), limits);
    const meta::JsonValue* const written = described.find("attributes")->find("mrc");
    const meta::JsonValue* const found = facts.attributes.find("mrc");
    std::optional<Metadata> metadata = reader.metadata();
    if (found != nullptr) {
        jobs::tell_unused_changes(*found, *written, opened.left_behind);
        if (auto edited = jobs::edited_metadata(*found, *written, limits)) metadata = *std::move(edited);
        jobs::tell_lost_kinds(*found, metadata ? &*metadata : nullptr, opened.left_behind);
    }
    jobs::tell_unused_voxel_size(facts.attributes, reader.header(), opened.left_behind);
    metadata = jobs::with_attributes(metadata ? &*metadata : nullptr, facts, limits, opened.left_behind);
    if (metadata) opened.metadata = container::metadata_section(*metadata);
}

Opened open_foreign(std::unique_ptr<foreign::FrameArray> array, const fs::path& path, const ConvertFileOptions& options,
                    const RunContext& context) {
    const foreign::ArrayFacts facts = array->facts();
    const fs::path shard = facts.container == "HDF5" ? fs::path() : shard_of_ours(path, facts, options.limits);
    if (shard.empty()) return open_array(std::move(array), options.limits);
    Opened opened = open_mrc(shard, options, context);
    take_edited_attributes(opened, facts, shard, options.limits);
    if (facts.scan) {
        const ScanShape scan{facts.scan->rows, facts.scan->columns};
        if (opened.scan != scan) opened.container = facts.container;
        opened.scan = scan;
    }
    return opened;
}

Opened open_input(std::string_view container, const fs::path& path, const ConvertFileOptions& options,
                  const RunContext& context) {
    if (container == "zarr") return open_foreign(foreign::open_zarr(path, options.limits), path, options, context);
    if (container == "hdf5")
        return open_foreign(foreign::open_hdf5(path, options.dataset, options.limits), path, options, context);
    return open_mrc(path, options, context);
}

/// What is asked for, or unsigned bytes of other containers made numbers that every MRC reader takes for the same.
std::unique_ptr<jobs::Conversion> conversion_of(const Opened& opened, std::string_view to,
                                                const ConvertFileOptions& options) {
    const header::Layout& layout = opened.feed->layout();
    if (options.dtype || options.allowed.clip || options.allowed.round)
        return jobs::requested_conversion(layout, options.dtype, options.allowed, options.limits);
    const bool becomes_bytes_of_no_sign = is_mrc(to) && opened.foreign != nullptr && !opened.foreign->has_header() &&
                                          layout.type == PixelType::uint8 && options.mode0 == Mode0::by_header;
    if (!becomes_bytes_of_no_sign) return nullptr;
    return jobs::requested_conversion(layout, PixelType::uint16, {}, options.limits);
}

const codec::CodecRow& row_of(const Opened& opened, std::string_view to, const ConvertFileOptions& options) {
    const std::string_view name = to == "mrc"               ? "raw"
                                  : !options.codec.empty()  ? std::string_view(options.codec)
                                  : opened.codec != nullptr ? opened.codec->name
                                                            : "zstd";
    const CodecInfo* const info = find_codec(name);
    if (info == nullptr) fail(ErrorCode::invalid_argument, "there is no codec named ", name, "; see `mrcz codecs`");
    if (!is_mrc(to) && (info->id == 0 || info->id > 6))
        fail(ErrorCode::invalid_argument, "codec ", name, " is not known in ", to,
             "; zstd, lz4, lz4hc, zlib, blosclz are");
    return codec::writing_row(*info);
}

/// Empty where chunks may be moved.
std::string why_not_moved(const Opened& opened, std::string_view to, const codec::CodecRow& row,
                          const jobs::Conversion* conversion, const ConvertFileOptions& options) {
    if (to == "mrc") return "plain MRC is not compressed";
    if (conversion != nullptr && !options.dtype)
        return "MRC has no mode for unsigned bytes, they become uint16 (--mode0 unsigned keeps them)";
    if (conversion != nullptr) return concat("its pixels become ", info_of(conversion->layout().type).name);
    if (opened.codec == nullptr) return opened.why_recoded;
    if (opened.codec != &row.info && opened.codec->id != row.info.id)
        return concat("they become ", row.info.name, " instead of ", opened.codec->name);
    if (options.coding.level != 0 || options.coding.block_bytes != 0 || options.coding.filter != Filter::automatic)
        return "level, filter or block size were chosen";
    return {};
}

std::string import_step(const Opened& opened, const std::string& why) {
    meta::JsonWriter json;
    json.begin_object().member("step", "import").member("container", std::string_view(opened.container));
    if (!opened.place.empty()) json.member("dataset", std::string_view(opened.place));
    json.member("chunks", std::string_view(why.empty() ? "moved" : "recompressed"));
    if (opened.scan)
        json.key("scan_shape").begin_array().value(opened.scan->rows).value(opened.scan->columns).end_array();
    json.member("program", std::string_view("mrcz")).member("version", std::string_view(version));
    return json.end_object().take();
}

bool has(const std::vector<Section>& sections, std::string_view id) {
    return std::ranges::find(sections, id, &Section::id) != sections.end();
}

void drop(std::vector<Section>& sections, std::string_view id) {
    std::erase_if(sections, [id](const Section& section) { return section.id == id; });
}

/// Those of the input, as far as they still hold of these frames, and what was done now.
std::vector<Section> sections_for(FrameFeed& feed, const Opened& opened, std::string_view to, const std::string& why,
                                  const std::vector<std::uint64_t>& hashes, std::vector<std::string>& left_behind) {
    std::vector<Section> sections = feed.sections();
    namespace section = container::section;
    left_behind.insert(left_behind.end(), opened.left_behind.begin(), opened.left_behind.end());
    if (opened.metadata) {
        drop(sections, section::metadata);
        sections.insert(sections.begin(), *opened.metadata);
    }
    if (opened.foreign != nullptr) {
        const jobs::Carried& carried = opened.foreign->carried();
        const auto& left = opened.foreign->left_behind();
        left_behind.insert(left_behind.end(), left.begin(), left.end());
        const bool same = opened.foreign->has_header() && carried.frames == jobs::hash_of_frame_hashes(hashes);
        if (!same && has(sections, section::original))
            left_behind.emplace_back("the original file's bytes, because the frames changed since");
        if (!same) drop(sections, section::original);
        if (!same) drop(sections, section::sum);
    }
    const bool worth_telling = has(sections, section::metadata) || has(sections, section::provenance) || opened.scan;
    if (is_mrc(to) && !opened.container.empty()) container::add_provenance_step(sections, import_step(opened, why));
    if (to != "mrc") return sections;
    for (const std::string_view id : {section::original, section::sum}) drop(sections, id);
    if (!worth_telling) sections.clear();
    return sections;
}

std::unique_ptr<jobs::FrameTarget> make_target(std::string_view to, const jobs::TargetPlan& plan) {
    if (to == "zarr") return jobs::make_zarr_target(plan);
    return to == "hdf5" ? jobs::make_hdf5_target(plan) : jobs::make_mrc_target(plan);
}

void require_array(const header::Layout& layout, const std::optional<ScanShape>& scan) {
    if (jobs::number_type(layout.type) == nullptr) jobs::refuse_as_array(layout.type);
    if (layout.frames == 0) fail(ErrorCode::invalid_argument, "has no frames to make an array of");
    if (scan && (layout.frames % scan->rows != 0 || layout.frames / scan->rows != scan->columns))
        fail(ErrorCode::invalid_argument, "has ", layout.frames, " frames, a scan of ", scan->rows, " x ",
             scan->columns, " points has ", static_cast<double>(scan->rows) * static_cast<double>(scan->columns));
}

ConvertFileResult convert_opened(Opened& opened, std::string_view to, const fs::path& output,
                                 const ConvertFileOptions& options, const RunContext& context) {
    const auto conversion = conversion_of(opened, to, options);
    const auto converting = conversion ? jobs::make_converting_feed(*opened.feed, *conversion) : nullptr;
    FrameFeed& feed = conversion ? *converting : *opened.feed;
    const header::Layout& layout = feed.layout();
    if (options.scan) opened.scan = options.scan;
    if (!is_mrc(to) || options.scan) require_array(layout, opened.scan);
    if (is_mrc(to) && options.scan && opened.container.empty()) opened.container = "frames";
    const codec::CodecRow& row = row_of(opened, to, options);
    std::string why = why_not_moved(opened, to, row, conversion.get(), options);
    ConvertFileResult result;
    const auto target = make_target(to, {.path = output,
                                         .overwrite = options.overwrite,
                                         .layout = layout,
                                         .extended_header = feed.extended_header(),
                                         .row = row,
                                         .scan = opened.scan,
                                         .dataset = to == "hdf5" ? options.dataset : std::string(),
                                         .limits = options.limits,
                                         .left_behind = result.left_behind});
    jobs::CodingSlots slots(feed, &row, options.coding, context, why.empty());
    if (!slots.model_chunk().empty()) target->add_model(slots.model_chunk());
    std::vector<std::uint64_t> hashes;
    jobs::code_frames(
        slots, layout,
        [&](std::size_t slot) {
            target->add(slots.coded(slot));
            hashes.push_back(slots.coded(slot).frame_hash);
        },
        [&] { return target->written(); }, context);
    result.frames = layout.frames;
    result.moved = slots.moved();
    result.recoded = result.frames - result.moved;
    if (result.recoded > 0) result.why_recoded = why.empty() ? opened.why_recoded : why;
    result.bytes_out = target->finish(sections_for(feed, opened, to, result.why_recoded, hashes, result.left_behind));
    result.bytes_in = feed.bytes_read();
    if (conversion) conversion->tell(context);
    if (conversion) result.converted = conversion->result();
    return result;
}

}  // namespace

ConvertFileResult convert_file(const fs::path& input, const fs::path& output, const ConvertFileOptions& options,
                               const RunContext& context) {
    return in_file(input.string(), [&] {
        std::error_code ignored;
        if (!fs::exists(input, ignored)) fail(ErrorCode::not_found, "there is no such file or folder");
        const std::string_view to = container_to_write(output);
        const std::string_view from = container_to_read(input);
        refuse_same(from, to, output);
        Opened opened = open_input(from, input, options, context);
        return convert_opened(opened, to, output, options, context);
    });
}

ConvertFileResult convert_array(ArraySource& source, const fs::path& output, const ConvertFileOptions& options,
                                const RunContext& context) {
    const std::string_view to = container_to_write(output);
    auto array = jobs::as_frame_array(source, options.limits);
    Opened opened = open_array(std::move(array), options.limits);
    return convert_opened(opened, to, output, options, context);
}

}  // namespace mrcz
