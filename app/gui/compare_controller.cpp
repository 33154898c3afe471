#include "app/gui/compare_controller.h"

#include <algorithm>
#include <utility>

#include "app/gui/chosen_groups.h"
#include "core/analysis/comparison_frame.h"
#include "core/analysis/merged_comparison.h"
#include "core/analysis/model_scorer.h"
#include "core/base/file.h"
#include "core/report/comparison_report.h"
#include "ui/compare/compare_setup.h"
#include "ui/compare/comparison_table.h"
#include "ui/compare/detector_list.h"
#include "ui/compare/detector_list_model.h"
#include "ui/panels/panel_text.h"

namespace dicescope {
namespace {

QStringList listOf(const std::vector<std::string>& names) {
    QStringList list;
    for (const std::string& name : names) list << QString::fromStdString(name);
    return list;
}

std::vector<std::string> namesOf(const QStringList& list) {
    std::vector<std::string> names;
    for (const QString& name : list) names.push_back(name.toStdString());
    return names;
}

DetectorSupply supplyOf(const AnalysisInputs& inputs, bool hasModel) {
    DetectorSupply supply;
    supply.featureMean = !inputs.featureMean.empty();
    supply.trainingFeatures = inputs.idTrain && inputs.idTrain->features->size() > 0;
    supply.trainingLabels =
        inputs.idTrain && std::ranges::any_of(inputs.idTrain->labels, [](int label) { return label >= 0; });
    supply.model = hasModel;
    return supply;
}

/// Whether the model can be run on the images that features were made of, where these are still there.
bool hasModelAndImages(const AnalysisInputs& inputs) {
    const auto known = [](const InputSet& set) { return !set.features->provenance.folder.empty(); };
    return inputs.model && inputs.preprocess && known(inputs.id) && std::ranges::all_of(inputs.ood, known);
}

/// The detector of the lowest average FPR95; the end where none has numbers.
std::vector<ComparedDetector>::const_iterator bestOf(const std::vector<ComparedDetector>& detectors) {
    auto best = detectors.end();
    for (auto it = detectors.begin(); it != detectors.end(); ++it) {
        if (!hasNumbers(*it)) continue;
        if (best == detectors.end() || it->average.fpr95 < best->average.fpr95) best = it;
    }
    return best;
}

std::string textOf(ComparisonFormat format, const AnalysisInputs& inputs, const Comparison& comparison,
                   const BenchmarkPreset* benchmark) {
    switch (format) {
        case ComparisonFormat::Csv:
            return comparisonCsv(comparison);
        case ComparisonFormat::Json:
            return comparisonJson(inputs, comparison, benchmark);
        case ComparisonFormat::Latex:
            return comparisonLatex(inputs, comparison);
        case ComparisonFormat::Markdown:
            return comparisonMarkdown(inputs, comparison, benchmark);
    }
    return {};
}

}  // namespace

CompareController::CompareController(ComparePage& page, QObject* parent) : QObject(parent), page_(page) {
    connectPage();
    connectChoices();
    connect(&comparing_, &LatestTask::progress, &page_, &ComparePage::setProgress);
    for (LatestTask* task : {&comparing_, &charting_}) {
        connect(task, &LatestTask::becameIdle, this, [this] {
            if (idle()) emit becameIdle();
        });
    }
}

CompareController::~CompareController() = default;

void CompareController::connectPage() {
    connect(&page_, &ComparePage::runRequested, this, &CompareController::start);
    connect(&page_, &ComparePage::cancelRequested, this, &CompareController::cancel);
    connect(&page_, &ComparePage::detectorSelected, this, &CompareController::select);
    connect(&page_.results(), &ComparisonPanel::exportRequested, this, &CompareController::write);
}

void CompareController::connectChoices() {
    const auto* setup = &page_.setup();
    const auto* list = &page_.detectors().detectors();
    const auto announce = [this] { emit choicesEdited(choices_); };
    connect(list, &DetectorListModel::edited, this, [this, setup, list, announce] {
        choices_.detectors = list->choice();
        choices_.baseline = setup->baselineChoice();
        announce();
    });
    connect(setup, &CompareSetup::baselineEdited, this, [this, setup, announce] {
        choices_.baseline = setup->baselineChoice();
        announce();
    });
    connect(setup, &CompareSetup::groupsEdited, this, [this, announce] {
        if (!inputs_) return;
        const OodGroups shown{namesOf(page_.setup().nearSets()), namesOf(page_.setup().farSets())};
        choices_.groups = chosenGroups(*inputs_, shown, choices_.groups, defaults_);
        announce();
    });
    connect(setup, &CompareSetup::resamplesEdited, this, [this, setup, announce] {
        choices_.resamples = setup->resamples();
        if (choices_.resamples == defaults_.resamples) choices_.resamples.reset();
        announce();
    });
}

void CompareController::forgetResults() {
    ++run_;
    comparing_.cancel();
    frame_.reset();
    done_.clear();
    known_.reset();
    selected_.reset();
    userSelected_ = false;
    page_.setRunning(false);
    page_.setState({});
    show(nullptr, false);
}

void CompareController::setInputs(std::shared_ptr<const AnalysisInputs> inputs,
                                  std::filesystem::path fitFolder) {
    if (fitFolder != fitFolder_) {
        fitFolder_ = std::move(fitFolder);
        training_ = std::make_shared<TrainingDataPtr>();
    }
    if (inputs == inputs_ || (inputs && inputs_ && sameData(*inputs, *inputs_))) return;
    forgetResults();
    inputs_ = std::move(inputs);
    training_ = std::make_shared<TrainingDataPtr>();
    describeInputs();
}

void CompareController::describeInputs() {
    if (!inputs_) return page_.setWaiting(tr("No results yet"));
    page_.setWaiting(inputs_->ood.empty() ? tr("Detectors are compared on OOD sets; add one.") : QString());
    describeSupply();
    QStringList names;
    for (const InputSet& set : inputs_->ood) names << QString::fromStdString(set.name);
    page_.setup().setOodSets(names);
    showSettings();
}

void CompareController::setDefaults(const ComparisonDefaults& defaults) {
    defaults_ = defaults;
    page_.detectors().detectors().setDefaults(detectorDefaults(defaults));
    showSettings();
}

void CompareController::setChoices(const ComparisonChoices& choices) {
    choices_ = choices;
    page_.detectors().detectors().setChoice(choices.detectors);
    page_.setup().setBaselineChoice(choices.baseline);
    showSettings();
}

void CompareController::showSettings() {
    const ComparisonDefaults settings = withChoices(defaults_, choices_);
    page_.setup().setResamples(settings.resamples);
    page_.setup().setGroups(listOf(settings.nearSets), listOf(settings.farSets));
}

void CompareController::setModelScorer(ModelScorer scorer) {
    forgetResults();
    ownScorer_ = std::move(scorer);
    if (inputs_) describeSupply();
}

void CompareController::describeSupply() {
    scorer_ = ownScorer_;
    if (!scorer_ && hasModelAndImages(*inputs_)) scorer_ = modelScorer(inputs_);
    page_.detectors().detectors().setSupply(supplyOf(*inputs_, scorer_ != nullptr), workOf(*inputs_));
}

ComparisonOptions CompareController::options() const {
    ComparisonOptions options;
    options.detectors = page_.detectors().detectors().checkedSpecs();
    options.baseline = page_.setup().baseline();
    options.bootstrap = page_.setup().resamples();
    options.seed = defaults_.seed;
    options.tprLevel = defaults_.tprLevel;
    options.nearSets = namesOf(page_.setup().nearSets());
    options.farSets = namesOf(page_.setup().farSets());
    options.modelScorer = scorer_;
    options.earlier = known_;
    return options;
}

void CompareController::start() {
    if (!inputs_ || running()) return;
    const ComparisonOptions wanted = options();
    if (const auto status = checkComparison(*inputs_, wanted); !status) {
        emit failed(status.error());
        return;
    }
    const std::uint64_t run = ++run_;
    frame_ = std::make_shared<const Comparison>(comparisonFrame(*inputs_, wanted));
    done_.assign(wanted.detectors.size(), nullptr);
    page_.setRunning(true);
    page_.setState(tr("Starting"));
    show(frame_, true);
    const ComparisonSink sink = [this, run](std::size_t index, const ComparedDetector& detector) {
        QMetaObject::invokeMethod(
            this,
            [this, run, index, copy = std::make_shared<const ComparedDetector>(detector)] {
                if (run == run_) detectorDone(index, copy);
            },
            Qt::QueuedConnection);
    };
    comparing_.start(
        [inputs = inputs_, folder = fitFolder_, training = training_, wanted,
         sink](const Job& job) -> Result<Comparison> {
            if (!*training) {
                auto made = trainingDataOf(inputs, folder);
                if (!made) return forwardError(made);
                *training = std::move(*made);
            }
            return compareDetectors(*inputs, *training, wanted, job, sink);
        },
        [this](Result<Comparison> result) { finished(std::move(result)); });
}

void CompareController::cancel() {
    if (!running()) return;
    ++run_;
    comparing_.cancel();
    endEarly(tr("Cancelled"));
}

void CompareController::detectorDone(std::size_t index, ComparedDetectorPtr detector) {
    done_[index] = detector;
    page_.results().model().setDetector(index, std::move(detector));
    ComparisonTable& table = page_.results().table();
    const bool first = table.currentModelRow() < 0 && hasNumbers(*done_[index]);
    if (first && (!selected_ || *selected_ == done_[index]->spec)) {
        selectItself(static_cast<int>(index));
    } else if (table.currentModelRow() == static_cast<int>(index)) {
        drawCharts();
    }
}

void CompareController::finished(Result<Comparison> result) {
    if (!result) {
        endEarly(tr("Stopped by an error"));
        emit failed(result.error());
        return;
    }
    frame_.reset();
    done_.clear();
    comparison_ = std::make_shared<const Comparison>(std::move(*result));
    known_ = withKnownScores(comparison_, known_);
    page_.setRunning(false);
    page_.setState({});
    show(comparison_, false);
}

void CompareController::endEarly(const QString& state) {
    comparison_ = comparisonEndedEarly(*frame_, done_, comparison_);
    known_ = withKnownScores(comparison_, known_);
    frame_.reset();
    done_.clear();
    page_.setRunning(false);
    page_.setState(state);
    show(comparison_, false);
}

// The detector that the user selected stays selected where it is there again.
void CompareController::show(const ComparisonPtr& comparison, bool running) {
    if (!comparison) comparison_.reset();
    page_.results().setCanExport(comparison && !running);
    const std::optional<DetectorSpec> wanted = selected_;
    page_.results().model().setComparison(comparison, running);
    charting_.cancel();
    if (!comparison) return page_.setCharts({});
    const auto& detectors = comparison->detectors;
    auto found = wanted ? std::ranges::find(detectors, *wanted, &ComparedDetector::spec) : detectors.end();
    if ((found == detectors.end() || !userSelected_) && !running) found = bestOf(detectors);
    if (found != detectors.end()) {
        selectItself(static_cast<int>(found - detectors.begin()));
    } else {
        selected_.reset();
        userSelected_ = false;
    }
    drawCharts();
}

void CompareController::select(int row) {
    if (row < 0) return;
    userSelected_ |= !selecting_;
    selected_ = page_.results().model().detector(row)->spec;
    drawCharts();
}

void CompareController::selectItself(int row) {
    selecting_ = true;
    page_.results().table().setCurrentModelRow(row);
    selecting_ = false;
}

void CompareController::drawCharts() {
    const ComparisonModel& model = page_.results().model();
    const int row = page_.results().table().currentModelRow();
    if (row < 0 || !hasNumbers(*model.detector(row))) {
        charting_.cancel();
        return page_.setCharts({});
    }
    const QString idName = QString::fromStdString(inputs_->id.name);
    charting_.start([comparison = model.comparison(), detector = model.detector(row),
                     idName](const Job& job) { return detectorCharts(*comparison, *detector, idName, job); },
                    [this](Result<DetectorCharts> charts) {
                        if (!charts) {
                            page_.setCharts({});
                            emit failed(charts.error());
                            return;
                        }
                        page_.setCharts(std::move(*charts));
                    });
}

void CompareController::write(ComparisonFormat format, const QString& path) {
    if (!inputs_ || !comparison_ || running()) return;
    const auto status =
        writeFileAtomically(toPath(path), textOf(format, *inputs_, *comparison_, defaults_.benchmark));
    if (!status) {
        emit failed(status.error());
        return;
    }
    emit written(path);
}

bool CompareController::idle() const {
    return comparing_.idle() && charting_.idle();
}

void CompareController::stopAll() {
    cancel();
    charting_.cancel();
}

}  // namespace dicescope
