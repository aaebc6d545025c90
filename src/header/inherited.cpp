#include "header/inherited.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "header/axes.hpp"
#include "header/compose.hpp"
#include "header/imod.hpp"
#include "header/modes.hpp"
#include "header/volumes.hpp"

namespace mrcz::header {
namespace {

constexpr std::array start_fields{HeaderField::nxstart, HeaderField::nystart, HeaderField::nzstart};
constexpr std::array axis_fields{HeaderField::mapc, HeaderField::mapr, HeaderField::maps};
constexpr std::array angle_fields{HeaderField::cell_alpha, HeaderField::cell_beta, HeaderField::cell_gamma};
constexpr std::array origin_fields{HeaderField::origin_x, HeaderField::origin_y, HeaderField::origin_z};
constexpr std::array record_fields{HeaderField::nint, HeaderField::nreal};
constexpr std::array imod_fields{HeaderField::idtype, HeaderField::lens, HeaderField::nd1,        HeaderField::nd2,
                                 HeaderField::vd1,    HeaderField::vd2,  HeaderField::tilt_angles};

template <class Fields>
void copy(Header& header, const Header& source, const Fields& fields) {
    for (const HeaderField field : fields) header.copy_from(source, field);
}

bool are_angles(const Header& header) {
    return std::ranges::all_of(angle_fields,
                               [&](HeaderField field) { return header.real(field) > 0 && header.real(field) < 180; });
}

void copy_space_group(Header& header, const Header& source) {
    const std::int64_t own = header.integer(HeaderField::ispg);
    const std::int64_t other = source.integer(HeaderField::ispg);
    const bool both_volumes = is_volume_group(own) && is_volume_group(other);
    if (both_volumes || (is_volume_stack_group(own) && is_volume_stack_group(other)))
        header.copy_from(source, HeaderField::ispg);
}

/// The flags that speak of pixels are those of the new ones: bytes are signed, ORIGIN is as the standard has it.
void copy_imod(Header& header, const Header& source) {
    if (!imod::is_stamped(source)) return;
    copy(header, source, imod_fields);
    header.copy_from(source, HeaderField::imod_stamp);
    header.set_integer(HeaderField::imod_flags, imod::signed_bytes | imod::standard_origin);
}

/// Where `header` has one that only says who wrote it, a label for people is the better one.
void add_labels(Header& header, const Header& source) {
    std::vector<std::string> labels;
    const auto add_from = [&](const Header& from, bool own) {
        for (std::size_t i = 0; i < Header::label_count; ++i) {
            const std::string_view text = from.label(i);
            if (!text.empty() && (own || !text.starts_with("MRCZ"))) labels.emplace_back(text);
        }
    };
    add_from(header, true);
    const std::size_t own = labels.size();
    add_from(source, false);
    const auto spare = std::find(labels.begin(), labels.begin() + static_cast<std::ptrdiff_t>(own), default_label);
    if (labels.size() > own && spare != labels.begin() + static_cast<std::ptrdiff_t>(own)) {
        *spare = labels[own];
        labels.erase(labels.begin() + static_cast<std::ptrdiff_t>(own));
    }
    labels.resize(std::min(labels.size(), Header::label_count));
    header.set_integer(HeaderField::nlabl, static_cast<std::int64_t>(labels.size()));
    for (std::size_t i = 0; i < labels.size(); ++i)
        header.set_text(HeaderField::label, labels[i], i, labels[i].starts_with("MRCZ") ? '\0' : ' ');
}

}  // namespace

void inherit(Header& header, Header source, ByteOrder order) {
    imod::standardise_origin(source, order);
    copy(header, source, start_fields);
    copy(header, source, origin_fields);
    copy(header, source, record_fields);
    if (are_an_order(axes_of(source))) copy(header, source, axis_fields);
    if (are_angles(source)) copy(header, source, angle_fields);
    copy_space_group(header, source);
    copy_imod(header, source);
    add_labels(header, source);
}

}  // namespace mrcz::header
