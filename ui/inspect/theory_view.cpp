#include "ui/inspect/theory_view.h"

#include <QCheckBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>
#include <utility>

#include "ui/base/colour_map.h"
#include "ui/inspect/matrix_csv.h"
#include "ui/plots/chart_view.h"
#include "ui/plots/heatmap_view.h"

namespace dicescope {
namespace {

QImage pictureOf(const CovariancePicture& covariance, QRect cells, const Theme& theme) {
    const DivergingColours colours(theme);
    QImage image(cells.size(), QImage::Format_RGB32);
    const auto top = static_cast<std::size_t>(cells.top());
    for (int y = 0; y < image.height(); ++y) {
        const auto row = covariance.value.view().row(top + static_cast<std::size_t>(y));
        colours.paint(
            row.subspan(static_cast<std::size_t>(cells.left()), static_cast<std::size_t>(cells.width())), {},
            covariance.range, reinterpret_cast<QRgb*>(image.scanLine(y)));
    }
    return image;
}

}  // namespace

TheoryView::TheoryView(QWidget* parent)
    : QWidget(parent),
      variance_(new ChartView(tr("Variance"))),
      mean_(new ChartView(tr("Mean"))),
      gap_(new ChartView(tr("Gap"))),
      covariance_(new HeatmapView(tr("Covariance"))),
      start_(new QPushButton(tr("Co&mpute covariances"))),
      average_(new QCheckBox(tr("Averag&e over all classes"))),
      state_(new QLabel) {
    variance_->setObjectName("theoryVariance");
    mean_->setObjectName("theoryMean");
    gap_->setObjectName("theoryGap");
    covariance_->setObjectName("theoryCovariance");
    start_->setObjectName("theoryStart");
    start_->setToolTip(
        tr("One covariance matrix of the features a set: seconds for thousands of images, "
           "minutes for 90,000 of 2,048 features"));
    average_->setObjectName("theoryAverage");
    average_->setToolTip(
        tr("Variance and mean averaged over all classes instead of those of the selected one"));
    state_->setObjectName("theoryState");
    state_->setWordWrap(true);
    auto* controls = new QHBoxLayout;
    controls->addWidget(start_);
    controls->addWidget(average_);
    controls->addWidget(state_, 1);
    auto* grid = new QGridLayout;
    grid->setSpacing(4);
    grid->addWidget(variance_, 0, 0);
    grid->addWidget(mean_, 0, 1);
    grid->addWidget(gap_, 1, 0);
    grid->addWidget(covariance_, 1, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4, 4, 4, 0);
    column->addLayout(controls);
    column->addLayout(grid, 1);
    connect(start_, &QPushButton::clicked, this, &TheoryView::startRequested);
    connect(average_, &QCheckBox::toggled, this, &TheoryView::averageToggled);
}

void TheoryView::setVariance(ChartData variance) {
    variance_->setData(std::move(variance));
}

void TheoryView::setMean(ChartData mean) {
    mean_->setData(std::move(mean));
}

void TheoryView::setGap(ChartData gap) {
    gap_->setData(std::move(gap));
}

void TheoryView::setCovariance(const std::shared_ptr<const CovariancePicture>& picture, bool keptUnits,
                               const QString& caption) {
    HeatmapSource source;
    if (picture) {
        source.columns = source.rows = static_cast<int>(picture->value.rows());
        source.columnLabel = keptUnits ? tr("kept units by mean ID contribution")
                                       : tr("all units (none is kept) by mean ID contribution");
        source.rowLabel = keptUnits ? tr("kept units") : tr("all units");
        source.caption = caption;
        source.picture = [picture](QRect cells, QSize /*pixels*/, const Theme& theme) {
            return pictureOf(*picture, cells, theme);
        };
        source.numbers = [picture]() -> std::function<QByteArray()> {
            return [picture] { return matrixCsv(picture->value.view()); };
        };
        source.legend = [range = picture->range](const Theme& theme) {
            const DivergingColours colours(theme);
            const QString bound = QLocale().toString(range, 'g', 2);
            return QVector<std::pair<QString, QColor>>{
                {tr("≤ −%1").arg(bound), QColor(colours.at(-range, range))},
                {tr("0"), QColor(colours.at(0, range))},
                {tr("≥ %1").arg(bound), QColor(colours.at(range, range))}};
        };
        source.reading = [picture](int row, int column) {
            return tr("covariance %1")
                .arg(QLocale().toString(static_cast<double>(picture->value(static_cast<std::size_t>(row),
                                                                           static_cast<std::size_t>(column))),
                                        'g', 4));
        };
    }
    covariance_->setSource(std::move(source));
}

void TheoryView::setState(const QString& text, bool canStart) {
    state_->setText(text);
    start_->setEnabled(canStart);
}

void TheoryView::clear() {
    for (ChartView* chart : {variance_, mean_, gap_}) chart->setData({});
    setCovariance(nullptr, true, {});
}

void TheoryView::setTheme(const Theme& theme) {
    for (ChartView* chart : {variance_, mean_, gap_}) chart->setTheme(theme);
    covariance_->setTheme(theme);
}

bool TheoryView::showsAverage() const {
    return average_->isChecked();
}

}  // namespace dicescope
