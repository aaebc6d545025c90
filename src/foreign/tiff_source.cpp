#include "foreign/tiff_source.hpp"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <exception>
#include <limits>

#include "base/fail.hpp"

namespace mrcz::foreign {

/// What libtiff's callbacks work on. No exception may pass through libtiff: the first is kept.
struct TiffFile::State {
    const ByteSource& source;
    std::uint64_t position = 0;
    std::string complaint;
    std::exception_ptr thrown;

    tmsize_t read(void* into, tmsize_t count) noexcept {
        try {
            const std::uint64_t size = source.size();
            if (count <= 0 || position >= size) return 0;
            const std::uint64_t taken = std::min(static_cast<std::uint64_t>(count), size - position);
            source.read_at(position, {static_cast<std::byte*>(into), static_cast<std::size_t>(taken)});
            position += taken;
            return static_cast<tmsize_t>(taken);
        } catch (...) {
            if (!thrown) thrown = std::current_exception();
            return 0;
        }
    }

    toff_t seek(toff_t offset, int whence) noexcept {
        const std::uint64_t origin = whence == SEEK_CUR ? position : whence == SEEK_END ? source.size() : 0;
        position = origin + offset;  // beyond the end nothing is read
        return position;
    }

    void complain(const char* format, std::va_list values) noexcept {
        if (!complaint.empty()) return;
        std::array<char, 300> text{};
        std::vsnprintf(text.data(), text.size(), format, values);
        try {
            complaint = printable(text.data(), text.size());
        } catch (...) {  // a message less
        }
    }
};

TiffFile::TiffFile(const ByteSource& source, const Limits& limits) : state_(new State{source, 0, {}, {}}) {
    const std::unique_ptr<TIFFOpenOptions, void (*)(TIFFOpenOptions*)> options(TIFFOpenOptionsAlloc(),
                                                                               TIFFOpenOptionsFree);
    if (!options) fail(ErrorCode::out_of_memory, "libtiff: no memory");
    TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), static_cast<tmsize_t>(std::min<std::uint64_t>(
                                                           limits.frame_bytes, std::numeric_limits<tmsize_t>::max())));
    const auto complain = [](TIFF*, void* user, const char*, const char* format, std::va_list values) {
        static_cast<State*>(user)->complain(format, values);
        return 1;
    };
    const auto ignore = [](TIFF*, void*, const char*, const char*, std::va_list) { return 1; };
    TIFFOpenOptionsSetErrorHandlerExtR(options.get(), complain, state_.get());
    TIFFOpenOptionsSetWarningHandlerExtR(options.get(), ignore, nullptr);
    tiff_ = TIFFClientOpenExt(
        source.name().c_str(), "rm", state_.get(),
        [](thandle_t state, void* into, tmsize_t count) { return static_cast<State*>(state)->read(into, count); },
        [](thandle_t, void*, tmsize_t) -> tmsize_t { return 0; },
        [](thandle_t state, toff_t offset, int whence) { return static_cast<State*>(state)->seek(offset, whence); },
        [](thandle_t) { return 0; },
        [](thandle_t state) -> toff_t { return static_cast<State*>(state)->source.size(); }, nullptr, nullptr,
        options.get());
    if (!tiff_) fail_with("TIFF does not open");
}

TiffFile::~TiffFile() {
    if (tiff_) TIFFClose(tiff_);
}

void TiffFile::fail_with(const std::string& problem) const {
    if (state_->thrown) std::rethrow_exception(state_->thrown);
    fail(ErrorCode::corrupt, problem, state_->complaint.empty() ? "" : ": ", state_->complaint);
}

}  // namespace mrcz::foreign
