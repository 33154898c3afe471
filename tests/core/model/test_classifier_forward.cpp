#include <QtTest>
#include <atomic>
#include <thread>

#include "core/model/classifier.h"
#include "tests/core/model/model_golden.h"

using namespace dicescope;
using namespace dicescope::testing;

class TestClassifierForward : public QObject {
    Q_OBJECT

  private slots:
    // One image and the whole batch give the same rows, for layouts with padded channels (hardswish has 12)
    // too.
    void rowsDoNotDependOnTheBatch_data() {
        QTest::addColumn<int>("unused");
        for (const char* name : {"linear", "conv_head_then_pool", "scripted", "attention", "hardswish"}) {
            QTest::newRow(name) << 0;
        }
    }

    void rowsDoNotDependOnTheBatch() {
        const std::string tag = QTest::currentDataTag();
        const Golden input = golden(tag);
        const auto model = Classifier::load(modelPath(tag + ".pt"), optionsFor(input.channels));
        QVERIFY(model);
        const std::size_t width = model->info().head.features;
        for (std::size_t count = 1; count <= input.batch; ++count) {
            const auto rows = run(*model, input, input.batch - count, count);
            QVERIFY(rows);
            const auto begin =
                input.features.begin() + static_cast<std::ptrdiff_t>((input.batch - count) * width);
            QVERIFY(largestDifference(rows->features, {begin, input.features.end()}) < 1e-5F);
        }
    }

    void threadsGiveTheSameNumbers() {
        const Golden input = golden("scripted");
        const auto model = Classifier::load(modelPath("scripted.pt"), optionsFor(3));
        QVERIFY(model);
        const auto expected = run(*model, input, 0, input.batch);
        QVERIFY(expected);
        std::atomic<int> same = 0;
        constexpr int kThreads = 4;
        constexpr int kRounds = 20;
        {
            std::vector<std::jthread> threads;
            for (int at = 0; at < kThreads; ++at) {
                threads.emplace_back([&] {
                    for (int round = 0; round < kRounds; ++round) {
                        const auto rows = run(*model, input, 0, input.batch);
                        if (rows && *rows == *expected) ++same;
                    }
                });
            }
        }
        QCOMPARE(same.load(), kThreads * kRounds);
    }

    void emptyBatchIsDone() {
        const Golden input = golden("linear");
        const auto model = Classifier::load(modelPath("linear.pt"), optionsFor(3));
        QVERIFY(model);
        const auto rows = run(*model, input, 0, 0);
        QVERIFY(rows);
        QVERIFY(rows->features.empty());
    }

    void refusesBuffersOfAnotherShape() {
        const Golden input = golden("linear");
        const auto model = Classifier::load(modelPath("linear.pt"), optionsFor(3));
        QVERIFY(model);
        std::vector<float> features(input.batch * 12);
        std::vector<float> logits(input.batch * 4);
        const MatrixView<float> good{features.data(), input.batch, 12};
        const MatrixView<float> narrow{features.data(), input.batch, 11};
        const MatrixView<float> scores{logits.data(), input.batch, 4};
        const std::span<const std::uint8_t> pixels(input.pixels);
        const std::span<const float> tables(input.tables);
        QVERIFY(model->forward(pixels, input.batch, tables, {good, scores}, 1));
        const std::array failures{model->forward(pixels.first(10), input.batch, tables, {good, scores}, 1),
                                  model->forward(pixels, input.batch, tables.first(256), {good, scores}, 1),
                                  model->forward(pixels, input.batch, tables, {narrow, scores}, 1)};
        for (const Status& status : failures) {
            QVERIFY(!status);
            QCOMPARE(static_cast<int>(status.error().code), static_cast<int>(ErrorCode::InvalidArgument));
        }
    }

    void movedClassifierStillRuns() {
        const Golden input = golden("linear");
        auto first = Classifier::load(modelPath("linear.pt"), optionsFor(3));
        QVERIFY(first);
        const Classifier second = std::move(*first);
        const auto rows = run(second, input, 0, input.batch);
        QVERIFY(rows);
        QVERIFY(largestDifference(rows->logits, input.logits) < 1e-5F);
    }
};

QTEST_APPLESS_MAIN(TestClassifierForward)
#include "test_classifier_forward.moc"
