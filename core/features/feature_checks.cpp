#include <algorithm>
#include <cmath>

#include "core/features/feature_file.h"

namespace dicescope {
namespace {

bool allFinite(std::span<const float> values) {
    return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

bool rowIsFinite(const FeatureSet& set, std::size_t row) {
    return allFinite(set.features.row(row)) && (set.logits.empty() || allFinite(set.logits.row(row)));
}

bool agree(const std::string& a, const std::string& b) {
    return a.empty() || b.empty() || a == b;
}

tl::unexpected<Error> differ(const std::string& what) {
    return fail(ErrorCode::Mismatch, "The two feature sets differ in " + what +
                                         " and cannot be compared; extract both with the same settings.");
}

}  // namespace

std::optional<std::size_t> firstNonFiniteRow(const FeatureSet& set) {
    for (std::size_t row = 0; row < set.size(); ++row) {
        if (!rowIsFinite(set, row)) return row;
    }
    return std::nullopt;
}

std::vector<std::size_t> nonFiniteRows(const FeatureSet& set) {
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < set.size(); ++row) {
        if (!rowIsFinite(set, row)) rows.push_back(row);
    }
    return rows;
}

Status checkComparable(const FeatureSet& a, const FeatureSet& b) {
    if (!agree(a.provenance.modelSha256, b.provenance.modelSha256)) return differ("their model");
    if (!agree(a.provenance.head, b.provenance.head)) return differ("the head they belong to");
    if (!agree(a.provenance.preprocess, b.provenance.preprocess)) return differ("their preprocessing");
    if (a.features.cols != b.features.cols) return differ("the number of features");
    if (a.logits.cols != 0 && b.logits.cols != 0 && a.logits.cols != b.logits.cols)
        return differ("the number of classes");
    return {};
}

}  // namespace dicescope
