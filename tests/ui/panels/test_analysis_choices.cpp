#include <QAction>
#include <QCheckBox>
#include <QSpinBox>
#include <QToolButton>
#include <QWheelEvent>
#include <optional>

#include "core/images/preprocess.h"
#include "tests/support/qt_warnings.h"
#include "tests/ui/panels/analysis_panel_test_support.h"
#include "ui/panels/drop_roles.h"
#include "ui/panels/file_choice.h"

using namespace dicescope;
using dicescope::testing::answerFileDialog;
using dicescope::testing::dropPaths;
using dicescope::testing::FailOnQtWarnings;
using dicescope::testing::ShownPanel;

namespace {

std::vector<std::string> names(const std::vector<NamedSource>& sources) {
    std::vector<std::string> all;
    for (const NamedSource& source : sources) all.push_back(source.name);
    return all;
}

}  // namespace

class TestAnalysisChoices : public QObject {
    Q_OBJECT

  private:
    std::optional<FailOnQtWarnings> warnings_;

  private slots:
    void initTestCase() { dicescope::testing::useTestEnvironment(); }
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void inputsComeBackAsGiven() {
        ShownPanel shown;
        InputsConfig in;
        in.model = "/m/net.pt";
        in.head = "fc";
        in.preprocess = "/m/prep.json";
        in.idTrain = "/d/train";
        in.featureMean = "/d/mean.npy";
        in.id = "/d/id.safetensors";
        in.ood = {{"dtd", "/d/dtd"}, {"sun", "/d/sun"}};
        in.validation = {{"val", "/d/val"}};
        in.noiseImages = 500;
        in.classes = "/d/classes.txt";
        in.extraction = {"cuda:1", 3, 64, "/cache", false, "/scratch", true};
        shown.panel.setInputs(in);
        const InputsConfig out = shown.panel.inputs();
        QCOMPARE(out.model, in.model);
        QCOMPARE(out.head, in.head);
        QCOMPARE(out.preprocess, in.preprocess);
        QCOMPARE(out.idTrain, in.idTrain);
        QCOMPARE(out.featureMean, in.featureMean);
        QCOMPARE(out.id, in.id);
        QCOMPARE(names(out.ood), names(in.ood));
        QCOMPARE(out.ood[1].path, in.ood[1].path);
        QCOMPARE(names(out.validation), names(in.validation));
        QCOMPARE(out.noiseImages, in.noiseImages);
        QCOMPARE(out.classes, in.classes);
        QCOMPARE(out.extraction.device, in.extraction.device);
        QCOMPARE(out.extraction.threads, in.extraction.threads);
        QCOMPARE(out.extraction.batchSize, in.extraction.batchSize);
        QCOMPARE(out.extraction.cache, in.extraction.cache);
        QCOMPARE(out.extraction.useCache, in.extraction.useCache);
        QCOMPARE(out.extraction.scratch, in.extraction.scratch);
        QCOMPARE(out.extraction.rereadFiles, in.extraction.rereadFiles);
        QVERIFY(out == in);
        QCOMPARE(shown.edited.count(), 0);
        QVERIFY(shown.shows("validationList"));

        in = {};
        in.weight = "/m/w.npy";
        in.bias = "/m/b.npy";
        shown.panel.setInputs(in);
        QVERIFY(shown.panel.inputs() == in);
        QCOMPARE(shown.edited.count(), 0);
    }

    void theModelIsChosenInADialog() {
        ShownPanel shown;
        QVERIFY(shown.ready());
        shown.click("chooseModel");
        QVERIFY(answerFileDialog(&shown.panel, shown.path("net.pt")));
        QCOMPARE(fromPath(shown.panel.inputs().model), shown.path("net.pt"));
        QCOMPARE(shown.text("modelName"), "net.pt");
        QCOMPARE(shown.edited.count(), 1);
        QCOMPARE(QDir(lastUsedFolder()), QDir(shown.folder.path()));
    }

    void foldersAreChosenInDialogs() {
        ShownPanel shown;
        QVERIFY(shown.ready());
        setLastUsedFolder(shown.folder.path());
        shown.click("chooseIdTrain");
        QVERIFY(answerFileDialog(&shown.panel, shown.path("id-train")));
        shown.click("chooseId");
        QVERIFY(answerFileDialog(&shown.panel, shown.path("id-test")));
        shown.click("addOod");
        QVERIFY(answerFileDialog(&shown.panel, shown.path("dtd")));
        shown.click("addOod");
        QVERIFY(answerFileDialog(&shown.panel, shown.path("dtd")));
        const InputsConfig inputs = shown.panel.inputs();
        QCOMPARE(fromPath(inputs.idTrain), shown.path("id-train"));
        QCOMPARE(fromPath(inputs.id), shown.path("id-test"));
        QCOMPARE(names(inputs.ood), (std::vector<std::string>{"dtd", "dtd-2"}));
        QCOMPARE(shown.edited.count(), 4);
    }

    void aCancelledDialogChangesNothing() {
        ShownPanel shown;
        QVERIFY(shown.ready());
        shown.click("chooseModel");
        auto* dialog = shown.panel.findChild<QFileDialog*>();
        QVERIFY(dialog != nullptr);
        QTest::keyClick(dialog, Qt::Key_Escape);
        QTRY_VERIFY(shown.panel.findChild<QFileDialog*>() == nullptr);
        QVERIFY(shown.panel.inputs().model.empty());
        QCOMPARE(shown.edited.count(), 0);
    }

    void aHeadFromNpyTakesTheModelsPlace() {
        ShownPanel shown;
        QVERIFY(shown.ready());
        shown.panel.setInputs(shown.completeInputs());
        shown.touch("w.npy");
        shown.touch("b.npy");
        QVERIFY(!shown.part<QAction>("chooseBias")->isEnabled());
        shown.trigger("chooseWeight");
        QVERIFY(answerFileDialog(&shown.panel, shown.path("w.npy")));
        shown.trigger("chooseBias");
        QVERIFY(answerFileDialog(&shown.panel, shown.path("b.npy")));
        QVERIFY(shown.panel.inputs().model.empty());
        QCOMPARE(fromPath(shown.panel.inputs().weight), shown.path("w.npy"));
        QCOMPARE(fromPath(shown.panel.inputs().bias), shown.path("b.npy"));
        QVERIFY(shown.text("modelName").contains("w.npy") && shown.text("modelName").contains("b.npy"));
        QVERIFY(shown.panel.takeDropped({shown.path("net.pt")}));
        QVERIFY(shown.panel.inputs().weight.empty() && shown.panel.inputs().bias.empty());
        shown.trigger("removeModel");
        QVERIFY(shown.panel.inputs().model.empty());
    }

    void aMeanTakesTheTrainingImagesPlace() {
        ShownPanel shown;
        QVERIFY(shown.ready());
        shown.panel.setInputs(shown.completeInputs());
        shown.touch("mean.npy");
        shown.trigger("idTrainMean");
        QVERIFY(answerFileDialog(&shown.panel, shown.path("mean.npy")));
        QVERIFY(shown.panel.inputs().idTrain.empty());
        QCOMPARE(fromPath(shown.panel.inputs().featureMean), shown.path("mean.npy"));
        QCOMPARE(shown.text("idTrainName"), "mean.npy");
        QVERIFY(dropPaths(shown.part<QWidget>("idTrainField"), {shown.path("id-train")}));
        QVERIFY(shown.panel.inputs().featureMean.empty());
        shown.trigger("idTrainRemove");
        QVERIFY(shown.panel.inputs().idTrain.empty());
        QVERIFY(!shown.shows("idTrainName"));
    }

    void preprocessingIsAPresetOrAFile() {
        ShownPanel shown;
        QVERIFY(shown.ready());
        auto* combo = shown.part<QComboBox>("preprocessCombo");
        const auto presets = preprocessPresetNames();
        QCOMPARE(combo->count(), static_cast<int>(presets.size()) + 2);
        combo->setFocus();
        QTest::keyClick(combo, Qt::Key_Down);
        QCOMPARE(shown.panel.inputs().preprocess, presets[0]);
        QCOMPARE(shown.edited.count(), 1);

        QTest::keyClick(combo, Qt::Key_End);
        auto* dialog = shown.panel.findChild<QFileDialog*>();
        QVERIFY(dialog != nullptr);
        QTest::keyClick(dialog, Qt::Key_Escape);
        QTRY_VERIFY(shown.panel.findChild<QFileDialog*>() == nullptr);
        QCOMPARE(shown.panel.inputs().preprocess, presets[0]);
        QCOMPARE(combo->currentText(), QString::fromStdString(presets[0]));
        QCOMPARE(shown.edited.count(), 1);

        shown.touch("prep.json");
        QTest::keyClick(combo, Qt::Key_End);
        QVERIFY(answerFileDialog(&shown.panel, shown.path("prep.json")));
        QCOMPARE(QString::fromStdString(shown.panel.inputs().preprocess), shown.path("prep.json"));
        QCOMPARE(combo->currentText(), "prep.json");
        QCOMPARE(shown.edited.count(), 2);
    }

    void devicesThatAreNamedAreOffered() {
        ShownPanel shown;
        auto* combo = shown.part<QComboBox>("deviceCombo");
        QCOMPARE(combo->count(), 2);
        InputsConfig inputs = shown.completeInputs();
        inputs.extraction.device = "cuda:1";
        shown.panel.setInputs(inputs);
        QCOMPARE(combo->currentText(), "CUDA:1");
        inputs.extraction.device = "auto";
        shown.panel.setInputs(inputs);
        QCOMPARE(combo->currentText(), "Automatic");
    }

    void theWheelScrollsAndChangesNoChoice() {
        ShownPanel shown;
        QVERIFY(shown.ready());
        auto* combo = shown.part<QComboBox>("deviceCombo");
        const QPoint at = combo->rect().center();
        const auto turn = [&] {
            QWheelEvent wheel(at, combo->mapToGlobal(at), {}, {0, -120}, Qt::NoButton, Qt::NoModifier,
                              Qt::NoScrollPhase, false);
            QCoreApplication::sendEvent(combo, &wheel);
        };
        shown.part<QPushButton>("chooseModel")->setFocus();
        turn();
        QCOMPARE(shown.panel.inputs().extraction.device, std::string("auto"));
        combo->setFocus();
        turn();
        QCOMPARE(shown.panel.inputs().extraction.device, std::string("cpu"));
    }

    void aRefusedNameIsExplained() {
        ShownPanel shown;
        QVERIFY(shown.ready());
        shown.panel.setInputs(shown.completeInputs());
        auto* list = shown.list("oodList");
        shown.part<QScrollArea>("analysisScroll")->ensureWidgetVisible(list);
        list->setFocus();
        list->setCurrentIndex(list->model()->index(0, 0));
        const auto rename = [&](const QString& name) {
            QTest::keyClick(list, Qt::Key_F2);
            auto* edit = list->findChild<QLineEdit*>("setNameEdit");
            QTest::keyClicks(edit, name);
            QTest::keyClick(edit, Qt::Key_Return);
            // The view takes the name and closes its editor in the next round of events.
            QCoreApplication::processEvents();
            QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        };
        rename("sun");
        QTRY_VERIFY(shown.shows("oodMessage"));
        QVERIFY(shown.text("oodMessage").contains("'sun'"));
        QCOMPARE(shown.edited.count(), 0);
        rename("textures");
        QTRY_VERIFY(!shown.shows("oodMessage"));
        QCOMPARE(names(shown.panel.inputs().ood), (std::vector<std::string>{"textures", "sun"}));
        QCOMPARE(shown.edited.count(), 1);
    }

    void aSetMovesToTheValidationSetsAndBack() {
        ShownPanel shown;
        QVERIFY(shown.ready());
        shown.panel.setInputs(shown.completeInputs());
        shown.list("oodList")->setCurrentIndex(shown.list("oodList")->model()->index(1, 0));
        shown.trigger("oodElsewhere");
        QCOMPARE(names(shown.panel.inputs().ood), (std::vector<std::string>{"dtd"}));
        QCOMPARE(names(shown.panel.inputs().validation), (std::vector<std::string>{"sun"}));
        QVERIFY(shown.shows("validationList"));
        QCOMPARE(shown.part<QToolButton>("validationFold")->text(), "Validation sets (1)");
        // Names are unique over both lists.
        QVERIFY(shown.panel.takeDropped({shown.path("sun")}));
        QCOMPARE(names(shown.panel.inputs().ood), (std::vector<std::string>{"dtd", "sun-2"}));
        shown.list("validationList")->setCurrentIndex(shown.list("validationList")->model()->index(0, 0));
        shown.trigger("validationElsewhere");
        QCOMPARE(names(shown.panel.inputs().ood), (std::vector<std::string>{"dtd", "sun-2", "sun"}));
    }

    void foldedSectionsUnfoldByKey() {
        ShownPanel shown;
        QVERIFY(shown.ready());
        QVERIFY(!shown.shows("threadsSpin"));
        QTest::keyClick(shown.part<QToolButton>("advancedFold"), Qt::Key_Space);
        QVERIFY(shown.shows("threadsSpin"));
        auto* threads = shown.part<QSpinBox>("threadsSpin");
        QCOMPARE(threads->text(), "All processors");
        threads->setFocus();
        threads->selectAll();
        QTest::keyClicks(threads, "4");
        QTest::keyClick(threads, Qt::Key_Return);
        QCOMPARE(shown.panel.inputs().extraction.threads, 4U);
        QTest::keyClick(shown.part<QCheckBox>("cacheCheck"), Qt::Key_Space);
        QVERIFY(!shown.panel.inputs().extraction.useCache);
        QCOMPARE(shown.edited.count(), 2);
    }

    void noiseNeedsAModel() {
        ShownPanel shown;
        QVERIFY(shown.ready());
        InputsConfig inputs = shown.completeInputs();
        inputs.weight = "/w.npy";
        inputs.model.clear();
        shown.panel.setInputs(inputs);
        shown.part<QToolButton>("validationFold")->click();
        auto* noise = shown.part<QSpinBox>("noiseSpin");
        noise->setFocus();
        QTest::keyClick(noise, Qt::Key_Up);
        QCOMPARE(shown.panel.inputs().noiseImages, 100U);
        QVERIFY(shown.text("missingLabel").contains("noise"));
        QCOMPARE(shown.edited.count(), 1);
    }

    void classNamesComeFromAFile() {
        ShownPanel shown;
        QVERIFY(shown.ready());
        shown.part<QToolButton>("advancedFold")->click();
        shown.touch("classes.txt");
        shown.click("chooseClasses");
        QVERIFY(answerFileDialog(&shown.panel, shown.path("classes.txt")));
        QCOMPARE(fromPath(shown.panel.inputs().classes), shown.path("classes.txt"));
        shown.click("clearClasses");
        QVERIFY(shown.panel.inputs().classes.empty());
    }

    void dropsOnAPartGoToThatPart() {
        ShownPanel shown;
        QVERIFY(shown.ready());
        QVERIFY(dropPaths(shown.part<QWidget>("idField"), {shown.path("dtd")}));
        QCOMPARE(fromPath(shown.panel.inputs().id), shown.path("dtd"));
        QVERIFY(shown.panel.inputs().idTrain.empty());
        shown.part<QScrollArea>("analysisScroll")->ensureWidgetVisible(shown.part<QWidget>("oodHint"));
        QVERIFY(dropPaths(shown.part<QWidget>("oodHint"), {shown.path("id-test"), shown.path("sun")}));
        QCOMPARE(names(shown.panel.inputs().ood), (std::vector<std::string>{"id-test", "sun"}));
        QCOMPARE(shown.edited.count(), 2);
    }

    void dropsOnThePanelAreSorted() {
        ShownPanel shown;
        QVERIFY(shown.ready());
        QVERIFY(dropPaths(shown.part<QWidget>("modelState"), {shown.path("dtd"), shown.path("id-test"),
                                                              shown.path("id-train"), shown.path("net.pt")}));
        const InputsConfig inputs = shown.panel.inputs();
        QCOMPARE(fromPath(inputs.model), shown.path("net.pt"));
        QCOMPARE(fromPath(inputs.idTrain), shown.path("id-train"));
        QCOMPARE(fromPath(inputs.id), shown.path("id-test"));
        QCOMPARE(names(inputs.ood), (std::vector<std::string>{"dtd"}));
        QCOMPARE(shown.edited.count(), 1);
    }

    void whatIsNoInputIsNotTaken() {
        ShownPanel shown;
        shown.touch("letter.txt");
        QVERIFY(!shown.panel.takeDropped({shown.path("letter.txt"), "/nowhere/folder"}));
        QVERIFY(!shown.panel.takeDropped({}));
        QCOMPARE(shown.edited.count(), 0);
    }

    void droppedNamesDecide_data() {
        QTest::addColumn<QStringList>("folders");
        QTest::addColumn<QString>("train");
        QTest::addColumn<QString>("id");
        QTest::addColumn<QStringList>("ood");
        QTest::newRow("in order") << QStringList{"a", "b", "c"} << "a"
                                  << "b" << QStringList{"c"};
        QTest::newRow("by name") << QStringList{"id-test", "id-train", "ood-near"} << "id-train"
                                 << "id-test" << QStringList{"ood-near"};
        QTest::newRow("ood alone") << QStringList{"ood-near"} << ""
                                   << "" << QStringList{"ood-near"};
        QTest::newRow("train4k") << QStringList{"x", "cifar10-train4k"} << "cifar10-train4k"
                                 << "x" << QStringList{};
        QTest::newRow("no word of its own") << QStringList{"constrained", "y"} << "constrained"
                                            << "y" << QStringList{};
        QTest::newRow("a wooden ood") << QStringList{"wood", "food"} << "wood"
                                      << "food" << QStringList{};
        QTest::newRow("ood test") << QStringList{"ood-test", "z"} << "z"
                                  << "" << QStringList{"ood-test"};
    }
    void droppedNamesDecide() {
        QFETCH(QStringList, folders);
        QFETCH(QString, train);
        QFETCH(QString, id);
        QFETCH(QStringList, ood);
        const QTemporaryDir folder;
        QStringList paths;
        for (const QString& name : folders) {
            QVERIFY(QDir(folder.path()).mkdir(name));
            paths << folder.filePath(name);
        }
        const DroppedInputs dropped = sortDropped(paths, {});
        const auto nameOf = [](const QString& path) { return path.section('/', -1); };
        QCOMPARE(nameOf(dropped.idTrain), train);
        QCOMPARE(nameOf(dropped.id), id);
        QStringList others;
        for (const QString& path : dropped.ood) others << nameOf(path);
        QCOMPARE(others, ood);
    }

    void fullSlotsAreNotOverwritten() {
        ShownPanel shown;
        shown.panel.setInputs(shown.completeInputs());
        QDir(shown.folder.path()).mkdir("other-train");
        QVERIFY(shown.panel.takeDropped({shown.path("other-train")}));
        QCOMPARE(fromPath(shown.panel.inputs().idTrain), shown.path("id-train"));
        QCOMPARE(names(shown.panel.inputs().ood), (std::vector<std::string>{"dtd", "sun", "other-train"}));
    }

    void everyControlHasNameAndPurpose() {
        ShownPanel shown;
        shown.panel.setInputs(shown.completeInputs());
        for (const QPushButton* button : shown.panel.findChildren<QPushButton*>()) {
            QVERIFY2(!button->objectName().isEmpty(), qPrintable(button->text()));
            QVERIFY2(!button->toolTip().isEmpty(), qPrintable(button->objectName()));
            QVERIFY2(!button->accessibleName().isEmpty() || !button->text().isEmpty() ||
                         button->objectName().endsWith("Skipped"),
                     qPrintable(button->objectName()));
        }
        for (const QComboBox* combo : shown.panel.findChildren<QComboBox*>())
            QVERIFY2(!combo->toolTip().isEmpty() && !combo->accessibleName().isEmpty(),
                     qPrintable(combo->objectName()));
    }
};

QTEST_MAIN(TestAnalysisChoices)
#include "test_analysis_choices.moc"
