#include "core/detectors/registry.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "core/base/exceptions.h"
#include "core/detectors/family.h"
#include "core/detectors/logits.h"

namespace dicescope {
namespace {

void append(std::vector<DetectorEntry>& entries, std::vector<DetectorEntry> more) {
    std::ranges::move(more, std::back_inserter(entries));
}

std::vector<DetectorEntry> makeEntries() {
    std::vector<DetectorEntry> entries = logitScoreEntries();
    entries.push_back(temperatureEntry());
    entries.push_back(genEntry());
    entries.push_back(klMatchingEntry());
    entries.push_back(openMaxEntry());
    append(entries, diceEntries());
    append(entries, clippingEntries());
    append(entries, shapingEntries());
    append(entries, mahalanobisEntries());
    append(entries, subspaceEntries());
    entries.push_back(necoEntry());
    entries.push_back(knnEntry());
    entries.push_back(nnGuideEntry());
    entries.push_back(relationEntry());
    entries.push_back(sheEntry());
    entries.push_back(fdbdEntry());
    entries.push_back(nciEntry());
    entries.push_back(gradNormEntry());
    entries.push_back(odinEntry());
    return entries;
}

const std::vector<DetectorEntry>& entries() {
    static const std::vector<DetectorEntry> all = makeEntries();
    return all;
}

tl::unexpected<Error> missing(const DetectorInfo& info, const char* what) {
    return fail(ErrorCode::InvalidArgument, info.displayName + " needs " + what + ".");
}

Status checkNeed(const DetectorInfo& info, DetectorNeed need, const TrainingData& training) {
    switch (need) {
        case DetectorNeed::Nothing:
            return {};
        case DetectorNeed::FeatureMean:
            if (training.hasMean()) return {};
            return missing(info, "the mean feature of ID training images; name a training set or a mean");
        case DetectorNeed::TrainingFeatures:
            if (training.hasFeatures()) return {};
            return missing(info, "the features of ID training images; name a training set");
        case DetectorNeed::TrainingLabels:
            if (training.hasFeatures() && training.hasLabels()) return {};
            return missing(info,
                           "ID training images with known classes; name a training set whose folders "
                           "are the model's classes");
        case DetectorNeed::Model:
            return missing(info,
                           "the model's gradient, which features do not have; use it with images and a "
                           "model");
    }
    return {};
}

}  // namespace

std::string_view name(DetectorNeed need) {
    switch (need) {
        case DetectorNeed::Nothing:
            return "nothing";
        case DetectorNeed::FeatureMean:
            return "feature mean";
        case DetectorNeed::TrainingFeatures:
            return "training features";
        case DetectorNeed::TrainingLabels:
            return "training labels";
        case DetectorNeed::Model:
            return "model";
    }
    return "";
}

std::string_view name(DetectorCost cost) {
    switch (cost) {
        case DetectorCost::Light:
            return "light";
        case DetectorCost::Product:
            return "product";
        case DetectorCost::Covariance:
            return "covariance";
        case DetectorCost::Neighbours:
            return "neighbours";
        case DetectorCost::Model:
            return "model";
    }
    return "";
}

const DetectorParameter* DetectorInfo::parameter(std::string_view parameterName) const {
    const auto found = std::ranges::find(parameters, parameterName, &DetectorParameter::name);
    return found == parameters.end() ? nullptr : &*found;
}

const DetectorVariant* DetectorInfo::variant(std::string_view variantName) const {
    const auto found = std::ranges::find(variants, variantName, &DetectorVariant::name);
    return found == variants.end() ? nullptr : &*found;
}

std::span<const DetectorInfo> allDetectors() {
    static const std::vector<DetectorInfo> infos = [] {
        std::vector<DetectorInfo> result;
        for (const DetectorEntry& entry : entries()) result.push_back(entry.info);
        return result;
    }();
    return infos;
}

const DetectorInfo* findDetector(std::string_view id) {
    const auto found = std::ranges::find(allDetectors(), id, &DetectorInfo::id);
    return found == allDetectors().end() ? nullptr : &*found;
}

Result<DetectorPtr> fitDetector(const DetectorSpec& spec, const TrainingDataPtr& training, const Job& job) {
    if (auto status = checkDetectorSpec(spec); !status) return forwardError(status);
    const auto entry =
        std::ranges::find(entries(), spec.id, [](const DetectorEntry& e) { return e.info.id; });
    if (auto status = checkNeed(entry->info, needOf(spec), *training); !status) return forwardError(status);
    if (job.stopRequested()) return cancelled();
    return withoutExceptions("Fitting", detectorMemorySentence(),
                             [&] { return entry->fit(Settings(entry->info, spec), training, job); });
}

double Settings::number(std::string_view name) const {
    const auto given = spec_.values.find(std::string(name));
    if (given != spec_.values.end()) return given->second;
    const DetectorParameter* parameter = info_.parameter(name);
    return parameter == nullptr ? 0 : parameter->defaultValue;
}

std::size_t Settings::count(std::string_view name) const {
    return static_cast<std::size_t>(number(name));
}

bool Settings::is(std::string_view name, std::string_view choice) const {
    return info_.parameter(name)->choices.at(count(name)) == choice;
}

DetectorParameter wholeNumber(std::string name, double value, double smallest, double largest,
                              std::string explanation) {
    return {std::move(name), value, smallest, largest, true, {}, std::move(explanation), {}};
}

DetectorParameter anyNumber(std::string name, double value, double smallest, double largest,
                            std::string explanation) {
    return {std::move(name), value, smallest, largest, false, {}, std::move(explanation), {}};
}

DetectorParameter choiceOf(std::string name, std::vector<std::string> choices, std::string explanation) {
    const auto last = static_cast<double>(choices.size() - 1);
    return {std::move(name), 0, 0, last, true, std::move(choices), std::move(explanation), {}};
}

}  // namespace dicescope
