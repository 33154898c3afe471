#include "core/report/image_list_csv.h"

#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "core/report/metrics_report.h"
#include "tests/support/tiny_exploration.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

using Row = std::map<std::string, std::string>;

/// A reader of RFC 4180 that knows nothing of the writer.
struct Csv {
    std::vector<std::string> columns;
    std::vector<Row> rows;

    explicit Csv(const std::filesystem::path& path) {
        std::ifstream file(path, std::ios::binary);
        std::stringstream whole;
        whole << file.rdbuf();
        std::vector<std::string> fields;
        std::string field;
        bool quoted = false;
        const std::string text = whole.str();
        for (std::size_t i = 0; i < text.size(); ++i) {
            const char c = text[i];
            if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
                field += text[++i];
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (c == ',' || c == '\n')) {
                fields.push_back(std::exchange(field, {}));
                if (c == '\n') take(std::exchange(fields, {}));
            } else {
                field += c;
            }
        }
    }
    void take(std::vector<std::string> fields) {
        if (columns.empty()) {
            columns = std::move(fields);
            return;
        }
        Row row;
        for (std::size_t i = 0; i < columns.size(); ++i) row[columns[i]] = fields.at(i);
        rows.push_back(std::move(row));
    }
};

/// Logits of one image in float64, by loops.
std::vector<double> logits(const Inspection& inspection, std::size_t set, std::size_t image, HeadMask mask) {
    const HeadView head = inspection.head();
    std::vector<double> values;
    for (std::size_t c = 0; c < head.classes(); ++c) {
        double logit = static_cast<double>(head.bias[c]);
        for (std::size_t d = 0; d < head.units(); ++d) {
            if (!mask.keeps(c, d)) continue;
            const float h = inspection.features(set).features(image, d);
            logit += static_cast<double>(head.weight(c, d)) *
                     static_cast<double>(std::min(h, inspection.clip().value_or(h)));
        }
        values.push_back(logit);
    }
    return values;
}

double score(const std::vector<double>& logits, ScoreKind kind) {
    double sum = 0;
    for (const double logit : logits) sum += std::exp(logit);
    const double largest = *std::ranges::max_element(logits);
    if (kind == ScoreKind::MaxLogit) return largest;
    return kind == ScoreKind::Energy ? std::log(sum) : largest - std::log(sum);
}

bool near(const std::string& text, double expected) {
    return std::abs(std::stod(text) - expected) < 1e-5 * std::max(1.0, std::abs(expected));
}

/// An analysis looked into, and one list of it.
struct Listed {
    AnalysisInputsPtr inputs;
    InspectionPtr inspection;
    std::size_t row = 0;
    std::optional<ImageTable> table;
    std::vector<std::uint32_t> records;
    std::optional<ScoreKind> other;
    std::vector<float> column;

    Listed(const AnalysisInputsPtr& of, std::size_t atRow, const ExplorationView& view = {},
           const ExplorationSweep& sweep = tinySweep())
        : inputs(of), row(atRow) {
        inspection = *inspect(inputs, tinyExploration(inputs, view, sweep), {});
        table = *imageTable(*inspection, row);
    }
    void select(const ImageFilter& filter, ImageOrder order, bool descending) {
        records = table->select(filter, order, descending, column);
    }
    [[nodiscard]] Status write(const std::filesystem::path& path, const Job& job = {}) const {
        return writeImageListCsv(path, {*inspection, *table, row, records, other, column}, job);
    }
    [[nodiscard]] double naive(std::uint32_t index, bool masked) const {
        const ImageRecord& record = table->records()[index];
        return score(logits(*inspection, record.set, record.row, masked ? inspection->mask(row) : HeadMask{}),
                     inspection->exploration->view.score);
    }
};

constexpr std::size_t kLevel = 70;

}  // namespace

class TestImageListCsv : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    [[nodiscard]] std::filesystem::path path(const char* name) const {
        return folder_.filePath(name).toStdString();
    }

  private slots:
    void linesAreTheListInItsOrder() {
        Listed listed(tinyInputs(), kLevel);
        listed.select({.wronglyAccepted = true, .wronglyRejected = true}, ImageOrder::LevelScore, false);
        QVERIFY(listed.records.size() > 10);
        QVERIFY(listed.write(path("list.csv")));
        const Csv csv(path("list.csv"));
        const std::vector<std::string> expected{
            "path",           "set",         "label",         "prediction",   "correct", "p", "energy_dense",
            "accepted_dense", "energy_dice", "accepted_dice", "margin_change"};
        QCOMPARE(csv.columns, expected);
        QCOMPARE(csv.rows.size(), listed.records.size());
        // Thresholds by a sort: the largest ID score that 95 % reach.
        std::vector<double> dense;
        std::vector<double> masked;
        for (std::uint32_t i = 0; i < 400; ++i) {
            dense.push_back(listed.naive(i, false));
            masked.push_back(listed.naive(i, true));
        }
        std::ranges::sort(dense, std::greater<>());
        std::ranges::sort(masked, std::greater<>());
        double last = -1e9;
        for (std::size_t i = 0; i < csv.rows.size(); ++i) {
            const Row& row = csv.rows[i];
            const ImageRecord& record = listed.table->records()[listed.records[i]];
            const InputSet& set = *listed.inspection->sets[record.set].set;
            QCOMPARE(row.at("path"), set.features->paths[record.row]);
            QCOMPARE(row.at("set"), set.name);
            const auto answers = logits(*listed.inspection, record.set, record.row, {});
            const auto best = static_cast<std::size_t>(std::ranges::max_element(answers) - answers.begin());
            QCOMPARE(row.at("prediction"), listed.inputs->classes[best]);
            const bool isId = record.set == 0;
            QCOMPARE(row.at("label"), isId ? listed.inputs->classes[record.row % kTinyClasses] : "");
            QCOMPARE(row.at("correct"), !isId ? "" : row.at("label") == row.at("prediction") ? "1" : "0");
            QCOMPARE(row.at("p"), std::string("70"));
            const double before = listed.naive(listed.records[i], false);
            const double after = listed.naive(listed.records[i], true);
            QVERIFY(near(row.at("energy_dense"), before) && near(row.at("energy_dice"), after));
            QCOMPARE(row.at("accepted_dense"), before > dense[379] - 1e-5 ? "1" : "0");
            QCOMPARE(row.at("accepted_dice"), after > masked[379] - 1e-5 ? "1" : "0");
            QVERIFY((row.at("accepted_dice") == "1") != isId);  // the filter
            QVERIFY(std::abs(std::stod(row.at("margin_change")) -
                             ((after - masked[379]) - (before - dense[379]))) < 1e-4);
            // Full precision: the very floats of the table, in the order asked for.
            QCOMPARE(std::stof(row.at("energy_dense")), record.dense);
            QCOMPARE(std::stof(row.at("energy_dice")), record.atLevel);
            QVERIFY(std::stod(row.at("energy_dice")) >= last);
            last = std::stod(row.at("energy_dice"));
        }
    }

    /// What has the name of a column of scores.csv is that column.
    void namesAreThoseOfScoresCsv() {
        Listed listed(tinyInputs(), kLevel);
        listed.select({}, ImageOrder::AsTheyAre, false);
        QVERIFY(listed.write(path("all.csv")));
        EvaluationOptions options;
        options.levels = {70};
        const auto evaluation = evaluate(*listed.inputs, options);
        QVERIFY(evaluation.has_value());
        QVERIFY(writeScoresCsv(path("scores.csv"), *listed.inputs, *evaluation));
        const Csv list(path("all.csv"));
        const Csv scores(path("scores.csv"));
        QCOMPARE(list.rows.size(), scores.rows.size());
        for (std::size_t i = 0; i < list.rows.size(); ++i) {
            for (const std::string& column : scores.columns) {
                const std::string& mine = list.rows[i].at(column);
                const std::string& theirs = scores.rows[i].at(column);
                if (!column.starts_with("energy")) QCOMPARE(mine, theirs);
                if (column.starts_with("energy")) QVERIFY(near(mine, std::stod(theirs)));
            }
        }
    }

    void theDenseHeadHasNoOtherBesideIt() {
        Listed listed(tinyInputs(), kLevel);
        listed.row = listed.inspection->exploration->denseRow();
        listed.table = *imageTable(*listed.inspection, listed.row);
        listed.select({}, ImageOrder::DenseScore, true);
        QVERIFY(listed.write(path("dense.csv")));
        const Csv csv(path("dense.csv"));
        const std::vector<std::string> expected{"path",    "set", "label",        "prediction",
                                                "correct", "p",   "energy_dense", "accepted_dense"};
        QCOMPARE(csv.columns, expected);
        for (const Row& row : csv.rows) QVERIFY(row.at("p").empty());
    }

    void columnsAreNamedByScoreRuleAndClip() {
        ExplorationView view;
        view.score = ScoreKind::Msp;
        ExplorationSweep sweep = tinySweep();
        sweep.rule = RankingRule::AbsoluteWeight;
        sweep.reactClip = 1.0F;
        Listed listed(tinyInputs(), kLevel, view, sweep);
        listed.other = ScoreKind::MaxLogit;
        listed.column = *scoreDisagreement(*listed.inspection, listed.row, *listed.other);
        listed.select({.sets = {2}}, ImageOrder::Column, true);
        QVERIFY(listed.write(path("named.csv")));
        const Csv csv(path("named.csv"));
        QCOMPARE(csv.rows.size(), std::size_t{300});
        for (std::size_t i = 0; i < csv.rows.size(); ++i) {
            const Row& row = csv.rows[i];
            QCOMPARE(row.at("set"), std::string("far"));
            QVERIFY(near(row.at("log_msp_react"), listed.naive(listed.records[i], false)));
            QVERIFY(near(row.at("log_msp_abs-weight+react"), listed.naive(listed.records[i], true)));
            QVERIFY(row.contains("accepted_react") && row.contains("accepted_abs-weight+react"));
            QCOMPARE(std::stof(row.at("disagreement_maxlogit")), listed.column[listed.records[i]]);
            if (i > 0)
                QVERIFY(std::stof(csv.rows[i - 1].at("disagreement_maxlogit")) >=
                        std::stof(row.at("disagreement_maxlogit")));
        }
    }

    void namesThatNeedItAreQuoted() {
        auto inputs = std::make_shared<AnalysisInputs>(*tinyInputs());
        inputs->classes[0] = "ant, \"red\"";
        auto features = std::make_shared<FeatureSet>(*inputs->id.features);
        features->paths[0] = "a,\"b\"\n.png";
        inputs->id.features = features;
        inputs->id.name = "id, clean";
        Listed listed(inputs, kLevel);
        listed.records = {0};
        QVERIFY(listed.write(path("quoted.csv")));
        const Csv csv(path("quoted.csv"));
        QCOMPARE(csv.rows.size(), std::size_t{1});
        QCOMPARE(csv.rows[0].at("path"), std::string("a,\"b\"\n.png"));
        QCOMPARE(csv.rows[0].at("set"), std::string("id, clean"));
        QCOMPARE(csv.rows[0].at("label"), std::string("ant, \"red\""));
    }

    void classesWithoutNamesAreNumbers() {
        auto inputs = std::make_shared<AnalysisInputs>(*tinyInputs());
        inputs->classes.clear();
        Listed listed(inputs, kLevel);
        listed.records = {3};
        QVERIFY(listed.write(path("numbers.csv")));
        QCOMPARE(Csv(path("numbers.csv")).rows.at(0).at("label"), std::string("3"));
    }

    void aScoreThatIsNotFiniteIsNamedSo() {
        auto inputs = std::make_shared<AnalysisInputs>(*tinyInputs());
        auto values = std::make_shared<std::vector<float>>(inputs->ood[0].features->features.flat().begin(),
                                                           inputs->ood[0].features->features.flat().end());
        values->front() = std::numeric_limits<float>::quiet_NaN();
        auto features = std::make_shared<FeatureSet>(*inputs->ood[0].features);
        features->features = {values->data(), features->size(), kTinyFeatures};
        features->storage = values;
        inputs->ood[0].features = features;
        Listed listed(inputs, kLevel);
        listed.records = {400};
        QVERIFY(listed.write(path("nan.csv")));
        const Row row = Csv(path("nan.csv")).rows.at(0);
        QCOMPARE(row.at("energy_dice"), std::string("nan"));
        QCOMPARE(row.at("accepted_dice"), std::string("0"));
        QCOMPARE(row.at("margin_change"), std::string("nan"));
    }

    void anEmptyListIsAHeader() {
        const Listed listed(tinyInputs(), kLevel);
        QVERIFY(listed.write(path("empty.csv")));
        const Csv csv(path("empty.csv"));
        QCOMPARE(csv.columns.size(), std::size_t{11});
        QVERIFY(csv.rows.empty());
    }

    void whatCannotBeWrittenIsNotThere() {
        Listed listed(tinyInputs(), kLevel);
        listed.records = {0, 1300};
        const Status unknown = listed.write(path("unknown.csv"));
        QVERIFY(!unknown && unknown.error().code == ErrorCode::InvalidArgument);
        listed.select({}, ImageOrder::AsTheyAre, false);
        std::stop_source stop;
        stop.request_stop();
        const Status stopped = listed.write(path("stopped.csv"), Job{stop.get_token(), {}});
        QVERIFY(!stopped && stopped.error().code == ErrorCode::Cancelled);
        std::ofstream(path("file")) << "x";
        const Status below = listed.write(path("file") / "list.csv");
        QVERIFY(!below && below.error().code == ErrorCode::WriteFailed);
        for (const char* name : {"unknown.csv", "stopped.csv"}) QVERIFY(!std::filesystem::exists(path(name)));
    }
};

QTEST_APPLESS_MAIN(TestImageListCsv)
#include "test_image_list_csv.moc"
