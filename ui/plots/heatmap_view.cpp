#include "ui/plots/heatmap_view.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "ui/plots/plot_canvas_internal.h"
#include "ui/plots/plot_legend_internal.h"
#include "ui/plots/plot_ticks_internal.h"

namespace dicescope {
namespace {

constexpr int kColumnNameDigits = 7;
constexpr int kSelectionAlpha = 170;

/// Draws what is seen of the source, at the resolution of what it is drawn on.
class HeatmapPlottable : public QCPAbstractPlottable {
  public:
    HeatmapPlottable(QCPAxis* x, QCPAxis* y, const HeatmapSource& source, const Theme& theme)
        : QCPAbstractPlottable(x, y), source_(source), theme_(theme) {
        setAntialiased(false);
        removeFromLegend();
    }

    double selectTest(const QPointF& /*position*/, bool /*onlySelectable*/,
                      QVariant* /*details*/) const override {
        return -1;
    }
    QCPRange getKeyRange(bool& found, QCP::SignDomain /*domain*/) const override {
        found = true;
        return {0.0, static_cast<double>(source_.columns)};
    }
    QCPRange getValueRange(bool& found, QCP::SignDomain /*domain*/, const QCPRange& /*keys*/) const override {
        found = true;
        return {0.0, static_cast<double>(source_.rows)};
    }

  protected:
    void draw(QCPPainter* painter) override {
        if (source_.empty()) return;
        const auto seen = [](const QCPRange& range, int cells) {
            const int first = std::clamp(static_cast<int>(std::floor(range.lower)), 0, cells);
            const int last = std::clamp(static_cast<int>(std::ceil(range.upper)), first, cells);
            return std::pair(first, last - first);
        };
        const auto [left, width] = seen(keyAxis()->range(), source_.columns);
        const auto [top, height] = seen(valueAxis()->range(), source_.rows);
        if (width == 0 || height == 0) return;
        const QRectF target(
            QPointF(keyAxis()->coordToPixel(left), valueAxis()->coordToPixel(top)),
            QPointF(keyAxis()->coordToPixel(left + width), valueAxis()->coordToPixel(top + height)));
        const QTransform scale = painter->deviceTransform();
        const QSize pixels(std::max(1, qRound(target.width() * scale.m11())),
                           std::max(1, qRound(target.height() * scale.m22())));
        const QImage picture = source_.picture(QRect(left, top, width, height), bounded(pixels), theme_);
        painter->drawImage(target, picture, QRectF(picture.rect()));
    }
    void drawLegendIcon(QCPPainter* /*painter*/, const QRectF& /*rect*/) const override {}

  private:
    // A vector file has no resolution of its own worth the name.
    static QSize bounded(QSize pixels) {
        constexpr int kMost = 4096;
        return pixels.boundedTo(QSize(kMost, kMost));
    }

    const HeatmapSource& source_;
    const Theme& theme_;
};

}  // namespace

struct HeatmapView::Impl {
    explicit Impl(HeatmapView& owner) : view(owner) {}

    [[nodiscard]] std::optional<QPoint> cellAt(QPointF position) const;
    void placeLine(QCPItemRect* line, const QRectF& cells, bool shown) const;

    HeatmapView& view;
    HeatmapSource source;
    QString emptyText;
    Theme theme = lightTheme();
    QCPAxis* x = nullptr;
    QCPAxis* y = nullptr;
    HeatmapPlottable* map = nullptr;
    QSharedPointer<CellTicker> columnTicks = QSharedPointer<CellTicker>::create();
    QSharedPointer<CellTicker> rowTicks = QSharedPointer<CellTicker>::create();
    QCPItemRect* rowMark = nullptr;
    QCPItemRect* columnMark = nullptr;
    int selectedRow = -1;
    int selectedColumn = -1;
};

HeatmapView::HeatmapView(const QString& title, QWidget* parent)
    : PlotFrame(title, title, parent), impl_(std::make_unique<Impl>(*this)) {
    QCPAxisRect* rect = canvas().addAxisRect();
    impl_->x = rect->axis(QCPAxis::atBottom);
    impl_->y = rect->axis(QCPAxis::atLeft);
    impl_->y->setRangeReversed(true);
    for (QCPAxis* axis : {impl_->x, impl_->y}) {
        axis->grid()->setVisible(false);
        canvas().addAxis(axis);
    }
    impl_->x->setTicker(impl_->columnTicks);
    impl_->y->setTicker(impl_->rowTicks);
    impl_->map = new HeatmapPlottable(impl_->x, impl_->y, impl_->source, impl_->theme);
    impl_->map->setLayer(QStringLiteral("main"));
    const auto addSelection = [&] {
        auto* item = new QCPItemRect(&canvas());
        item->setLayer(canvas().moving());
        item->setClipAxisRect(rect);
        item->setVisible(false);
        for (QCPItemPosition* position : {item->topLeft, item->bottomRight}) {
            position->setAxisRect(rect);
            position->setAxes(impl_->x, impl_->y);
        }
        return item;
    };
    impl_->rowMark = addSelection();
    impl_->columnMark = addSelection();
    setMaximisable(false);
}

HeatmapView::~HeatmapView() = default;

void HeatmapView::setSource(HeatmapSource source) {
    const bool sameSize = source.columns == impl_->source.columns && source.rows == impl_->source.rows;
    impl_->source = std::move(source);
    if (!sameSize) canvas().resetAxes();
    drawSoon(true);
}

void HeatmapView::refresh() {
    drawSoon(true);
}

void HeatmapView::setSelected(int row, int column) {
    impl_->selectedRow = row;
    impl_->selectedColumn = column;
    drawSoon(false);
}

void HeatmapView::setEmptyText(const QString& text) {
    impl_->emptyText = text;
    drawSoon(true);
}

std::function<QByteArray()> HeatmapView::numbers() const {
    return impl_->source.numbers ? impl_->source.numbers() : nullptr;
}

bool HeatmapView::hasData() const {
    return !impl_->source.empty();
}

QString HeatmapView::emptyText() const {
    return impl_->emptyText.isEmpty() ? PlotFrame::emptyText() : impl_->emptyText;
}

void HeatmapView::createGraphs() {}

void HeatmapView::updateStatic() {
    impl_->theme = theme();
    impl_->x->setLabel(impl_->source.columnLabel);
    impl_->y->setLabel(impl_->source.rowLabel);
    const QFontMetrics metrics(impl_->x->tickLabelFont());
    impl_->columnTicks->setCells(impl_->source.columns, impl_->source.columnName,
                                 kColumnNameDigits * metrics.averageCharWidth(), impl_->x);
    impl_->rowTicks->setCells(impl_->source.rows, impl_->source.rowName, metrics.height(), impl_->y);
    canvas().setHome(impl_->x, QCPRange(0, impl_->source.columns));
    canvas().setHome(impl_->y, QCPRange(0, impl_->source.rows));
    QColor line = theme().current;
    line.setAlpha(kSelectionAlpha);
    for (QCPItemRect* item : {impl_->rowMark, impl_->columnMark}) item->setPen(QPen(line, 1));
}

void HeatmapView::Impl::placeLine(QCPItemRect* line, const QRectF& cells, bool shown) const {
    line->setVisible(shown);
    line->topLeft->setCoords(cells.topLeft());
    line->bottomRight->setCoords(cells.bottomRight());
}

void HeatmapView::updateRow() {
    const int row = impl_->selectedRow;
    const int column = impl_->selectedColumn;
    impl_->placeLine(impl_->rowMark, QRectF(0, row, impl_->source.columns, 1),
                     row >= 0 && row < impl_->source.rows);
    impl_->placeLine(impl_->columnMark, QRectF(column, 0, 1, impl_->source.rows),
                     column >= 0 && column < impl_->source.columns);
}

QVector<LegendEntry> HeatmapView::legendEntries() const {
    QVector<LegendEntry> entries;
    if (!impl_->source.legend) return entries;
    for (const auto& [name, color] : impl_->source.legend(theme())) {
        entries.append(
            {.name = name, .pen = QPen(Qt::NoPen), .fill = QBrush(color), .marker = {}, .toggles = false});
    }
    return entries;
}

QString HeatmapView::caption() const {
    return impl_->source.caption;
}

std::optional<QPoint> HeatmapView::Impl::cellAt(QPointF position) const {
    if (!view.canvas().axisRect(0)->rect().contains(position.toPoint())) return std::nullopt;
    const int column = static_cast<int>(std::floor(x->pixelToCoord(position.x())));
    const int row = static_cast<int>(std::floor(y->pixelToCoord(position.y())));
    if (column < 0 || column >= source.columns || row < 0 || row >= source.rows) return std::nullopt;
    return QPoint(column, row);
}

PlotReading HeatmapView::readingAt(QPointF position) const {
    const auto cell = impl_->cellAt(position);
    if (!cell || !impl_->source.reading) return {};
    return {.text = impl_->source.reading(cell->y(), cell->x()), .color = theme().text, .point = {}};
}

void HeatmapView::clicked(QPointF position) {
    if (const auto cell = impl_->cellAt(position)) emit cellPicked(cell->y(), cell->x());
}

std::unique_ptr<PlotFrame> HeatmapView::twin() const {
    auto copy = std::make_unique<HeatmapView>(accessibleName());
    copy->setSource(impl_->source);
    copy->setSelected(impl_->selectedRow, impl_->selectedColumn);
    return copy;
}

}  // namespace dicescope
