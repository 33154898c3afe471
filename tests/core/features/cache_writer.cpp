#include <csignal>
#include <cstdlib>
#include <string>

#include "cache_test_support.h"

using namespace dicescope;
using namespace dicescope::test;

// cache_writer ROOT FIRST COUNT BATCH [FOLDER]: appends made-up images to the cache in batches. Then it
// finishes the set of the images below FIRST + COUNT as FOLDER and exits with 0, or without FOLDER it kills
// itself.
int main(int argc, char** argv) {
    if (argc < 5) return 2;
    const int first = std::atoi(argv[2]);
    const int end = first + std::atoi(argv[3]);
    const int batch = std::atoi(argv[4]);
    auto cache = FeatureCache::open(argv[1], someKey());
    if (!cache) return 3;
    cache->setBatchSize(static_cast<std::size_t>(batch));
    for (int i = first; i < end; i += batch) {
        if (!appendImages(*cache, i, std::min(batch, end - i))) return 4;
    }
    if (argc < 6) return std::raise(SIGKILL);
    const auto request = requestOf(0, end, argv[5]);
    const auto set = cache->finish(request);
    return set && rowsAreRight(**set, request, end - 1) ? 0 : 5;
}
