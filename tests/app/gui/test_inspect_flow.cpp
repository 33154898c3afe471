#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QHeaderView>
#include <QImage>
#include <QLineEdit>
#include <QPointer>
#include <QSpinBox>
#include <QTabBar>
#include <QTabWidget>
#include <QTableView>
#include <QTableWidget>
#include <QTreeWidget>
#include <fstream>
#include <optional>

#include "app/gui/benchmark_flow.h"
#include "app/gui/plot_saver.h"
#include "core/session/benchmark.h"
#include "tests/app/gui/flow_test_support.h"
#include "tests/support/qt_warnings.h"
#include "ui/inspect/class_view.h"
#include "ui/inspect/image_picture.h"
#include "ui/inspect/image_view.h"
#include "ui/inspect/inspect_page.h"
#include "ui/inspect/map_view.h"
#include "ui/panels/metrics_model.h"
#include "ui/panels/sparsity_slider.h"
#include "ui/plots/chart_view.h"
#include "ui/plots/heatmap_view.h"
#include "ui/window/analysis_page.h"
#include "ui/window/benchmark_dialog.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

void clickTab(QTabBar& bar, int index) {
    QTest::mouseClick(&bar, Qt::LeftButton, {}, bar.tabRect(index).center());
}

/// Opens the page that looks inside at one of its views, by clicks.
InspectPage& lookInside(Program& program, InspectPage::View view) {
    InspectPage& page = program.window.analysis().inspect();
    clickTab(*program.part<QTabBar>("sections"), AnalysisPage::Inspect);
    clickTab(*program.part<QTabWidget>("inspectTabs")->tabBar(), view);
    return page;
}

}  // namespace

/// The page that looks inside and the benchmarks, in the whole program.
class TestInspectFlow : public QObject {
    Q_OBJECT

    SmallDemo demo_;
    std::optional<FailOnQtWarnings> warnings_;

  private slots:
    void initTestCase() {
        if (!demo_.reason().isEmpty()) QSKIP(qPrintable(demo_.reason()));
    }
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void everyViewShowsTheAnalysis() {
        Program program;
        program.controller.openSession(demo_.session("views.dicescope", demo_.inputs()));
        QVERIFY(program.settles());
        InspectPage& page = lookInside(program, InspectPage::Map);
        QTRY_VERIFY(!page.map().heatmap().isEmpty());
        lookInside(program, InspectPage::Class);
        QTRY_VERIFY(!page.classes().profile().isEmpty());
        lookInside(program, InspectPage::Images);
        auto* grid = program.part<QTableView>("thumbnailGrid");
        QTRY_VERIFY(grid->model()->rowCount() > 0);
        QTest::mouseClick(grid->viewport(), Qt::LeftButton, {}, QPoint(30, 30));
        QTRY_VERIFY(!page.findChild<ChartView*>("waterfallChart")->isEmpty());
        // The slider moves what is inside too.
        auto* groove = program.part<QWidget>("sparsityGroove");
        QTest::keyClick(groove, Qt::Key_Home);
        QTRY_VERIFY(page.findChild<ChartView*>("scoreChart")->data().caption.contains("dense"));
        clickTab(*program.part<QTabBar>("sections"), AnalysisPage::Detector);
        QVERIFY(!page.isVisible());
    }

    void editsAreKeptInTheSession() {
        const QString path = demo_.session("edits.dicescope", demo_.inputs());
        {
            Program program;
            program.controller.openSession(path);
            QVERIFY(program.settles());
            lookInside(program, InspectPage::Unit);
            QTRY_VERIFY(program.part<QSpinBox>("inspectUnit")->maximum() > 100);
            program.part<QSpinBox>("inspectUnit")->setValue(101);
            program.press("editToggle");
            QTRY_VERIFY(program.part<QTableWidget>("editTable")->rowCount() > 0);
            QTest::keyClicks(program.part<QLineEdit>("editName"), "without 101");
            program.press("editKeep");
            QVERIFY(program.window.isWindowModified());
            QVERIFY(program.controller.saveSession(path));
        }
        const auto session = readSession(path.toStdString());
        QVERIFY(session.has_value());
        QCOMPARE(session->edits.size(), std::size_t{1});
        QCOMPARE(session->edits[0].unitsOff, std::vector<std::size_t>{101});
        Program program;
        program.controller.openSession(path);
        QVERIFY(program.settles());
        lookInside(program, InspectPage::Unit);
        QTRY_VERIFY(program.part<QSpinBox>("inspectUnit")->maximum() > 100);
        QVERIFY(program.part<QComboBox>("editKept")->itemText(0).contains("without 101"));
        QTest::keyClick(program.part<QWidget>("sparsityGroove"), Qt::Key_Home);
        program.press("editShow");
        QTRY_COMPARE(program.window.analysis().slider().p(), std::optional(90.0));
    }

    void exportsHoldWhatWasLookedAt() {
        Program program;
        program.controller.openSession(demo_.session("inside.dicescope", demo_.inputs()));
        QVERIFY(program.settles());
        InspectPage& page = lookInside(program, InspectPage::Map);
        QTRY_VERIFY(!page.map().heatmap().isEmpty());
        lookInside(program, InspectPage::Class);
        QTRY_VERIFY(!page.classes().profile().isEmpty());
        exportInto(program, demo_.text("inside"));
        for (const char* name : {"contribution-map.png", "contribution-map.csv", "class-profile.svg",
                                 "class-profile.csv", "class-logits.pdf"})
            QVERIFY2(QFile::exists(demo_.text("inside/plots/") + name), name);
        QFile report(demo_.text("inside/report.html"));
        QVERIFY(report.open(QIODevice::ReadOnly));
        QVERIFY(report.readAll().contains("weights kept"));
    }

    void theMapOverAnImageIsExported() {
        Program program;
        program.controller.openSession(demo_.session("map.dicescope", demo_.inputs()));
        QVERIFY(program.settles());
        InspectPage& page = lookInside(program, InspectPage::Images);
        auto* grid = program.part<QTableView>("thumbnailGrid");
        QTRY_VERIFY(grid->model()->rowCount() > 0);
        QTest::mouseClick(grid->viewport(), Qt::LeftButton, {}, QPoint(30, 30));
        auto* overlay = program.part<QComboBox>("overlayCombo");
        overlay->setFocus();
        QTest::keyClick(overlay, Qt::Key_Down);
        QTRY_VERIFY_WITH_TIMEOUT(page.images().detail().picture().hasMap(), 20'000);
        exportInto(program, demo_.text("mapped"));
        for (const char* suffix : {"png", "pdf", "svg", "csv"}) {
            const QString file = demo_.text("mapped/plots/activation-map.") + suffix;
            QVERIFY2(QFile::exists(file), qPrintable(file));
        }
        QVERIFY(!QImage(demo_.text("mapped/plots/activation-map.png")).isNull());
        QFile report(demo_.text("mapped/report.html"));
        QVERIFY(report.open(QIODevice::ReadOnly));
        const QByteArray html = report.readAll();
        const qsizetype caption = html.indexOf("map of");
        QVERIFY(caption > 0 && html.indexOf("dense weights", caption) > 0);
        // The picture is inside of the document.
        const QByteArray scheme = "data:image/svg+xml;base64,";
        const qsizetype begin = html.indexOf(scheme, caption) + scheme.size();
        const QByteArray svg = QByteArray::fromBase64(html.mid(begin, html.indexOf('"', begin) - begin));
        QVERIFY(svg.contains("dense weights") && svg.contains("data:image/png;base64,"));
    }

    void theListOfImagesIsSavedAsItIsShown() {
        Program program;
        program.controller.openSession(demo_.session("list.dicescope", demo_.inputs()));
        QVERIFY(program.settles());
        InspectPage& page = lookInside(program, InspectPage::Images);
        QTRY_VERIFY(page.images().list().size() > 0);
        QTest::mouseClick(program.part<QCheckBox>("wronglyAcceptedCheck"), Qt::LeftButton, {}, QPoint(8, 8));
        QTRY_VERIFY(page.images().list().query.filter.wronglyAccepted);
        const ImageList shown = page.images().list();
        program.press("exportImagesButton");
        const QPointer<QFileDialog> dialog = program.window.findChild<QFileDialog*>();
        QVERIFY(dialog);
        // While a whole path is typed the dialog may put a folder that it finds on the way in its place.
        dialog->setDirectory(demo_.text("."));
        dialog->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(dialog.data()));
        auto* name = dialog->findChild<QLineEdit*>("fileNameEdit");
        name->setCompleter(nullptr);  // whose list might lie over the button
        name->setFocus();
        name->selectAll();
        QTest::keyClicks(name, "listed");
        QCOMPARE(name->text(), QString("listed"));
        auto* buttons = dialog->findChild<QDialogButtonBox*>();
        QTest::mouseClick(buttons->button(QDialogButtonBox::Save), Qt::LeftButton);
        QVERIFY2(QTest::qWaitFor([&] { return program.message().contains("listed.csv"); }, 20'000),
                 qPrintable(dialog && dialog->isVisible() ? "the dialog is still open with " + name->text()
                                                          : program.message()));
        QFile file(demo_.text("listed.csv"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = file.readAll().trimmed().split('\n');
        QCOMPARE(lines.size(), static_cast<qsizetype>(shown.size()) + 1);
        QVERIFY(lines[0].startsWith("path,set,label,prediction,correct,p,energy_dense,"));
        for (std::size_t i = 0; i < shown.size(); ++i) {
            const ImageRecord& record = shown.record((*shown.records)[i]);
            const std::string& path = shown.inspection->features(record.set).paths[record.row];
            QVERIFY(lines[static_cast<qsizetype>(i) + 1].startsWith(QByteArray::fromStdString(path) + ','));
        }
    }

    void onePlotIsSavedByItself() {
        Program program;
        program.controller.openSession(demo_.session("one.dicescope", demo_.inputs()));
        QVERIFY(program.settles());
        InspectPage& page = lookInside(program, InspectPage::Class);
        QTRY_VERIFY(!page.classes().profile().isEmpty());
        PlotSaver saver(program.runner);
        for (const char* name : {"p.png", "p.svg", "p.pdf", "p.csv"}) {
            saver.save(page.classes().profile(), demo_.text(name));
            QTRY_VERIFY2(QFile::exists(demo_.text(name)), name);
        }
        QVERIFY(!QImage(demo_.text("p.png")).isNull());
        QFile numbers(demo_.text("p.csv"));
        QVERIFY(numbers.open(QIODevice::ReadOnly));
        QCOMPARE(numbers.readLine().trimmed(), QByteArray("series,x,y,y2,label"));
    }

    void aSweepInProgressDoesNotDisturbWhatIsLookedInto() {
        Program program;
        program.controller.openSession(demo_.session("fine.dicescope", demo_.inputs()));
        QVERIFY(program.settles());
        InspectPage& page = lookInside(program, InspectPage::Images);
        auto* grid = program.part<QTableView>("thumbnailGrid");
        QTRY_VERIFY(grid->model()->rowCount() > 0);
        // Ten times the levels: the slider's rows are not those of the last complete sweep.
        QTest::mouseClick(program.part<QCheckBox>("fineSteps"), Qt::LeftButton);
        for (int i = 0; i < 20; ++i) {
            QTest::keyClick(program.part<QWidget>("sparsityGroove"), Qt::Key_PageUp);
            QTest::qWait(5);
        }
        QVERIFY(program.settles());
        QTRY_COMPARE(page.findChild<ChartView*>("scoreChart")->data().caption.contains("p = "), true);
    }

    void whatWasChosenForABenchmarkDoesNotLeakIntoTheNextAnalysis() {
        SettingsStore settings;
        Session session = defaultSession();
        session.benchmark = "cifar10";
        session.edits = {{"one", 90.0, {1}}};
        settings.setLastChoices(session);
        QVERIFY(settings.lastChoices().benchmark.empty());
        QVERIFY(settings.lastChoices().edits.empty());
    }

    void aNewAnalysisHasNothingOfTheLast() {
        Program program;
        program.controller.openSession(demo_.session("old.dicescope", demo_.inputs()));
        QVERIFY(program.settles());
        program.controller.newAnalysis();
        QVERIFY(!program.controller.exploration());
        // Another binning of nothing is nothing.
        auto* score = program.part<QComboBox>("scoreBox");
        score->setFocus();
        QTest::keyClick(score, Qt::Key_Down);
        QTest::qWait(300);
        QVERIFY(!program.controller.exploration());
    }

    void severalPlotsSavedAtOnceAreAllThere() {
        Program program;
        program.controller.openSession(demo_.session("many.dicescope", demo_.inputs()));
        QVERIFY(program.settles());
        InspectPage& page = lookInside(program, InspectPage::Class);
        QTRY_VERIFY(!page.classes().profile().isEmpty());
        PlotSaver saver(program.runner);
        for (int i = 0; i < 6; ++i)
            saver.save(page.classes().profile(), demo_.text("many") + QString::number(i) + ".png");
        for (int i = 0; i < 6; ++i)
            QTRY_VERIFY(QFile::exists(demo_.text("many") + QString::number(i) + ".png"));
    }

    void publishedNumbersStandBesideOnesOwn() {
        Session session = defaultSession();
        session.inputs = demo_.inputs();
        session.inputs.ood[0].name = "SUN";
        session.inputs.ood[1].name = "Places";
        session.benchmark = "imagenet1k";
        session.p = 70;
        session.bootstrap = 0;
        QVERIFY(writeSession(demo_.path("published.dicescope"), session));
        Program program;
        program.controller.openSession(demo_.text("published.dicescope"));
        QVERIFY(program.settles());
        auto* tree = program.part<QTreeView>("metricsTree");
        QVERIFY(!tree->isColumnHidden(MetricsModel::Published));
        const QAbstractItemModel& model = *tree->model();
        QModelIndex sun;
        for (int set = 0; set < model.rowCount(); ++set) {
            if (model.index(set, 0).data().toString().contains("SUN")) sun = model.index(set, 0);
        }
        QVERIFY(sun.isValid());
        // DICE at p = 70 on SUN, as published.
        QVERIFY(
            model.index(MetricsModel::Fpr, MetricsModel::Published, sun).data().toString().contains("35.15"));
        QVERIFY(model.index(MetricsModel::Auroc, MetricsModel::Published, sun)
                    .data()
                    .toString()
                    .contains("90.83"));
        // At another p nobody published anything.
        QTest::keyClick(program.part<QWidget>("sparsityGroove"), Qt::Key_Right);
        QVERIFY(tree->isColumnHidden(MetricsModel::Published));
    }

    void aBenchmarkIsFoundAndSetUp() {
        const std::filesystem::path root = demo_.path("bench");
        const auto put = [&](const char* folder, int images) {
            std::filesystem::create_directories(root / folder);
            for (int i = 0; i < images; ++i) {
                QImage image(8, 8, QImage::Format_RGB32);
                image.fill(Qt::gray);
                QVERIFY(image.save(
                    QString::fromStdString((root / folder / (std::to_string(i) + ".png")).string())));
            }
        };
        put("cifar10/train/a", 3);
        put("cifar10/test/a", 2);
        put("dtd/images/x", 4);
        Program program;
        BenchmarkFlow flow(program.window);
        std::optional<Session> made;
        connect(&flow, &BenchmarkFlow::sessionReady, this, [&](const Session& session) { made = session; });
        flow.ask();
        auto* dialog = program.window.findChild<BenchmarkDialog*>("benchmarkDialog");
        QVERIFY(dialog != nullptr);
        auto* start = dialog->findChild<QPushButton*>("benchmarkStart");
        QVERIFY(!start->isEnabled());
        auto* folder = dialog->findChild<QLineEdit*>("benchmarkRoot");
        QTest::keyClicks(folder, "/no/such/folder");
        QTRY_VERIFY(dialog->findChild<QLabel*>("benchmarkProblem")->text().contains("/no/such/folder"));
        folder->selectAll();
        QTest::keyClicks(folder, QString::fromStdString(root.string()));
        QTRY_VERIFY(dialog->located().has_value());
        auto* sets = dialog->findChild<QTreeWidget*>("benchmarkSets");
        QCOMPARE(sets->topLevelItem(1)->text(2), QString("2 (−9,998)"));
        QCOMPARE(sets->topLevelItem(2)->text(1), QString("not there"));
        QVERIFY(!start->isEnabled());
        dialog->findChild<QLineEdit*>("benchmarkModel")->setText(demo_.text("fashion8.pt"));
        QVERIFY(start->isEnabled());
        QTest::mouseClick(start, Qt::LeftButton);
        QVERIFY(made.has_value());
        QCOMPARE(made->benchmark, std::string("cifar10"));
        QCOMPARE(made->p, std::optional(90.0));
        QCOMPARE(made->inputs.preprocess, std::string("cifar"));
        QCOMPARE(made->inputs.ood.size(), std::size_t{1});
        QCOMPARE(made->inputs.ood[0].path, root / "dtd/images");
        QVERIFY(QTest::qWaitFor([&] { return flow.idle(); }, 5'000));
    }
};

QTEST_MAIN(TestInspectFlow)
#include "test_inspect_flow.moc"
