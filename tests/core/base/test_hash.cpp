#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <fstream>

#include "core/base/hash.h"

using namespace dicescope;

namespace {

std::span<const std::byte> bytesOf(const std::string& text) {
    return std::as_bytes(std::span(text));
}

}  // namespace

class TestHash : public QObject {
    Q_OBJECT

  private slots:
    // FIPS 180-4 / NIST's examples.
    void sha256KnownVectors_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("digest");
        QTest::newRow("empty") << QByteArray()
                               << QByteArray(
                                      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        QTest::newRow("abc") << QByteArray("abc")
                             << QByteArray(
                                    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        QTest::newRow("two blocks")
            << QByteArray("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
            << QByteArray("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
        QTest::newRow("million a") << QByteArray(1'000'000, 'a')
                                   << QByteArray(
                                          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    }

    void sha256KnownVectors() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, digest);
        QCOMPARE(sha256(bytesOf(text.toStdString())), digest.toStdString());

        const QTemporaryDir folder;
        const auto path = std::filesystem::path(folder.path().toStdString()) / "f";
        std::ofstream(path, std::ios::binary) << text.toStdString();
        QCOMPARE(sha256OfFile(path).value(), digest.toStdString());
    }

    void sha256OfAMissingFile() {
        QCOMPARE(sha256OfFile("/nonexistent/file").error().code, ErrorCode::NotFound);
        QCOMPARE(sha256OfFile("/").error().code, ErrorCode::Unreadable);
    }

    // Values of the Python package xxhash (xxh3_128_hexdigest).
    void contentHashIsXxh3() {
        QCOMPARE(toHex(contentHash({})), std::string("99aa06d3014798d86001c324468d497f"));
        QCOMPARE(toHex(contentHash(bytesOf("abc"))), std::string("06b05ab6733a618578af5f94892f3950"));
        QCOMPARE(toHex(contentHash(bytesOf(std::string(1000, 'a')))),
                 std::string("b01da365eddaa29cb3e7af627147db7c"));
    }

    void contentHashSeesEveryByte() {
        std::string text(300, 'x');
        const ContentHash before = contentHash(bytesOf(text));
        for (std::size_t i = 0; i < text.size(); ++i) {
            text[i] = 'y';
            QVERIFY(contentHash(bytesOf(text)) != before);
            text[i] = 'x';
        }
        QVERIFY(contentHash(bytesOf(text)) == before);
        QVERIFY(contentHash(bytesOf(text + 'x')) != before);
    }

    void hexShowsTheHighHalfFirst() {
        QCOMPARE(toHex(ContentHash{0x0123456789abcdefULL, 0xfULL}),
                 std::string("000000000000000f0123456789abcdef"));
    }

    void hashesHaveATotalOrder() {
        QVERIFY((ContentHash{1, 9} < ContentHash{2, 0}));
        QVERIFY((ContentHash{1, 1} < ContentHash{1, 2}));
        QVERIFY((ContentHash{1, 1} == ContentHash{1, 1}));
    }
};

QTEST_APPLESS_MAIN(TestHash)
#include "test_hash.moc"
