#include "core/explain/image_explanation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "core/base/exceptions.h"
#include "core/explain/row_blocks.h"

namespace dicescope {
namespace {

constexpr const char* kOutOfMemory = "There is not enough memory to explain the image; close other programs.";

Status checkRequest(std::span<const float> feature, const HeadView& head, const HeadMask& mask,
                    std::optional<float> clip) {
    if (Status status = checkHead(head, mask); !status) return status;
    return checkFeatures({feature.data(), 1, feature.size()}, head, clip);
}

double clippedProduct(const HeadView& head, std::size_t c, std::size_t d, std::span<const float> feature,
                      float clip) {
    return static_cast<double>(head.weight(c, d)) * static_cast<double>(std::min(feature[d], clip));
}

std::vector<double> logitsOf(std::span<const float> feature, const HeadView& head, const HeadMask& mask,
                             float clip) {
    std::vector<double> logits(head.classes());
    for (std::size_t c = 0; c < logits.size(); ++c) {
        double sum = static_cast<double>(head.bias[c]);
        for (std::size_t d = 0; d < head.units(); ++d) {
            if (mask.keeps(c, d)) sum += clippedProduct(head, c, d, feature, clip);
        }
        logits[c] = sum;
    }
    return logits;
}

std::vector<ClassLogit> largestLogits(std::span<const double> logits, std::size_t top) {
    std::vector<ClassLogit> classes(logits.size());
    for (std::size_t c = 0; c < logits.size(); ++c) classes[c] = {c, logits[c]};
    std::ranges::stable_sort(classes, [](const ClassLogit& a, const ClassLogit& b) {
        if (std::isnan(a.logit) || std::isnan(b.logit)) return !std::isnan(a.logit) && std::isnan(b.logit);
        return a.logit > b.logit;
    });
    classes.resize(std::clamp<std::size_t>(top, 1, classes.size()));
    return classes;
}

HeadAnswer answerOf(std::vector<double> logits, std::size_t top) {
    HeadAnswer answer;
    answer.top = largestLogits(logits, top);
    const double largest = answer.top.front().logit;
    double sum = 0;
    for (const double logit : logits) sum += std::exp(logit - largest);
    const bool finite = std::ranges::all_of(logits, [](double logit) { return std::isfinite(logit); });
    answer.energy = finite ? largest + std::log(sum) : std::numeric_limits<double>::quiet_NaN();
    answer.maxProbability = finite ? 1 / sum : std::numeric_limits<double>::quiet_NaN();
    answer.logits = std::move(logits);
    return answer;
}

WaterfallPart partOf(std::vector<ContributionTerm> terms, std::size_t bars) {
    const auto listed = terms.begin() + static_cast<std::ptrdiff_t>(std::min(bars, terms.size()));
    std::ranges::partial_sort(terms, listed, [](const ContributionTerm& a, const ContributionTerm& b) {
        const double x = std::abs(a.value);
        const double y = std::abs(b.value);
        return x != y ? x > y : a.unit < b.unit;
    });
    const auto add = [](double sum, const ContributionTerm& term) { return sum + term.value; };
    WaterfallPart part;
    part.rest = std::accumulate(listed, terms.end(), 0.0, add);
    part.restCount = static_cast<std::size_t>(terms.end() - listed);
    part.sum = std::accumulate(terms.begin(), listed, 0.0, add) + part.rest;
    terms.erase(listed, terms.end());
    part.largest = std::move(terms);
    return part;
}

}  // namespace

Result<ImageExplanation> explainImage(std::span<const float> feature, const HeadView& head,
                                      const HeadMask& mask, std::optional<float> clip, std::size_t top) {
    if (const Status status = checkRequest(feature, head, mask, clip); !status) return forwardError(status);
    return withoutExceptions("The explanation of an image", kOutOfMemory, [&]() -> Result<ImageExplanation> {
        const float most = clipOrInfinity(clip);
        return ImageExplanation{answerOf(logitsOf(feature, head, {}, most), top),
                                answerOf(logitsOf(feature, head, mask, most), top)};
    });
}

Result<Waterfall> waterfall(std::span<const float> feature, const HeadView& head, const HeadMask& mask,
                            std::optional<std::size_t> c, std::optional<float> clip, std::size_t bars) {
    if (const Status status = checkRequest(feature, head, mask, clip); !status) return forwardError(status);
    if (c) {
        if (const Status status = checkClass(head, *c); !status) return forwardError(status);
    }
    return withoutExceptions("The explanation of an image", kOutOfMemory, [&]() -> Result<Waterfall> {
        const float most = clipOrInfinity(clip);
        const std::size_t shown =
            c ? *c : largestLogits(logitsOf(feature, head, {}, most), 1).front().classIndex;
        std::vector<ContributionTerm> kept;
        std::vector<ContributionTerm> dropped;
        for (std::size_t d = 0; d < head.units(); ++d) {
            const ContributionTerm term{d, clippedProduct(head, shown, d, feature, most)};
            (mask.keeps(shown, d) ? kept : dropped).push_back(term);
        }
        return Waterfall{shown, static_cast<double>(head.bias[shown]), partOf(std::move(kept), bars),
                         partOf(std::move(dropped), bars)};
    });
}

}  // namespace dicescope
