#include "header/field_table.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace mrcz::header_test {

TEST(FieldTable, WellKnownWordsLieWhereTheStandardPutsThem) {
    using enum HeaderField;
    const std::pair<HeaderField, int> places[] = {
        {nx, 0},        {mode, 12},          {nxstart, 16},     {mx, 28},          {cell_a, 40},    {cell_alpha, 52},
        {mapc, 64},     {dmin, 76},          {ispg, 88},        {nsymbt, 92},      {exttyp, 104},   {nversion, 108},
        {voltage, 132}, {packed_bytes, 144}, {imod_stamp, 152}, {imod_flags, 156}, {origin_x, 196}, {map, 208},
        {machst, 212},  {rms, 216},          {nlabl, 220},      {label, 224},
    };
    for (const auto& [field, offset] : places) EXPECT_EQ(info_of(field).offset, offset) << info_of(field).name;
}

TEST(FieldTable, RowsFitTheirTypes) {
    for (const HeaderFieldInfo& row : header_fields()) {
        switch (row.type) {
            case HeaderFieldType::i16:
                EXPECT_EQ(row.bytes, 2) << row.name;
                break;
            case HeaderFieldType::i32:
            case HeaderFieldType::f32:
                EXPECT_EQ(row.bytes, 4) << row.name;
                break;
            case HeaderFieldType::i64:
                EXPECT_EQ(row.bytes, 8) << row.name;
                break;
            case HeaderFieldType::text:
                EXPECT_TRUE(row.bytes == 4 || row.bytes == 80) << row.name;
        }
        EXPECT_GE(row.count, 1) << row.name;
    }
}

TEST(FieldTable, NamesDiffer) {
    std::set<std::string> names;
    for (const HeaderFieldInfo& row : header_fields()) names.emplace(row.name);
    EXPECT_EQ(names.size(), header_fields().size());
}

TEST(FieldTable, InfoIsTheRowOfTheField) {
    for (const HeaderFieldInfo& row : header_fields()) EXPECT_EQ(&info_of(row.field), &row);
}

}  // namespace mrcz::header_test
