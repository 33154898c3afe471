#include "ui/panels/analysis_panel.h"

#include <QProgressBar>
#include <QToolButton>
#include <optional>

#include "tests/support/qt_warnings.h"
#include "tests/ui/panels/analysis_panel_test_support.h"

using namespace dicescope;
using dicescope::testing::FailOnQtWarnings;
using dicescope::testing::ShownPanel;

namespace {

ClassifierInfo someInfo() {
    ClassifierInfo info;
    info.path = "/models/net.pt";
    info.sha256 = "3fa9c1d2e4b5a6978877665544332211ffeeddccbbaa00998877665544332211";
    info.producer = "PyTorch 2.1.0";
    info.head = {"classifier.fc", 1000, 2048, false};
    info.candidates = {info.head, {"aux.fc", 1000, 768, false}};
    info.hasBias = true;
    info.parameters = 25557032;
    info.channels = 3;
    info.height = info.width = 224;
    info.probeDifference = 1.9e-6;
    info.probeScale = 23.4;
    info.device = "cuda:0";
    info.libtorch = "2.1.0";
    info.note = "It was saved in training mode.";
    return info;
}

InputSet someSet(SetRole role, const char* name, std::size_t images, std::size_t skipped) {
    auto features = std::make_shared<FeatureSet>();
    features->features.rows = images;
    for (std::size_t i = 0; i < skipped; ++i) features->skipped.push_back({"x.png", "not an image"});
    InputSet set;
    set.name = name;
    set.role = role;
    set.features = features;
    return set;
}

}  // namespace

class TestAnalysisPanel : public QObject {
    Q_OBJECT

  private:
    std::optional<FailOnQtWarnings> warnings_;

  private slots:
    void initTestCase() { dicescope::testing::useTestEnvironment(); }
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void saysWhatIsMissingStepByStep() {
        ShownPanel shown;
        QVERIFY(shown.ready());
        const auto* run = shown.part<QPushButton>("runButton");
        const auto lacks = [&](const char* word) {
            return !run->isEnabled() && shown.text("missingLabel").contains(word) &&
                   shown.shows("missingLabel") && run->toolTip().contains(word);
        };
        QVERIFY(lacks("model"));
        QVERIFY(shown.panel.takeDropped({shown.path("net.pt")}));
        QVERIFY(lacks("training"));
        QVERIFY(shown.panel.takeDropped({shown.path("id-train")}));
        QVERIFY(lacks("test"));
        QVERIFY(shown.panel.takeDropped({shown.path("id-test")}));
        QVERIFY(lacks("OOD"));
        QVERIFY(shown.panel.takeDropped({shown.path("dtd")}));
        QTRY_VERIFY(lacks("preprocessing"));
        QVERIFY2(!shown.text("missingLabel").contains("--"), qPrintable(shown.text("missingLabel")));
        QVERIFY2(shown.text("missingLabel").endsWith("preprocessing."),
                 qPrintable(shown.text("missingLabel")));
    }

    void runsWhenAllIsThere() {
        ShownPanel shown;
        QVERIFY(shown.ready());
        shown.panel.setInputs(shown.completeInputs());
        const auto* run = shown.part<QPushButton>("runButton");
        QTRY_VERIFY(run->isEnabled());
        QVERIFY(!shown.shows("missingLabel"));
        QSignalSpy asked(&shown.panel, &AnalysisPanel::runRequested);
        shown.click("runButton");
        QCOMPARE(asked.count(), 1);
    }

    void namesAPathThatIsGone() {
        ShownPanel shown;
        InputsConfig inputs = shown.completeInputs();
        inputs.ood[1].path = "/nowhere/sun";
        shown.panel.setInputs(inputs);
        QTRY_VERIFY(shown.text("missingLabel").contains("/nowhere/sun"));
        QVERIFY(!shown.part<QPushButton>("runButton")->isEnabled());
        QCOMPARE(shown.panel.problem(), shown.text("missingLabel"));
        // The answer about the old inputs must not stick to the new ones.
        shown.panel.setInputs(shown.completeInputs());
        QTRY_VERIFY(shown.part<QPushButton>("runButton")->isEnabled());
        QTest::qWait(50);
        QVERIFY(shown.part<QPushButton>("runButton")->isEnabled());
    }

    void runBecomesCancelAndBack() {
        ShownPanel shown;
        QVERIFY(shown.ready());
        shown.panel.setInputs(shown.completeInputs());
        QTRY_VERIFY(shown.part<QPushButton>("runButton")->isEnabled());
        shown.part<QPushButton>("runButton")->setFocus();
        QSignalSpy cancel(&shown.panel, &AnalysisPanel::cancelRequested);
        shown.panel.runStarted();
        QVERIFY(!shown.shows("runButton"));
        QVERIFY(shown.shows("cancelButton"));
        QVERIFY(shown.part<QPushButton>("cancelButton")->hasFocus());
        QTest::keyClick(shown.part<QPushButton>("cancelButton"), Qt::Key_Space);
        QCOMPARE(cancel.count(), 1);
        QVERIFY(!shown.part<QPushButton>("cancelButton")->isEnabled());
        shown.panel.runEnded(false, {});
        QVERIFY(shown.shows("runButton"));
        QVERIFY(!shown.shows("cancelButton"));
        QVERIFY(!shown.shows("runProgress"));
        shown.panel.runStarted();
        QVERIFY(shown.part<QPushButton>("cancelButton")->isEnabled());
    }

    void tellsHowFarARunIs() {
        ShownPanel shown;
        shown.panel.setInputs(shown.completeInputs());
        shown.panel.runStarted();
        QCOMPARE(shown.said("oodList", 0), "dtd, waiting");
        QCOMPARE(shown.text("idState"), "waiting");
        QCOMPARE(shown.text("modelState"), "reading the model");
        shown.panel.showProgress({"Loading the model", 0, 0, 0, -1});
        QCOMPARE(shown.text("runStage"), "Loading the model");
        QCOMPARE(shown.part<QProgressBar>("runProgress")->maximum(), 0);

        shown.panel.setStarted(SetRole::IdTrain, "id-train");
        shown.panel.showProgress({"Extracting features: id-train", 1240, 8600, 223, 33});
        QCOMPARE(shown.text("runStage"), "Reading ID training images (1 of 4)");
        QCOMPARE(shown.text("runWords"), "1,240 of 8,600 images, 223/s, 33 s left");
        QCOMPARE(shown.text("idTrainState"), shown.text("runWords"));
        QCOMPARE(shown.part<QProgressBar>("runProgress")->value(), 144);
        QCOMPARE(shown.part<QProgressBar>("idTrainProgress")->value(), 144);
        QVERIFY(!shown.part<QProgressBar>("idProgress")->isVisible());

        shown.panel.setReady(someSet(SetRole::IdTrain, "id-train", 8600, 0));
        shown.panel.setStarted(SetRole::Ood, "sun");
        shown.panel.showProgress({"Extracting features: sun", 5, 10, 0, -1});
        QCOMPARE(shown.text("idTrainState"), "8,600 images");
        QCOMPARE(shown.said("oodList", 0), "dtd, waiting");
        QCOMPARE(shown.said("oodList", 1), "sun, 5 of 10 images");

        shown.panel.setReady(someSet(SetRole::Ood, "sun", 10, 0));
        shown.panel.showProgress({"Evaluating all levels", 3, 101, 0, -1});
        QCOMPARE(shown.text("runStage"), "Evaluating all levels");
        QCOMPARE(shown.text("runWords"), "3 of 101");
        QCOMPARE(shown.said("oodList", 1), "sun, 10 images");
    }

    void skippedFilesAreOffered() {
        ShownPanel shown;
        QVERIFY(shown.ready());
        shown.panel.setInputs(shown.completeInputs());
        shown.panel.runStarted();
        shown.panel.setReady(someSet(SetRole::IdTrain, "id-train", 16000, 3));
        shown.panel.setReady(someSet(SetRole::Id, "id", 8000, 0));
        shown.panel.setReady(someSet(SetRole::Ood, "dtd", 5640, 1200));
        QSignalSpy skipped(&shown.panel, &AnalysisPanel::skippedFilesRequested);
        QVERIFY(!shown.shows("idSkipped"));
        QCOMPARE(shown.part<QPushButton>("idTrainSkipped")->text(), "3 skipped");
        shown.click("idTrainSkipped");
        QCOMPARE(skipped.count(), 1);
        QCOMPARE(skipped[0][0].value<SetRole>(), SetRole::IdTrain);
        QCOMPARE(skipped[0][1].toString(), "id-train");

        QCOMPARE(shown.said("oodList", 0), "dtd, 5,640 images, 1,200 skipped");
        auto* model = shown.list("oodList")->model();
        QVERIFY(model->setData(model->index(0, 0), "textures", Qt::EditRole));
        shown.list("oodList")->setCurrentIndex(model->index(0, 0));
        shown.trigger("showSkipped");
        QCOMPARE(skipped.count(), 2);
        QCOMPARE(skipped[1][0].value<SetRole>(), SetRole::Ood);
        QCOMPARE(skipped[1][1].toString(), "dtd");
    }

    void marksTheSetThatFailed() {
        ShownPanel shown;
        shown.panel.setInputs(shown.completeInputs());
        shown.panel.runStarted();
        shown.panel.setReady(someSet(SetRole::IdTrain, "id-train", 16000, 0));
        shown.panel.setStarted(SetRole::Ood, "dtd");
        shown.panel.runEnded(true, {"A note.", "Another."});
        QCOMPARE(shown.said("oodList", 0), "dtd, could not be read");
        QCOMPARE(shown.said("oodList", 1), "sun, " + shown.path("sun"));
        QCOMPARE(shown.text("idTrainState"), "16,000 images");
        QCOMPARE(shown.text("modelState"), "");
        QCOMPARE(shown.text("notes"), "A note.\n\nAnother.");
        QVERIFY(shown.shows("notes"));
        shown.panel.runStarted();
        QVERIFY(!shown.shows("notes"));
        QCOMPARE(shown.said("oodList", 0), "dtd, waiting");
    }

    void marksTheModelThatFailed() {
        ShownPanel shown;
        shown.panel.setInputs(shown.completeInputs());
        shown.panel.runStarted();
        shown.panel.runEnded(true, {});
        QCOMPARE(shown.text("modelState"), "could not be read");
        QCOMPARE(shown.text("idState"), shown.path("id-test"));
    }

    void aCancelledRunMarksNothing() {
        ShownPanel shown;
        shown.panel.setInputs(shown.completeInputs());
        shown.panel.runStarted();
        shown.panel.setStarted(SetRole::Id, "id");
        shown.panel.runEnded(false, {});
        QCOMPARE(shown.text("idState"), shown.path("id-test"));
        QCOMPARE(shown.text("modelState"), "");
    }

    void reportsOfSetsThatAreGoneAreIgnored() {
        ShownPanel shown;
        shown.panel.setInputs(shown.completeInputs());
        shown.panel.setReady(someSet(SetRole::Ood, "dtd", 5640, 0));
        QCOMPARE(shown.said("oodList", 0), "dtd, " + shown.path("dtd"));
        shown.panel.runStarted();
        shown.list("oodList")->model()->removeRow(0);
        shown.panel.setStarted(SetRole::Ood, "dtd");
        shown.panel.setReady(someSet(SetRole::Ood, "dtd", 5640, 0));
        shown.panel.setReady(someSet(SetRole::Validation, "gaussian-noise", 1000, 0));
        QCOMPARE(shown.said("oodList", 0), "sun, waiting");
    }

    void theCardShowsWhatWasFound() {
        ShownPanel shown;
        shown.panel.setInputs(shown.completeInputs());
        QVERIFY(!shown.shows("modelHead"));
        shown.panel.runStarted();
        shown.panel.modelLoaded(someInfo());
        QCOMPARE(shown.text("modelName"), "net.pt");
        QCOMPARE(shown.text("modelHead"), "classifier.fc");
        QCOMPARE(shown.text("modelSize"), QString::fromUtf8("1,000 × 2,048"));
        QCOMPARE(shown.text("modelParameters"), "25,557,032");
        QCOMPARE(shown.text("modelProducer"), "PyTorch 2.1.0");
        QCOMPARE(shown.text("modelDevice"), "CUDA:0, LibTorch 2.1.0");
        QCOMPARE(shown.text("modelNote"), "It was saved in training mode.");
        QVERIFY(shown.text("modelCheck").contains("1.9e-06"));
        QVERIFY(shown.text("modelCheck").contains("23.4"));
        QVERIFY(shown.text("modelHash").size() < 20);
        QVERIFY(
            shown.part<QLabel>("modelHash")->toolTip().contains(QString::fromStdString(someInfo().sha256)));
        QVERIFY(shown.shows("modelHead"));
    }

    void anotherHeadCanBeChosen() {
        ShownPanel shown;
        QVERIFY(shown.ready());
        shown.panel.setInputs(shown.completeInputs());
        shown.panel.runStarted();
        shown.panel.modelLoaded(someInfo());
        shown.panel.setReady(someSet(SetRole::Ood, "dtd", 5640, 0));
        shown.panel.runEnded(false, {});
        auto* heads = shown.part<QComboBox>("headCombo");
        QCOMPARE(heads->count(), 3);
        QCOMPARE(heads->currentText(), "Automatic");
        heads->setFocus();
        QTest::keyClick(heads, Qt::Key_Down);
        QTest::keyClick(heads, Qt::Key_Down);
        QCOMPARE(shown.panel.inputs().head, std::string("aux.fc"));
        QCOMPARE(shown.edited.count(), 2);
        QVERIFY(shown.shows("modelStale"));
        QCOMPARE(shown.said("oodList", 0), "dtd, " + shown.path("dtd"));
        // A model that names another set of heads keeps the choice, for the run to say that it is not there.
        shown.panel.modelLoaded(someInfo());
        QCOMPARE(shown.panel.inputs().head, std::string("aux.fc"));
        QVERIFY(!shown.shows("modelStale"));
    }

    void anotherModelClearsTheCard() {
        ShownPanel shown;
        shown.panel.setInputs(shown.completeInputs());
        shown.panel.runStarted();
        shown.panel.modelLoaded(someInfo());
        shown.panel.runEnded(false, {});
        shown.touch("other.pt");
        QVERIFY(shown.panel.takeDropped({shown.path("other.pt")}));
        QVERIFY(!shown.shows("modelHead"));
        QCOMPARE(shown.text("modelName"), "other.pt");
        QCOMPARE(shown.part<QComboBox>("headCombo")->count(), 1);
    }

    void swatchesHaveTheColoursOfThePlots() {
        ShownPanel shown;
        QVERIFY(shown.ready());
        Theme theme = themeOf(shown.panel.palette());
        theme.id = QColor(10, 200, 30);
        shown.panel.setTheme(theme);
        shown.panel.setInputs(shown.completeInputs());
        QCoreApplication::processEvents();
        auto* field = shown.part<QWidget>("idField");
        const QImage picture = field->grab().toImage();
        int green = 0;
        for (int y = 0; y < picture.height(); ++y) {
            for (int x = 0; x < picture.width(); ++x) green += picture.pixelColor(x, y) == theme.id ? 1 : 0;
        }
        QVERIFY2(green > 20, qPrintable(QString::number(green)));
    }

    void nothingIsCutOffAtAnyWidth_data() {
        QTest::addColumn<int>("width");
        QTest::newRow("narrowest") << 260;
        QTest::newRow("wide") << 320;
    }
    void nothingIsCutOffAtAnyWidth() {
        QFETCH(int, width);
        ShownPanel shown;
        shown.panel.resize(width, 620);
        InputsConfig inputs = shown.completeInputs();
        inputs.model = "/data/a-model-with-a-name-that-is-much-too-long-to-be-shown-whole.pt";
        inputs.id = "/data/a-folder-with-a-name-that-is-much-too-long-to-be-shown-whole";
        inputs.preprocess = "/data/a-preprocessing-with-a-name-that-is-much-too-long.json";
        for (int i = 0; i < 8; ++i)
            inputs.ood.push_back({"a-set-whose-name-is-much-too-long-" + std::to_string(i), "/data/x"});
        inputs.validation = inputs.ood;
        shown.panel.setInputs(inputs);
        shown.part<QToolButton>("advancedFold")->click();
        shown.panel.runStarted();
        shown.panel.modelLoaded(someInfo());
        shown.panel.setReady(someSet(SetRole::IdTrain, "id-train", 1281167, 12345));
        QVERIFY(shown.ready());
        QCOMPARE(shown.panel.width(), width);
        const auto* view = shown.part<QScrollArea>("analysisScroll")->viewport();
        for (const QWidget* widget : shown.panel.findChildren<QWidget*>()) {
            if (!widget->isVisible() || !view->isAncestorOf(widget)) continue;
            const int left = widget->mapTo(view, QPoint(0, 0)).x();
            QVERIFY2(left >= 0 && left + widget->width() <= view->width(), qPrintable(widget->objectName()));
            if (qobject_cast<const QPushButton*>(widget) != nullptr)
                QVERIFY2(widget->width() >= widget->sizeHint().width(), qPrintable(widget->objectName()));
        }
    }
};

QTEST_MAIN(TestAnalysisPanel)
#include "test_analysis_panel.moc"
