// usage: make_seeds FOLDER
//
// Writes the valid inputs of every target to FOLDER/TARGET, from where libFuzzer takes them.
#include <cstdio>
#include <filesystem>

#include "kit/files.hpp"
#include "targets.hpp"

int main(int count, char** arguments) {
    if (count != 2) {
        std::fputs("usage: make_seeds FOLDER\n", stderr);
        return 2;
    }
    for (const mrcz::fuzz::Target& target : mrcz::fuzz::targets()) {
        const auto folder = std::filesystem::path(arguments[1]) / target.name;
        std::filesystem::create_directories(folder);
        std::size_t number = 0;
        for (const mrcz::Bytes& seed : target.seeds()) mrcz::kit::write_file(folder / std::to_string(number++), seed);
        std::printf("%s: %zu seeds\n", folder.c_str(), number);
    }
    return 0;
}
