#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/analysis/evaluation.h"
#include "core/analysis/exploration.h"
#include "core/analysis/inputs.h"
#include "core/analysis/sweep_analysis.h"
#include "core/base/error.h"
#include "core/explain/hand_edits.h"
#include "core/session/comparison_choices.h"

namespace dicescope {

/// Version of session files; docs/session.md describes them.
inline constexpr int kSessionSchema = 1;

/// p where nothing was chosen: what the DICE authors use for CIFAR.
inline constexpr double kDefaultLevel = 90;

/// What a user opened and chose: all that is needed to show the same again.
struct Session {
    InputsConfig inputs;     ///< absolute paths; extraction.cache and scratch are not part of a session
    ExplorationSweep sweep;  ///< threads are not part of a session
    ExplorationView view;
    std::optional<double> p;              ///< the current level; nullopt: the dense head
    std::size_t bootstrap = 1000;         ///< resamples of the intervals; 0: none
    bool logarithmicFpr = false;          ///< FPR axis of the ROC plot
    std::vector<std::string> hiddenSets;  ///< names of sets that the plots do not show
    std::vector<MaskEdit> edits;          ///< units switched off by hand, kept under names
    std::string benchmark;         ///< name of the benchmark (benchmark.h) that the sets are of; empty: none
    ComparisonChoices comparison;  ///< of detectors, where the user chose something
};

/// A session with no inputs and the defaults of every choice: 101 levels, energy, p=90.
[[nodiscard]] Session defaultSession();

/// A session as JSON. Paths below the folder `base` (that of the session file) or beside it are written
/// relative to it: with at most two "..", and not through the root. Bytes of a path that are not UTF-8 are
/// replaced.
[[nodiscard]] std::string toJson(const Session& session, const std::filesystem::path& base);
/// Relative paths are taken from `base`. Keys that are not known are refused by name, missing ones have their
/// defaults. Errors: Corrupt (names the key), Unsupported (a newer schema).
[[nodiscard]] Result<Session> parseSession(const std::string& json, const std::filesystem::path& base);

/// Errors: NotFound, Unreadable, and those of parseSession(). Whether the inputs exist is not looked at.
[[nodiscard]] Result<Session> readSession(const std::filesystem::path& path);
/// Atomic. Errors: WriteFailed; InvalidArgument where a path is not UTF-8, which JSON cannot hold.
[[nodiscard]] Status writeSession(const std::filesystem::path& path, const Session& session);

/// The levels that metrics.json of a session speaks of: its p alone, or kDefaultLevel at the dense head.
[[nodiscard]] EvaluationOptions evaluationOptions(const Session& session);
/// The sweep of a session, with intervals at the same level, or at the chosen one where a choice is asked
/// for.
[[nodiscard]] SweepAnalysisOptions sweepAnalysisOptions(const Session& session);

/// One path that a session names and that is not there.
struct MissingInput {
    std::string what;  ///< "model", "ID training set", "ID set", "OOD set 'dtd'", for people
    std::filesystem::path path;
};

[[nodiscard]] std::vector<MissingInput> missingInputs(const InputsConfig& inputs);
/// Puts `found` in place of `missing` everywhere in the inputs, and follows a folder that moved: other
/// missing inputs that exist at the same place relative to the new path are replaced as well. Returns how
/// many were.
std::size_t relocateInput(InputsConfig& inputs, const std::filesystem::path& missing,
                          const std::filesystem::path& found);

}  // namespace dicescope
