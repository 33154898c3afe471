#include "core/model/masked_model.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>

#include "tests/core/model/model_golden.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

/// Every third weight dropped.
Matrix<float> masked(MatrixView<const float> weight) {
    Matrix<float> result(weight.rows, weight.cols);
    for (std::size_t i = 0; i < weight.size(); ++i) result.data()[i] = i % 3 == 0 ? 0 : weight.data[i];
    return result;
}

/// W min(h, c) + b in float64 from the features that PyTorch gives.
std::vector<float> expectedLogits(const Golden& input, const Matrix<float>& weight,
                                  const std::vector<float>& bias, std::optional<float> clip) {
    std::vector<float> logits;
    for (std::size_t i = 0; i < input.batch; ++i) {
        for (std::size_t c = 0; c < weight.rows(); ++c) {
            double sum = bias[c];
            for (std::size_t d = 0; d < weight.cols(); ++d) {
                const double h = input.features[i * weight.cols() + d];
                sum += static_cast<double>(weight(c, d)) * (clip ? std::min<double>(h, *clip) : h);
            }
            logits.push_back(static_cast<float>(sum));
        }
    }
    return logits;
}

std::vector<float> energies(const std::vector<float>& logits, std::size_t batch) {
    const std::size_t classes = logits.size() / batch;
    std::vector<float> result;
    for (std::size_t i = 0; i < batch; ++i) {
        double sum = 0;
        for (std::size_t c = 0; c < classes; ++c)
            sum += std::exp(static_cast<double>(logits[i * classes + c]));
        result.push_back(static_cast<float>(std::log(sum)));
    }
    return result;
}

/// A clip that some of the features exceed.
float medianFeature(const Golden& input) {
    std::vector<float> values = input.features;
    std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
    return values[values.size() / 2];
}

}  // namespace

class TestMaskedModel : public QObject {
    Q_OBJECT

  private slots:
    void givesTheMaskedLogits_data() {
        QTest::addColumn<bool>("clip");
        for (const char* model :
             {"linear", "no_bias", "conv_head", "conv_head_then_pool", "addmm", "matmul_add", "scripted",
              "softmax", "log_softmax", "tuple", "dictionary", "auxiliary", "grey", "attention", "half",
              "hardswish", "relu_after_head", "fixed_size"}) {
            for (const bool clip : {false, true}) {
                QTest::addRow("%s%s", model, clip ? ", clipped" : "") << clip;
            }
        }
    }
    void givesTheMaskedLogits() {
        QFETCH(bool, clip);
        const std::string model = QString(QTest::currentDataTag()).section(',', 0, 0).toStdString();
        const Golden input = golden(model == "relu_after_head" ? "linear" : model);
        ClassifierOptions options = optionsFor(input.channels);
        if (model == "relu_after_head") options.head = "fc";
        const auto source = Classifier::load(modelPath(model + ".pt"), options);
        QVERIFY2(source, source ? "" : source.error().message.c_str());
        Golden reference = input;
        if (model == "relu_after_head") {
            const auto rows = run(*source, input, 0, input.batch);
            QVERIFY(rows);
            reference.features = rows->features;
        }

        const Matrix<float> weight = masked(source->weight());
        MaskedHead head{weight.view(), {}};
        if (clip) head.reactClip = medianFeature(reference);
        const auto written = writeMaskedModel(modelPath(model + ".pt"), options, head, out());
        QVERIFY2(written, written ? "" : written.error().message.c_str());

        const auto loaded = Classifier::load(out(), optionsFor(input.channels));
        QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
        QCOMPARE(loaded->info().head.classes, weight.rows());
        QCOMPARE(loaded->info().head.features, weight.cols());
        QVERIFY(loaded->info().note.empty());
        const auto rows = run(*loaded, input, 0, input.batch);
        QVERIFY(rows);
        const auto expected = expectedLogits(reference, weight, source->bias(), head.reactClip);
        const float difference = largestDifference(rows->logits, expected);
        QVERIFY2(difference < 2e-5F, qPrintable(QString::number(difference)));
        if (clip) QVERIFY(largestDifference(rows->features, reference.features) > 1e-3F);

        const std::vector<float> scores = energies(expected, input.batch);
        const auto checked = largestScoreDifference(out(), options, {input.pixels, input.tables, scores});
        QVERIFY(checked);
        QVERIFY2(*checked < 2e-5, qPrintable(QString::number(*checked)));
    }

    void keepsAClipExactly() {
        const auto source = Classifier::load(modelPath("linear.pt"), optionsFor(3));
        QVERIFY(source);
        const float clip = 0.1F;
        QVERIFY(writeMaskedModel(modelPath("linear.pt"), optionsFor(3), {source->weight(), clip}, out()));
        const auto loaded = Classifier::load(out(), optionsFor(3));
        QVERIFY(loaded);
        const auto rows = run(*loaded, golden("linear"), 0, 5);
        QVERIFY(rows);
        QCOMPARE(*std::ranges::max_element(rows->features), clip);
        QVERIFY(std::ranges::equal(loaded->weight().flat(), source->weight().flat()));
        QCOMPARE(loaded->bias(), source->bias());
    }

    void keepsNoWeightAtAll() {
        const Matrix<float> nothing(4, 12);
        QVERIFY(writeMaskedModel(modelPath("linear.pt"), optionsFor(3), {nothing.view(), {}}, out()));
        const auto source = Classifier::load(modelPath("linear.pt"), optionsFor(3));
        const auto loaded = Classifier::load(out(), optionsFor(3));
        QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
        const auto rows = run(*loaded, golden("linear"), 0, 1);
        QVERIFY(rows);
        QCOMPARE(rows->logits, source->bias());
    }

    void tellsADifference() {
        const auto source = Classifier::load(modelPath("linear.pt"), optionsFor(3));
        QVERIFY(source);
        const Golden input = golden("linear");
        QVERIFY(writeMaskedModel(modelPath("linear.pt"), optionsFor(3), {source->weight(), {}}, out()));
        std::vector<float> scores = energies(input.logits, input.batch);
        scores[3] += 0.25F;
        const auto difference =
            largestScoreDifference(out(), optionsFor(3), {input.pixels, input.tables, scores});
        QVERIFY(difference);
        QVERIFY(std::abs(*difference - 0.25) < 1e-4);
        scores[1] = NAN;
        QCOMPARE(*largestScoreDifference(out(), optionsFor(3), {input.pixels, input.tables, scores}),
                 static_cast<double>(INFINITY));
        scores.pop_back();
        const auto other = largestScoreDifference(out(), optionsFor(3), {input.pixels, input.tables, scores});
        QCOMPARE(other.error().code, ErrorCode::InvalidArgument);
    }

    void theNamedHeadIsTaken() {
        ClassifierOptions options = optionsFor(3);
        options.head = "aux";
        const auto source = Classifier::load(modelPath("two_heads.pt"), options);
        QVERIFY2(source, source ? "" : source.error().message.c_str());
        const Matrix<float> weight = masked(source->weight());
        QVERIFY(writeMaskedModel(modelPath("two_heads.pt"), options, {weight.view(), {}}, out()));
        const auto loaded = Classifier::load(out(), optionsFor(3));
        QVERIFY(loaded);
        QVERIFY(std::ranges::equal(loaded->weight().flat(), weight.view().flat()));
        QCOMPARE(loaded->bias(), source->bias());
    }

    void refuses_data() {
        QTest::addColumn<QString>("model");
        QTest::addColumn<int>("classes");
        QTest::addColumn<float>("value");
        QTest::addColumn<float>("clip");
        QTest::addColumn<int>("code");
        const auto row = [](const char* name, const char* model, int classes, float value, float clip,
                            ErrorCode code) {
            QTest::newRow(name) << QString(model) << classes << value << clip << static_cast<int>(code);
        };
        row("no file", "none.pt", 4, 0, 1, ErrorCode::NotFound);
        row("a checkpoint", "state_dict.pth", 4, 0, 1, ErrorCode::Corrupt);
        row("another shape", "linear.pt", 5, 0, 1, ErrorCode::Mismatch);
        row("NaN weight", "linear.pt", 4, NAN, 1, ErrorCode::InvalidArgument);
        row("infinite clip", "linear.pt", 4, 0, INFINITY, ErrorCode::InvalidArgument);
        row("no head", "two_heads.pt", 4, 0, 1, ErrorCode::Unsupported);
    }
    void refuses() {
        QFETCH(QString, model);
        QFETCH(int, classes);
        QFETCH(float, value);
        QFETCH(float, clip);
        QFETCH(int, code);
        const Matrix<float> weight(static_cast<std::size_t>(classes), 12, value);
        const auto written =
            writeMaskedModel(modelPath(model.toStdString()), optionsFor(3), {weight.view(), clip},
                             folder_.filePath("refused.pt").toStdString());
        QVERIFY(!written);
        QCOMPARE(static_cast<int>(written.error().code), code);
        QVERIFY(!QFile::exists(folder_.filePath("refused.pt")));
    }

    void aRefusedWriteLeavesNothing() {
        const Matrix<float> weight(4, 12);
        const auto below = folder_.filePath("file");
        QFile file(below);
        QVERIFY(file.open(QIODevice::WriteOnly));
        const auto written = writeMaskedModel(modelPath("linear.pt"), optionsFor(3), {weight.view(), {}},
                                              (below + "/model.pt").toStdString());
        QVERIFY(!written);
        QCOMPARE(written.error().code, ErrorCode::WriteFailed);
    }

    void aStopIsObeyed() {
        std::stop_source stop;
        stop.request_stop();
        const Matrix<float> weight(4, 12);
        const auto written =
            writeMaskedModel(modelPath("linear.pt"), optionsFor(3), {weight.view(), {}},
                             folder_.filePath("stopped.pt").toStdString(), {stop.get_token(), {}});
        QCOMPARE(written.error().code, ErrorCode::Cancelled);
        QVERIFY(!QFile::exists(folder_.filePath("stopped.pt")));
    }

    void theDemoModel() {
        const std::filesystem::path demo = DICESCOPE_DEMO_MODEL;
        const auto options = optionsFor(1, 28);
        const auto source = Classifier::load(demo, options);
        QVERIFY2(source, source ? "" : source.error().message.c_str());
        const Matrix<float> weight = masked(source->weight());
        const MaskedHead head{weight.view(), 0.5F};
        QVERIFY(writeMaskedModel(demo, options, head, out()));
        Golden input;
        input.batch = 6;
        input.channels = 1;
        for (std::size_t i = 0; i < input.batch * 28 * 28; ++i) {
            input.pixels.push_back(static_cast<std::uint8_t>(i * i % 251));
        }
        for (int value = 0; value < 256; ++value)
            input.tables.push_back((static_cast<float>(value) / 255.0F - 0.286F) / 0.353F);
        const auto rows = run(*source, input, 0, input.batch);
        QVERIFY(rows);
        input.features = rows->features;
        const auto expected = expectedLogits(input, weight, source->bias(), head.reactClip);
        const auto difference = largestScoreDifference(
            out(), options, {input.pixels, input.tables, energies(expected, input.batch)});
        QVERIFY(difference);
        QVERIFY2(*difference < 1e-4, qPrintable(QString::number(*difference)));
    }

  private:
    std::filesystem::path out() const { return folder_.filePath("masked.pt").toStdString(); }

    QTemporaryDir folder_;
};

QTEST_APPLESS_MAIN(TestMaskedModel)
#include "test_masked_model.moc"
