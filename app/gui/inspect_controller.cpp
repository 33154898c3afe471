#include "app/gui/inspect_controller.h"

#include <QLocale>
#include <algorithm>
#include <utility>

#include "ui/inspect/class_view.h"
#include "ui/inspect/inspect_charts.h"
#include "ui/inspect/map_view.h"
#include "ui/inspect/selection_bar.h"
#include "ui/inspect/unit_view.h"

namespace dicescope {
namespace {

constexpr std::size_t kUnitBins = 80;
constexpr std::size_t kStrongest = 8;  // images of each set
constexpr int kThumbnailSide = 64;
constexpr std::uint32_t kRowsOfKey = 24;  // bits of a thumbnail's key that count rows

std::uint32_t keyOf(std::size_t set, std::size_t row) {
    return static_cast<std::uint32_t>((set << kRowsOfKey) | row);
}

QStringList classNames(const Inspection& inspection) {
    QStringList names;
    for (std::size_t c = 0; c < inspection.head().classes(); ++c)
        names << QString::fromStdString(inspection.className(c));
    return names;
}

/// What the unit view shows.
struct UnitResult {
    std::size_t unit = 0;
    UnitHistograms histograms;
    std::vector<OutgoingWeight> weights;
    std::vector<UnitImage> images;
};

Result<UnitResult> computeUnit(const Inspection& inspection, std::size_t unit, std::size_t row) {
    UnitResult result{.unit = unit, .histograms = {}, .weights = {}, .images = {}};
    std::vector<MatrixView<const float>> sets;
    for (std::size_t s = 0; s < inspection.sets.size(); ++s) sets.push_back(inspection.features(s).features);
    auto histograms = unitHistograms(sets, unit, kUnitBins, inspection.clip());
    if (!histograms) return forwardError(histograms);
    result.histograms = std::move(*histograms);
    auto weights =
        outgoingWeights(inspection.head(), inspection.mask(row), inspection.inputs->featureMean, unit);
    if (!weights) return forwardError(weights);
    result.weights = std::move(*weights);
    for (std::size_t s = 0; s < sets.size(); ++s) {
        for (const UnitActivation& image : strongestRows(sets[s], unit, kStrongest)) {
            result.images.push_back({static_cast<std::uint32_t>(s), static_cast<std::uint32_t>(image.row),
                                     QStringLiteral("%1\n%2").arg(
                                         QString::fromStdString(inspection.sets[s].set->name),
                                         QLocale().toString(static_cast<double>(image.activation), 'g', 3))});
        }
    }
    return result;
}

QString unitFacts(const Inspection& inspection, const UnitResult& result, std::size_t row) {
    const QLocale locale;
    const auto keptBy = std::ranges::count_if(result.weights, &OutgoingWeight::kept);
    QStringList parts;
    for (std::size_t s = 0; s < inspection.sets.size(); ++s) {
        const UnitStatistics& statistics = inspection.sets[s].statistics;
        parts << InspectController::tr("%1: mean %2, zeros %3 %")
                     .arg(QString::fromStdString(inspection.sets[s].set->name),
                          locale.toString(statistics.mean[result.unit], 'g', 3),
                          locale.toString(100 * statistics.zeroShare[result.unit], 'f', 1));
    }
    return InspectController::tr("<b>Unit %1</b> · at %2 kept for %3 of %4 classes · %5")
        .arg(result.unit)
        .arg(rowLabel(inspection, row))
        .arg(keptBy)
        .arg(result.weights.size())
        .arg(parts.join(QStringLiteral(" · ")).toHtmlEscaped());
}

}  // namespace

InspectController::InspectController(InspectPage& page, const std::filesystem::path& thumbnails,
                                     QObject* parent)
    : QObject(parent),
      page_(page),
      edits_(page.unit().edits()),
      images_(page.images(), thumbnails),
      theory_(page.theory()),
      unitThumbnails_(thumbnails) {
    connectPage();
    connectTask(inspect_, tr("Reading the features"));
    connectTask(map_, {});
    connectTask(class_, tr("Logits of the class"));
    connectTask(unit_, {});
    connectTask(theory_.covariances(), tr("Covariances"));
    connectTask(theory_.outputs(), tr("Outputs of the class"));
    connectTask(edits_.task(), tr("Logits of all images"));
    connect(&edits_, &EditsController::keptChanged, this, &InspectController::keptEditsChanged);
    connect(&edits_, &EditsController::levelWanted, this, &InspectController::levelWanted);
    connect(&edits_, &EditsController::unitPicked, this, &InspectController::selectUnit);
    connect(&images_, &ImagesController::unitPicked, this, [this](std::size_t picked) {
        selectUnit(picked);
        page_.setView(InspectPage::Unit);
    });
    connect(&images_, &ImagesController::classPicked, this, &InspectController::selectClass);
    const auto maybeIdle = [this] {
        if (idle()) emit becameIdle();
    };
    connect(&images_, &ImagesController::becameIdle, this, maybeIdle);
    connect(&unitThumbnails_, &ThumbnailLoader::becameIdle, this, maybeIdle);
    connect(&unitThumbnails_, &ThumbnailLoader::ready, this, [this](quint32 key, const QImage& thumbnail) {
        page_.unit().setThumbnail(key >> kRowsOfKey, key & ((1U << kRowsOfKey) - 1), thumbnail);
    });
}

InspectController::~InspectController() = default;

void InspectController::connectPage() {
    connect(&page_, &InspectPage::viewChanged, this, &InspectController::refresh);
    SelectionBar& selection = page_.selection();
    connect(&selection, &SelectionBar::classChanged, this,
            [this](int index) { selectClass(static_cast<std::size_t>(index)); });
    connect(&selection, &SelectionBar::unitChanged, this,
            [this](int index) { selectUnit(static_cast<std::size_t>(index)); });
    connect(&selection, &SelectionBar::oodSetChanged, this, &InspectController::refresh);
    connect(&page_.map(), &MapView::orderChanged, this, [this] {
        mapStale_ = true;
        refresh();
    });
    connect(&page_.map(), &MapView::picked, this, [this](std::size_t c, std::size_t picked) {
        page_.selection().setUnit(static_cast<int>(picked));
        selectClass(c);
        selectUnit(picked);
    });
    connect(&page_.classes(), &ClassView::unitPicked, this, &InspectController::selectUnit);
    connect(&page_.unit(), &UnitView::classPicked, this, &InspectController::selectClass);
    connect(&page_.unit(), &UnitView::imagePicked, this, &InspectController::selectImage);
}

void InspectController::connectTask(LatestTask& task, const QString& what) {
    connect(&task, &LatestTask::becameIdle, this, [this] {
        if (idle()) emit becameIdle();
    });
    if (what.isEmpty()) return;
    connect(&task, &LatestTask::waitingChanged, this,
            [this, what](bool waiting) { page_.setProgress(waiting ? what : QString(), -1); });
    connect(&task, &LatestTask::progress, this, [this, what](const Progress& snapshot) {
        page_.setProgress(what, snapshot.total == 0 ? -1
                                                    : static_cast<double>(snapshot.done) /
                                                          static_cast<double>(snapshot.total));
    });
}

std::vector<LatestTask*> InspectController::tasks() {
    return {&inspect_, &map_, &class_, &unit_, &theory_.covariances(), &theory_.outputs(), &edits_.task()};
}

bool InspectController::idle() const {
    const auto all = const_cast<InspectController*>(this)->tasks();
    return images_.idle() && unitThumbnails_.idle() &&
           std::ranges::all_of(all, [](const LatestTask* task) { return task->idle(); });
}

void InspectController::stopAll() {
    for (LatestTask* task : tasks()) task->cancel();
    unitThumbnails_.cancel();
    images_.stopAll();
}

std::size_t InspectController::classIndex() const {
    return static_cast<std::size_t>(std::max(0, page_.selection().selectedClass()));
}

std::size_t InspectController::unit() const {
    return static_cast<std::size_t>(std::max(0, page_.selection().selectedUnit()));
}

std::size_t InspectController::oodSet() const {
    return static_cast<std::size_t>(std::max(0, page_.selection().selectedOodSet()));
}

void InspectController::setModel(const std::filesystem::path& path, const ClassifierOptions& options) {
    images_.setModel(path, options);
}

void InspectController::setShown(bool shown) {
    shown_ = shown;
    if (!shown) return;
    if (exploration_ && !inspection_ && !inspect_.waiting()) prepare();
    refresh();
}

void InspectController::setExploration(std::shared_ptr<const AnalysisInputs> inputs,
                                       ExplorationPtr exploration, std::size_t row, const QString& missing) {
    row_ = row;
    if (exploration && exploration == exploration_) return;
    for (LatestTask* task : tasks()) task->cancel();
    inputs_ = std::move(inputs);
    exploration_ = std::move(exploration);
    inspection_.reset();
    mapStale_ = true;
    page_.setWaiting(exploration_ ? tr("Reading the features…") : missing);
    if (!exploration_) {
        images_.setInspection(nullptr);
        edits_.setInspection(nullptr, 0);
        theory_.setInspection(nullptr);
        page_.map().setMap(nullptr, std::nullopt);
        page_.unit().clear();
        page_.classes().clear();
    }
    if (exploration_ && shown_) prepare();
}

void InspectController::prepare() {
    inspect_.start([inputs = inputs_,
                    exploration = exploration_](const Job& job) { return inspect(inputs, exploration, job); },
                   [this](const Result<InspectionPtr>& inspection) { prepared(inspection); });
}

void InspectController::prepared(const Result<InspectionPtr>& inspection) {
    if (!inspection) {
        page_.setWaiting(QString::fromStdString(inspection.error().message));
        emit failed(inspection.error());
        return;
    }
    inspection_ = *inspection;
    fillChoices();
    page_.setWaiting({});
    edits_.setInspection(inspection_, row_);
    edits_.setUnit(unit());
    images_.setInspection(inspection_);
    images_.setRow(row_);
    theory_.setInspection(inspection_);
    refresh();
}

// A unit that matters is more to look at than the first.
void InspectController::fillChoices() {
    const bool first = page_.selection().selectedClass() < 0;
    page_.selection().setChoices(classNames(*inspection_), static_cast<int>(inspection_->head().units()),
                                 setNames(*inspection_).mid(1));
    if (first)
        page_.selection().setUnit(
            static_cast<int>(inspection_->table->unitOrder(UnitOrder::TotalContribution).front()));
}

void InspectController::setRow(std::size_t row) {
    if (row == row_) return;
    row_ = row;
    if (!inspection_) return;
    page_.map().setRow(row);
    edits_.setRow(row);
    images_.setRow(row);
    refresh();
}

void InspectController::selectClass(std::size_t c) {
    page_.selection().setClass(static_cast<int>(c));
    images_.setClass(c);
    refresh();
}

void InspectController::selectUnit(std::size_t picked) {
    page_.selection().setUnit(static_cast<int>(picked));
    edits_.setUnit(picked);
    refresh();
}

void InspectController::selectImage(std::size_t set, std::size_t row) {
    images_.selectImage(set, row);
    page_.setView(InspectPage::Images);
}

void InspectController::refresh() {
    if (!inspection_ || !shown_) return;
    switch (page_.view()) {
        case InspectPage::Map:
            return refreshMap();
        case InspectPage::Class:
            return refreshClass();
        case InspectPage::Unit:
            return refreshUnit();
        case InspectPage::Theory:
            return theory_.show(classIndex(), oodSet(), row_);
        case InspectPage::Images:
        case InspectPage::ViewCount:
            return;
    }
}

void InspectController::refreshMap() {
    page_.map().setSelected(classIndex(), unit());
    page_.map().setRow(row_);
    if (!mapStale_) return;
    mapStale_ = false;
    map_.start(
        [inspection = inspection_, units = page_.map().unitOrder(),
         classes = page_.map().classOrder()](const Job&) {
            const ContributionTable& table = *inspection->table;
            return ContributionMap::make(table, inspection->plan, table.classOrder(classes),
                                         table.unitOrder(units));
        },
        [this, inspection = inspection_](const Result<ContributionMap>& map) {
            if (!map) return emit failed(map.error());
            page_.map().setMap(inspection, *map);
            page_.map().setRow(row_);
            page_.map().setSelected(classIndex(), unit());
        });
}

void InspectController::refreshClass() {
    class_.start(
        [inspection = inspection_, c = classIndex(), set = oodSet(),
         row = row_](const Job& job) -> Result<ClassResult> {
            std::vector<UnitStatistics> ood;
            for (std::size_t s = 1; s < inspection->sets.size(); ++s)
                ood.push_back(inspection->sets[s].statistics);
            const HeadView head = inspection->head();
            auto profile = classProfile(head, inspection->mask(row), c, inspection->sets[0].statistics, ood);
            if (!profile) return forwardError(profile);
            ClassResult result{
                .profile = std::move(*profile), .idLogits = {}, .oodLogits = {}, .row = row, .oodSet = set};
            const HeadMask masks[] = {HeadMask{}, inspection->mask(row)};
            for (std::size_t s : {std::size_t{0}, set + 1}) {
                auto logits =
                    classLogits(inspection->features(s).features, head, masks, c, inspection->clip(), job);
                if (!logits) return forwardError(logits);
                for (std::size_t m = 0; m < 2; ++m) {
                    const auto values = logits->logits.view().row(m);
                    (s == 0 ? result.idLogits : result.oodLogits)[m].assign(values.begin(), values.end());
                }
            }
            return result;
        },
        [this](const Result<ClassResult>& result) {
            if (!result) return emit failed(result.error());
            showClass(*result);
        });
}

void InspectController::showClass(const ClassResult& result) {
    page_.classes().setProfile(profileChart(*inspection_, result.profile, result.oodSet, result.profile.kept),
                               result.profile.units);
    page_.classes().setLogits(logitChart(*inspection_, {.classIndex = result.profile.classIndex,
                                                        .oodSet = result.oodSet,
                                                        .row = result.row,
                                                        .idDense = result.idLogits[0],
                                                        .idMasked = result.idLogits[1],
                                                        .oodDense = result.oodLogits[0],
                                                        .oodMasked = result.oodLogits[1]}));
}

void InspectController::refreshUnit() {
    unit_.start([inspection = inspection_, unit = unit(),
                 row = row_](const Job&) { return computeUnit(*inspection, unit, row); },
                [this, row = row_](const Result<UnitResult>& result) {
                    if (!result) return emit failed(result.error());
                    UnitView& view = page_.unit();
                    view.setFacts(unitFacts(*inspection_, *result, row));
                    view.setActivations(unitChart(*inspection_, result->unit, result->histograms));
                    view.setWeights(result->weights, classNames(*inspection_));
                    view.setImages(result->images);
                    QVector<ThumbnailRequest> wanted;
                    for (const UnitImage& image : result->images) {
                        const FeatureSet& set = inspection_->features(image.set);
                        wanted << ThumbnailRequest{
                            keyOf(image.set, image.row),
                            std::filesystem::path(set.provenance.folder) / set.paths[image.row]};
                    }
                    unitThumbnails_.request(std::move(wanted), kThumbnailSide);
                });
}

}  // namespace dicescope
