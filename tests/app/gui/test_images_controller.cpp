#include "app/gui/images_controller.h"

#include <QComboBox>
#include <QLabel>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <fstream>
#include <numeric>
#include <optional>

#include "core/analysis/exploration.h"
#include "core/analysis/inspection.h"
#include "tests/support/qt_warnings.h"
#include "tests/support/tiny_case.h"
#include "ui/inspect/image_filter_bar.h"
#include "ui/inspect/image_picture.h"
#include "ui/inspect/thumbnail_grid.h"
#include "ui/inspect/thumbnail_model.h"
#include "ui/plots/chart_view.h"

using namespace dicescope;
using dicescope::testing::FailOnQtWarnings;

namespace {

constexpr unsigned kIdImages = 24;
constexpr unsigned kOodImages = 12;
constexpr unsigned kIdSeed = 100;
constexpr unsigned kOodSeed = 500;
constexpr std::size_t kLevel = 2;  // p = 50

/// An analysis of written images by the tiny model, read as the program does.
class TinyFiles {
  public:
    TinyFiles() {
        const std::vector<std::string> classes{"a", "b", "c", "d"};
        tiny::writeImages(path("train"), 16, 1, classes);
        tiny::writeImages(path("id"), kIdImages, kIdSeed);
        tiny::writeImages(path("ood"), kOodImages, kOodSeed);
        InputsConfig config;
        config.model = tiny::model();
        config.preprocess = tiny::writePreprocess(path(""));
        config.idTrain = path("train");
        config.id = path("id");
        config.ood = {{"ood", path("ood")}};
        config.extraction.device = "cpu";
        config.extraction.useCache = false;
        config.extraction.batchSize = 4;
        config.extraction.scratch = path("");
        auto inputs = loadInputs(config);
        if (!inputs) qFatal("%s", inputs.error().message.c_str());
        const auto shared = std::make_shared<const AnalysisInputs>(std::move(*inputs));
        ExplorationSweep sweep;
        sweep.levels = {0, 25, 50, 75};
        const auto exploration = Explorer(shared).explore(sweep, {}, Job{});
        if (!exploration) qFatal("%s", exploration.error().message.c_str());
        auto inspected = inspect(shared, *exploration, {});
        if (!inspected) qFatal("%s", inspected.error().message.c_str());
        inspection_ = *inspected;
    }

    [[nodiscard]] std::filesystem::path path(const char* name) const {
        return folder_.filePath(name).toStdString();
    }
    [[nodiscard]] const InspectionPtr& inspection() const { return inspection_; }
    [[nodiscard]] static ClassifierOptions options() {
        return {.head = {}, .device = "cpu", .channels = 3, .height = tiny::kSide, .width = tiny::kSide};
    }

  private:
    QTemporaryDir folder_;
    InspectionPtr inspection_;
};

struct Shown {
    ImageView view;
    ImagesController controller{view};

    explicit Shown(const TinyFiles& files) {
        controller.setRow(kLevel);
        controller.setInspection(files.inspection());
        view.resize(1000, 700);
        view.show();
        if (!QTest::qWaitForWindowExposed(&view)) qFatal("The view is not shown.");
    }
    [[nodiscard]] ThumbnailModel& thumbnails() const { return view.grid().thumbnails(); }
    template <class T>
    [[nodiscard]] T* part(const char* name) const {
        auto* found = view.findChild<T*>(QLatin1String(name));
        if (found == nullptr) qFatal("there is no '%s'", name);
        return found;
    }
    [[nodiscard]] bool settles() {
        return QTest::qWaitFor([&] { return controller.idle() && thumbnails().list().size() > 0; }, 20'000);
    }
    void choose(const char* combo, const QString& entry) {
        auto* box = part<QComboBox>(combo);
        box->setFocus();
        const int at = box->findText(entry);
        if (at < 0) qFatal("'%s' has no '%s'", combo, qPrintable(entry));
        box->setCurrentIndex(at);
        emit box->activated(at);
    }
    [[nodiscard]] QString mapText() const { return part<QLabel>("mapTextLabel")->text(); }
    [[nodiscard]] double answer(int row, int column) const {
        return part<QTableWidget>("answerTable")->item(row, column)->text().toDouble();
    }
};

double logSumExp(const std::array<double, tiny::kClasses>& logits) {
    double sum = 0;
    for (const double logit : logits) sum += std::exp(logit);
    return std::log(sum);
}

}  // namespace

class TestImagesController : public QObject {
    Q_OBJECT

    std::optional<TinyFiles> files_;
    std::optional<FailOnQtWarnings> warnings_;

  private slots:
    void initTestCase() { files_.emplace(); }
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void listsAllImagesBestFirst() {
        Shown shown(*files_);
        QVERIFY(shown.settles());
        const ImageList& list = shown.thumbnails().list();
        QCOMPARE(list.size(), std::size_t{kIdImages + kOodImages});
        QCOMPARE(list.row, kLevel);
        for (std::size_t i = 1; i < list.size(); ++i)
            QVERIFY(list.record((*list.records)[i - 1]).atLevel >= list.record((*list.records)[i]).atLevel);
        QCOMPARE(shown.part<QLabel>("imageCountLabel")->text(), QString("36 images"));
    }

    void makesTheThumbnailsThatAreSeen() {
        Shown shown(*files_);
        QVERIFY(shown.settles());
        QTRY_VERIFY(shown.thumbnails().thumbnail(3) != nullptr);
        // Image 3 of the ID set: the pixel in its middle, enlarged by a whole factor.
        const tiny::Pixels pixels = tiny::pixels(kIdSeed + 3);
        const QImage thumbnail = shown.thumbnails().thumbnail(3)->toImage();
        const int factor = shown.view.grid().thumbnailSide() / tiny::kSide;
        QCOMPARE(thumbnail.size(), QSize(tiny::kSide, tiny::kSide) * factor);
        const std::size_t at = (5 * tiny::kSide + 6) * 3;
        QCOMPARE(thumbnail.pixelColor(6 * factor + 1, 5 * factor + 1),
                 QColor(pixels[at], pixels[at + 1], pixels[at + 2]));
    }

    void filtersAndSortsAnew() {
        Shown shown(*files_);
        QVERIFY(shown.settles());
        shown.choose("imageSetCombo", "ood");
        QTRY_COMPARE(shown.thumbnails().list().size(), std::size_t{kOodImages});
        shown.choose("imageOrderCombo", "As they are");
        QTRY_COMPARE(shown.thumbnails().list().records->front(), std::uint32_t{kIdImages + kOodImages - 1});
        shown.choose("imageOrderCombo", "Energy and MSP disagree");
        QTRY_VERIFY(shown.thumbnails().list().column != nullptr);
        const ImageList& list = shown.thumbnails().list();
        const auto& column = *list.column;
        for (std::size_t i = 1; i < list.size(); ++i)
            QVERIFY(column[(*list.records)[i - 1]] >= column[(*list.records)[i]]);
    }

    /// The numbers of an image against the network recomputed by plain loops.
    void saysWhatTheHeadsSayOfAnImage() {
        Shown shown(*files_);
        QVERIFY(shown.settles());
        shown.controller.selectImage(1, 7);
        QVERIFY(
            QTest::qWaitFor([&] { return shown.part<QTableWidget>("answerTable")->item(2, 1) != nullptr; }));
        const tiny::Weights weights = tiny::weights();
        const auto logits = tiny::logits(weights, tiny::features(weights, tiny::pixels(kOodSeed + 7)));
        QVERIFY(std::abs(shown.answer(0, 2) - logSumExp(logits)) < 2e-3);
        QVERIFY(std::abs(shown.answer(2, 2) - *std::ranges::max_element(logits)) < 2e-3);
        QCOMPARE(shown.part<QTableWidget>("answerTable")->horizontalHeaderItem(4)->text(),
                 QString("p = 50 %"));
        // Another p.
        const double before = shown.answer(0, 5);
        shown.controller.setRow(3);
        QTRY_COMPARE(shown.part<QTableWidget>("answerTable")->horizontalHeaderItem(4)->text(),
                     QString("p = 75 %"));
        QVERIFY(shown.answer(0, 5) != before);
    }

    void theMapAddsUpToTheContribution() {
        Shown shown(*files_);
        shown.controller.setModel(tiny::model(), TinyFiles::options());
        QVERIFY(shown.settles());
        shown.controller.selectImage(0, 5);
        shown.choose("overlayCombo", "dense weights");
        QTRY_VERIFY2_WITH_TIMEOUT(shown.mapText().startsWith("Map of"), qPrintable(shown.mapText()), 20'000);
        QVERIFY(shown.part<ImagePicture>("imagePicture")->hasMap());
        const tiny::Weights weights = tiny::weights();
        const auto features = tiny::features(weights, tiny::pixels(kIdSeed + 5));
        const auto logits = tiny::logits(weights, features);
        const auto c = static_cast<std::size_t>(std::ranges::max_element(logits) - logits.begin());
        const double contribution = logits[c] - weights.fcBias[c];
        static const QRegularExpression shownMean("mean is (\\S+) dense");
        QVERIFY2(std::abs(shownMean.match(shown.mapText()).captured(1).toDouble() - contribution) < 2e-3,
                 qPrintable(shown.mapText()));
        shown.choose("overlayCombo", "no map");
        QVERIFY(!shown.part<ImagePicture>("imagePicture")->hasMap());
        QVERIFY(!shown.part<QLabel>("mapTextLabel")->isVisible());
    }

    /// A picture without a map is no result; what is of another p, class or image is none either.
    void onlyWhatIsCurrentIsForExport() {
        Shown shown(*files_);
        const auto& controller = shown.controller;
        const Exportable* picture = &shown.view.detail().picture();
        const Exportable* waterfall = &shown.view.detail().waterfall();
        shown.controller.setModel(tiny::model(), TinyFiles::options());
        QVERIFY(shown.settles());
        QVERIFY(controller.currentPlots().contains(&shown.view.histogram()));
        shown.controller.selectImage(0, 5);
        QVERIFY(!controller.currentPlots().contains(waterfall));
        QTRY_VERIFY(controller.currentPlots().contains(waterfall));
        QVERIFY(!controller.currentPlots().contains(picture));
        shown.choose("overlayCombo", "kept weights");
        QTRY_VERIFY_WITH_TIMEOUT(controller.currentPlots().contains(picture), 20'000);
        QVERIFY2(picture->title().contains("id 5.ppm") && picture->title().contains("kept at p = 50 %"),
                 qPrintable(picture->title()));
        shown.controller.setRow(3);
        QVERIFY(!controller.currentPlots().contains(picture));
        QTRY_VERIFY(controller.currentPlots().contains(picture));
        QVERIFY2(picture->title().contains("kept at p = 75 %"), qPrintable(picture->title()));
        shown.controller.setClass(3);
        QVERIFY(!controller.currentPlots().contains(picture) &&
                !controller.currentPlots().contains(waterfall));
        QTRY_VERIFY(controller.currentPlots().contains(picture));
        QVERIFY2(picture->title().contains("map of d,"), qPrintable(picture->title()));
        // Hidden, it does not follow p.
        shown.view.hide();
        QVERIFY(controller.currentPlots().contains(picture));
        shown.controller.setRow(1);
        QVERIFY(controller.currentPlots().isEmpty());
    }

    void whatWasStoppedIsNotForExport() {
        Shown shown(*files_);
        const auto& controller = shown.controller;
        const Exportable* histogram = &shown.view.histogram();
        const Exportable* waterfall = &shown.view.detail().waterfall();
        QVERIFY(shown.settles());
        shown.controller.selectImage(0, 5);
        QTRY_VERIFY(controller.currentPlots().contains(waterfall));
        shown.controller.setRow(1);
        shown.controller.stopAll();
        QTRY_VERIFY(controller.idle());
        QVERIFY(controller.currentPlots().isEmpty());
        // Another image has its numbers; the list is still the one before.
        shown.controller.selectImage(1, 3);
        QTRY_VERIFY(controller.currentPlots().contains(waterfall));
        QCOMPARE(shown.part<QTableWidget>("answerTable")->horizontalHeaderItem(4)->text(),
                 QString("p = 25 %"));
        QVERIFY(!controller.currentPlots().contains(histogram));
        // It is asked for again when the view is shown.
        shown.view.hide();
        shown.view.show();
        QTRY_VERIFY(controller.currentPlots().contains(histogram));
        QCOMPARE(shown.view.list().row, std::size_t{1});
        shown.controller.setRow(3);
        QTRY_VERIFY(controller.currentPlots().contains(histogram));
    }

    /// Other work that was stopped leaves what is shown as it is, and the next image has all of its plots.
    void aStoppedMapStopsNothingElse() {
        Shown shown(*files_);
        const auto& controller = shown.controller;
        const Exportable* histogram = &shown.view.histogram();
        const Exportable* waterfall = &shown.view.detail().waterfall();
        const Exportable* picture = &shown.view.detail().picture();
        shown.controller.setModel(tiny::model(), TinyFiles::options());
        QVERIFY(shown.settles());
        shown.controller.selectImage(0, 5);
        QTRY_VERIFY(controller.currentPlots().contains(waterfall));
        shown.choose("overlayCombo", "kept weights");
        QVERIFY2(shown.mapText().startsWith("Loading"), qPrintable(shown.mapText()));
        shown.controller.stopAll();
        QVERIFY2(shown.mapText().startsWith("Stopped"), qPrintable(shown.mapText()));
        QTRY_VERIFY(controller.idle());
        QVERIFY(controller.currentPlots().contains(histogram) &&
                controller.currentPlots().contains(waterfall));
        QVERIFY(!controller.currentPlots().contains(picture));
        shown.controller.selectImage(1, 3);
        QTRY_VERIFY_WITH_TIMEOUT(controller.currentPlots().contains(picture), 20'000);
        QTRY_VERIFY(controller.currentPlots().contains(waterfall));
        QVERIFY(controller.currentPlots().contains(histogram));
        // A map that is made anew and is stopped is not the one before.
        shown.controller.setRow(3);
        shown.controller.stopAll();
        QVERIFY(!shown.part<ImagePicture>("imagePicture")->hasMap());
        QVERIFY2(shown.mapText().startsWith("Stopped"), qPrintable(shown.mapText()));
        shown.choose("overlayCombo", "kept weights");
        QTRY_VERIFY(controller.currentPlots().contains(picture));
        QVERIFY2(picture->title().contains("kept at p = 75 %"), qPrintable(picture->title()));
    }

    /// A stopped picture is read when a map of it is asked for, or the view is shown again.
    void aStoppedPictureIsReadAgain() {
        Shown shown(*files_);
        const Exportable* waterfall = &shown.view.detail().waterfall();
        shown.controller.setModel(tiny::model(), TinyFiles::options());
        QVERIFY(shown.settles());
        for (const bool hidden : {false, true}) {
            shown.choose("overlayCombo", "no map");
            shown.controller.selectImage(0, hidden ? 6 : 5);
            shown.controller.stopAll();
            QTRY_VERIFY(shown.controller.idle());
            QVERIFY(!shown.controller.currentPlots().contains(waterfall));
            if (hidden) {
                shown.view.hide();
                shown.view.show();
                QTRY_VERIFY(shown.controller.currentPlots().contains(waterfall));
                QTRY_VERIFY(!shown.part<ImagePicture>("imagePicture")->isEmpty());
            }
            shown.choose("overlayCombo", "dense weights");
            QTRY_VERIFY2_WITH_TIMEOUT(shown.mapText().startsWith("Map of"), qPrintable(shown.mapText()),
                                      20'000);
        }
    }

    void saysWhyThereIsNoMap() {
        Shown shown(*files_);
        QVERIFY(shown.settles());
        shown.controller.selectImage(0, 5);
        shown.choose("overlayCombo", "kept weights");
        QVERIFY2(shown.mapText().contains("no model"), qPrintable(shown.mapText()));
        shown.controller.setModel(files_->path("absent.pt"), TinyFiles::options());
        QTRY_VERIFY2_WITH_TIMEOUT(shown.mapText().contains("absent.pt"), qPrintable(shown.mapText()), 20'000);
        QVERIFY(!shown.part<ImagePicture>("imagePicture")->hasMap());
    }

    void theClassOfTheWaterfallIsTheOnePicked() {
        Shown shown(*files_);
        QVERIFY(shown.settles());
        shown.controller.selectImage(0, 2);
        QSignalSpy picked(&shown.controller, &ImagesController::classPicked);
        QVERIFY(
            QTest::qWaitFor([&] { return shown.part<QTableWidget>("answerTable")->item(5, 1) != nullptr; }));
        auto* table = shown.part<QTableWidget>("answerTable");
        const QString last = table->item(5, 1)->text();
        QVERIFY(!shown.view.detail().waterfall().data().caption.startsWith(last + ":"));
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
                          table->visualItemRect(table->item(5, 1)).center());
        QCOMPARE(picked.count(), 1);
        QTRY_VERIFY(shown.view.detail().waterfall().data().caption.startsWith(last + ":"));
    }

    void anImageThatIsGoneSaysSo() {
        const TinyFiles own;
        std::filesystem::remove(own.path("id") / "4.ppm");
        tiny::writeText(own.path("id") / "6.ppm", "This is no image.");
        Shown shown(own);
        QVERIFY(shown.settles());
        QTRY_VERIFY(!shown.thumbnails().reason(4).isEmpty());
        QTRY_VERIFY(!shown.thumbnails().reason(6).isEmpty());
        QTRY_VERIFY(shown.thumbnails().thumbnail(5) != nullptr);
        shown.controller.selectImage(0, 4);
        QVERIFY(shown.settles());
        // What was computed from the features is there all the same.
        QTRY_VERIFY(shown.part<QTableWidget>("answerTable")->item(2, 1) != nullptr);
        shown.choose("overlayCombo", "dense weights");
        shown.controller.setModel(tiny::model(), TinyFiles::options());
        QTRY_VERIFY2(shown.mapText().contains("cannot be read"), qPrintable(shown.mapText()));
    }

    void anotherInspectionOfTheSameImagesKeepsTheSelection() {
        Shown shown(*files_);
        QVERIFY(shown.settles());
        shown.controller.selectImage(0, 2);
        ExplorationView msp;
        msp.score = ScoreKind::Msp;
        const auto& inputs = files_->inspection()->inputs;
        const auto exploration =
            Explorer(inputs).explore(files_->inspection()->exploration->sweep, msp, Job{});
        const auto other = inspect(inputs, *exploration, {});
        shown.controller.setInspection(*other);
        QTRY_COMPARE(shown.thumbnails().list().inspection, *other);
        QCOMPARE(shown.view.selected(), std::optional<std::uint32_t>(2));
        shown.controller.setInspection(nullptr);
        QCOMPARE(shown.view.selected(), std::optional<std::uint32_t>());
        QCOMPARE(shown.thumbnails().list().size(), std::size_t{0});
    }

    void nothingIsComputedWhileHidden() {
        ImageView view;
        ImagesController controller(view);
        controller.setInspection(files_->inspection());
        QVERIFY(controller.idle());
        QCOMPARE(view.grid().thumbnails().list().size(), std::size_t{0});
        view.show();
        QTRY_COMPARE(view.grid().thumbnails().list().size(), std::size_t{kIdImages + kOodImages});
    }

    void closesWhileEverythingRuns() {
        Shown shown(*files_);
        shown.controller.setModel(tiny::model(), TinyFiles::options());
        QVERIFY(shown.settles());
        shown.controller.selectImage(0, 1);
        shown.choose("overlayCombo", "difference (dropped)");
        QSignalSpy idle(&shown.controller, &ImagesController::becameIdle);
        shown.controller.stopAll();
        QVERIFY(shown.controller.idle() || idle.wait(20'000));
        QTRY_VERIFY(shown.controller.idle());
    }
};

QTEST_MAIN(TestImagesController)
#include "test_images_controller.moc"
