#include "core/model/feature_maps.h"

#include <QtTest>
#include <atomic>
#include <thread>

#include "tests/core/model/model_golden.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

const nlohmann::json& maps() {
    static const nlohmann::json file = nlohmann::json::parse(std::ifstream(modelPath("maps.json")));
    return file;
}

std::span<const std::uint8_t> firstImage(const Golden& input) {
    return std::span(input.pixels).first(input.pixels.size() / input.batch);
}

std::vector<float> table(float mean, float deviation) {
    std::vector<float> values;
    for (int value = 0; value < 256; ++value)
        values.push_back((static_cast<float>(value) / 255.0F - mean) / deviation);
    return values;
}

/// max over d of |mean of the map's row d - h_d|, by a sum in double.
double worstMean(const FeatureMaps& found) {
    double worst = 0;
    for (std::size_t d = 0; d < found.values.rows(); ++d) {
        double sum = 0;
        for (const float value : found.values.view().row(d)) sum += value;
        worst = std::max(worst, std::abs(sum / static_cast<double>(found.values.cols()) - found.features[d]));
    }
    return worst;
}

std::vector<std::uint8_t> noisePixels(std::size_t count) {
    std::vector<std::uint8_t> pixels(count);
    std::uint32_t state = 7;
    for (auto& pixel : pixels)
        pixel = static_cast<std::uint8_t>((state = state * 1664525U + 1013904223U) >> 24U);
    return pixels;
}

}  // namespace

class TestFeatureMaps : public QObject {
    Q_OBJECT

  private slots:
    void mapsAreThoseOfPyTorch_data() {
        QTest::addColumn<QString>("pooling");
        QTest::newRow("map_mean") << "aten::mean";
        QTest::newRow("map_avg_pool") << "aten::avg_pool2d";
        QTest::newRow("map_channels_last") << "aten::mean";
        // Both averages have maps; the last one still has two rows.
        QTest::newRow("map_two_pools") << "aten::adaptive_avg_pool2d";
    }
    void mapsAreThoseOfPyTorch() {
        QFETCH(QString, pooling);
        const std::string tag = QTest::currentDataTag();
        const nlohmann::json& expected = maps().at("maps").at(tag);
        auto values = expected.at("values").get<std::vector<float>>();
        std::size_t height = expected.at("height").get<std::size_t>();
        const std::size_t width = 3;
        if (tag == "map_two_pools") {
            std::vector<float> halved;
            for (std::size_t at = 0; at < values.size(); at += 2 * width) {
                for (std::size_t x = 0; x < width; ++x)
                    halved.push_back((values[at + x] + values[at + width + x]) / 2);
            }
            values = halved;
            height /= 2;
        }
        const auto model = FeatureMapModel::load(modelPath(tag + ".pt"), optionsFor(3));
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        QCOMPARE(model->info().features, std::size_t{6});
        QCOMPARE(model->info().height, height);
        QCOMPARE(model->info().width, width);
        QCOMPARE(QString::fromStdString(model->info().pooling), pooling);
        QVERIFY(model->info().probeScale > 0.1);
        QVERIFY(model->info().probeDifference < 1e-5 * model->info().probeScale);
        const Golden input = golden("linear");
        const auto found = model->maps(firstImage(input), input.tables);
        QVERIFY2(found, found ? "" : found.error().message.c_str());
        QCOMPARE(found->values.rows(), std::size_t{6});
        const auto flat = found->values.view().flat();
        QVERIFY(largestDifference({flat.begin(), flat.end()}, values) < 1e-5F);
        QVERIFY(largestDifference(found->features, expected.at("features").get<std::vector<float>>()) <
                1e-5F);
    }

    // Fixtures of the classifier: every pooled one has a map whose mean is the classifier's features.
    void theMeanOfTheMapIsTheFeatures_data() {
        QTest::addColumn<QString>("pooling");
        for (const char* name : {"linear", "conv_head", "addmm", "matmul_add", "softmax", "tuple",
                                 "dictionary", "half", "hardswish", "grey", "squeeze_several"})
            QTest::newRow(name) << "aten::adaptive_avg_pool2d";
        QTest::newRow("conv_head_then_pool") << "1x1 convolution head";
    }
    void theMeanOfTheMapIsTheFeatures() {
        QFETCH(QString, pooling);
        const std::string tag = QTest::currentDataTag();
        const Golden input = golden(tag);
        const auto model = FeatureMapModel::load(modelPath(tag + ".pt"), optionsFor(input.channels));
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        QCOMPARE(QString::fromStdString(model->info().pooling), pooling);
        QCOMPARE(model->info().height * model->info().width, std::size_t{64});
        const auto found = model->maps(firstImage(input), input.tables);
        QVERIFY2(found, found ? "" : found.error().message.c_str());
        QVERIFY(worstMean(*found) < 1e-5);
        const std::vector<float> first(input.features.begin(), input.features.begin() + 12);
        QVERIFY(largestDifference(found->features, first) < 1e-5F);
    }

    void modelsWithoutAMapSayWhy_data() {
        QTest::addColumn<QString>("reason");
        QTest::newRow("attention") << "come from aten::select";  // a class token
        QTest::newRow("scripted") << "come from aten::linear";
        QTest::newRow("fixed_size") << "come from aten::linear";
        QTest::newRow("map_then_norm") << "come from aten::layer_norm";
        QTest::newRow("map_max_pool") << "come from aten::amax";
        QTest::newRow("map_part") << "differ from the mean of the map in front of aten::avg_pool2d";
    }
    void modelsWithoutAMapSayWhy() {
        QFETCH(QString, reason);
        const auto model =
            FeatureMapModel::load(modelPath(QTest::currentDataTag() + std::string(".pt")), optionsFor(3));
        QVERIFY(!model);
        QCOMPARE(model.error().code, ErrorCode::Unsupported);
        const QString message = QString::fromStdString(model.error().message);
        QVERIFY2(message.startsWith("There are no activation maps for this model"), qPrintable(message));
        QVERIFY2(message.contains(reason), qPrintable(message));
    }

    void theDemoNetworkHasMaps() {
        const nlohmann::json& expected = maps().at("demo");
        const auto model = FeatureMapModel::load(DICESCOPE_DEMO_MODEL, optionsFor(1, 28));
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        QCOMPARE(model->info().features, std::size_t{512});
        QCOMPARE(model->info().height, std::size_t{3});
        QCOMPARE(model->info().width, std::size_t{3});
        const auto pixels = expected.at("pixels").get<std::vector<std::uint8_t>>();
        const auto found = model->maps(std::span(pixels).first(28 * 28), table(0.2860F, 0.3530F));
        QVERIFY2(found, found ? "" : found.error().message.c_str());
        QVERIFY(worstMean(*found) < 1e-5);
        QVERIFY(largestDifference(found->features, expected.at("features").get<std::vector<float>>()) <
                1e-4F);
        const auto unit = found->values.view().row(7);
        QVERIFY(largestDifference({unit.begin(), unit.end()},
                                  expected.at("map_of_unit_7").get<std::vector<float>>()) < 1e-4F);
    }

    // The map of a class, sum_d W[c,d] A[d,position], has the class's logit less its bias as its mean.
    void classMapsSumToTheLogits() {
        const std::filesystem::path path = DICESCOPE_SHARED_DIR "/models/cifar10-densenet100.pt";
        if (!std::filesystem::exists(path)) QSKIP("../shared is not there");
        const ClassifierOptions options = optionsFor(3, 32);
        const auto model = FeatureMapModel::load(path, options);
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        QCOMPARE(model->info().features, std::size_t{342});
        QCOMPARE(model->info().height, std::size_t{8});
        QCOMPARE(model->info().width, std::size_t{8});
        const auto classifier = Classifier::load(path, options);
        QVERIFY(classifier);
        Golden input;
        input.batch = 1;
        input.pixels = noisePixels(32 * 32 * 3);
        for (int channel = 0; channel < 3; ++channel) {
            const auto values = table(0.45F, 0.2F);
            input.tables.insert(input.tables.end(), values.begin(), values.end());
        }
        const auto rows = run(*classifier, input, 0, 1);
        QVERIFY(rows);
        const auto found = model->maps(input.pixels, input.tables);
        QVERIFY2(found, found ? "" : found.error().message.c_str());
        QVERIFY(largestDifference(found->features, rows->features) < 1e-4F);
        const auto bias = classifier->bias();
        for (std::size_t c = 0; c < 10; ++c) {
            double sum = 0;
            for (std::size_t d = 0; d < 342; ++d) {
                for (const float value : found->values.view().row(d))
                    sum += static_cast<double>(value) * classifier->weight().row(c)[d];
            }
            QVERIFY(std::abs(sum / 64 + bias[c] - rows->logits[c]) < 1e-3);
        }
    }

    void threadsGiveTheSameMaps() {
        const Golden input = golden("linear");
        const auto model = FeatureMapModel::load(modelPath("linear.pt"), optionsFor(3));
        QVERIFY(model);
        const auto expected = model->maps(firstImage(input), input.tables);
        QVERIFY(expected);
        std::atomic<int> same = 0;
        {
            std::vector<std::jthread> threads;
            for (int at = 0; at < 4; ++at) {
                threads.emplace_back([&] {
                    for (int round = 0; round < 10; ++round) {
                        const auto found = model->maps(firstImage(input), input.tables);
                        if (found &&
                            std::ranges::equal(found->values.view().flat(), expected->values.view().flat()))
                            ++same;
                    }
                });
            }
        }
        QCOMPARE(same.load(), 40);
    }

    void wrongInputIsAnError() {
        const Golden input = golden("linear");
        const auto model = FeatureMapModel::load(modelPath("linear.pt"), optionsFor(3));
        QVERIFY(model);
        QCOMPARE(model->maps(firstImage(input).first(9), input.tables).error().code,
                 ErrorCode::InvalidArgument);
        QCOMPARE(model->maps(firstImage(input), std::span(input.tables).first(256)).error().code,
                 ErrorCode::InvalidArgument);
        QCOMPARE(FeatureMapModel::load(modelPath("none.pt"), optionsFor(3)).error().code,
                 ErrorCode::NotFound);
        QCOMPARE(FeatureMapModel::load(modelPath("state_dict.pth"), optionsFor(3)).error().code,
                 ErrorCode::Corrupt);
        QCOMPARE(FeatureMapModel::load(modelPath("linear.pt"), optionsFor(1)).error().code,
                 ErrorCode::Mismatch);
        QCOMPARE(FeatureMapModel::load(modelPath("linear.pt"), optionsFor(3, 0)).error().code,
                 ErrorCode::InvalidArgument);
    }
};

QTEST_APPLESS_MAIN(TestFeatureMaps)
#include "test_feature_maps.moc"
