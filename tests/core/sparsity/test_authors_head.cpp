#include <QtTest>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include "core/features/npy.h"
#include "core/model/classifier.h"
#include "core/sparsity/contribution.h"
#include "core/sparsity/levels.h"

using namespace dicescope;

namespace {

const std::filesystem::path kModels = std::filesystem::path(DICESCOPE_SHARED_DIR) / "models";
constexpr double kLevels[] = {50, 70, 90, 95};

bool agrees(double value, double published) {
    return std::abs(value - published) <= 5e-6 * std::abs(published);
}

}  // namespace

/// The DICE authors' CIFAR-10 DenseNet and its mean features; the expected numbers were computed from their
/// files with numpy.percentile.
class TestAuthorsHead : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        const auto modelFile = kModels / "cifar10-densenet100.pt";
        const auto meanFile = kModels / "cifar10-feature-mean.npy";
        if (!std::filesystem::exists(modelFile) || !std::filesystem::exists(meanFile)) {
            QSKIP("The authors' model is not here.");
        }
        const auto classifier = Classifier::load(
            modelFile, {.head = {}, .device = "cpu", .channels = 3, .height = 32, .width = 32});
        QVERIFY2(classifier.has_value(), classifier ? "" : classifier.error().message.c_str());
        const auto mean = readNpy(meanFile);
        QVERIFY(mean);
        const auto values = contribution(classifier->weight(), mean->values);
        QVERIFY(values);
        values_ = *values;
        const auto plan = planLevels(values_.view(), kLevels);
        QVERIFY(plan);
        plan_ = *plan;
    }

    void contributionHasTheirRange() {
        const auto flat = values_.view().flat();
        QCOMPARE(flat.size(), std::size_t{3420});
        const auto [smallest, largest] = std::ranges::minmax(flat);
        QVERIFY(agrees(smallest, -1.66743));
        QVERIFY(agrees(largest, 1.55978));
        const auto negative = std::ranges::count_if(flat, [](double v) { return v < 0; });
        QVERIFY(std::abs(static_cast<double>(negative) / 3420 - .5289) < 5e-5);
    }

    void thresholdsAreTheirs() {
        QVERIFY(agrees(plan_.thresholds[0], -1.50724521e-06));
        QVERIFY(agrees(plan_.thresholds[1], 4.04722362e-05));
        QVERIFY(agrees(plan_.thresholds[2], .0153672275));
        QVERIFY(agrees(plan_.thresholds[3], .22399378));
    }

    void maskAtNinetyIsTheirs() {
        constexpr std::size_t kNinety = 2;
        QCOMPARE(plan_.kept[kNinety], std::size_t{342});
        std::set<std::size_t> units;
        std::vector<int> perClass(10, 0);
        for (std::size_t c = 0; c < 10; ++c) {
            for (std::size_t d = 0; d < 342; ++d) {
                if (!plan_.keeps(kNinety, c, d)) continue;
                ++perClass[c];
                units.insert(d);
            }
        }
        QCOMPARE(std::ranges::min(perClass), 26);
        QCOMPARE(std::ranges::max(perClass), 40);
        QCOMPARE(units.size(), std::size_t{88});
    }

  private:
    Matrix<double> values_;
    LevelPlan plan_;
};

QTEST_APPLESS_MAIN(TestAuthorsHead)
#include "test_authors_head.moc"
