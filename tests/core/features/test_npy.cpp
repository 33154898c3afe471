#include <QTemporaryDir>
#include <QtTest>
#include <bit>
#include <cmath>
#include <limits>

#include "core/features/npy.h"
#include "feature_test_support.h"

using namespace dicescope;
using namespace dicescope::test;
namespace fs = std::filesystem;

namespace {

// The matrix of make_features.py: arange(6).reshape(2, 3) * 1.5 - 2.
const std::vector<double> kGrid{-2, -0.5, 1, 2.5, 4, 5.5};

std::string npy(const std::string& header, const std::string& data, const std::string& version = {1, 0}) {
    std::string length{static_cast<char>(header.size() & 0xffU), static_cast<char>(header.size() >> 8U)};
    if (version[0] > 1) length += std::string(2, '\0');
    return "\x93NUMPY" + version + length + header + data;
}

}  // namespace

class TestNpy : public QObject {
    Q_OBJECT

  private:
    QTemporaryDir temporary_;
    fs::path folder_ = temporary_.path().toStdString();

  private slots:
    void readsWhatNumPyWrote_data() {
        QTest::addColumn<bool>("float32");
        QTest::addColumn<int>("dimensions");
        QTest::newRow("vector_f4") << true << 1;
        QTest::newRow("vector_f8") << false << 1;
        QTest::newRow("matrix_f4") << true << 2;
        QTest::newRow("matrix_f8") << false << 2;
        QTest::newRow("fortran_f4") << true << 2;
        QTest::newRow("fortran_f8") << false << 2;
        QTest::newRow("big_f4") << true << 2;
        QTest::newRow("big_f8") << false << 2;
        QTest::newRow("version2") << false << 2;
        QTest::newRow("version3") << false << 2;
    }

    void readsWhatNumPyWrote() {
        QFETCH(bool, float32);
        QFETCH(int, dimensions);
        const auto array = readNpy(golden(std::string(QTest::currentDataTag()) + ".npy"));
        QVERIFY2(array.has_value(), array ? "" : array.error().message.c_str());
        QCOMPARE(array->wasFloat32, float32);
        if (dimensions == 2) {
            QCOMPARE(array->shape, (std::vector<std::size_t>{2, 3}));
            QCOMPARE(array->values, kGrid);
            QCOMPARE(array->view()(1, 0), 2.5);
        } else {
            QCOMPARE(array->shape, (std::vector<std::size_t>{3}));
            QCOMPARE(array->rows(), std::size_t{1});
            QCOMPARE(array->cols(), std::size_t{3});
            QCOMPARE(array->values, (std::vector<double>{2.5, 4, 5.5}));
        }
    }

    void readsEmptyAndSpecialValues() {
        const auto empty = readNpy(golden("empty.npy"));
        QVERIFY(empty.has_value());
        QCOMPARE(empty->shape, (std::vector<std::size_t>{0, 3}));
        QVERIFY(empty->values.empty());

        const auto special = readNpy(golden("special.npy"));
        QVERIFY(special.has_value());
        QVERIFY(std::isnan(special->values[0]));
        QCOMPARE(special->values[1], std::numeric_limits<double>::infinity());
        QCOMPARE(special->values[2], -std::numeric_limits<double>::infinity());
        QVERIFY(special->values[3] == 0.0 && std::signbit(special->values[3]));
        QCOMPARE(special->values[4], static_cast<double>(std::numeric_limits<float>::denorm_min()));
    }

    void refusesOtherArrays_data() {
        QTest::addColumn<QByteArray>("name");
        for (const char* name : {"bad_int", "bad_complex", "bad_half", "bad_three", "bad_scalar", "bad_bool",
                                 "bad_record", "bad_text", "bad_object"}) {
            QTest::newRow(name) << QByteArray(name);
        }
    }

    void refusesOtherArrays() {
        QFETCH(QByteArray, name);
        const auto array = readNpy(golden(name.toStdString() + ".npy"));
        QVERIFY(!array.has_value());
        QCOMPARE(array.error().code, ErrorCode::Unsupported);
        QVERIFY(array.error().message.find("float32 or float64") != std::string::npos);
    }

    void headerVariants_data() {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<bool>("good");
        const auto row = [](const char* name, const char* header, bool good) {
            QTest::newRow(name) << QByteArray(header) << good;
        };
        row("plain", "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", true);
        row("no space", "{'descr':'<f4','fortran_order':False,'shape':(2,)}", true);
        row("other order", "{'shape': (1, 2), 'fortran_order': True, 'descr': '<f4'}", true);
        row("double quotes", "{\"descr\": \"<f4\", \"fortran_order\": False, \"shape\": (2, 1,)}", true);
        row("python 2", "{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 1L)}", true);
        row("empty", "", false);
        row("no brace", "'descr': '<f4'", false);
        row("no shape", "{'descr': '<f4', 'fortran_order': False}", false);
        row("key twice", "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", false);
        row("key unknown", "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 1}", false);
        row("no comma", "{'descr': '<f4' 'fortran_order': False, 'shape': (2,)}", false);
        row("not a tuple", "{'descr': '<f4', 'fortran_order': False, 'shape': (2)}", false);
        row("list", "{'descr': '<f4', 'fortran_order': False, 'shape': [2]}", false);
        row("negative", "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}", false);
        row("two commas", "{'descr': '<f4', 'fortran_order': False, 'shape': (2,,)}", false);
        row("unclosed", "{'descr': '<f4', 'fortran_order': False, 'shape': (2,", false);
        row("unclosed string", "{'descr: <f4", false);
        row("order is a number", "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}", false);
        row("code", "{'descr': '<f4', 'fortran_order': False, 'shape': (__import__('os').getpid(),)}", false);
        row("left over", "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x", false);
        row("wrong size", "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", false);
        row("size overflows", "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
            false);
        row("bytes overflow", "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,)}",
            false);
        row("above 64 bits", "{'descr': '<f4', 'fortran_order': False, 'shape': (18446744073709551616,)}",
            false);
        row("huge times zero", "{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999, 0)}", false);
        row("native order", "{'descr': '=f4', 'fortran_order': False, 'shape': (2,)}", false);
    }

    void headerVariants() {
        QFETCH(QByteArray, header);
        QFETCH(bool, good);
        const std::string bytes = npy(header.toStdString(), std::string(8, '\0'));
        QCOMPARE(parseNpy(bytesOf(bytes), "f").has_value(), good);
    }

    void damagedFiles() {
        const std::string whole = slurp(golden("matrix_f8.npy"));
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const auto cut = parseNpy(bytesOf(whole).first(size), "cut");
            QVERIFY(!cut.has_value());
            QCOMPARE(cut.error().code, ErrorCode::Corrupt);
        }
        const std::string longer = whole + 'x';
        QCOMPARE(parseNpy(bytesOf(longer), "longer").error().code, ErrorCode::Corrupt);
        std::string newer = whole;
        newer[6] = 4;
        QCOMPARE(parseNpy(bytesOf(newer), "newer").error().code, ErrorCode::Unsupported);
        newer[6] = 0;
        QCOMPARE(parseNpy(bytesOf(newer), "zero").error().code, ErrorCode::Unsupported);
        QCOMPARE(readNpy(folder_ / "none.npy").error().code, ErrorCode::NotFound);
        QCOMPARE(readNpy(golden("plain.safetensors")).error().code, ErrorCode::Corrupt);
    }

    // NumPy's own bytes are the reference of the writer.
    void writesTheBytesOfNumPy() {
        const Matrix<double> grid(2, 3, kGrid);
        const Matrix<float> grid32(2, 3, {-2, -0.5, 1, 2.5, 4, 5.5});
        const fs::path path = folder_ / "out.npy";
        QVERIFY(writeNpy(path, grid.view()).has_value());
        QVERIFY(slurp(path) == slurp(golden("matrix_f8.npy")));
        QVERIFY(writeNpy(path, grid32.view()).has_value());
        QVERIFY(slurp(path) == slurp(golden("matrix_f4.npy")));
        QVERIFY(writeNpy(path, std::span(kGrid).subspan(3)).has_value());
        QVERIFY(slurp(path) == slurp(golden("vector_f8.npy")));
        QVERIFY(writeNpy(path, std::span<const float>(grid32.data() + 3, 3)).has_value());
        QVERIFY(slurp(path) == slurp(golden("vector_f4.npy")));
        QVERIFY(writeNpy(path, MatrixView<const float>{nullptr, 0, 3}).has_value());
        QVERIFY(slurp(path) == slurp(golden("empty.npy")));
        QCOMPARE(writeNpy("/proc/out.npy", grid.view()).error().code, ErrorCode::WriteFailed);
    }
};

QTEST_APPLESS_MAIN(TestNpy)
#include "test_npy.moc"
