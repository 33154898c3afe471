#include "ui/window/plot_grid.h"

#include <QGridLayout>

#include "ui/plots/histogram_plot.h"
#include "ui/plots/level_plot.h"
#include "ui/plots/roc_plot.h"

namespace dicescope {

PlotGrid::PlotGrid(QWidget* parent)
    : QWidget(parent),
      histogram_(new HistogramPlot(this)),
      roc_(new RocPlot(this)),
      levels_(new LevelPlot(this)) {
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(4);
    grid->addWidget(histogram_, 0, 0);
    grid->addWidget(roc_, 0, 1);
    grid->addWidget(levels_, 1, 0, 1, 2);
    grid->setRowStretch(0, 5);
    grid->setRowStretch(1, 4);
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);
    for (PlotView* plot : plots()) {
        plot->setMinimumSize(120, 80);
        connect(plot, &PlotView::maximiseToggled, this,
                [this, plot] { maximise(maximised_ == plot ? nullptr : plot); });
    }
}

QList<PlotView*> PlotGrid::plots() const {
    return {histogram_, roc_, levels_};
}

void PlotGrid::maximise(PlotView* plot) {
    maximised_ = plot;
    for (PlotView* each : plots()) {
        each->setVisible(plot == nullptr || each == plot);
        each->setMaximised(each == plot);
    }
    // Rows and columns without a visible plot must not keep their share of the place.
    auto* grid = static_cast<QGridLayout*>(layout());
    grid->setRowStretch(0, plot == levels_ ? 0 : 5);
    grid->setRowStretch(1, plot == nullptr || plot == levels_ ? 4 : 0);
    grid->setColumnStretch(0, plot == roc_ ? 0 : 1);
    grid->setColumnStretch(1, plot == histogram_ ? 0 : 1);
}

}  // namespace dicescope
