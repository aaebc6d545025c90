#include "jobs/own_attributes.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/fail.hpp"
#include "meta/json_writer.hpp"
#include "meta/msgpack_packer.hpp"

namespace mrcz::jobs {
namespace {

using meta::JsonValue;
using meta::JsonWriter;
using meta::PackedMember;

std::string attribute_text(const std::string& name) { return concat("attribute ", name); }

/// What is new among the attributes.
struct Added {
    JsonValue readable;
    std::vector<PackedMember> packed;
};

Added added_to(const JsonValue& metadata, const foreign::ArrayFacts& facts, std::vector<std::string>& left_behind) {
    Added added{own_attributes(facts), {}};
    const std::vector<std::string> names(added.readable.keys().begin(), added.readable.keys().end());
    for (const std::string& name : names) {
        const JsonValue* const there = metadata.find(name);
        if (there == nullptr) continue;
        if (there->to_json() != added.readable.find(name)->to_json())
            left_behind.push_back(attribute_text(name) + ", as the metadata have another value of that name");
        added.readable.remove(name);
    }
    for (const PackedMember& member : facts.packed_attributes) {
        if (metadata.find(member.name) == nullptr) {
            added.packed.push_back(member);
        } else {
            left_behind.push_back(attribute_text(member.name) + ", as the metadata have a value of that name");
        }
    }
    return added;
}

void tell_all(const Added& added, std::string_view why, std::vector<std::string>& left_behind) {
    for (const std::string& name : added.readable.keys()) left_behind.push_back(concat(attribute_text(name), why));
    for (const PackedMember& member : added.packed) left_behind.push_back(concat(attribute_text(member.name), why));
}

std::string joined(const JsonValue& first, const JsonValue& second) {
    JsonWriter json;
    json.begin_object();
    for (const JsonValue* const part : {&first, &second})
        for (std::size_t i = 0; i < part->keys().size(); ++i) part->members()[i].write(json.key(part->keys()[i]));
    return json.end_object().take();
}

/// Every value keeps its kind: NaN, binary and times stay what they are.
Metadata packed_with(const Metadata& metadata, const Added& added, const Limits& limits) {
    const Metadata packed = metadata.converted_to(MetadataFormat::msgpack, limits);
    std::vector<PackedMember> members = added.packed;
    for (std::size_t i = 0; i < added.readable.keys().size(); ++i)
        members.push_back({added.readable.keys()[i], meta::json_to_msgpack(added.readable.members()[i].to_json())});
    return Metadata::from_msgpack(meta::with_members(packed.stored(), members), limits);
}

}  // namespace

JsonValue own_attributes(const foreign::ArrayFacts& facts) {
    JsonValue attributes = facts.attributes;
    constexpr std::array<std::string_view, 8> of_containers{
        "mrc",    "voxel_size_angstrom", "_ARRAY_DIMENSIONS", "DIMENSION_LIST", "DIMENSION_LABELS", "CLASS",
        "signal", "REFERENCE_LIST"};
    for (const std::string_view name : of_containers) attributes.remove(name);
    return attributes;
}

std::optional<Metadata> with_attributes(const Metadata* metadata, const foreign::ArrayFacts& facts,
                                        const Limits& limits, std::vector<std::string>& left_behind) {
    const Metadata nothing = Metadata::from_json("{}", limits);
    const Metadata& before = metadata == nullptr ? nothing : *metadata;
    const JsonValue readable = JsonValue::parse(before.to_json(), limits);
    const Added added = added_to(readable, facts, left_behind);
    const bool has_none = added.readable.keys().empty() && added.packed.empty();
    if (has_none) return metadata == nullptr ? std::nullopt : std::optional(*metadata);
    if (!readable.is(JsonValue::Kind::object)) {
        tell_all(added, ", as the metadata are no map that it could go into", left_behind);
        return before;
    }
    try {
        if (added.packed.empty() && before.format() == MetadataFormat::json)
            return Metadata::from_json(joined(readable, added.readable), limits);
        return packed_with(before, added, limits);
    } catch (const Error& error) {
        if (error.group() != ErrorGroup::data && error.group() != ErrorGroup::caller) throw;
        tell_all(added, concat(": ", error.message()), left_behind);
        return metadata == nullptr ? std::nullopt : std::optional(*metadata);
    }
}

std::optional<Metadata> edited_metadata(const JsonValue& found, const JsonValue& written, const Limits& limits) {
    const JsonValue* const edited = found.find("metadata");
    const JsonValue* const ours = written.find("metadata");
    if (edited == nullptr || (ours != nullptr && ours->to_json() == edited->to_json())) return std::nullopt;
    return Metadata::from_json(edited->to_json(), limits);
}

void tell_lost_kinds(const JsonValue& found, const Metadata* taken, std::vector<std::string>& left_behind) {
    if (found.find("metadata_msgpack") != nullptr && taken != nullptr && taken->format() == MetadataFormat::json)
        left_behind.emplace_back("NaN, bytes and times of the metadata, whose text in attribute mrc was edited");
}

void tell_unused_changes(const JsonValue& found, const JsonValue& written, std::vector<std::string>& left_behind) {
    constexpr std::array<std::string_view, 4> taken{"metadata", "metadata_msgpack", "program", "frame_hashes"};
    for (std::size_t i = 0; i < found.keys().size(); ++i) {
        const std::string& name = found.keys()[i];
        if (std::ranges::find(taken, name) != taken.end()) continue;
        const JsonValue* const ours = written.find(name);
        if (ours == nullptr || ours->to_json() != found.members()[i].to_json())
            left_behind.push_back(concat("what was changed in attribute mrc: ", name));
    }
}

void tell_unused_voxel_size(const JsonValue& attributes, const Header& header, std::vector<std::string>& left_behind) {
    const JsonValue* const sizes = attributes.find("voxel_size_angstrom");
    if (sizes == nullptr) return;
    const auto items = sizes->items();
    const auto voxel = header.voxel_angstrom();
    bool same = !items.empty();
    for (std::size_t axis = 0; axis < std::min<std::size_t>(3, items.size()); ++axis) {
        const double found = items[items.size() - 1 - axis].number().value_or(-1);
        same = same && std::abs(found - voxel[axis]) <= 1e-5 * std::abs(voxel[axis]);
    }
    if (!same) left_behind.emplace_back("attribute voxel_size_angstrom, as the header that goes along has another");
}

}  // namespace mrcz::jobs
