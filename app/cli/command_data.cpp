#include <iostream>
#include <memory>

#include "app/cli/commands.h"
#include "core/demo/demo_data.h"
#include "core/features/feature_cache.h"

namespace dicescope::cli {
namespace {

struct DemoArguments {
    std::filesystem::path folder;
    DemoDataOptions options;
};

Status demoData(const DemoArguments& arguments, const Job& job) {
    const auto summary = writeDemoData(arguments.folder, arguments.options, job);
    if (!summary) return forwardError(summary);
    std::cout << (summary->alreadyThere ? "Already there:\n" : "Written:\n");
    for (const DemoSet& set : summary->sets) {
        std::cout << "  " << set.folder.string() << ": " << set.images << " images\n";
    }
    return {};
}

Status cache(std::filesystem::path root, bool clear) {
    if (root.empty()) root = defaultCacheRoot();
    const auto usage = clear ? clearCache(root) : cacheSize(root);
    if (!usage) return forwardError(usage);
    constexpr double kMebibyte = 1024.0 * 1024.0;
    std::cout << root.string() << ": " << (clear ? "removed " : "") << usage->files << " files, "
              << static_cast<std::uint64_t>(static_cast<double>(usage->bytes) / kMebibyte + 0.5) << " MiB\n";
    return {};
}

}  // namespace

void addDemoData(CLI::App& app, Context& context) {
    auto arguments = std::make_shared<DemoArguments>();
    auto* command = app.add_subcommand(
        "demo-data", "Lay out the demo's image folders (Fashion-MNIST and synthetic images)");
    command->add_option("folder", arguments->folder, "Where to; made if it does not exist")->required();
    command->add_option("--source", arguments->options.source, "Folder of the Fashion-MNIST .gz files")
        ->capture_default_str();
    command->add_option("--seed", arguments->options.seed, "Of the synthetic images")->capture_default_str();
    command->callback([arguments, &context] {
        context.run = [arguments, &context] { return demoData(*arguments, context.job()); };
    });
}

void addCache(CLI::App& app, Context& context) {
    auto root = std::make_shared<std::filesystem::path>();
    auto clear = std::make_shared<bool>(false);
    auto* command =
        app.add_subcommand("cache", "Size of the cache of features, fits and thumbnails, or empty it");
    command->add_option("--cache", *root, "Folder of the cache (default: the user's)");
    command->add_flag("--clear", *clear, "Remove every cached feature, fit and thumbnail");
    command->callback(
        [root, clear, &context] { context.run = [root, clear] { return cache(*root, *clear); }; });
}

}  // namespace dicescope::cli
