#include "ui/inspect/map_overlay.h"

#include <QTest>
#include <QXmlStreamReader>
#include <cmath>
#include <limits>
#include <vector>

#include "ui/base/theme.h"
#include "ui/inspect/image_picture.h"

using namespace dicescope;

class TestMapOverlay : public QObject {
    Q_OBJECT

  private slots:
    /// torch.nn.functional.interpolate(..., mode="bilinear", align_corners=False), PyTorch 2.15.
    void enlargesAsPyTorchDoes() {
        const Matrix<float> map(2, 3, {1, 2, 4, -3, 0, 8});
        const std::vector<float> expected{1,  1.4F,  2,    3.2F, 4, 0,  0.6F,  1.5F, 3.6F, 5,
                                          -2, -1.0F, 0.5F, 4.4F, 7, -3, -1.8F, 0,    4.8F, 8};
        const Matrix<float> fine = enlarged(map.view(), 4, 5);
        QCOMPARE(fine.rows(), std::size_t{4});
        QCOMPARE(fine.cols(), std::size_t{5});
        for (std::size_t i = 0; i < expected.size(); ++i)
            QVERIFY2(std::abs(fine.view().flat()[i] - expected[i]) < 1e-5F, qPrintable(QString::number(i)));
    }

    void keepsASinglePositionAndItsOwnSize() {
        const Matrix<float> one(1, 1, {2.5F});
        const Matrix<float> more = enlarged(one.view(), 3, 2);
        for (const float value : more.view().flat()) QCOMPARE(value, 2.5F);
        const Matrix<float> map(2, 2, {1, 3, 5, -7});
        const Matrix<float> same = enlarged(map.view(), 2, 2);
        for (std::size_t i = 0; i < 4; ++i) QCOMPARE(same.view().flat()[i], map.view().flat()[i]);
    }

    void isClearAtZeroAndAsOpaqueAsAskedAtTheRange() {
        const float nan = std::numeric_limits<float>::quiet_NaN();
        const Matrix<float> map(1, 6, {0, 2, -2, 4, 1, nan});
        const QImage picture = overlayPicture(map.view(), 2, 0.8);
        QCOMPARE(picture.size(), QSize(6, 1));
        const auto alpha = [&](int x) { return qAlpha(picture.pixel(x, 0)); };
        QCOMPARE(alpha(0), 0);
        QCOMPARE(alpha(1), 204);
        QCOMPARE(alpha(2), 204);
        QCOMPARE(alpha(3), 204);  // beyond the range
        QCOMPARE(alpha(4), 102);
        QCOMPARE(alpha(5), 0);
        QCOMPARE(picture.pixelColor(1, 0).rgb(), overlayColour(true).rgb());
        QCOMPARE(picture.pixelColor(2, 0).rgb(), overlayColour(false).rgb());
    }

    /// The left half of the map is positive: there, and only there, the picture changes.
    void liesOverThePictureWhereItBelongs() {
        ImagePicture view;
        view.resize(300, 300);
        QImage black(10, 10, QImage::Format_RGB32);
        black.fill(Qt::black);
        view.setImage(black);
        view.setMap(Matrix<float>(1, 2, {1, 0}), 1);
        view.setOpacity(1);
        const QImage shown = view.grab().toImage();
        QCOMPARE(shown.pixelColor(60, 100).rgb(), overlayColour(true).rgb());
        QCOMPARE(shown.pixelColor(240, 100), QColor(Qt::black));
        const QImage saved = view.picture();
        QCOMPARE(saved.size(), QSize(600, 600));
        QCOMPARE(saved.pixelColor(120, 200).rgb(), overlayColour(true).rgb());
        QCOMPARE(saved.pixelColor(480, 200), QColor(Qt::black));
        view.setMap(std::nullopt, 1);
        QCOMPARE(view.grab().toImage().pixelColor(60, 100), QColor(Qt::black));
    }

    /// On white with its caption, whatever the screen's theme and size are.
    void becomesFilesWithItsCaption() {
        applyThemeChoice(ThemeChoice::Dark);
        ImagePicture view;
        view.resize(40, 40);
        QVERIFY(view.isEmpty());
        QImage grey(5, 5, QImage::Format_RGB32);
        grey.fill(QColor(60, 70, 80));
        view.setImage(grey);
        QVERIFY(!view.isEmpty());
        QVERIFY(!view.numbers());
        view.setMap(Matrix<float>(1, 2, {1.5F, 0}), 1.5);
        view.setOpacity(1);
        view.setCaption("id 7.png · map of <a> & \"b\"");
        QCOMPARE(view.exportName(), QString("activationMap"));
        QCOMPARE(view.title(), QString("Image · id 7.png · map of <a> & \"b\""));
        const QImage image = view.image({300, 200}, 144);
        QCOMPARE(image.size(), QSize(600, 400));
        QCOMPARE(image.pixelColor(2, 398), QColor(Qt::white));
        QCOMPARE(image.pixelColor(170, 200).rgb(), overlayColour(true).rgb());
        QCOMPARE(image.pixelColor(430, 200), QColor(60, 70, 80));
        bool words = false;  // dark ones, above the picture
        for (int x = 100; x < 500; ++x) {
            for (int y = 2; y < 26; ++y) words = words || image.pixelColor(x, y).lightness() < 100;
        }
        QVERIFY(words);
        QXmlStreamReader svg(view.svg({300, 200}));
        QStringList texts;
        int pictures = 0;
        while (!svg.atEnd()) {
            svg.readNext();
            if (!svg.isStartElement()) continue;
            if (svg.name() == QLatin1String("text")) {
                texts << svg.readElementText();
            } else if (svg.name() == QLatin1String("image")) {
                ++pictures;
                const auto link = svg.attributes().value("http://www.w3.org/1999/xlink", "href").toString();
                QVERIFY2(link.startsWith("data:image/png;base64,"), qPrintable(link.left(60)));
            }
        }
        QVERIFY2(!svg.hasError(), qPrintable(svg.errorString()));
        QCOMPARE(pictures, 2);
        QVERIFY2(texts.contains("id 7.png · map of <a> & \"b\""), qPrintable(texts.join('|')));
        QVERIFY2(texts.contains("+1.5"), qPrintable(texts.join('|')));
        QVERIFY(view.pdf({300, 200}).startsWith("%PDF-"));
        const auto numbers = view.numbers();
        view.setMap(std::nullopt, 1);
        QCOMPARE(numbers(), QByteArray("1.5,0\n"));
        applyThemeChoice(ThemeChoice::Light);
    }
};

QTEST_MAIN(TestMapOverlay)
#include "test_map_overlay.moc"
