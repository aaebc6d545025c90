// What libFuzzer calls. MRCZ_FUZZ_TARGET names the target this program is of.
#include <cstdio>
#include <cstdlib>

#include "targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    static const mrcz::fuzz::Target& target = mrcz::fuzz::target_named(MRCZ_FUZZ_TARGET);
    const std::string wrong = mrcz::fuzz::complaint(target, std::as_bytes(std::span(data, size)));
    if (!wrong.empty()) {
        std::fprintf(stderr, "%s\n", wrong.c_str());
        std::abort();
    }
    return 0;
}
