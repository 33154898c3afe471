#include "app/gui/inspect_work.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <utility>

#include "ui/inspect/class_view.h"
#include "ui/inspect/image_list.h"
#include "ui/inspect/inspect_charts.h"

namespace dicescope {
namespace {

constexpr std::size_t kUnitBins = 80;
constexpr std::size_t kStrongest = 8;  // images of each set

struct Text {
    Q_DECLARE_TR_FUNCTIONS(dicescope::InspectController)
};

std::vector<UnitImage> strongestImages(const Inspection& inspection, std::size_t unit) {
    std::vector<UnitImage> images;
    for (std::size_t s = 0; s < inspection.sets.size(); ++s) {
        for (const UnitActivation& image : strongestRows(inspection.features(s).features, unit, kStrongest)) {
            images.push_back({static_cast<std::uint32_t>(s), static_cast<std::uint32_t>(image.row),
                              QStringLiteral("%1\n%2").arg(
                                  QString::fromStdString(inspection.sets[s].set->name),
                                  QLocale().toString(static_cast<double>(image.activation), 'g', 3))});
        }
    }
    return images;
}

QString unitFacts(const Inspection& inspection, std::size_t unit, const std::vector<bool>& kept,
                  std::size_t row) {
    const QLocale locale;
    const auto keptBy = std::count(kept.begin(), kept.end(), true);
    QStringList parts;
    for (const InspectedSet& set : inspection.sets) {
        parts << Text::tr("%1: mean %2, zeros %3 %")
                     .arg(QString::fromStdString(set.set->name),
                          locale.toString(set.statistics.mean[unit], 'g', 3),
                          locale.toString(100 * set.statistics.zeroShare[unit], 'f', 1));
    }
    return Text::tr("<b>Unit %1</b> · at %2 kept for %3 of %4 classes · %5")
        .arg(unit)
        .arg(rowLabel(inspection, row))
        .arg(keptBy)
        .arg(kept.size())
        .arg(parts.join(QStringLiteral(" · ")).toHtmlEscaped());
}

}  // namespace

std::size_t firstUnit(const Inspection& inspection) {
    return inspection.table->unitOrder(UnitOrder::TotalContribution).front();
}

Result<ContributionMap> computeMap(const Inspection& inspection, UnitOrder units, ClassOrder classes) {
    const ContributionTable& table = *inspection.table;
    return ContributionMap::make(table, inspection.plan, table.classOrder(classes), table.unitOrder(units));
}

Result<ClassResult> computeClass(const Inspection& inspection, std::size_t c, std::size_t oodSet,
                                 std::size_t row, const Job& job) {
    std::vector<UnitStatistics> ood;
    for (std::size_t s = 1; s < inspection.sets.size(); ++s) ood.push_back(inspection.sets[s].statistics);
    const HeadView head = inspection.head();
    auto profile = classProfile(head, inspection.mask(row), c, inspection.sets[0].statistics, ood);
    if (!profile) return forwardError(profile);
    ClassResult result{
        .profile = std::move(*profile), .idLogits = {}, .oodLogits = {}, .row = row, .oodSet = oodSet};
    const HeadMask masks[] = {HeadMask{}, inspection.mask(row)};
    for (const std::size_t s : {std::size_t{0}, oodSet + 1}) {
        auto logits = classLogits(inspection.features(s).features, head, masks, c, inspection.clip(), job);
        if (!logits) return forwardError(logits);
        for (std::size_t m = 0; m < 2; ++m) {
            const auto values = logits->logits.view().row(m);
            (s == 0 ? result.idLogits : result.oodLogits)[m].assign(values.begin(), values.end());
        }
    }
    return result;
}

void showClass(ClassView& view, const Inspection& inspection, const ClassResult& result) {
    view.setProfile(profileChart(inspection, result.profile, result.oodSet, result.profile.kept),
                    result.profile.units);
    view.setLogits(logitChart(inspection, {.classIndex = result.profile.classIndex,
                                           .oodSet = result.oodSet,
                                           .row = result.row,
                                           .idDense = result.idLogits[0],
                                           .idMasked = result.idLogits[1],
                                           .oodDense = result.oodLogits[0],
                                           .oodMasked = result.oodLogits[1]}));
}

Result<UnitResult> computeUnit(const Inspection& inspection, std::size_t unit, std::size_t row) {
    std::vector<MatrixView<const float>> sets;
    for (std::size_t s = 0; s < inspection.sets.size(); ++s) sets.push_back(inspection.features(s).features);
    auto histograms = unitHistograms(sets, unit, kUnitBins, inspection.clip());
    if (!histograms) return forwardError(histograms);
    auto weights =
        outgoingWeights(inspection.head(), inspection.mask(row), inspection.inputs->featureMean, unit);
    if (!weights) return forwardError(weights);
    return UnitResult{unit, std::move(*histograms), std::move(*weights), strongestImages(inspection, unit)};
}

void showUnit(UnitView& view, const Inspection& inspection, const UnitResult& result) {
    view.setActivations(unitChart(inspection, result.unit, result.histograms));
    view.setImages(result.images);
    view.setWeights(result.weights, classTitles(inspection));
}

void showUnitWeights(UnitView& view, const Inspection& inspection, std::size_t unit, std::size_t row) {
    const HeadMask mask = inspection.mask(row);
    std::vector<bool> kept(inspection.head().classes());
    for (std::size_t c = 0; c < kept.size(); ++c) kept[c] = mask.keeps(c, unit);
    view.setKept(kept);
    view.setFacts(unitFacts(inspection, unit, kept, row));
}

}  // namespace dicescope
