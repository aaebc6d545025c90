// Thermo Fisher's metadata record ("MRC2014 FEI extended header", versions 0 and 2): packed, little-endian. A field is
// valid where its bit in one of four masks is set.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace mrcz::header::extended {

enum class FeiType : std::uint8_t { flag, i32, i64, f64, date, text };  ///< date: f64 days since 1899-12-30

struct FeiField {
    std::string_view name;
    std::uint16_t offset;
    FeiType type;
    std::uint8_t bytes;
    std::uint8_t mask;  ///< 1 to 4; 0: always there
    std::uint8_t bit;
    std::string_view unit;
};

inline constexpr std::array<std::uint16_t, 4> fei_mask_offsets{8, 297, 490, 748};

// clang-format off
inline constexpr std::array<FeiField, 94> fei_fields{{
    {"metadata_size",               0,   FeiType::i32,  4,  0, 0,  "B"},
    {"metadata_version",            4,   FeiType::i32,  4,  0, 0,  ""},
    {"timestamp",                   12,  FeiType::date, 8,  1, 0,  ""},
    {"microscope_type",             20,  FeiType::text, 16, 1, 1,  ""},
    {"microscope_id",               36,  FeiType::text, 16, 1, 2,  ""},
    {"application",                 52,  FeiType::text, 16, 1, 3,  ""},
    {"application_version",         68,  FeiType::text, 16, 1, 4,  ""},
    {"high_tension",                84,  FeiType::f64,  8,  1, 5,  "V"},
    {"dose",                        92,  FeiType::f64,  8,  1, 6,  "e/m^2"},
    {"alpha_tilt",                  100, FeiType::f64,  8,  1, 7,  "deg"},
    {"beta_tilt",                   108, FeiType::f64,  8,  1, 8,  "deg"},
    {"stage_x",                     116, FeiType::f64,  8,  1, 9,  "m"},
    {"stage_y",                     124, FeiType::f64,  8,  1, 10, "m"},
    {"stage_z",                     132, FeiType::f64,  8,  1, 11, "m"},
    {"tilt_axis_angle",             140, FeiType::f64,  8,  1, 12, "deg"},
    {"dual_axis_rotation",          148, FeiType::f64,  8,  1, 13, "deg"},
    {"pixel_size_x",                156, FeiType::f64,  8,  1, 14, "m; 1/m in diffraction"},
    {"pixel_size_y",                164, FeiType::f64,  8,  1, 15, "m; 1/m in diffraction"},
    {"defocus",                     220, FeiType::f64,  8,  1, 22, "m"},
    {"stem_defocus",                228, FeiType::f64,  8,  1, 23, "m"},
    {"applied_defocus",             236, FeiType::f64,  8,  1, 24, "m"},
    {"instrument_mode",             244, FeiType::i32,  4,  1, 25, "1 TEM, 2 STEM"},
    {"projection_mode",             248, FeiType::i32,  4,  1, 26, "1 diffraction, 2 imaging"},
    {"objective_lens_mode",         252, FeiType::text, 16, 1, 27, ""},
    {"high_magnification_mode",     268, FeiType::text, 16, 1, 28, ""},
    {"probe_mode",                  284, FeiType::i32,  4,  1, 29, "1 nanoprobe, 2 microprobe"},
    {"eftem_on",                    288, FeiType::flag, 1,  1, 30, ""},
    {"magnification",               289, FeiType::f64,  8,  1, 31, ""},
    {"camera_length",               301, FeiType::f64,  8,  2, 0,  "m"},
    {"spot_index",                  309, FeiType::i32,  4,  2, 1,  ""},
    {"illuminated_area",            313, FeiType::f64,  8,  2, 2,  "m"},
    {"intensity",                   321, FeiType::f64,  8,  2, 3,  ""},
    {"convergence_angle",           329, FeiType::f64,  8,  2, 4,  "rad"},
    {"illumination_mode",           337, FeiType::text, 16, 2, 5,  ""},
    {"wide_convergence_angle_range",353, FeiType::flag, 1,  2, 6,  ""},
    {"slit_inserted",               354, FeiType::flag, 1,  2, 7,  ""},
    {"slit_width",                  355, FeiType::f64,  8,  2, 8,  "eV"},
    {"acceleration_voltage_offset", 363, FeiType::f64,  8,  2, 9,  "V"},
    {"drift_tube_voltage",          371, FeiType::f64,  8,  2, 10, "V"},
    {"energy_shift",                379, FeiType::f64,  8,  2, 11, "eV"},
    {"shift_offset_x",              387, FeiType::f64,  8,  2, 12, ""},
    {"shift_offset_y",              395, FeiType::f64,  8,  2, 13, ""},
    {"shift_x",                     403, FeiType::f64,  8,  2, 14, ""},
    {"shift_y",                     411, FeiType::f64,  8,  2, 15, ""},
    {"integration_time",            419, FeiType::f64,  8,  2, 16, "s"},
    {"binning_width",               427, FeiType::i32,  4,  2, 17, ""},
    {"binning_height",              431, FeiType::i32,  4,  2, 18, ""},
    {"camera_name",                 435, FeiType::text, 16, 2, 19, ""},
    {"readout_area_left",           451, FeiType::i32,  4,  2, 20, "px"},
    {"readout_area_top",            455, FeiType::i32,  4,  2, 21, "px"},
    {"readout_area_right",          459, FeiType::i32,  4,  2, 22, "px"},
    {"readout_area_bottom",         463, FeiType::i32,  4,  2, 23, "px"},
    {"ceta_noise_reduction",        467, FeiType::flag, 1,  2, 24, ""},
    {"ceta_frames_summed",          468, FeiType::i32,  4,  2, 25, ""},
    {"electron_counting",           472, FeiType::flag, 1,  2, 26, ""},
    {"align_frames",                473, FeiType::flag, 1,  2, 27, ""},
    {"phase_plate",                 518, FeiType::flag, 1,  3, 6,  ""},
    {"stem_detector_name",          519, FeiType::text, 16, 3, 7,  ""},
    {"gain",                        535, FeiType::f64,  8,  3, 8,  ""},
    {"offset",                      543, FeiType::f64,  8,  3, 9,  ""},
    {"dwell_time",                  571, FeiType::f64,  8,  3, 15, "s"},
    {"frame_time",                  579, FeiType::f64,  8,  3, 16, "s"},
    {"scan_size_left",              587, FeiType::i32,  4,  3, 17, "px"},
    {"scan_size_top",               591, FeiType::i32,  4,  3, 18, "px"},
    {"scan_size_right",             595, FeiType::i32,  4,  3, 19, "px"},
    {"scan_size_bottom",            599, FeiType::i32,  4,  3, 20, "px"},
    {"full_scan_fov_x",             603, FeiType::f64,  8,  3, 21, "m"},
    {"full_scan_fov_y",             611, FeiType::f64,  8,  3, 22, "m"},
    {"element",                     619, FeiType::text, 16, 3, 23, ""},
    {"energy_interval_lower",       635, FeiType::f64,  8,  3, 24, ""},
    {"energy_interval_higher",      643, FeiType::f64,  8,  3, 25, ""},
    {"method",                      651, FeiType::i32,  4,  3, 26, ""},
    {"is_dose_fraction",            655, FeiType::flag, 1,  3, 27, ""},
    {"fraction_number",             656, FeiType::i32,  4,  3, 28, ""},
    {"start_frame",                 660, FeiType::i32,  4,  3, 29, ""},
    {"end_frame",                   664, FeiType::i32,  4,  3, 30, ""},
    {"input_stack_filename",        668, FeiType::text, 80, 3, 31, ""},
    {"alpha_tilt_min",              752, FeiType::f64,  8,  4, 0,  "deg"},
    {"alpha_tilt_max",              760, FeiType::f64,  8,  4, 1,  "deg"},
    {"scan_rotation",               768, FeiType::f64,  8,  4, 2,  ""},
    {"diffraction_pattern_rotation",776, FeiType::f64,  8,  4, 3,  ""},
    {"image_rotation",              784, FeiType::f64,  8,  4, 4,  ""},
    {"scan_mode",                   792, FeiType::i32,  4,  4, 5,  "0 other, 1 raster, 2 serpentine"},
    {"acquisition_timestamp",       796, FeiType::i64,  8,  4, 6,  "us since 1970"},
    {"detector_commercial_name",    804, FeiType::text, 16, 4, 7,  ""},
    {"start_tilt_angle",            820, FeiType::f64,  8,  4, 8,  ""},
    {"end_tilt_angle",              828, FeiType::f64,  8,  4, 9,  ""},
    {"tilt_per_image",              836, FeiType::f64,  8,  4, 10, ""},
    {"tilt_speed",                  844, FeiType::f64,  8,  4, 11, ""},
    {"beam_center_x",               852, FeiType::i32,  4,  4, 12, "px"},
    {"beam_center_y",               856, FeiType::i32,  4,  4, 13, "px"},
    {"cfeg_flash_timestamp",        860, FeiType::i64,  8,  4, 14, "us since 1970"},
    {"phase_plate_position",        868, FeiType::i32,  4,  4, 15, ""},
    {"objective_aperture_name",     872, FeiType::text, 16, 4, 16, ""},
}};
// clang-format on

consteval bool fei_fields_are_sound() {
    std::size_t end = 0;
    for (const FeiField& field : fei_fields) {
        if (field.offset < end || field.bit > 31 || field.mask > fei_mask_offsets.size()) return false;
        end = std::size_t{field.offset} + field.bytes;
        for (const std::uint16_t mask : fei_mask_offsets)
            if (mask + 4U > field.offset && mask < end) return false;
    }
    return end == 888;
}
static_assert(fei_fields_are_sound());

}  // namespace mrcz::header::extended
