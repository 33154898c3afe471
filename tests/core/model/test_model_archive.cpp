#include <QTemporaryDir>
#include <QtTest>

#include "core/model/model_archive.h"

using namespace dicescope;
using torch_internal::inspectArchive;

namespace {

std::filesystem::path goldenModel(const char* name) {
    return std::filesystem::path(DICESCOPE_GOLDEN_DIR) / "model" / name;
}

}  // namespace

class TestModelArchive : public QObject {
    Q_OBJECT

  private slots:
    void recognisesTorchScript() {
        const auto producer = inspectArchive(goldenModel("linear.pt"));
        QVERIFY(producer);
        QVERIFY(QString::fromStdString(*producer).contains("TorchScript archive version"));
    }

    void saysWhatAFileIs_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("words");
        QTest::newRow("empty") << QByteArray() << "empty";
        QTest::newRow("text") << QByteArray("model = resnet50()\nprint(model)\n") << "text file";
        QTest::newRow("pickle") << QByteArray("\x80\x02}q\x00.") << "checkpoint";
        QTest::newRow("safetensors") << QByteArray("\x40\0\0\0\0\0\0\0{\"w\":{}}", 16) << "safetensors";
        QTest::newRow("noise") << QByteArray("\xff\xd8\xff\xe0\0\0\0\0", 8) << "not a TorchScript model";
        QTest::newRow("zip start only") << QByteArray("PK\x03\x04 and nothing else") << "truncated";
    }

    void saysWhatAFileIs() {
        QFETCH(QByteArray, content);
        QFETCH(QString, words);
        const QTemporaryDir folder;
        QFile file(folder.filePath("model.pt"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
        file.close();
        const auto result = inspectArchive(file.fileName().toStdString());
        QVERIFY(!result);
        QCOMPARE(static_cast<int>(result.error().code), static_cast<int>(ErrorCode::Corrupt));
        QVERIFY2(QString::fromStdString(result.error().message).contains(words),
                 result.error().message.c_str());
    }

    void recognisesOtherPyTorchFiles() {
        const auto checkpoint = inspectArchive(goldenModel("state_dict.pth"));
        QVERIFY(!checkpoint);
        QVERIFY(QString::fromStdString(checkpoint.error().message).contains("torch.save"));
        const auto legacy = inspectArchive(goldenModel("legacy_state_dict.pth"));
        QVERIFY(!legacy);
        QVERIFY(QString::fromStdString(legacy.error().message).contains("pickle"));
        const auto program = inspectArchive(goldenModel("exported_program.pt2"));
        QVERIFY(!program);
        QVERIFY(QString::fromStdString(program.error().message).contains("torch.export"));
    }

    void refusesFoldersAndMissingFiles() {
        const QTemporaryDir folder;
        const auto directory = inspectArchive(folder.path().toStdString());
        QVERIFY(!directory);
        QCOMPARE(static_cast<int>(directory.error().code), static_cast<int>(ErrorCode::Unreadable));
        const auto missing = inspectArchive(folder.filePath("none.pt").toStdString());
        QVERIFY(!missing);
        QCOMPARE(static_cast<int>(missing.error().code), static_cast<int>(ErrorCode::NotFound));
    }
};

QTEST_APPLESS_MAIN(TestModelArchive)
#include "test_model_archive.moc"
