#include "core/analysis/anytime_sweep.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <optional>
#include <random>
#include <utility>

namespace dicescope {
namespace {

/// A few samples of one set through the sweep; labels are those of its samples.
struct Preview {
    SweepResult sweep;
    std::vector<int> labels;
};

Result<Preview> previewOf(const InputSet& set, const PlannedSweep& planned, const AnalysisInputs& inputs,
                          const SweepOptions& options, const Job& job) {
    const auto features = set.features->features;
    const auto samples = previewSamples(features.rows);
    Matrix<float> rows(samples.size(), features.cols);
    Preview preview;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        std::ranges::copy(features.row(samples[i]), rows.view().row(i).begin());
        if (!set.labels.empty()) preview.labels.push_back(set.labels[samples[i]]);
    }
    auto sweep = sweepFeatures(planned, inputs, rows.view(), options, job);
    if (!sweep) return forwardError(sweep);
    preview.sweep = std::move(*sweep);
    return preview;
}

struct Previews {
    Preview id;
    std::vector<Preview> ood;
};

Result<Previews> previewAll(const PlannedSweep& planned, const AnalysisInputs& inputs,
                            const SweepOptions& options, const Job& job) {
    const Job silent{job.stop, {}};
    Previews previews;
    auto id = previewOf(inputs.id, planned, inputs, options, silent);
    if (!id) return forwardError(id);
    previews.id = std::move(*id);
    for (const InputSet& set : inputs.ood) {
        auto ood = previewOf(set, planned, inputs, options, silent);
        if (!ood) return forwardError(ood);
        previews.ood.push_back(std::move(*ood));
    }
    return previews;
}

/// Puts together what is known best of each set: all of it, the samples that are done, or its preview.
class Composer {
  public:
    Composer(const AnalysisInputs& inputs, const Previews& previews) : inputs_(inputs), previews_(previews) {}

    [[nodiscard]] PartialSets preview() const { return compose(nullptr); }
    [[nodiscard]] PartialSets at(const SetsInProgress& progress) const { return compose(&progress); }

  private:
    [[nodiscard]] PartialSets compose(const SetsInProgress* progress) const {
        PartialSets sets;
        const bool idFinished = progress != nullptr && progress->finished.id.rows() > 0;
        sets.id = known(inputs_.id, previews_.id, progress, idFinished ? &progress->finished.id : nullptr);
        sets.idLabels = sets.id.sweep == &previews_.id.sweep ? previews_.id.labels : inputs_.id.labels;
        sets.samples = countDone(sets.id);
        for (std::size_t s = 0; s < inputs_.ood.size(); ++s) {
            const bool finished = progress != nullptr && s < progress->finished.ood.size();
            sets.ood.push_back(known(inputs_.ood[s], previews_.ood[s], progress,
                                     finished ? &progress->finished.ood[s] : nullptr));
            sets.samples += countDone(sets.ood.back());
        }
        return sets;
    }

    static SweptSet known(const InputSet& set, const Preview& preview, const SetsInProgress* progress,
                          const SweepResult* finished) {
        if (finished != nullptr) return {set.name, finished, std::nullopt};
        if (progress != nullptr && &progress->current == &set)
            return {set.name, &progress->partial, progress->done};
        return {set.name, &preview.sweep, std::nullopt};
    }

    static std::size_t countDone(const SweptSet& set) {
        return set.done ? set.done->size() : set.sweep->samples;
    }

    const AnalysisInputs& inputs_;
    const Previews& previews_;
};

}  // namespace

std::vector<std::size_t> previewSamples(std::size_t count) {
    std::vector<std::size_t> all(count);
    std::iota(all.begin(), all.end(), std::size_t{0});
    std::vector<std::size_t> chosen;
    std::mt19937_64 random(count);
    std::ranges::sample(all, std::back_inserter(chosen), static_cast<std::ptrdiff_t>(kPreviewSamples),
                        random);
    return chosen;
}

Result<SweptSets> sweepAnytime(const PlannedSweep& planned, const AnalysisInputs& inputs,
                               const SweepOptions& options, const Job& job, const PartialSetsSink& sink) {
    const auto previews = previewAll(planned, inputs, options, job);
    if (!previews) return forwardError(previews);
    const Composer composer(inputs, *previews);
    sink(composer.preview());
    const auto setsSink = [&](const SetsInProgress& progress) {
        if (progress.current.role != SetRole::Validation) sink(composer.at(progress));
    };
    return sweepSets(planned, inputs, options, job, setsSink);
}

}  // namespace dicescope
