#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/analysis/inputs.h"
#include "core/base/error.h"
#include "core/base/job.h"
#include "core/detectors/registry.h"
#include "core/metrics/score_kind.h"
#include "core/session/session.h"
#include "core/sparsity/ranking.h"

namespace dicescope {

/// Version of benchmark presets; docs/benchmarks.md describes them.
inline constexpr int kBenchmarkSchema = 1;

/// The model that a benchmark's numbers were measured on.
struct BenchmarkModel {
    std::string description;   ///< "torchvision ResNet-50, weights IMAGENET1K_V1"
    std::size_t classes = 0;   ///< C
    std::size_t features = 0;  ///< D
};

/// A clip of ReAct and the p that its authors use with it.
struct BenchmarkReact {
    float clip = 0;
    double p = 0;  ///< percent of weights dropped
};

enum class BenchmarkGroup { None, Near, Far };

/// One set of images of a benchmark.
struct BenchmarkSet {
    std::string name;  ///< also the name of the set in a session; unique in the preset
    SetRole role = SetRole::Ood;
    BenchmarkGroup group = BenchmarkGroup::None;  ///< of an OOD set, where the field has one for it
    std::vector<std::string> folders;  ///< where archives unpack to, '/' between parts, most specific first
    std::size_t images = 0;            ///< expected
    std::string note;                  ///< how the authors made it, for people; may be empty
};

/// Numbers that somebody published for one method on one set; fractions.
struct PublishedNumbers {
    std::string method;           ///< "msp", "odin", "mahalanobis", "energy", "react", "dice" or "dice+react"
    std::string set;              ///< name of the OOD set; empty: the average over the sets
    std::optional<double> fpr95;  ///< ID positive; absent where it was not published
    std::optional<double> auroc;
    std::string source;  ///< a sentence: paper or re-run, with its address
};

/// A published number of another model, which tells where a method does not help.
struct PublishedElsewhere {
    std::string model;
    std::string method;  ///< as in PublishedNumbers
    BenchmarkGroup group = BenchmarkGroup::None;
    double auroc = 0;  ///< a fraction
    std::string source;
};

/// A benchmark as its authors ran it.
struct BenchmarkPreset {
    std::string name;   ///< "imagenet1k"
    std::string title;  ///< for people: "ImageNet-1k, ResNet-50"
    BenchmarkModel model;
    std::string preprocess;  ///< name of a preprocessing preset
    double p = 0;            ///< percent of weights dropped, without ReAct
    std::vector<BenchmarkReact> react;
    std::vector<std::string> parents;  ///< folders below the root in which `folders` are looked for; "": it
    std::vector<BenchmarkSet> sets;    ///< one ID training set, one ID set, at least one OOD set
    std::vector<PublishedNumbers> published;
    std::vector<PublishedElsewhere> elsewhere;
};

/// Every preset of the program, in the order in which they are offered. The first call reads them; any
/// thread.
[[nodiscard]] const std::vector<BenchmarkPreset>& benchmarkPresets();

/// The preset of that name. Errors: InvalidArgument, naming those there are.
[[nodiscard]] Result<const BenchmarkPreset*> findBenchmark(std::string_view name);

/// Reads a preset from its JSON. Errors: Corrupt, naming the key ("published[3].fpr95"); Unsupported (a newer
/// schema).
[[nodiscard]] Result<BenchmarkPreset> parseBenchmark(const std::string& json);

/// A sentence that says that a head of C x D is not that of the benchmark's model, so that numbers need not
/// agree; empty where it may be.
[[nodiscard]] std::string modelDifference(const BenchmarkPreset& preset, std::size_t classes,
                                          std::size_t features);

/// What was found of one set.
struct LocatedSet {
    std::filesystem::path folder;    ///< absolute; empty where none of the folders is there
    std::size_t images = 0;          ///< files in it
    std::vector<std::string> tried;  ///< folders relative to the root, in the order in which they are tried
    std::string problem;             ///< a folder that is there and cannot be used, in a sentence; or empty

    [[nodiscard]] bool found() const { return !folder.empty(); }
};

/// A benchmark on a disk.
struct LocatedBenchmark {
    std::filesystem::path root;    ///< absolute
    std::vector<LocatedSet> sets;  ///< those of BenchmarkPreset::sets, in their order
};

/// How many files there are more (or, negative, fewer) than the benchmark has; 0 for a set that is not there.
[[nodiscard]] std::int64_t difference(const BenchmarkSet& expected, const LocatedSet& found);

/// Looks for every set below `root`: of the folders that hold a file, the first with exactly the expected
/// number of files, else the first. Files are listed and counted as for an analysis and not opened. Errors:
/// NotFound (the root is no folder), Cancelled.
[[nodiscard]] Result<LocatedBenchmark> locateBenchmark(const BenchmarkPreset& preset,
                                                       const std::filesystem::path& root,
                                                       const Job& job = {});

/// A session that runs the preset on what was found: its sets, preprocessing and p, and every level in whole
/// percent. With `react` (an index into BenchmarkPreset::react) also that clip, and its p. Sets that were not
/// found are left out, which checkInputs() complains about where one is needed. `model` may be empty.
[[nodiscard]] Session benchmarkSession(const BenchmarkPreset& preset, const LocatedBenchmark& found,
                                       const std::filesystem::path& model,
                                       std::optional<std::size_t> react = {});

/// The published numbers of one method, the sets in the preset's order and last the average; those that were
/// not published are left out.
[[nodiscard]] std::vector<PublishedNumbers> publishedBy(const BenchmarkPreset& preset,
                                                        std::string_view method);

/// Whether `names` are those of the preset's OOD sets, all and no other, in any order: only then is an
/// average over them one to lay beside the published.
[[nodiscard]] bool isWholeBenchmark(const BenchmarkPreset& preset, std::vector<std::string> names);

/// A head and a score as an analysis uses them.
struct HeadInUse {
    RankingRule rule = RankingRule::Contribution;
    ScoreKind score = ScoreKind::Energy;
    std::optional<double> p;         ///< percent of weights dropped; absent: the dense head
    std::optional<float> reactClip;  ///< ReAct's c; absent: features are not clipped
};

/// The method of PublishedNumbers that the head in use is, at exactly a setting that the preset's authors
/// used: "msp", "energy", "react", "dice" or "dice+react". Empty for another p, clip, ranking or score. The
/// published numbers of ReAct and DICE+ReAct stand for every clip, and pair of clip and p, of
/// BenchmarkPreset::react.
[[nodiscard]] std::string_view publishedMethod(const BenchmarkPreset& preset, const HeadInUse& head);

/// The same for a detector: "msp", "odin", "mahalanobis" and "energy" with its default settings, "dice" at
/// the preset's p, "react" and "dice+react" with c given, at a clip, or pair of clip and p, of the preset.
[[nodiscard]] std::string_view publishedMethod(const BenchmarkPreset& preset, const DetectorSpec& detector);

/// The numbers to lay beside a view of a session at the level `p` (absent: the dense head): publishedBy() the
/// publishedMethod() of its benchmark, for the sets that the session has, without FPR where the session looks
/// at another TPR level than 95 %, and without the average unless isWholeBenchmark(). Empty where the session
/// is of no benchmark or of one that this program does not know.
[[nodiscard]] std::vector<PublishedNumbers> publishedFor(const Session& session, std::optional<double> p);

}  // namespace dicescope
