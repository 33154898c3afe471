#include "core/extraction/execution_plan.h"

#include <QTemporaryDir>
#include <QTest>

#include "tests/support/tiny_case.h"

using namespace dicescope;

class TestExecutionPlan : public QObject {
    Q_OBJECT

  private slots:
    void picksTheSmallestBatchNearTheBestRate() {
        QCOMPARE(pickBatchSize({1, 2, 4, 8}, {10, 90, 98, 100}), std::size_t{4});
        QCOMPARE(pickBatchSize({1, 2, 4, 8}, {10, 90, 80, 70}), std::size_t{2});
        QCOMPARE(pickBatchSize({16}, {5}), std::size_t{16});
    }

    void remembersByKey() {
        QTemporaryDir folder;
        const BatchSizeMemory memory(std::filesystem::path(folder.path().toStdString()) / "deep" /
                                     "sizes.json");
        QVERIFY(!memory.recall("a"));
        memory.remember("a", 8);
        memory.remember("b", 64);
        QCOMPARE(memory.recall("a").value_or(0), std::size_t{8});
        QCOMPARE(memory.recall("b").value_or(0), std::size_t{64});
        QVERIFY(!memory.recall("c"));
    }

    void aDamagedMemoryIsNoMemory_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("not JSON") << QByteArray("{\"a\": ");
        QTest::newRow("not an object") << QByteArray("[1, 2]");
        QTest::newRow("a text") << QByteArray(R"({"a": "8"})");
        QTest::newRow("zero") << QByteArray(R"({"a": 0})");
        QTest::newRow("negative") << QByteArray(R"({"a": -4})");
        QTest::newRow("too large") << QByteArray(R"({"a": 100000})");
    }
    void aDamagedMemoryIsNoMemory() {
        QFETCH(QByteArray, text);
        QTemporaryDir folder;
        const std::filesystem::path path = std::filesystem::path(folder.path().toStdString()) / "sizes.json";
        tiny::writeText(path, text.toStdString());
        const BatchSizeMemory memory(path);
        QVERIFY(!memory.recall("a"));
        memory.remember("a", 4);
        QCOMPARE(memory.recall("a").value_or(0), std::size_t{4});
    }

    void measuresAndRemembers() {
        QTemporaryDir folder;
        const std::filesystem::path root = folder.path().toStdString();
        const auto preprocess = loadPreprocess(tiny::writePreprocess(root));
        QVERIFY(preprocess);
        ClassifierOptions options{"", "cpu", 3, tiny::kSide, tiny::kSide};
        const auto classifier = Classifier::load(tiny::model(), options);
        QVERIFY(classifier);
        const BatchSizeMemory memory(root / "sizes.json");
        const auto few = chooseExecutionPlan(*classifier, *preprocess, 1, 0, 10, memory);
        QVERIFY(few);
        QVERIFY(!memory.recall(batchSizeKey(classifier->info(), *preprocess)));
        const auto measured = chooseExecutionPlan(*classifier, *preprocess, 1, 0, 1000, memory);
        QVERIFY(measured);
        QVERIFY(measured->imagesPerSecond > 0);
        QCOMPARE(memory.recall(batchSizeKey(classifier->info(), *preprocess)).value_or(0),
                 measured->batchSize);
        const auto again = chooseExecutionPlan(*classifier, *preprocess, 1, 0, 1000, memory);
        QVERIFY(again);
        QCOMPARE(again->batchSize, measured->batchSize);
        QCOMPARE(again->imagesPerSecond, 0.0);
        QCOMPARE(chooseExecutionPlan(*classifier, *preprocess, 1, 6, 1000, memory)->batchSize,
                 std::size_t{6});
    }

    void stopsWhenAsked() {
        QTemporaryDir folder;
        const auto preprocess = loadPreprocess(tiny::writePreprocess(folder.path().toStdString()));
        const auto classifier = Classifier::load(tiny::model(), {"", "cpu", 3, tiny::kSide, tiny::kSide});
        QVERIFY(preprocess && classifier);
        std::stop_source stop;
        stop.request_stop();
        const auto plan = measureExecutionPlan(*classifier, *preprocess, 1, {stop.get_token(), {}});
        QVERIFY(!plan);
        QCOMPARE(plan.error().code, ErrorCode::Cancelled);
    }
};

QTEST_APPLESS_MAIN(TestExecutionPlan)
#include "test_execution_plan.moc"
