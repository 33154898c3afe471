#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <set>
#include <string>

#include "core/demo/fashion_mnist.h"
#include "idx_fixture.h"

using namespace dicescope;
namespace fs = std::filesystem;

namespace {

constexpr const char* kImages = "train-images-idx3-ubyte.gz";
constexpr const char* kLabels = "train-labels-idx1-ubyte.gz";
const idx_fixture::Bytes kTwoImages(std::size_t{2} * 28 * 28, 5);

}  // namespace

class TestFashionMnist : public QObject {
    Q_OBJECT

    QTemporaryDir temporary_;
    fs::path folder_;

  private slots:
    void init() {
        folder_ = fs::path(temporary_.path().toStdString()) / QTest::currentTestFunction() /
                  (QTest::currentDataTag() != nullptr ? QTest::currentDataTag() : "only");
        idx_fixture::writeFashion(folder_, 2);
    }

    void readsImagesAndLabels() {
        for (const FashionSplit split : {FashionSplit::Train, FashionSplit::Test}) {
            const auto images = loadFashionMnist(folder_, split);
            QVERIFY(images);
            QCOMPARE(images->count(), std::size_t{20});
            QCOMPARE(images->labels[13], std::uint8_t{3});
            QVERIFY(std::ranges::all_of(images->image(13),
                                        [](auto value) { return value == idx_fixture::greyOf(13); }));
        }
    }

    void saysWhichPackageIsMissing() {
        fs::remove(folder_ / kLabels);
        const auto images = loadFashionMnist(folder_, FashionSplit::Train);
        QVERIFY(!images);
        QCOMPARE(images.error().code, ErrorCode::NotFound);
        QVERIFY(images.error().message.find("apt install dataset-fashion-mnist") != std::string::npos);
        QVERIFY(loadFashionMnist(folder_, FashionSplit::Test));
    }

    void refusesOtherContent_data() {
        QTest::addColumn<idx_fixture::Bytes>("images");
        QTest::addColumn<idx_fixture::Bytes>("labels");
        QTest::newRow("more labels") << idx_fixture::idx({2, 28, 28}, kTwoImages)
                                     << idx_fixture::idx({3}, {0, 1, 2});
        QTest::newRow("label 10") << idx_fixture::idx({2, 28, 28}, kTwoImages)
                                  << idx_fixture::idx({2}, {0, 10});
        QTest::newRow("other size") << idx_fixture::idx({2, 14, 56}, kTwoImages)
                                    << idx_fixture::idx({2}, {0, 1});
        QTest::newRow("labels for images") << idx_fixture::idx({2}, {0, 1}) << idx_fixture::idx({2}, {0, 1});
        QTest::newRow("truncated images")
            << idx_fixture::idx({3, 28, 28}, kTwoImages) << idx_fixture::idx({3}, {0, 1, 2});
    }

    void refusesOtherContent() {
        QFETCH(idx_fixture::Bytes, images);
        QFETCH(idx_fixture::Bytes, labels);
        idx_fixture::writeGzip(folder_ / kImages, images);
        idx_fixture::writeGzip(folder_ / kLabels, labels);
        const auto read = loadFashionMnist(folder_, FashionSplit::Train);
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::Corrupt);
        QVERIFY(read.error().message.find(folder_.string()) != std::string::npos);
    }

    void everyClassHasOneRole() {
        std::set<int> labels;
        for (const DemoClass& one : demoIdClasses()) labels.insert(one.label);
        for (const DemoClass& one : demoNearOodClasses()) labels.insert(one.label);
        QCOMPARE(labels, (std::set<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
        QCOMPARE(demoIdClasses().size(), std::size_t{8});
    }

    void folderNamesSortInClassOrder() {
        for (std::size_t c = 0; c < demoIdClasses().size(); ++c) {
            const std::string name = demoIdClasses()[c].folder;
            QVERIFY(name.starts_with(std::to_string(c) + "-"));
        }
    }
};

QTEST_APPLESS_MAIN(TestFashionMnist)
#include "test_fashion_mnist.moc"
