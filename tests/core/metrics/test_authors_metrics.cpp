#include <QtTest>
#include <limits>

#include "core/metrics/authors_metrics.h"
#include "core/metrics/ood_metrics.h"
#include "golden_file.h"

using namespace dicescope;

class TestAuthorsMetrics : public QObject {
    Q_OBJECT

  private slots:
    void agreesWithTheAuthorsCode() {
        for (const auto& json : golden("metrics.json")) {
            const std::vector<double> id = json["id"];
            const std::vector<double> ood = json["ood"];
            const auto metrics = computeAuthorsMetrics(id, ood);
            QVERIFY(metrics.has_value());
            const auto& expected = json["authors"];
            const auto compare = [&](double value, const char* member) {
                if (std::abs(value - expected[member].get<double>()) > 1e-12) {
                    QFAIL(qPrintable(QString("%1: %2").arg(json["name"].get<std::string>().c_str(), member)));
                }
            };
            compare(metrics->fpr95, "fpr95");
            compare(metrics->auroc, "auroc");
            compare(metrics->auprIn, "aupr_in");
            compare(metrics->auprOut, "aupr_out");
            compare(metrics->threshold, "threshold");
        }
    }

    void givesTheWorkedTable_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QList<double>>("row");
        QTest::newRow("distinct") << "table_distinct" << QList<double>{.5, .845, .888611, .731051, .6};
        QTest::newRow("ties") << "table_ties" << QList<double>{.6, .785, .828209, .63129, .8};
        QTest::newRow("equal") << "table_equal" << QList<double>{0, .5, .25, .25, 1};
    }
    void givesTheWorkedTable() {
        QFETCH(QString, name);
        QFETCH(QList<double>, row);
        const auto cases = golden("metrics.json");
        const auto json = std::find_if(cases.begin(), cases.end(),
                                       [&](const auto& one) { return one["name"] == name.toStdString(); });
        QVERIFY(json != cases.end());
        const std::vector<double> id = (*json)["id"];
        const std::vector<double> ood = (*json)["ood"];
        const auto authors = computeAuthorsMetrics(id, ood);
        const auto common = computeOodMetrics(id, ood);
        QVERIFY(authors && common);
        const QList<double> found{authors->fpr95, authors->auroc, authors->auprIn, authors->auprOut,
                                  common->fpr95OodPositive};
        for (qsizetype i = 0; i < row.size(); ++i) QVERIFY(std::abs(found[i] - row[i]) < 5e-7);
    }

    void rankIsRoundedToEven() {
        std::vector<double> id(50);  // 0.05 * 50 = 2.5: rank 2
        for (std::size_t i = 0; i < id.size(); ++i) id[i] = static_cast<double>(i);
        QCOMPARE(computeAuthorsMetrics(id, id)->threshold, 2.0);
        id.resize(30);  // 1.5: rank 2
        QCOMPARE(computeAuthorsMetrics(id, id)->threshold, 2.0);
    }

    void refusesWhatHasNoAnswer() {
        const std::vector<double> good{1, 2};
        const std::vector<double> bad{std::numeric_limits<double>::quiet_NaN()};
        for (const auto& result : {computeAuthorsMetrics({}, good), computeAuthorsMetrics(good, {}),
                                   computeAuthorsMetrics(good, bad)}) {
            QVERIFY(!result && result.error().code == ErrorCode::InvalidArgument);
        }
    }
};

QTEST_APPLESS_MAIN(TestAuthorsMetrics)
#include "test_authors_metrics.moc"
