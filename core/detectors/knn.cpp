// KNN: the distance to the K-th nearest training feature.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/detectors/bank.h"
#include "core/detectors/family.h"
#include "core/detectors/logits.h"
#include "core/detectors/row_math.h"

namespace dicescope {
namespace {

// Neighbours beyond the K-th whose distances are computed anew as well: in float32 products the K-th may be
// hidden behind some that are about as near.
constexpr std::size_t kSpare = 16;

class Knn final : public Detector {
  public:
    Knn(Bank bank, std::size_t k, bool normalise) : bank_(std::move(bank)), k_(k), normalise_(normalise) {
        factors_.resize(bank_.size());
        offsets_.resize(bank_.size());
    }

    /// To be called once before scoring. Errors: Cancelled.
    [[nodiscard]] Status prepare(const Job& job) {
        return bank_.forEachRows("Fitting KNN", job, [&](MatrixView<const float> rows, std::size_t first) {
            forEachRow(rows.rows, [&](std::size_t r) { prepareRow(norm(rows.row(r)), first + r); });
            return Status{};
        });
    }

    [[nodiscard]] bool usesLogits() const override { return false; }

  private:
    [[nodiscard]] Status scoreRows(const FeatureBlock& block, std::span<double> scores,
                                   const Job& job) const override {
        const std::size_t most = queriesAtATime(k_ + kSpare);
        ProgressMeter meter(job, "Looking for neighbours", scores.size() * bank_.size());
        for (std::size_t begin = 0; begin < scores.size(); begin += most) {
            const auto part = scores.subspan(begin, std::min(most, scores.size() - begin));
            const auto queries = rowsOf(block.features, begin, part.size());
            if (auto status = scoreSome(queries, part, job, meter); !status) return status;
        }
        return {};
    }

    [[nodiscard]] Status scoreSome(MatrixView<const float> queries, std::span<double> scores, const Job& job,
                                   ProgressMeter& meter) const {
        std::vector<TopValues> nearest(scores.size(), TopValues(k_ + kSpare));
        const auto visit = [&](MatrixView<const float> products, std::size_t first) {
            forEachRow(scores.size(), [&](std::size_t r) {
                add(products.row(r), first, lengthOf(queries.row(r)), nearest[r]);
            });
            return Status{};
        };
        if (auto status = bank_.forEachTile(queries, job, meter, visit); !status) return status;
        forEachRow(scores.size(), [&](std::size_t r) {
            if (job.stopRequested()) return;
            scores[r] = -kthDistance(queries.row(r), nearest[r]);
        });
        if (job.stopRequested()) return cancelled();
        return {};
    }

    /// 1 for a row of zeros, whose distances differ by the other row alone.
    static double lengthOf(std::span<const float> query) {
        const double length = norm(query);
        return length > 0 ? length : 1;
    }

    /// What turns products into values that grow as the distance falls: half the squared length of a row of
    /// the bank is taken off, which after normalising is 1/2 and for a row of zeros 0.
    void prepareRow(double length, std::size_t g) {
        factors_[g] = normalise_ ? static_cast<float>(length > 0 ? 1 / length : 0) : 1;
        const double squared = normalise_ ? (length > 0 ? 1 : 0) : length * length;
        offsets_[g] = static_cast<float>(squared / 2);
    }

    void add(std::span<const float> products, std::size_t first, double queryLength,
             TopValues& nearest) const {
        const float scale = normalise_ ? static_cast<float>(queryLength) : 1;
        for (std::size_t k = 0; k < products.size(); ++k) {
            const float nearness = products[k] * factors_[first + k] - scale * offsets_[first + k];
            if (nearness > nearest.smallest()) nearest.add(nearness, first + k);
        }
    }

    [[nodiscard]] double kthDistance(std::span<const float> query, const TopValues& nearest) const {
        const double queryFactor = normalise_ ? inverseNorm(query) : 1;
        std::vector<double> distances;
        for (const TopValues::Item& item : nearest.items()) {
            const auto row = bank_.row(item.row);
            const double factor = normalise_ ? inverseNorm(row) : 1;
            double sum = 0;
            for (std::size_t d = 0; d < row.size(); ++d) {
                const double difference =
                    static_cast<double>(query[d]) * queryFactor - static_cast<double>(row[d]) * factor;
                sum += difference * difference;
            }
            distances.push_back(sum);
        }
        // Where float32 products overflow, nothing can be said of the neighbours.
        if (distances.size() < k_) return std::numeric_limits<double>::quiet_NaN();
        const auto kth = distances.begin() + static_cast<std::ptrdiff_t>(k_ - 1);
        std::nth_element(distances.begin(), kth, distances.end());
        return *kth;
    }

    Bank bank_;
    std::size_t k_;
    bool normalise_;
    std::vector<float> factors_;
    std::vector<float> offsets_;
};

Result<DetectorPtr> fitKnn(const Settings& settings, const TrainingDataPtr& training, const Job& job) {
    const std::size_t k = settings.count("k");
    if (k > training->size()) {
        return fail(ErrorCode::InvalidArgument, "KNN looks for neighbour " + std::to_string(k) + " among " +
                                                    std::to_string(training->size()) +
                                                    " training images; choose a smaller k.");
    }
    auto detector = std::make_shared<Knn>(
        Bank(training, settings.number("bank"), k, static_cast<std::uint64_t>(settings.number("seed"))), k,
        settings.is("normalise", "on"));
    if (auto status = detector->prepare(job); !status) return forwardError(status);
    return detector;
}

}  // namespace

DetectorEntry knnEntry() {
    DetectorInfo info;
    info.id = "knn";
    info.displayName = "KNN";
    info.explanation = "How far the nearest training images are in feature space.";
    info.formula = "-||h/||h|| - g/||g||||^2, g the k-th nearest training feature";
    info.citation = {"Sun, Ming, Zhu and Li", "Out-of-Distribution Detection with Deep Nearest Neighbors",
                     "ICML 2022", "2204.06507"};
    info.need = DetectorNeed::TrainingFeatures;
    info.cost = DetectorCost::Neighbours;
    info.parameters = {wholeNumber("k", 50, 1, 1e6, "Which neighbour the distance is measured to."),
                       choiceOf("normalise", {"on", "off"}, "Whether features are divided by their length."),
                       anyNumber("bank", 100, 0.01, 100, "Percent of the training images, drawn at random."),
                       wholeNumber("seed", 0, 0, 1e9, "Seed of the draw.")};
    info.variants = {
        {"nearest", {{"k", 1}, {"normalise", 1}}, "The distance to the nearest, features as they are."}};
    return {std::move(info), fitKnn};
}

}  // namespace dicescope
