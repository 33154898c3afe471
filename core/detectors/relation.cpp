// Relation: how many training images are alike in both features and predictions, and how much.
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/detectors/bank.h"
#include "core/detectors/family.h"
#include "core/detectors/logits.h"
#include "core/detectors/row_math.h"
#include "core/linalg/linear_algebra.h"

namespace dicescope {
namespace {

void softmax(MatrixView<const float> logits, MatrixView<float> out) {
    forEachRow(logits.rows, [&](std::size_t r) {
        const auto row = logits.row(r);
        const double energy = summarise(row).energy();
        const auto to = out.row(r);
        for (std::size_t c = 0; c < row.size(); ++c) {
            to[c] = static_cast<float>(std::exp(static_cast<double>(row[c]) - energy));
        }
    });
}

/// What is known of the rows of the bank.
struct BankSide {
    Matrix<float> probabilities;  ///< bank x C
    std::vector<float> factors;   ///< 1 / ||g||, 0 for zeros
};

class Relation final : public Detector {
  public:
    Relation(Bank bank, BankSide side, double exponent, double threshold)
        : bank_(std::move(bank)),
          side_(std::move(side)),
          exponent_(exponent),
          threshold_(static_cast<float>(threshold)) {}

    [[nodiscard]] bool usesLogits() const override { return true; }

  private:
    [[nodiscard]] Status scoreRows(const FeatureBlock& block, std::span<double> scores,
                                   const Job& job) const override {
        Matrix<float> softmaxes(block.logits.rows, block.logits.cols);
        softmax(block.logits, softmaxes.view());
        std::ranges::fill(scores, 0.0);
        const Matrix<float> queries = normalised(block.features);
        Matrix<float> agreement;
        const Matrix<float>& probabilities = side_.probabilities;
        ProgressMeter meter(job, "Comparing with training images", scores.size() * bank_.size());
        return bank_.forEachTile(
            queries.view(), job, meter, [&](MatrixView<const float> products, std::size_t first) -> Status {
                if (agreement.size() == 0) agreement = Matrix<float>(products.rows, products.cols);
                const MatrixView<const float> others{probabilities.data() + first * probabilities.cols(),
                                                     products.cols, probabilities.cols()};
                const MatrixView<float> agree{agreement.data(), products.rows, products.cols};
                if (auto status = multiplyTransposed(std::as_const(softmaxes).view(), others, agree); !status)
                    return status;
                forEachRow(scores.size(), [&](std::size_t r) {
                    scores[r] += related(products.row(r), agree.row(r), first);
                });
                return {};
            });
    }

    [[nodiscard]] double related(std::span<const float> products, std::span<const float> agreement,
                                 std::size_t first) const {
        double sum = 0;
        for (std::size_t k = 0; k < products.size(); ++k) {
            const float relation = std::max(0.0F, products[k] * side_.factors[first + k]) * agreement[k];
            if (!(relation > threshold_)) continue;
            sum += exponent_ == 1 ? static_cast<double>(relation)
                                  : std::pow(static_cast<double>(relation), exponent_);
        }
        return sum;
    }

    Bank bank_;
    BankSide side_;
    double exponent_;
    float threshold_;
};

Result<BankSide> sideOf(const Bank& bank, const Job& job) {
    const HeadView& head = bank.training().head();
    if (bank.size() > kMostKeptLogits / head.classes()) {
        return fail(ErrorCode::InvalidArgument, "Relation would keep the probabilities of " +
                                                    std::to_string(bank.size()) + " training images for " +
                                                    std::to_string(head.classes()) +
                                                    " classes, which is too much; choose a smaller bank.");
    }
    BankSide side{Matrix<float>(bank.size(), head.classes()), std::vector<float>(bank.size())};
    const auto visit = [&](MatrixView<const float> rows, std::size_t first) -> Status {
        const MatrixView<float> out{side.probabilities.data() + first * head.classes(), rows.rows,
                                    head.classes()};
        if (auto done = computeLogits(rows, head.weight, head.bias, out); !done) return done;
        softmax(out, out);
        forEachRow(rows.rows, [&](std::size_t r) {
            side.factors[first + r] = static_cast<float>(inverseNorm(rows.row(r)));
        });
        return {};
    };
    if (auto status = bank.forEachRows("Fitting Relation", job, visit); !status) return forwardError(status);
    return side;
}

Result<DetectorPtr> fitRelation(const Settings& settings, const TrainingDataPtr& training, const Job& job) {
    Bank bank(training, settings.number("bank"), 1, static_cast<std::uint64_t>(settings.number("seed")));
    auto side = sideOf(bank, job);
    if (!side) return forwardError(side);
    return std::make_shared<Relation>(std::move(bank), std::move(*side), settings.number("k"),
                                      settings.number("threshold"));
}

}  // namespace

DetectorEntry relationEntry() {
    DetectorInfo info;
    info.id = "relation";
    info.displayName = "Relation";
    info.explanation = "The sum over training images of how alike they are in features and in predictions.";
    info.formula = "sum over g of (relu(cos(h, g)) <q, q_g>)^k where above the threshold";
    info.citation = {
        "Kim, Jeong and Song",
        "Neural Relation Graph: A Unified Framework for Identifying Label Noise and Outlier Data",
        "NeurIPS 2023", "2301.12321"};
    info.need = DetectorNeed::TrainingFeatures;
    info.cost = DetectorCost::Neighbours;
    info.parameters = {anyNumber("k", 1, 0.1, 100, "Exponent of the relations."),
                       anyNumber("threshold", 0.03, 0, 1, "Relations that are not above it do not count."),
                       anyNumber("bank", 100, 0.01, 100, "Percent of the training images, drawn at random."),
                       wholeNumber("seed", 0, 0, 1e9, "Seed of the draw.")};
    return {std::move(info), fitRelation};
}

}  // namespace dicescope
