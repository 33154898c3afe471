#include "core/session/session.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>
#include <limits>

#include "core/sparsity/levels.h"

using namespace dicescope;

namespace {

namespace fs = std::filesystem;

const fs::path kBase = "/lab/study/sessions";

Session fullSession() {
    Session session = defaultSession();
    session.inputs.model = "/lab/study/sessions/model.pt";
    session.inputs.head = "fc";
    session.inputs.preprocess = "/lab/study/tiny.json";
    session.inputs.weight = "/lab/study/w.npy";
    session.inputs.bias = "/lab/study/b.npy";
    session.inputs.idTrain = "/lab/data/train";
    session.inputs.featureMean = "/lab/study/mean.npy";
    session.inputs.id = "/disk/id";
    session.inputs.classes = "/lab/study/sessions/deep/classes.txt";
    session.inputs.ood = {{"dtd", "/lab/study/data/dtd"}, {"\xC3\xA9t\xC3\xA9 \"x\"", "/elsewhere/summer"}};
    session.inputs.validation = {{"val", "/lab/study/sessions/val"}};
    session.inputs.noiseImages = 250;
    session.inputs.extraction.device = "cuda:1";
    session.inputs.extraction.threads = 3;
    session.inputs.extraction.batchSize = 16;
    session.inputs.extraction.useCache = false;
    session.inputs.extraction.rereadFiles = true;
    session.sweep.rule = RankingRule::RandomUnit;
    session.sweep.seed = std::numeric_limits<std::uint64_t>::max();
    session.sweep.levels = {0, 12.5, 99.9};
    session.sweep.reactClip = 1.1F;
    session.view.score = ScoreKind::MaxLogit;
    session.view.tprLevel = 0.9;
    session.view.bins = 37;
    session.view.binRange = BinRange::EachRow;
    session.view.choice = LevelChoiceRequest{"val", LevelCriterion::Auroc, true};
    session.p = 12.5;
    session.bootstrap = 0;
    session.logarithmicFpr = true;
    session.hiddenSets = {"dtd", ""};
    session.edits = {{"without two", 12.5, {3, 17}}, {"dense without one", std::nullopt, {0}}};
    session.comparison.detectors = DetectorChoice{{"energy", "dice", "dice:p=70", "odin"}, {"knn:k=10"}};
    session.comparison.baseline = "dice:p=70";
    session.comparison.groups = OodGroups{{"dtd"}, {"", "gone"}};
    session.comparison.resamples = 250;
    return session;
}

const QJsonObject parse(const std::string& json) {
    return QJsonDocument::fromJson(QByteArray::fromStdString(json)).object();
}

std::string text(const QJsonObject& json) {
    return QJsonDocument(json).toJson().toStdString();
}

QString messageOf(const std::string& json, ErrorCode code = ErrorCode::Corrupt) {
    const auto session = parseSession(json, kBase);
    if (session) return "(read)";
    if (session.error().code != code)
        return "(other code) " + QString::fromStdString(session.error().message);
    return QString::fromStdString(session.error().message);
}

}  // namespace

class TestSession : public QObject {
    Q_OBJECT

  private slots:
    void everyChoiceComesBack() {
        const Session session = fullSession();
        const auto read = parseSession(toJson(session, kBase), kBase);
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QVERIFY(read->inputs == session.inputs);
        QVERIFY(read->sweep == session.sweep);
        QCOMPARE(read->view.score, session.view.score);
        QCOMPARE(read->view.tprLevel, 0.9);
        QCOMPARE(read->view.bins, std::size_t{37});
        QCOMPARE(read->view.binRange, BinRange::EachRow);
        QCOMPARE(read->view.choice->on, std::string("val"));
        QCOMPARE(read->view.choice->criterion, LevelCriterion::Auroc);
        QVERIFY(read->view.choice->allowReported);
        QCOMPARE(read->p, std::optional(12.5));
        QCOMPARE(read->bootstrap, std::size_t{0});
        QVERIFY(read->logarithmicFpr);
        QCOMPARE(read->hiddenSets, session.hiddenSets);
        QVERIFY(read->edits == session.edits);
        QVERIFY(read->comparison == session.comparison);
    }

    void theDefaultIsWhatAnEmptyFileMeans() {
        const auto read = parseSession(R"({"schema": 1})", kBase);
        QVERIFY(read);
        QCOMPARE(toJson(*read, kBase), toJson(defaultSession(), kBase));
        QCOMPARE(read->sweep.levels.size(), std::size_t{101});
        QCOMPARE(read->p, std::optional(90.0));
        QCOMPARE(read->view.score, ScoreKind::Energy);
        QVERIFY(!read->sweep.reactClip);
    }

    void whatWasNotChosenForTheComparisonIsAbsent() {
        QVERIFY(!parse(toJson(defaultSession(), kBase)).contains("comparison"));
        const auto read = [](const char* comparison) {
            const auto session =
                parseSession(std::string(R"({"schema": 1, "comparison": )") + comparison + "}", kBase);
            return session ? session->comparison : ComparisonChoices{{}, "(not read)", {}, {}};
        };
        QVERIFY(read("{}") == ComparisonChoices());
        QVERIFY(read(R"({"detectors": null, "groups": null, "resamples": null})") == ComparisonChoices());
        // No baseline is a choice; the usual one is none.
        QCOMPARE(read(R"({"baseline": null})").baseline, std::optional<std::string>(""));
        QVERIFY(read(R"({"baseline": "energy"})") == ComparisonChoices());
        QCOMPARE(read(R"({"detectors": []})").detectors, std::optional(DetectorChoice()));
        QCOMPARE(read(R"({"groups": {}})").groups, std::optional(OodGroups()));
        Session session = defaultSession();
        session.comparison.baseline = "";
        QVERIFY(parse(toJson(session, kBase))["comparison"].toObject().contains("baseline"));
        QVERIFY(parseSession(toJson(session, kBase), kBase)->comparison == session.comparison);
    }

    void theDenseHeadIsNull() {
        Session session = defaultSession();
        session.p.reset();
        QVERIFY(parse(toJson(session, kBase))["p"].isNull());
        const auto read = parseSession(toJson(session, kBase), kBase);
        QVERIFY(read);
        QVERIFY(!read->p);
    }

    void evenLevelsAreWrittenAsARange_data() {
        QTest::addColumn<QString>("levels");
        QTest::newRow("percent") << "0:100:1";
        QTest::newRow("tenths") << "0:100:0.1";
        QTest::newRow("fives from ten") << "10:95:5";
    }
    void evenLevelsAreWrittenAsARange() {
        QFETCH(QString, levels);
        Session session = defaultSession();
        session.sweep.levels = *parseLevels(levels.toStdString());
        const std::string json = toJson(session, kBase);
        QCOMPARE(parse(json)["sweep"]["levels"].toString(), levels);
        QCOMPARE(parseSession(json, kBase)->sweep.levels, session.sweep.levels);
    }

    void unevenLevelsAreWrittenOneByOne() {
        Session session = defaultSession();
        session.sweep.levels = {0, 1, 2, 3.5};
        QCOMPARE(parse(toJson(session, kBase))["sweep"]["levels"], (QJsonArray{0, 1, 2, 3.5}));
        session.sweep.levels = {90};
        QCOMPARE(parse(toJson(session, kBase))["sweep"]["levels"], (QJsonArray{90}));
    }

    void aClipIsWrittenAsItWasTyped() {
        const QByteArray json = QByteArray::fromStdString(toJson(fullSession(), kBase));
        QVERIFY2(json.contains("\"react_clip\": 1.1\n"), json.constData());
    }

    void pathsAreRelativeWhereNear() {
        const QJsonObject inputs = parse(toJson(fullSession(), kBase))["inputs"].toObject();
        QCOMPARE(inputs["model"].toString(), "model.pt");
        QCOMPARE(inputs["classes"].toString(), "deep/classes.txt");
        QCOMPARE(inputs["preprocess"].toString(), "../tiny.json");
        QCOMPARE(inputs["id_train"].toString(), "../../data/train");
        QCOMPARE(inputs["ood"][0]["path"].toString(), "../data/dtd");
        QCOMPARE(inputs["id"].toString(), "/disk/id");
        QCOMPARE(inputs["ood"][1]["path"].toString(), "/elsewhere/summer");
    }

    void theRootIsNoCommonFolder() {
        Session session = defaultSession();
        session.inputs.id = "/disk/id";
        QCOMPARE(parse(toJson(session, "/lab"))["inputs"]["id"].toString(), "/disk/id");
        session.inputs.id = "/lab/id";
        QCOMPARE(parse(toJson(session, "/"))["inputs"]["id"].toString(), "lab/id");
        session.inputs.id = "/lab/id";
        QCOMPARE(parse(toJson(session, "/lab/a/b/c"))["inputs"]["id"].toString(), "/lab/id");
    }

    void aMovedFolderTakesItsPathsAlong() {
        const auto read = parseSession(toJson(fullSession(), kBase), "/new/home/study/sessions");
        QVERIFY(read);
        QCOMPARE(read->inputs.model, fs::path("/new/home/study/sessions/model.pt"));
        QCOMPARE(read->inputs.preprocess, std::string("/new/home/study/tiny.json"));
        QCOMPARE(read->inputs.idTrain, fs::path("/new/home/data/train"));
        QCOMPARE(read->inputs.id, fs::path("/disk/id"));
    }

    void aPresetIsNoPath() {
        Session session = defaultSession();
        session.inputs.preprocess = "cifar";
        QCOMPARE(parse(toJson(session, kBase))["inputs"]["preprocess"].toString(), "cifar");
        QCOMPARE(parseSession(toJson(session, kBase), "/other")->inputs.preprocess, std::string("cifar"));
        session.inputs.preprocess = (kBase / "cifar").string();
        QCOMPARE(parse(toJson(session, kBase))["inputs"]["preprocess"].toString(), "./cifar");
        QCOMPARE(parseSession(toJson(session, kBase), kBase)->inputs.preprocess, session.inputs.preprocess);
    }

    void wrongValuesAreNamed_data() {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("word");
        const auto row = [](const char* name, const char* json, const char* word) {
            QTest::newRow(name) << QString(json) << QString(word);
        };
        row("not JSON", "session", "JSON");
        row("empty", "", "JSON");
        row("a list", "[]", "JSON");
        row("no schema", R"({"p": 90})", "'schema'");
        row("schema as text", R"({"schema": "1"})", "'schema'");
        row("schema zero", R"({"schema": 0})", "'schema'");
        row("unknown key", R"({"schema": 1, "color": 1})", "'color'");
        row("unknown key inside", R"({"schema": 1, "sweep": {"speed": 1}})", "'sweep.speed'");
        row("unknown key of a set",
            R"({"schema": 1, "inputs": {"ood": [{"name": "a", "path": "b", "x": 1}]}})", "'inputs.ood[0].x'");
        row("key twice", R"({"schema": 1, "p": 1, "p": 2})", "'p' is given twice");
        row("key twice inside", R"({"schema": 1, "view": {"bins": 1, "bins": 2}})", "'bins' is given twice");
        row("inputs as a list", R"({"schema": 1, "inputs": []})", "'inputs'");
        row("path as a number", R"({"schema": 1, "inputs": {"model": 3}})", "'inputs.model'");
        row("NUL in a path", R"({"schema": 1, "inputs": {"model": "a\u0000b"}})", "'inputs.model'");
        row("sets as an object", R"({"schema": 1, "inputs": {"ood": {}}})", "'inputs.ood'");
        row("a set as text", R"({"schema": 1, "inputs": {"ood": ["a"]}})", "'inputs.ood'");
        row("a set without path", R"({"schema": 1, "inputs": {"ood": [{"name": "a"}]}})",
            "'inputs.ood[0].path'");
        row("a set without name", R"({"schema": 1, "inputs": {"validation": [{"path": "a"}]}})",
            "'inputs.validation[0].name'");
        row("negative noise", R"({"schema": 1, "inputs": {"noise_images": -1}})", "'inputs.noise_images'");
        row("half a batch", R"({"schema": 1, "inputs": {"extraction": {"batch_size": 1.5}}})",
            "'inputs.extraction.batch_size'");
        row("cache as text", R"({"schema": 1, "inputs": {"extraction": {"use_cache": "yes"}}})",
            "'inputs.extraction.use_cache'");
        row("unknown rule", R"({"schema": 1, "sweep": {"rule": "luck"}})", "'sweep.rule'");
        row("negative seed", R"({"schema": 1, "sweep": {"seed": -5}})", "'sweep.seed'");
        row("no levels", R"({"schema": 1, "sweep": {"levels": []}})", "'sweep.levels'");
        row("levels falling", R"({"schema": 1, "sweep": {"levels": [3, 2]}})", "'sweep.levels'");
        row("level above 100", R"({"schema": 1, "sweep": {"levels": [101]}})", "'sweep.levels'");
        row("level as text", R"({"schema": 1, "sweep": {"levels": ["1"]}})", "'sweep.levels'");
        row("levels as words", R"({"schema": 1, "sweep": {"levels": "many"}})", "'sweep.levels'");
        row("clip of zero", R"({"schema": 1, "sweep": {"react_clip": 0}})", "'sweep.react_clip'");
        row("clip beyond float", R"({"schema": 1, "sweep": {"react_clip": 1e39}})", "'sweep.react_clip'");
        row("number too large", R"({"schema": 1, "sweep": {"react_clip": 1e999}})", "JSON");
        row("unknown score", R"({"schema": 1, "view": {"score": "luck"}})", "'view.score'");
        row("TPR level of 95", R"({"schema": 1, "view": {"tpr_level": 95}})", "'view.tpr_level'");
        row("TPR level of null", R"({"schema": 1, "view": {"tpr_level": null}})", "'view.tpr_level'");
        row("no bins", R"({"schema": 1, "view": {"bins": 0}})", "'view.bins'");
        row("unknown range", R"({"schema": 1, "view": {"bin_range": "wide"}})", "'view.bin_range'");
        row("choice without a set", R"({"schema": 1, "view": {"choice": {}}})", "'view.choice.on'");
        row("unknown criterion", R"({"schema": 1, "view": {"choice": {"on": "a", "criterion": "x"}}})",
            "'view.choice.criterion'");
        row("p above 100", R"({"schema": 1, "p": 100.1})", "'p'");
        row("p as text", R"({"schema": 1, "p": "90"})", "'p'");
        row("too many resamples", R"({"schema": 1, "bootstrap": 1000001})", "'bootstrap'");
        row("axis as a number", R"({"schema": 1, "logarithmic_fpr": 1})", "'logarithmic_fpr'");
        row("edit without a name", R"({"schema": 1, "edits": [{"units_off": [1]}]})", "'edits[0].name'");
        row("edit without units", R"({"schema": 1, "edits": [{"name": "a"}]})", "'edits[0].units_off'");
        row("edit of a unit below 0", R"({"schema": 1, "edits": [{"name": "a", "units_off": [-1]}]})",
            "'edits[0].units_off'");
        row("edit at no p", R"({"schema": 1, "edits": [{"name": "a", "units_off": [1], "p": 101}]})",
            "'edits[0].p'");
        row("unknown choice", R"({"schema": 1, "comparison": {"speed": 1}})", "'comparison.speed'");
        row("comparison as a list", R"({"schema": 1, "comparison": []})", "'comparison'");
        row("no such detector", R"({"schema": 1, "comparison": {"detectors": ["energy", "magic"]}})",
            "'comparison.detectors[1]' is wrong: There is no detector 'magic'");
        row("every detector", R"({"schema": 1, "comparison": {"detectors": ["all"]}})",
            "'comparison.detectors[0]'");
        row("two detectors in one", R"({"schema": 1, "comparison": {"detectors": ["msp,energy"]}})",
            "'comparison.detectors[0]'");
        row("no such parameter",
            R"({"schema": 1, "comparison": {"detectors": [], "unchecked": ["knn:q=1"]}})",
            "'comparison.unchecked[0]' is wrong: KNN has no parameter 'q'");
        row("detector as a number", R"({"schema": 1, "comparison": {"detectors": [1]}})",
            "'comparison.detectors'");
        row("unchecked alone", R"({"schema": 1, "comparison": {"unchecked": ["msp"]}})",
            "'comparison.detectors' is missing");
        row("no such baseline", R"({"schema": 1, "comparison": {"baseline": "magic"}})",
            "'comparison.baseline' is wrong");
        row("empty baseline", R"({"schema": 1, "comparison": {"baseline": ""}})", "'comparison.baseline'");
        row("baseline as a number", R"({"schema": 1, "comparison": {"baseline": 1}})",
            "'comparison.baseline'");
        row("groups as a list", R"({"schema": 1, "comparison": {"groups": []}})", "'comparison.groups'");
        row("a third group", R"({"schema": 1, "comparison": {"groups": {"middle": []}}})",
            "'comparison.groups.middle'");
        row("a set in both groups",
            R"({"schema": 1, "comparison": {"groups": {"near": ["a", "b"], "far": ["b"]}}})",
            "'comparison.groups.far' has the set 'b'");
        row("too many resamples of detectors", R"({"schema": 1, "comparison": {"resamples": 1000001}})",
            "'comparison.resamples'");
        row("hidden number", R"({"schema": 1, "hidden_sets": [1]})", "'hidden_sets'");
    }
    void wrongValuesAreNamed() {
        QFETCH(QString, json);
        QFETCH(QString, word);
        const QString message = messageOf(json.toStdString());
        QVERIFY2(message.contains(word), qPrintable(message));
        QVERIFY2(message.count('.') >= 1 && !message.contains(".;"), qPrintable(message));
    }

    void aNewerSessionIsSaidToBeNewer() {
        const QString message =
            messageOf(R"({"schema": 2, "something": {"new": true}})", ErrorCode::Unsupported);
        QVERIFY2(message.contains("version 2"), qPrintable(message));
    }

    void everyTruncationIsRefused() {
        const std::string json = toJson(fullSession(), kBase);
        for (std::size_t size = 0; size + 2 < json.size(); ++size) {
            const auto read = parseSession(json.substr(0, size), kBase);
            QVERIFY2(!read && read.error().code == ErrorCode::Corrupt, std::to_string(size).c_str());
        }
    }

    void everyKeyOfAWrittenSessionIsChecked() {
        Session session = fullSession();
        session.sweep.seed = 5;  // QJson holds no larger ones exactly
        const QJsonObject json = parse(toJson(session, kBase));
        QCOMPARE(messageOf(text(json)), "(read)");
        const QJsonArray wrong{QJsonArray{1}};
        for (const QString& key : json.keys()) {
            QJsonObject changed = json;
            changed[key] = wrong;
            QVERIFY2(messageOf(text(changed)).contains('\'' + key + '\''), qPrintable(key));
        }
        for (const QString& part :
             {QString("inputs"), QString("sweep"), QString("view"), QString("comparison")}) {
            for (const QString& key : json[part].toObject().keys()) {
                QJsonObject changed = json;
                QJsonObject inner = json[part].toObject();
                inner[key] = wrong;
                changed[part] = inner;
                QVERIFY2(messageOf(text(changed)).contains('\'' + part + '.' + key + '\''), qPrintable(key));
            }
        }
    }

    void filesAreWrittenAndRead() {
        const QTemporaryDir folder;
        const fs::path path = fs::path(folder.path().toStdString()) / "a" / "s.json";
        Session session = defaultSession();
        session.inputs.model = path.parent_path() / "model.pt";
        QVERIFY(writeSession(path, session));
        const auto read = readSession(path);
        QVERIFY(read);
        QCOMPARE(read->inputs.model, session.inputs.model);

        QVERIFY(QDir(folder.path()).rename("a", "b"));
        const fs::path moved = path.parent_path().parent_path() / "b";
        QCOMPARE(readSession(moved / "s.json")->inputs.model, moved / "model.pt");

        const QString before = QDir::currentPath();
        QVERIFY(QDir::setCurrent(QString::fromStdString(moved.string())));
        const auto fromHere = readSession("s.json");
        QDir::setCurrent(before);
        QVERIFY(fromHere);
        QCOMPARE(fromHere->inputs.model, moved / "model.pt");
    }

    void filesThatCannotBeReadOrWritten() {
        const QTemporaryDir folder;
        const fs::path root = folder.path().toStdString();
        QCOMPARE(readSession(root / "none.json").error().code, ErrorCode::NotFound);
        QFile file(folder.filePath("bad.json"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(R"({"schema": 1, "p": "x"})");
        file.close();
        const auto bad = readSession(root / "bad.json");
        QCOMPARE(bad.error().code, ErrorCode::Corrupt);
        QVERIFY(bad.error().message.find("bad.json") != std::string::npos);
        QCOMPARE(writeSession(root / "bad.json" / "s.json", defaultSession()).error().code,
                 ErrorCode::WriteFailed);
        Session session = defaultSession();
        session.inputs.id = "/data/\xFF";
        QCOMPARE(writeSession(root / "s.json", session).error().code, ErrorCode::InvalidArgument);
        QVERIFY(!QFile::exists(folder.filePath("s.json")));
        QVERIFY(parseSession(toJson(session, root), root));
    }

    void optionsSpeakOfTheSession() {
        Session session = fullSession();
        const auto sweep = sweepAnalysisOptions(session);
        QCOMPARE(sweep.rule, RankingRule::RandomUnit);
        QCOMPARE(sweep.levels, session.sweep.levels);
        QCOMPARE(sweep.reactClip, std::optional(1.1F));
        QCOMPARE(sweep.bootstrapLevel, 12.5);
        QCOMPARE(sweep.choice->on, std::string("val"));
        QCOMPARE(evaluationOptions(session).levels, std::vector{12.5});
        QCOMPARE(evaluationOptions(session).reactClip, std::optional(1.1F));
        session.p.reset();
        QCOMPARE(evaluationOptions(session).levels, std::vector{90.0});
    }
};

QTEST_APPLESS_MAIN(TestSession)
#include "test_session.moc"
