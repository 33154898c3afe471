#include "ui/plots/histogram_plot.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "ui/plots/plot_canvas_internal.h"
#include "ui/plots/plot_legend_internal.h"
#include "ui/plots/plot_ticks_internal.h"

namespace dicescope {
namespace {

constexpr double kRoomAbove = 1.04;
constexpr double kGrabDistance = 6;   // pixels from the threshold line
constexpr double kReadDistance = 60;  // pixels from a histogram's outline
constexpr int kLightFillAlpha = 36;
constexpr int kDarkFillAlpha = 56;
constexpr int kLabelAlpha = 215;

const SetHistograms& histogramsOf(const Exploration& exploration, std::size_t set) {
    return set == 0 ? exploration.curves->id : exploration.curves->ood[set - 1];
}

double densityOf(const SetHistograms& histograms, std::size_t row, std::size_t bin, double width) {
    if (histograms.samples == 0) return 0;
    return histograms.counts[row][bin] / (static_cast<double>(histograms.samples) * width);
}

}  // namespace

struct HistogramPlot::Impl {
    explicit Impl(HistogramPlot& owner) : view(owner) {}

    [[nodiscard]] std::optional<double> draggedNow() const;
    [[nodiscard]] AcceptedShares sharesNow() const;
    [[nodiscard]] QString scoreName() const;
    [[nodiscard]] QString scoreText(double score) const;
    [[nodiscard]] QString thresholdText() const;
    [[nodiscard]] QString name(std::size_t set) const;
    [[nodiscard]] QColor color(std::size_t set) const;
    [[nodiscard]] double linePixel() const { return x->coordToPixel(view.threshold()); }
    double fillGraph(std::size_t set);
    void placeThreshold();
    void alignLabel();

    HistogramPlot& view;
    QCPAxisRect* rect = nullptr;
    QCPAxis* x = nullptr;
    QCPAxis* y = nullptr;
    QVector<QCPGraph*> graphs;  // ID, then the OOD sets
    QCPItemStraightLine* line = nullptr;
    QCPItemText* label = nullptr;
    QVector<QCPGraphData> points;

    struct Dragged {
        double threshold;
        double level;  // of its row; what a row means may change with the sweep
        ScoreKind score;
    };
    std::optional<Dragged> dragged;
    double grabbedAt = 0;
    double grabOffset = 0;
};

namespace {

// The level of a row as a number that tells rows of different sweeps apart; the dense head is no level.
double levelOf(const Exploration& exploration, std::size_t row) {
    return row < exploration.denseRow() ? exploration.metrics->levels[row] : -1;
}

}  // namespace

HistogramPlot::HistogramPlot(QWidget* parent)
    : PlotView(tr("Scores"), tr("Score histograms"), parent), impl_(std::make_unique<Impl>(*this)) {
    setObjectName(QStringLiteral("histogramPlot"));
    impl_->rect = canvas().addAxisRect();
    impl_->x = impl_->rect->axis(QCPAxis::atBottom);
    impl_->y = impl_->rect->axis(QCPAxis::atLeft);
    canvas().addAxis(impl_->x);
    canvas().addAxis(impl_->y, true);
    impl_->line = new QCPItemStraightLine(&canvas());
    impl_->label = new QCPItemText(&canvas());
    impl_->label->setPadding(QMargins(4, 1, 4, 1));
    for (QCPAbstractItem* item :
         {static_cast<QCPAbstractItem*>(impl_->line), static_cast<QCPAbstractItem*>(impl_->label)}) {
        item->setLayer(canvas().moving());
        item->setClipAxisRect(impl_->rect);
        for (QCPItemPosition* position : item->positions()) {
            position->setAxes(impl_->x, impl_->y);
            position->setAxisRect(impl_->rect);
        }
        item->setVisible(false);
    }
    impl_->label->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
    // Where there is room for the label is known only once the axes have their place.
    connect(&canvas(), &QCustomPlot::afterLayout, this, [this] { impl_->alignLabel(); });
}

HistogramPlot::~HistogramPlot() = default;

std::optional<double> HistogramPlot::Impl::draggedNow() const {
    const ExplorationPtr& exploration = view.exploration();
    if (!dragged || !exploration->complete() || dragged->score != exploration->metrics->score ||
        dragged->level != levelOf(*exploration, view.row()))
        return std::nullopt;
    return dragged->threshold;
}

double HistogramPlot::threshold() const {
    if (!exploration()) return std::numeric_limits<double>::quiet_NaN();
    return impl_->draggedNow().value_or(exploration()->metrics->average.threshold[row()]);
}

AcceptedShares HistogramPlot::Impl::sharesNow() const {
    const Exploration& exploration = *view.exploration();
    if (const auto threshold = draggedNow()) return acceptedAt(exploration, view.row(), *threshold);
    AcceptedShares shares{.id = exploration.metrics->average.tpr[view.row()], .ood = {}};
    for (const OodLevels& levels : exploration.metrics->ood)
        shares.ood.push_back(levels.metrics.fpr95[view.row()]);
    return shares;
}

QString HistogramPlot::Impl::scoreName() const {
    switch (view.exploration()->metrics->score) {
        case ScoreKind::Msp:
            return tr("MSP score (softmax probability)");
        case ScoreKind::MaxLogit:
            return tr("MaxLogit score (logits)");
        case ScoreKind::Energy:
            break;
    }
    return tr("Energy score (logits)");
}

QString HistogramPlot::Impl::scoreText(double score) const {
    return view.locale().toString(score, 'g', 5);
}

QString HistogramPlot::Impl::thresholdText() const {
    const AcceptedShares shares = sharesNow();
    QStringList parts{tr("threshold %1").arg(scoreText(view.threshold())),
                      tr("TPR %1").arg(percentText(shares.id, view.locale()))};
    for (std::size_t i = 0; i < shares.ood.size(); ++i) {
        if (!view.isSetHidden(name(i + 1)))
            parts.append(tr("FPR %1 %2").arg(name(i + 1), percentText(shares.ood[i], view.locale())));
    }
    return parts.join(QStringLiteral(" · "));
}

QString HistogramPlot::Impl::name(std::size_t set) const {
    return QString::fromStdString(histogramsOf(*view.exploration(), set).name);
}

QColor HistogramPlot::Impl::color(std::size_t set) const {
    return set == 0 ? view.theme().id : view.theme().ood(static_cast<int>(set) - 1);
}

void HistogramPlot::createSetGraphs() {
    impl_->graphs.clear();
    for (std::size_t set = 0; set <= exploration()->metrics->ood.size(); ++set) {
        QCPGraph* graph = canvas().addGraph(impl_->x, impl_->y);
        graph->setLayer(canvas().moving());
        graph->setLineStyle(QCPGraph::lsStepLeft);
        // Every edge is upright or level: antialiasing would only blur it.
        graph->setAntialiased(false);
        graph->setAntialiasedFill(false);
        graph->setAdaptiveSampling(false);
        impl_->graphs.append(graph);
    }
    impl_->line->setVisible(true);
    impl_->label->setVisible(true);
}

void HistogramPlot::updateStatic() {
    for (std::size_t set = 0; set < static_cast<std::size_t>(impl_->graphs.size()); ++set) {
        QCPGraph* graph = impl_->graphs[static_cast<int>(set)];
        QColor fill = impl_->color(set);
        fill.setAlpha(theme().dark ? kDarkFillAlpha : kLightFillAlpha);
        graph->setName(impl_->name(set));
        graph->setPen(QPen(impl_->color(set), set == 0 ? 2 : 1));
        graph->setBrush(fill);
        graph->setVisible(!isSetHidden(impl_->name(set)));
    }
    QColor paper = theme().background;
    paper.setAlpha(kLabelAlpha);
    impl_->label->setBrush(paper);
    impl_->line->setPen(QPen(theme().current, 1.5, Qt::DashLine));
    impl_->x->setLabel(impl_->scoreName());
    impl_->y->setLabel(exploration()->metrics->score == ScoreKind::Msp ? tr("Density (share per unit)")
                                                                       : tr("Density (share per logit)"));
}

double HistogramPlot::Impl::fillGraph(std::size_t set) {
    const Exploration& exploration = *view.exploration();
    const HistogramBins& bins = exploration.curves->bins[view.row()];
    const SetHistograms& histograms = histogramsOf(exploration, set);
    double highest = 0;
    points.clear();
    points.reserve(static_cast<int>(bins.count) + 2);
    points.append(QCPGraphData(bins.edge(0), 0));
    for (std::size_t bin = 0; bin < bins.count; ++bin) {
        const double density = densityOf(histograms, view.row(), bin, bins.width());
        highest = std::max(highest, density);
        points.append(QCPGraphData(bins.edge(bin), density));
    }
    points.append(QCPGraphData(bins.edge(bins.count), 0));
    graphs[static_cast<int>(set)]->data()->set(points, true);
    return highest;
}

void HistogramPlot::Impl::placeThreshold() {
    const double threshold = view.threshold();
    const AcceptedShares shares = sharesNow();
    double sum = 0;
    for (const double fpr : shares.ood) sum += fpr;
    line->point1->setCoords(threshold, 0);
    line->point2->setCoords(threshold, 1);
    label->setText((shares.ood.size() > 1 ? tr("TPR %1 | mean FPR %2") : tr("TPR %1 | FPR %2"))
                       .arg(percentText(shares.id, view.locale(), 1),
                            percentText(sum / static_cast<double>(shares.ood.size()), view.locale(), 1)));
    label->position->setCoords(threshold, 0);
    alignLabel();
}

/// The label stands on the right of its line where it ends before the axes do.
void HistogramPlot::Impl::alignLabel() {
    const QMargins padding = label->padding();
    const int width =
        QFontMetrics(label->font()).horizontalAdvance(label->text()) + padding.left() + padding.right();
    const bool fits = x->coordToPixel(label->position->key()) + width <= rect->right();
    label->setPositionAlignment(Qt::AlignTop | (fits ? Qt::AlignLeft : Qt::AlignRight));
}

void HistogramPlot::updateRow() {
    double highest = 0;
    for (std::size_t set = 0; set < static_cast<std::size_t>(impl_->graphs.size()); ++set) {
        const double top = impl_->fillGraph(set);
        if (!isSetHidden(impl_->name(set))) highest = std::max(highest, top);
    }
    const HistogramBins& bins = exploration()->curves->bins[row()];
    canvas().setHome(impl_->x, QCPRange(bins.low, bins.high));
    canvas().setHome(impl_->y, QCPRange(0, highest > 0 ? niceCeiling(kRoomAbove * highest) : 1));
    impl_->placeThreshold();
}

QVector<LegendEntry> HistogramPlot::legendEntries() const {
    QVector<LegendEntry> entries;
    for (std::size_t set = 0; set < static_cast<std::size_t>(impl_->graphs.size()); ++set) {
        const QCPGraph* graph = impl_->graphs[static_cast<int>(set)];
        entries.append({.name = impl_->name(set),
                        .pen = graph->pen(),
                        .fill = graph->brush(),
                        .marker = {},
                        .hidden = isSetHidden(impl_->name(set))});
    }
    return entries;
}

QString HistogramPlot::caption() const {
    return tr("%1 · threshold %2")
        .arg(rowText(exploration()->metrics->levels, row(), locale()), impl_->scoreText(threshold()));
}

PlotReading HistogramPlot::readingAt(QPointF position) const {
    if (!impl_->rect->rect().contains(position.toPoint())) return {};
    if (std::abs(position.x() - impl_->linePixel()) <= kGrabDistance)
        return {.text = impl_->thresholdText(), .color = theme().text, .point = {}};
    const HistogramBins& bins = exploration()->curves->bins[row()];
    const double score = impl_->x->pixelToCoord(position.x());
    const double at = (score - bins.low) / bins.width();
    if (at < 0 || at >= static_cast<double>(bins.count)) return {};
    const auto bin = static_cast<std::size_t>(at);
    PlotReading reading{
        .text = tr("score %1").arg(impl_->scoreText(score)), .color = theme().text, .point = {}};
    double nearest = kReadDistance;
    for (std::size_t set = 0; set < static_cast<std::size_t>(impl_->graphs.size()); ++set) {
        const SetHistograms& histograms = histogramsOf(*exploration(), set);
        const double density = densityOf(histograms, row(), bin, bins.width());
        const double distance = std::abs(impl_->y->coordToPixel(density) - position.y());
        if (isSetHidden(impl_->name(set)) || distance >= nearest) continue;
        nearest = distance;
        reading.text =
            tr("%1 · score %2 to %3 · density %4 (%5 of %6 images)")
                .arg(impl_->name(set), impl_->scoreText(bins.edge(bin)), impl_->scoreText(bins.edge(bin + 1)),
                     locale().toString(density, 'g', 3), locale().toString(histograms.counts[row()][bin]),
                     locale().toString(static_cast<qulonglong>(histograms.samples)));
        reading.color = impl_->color(set);
        reading.axisRect = 0;
        reading.point = {bins.low + (static_cast<double>(bin) + 0.5) * bins.width(), density};
    }
    return reading;
}

QString HistogramPlot::toolTipAt(QPointF position) const {
    if (!impl_->rect->rect().contains(position.toPoint()) ||
        std::abs(position.x() - impl_->linePixel()) > kGrabDistance)
        return {};
    return tr(
        "Images with a score right of the threshold are accepted as in-distribution. TPR: share of ID images "
        "accepted; FPR: share of OOD images accepted. Drag the line to try another threshold, double click "
        "to "
        "take it back.");
}

bool HistogramPlot::grabs(QPointF position) {
    impl_->grabbedAt = position.x();
    impl_->grabOffset = impl_->linePixel() - position.x();
    return exploration()->complete() && impl_->rect->rect().contains(position.toPoint()) &&
           std::abs(impl_->grabOffset) <= kGrabDistance;
}

void HistogramPlot::dragTo(QPointF position) {
    // The press alone moves nothing: from pixel and back would not be quite the same threshold.
    if (position.x() == impl_->grabbedAt) return;
    impl_->grabbedAt = std::numeric_limits<double>::quiet_NaN();
    const HistogramBins& bins = exploration()->curves->bins[row()];
    const double threshold =
        std::clamp(impl_->x->pixelToCoord(position.x() + impl_->grabOffset), bins.low, bins.high);
    impl_->dragged = Impl::Dragged{threshold, levelOf(*exploration(), row()), exploration()->metrics->score};
    drawSoon(false);
    emit thresholdDragged(threshold);
}

Qt::CursorShape HistogramPlot::cursorAt(QPointF position) const {
    const bool onLine = exploration()->complete() && impl_->rect->rect().contains(position.toPoint()) &&
                        std::abs(position.x() - impl_->linePixel()) <= kGrabDistance;
    return onLine ? Qt::SplitHCursor : Qt::ArrowCursor;
}

void HistogramPlot::userReset(bool doubleClick) {
    if (!doubleClick || !impl_->dragged) return;
    impl_->dragged.reset();
    drawSoon(false);
    if (exploration()) emit thresholdDragged(threshold());
}

std::unique_ptr<PlotView> HistogramPlot::emptyTwin() const {
    auto copy = std::make_unique<HistogramPlot>();
    copy->impl_->dragged = impl_->dragged;
    return copy;
}

}  // namespace dicescope
