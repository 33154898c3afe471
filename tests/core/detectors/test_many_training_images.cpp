#include <QtTest>
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <random>

#include "core/detectors/subsample.h"
#include "golden_cases.h"

using namespace dicescope;

namespace {

// More than two tiles of 4,096 and eight blocks of 1,024.
constexpr std::size_t kTrain = 9000;
constexpr std::size_t kTest = 40;
constexpr std::size_t kUnits = 4;
constexpr std::size_t kClasses = 3;
using Row = std::array<double, kUnits>;
using ClassValues = std::array<double, kClasses>;

/// Features that drift along the set, so that rows mistaken for others matter.
Matrix<float> drifting(std::size_t rows, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    Matrix<float> values(rows, kUnits);
    for (std::size_t r = 0; r < rows; ++r) {
        const float drift = 2 * static_cast<float>(r) / static_cast<float>(rows);
        for (std::size_t d = 0; d < kUnits; ++d) {
            values(r, d) = std::max(0.0F, normal(random) + (d % 2 == 0 ? drift : 1));
        }
    }
    return values;
}

DetectorCase manyImages() {
    const Matrix<float> weight(kClasses, kUnits,
                               {1, -0.5F, 0.3F, 0.2F, -0.6F, 1, 0.1F, 0.4F, 0, 0.3F, 0.9F, -1});
    return {
        weight, {0.1F, -0.2F, 0.3F}, drifting(kTrain, 1), std::vector<int>(kTrain, -1), drifting(kTest, 2)};
}

Row rowOf(const Matrix<float>& matrix, std::size_t r) {
    Row row{};
    for (std::size_t d = 0; d < kUnits; ++d) row[d] = double{matrix(r, d)};
    return row;
}

double product(const Row& a, const Row& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

double cosine(const Row& a, const Row& b) {
    const double lengths = std::sqrt(product(a, a) * product(b, b));
    return lengths > 0 ? product(a, b) / lengths : 0;
}

/// Squared, of the rows divided by their lengths.
double distance(const Row& a, const Row& b) {
    const double lengthOfA = std::max(std::sqrt(product(a, a)), 1e-300);
    const double lengthOfB = std::max(std::sqrt(product(b, b)), 1e-300);
    double sum = 0;
    for (std::size_t d = 0; d < kUnits; ++d) sum += std::pow(a[d] / lengthOfA - b[d] / lengthOfB, 2);
    return sum;
}

ClassValues logitsOf(const DetectorCase& scene, const Row& row) {
    ClassValues logits{};
    for (std::size_t c = 0; c < kClasses; ++c)
        logits[c] = product(row, rowOf(scene.weight, c)) + double{scene.bias[c]};
    return logits;
}

double energyOf(const ClassValues& logits) {
    double sum = 0;
    for (const double logit : logits) sum += std::exp(logit);
    return std::log(sum);
}

std::size_t predictionOf(const ClassValues& logits) {
    return static_cast<std::size_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

ClassValues softmaxOf(ClassValues logits) {
    const double energy = energyOf(logits);
    for (double& value : logits) value = std::exp(value - energy);
    return logits;
}

/// Most labels as predicted, some wrong, every seventh unknown, none in the last block but one.
void label(DetectorCase& scene) {
    for (std::size_t r = 0; r < kTrain; ++r) {
        const std::size_t predicted = predictionOf(logitsOf(scene, rowOf(scene.features, r)));
        if (r % 7 == 3 || r / 1024 == 7) continue;
        scene.labels[r] = static_cast<int>(r % 5 == 0 ? (predicted + 1) % kClasses : predicted);
    }
}

DetectorCase permuted(const DetectorCase& scene) {
    std::vector<std::size_t> order(kTrain);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::shuffle(order, std::mt19937(7));
    DetectorCase other = scene;
    for (std::size_t r = 0; r < kTrain; ++r) {
        std::ranges::copy(scene.features.view().row(order[r]), other.features.view().row(r).begin());
        other.labels[r] = scene.labels[order[r]];
    }
    return other;
}

void compare(const std::vector<double>& values, const std::vector<double>& expected, double tolerance,
             const std::string& what) {
    QCOMPARE(values.size(), expected.size());
    double largest = 0;
    for (const double value : expected) largest = std::max(largest, std::abs(value));
    for (std::size_t r = 0; r < values.size(); ++r) {
        const double allowed = tolerance * std::max(std::abs(expected[r]), 0.01 * largest);
        QVERIFY2(std::abs(values[r] - expected[r]) <= allowed,
                 qPrintable(QString("%1, image %2: %3 instead of %4")
                                .arg(QString::fromStdString(what))
                                .arg(r)
                                .arg(values[r], 0, 'g', 12)
                                .arg(expected[r], 0, 'g', 12)));
    }
}

using Bank = std::vector<std::size_t>;
using Naive = std::function<double(const DetectorCase& scene, const Bank& bank, const Row& row)>;

double naiveKnn(const DetectorCase& scene, const Bank& bank, const Row& row, std::size_t k) {
    std::vector<double> distances;
    for (const std::size_t g : bank) distances.push_back(distance(row, rowOf(scene.features, g)));
    std::ranges::sort(distances);
    return -distances[k - 1];
}

double naiveNnGuide(const DetectorCase& scene, const Bank& bank, const Row& row, std::size_t k) {
    std::vector<double> values;
    for (const std::size_t g : bank) {
        const Row other = rowOf(scene.features, g);
        values.push_back(energyOf(logitsOf(scene, other)) * cosine(row, other));
    }
    std::ranges::sort(values, std::greater<>());
    const double sum = std::accumulate(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(k), 0.0);
    return energyOf(logitsOf(scene, row)) * sum / static_cast<double>(k);
}

double naiveRelation(const DetectorCase& scene, const Bank& bank, const Row& row) {
    const ClassValues own = softmaxOf(logitsOf(scene, row));
    double sum = 0;
    for (const std::size_t g : bank) {
        const Row other = rowOf(scene.features, g);
        const ClassValues others = softmaxOf(logitsOf(scene, other));
        const double agreement = std::inner_product(own.begin(), own.end(), others.begin(), 0.0);
        const double relation = std::max(0.0, cosine(row, other)) * agreement;
        if (relation > 0.03) sum += relation;
    }
    return sum;
}

struct ClassMeans {
    std::array<Row, kClasses> means{};
    ClassValues counts{};
};

/// Over the rows for which `counts` holds.
ClassMeans meansOf(const DetectorCase& scene, const std::function<bool(std::size_t r)>& counts) {
    ClassMeans result;
    for (std::size_t r = 0; r < kTrain; ++r) {
        if (scene.labels[r] < 0 || !counts(r)) continue;
        const auto c = static_cast<std::size_t>(scene.labels[r]);
        ++result.counts[c];
        for (std::size_t d = 0; d < kUnits; ++d) result.means[c][d] += double{scene.features(r, d)};
    }
    for (std::size_t c = 0; c < kClasses; ++c) {
        for (double& value : result.means[c]) value /= result.counts[c];
    }
    return result;
}

double naiveShe(const DetectorCase& scene, const Row& row) {
    const ClassMeans patterns = meansOf(scene, [&](std::size_t r) {
        return static_cast<std::size_t>(scene.labels[r]) ==
               predictionOf(logitsOf(scene, rowOf(scene.features, r)));
    });
    return product(row, patterns.means[predictionOf(logitsOf(scene, row))]);
}

double naiveKlMatching(const DetectorCase& scene, const Row& row, bool predicted) {
    std::array<ClassValues, kClasses> templates{};
    ClassValues counts{};
    for (std::size_t r = 0; r < kTrain; ++r) {
        const ClassValues logits = logitsOf(scene, rowOf(scene.features, r));
        if (!predicted && scene.labels[r] < 0) continue;
        const std::size_t c = predicted ? predictionOf(logits) : static_cast<std::size_t>(scene.labels[r]);
        ++counts[c];
        const ClassValues softmax = softmaxOf(logits);
        for (std::size_t k = 0; k < kClasses; ++k) templates[c][k] += softmax[k];
    }
    const ClassValues own = softmaxOf(logitsOf(scene, row));
    ClassValues divergences{};
    for (std::size_t c = 0; c < kClasses; ++c) {
        for (std::size_t k = 0; k < kClasses; ++k)
            divergences[c] += own[k] * std::log(own[k] / (templates[c][k] / counts[c]));
    }
    return -*std::ranges::min_element(divergences);
}

/// matrix^-1 vector by Gaussian elimination; the matrix is positive definite.
Row solve(std::array<Row, kUnits> matrix, Row vector) {
    for (std::size_t i = 0; i < kUnits; ++i) {
        for (std::size_t r = 0; r < kUnits; ++r) {
            if (r == i) continue;
            const double factor = matrix[r][i] / matrix[i][i];
            for (std::size_t c = 0; c < kUnits; ++c) matrix[r][c] -= factor * matrix[i][c];
            vector[r] -= factor * vector[i];
        }
    }
    for (std::size_t i = 0; i < kUnits; ++i) vector[i] /= matrix[i][i];
    return vector;
}

double naiveMahalanobis(const DetectorCase& scene, const Row& row) {
    const ClassMeans classes = meansOf(scene, [](std::size_t) { return true; });
    const double labelled = std::accumulate(classes.counts.begin(), classes.counts.end(), 0.0);
    std::array<Row, kUnits> covariance{};
    for (std::size_t r = 0; r < kTrain; ++r) {
        if (scene.labels[r] < 0) continue;
        Row centred = rowOf(scene.features, r);
        for (std::size_t d = 0; d < kUnits; ++d)
            centred[d] -= classes.means[static_cast<std::size_t>(scene.labels[r])][d];
        for (std::size_t a = 0; a < kUnits; ++a) {
            for (std::size_t b = 0; b < kUnits; ++b) covariance[a][b] += centred[a] * centred[b] / labelled;
        }
    }
    double best = -INFINITY;
    for (const Row& mean : classes.means) {
        Row centred = row;
        for (std::size_t d = 0; d < kUnits; ++d) centred[d] -= mean[d];
        best = std::max(best, -product(centred, solve(covariance, centred)));
    }
    return best;
}

}  // namespace

class TestManyTrainingImages : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { label(scene_); }

    void equalNaiveLoops_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<std::size_t>("banked");
        QTest::addColumn<Naive>("naive");
        const Naive knn = [](const auto& scene, const Bank& bank, const Row& row) {
            return naiveKnn(scene, bank, row, 50);
        };
        const Naive far = [](const auto& scene, const Bank& bank, const Row& row) {
            return naiveKnn(scene, bank, row, 5000);
        };
        const Naive guide = [](const auto& scene, const Bank& bank, const Row& row) {
            return naiveNnGuide(scene, bank, row, 100);
        };
        const Naive relation = naiveRelation;
        const std::size_t some = kTrain * 60 / 100;
        QTest::newRow("knn") << "knn" << kTrain << knn;
        QTest::newRow("knn, 60 %") << "knn:bank=60" << some << knn;
        QTest::newRow("knn, far neighbour") << "knn:k=5000" << kTrain << far;
        QTest::newRow("nnguide") << "nnguide:bank=100" << kTrain << guide;
        QTest::newRow("nnguide, 60 %") << "nnguide:bank=60" << some << guide;
        QTest::newRow("relation") << "relation" << kTrain << relation;
        QTest::newRow("relation, 60 %") << "relation:bank=60" << some << relation;
        QTest::newRow("mahalanobis") << "mahalanobis" << kTrain
                                     << Naive([](const auto& scene, const Bank&, const Row& row) {
                                            return naiveMahalanobis(scene, row);
                                        });
        QTest::newRow("she") << "she" << kTrain << Naive([](const auto& scene, const Bank&, const Row& row) {
            return naiveShe(scene, row);
        });
        QTest::newRow("klm") << "klm" << kTrain << Naive([](const auto& scene, const Bank&, const Row& row) {
            return naiveKlMatching(scene, row, true);
        });
        QTest::newRow("klm, true labels")
            << "klm:labels=true" << kTrain << Naive([](const auto& scene, const Bank&, const Row& row) {
                   return naiveKlMatching(scene, row, false);
               });
    }
    void equalNaiveLoops() {
        QFETCH(QString, text);
        QFETCH(std::size_t, banked);
        QFETCH(Naive, naive);
        const auto scores = scene_.scores(text.toStdString(), scene_.training());
        QVERIFY(scores);
        const Bank bank = drawRows(kTrain, banked, 0);
        std::vector<double> expected;
        for (std::size_t r = 0; r < kTest; ++r)
            expected.push_back(naive(scene_, bank, rowOf(scene_.test, r)));
        compare(*scores, expected, 2e-5, text.toStdString());
    }

    void theOrderOfTrainingImagesPlaysNoPart() {
        const DetectorCase other = permuted(scene_);
        const auto data = scene_.training();
        const auto otherData = other.training();
        for (const DetectorInfo& info : allDetectors()) {
            if (info.need == DetectorNeed::Model) continue;
            const std::string text = info.id + (info.parameter("bank") != nullptr ? ":bank=100" : "");
            const auto scores = scene_.scores(text, data);
            const auto otherScores = other.scores(text, otherData);
            QVERIFY2(scores && otherScores, text.c_str());
            compare(*otherScores, *scores, 1e-5, text);
        }
    }

    /// So many neighbours that not all images of a block fit into memory at a time.
    void manyNeighboursAreKeptForFewImagesAtATime_data() {
        QTest::addColumn<QString>("text");
        QTest::newRow("knn") << "knn:k=8000";
        QTest::newRow("nnguide") << "nnguide:k=8000:bank=100";
    }
    void manyNeighboursAreKeptForFewImagesAtATime() {
        QFETCH(QString, text);
        DetectorCase many = scene_;
        many.test = drifting(1000, 5);
        const auto scores = many.scores(text.toStdString(), many.training());
        QVERIFY(scores);
        Bank bank(kTrain);
        std::iota(bank.begin(), bank.end(), std::size_t{0});
        for (const std::size_t r : {0U, 500U, 900U, 999U}) {
            const Row row = rowOf(many.test, r);
            const double expected = text.startsWith("knn") ? naiveKnn(many, bank, row, 8000)
                                                           : naiveNnGuide(many, bank, row, 8000);
            compare({(*scores)[r]}, {expected}, 2e-5, text.toStdString());
        }
    }

  private:
    DetectorCase scene_ = manyImages();
};

QTEST_APPLESS_MAIN(TestManyTrainingImages)
#include "test_many_training_images.moc"
