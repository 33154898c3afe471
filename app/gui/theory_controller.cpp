#include "app/gui/theory_controller.h"

#include <utility>

#include "core/explain/class_profile.h"
#include "core/explain/covariance_picture.h"
#include "ui/inspect/inspect_charts.h"
#include "ui/plots/chart_view.h"

namespace dicescope {
namespace {

constexpr std::size_t kCovariancePixels = 512;

/// What is to be shown.
struct Question {
    InspectionPtr inspection;
    std::shared_ptr<const std::vector<TheoryOfSet>> theory;
    std::size_t classIndex = 0;
    std::size_t oodSet = 0;
    std::size_t row = 0;
    bool average = false;
};

struct Outputs {
    std::vector<TheoryColumns> columns;
    std::shared_ptr<const CovariancePicture> covariance;
};

Result<TheoryColumns> columnsOf(const Question& question, const TheoryOfSet& set, const FeatureSet& features,
                                ChartColor color, const Job& job) {
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

Result<std::shared_ptr<const CovariancePicture>> covarianceOf(const Question& question) {
    const Inspection& inspection = *question.inspection;
    const HeadMask mask = inspection.mask(question.row);
    const auto profile =
        classProfile(inspection.head(), mask, question.classIndex, inspection.sets[0].statistics, {});
    if (!profile) return forwardError(profile);
    auto picture = covariancePicture(question.theory->front().moments, inspection.head(), mask,
                                     question.classIndex, profile->units, kCovariancePixels);
    if (!picture) return forwardError(picture);
    return std::make_shared<const CovariancePicture>(std::move(*picture));
}

// The training set (first, where there are features of it), the ID set, and the OOD set in question.
Result<Outputs> answer(const Question& question, const Job& job) {
    const Inspection& inspection = *question.inspection;
    const bool hasTrain = inspection.inputs->idTrain.has_value();
    Outputs outputs;
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
    auto covariance = covarianceOf(question);
    if (!covariance) return forwardError(covariance);
    outputs.covariance = std::move(*covariance);
    return outputs;
}

}  // namespace

TheoryController::TheoryController(TheoryView& view, QObject* parent) : QObject(parent), view_(view) {
    connect(&view_, &TheoryView::startRequested, this, &TheoryController::start);
    connect(&view_, &TheoryView::averageToggled, this, &TheoryController::refresh);
}

void TheoryController::setInspection(const InspectionPtr& inspection) {
    const auto sameSweep = [&](const InspectionPtr& other) {
        return inspection && other && other->inputs == inspection->inputs &&
               other->exploration->sweep == inspection->exploration->sweep;
    };
    const bool same = sameSweep(theoryOf_);
    inspection_ = inspection;
    gap_.reset();
    gaps_.cancel();
    if (same) return;
    covariances_.cancel();
    outputs_.cancel();
    theory_.reset();
    theoryOf_ = inspection;
    view_.clear();
}

void TheoryController::stopped() {
    if (inspection_ && !theory_) view_.setState(tr("Stopped."), true);
}

void TheoryController::show(std::size_t c, std::size_t oodSet, std::size_t row) {
    class_ = c;
    oodSet_ = oodSet;
    row_ = row;
    refresh();
}

void TheoryController::start() {
    if (!inspection_) return;
    view_.setState(tr("Computing the covariances…"), false);
    covariances_.start([inspection = inspection_](const Job& job) { return theoryOfSets(*inspection, job); },
                       [this](Result<std::vector<TheoryOfSet>> theory) {
                           if (!theory)
                               return view_.setState(QString::fromStdString(theory.error().message), true);
                           theory_ = std::make_shared<const std::vector<TheoryOfSet>>(std::move(*theory));
                           refresh();
                       });
}

std::vector<ChartMark> TheoryController::marks() const {
    const std::vector<double>& levels = inspection_->plan.levels;
    const double step = levels.size() > 1 ? levels[1] - levels[0] : 1;
    return {{row_ < levels.size() ? levels[row_] : levels.front() - step, rowLabel(*inspection_, row_)}};
}

void TheoryController::refresh() {
    if (!inspection_) return;
    showGap();
    if (theory_) return computeOutputs();
    if (!covariances_.waiting())
        view_.setState(tr("Variance, mean and covariance need one covariance matrix of each set."), true);
}

// Every score at every level is looked at, once.
void TheoryController::showGap() {
    if (gap_) {
        if (view_.gap().isEmpty()) view_.setGap(*gap_);
        return view_.gap().setMarks(marks());
    }
    if (gaps_.waiting()) return;
    gaps_.start([inspection = inspection_](const Job&) -> Result<ChartData> { return gapChart(*inspection); },
                [this](Result<ChartData> gap) {
                    if (!gap) return;
                    gap_ = std::move(*gap);
                    view_.setGap(*gap_);
                    view_.gap().setMarks(marks());
                });
}

void TheoryController::computeOutputs() {
    const Question question{inspection_, theory_, class_, oodSet_, row_, view_.showsAverage()};
    outputs_.start([question](const Job& job) { return answer(question, job); },
                   [this, question](const Result<Outputs>& outputs) {
                       if (!outputs)
                           return view_.setState(QString::fromStdString(outputs.error().message), false);
                       view_.setState({}, false);
                       const Inspection& inspection = *question.inspection;
                       const QString name = QString::fromStdString(inspection.className(question.classIndex));
                       const QString what =
                           question.average ? tr("average over all classes") : tr("output of %1").arg(name);
                       ChartData variance = varianceChart(inspection, what, outputs->columns);
                       ChartData mean = meanChart(inspection, what, outputs->columns);
                       variance.marks = mean.marks = marks();
                       view_.setVariance(std::move(variance));
                       view_.setMean(std::move(mean));
                       view_.setCovariance(
                           outputs->covariance,
                           tr("contributions to %1 over %2, %3")
                               .arg(name, QString::fromStdString(question.theory->front().name),
                                    rowLabel(inspection, question.row)));
                   });
}

}  // namespace dicescope
