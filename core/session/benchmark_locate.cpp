#include <system_error>
#include <utility>

#include "core/images/image_folder.h"
#include "core/session/benchmark.h"
#include "core/session/portable_path.h"

namespace dicescope {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> triedFolders(const BenchmarkPreset& preset, const BenchmarkSet& set) {
    std::vector<std::string> tried;
    for (const std::string& parent : preset.parents) {
        const std::string prefix = parent.empty() ? parent : parent + "/";
        for (const std::string& folder : set.folders) tried.push_back(prefix + folder);
    }
    return tried;
}

Result<LocatedSet> locateSet(const BenchmarkPreset& preset, const BenchmarkSet& set, const fs::path& root,
                             const Job& job) {
    LocatedSet found;
    found.tried = triedFolders(preset, set);
    for (const std::string& folder : found.tried) {
        if (job.stopRequested()) return cancelled();
        std::error_code error;
        if (!fs::is_directory(root / folder, error)) continue;
        const auto listed = listImageFolder(root / folder, job);
        if (!listed && listed.error().code == ErrorCode::Cancelled) return forwardError(listed);
        if (!listed) {
            if (found.problem.empty()) found.problem = listed.error().message;
            continue;
        }
        const bool isExact = listed->images.size() == set.images;
        if (found.found() && !isExact) continue;
        found.folder = root / folder;
        found.images = listed->images.size();
        if (isExact) break;
    }
    if (found.found()) found.problem.clear();
    return found;
}

}  // namespace

std::int64_t difference(const BenchmarkSet& expected, const LocatedSet& found) {
    if (!found.found()) return 0;
    return static_cast<std::int64_t>(found.images) - static_cast<std::int64_t>(expected.images);
}

Result<LocatedBenchmark> locateBenchmark(const BenchmarkPreset& preset, const fs::path& root,
                                         const Job& job) {
    std::error_code error;
    if (!fs::is_directory(root, error)) {
        return fail(ErrorCode::NotFound,
                    "There is no folder '" + root.string() + "'; name the one that the sets lie in.");
    }
    LocatedBenchmark result;
    result.root = plainPath(root);
    for (const BenchmarkSet& set : preset.sets) {
        job.report({"Looking for " + set.name, result.sets.size(), preset.sets.size(), 0, -1});
        auto found = locateSet(preset, set, result.root, job);
        if (!found) return forwardError(found);
        result.sets.push_back(std::move(*found));
    }
    job.report({"Looked for the sets", preset.sets.size(), preset.sets.size(), 0, -1});
    return result;
}

}  // namespace dicescope
