#include "container/footer.hpp"

#include <gtest/gtest.h>
#include <zstd.h>

#include "base/fail.hpp"
#include "kit/damage.hpp"
#include "kit/images.hpp"
#include "kit/memory_sink.hpp"
#include "simd/hash.hpp"

namespace mrcz::container {
namespace {

constexpr std::uint64_t no_limit = ~std::uint64_t{0};
constexpr std::size_t footer_at = 96;  // what stands before it in these files
constexpr FooterFacts facts{.data_offset = 1024, .chunk_count = 7, .frames_per_chunk = 1, .flags = footer_has_index};

Bytes bytes_of(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

Section section(std::string id, Bytes payload, std::uint32_t flags = 0) {
    return {std::move(id), "raw ", flags, std::move(payload)};
}

Bytes file_with(std::vector<Section> sections) {
    kit::MemorySink sink;
    sink.write(Bytes(footer_at));
    write_footer(sink, facts, std::move(sections));
    return sink.bytes;
}

Footer read_back(const Bytes& file) { return read_footer(*make_memory_source(file, "footer"), footer_at); }

Section load(const Bytes& file, std::string_view id, std::uint64_t most = no_limit) {
    const auto source = make_memory_source(file, "footer");
    const Footer footer = read_footer(*source, footer_at);
    return load_section(*source, *footer.find(id), most);
}

/// What a reader that looks at everything does.
void read_everything(const Bytes& file) {
    const auto source = make_memory_source(file, "footer");
    if (!has_footer_magic(*source, footer_at)) fail(ErrorCode::corrupt, "no footer");
    const Footer footer = read_footer(*source, footer_at);
    for (const SectionEntry& entry : footer.sections) (void)load_section(*source, entry, 1 << 20);
    check_padding(*source, footer_at, footer);
}

std::uint64_t word_at(const Bytes& file, std::size_t offset) {
    return load_le<std::uint64_t>(&file[footer_at + offset]);
}

/// Makes both hashes hold again after a change of head or table.
Bytes rehashed(Bytes file) {
    const std::size_t count = load_le<std::uint32_t>(&file[footer_at + 12]);
    const auto head = std::span(file).subspan(footer_at);
    const std::size_t table_bytes = std::min(section_entry_bytes * count, head.size() - footer_head_bytes);
    store_le(&head[48], simd::hash64(head.subspan(footer_head_bytes, table_bytes)));
    store_le(&head[56], simd::hash64(head.first(56)));
    return file;
}

template <class T>
Bytes with_number(Bytes file, std::size_t offset, T value) {
    store_le(&file[footer_at + offset], value);
    return rehashed(std::move(file));
}

void expect_refused(const Bytes& file, ErrorCode code, std::string_view in_message) {
    const Error error = kit::error_of([&] { read_everything(file); });
    EXPECT_EQ(error.code(), code) << error.message();
    EXPECT_NE(error.message().find(in_message), std::string::npos) << error.message();
}

constexpr std::size_t entry_at = footer_head_bytes;  // of the first section, from F

TEST(Footer, HeadStandsAtItsDocumentedOffsets) {
    const Bytes file = file_with({section("ABCD", Bytes(5)), section("EFGH", Bytes(16))});
    const std::string_view text(reinterpret_cast<const char*>(&file[footer_at]), 8);
    EXPECT_EQ(text, "MRCZFOOT");
    EXPECT_EQ(load_le<std::uint16_t>(&file[footer_at + 8]), 1);
    EXPECT_EQ(load_le<std::uint32_t>(&file[footer_at + 12]), 2U);
    EXPECT_EQ(word_at(file, 16), 64U + 2 * 48 + 8 + 16);
    EXPECT_EQ(word_at(file, 16), file.size() - footer_at);
    EXPECT_EQ(word_at(file, 24), 1024U);
    EXPECT_EQ(word_at(file, 32), 7U);
    EXPECT_EQ(load_le<std::uint32_t>(&file[footer_at + 40]), 1U);
    EXPECT_EQ(load_le<std::uint32_t>(&file[footer_at + 44]), 1U);
    EXPECT_EQ(word_at(file, 48), simd::hash64(std::span(file).subspan(footer_at + 64, 96)));
    EXPECT_EQ(word_at(file, 56), simd::hash64(std::span(file).subspan(footer_at, 56)));
}

TEST(Footer, SectionTableStandsAtItsDocumentedOffsets) {
    const Bytes payload = bytes_of("twelve bytes");
    const Bytes file = file_with({section("ABCD", Bytes(5)), {"META", "json", 1, payload}});
    const std::size_t entry = entry_at + section_entry_bytes;
    EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(&file[footer_at + entry]), 8), "METAjson");
    EXPECT_EQ(load_le<std::uint32_t>(&file[footer_at + entry + 8]), 0U);
    EXPECT_EQ(load_le<std::uint32_t>(&file[footer_at + entry + 12]), 1U);
    EXPECT_EQ(word_at(file, entry + 16), 64U + 2 * 48 + 8);
    EXPECT_EQ(word_at(file, entry + 24), 12U);
    EXPECT_EQ(word_at(file, entry + 32), 12U);
    EXPECT_EQ(word_at(file, entry + 40), simd::hash64(payload));
    EXPECT_TRUE(std::equal(payload.begin(), payload.end(), &file[footer_at + 64 + 2 * 48 + 8]));
}

TEST(Footer, ReadsBack) {
    const Bytes file =
        file_with({section("ABCD", bytes_of("abc")), {"META", "msgp", 0, Bytes(1)}, section("NULL", {})});
    const Footer footer = read_back(file);
    EXPECT_EQ(footer.facts.data_offset, facts.data_offset);
    EXPECT_EQ(footer.facts.chunk_count, facts.chunk_count);
    EXPECT_EQ(footer.facts.flags, facts.flags);
    EXPECT_EQ(footer.bytes, file.size() - footer_at);
    ASSERT_EQ(footer.sections.size(), 3U);
    EXPECT_EQ(footer.find("META")->encoding, "msgp");
    EXPECT_EQ(footer.find("NOPE"), nullptr);
    EXPECT_EQ(load(file, "ABCD").payload, bytes_of("abc"));
    EXPECT_TRUE(load(file, "NULL").payload.empty());
    EXPECT_NO_THROW(read_everything(file));
    EXPECT_NO_THROW(read_everything(file_with({})));
}

TEST(Footer, LargeSectionsAreCompressedWhereThatHelps) {
    const Bytes file = file_with(
        {section("SMAL", Bytes(4000)), section("ZERO", Bytes(100'000)), section("RAND", kit::make_noise(100'000))});
    const Footer footer = read_back(file);
    EXPECT_EQ(footer.find("SMAL")->compression, SectionCompression::none);
    EXPECT_EQ(footer.find("ZERO")->compression, SectionCompression::zstd);
    EXPECT_LT(footer.find("ZERO")->stored_bytes, 1000U);
    EXPECT_EQ(footer.find("ZERO")->raw_bytes, 100'000U);
    EXPECT_EQ(footer.find("RAND")->compression, SectionCompression::none);
    EXPECT_EQ(load(file, "ZERO").payload, Bytes(100'000));
    EXPECT_EQ(load(file, "RAND").payload, kit::make_noise(100'000));
}

TEST(Footer, EveryFlippedBitIsNoticed) {
    const Bytes file = file_with({section("ABCD", bytes_of("abc")),
                                  {"META", "json", 0, bytes_of("{\"a\":[1,2]}")},
                                  section("ZERO", Bytes(5000)),
                                  section("NULL", {})});
    for (std::size_t bit = 8 * footer_at; bit < 8 * file.size(); ++bit) {
        const Error error = kit::error_of([&] { read_everything(kit::with_flipped_bit(file, bit)); });
        EXPECT_EQ(error.group(), ErrorGroup::data) << "bit " << bit << ": " << error.message();
    }
}

TEST(Footer, EveryTruncationIsNoticed) {
    const Bytes file =
        file_with({section("ABCD", bytes_of("abc")), section("ZERO", Bytes(5000)), section("LAST", bytes_of("l"))});
    for (std::size_t length = 0; length < file.size(); ++length) {
        const Error error = kit::error_of([&] { read_everything(kit::truncated(file, length)); });
        EXPECT_EQ(error.group(), ErrorGroup::data) << length << ": " << error.message();
    }
}

TEST(Footer, BytesBehindItAreNoneOfItsBusiness) {
    Bytes file = file_with({section("ABCD", bytes_of("abc"))});
    append(file, kit::make_noise(100));
    EXPECT_NO_THROW(read_everything(file));
}

TEST(Footer, UnknownSectionsAreKeptUnlessTheyAreRequired) {
    EXPECT_EQ(load(file_with({section("?new", bytes_of("abc"), 0xfffffffe)}), "?new").flags, 0xfffffffeU);
    expect_refused(file_with({section("?new", bytes_of("abc"), section_is_required)}), ErrorCode::unsupported, "?new");
    EXPECT_NO_THROW(read_everything(file_with({section("FHSH", Bytes(56), section_is_required)})));
}

TEST(Footer, NewerMajorVersionIsUnsupportedAndNewerMinorIsNot) {
    const Bytes file = file_with({section("ABCD", bytes_of("abc"))});
    expect_refused(with_number(file, 8, std::uint16_t{2}), ErrorCode::unsupported, "version 2");
    EXPECT_NO_THROW(read_everything(with_number(file, 10, std::uint16_t{9})));
}

TEST(Footer, SeveralFramesAChunkAreUnsupported) {
    const Bytes file = file_with({section("ABCD", bytes_of("abc"))});
    expect_refused(with_number(file, 40, std::uint32_t{2}), ErrorCode::unsupported, "2 frames a chunk");
}

TEST(Footer, SectionThatStandsTwiceIsCorrupt) {
    expect_refused(file_with({section("ABCD", Bytes(1)), section("EFGH", Bytes(1)), section("ABCD", Bytes(1))}),
                   ErrorCode::corrupt, "ABCD");
}

TEST(Footer, UnknownCompressionIsUnsupported) {
    const Bytes file = file_with({section("ABCD", bytes_of("abc"))});
    expect_refused(with_number(file, entry_at + 8, std::uint32_t{2}), ErrorCode::unsupported, "compression 2");
}

TEST(Footer, CountsThatDoNotFitAreCorrupt) {
    const Bytes file = file_with({section("ABCD", bytes_of("abc"))});
    for (const std::uint32_t count : {4U, 4096U, 4097U, 0x7fffffffU, 0xffffffffU})
        expect_refused(with_number(file, 12, count), ErrorCode::corrupt, "section count");
}

TEST(Footer, LengthsThatDoNotFitAreRefused) {
    const Bytes file = file_with({section("ABCD", bytes_of("abc"))});
    for (const std::uint64_t bytes : {std::uint64_t{121}, std::uint64_t{1} << 40, no_limit})
        expect_refused(with_number(file, 16, bytes), ErrorCode::truncated, "footer");
    for (const std::uint64_t bytes : {0, 1, 63, 64, 111, 112}) {
        const Error error = kit::error_of([&] { read_everything(with_number(file, 16, bytes)); });
        EXPECT_EQ(error.code(), ErrorCode::corrupt) << bytes << ": " << error.message();
    }
}

TEST(Footer, SectionsOutsideItAreCorrupt) {
    const Bytes file = file_with({section("ABCD", bytes_of("abc"))});
    for (const std::uint64_t offset : {std::uint64_t{118}, std::uint64_t{1} << 40, no_limit, no_limit - footer_at})
        expect_refused(with_number(file, entry_at + 16, offset), ErrorCode::corrupt, "section");
    for (const std::uint64_t bytes : {std::uint64_t{9}, std::uint64_t{1} << 40, no_limit})
        expect_refused(with_number(file, entry_at + 24, bytes), ErrorCode::corrupt, "section");
}

TEST(Footer, SectionsInsideHeadOrTableAreCorrupt) {
    const Bytes file = file_with({section("ABCD", bytes_of("abc"))});
    for (const std::uint64_t offset : {0, 8, 64, 104}) {
        Bytes moved = with_number(file, entry_at + 16, offset);
        moved = with_number(moved, entry_at + 40, simd::hash64(std::span(moved).subspan(footer_at + offset, 3)));
        const Error error = kit::error_of([&] { read_everything(moved); });
        EXPECT_EQ(error.code(), ErrorCode::corrupt) << offset;
    }
}

TEST(Footer, StoredSizeOtherThanRawSizeIsCorrupt) {
    const Bytes file = file_with({section("ABCD", bytes_of("abc"))});
    expect_refused(with_number(file, entry_at + 32, std::uint64_t{4}), ErrorCode::corrupt, "3 bytes stored for 4");
}

TEST(Footer, SectionsBeyondTheCallersLimitAreRefused) {
    const Bytes file = file_with({section("ZERO", Bytes(100'000))});
    EXPECT_EQ(load(file, "ZERO", 100'000).payload.size(), 100'000U);
    const Error error = kit::error_of([&] { (void)load(file, "ZERO", 99'999); });
    EXPECT_EQ(error.code(), ErrorCode::limit_exceeded);
    EXPECT_NE(error.message().find("100000"), std::string::npos) << error.message();
}

TEST(Footer, SectionThatInflatesToMoreOrLessThanItClaimsIsCorrupt) {
    const Bytes file = file_with({section("ZERO", Bytes(100'000))});
    for (const std::uint64_t claim :
         {std::uint64_t{0}, std::uint64_t{99'999}, std::uint64_t{100'001}, std::uint64_t{1} << 30})
        EXPECT_EQ(kit::error_of([&] { (void)load(with_number(file, entry_at + 32, claim), "ZERO"); }).code(),
                  ErrorCode::corrupt)
            << claim;
}

TEST(Footer, MoreSectionsThanAReaderTakesAreNotWritten) {
    std::vector<Section> sections;
    for (int i = 0; i <= 4096; ++i) sections.push_back(section(std::to_string(1000 + i).substr(0, 4), {}));
    kit::MemorySink sink;
    EXPECT_EQ(kit::error_of([&] { write_footer(sink, facts, sections); }).code(), ErrorCode::limit_exceeded);
    EXPECT_TRUE(sink.bytes.empty());
}

TEST(FooterMagic, IsLookedForWithinTheFileOnly) {
    const Bytes file = file_with({});
    const auto source = make_memory_source(file, "footer");
    EXPECT_TRUE(has_footer_magic(*source, footer_at));
    for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{footer_at + 1}, std::uint64_t{file.size() - 7},
                                       std::uint64_t{file.size()}, no_limit})
        EXPECT_FALSE(has_footer_magic(*source, offset)) << offset;
}

TEST(SectionCompression, RoundTrips) {
    for (const std::size_t size : {4096, 5000, 1'000'000}) {
        const Bytes raw = kit::make_pixels(PixelType::int16, size / 2);
        const Bytes stored = compress_section(raw);
        ASSERT_FALSE(stored.empty());
        EXPECT_LT(stored.size(), raw.size());
        EXPECT_EQ(decompress_section(stored, raw.size()), raw);
    }
    EXPECT_TRUE(compress_section(Bytes(4095)).empty());
    EXPECT_TRUE(compress_section(kit::make_noise(10'000)).empty());
}

TEST(SectionCompression, DamageIsCorrupt) {
    const Bytes raw = kit::make_pixels(PixelType::int16, 2500);
    const Bytes stored = compress_section(raw);
    std::string why;
    for (std::size_t length = 0; length < stored.size(); ++length)
        EXPECT_EQ(kit::error_of([&] { (void)decompress_section(kit::truncated(stored, length), raw.size()); }).code(),
                  ErrorCode::corrupt)
            << length;
    for (std::size_t bit = 0; bit < 8 * stored.size(); bit += 3)
        EXPECT_TRUE(
            kit::survives([&] { (void)decompress_section(kit::with_flipped_bit(stored, bit), raw.size()); }, &why))
            << bit << why;
    EXPECT_EQ(kit::error_of([&] { (void)decompress_section(kit::make_noise(100), 5000); }).code(), ErrorCode::corrupt);
    EXPECT_EQ(kit::error_of([&] { (void)decompress_section({}, 0); }).code(), ErrorCode::corrupt);
}

// A zstd frame whose header says more than it holds: nothing of that size may be filled in.
TEST(SectionCompression, FrameWithAnotherSizeInItsHeaderIsCorrupt) {
    const Bytes zeros(200'000);
    Bytes stored(ZSTD_compressBound(zeros.size()));
    stored.resize(ZSTD_compress(stored.data(), stored.size(), zeros.data(), zeros.size(), 1));
    EXPECT_EQ(kit::error_of([&] { (void)decompress_section(stored, 100'000); }).code(), ErrorCode::corrupt);
    Bytes twice = stored;
    append(twice, stored);
    EXPECT_EQ(kit::error_of([&] { (void)decompress_section(twice, zeros.size()); }).code(), ErrorCode::corrupt);
}

}  // namespace
}  // namespace mrcz::container
