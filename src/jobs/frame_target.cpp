#include "jobs/frame_target.hpp"

#include <algorithm>
#include <system_error>

#include "base/fail.hpp"
#include "codec/blosc/chunk.hpp"
#include "container/file_assembler.hpp"
#include "foreign/hdf5_writer.hpp"
#include "header/compose.hpp"
#include "io/byte_sink.hpp"
#include "io/staged_path.hpp"
#include "jobs/array_type.hpp"
#include "jobs/carried.hpp"
#include "jobs/zarr_folder.hpp"

namespace mrcz::jobs {
namespace {

namespace fs = std::filesystem;

using container::CodedFrame;
using container::Section;

Header header_of(const TargetPlan& plan) {
    return plan.row.info.id == 0 ? header::plain_header(plan.layout, plan.layout.frames)
                                 : header::compressed_header(plan.layout, plan.row.info.id);
}

class MrcTarget final : public FrameTarget {
  public:
    explicit MrcTarget(const TargetPlan& plan)
        : sink_(io::open_file_sink(plan.path, {.overwrite = plan.overwrite, .like = {}})),
          assembler_(*sink_, header_of(plan), plan.extended_header, plan.row.info, pixel_count(plan.layout.format())) {}

    void add_model(std::span<const std::byte> chunk) override { assembler_.add_model(chunk); }
    void add(const CodedFrame& frame) override { assembler_.add(frame); }
    std::uint64_t written() const override { return sink_->written(); }
    std::uint64_t finish(std::vector<Section> sections) override {
        assembler_.finish(std::move(sections));
        sink_->commit();
        return sink_->written();
    }

  private:
    std::unique_ptr<io::ByteSink> sink_;
    container::FileAssembler assembler_;
};

class ZarrTarget final : public FrameTarget {
  public:
    explicit ZarrTarget(const TargetPlan& plan)
        : scan_(plan.scan),
          limits_(plan.limits),
          staged_(io::StagedPath::folder(plan.path, plan.overwrite, is_zarr_array)),
          shard_(shard_path(plan)) {
        fs::create_directories(shard_.parent_path());
        TargetPlan shard = plan;
        shard.path = shard_;
        file_ = make_mrc_target(shard);
    }

    void add_model(std::span<const std::byte> chunk) override { file_->add_model(chunk); }
    void add(const CodedFrame& frame) override { file_->add(frame); }
    std::uint64_t written() const override { return file_->written(); }
    std::uint64_t finish(std::vector<Section> sections) override {
        const std::uint64_t bytes = file_->finish(std::move(sections));
        const std::string description = zarr_metadata_json(Reader(shard_, limits_), scan_, true) + '\n';
        write_text_file(staged_.path() / "zarr.json", description, false);
        staged_.commit();
        return bytes + description.size();
    }

  private:
    [[nodiscard]] fs::path shard_path(const TargetPlan& plan) const {
        const NumberType* const number = number_type(plan.layout.type);
        const std::size_t axes = (plan.scan ? 4U : 3U) + (number->parts > 1 ? 1U : 0U);
        fs::path path = staged_.path() / "c";
        for (std::size_t axis = 0; axis < axes; ++axis) path /= "0";
        return path;
    }

    std::optional<ScanShape> scan_;
    Limits limits_;
    io::StagedPath staged_;
    fs::path shard_;
    std::unique_ptr<FrameTarget> file_;
};

/// As h5py's users and NeXus programs look for it.
std::string default_dataset(const fs::path& path) { return path.extension() == ".nxs" ? "/entry/data/data" : "/data"; }

class Hdf5Target final : public FrameTarget {
  public:
    explicit Hdf5Target(const TargetPlan& plan)
        : header_(plan.layout.header),
          extended_header_(plan.extended_header),
          scan_(plan.scan),
          left_behind_(plan.left_behind),
          staged_(io::StagedPath::file(plan.path, plan.overwrite)) {
        plan_.dataset = plan.dataset.empty() ? default_dataset(plan.path) : plan.dataset;
        if (!plan_.dataset.starts_with('/')) plan_.dataset.insert(0, 1, '/');
        plan_.is_nexus = plan.dataset.empty() && plan.path.extension() == ".nxs";
        plan_.type = plan.layout.type;
        plan_.codec = plan.row.info.name;
        plan_.level = std::max(1, plan.row.info.default_level);
        plan_.frame_bytes = plan.layout.frame_bytes;
        const auto size = [](std::int64_t number) { return static_cast<std::uint64_t>(number); };
        if (scan_) {
            plan_.shape = {size(scan_->rows), size(scan_->columns)};
        } else {
            plan_.shape = {size(plan.layout.frames)};
        }
        plan_.chunk.assign(plan_.shape.size(), 1);
        for (const std::int64_t axis : {plan.layout.rows, plan.layout.columns}) add_axis(size(axis));
        if (plan.layout.type == PixelType::rgb8) add_axis(3);
    }

    void add_model(std::span<const std::byte>) override { fail(ErrorCode::internal, "HDF5 holds no models"); }

    void add(const CodedFrame& frame) override {
        if (writer_ == nullptr) begin(frame.chunk);
        std::vector<std::uint64_t> place(plan_.shape.size(), 0);
        const std::uint64_t number = hashes_.size();
        place[0] = scan_ ? number / plan_.shape[1] : number;
        if (scan_) place[1] = number % plan_.shape[1];
        writer_->write_chunk(place, frame.chunk);
        hashes_.push_back(frame.frame_hash);
        written_ += frame.chunk.size();
    }
    std::uint64_t written() const override { return written_; }

    std::uint64_t finish(std::vector<Section> sections) override {
        const auto voxel = header_.voxel_angstrom();
        std::vector<double> sizes;
        if (!scan_) sizes.push_back(voxel[2]);
        sizes.insert(sizes.end(), {voxel[1], voxel[0]});
        if (std::ranges::any_of(voxel, [](double edge) { return edge != 0; }))
            writer_->write_numbers("voxel_size_angstrom", sizes);
        meta::JsonWriter json;
        write_carried(json, {header_, extended_header_, std::move(sections), hash_of_frame_hashes(hashes_)},
                      left_behind_);
        writer_->write_text("mrc", json.take());
        writer_->close();
        const std::uint64_t bytes = fs::file_size(staged_.path());
        staged_.commit();
        return bytes;
    }

  private:
    void add_axis(std::uint64_t size) {
        plan_.shape.push_back(size);
        plan_.chunk.push_back(size);
    }

    /// The dataset says how its chunks are filtered, and the first one knows.
    void begin(std::span<const std::byte> chunk) {
        plan_.filter = codec::blosc::parse_chunk(chunk, plan_.frame_bytes).filter;
        writer_ = foreign::make_hdf5_writer(staged_.path(), plan_);
    }

    Header header_;
    Bytes extended_header_;
    std::optional<ScanShape> scan_;
    std::vector<std::string>& left_behind_;
    io::StagedPath staged_;
    foreign::Hdf5Plan plan_;
    std::unique_ptr<foreign::Hdf5Writer> writer_;
    std::vector<std::uint64_t> hashes_;
    std::uint64_t written_ = 0;
};

}  // namespace

std::unique_ptr<FrameTarget> make_mrc_target(const TargetPlan& plan) { return std::make_unique<MrcTarget>(plan); }
std::unique_ptr<FrameTarget> make_zarr_target(const TargetPlan& plan) { return std::make_unique<ZarrTarget>(plan); }

std::unique_ptr<FrameTarget> make_hdf5_target(const TargetPlan& plan) {
    if (const auto missing = foreign::hdf5_is_missing(); !missing.empty())
        fail(ErrorCode::unsupported, "cannot write HDF5: this mrcz is ", missing);
    if (plan.path.extension() == ".hspy")
        fail(ErrorCode::unsupported,
             "HyperSpy's own files are read here, not written; name it .h5, which HyperSpy reads "
             "through h5py, or .zarr");
    return std::make_unique<Hdf5Target>(plan);
}

}  // namespace mrcz::jobs
