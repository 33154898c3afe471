#include "core/demo/demo_layout.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>

#include "core/base/file.h"
#include "core/demo/fashion_mnist.h"

namespace dicescope {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMarkerName = "demo-data.json";
constexpr std::size_t kMaxMarkerBytes = 1 << 16;

nlohmann::json markerOf(const DemoDataOptions& options) {
    nlohmann::json marker{{"schema", 1},
                          {"content", kDemoContentVersion},
                          {"source", options.source.string()},
                          {"seed", options.seed},
                          {"trainPerClass", options.trainPerClass},
                          {"testPerClass", options.testPerClass},
                          {"syntheticImages", options.syntheticImages}};
    for (const DemoSet& set : plannedDemoSets({}, options)) marker["images"][set.name] = set.images;
    return marker;
}

std::size_t countFiles(const fs::path& folder) {
    std::size_t files = 0;
    std::error_code error;
    for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        files += it->is_regular_file(error) ? 1 : 0;
    }
    return files;
}

Status checkRange(std::string_view what, std::size_t value, std::size_t most) {
    if (value >= 1 && value <= most) return {};
    return fail(ErrorCode::InvalidArgument, std::string(what) + " must be between 1 and " +
                                                std::to_string(most) + ", not " + std::to_string(value) +
                                                ".");
}

}  // namespace

std::vector<DemoSet> plannedDemoSets(const fs::path& folder, const DemoDataOptions& options) {
    const std::size_t idClasses = demoIdClasses().size();
    const std::size_t oodClasses = demoNearOodClasses().size();
    std::vector<DemoSet> sets{{"id-train", DemoRole::IdTrain, {}, options.trainPerClass * idClasses},
                              {"id-test", DemoRole::IdTest, {}, options.testPerClass * idClasses},
                              {"ood-near", DemoRole::Ood, {}, options.testPerClass * oodClasses},
                              {"ood-glyphs", DemoRole::Ood, {}, options.syntheticImages},
                              {"ood-textures", DemoRole::Ood, {}, options.syntheticImages},
                              {"ood-noise", DemoRole::Ood, {}, options.syntheticImages}};
    for (DemoSet& set : sets) set.folder = folder / set.name;
    return sets;
}

Status checkDemoOptions(const DemoDataOptions& options) {
    return checkRange("The number of training images of a class", options.trainPerClass, 6000)
        .and_then(
            [&] { return checkRange("The number of test images of a class", options.testPerClass, 1000); })
        .and_then([&] {
            return checkRange("The number of images of a synthetic set", options.syntheticImages, 100000);
        });
}

Status writeDemoMarker(const fs::path& folder, const DemoDataOptions& options) {
    return writeFileAtomically(folder / kMarkerName, markerOf(options).dump(2) + "\n");
}

bool isCompleteDemoLayout(const fs::path& folder, const DemoDataOptions& options) {
    const auto bytes = readFile(folder / kMarkerName, kMaxMarkerBytes);
    if (!bytes) return false;
    const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    const auto marker = nlohmann::json::parse(text, nullptr, false);
    if (marker.is_discarded() || marker != markerOf(options)) return false;
    return std::ranges::all_of(plannedDemoSets(folder, options),
                               [](const DemoSet& set) { return countFiles(set.folder) == set.images; });
}

}  // namespace dicescope
