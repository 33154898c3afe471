#include <QTemporaryDir>
#include <QtTest>
#include <cstring>
#include <limits>

#include "core/features/feature_file.h"
#include "core/features/safetensors.h"
#include "feature_test_support.h"

using namespace dicescope;
using namespace dicescope::test;
namespace fs = std::filesystem;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

struct Tensor {
    TensorSpec spec;
    std::string bytes;
};

template <class T>
std::string raw(const std::vector<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

// Owns the values that a FeatureSet only views.
struct OwnedSet {
    Matrix<float> features = imageRows(0, 3, 4, 0.5F);
    Matrix<float> logits = imageRows(0, 3, 2, -9.0F);
    FeatureSet set;

    OwnedSet() {
        set.features = features.view();
        set.logits = logits.view();
        set.paths = {"a/1.png", "b/sp ace\n.png", "b/\xff.png"};
        set.labels = {0, 1, -1};
        set.hashes = {imageHash(0), imageHash(1), imageHash(2)};
        set.classes = {"a", "caf\xc3\xa9"};
        set.skipped = {{"b/broken.png", "not an image"}, {"\xfe", ""}};
        set.provenance = {std::string(64, 'a'), "fc.weight", R"({"resize":32})", "cpu", "/data",
                          "DiceScope 0.1"};
    }
};

bool sameValues(MatrixView<const float> a, MatrixView<const float> b) {
    return a.rows == b.rows && a.cols == b.cols && std::memcmp(a.data, b.data, a.size() * sizeof(float)) == 0;
}

}  // namespace

class TestFeatureFile : public QObject {
    Q_OBJECT

  private:
    QTemporaryDir temporary_;
    fs::path folder_ = temporary_.path().toStdString();

    fs::path tensorFile(const std::vector<Tensor>& tensors,
                        const std::map<std::string, std::string>& metadata) {
        const fs::path path = folder_ / (std::string(QTest::currentTestFunction()) + ".safetensors");
        std::vector<TensorSpec> specs;
        for (const auto& tensor : tensors) specs.push_back(tensor.spec);
        auto writer = SafetensorsWriter::create(path, specs, metadata).value();
        for (const auto& tensor : tensors) (void)writer.write(bytesOf(tensor.bytes));
        (void)writer.commit();
        return path;
    }

    ErrorCode codeOf(const std::vector<Tensor>& tensors,
                     const std::map<std::string, std::string>& metadata = {}) {
        const auto set = readFeatureFile(tensorFile(tensors, metadata));
        return set ? ErrorCode::Internal : set.error().code;
    }

    static Tensor features(std::uint64_t rows = 2) {
        return {{"features", TensorType::F32, {rows, 1}}, raw(std::vector<float>(rows, 1))};
    }

  private slots:
    void roundTripKeepsEverything() {
        OwnedSet owned;
        owned.features(1, 1) = kNan;
        owned.features(2, 0) = -0.0F;
        const fs::path path = folder_ / "set.safetensors";
        QVERIFY(writeFeatureFile(path, owned.set).has_value());
        const auto read = readFeatureFile(path);
        QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
        const FeatureSet& set = **read;
        QVERIFY(sameValues(set.features, owned.features.view()));
        QVERIFY(sameValues(set.logits, owned.logits.view()));
        QCOMPARE(set.paths, owned.set.paths);
        QCOMPARE(set.labels, owned.set.labels);
        QVERIFY(set.hashes == owned.set.hashes);
        QCOMPARE(set.classes, owned.set.classes);
        QCOMPARE(set.skipped.size(), std::size_t{2});
        QCOMPARE(set.skipped[0].path, std::string("b/broken.png"));
        QCOMPARE(set.skipped[0].reason, std::string("not an image"));
        QCOMPARE(set.skipped[1].path, std::string("\xfe"));
        QVERIFY(set.provenance == owned.set.provenance);
    }

    void optionalPartsMayBeAbsent() {
        OwnedSet owned;
        owned.set.logits = {};
        owned.set.hashes.clear();
        owned.set.classes.clear();
        owned.set.skipped.clear();
        const fs::path path = folder_ / "small.safetensors";
        QVERIFY(writeFeatureFile(path, owned.set).has_value());
        const auto set = readFeatureFile(path).value();
        QVERIFY(set->logits.empty());
        QVERIFY(set->hashes.empty());
        QVERIFY(set->classes.empty());
        QVERIFY(set->skipped.empty());
        QCOMPARE(set->labels, owned.set.labels);
    }

    void setOutlivesItsFile() {
        OwnedSet owned;
        const fs::path path = folder_ / "gone.safetensors";
        QVERIFY(writeFeatureFile(path, owned.set).has_value());
        const auto set = readFeatureFile(path).value();
        owned.features(0, 0) = 99;
        QVERIFY(writeFeatureFile(path, owned.set).has_value());
        fs::remove(path);
        QCOMPARE(set->features(0, 0), 0.5F);
    }

    void readsWhatPythonWrote() {
        const auto set = readFeatureFile(golden("plain.safetensors")).value();
        QCOMPARE(set->size(), std::size_t{5});
        QCOMPARE(set->features(4, 2), 42.25F);
        QCOMPARE(set->logits(4, 1), 39.25F);
        QCOMPARE(set->labels, (std::vector<int>{0, 1, -1, 1, 0}));
        QCOMPARE(set->paths[4], std::string("row 4"));
        QVERIFY(set->hashes.empty());
        QVERIFY(set->provenance == FeatureProvenance{});

        const auto only = readFeatureFile(golden("only_features.safetensors")).value();
        QVERIFY(only->logits.empty());
        QCOMPARE(only->labels, std::vector<int>(5, -1));
    }

    void misalignedFeaturesAreCopied() {
        const std::vector<float> values{1.5F, -2.5F};
        const auto set = readFeatureFile(tensorFile(
            {{{"a", TensorType::U8, {1}}, "x"}, {{"features", TensorType::F32, {1, 2}}, raw(values)}}, {}));
        QVERIFY(set.has_value());
        QCOMPARE(reinterpret_cast<std::uintptr_t>((*set)->features.data) % alignof(float), std::uintptr_t{0});
        QCOMPARE((*set)->features(0, 1), -2.5F);
    }

    void refusesOtherFiles() {
        QCOMPARE(readFeatureFile(folder_ / "none").error().code, ErrorCode::NotFound);
        QCOMPARE(readFeatureFile(golden("types.safetensors")).error().code, ErrorCode::Corrupt);
        QCOMPARE(readFeatureFile(golden("mean.npy")).error().code, ErrorCode::Corrupt);
        const auto half = readFeatureFile(golden("half_features.safetensors"));
        QCOMPARE(half.error().code, ErrorCode::Unsupported);
        QVERIFY(half.error().message.find("F16") != std::string::npos);
        QCOMPARE(codeOf({{{"features", TensorType::F32, {2}}, raw<float>({1, 2})}}), ErrorCode::Corrupt);
        QCOMPARE(codeOf({{{"features", TensorType::F32, {2, 0}}, ""}}), ErrorCode::Corrupt);
    }

    void refusesPartsThatDoNotFit() {
        const Tensor logits{{"logits", TensorType::F32, {1, 1}}, raw<float>({1})};
        QCOMPARE(codeOf({features(), logits}), ErrorCode::Corrupt);
        QCOMPARE(codeOf({features(), {{"labels", TensorType::I32, {1}}, raw<int>({0})}}), ErrorCode::Corrupt);
        QCOMPARE(codeOf({features(), {{"labels", TensorType::I32, {2}}, raw<int>({0, -2})}}),
                 ErrorCode::Corrupt);
        const std::int64_t large = std::int64_t{1} << 40;
        QCOMPARE(codeOf({features(), {{"labels", TensorType::I64, {2}}, raw<std::int64_t>({0, large})}}),
                 ErrorCode::Corrupt);
        QCOMPARE(codeOf({features(), {{"labels", TensorType::F32, {2}}, raw<float>({0, 1})}}),
                 ErrorCode::Unsupported);
        QCOMPARE(codeOf({features(), {{"content_hash", TensorType::U64, {2}}, raw<std::uint64_t>({0, 1})}}),
                 ErrorCode::Corrupt);
        QCOMPARE(codeOf({features(), {{"paths", TensorType::U8, {3}}, std::string("a\0b", 3)}}),
                 ErrorCode::Corrupt);
        QCOMPARE(codeOf({features(), {{"paths", TensorType::U8, {2}}, std::string("a\0", 2)}}),
                 ErrorCode::Corrupt);
        QCOMPARE(codeOf({features(), {{"skipped", TensorType::U8, {2}}, std::string("a\0", 2)}}),
                 ErrorCode::Corrupt);
        const Tensor classes{{"classes", TensorType::U8, {2}}, std::string("a\0", 2)};
        QCOMPARE(codeOf({features(), classes, {{"labels", TensorType::I32, {2}}, raw<int>({0, 1})}}),
                 ErrorCode::Corrupt);
    }

    void schemaIsChecked_data() {
        QTest::addColumn<QByteArray>("schema");
        QTest::addColumn<int>("code");
        QTest::newRow("newer") << QByteArray("2") << int(ErrorCode::Unsupported);
        QTest::newRow("zero") << QByteArray("0") << int(ErrorCode::Corrupt);
        QTest::newRow("text") << QByteArray("one") << int(ErrorCode::Corrupt);
        QTest::newRow("more") << QByteArray("1.5") << int(ErrorCode::Corrupt);
        QTest::newRow("none") << QByteArray("") << int(ErrorCode::Corrupt);
        // Known, but such a file must name its rows.
        QTest::newRow("without paths") << QByteArray("1") << int(ErrorCode::Corrupt);
    }

    void schemaIsChecked() {
        QFETCH(QByteArray, schema);
        QFETCH(int, code);
        const std::map<std::string, std::string> metadata{{"format", "dicescope-features"},
                                                          {"schema", schema.toStdString()}};
        QCOMPARE(int(codeOf({features()}, metadata)), code);
        if (schema == "2") {
            const auto error = readFeatureFile(folder_ / "schemaIsChecked.safetensors").error();
            QVERIFY(error.message.find("newer DiceScope") != std::string::npos);
        }
    }

    void everyTruncationIsRefused() {
        const OwnedSet owned;
        const fs::path path = folder_ / "cut.safetensors";
        QVERIFY(writeFeatureFile(path, owned.set).has_value());
        const std::string whole = slurp(path);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            fs::remove(path);  // overwriting in place waits for the disk on some file systems
            put(path, whole.substr(0, size));
            QCOMPARE(readFeatureFile(path).error().code, ErrorCode::Corrupt);
        }
    }

    void writerRefusesSetsThatDisagree() {
        const fs::path path = folder_ / "bad.safetensors";
        const auto refuses = [&](auto spoil) {
            OwnedSet owned;
            spoil(owned.set);
            const auto written = writeFeatureFile(path, owned.set);
            return !written && written.error().code == ErrorCode::InvalidArgument && !fs::exists(path);
        };
        QVERIFY(refuses([](FeatureSet& set) { set.paths.pop_back(); }));
        QVERIFY(refuses([](FeatureSet& set) { set.labels.push_back(0); }));
        QVERIFY(refuses([](FeatureSet& set) { set.hashes.pop_back(); }));
        QVERIFY(refuses([](FeatureSet& set) { set.logits.rows = 2; }));
        QVERIFY(refuses([](FeatureSet& set) { set.labels[0] = 2; }));
        QVERIFY(refuses([](FeatureSet& set) { set.labels[0] = -2; }));
        QVERIFY(refuses([](FeatureSet& set) { set.paths[0] += '\0'; }));
        QVERIFY(refuses([](FeatureSet& set) { set.features.cols = 0; }));
        QCOMPARE(writeFeatureFile("/proc/x", OwnedSet().set).error().code, ErrorCode::WriteFailed);
    }

    void emptySetRoundTrips() {
        FeatureSet set;
        set.features = {nullptr, 0, 4};
        const fs::path path = folder_ / "empty.safetensors";
        QVERIFY(writeFeatureFile(path, set).has_value());
        const auto read = readFeatureFile(path).value();
        QCOMPARE(read->size(), std::size_t{0});
        QCOMPARE(read->features.cols, std::size_t{4});
    }

    void nonFiniteRowsAreFound() {
        OwnedSet owned;
        QVERIFY(!firstNonFiniteRow(owned.set).has_value());
        QVERIFY(nonFiniteRows(owned.set).empty());
        owned.logits(2, 1) = std::numeric_limits<float>::infinity();
        QCOMPARE(firstNonFiniteRow(owned.set).value(), std::size_t{2});
        owned.features(0, 3) = kNan;
        QCOMPARE(firstNonFiniteRow(owned.set).value(), std::size_t{0});
        QCOMPARE(nonFiniteRows(owned.set), (std::vector<std::size_t>{0, 2}));
        owned.set.logits = {};
        QCOMPARE(nonFiniteRows(owned.set), (std::vector<std::size_t>{0}));
    }

    void comparableMeansSameModelHeadAndPreprocessing() {
        const OwnedSet a;
        const auto differs = [&](auto change) {
            OwnedSet b;
            change(b.set);
            const auto checked = checkComparable(a.set, b.set);
            return !checked && checked.error().code == ErrorCode::Mismatch;
        };
        QVERIFY(checkComparable(a.set, OwnedSet().set).has_value());
        QVERIFY(differs([](FeatureSet& set) { set.provenance.modelSha256 = "b"; }));
        QVERIFY(differs([](FeatureSet& set) { set.provenance.head = "b"; }));
        QVERIFY(differs([](FeatureSet& set) { set.provenance.preprocess = "b"; }));
        QVERIFY(differs([](FeatureSet& set) { set.features.cols = 5; }));
        QVERIFY(differs([](FeatureSet& set) { set.logits.cols = 3; }));
        QVERIFY(!differs([](FeatureSet& set) { set.provenance = {}; }));
        QVERIFY(!differs([](FeatureSet& set) { set.provenance.folder = "/other"; }));
        QVERIFY(!differs([](FeatureSet& set) { set.logits = {}; }));
    }
};

QTEST_APPLESS_MAIN(TestFeatureFile)
#include "test_feature_file.moc"
