#include <QBuffer>
#include <QImageReader>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QSvgRenderer>
#include <QXmlStreamReader>
#include <cmath>
#include <functional>
#include <memory>
#include <optional>

#include "tests/support/qt_warnings.h"
#include "tests/ui/plots/plot_test_support.h"
#include "ui/plots/histogram_plot.h"
#include "ui/plots/level_plot.h"
#include "ui/plots/roc_plot.h"

using namespace dicescope;
using namespace dicescope::testing;

using MakePlot = std::function<std::unique_ptr<PlotView>()>;
Q_DECLARE_METATYPE(MakePlot)

namespace {

constexpr const char* kNastyName = "<b>a & b</b> \"c\" ünï";

struct SvgContent {
    QStringList texts;
    QList<QPointF> vertices;  // of the curves: polylines of more than two points
    QString error;
};

SvgContent contentOf(const QByteArray& svg) {
    SvgContent content;
    QXmlStreamReader xml(svg);
    while (!xml.atEnd()) {
        xml.readNext();
        if (!xml.isStartElement()) continue;
        if (xml.name() == QLatin1String("text")) content.texts << xml.readElementText().trimmed();
        if (xml.name() != QLatin1String("polyline")) continue;
        const auto pairs =
            xml.attributes().value(QLatin1String("points")).toString().split(' ', Qt::SkipEmptyParts);
        if (pairs.size() <= 2) continue;
        for (const QString& pair : pairs)
            content.vertices << QPointF(pair.section(',', 0, 0).toDouble(),
                                        pair.section(',', 1, 1).toDouble());
    }
    if (xml.hasError()) content.error = xml.errorString();
    return content;
}

}  // namespace

class TestPlotExport : public QObject {
    Q_OBJECT

    std::optional<FailOnQtWarnings> warnings_;

    static std::unique_ptr<PlotView> plot() {
        QFETCH_GLOBAL(const MakePlot, make);
        return make();
    }

  private slots:
    void initTestCase_data() {
        QTest::addColumn<MakePlot>("make");
        QTest::newRow("histogram") << MakePlot([] { return std::make_unique<HistogramPlot>(); });
        QTest::newRow("roc") << MakePlot([] { return std::make_unique<RocPlot>(); });
        QTest::newRow("roc, logarithmic") << MakePlot([] {
            auto roc = std::make_unique<RocPlot>();
            roc->setLogarithmicFpr(true);
            return roc;
        });
        QTest::newRow("level") << MakePlot([] { return std::make_unique<LevelPlot>(); });
    }
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void imageHasItsSizeAndResolution() {
        const auto view = plot();
        view->setTheme(darkTheme());
        showRow(*view, madeExploration({}), 30);
        const QImage image = view->image(QSize(360, 288), 300);
        QCOMPARE(image.size(), QSize(1500, 1200));
        QBuffer file;
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(image.save(&file, "PNG"));
        const QImage read = QImage::fromData(file.data(), "PNG");
        QCOMPARE(read.size(), QSize(1500, 1200));
        QCOMPARE(std::lround(read.dotsPerMeterX() * 0.0254), 300L);
        QCOMPARE(read.pixelColor(2, 1197), QColor(Qt::white));
        QVERIFY(!read.hasAlphaChannel());
    }

    void resolutionChangesNothingButSharpness() {
        const auto view = plot();
        showRow(*view, madeExploration({}), 30);
        const QImage coarse = view->image(QSize(360, 288), 72);
        const QImage fine = view->image(QSize(360, 288), 288)
                                .scaled(coarse.size(), Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
        double difference = 0;
        for (int y = 0; y < coarse.height(); ++y) {
            for (int x = 0; x < coarse.width(); ++x)
                difference += std::abs(qGray(coarse.pixel(x, y)) - qGray(fine.pixel(x, y)));
        }
        difference /= coarse.width() * coarse.height();
        QVERIFY2(difference < 6, qPrintable(QString::number(difference)));
    }

    void pdfIsOnePageWithItsTextAsText() {
        const auto view = plot();
        showRow(*view, madeExploration({}), 30);
        const QByteArray pdf = view->pdf(QSize(360, 288));
        QVERIFY(pdf.startsWith("%PDF-1."));
        QVERIFY(pdf.trimmed().endsWith("%%EOF"));
        QCOMPARE(pdf.count("/Type /Page\n"), 1);
        QVERIFY(QRegularExpression("/MediaBox \\[0 0 360(\\.0+)? 288(\\.0+)?\\]")
                    .match(QString::fromLatin1(pdf))
                    .hasMatch());
        QVERIFY(pdf.contains("/FontFile2"));  // embedded
        QVERIFY(pdf.contains("DiceScope") || pdf.contains(QByteArray("\0D\0i\0c\0e", 8)));
    }

    void svgIsXmlWithItsTextAsText() {
        const auto view = plot();
        showRow(*view, madeExploration({.ood = {kNastyName, "far"}}), 30);
        const QByteArray svg = view->svg(QSize(800, 500));
        const SvgContent content = contentOf(svg);
        QVERIFY2(content.error.isEmpty(), qPrintable(content.error));
        QVERIFY2(content.texts.contains(QString::fromUtf8(kNastyName)), qPrintable(content.texts.join('|')));
        QVERIFY(content.texts.contains(axisOf(*view, QCPAxis::atLeft)->label()));
        QVERIFY2(content.texts.filter(QRegularExpression("^p = 30.0 %")).size() >= 1,
                 qPrintable(content.texts.join('|')));
        QSvgRenderer renderer(svg);
        QVERIFY(renderer.isValid());
        QCOMPARE(renderer.viewBox(), QRect(0, 0, 800, 500));
    }

    void zoomedSvgDrawsNothingBesideTheAxes() {
        const auto view = plot();
        showRow(*view, madeExploration({.ood = {"near", "far"}}), 30);
        wheel(canvasOf(*view), canvasOf(*view).axisRect(0)->center(), 6);
        const QByteArray svg = view->svg(QSize(800, 500));
        const SvgContent content = contentOf(svg);
        QVERIFY(!content.vertices.isEmpty());
        for (const QPointF& vertex : content.vertices)
            QVERIFY2(vertex.x() > 40 && vertex.x() < 795 && vertex.y() > 30 && vertex.y() < 475,
                     qPrintable(QString("%1 %2").arg(vertex.x()).arg(vertex.y())));
    }

    void svgAndImageShowTheSame() {
        const auto view = plot();
        showRow(*view, madeExploration({.ood = {"near", "far"}}), 30);
        wheel(canvasOf(*view), canvasOf(*view).axisRect(0)->center(), 4);
        const QSize size(800, 500);
        const QImage image = view->image(size, 72);
        QImage drawn(size, QImage::Format_RGB32);
        drawn.fill(Qt::white);
        QPainter painter(&drawn);
        painter.setRenderHint(QPainter::Antialiasing);
        QSvgRenderer(view->svg(size)).render(&painter);
        painter.end();
        double difference = 0;
        for (int y = 0; y < size.height(); ++y) {
            for (int x = 0; x < size.width(); ++x)
                difference += std::abs(qGray(image.pixel(x, y)) - qGray(drawn.pixel(x, y)));
        }
        difference /= size.width() * size.height();
        QVERIFY2(difference < 6, qPrintable(QString::number(difference)));
    }

    void exportDisturbsNothing() {
        const auto view = plot();
        view->setTheme(darkTheme());
        showRow(*view, madeExploration({.ood = {"near", "far"}}), 30);
        wheel(canvasOf(*view), canvasOf(*view).axisRect(0)->center(), 2);
        QSignalSpy replots(&canvasOf(*view), &QCustomPlot::afterReplot);
        const QImage before = pictureOf(*view);
        (void)view->image(QSize(300, 200), 100);
        (void)view->pdf(QSize(300, 200));
        (void)view->svg(QSize(300, 200));
        QApplication::processEvents();
        QCOMPARE(replots.count(), 0);
        QVERIFY(pictureOf(*view) == before);
    }

    void hiddenSetsAndZoomAreExported() {
        const auto view = plot();
        showRow(*view, madeExploration({.ood = {"near", "far"}}), 30);
        const QImage before = view->image(QSize(300, 200), 72);
        view->setHiddenSets({"far"});
        const QImage hidden = view->image(QSize(300, 200), 72);
        QVERIFY(hidden != before);
        QApplication::processEvents();
        wheel(canvasOf(*view), canvasOf(*view).axisRect(0)->center(), 2);
        QVERIFY(view->image(QSize(300, 200), 72) != hidden);
    }

    void worksWithoutBeingShown() {
        const auto made = madeExploration({});
        const auto shown = plot();
        showRow(*shown, made, 30);
        const auto never = plot();
        never->show(made, 30);
        QVERIFY(never->image(QSize(300, 200), 72) == shown->image(QSize(300, 200), 72));
        QVERIFY(contentOf(never->svg(QSize(300, 200))).error.isEmpty());
    }

    void anEmptyPlotExportsItsWords() {
        const auto view = plot();
        const SvgContent content = contentOf(view->svg(QSize(300, 200)));
        QVERIFY2(content.texts.contains("No results yet"), qPrintable(content.texts.join('|')));
        QCOMPARE(view->image(QSize(300, 200), 72).size(), QSize(300, 200));
        QVERIFY(view->pdf(QSize(300, 200)).startsWith("%PDF"));
    }
};

QTEST_MAIN(TestPlotExport)
#include "test_plot_export.moc"
