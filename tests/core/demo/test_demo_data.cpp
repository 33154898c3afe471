#include <unistd.h>

#include <QTemporaryDir>
#include <QTest>
#include <fstream>
#include <iterator>
#include <map>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/demo/demo_data.h"
#include "core/demo/synthetic_images.h"
#include "idx_fixture.h"

using namespace dicescope;
namespace fs = std::filesystem;

namespace {

std::string contentOf(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::map<std::string, std::string> filesBelow(const fs::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file())
            files[entry.path().lexically_relative(folder).string()] = contentOf(entry.path());
    }
    return files;
}

}  // namespace

class TestDemoData : public QObject {
    Q_OBJECT

    std::optional<QTemporaryDir> temporary_;
    fs::path root_;
    DemoDataOptions options_;

  private slots:
    void init() {
        temporary_.emplace();
        root_ = fs::path(temporary_->path().toStdString()) / "parent";
        options_ = {.source = root_.parent_path() / "source",
                    .trainPerClass = 3,
                    .testPerClass = 2,
                    .syntheticImages = 9};
        idx_fixture::writeFashion(options_.source, 4);
    }

    void laysOutEverySet() {
        const auto summary = writeDemoData(root_ / "demo", options_);
        QVERIFY(summary);
        QVERIFY(!summary->alreadyThere);
        std::vector<std::string> names;
        for (const DemoSet& set : summary->sets) {
            names.push_back(set.name);
            QCOMPARE(filesBelow(set.folder).size(), set.images);
        }
        QCOMPARE(names, (std::vector<std::string>{"id-train", "id-test", "ood-near", "ood-glyphs",
                                                  "ood-textures", "ood-noise"}));
        QCOMPARE(filesBelow(root_ / "demo").size(), std::size_t{3 * 8 + 2 * 8 + 2 * 2 + 3 * 9 + 1});
        // Nothing hidden is left beside it.
        QCOMPARE(std::distance(fs::directory_iterator(root_), {}), 1);
    }

    void writesThePixelsUnderTheirNumber() {
        QVERIFY(writeDemoData(root_ / "demo", options_));
        // The second bag is number 18 of the fixture, the first shirt number 6.
        const cv::Mat bag =
            cv::imread((root_ / "demo/id-test/6-bag/00018.png").string(), cv::IMREAD_UNCHANGED);
        QCOMPARE(bag.type(), CV_8UC1);
        QCOMPARE(bag.size(), cv::Size(28, 28));
        QCOMPARE(cv::countNonZero(bag != idx_fixture::greyOf(18)), 0);
        const cv::Mat shirt =
            cv::imread((root_ / "demo/ood-near/shirt/00006.png").string(), cv::IMREAD_UNCHANGED);
        QCOMPARE(cv::countNonZero(shirt != idx_fixture::greyOf(6)), 0);
        const cv::Mat noise = cv::imread((root_ / "demo/ood-noise/00008.png").string(), cv::IMREAD_UNCHANGED);
        DemoImage expected = makeNoise(options_.seed, 8);
        QCOMPARE(cv::countNonZero(noise != cv::Mat(28, 28, CV_8UC1, expected.data())), 0);
    }

    void isTheSameOnAnyNumberOfThreads() {
        options_.threads = 1;
        QVERIFY(writeDemoData(root_ / "one", options_));
        options_.threads = 4;
        QVERIFY(writeDemoData(root_ / "four", options_));
        QVERIFY(filesBelow(root_ / "one") == filesBelow(root_ / "four"));
        options_.seed = 2;
        QVERIFY(writeDemoData(root_ / "other", options_));
        QVERIFY(filesBelow(root_ / "one/ood-glyphs") != filesBelow(root_ / "other/ood-glyphs"));
        QVERIFY(filesBelow(root_ / "one/id-train") == filesBelow(root_ / "other/id-train"));
    }

    void leavesACompleteLayoutAlone() {
        QVERIFY(writeDemoData(root_ / "demo", options_));
        const fs::path file = root_ / "demo/ood-noise/00000.png";
        std::ofstream(file) << "touched";
        fs::remove_all(options_.source);
        const auto again = writeDemoData(root_ / "demo", options_);
        QVERIFY(again);
        QVERIFY(again->alreadyThere);
        QCOMPARE(again->sets.size(), std::size_t{6});
        QCOMPARE(contentOf(file), std::string("touched"));
    }

    void refusesAnotherLayout_data() {
        QTest::addColumn<QString>("change");
        QTest::newRow("file missing") << "remove";
        QTest::newRow("other options") << "options";
        QTest::newRow("marker damaged") << "marker";
        QTest::newRow("marker missing") << "no marker";
    }

    void refusesAnotherLayout() {
        QFETCH(QString, change);
        const fs::path demo = root_ / "demo";
        QVERIFY(writeDemoData(demo, options_));
        if (change == "remove") fs::remove(demo / "ood-glyphs/00003.png");
        if (change == "options") options_.seed = 5;
        if (change == "marker") std::ofstream(demo / "demo-data.json") << "{\"schema\":";
        if (change == "no marker") fs::remove(demo / "demo-data.json");
        const auto before = filesBelow(demo);
        const auto again = writeDemoData(demo, options_);
        QVERIFY(!again);
        QCOMPARE(again.error().code, ErrorCode::InvalidArgument);
        QVERIFY(again.error().message.find(demo.string()) != std::string::npos);
        QVERIFY(filesBelow(demo) == before);
    }

    void cancelLeavesNothing() {
        std::stop_source stop;
        std::uint64_t seen = 0;
        options_.syntheticImages = 2000;
        options_.threads = 1;
        const Job job{stop.get_token(), [&](const Progress& progress) {
                          seen = progress.done;
                          stop.request_stop();
                      }};
        const auto result = writeDemoData(root_ / "demo", options_, job);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::Cancelled);
        QVERIFY(seen > 0 && seen < 6000);
        QVERIFY(fs::is_empty(root_));
    }

    void reportsProgressUpToTheTotal() {
        std::vector<Progress> reports;
        const Job job{{}, [&](const Progress& progress) { reports.push_back(progress); }};
        QVERIFY(writeDemoData(root_ / "demo", options_, job));
        QVERIFY(!reports.empty());
        QCOMPARE(reports.back().done, std::uint64_t{71});
        QCOMPARE(reports.back().total, std::uint64_t{71});
    }

    void failsWithoutThePackage() {
        fs::remove(options_.source / "t10k-images-idx3-ubyte.gz");
        const auto result = writeDemoData(root_ / "demo", options_);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::NotFound);
        QVERIFY(result.error().message.find("dataset-fashion-mnist") != std::string::npos);
        QVERIFY(fs::is_empty(root_));
    }

    void failsWhereAClassHasTooFew() {
        options_.trainPerClass = 5;
        const auto result = writeDemoData(root_ / "demo", options_);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::Corrupt);
        QVERIFY(fs::is_empty(root_));
    }

    void refusesOptionsOutOfRange_data() {
        QTest::addColumn<int>("train");
        QTest::addColumn<int>("test");
        QTest::addColumn<int>("synthetic");
        QTest::newRow("no training images") << 0 << 1 << 1;
        QTest::newRow("too many training images") << 6001 << 1 << 1;
        QTest::newRow("no test images") << 1 << 0 << 1;
        QTest::newRow("too many test images") << 1 << 1001 << 1;
        QTest::newRow("no synthetic images") << 1 << 1 << 0;
        QTest::newRow("too many synthetic images") << 1 << 1 << 100001;
    }

    void refusesOptionsOutOfRange() {
        QFETCH(int, train);
        QFETCH(int, test);
        QFETCH(int, synthetic);
        options_.trainPerClass = static_cast<std::size_t>(train);
        options_.testPerClass = static_cast<std::size_t>(test);
        options_.syntheticImages = static_cast<std::size_t>(synthetic);
        const auto result = writeDemoData(root_ / "demo", options_);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::InvalidArgument);
        QVERIFY(!fs::exists(root_));
    }

    void failsWhereItCannotWrite() {
        idx_fixture::writePlain(root_, {1});
        const auto result = writeDemoData(root_ / "demo", options_);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::WriteFailed);
    }

    void failsInAFolderWithoutPermission() {
        if (::geteuid() == 0) QSKIP("root may write everywhere");
        fs::create_directory(root_);
        fs::permissions(root_, fs::perms::owner_read | fs::perms::owner_exec);
        const auto result = writeDemoData(root_ / "demo", options_);
        fs::permissions(root_, fs::perms::owner_all);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::WriteFailed);
    }
};

QTEST_APPLESS_MAIN(TestDemoData)
#include "test_demo_data.moc"
