#include "app/gui/images_controller.h"

#include <QEvent>
#include <QMetaObject>
#include <array>
#include <tuple>
#include <utility>

#include "app/gui/image_work.h"
#include "app/gui/latest_task.h"
#include "app/gui/thumbnail_loader.h"
#include "core/model/feature_maps.h"
#include "ui/inspect/image_filter_bar.h"
#include "ui/inspect/image_picture.h"
#include "ui/inspect/thumbnail_grid.h"
#include "ui/inspect/thumbnail_model.h"
#include "ui/plots/chart_view.h"

namespace dicescope {
namespace {

bool isOf(const std::optional<LookedAt>& shown, const std::optional<LookedAt>& wanted) {
    const auto parts = [](const LookedAt& at) {
        return std::tie(at.inspection, at.row, at.record, at.classIndex);
    };
    return shown && wanted && parts(*shown) == parts(*wanted);
}

}  // namespace

struct ImagesController::Impl {
    Impl(ImagesController& owner, ImageView& shown, const std::filesystem::path& thumbnails)
        : controller(owner), view(shown), loader(thumbnails) {}

    void connectView();
    void connectTasks();
    [[nodiscard]] std::array<LatestTask*, 5> tasks() {
        return {&lists, &numbers, &reading, &loading, &mapping};
    }
    [[nodiscard]] bool idle() const;

    void refresh();
    void refreshList();
    void refreshImage();
    void imageFailed(const QString& reason);
    void readPicture();
    void refreshNumbers();
    void refreshMaps();
    void loadModel();
    void stop();
    void sayStopped();
    void wantThumbnails(const QVector<quint32>& records);
    void forgetImage();
    void lookAtPrediction();
    void forgetModel();
    [[nodiscard]] std::optional<LookedAt> lookedAt() const;
    [[nodiscard]] bool listIsCurrent() const;
    [[nodiscard]] QString whyNoMaps() const;

    ImagesController& controller;
    ImageView& view;
    InspectionPtr inspection;
    std::size_t row = 0;
    bool stale = false;  // something changed while the view was hidden, or was stopped
    ImageList list;      // the last answer
    std::size_t classIndex = 0;
    bool classPinned = false;

    std::optional<std::uint32_t> readRecord;  // the image that `image` is of, or is being read
    std::shared_ptr<const ReadImage> image;
    bool unreadable = false;
    std::shared_ptr<const FeatureMaps> featureMaps;  // of `image`
    std::optional<LookedAt> numbersOf;               // what the numbers that are shown are of
    std::optional<LookedAt> mapsOf;                  // likewise

    std::filesystem::path modelPath;
    ClassifierOptions modelOptions;
    std::shared_ptr<const FeatureMapModel> model;
    std::optional<Error> modelError;

    ThumbnailLoader loader;
    LatestTask lists{LatestTask::Newer::Waits};
    LatestTask numbers;
    LatestTask reading;
    LatestTask loading;
    LatestTask mapping;
};

ImagesController::ImagesController(ImageView& view, const std::filesystem::path& thumbnails, QObject* parent)
    : QObject(parent), impl_(std::make_unique<Impl>(*this, view, thumbnails)) {
    impl_->connectView();
    impl_->connectTasks();
    view.installEventFilter(this);
}

ImagesController::~ImagesController() = default;

void ImagesController::Impl::connectView() {
    connect(&view, &ImageView::queryChanged, &controller, [this] { refreshList(); });
    connect(&view, &ImageView::imageSelected, &controller, [this](quint32 record) {
        refreshImage();
        const ImageRecord& selected = list.record(record);
        emit controller.imageSelected(selected.set, selected.row);
    });
    connect(&view.detail(), &ImageDetail::overlayChosen, &controller, [this] { refreshMaps(); });
    connect(&view.detail(), &ImageDetail::unitPicked, &controller, &ImagesController::unitPicked);
    connect(&view.detail(), &ImageDetail::classPicked, &controller, [this](std::size_t c) {
        controller.setClass(c);
        emit controller.classPicked(c);
    });
    ThumbnailModel& thumbnails = view.grid().thumbnails();
    connect(&thumbnails, &ThumbnailModel::thumbnailsWanted, &controller,
            [this](const QVector<quint32>& records) { wantThumbnails(records); });
    connect(&loader, &ThumbnailLoader::ready, &thumbnails, &ThumbnailModel::setThumbnail);
    connect(&loader, &ThumbnailLoader::failed, &thumbnails, &ThumbnailModel::setReason);
}

void ImagesController::Impl::connectTasks() {
    const auto maybeIdle = [this] {
        if (idle()) emit controller.becameIdle();
    };
    for (LatestTask* task : tasks()) connect(task, &LatestTask::becameIdle, &controller, maybeIdle);
    connect(&loader, &ThumbnailLoader::becameIdle, &controller, maybeIdle);
}

bool ImagesController::Impl::idle() const {
    return loader.idle() && lists.idle() && numbers.idle() && reading.idle() && loading.idle() &&
           mapping.idle();
}

void ImagesController::Impl::refresh() {
    stale = !view.isVisible();
    if (stale) return;
    refreshList();
    if (lookedAt()) readPicture();
    refreshNumbers();
    refreshMaps();
}

void ImagesController::Impl::refreshList() {
    if (!inspection) return;
    lists.start([inspection = inspection, row = row, query = view.filters().query(),
                 earlier = list](const Job&) { return answerQuery(inspection, row, query, earlier); },
                [this](Result<ImageList> answer) {
                    if (!answer) {
                        forgetImage();  // as the view does
                        view.setListError(QString::fromStdString(answer.error().message));
                        return;
                    }
                    list = std::move(*answer);
                    view.setList(list);
                    if (view.selected() != readRecord) refreshImage();
                });
}

std::optional<LookedAt> ImagesController::Impl::lookedAt() const {
    const auto record = view.selected();
    if (!inspection || !list.table || !record || *record >= list.table->records().size()) return std::nullopt;
    const ImageRecord& found = list.record(*record);
    return LookedAt{inspection, row, *record, found.set, found.row, classIndex};
}

// Another order or filter changes nothing about the scores of all images.
bool ImagesController::Impl::listIsCurrent() const {
    const ImageList& shown = view.list();
    return shown.inspection == inspection && shown.row == row &&
           shown.query.filter.side == view.filters().query().filter.side;
}

void ImagesController::Impl::forgetImage() {
    readRecord.reset();
    image.reset();
    unreadable = false;
    featureMaps.reset();
    numbersOf.reset();
    mapsOf.reset();
    for (LatestTask* task : {&reading, &numbers, &mapping}) task->cancel();
}

void ImagesController::Impl::lookAtPrediction() {
    const std::int32_t predicted = list.record(*readRecord).predicted;
    if (classPinned || predicted < 0 || classIndex == static_cast<std::size_t>(predicted)) return;
    classIndex = static_cast<std::size_t>(predicted);
    emit controller.classPicked(classIndex);
}

void ImagesController::Impl::refreshImage() {
    const auto at = lookedAt();
    if (!at) return;
    if (readRecord != at->record) {
        forgetImage();
        readRecord = at->record;
        lookAtPrediction();
    }
    readPicture();
    refreshNumbers();
    refreshMaps();
}

// Of the image in question, unless it is there.
void ImagesController::Impl::readPicture() {
    if (!readRecord || image || unreadable || reading.waiting()) return;
    const std::filesystem::path file = imageFile(*inspection, list.record(*readRecord));
    if (file.empty()) {
        imageFailed(tr("The features do not say which folder this image lies in."));
        return;
    }
    reading.start([file, preprocess = inspection->inputs->preprocess](
                      const Job&) { return readImage(file, preprocess); },
                  [this](Result<ReadImage> read) {
                      if (!read) {
                          const QString reason = QString::fromStdString(read.error().message);
                          imageFailed(tr("This image cannot be shown: %1").arg(reason));
                          return;
                      }
                      image = std::make_shared<const ReadImage>(std::move(*read));
                      view.detail().setPicture(image->picture);
                      refreshMaps();
                  });
}

void ImagesController::Impl::imageFailed(const QString& reason) {
    unreadable = true;
    view.detail().setPictureError(reason);
    refreshMaps();
}

void ImagesController::Impl::refreshNumbers() {
    const auto at = lookedAt();
    if (!at) return;
    numbers.start([wanted = *at](const Job&) { return imageNumbers(wanted); },
                  [this, at](const Result<ImageNumbers>& result) {
                      numbersOf = at;
                      if (result) {
                          view.detail().setNumbers(*result);
                      } else {
                          view.detail().setNumbersError(QString::fromStdString(result.error().message));
                      }
                  });
}

QString ImagesController::Impl::whyNoMaps() const {
    if (modelPath.empty()) return tr("There is no map, because this analysis has no model, only features.");
    if (!inspection->inputs->preprocess)
        return tr("There is no map, because this analysis names no preprocessing for the model's input.");
    if (unreadable) return tr("There is no map, because the image cannot be read.");
    return modelError ? QString::fromStdString(modelError->message) : QString();
}

void ImagesController::Impl::refreshMaps() {
    const auto at = lookedAt();
    ImageDetail& detail = view.detail();
    if (!at || detail.overlay() == MapOverlay::None) return;
    if (const QString reason = whyNoMaps(); !reason.isEmpty()) {
        detail.setMapsText(reason, true);
        return;
    }
    if (!model) {
        detail.setMapsText(tr("Loading the model for the maps …"), false);
        loadModel();
        return;
    }
    if (!featureMaps) detail.setMapsText(tr("Computing the maps …"), false);
    if (!image) return readPicture();  // comes again with it
    mapping.start([model = model, image = image, features = featureMaps,
                   wanted = *at](const Job&) { return makeMaps(*model, *image, features, wanted); },
                  [this, at](Result<MadeMaps> made) {
                      mapsOf = at;
                      if (!made) {
                          view.detail().setMapsText(QString::fromStdString(made.error().message), true);
                          return;
                      }
                      featureMaps = made->features;
                      view.detail().setMaps(made->maps, made->row);
                  });
}

void ImagesController::Impl::loadModel() {
    if (loading.waiting()) return;
    loading.start([path = modelPath, options = modelOptions](
                      const Job& job) { return FeatureMapModel::load(path, options, job); },
                  [this](Result<FeatureMapModel> loaded) {
                      if (loaded) {
                          model = std::make_shared<const FeatureMapModel>(std::move(*loaded));
                      } else {
                          modelError = loaded.error();
                      }
                      refreshMaps();
                  });
}

void ImagesController::Impl::forgetModel() {
    loading.cancel();
    mapping.cancel();
    model.reset();
    modelError.reset();
    featureMaps.reset();
    mapsOf.reset();
}

void ImagesController::Impl::stop() {
    sayStopped();
    loader.cancel();
    for (LatestTask* task : tasks()) {
        stale = stale || task->waiting();  // what was not answered is asked again when shown
        task->cancel();
    }
}

// Whatever waits for an answer has been told so on screen.
void ImagesController::Impl::sayStopped() {
    ImageDetail& detail = view.detail();
    if (lists.waiting()) view.grid().setEmptyText(tr("Stopped. Choose an order or a filter to go on."));
    if (reading.waiting()) detail.setPictureError(tr("Stopped. Choose a map or another image to go on."));
    if (numbers.waiting()) detail.setNumbersError(tr("Stopped."));
    if (!reading.waiting() && !loading.waiting() && !mapping.waiting()) return;
    if (lookedAt() && detail.overlay() != MapOverlay::None && whyNoMaps().isEmpty())
        detail.setMapsText(tr("Stopped. Choose the map again to have it."), false);
}

void ImagesController::Impl::wantThumbnails(const QVector<quint32>& records) {
    if (!inspection || !list.table) return;
    QVector<ThumbnailRequest> wanted;
    for (const quint32 record : records) {
        std::filesystem::path file = imageFile(*inspection, list.record(record));
        if (file.empty()) {
            view.grid().thumbnails().setReason(record, tr("The folder is not known."));
        } else {
            wanted << ThumbnailRequest{record, std::move(file)};
        }
    }
    loader.request(std::move(wanted), view.grid().thumbnailSide());
}

void ImagesController::setInspection(InspectionPtr inspection) {
    const bool same = impl_->inspection && inspection && impl_->inspection->inputs == inspection->inputs;
    impl_->inspection = std::move(inspection);
    if (!same) {
        impl_->loader.cancel();
        impl_->lists.cancel();
        impl_->forgetImage();
        impl_->classIndex = 0;
        impl_->list = {};
    }
    if (impl_->inspection) impl_->row = std::min(impl_->row, impl_->inspection->exploration->denseRow());
    impl_->view.setInspection(impl_->inspection);
    impl_->refresh();
}

void ImagesController::setRow(std::size_t row) {
    if (row == impl_->row) return;
    impl_->row = row;
    impl_->refresh();
}

void ImagesController::setModel(const std::filesystem::path& path, const ClassifierOptions& options) {
    impl_->forgetModel();
    impl_->modelPath = path;
    impl_->modelOptions = options;
    impl_->refreshMaps();
}

void ImagesController::selectImage(std::size_t set, std::size_t row) {
    const Inspection* inspection = impl_->inspection.get();
    if (inspection == nullptr || set >= inspection->sets.size() || row >= inspection->features(set).size())
        return;
    std::size_t record = row;
    for (std::size_t s = 0; s < set; ++s) record += inspection->features(s).size();
    impl_->view.select(static_cast<std::uint32_t>(record));
    impl_->refreshImage();
}

void ImagesController::setClass(std::size_t classIndex) {
    if (!impl_->inspection || classIndex >= impl_->inspection->head().classes()) return;
    if (classIndex == impl_->classIndex) return;
    impl_->classIndex = classIndex;
    impl_->refreshNumbers();
    impl_->refreshMaps();
}

void ImagesController::setClassPinned(bool pinned) {
    impl_->classPinned = pinned;
}

QList<const Exportable*> ImagesController::currentPlots() const {
    if (!impl_->inspection) return {};
    QList<const Exportable*> plots;
    const ImageDetail& detail = impl_->view.detail();
    const auto wanted = impl_->lookedAt();
    if (impl_->listIsCurrent()) plots << &impl_->view.histogram();
    if (isOf(impl_->numbersOf, wanted)) plots << &detail.waterfall();
    if (isOf(impl_->mapsOf, wanted) && detail.picture().hasMap()) plots << &detail.picture();
    return plots;
}

bool ImagesController::idle() const {
    return impl_->idle();
}

void ImagesController::stopAll() {
    impl_->stop();
    QMetaObject::invokeMethod(
        this,
        [this] {
            if (idle()) emit becameIdle();
        },
        Qt::QueuedConnection);
}

bool ImagesController::eventFilter(QObject* watched, QEvent* event) {
    if (watched == &impl_->view && event->type() == QEvent::Show && impl_->stale) impl_->refresh();
    return QObject::eventFilter(watched, event);
}

}  // namespace dicescope
