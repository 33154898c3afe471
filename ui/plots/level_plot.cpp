#include "ui/plots/level_plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "ui/plots/plot_canvas_internal.h"
#include "ui/plots/plot_legend_internal.h"
#include "ui/plots/plot_ticks_internal.h"

namespace dicescope {
namespace {

constexpr double kDenseGap = 0.09;     // between the dense head and the first level, as a share of the levels
constexpr double kSideMargin = 0.03;   // likewise, left of the dense head and right of the last level
constexpr double kValueMargin = 0.03;  // of the value axes
constexpr double kGrabDistance = 6;    // pixels from the vertical line
constexpr double kReadDistance = 50;
constexpr double kMarkDistance = 9;
constexpr double kMarkSize = 10;
constexpr int kLabelAlpha = 215;
constexpr std::size_t kPanels = 2;

}  // namespace

/// One of the two axis rectangles: FPR above, AUROC below.
struct LevelPanel {
    QCPAxisRect* rect = nullptr;
    QCPAxis* x = nullptr;
    QCPAxis* y = nullptr;
    QVector<QCPGraph*> curves;  // the OOD sets, then their average
    QVector<QCPGraph*> dense;   // likewise
    QCPGraph* best = nullptr;
    QCPGraph* chosen = nullptr;
    QCPItemStraightLine* line = nullptr;
    QCPItemStraightLine* border = nullptr;  // between the dense head and the levels
    QCPItemText* label = nullptr;
};

struct LevelPlot::Impl {
    explicit Impl(LevelPlot& owner) : view(owner) {}

    [[nodiscard]] const std::vector<double>& levels() const { return view.exploration()->metrics->levels; }
    [[nodiscard]] double first() const { return levels().front(); }
    [[nodiscard]] double span() const { return levels().back() > first() ? levels().back() - first() : 1; }
    [[nodiscard]] double denseAt() const { return first() - kDenseGap * span(); }
    [[nodiscard]] double positionOf(std::size_t row) const {
        return row < levels().size() ? levels()[row] : denseAt();
    }
    [[nodiscard]] std::size_t rowAt(double x) const;

    [[nodiscard]] std::size_t sets() const { return view.exploration()->metrics->ood.size(); }
    [[nodiscard]] const std::vector<double>& values(std::size_t panel, std::size_t set) const;
    [[nodiscard]] QString name(std::size_t set) const;
    [[nodiscard]] QColor color(std::size_t set) const;
    [[nodiscard]] bool isShown(std::size_t set) const;
    [[nodiscard]] QString metricName(std::size_t panel) const;
    [[nodiscard]] QString valueText(std::size_t panel) const;
    [[nodiscard]] std::optional<std::size_t> panelAt(QPointF position) const;
    [[nodiscard]] bool onLine(QPointF position) const;
    [[nodiscard]] bool isNear(QPointF position, const LevelPanel& panel, const QCPGraph* mark) const;

    void makePanel(std::size_t index);
    void placeItem(QCPAbstractItem* item, const LevelPanel& panel, const QString& layer);
    void updateCurves(std::size_t panel);
    void updateMarks(std::size_t panel);
    void updateRanges(std::size_t panel);

    LevelPlot& view;
    std::array<LevelPanel, kPanels> panels;
    QSharedPointer<LevelTicker> ticker = QSharedPointer<LevelTicker>::create();
    std::size_t picked = 0;
    std::size_t rowBeforePress = 0;
};

std::size_t LevelPlot::Impl::rowAt(double x) const {
    if (x < (denseAt() + first()) / 2) return view.exploration()->denseRow();
    const auto after = std::lower_bound(levels().begin(), levels().end(), x);
    if (after == levels().begin()) return 0;
    if (after == levels().end()) return levels().size() - 1;
    const auto index = static_cast<std::size_t>(after - levels().begin());
    return x - levels()[index - 1] <= levels()[index] - x ? index - 1 : index;
}

const std::vector<double>& LevelPlot::Impl::values(std::size_t panel, std::size_t set) const {
    const LevelMetrics& metrics = *view.exploration()->metrics;
    const MetricColumns& columns = set < metrics.ood.size() ? metrics.ood[set].metrics : metrics.average;
    return panel == 0 ? columns.fpr95 : columns.auroc;
}

QString LevelPlot::Impl::name(std::size_t set) const {
    return set < sets() ? QString::fromStdString(view.exploration()->metrics->ood[set].name) : tr("average");
}

QColor LevelPlot::Impl::color(std::size_t set) const {
    return set < sets() ? view.theme().ood(static_cast<int>(set)) : view.theme().text;
}

// The average of one set is that set.
bool LevelPlot::Impl::isShown(std::size_t set) const {
    return set < sets() ? !view.isSetHidden(name(set)) : sets() > 1;
}

QString LevelPlot::Impl::metricName(std::size_t panel) const {
    return panel == 0 ? tr("FPR%1").arg(levelName(view.exploration()->metrics->tprLevel)) : tr("AUROC");
}

QString LevelPlot::Impl::valueText(std::size_t panel) const {
    return (sets() > 1 ? tr("mean %1 %2") : QStringLiteral("%1 %2"))
        .arg(metricName(panel), percentText(values(panel, sets())[view.row()], view.locale()));
}

std::optional<std::size_t> LevelPlot::Impl::panelAt(QPointF position) const {
    for (std::size_t i = 0; i < kPanels; ++i) {
        if (panels[i].rect->rect().contains(position.toPoint())) return i;
    }
    return std::nullopt;
}

bool LevelPlot::Impl::onLine(QPointF position) const {
    return panelAt(position) &&
           std::abs(panels[0].x->coordToPixel(positionOf(view.row())) - position.x()) <= kGrabDistance;
}

bool LevelPlot::Impl::isNear(QPointF position, const LevelPanel& panel, const QCPGraph* mark) const {
    if (!mark->visible() || mark->data()->isEmpty()) return false;
    const auto datum = mark->data()->constBegin();
    return std::hypot(panel.x->coordToPixel(datum->key) - position.x(),
                      panel.y->coordToPixel(datum->value) - position.y()) <= kMarkDistance;
}

void LevelPlot::Impl::placeItem(QCPAbstractItem* item, const LevelPanel& panel, const QString& layer) {
    item->setLayer(layer);
    item->setClipAxisRect(panel.rect);
    item->setVisible(false);
    for (QCPItemPosition* position : item->positions()) {
        position->setAxes(panel.x, panel.y);
        position->setAxisRect(panel.rect);
        position->setTypeY(QCPItemPosition::ptAxisRectRatio);
    }
}

void LevelPlot::Impl::makePanel(std::size_t index) {
    PlotCanvas& canvas = view.canvas();
    LevelPanel& panel = panels[index];
    panel.rect = canvas.addAxisRect();
    panel.x = panel.rect->axis(QCPAxis::atBottom);
    panel.y = panel.rect->axis(QCPAxis::atLeft);
    panel.x->setTicker(ticker);
    panel.y->setTicker(QSharedPointer<PercentTicker>::create());
    panel.line = new QCPItemStraightLine(&canvas);
    panel.label = new QCPItemText(&canvas);
    panel.label->setPadding(QMargins(4, 1, 4, 1));
    panel.border = new QCPItemStraightLine(&canvas);
    placeItem(panel.line, panel, canvas.moving()->name());
    placeItem(panel.label, panel, canvas.moving()->name());
    placeItem(panel.border, panel, QStringLiteral("grid"));
    canvas.addAxis(panel.y);
}

LevelPlot::LevelPlot(QWidget* parent)
    : PlotView(tr("Sparsity"), tr("FPR and AUROC over the sparsity p"), parent),
      impl_(std::make_unique<Impl>(*this)) {
    setObjectName(QStringLiteral("levelPlot"));
    for (std::size_t i = 0; i < kPanels; ++i) impl_->makePanel(i);
    LevelPanel& upper = impl_->panels[0];
    LevelPanel& lower = impl_->panels[1];
    auto* group = new QCPMarginGroup(&canvas());
    for (LevelPanel& panel : impl_->panels) panel.rect->setMarginGroup(QCP::msLeft | QCP::msRight, group);
    upper.x->setTickLabels(false);
    lower.x->setLabel(tr("p (% of weights dropped)"));
    lower.y->setLabel(tr("AUROC (%)"));
    // Both show the same levels: the user zooms the lower axis, the upper one follows.
    canvas().addAxis(lower.x);
    upper.rect->setRangeDragAxes(lower.x, upper.y);
    upper.rect->setRangeZoomAxes(lower.x, upper.y);
    connect(lower.x, qOverload<const QCPRange&>(&QCPAxis::rangeChanged), upper.x,
            qOverload<const QCPRange&>(&QCPAxis::setRange));
}

LevelPlot::~LevelPlot() = default;

void LevelPlot::createSetGraphs() {
    QCPLayer* still = canvas().layer(QStringLiteral("main"));
    for (LevelPanel& panel : impl_->panels) {
        const auto addGraph = [&] {
            QCPGraph* graph = canvas().addGraph(panel.x, panel.y);
            graph->setLayer(still);
            return graph;
        };
        panel.curves.clear();
        panel.dense.clear();
        for (std::size_t set = 0; set <= impl_->sets(); ++set) panel.dense.append(addGraph());
        for (std::size_t set = 0; set <= impl_->sets(); ++set) panel.curves.append(addGraph());
        panel.best = addGraph();
        panel.chosen = addGraph();
        for (QCPGraph* mark : {panel.best, panel.chosen}) mark->setLineStyle(QCPGraph::lsNone);
        for (QCPAbstractItem* item :
             {static_cast<QCPAbstractItem*>(panel.line), static_cast<QCPAbstractItem*>(panel.label),
              static_cast<QCPAbstractItem*>(panel.border)})
            item->setVisible(true);
    }
}

void LevelPlot::Impl::updateCurves(std::size_t index) {
    LevelPanel& panel = panels[index];
    for (std::size_t set = 0; set <= sets(); ++set) {
        QCPGraph* curve = panel.curves[static_cast<int>(set)];
        QCPGraph* dense = panel.dense[static_cast<int>(set)];
        const std::vector<double>& column = values(index, set);
        QVector<QCPGraphData> points;
        for (std::size_t row = 0; row < levels().size(); ++row) points.append({levels()[row], column[row]});
        const double denseValue = column[levels().size()];
        curve->data()->set(points, true);
        dense->data()->set({{denseAt(), denseValue}, {levels().back(), denseValue}}, true);
        curve->setName(name(set));
        dense->setName(tr("%1, dense").arg(name(set)));
        curve->setPen(QPen(color(set), set < sets() ? 1.3 : 2.5));
        dense->setPen(QPen(color(set), 1, Qt::DotLine));
        // A point at the dense head's own place only, not at the line's other end.
        dense->setScatterStyle(
            QCPScatterStyle(QCPScatterStyle::ssCircle, QPen(color(set), 1), color(set), 4));
        dense->setScatterSkip(1);
        curve->setVisible(isShown(set));
        dense->setVisible(isShown(set));
    }
}

void LevelPlot::Impl::updateMarks(std::size_t index) {
    const Exploration& exploration = *view.exploration();
    const LevelPanel& panel = panels[index];
    const std::vector<double>& average = values(index, sets());
    const std::size_t best = (index == 0 ? exploration.bestByFpr95 : exploration.bestByAuroc).index;
    const QPen outline(view.theme().background, 1);
    panel.best->setScatterStyle(
        QCPScatterStyle(QCPScatterStyle::ssTriangle, outline, view.theme().best, kMarkSize));
    panel.best->data()->set({{levels()[best], average[best]}}, true);
    panel.chosen->setVisible(exploration.choice.has_value());
    panel.chosen->setScatterStyle(
        QCPScatterStyle(QCPScatterStyle::ssDiamond, outline, view.theme().current, kMarkSize));
    if (!exploration.choice) return;
    const std::size_t chosen = exploration.choice->chosen.index;
    panel.chosen->data()->set({{levels()[chosen], average[chosen]}}, true);
}

// From one to another multiple of a step that fits how much the values differ, so that a few more images
// seldom change the axis.
void LevelPlot::Impl::updateRanges(std::size_t index) {
    double low = 1;
    double high = 0;
    for (std::size_t set = 0; set <= sets(); ++set) {
        const auto [smallest, largest] =
            std::minmax_element(values(index, set).begin(), values(index, set).end());
        low = std::min(low, *smallest);
        high = std::max(high, *largest);
    }
    double step = 0.1;
    for (const double finer : {0.05, 0.02, 0.01}) {
        if (high - low < 2 * step) step = finer;
    }
    low = std::floor(low / step) * step;
    high = std::max(std::ceil(high / step) * step, low + step);
    const double margin = kValueMargin * (high - low);
    view.canvas().setHome(panels[index].y, QCPRange(low - margin, high + margin));
}

void LevelPlot::updateStatic() {
    const double margin = kSideMargin * impl_->span();
    QColor paper = theme().background;
    paper.setAlpha(kLabelAlpha);
    impl_->ticker->setLevels(impl_->denseAt(), impl_->first());
    for (std::size_t i = 0; i < kPanels; ++i) {
        LevelPanel& panel = impl_->panels[i];
        impl_->updateCurves(i);
        impl_->updateMarks(i);
        impl_->updateRanges(i);
        const double border = (impl_->denseAt() + impl_->first()) / 2;
        panel.border->point1->setCoords(border, 0);
        panel.border->point2->setCoords(border, 1);
        panel.border->setPen(QPen(theme().faintText, 1, Qt::DotLine));
        panel.line->setPen(QPen(theme().current, 1.5, Qt::DashLine));
        panel.label->setBrush(paper);
    }
    impl_->panels[0].y->setLabel(tr("%1 (%)").arg(impl_->metricName(0)));
    canvas().setHome(impl_->panels[1].x,
                     QCPRange(impl_->denseAt() - margin, impl_->levels().back() + margin));
}

void LevelPlot::updateRow() {
    const double x = impl_->positionOf(row());
    for (std::size_t i = 0; i < kPanels; ++i) {
        const LevelPanel& panel = impl_->panels[i];
        const bool right = x < panel.x->range().center();
        panel.line->point1->setCoords(x, 0);
        panel.line->point2->setCoords(x, 1);
        // Where good detectors' curves are not: FPR at the top, AUROC at the bottom.
        panel.label->setPositionAlignment((i == 0 ? Qt::AlignTop : Qt::AlignBottom) |
                                          (right ? Qt::AlignLeft : Qt::AlignRight));
        panel.label->position->setCoords(x, i == 0 ? 0 : 1);
        panel.label->setText(i == 0 ? rowText(impl_->levels(), row(), locale()) + QStringLiteral(" | ") +
                                          impl_->valueText(i)
                                    : impl_->valueText(i));
    }
}

QVector<LegendEntry> LevelPlot::legendEntries() const {
    const LevelPanel& panel = impl_->panels[0];
    QVector<LegendEntry> entries;
    for (std::size_t set = 0; set <= impl_->sets(); ++set) {
        const bool isAverage = set == impl_->sets();
        if (isAverage && !impl_->isShown(set)) continue;
        entries.append({.name = impl_->name(set),
                        .pen = panel.curves[static_cast<int>(set)]->pen(),
                        .fill = {},
                        .marker = {},
                        .toggles = !isAverage,
                        .hidden = !impl_->isShown(set)});
    }
    const auto append = [&](const QString& text, const QPen& pen, const QCPScatterStyle& marker) {
        entries.append({.name = text, .pen = pen, .fill = {}, .marker = marker, .toggles = false});
    };
    append(tr("dense head"), QPen(theme().faintText, 1, Qt::DotLine), {});
    append(tr("best p"), Qt::NoPen, panel.best->scatterStyle());
    if (exploration()->choice) append(tr("chosen p"), Qt::NoPen, panel.chosen->scatterStyle());
    return entries;
}

QString LevelPlot::caption() const {
    return QStringLiteral("%1 · %2 · %3")
        .arg(rowText(impl_->levels(), row(), locale()), impl_->valueText(0), impl_->valueText(1));
}

PlotReading LevelPlot::readingAt(QPointF position) const {
    const auto index = impl_->panelAt(position);
    if (!index) return {};
    const LevelPanel& panel = impl_->panels[*index];
    const std::size_t at = impl_->rowAt(panel.x->pixelToCoord(position.x()));
    PlotReading reading{.text = rowText(impl_->levels(), at, locale()), .color = theme().text, .point = {}};
    double nearest = kReadDistance;
    for (std::size_t set = 0; set <= impl_->sets(); ++set) {
        const double value = impl_->values(*index, set)[at];
        const double distance = std::abs(panel.y->coordToPixel(value) - position.y());
        if (!impl_->isShown(set) || distance >= nearest) continue;
        nearest = distance;
        reading.text = QStringLiteral("%1 · %2 · %3 %4")
                           .arg(impl_->name(set), rowText(impl_->levels(), at, locale()),
                                impl_->metricName(*index), percentText(value, locale()));
        reading.color = impl_->color(set);
        reading.axisRect = static_cast<int>(*index);
        reading.point = {impl_->positionOf(at), value};
    }
    return reading;
}

QString LevelPlot::toolTipAt(QPointF position) const {
    const auto index = impl_->panelAt(position);
    if (!index) return {};
    const LevelPanel& panel = impl_->panels[*index];
    if (impl_->isNear(position, panel, panel.chosen))
        return tr("The p that was chosen on the validation sets, without a look at the sets shown.");
    if (!impl_->isNear(position, panel, panel.best)) return {};
    return tr("The best p by the mean %1. It is chosen on the very test sets shown, so its value is a bound "
              "that no fair "
              "choice can be expected to reach, not a result.")
        .arg(impl_->metricName(*index));
}

bool LevelPlot::grabs(QPointF position) {
    impl_->rowBeforePress = row();
    impl_->picked = row();
    return impl_->panelAt(position) && (!canvas().isZoomed(impl_->panels[1].x) || impl_->onLine(position));
}

void LevelPlot::pick(QPointF position) {
    const std::size_t at = impl_->rowAt(impl_->panels[1].x->pixelToCoord(position.x()));
    if (at == impl_->picked) return;
    impl_->picked = at;
    emit rowPicked(at);
}

void LevelPlot::dragTo(QPointF position) {
    pick(position);
}

void LevelPlot::clicked(QPointF position) {
    if (impl_->panelAt(position)) pick(position);
}

Qt::CursorShape LevelPlot::cursorAt(QPointF position) const {
    return impl_->onLine(position) ? Qt::SplitHCursor : Qt::ArrowCursor;
}

// The double click's first press was taken for a click at a level.
void LevelPlot::userReset(bool doubleClick) {
    if (!doubleClick || impl_->picked == impl_->rowBeforePress) return;
    impl_->picked = impl_->rowBeforePress;
    emit rowPicked(impl_->rowBeforePress);
}

std::unique_ptr<PlotView> LevelPlot::emptyTwin() const {
    return std::make_unique<LevelPlot>();
}

}  // namespace dicescope
