// Checks for what single programs are known to write. The table of rules.cpp gives them their ids.
#pragma once

#include "header/rule.hpp"

namespace mrcz::header::dialect {

[[nodiscard]] RuleMessage imod_inverted_y(const OrderedHeader& in);
[[nodiscard]] RuleMessage imod_negated_origin(const OrderedHeader& in);
[[nodiscard]] RuleMessage imod_old_header(const OrderedHeader& in);
[[nodiscard]] RuleMessage uneven_volume_stack(const OrderedHeader& in);
[[nodiscard]] RuleMessage images_or_volume(const OrderedHeader& in);
[[nodiscard]] RuleMessage rms_never_computed(const OrderedHeader& in);
[[nodiscard]] RuleMessage impossible_statistics(const OrderedHeader& in);
[[nodiscard]] RuleMessage python_mrcz_shifted_sampling(const OrderedHeader& in);
[[nodiscard]] RuleMessage python_mrcz_cell_overflow(const OrderedHeader& in);
[[nodiscard]] RuleMessage unaligned_pixels(const OrderedHeader& in);
[[nodiscard]] RuleMessage ccp4_skew(const OrderedHeader& in);
[[nodiscard]] RuleMessage eman_ctf_label(const OrderedHeader& in);
[[nodiscard]] RuleMessage unsigned_bytes(const OrderedHeader& in);

/// CCP4's older layout: a skew matrix and translation where MRC2014 has EXTTYP and NVERSION.
[[nodiscard]] bool has_ccp4_skew(const Header& header) noexcept;
/// python-mrcz up to 0.4.1 wrote MODE of compressed files 8 bytes long and so NX, NY over MY, MZ.
[[nodiscard]] bool has_shifted_sampling(const Header& header) noexcept;
/// A pixelsize=[x] of python-mrcz: nine numbers for three, over CELLB and MAPC, MAPR, MAPS.
[[nodiscard]] bool has_cell_overflow(const Header& header) noexcept;

}  // namespace mrcz::header::dialect
