#include "ui/inspect/map_view.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <utility>

#include "ui/base/colour_map.h"
#include "ui/plots/heatmap_view.h"

namespace dicescope {
namespace {

constexpr int kDigits = 4;

/// Everything that a picture is made of, shared by the view and the copies that are exported.
struct MapState {
    InspectionPtr inspection;
    ContributionMap map;
    std::size_t row = 0;
    MapPicture picture;
};

QImage picture(MapState& state, QRect cells, QSize pixels, const Theme& theme) {
    const CellRegion region{static_cast<std::size_t>(cells.top()), static_cast<std::size_t>(cells.height()),
                            static_cast<std::size_t>(cells.left()), static_cast<std::size_t>(cells.width())};
    state.map.reduce(region, static_cast<std::size_t>(pixels.width()),
                     static_cast<std::size_t>(pixels.height()), state.inspection->level(state.row),
                     state.picture);
    const DivergingColours colours(theme);
    const double range = state.inspection->table->colourRange();
    QImage image(static_cast<int>(state.picture.width), static_cast<int>(state.picture.height),
                 QImage::Format_RGB32);
    const std::span<const float> values(state.picture.value);
    const std::span<const std::uint8_t> dropped(state.picture.dropped);
    for (int y = 0; y < image.height(); ++y) {
        const std::size_t first = static_cast<std::size_t>(y) * state.picture.width;
        colours.paint(values.subspan(first, state.picture.width), dropped.subspan(first, state.picture.width),
                      range, reinterpret_cast<QRgb*>(image.scanLine(y)));
    }
    return image;
}

QString reading(const MapState& state, int row, int column) {
    const std::size_t c = state.map.classAt(static_cast<std::size_t>(row));
    const std::size_t unit = state.map.unitAt(static_cast<std::size_t>(column));
    const CellFacts facts = state.inspection->table->facts(c, unit);
    const QLocale locale;
    const auto number = [&](double value) { return locale.toString(value, 'g', kDigits); };
    const bool kept = state.inspection->mask(state.row).keeps(c, unit);
    return MapView::tr("%1 · unit %2 · w %3 · mean h %4 · V %5 · rank %6 of %7 · dropped from p = %8 % (%9)")
        .arg(QString::fromStdString(state.inspection->className(c)))
        .arg(unit)
        .arg(number(facts.weight), number(facts.meanActivation), number(facts.contribution),
             locale.toString(static_cast<qulonglong>(facts.rank)),
             locale.toString(static_cast<qulonglong>(facts.weights)),
             locale.toString(facts.droppedAt, 'f', 3), kept ? MapView::tr("kept") : MapView::tr("dropped"));
}

QByteArray csvField(const std::string& text) {
    QByteArray field = QByteArray::fromStdString(text);
    field.replace('"', "\"\"");
    return '"' + field + '"';
}

/// One line a weight, in the order of the head.
QByteArray numbers(const Inspection& inspection, std::size_t row) {
    const auto number = [](double value) {
        return QByteArray::number(value, 'g', QLocale::FloatingPointShortest);
    };
    const HeadView head = inspection.head();
    const HeadMask mask = inspection.mask(row);
    QByteArray csv = "class,unit,weight,mean_activation,contribution,kept\n";
    for (std::size_t c = 0; c < head.classes(); ++c) {
        const QByteArray name = csvField(inspection.className(c));
        for (std::size_t d = 0; d < head.units(); ++d) {
            const double weight = static_cast<double>(head.weight(c, d));
            const double mean = inspection.inputs->featureMean[d];
            csv += name + ',' + QByteArray::number(static_cast<qulonglong>(d)) + ',' + number(weight) + ',' +
                   number(mean) + ',' + number(weight * mean) + (mask.keeps(c, d) ? ",1\n" : ",0\n");
        }
    }
    return csv;
}

QVector<std::pair<QString, QColor>> legend(double range, const Theme& theme) {
    const DivergingColours colours(theme);
    const QString bound = QLocale().toString(range, 'g', 2);
    return {{MapView::tr("V ≤ −%1").arg(bound), QColor(colours.at(-range, range))},
            {MapView::tr("0"), QColor(colours.at(0, range))},
            {MapView::tr("V ≥ %1").arg(bound), QColor(colours.at(range, range))},
            {MapView::tr("dropped"), QColor(colours.faded(range, range))}};
}

}  // namespace

struct MapView::Impl {
    std::shared_ptr<MapState> state;
    std::size_t selectedClass = 0;
    std::size_t selectedUnit = 0;
};

MapView::MapView(QWidget* parent)
    : QWidget(parent),
      heatmap_(new HeatmapView(tr("Contributions"))),
      units_(new QComboBox),
      classes_(new QComboBox),
      impl_(std::make_unique<Impl>()) {
    heatmap_->setObjectName("contributionMap");
    units_->addItems({tr("by total contribution"), tr("by mean activation"), tr("as they are")});
    units_->setObjectName("unitOrder");
    units_->setAccessibleName(tr("Order of the units"));
    units_->setToolTip(
        tr("The order of the columns: the sum of the unit's contributions to all classes, its "
           "mean activation over the ID training images, or its place in the layer"));
    classes_->addItems({tr("by index"), tr("by name")});
    classes_->setObjectName("classOrder");
    classes_->setAccessibleName(tr("Order of the classes"));
    classes_->setToolTip(tr("The order of the rows"));
    auto* choices = new QHBoxLayout;
    choices->addWidget(new QLabel(tr("Units")));
    choices->addWidget(units_);
    choices->addSpacing(8);
    choices->addWidget(new QLabel(tr("Classes")));
    choices->addWidget(classes_);
    choices->addStretch();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4, 4, 4, 0);
    column->addLayout(choices);
    column->addWidget(heatmap_, 1);
    for (QComboBox* box : {units_, classes_})
        connect(box, qOverload<int>(&QComboBox::currentIndexChanged), this, &MapView::orderChanged);
    connect(heatmap_, &HeatmapView::cellPicked, this, [this](int row, int cell) {
        if (!impl_->state) return;
        emit picked(impl_->state->map.classAt(static_cast<std::size_t>(row)),
                    impl_->state->map.unitAt(static_cast<std::size_t>(cell)));
    });
}

MapView::~MapView() = default;

UnitOrder MapView::unitOrder() const {
    constexpr UnitOrder kOrders[] = {UnitOrder::TotalContribution, UnitOrder::MeanActivation,
                                     UnitOrder::AsTheyAre};
    return kOrders[units_->currentIndex()];
}

ClassOrder MapView::classOrder() const {
    return classes_->currentIndex() == 0 ? ClassOrder::Index : ClassOrder::Name;
}

void MapView::setMap(InspectionPtr inspection, std::optional<ContributionMap> map) {
    if (!inspection || !map) {
        impl_->state.reset();
        heatmap_->setSource({});
        return;
    }
    const std::size_t row = impl_->state ? impl_->state->row : inspection->exploration->denseRow();
    impl_->state = std::make_shared<MapState>(MapState{std::move(inspection), std::move(*map), row, {}});
    const auto state = impl_->state;
    HeatmapSource source;
    source.columns = static_cast<int>(state->map.units());
    source.rows = static_cast<int>(state->map.classes());
    source.columnLabel = tr("units, %1").arg(units_->currentText());
    source.rowLabel = tr("classes, %1").arg(classes_->currentText());
    source.caption = tr("V = weight × mean activation over the ID training images");
    source.picture = [state](QRect cells, QSize pixels, const Theme& theme) {
        return picture(*state, cells, pixels, theme);
    };
    source.reading = [state](int atRow, int atColumn) { return reading(*state, atRow, atColumn); };
    source.numbers = [state]() -> std::function<QByteArray()> {
        return [inspected = state->inspection, atRow = state->row] { return numbers(*inspected, atRow); };
    };
    source.rowName = [state](int atRow) {
        const std::size_t c = state->map.classAt(static_cast<std::size_t>(atRow));
        return QString::fromStdString(state->inspection->className(c));
    };
    source.columnName = [state](int atColumn) {
        return QString::number(state->map.unitAt(static_cast<std::size_t>(atColumn)));
    };
    source.legend = [range = state->inspection->table->colourRange()](const Theme& theme) {
        return legend(range, theme);
    };
    heatmap_->setSource(std::move(source));
    setSelected(impl_->selectedClass, impl_->selectedUnit);
}

void MapView::setRow(std::size_t row) {
    if (!impl_->state || impl_->state->row == row) return;
    impl_->state->row = row;
    heatmap_->refresh();
}

void MapView::setSelected(std::size_t c, std::size_t unit) {
    impl_->selectedClass = c;
    impl_->selectedUnit = unit;
    if (!impl_->state || c >= impl_->state->map.classes() || unit >= impl_->state->map.units()) return;
    heatmap_->setSelected(static_cast<int>(impl_->state->map.rowOf(c)),
                          static_cast<int>(impl_->state->map.columnOf(unit)));
}

void MapView::setTheme(const Theme& theme) {
    heatmap_->setTheme(theme);
}

}  // namespace dicescope
