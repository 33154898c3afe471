#include "app/gui/inspect_controller.h"

#include <algorithm>
#include <utility>

#include "app/gui/inspect_work.h"
#include "ui/inspect/class_view.h"
#include "ui/inspect/inspect_charts.h"
#include "ui/inspect/map_view.h"
#include "ui/inspect/selection_bar.h"
#include "ui/inspect/theory_view.h"
#include "ui/inspect/unit_view.h"
#include "ui/plots/chart_view.h"
#include "ui/plots/heatmap_view.h"

namespace dicescope {
namespace {

constexpr int kThumbnailSide = 64;
constexpr std::uint32_t kRowsOfKey = 24;  // bits of a thumbnail's key that count rows

std::uint32_t keyOf(std::size_t set, std::size_t row) {
    return static_cast<std::uint32_t>((set << kRowsOfKey) | row);
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
    connectTask(theory_.covariances(), tr("Covariances"));
    connectTask(edits_.task(), tr("Logits of all images"));
    for (LatestTask* task : {&map_, &class_, &unit_, &theory_.outputs(), &theory_.gaps()})
        connectTask(*task, {});
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
    connect(&selection, &SelectionBar::classPinned, &images_, &ImagesController::setClassPinned);
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
    const std::size_t index = named_.size();
    named_.push_back({&task, what});
    connect(&task, &LatestTask::waitingChanged, this, [this, index] {
        named_[index].share = -1;
        refreshProgress();
    });
    connect(&task, &LatestTask::progress, this, [this, index](const Progress& snapshot) {
        named_[index].share = snapshot.total == 0
                                  ? -1
                                  : static_cast<double>(snapshot.done) / static_cast<double>(snapshot.total);
        refreshProgress();
    });
}

// Of the first that is not done, so that a short one does not hide a long one's line.
void InspectController::refreshProgress() {
    const auto first = std::ranges::find_if(named_, [](const Named& named) { return named.task->waiting(); });
    if (first == named_.end()) return page_.setProgress({}, -1);
    page_.setProgress(first->what, first->share);
}

std::vector<LatestTask*> InspectController::tasks() {
    return {&inspect_,          &map_,           &class_,       &unit_, &theory_.covariances(),
            &theory_.outputs(), &theory_.gaps(), &edits_.task()};
}

bool InspectController::idle() const {
    const auto all = const_cast<InspectController*>(this)->tasks();
    return images_.idle() && unitThumbnails_.idle() &&
           std::ranges::all_of(all, [](const LatestTask* task) { return task->idle(); });
}

void InspectController::stopAll() {
    const bool wasReading = inspect_.waiting();
    mapStale_ = mapStale_ || map_.waiting();
    for (LatestTask* task : tasks()) task->cancel();
    theory_.stopped();
    edits_.stopped();
    if (wasReading) page_.setWaiting(tr("Stopped. Choose the section anew to go on."));
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
    const bool sameInputs = exploration && exploration_ && inputs == inputs_;
    // Another score or binning leaves what follows from weights and features alone.
    if (!sameInputs || exploration->sweep != exploration_->sweep) theory_.setInspection(nullptr);
    for (LatestTask* task : {&inspect_, &map_, &class_, &unit_, &edits_.task()}) task->cancel();
    if (!sameInputs) unitThumbnails_.cancel();
    inputs_ = std::move(inputs);
    exploration_ = std::move(exploration);
    inspection_.reset();
    clearViews();
    page_.setWaiting(exploration_ ? tr("Reading the features…") : missing);
    if (!exploration_) {
        images_.setInspection(nullptr);
        edits_.setInspection(nullptr, 0);
    }
    if (exploration_ && shown_) prepare();
}

void InspectController::clearViews() {
    mapStale_ = true;
    shownUnit_.reset();
    page_.map().setMap(nullptr, std::nullopt);
    page_.unit().clear();
    clearClass();
}

void InspectController::clearClass() {
    shownClass_.reset();
    page_.classes().clear();
}

QList<const Exportable*> InspectController::plotsOf(const ExplorationPtr& exploration) const {
    if (!inspection_ || inspection_->exploration != exploration) return {};
    QList<const Exportable*> plots;
    if (!mapStale_ && !map_.waiting()) plots << &page_.map().heatmap();
    if (shownClass_ == choice()) plots << &page_.classes().profile() << &page_.classes().logits();
    if (shownUnit_ == unit()) plots << &page_.unit().activations();
    return plots << theory_.plotsOf(choice()) << images_.currentPlots();
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
    images_.setClass(classIndex());
    images_.setRow(row_);
    theory_.setInspection(inspection_);
    refresh();
}

// A unit that matters is more to look at than the first.
void InspectController::fillChoices() {
    const bool first = page_.selection().selectedClass() < 0;
    page_.selection().setChoices(classTitles(*inspection_), static_cast<int>(inspection_->head().units()),
                                 setNames(*inspection_).mid(1));
    if (first) page_.selection().setUnit(static_cast<int>(firstUnit(*inspection_)));
}

void InspectController::setRow(std::size_t row) {
    if (row == row_) return;
    row_ = row;
    if (!inspection_) return;
    page_.map().setRow(row);
    edits_.setRow(row);
    images_.setRow(row);
    // What is not seen is computed anew when it is, and must not be seen as it was until then.
    if (!shown_ || page_.view() != InspectPage::Class) clearClass();
    if (!shown_ || page_.view() != InspectPage::Theory) theory_.clear();
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
            return theory_.show(choice());
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
         classes = page_.map().classOrder()](const Job&) { return computeMap(*inspection, units, classes); },
        [this, inspection = inspection_](const Result<ContributionMap>& map) {
            if (!map) {
                page_.map().setMap(nullptr, std::nullopt);
                return emit failed(map.error());
            }
            page_.map().setMap(inspection, *map);
            page_.map().setRow(row_);
            page_.map().setSelected(classIndex(), unit());
        });
}

void InspectController::refreshClass() {
    class_.start([inspection = inspection_, c = classIndex(), set = oodSet(),
                  row = row_](const Job& job) { return computeClass(*inspection, c, set, row, job); },
                 [this, inspection = inspection_](const Result<ClassResult>& result) {
                     if (!result) return emit failed(result.error());
                     if (inspection != inspection_) return;
                     shownClass_ = {result->profile.classIndex, result->oodSet, result->row};
                     showClass(page_.classes(), *inspection, *result);
                 });
}

void InspectController::refreshUnit() {
    if (shownUnit_ == unit()) {
        unit_.cancel();  // of another unit, left again
        return showUnitWeights(page_.unit(), *inspection_, *shownUnit_, row_);
    }
    unit_.start([inspection = inspection_, unit = unit(),
                 row = row_](const Job&) { return computeUnit(*inspection, unit, row); },
                [this, inspection = inspection_](const Result<UnitResult>& result) {
                    if (!result) return emit failed(result.error());
                    if (inspection != inspection_) return;
                    shownUnit_ = result->unit;
                    showUnit(page_.unit(), *inspection_, *result);
                    showUnitWeights(page_.unit(), *inspection_, *shownUnit_, row_);
                    wantUnitThumbnails(result->images);
                });
}

void InspectController::wantUnitThumbnails(const std::vector<UnitImage>& images) {
    QVector<ThumbnailRequest> wanted;
    for (const UnitImage& image : images) {
        const FeatureSet& set = inspection_->features(image.set);
        if (set.provenance.folder.empty()) continue;
        wanted << ThumbnailRequest{keyOf(image.set, image.row),
                                   std::filesystem::path(set.provenance.folder) / set.paths[image.row]};
    }
    unitThumbnails_.request(std::move(wanted), kThumbnailSide);
}

}  // namespace dicescope
