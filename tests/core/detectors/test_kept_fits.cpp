#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>

#include "core/detectors/fit_store.h"
#include "golden_cases.h"

using namespace dicescope;

namespace fs = std::filesystem;

namespace {

using Scores = std::map<std::string, std::optional<std::vector<double>>>;

/// Of every specification that the goldens have; nothing where there can be none.
Scores allScores(const nlohmann::json& json, const DetectorCase& testCase, const TrainingDataPtr& data) {
    Scores scores;
    for (const auto& [spec, expected] : json["expected"].items()) {
        const auto values = testCase.scores(spec, data);
        scores[spec] = values ? std::optional(*values) : std::nullopt;
    }
    return scores;
}

std::string contentOf(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void put(const fs::path& path, const std::string& content) {
    std::ofstream(path, std::ios::binary) << content;
}

std::map<fs::path, std::string> filesIn(const fs::path& folder) {
    std::map<fs::path, std::string> files;
    for (const auto& entry : fs::directory_iterator(folder)) files[entry.path()] = contentOf(entry.path());
    return files;
}

TrainingSource sourceOf(const DetectorCase& testCase) {
    return {testCase.head(), testCase.mean, testCase.features.view(), testCase.labels, nullptr};
}

}  // namespace

class TestKeptFits : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { cases_ = goldenCases(); }
    void init() {
        temporary_.emplace();
        folder_ = fs::path(temporary_->path().toStdString()) / "fits";
    }

    void laterRunsScoreTheSame_data() {
        QTest::addColumn<QString>("caseName");
        for (const auto& [caseName, json] : cases_.items()) {
            QTest::newRow(caseName.c_str()) << QString::fromStdString(caseName);
        }
    }
    void laterRunsScoreTheSame() {
        QFETCH(QString, caseName);
        const auto& json = cases_[caseName.toStdString()];
        const DetectorCase testCase(json);
        const Scores computed = allScores(json, testCase, testCase.training());
        QVERIFY(allScores(json, testCase, testCase.training(folder_)) == computed);
        const auto files = filesIn(folder_);
        QVERIFY(files.size() > 10);
        QVERIFY(allScores(json, testCase, testCase.training(folder_)) == computed);
        QVERIFY(filesIn(folder_) == files);
    }

    void keptFitsAreUsed_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("array");
        QTest::addColumn<QString>("spec");
        const auto row = [](const char* name, const char* array, const char* spec) {
            QTest::newRow(qPrintable(QString("%1 %2").arg(name, array))) << name << array << spec;
        };
        row("statistics", "class_means", "mahalanobis");
        row("predictions", "correct_means", "she");
        row("predictions", "mean_max_logit", "vim");
        row("origin-axes", "vectors", "residual");
        row("mean-residual dim=6", "value", "vim");
        row("within-classes ridge=0", "axes", "mahalanobis");
        row("relative ridge=0", "classes_axes", "rmd");
        row("correlation-axes dim=6", "axes", "neco");
        row("softmax-templates predicted", "log_means", "klm");
        row("logit-tails correct tail=20", "centres", "openmax");
        row("inverse-temperature rows=10000 seed=0", "value", "temperature");
        row("percentile 90", "value", "react");
        row("unit-percentiles 99", "values", "vra:as=pytorch-ood");
    }
    void keptFitsAreUsed() {
        QFETCH(QString, name);
        QFETCH(QString, array);
        QFETCH(QString, spec);
        const DetectorCase testCase(cases_["small"]);
        const auto computed = testCase.scores(spec.toStdString(), testCase.training(folder_));
        QVERIFY(computed);
        const FitStore store(folder_, *fitKey(sourceOf(testCase), {}));
        auto arrays = store.read(name.toStdString());
        QVERIFY2(arrays, qPrintable(name));
        for (double& value : arrays->at(array.toStdString()).view().flat()) value *= 0.5;
        QVERIFY(store.write(name.toStdString(), *arrays));
        const auto other = testCase.scores(spec.toStdString(), testCase.training(folder_));
        QVERIFY(other);
        QVERIFY(*other != *computed);
    }

    void anotherSourceHasAnotherKey() {
        const DetectorCase testCase(cases_["small"]);
        const ContentHash key = *fitKey(sourceOf(testCase), {});
        QVERIFY(*fitKey(sourceOf(testCase), {}) == key);
        const auto changed = [&](const auto& change) {
            DetectorCase other = testCase;
            change(other);
            return *fitKey(sourceOf(other), {}) != key;
        };
        QVERIFY(changed([](DetectorCase& c) { c.features(c.features.rows() - 1, 0) += 1e-3F; }));
        QVERIFY(changed([](DetectorCase& c) { c.labels.back() = -1; }));
        QVERIFY(changed([](DetectorCase& c) { c.weight(0, 0) += 1e-3F; }));
        QVERIFY(changed([](DetectorCase& c) { c.bias.back() += 1e-3F; }));
        QVERIFY(changed([](DetectorCase& c) { std::swap(c.labels.front(), c.labels.back()); }));
        // The same values in another shape.
        QVERIFY(changed([](DetectorCase& c) {
            const std::vector<float> values(c.features.data(), c.features.data() + c.features.size());
            c.features = Matrix<float>(c.features.cols(), c.features.rows(), values);
        }));
    }

    void manyRowsAreAllInTheKey() {
        constexpr std::size_t kRows = 70'000;
        constexpr std::size_t kUnits = 32;  // more than one piece of 2^20 values
        DetectorCase testCase(Matrix<float>(2, kUnits, 1.0F), {0, 0}, Matrix<float>(kRows, kUnits, 0.5F),
                              std::vector<int>(kRows, 0), Matrix<float>(1, kUnits));
        const ContentHash key = *fitKey(sourceOf(testCase), {});
        for (const std::size_t row : {std::size_t{0}, std::size_t{32'767}, std::size_t{32'768}, kRows - 1}) {
            testCase.features(row, kUnits - 1) = 0.25F;
            QVERIFY(*fitKey(sourceOf(testCase), {}) != key);
            testCase.features(row, kUnits - 1) = 0.5F;
        }
        QVERIFY(*fitKey(sourceOf(testCase), {}) == key);
    }

    void damagedFitsAreComputedAgain_data() {
        QTest::addColumn<int>("damage");
        QTest::newRow("empty") << 0;
        QTest::newRow("cut off") << 1;
        QTest::newRow("a bit of the values") << 2;
        QTest::newRow("a bit of the header") << 3;
        QTest::newRow("another fit") << 4;
    }
    void damagedFitsAreComputedAgain() {
        QFETCH(int, damage);
        const auto& json = cases_["small"];
        const DetectorCase testCase(json);
        const Scores computed = allScores(json, testCase, testCase.training(folder_));
        const auto files = filesIn(folder_);
        std::string previous = files.rbegin()->second;
        for (const auto& [path, content] : files) {
            std::string damaged = content;
            if (damage == 0) damaged.clear();
            if (damage == 1) damaged.resize(content.size() / 2);
            if (damage == 2) damaged.back() = static_cast<char>(damaged.back() ^ 1);
            if (damage == 3) damaged[40] = static_cast<char>(damaged[40] ^ 1);
            if (damage == 4) damaged = previous;
            put(path, damaged);
            previous = content;
        }
        QVERIFY(filesIn(folder_) != files);
        QVERIFY(allScores(json, testCase, testCase.training(folder_)) == computed);
        QVERIFY(filesIn(folder_) == files);
    }

    void aFitOfOtherSizesIsComputedAgain() {
        const DetectorCase testCase(cases_["small"]);
        const auto computed = testCase.scores("mahalanobis", testCase.training(folder_));
        const FitStore store(folder_, *fitKey(sourceOf(testCase), {}));
        for (const std::string name : {"statistics", "within-classes ridge=0"}) {
            QVERIFY(store.write(name, {{"axes", Matrix<double>(1, 1)}, {"mean", Matrix<double>(1, 1)}}));
        }
        const auto again = testCase.scores("mahalanobis", testCase.training(folder_));
        QVERIFY(again);
        QCOMPARE(*again, *computed);
    }

    void aFolderThatCannotBeWrittenIsPassedOver() {
        put(folder_, "a file where the folder should be");
        const auto& json = cases_["small"];
        const DetectorCase testCase(json);
        QVERIFY(allScores(json, testCase, testCase.training(folder_)) ==
                allScores(json, testCase, testCase.training()));
    }

    void aStopIsHeededAndRepeated() {
        const DetectorCase testCase(cases_["small"]);
        const auto data = testCase.training(folder_);
        std::stop_source source;
        source.request_stop();
        const auto stopped = data->statistics({source.get_token(), {}});
        QVERIFY(!stopped);
        QVERIFY(stopped.error().code == ErrorCode::Cancelled);
        QVERIFY(data->statistics({}));
    }

    void withoutAFolderNothingIsWritten() {
        const DetectorCase testCase(cases_["small"]);
        QVERIFY(testCase.scores("mahalanobis", testCase.training()));
        QVERIFY(!fs::exists(folder_));
    }

    void oddNumbersComeBackAsTheyWere() {
        const FitStore store(folder_, {1, 2});
        const double odd[] = {-0.0, 5e-324, 1e308, -1.0 / 3};
        FitArrays arrays;
        arrays["odd"] = Matrix<double>(2, 2, {odd[0], odd[1], odd[2], odd[3]});
        arrays["none"] = Matrix<double>(0, 3);
        QVERIFY(store.write("fit", arrays));
        const auto back = store.read("fit");
        QVERIFY(back);
        QCOMPARE(back->size(), std::size_t{2});
        QCOMPARE(back->at("none").cols(), std::size_t{3});
        for (std::size_t k = 0; k < 4; ++k) {
            QCOMPARE(back->at("odd").data()[k], odd[k]);
            QCOMPARE(std::signbit(back->at("odd").data()[k]), std::signbit(odd[k]));
        }
        QVERIFY(!store.read("other fit"));
        QVERIFY(!FitStore(folder_, {1, 3}).read("fit"));
    }

  private:
    nlohmann::json cases_;
    std::optional<QTemporaryDir> temporary_;
    fs::path folder_;
};

QTEST_APPLESS_MAIN(TestKeptFits)
#include "test_kept_fits.moc"
