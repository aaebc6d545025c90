#include "targets.hpp"

#include <array>
#include <stdexcept>

#include "mrcz/error.hpp"

namespace mrcz::fuzz {
namespace {

constexpr std::array<Target, 10> table{{
    {"header", run_header, header_seeds, 1024},
    {"metadata", run_metadata, metadata_seeds, 512},
    {"footer", run_footer, footer_seeds, 2048},
    {"chunk", run_chunk, chunk_seeds, 1024},
    {"rans", run_rans, rans_seeds, 32768},
    {"rans_file", run_rans_file, rans_file_seeds, 49152},
    {"reader", run_reader, reader_seeds, 4096},
    {"reference", run_reference, reference_seeds, 2048},
    {"zarr", run_zarr, zarr_seeds, 1024},
    {"defects", run_defects, defects_seeds, 512},
}};

}  // namespace

std::span<const Target> targets() noexcept { return table; }

const Target& target_named(std::string_view name) {
    for (const Target& target : table)
        if (target.name == name) return target;
    throw std::invalid_argument("no fuzz target " + std::string(name));
}

std::string complaint(const Target& target, std::span<const std::byte> input) {
    try {
        target.run(input);
    } catch (const Error& error) {
        return error.group() == ErrorGroup::data ? std::string() : error.what();
    } catch (const std::exception& other) {
        return std::string("not an Error: ") + other.what();
    }
    return {};
}

}  // namespace mrcz::fuzz
