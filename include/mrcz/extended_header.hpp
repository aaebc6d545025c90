// What microscopes and programs keep between an MRC header and its pixels, understood.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mrcz/export.h"
#include "mrcz/header.hpp"

namespace MRCZ_API mrcz {

enum class ExtendedHeaderKind : std::uint8_t {
    none,            ///< NSYMBT is 0
    fei,             ///< Thermo Fisher (EPU, Tomography, Velox): FEI1, FEI2
    fei_tomography,  ///< FEI before that: 1024 slots of 13 numbers
    serialem,        ///< SerialEM, IMOD (SERI): short integers chosen by flags
    agard,           ///< integers and floats without names (AGAR)
    mrco,            ///< MRC's old format (MRCO), of which no more is known than the numbers of a record
    symmetry,        ///< CCP4's symmetry operators as text
    json,            ///< python-mrcz; see Reader::metadata()
    hdf5,
    unknown,
};

/// `fei`, `serialem`, ...
[[nodiscard]] std::string_view kind_name(ExtendedHeaderKind kind) noexcept;

struct ExtendedField {
    std::string name;       ///< as in docs/info-json.md
    std::string_view unit;  ///< empty where there is none
    std::variant<bool, std::int64_t, double, std::string> value;
};

/// Recognised by its bytes and sizes; EXTTYP alone proves nothing. Records are decoded when asked for, so that a header
/// of a million of them takes no more memory than its bytes.
class ExtendedHeader {
  public:
    /// `bytes` are the NSYMBT bytes behind `header`, whose numbers are big-endian where `big_endian` says so.
    ExtendedHeader(const Header& header, std::vector<std::byte> bytes, bool big_endian);
    ~ExtendedHeader();
    ExtendedHeader(ExtendedHeader&&) noexcept;
    ExtendedHeader& operator=(ExtendedHeader&&) noexcept;

    [[nodiscard]] ExtendedHeaderKind kind() const noexcept;
    [[nodiscard]] std::uint64_t bytes() const noexcept;
    /// 0 where there are no records.
    [[nodiscard]] std::uint64_t record_bytes() const noexcept;
    /// One a frame, as far as the bytes reach; of symmetry one an operator. Slots behind the last frame are not
    /// counted.
    [[nodiscard]] std::int64_t record_count() const noexcept;
    /// Fields that the record itself calls valid, in the order of the file. Throws Error{invalid_argument} when there
    /// is no such record.
    [[nodiscard]] std::vector<ExtendedField> record(std::int64_t index) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace mrcz
