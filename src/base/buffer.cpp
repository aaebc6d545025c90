#include "base/buffer.hpp"

#include <algorithm>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace mrcz {
namespace {

constexpr std::size_t large_page = std::size_t{2} << 20;

std::byte* in_large_pages(std::size_t size) {
    const std::size_t whole_pages = (size + large_page - 1) / large_page * large_page;
    auto* bytes = static_cast<std::byte*>(std::aligned_alloc(large_page, whole_pages));
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    // Advice: refused, the pages are small.
    if (bytes != nullptr) (void)::madvise(bytes, whole_pages, MADV_HUGEPAGE);
#endif
    return bytes;
}

}  // namespace

std::byte* allocate_uncleared(std::size_t size) {
    constexpr std::size_t worth_it = 2 * large_page;
    const bool in_pages = size >= worth_it && size <= SIZE_MAX - large_page;
    auto* bytes =
        in_pages ? in_large_pages(size) : static_cast<std::byte*>(std::malloc(std::max<std::size_t>(size, 1)));
    if (bytes == nullptr) throw std::bad_alloc();
    return bytes;
}

}  // namespace mrcz
