#include "core/model/odin.h"

#include <QtTest>
#include <atomic>
#include <thread>

#include "tests/core/model/model_golden.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

constexpr OdinOptions kWide{5, 0.05};

const nlohmann::json& goldens() {
    static const nlohmann::json file = nlohmann::json::parse(std::ifstream(modelPath("maps.json")));
    return file;
}

std::vector<double> scoresOf(const OdinModel& model, const Golden& input, const OdinOptions& options) {
    std::vector<double> scores(input.batch, NAN);
    const auto status = model.scores(input.pixels, input.batch, input.tables, options, scores);
    return status ? scores : std::vector<double>{};
}

/// Largest difference relative to how far the scores lie above 1/C, which is all that they say.
double worst(const std::vector<double>& found, const std::vector<double>& expected, double classes) {
    if (found.size() != expected.size() || found.empty()) return INFINITY;
    double largest = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const double difference = std::abs(found[i] - expected[i]) / (expected[i] - 1 / classes);
        if (!(difference <= largest)) largest = difference;
    }
    return largest;
}

}  // namespace

class TestOdin : public QObject {
    Q_OBJECT

  private slots:
    void scoresAreThoseOfPyTorch_data() {
        QTest::addColumn<int>("unused");
        for (const char* name :
             {"linear", "conv_head_then_pool", "scripted", "attention", "rms_norm", "hardswish", "softmax"})
            QTest::newRow(name) << 0;
    }
    void scoresAreThoseOfPyTorch() {
        const std::string tag = QTest::currentDataTag();
        const Golden input = golden(tag);
        const auto model = OdinModel::load(modelPath(tag + ".pt"), optionsFor(3));
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        const nlohmann::json& expected = goldens().at("odin").at(tag);
        const double authors =
            worst(scoresOf(*model, input, {}), expected.at("authors").get<std::vector<double>>(), 4);
        QVERIFY2(authors < 1e-4, qPrintable(QString::number(authors)));
        const double wide =
            worst(scoresOf(*model, input, kWide), expected.at("wide").get<std::vector<double>>(), 4);
        QVERIFY2(wide < 1e-4, qPrintable(QString::number(wide)));
    }

    void theDemoNetworkScoresAsInPyTorch() {
        const nlohmann::json& expected = goldens().at("demo");
        const auto model = OdinModel::load(DICESCOPE_DEMO_MODEL, optionsFor(1, 28));
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        Golden input;
        input.batch = 4;
        input.pixels = expected.at("pixels").get<std::vector<std::uint8_t>>();
        for (int value = 0; value < 256; ++value)
            input.tables.push_back((static_cast<float>(value) / 255.0F - 0.2860F) / 0.3530F);
        const double difference =
            worst(scoresOf(*model, input, {}), expected.at("authors").get<std::vector<double>>(), 8);
        QVERIFY2(difference < 1e-4, qPrintable(QString::number(difference)));
    }

    // Without noise the score is the largest softmax of the logits over T.
    void withoutNoiseItIsTheTemperatureAlone() {
        const Golden input = golden("linear");
        const auto model = OdinModel::load(modelPath("linear.pt"), optionsFor(3));
        QVERIFY(model);
        const auto scores = scoresOf(*model, input, {2, 0});
        QCOMPARE(scores.size(), input.batch);
        for (std::size_t i = 0; i < input.batch; ++i) {
            const auto logits = std::span(input.logits).subspan(i * 4, 4);
            const double largest = *std::ranges::max_element(logits);
            double sum = 0;
            for (const float logit : logits) sum += std::exp((static_cast<double>(logit) - largest) / 2);
            QVERIFY(std::abs(scores[i] - 1 / sum) < 1e-6);
        }
    }

    void theNoiseRaisesTheScore() {
        const Golden input = golden("linear");
        const auto model = OdinModel::load(modelPath("linear.pt"), optionsFor(3));
        QVERIFY(model);
        const auto plain = scoresOf(*model, input, {1000, 0});
        const auto moved = scoresOf(*model, input, {1000, 0.0014});
        for (std::size_t i = 0; i < input.batch; ++i) QVERIFY(moved.at(i) > plain.at(i));
    }

    void oneImageScoresAsInABatchAndOnAnyThread() {
        const Golden input = golden("scripted");
        const auto model = OdinModel::load(modelPath("scripted.pt"), optionsFor(3));
        QVERIFY(model);
        const auto expected = scoresOf(*model, input, kWide);
        const std::size_t image = input.pixels.size() / input.batch;
        double alone = 0;
        QVERIFY(model->scores(std::span(input.pixels).subspan(image, image), 1, input.tables, kWide,
                              {&alone, 1}));
        QVERIFY(std::abs(alone - expected.at(1)) < 1e-6);
        std::atomic<int> same = 0;
        {
            std::vector<std::jthread> threads;
            for (int at = 0; at < 4; ++at) {
                threads.emplace_back([&] {
                    for (int round = 0; round < 10; ++round)
                        same += scoresOf(*model, input, kWide) == expected;
                });
            }
        }
        QCOMPARE(same.load(), 40);
    }

    void wrongInputIsAnError() {
        const Golden input = golden("linear");
        const auto model = OdinModel::load(modelPath("linear.pt"), optionsFor(3));
        QVERIFY(model);
        std::vector<double> scores(input.batch);
        const auto code = [&](std::size_t batch, const OdinOptions& options) {
            const auto status = model->scores(input.pixels, batch, input.tables, options, scores);
            return status ? ErrorCode::Internal : status.error().code;
        };
        QCOMPARE(code(4, {}), ErrorCode::InvalidArgument);
        QCOMPARE(code(5, {0, 0.1}), ErrorCode::InvalidArgument);
        QCOMPARE(code(5, {1, -0.1}), ErrorCode::InvalidArgument);
        QCOMPARE(code(5, {NAN, 0.1}), ErrorCode::InvalidArgument);
        QVERIFY(model->scores({}, 0, input.tables, {}, {}));
        QCOMPARE(OdinModel::load(modelPath("none.pt"), optionsFor(3)).error().code, ErrorCode::NotFound);
        QCOMPARE(OdinModel::load(modelPath("linear.pt"), optionsFor(1)).error().code, ErrorCode::Mismatch);
    }
};

QTEST_APPLESS_MAIN(TestOdin)
#include "test_odin.moc"
