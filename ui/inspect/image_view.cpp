#include "ui/inspect/image_view.h"

#include <QEvent>
#include <QSplitter>
#include <QVBoxLayout>
#include <utility>

#include "ui/inspect/image_charts.h"
#include "ui/inspect/image_filter_bar.h"
#include "ui/inspect/thumbnail_grid.h"
#include "ui/inspect/thumbnail_model.h"
#include "ui/plots/chart_view.h"

namespace dicescope {

struct ImageView::Impl {
    explicit Impl(ImageView& owner) : view(owner) {}

    void build();
    void connectParts();
    void showRange();
    void showSelected();
    void useTheme();

    ImageView& view;
    InspectionPtr inspection;
    ImageList list;
    std::optional<std::uint32_t> selected;
    ImageFilterBar* filters = nullptr;
    ChartView* histogram = nullptr;
    ThumbnailGrid* grid = nullptr;
    ImageDetail* detail = nullptr;
};

ImageView::ImageView(QWidget* parent) : QWidget(parent), impl_(std::make_unique<Impl>(*this)) {
    setObjectName(QStringLiteral("imageView"));
    impl_->build();
    impl_->connectParts();
    impl_->useTheme();
    setInspection(nullptr);
}

ImageView::~ImageView() = default;

void ImageView::Impl::build() {
    filters = new ImageFilterBar(&view);
    histogram = new ChartView(tr("Scores"), &view);
    histogram->setObjectName(QStringLiteral("scoreChart"));
    histogram->setToolTip(
        tr("Drag over the scores to see the images of that range; double click to see all again."));
    histogram->setRangeSelectable(true);
    histogram->setMinimumHeight(view.fontMetrics().height() * 9);
    grid = new ThumbnailGrid(&view);
    grid->setMinimumSize(view.fontMetrics().height() * 10, view.fontMetrics().height() * 10);
    detail = new ImageDetail(&view);
    detail->setMinimumWidth(view.fontMetrics().height() * 16);

    auto* left = new QSplitter(Qt::Vertical, &view);
    left->setObjectName(QStringLiteral("imagesSplitter"));
    left->addWidget(histogram);
    left->addWidget(grid);
    left->setStretchFactor(0, 1);
    left->setStretchFactor(1, 3);
    left->setSizes({1000, 3000});
    auto* both = new QSplitter(Qt::Horizontal, &view);
    both->setObjectName(QStringLiteral("imageDetailSplitter"));
    both->addWidget(left);
    both->addWidget(detail);
    both->setStretchFactor(0, 5);
    both->setStretchFactor(1, 3);
    for (QSplitter* splitter : {left, both}) splitter->setChildrenCollapsible(false);
    both->setSizes({2000, 1200});

    auto* column = new QVBoxLayout(&view);
    column->setContentsMargins(4, 4, 4, 0);
    column->addWidget(filters);
    column->addWidget(both, 1);
}

void ImageView::Impl::connectParts() {
    connect(filters, &ImageFilterBar::queryChanged, &view, [this](const ImageQuery& query) {
        showRange();
        emit view.queryChanged(query);
    });
    connect(filters, &ImageFilterBar::exportRequested, &view, &ImageView::exportRequested);
    connect(histogram, &ChartView::rangeSelected, filters,
            [this](double low, double high) { filters->setScoreRange(std::pair(low, high)); });
    connect(histogram, &ChartView::rangeCleared, filters, [this] { filters->setScoreRange(std::nullopt); });
    connect(grid, &ThumbnailGrid::imageSelected, &view, [this](quint32 record) {
        selected = record;
        showSelected();
        emit view.imageSelected(record);
    });
}

void ImageView::Impl::showRange() {
    const ImageFilter& filter = filters->query().filter;
    if (filter.low && filter.high) {
        histogram->setSelectedRange(
            std::pair(static_cast<double>(*filter.low), static_cast<double>(*filter.high)));
    } else {
        histogram->setSelectedRange(std::nullopt);
    }
}

void ImageView::Impl::showSelected() {
    histogram->setMarks(scoreMarks(list, selected));
    detail->setImage(list, selected);
}

void ImageView::Impl::useTheme() {
    const Theme theme = themeOf(view.palette());
    histogram->setTheme(theme);
    detail->setTheme(theme);
}

void ImageView::setInspection(InspectionPtr inspection) {
    const bool same = impl_->inspection && inspection && impl_->inspection->inputs == inspection->inputs;
    impl_->inspection = std::move(inspection);
    impl_->filters->setInspection(impl_->inspection);
    impl_->showRange();
    impl_->grid->setEmptyText(impl_->inspection ? tr("Sorting the images …") : tr("No results yet"));
    if (same) return;
    select(std::nullopt);
    setList({});
}

void ImageView::setList(const ImageList& list) {
    const bool sameScores = list.table && list.table == impl_->list.table &&
                            list.query.filter.side == impl_->list.query.filter.side;
    impl_->list = list;
    impl_->grid->setList(list);
    if (list.inspection) impl_->grid->setEmptyText(tr("No image meets all of these choices."));
    impl_->filters->setCount(list.size(), list.table ? list.table->records().size() : 0);
    if (!sameScores) {
        ChartData chart = scoreChart(list);
        chart.marks = scoreMarks(list, impl_->selected);
        impl_->histogram->setData(std::move(chart));
    }
    impl_->showSelected();
}

void ImageView::setListError(const QString& reason) {
    setList({});
    impl_->grid->setEmptyText(reason);
}

void ImageView::select(std::optional<std::uint32_t> record) {
    impl_->selected = record;
    impl_->grid->select(record);
    impl_->showSelected();
}

std::optional<std::uint32_t> ImageView::selected() const {
    return impl_->selected;
}

const ImageList& ImageView::list() const {
    return impl_->list;
}

ImageFilterBar& ImageView::filters() const {
    return *impl_->filters;
}

ThumbnailGrid& ImageView::grid() const {
    return *impl_->grid;
}

ImageDetail& ImageView::detail() const {
    return *impl_->detail;
}

ChartView& ImageView::histogram() const {
    return *impl_->histogram;
}

void ImageView::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && impl_->detail != nullptr) impl_->useTheme();
}

}  // namespace dicescope
