#include "seal.hpp"

#include <algorithm>
#include <span>
#include <string_view>

#include "base/crc32c.hpp"
#include "codec/own_chunk.hpp"
#include "container/chunk_index.hpp"
#include "container/footer.hpp"
#include "simd/hash.hpp"

namespace mrcz::fuzz {
namespace {

constexpr std::size_t table_hash_at = 48;
constexpr std::size_t head_hash_at = 56;
constexpr std::size_t section_hash_at = 40;

void seal_section(std::span<std::byte> entry, std::span<const std::byte> footer) {
    const auto offset = load_le<std::uint64_t>(&entry[16]);
    const auto bytes = load_le<std::uint64_t>(&entry[24]);
    if (offset > footer.size() || bytes > footer.size() - offset) return;
    store_le(&entry[section_hash_at],
             simd::hash64(footer.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(bytes))));
}

}  // namespace

void seal_footer(Bytes& file, std::size_t at) {
    if (at > file.size() || file.size() - at < container::footer_head_bytes) return;
    const auto footer = std::span(file).subspan(at);
    const std::uint64_t sections = load_le<std::uint32_t>(&footer[12]);
    const std::uint64_t table_bytes = sections * container::section_entry_bytes;
    if (table_bytes <= footer.size() - container::footer_head_bytes) {
        const auto table = footer.subspan(container::footer_head_bytes, static_cast<std::size_t>(table_bytes));
        for (std::size_t entry = 0; entry < table.size(); entry += container::section_entry_bytes)
            seal_section(table.subspan(entry, container::section_entry_bytes), footer);
        store_le(&footer[table_hash_at], simd::hash64(table));
    }
    store_le(&footer[head_hash_at], simd::hash64(footer.first(head_hash_at)));
}

void seal_own_chunks(Bytes& file, std::size_t at) {
    constexpr std::size_t header = codec::own_chunk_header_bytes, hash_at = 32;
    while (at <= file.size() && file.size() - at >= header) {
        const auto payload = load_le<std::uint64_t>(&file[at + 24]);
        if (payload > file.size() - at - header) return;
        const auto chunk = std::span(file).subspan(at, header + static_cast<std::size_t>(payload));
        simd::Hasher64 hasher;
        hasher.update(chunk.first(hash_at));
        hasher.update(chunk.subspan(header));
        store_le(&chunk[hash_at], hasher.digest());
        at += chunk.size();
    }
}

void seal_index(Bytes& file, std::uint64_t chunks) {
    if (chunks > file.size() / container::index_entry_bytes) return;
    const auto bytes = static_cast<std::size_t>(container::index_bytes(chunks));
    if (bytes > file.size()) return;
    const auto entries = std::span(file).last(bytes).first(bytes - container::index_crc_bytes);
    store_le(file.data() + file.size() - container::index_crc_bytes, crc32c(entries));
}

void seal_tail(Bytes& file) {
    constexpr std::string_view magic = "MRCZFOOT";
    const auto bytes = std::as_bytes(std::span(magic));
    const auto found = std::search(file.begin(), file.end(), bytes.begin(), bytes.end());
    if (found != file.end()) seal_footer(file, static_cast<std::size_t>(found - file.begin()));
    if (file.size() > 12) seal_index(file, load_le<std::uint32_t>(&file[8]));
}

}  // namespace mrcz::fuzz
