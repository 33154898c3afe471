#include <QByteArray>
#include <QTemporaryDir>
#include <QtTest>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/features/safetensors.h"
#include "feature_test_support.h"

using namespace dicescope;
using namespace dicescope::test;
namespace fs = std::filesystem;

namespace {

template <class T>
std::vector<T> valuesOf(const TensorView& tensor) {
    std::vector<T> values(tensor.bytes.size() / sizeof(T));
    if (!values.empty()) std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
    return values;
}

std::string fileOf(const std::string& header, const std::string& data) {
    std::string bytes(8, '\0');
    for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(header.size() >> (8 * i));
    return bytes + header + data;
}

ErrorCode codeOf(const std::string& header, const std::string& data) {
    const std::string bytes = fileOf(header, data);
    const auto file = SafetensorsFile::parse(bytesOf(bytes), "f");
    return file ? ErrorCode::Internal : file.error().code;
}

}  // namespace

class TestSafetensors : public QObject {
    Q_OBJECT

  private:
    QTemporaryDir temporary_;
    fs::path folder_ = temporary_.path().toStdString();

  private slots:
    void readsWhatPythonWrote() {
        const auto file = SafetensorsFile::open(golden("plain.safetensors"));
        QVERIFY2(file.has_value(), file ? "" : file.error().message.c_str());
        QCOMPARE(file->tensors().size(), std::size_t{3});
        const TensorView* features = file->find("features");
        QVERIFY(features != nullptr);
        QCOMPARE(features->type, TensorType::F32);
        QCOMPARE(features->shape, (std::vector<std::uint64_t>{5, 3}));
        QCOMPARE(features->elements(), std::uint64_t{15});
        const auto values = valuesOf<float>(*features);
        for (std::size_t r = 0; r < 5; ++r) {
            for (std::size_t c = 0; c < 3; ++c) {
                QCOMPARE(values[3 * r + c], static_cast<float>(10 * r + c) + 0.25F);
            }
        }
        QCOMPARE(valuesOf<std::int64_t>(*file->find("labels")), (std::vector<std::int64_t>{0, 1, -1, 1, 0}));
        QCOMPARE(file->find("nothing"), nullptr);
        QCOMPARE(file->metadata().size(), std::size_t{2});
        QCOMPARE(file->metadata().at("made by"), std::string("numpy"));
        QCOMPARE(file->metadata().at("caf\xc3\xa9"), std::string("\xe2\x9c\x93"));
    }

    void readsEveryTypeThatNumPyHas() {
        const auto file = SafetensorsFile::open(golden("types.safetensors"));
        QVERIFY(file.has_value());
        const std::vector<std::pair<std::string, TensorType>> expected{
            {"bool", TensorType::Bool}, {"u8", TensorType::U8},   {"i8", TensorType::I8},
            {"i16", TensorType::I16},   {"u16", TensorType::U16}, {"f16", TensorType::F16},
            {"i32", TensorType::I32},   {"u32", TensorType::U32}, {"f32", TensorType::F32},
            {"i64", TensorType::I64},   {"u64", TensorType::U64}, {"f64", TensorType::F64}};
        QCOMPARE(file->tensors().size(), expected.size());
        for (const auto& [name, type] : expected) {
            const TensorView* tensor = file->find(name);
            QVERIFY2(tensor != nullptr, name.c_str());
            QCOMPARE(tensor->type, type);
            QCOMPARE(tensor->bytes.size(), 3 * elementSize(type));
        }
        QCOMPARE(valuesOf<double>(*file->find("f64")), (std::vector<double>{1, 2, 3}));
        QCOMPARE(valuesOf<std::uint64_t>(*file->find("u64")), (std::vector<std::uint64_t>{1, 2, 3}));
        QCOMPARE(valuesOf<std::int16_t>(*file->find("i16")), (std::vector<std::int16_t>{1, 2, 3}));
    }

    void agreesWithTheReferenceImplementation_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<bool>("accepted");
        std::ifstream in(golden("safetensors_cases.json"));
        for (const auto& item : nlohmann::json::parse(in)) {
            const auto bytes = QByteArray::fromStdString(item["bytes"].get<std::string>());
            QTest::newRow(item["name"].get<std::string>().c_str())
                << QByteArray::fromBase64(bytes) << item["accepted"].get<bool>();
        }
    }

    void agreesWithTheReferenceImplementation() {
        QFETCH(QByteArray, bytes);
        QFETCH(bool, accepted);
        const std::string content = bytes.toStdString();
        const auto file = SafetensorsFile::parse(bytesOf(content), "case");
        QCOMPARE(file.has_value(), accepted);
        if (file) return;
        QVERIFY(file.error().code == ErrorCode::Corrupt || file.error().code == ErrorCode::Unsupported);
        QVERIFY(file.error().message.find("'case'") != std::string::npos);
    }

    void saysWhatItDoesNotKnow() {
        const std::string type = R"({"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}})";
        QCOMPARE(codeOf(type, "x"), ErrorCode::Unsupported);
        const std::string field = R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"more":[1]}})";
        QCOMPARE(codeOf(field, "x"), ErrorCode::Corrupt);
        QCOMPARE(codeOf(R"({"__metadata__":{"a":"b","a":"c"}})", ""), ErrorCode::Corrupt);
        QCOMPARE(codeOf(R"({"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}})", "x"),
                 ErrorCode::Corrupt);
        QCOMPARE(SafetensorsFile::open(folder_ / "none").error().code, ErrorCode::NotFound);
    }

    void everyTruncationIsRefused() {
        const std::string whole = slurp(golden("plain.safetensors"));
        for (std::size_t size = 0; size < whole.size(); ++size) {
            QVERIFY(!SafetensorsFile::parse(bytesOf(whole).first(size), "cut").has_value());
        }
        QVERIFY(SafetensorsFile::parse(bytesOf(whole), "whole").has_value());
    }

    void writesWhatItReads() {
        const fs::path path = folder_ / "written.safetensors";
        const std::vector<double> doubles{1.5, -2.5};
        const std::vector<float> floats{0.25F, 3.0F, -7.0F};
        auto writer = SafetensorsWriter::create(
            path,
            {{"d", TensorType::F64, {2}}, {"none", TensorType::I32, {0, 4}}, {"f", TensorType::F32, {3, 1}}},
            {{"key", "a \"quoted\"\nvalue"}, {"bad", "\xff!"}});
        QVERIFY(writer.has_value());
        const auto bytes = std::as_bytes(std::span(doubles));
        QVERIFY(writer->write(bytes.first(3)).has_value());
        QVERIFY(writer->write(bytes.subspan(3)).has_value());
        QVERIFY(writer->write(std::as_bytes(std::span(floats))).has_value());
        QVERIFY(!fs::exists(path));
        QVERIFY(writer->commit().has_value());

        const auto file = SafetensorsFile::open(path);
        QVERIFY(file.has_value());
        QCOMPARE(valuesOf<double>(*file->find("d")), doubles);
        QCOMPARE(valuesOf<float>(*file->find("f")), floats);
        QCOMPARE(file->find("f")->shape, (std::vector<std::uint64_t>{3, 1}));
        QCOMPARE(file->find("none")->shape, (std::vector<std::uint64_t>{0, 4}));
        QCOMPARE(file->metadata().at("key"), std::string("a \"quoted\"\nvalue"));
        QCOMPARE(file->metadata().at("bad"), std::string("\xef\xbf\xbd!"));
        const auto address = reinterpret_cast<std::uintptr_t>(file->find("d")->bytes.data());
        QCOMPARE(address % 64, std::uintptr_t{0});
    }

    void writerHoldsToWhatWasAnnounced() {
        const fs::path path = folder_ / "short.safetensors";
        const std::string four(4, 'x');
        {
            auto writer = SafetensorsWriter::create(path, {{"a", TensorType::U8, {6}}}, {});
            QVERIFY(writer->write(bytesOf(four)).has_value());
            QCOMPARE(writer->write(bytesOf(four)).error().code, ErrorCode::Internal);
            QCOMPARE(writer->commit().error().code, ErrorCode::Internal);
        }
        QVERIFY(!fs::exists(path));
        const auto twice =
            SafetensorsWriter::create(path, {{"a", TensorType::U8, {1}}, {"a", TensorType::U8, {1}}}, {});
        QCOMPARE(twice.error().code, ErrorCode::InvalidArgument);
        const auto reserved = SafetensorsWriter::create(path, {{"__metadata__", TensorType::U8, {1}}}, {});
        QCOMPARE(reserved.error().code, ErrorCode::InvalidArgument);
        const std::uint64_t half = std::uint64_t{1} << 63;
        const auto huge = SafetensorsWriter::create(path, {{"a", TensorType::F32, {half}}}, {});
        QCOMPARE(huge.error().code, ErrorCode::InvalidArgument);
        const auto sum = SafetensorsWriter::create(
            path, {{"a", TensorType::U8, {half}}, {"b", TensorType::U8, {half}}}, {});
        QCOMPARE(sum.error().code, ErrorCode::InvalidArgument);
        QCOMPARE(SafetensorsWriter::create("/proc/x.safetensors", {}, {}).error().code,
                 ErrorCode::WriteFailed);
    }

    void headerAboveTheLimitIsNotWritten() {
        const std::string large(100'000'001, 'x');
        const auto writer = SafetensorsWriter::create(folder_ / "large", {}, {{"key", large}});
        QCOMPARE(writer.error().code, ErrorCode::InvalidArgument);
    }

    void typeNamesRoundTrip() {
        for (const auto type :
             {TensorType::Bool, TensorType::U8, TensorType::I8, TensorType::F8_E4M3, TensorType::F8_E5M2,
              TensorType::I16, TensorType::U16, TensorType::F16, TensorType::BF16, TensorType::I32,
              TensorType::U32, TensorType::F32, TensorType::I64, TensorType::U64, TensorType::F64}) {
            QVERIFY(typeFromName(typeName(type)) == type);
        }
        QVERIFY(!typeFromName("f32").has_value());
        QCOMPARE(elementSize(TensorType::BF16), std::size_t{2});
    }
};

QTEST_APPLESS_MAIN(TestSafetensors)
#include "test_safetensors.moc"
