#include "core/session/benchmark.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>
#include <fstream>

using namespace dicescope;

namespace {

namespace fs = std::filesystem;

/// A preset with three small sets.
QJsonObject tinyPreset() {
    const auto set = [](const char* name, const char* role, const QJsonArray& folders, int images) {
        return QJsonObject{{"name", name}, {"role", role}, {"folders", folders}, {"images", images}};
    };
    return {
        {"schema", 1},
        {"name", "tiny"},
        {"title", "Tiny"},
        {"model", QJsonObject{{"description", "a net"}, {"classes", 10}, {"features", 342}}},
        {"preprocess", "cifar"},
        {"p", 90},
        {"react", QJsonArray{QJsonObject{{"clip", 1.5}, {"p", 15}}}},
        {"parents", QJsonArray{"", "ood"}},
        {"sets", QJsonArray{set("train", "id-train", {"id/train"}, 3), set("test", "id", {"id/test"}, 2),
                            set("dtd", "ood", {"dtd/images", "dtd"}, 2),
                            set("sun", "ood", {"SUN", "sun/images"}, 2)}},
        {"sources", QJsonObject{{"paper", QJsonObject{{"tag", "table"}, {"text", "A paper."}}}}},
        {"published",
         QJsonArray{QJsonObject{{"method", "dice"}, {"set", "sun"}, {"auroc", 80}, {"source", "paper"}},
                    QJsonObject{{"method", "dice"}, {"set", "dtd"}, {"fpr95", 25.63}, {"source", "paper"}},
                    QJsonObject{{"method", "dice"}, {"set", "average"}, {"fpr95", 30}, {"source", "paper"}},
                    QJsonObject{{"method", "energy"}, {"set", "dtd"}, {"fpr95", 50}, {"source", "paper"}}}}};
}

std::string text(const QJsonObject& json) {
    return QJsonDocument(json).toJson().toStdString();
}

BenchmarkPreset tiny() {
    return parseBenchmark(text(tinyPreset())).value();
}

QString complaint(const QJsonObject& json) {
    const auto preset = parseBenchmark(text(json));
    return preset ? "(read)" : QString::fromStdString(preset.error().message);
}

void putFiles(const fs::path& folder, int count) {
    fs::create_directories(folder);
    for (int i = 0; i < count; ++i) std::ofstream(folder / (std::to_string(i) + ".png")) << "x";
}

struct Root {
    QTemporaryDir temporary;
    fs::path path{temporary.path().toStdString()};
};

const PublishedNumbers* published(const BenchmarkPreset& preset, std::string_view method,
                                  std::string_view set) {
    for (const PublishedNumbers& numbers : preset.published) {
        if (numbers.method == method && numbers.set == set) return &numbers;
    }
    return nullptr;
}

}  // namespace

Q_DECLARE_METATYPE(HeadInUse)

class TestBenchmark : public QObject {
    Q_OBJECT

  private slots:
    // What the program holds is what lies in resources/, whole.
    void everyFileIsInTheProgram_data() {
        QTest::addColumn<int>("classes");
        QTest::addColumn<int>("features");
        QTest::addColumn<double>("p");
        QTest::addColumn<int>("oodSets");
        QTest::addColumn<int>("published");
        QTest::newRow("cifar10") << 10 << 342 << 90.0 << 6 << 0;
        QTest::newRow("cifar100") << 100 << 342 << 90.0 << 6 << 7;
        QTest::newRow("imagenet1k") << 1000 << 2048 << 70.0 << 4 << 32;
    }
    void everyFileIsInTheProgram() {
        QFETCH(int, classes);
        QFETCH(int, features);
        QFETCH(double, p);
        QFETCH(int, oodSets);
        QFETCH(int, published);
        QCOMPARE(benchmarkPresets().size(), std::size_t{3});
        const auto found = findBenchmark(QTest::currentDataTag());
        QVERIFY(found);
        const BenchmarkPreset& preset = **found;
        QFile file(
            QStringLiteral(DICESCOPE_RESOURCES_DIR "/benchmarks/%1.json").arg(QTest::currentDataTag()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto read = parseBenchmark(file.readAll().toStdString());
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QCOMPARE(read->title, preset.title);
        QCOMPARE(static_cast<int>(preset.model.classes), classes);
        QCOMPARE(static_cast<int>(preset.model.features), features);
        QCOMPARE(preset.p, p);
        QCOMPARE(static_cast<int>(preset.sets.size()), oodSets + 2);
        QCOMPARE(static_cast<int>(preset.published.size()), published);
    }

    // The published tables give a row's average to two decimals: it must be that of the numbers in the file.
    void averagesAreThoseOfTheSets() {
        int averages = 0;
        for (const BenchmarkPreset& preset : benchmarkPresets()) {
            for (const PublishedNumbers& average : preset.published) {
                if (!average.set.empty()) continue;
                double fpr = 0;
                double auroc = 0;
                int sets = 0;
                for (const PublishedNumbers& numbers : preset.published) {
                    if (numbers.method != average.method || numbers.set.empty()) continue;
                    fpr += numbers.fpr95.value();
                    auroc += numbers.auroc.value();
                    ++sets;
                }
                if (sets + 2 != static_cast<int>(preset.sets.size())) continue;  // a set was not published
                QVERIFY(std::abs(fpr / sets - average.fpr95.value()) < 1.01e-4);
                QVERIFY(std::abs(auroc / sets - average.auroc.value()) < 1.01e-4);
                ++averages;
            }
        }
        QCOMPARE(averages, 6);
    }

    // Numbers that nobody could be quoted for are not in the files.
    void whatWasNotReadInATableIsNotThere() {
        const BenchmarkPreset& imagenet = **findBenchmark("imagenet1k");
        QVERIFY(published(imagenet, "dice", "Textures") == nullptr);
        QVERIFY(published(imagenet, "dice", "") == nullptr);
        QVERIFY(published(imagenet, "dice+react", "Textures") == nullptr);
        QVERIFY(!published(imagenet, "dice", "iNaturalist")->auroc);
        QCOMPARE(published(imagenet, "dice", "iNaturalist")->fpr95, std::optional(0.2563));
        QCOMPARE(published(imagenet, "dice+react", "")->auroc, std::optional(0.934));
        QVERIFY((*findBenchmark("cifar10"))->published.empty());
        QVERIFY(published(**findBenchmark("cifar100"), "dice", "") == nullptr);
        QJsonObject preset = tinyPreset();
        preset["sources"] = QJsonObject{{"paper", QJsonObject{{"tag", "memory"}, {"text", "I think so."}}}};
        QVERIFY2(complaint(preset).contains("'sources.paper.tag'"), qPrintable(complaint(preset)));
    }

    void anUnknownNameListsThoseThereAre() {
        const auto found = findBenchmark("cifar11");
        QVERIFY(!found);
        QCOMPARE(found.error().code, ErrorCode::InvalidArgument);
        QVERIFY(found.error().message.find("cifar10, cifar100, imagenet1k") != std::string::npos);
    }

    void errorsNameTheKey_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QJsonValue>("value");
        QTest::addColumn<QString>("named");
        const auto row = [](const char* tag, const char* key, const QJsonValue& value, const char* named) {
            QTest::newRow(tag) << QString(key) << value << QString(named);
        };
        QJsonObject set = tinyPreset()["sets"].toArray()[2].toObject();
        const auto sets = [&](const char* key, const QJsonValue& value) {
            QJsonArray all = tinyPreset()["sets"].toArray();
            QJsonObject changed = set;
            changed[key] = value;
            all[2] = changed;
            return all;
        };
        const auto numbers = [](const QJsonObject& entry) { return QJsonArray{entry}; };
        row("no schema", "schema", "1", "'schema'");
        row("unknown key", "colour", "red", "'colour' is not a key of a benchmark preset");
        row("no name", "name", "", "'name'");
        row("not a preprocessing preset", "preprocess", "mine", "'preprocess'");
        row("p of another type", "p", "90", "'p'");
        row("p above 100", "p", 101, "'p'");
        row("clip of zero", "react", QJsonArray{QJsonObject{{"clip", 0}, {"p", 1}}}, "'react[0].clip'");
        row("no parents", "parents", QJsonArray{}, "'parents'");
        row("model without classes", "model", QJsonObject{{"description", "x"}, {"features", 2}},
            "'model.classes'");
        row("role", "sets", sets("role", "validation"), "'sets[2].role'");
        row("group", "sets", sets("group", "middle"), "'sets[2].group'");
        row("images", "sets", sets("images", 0), "'sets[2].images'");
        row("folder outside", "sets", sets("folders", QJsonArray{"../dtd"}), "'sets[2].folders'");
        row("absolute folder", "sets", sets("folders", QJsonArray{"/dtd"}), "'sets[2].folders'");
        row("name twice", "sets", sets("name", "sun"), "'sets'");
        row("no id set", "sets", QJsonArray{set}, "'sets'");
        row("set called average", "sets", sets("name", "average"), "'sets[2].name'");
        row("method", "published",
            numbers({{"method", "magic"}, {"set", "dtd"}, {"auroc", 1}, {"source", "paper"}}),
            "'published[0].method'");
        row("unknown set", "published",
            numbers({{"method", "dice"}, {"set", "moon"}, {"auroc", 1}, {"source", "paper"}}),
            "'published[0].set'");
        row("unknown source", "published",
            numbers({{"method", "dice"}, {"set", "dtd"}, {"auroc", 1}, {"source", "rumour"}}),
            "'published[0].source'");
        row("percent above 100", "published",
            numbers({{"method", "dice"}, {"set", "dtd"}, {"fpr95", 101}, {"source", "paper"}}),
            "'published[0].fpr95'");
        row("no number", "published", numbers({{"method", "dice"}, {"set", "dtd"}, {"source", "paper"}}),
            "'published[0].fpr95'");
    }
    void errorsNameTheKey() {
        QFETCH(QString, key);
        QFETCH(QJsonValue, value);
        QFETCH(QString, named);
        QCOMPARE(complaint(tinyPreset()), QString("(read)"));
        QJsonObject json = tinyPreset();
        json[key] = value;
        QVERIFY2(complaint(json).contains(named), qPrintable(complaint(json)));
        QCOMPARE(parseBenchmark(text(json)).error().code, ErrorCode::Corrupt);
    }

    void damagedAndNewerFilesAreRefused() {
        QCOMPARE(parseBenchmark("").error().code, ErrorCode::Corrupt);
        QCOMPARE(parseBenchmark("[1]").error().code, ErrorCode::Corrupt);
        const std::string whole = text(tinyPreset());
        QCOMPARE(parseBenchmark(whole.substr(0, whole.size() / 2)).error().code, ErrorCode::Corrupt);
        const auto twice = parseBenchmark(R"({"schema": 1, "name": "a", "name": "b"})");
        QVERIFY(twice.error().message.find("'name' is given twice") != std::string::npos);
        QJsonObject newer = tinyPreset();
        newer["schema"] = 2;
        QCOMPARE(parseBenchmark(text(newer)).error().code, ErrorCode::Unsupported);
    }

    void setsAreFoundBelowTheRootAndItsParents() {
        const Root root;
        putFiles(root.path / "id" / "train" / "cat", 2);
        putFiles(root.path / "ood" / "dtd" / "images" / "banded", 2);
        putFiles(root.path / "sun" / "images", 5);
        const BenchmarkPreset preset = tiny();
        const auto found = locateBenchmark(preset, root.path / ".");
        QVERIFY(found);
        QCOMPARE(found->root, root.path);
        QCOMPARE(found->sets.size(), preset.sets.size());
        QCOMPARE(found->sets[0].folder, root.path / "id" / "train");
        QCOMPARE(found->sets[0].images, std::size_t{2});
        QCOMPARE(difference(preset.sets[0], found->sets[0]), std::int64_t{-1});
        QVERIFY(!found->sets[1].found());
        QCOMPARE(difference(preset.sets[1], found->sets[1]), std::int64_t{0});
        QCOMPARE(found->sets[1].tried, (std::vector<std::string>{"id/test", "ood/id/test"}));
        QCOMPARE(found->sets[2].folder, root.path / "ood/dtd/images");
        QCOMPARE(difference(preset.sets[2], found->sets[2]), std::int64_t{0});
        QCOMPARE(difference(preset.sets[3], found->sets[3]), std::int64_t{3});
    }

    void aFolderWithTheExpectedCountComesFirst() {
        const Root root;
        putFiles(root.path / "dtd" / "images", 1);
        putFiles(root.path / "dtd" / "labels", 4);
        putFiles(root.path / "ood" / "dtd", 2);
        putFiles(root.path / "SUN", 1);
        putFiles(root.path / "ood" / "SUN", 3);
        const auto found = locateBenchmark(tiny(), root.path);
        QVERIFY(found);
        QCOMPARE(found->sets[2].folder, root.path / "ood/dtd");
        QCOMPARE(found->sets[3].folder, root.path / "SUN");
    }

    void anEmptyFolderIsMissingWithTheReason() {
        const Root root;
        fs::create_directories(root.path / "dtd" / "images");
        const auto found = locateBenchmark(tiny(), root.path);
        QVERIFY(found);
        QVERIFY(!found->sets[2].found());
        QVERIFY(found->sets[2].problem.find("There is no file") != std::string::npos);
        QVERIFY(found->sets[3].problem.empty());
    }

    void noRootAndStopAreErrors() {
        const Root root;
        QCOMPARE(locateBenchmark(tiny(), root.path / "none").error().code, ErrorCode::NotFound);
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(locateBenchmark(tiny(), root.path, {stop.get_token(), {}}).error().code,
                 ErrorCode::Cancelled);
    }

    void theSessionRunsWhatWasFound() {
        const Root root;
        putFiles(root.path / "id" / "train", 3);
        putFiles(root.path / "id" / "test", 2);
        putFiles(root.path / "dtd", 2);
        const BenchmarkPreset preset = tiny();
        const auto found = locateBenchmark(preset, root.path).value();
        const Session session = benchmarkSession(preset, found, "/models/net.pt");
        QCOMPARE(session.benchmark, std::string("tiny"));
        QCOMPARE(session.inputs.model, fs::path("/models/net.pt"));
        QCOMPARE(session.inputs.preprocess, std::string("cifar"));
        QCOMPARE(session.inputs.idTrain, root.path / "id/train");
        QCOMPARE(session.inputs.id, root.path / "id/test");
        QCOMPARE(session.inputs.ood, (std::vector<NamedSource>{{"dtd", root.path / "dtd"}}));
        QCOMPARE(session.p, std::optional(90.0));
        QVERIFY(!session.sweep.reactClip);
        const Session clipped = benchmarkSession(preset, found, "", 0);
        QCOMPARE(clipped.sweep.reactClip, std::optional(1.5F));
        QCOMPARE(clipped.p, std::optional(15.0));
    }

    void theSessionFileRemembersTheBenchmark() {
        Session session = defaultSession();
        QVERIFY(toJson(session, "/lab").find("benchmark") == std::string::npos);
        session.benchmark = "imagenet1k";
        const auto read = parseSession(toJson(session, "/lab"), "/lab");
        QVERIFY(read);
        QCOMPARE(read->benchmark, std::string("imagenet1k"));
        const auto unknown = parseSession(R"({"schema": 1, "benchmark": "of next year"})", "/lab");
        QVERIFY(unknown);
        QCOMPARE(unknown->benchmark, std::string("of next year"));
        QVERIFY(publishedFor(*unknown, 90).empty());
        const auto wrong = parseSession(R"({"schema": 1, "benchmark": 3})", "/lab");
        QVERIFY(!wrong && wrong.error().message.find("'benchmark'") != std::string::npos);
    }

    void publishedNumbersComeInTheOrderOfTheSets() {
        const auto dice = publishedBy(tiny(), "dice");
        QCOMPARE(dice.size(), std::size_t{3});
        QCOMPARE(dice[0].set, std::string("dtd"));
        QCOMPARE(dice[0].fpr95, std::optional(0.2563));
        QVERIFY(!dice[0].auroc);
        QCOMPARE(dice[1].set, std::string("sun"));
        QCOMPARE(dice[1].auroc, std::optional(0.8));
        QCOMPARE(dice[2].set, std::string());
        QCOMPARE(dice[2].source, std::string("A paper."));
        QVERIFY(publishedBy(tiny(), "").empty());
        QVERIFY(publishedBy(tiny(), "react").empty());
    }

    void settingsSayWhichMethodItIs_data() {
        QTest::addColumn<HeadInUse>("head");
        QTest::addColumn<QString>("method");
        const auto energy = ScoreKind::Energy;
        const auto dice = RankingRule::Contribution;
        QTest::newRow("dense") << HeadInUse{dice, energy, {}, {}} << "energy";
        QTest::newRow("dense MSP") << HeadInUse{dice, ScoreKind::Msp, {}, {}} << "msp";
        QTest::newRow("dense MaxLogit") << HeadInUse{dice, ScoreKind::MaxLogit, {}, {}} << "";
        QTest::newRow("DICE") << HeadInUse{dice, energy, 90, {}} << "dice";
        QTest::newRow("another p") << HeadInUse{dice, energy, 89, {}} << "";
        QTest::newRow("MSP of DICE") << HeadInUse{dice, ScoreKind::Msp, 90, {}} << "";
        QTest::newRow("another ranking") << HeadInUse{RankingRule::AbsoluteWeight, energy, 90, {}} << "";
        QTest::newRow("ReAct") << HeadInUse{dice, energy, {}, 1.5F} << "react";
        QTest::newRow("another clip") << HeadInUse{dice, energy, {}, 1.4F} << "";
        QTest::newRow("DICE+ReAct") << HeadInUse{dice, energy, 15, 1.5F} << "dice+react";
        QTest::newRow("DICE+ReAct at the p of DICE") << HeadInUse{dice, energy, 90, 1.5F} << "";
    }
    void settingsSayWhichMethodItIs() {
        QFETCH(HeadInUse, head);
        QFETCH(QString, method);
        QCOMPARE(QString::fromStdString(std::string(publishedMethod(tiny(), head))), method);
    }

    void aDetectorSaysWhichMethodItIs_data() {
        QTest::addColumn<QString>("detector");
        QTest::addColumn<QString>("method");
        for (const char* plain : {"msp", "odin", "mahalanobis", "energy"})
            QTest::newRow(plain) << plain << plain;
        QTest::newRow("temperature") << "energy:t=2"
                                     << "";
        QTest::newRow("another Mahalanobis") << "mahalanobis:as=pytorch-ood"
                                             << "";
        QTest::newRow("DICE") << "dice"
                              << "dice";  // p=90, as the preset
        QTest::newRow("another p") << "dice:p=70"
                                   << "";
        QTest::newRow("ReAct") << "react:c=1.5"
                               << "react";
        QTest::newRow("another clip") << "react:c=1.4"
                                      << "";
        QTest::newRow("fitted clip") << "react"
                                     << "";
        QTest::newRow("DICE+ReAct") << "dice+react:p=15:c=1.5"
                                    << "dice+react";
        QTest::newRow("another pair") << "dice+react:c=1.5"
                                      << "";
        QTest::newRow("fitted clip of a pair") << "dice+react:p=15"
                                               << "";
        QTest::newRow("another mask") << "dice+scale"
                                      << "";
        QTest::newRow("not published") << "knn"
                                       << "";
    }
    void aDetectorSaysWhichMethodItIs() {
        QFETCH(QString, detector);
        QFETCH(QString, method);
        const auto spec = *parseDetectorSpec(detector.toStdString());
        QCOMPARE(QString::fromStdString(std::string(publishedMethod(tiny(), spec))), method);
    }

    void aSessionGetsTheNumbersOfItsSets() {
        Session session = defaultSession();
        session.benchmark = "imagenet1k";
        session.inputs.ood = {{"SUN", "/a"}, {"iNaturalist", "/b"}, {"mine", "/c"}};
        const auto some = publishedFor(session, 70);
        QCOMPARE(some.size(), std::size_t{2});
        QCOMPARE(some[0].set, std::string("iNaturalist"));
        QCOMPARE(some[1].auroc, std::optional(0.9083));
        QVERIFY(publishedFor(session, 71).empty());
        session.inputs.ood = {{"SUN", "/a"}, {"iNaturalist", "/b"}, {"Textures", "/c"}, {"Places", "/d"}};
        const auto all = publishedFor(session, std::nullopt);
        QCOMPARE(all.size(), std::size_t{5});
        QCOMPARE(all[4].set, std::string());
        QCOMPARE(all[4].fpr95, std::optional(0.5841));
        session.view.tprLevel = 0.9;
        const auto other = publishedFor(session, 70);
        QCOMPARE(other.size(), std::size_t{2});  // iNaturalist has an FPR only
        QVERIFY(!other[0].fpr95);
    }

    void anotherModelIsTold() {
        QVERIFY(modelDifference(tiny(), 10, 342).empty());
        QVERIFY(modelDifference(tiny(), 10, 512).find("C=10, D=512") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestBenchmark)
#include "test_benchmark.moc"
