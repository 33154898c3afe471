#include "ui/plots/plot_view.h"

#include <utility>

#include "ui/plots/plot_canvas_internal.h"

namespace dicescope {

PlotView::PlotView(const QString& title, const QString& accessibleName, QWidget* parent)
    : PlotFrame(title, accessibleName, parent) {}

PlotView::~PlotView() = default;

void PlotView::show(ExplorationPtr exploration, std::size_t row) {
    const bool everything = exploration != exploration_;
    exploration_ = std::move(exploration);
    row_ = row;
    drawSoon(everything);
}

double PlotView::shareDone() const {
    if (!exploration_ || exploration_->samplesDone >= exploration_->samplesTotal) return 1;
    return static_cast<double>(exploration_->samplesDone) / static_cast<double>(exploration_->samplesTotal);
}

void PlotView::createGraphs() {
    if (exploration_->metrics->ood.size() == graphSets_) return;
    canvas().clearGraphs();
    createSetGraphs();
    graphSets_ = exploration_->metrics->ood.size();
}

std::unique_ptr<PlotFrame> PlotView::twin() const {
    auto copy = emptyTwin();
    copy->show(exploration_, row_);
    return copy;
}

}  // namespace dicescope
