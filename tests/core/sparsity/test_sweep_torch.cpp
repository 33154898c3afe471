#include <QtTest>
#include <cmath>
#include <limits>

#include "core/sparsity/sweep_torch.h"
#include "naive_sweep.h"

using namespace dicescope;

/// The sweep on a device of LibTorch against the definition; on the CPU always, on CUDA where there is one.
class TestSweepTorch : public QObject {
    Q_OBJECT

  private slots:
    void equalsTheNaiveMask_data() { devices(); }
    void equalsTheNaiveMask() {
        QFETCH(QString, device);
        for (const SweepCase& c :
             {randomCase(11, 70, 70, 1), integerCase(5, 33, 9, 2), randomCase(1, 1, 1, 3)}) {
            const auto plan = planLevels(c.ranking.view(), c.levels).value();
            const auto result = run(c, plan, {}, device);
            if (device == "cuda" && isMissing(result)) QSKIP("There is no CUDA device.");
            QVERIFY2(result.has_value(), result ? "" : result.error().message.c_str());
            const std::string wrong = difference(c, plan, *result);
            QVERIFY2(wrong.empty(), wrong.c_str());
        }
    }

    void agreesWithTheProcessor_data() { devices(); }
    void agreesWithTheProcessor() {
        QFETCH(QString, device);
        SweepCase c = randomCase(30, 90, 2500, 4);
        c.features(17, 3) = std::numeric_limits<float>::quiet_NaN();
        c.features(2400, 89) = -std::numeric_limits<float>::infinity();
        const auto plan = planLevels(c.ranking.view(), c.levels).value();
        const SweepOptions options{.reactClip = 1.5f, .slab = 700};
        const auto result = run(c, plan, options, device);
        if (device == "cuda" && isMissing(result)) QSKIP("There is no CUDA device.");
        QVERIFY(result);
        const auto expected =
            Sweep::plan(c.weight.view(), c.bias, plan).value().run(c.features.view(), options, {}).value();
        for (std::size_t i = 0; i < expected.maxLogit.size(); ++i) {
            const bool bad = std::isnan(expected.maxLogit[i]);
            QCOMPARE(std::isnan(result->maxLogit[i]), bad);
            QCOMPARE(std::isnan(result->excess[i]), bad);
            QCOMPARE(result->prediction[i] == -1, bad);
            if (bad) continue;
            QVERIFY(isNear(result->maxLogit[i], expected.maxLogit[i]));
            QVERIFY(isNear(result->excess[i], expected.excess[i]));
        }
    }

    void tinyExcessIsAccurate() {
        SweepCase c = randomCase(2, 1, 1, 5);
        c.weight = Matrix<float>(2, 1, {0.0f, 27.6310211f});
        c.bias = {0.0f, 0.0f};
        c.features(0, 0) = 1.0f;
        const auto plan = planLevels(c.ranking.view(), c.levels).value();
        const auto result = run(c, plan, {}, "cpu");
        QVERIFY(result);
        QVERIFY(std::abs(double{result->excessAt(result->denseRow())[0]} / 1e-12 - 1) < 1e-5);
    }

    void unknownDevicesAreErrors() {
        const SweepCase c = randomCase(3, 4, 5, 6);
        const auto plan = planLevels(c.ranking.view(), c.levels).value();
        for (const char* device : {"abacus", "cuda:99", ""}) {
            const auto result = run(c, plan, {}, device);
            QVERIFY(!result);
            QVERIFY(result.error().code == ErrorCode::Device);
        }
    }

    void canBeCancelled() {
        const SweepCase c = randomCase(3, 4, 5, 7);
        const auto plan = planLevels(c.ranking.view(), c.levels).value();
        std::stop_source source;
        source.request_stop();
        const auto result =
            sweepOnDevice(c.features.view(), c.weight.view(), c.bias, plan, Sweep::Dense::Without, {}, "cpu",
                          {.stop = source.get_token(), .progress = {}});
        QVERIFY(!result);
        QVERIFY(result.error().code == ErrorCode::Cancelled);
    }

  private:
    static void devices() {
        QTest::addColumn<QString>("device");
        QTest::newRow("cpu") << "cpu";
        QTest::newRow("cuda") << "cuda";
    }

    static bool isMissing(const Result<SweepResult>& result) {
        return !result && result.error().code == ErrorCode::Device;
    }

    static Result<SweepResult> run(const SweepCase& c, const LevelPlan& plan, const SweepOptions& options,
                                   const QString& device) {
        return sweepOnDevice(c.features.view(), c.weight.view(), c.bias, plan, Sweep::Dense::AsLastRow,
                             options, device.toStdString(), {});
    }
};

QTEST_APPLESS_MAIN(TestSweepTorch)
#include "test_sweep_torch.moc"
