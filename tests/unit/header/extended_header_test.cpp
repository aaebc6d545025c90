#include "mrcz/extended_header.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <random>

#include "base/byte_order.hpp"
#include "header/extended/fei_fields.hpp"
#include "kit/damage.hpp"
#include "kit/files.hpp"
#include "unit/header/headers.hpp"

namespace mrcz::header_test {

using namespace std::string_view_literals;
using header::extended::fei_fields;
using header::extended::FeiField;
using header::extended::FeiType;
using enum HeaderField;

namespace {

Header named(std::string_view name, std::int64_t frames, std::int64_t integers = 0, std::int64_t reals = 0) {
    Header header = with(with(with(clean_header(), nz, frames), nint, integers), nreal, reals);
    header.set_text(exttyp, name, 0, '\0');
    return header;
}

template <class T>
void put(Bytes& bytes, std::size_t at, T value, ByteOrder order = ByteOrder::little) {
    store(bytes.data() + at, value, order);
}

ExtendedHeader decoded(Header header, const Bytes& bytes, ByteOrder order = ByteOrder::little) {
    header.set_integer(nsymbt, static_cast<std::int64_t>(bytes.size()));
    return {header, bytes, order == ByteOrder::big};
}

std::map<std::string, ExtendedField> fields_of(const ExtendedHeader& extended, std::int64_t index = 0) {
    std::map<std::string, ExtendedField> fields;
    for (ExtendedField& field : extended.record(index)) fields.emplace(field.name, field);
    return fields;
}

double number(const std::map<std::string, ExtendedField>& fields, const std::string& name) {
    const auto& value = fields.at(name).value;
    return std::holds_alternative<double>(value) ? std::get<double>(value)
                                                 : static_cast<double>(std::get<std::int64_t>(value));
}

std::string text(const std::map<std::string, ExtendedField>& fields, const std::string& name) {
    return std::get<std::string>(fields.at(name).value);
}

/// `records` of Thermo Fisher's, of which record i is tilted by i degrees, at 300 kV; no other field is valid.
Bytes fei_records(std::int32_t size, std::int32_t version, std::size_t records, std::size_t total) {
    Bytes bytes(total);
    for (std::size_t i = 0; i < records; ++i) {
        const std::size_t at = i * static_cast<std::size_t>(size);
        put(bytes, at, size);
        put(bytes, at + 4, version);
        put(bytes, at + 8, std::uint32_t{1U << 5 | 1U << 7});
        put(bytes, at + 84, 300'000.0);
        put(bytes, at + 92, 99.0);  // the dose, not valid
        put(bytes, at + 100, static_cast<double>(i));
    }
    return bytes;
}

}  // namespace

TEST(FeiRecords, AreOneAFrame) {
    for (const auto& [size, version] : {std::pair{768, 0}, {888, 2}}) {
        const auto total = static_cast<std::size_t>(size) * 1024;
        const ExtendedHeader extended = decoded(named("FEI1", 5), fei_records(size, version, 5, total));
        EXPECT_EQ(extended.kind(), ExtendedHeaderKind::fei);
        EXPECT_EQ(extended.record_bytes(), static_cast<std::uint64_t>(size));
        EXPECT_EQ(extended.record_count(), 5);
        EXPECT_EQ(extended.bytes(), total);
        EXPECT_EQ(number(fields_of(extended, 3), "alpha_tilt"), 3);
        EXPECT_EQ(number(fields_of(extended), "metadata_version"), version);
        EXPECT_EQ(fields_of(extended).at("high_tension").unit, "V");
    }
}

TEST(FeiRecords, FieldsThatAreNotValidAreLeftOut) {
    const auto fields = fields_of(decoded(named("FEI2", 1), fei_records(888, 2, 1, 888)));
    EXPECT_EQ(fields.size(), 4U);
    EXPECT_FALSE(fields.contains("dose"));
}

TEST(FeiRecords, EveryFieldIsReadWhereItsBitIsSet) {
    for (const FeiField& field : fei_fields) {
        Bytes bytes(888);
        put(bytes, 0, std::int32_t{888});
        put(bytes, 4, std::int32_t{2});
        if (field.mask > 0)
            put(bytes, header::extended::fei_mask_offsets[field.mask - 1U], std::uint32_t{1} << field.bit);
        if (field.type == FeiType::f64) put(bytes, field.offset, 2.5);
        if (field.type == FeiType::text) put(bytes, field.offset, 'x');
        const auto fields = fields_of(decoded(named("FEI2", 1), bytes));
        ASSERT_TRUE(fields.contains(std::string(field.name))) << field.name;
        EXPECT_EQ(fields.size(), field.mask == 0 ? 2U : 3U) << field.name;
        if (field.type == FeiType::f64) {
            EXPECT_EQ(number(fields, std::string(field.name)), 2.5);
        }
        if (field.type == FeiType::text) {
            EXPECT_EQ(text(fields, std::string(field.name)), "x");
        }
    }
}

TEST(FeiRecords, AreSizedByWhatTheySayNotByTheirName) {
    for (const auto name : {"FEI1"sv, "FEI2"sv, "\0\0\0\0"sv, "SERI"sv, "\xcd\xcd\xcd\xcd"sv}) {
        EXPECT_EQ(decoded(named(name, 2), fei_records(888, 2, 2, 2000)).record_bytes(), 888U);
        EXPECT_EQ(decoded(named(name, 2), fei_records(768, 0, 2, 2000)).record_bytes(), 768U);
    }
    EXPECT_EQ(decoded(named("FEI2", 2), fei_records(1000, 3, 2, 2000)).record_count(), 2);
    EXPECT_NE(decoded(named("", 2), fei_records(1000, 3, 2, 2000)).kind(), ExtendedHeaderKind::fei);
}

TEST(FeiRecords, AreNoMoreThanFitAndNoMoreThanFrames) {
    EXPECT_EQ(decoded(named("FEI2", 256), fei_records(888, 2, 256, 228'352)).record_count(), 256);  // Velox: 257.15
    EXPECT_EQ(decoded(named("FEI2", 300), fei_records(888, 2, 257, 228'352)).record_count(), 257);
    EXPECT_EQ(decoded(named("FEI2", 0), fei_records(888, 2, 1, 888)).record_count(), 0);
}

TEST(FeiRecords, OfImpossibleSizesAreNone) {
    for (const std::int32_t size : {1, 7, -8, 889, 2'000'000'000}) {
        Bytes bytes(888);
        put(bytes, 0, size);
        const ExtendedHeader extended = decoded(named("FEI2", 1), bytes);
        EXPECT_EQ(extended.kind(), ExtendedHeaderKind::unknown) << size;
        EXPECT_EQ(extended.record_count(), 0) << size;
    }
    const ExtendedHeader empty = decoded(named("FEI1", 1), Bytes(786'432));
    EXPECT_EQ(empty.kind(), ExtendedHeaderKind::fei);
    EXPECT_EQ(empty.record_count(), 0);
}

TEST(FeiRecords, MayBeShorterThanTheirMasks) {
    for (const std::int32_t size : {8, 12, 100, 300, 301, 492, 750}) {
        Bytes bytes(static_cast<std::size_t>(size));
        std::ranges::fill(bytes, std::byte{0xff});
        put(bytes, 0, size);
        const ExtendedHeader extended = decoded(named("FEI1", 1), bytes);
        ASSERT_EQ(extended.record_count(), 1) << size;
        EXPECT_FALSE(extended.record(0).empty());
    }
}

TEST(FeiRecords, TimeIsADate) {
    Bytes bytes = fei_records(768, 0, 1, 768);
    put(bytes, 8, std::uint32_t{1});
    const auto date = [&bytes](double days) {
        put(bytes, 12, days);
        return fields_of(decoded(named("FEI1", 1), bytes)).at("timestamp").value;
    };
    EXPECT_EQ(std::get<std::string>(date(25569)), "1970-01-01T00:00:00.000");
    EXPECT_EQ(std::get<std::string>(date(36585.75)), "2000-02-29T18:00:00.000");
    EXPECT_EQ(std::get<std::string>(date(44900.509108796294)), "2022-12-05T12:13:07.000");
    EXPECT_EQ(std::get<double>(date(-1e300)), -1e300);
    EXPECT_TRUE(std::holds_alternative<double>(date(std::numeric_limits<double>::quiet_NaN())));
}

TEST(SerialEm, ItemsLieInTheOrderOfTheirFlags) {
    for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
        Bytes bytes(2 * 22);
        const std::int16_t items[] = {-6001, 10, 20, -1, 250, -30, 500, 12'500, 307, 513, 0};
        for (std::size_t i = 0; i < std::size(items); ++i) put(bytes, 22 + 2 * i, items[i], order);
        const ExtendedHeader extended = decoded(named("SERI", 2, 22, 1 + 2 + 4 + 8 + 16 + 32 + 64), bytes, order);
        EXPECT_EQ(extended.kind(), ExtendedHeaderKind::serialem);
        ASSERT_EQ(extended.record_count(), 2);
        const auto fields = fields_of(extended, 1);
        EXPECT_EQ(number(fields, "tilt_angle"), -60.01);
        EXPECT_EQ(number(fields, "piece_x"), 10);
        EXPECT_EQ(number(fields, "piece_z"), -1);
        EXPECT_EQ(number(fields, "stage_x"), 10);
        EXPECT_EQ(number(fields, "stage_y"), -1.2);
        EXPECT_EQ(number(fields, "magnification"), 50'000);
        EXPECT_EQ(number(fields, "intensity"), 0.5);
        EXPECT_EQ(number(fields, "dose"), (307 * 256 + 1) * 4.0);
        EXPECT_EQ(fields.size(), 9U);
    }
}

TEST(SerialEm, FloatsOfTwoShortsHaveSignAndExponent) {
    const auto dose = [](std::int16_t first, std::int16_t second) {
        Bytes bytes(4);
        put(bytes, 0, first);
        put(bytes, 2, second);
        return number(fields_of(decoded(named("SERI", 1, 4, 32), bytes)), "dose");
    };
    EXPECT_EQ(dose(0, 0), 0);
    EXPECT_EQ(dose(1, 0), 256);
    EXPECT_EQ(dose(-1, 3), -259);
    EXPECT_EQ(dose(100, -2560 - 7), (100 * 256 + 7) / 1024.0);
    EXPECT_EQ(dose(std::numeric_limits<std::int16_t>::min(), std::numeric_limits<std::int16_t>::min()),
              -32768 * 256.0 * std::ldexp(1.0, -128));
}

TEST(SerialEm, OfSizesThatDoNotMatchTheFlagsIsAgards) {
    const ExtendedHeader extended = decoded(named("SERI", 2, 3, 2), Bytes(40));
    EXPECT_EQ(extended.kind(), ExtendedHeaderKind::agard);
    EXPECT_EQ(extended.record_bytes(), 20U);
    EXPECT_EQ(extended.record_count(), 2);
}

TEST(Agard, IsIntegersThenReals) {
    for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
        Bytes bytes(36);
        put(bytes, 12, std::int32_t{-7}, order);
        put(bytes, 16, 1.5F, order);
        put(bytes, 20, -2.5F, order);
        const ExtendedHeader extended = decoded(named("AGAR", 3, 1, 2), bytes, order);
        EXPECT_EQ(extended.kind(), ExtendedHeaderKind::agard);
        ASSERT_EQ(extended.record_count(), 3);
        const auto fields = fields_of(extended, 1);
        EXPECT_EQ(number(fields, "integer_1"), -7);
        EXPECT_EQ(number(fields, "real_1"), 1.5);
        EXPECT_EQ(number(fields, "real_2"), -2.5);
    }
    EXPECT_EQ(decoded(named("AGAR", 9, 1, 2), Bytes(36)).record_count(), 3);
    EXPECT_EQ(decoded(named("", 9, 1, 2), Bytes(36)).kind(), ExtendedHeaderKind::unknown);
    EXPECT_EQ(decoded(named("AGAR", 1, 2, 1), Bytes(36)).kind(), ExtendedHeaderKind::agard);
}

TEST(Mrco, IsKnownByItsNameAndHasRecordsWhereTheirNumbersFitEveryFrame) {
    const ExtendedHeader bare = decoded(named("MRCO", 1), Bytes(512));
    EXPECT_EQ(bare.kind(), ExtendedHeaderKind::mrco);
    EXPECT_EQ(kind_name(bare.kind()), "mrco");
    EXPECT_EQ(bare.record_count(), 0);
    Bytes bytes(36);
    put(bytes, 12, std::int32_t{-7});
    put(bytes, 20, 2.5F);
    const ExtendedHeader extended = decoded(named("MRCO", 3, 1, 2), bytes);
    EXPECT_EQ(extended.kind(), ExtendedHeaderKind::mrco);
    EXPECT_EQ(extended.record_bytes(), 12U);
    ASSERT_EQ(extended.record_count(), 3);
    EXPECT_EQ(number(fields_of(extended, 1), "integer_1"), -7);
    EXPECT_EQ(number(fields_of(extended, 1), "real_2"), 2.5);
    EXPECT_EQ(decoded(named("MRCO", 4, 1, 2), bytes).record_count(), 0);
    EXPECT_EQ(decoded(named("", 3, 1, 2), bytes).kind(), ExtendedHeaderKind::agard);
}

TEST(FeiTomography, HasThirteenNumbersAFrame) {
    Bytes bytes(131'072);
    const float numbers[] = {-60, 0, 1e-4F, 2e-4F, 3e-5F, 0, 0, -5e-6F, 1, 1234, 84.5F, 4.2e-10F, 29'000};
    for (std::size_t i = 0; i < std::size(numbers); ++i) {
        put(bytes, 4 * i, numbers[i]);
        put(bytes, 128 + 4 * i, 2 * numbers[i]);
    }
    for (const auto& [integers, reals] : {std::pair{0, 32}, {128, 32}, {0, 0}}) {
        const ExtendedHeader extended = decoded(named("", 41, integers, reals), bytes);
        EXPECT_EQ(extended.kind(), ExtendedHeaderKind::fei_tomography);
        EXPECT_EQ(extended.record_count(), 41);
        EXPECT_EQ(number(fields_of(extended), "alpha_tilt"), -60);
        EXPECT_EQ(number(fields_of(extended), "pixel_size"), double{4.2e-10F});
        EXPECT_EQ(number(fields_of(extended, 1), "magnification"), 58'000);
    }
    EXPECT_EQ(decoded(named("", 41), Bytes(131'072)).kind(), ExtendedHeaderKind::unknown);
}

TEST(Symmetry, IsReadByOperators) {
    Bytes bytes(160, std::byte{' '});
    const auto write = [&bytes](std::size_t at, std::string_view line) {
        std::memcpy(&bytes[at], line.data(), line.size());
    };
    write(0, "X,  Y,  Z");
    write(80, "-X,  Y+1/2,  -Z");
    for (const auto name : {"\0\0\0\0"sv, "CCP4"sv, "    "sv}) {
        const ExtendedHeader extended = decoded(named(name, 7), bytes);
        EXPECT_EQ(extended.kind(), ExtendedHeaderKind::symmetry);
        ASSERT_EQ(extended.record_count(), 2);
        EXPECT_EQ(text(fields_of(extended, 1), "operator"), "-X,  Y+1/2,  -Z");
    }
}

TEST(ExtendedHeader, OtherKindsAreNamed) {
    EXPECT_EQ(decoded(named("", 1), {}).kind(), ExtendedHeaderKind::none);
    EXPECT_EQ(decoded(named("json", 1), Bytes(55, std::byte{'{'})).kind(), ExtendedHeaderKind::json);
    EXPECT_EQ(decoded(named("HDF5", 1), Bytes(512)).kind(), ExtendedHeaderKind::hdf5);
    EXPECT_EQ(kind_name(ExtendedHeaderKind::fei_tomography), "fei_tomography");
}

TEST(ExtendedHeader, RecordsThatAreNotThereAreRefused) {
    const ExtendedHeader extended = decoded(named("FEI1", 1), fei_records(768, 0, 1, 768));
    for (const std::int64_t index : {-1, 1, 1000})
        EXPECT_EQ(kit::error_of([&] { (void)extended.record(index); }).code(), ErrorCode::invalid_argument);
}

TEST(ExtendedHeader, AnyBytesAreDecodedWithinThemselves) {
    std::mt19937 random(13);
    constexpr std::string_view names[] = {"FEI1", "FEI2", "SERI", "AGAR", "CCP4", "json", "HDF5", "", "MRCO"};
    for (int trial = 0; trial < 20'000; ++trial) {
        Bytes bytes(random() % 2000);
        for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() % 3 == 0 ? random() : 0);
        if (bytes.size() >= 4 && random() % 2 == 0) put(bytes, 0, static_cast<std::int32_t>(random() % 1000));
        const auto counts = [&random] {
            return static_cast<std::int16_t>(random() % 3 == 0 ? random() : random() % 40);
        };
        const ExtendedHeader extended =
            decoded(named(names[random() % std::size(names)], random() % 8, counts(), counts()), bytes,
                    random() % 2 == 0 ? ByteOrder::little : ByteOrder::big);
        ASSERT_LE(extended.record_bytes() * static_cast<std::uint64_t>(extended.record_count()), bytes.size());
        for (std::int64_t i = 0; i < extended.record_count(); ++i) (void)extended.record(i);
    }
}

TEST(ExtendedHeader, OfRealFiles) {
    const auto data = kit::shared_data();
    if (!data) GTEST_SKIP() << "the shared folder is missing";
    const auto open = [&](const char* name) {
        const Bytes file = kit::read_file(*data / name);
        Header header;
        std::copy_n(file.begin(), Header::bytes_on_disk, header.bytes().begin());
        const auto size = static_cast<std::size_t>(header.integer(nsymbt));
        return ExtendedHeader(
            header, Bytes(file.begin() + 1024, file.begin() + 1024 + static_cast<std::ptrdiff_t>(size)), false);
    };
    const auto velox = fields_of(open("hyperspy+rosettasciio/rsciio/tests/data/mrc/HAADFscan.mrc"));
    EXPECT_EQ(text(velox, "application"), "Velox");
    EXPECT_EQ(text(velox, "microscope_type"), "Spectra");
    EXPECT_EQ(text(velox, "stem_detector_name"), "HAADF");
    EXPECT_EQ(number(velox, "high_tension"), 300'000);
    EXPECT_NEAR(number(velox, "pixel_size_x"), 5.679131290012676e-09, 1e-20);
    EXPECT_EQ(number(velox, "dwell_time"), 0.01);
    const auto epu = fields_of(open("derived-crops/fei-extended_crop512.mrc"));
    EXPECT_EQ(text(epu, "application"), "Fei EPU");
    EXPECT_EQ(text(epu, "timestamp"), "2017-10-10T08:37:35.641");
    EXPECT_NEAR(number(epu, "pixel_size_x"), 8.537755e-11, 1e-16);
    EXPECT_EQ(number(epu, "applied_defocus"), -8e-07);
    EXPECT_EQ(number(epu, "magnification"), 165'000);
    const ExtendedHeader serialem = open("LabShare-Archive+IMOD/Etomo/unitTestData/headerTest.st");
    EXPECT_EQ(serialem.kind(), ExtendedHeaderKind::serialem);
    EXPECT_EQ(number(fields_of(serialem), "tilt_angle"), -0.01);
    const ExtendedHeader map = open("debian-python-mrcfile/EMD-3001.map");
    EXPECT_EQ(map.kind(), ExtendedHeaderKind::symmetry);
    EXPECT_EQ(map.record_count(), 2);
    EXPECT_EQ(text(fields_of(map), "operator"), "X,  Y,  Z");
}

}  // namespace mrcz::header_test
