// The files that a session reads: every movie once, references not among the movies, and none of them an output.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mrcz/process.hpp"

namespace mrcz::jobs {

class SessionFiles {
  public:
    /// Of references, defects and gamma law that `options` name.
    explicit SessionFiles(const ProcessOptions& options);

    /// Takes references, and second names of one file, out of `movies`, and tells of them; a movie that is left out of
    /// a session of KOMA would be subtracted from itself.
    void add_movies(std::vector<std::filesystem::path>& movies, bool each_once, const RunContext& context);

    /// Throws Error{invalid_argument} where `output` is one of them under any name.
    void refuse_as_output(const std::filesystem::path& output) const;

  private:
    struct File {
        std::string name;
        std::string_view role;  ///< empty: a movie
    };
    using Identity = std::pair<std::uint64_t, std::uint64_t>;

    [[nodiscard]] static Identity identity_of(const std::filesystem::path& path);
    void add_reference(const std::filesystem::path& path, std::string_view role);

    std::map<Identity, File> files_;
};

}  // namespace mrcz::jobs
