#include "core/report/html_report.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMap>
#include <QTest>
#include <QXmlStreamReader>

#include "core/report/metrics_report.h"
#include "tests/core/report/report_fixture.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

/// A report as a strict XML parser reads it.
struct Page {
    QString error;
    QString text;                      ///< of the body
    QStringList elements;              ///< names, in order
    QStringList addresses;             ///< every src and href
    QStringList handlers;              ///< attributes that would run something
    QList<QList<QStringList>> tables;  ///< rows of cells: "text" or "text|exact value"
};

Page read(const std::string& html) {
    Page page;
    const QByteArray bytes = QByteArray::fromStdString(html);
    if (!bytes.startsWith("<!DOCTYPE html>\n")) page.error = "no doctype";
    QXmlStreamReader xml(bytes.mid(bytes.indexOf('\n')));
    QString cell;
    QString value;
    bool isInCell = false;
    while (!xml.atEnd()) {
        xml.readNext();
        if (xml.isStartElement()) {
            page.elements << xml.name().toString();
            for (const auto& attribute : xml.attributes()) {
                if (attribute.name() == QString("src") || attribute.name() == QString("href"))
                    page.addresses << attribute.value().toString();
                if (attribute.name().startsWith(QString("on"))) page.handlers << attribute.name().toString();
            }
            if (xml.name() == QString("table")) page.tables.append(QList<QStringList>());
            if (xml.name() == QString("tr")) page.tables.last().append(QStringList());
            isInCell = isInCell || xml.name() == QString("td");
            if (xml.name() == QString("td")) {
                cell.clear();
                value = xml.attributes().value("data-value").toString();
            }
        }
        if (xml.isEndElement() && xml.name() == QString("td")) {
            page.tables.last().last() << (value.isEmpty() ? cell : cell + '|' + value);
            isInCell = false;
        }
        if (xml.isCharacters()) {
            page.text += xml.text();
            if (isInCell) cell += xml.text();
        }
    }
    if (xml.hasError()) page.error = xml.errorString();
    return page;
}

}  // namespace

class TestHtmlReport : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        inputs_ = makeInputs();
        session_ = defaultSession();
        session_.p = 50;
        session_.sweep.levels = {0, 50, 100};
        session_.sweep.reactClip = 1.5F;
        session_.bootstrap = 20;
        compute();
    }

    void numbersAreThoseOfMetricsJson() {
        const Page page = read(html());
        QCOMPARE(page.error, QString());
        const auto json =
            QJsonDocument::fromJson(QByteArray::fromStdString(metricsJson(inputs_, evaluation_)));
        QMap<QString, QStringList> expected;
        for (const QJsonValue row : json["rows"].toArray()) {
            QStringList values;
            for (const char* key :
                 {"fpr95", "fpr95_ood_positive", "auroc", "aupr_in", "aupr_out", "threshold", "tpr"})
                values << QString::number(row[key].toDouble(), 'g', 17);
            expected[row["score"].toString()] << values.join(' ');
        }
        const QStringList scores{"energy", "msp", "maxlogit"};
        for (qsizetype t = 0; t < scores.size(); ++t) {
            QStringList found;
            for (const QStringList& row : page.tables[t]) {
                if (row.isEmpty()) continue;
                QStringList values;
                for (const QString& cell : row.mid(2)) {
                    const double exact = cell.section('|', 1).toDouble();
                    values << QString::number(exact, 'g', 17);
                    const bool isThreshold = values.size() == 6;
                    QCOMPARE(cell.section('|', 0, 0),
                             QString::number(isThreshold ? exact : 100 * exact, 'f', isThreshold ? 4 : 2));
                }
                found << values.join(' ');
            }
            QCOMPARE(found, expected[scores[t]]);
        }
    }

    void theScoreInViewComesFirst() {
        session_.view.score = ScoreKind::Msp;
        const QString text = read(html()).text;
        QVERIFY(text.indexOf("Score: MSP, percent (in view)") > 0);
        QVERIFY(text.indexOf("Score: MSP") < text.indexOf("Score: energy"));
        QVERIFY(text.contains("Over all levels, MSP"));
    }

    void everythingThatMattersIsThere() {
        inputs_.model = ClassifierInfo{};
        inputs_.model->path = "/models/net.pt";
        inputs_.model->sha256 = std::string(64, 'a');
        inputs_.model->libtorch = "1.13.0";
        inputs_.preprocess = *loadPreprocess("cifar");
        session_.view.tprLevel = 0.9;
        notes_ = {"another note"};
        const QString text = read(html()).text;
        for (const char* word :
             {"net.pt", "aaaaaaaa", "1.13.0", "cifar", "\"crop\":[32,32]", "contribution (DICE)", "/data/far",
              "far: 1 file skipped", "bad, file.png: truncated", "a note", "another note", "OOD positive",
              "unweighted", "DiceScope", "20 resamples", "90 %", "95 %", "DICE+ReAct (p=50, c=1.5)",
              "2 weights in 2 units kept"}) {
            QVERIFY2(text.contains(word), word);
        }
    }

    void intervalsAreShownWithTheirLevel() {
        QVERIFY(read(html()).text.contains("bootstrap intervals at p=50"));
        session_.bootstrap = 0;
        compute();
        QVERIFY(!read(html()).text.contains("bootstrap"));
        const Page page = read(htmlReport({inputs_, session_, evaluation_, nullptr, plots_, notes_}));
        QCOMPARE(page.error, QString());
        QVERIFY(!page.text.contains("Over all levels"));
    }

    void hostileTextStaysText() {
        const std::string hostile = "<script>alert(1)</script> & \"q\" 'q' ]]> \xFF\x01 --> <!--";
        inputs_.ood[0].name = hostile;
        inputs_.ood[0].source = "/data/" + hostile;
        inputs_.notes = {hostile};
        inputs_.featureMeanSource = hostile;
        auto features = std::make_shared<FeatureSet>(*inputs_.id.features);
        features->skipped = {{hostile, hostile}};
        inputs_.id.features = features;
        inputs_.model = ClassifierInfo{};
        inputs_.model->path = "/models/" + hostile;
        inputs_.model->head.name = hostile;
        plots_ = {{hostile, "<svg><script>alert(2)</script></svg>"}};
        compute();
        const std::string page = html();
        const Page parsed = read(page);
        QCOMPARE(parsed.error, QString());
        QVERIFY(!parsed.elements.contains("script"));
        QVERIFY(parsed.handlers.isEmpty());
        QVERIFY(parsed.text.contains("<script>alert(1)</script> & \"q\" 'q' ]]> "));
        QVERIFY(QString::fromUtf8(page.data(), static_cast<qsizetype>(page.size())).toUtf8() ==
                QByteArray::fromStdString(page));
    }

    void nothingOutsideIsNeeded() {
        plots_ = {{"one", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"}, {"two", ""}};
        const Page page = read(html());
        QCOMPARE(page.addresses.size(), 2);
        for (const QString& address : page.addresses)
            QVERIFY(address.startsWith("data:image/svg+xml;base64,"));
        QCOMPARE(QByteArray::fromBase64(page.addresses[0].section(',', 1).toLatin1()),
                 QByteArray::fromStdString(plots_[0].svg));
        QVERIFY(!page.elements.contains("link"));
        QVERIFY(!QString::fromStdString(html()).contains("@import"));
    }

  private:
    void compute() {
        auto evaluated = evaluate(inputs_, evaluationOptions(session_));
        QVERIFY(evaluated);
        evaluation_ = std::move(*evaluated);
        auto analysed = analyseSweep(inputs_, sweepAnalysisOptions(session_));
        QVERIFY(analysed);
        sweep_ = std::move(*analysed);
    }
    std::string html() const { return htmlReport({inputs_, session_, evaluation_, &sweep_, plots_, notes_}); }

    AnalysisInputs inputs_;
    Session session_;
    Evaluation evaluation_;
    SweepAnalysis sweep_;
    std::vector<ReportPlot> plots_;
    std::vector<std::string> notes_;
};

QTEST_APPLESS_MAIN(TestHtmlReport)
#include "test_html_report.moc"
