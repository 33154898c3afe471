// Mahalanobis distances to the nearest class mean, with a covariance that all classes share.
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "core/detectors/family.h"
#include "core/detectors/kept_fit.h"
#include "core/detectors/row_math.h"
#include "core/detectors/whitening.h"
#include "core/linalg/linear_algebra.h"

namespace dicescope {
namespace {

/// Class means where the shared covariance is the identity.
struct ClassDistances {
    Whitening whitening;
    Matrix<double> means;              ///< classes with images x R
    Matrix<float> roughMeans;          ///< the same
    std::vector<double> squaredNorms;  ///< of the means

    /// The squared distance of every whitened row to the nearest class mean.
    [[nodiscard]] Status nearest(MatrixView<const double> rows, std::span<double> out) const {
        Matrix<float> rough(rows.rows, rows.cols);
        std::ranges::transform(rows.flat(), rough.data(),
                               [](double value) { return static_cast<float>(value); });
        Matrix<float> products(rows.rows, means.rows());
        if (auto status = multiplyTransposed(std::as_const(rough).view(), roughMeans.view(), products.view());
            !status)
            return status;
        forEachRow(rows.rows, [&](std::size_t r) {
            std::size_t best = 0;
            double least = std::numeric_limits<double>::infinity();
            for (std::size_t c = 0; c < means.rows(); ++c) {
                const double distance = squaredNorms[c] - 2 * static_cast<double>(products(r, c));
                if (distance < least) {
                    least = distance;
                    best = c;
                }
            }
            // Anew, because float32 and a difference are enough to find the nearest and not for its distance.
            out[r] = squaredDistance(rows.row(r), means.view().row(best));
        });
        return {};
    }
};

/// The means of the classes that have images, about the mean of all.
Matrix<double> centredMeans(const TrainingStatistics& statistics) {
    std::vector<std::size_t> classes;
    for (std::size_t c = 0; c < statistics.classCounts.size(); ++c) {
        if (statistics.classCounts[c] > 0) classes.push_back(c);
    }
    Matrix<double> centred(classes.size(), statistics.classMeans.cols());
    for (std::size_t k = 0; k < classes.size(); ++k) {
        for (std::size_t d = 0; d < centred.cols(); ++d) {
            centred(k, d) = statistics.classMeans(classes[k], d) - statistics.labelledMean[d];
        }
    }
    return centred;
}

Result<ClassDistances> classesUnder(Whitening whitening, const TrainingStatistics& statistics) {
    const Matrix<double> centred = centredMeans(statistics);
    ClassDistances result{std::move(whitening), {}, {}, {}};
    result.means = Matrix<double>(centred.rows(), result.whitening.axes.rows());
    result.roughMeans = Matrix<float>(centred.rows(), result.whitening.axes.rows());
    if (auto status = multiplyTransposed(centred.view(), result.whitening.axes.view(), result.means.view());
        !status)
        return forwardError(status);
    for (std::size_t k = 0; k < centred.rows(); ++k) {
        const auto mean = std::as_const(result.means).view().row(k);
        std::ranges::transform(mean, result.roughMeans.view().row(k).begin(),
                               [](double value) { return static_cast<float>(value); });
        result.squaredNorms.push_back(dotProduct(mean, mean));
    }
    return result;
}

Result<Whitening> withinWhitening(const TrainingStatistics& statistics, double ridge) {
    return whiten(statistics.withinScatter(), largestDiagonal(statistics.totalScatter()), statistics.labelled,
                  ridge, statistics.labelledMean);
}

class Mahalanobis final : public Detector {
  public:
    explicit Mahalanobis(ClassDistances classes) : classes_(std::move(classes)) {}

    [[nodiscard]] bool usesLogits() const override { return false; }

  private:
    [[nodiscard]] Status scoreRows(const FeatureBlock& block, std::span<double> scores,
                                   const Job& /*job*/) const override {
        const auto rows = classes_.whitening.apply(block.features);
        if (!rows) return forwardError(rows);
        if (auto status = classes_.nearest(rows->view(), scores); !status) return status;
        for (double& score : scores) score = -score;
        return {};
    }

    ClassDistances classes_;
};

/// The distance to the mean of all, either in the classes' coordinates, where the covariance of all is
/// diagonal, or in coordinates of its own.
struct Background {
    std::vector<double> precision;  ///< R, of the classes' coordinates; empty where `own` is there
    std::optional<Whitening> own;

    [[nodiscard]] Status distances(MatrixView<const float> features, MatrixView<const double> classRows,
                                   std::span<double> out) const {
        if (own) {
            const auto rows = own->apply(features);
            if (!rows) return forwardError(rows);
            forEachRow(out.size(),
                       [&](std::size_t r) { out[r] = dotProduct(rows->view().row(r), rows->view().row(r)); });
            return {};
        }
        forEachRow(out.size(), [&](std::size_t r) {
            double sum = 0;
            for (std::size_t k = 0; k < precision.size(); ++k) {
                sum += precision[k] * classRows(r, k) * classRows(r, k);
            }
            out[r] = sum;
        });
        return {};
    }
};

class RelativeMahalanobis final : public Detector {
  public:
    RelativeMahalanobis(ClassDistances classes, Background background)
        : classes_(std::move(classes)), background_(std::move(background)) {}

    [[nodiscard]] bool usesLogits() const override { return false; }

  private:
    [[nodiscard]] Status scoreRows(const FeatureBlock& block, std::span<double> scores,
                                   const Job& /*job*/) const override {
        const auto rows = classes_.whitening.apply(block.features);
        if (!rows) return forwardError(rows);
        if (auto status = background_.distances(block.features, rows->view(), scores); !status) return status;
        std::vector<double> nearest(scores.size());
        if (auto status = classes_.nearest(rows->view(), nearest); !status) return status;
        for (std::size_t r = 0; r < scores.size(); ++r) scores[r] -= nearest[r];
        return {};
    }

    ClassDistances classes_;
    Background background_;
};

Result<DetectorPtr> fitMahalanobis(const Settings& settings, const TrainingDataPtr& training,
                                   const Job& job) {
    const auto statistics = training->statistics(job);
    if (!statistics) return forwardError(statistics);
    const double ridge = settings.number("ridge");
    auto whitening = keptFit<Whitening>(*training, "within-classes ridge=" + parameterText({}, ridge), job,
                                        [&] { return withinWhitening(**statistics, ridge); });
    if (!whitening) return forwardError(whitening);
    auto classes = classesUnder(std::move(*whitening), **statistics);
    if (!classes) return forwardError(classes);
    return std::make_shared<Mahalanobis>(std::move(*classes));
}

/// The coordinates of both distances.
struct RelativeFit {
    Whitening classes;
    Background background;
};

void listFields(FitFields& fields, RelativeFit& fit, const TrainingData& training) {
    const std::size_t units = training.head().units();
    listFields(fields, "classes_", fit.classes, units);
    double together = fit.background.own ? 0 : 1;
    fields.number("together", together);
    if (together != 0) {
        fields.vector("precision", fit.background.precision, fit.classes.axes.rows());
        return;
    }
    if (!fit.background.own) fit.background.own.emplace();
    listFields(fields, "all_", *fit.background.own, units);
}

/// Two covariances are diagonal in the same coordinates where they leave out the same directions, which saves
/// half the work for every image.
Result<RelativeFit> relativeFit(const TrainingStatistics& all, double ridge) {
    auto whitening = withinWhitening(all, ridge);
    if (!whitening) return forwardError(whitening);
    const auto total = all.totalScatter();
    Matrix<double> scatter(total.rows, total.cols, {total.flat().begin(), total.flat().end()});
    RelativeFit fit;
    if (isZeroOutside(*whitening, total)) {
        for (std::size_t d = 0; d < scatter.rows(); ++d) scatter(d, d) += ridge;
        auto precision = rotateToDiagonal(*whitening, scatter.view(), all.labelled);
        if (!precision) return forwardError(precision);
        fit.background.precision = std::move(*precision);
    } else {
        auto own = whiten(std::move(scatter), largestDiagonal(total), all.labelled, ridge, all.labelledMean);
        if (!own) return forwardError(own);
        fit.background.own = std::move(*own);
    }
    fit.classes = std::move(*whitening);
    return fit;
}

Result<DetectorPtr> fitRelative(const Settings& settings, const TrainingDataPtr& training, const Job& job) {
    const auto statistics = training->statistics(job);
    if (!statistics) return forwardError(statistics);
    const double ridge = settings.number("ridge");
    auto fit = keptFit<RelativeFit>(*training, "relative ridge=" + parameterText({}, ridge), job,
                                    [&] { return relativeFit(**statistics, ridge); });
    if (!fit) return forwardError(fit);
    auto classes = classesUnder(std::move(fit->classes), **statistics);
    if (!classes) return forwardError(classes);
    return std::make_shared<RelativeMahalanobis>(std::move(*classes), std::move(fit->background));
}

DetectorInfo distanceInfo() {
    DetectorInfo info;
    info.need = DetectorNeed::TrainingLabels;
    info.cost = DetectorCost::Covariance;
    info.parameters = {anyNumber("ridge", 0, 0, 1e6,
                                 "Added to the diagonal of the scatter matrix (the covariance times the "
                                 "images).")};
    info.variants = {{"pytorch-ood",
                      {{"ridge", 1e-6}},
                      "1e-6 on the diagonal instead of a pseudo-inverse; its values are these times a "
                      "constant."}};
    return info;
}

}  // namespace

std::vector<DetectorEntry> mahalanobisEntries() {
    DetectorInfo plain = distanceInfo();
    plain.id = "mahalanobis";
    plain.displayName = "Mahalanobis";
    plain.explanation =
        "Distance of the features to the nearest class mean, in units of how much classes spread.";
    plain.formula = "max_c -(h - mu_c)^T S^-1 (h - mu_c)";
    plain.citation = {
        "Lee, Lee, Lee and Shin",
        "A Simple Unified Framework for Detecting Out-of-Distribution Samples and Adversarial Attacks",
        "NeurIPS 2018", "1807.03888"};
    DetectorInfo relative = distanceInfo();
    relative.id = "rmd";
    relative.displayName = "Relative Mahalanobis";
    relative.explanation =
        "How much farther away the mean of all training images is than the nearest class mean.";
    relative.formula = "max_c -(h - mu_c)^T S^-1 (h - mu_c) + (h - mu)^T T^-1 (h - mu)";
    relative.citation = {"Ren, Fort, Liu, Roy, Padhy and Lakshminarayanan",
                         "A Simple Fix to Mahalanobis Distance for Improving Near-OOD Detection",
                         "ICML workshop UDL 2021", "2106.09022"};
    return {{std::move(plain), fitMahalanobis}, {std::move(relative), fitRelative}};
}

}  // namespace dicescope
