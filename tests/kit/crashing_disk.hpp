// A disk in memory that can be stopped between any two steps, as a kill or a power failure would.
#pragma once

#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "io/file_system.hpp"

namespace mrcz::kit {

/// Thrown at the step that the test chose, and by every step after it: the program is dead.
struct Crash {};

/// What a crash leaves of what was not synced.
enum class Loss {
    nothing,  ///< the program was killed: all it wrote is there
    all,      ///< the power failed before any of it reached the disk
    some,     ///< the power failed: some of it did, in any order, by 512-byte sectors
};

class CrashingDisk final : public io::FileSystem {
  public:
    void put(const std::string& path, Bytes bytes);
    [[nodiscard]] std::optional<Bytes> bytes_of(const std::string& path) const;
    [[nodiscard]] std::vector<std::string> names() const;

    /// Steps from now on; with `torn` half of the bytes of the last one are still written.
    void crash_at(std::uint64_t step, bool torn = false);
    [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }
    /// What is there after the machine is up again. Nothing crashes any more.
    void restart(Loss loss, std::uint32_t seed = 1);

    std::shared_ptr<io::ChangeableFile> open_locked(const std::filesystem::path& path) override;
    std::shared_ptr<io::ChangeableFile> create(const std::filesystem::path& path,
                                               const std::filesystem::path& like) override;
    std::unique_ptr<ByteSource> open_source(const std::filesystem::path& path) override;
    void remove(const std::filesystem::path& path) override;
    void sync_folder_of(const std::filesystem::path& path) override;

  private:
    struct Change {
        std::uint64_t offset = 0;
        Bytes bytes;
        std::optional<std::uint64_t> size;  ///< of the file, cut
    };
    struct Node {
        Bytes now;
        Bytes durable;
        std::vector<Change> unsynced;
    };
    class File;
    friend class File;

    /// How many of `bytes` still happen; fewer than all of them mean the crash.
    std::size_t step(std::size_t bytes = 0);
    static void apply(Bytes& to, const Change& change);

    std::map<std::string, std::shared_ptr<Node>> names_now_;
    std::map<std::string, std::shared_ptr<Node>> names_durable_;
    std::uint64_t steps_ = 0;
    std::optional<std::uint64_t> crash_step_;
    bool torn_ = false;
    bool dead_ = false;
};

}  // namespace mrcz::kit
