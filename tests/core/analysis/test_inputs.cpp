#include "core/analysis/inputs.h"

#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <limits>

#include "core/analysis/set_reader.h"
#include "core/features/feature_file.h"
#include "core/features/npy.h"
#include "tests/support/tiny_case.h"

#include "tests/support/tiny_exploration.h"

using namespace dicescope;

namespace {

struct Fixture {
    QTemporaryDir temporary;
    std::filesystem::path root{temporary.path().toStdString()};

    Fixture() {
        qputenv("XDG_STATE_HOME", temporary.path().toUtf8());
        tiny::writeImages(root / "train", 24, 1, {"a", "b", "c", "d"});
        tiny::writeImages(root / "id", 12, 200, {"a", "c"});
        tiny::writeImages(root / "ood", 9, 300);
    }

    [[nodiscard]] InputsConfig config() const {
        InputsConfig config;
        config.model = tiny::model();
        config.preprocess = tiny::writePreprocess(root);
        config.idTrain = root / "train";
        config.id = root / "id";
        config.ood = {{"far", root / "ood"}};
        config.extraction.device = "cpu";
        config.extraction.cache = root / "cache";
        return config;
    }
};

/// What an observer was told, a line a call.
struct Story {
    std::vector<std::string> lines;
    LoadObserver observer;

    Story() {
        observer.modelLoaded = [this](const ClassifierInfo& info) {
            lines.push_back("model " + info.head.name);
        };
        observer.setStarted = [this](SetRole role, const std::string& set) {
            lines.push_back("start " + std::string(name(role)) + " " + set);
        };
        observer.setReady = [this](const InputSet& set) {
            lines.push_back("ready " + std::string(name(set.role)) + " " + set.name + " " +
                            std::to_string(set.features->size()) + (set.labels.empty() ? "" : " labelled"));
        };
    }
    Story(const Story&) = delete;
    Story& operator=(const Story&) = delete;
};

bool mentions(const Error& error, const std::string& word) {
    return error.message.find(word) != std::string::npos;
}

}  // namespace

class TestInputs : public QObject {
    Q_OBJECT

  private slots:
    void meanIsTheNaiveMeanOverTheTrainingImages() {
        const Fixture fixture;
        const auto inputs = loadInputs(fixture.config());
        QVERIFY2(inputs, inputs ? "" : inputs.error().message.c_str());
        std::array<double, tiny::kFeatures> sum{};
        const auto weights = tiny::weights();
        for (unsigned i = 0; i < 24; ++i) {
            const auto h = tiny::features(weights, tiny::pixels(1 + i));
            for (std::size_t d = 0; d < h.size(); ++d) sum[d] += h[d] / 24;
        }
        for (std::size_t d = 0; d < sum.size(); ++d)
            QVERIFY(std::abs(inputs->featureMean[d] - sum[d]) < 1e-5);
    }

    void labelsFollowTheTrainingFoldersNames() {
        const Fixture fixture;
        const auto inputs = loadInputs(fixture.config());
        QVERIFY(inputs);
        QCOMPARE(inputs->classes, (std::vector<std::string>{"a", "b", "c", "d"}));
        // The ID folder has only a and c: c is class 2 of the model, not class 1.
        QCOMPARE(inputs->id.labels.front(), 0);
        QCOMPARE(inputs->id.labels.back(), 2);
    }

    void aClassFileGivesTheOrder() {
        const Fixture fixture;
        auto config = fixture.config();
        config.classes = fixture.root / "classes.txt";
        tiny::writeText(config.classes, "d\r\nc\nb\na\n\n");
        const auto inputs = loadInputs(config);
        QVERIFY(inputs);
        QCOMPARE(inputs->id.labels.front(), 3);
        tiny::writeText(config.classes, "a\nb\n");
        const auto wrong = loadInputs(config);
        QVERIFY(!wrong);
        QCOMPARE(wrong.error().code, ErrorCode::Mismatch);
    }

    void withoutMatchingFoldersNoLabelIsInvented() {
        const Fixture fixture;
        auto config = fixture.config();
        config.idTrain.clear();
        config.featureMean = fixture.root / "mean.npy";
        QVERIFY(writeNpy(config.featureMean, std::vector<double>(tiny::kFeatures, 0.5)));
        const auto inputs = loadInputs(config);
        QVERIFY(inputs);
        QVERIFY(inputs->classes.empty());
        QVERIFY(inputs->id.labels.empty());
        QCOMPARE(inputs->featureMean, std::vector<double>(tiny::kFeatures, 0.5));
    }

    void featureFilesGiveTheSameAsFolders() {
        const Fixture fixture;
        const auto folders = loadInputs(fixture.config());
        QVERIFY(folders);
        auto config = fixture.config();
        for (const auto& [path, set] : {std::pair{&config.idTrain, &*folders->idTrain},
                                        {&config.id, &folders->id},
                                        {&config.ood[0].path, &folders->ood[0]}}) {
            *path = fixture.root / (set->name + ".safetensors");
            QVERIFY(writeFeatureFile(*path, *set->features));
        }
        config.preprocess.clear();
        const auto files = loadInputs(config);
        QVERIFY2(files, files ? "" : files.error().message.c_str());
        QCOMPARE(files->featureMean, folders->featureMean);
        QCOMPARE(files->id.labels, folders->id.labels);
        QCOMPARE(files->id.features->features(3, 2), folders->id.features->features(3, 2));

        // The head as .npy files in place of the model.
        config.model.clear();
        config.weight = fixture.root / "w.npy";
        config.bias = fixture.root / "b.npy";
        QVERIFY(writeNpy(config.weight, folders->head.weight.view()));
        QVERIFY(writeNpy(config.bias, std::span<const float>(folders->head.bias)));
        const auto plain = loadInputs(config);
        QVERIFY(plain);
        QCOMPARE(plain->head.bias, folders->head.bias);
        QCOMPARE(plain->head.weight(2, 3), folders->head.weight(2, 3));
    }

    void anObserverIsToldStepByStep() {
        const Fixture fixture;
        auto config = fixture.config();
        config.validation = {{"held", fixture.root / "train"}};
        config.noiseImages = 5;
        Story story;
        const auto inputs = loadInputs(config, {}, story.observer);
        QVERIFY(inputs);
        QCOMPARE(story.lines,
                 (std::vector<std::string>{"model " + inputs->model->head.name, "start id-train id-train",
                                           "ready id-train id-train 24", "start id id", "ready id id 12",
                                           "start ood far", "ready ood far 9", "start validation held",
                                           "ready validation held 24", "start validation gaussian-noise",
                                           "ready validation gaussian-noise 5"}));
    }

    void anObserverMayLeaveCallsOut() {
        const Fixture fixture;
        std::size_t ready = 0;
        LoadObserver observer;
        observer.setReady = [&](const InputSet&) { ++ready; };
        QVERIFY(loadInputs(fixture.config(), {}, observer));
        QCOMPARE(ready, std::size_t{3});
    }

    void oneSetThatFailsIsNamedAndFailsAll() {
        const Fixture fixture;
        std::filesystem::create_directories(fixture.root / "empty");
        auto config = fixture.config();
        config.ood.push_back({"nothing-here", fixture.root / "empty"});
        config.ood.push_back({"after", fixture.root / "ood"});
        Story story;
        const auto inputs = loadInputs(config, {}, story.observer);
        QVERIFY(!inputs);
        QVERIFY2(mentions(inputs.error(), "'nothing-here'"), inputs.error().message.c_str());
        QCOMPARE(story.lines.back(), std::string("start ood nothing-here"));

        tiny::writeText(fixture.root / "damaged.safetensors", "no tensors at all");
        config = fixture.config();
        config.validation = {{"broken", fixture.root / "damaged.safetensors"}};
        const auto damaged = loadInputs(config);
        QVERIFY(!damaged);
        QVERIFY2(mentions(damaged.error(), "'broken'"), damaged.error().message.c_str());
    }

    void aStopWhileSetsAreReadEndsIt() {
        const Fixture fixture;
        std::stop_source stop;
        Story story;
        const auto ready = story.observer.setReady;
        story.observer.setReady = [&](const InputSet& set) {
            ready(set);
            stop.request_stop();
        };
        const auto inputs = loadInputs(fixture.config(), Job{stop.get_token(), {}}, story.observer);
        QVERIFY(!inputs);
        QCOMPARE(inputs.error().code, ErrorCode::Cancelled);
        QCOMPARE(story.lines.back(), std::string("ready id-train id-train 24"));
    }

    void aFeatureFileOfAnotherModelIsRefused() {
        const Fixture fixture;
        const auto folders = loadInputs(fixture.config());
        QVERIFY(folders);
        auto config = fixture.config();
        config.ood[0].path = fixture.root / "ood.safetensors";
        FeatureSet other = *folders->ood[0].features;
        other.provenance.modelSha256 = std::string(64, 'f');
        QVERIFY(writeFeatureFile(config.ood[0].path, other));
        const auto inputs = loadInputs(config);
        QVERIFY(!inputs);
        QCOMPARE(inputs.error().code, ErrorCode::Mismatch);
        QVERIFY(mentions(inputs.error(), "another model"));

        other = *folders->ood[0].features;
        other.provenance.preprocess = R"({"name":"other"})";
        QVERIFY(writeFeatureFile(config.ood[0].path, other));
        QVERIFY(mentions(loadInputs(config).error(), "preprocessing"));

        other = *folders->ood[0].features;
        other.features.cols = 3;
        other.features.rows = other.features.rows;
        QVERIFY(writeFeatureFile(config.ood[0].path, other));
        QVERIFY(mentions(loadInputs(config).error(), "3 features"));
    }

    void rowsThatAreNotFiniteBecomeSkippedFiles() {
        auto set = std::make_shared<FeatureSet>();
        const float nan = std::numeric_limits<float>::quiet_NaN();
        const float inf = std::numeric_limits<float>::infinity();
        auto values = std::make_shared<std::vector<float>>(std::vector<float>{1, 2, nan, 3, 4, 5, 6, inf});
        set->features = {values->data(), 4, 2};
        set->storage = values;
        set->paths = {"a", "b", "c", "d"};
        set->labels = {0, 1, 2, 3};
        const auto clean = withoutNonFiniteRows(set);
        QCOMPARE(clean->size(), std::size_t{2});
        QCOMPARE(clean->paths, (std::vector<std::string>{"a", "c"}));
        QCOMPARE(clean->labels, (std::vector<int>{0, 2}));
        QCOMPARE(clean->features(1, 0), 4.0F);
        QCOMPARE(clean->skipped.size(), std::size_t{2});
        QCOMPARE(clean->skipped[1].path, std::string("d"));
        values->assign(8, 1);
        QCOMPARE(withoutNonFiniteRows(set).get(), set.get());
    }

    void aMeanThatDoesNotFitIsRefused() {
        const Fixture fixture;
        auto config = fixture.config();
        config.featureMean = fixture.root / "mean.npy";
        QVERIFY(writeNpy(config.featureMean, std::vector<double>{1, 2, 3}));
        QCOMPARE(loadInputs(config).error().code, ErrorCode::Mismatch);
        std::vector<double> values(tiny::kFeatures, 1);
        values[2] = std::numeric_limits<double>::quiet_NaN();
        QVERIFY(writeNpy(config.featureMean, values));
        QCOMPARE(loadInputs(config).error().code, ErrorCode::Corrupt);
    }

    void withoutACacheNothingIsLeftBehind() {
        const Fixture fixture;
        auto config = fixture.config();
        config.extraction.useCache = false;
        config.extraction.scratch = fixture.root / "scratch";
        const auto inputs = loadInputs(config);
        QVERIFY(inputs);
        QVERIFY(std::filesystem::is_empty(fixture.root / "scratch"));
        QVERIFY(!std::filesystem::exists(fixture.root / "cache"));
        QVERIFY(std::isfinite(inputs->id.features->features(0, 0)));
    }

    void refusesIncompleteRequests_data() {
        QTest::addColumn<int>("fault");
        QTest::addColumn<QString>("word");
        QTest::newRow("no model") << 0 << "model";
        QTest::newRow("no mean") << 1 << "mean";
        QTest::newRow("no ID") << 2 << "--id";
        QTest::newRow("no OOD") << 3 << "--ood";
        QTest::newRow("two of one name") << 4 << "'far'";
        QTest::newRow("reserved name") << 5 << "'average'";
        QTest::newRow("missing folder") << 6 << "nowhere";
        QTest::newRow("no preprocessing") << 7 << "--preset";
        QTest::newRow("unknown preset") << 8 << "imagenet";
        QTest::newRow("missing model file") << 9 << "none.pt";
    }
    void refusesIncompleteRequests() {
        QFETCH(int, fault);
        QFETCH(QString, word);
        const Fixture fixture;
        auto config = fixture.config();
        switch (fault) {
            case 0:
                config.model.clear();
                break;
            case 1:
                config.idTrain.clear();
                break;
            case 2:
                config.id.clear();
                break;
            case 3:
                config.ood.clear();
                break;
            case 4:
                config.ood.push_back(config.ood[0]);
                break;
            case 5:
                config.ood[0].name = "average";
                break;
            case 6:
                config.ood[0].path = fixture.root / "nowhere";
                break;
            case 7:
                config.preprocess.clear();
                break;
            case 8:
                config.preprocess = "imagenot";
                break;
            default:
                config.model = fixture.root / "none.pt";
                break;
        }
        const auto inputs = loadInputs(config);
        QVERIFY(!inputs);
        QVERIFY2(mentions(inputs.error(), word.toStdString()), inputs.error().message.c_str());
        QVERIFY(!std::filesystem::exists(fixture.root / "cache"));
    }

    void theSameDataIsKnownAgain() {
        const auto first = dicescope::testing::tinyInputs();
        auto second = *first;
        QVERIFY(sameData(*first, second));
        second.ood[1].name = "other";
        QVERIFY(!sameData(*first, second));
        second = *first;
        second.head.weight(0, 0) += 1;
        QVERIFY(!sameData(*first, second));
        second = *first;
        second.model.emplace().path = "elsewhere.pt";
        QVERIFY(!sameData(*first, second));
        second = *first;
        second.preprocess.emplace().name = "other";
        QVERIFY(!sameData(*first, second));
        second = *first;
        // Another object with the same numbers, of whose images nothing is known.
        auto copy = std::make_shared<FeatureSet>(*first->id.features);
        second.id.features = copy;
        QVERIFY(!sameData(*first, second));
        copy->hashes.resize(copy->size());
        auto third = *first;
        auto another = std::make_shared<FeatureSet>(*copy);
        third.id.features = another;
        QVERIFY(sameData(third, second));
        another->hashes[3].low += 1;
        QVERIFY(!sameData(third, second));
    }
};

QTEST_APPLESS_MAIN(TestInputs)
#include "test_inputs.moc"
