// NNGuide: energy weighted by how near the nearest training images with a high energy are.
#include <algorithm>
#include <utility>

#include "core/detectors/bank.h"
#include "core/detectors/family.h"
#include "core/detectors/logits.h"
#include "core/detectors/row_math.h"

namespace dicescope {
namespace {

class NnGuide final : public Detector {
  public:
    /// factors: one a row of the bank, its energy over its length.
    NnGuide(Bank bank, std::vector<float> factors, std::size_t k)
        : bank_(std::move(bank)), factors_(std::move(factors)), k_(k) {}

    [[nodiscard]] bool usesLogits() const override { return true; }

  private:
    [[nodiscard]] Status scoreRows(const FeatureBlock& block, std::span<double> scores,
                                   const Job& job) const override {
        const std::size_t most = queriesAtATime(k_);
        ProgressMeter meter(job, "Looking for neighbours", scores.size() * bank_.size());
        for (std::size_t begin = 0; begin < scores.size(); begin += most) {
            const auto part = scores.subspan(begin, std::min(most, scores.size() - begin));
            const FeatureBlock some{rowsOf(block.features, begin, part.size()),
                                    rowsOf(block.logits, begin, part.size())};
            if (auto status = scoreSome(some, part, job, meter); !status) return status;
        }
        return {};
    }

    [[nodiscard]] Status scoreSome(const FeatureBlock& block, std::span<double> scores, const Job& job,
                                   ProgressMeter& meter) const {
        std::vector<TopValues> top(scores.size(), TopValues(k_));
        const Matrix<float> queries = normalised(block.features);
        const auto visit = [&](MatrixView<const float> products, std::size_t first) {
            forEachRow(scores.size(), [&](std::size_t r) {
                const auto row = products.row(r);
                for (std::size_t k = 0; k < row.size(); ++k) {
                    const float value = row[k] * factors_[first + k];
                    if (value > top[r].smallest()) top[r].add(value, first + k);
                }
            });
            return Status{};
        };
        if (auto status = bank_.forEachTile(queries.view(), job, meter, visit); !status) return status;
        forEachRow(scores.size(), [&](std::size_t r) {
            double sum = 0;
            for (const TopValues::Item& item : top[r].items()) sum += static_cast<double>(item.value);
            scores[r] = summarise(block.logits.row(r)).energy() * sum / static_cast<double>(k_);
        });
        return {};
    }

    Bank bank_;
    std::vector<float> factors_;
    std::size_t k_;
};

Result<std::vector<float>> factorsOf(const Bank& bank, const Job& job) {
    const HeadView& head = bank.training().head();
    std::vector<float> factors(bank.size());
    const auto visit = [&](MatrixView<const float> rows, std::size_t first) -> Status {
        Matrix<float> logits(rows.rows, head.classes());
        if (auto done = computeLogits(rows, head.weight, head.bias, logits.view()); !done) return done;
        forEachRow(rows.rows, [&](std::size_t r) {
            factors[first + r] = static_cast<float>(summarise(std::as_const(logits).view().row(r)).energy() *
                                                    inverseNorm(rows.row(r)));
        });
        return {};
    };
    if (auto status = bank.forEachRows("Fitting NNGuide", job, visit); !status) return forwardError(status);
    return factors;
}

Result<DetectorPtr> fitNnGuide(const Settings& settings, const TrainingDataPtr& training, const Job& job) {
    const std::size_t k = settings.count("k");
    if (k > training->size()) {
        return fail(ErrorCode::InvalidArgument, "NNGuide averages over " + std::to_string(k) + " of " +
                                                    std::to_string(training->size()) +
                                                    " training images; choose a smaller k.");
    }
    Bank bank(training, settings.number("bank"), k, static_cast<std::uint64_t>(settings.number("seed")));
    auto factors = factorsOf(bank, job);
    if (!factors) return forwardError(factors);
    return std::make_shared<NnGuide>(std::move(bank), std::move(*factors), k);
}

}  // namespace

DetectorEntry nnGuideEntry() {
    DetectorInfo info;
    info.id = "nnguide";
    info.displayName = "NNGuide";
    info.explanation =
        "Energy weighted by the similarity to the nearest training images and by their "
        "energies.";
    info.formula = "E(l) mean of the k largest <h/||h||, E(l_g) g/||g||>";
    info.citation = {"Park, Jung and Teoh", "Nearest Neighbor Guidance for Out-of-Distribution Detection",
                     "ICCV 2023", "2309.14888"};
    info.need = DetectorNeed::TrainingFeatures;
    info.cost = DetectorCost::Neighbours;
    info.parameters = {wholeNumber("k", 100, 1, 1e6, "Training images that are averaged over."),
                       anyNumber("bank", 1, 0.01, 100,
                                 "Percent of the training images, drawn at random; at "
                                 "least k of them."),
                       wholeNumber("seed", 0, 0, 1e9, "Seed of the draw.")};
    info.variants = {{"pytorch-ood", {{"k", 10}, {"bank", 100}}, "k = 10 of all training images."}};
    return {std::move(info), fitNnGuide};
}

}  // namespace dicescope
