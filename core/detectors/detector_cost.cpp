#include <algorithm>
#include <chrono>
#include <utility>

#include "core/detectors/registry.h"
#include "core/detectors/subsample.h"
#include "core/linalg/linear_algebra.h"

namespace dicescope {
namespace {

/// Multiplications of float32 a second of this machine in a product of usual size; the better of two.
double measureSpeed() {
    constexpr std::size_t kRows = 512;
    constexpr std::size_t kSide = 1024;
    const Matrix<float> a(kRows, kSide, 1.0F);
    const Matrix<float> b(kSide, kSide, 1.0F);
    Matrix<float> out(kRows, kSide);
    double best = 0;
    for (int round = 0; round < 2; ++round) {
        const auto start = std::chrono::steady_clock::now();
        if (!multiplyTransposed(a.view(), b.view(), out.view())) return 1;
        const double seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        best = std::max(best, static_cast<double>(kRows * kSide * kSide) / std::max(seconds, 1e-6));
    }
    return best;
}

struct Sizes {
    double samples, classes, units, training;
};

/// What fitting on the training set costs, in float32 multiplications; float64 costs twice.
double fitCost(const DetectorSpec& spec, const DetectorInfo& info, const Sizes& size) {
    if (needOf(spec) == DetectorNeed::Nothing || needOf(spec) == DetectorNeed::FeatureMean) return 0;
    double cost = size.training * size.units * size.classes;
    if (info.cost == DetectorCost::Covariance) {
        constexpr double kEigen = 30;  // of a D x D matrix, in D^3
        cost += 2 * size.training * size.units * size.units + kEigen * size.units * size.units * size.units;
    }
    return cost;
}

double scoreCost(const DetectorSpec& spec, const DetectorInfo& info, const Sizes& size) {
    const double logits = size.samples * size.units * size.classes;
    switch (info.cost) {
        case DetectorCost::Product:
            return 2 * logits;
        case DetectorCost::Covariance:
            return logits + 4 * size.samples * size.units * size.units;
        case DetectorCost::Neighbours: {
            const double bank = static_cast<double>(
                shareOf(static_cast<std::size_t>(size.training), parameterValue(spec, "bank"),
                        static_cast<std::size_t>(parameterValue(spec, "k"))));
            const double width = info.id == "relation" ? size.units + size.classes : size.units;
            // A comparison of two images costs about as much as so many multiplications, whatever they are.
            constexpr double kVisit = 150;
            return logits + size.samples * bank * (width + kVisit);
        }
        case DetectorCost::Light:
        case DetectorCost::Model:
            break;
    }
    return logits;
}

}  // namespace

double estimateSeconds(const DetectorSpec& spec, const DetectorWork& work) {
    const DetectorInfo& info = *findDetector(spec.id);
    if (info.cost == DetectorCost::Model) return -1;
    static const double speed = measureSpeed();
    const Sizes size{static_cast<double>(work.samples), static_cast<double>(work.classes),
                     static_cast<double>(work.units), static_cast<double>(work.trainingRows)};
    return (fitCost(spec, info, size) + scoreCost(spec, info, size)) / speed;
}

}  // namespace dicescope
