#include "jobs/session_files.hpp"

#include "base/fail.hpp"
#include "mrcz/jobs.hpp"

namespace mrcz::jobs {

namespace fs = std::filesystem;

SessionFiles::SessionFiles(const ProcessOptions& options) {
    if (options.gain) add_reference(options.gain->file, "gain reference");
    if (options.gain) add_reference(options.gain->gamma_law_file, "gamma law");
    add_reference(options.dark, "dark reference");
    add_reference(options.defects, "list or map of defects");
}

/// Zeros where there is no such file: what opens it says why.
SessionFiles::Identity SessionFiles::identity_of(const fs::path& path) {
    std::error_code ignored;
    if (!fs::is_regular_file(path, ignored)) return {};
    const FileStamp stamp = FileStamp::of(path);
    return {static_cast<std::uint64_t>(stamp.device), static_cast<std::uint64_t>(stamp.inode)};
}

void SessionFiles::add_reference(const fs::path& path, std::string_view role) {
    if (!path.empty()) files_.emplace(identity_of(path), File{path.string(), role});
}

void SessionFiles::add_movies(std::vector<fs::path>& movies, bool each_once, const RunContext& context) {
    std::vector<fs::path> taken;
    for (fs::path& path : movies) {
        const Identity identity = identity_of(path);
        const auto [at, is_new] = files_.emplace(identity, File{path.string(), {}});
        const bool is_left_out = identity != Identity{} && !is_new && (!at->second.role.empty() || each_once);
        if (!is_left_out) {
            taken.push_back(std::move(path));
        } else if (context.log) {
            const File& other = at->second;
            context.log(other.role.empty() ? concat(path.string(), ": is the same file as ", other.name,
                                                    "; of a session it is taken once, not corrected by itself")
                                           : concat(path.string(), ": is the ", other.role, ", and no movie of the ",
                                                    "session; left out"));
        }
    }
    if (taken.empty() && !movies.empty())
        fail(ErrorCode::invalid_argument, "no movie is left: every file named is a reference");
    movies = std::move(taken);
}

void SessionFiles::refuse_as_output(const fs::path& output) const {
    const Identity identity = identity_of(output);
    const auto found = files_.find(identity);
    if (identity == Identity{} || found == files_.end()) return;
    if (found->second.role.empty())
        throw Error(ErrorCode::invalid_argument, "is input and output at once; name another output", output.string());
    throw Error(ErrorCode::invalid_argument,
                concat("is the ", found->second.role, ", which no output replaces; name another output"),
                output.string());
}

}  // namespace mrcz::jobs
