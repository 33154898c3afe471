#include <QtTest>
#include <cmath>

#include "core/explain/class_profile.h"
#include "explain_case.h"
#include "golden_case.h"

using namespace dicescope;
using explain_case::Case;
using explain_case::near;
using explain_case::randomFeatures;

namespace {

bool agrees(const ProfileLine& line, const nlohmann::json& json) {
    bool same = line.mean.size() == json["mean"].size();
    for (std::size_t i = 0; same && i < line.mean.size(); ++i)
        same = near(line.mean[i], json["mean"][i]) && near(line.sd[i], json["sd"][i]);
    return same;
}

}  // namespace

class TestClassProfile : public QObject {
    Q_OBJECT

  private slots:
    void agreesWithNumpy() {
        const GoldenCase c;
        const auto json = golden("profiles.json");
        const auto id = *unitStatistics(c.id.view());
        const std::vector<UnitStatistics> ood{*unitStatistics(c.ood.view())};
        for (std::size_t k = 0; k < c.weight.rows(); ++k) {
            const auto profile = classProfile(c.head(), {}, k, id, ood);
            QVERIFY(profile.has_value());
            QCOMPARE(profile->classIndex, k);
            QVERIFY(profile->units == json[k]["units"].get<std::vector<std::uint32_t>>());
            QVERIFY(agrees(profile->id, json[k]["id"]));
            QVERIFY(agrees(profile->ood[0], json[k]["ood"]));
        }
    }

    void keptFlagsFollowTheOrder() {
        const Case c(3, 10, 1);
        const auto statistics = *unitStatistics(randomFeatures(20, 10, 2).view());
        for (std::size_t row = 0; row < c.rows(); ++row) {
            const auto profile = classProfile(c.head(), c.mask(row), 2, statistics, {});
            for (std::size_t i = 0; i < 10; ++i)
                QCOMPARE(profile->kept[i] != 0, explain_case::keeps(c, row, 2, profile->units[i]));
            QVERIFY(profileKept(*profile, c.mask(row)) == profile->kept);
        }
    }

    void aSetWithoutImagesHasNoLine() {
        const Case c(2, 3, 3);
        const auto none = *unitStatistics(Matrix<float>(0, 3).view());
        const auto profile = classProfile(c.head(), {}, 0, none, {});
        QVERIFY(profile.has_value());
        QVERIFY((profile->units == std::vector<std::uint32_t>{0, 1, 2}));
        QVERIFY(std::isnan(profile->id.mean[0]) && std::isnan(profile->id.sd[2]));
    }

    void logitsOfEveryRowAndMask() {
        const Case c(4, 21, 4);
        const auto features = randomFeatures(600, 21, 5);
        std::vector<HeadMask> masks;
        for (std::size_t row = 0; row < c.rows(); ++row) masks.push_back(c.mask(row));
        for (const float clip : {std::numeric_limits<float>::infinity(), 0.8F}) {
            const auto logits = classLogits(features.view(), c.head(), masks, 3, clip);
            QVERIFY(logits.has_value());
            for (std::size_t row = 0; row < c.rows(); ++row) {
                for (std::size_t i = 0; i < 600; ++i) {
                    const double expected = explain_case::logit(c, row, 3, features.view().row(i), {}, clip);
                    QVERIFY(near(static_cast<double>(logits->logits(row, i)), expected, 1e-6));
                }
            }
        }
    }

    void agreesWithNumpyAtEveryLevel() {
        const GoldenCase c;
        const auto json = golden("theory.json")["ood"];
        for (std::size_t k = 0; k < c.weight.rows(); ++k) {
            for (std::size_t row = 0; row <= c.plan.levels.size(); ++row) {
                const bool dense = row == c.plan.levels.size();
                const std::vector<HeadMask> masks{dense ? HeadMask{} : HeadMask{&c.plan, row}};
                const auto logits = classLogits(c.ood.view(), c.head(), masks, k);
                for (std::size_t i = 0; i < c.ood.rows(); ++i)
                    QVERIFY(near(static_cast<double>(logits->logits(0, i)), json[k]["logits"][row][i], 1e-6));
            }
        }
    }

    void noRowsGiveNoLogits() {
        const Case c(2, 3, 3);
        const std::vector<HeadMask> masks(2);
        const auto logits = classLogits(Matrix<float>(0, 3).view(), c.head(), masks, 0);
        QVERIFY(logits.has_value());
        QVERIFY(logits->logits.rows() == 2 && logits->logits.cols() == 0);
    }

    void stopsAndRefuses() {
        const Case c(2, 3, 3);
        const auto features = randomFeatures(10, 3, 1);
        const std::vector<HeadMask> masks(1);
        std::stop_source source;
        source.request_stop();
        QCOMPARE(classLogits(features.view(), c.head(), masks, 0, {}, {source.get_token(), {}}).error().code,
                 ErrorCode::Cancelled);
        QCOMPARE(classLogits(features.view(), c.head(), {}, 0).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(classLogits(features.view(), c.head(), masks, 2).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(classLogits(randomFeatures(2, 4, 1).view(), c.head(), masks, 0).error().code,
                 ErrorCode::Mismatch);
        const auto narrow = *unitStatistics(randomFeatures(2, 4, 1).view());
        const auto right = *unitStatistics(features.view());
        QCOMPARE(classProfile(c.head(), {}, 0, narrow, {}).error().code, ErrorCode::Mismatch);
        const std::vector<UnitStatistics> ood{right, narrow};
        QCOMPARE(classProfile(c.head(), {}, 0, right, ood).error().code, ErrorCode::Mismatch);
    }
};

QTEST_APPLESS_MAIN(TestClassProfile)
#include "test_class_profile.moc"
