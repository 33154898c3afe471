// What the controller does for the sections beside the detector's: what is looked into, what is compared, and
// the published numbers beside one's own.
#include <QDir>

#include "app/gui/analysis_controller.h"
#include "core/session/benchmark.h"
#include "core/session/comparison_defaults.h"
#include "ui/inspect/inspect_page.h"
#include "ui/panels/message_bar.h"
#include "ui/panels/metrics_panel.h"
#include "ui/window/analysis_page.h"

namespace dicescope {
namespace {

/// As the model was loaded for the features.
ClassifierOptions modelOptions(const AnalysisInputs& inputs) {
    if (!inputs.model) return {};
    const ClassifierInfo& model = *inputs.model;
    return {.head = model.head.name,
            .device = model.device,
            .channels = model.channels,
            .height = model.height,
            .width = model.width};
}

}  // namespace

void AnalysisController::connectSections() {
    AnalysisPage& page = window_.analysis();
    connect(&page, &AnalysisPage::sectionChanged, this, [this, &page] {
        inspect_.setShown(page.section() == AnalysisPage::Inspect);
        if (page.section() == AnalysisPage::Compare) refreshComparison();
    });
    connect(&compare_, &CompareController::failed, this,
            [this](const Error& error) { window_.messages().post(error); });
    connect(&compare_, &CompareController::choicesEdited, this, [this](const ComparisonChoices& choices) {
        document_.edit([&](Session& session) { session.comparison = choices; });
    });
    connect(&compare_, &CompareController::written, this, [this](const QString& path) {
        window_.messages().post(MessageBar::Severity::Note,
                                tr("Exported into %1.").arg(QDir::toNativeSeparators(path)));
    });
    connect(&inspect_, &InspectController::levelWanted, this, &AnalysisController::setLevel);
    connect(&inspect_, &InspectController::failed, this,
            [this](const Error& error) { window_.messages().post(error); });
    connect(&inspect_, &InspectController::keptEditsChanged, this,
            [this](const std::vector<MaskEdit>& edits) {
                document_.edit([&](Session& session) { session.edits = edits; });
            });
    plotSaver_.serve(page);
}

void AnalysisController::setLevel(std::optional<double> p) {
    if (exploration_) setRow(rowNearest(*exploration_, p));
}

void AnalysisController::refreshPublished() {
    std::vector<PublishedMetrics> published;
    for (const PublishedNumbers& numbers : publishedFor(document_.session(), document_.session().p)) {
        published.push_back({QString::fromStdString(numbers.set), numbers.fpr95, numbers.auroc,
                             QString::fromStdString(numbers.source)});
    }
    window_.analysis().metrics().setPublished(published);
}

void AnalysisController::refreshComparison() {
    compare_.setDefaults(comparisonDefaults(document_.session()));
}

// A partial exploration leaves what is being looked into alone: the complete one follows.
void AnalysisController::refreshInspection() {
    if (!exploration_) return inspect_.setExploration(nullptr, nullptr, 0, tr("No results yet"));
    if (!exploration_->complete()) return;
    const AnalysisInputsPtr& inputs = runner_.inputs();
    if (inputs != inspectedInputs_) {
        inspectedInputs_ = inputs;
        inspect_.setModel(inputs->model ? inputs->model->path : std::filesystem::path(),
                          modelOptions(*inputs));
    }
    inspect_.setExploration(inputs, exploration_, row_);
}

}  // namespace dicescope
