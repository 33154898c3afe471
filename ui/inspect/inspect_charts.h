#pragma once

#include <QString>
#include <QStringList>
#include <cstddef>
#include <span>
#include <vector>

#include "core/analysis/inspection.h"
#include "core/explain/class_profile.h"
#include "core/explain/unit_statistics.h"
#include "core/explain/variance_theory.h"
#include "core/metrics/histogram.h"
#include "ui/plots/chart_data.h"

namespace dicescope {

/// "p = 90 %" or "dense head".
[[nodiscard]] QString rowLabel(const Inspection& inspection, std::size_t row);
/// Names of the sets of an inspection: ID, then OOD.
[[nodiscard]] QStringList setNames(const Inspection& inspection);
/// Names of the classes of an inspection, in their order.
[[nodiscard]] QStringList classTitles(const Inspection& inspection);
/// The colour of a set of an inspection by its index there.
[[nodiscard]] ChartColor setColor(std::size_t set);

/// Figure 1 of the DICE paper: contributions of the units to one class, of the ID set and of one OOD set (an
/// index into ClassProfile::ood), with the units marked whose weight is kept.
[[nodiscard]] ChartData profileChart(const Inspection& inspection, const ClassProfile& profile,
                                     std::size_t oodSet, std::span<const std::uint8_t> kept);

/// Logits of one class: `dense` and `masked` of the ID set and of one OOD set.
struct LogitColumns {
    std::size_t classIndex = 0;
    std::size_t oodSet = 0;  ///< index among the OOD sets
    std::size_t row = 0;     ///< of `masked`
    std::vector<float> idDense, idMasked, oodDense, oodMasked;
};
/// Figure 2 of the DICE paper: their densities on common bins. Values that are not finite are left out.
[[nodiscard]] ChartData logitChart(const Inspection& inspection, const LogitColumns& logits);

/// Densities of one unit's activations in every set.
[[nodiscard]] ChartData unitChart(const Inspection& inspection, std::size_t unit,
                                  const UnitHistograms& histograms);

/// What is known of one class's output in one set over p.
struct TheoryColumns {
    QString set;
    ChartColor color;
    PredictedOutput predicted;
    MeasuredOutput measured;  ///< empty columns: of no single class
};
/// Variance of the output over p: measured on the images, with the full covariance, and as if units were
/// independent.
[[nodiscard]] ChartData varianceChart(const Inspection& inspection, const QString& what,
                                      const std::vector<TheoryColumns>& sets);
/// Mean of the output over p.
[[nodiscard]] ChartData meanChart(const Inspection& inspection, const QString& what,
                                  const std::vector<TheoryColumns>& sets);
/// E_ID[max logit] - E_OOD[max logit] over p, one line an OOD set.
[[nodiscard]] ChartData gapChart(const Inspection& inspection);

}  // namespace dicescope
