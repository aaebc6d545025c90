// What the tests of jobs share: a folder to work in, and jobs between files of it.
#pragma once

#include <gtest/gtest.h>

#include "kit/codec_trials.hpp"
#include "kit/damage.hpp"
#include "kit/files.hpp"
#include "kit/images.hpp"
#include "mrcz/jobs.hpp"

namespace mrcz::jobs_test {

/// Lossless codecs that compress.
inline std::vector<std::string> compressing_codecs() {
    std::vector<std::string> names;
    for (const std::string_view name : kit::writing_codecs())
        if (find_codec(name)->id != 0) names.emplace_back(name);
    return names;
}

class Workplace : public testing::Test {
  public:
    [[nodiscard]] std::filesystem::path path(const std::string& name) const { return folder_ / name; }

    /// The bytes of a file made of `bytes` by compress().
    Bytes compressed(std::span<const std::byte> bytes, const CompressOptions& options = {},
                     const RunContext& context = {}) const {
        kit::write_file(path("in"), bytes);
        (void)compress(Input::file(path("in")), Output::file(path("out"), true), options, context);
        return kit::read_file(path("out"));
    }
    Bytes compressed(std::span<const std::byte> bytes, const std::string& codec) const {
        CompressOptions options;
        options.codec = codec;
        return compressed(bytes, options);
    }
    Bytes decompressed(std::span<const std::byte> bytes, const DecompressOptions& options = {},
                       const RunContext& context = {}) const {
        kit::write_file(path("in"), bytes);
        (void)decompress(Input::file(path("in")), Output::file(path("out"), true), options, context);
        return kit::read_file(path("out"));
    }
    VerifyResult verified(std::span<const std::byte> bytes, const RunContext& context = {}) const {
        kit::write_file(path("in"), bytes);
        return verify(Input::file(path("in")), {}, context);
    }

    /// Names of what stands in the folder, finished or not.
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> found;
        for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
            found.push_back(entry.path().filename().string());
        std::sort(found.begin(), found.end());
        return found;
    }

  private:
    kit::TemporaryFolder folder_;
};

inline Reader reader_of(Bytes bytes) { return Reader(make_memory_source(std::move(bytes), "memory.mrcz")); }

inline Bytes pixels_of(const Bytes& file) {
    const Reader reader = reader_of(file);
    Bytes pixels(static_cast<std::size_t>(reader.frame_bytes() * static_cast<std::uint64_t>(reader.frames())));
    reader.read_frames(0, reader.frames(), pixels);
    return pixels;
}

inline bool has_rule(const std::vector<Finding>& findings, std::string_view rule) {
    return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) { return finding.rule == rule; });
}

inline Metadata some_metadata() { return Metadata::from_json(R"({"detector":{"name":"K2","gain":[1.5,2]}})"); }

inline RunContext on(Executor* executor) {
    RunContext context;
    context.executor = executor;
    return context;
}

}  // namespace mrcz::jobs_test
