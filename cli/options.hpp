// Flags that several verbs share, declared once.
#pragma once

#include <CLI/CLI.hpp>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mrcz/convert.hpp"
#include "mrcz/error.hpp"
#include "mrcz/live.hpp"
#include "mrcz/mode0.hpp"

namespace mrcz::cli {

/// What a verb's command line came to.
struct Options {
    std::string verb;  ///< for reports
    std::vector<std::string> inputs;
    std::string output;
    bool to_stdout = false;
    bool force = false;
    bool keep = false;  ///< said explicitly; inputs are kept anyway
    bool remove_inputs = false;
    bool skip_done = false;
    bool stops_when_full = false;  ///< outputs share a disk: where one has no room, others are not tried
    bool recursive = false;
    std::vector<std::string> file_lists;
    std::string shard;
    std::string output_dir;
    int quiet = 0;
    int verbose = 0;
    bool no_progress = false;
    bool json = false;
    unsigned threads = 0;  ///< 0: from the environment
    std::string frames;
    std::string codec = "zstd";
    double min_speed = 0;  ///< 0: not given
    int level = 0;
    std::string block_size;
    std::string filter = "auto";
    std::string metadata_file;
    std::string metadata_format;
    Mode0 mode0 = Mode0::by_header;
    std::string dtype;
    ConversionRules allowed;
    bool live = false;
    std::int64_t commit_frames = 0;  ///< 0: the library's default
    bool keep_metadata = false;
    bool keep_sum = false;

    // What gather_inputs() found.
    bool makes_files = false;  ///< the verb's results are files, so that standard output may be taken by one
    bool gathered = false;     ///< `inputs` is all there is to do: none is not standard input
    std::map<std::string, std::string> below;             ///< names found in folders, relative to the folder given
    std::vector<std::pair<std::string, Error>> unusable;  ///< named, but not to be read
};

void add_inputs(CLI::App& app, Options& options);
/// Several inputs: folders, lists, shards.
void add_selection(CLI::App& app, Options& options);
void add_output(CLI::App& app, Options& options);
/// Outputs beside their inputs or in a tree of their own, made once, inputs removed after.
void add_tree_output(CLI::App& app, Options& options);
void add_talking(CLI::App& app, Options& options);
void add_json(CLI::App& app, Options& options);
void add_threads(CLI::App& app, Options& options);
void add_coding(CLI::App& app, Options& options);
void add_mode0(CLI::App& app, Options& options);
void add_conversion(CLI::App& app, Options& options);
void add_level(CLI::App& app, Options& options);
void add_live(CLI::App& app, Options& options, const std::string& meaning);

/// Nothing without --live.
[[nodiscard]] std::optional<LiveOptions> live_options(const Options& options);

/// Parses, or prints help; true when the verb is to run, else `exit_code` is set.
[[nodiscard]] bool parse(CLI::App& app, const std::vector<std::string>& arguments, int& exit_code);

/// `65536`, `64k`, `1M`, `1MiB`. Throws Error{invalid_argument}.
[[nodiscard]] std::uint64_t parse_size(const std::string& text);

/// The type that --dtype names, or nothing where it is not given. Throws Error{invalid_argument}.
[[nodiscard]] std::optional<PixelType> chosen_dtype(const Options& options);

}  // namespace mrcz::cli
