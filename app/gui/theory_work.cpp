#include "app/gui/theory_work.h"

#include <QCoreApplication>
#include <utility>

#include "core/explain/class_profile.h"
#include "ui/inspect/theory_view.h"
#include "ui/plots/chart_view.h"

namespace dicescope {
namespace {

constexpr std::size_t kCovariancePixels = 512;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(dicescope::TheoryController)
};

Result<TheoryColumns> columnsOf(const TheoryQuestion& question, const TheoryOfSet& set,
                                const FeatureSet& features, ChartColor color, const Job& job) {
    TheoryColumns columns{
        .set = QString::fromStdString(set.name), .color = color, .predicted = set.average, .measured = {}};
    if (question.average) return columns;
    const HeadView head = question.inspection->head();
    const LevelPlan& plan = question.inspection->plan;
    auto predicted = predictOutput(set.moments, head, plan, question.classIndex);
    if (!predicted) return forwardError(predicted);
    auto measured = measureOutput(features.features, head, plan, question.classIndex, job);
    if (!measured) return forwardError(measured);
    columns.predicted = std::move(*predicted);
    columns.measured = std::move(*measured);
    return columns;
}

/// In their order. The dropped ones have no covariance, and leave little to see of the others.
std::vector<std::uint32_t> keptUnits(const ClassProfile& profile) {
    std::vector<std::uint32_t> units;
    for (std::size_t i = 0; i < profile.units.size(); ++i) {
        if (profile.kept[i] != 0) units.push_back(profile.units[i]);
    }
    return units;
}

Status addCovariance(TheoryOutputs& outputs, const TheoryQuestion& question) {
    const Inspection& inspection = *question.inspection;
    const HeadMask mask = inspection.mask(question.row);
    const auto profile =
        classProfile(inspection.head(), mask, question.classIndex, inspection.sets[0].statistics, {});
    if (!profile) return forwardError(profile);
    const std::vector<std::uint32_t> kept = keptUnits(*profile);
    outputs.keptUnits = !kept.empty();
    auto picture =
        covariancePicture(question.theory->front().moments, inspection.head(), mask, question.classIndex,
                          outputs.keptUnits ? kept : profile->units, kCovariancePixels);
    if (!picture) return forwardError(picture);
    outputs.covariance = std::make_shared<const CovariancePicture>(std::move(*picture));
    return {};
}

}  // namespace

std::vector<ChartMark> theoryMarks(const Inspection& inspection, std::size_t row) {
    const std::vector<double>& levels = inspection.plan.levels;
    const double step = levels.size() > 1 ? levels[1] - levels[0] : 1;
    return {{row < levels.size() ? levels[row] : levels.front() - step, rowLabel(inspection, row)}};
}

Result<TheoryOutputs> computeTheory(const TheoryQuestion& question, const Job& job) {
    const Inspection& inspection = *question.inspection;
    const bool hasTrain = inspection.inputs->idTrain.has_value();
    TheoryOutputs outputs;
    for (std::size_t i = 0; i < question.theory->size(); ++i) {
        const bool isTrain = hasTrain && i == 0;
        const std::size_t set = i - (hasTrain && !isTrain ? 1 : 0);
        if (!isTrain && set > 0 && set != question.oodSet + 1) continue;
        const FeatureSet& features =
            isTrain ? *inspection.inputs->idTrain->features : inspection.features(set);
        auto columns = columnsOf(question, (*question.theory)[i], features,
                                 isTrain ? ChartColor{ChartColor::Role::Text} : setColor(set), job);
        if (!columns) return forwardError(columns);
        outputs.columns.push_back(std::move(*columns));
    }
    if (const auto added = addCovariance(outputs, question); !added) return forwardError(added);
    return outputs;
}

void showTheory(TheoryView& view, const TheoryQuestion& question, const TheoryOutputs& outputs) {
    const Inspection& inspection = *question.inspection;
    const QString name = QString::fromStdString(inspection.className(question.classIndex));
    const QString what =
        question.average ? Text::tr("average over all classes") : Text::tr("output of %1").arg(name);
    ChartData variance = varianceChart(inspection, what, outputs.columns);
    ChartData mean = meanChart(inspection, what, outputs.columns);
    variance.marks = mean.marks = theoryMarks(inspection, question.row);
    view.setVariance(std::move(variance));
    view.setMean(std::move(mean));
    view.setCovariance(outputs.covariance, outputs.keptUnits,
                       Text::tr("contributions to %1 over %2, %3")
                           .arg(name, QString::fromStdString(question.theory->front().name),
                                rowLabel(inspection, question.row)));
}

}  // namespace dicescope
