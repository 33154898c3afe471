#include "core/demo/demo_data.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <map>
#include <mutex>
#include <new>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <set>
#include <span>
#include <system_error>
#include <utility>

#include "core/base/parallel.h"
#include "core/demo/demo_layout.h"
#include "core/demo/fashion_mnist.h"
#include "core/demo/staging_folder.h"
#include "core/demo/synthetic_images.h"

namespace dicescope {
namespace {

namespace fs = std::filesystem;

using SyntheticMaker = DemoImage (*)(std::uint64_t seed, std::size_t index);

/// One file to be written: an image of Fashion-MNIST, or number `index` of a synthetic set.
struct PlannedImage {
    fs::path path;  // relative to the layout
    const FashionImages* source = nullptr;
    SyntheticMaker maker = nullptr;
    std::size_t index = 0;
};

std::string fileName(std::size_t index) {
    char name[32];
    std::snprintf(name, sizeof(name), "%05zu.png", index);
    return name;
}

/// Adds the first `perClass` images of each class. Errors: Corrupt when a class has fewer.
Status planClasses(std::vector<PlannedImage>& plan, const fs::path& set, const FashionImages& images,
                   std::span<const DemoClass> classes, std::size_t perClass) {
    std::map<std::uint8_t, std::pair<const char*, std::size_t>> wanted;
    for (const DemoClass& one : classes) wanted[one.label] = {one.folder, perClass};
    for (std::size_t i = 0; i < images.count(); ++i) {
        const auto found = wanted.find(images.labels[i]);
        if (found == wanted.end() || found->second.second == 0) continue;
        --found->second.second;
        plan.push_back({.path = set / found->second.first / fileName(i), .source = &images, .index = i});
    }
    for (const auto& [label, rest] : wanted) {
        if (rest.second == 0) continue;
        return fail(ErrorCode::Corrupt, "Fashion-MNIST has only " + std::to_string(perClass - rest.second) +
                                            " images of class " + std::to_string(label) + " for '" +
                                            set.string() + "', not " + std::to_string(perClass) +
                                            "; ask for fewer, or install the complete data set.");
    }
    return {};
}

void planSynthetic(std::vector<PlannedImage>& plan, const fs::path& set, SyntheticMaker maker,
                   std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
        plan.push_back({.path = set / fileName(i), .maker = maker, .index = i});
}

Result<std::vector<PlannedImage>> makePlan(const FashionImages& train, const FashionImages& test,
                                           const DemoDataOptions& options) {
    std::vector<PlannedImage> plan;
    return planClasses(plan, "id-train", train, demoIdClasses(), options.trainPerClass)
        .and_then([&] { return planClasses(plan, "id-test", test, demoIdClasses(), options.testPerClass); })
        .and_then(
            [&] { return planClasses(plan, "ood-near", test, demoNearOodClasses(), options.testPerClass); })
        .map([&] {
            planSynthetic(plan, "ood-glyphs", makeGlyph, options.syntheticImages);
            planSynthetic(plan, "ood-textures", makeTexture, options.syntheticImages);
            planSynthetic(plan, "ood-noise", makeNoise, options.syntheticImages);
            return std::move(plan);
        });
}

Status createFolders(const fs::path& root, std::span<const PlannedImage> plan) {
    std::set<fs::path> folders;
    for (const PlannedImage& image : plan) folders.insert(image.path.parent_path());
    for (const fs::path& folder : folders) {
        std::error_code error;
        fs::create_directories(root / folder, error);
        if (!error) continue;
        return fail(ErrorCode::WriteFailed, "Cannot create the folder '" + (root / folder).string() + "' (" +
                                                error.message() +
                                                "); free some space or choose another folder.");
    }
    return {};
}

Status writePng(const fs::path& path, std::span<const std::uint8_t> pixels) {
    // OpenCV takes no const data; imencode does not write to it.
    const cv::Mat image(kFashionSide, kFashionSide, CV_8UC1, const_cast<std::uint8_t*>(pixels.data()));
    std::vector<std::uint8_t> png;
    if (!cv::imencode(".png", image, png))
        return fail(ErrorCode::Internal, "OpenCV cannot encode PNG files.");
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(png.data()), static_cast<std::streamsize>(png.size()));
    file.close();
    if (file.fail()) {
        return fail(ErrorCode::WriteFailed, "Cannot write '" + path.string() +
                                                "'; free some space (and inodes) or choose another folder.");
    }
    return {};
}

Status writeImage(const fs::path& root, const PlannedImage& image, std::uint64_t seed) {
    if (image.source != nullptr) return writePng(root / image.path, image.source->image(image.index));
    return writePng(root / image.path, image.maker(seed, image.index));
}

/// Counts finished images of all threads, passes them on now and then, and keeps the first error.
class WriteProgress {
  public:
    WriteProgress(const Job& job, std::size_t total) : job_(job), total_(total) {}

    [[nodiscard]] bool shouldStop() const { return failed_ || job_.stopRequested(); }

    void finished(std::size_t images) {
        const std::scoped_lock lock(mutex_);
        done_ += images;
        const auto now = Clock::now();
        if (now - lastReport_ < std::chrono::milliseconds(100) && done_ < total_) return;
        lastReport_ = now;
        const double seconds = std::chrono::duration<double>(now - start_).count();
        const double rate = seconds > 0 ? static_cast<double>(done_) / seconds : 0;
        const double left = rate > 0 ? static_cast<double>(total_ - done_) / rate : -1;
        job_.report({"Writing the demo images", done_, total_, rate, left});
    }

    void failed(const Error& error) {
        const std::scoped_lock lock(mutex_);
        if (!failed_) error_ = error;
        failed_ = true;
    }

    [[nodiscard]] Status outcome() const {
        if (failed_) return tl::unexpected<Error>(error_);
        if (job_.stopRequested()) return cancelled();
        return {};
    }

  private:
    using Clock = std::chrono::steady_clock;
    const Job& job_;
    const std::size_t total_;
    const Clock::time_point start_ = Clock::now();
    Clock::time_point lastReport_ = start_;
    std::mutex mutex_;
    std::atomic<bool> failed_ = false;
    std::size_t done_ = 0;
    Error error_;
};

Status writeImages(const fs::path& root, std::span<const PlannedImage> plan, const DemoDataOptions& options,
                   const Job& job) {
    constexpr std::size_t kGrain = 64;
    WriteProgress progress(job, plan.size());
    parallelFor(plan.size(), kGrain, options.threads, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            if (progress.shouldStop()) return;
            if (const auto written = writeImage(root, plan[i], options.seed); !written)
                progress.failed(written.error());
        }
        progress.finished(end - begin);
    });
    return progress.outcome();
}

Status writeLayout(const fs::path& folder, const DemoDataOptions& options, const Job& job) {
    // First, because it says at once that the folder cannot be used.
    auto staging = StagingFolder::create(folder);
    if (!staging) return forwardError(staging);
    const auto train = loadFashionMnist(options.source, FashionSplit::Train);
    if (!train) return forwardError(train);
    const auto test = loadFashionMnist(options.source, FashionSplit::Test);
    if (!test) return forwardError(test);
    const auto plan = makePlan(*train, *test, options);
    if (!plan) return forwardError(plan);
    return createFolders(staging->path(), *plan)
        .and_then([&] { return writeImages(staging->path(), *plan, options, job); })
        .and_then([&] { return writeDemoMarker(staging->path(), options); })
        .and_then([&] { return staging->commit(); });
}

}  // namespace

Result<DemoDataSummary> writeDemoData(const fs::path& folder, const DemoDataOptions& options,
                                      const Job& job) try {
    if (const auto usable = checkDemoOptions(options); !usable) return forwardError(usable);
    DemoDataSummary summary{.sets = plannedDemoSets(folder, options),
                            .alreadyThere = isCompleteDemoLayout(folder, options)};
    if (summary.alreadyThere) return summary;
    if (const auto written = writeLayout(folder, options, job); !written) return forwardError(written);
    return summary;
} catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory,
                "There is not enough memory to write the demo images; close other programs.");
} catch (const std::exception& error) {
    return fail(ErrorCode::Internal, std::string("Writing the demo images failed: ") + error.what());
}

}  // namespace dicescope
