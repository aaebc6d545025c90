// What is fuzzed: functions that take any bytes and either cope or throw an Error of the data group.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace mrcz::fuzz {

struct Target {
    std::string_view name;
    /// Throws whatever the code under test throws, and Error{internal} when a rule of its own is broken.
    void (*run)(std::span<const std::byte> input);
    /// Valid inputs to begin with.
    std::vector<Bytes> (*seeds)();
    /// Bytes of an input at most; small ones are tried faster.
    std::size_t most_bytes;
};

[[nodiscard]] std::span<const Target> targets() noexcept;
[[nodiscard]] const Target& target_named(std::string_view name);

/// Empty when `input` led where bytes from outside may lead; else what went wrong.
[[nodiscard]] std::string complaint(const Target& target, std::span<const std::byte> input);

void run_header(std::span<const std::byte> input);
void run_metadata(std::span<const std::byte> input);
void run_footer(std::span<const std::byte> input);
void run_chunk(std::span<const std::byte> input);
void run_rans(std::span<const std::byte> input);
void run_rans_file(std::span<const std::byte> input);
void run_reader(std::span<const std::byte> input);
void run_reference(std::span<const std::byte> input);
void run_zarr(std::span<const std::byte> input);
void run_defects(std::span<const std::byte> input);

[[nodiscard]] std::vector<Bytes> header_seeds();
[[nodiscard]] std::vector<Bytes> metadata_seeds();
[[nodiscard]] std::vector<Bytes> footer_seeds();
[[nodiscard]] std::vector<Bytes> chunk_seeds();
[[nodiscard]] std::vector<Bytes> rans_seeds();
[[nodiscard]] std::vector<Bytes> rans_file_seeds();
[[nodiscard]] std::vector<Bytes> reader_seeds();
[[nodiscard]] std::vector<Bytes> reference_seeds();
[[nodiscard]] std::vector<Bytes> zarr_seeds();
[[nodiscard]] std::vector<Bytes> defects_seeds();

}  // namespace mrcz::fuzz
