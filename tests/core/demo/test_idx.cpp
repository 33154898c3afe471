#include <QTemporaryDir>
#include <QTest>

#include "core/demo/idx.h"
#include "idx_fixture.h"

using namespace dicescope;
using idx_fixture::Bytes;
using idx_fixture::view;

namespace {

// gzip.compress(struct.pack(">4B2I", 0, 0, 8, 2, 2, 3) + bytes([1, 2, 3, 4, 5, 255]), 9, mtime=0) of
// Python 3.11.
const Bytes kPythonGzip{0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x63, 0x60,
                        0xe0, 0x60, 0x62, 0x60, 0x60, 0x00, 0x61, 0x66, 0x46, 0x26, 0x66, 0x16,
                        0xd6, 0xff, 0x00, 0xf0, 0xde, 0x5f, 0x21, 0x12, 0x00, 0x00, 0x00};
const Bytes kValues{1, 2, 3, 4, 5, 255};

Bytes joined(Bytes first, const Bytes& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

}  // namespace

class TestIdx : public QObject {
    Q_OBJECT

  private slots:
    void readsShapeAndValues() {
        const auto array = parseIdx(view(idx_fixture::idx({2, 3}, kValues)), 2);
        QVERIFY(array);
        QCOMPARE(array->shape, (std::vector<std::size_t>{2, 3}));
        QCOMPARE(array->values, kValues);
    }

    void readsSizesAsBigEndian() {
        const Bytes bytes = joined({0, 0, 8, 1, 0, 0, 1, 2}, Bytes(258, 9));
        const auto array = parseIdx(view(bytes), 1);
        QVERIFY(array);
        QCOMPARE(array->shape, (std::vector<std::size_t>{258}));
    }

    void refusesBadBytes_data() {
        QTest::addColumn<Bytes>("bytes");
        QTest::addColumn<int>("dimensions");
        QTest::newRow("empty") << Bytes{} << 1;
        QTest::newRow("three bytes") << Bytes{0, 0, 8} << 1;
        QTest::newRow("first byte") << Bytes{1, 0, 8, 1, 0, 0, 0, 1, 7} << 1;
        QTest::newRow("second byte") << Bytes{0, 1, 8, 1, 0, 0, 0, 1, 7} << 1;
        QTest::newRow("signed bytes") << Bytes{0, 0, 9, 1, 0, 0, 0, 1, 7} << 1;
        QTest::newRow("other dimensions") << Bytes{0, 0, 8, 1, 0, 0, 0, 1, 7} << 3;
        QTest::newRow("truncated header") << Bytes{0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0} << 2;
        QTest::newRow("zero size") << Bytes{0, 0, 8, 1, 0, 0, 0, 0} << 1;
        QTest::newRow("value missing") << Bytes{0, 0, 8, 1, 0, 0, 0, 2, 7} << 1;
        QTest::newRow("value left over") << Bytes{0, 0, 8, 1, 0, 0, 0, 1, 7, 7} << 1;
        const Bytes huge(12, 0xff);
        QTest::newRow("product overflows") << joined(joined({0, 0, 8, 3}, huge), {1}) << 3;
        // 2^32 x 2^32 wraps to 0 values where the product is not checked; sizes of 2^31 x 2^31 x 4 do exactly
        // that.
        QTest::newRow("product wraps to nothing")
            << Bytes{0, 0, 8, 3, 0x80, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 4} << 3;
    }

    void refusesBadBytes() {
        QFETCH(Bytes, bytes);
        QFETCH(int, dimensions);
        const auto array = parseIdx(view(bytes), static_cast<std::size_t>(dimensions));
        QVERIFY(!array);
        QCOMPARE(array.error().code, ErrorCode::Corrupt);
        QVERIFY(!array.error().message.empty());
    }

    void inflatesWhatPythonCompressed() {
        const auto bytes = gunzip(view(kPythonGzip), 1000);
        QVERIFY(bytes);
        const auto array = parseIdx(*bytes, 2);
        QVERIFY(array);
        QCOMPARE(array->values, kValues);
    }

    void inflatesSeveralMembers() {
        const auto bytes = gunzip(view(joined(kPythonGzip, kPythonGzip)), 1000);
        QVERIFY(bytes);
        QCOMPARE(bytes->size(), std::size_t{36});
    }

    void refusesEveryTruncation() {
        for (std::size_t size = 0; size < kPythonGzip.size(); ++size) {
            const auto bytes = gunzip(view(kPythonGzip).first(size), 1000);
            QVERIFY2(!bytes, qPrintable(QString::number(size)));
            QCOMPARE(bytes.error().code, ErrorCode::Corrupt);
        }
    }

    void refusesDamagedGzip() {
        Bytes checksum = kPythonGzip;
        checksum[checksum.size() - 8] ^= 1;
        QVERIFY(!gunzip(view(checksum), 1000));
        QVERIFY(!gunzip(view(joined(kPythonGzip, {1, 2, 3})), 1000));
        QVERIFY(!gunzip(view(kValues), 1000));
    }

    void stopsAtTheLimit() {
        QVERIFY(gunzip(view(kPythonGzip), 18));
        const auto bytes = gunzip(view(kPythonGzip), 17);
        QVERIFY(!bytes);
        QCOMPARE(bytes.error().code, ErrorCode::Corrupt);
    }

    void namesTheFile() {
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("damaged.gz").toStdString();
        QCOMPARE(readGzippedIdx(path, 2).error().code, ErrorCode::NotFound);
        idx_fixture::writePlain(path, kValues);
        const auto damaged = readGzippedIdx(path, 2);
        QVERIFY(!damaged);
        QCOMPARE(damaged.error().code, ErrorCode::Corrupt);
        QVERIFY(damaged.error().message.find(path.string()) != std::string::npos);
        idx_fixture::writePlain(path, kPythonGzip);
        QVERIFY(readGzippedIdx(path, 2));
    }
};

QTEST_APPLESS_MAIN(TestIdx)
#include "test_idx.moc"
