#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "core/session/session.h"

using namespace dicescope;

namespace {

namespace fs = std::filesystem;

/// A folder `study` with a model, images and a preprocessing file, and the inputs that name them.
struct Study {
    QTemporaryDir temporary;
    fs::path root{temporary.path().toStdString()};
    InputsConfig inputs;

    Study() {
        for (const char* folder :
             {"study/images/train", "study/images/id", "study/images/dtd", "study/images/val", "apart"})
            fs::create_directories(root / folder);
        for (const char* file : {"study/model.pt", "study/pre.json", "study/classes.txt"}) {
            QFile created(temporary.filePath(file));
            if (!created.open(QIODevice::WriteOnly)) qFatal("no file");
        }
        inputs.model = root / "study/model.pt";
        inputs.preprocess = (root / "study/pre.json").string();
        inputs.classes = root / "study/classes.txt";
        inputs.idTrain = root / "study/images/train";
        inputs.id = root / "study/images/id";
        inputs.ood = {{"dtd", root / "study/images/dtd"}, {"apart", root / "apart"}};
        inputs.validation = {{"val", root / "study/images/val"}};
    }

    void rename(const char* from, const char* to) const { fs::rename(root / from, root / to); }
};

QStringList names(const std::vector<MissingInput>& missing) {
    QStringList list;
    for (const MissingInput& input : missing) list << QString::fromStdString(input.what);
    return list;
}

}  // namespace

class TestSessionInputs : public QObject {
    Q_OBJECT

  private slots:
    void nothingIsMissing() {
        const Study study;
        QVERIFY(missingInputs(study.inputs).empty());
        QVERIFY(missingInputs({}).empty());
    }

    void everythingMissingIsNamed() {
        Study study;
        study.rename("study", "moved");
        study.inputs.weight = study.root / "w.npy";
        study.inputs.bias = study.root / "b.npy";
        study.inputs.featureMean = study.root / "m.npy";
        const auto missing = missingInputs(study.inputs);
        QCOMPARE(names(missing), (QStringList{"model", "preprocessing file", "head's weight", "head's bias",
                                              "ID training set", "feature mean", "ID set", "OOD set 'dtd'",
                                              "validation set 'val'", "class list"}));
        QCOMPARE(missing[0].path, study.root / "study/model.pt");
        study.inputs.preprocess = "cifar";
        QVERIFY(!names(missingInputs(study.inputs)).contains("preprocessing file"));
    }

    void oneFolderFoundBringsTheOthers() {
        Study study;
        study.rename("study", "moved");
        const auto count =
            relocateInput(study.inputs, study.root / "study/images/dtd", study.root / "moved/images/dtd");
        QCOMPARE(count, std::size_t{7});
        QVERIFY(missingInputs(study.inputs).empty());
        QCOMPARE(study.inputs.model, study.root / "moved/model.pt");
        QCOMPARE(study.inputs.preprocess, (study.root / "moved/pre.json").string());
        QCOMPARE(study.inputs.ood[0].path, study.root / "moved/images/dtd");
        QCOMPARE(study.inputs.ood[1].path, study.root / "apart");
    }

    void aRenamedFolderAloneIsReplaced() {
        Study study;
        study.rename("study/images/dtd", "study/images/textures");
        QCOMPARE(relocateInput(study.inputs, study.root / "study/images/dtd/",
                               study.root / "study/images/textures/"),
                 std::size_t{1});
        QCOMPARE(study.inputs.ood[0].path, study.root / "study/images/textures");
        QCOMPARE(study.inputs.id, study.root / "study/images/id");
    }

    void theSamePathIsReplacedEverywhere() {
        Study study;
        study.inputs.idTrain = study.inputs.id;
        study.rename("study/images/id", "study/images/test");
        QCOMPARE(relocateInput(study.inputs, study.inputs.id, study.root / "study/images/test"),
                 std::size_t{2});
        QCOMPARE(study.inputs.idTrain, study.root / "study/images/test");
    }

    void whatStillExistsStays() {
        Study study;
        fs::create_directories(study.root / "copy/images/id");
        fs::create_directories(study.root / "copy/images/textures");
        study.rename("study/images/dtd", "study/images/gone");
        QCOMPARE(
            relocateInput(study.inputs, study.root / "study/images/dtd", study.root / "copy/images/textures"),
            std::size_t{1});
        QCOMPARE(study.inputs.id, study.root / "study/images/id");
    }

    void whatIsNotThereEitherStaysMissing() {
        Study study;
        study.rename("study", "moved");
        fs::remove_all(study.root / "moved/images/val");
        (void)relocateInput(study.inputs, study.root / "study/model.pt", study.root / "moved/model.pt");
        QCOMPARE(names(missingInputs(study.inputs)), QStringList{"validation set 'val'"});
        QCOMPARE(study.inputs.validation[0].path, study.root / "study/images/val");
    }

    void theRootIsNoPlaceToFollowFrom() {
        Study study;
        study.inputs = {};
        study.inputs.model = "/gone-one/model.pt";
        study.inputs.id = "/gone-two/id";
        fs::create_directories(study.root / "gone-two/id");
        fs::create_directories(study.root / "gone-one/model.pt");
        QCOMPARE(relocateInput(study.inputs, "/gone-one/model.pt", study.root / "gone-one/model.pt"),
                 std::size_t{1});
        QCOMPARE(study.inputs.id, fs::path("/gone-two/id"));
    }

    void aPathThatNoInputHasChangesNothing() {
        Study study;
        const InputsConfig before = study.inputs;
        QCOMPARE(relocateInput(study.inputs, study.root / "nothing", study.root / "apart"), std::size_t{0});
        QVERIFY(study.inputs == before);
    }
};

QTEST_APPLESS_MAIN(TestSessionInputs)
#include "test_session_inputs.moc"
