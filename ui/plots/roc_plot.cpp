#include "ui/plots/roc_plot.h"

#include <QCheckBox>
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/plots/plot_canvas_internal.h"
#include "ui/plots/plot_legend_internal.h"
#include "ui/plots/plot_ticks_internal.h"

namespace dicescope {
namespace {

constexpr double kSmallestFpr = 1e-4;
constexpr double kMargin = 0.01;      // around the unit square, so that curves on its sides are whole
constexpr double kReadDistance = 40;  // pixels
constexpr double kPointSize = 8;
constexpr int kDiagonalPoints = 100;
constexpr int kDenseAlpha = 150;

constexpr std::array kShapes{QCPScatterStyle::ssCircle,           QCPScatterStyle::ssSquare,
                             QCPScatterStyle::ssDiamond,          QCPScatterStyle::ssTriangle,
                             QCPScatterStyle::ssTriangleInverted, QCPScatterStyle::ssPlusCircle};

void setCurve(QCPGraph* graph, const std::vector<RocVertex>& curve, QVector<QCPGraphData>& points) {
    points.resize(static_cast<int>(curve.size()));
    std::transform(curve.begin(), curve.end(), points.begin(), [](const RocVertex& vertex) {
        return QCPGraphData(static_cast<double>(vertex.fpr), static_cast<double>(vertex.tpr));
    });
    graph->data()->set(points, true);
}

}  // namespace

struct RocPlot::Impl {
    QCPAxisRect* rect = nullptr;
    QCPAxis* x = nullptr;
    QCPAxis* y = nullptr;
    QCheckBox* logarithmic = nullptr;
    QCPGraph* diagonal = nullptr;
    QVector<QCPGraph*> dense;
    QVector<QCPGraph*> curves;
    QVector<QCPGraph*> operating;
    QVector<QCPGraphData> points;
};

RocPlot::RocPlot(QWidget* parent)
    : PlotView(tr("ROC"), tr("ROC curves"), parent), impl_(std::make_unique<Impl>()) {
    setObjectName(QStringLiteral("rocPlot"));
    impl_->rect = canvas().addAxisRect();
    impl_->x = impl_->rect->axis(QCPAxis::atBottom);
    impl_->y = impl_->rect->axis(QCPAxis::atLeft);
    impl_->x->setLabel(tr("FPR (% of OOD accepted)"));
    impl_->y->setLabel(tr("TPR (% of ID accepted)"));
    impl_->y->setTicker(QSharedPointer<PercentTicker>::create());
    canvas().addAxis(impl_->x);
    canvas().addAxis(impl_->y);
    canvas().setHome(impl_->y, QCPRange(-kMargin, 1 + kMargin));
    impl_->logarithmic = new QCheckBox(tr("Log FPR"), this);
    impl_->logarithmic->setObjectName(QStringLiteral("rocLogFpr"));
    impl_->logarithmic->setAccessibleName(tr("Logarithmic FPR axis"));
    impl_->logarithmic->setToolTip(
        tr("Show FPR on a logarithmic axis from 0.01 % on, where good detectors differ most."));
    addToTitleRow(impl_->logarithmic);
    connect(impl_->logarithmic, &QCheckBox::clicked, this, [this](bool checked) {
        setLogarithmicFpr(checked);
        emit logarithmicFprToggled(checked);
    });
    setLogarithmicFpr(false);
}

RocPlot::~RocPlot() = default;

void RocPlot::setLogarithmicFpr(bool logarithmic) {
    impl_->logarithmic->setChecked(logarithmic);
    const QCPRange home =
        logarithmic ? QCPRange(kSmallestFpr, 1 + 5 * kMargin) : QCPRange(-kMargin, 1 + kMargin);
    // A logarithmic axis must have a positive range at any moment.
    if (!logarithmic) impl_->x->setScaleType(QCPAxis::stLinear);
    canvas().setHome(impl_->x, home);
    canvas().resetAxis(impl_->x);
    if (logarithmic) {
        impl_->x->setScaleType(QCPAxis::stLogarithmic);
        impl_->x->setTicker(QSharedPointer<LogPercentTicker>::create());
    } else {
        impl_->x->setTicker(QSharedPointer<PercentTicker>::create());
    }
    drawSoon(true);
}

bool RocPlot::logarithmicFpr() const {
    return impl_->logarithmic->isChecked();
}

void RocPlot::createSetGraphs() {
    const auto sets = static_cast<int>(exploration()->metrics->ood.size());
    const auto addGraph = [this](QCPLayer* layer) {
        QCPGraph* graph = canvas().addGraph(impl_->x, impl_->y);
        graph->setLayer(layer);
        return graph;
    };
    QCPLayer* still = canvas().layer(QStringLiteral("main"));
    for (auto* graphs : {&impl_->dense, &impl_->curves, &impl_->operating}) graphs->clear();
    impl_->diagonal = addGraph(still);
    for (int i = 0; i < sets; ++i) impl_->dense.append(addGraph(still));
    for (int i = 0; i < sets; ++i) impl_->curves.append(addGraph(canvas().moving()));
    for (int i = 0; i < sets; ++i) {
        impl_->operating.append(addGraph(canvas().moving()));
        impl_->operating.last()->setLineStyle(QCPGraph::lsNone);
    }
    QVector<QCPGraphData> diagonal{QCPGraphData(0, 0)};
    for (int i = 0; i <= kDiagonalPoints; ++i) {
        const double share = std::pow(kSmallestFpr, 1 - static_cast<double>(i) / kDiagonalPoints);
        diagonal.append(QCPGraphData(share, share));
    }
    impl_->diagonal->data()->set(diagonal, true);
}

void RocPlot::updateStatic() {
    impl_->diagonal->setPen(QPen(theme().faintText, 1, Qt::DotLine));
    for (int i = 0; i < impl_->curves.size(); ++i) {
        const SetRocs& rocs = exploration()->curves->rocs[static_cast<std::size_t>(i)];
        const QString name = QString::fromStdString(rocs.name);
        const QColor color = theme().ood(i);
        QColor pale = color;
        pale.setAlpha(kDenseAlpha);
        impl_->dense[i]->setPen(QPen(pale, 1, Qt::DashLine));
        impl_->dense[i]->setName(tr("%1, dense").arg(name));
        impl_->curves[i]->setPen(QPen(color, 1.5));
        impl_->curves[i]->setName(name);
        impl_->operating[i]->setName(tr("%1, operating point").arg(name));
        impl_->operating[i]->setScatterStyle(
            QCPScatterStyle(kShapes[static_cast<std::size_t>(i) % kShapes.size()],
                            QPen(theme().background, 1), QBrush(color), kPointSize));
        for (auto* graphs : {&impl_->dense, &impl_->curves, &impl_->operating})
            (*graphs)[i]->setVisible(!isSetHidden(name));
        setCurve(impl_->dense[i], rocs.curves[exploration()->denseRow()], impl_->points);
    }
}

void RocPlot::updateRow() {
    for (int i = 0; i < impl_->curves.size(); ++i) {
        const auto set = static_cast<std::size_t>(i);
        setCurve(impl_->curves[i], exploration()->curves->rocs[set].curves[row()], impl_->points);
        const MetricColumns& metrics = exploration()->metrics->ood[set].metrics;
        const QVector<QCPGraphData> point{QCPGraphData(metrics.fpr95[row()], metrics.tpr[row()])};
        impl_->operating[i]->data()->set(point, true);
    }
}

QVector<LegendEntry> RocPlot::legendEntries() const {
    QVector<LegendEntry> entries;
    for (int i = 0; i < impl_->curves.size(); ++i) {
        const QString name = impl_->curves[i]->name();
        entries.append({.name = name,
                        .pen = impl_->curves[i]->pen(),
                        .fill = {},
                        .marker = impl_->operating[i]->scatterStyle(),
                        .hidden = isSetHidden(name)});
    }
    entries.append({.name = tr("dense head"),
                    .pen = QPen(theme().faintText, 1, Qt::DashLine),
                    .fill = {},
                    .marker = {},
                    .toggles = false});
    return entries;
}

QString RocPlot::caption() const {
    return tr("%1 · points at TPR %2 %")
        .arg(rowText(exploration()->metrics->levels, row(), locale()),
             levelName(exploration()->metrics->tprLevel));
}

PlotReading RocPlot::readingAt(QPointF position) const {
    if (!impl_->rect->rect().contains(position.toPoint())) return {};
    int set = -1;
    QPointF point;
    double nearest = kReadDistance * kReadDistance;
    for (int i = 0; i < impl_->curves.size(); ++i) {
        if (!impl_->curves[i]->visible()) continue;
        for (const QCPGraphData& datum : *impl_->curves[i]->data()) {
            const double dx = impl_->x->coordToPixel(datum.key) - position.x();
            const double dy = impl_->y->coordToPixel(datum.value) - position.y();
            if (dx * dx + dy * dy >= nearest) continue;
            nearest = dx * dx + dy * dy;
            set = i;
            point = {datum.key, datum.value};
        }
    }
    if (set < 0) return {};
    return {.text = tr("%1 · FPR %2 · TPR %3")
                        .arg(impl_->curves[set]->name(), percentText(point.x(), locale()),
                             percentText(point.y(), locale())),
            .color = theme().ood(set),
            .axisRect = 0,
            .point = point};
}

std::unique_ptr<PlotView> RocPlot::emptyTwin() const {
    auto copy = std::make_unique<RocPlot>();
    copy->setLogarithmicFpr(logarithmicFpr());
    return copy;
}

}  // namespace dicescope
