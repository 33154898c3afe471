#include "ui/plots/chart_view.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "ui/plots/plot_canvas_internal.h"
#include "ui/plots/plot_legend_internal.h"

namespace dicescope {
namespace {

constexpr double kReadDistance = 30;  // pixels
constexpr double kMargin = 0.04;      // of an axis beyond its values
constexpr double kHalfBar = 0.4;
constexpr double kMarkerSize = 5;
constexpr double kSmallestDrag = 3;  // pixels
constexpr int kFillAlpha = 60;
constexpr int kFaintAlpha = 110;
constexpr int kDigits = 4;

bool isFinite(const ChartSeries& series, std::size_t i) {
    return std::isfinite(series.x[i]) && std::isfinite(series.y[i]) &&
           (series.shape != SeriesShape::Band || std::isfinite(series.y2[i]));
}

bool isFilled(SeriesShape shape) {
    return shape == SeriesShape::Steps || shape == SeriesShape::Band || shape == SeriesShape::Bars;
}

QVector<QCPGraphData> corners(const ChartSeries& series, const std::vector<double>& y) {
    QVector<QCPGraphData> points;
    for (std::size_t i = 0; i < series.x.size(); ++i) {
        if (!isFinite(series, i)) continue;
        if (series.shape == SeriesShape::Bars) {
            points << QCPGraphData(series.x[i] - kHalfBar, 0) << QCPGraphData(series.x[i] - kHalfBar, y[i])
                   << QCPGraphData(series.x[i] + kHalfBar, y[i]) << QCPGraphData(series.x[i] + kHalfBar, 0);
        } else {
            points << QCPGraphData(series.x[i], y[i]);
        }
    }
    return points;
}

struct Span {
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();

    void add(double value) {
        low = std::min(low, value);
        high = std::max(high, value);
    }
    void take(const ChartAxis& axis) {
        if (axis.fromZero) low = 0;
        if (axis.range) {
            low = axis.range->first;
            high = axis.range->second;
        }
        if (!(low <= high)) low = high = 0;
        if (low == high) {
            low -= axis.fromZero ? 0 : 0.5;
            high += 0.5;
        }
        if (axis.range) return;
        const double margin = kMargin * (high - low);
        if (!axis.fromZero) low -= margin;
        high += margin;
    }
};

}  // namespace

struct ChartView::Impl {
    explicit Impl(ChartView& owner) : view(owner) {}

    void fill(std::size_t index);
    void updateRanges();
    void updateTicks(QCPAxis* axis, const ChartAxis& described);
    [[nodiscard]] bool isShown(const ChartSeries& series) const { return !view.isSetHidden(series.name); }
    [[nodiscard]] std::optional<std::pair<std::size_t, std::size_t>> nearest(QPointF position) const;
    [[nodiscard]] QString text(const ChartSeries& series, std::size_t point) const;

    ChartView& view;
    ChartData data;
    QString emptyText;
    QCPAxis* x = nullptr;
    QCPAxis* y = nullptr;
    QVector<QCPGraph*> graphs;  // one a series
    QVector<QCPGraph*> edges;   // of a band, the lower one; null for other shapes
    QVector<QCPItemStraightLine*> lines;
    QVector<QCPItemText*> names;
    QCPItemRect* shade = nullptr;
    std::optional<std::pair<double, double>> range;
    std::optional<QPointF> pressedAt;  // where a drag that selects a range began
    bool rangeSelectable = false;
};

ChartView::ChartView(const QString& title, QWidget* parent)
    : PlotFrame(title, title, parent), impl_(std::make_unique<Impl>(*this)) {
    QCPAxisRect* rect = canvas().addAxisRect();
    impl_->x = rect->axis(QCPAxis::atBottom);
    impl_->y = rect->axis(QCPAxis::atLeft);
    canvas().addAxis(impl_->x);
    canvas().addAxis(impl_->y);
    impl_->shade = new QCPItemRect(&canvas());
    impl_->shade->setLayer(canvas().moving());
    impl_->shade->setClipAxisRect(rect);
    impl_->shade->setPen(Qt::NoPen);
    impl_->shade->setVisible(false);
    for (QCPItemPosition* position : {impl_->shade->topLeft, impl_->shade->bottomRight}) {
        position->setAxisRect(rect);
        position->setAxes(impl_->x, impl_->y);
        position->setTypeY(QCPItemPosition::ptAxisRectRatio);
    }
    setMaximisable(false);
    connect(this, &PlotFrame::setToggled, this, [this](const QString& name, bool visible) {
        QSet<QString> hidden = hiddenSets();
        if (visible) {
            hidden.remove(name);
        } else {
            hidden.insert(name);
        }
        setHiddenSets(hidden);
    });
}

ChartView::~ChartView() = default;

void ChartView::setData(ChartData data) {
    impl_->data = std::move(data);
    drawSoon(true);
}

const ChartData& ChartView::data() const {
    return impl_->data;
}

std::function<QByteArray()> ChartView::numbers() const {
    if (impl_->data.empty()) return {};
    return [data = impl_->data] { return chartCsv(data); };
}

void ChartView::setMarks(std::vector<ChartMark> marks) {
    const bool asMany = marks.size() == impl_->data.marks.size();
    impl_->data.marks = std::move(marks);
    drawSoon(!asMany);
}

void ChartView::setRangeSelectable(bool selectable) {
    impl_->rangeSelectable = selectable;
}

void ChartView::setSelectedRange(std::optional<std::pair<double, double>> range) {
    impl_->range = range;
    drawSoon(false);
}

void ChartView::setEmptyText(const QString& text) {
    impl_->emptyText = text;
    drawSoon(true);
}

bool ChartView::hasData() const {
    return !impl_->data.empty();
}

QString ChartView::emptyText() const {
    return impl_->emptyText.isEmpty() ? PlotFrame::emptyText() : impl_->emptyText;
}

void ChartView::createGraphs() {
    canvas().clearGraphs();
    impl_->graphs.clear();
    impl_->edges.clear();
    QCPLayer* still = canvas().layer(QStringLiteral("main"));
    for (const ChartSeries& series : impl_->data.series) {
        const auto addGraph = [&] {
            QCPGraph* graph = canvas().addGraph(impl_->x, impl_->y);
            graph->setLayer(still);
            return graph;
        };
        impl_->edges << (series.shape == SeriesShape::Band ? addGraph() : nullptr);
        impl_->graphs << addGraph();
    }
    for (QCPItemStraightLine* line : impl_->lines) canvas().removeItem(line);
    for (QCPItemText* name : impl_->names) canvas().removeItem(name);
    impl_->lines.clear();
    impl_->names.clear();
    for (std::size_t i = 0; i < impl_->data.marks.size(); ++i) {
        auto* line = new QCPItemStraightLine(&canvas());
        auto* name = new QCPItemText(&canvas());
        name->setPadding(QMargins(4, 1, 4, 1));
        for (QCPAbstractItem* item :
             {static_cast<QCPAbstractItem*>(line), static_cast<QCPAbstractItem*>(name)}) {
            item->setLayer(canvas().moving());
            item->setClipAxisRect(canvas().axisRect(0));
            for (QCPItemPosition* position : item->positions()) {
                position->setAxes(impl_->x, impl_->y);
                position->setAxisRect(canvas().axisRect(0));
                position->setTypeY(QCPItemPosition::ptAxisRectRatio);
            }
        }
        impl_->lines << line;
        impl_->names << name;
    }
    // Texts made just now have no font of the theme's yet.
    canvas().applyTheme(theme(), impl_->x->tickLabelFont());
}

void ChartView::Impl::fill(std::size_t index) {
    const ChartSeries& series = data.series[index];
    QCPGraph* graph = graphs[static_cast<int>(index)];
    QCPGraph* edge = edges[static_cast<int>(index)];
    QColor color = series.color.in(view.theme());
    if (series.faint) color.setAlpha(kFaintAlpha);
    QColor area = color;
    area.setAlpha(kFillAlpha);
    QPen pen(color, series.faint ? 1 : 1.6, series.dashed ? Qt::DashLine : Qt::SolidLine);
    graph->setName(series.name);
    graph->data()->set(corners(series, series.y), true);
    graph->setLineStyle(series.shape == SeriesShape::Points  ? QCPGraph::lsNone
                        : series.shape == SeriesShape::Steps ? QCPGraph::lsStepLeft
                                                             : QCPGraph::lsLine);
    graph->setPen(edge != nullptr ? QPen(Qt::NoPen) : pen);
    graph->setBrush(isFilled(series.shape) ? QBrush(area) : QBrush());
    graph->setScatterStyle(series.shape == SeriesShape::Points
                               ? QCPScatterStyle(QCPScatterStyle::ssDisc, pen, color, kMarkerSize)
                               : QCPScatterStyle());
    graph->setVisible(isShown(series));
    if (edge == nullptr) return;
    edge->data()->set(corners(series, series.y2), true);
    edge->setPen(Qt::NoPen);
    // An area, though not to be seen, so that an export cuts it like the other edge.
    edge->setBrush(QColor(0, 0, 0, 0));
    edge->setVisible(isShown(series));
    graph->setChannelFillGraph(edge);
}

void ChartView::Impl::updateRanges() {
    Span keys;
    Span values;
    for (const ChartSeries& series : data.series) {
        const double half = series.shape == SeriesShape::Bars ? kHalfBar : 0;
        if (isFilled(series.shape) && series.shape != SeriesShape::Band && !series.x.empty()) values.add(0);
        for (std::size_t i = 0; i < series.x.size(); ++i) {
            if (!isFinite(series, i)) continue;
            keys.add(series.x[i] - half);
            keys.add(series.x[i] + half);
            values.add(series.y[i]);
            if (series.shape == SeriesShape::Band) values.add(series.y2[i]);
        }
    }
    keys.take(data.x);
    values.take(data.y);
    view.canvas().setHome(x, QCPRange(keys.low, keys.high));
    view.canvas().setHome(y, QCPRange(values.low, values.high));
}

void ChartView::Impl::updateTicks(QCPAxis* axis, const ChartAxis& described) {
    axis->setLabel(described.label);
    if (described.ticks.empty()) {
        axis->setTicker(QSharedPointer<QCPAxisTicker>::create());
        return;
    }
    const auto ticker = QSharedPointer<QCPAxisTickerText>::create();
    for (const auto& [place, name] : described.ticks) ticker->addTick(place, name);
    axis->setTicker(ticker);
}

void ChartView::updateStatic() {
    for (std::size_t i = 0; i < impl_->data.series.size(); ++i) impl_->fill(i);
    impl_->updateTicks(impl_->x, impl_->data.x);
    impl_->updateTicks(impl_->y, impl_->data.y);
    impl_->updateRanges();
    for (QCPItemStraightLine* line : impl_->lines) line->setPen(QPen(theme().current, 1.5, Qt::DashLine));
}

void ChartView::updateRow() {
    for (std::size_t i = 0; i < impl_->data.marks.size(); ++i) {
        const ChartMark& mark = impl_->data.marks[i];
        QCPItemStraightLine* line = impl_->lines[static_cast<int>(i)];
        QCPItemText* name = impl_->names[static_cast<int>(i)];
        line->point1->setCoords(mark.x, 0);
        line->point2->setCoords(mark.x, 1);
        const bool right = mark.x < impl_->x->range().center();
        name->setPositionAlignment(Qt::AlignTop | (right ? Qt::AlignLeft : Qt::AlignRight));
        name->position->setCoords(mark.x, 0);
        name->setText(mark.label);
        name->setVisible(!mark.label.isEmpty());
    }
    impl_->shade->setVisible(impl_->range.has_value());
    if (!impl_->range) return;
    QColor color = theme().current;
    color.setAlpha(kFillAlpha);
    impl_->shade->setBrush(color);
    impl_->shade->topLeft->setCoords(impl_->range->first, 0);
    impl_->shade->bottomRight->setCoords(impl_->range->second, 1);
}

QVector<LegendEntry> ChartView::legendEntries() const {
    QVector<LegendEntry> entries;
    for (std::size_t i = 0; i < impl_->data.series.size(); ++i) {
        const ChartSeries& series = impl_->data.series[i];
        if (series.name.isEmpty()) continue;
        const QCPGraph* graph = impl_->graphs[static_cast<int>(i)];
        const QPen pen = series.shape == SeriesShape::Points ? QPen(Qt::NoPen) : graph->pen();
        const auto same = std::ranges::find(entries, series.name, &LegendEntry::name);
        if (same != entries.end()) {
            // A line within its band.
            if (same->pen.style() == Qt::NoPen) same->pen = pen;
            continue;
        }
        entries.append({.name = series.name,
                        .pen = pen,
                        .fill = graph->brush(),
                        .marker = graph->scatterStyle(),
                        .toggles = true,
                        .hidden = !impl_->isShown(series)});
    }
    return entries;
}

QString ChartView::caption() const {
    return impl_->data.caption;
}

std::optional<std::pair<std::size_t, std::size_t>> ChartView::Impl::nearest(QPointF position) const {
    if (!view.canvas().axisRect(0)->rect().contains(position.toPoint())) return std::nullopt;
    std::optional<std::pair<std::size_t, std::size_t>> found;
    double best = kReadDistance;
    for (std::size_t s = 0; s < data.series.size(); ++s) {
        const ChartSeries& series = data.series[s];
        if (!isShown(series)) continue;
        for (std::size_t i = 0; i < series.x.size(); ++i) {
            if (!isFinite(series, i)) continue;
            const double across = std::abs(x->coordToPixel(series.x[i]) - position.x());
            if (across >= best) continue;
            const double along = series.shape == SeriesShape::Bars || series.shape == SeriesShape::Steps
                                     ? 0
                                     : std::abs(y->coordToPixel(series.y[i]) - position.y());
            const double distance = std::hypot(across, along);
            if (distance >= best) continue;
            best = distance;
            found = {s, i};
        }
    }
    return found;
}

QString ChartView::Impl::text(const ChartSeries& series, std::size_t point) const {
    const QLocale locale = view.locale();
    QString place =
        point < series.labels.size()
            ? series.labels[point]
            : QStringLiteral("%1 %2").arg(data.x.label, locale.toString(series.x[point], 'g', kDigits));
    QString value = locale.toString(series.y[point], 'g', kDigits);
    if (series.shape == SeriesShape::Band)
        value += QStringLiteral(" … ") + locale.toString(series.y2[point], 'g', kDigits);
    return QStringLiteral("%1 · %2 · %3").arg(series.name, place, value);
}

PlotReading ChartView::readingAt(QPointF position) const {
    const auto found = impl_->nearest(position);
    if (!found) return {};
    const ChartSeries& series = impl_->data.series[found->first];
    return {.text = impl_->text(series, found->second),
            .color = series.color.in(theme()),
            .axisRect = 0,
            .point = {series.x[found->second], series.y[found->second]}};
}

bool ChartView::grabs(QPointF position) {
    impl_->pressedAt.reset();
    if (!impl_->rangeSelectable || !canvas().axisRect(0)->rect().contains(position.toPoint())) return false;
    impl_->pressedAt = position;
    return true;
}

void ChartView::dragTo(QPointF position) {
    if (!impl_->pressedAt || std::abs(position.x() - impl_->pressedAt->x()) < kSmallestDrag) return;
    const auto [low, high] =
        std::minmax({impl_->x->pixelToCoord(impl_->pressedAt->x()), impl_->x->pixelToCoord(position.x())});
    setSelectedRange(std::pair(low, high));
    emit rangeSelected(low, high);
}

void ChartView::userReset(bool /*doubleClick*/) {
    if (!impl_->range) return;
    setSelectedRange(std::nullopt);
    emit rangeCleared();
}

void ChartView::clicked(QPointF position) {
    if (const auto found = impl_->nearest(position)) emit pointPicked(found->first, found->second);
}

std::unique_ptr<PlotFrame> ChartView::twin() const {
    auto copy = std::make_unique<ChartView>(accessibleName());
    copy->setData(impl_->data);
    copy->setSelectedRange(impl_->range);
    return copy;
}

}  // namespace dicescope
