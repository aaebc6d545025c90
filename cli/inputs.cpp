#include "inputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <system_error>

#include "names.hpp"
#include "shard.hpp"

namespace mrcz::cli {
namespace {

namespace fs = std::filesystem;

bool is_any_name(std::string_view name) { return is_plain_name(name) || is_compressed_name(name); }

bool is_zarr_array(const fs::path& folder) {
    std::error_code ignored;
    return fs::exists(folder / "zarr.json", ignored) || fs::exists(folder / ".zarray", ignored);
}

class Gatherer {
  public:
    Gatherer(Options& options, InputKind kind)
        : options_(options),
          fits_(kind == InputKind::plain        ? is_plain_name
                : kind == InputKind::compressed ? is_compressed_name
                                                : is_any_name) {}

    void add_named(const std::string& name) {
        std::error_code ignored;
        if (name == "-" || !fs::is_directory(name, ignored)) return add(name, {});
        if (is_zarr_array(name))
            return refuse(name, Error(ErrorCode::invalid_argument,
                                      "is a directory, a Zarr array; `mrcz convert` makes MRC or MRCZ of it", name));
        if (!options_.recursive)
            return refuse(
                name, Error(ErrorCode::invalid_argument, "is a directory, not a file; -r takes the files in it", name));
        const std::size_t before = fitting_ + options_.unusable.size();
        add_folder(name, {});
        if (fitting_ + options_.unusable.size() == before && options_.quiet < 2)
            std::cerr << fmt::format("mrcz: warning: {}: no file in it has a name that fits\n", name);
    }

    std::vector<std::string> names() && { return std::move(names_); }

  private:
    void add(const std::string& name, const fs::path& below) {
        if (!seen_.insert(fs::path(name).lexically_normal().string()).second) return;
        names_.push_back(name);
        if (!below.empty()) options_.below[name] = below.string();
    }

    void refuse(const std::string& name, Error error) { options_.unusable.emplace_back(name, std::move(error)); }

    /// Hidden files and folders are left out: unfinished outputs, snapshots of file servers. Links to files are taken,
    /// links to folders are not, so that there is an end and every file has one name.
    void add_folder(const fs::path& folder, const fs::path& below) {
        std::error_code failed;
        std::vector<fs::directory_entry> entries;
        for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed))
            entries.push_back(*entry);
        if (failed)
            refuse(folder.string(),
                   Error(ErrorCode::io_failed, fmt::format("cannot list it: {}", failed.message()), folder.string()));
        std::ranges::sort(entries, {}, [](const fs::directory_entry& entry) { return entry.path().native(); });
        for (const fs::directory_entry& entry : entries) add_entry(entry, below);
    }

    void add_entry(const fs::directory_entry& entry, const fs::path& below) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with('.')) return;
        std::error_code ignored;
        if (entry.is_directory(ignored)) {
            if (!entry.is_symlink(ignored) && !is_output_folder(entry.path())) add_folder(entry.path(), below / name);
        } else if (entry.is_regular_file(ignored) && fits_(name)) {
            ++fitting_;
            add(entry.path().string(), below / name);
        }
    }

    /// Within the folder given, what an earlier run wrote is no input of the next.
    [[nodiscard]] bool is_output_folder(const fs::path& folder) const {
        std::error_code ignored;
        return !options_.output_dir.empty() && fs::equivalent(folder, options_.output_dir, ignored);
    }

    Options& options_;
    bool (*fits_)(std::string_view);
    std::vector<std::string> names_;
    std::set<std::string> seen_;
    std::size_t fitting_ = 0;  ///< found in folders, doubles among them
};

void add_lines(std::istream& lines, std::vector<std::string>& names) {
    for (std::string line; std::getline(lines, line);) {
        if (line.ends_with('\r')) line.pop_back();
        if (line.find('\0') != std::string::npos)
            throw Error(ErrorCode::invalid_argument,
                        "a list of files holds zero bytes; one name a line is expected (find without -print0)");
        if (!line.empty()) names.push_back(line);
    }
}

std::vector<std::string> listed(const std::string& list) {
    std::vector<std::string> names;
    if (list == "-") {
        add_lines(std::cin, names);
        return names;
    }
    std::error_code ignored;
    if (fs::is_directory(list, ignored))
        throw Error(ErrorCode::invalid_argument, "is a folder; --filelist takes a text file, -r a folder", list);
    std::ifstream file(list);
    if (!file)
        throw Error(errno == ENOENT ? ErrorCode::not_found : ErrorCode::io_failed,
                    fmt::format("cannot read the list of files: {}", std::generic_category().message(errno)), list);
    add_lines(file, names);
    return names;
}

/// An empty list is what a search that found nothing leaves: no error, but not passed over in silence either.
void add_list(const Options& options, const std::string& list, std::vector<std::string>& named) {
    std::vector<std::string> names = listed(list);
    if (names.empty() && options.quiet < 2)
        std::cerr << fmt::format("mrcz: warning: {}: the list names no file, nothing to do\n",
                                 list == "-" ? "standard input" : list);
    std::ranges::move(names, std::back_inserter(named));
}

void refuse_second_reader_of_stdin(const Options& options) {
    auto readers = std::ranges::count(options.inputs, "-") + std::ranges::count(options.file_lists, "-");
    if (options.metadata_file == "-") ++readers;
    const bool nothing_named = options.inputs.empty() && options.file_lists.empty();
    if (readers > 1 || (nothing_named && readers > 0))
        throw Error(ErrorCode::invalid_argument,
                    "standard input can be read once: as a file, or as --filelist, or as --metadata");
}

}  // namespace

void gather_inputs(Options& options, InputKind kind) {
    refuse_second_reader_of_stdin(options);
    const bool selects = options.recursive || !options.file_lists.empty() || !options.shard.empty();
    if (options.inputs.empty() && selects && options.file_lists.empty())
        throw Error(ErrorCode::invalid_argument, "-r and --shard need names of files or folders");
    if (options.inputs.empty() && !selects) return;
    std::vector<std::string> named = options.inputs;
    for (const std::string& list : options.file_lists) add_list(options, list, named);
    Gatherer gatherer(options, kind);
    for (const std::string& name : named) gatherer.add_named(name);
    options.inputs = std::move(gatherer).names();
    if (!options.shard.empty()) options.inputs = Shard::parse(options.shard).of(std::move(options.inputs));
    options.gathered = true;
}

}  // namespace mrcz::cli
