#include "kit/crashing_disk.hpp"

#include <algorithm>

namespace mrcz::kit {

namespace fs = std::filesystem;

class CrashingDisk::File final : public io::ChangeableFile {
  public:
    File(CrashingDisk& disk, std::shared_ptr<Node> node, std::string name)
        : disk_(disk), node_(std::move(node)), name_(std::move(name)) {}

    std::uint64_t size() const override { return node_->now.size(); }
    const std::string& name() const noexcept override { return name_; }
    bool is_at(const fs::path& path) const override {
        const auto found = disk_.names_now_.find(path.string());
        return found != disk_.names_now_.end() && found->second == node_;
    }

    std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
        const Bytes& bytes = node_->now;
        if (offset >= bytes.size()) return 0;
        const std::size_t got = std::min(into.size(), bytes.size() - static_cast<std::size_t>(offset));
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), got, into.begin());
        return got;
    }

    void write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
        const std::size_t done = disk_.step(bytes.size());
        change({offset, Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(done)), {}});
        if (disk_.dead_) throw Crash();
    }

    void cut_to(std::uint64_t size) override {
        disk_.step();
        if (disk_.dead_) throw Crash();
        change({0, {}, size});
    }

    void sync() override {
        disk_.step();
        if (disk_.dead_) throw Crash();
        node_->durable = node_->now;
        node_->unsynced.clear();
    }

  private:
    void change(Change change) {
        apply(node_->now, change);
        node_->unsynced.push_back(std::move(change));
    }

    CrashingDisk& disk_;
    std::shared_ptr<Node> node_;
    std::string name_;
};

void CrashingDisk::apply(Bytes& to, const Change& change) {
    if (change.size) return to.resize(static_cast<std::size_t>(*change.size));
    const auto end = static_cast<std::size_t>(change.offset) + change.bytes.size();
    if (!change.bytes.empty() && to.size() < end) to.resize(end);
    std::ranges::copy(change.bytes, to.begin() + static_cast<std::ptrdiff_t>(change.bytes.empty() ? 0 : change.offset));
}

std::size_t CrashingDisk::step(std::size_t bytes) {
    if (dead_) return 0;
    const std::uint64_t number = steps_++;
    if (number != crash_step_) return bytes;
    dead_ = true;
    return torn_ ? bytes / 2 : 0;
}

void CrashingDisk::put(const std::string& path, Bytes bytes) {
    names_now_[path] = std::make_shared<Node>(Node{bytes, bytes, {}});
    names_durable_ = names_now_;
}

std::optional<Bytes> CrashingDisk::bytes_of(const std::string& path) const {
    const auto found = names_now_.find(path);
    if (found == names_now_.end()) return std::nullopt;
    return found->second->now;
}

std::vector<std::string> CrashingDisk::names() const {
    std::vector<std::string> names;
    for (const auto& [name, node] : names_now_) names.push_back(name);
    return names;
}

void CrashingDisk::crash_at(std::uint64_t step, bool torn) {
    steps_ = 0;
    crash_step_ = step;
    torn_ = torn;
}

void CrashingDisk::restart(Loss loss, std::uint32_t seed) {
    std::mt19937 random(seed);
    dead_ = false;
    crash_step_.reset();
    // Names go or come in order; how many of them did is chance.
    if (loss == Loss::all || (loss == Loss::some && random() % 2 == 0)) names_now_ = names_durable_;
    for (auto& [name, node] : names_now_) {
        if (loss == Loss::nothing) node->durable = node->now;
        if (loss == Loss::some)
            for (Change& change : node->unsynced) {
                constexpr std::size_t sector = 512;
                if (change.size && random() % 2 == 0) apply(node->durable, change);
                // Sectors of the disk, not of the write.
                for (std::size_t at = 0; at < change.bytes.size();) {
                    const std::size_t place = static_cast<std::size_t>(change.offset) + at;
                    const std::size_t bytes = std::min(sector - place % sector, change.bytes.size() - at);
                    const auto first = change.bytes.begin() + static_cast<std::ptrdiff_t>(at);
                    if (random() % 2 == 0)
                        apply(node->durable, {place, Bytes(first, first + static_cast<std::ptrdiff_t>(bytes)), {}});
                    at += bytes;
                }
            }
        node->unsynced.clear();
        node->now = node->durable;
    }
    names_durable_ = names_now_;
}

std::shared_ptr<io::ChangeableFile> CrashingDisk::open_locked(const fs::path& path) {
    return std::make_shared<File>(*this, names_now_.at(path.string()), path.string());
}

std::shared_ptr<io::ChangeableFile> CrashingDisk::create(const fs::path& path, const fs::path&) {
    step();
    if (dead_) throw Crash();
    auto& node = names_now_[path.string()];
    node = std::make_shared<Node>();
    return std::make_shared<File>(*this, node, path.string());
}

std::unique_ptr<ByteSource> CrashingDisk::open_source(const fs::path& path) {
    const auto found = names_now_.find(path.string());
    if (found == names_now_.end()) return nullptr;
    return make_memory_source(found->second->now, path.string());
}

void CrashingDisk::remove(const fs::path& path) {
    step();
    if (dead_) throw Crash();
    names_now_.erase(path.string());
}

void CrashingDisk::sync_folder_of(const fs::path&) {
    step();
    if (dead_) throw Crash();
    names_durable_ = names_now_;
}

}  // namespace mrcz::kit
