// usage: abi_test TESTDATA [TEST]
// Runs the tests of the C interface, or the one that is named. Exits 1 when any check failed.
#define _XOPEN_SOURCE 700
#include "tests.h"

#include <ftw.h>
#include <stdlib.h>

#include "check.h"

int failures = 0;
const char* scratch_folder = NULL;
const char* testdata_folder = NULL;

static const struct {
    const char* name;
    void (*run)(void);
} tests[] = {
#define MRCZ_TEST_ROW(name) {#name, name},
    MRCZ_ABI_TESTS(MRCZ_TEST_ROW)
#undef MRCZ_TEST_ROW
};

static int remove_entry(const char* path, const struct stat* status, int kind, struct FTW* position) {
    (void)status, (void)kind, (void)position;
    return remove(path);
}

int main(int count, char** arguments) {
    char folder[] = "/tmp/mrcz-abi-XXXXXX";
    int ran = 0;
    if (count < 2 || mkdtemp(folder) == NULL) return 2;
    testdata_folder = arguments[1];
    scratch_folder = folder;
    for (size_t i = 0; i < sizeof tests / sizeof *tests; ++i) {
        if (count > 2 && strcmp(arguments[2], tests[i].name) != 0) continue;
        tests[i].run();
        ++ran;
    }
    nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    printf("%d tests, %d failures\n", ran, failures);
    return failures == 0 && ran > 0 ? 0 : 1;
}
