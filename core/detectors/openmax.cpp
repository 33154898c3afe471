// OpenMax: logits revised by how extreme their distance to the class's mean logits is.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

#include "core/detectors/family.h"
#include "core/detectors/kept_fit.h"
#include "core/detectors/logits.h"
#include "core/detectors/row_math.h"
#include "core/detectors/weibull.h"

namespace dicescope {
namespace {

// Distances are moved so that the smallest of the tail lies here, as the authors' library does.
constexpr double kTranslation = 10'000;

/// How far images of a class lie from its mean logits.
struct ClassTail {
    std::optional<Weibull> weibull;
    double smallest = 0;  ///< distance in the tail
};

struct OpenMaxFit {
    Matrix<double> centres;  ///< C x C, mean logits of a class
    std::vector<ClassTail> tails;
};

class OpenMax final : public Detector {
  public:
    OpenMax(OpenMaxFit fit, std::size_t alpha) : fit_(std::move(fit)), alpha_(alpha) {}

    [[nodiscard]] bool usesLogits() const override { return true; }

  private:
    [[nodiscard]] Status scoreRows(const FeatureBlock& block, std::span<double> scores,
                                   const Job& /*job*/) const override {
        forEachRow(scores.size(), [&](std::size_t r) { scores[r] = scoreRow(block.logits.row(r)); });
        return {};
    }

    /// log P(known) - log P(unknown).
    [[nodiscard]] double scoreRow(std::span<const float> logits) const {
        const std::size_t alpha = std::min(alpha_, logits.size());
        std::vector<std::size_t> order(logits.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(alpha), order.end(),
                          [&](std::size_t a, std::size_t b) {
                              return logits[a] != logits[b] ? logits[a] > logits[b] : a < b;
                          });
        std::vector<double> revised(logits.begin(), logits.end());
        double unknown = 0;
        for (std::size_t rank = 0; rank < alpha; ++rank) {
            const std::size_t c = order[rank];
            const double weight = static_cast<double>(alpha - rank) / static_cast<double>(alpha);
            const double moved = revised[c] * weight * extremeness(logits, c);
            unknown += moved;
            revised[c] -= moved;
        }
        return summarise(std::span<const double>(revised)).energy() - unknown;
    }

    [[nodiscard]] double extremeness(std::span<const float> logits, std::size_t c) const {
        const ClassTail& tail = fit_.tails[c];
        if (!tail.weibull) return 0;
        const double distance = std::sqrt(squaredDistance(logits, fit_.centres.view().row(c)));
        return tail.weibull->cumulative(distance - tail.smallest + kTranslation);
    }

    OpenMaxFit fit_;
    std::size_t alpha_;
};

/// Keeps the largest `most` values that it was given.
class LargestValues {
  public:
    explicit LargestValues(std::size_t most) : most_(most) {}

    void add(double value) {
        if (values_.size() == most_ && value <= values_.front()) return;
        if (values_.size() == most_) {
            std::ranges::pop_heap(values_, std::greater<>());
            values_.pop_back();
        }
        values_.push_back(value);
        std::ranges::push_heap(values_, std::greater<>());
    }
    [[nodiscard]] const std::vector<double>& values() const { return values_; }

  private:
    std::size_t most_;
    std::vector<double> values_;
};

/// The mean logits of each class: those of its mean feature, logits being linear.
Matrix<double> centresOf(const HeadView& head, const Matrix<double>& means) {
    Matrix<double> centres(head.classes(), head.classes());
    forEachRow(head.classes(), [&](std::size_t r) {
        for (std::size_t c = 0; c < head.classes(); ++c) {
            centres(r, c) = dotProduct(means.view().row(r), std::span<const float>(head.weight.row(c))) +
                            static_cast<double>(head.bias[c]);
        }
    });
    return centres;
}

ClassTail tailOf(const LargestValues& distances) {
    ClassTail tail;
    if (distances.values().empty()) return tail;
    tail.smallest = distances.values().front();
    std::vector<double> moved;
    for (const double distance : distances.values()) moved.push_back(distance - tail.smallest + kTranslation);
    tail.weibull = fitWeibull(moved);
    return tail;
}

/// The class that a training image counts for, or -1.
using ClassOf = std::function<int(std::size_t row)>;

Result<std::vector<ClassTail>> tailsOf(const TrainingData& training, const Matrix<double>& centres,
                                       std::size_t tail, const ClassOf& classOf, const Job& job) {
    std::vector<LargestValues> largest(centres.rows(), LargestValues(tail));
    const Status status = training.forEachBlock(
        true, "Fitting OpenMax", job, [&](const FeatureBlock& block, std::size_t first) -> Status {
            for (std::size_t r = 0; r < block.logits.rows; ++r) {
                const int label = classOf(first + r);
                if (label < 0) continue;
                const auto c = static_cast<std::size_t>(label);
                largest[c].add(std::sqrt(squaredDistance(block.logits.row(r), centres.view().row(c))));
            }
            return {};
        });
    if (!status) return forwardError(status);
    std::vector<ClassTail> tails;
    tails.reserve(largest.size());
    for (const LargestValues& values : largest) tails.push_back(tailOf(values));
    return tails;
}

void listFields(FitFields& fields, OpenMaxFit& fit, const TrainingData& training) {
    const std::size_t classes = training.head().classes();
    fields.matrix("centres", fit.centres, classes, classes);
    constexpr std::size_t kNumbers = 4;  // whether there is a Weibull, its two, the smallest distance
    Matrix<double> tails(classes, kNumbers);
    for (std::size_t c = 0; c < fit.tails.size(); ++c) {
        const Weibull weibull = fit.tails[c].weibull.value_or(Weibull{});
        const double known = fit.tails[c].weibull ? 1 : 0;
        std::ranges::copy(std::array{known, weibull.shape, weibull.logScale, fit.tails[c].smallest},
                          tails.view().row(c).begin());
    }
    fields.matrix("tails", tails, classes, kNumbers);
    fit.tails.resize(classes);
    for (std::size_t c = 0; c < classes; ++c) {
        const auto numbers = tails.view().row(c);
        fit.tails[c].smallest = numbers[3];
        if (numbers[0] != 0) fit.tails[c].weibull = Weibull{numbers[1], numbers[2]};
    }
}

Result<OpenMaxFit> fitTails(const TrainingData& training, bool correctOnly, std::size_t tail,
                            const Job& job) {
    const auto predictions = training.predictions(job);
    if (!predictions) return forwardError(predictions);
    Matrix<double> means = (*predictions)->correctMeans;
    if (!correctOnly) {
        const auto statistics = training.statistics(job);
        if (!statistics) return forwardError(statistics);
        means = (*statistics)->classMeans;
    }
    OpenMaxFit fit{centresOf(training.head(), means), {}};
    auto tails = tailsOf(
        training, fit.centres, tail,
        [&](std::size_t row) {
            const int label = training.labels()[row];
            return correctOnly && (*predictions)->prediction[row] != label ? -1 : label;
        },
        job);
    if (!tails) return forwardError(tails);
    fit.tails = std::move(*tails);
    return fit;
}

Result<DetectorPtr> fitOpenMax(const Settings& settings, const TrainingDataPtr& training, const Job& job) {
    const bool correctOnly = settings.is("training", "correct");
    const std::size_t tail = settings.count("tail");
    const std::string name =
        std::string("logit-tails ") + (correctOnly ? "correct" : "all") + " tail=" + std::to_string(tail);
    auto fit = keptFit<OpenMaxFit>(*training, name, job,
                                   [&] { return fitTails(*training, correctOnly, tail, job); });
    if (!fit) return forwardError(fit);
    return std::make_shared<OpenMax>(std::move(*fit), settings.count("alpha"));
}

}  // namespace

DetectorEntry openMaxEntry() {
    DetectorInfo info;
    info.id = "openmax";
    info.displayName = "OpenMax";
    info.explanation =
        "Gives an 'unknown' class the share of the top logits that their distance to the "
        "class's mean makes doubtful.";
    info.formula = "log P(known) - log P(unknown)";
    info.citation = {"Bendale and Boult", "Towards Open Set Deep Networks", "CVPR 2016", "1511.06233"};
    info.need = DetectorNeed::TrainingLabels;
    info.parameters = {
        wholeNumber("tail", 20, 2, 1e6, "Largest distances of each class that the Weibull is fitted to."),
        wholeNumber("alpha", 3, 1, 1e6, "Most likely classes whose logits are revised."),
        choiceOf("training", {"correct", "all"}, "Whether only correctly classified training images count.")};
    info.variants = {{"pytorch-ood",
                      {{"tail", 25}, {"alpha", 10}, {"training", 1}},
                      "Tail 25, alpha 10, all training images."}};
    return {std::move(info), fitOpenMax};
}

}  // namespace dicescope
