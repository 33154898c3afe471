#include <QTemporaryDir>
#include <QtTest>

#include "core/base/hash.h"
#include "core/model/classifier.h"
#include "tests/core/model/model_golden.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

QString messageOf(const std::string& file, const ClassifierOptions& options, ErrorCode expected) {
    const auto model = Classifier::load(modelPath(file), options);
    if (model) return "(loaded)";
    if (model.error().code != expected)
        return "(other code) " + QString::fromStdString(model.error().message);
    return QString::fromStdString(model.error().message);
}

bool isAtLeast(const std::string& version, int major, int minor) {
    const QStringList parts = QString::fromStdString(version).split('.');
    return std::pair(parts[0].toInt(), parts[1].toInt()) >= std::pair(major, minor);
}

}  // namespace

class TestClassifier : public QObject {
    Q_OBJECT

  private slots:
    void findsTheHead_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("features");
        QTest::addColumn<bool>("bias");
        QTest::addColumn<bool>("convolution");
        QTest::addColumn<QString>("note");
        QTest::newRow("linear") << "fc" << 12 << true << false << "";
        QTest::newRow("no_bias") << "fc" << 12 << false << false << "";
        QTest::newRow("conv_head") << "fc" << 12 << true << true << "";
        QTest::newRow("conv_head_then_pool") << "fc" << 12 << true << true << "";
        QTest::newRow("addmm") << "W" << 12 << true << false << "";
        QTest::newRow("matmul_add") << "W" << 12 << true << false << "";
        QTest::newRow("scripted") << "classifier.3" << 12 << true << false << "";
        QTest::newRow("softmax") << "fc" << 12 << true << false << "ends in a softmax";
        QTest::newRow("log_softmax") << "fc" << 12 << true << false << "ends in a log-softmax";
        QTest::newRow("sigmoid") << "fc" << 12 << true << false << "ends in a sigmoid";
        QTest::newRow("tuple") << "fc" << 12 << true << false << "first of a tuple";
        QTest::newRow("dictionary") << "fc" << 12 << true << false << "'logits' of a dictionary";
        QTest::newRow("auxiliary") << "fc" << 12 << true << false << "first of a tuple";
        QTest::newRow("grey") << "fc" << 12 << true << false << "";
        QTest::newRow("attention") << "head" << 8 << true << false << "";
        QTest::newRow("half") << "fc" << 12 << true << false << "";
        QTest::newRow("hardswish") << "fc" << 12 << true << false << "";
        QTest::newRow("rms_norm") << "fc" << 12 << true << false << "";
        QTest::newRow("squeeze_several") << "fc" << 12 << true << false << "";
        QTest::newRow("fixed_size") << "fc" << 12 << true << false << "";
    }

    void findsTheHead() {
        QFETCH(QString, name);
        QFETCH(int, features);
        const std::string tag = QTest::currentDataTag();
        const Golden input = golden(tag);
        const auto model = Classifier::load(modelPath(tag + ".pt"), optionsFor(input.channels));
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        const ClassifierInfo& info = model->info();
        QCOMPARE(QString::fromStdString(info.head.name), name);
        QCOMPARE(info.head.classes, std::size_t{4});
        QCOMPARE(info.head.features, static_cast<std::size_t>(features));
        QTEST(info.hasBias, "bias");
        QTEST(info.head.isConvolution, "convolution");
        QFETCH(QString, note);
        QCOMPARE(info.note.empty(), note.isEmpty());
        QVERIFY2(QString::fromStdString(info.note).contains(note), info.note.c_str());
        QVERIFY(info.probeScale > 0);
        QVERIFY(info.probeDifference <= 1e-5 * info.probeScale);
        QCOMPARE(QString::fromStdString(info.device), "cpu");

        const auto rows = run(*model, input, 0, input.batch);
        QVERIFY2(rows, rows ? "" : rows.error().message.c_str());
        QVERIFY2(largestDifference(rows->features, input.features) < 1e-5F, "features");
        QVERIFY2(largestDifference(rows->logits, input.logits) < 1e-5F, "logits");
    }

    void weightAndBiasGiveTheLogits() {
        const Golden input = golden("matmul_add");
        const auto model = Classifier::load(modelPath("matmul_add.pt"), optionsFor(3));
        QVERIFY(model);
        const auto weight = model->weight();
        const std::vector<float> bias = model->bias();
        QCOMPARE(weight.rows, std::size_t{4});
        QCOMPARE(weight.cols, std::size_t{12});
        for (std::size_t image = 0; image < input.batch; ++image) {
            for (std::size_t c = 0; c < weight.rows; ++c) {
                double sum = bias[c];
                for (std::size_t d = 0; d < weight.cols; ++d)
                    sum += weight(c, d) * input.features[image * 12 + d];
                QVERIFY(std::abs(sum - input.logits[image * 4 + c]) < 1e-5);
            }
        }
    }

    void headWithoutBiasHasZeros() {
        const auto model = Classifier::load(modelPath("no_bias.pt"), optionsFor(3));
        QVERIFY(model);
        QCOMPARE(model->bias(), std::vector<float>(4, 0.0F));
    }

    void factsOfTheFile() {
        const auto model = Classifier::load(modelPath("linear.pt"), optionsFor(3));
        QVERIFY(model);
        const ClassifierInfo& info = model->info();
        QCOMPARE(info.sha256, *sha256OfFile(modelPath("linear.pt")));
        // 12 x 3 x 3 x 3 and 12 of the convolution, 12 and 12 of the norm, 4 x 12 and 4 of the head.
        QCOMPARE(info.parameters, std::size_t{324 + 12 + 24 + 48 + 4});
        QVERIFY(QString::fromStdString(info.producer).contains("PyTorch 2.1 or newer"));
        QCOMPARE(info.candidates.size(), std::size_t{1});
        QCOMPARE(info.candidates[0], info.head);
        QVERIFY(info.optimisedDifference < 1e-4);
    }

    void auxiliaryHeadIsListedAndCanBeChosen() {
        const auto model = Classifier::load(modelPath("auxiliary.pt"), optionsFor(3));
        QVERIFY(model);
        QCOMPARE(model->info().candidates.size(), std::size_t{2});
        ClassifierOptions options = optionsFor(3);
        options.head = "aux";
        const auto other = Classifier::load(modelPath("auxiliary.pt"), options);
        QVERIFY(other);
        QCOMPARE(QString::fromStdString(other->info().head.name), "aux");
        QVERIFY(QString::fromStdString(other->info().note).contains("chosen by hand"));
        QVERIFY(largestDifference(model->bias(), other->bias()) > 1e-3F);
    }

    void severalHeadsNeedAChoice() {
        const QString message = messageOf("two_heads.pt", optionsFor(3), ErrorCode::Unsupported);
        QVERIFY2(message.contains("--head: fc, aux"), qPrintable(message));
        ClassifierOptions options = optionsFor(3);
        for (const char* name : {"fc", "fc.weight"}) {
            options.head = name;
            const auto model = Classifier::load(modelPath("two_heads.pt"), options);
            QVERIFY2(model, name);
            QCOMPARE(QString::fromStdString(model->info().head.name), "fc");
        }
    }

    void layerBehindAnActivationCanBeChosen() {
        QVERIFY(
            messageOf("relu_after_head.pt", optionsFor(3), ErrorCode::Unsupported).contains("--head: fc"));
        ClassifierOptions options = optionsFor(3);
        options.head = "fc";
        const Golden input = golden("relu_after_head");
        const auto model = Classifier::load(modelPath("relu_after_head.pt"), options);
        QVERIFY(model);
        const auto rows = run(*model, input, 0, input.batch);
        QVERIFY(rows);
        QVERIFY(largestDifference(rows->logits, input.logits) < 1e-5F);
    }

    void unknownHeadNameListsTheLayers() {
        ClassifierOptions options = optionsFor(3);
        options.head = "classifier";
        const QString message = messageOf("linear.pt", options, ErrorCode::Mismatch);
        QVERIFY2(message.contains("it has fc"), qPrintable(message));
    }

    void refuses_data() {
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("words");
        QTest::addColumn<int>("channels");
        const auto row = [](const char* file, ErrorCode code, const char* words, int channels = 3) {
            QTest::newRow(file) << static_cast<int>(code) << words << channels;
        };
        row("grey.pt", ErrorCode::Mismatch, "takes images of 1 x 8 x 8");
        row("linear.pt", ErrorCode::Mismatch, "takes images of 3 x 8 x 8", 1);
        row("fixed_batch.pt", ErrorCode::Unsupported, "batches of 2");
        row("two_inputs.pt", ErrorCode::Unsupported, "one tensor");
        row("training_mode.pt", ErrorCode::Unsupported, "model.eval()");
        row("hidden_probabilities.pt", ErrorCode::Unsupported, "without its final softmax");
        row("strange_dictionary.pt", ErrorCode::Unsupported, "returns its logits as one tensor");
        row("not_a_number.pt", ErrorCode::Corrupt, "NaN");
        row("foreign_operator.pt", ErrorCode::Unsupported, "golden::twice");
        row("state_dict.pth", ErrorCode::Corrupt, "export_model.py");
        row("no_such_file.pt", ErrorCode::NotFound, "no_such_file.pt");
    }

    void refuses() {
        QFETCH(int, code);
        QFETCH(QString, words);
        QFETCH(int, channels);
        const QString message =
            messageOf(QTest::currentDataTag(), optionsFor(channels), static_cast<ErrorCode>(code));
        QVERIFY2(message.contains(words), qPrintable(message));
        QVERIFY2(message.contains(QTest::currentDataTag()), qPrintable(message));
    }

    void refusesAnotherSize() {
        ClassifierOptions options = optionsFor(3, 9);
        QVERIFY(messageOf("fixed_size.pt", options, ErrorCode::Mismatch).contains("3 x 9 x 9"));
    }

    void namesANewerOperatorAndItsVersion() {
        const auto any = Classifier::load(modelPath("linear.pt"), optionsFor(3));
        QVERIFY(any);
        if (isAtLeast(any->info().libtorch, 2, 5)) QSKIP("this LibTorch has the operator");
        const QString message = messageOf("newer_operator.pt", optionsFor(3), ErrorCode::Unsupported);
        QVERIFY2(message.contains("aten::_safe_softmax") && message.contains("2.5"), qPrintable(message));
    }

    void refusesATruncatedFile() {
        QFile whole(QString::fromStdString(modelPath("linear.pt").string()));
        QVERIFY(whole.open(QIODevice::ReadOnly));
        const QByteArray bytes = whole.readAll();
        const QTemporaryDir folder;
        for (const int percent : {0, 1, 30, 60, 90, 99}) {
            const std::string path = folder.filePath("cut.pt").toStdString();
            QFile cut(QString::fromStdString(path));
            QVERIFY(cut.open(QIODevice::WriteOnly));
            cut.write(bytes.left(bytes.size() * percent / 100));
            cut.close();
            const auto model = Classifier::load(path, optionsFor(3));
            QVERIFY(!model);
            QCOMPARE(static_cast<int>(model.error().code), static_cast<int>(ErrorCode::Corrupt));
            QVERIFY(QString::fromStdString(model.error().message).contains("cut.pt"));
        }
    }

    void refusesFlippedBytesWithoutCrashing() {
        QFile whole(QString::fromStdString(modelPath("linear.pt").string()));
        QVERIFY(whole.open(QIODevice::ReadOnly));
        const QByteArray bytes = whole.readAll();
        const QTemporaryDir folder;
        int refused = 0;
        for (int at = 17; at < bytes.size(); at += 397) {
            QByteArray damaged = bytes;
            damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
            const std::string path = folder.filePath("damaged.pt").toStdString();
            QFile file(QString::fromStdString(path));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(damaged);
            file.close();
            const auto model = Classifier::load(path, optionsFor(3));
            if (!model) ++refused;
            if (!model) QVERIFY(!model.error().message.empty());
        }
        QVERIFY(refused > 0);
    }

    void refusesImpossibleRequests() {
        ClassifierOptions options = optionsFor(3);
        options.device = "tpu";
        QVERIFY(messageOf("linear.pt", options, ErrorCode::InvalidArgument).contains("cpu"));
        options.device = "cuda:77";
        QVERIFY(messageOf("linear.pt", options, ErrorCode::Device).contains("can use: cpu"));
        options = optionsFor(2);
        QVERIFY(messageOf("linear.pt", options, ErrorCode::InvalidArgument).contains("1 or 3"));
        options = optionsFor(3, 0);
        QVERIFY(messageOf("linear.pt", options, ErrorCode::InvalidArgument).contains("pixels"));
    }

    void stopsWhenAsked() {
        std::stop_source source;
        source.request_stop();
        const auto model =
            Classifier::load(modelPath("linear.pt"), optionsFor(3), Job{source.get_token(), {}});
        QVERIFY(!model);
        QCOMPARE(static_cast<int>(model.error().code), static_cast<int>(ErrorCode::Cancelled));
    }

    void sharedCifarModel() {
        const auto path = std::filesystem::path(DICESCOPE_SHARED_DIR) / "models/cifar10-densenet100.pt";
        if (!std::filesystem::exists(path)) QSKIP("the shared model is absent");
        const auto model = Classifier::load(path, optionsFor(3, 32));
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        QCOMPARE(model->info().head, (HeadCandidate{"fc", 10, 342, false}));
        QVERIFY(model->info().probeDifference < 1e-5 * model->info().probeScale);
    }
};

QTEST_APPLESS_MAIN(TestClassifier)
#include "test_classifier.moc"
