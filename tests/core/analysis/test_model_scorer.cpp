#include "core/analysis/model_scorer.h"

#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "core/model/odin.h"

using namespace dicescope;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSide = 28;
constexpr std::size_t kClasses = 8;
constexpr std::size_t kIdImages = 45;
constexpr OdinOptions kAuthors;

using Image = std::vector<std::uint8_t>;  // kSide x kSide, grey

Image noiseImage(unsigned seed) {
    std::mt19937 random(seed);
    const auto range = static_cast<unsigned>(1 + random() % 255);
    Image pixels(kSide * kSide);
    for (auto& value : pixels) value = static_cast<std::uint8_t>(random() % (range + 1U));
    return pixels;
}

void writeImage(const fs::path& path, const Image& pixels) {
    fs::create_directories(path.parent_path());
    std::ofstream file(path, std::ios::binary);
    file << "P5\n" << kSide << ' ' << kSide << "\n255\n";
    file.write(reinterpret_cast<const char*>(pixels.data()), static_cast<std::streamsize>(pixels.size()));
}

std::string fileName(std::size_t image) {
    return std::to_string(image) + ".pgm";
}

std::vector<Image> writeFolder(const fs::path& folder, std::size_t count, unsigned firstSeed) {
    std::vector<Image> images;
    for (std::size_t i = 0; i < count; ++i) {
        images.push_back(noiseImage(firstSeed + static_cast<unsigned>(i)));
        writeImage(folder / fileName(i), images.back());
    }
    return images;
}

const nlohmann::json& golden() {
    static const nlohmann::json file =
        nlohmann::json::parse(std::ifstream(DICESCOPE_GOLDEN_DIR "/model/maps.json"));
    return file.at("demo");
}

/// The demo network, images of noise and the golden images, and what is known of them.
struct Fixture {
    QTemporaryDir temporary;
    fs::path root{temporary.path().toStdString()};
    std::vector<Image> idImages = writeFolder(root / "id", kIdImages, 1);
    std::shared_ptr<AnalysisInputs> inputs;

    Fixture() {
        qputenv("XDG_STATE_HOME", temporary.path().toUtf8());
        fs::copy_file(DICESCOPE_DEMO_MODEL, root / "demo.pt");
        const auto pixels = golden().at("pixels").get<Image>();
        for (std::size_t i = 0; i < pixels.size() / (kSide * kSide); ++i) {
            const auto begin = pixels.begin() + static_cast<std::ptrdiff_t>(i * kSide * kSide);
            writeImage(root / "golden" / fileName(i), Image(begin, begin + kSide * kSide));
        }
        InputsConfig config;
        config.model = root / "demo.pt";
        config.preprocess = "fashion";
        config.idTrain = config.id = root / "id";
        config.ood = {{"golden", root / "golden"}};
        config.extraction.device = "cpu";
        config.extraction.batchSize = 4;
        config.extraction.cache = root / "cache";
        auto loaded = loadInputs(config);
        if (loaded) inputs = std::make_shared<AnalysisInputs>(std::move(*loaded));
    }

    [[nodiscard]] Result<std::vector<double>> score(const InputSet& set, const ModelScorerOptions& options,
                                                    const Job& job = {}) const {
        return modelScorer(inputs, options)({"odin", {}}, set, job);
    }
    [[nodiscard]] Error errorOf(const InputSet& set) const {
        const auto scores = score(set, {});
        return scores ? Error{ErrorCode::Internal, "it has scores"} : scores.error();
    }
    /// A set of its own to change.
    [[nodiscard]] static std::shared_ptr<FeatureSet> copy(InputSet& set) {
        auto features = std::make_shared<FeatureSet>(*set.features);
        set.features = features;
        return features;
    }
};

/// Largest difference relative to how far the scores lie above 1/C, which is all that they say.
double worst(const std::vector<double>& found, const std::vector<double>& expected) {
    if (found.size() != expected.size() || found.empty()) return INFINITY;
    double largest = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const double difference = std::abs(found[i] - expected[i]) / (expected[i] - 1.0 / kClasses);
        if (!(difference <= largest)) largest = difference;
    }
    return largest;
}

/// The model called directly, one image at a time.
std::vector<double> scoredAlone(const fs::path& path, const std::vector<Image>& images,
                                const OdinOptions& odin) {
    ClassifierOptions options;
    options.device = "cpu";
    options.channels = 1;
    options.height = options.width = kSide;
    const auto model = OdinModel::load(path, options);
    if (!model) return {};
    std::vector<float> tables;
    for (int value = 0; value < 256; ++value)
        tables.push_back((static_cast<float>(value) / 255.0F - 0.2860F) / 0.3530F);
    std::vector<double> scores(images.size());
    for (std::size_t i = 0; i < images.size(); ++i) {
        if (!model->scores(images[i], 1, tables, odin, std::span(scores).subspan(i, 1))) return {};
    }
    return scores;
}

bool mentions(const Error& error, const std::string& word) {
    return error.message.find(word) != std::string::npos;
}

}  // namespace

#define QVERIFY_TELLS(error, expected, word)                       \
    QVERIFY2((error).code == (expected), (error).message.c_str()); \
    QVERIFY2(mentions((error), (word)), (error).message.c_str());  \
    QVERIFY2((error).message.ends_with('.'), (error).message.c_str())

class TestModelScorer : public QObject {
    Q_OBJECT

  private slots:
    void scoresAreThoseOfPyTorch() {
        const Fixture fixture;
        QVERIFY(fixture.inputs);
        const auto scores = fixture.score(fixture.inputs->ood[0], {});
        QVERIFY2(scores, scores ? "" : scores.error().message.c_str());
        const double difference = worst(*scores, golden().at("authors").get<std::vector<double>>());
        QVERIFY2(difference < 1e-4, qPrintable(QString::number(difference)));
    }

    // 45 images are five batches of 8 and one of 5.
    void eachImageHasItsScoreInTheOrderOfTheSet() {
        const Fixture fixture;
        QVERIFY(fixture.inputs);
        const auto expected = scoredAlone(fixture.root / "demo.pt", fixture.idImages, kAuthors);
        QCOMPARE((std::set<double>(expected.begin(), expected.end()).size()), kIdImages);
        for (const unsigned threads : {1U, 3U}) {
            const auto scores = fixture.score(fixture.inputs->id, {threads, 8});
            QVERIFY2(scores, scores ? "" : scores.error().message.c_str());
            const double difference = worst(*scores, expected);
            QVERIFY2(difference < 1e-4, qPrintable(QString::number(difference)));
        }
    }

    void settingsAreTheDetectors() {
        const Fixture fixture;
        QVERIFY(fixture.inputs);
        const auto expected = scoredAlone(fixture.root / "demo.pt", fixture.idImages, {5, 0.05});
        const auto scores = modelScorer(fixture.inputs, {2, 16})(*parseDetectorSpec("odin:t=5:noise=0.05"),
                                                                 fixture.inputs->id, {});
        QVERIFY(scores);
        const double difference = worst(*scores, expected);
        QVERIFY2(difference < 1e-3, qPrintable(QString::number(difference)));
    }

    void threadsChangeNoBit() {
        const Fixture fixture;
        QVERIFY(fixture.inputs);
        const auto one = fixture.score(fixture.inputs->id, {1, 4});
        const auto four = fixture.score(fixture.inputs->id, {4, 4});
        QVERIFY(one && four);
        QCOMPARE(*one, *four);
    }

    void rowsThatWereLeftOutAreNotScored() {
        const Fixture fixture;
        QVERIFY(fixture.inputs);
        InputSet set = fixture.inputs->id;
        auto features = Fixture::copy(set);
        features->features = {features->features.data, 3, features->features.cols};
        features->paths = {fileName(44), fileName(2), fileName(30)};
        features->hashes = {features->hashes[44], features->hashes[2], features->hashes[30]};
        const auto some = fixture.score(set, {1, 2});
        QVERIFY(some);
        const auto& images = fixture.idImages;
        const auto expected =
            scoredAlone(fixture.root / "demo.pt", {images[44], images[2], images[30]}, kAuthors);
        QVERIFY(worst(*some, expected) < 1e-4);
    }

    void theModelIsLoadedOnceAndOnlyWhenNeeded() {
        const Fixture fixture;
        QVERIFY(fixture.inputs);
        const ModelScorer scorer = modelScorer(fixture.inputs);
        fs::rename(fixture.root / "demo.pt", fixture.root / "away.pt");
        const auto without = scorer({"odin", {}}, fixture.inputs->id, {});
        QVERIFY(!without);
        QVERIFY_TELLS(without.error(), ErrorCode::NotFound, "demo.pt");
        fs::rename(fixture.root / "away.pt", fixture.root / "demo.pt");
        const auto first = scorer({"odin", {}}, fixture.inputs->id, {});
        QVERIFY(first);
        fs::remove(fixture.root / "demo.pt");
        const auto second = scorer({"odin", {}}, fixture.inputs->id, {});
        QVERIFY(second);
        QCOMPARE(*first, *second);
    }

    void progressCountsImages() {
        const Fixture fixture;
        QVERIFY(fixture.inputs);
        std::vector<Progress> told;
        QVERIFY(fixture.score(fixture.inputs->id, {2, 4},
                              {{}, [&](const Progress& progress) { told.push_back(progress); }}));
        QCOMPARE(told.back().stage, std::string("Scoring id by ODIN"));
        QCOMPARE(told.back().done, std::uint64_t{kIdImages});
        QCOMPARE(told.back().total, std::uint64_t{kIdImages});
    }

    void stops() {
        const Fixture fixture;
        QVERIFY(fixture.inputs);
        std::stop_source source;
        std::uint64_t done = 0;
        const Job job{source.get_token(), [&](const Progress& progress) {
                          if (progress.total == kIdImages) source.request_stop();
                          done = progress.done;
                      }};
        const auto scores = fixture.score(fixture.inputs->id, {2, 4}, job);
        QVERIFY(!scores);
        QCOMPARE(scores.error().code, ErrorCode::Cancelled);
        QVERIFY(done < kIdImages);
    }

    void aFolderThatIsGoneIsNamedBeforeAnythingIsRun() {
        const Fixture fixture;
        QVERIFY(fixture.inputs);
        fs::remove_all(fixture.root / "golden");
        QVERIFY_TELLS(fixture.errorOf(fixture.inputs->id), ErrorCode::NotFound, "'golden'");
        Fixture::copy(fixture.inputs->id)->provenance.folder.clear();
        QVERIFY_TELLS(fixture.errorOf(fixture.inputs->id), ErrorCode::InvalidArgument, "'id'");
    }

    void anImageThatIsGoneChangedOrDamagedIsNamed() {
        const Fixture fixture;
        QVERIFY(fixture.inputs);
        writeImage(fixture.root / "id" / fileName(33), noiseImage(9999));
        QVERIFY_TELLS(fixture.errorOf(fixture.inputs->id), ErrorCode::Mismatch, "'33.pgm' of the set 'id'");
        fs::remove(fixture.root / "id" / fileName(33));
        QVERIFY_TELLS(fixture.errorOf(fixture.inputs->id), ErrorCode::NotFound, "'33.pgm' of the set 'id'");
        Fixture::copy(fixture.inputs->id)->hashes.clear();
        std::ofstream(fixture.root / "id" / fileName(33)) << "no image";
        QVERIFY_TELLS(fixture.errorOf(fixture.inputs->id), ErrorCode::Unsupported,
                      "'33.pgm' of the set 'id'");
    }

    void withoutAPreprocessingItSaysSo() {
        const Fixture fixture;
        QVERIFY(fixture.inputs);
        fixture.inputs->preprocess.reset();
        QVERIFY_TELLS(fixture.errorOf(fixture.inputs->id), ErrorCode::InvalidArgument,
                      "name the preprocessing");
    }

    void withoutAModelItSaysSo() {
        const Fixture fixture;
        QVERIFY(fixture.inputs);
        fixture.inputs->model.reset();
        QVERIFY_TELLS(fixture.errorOf(fixture.inputs->id), ErrorCode::InvalidArgument, "needs the model");
    }

    void anotherModelFileIsRefused() {
        const Fixture fixture;
        QVERIFY(fixture.inputs);
        std::ofstream(fixture.root / "demo.pt", std::ios::app) << "x";
        QVERIFY_TELLS(fixture.errorOf(fixture.inputs->id), ErrorCode::Mismatch, "demo.pt");
    }

    void aDetectorOfFeaturesIsRefused() {
        const Fixture fixture;
        QVERIFY(fixture.inputs);
        const auto scores = modelScorer(fixture.inputs)({"energy", {}}, fixture.inputs->id, {});
        QVERIFY(!scores);
        QVERIFY_TELLS(scores.error(), ErrorCode::InvalidArgument, "Energy");
    }

    void aComparisonGoesOnWithoutIt() {
        const Fixture fixture;
        QVERIFY(fixture.inputs);
        ComparisonOptions options;
        options.detectors = *parseDetectorList("energy,odin");
        options.bootstrap = 0;
        options.modelScorer = modelScorer(fixture.inputs, {1, 8});
        const auto training = trainingDataOf(fixture.inputs);
        const auto whole = compareDetectors(*fixture.inputs, *training, options, {});
        QVERIFY(whole);
        QVERIFY2(!whole->detectors[1].error, "ODIN has no numbers");
        QCOMPARE(whole->detectors[1].idScores, *fixture.score(fixture.inputs->id, {1, 8}));

        fs::remove(fixture.root / "golden" / fileName(0));
        const auto part = compareDetectors(*fixture.inputs, *training, options, {});
        QVERIFY(part);
        QVERIFY(!part->detectors[0].error);
        QVERIFY(part->detectors[1].error);
        QVERIFY_TELLS(*part->detectors[1].error, ErrorCode::NotFound, "'0.pgm' of the set 'golden'");
    }
};

QTEST_APPLESS_MAIN(TestModelScorer)
#include "test_model_scorer.moc"
