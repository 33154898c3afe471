#include <QApplication>
#include <QTest>
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include "tests/support/qt_warnings.h"
#include "ui/base/theme.h"

using namespace dicescope;

namespace {

using Rgb = std::array<double, 3>;
using Matrix = std::array<Rgb, 3>;

// sRGB to linear light (IEC 61966-2-1).
Rgb linear(const QColor& color) {
    const auto channel = [](double c) {
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return {channel(color.redF()), channel(color.greenF()), channel(color.blueF())};
}

Rgb times(const Matrix& matrix, const Rgb& value) {
    Rgb result{};
    for (std::size_t row = 0; row < 3; ++row) {
        for (std::size_t i = 0; i < 3; ++i) result[row] += matrix[row][i] * value[i];
    }
    return result;
}

// WCAG 2.1.
double luminance(const QColor& color) {
    const Rgb c = linear(color);
    return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
}
double contrast(const QColor& a, const QColor& b) {
    const double x = std::max(luminance(a), luminance(b));
    const double y = std::min(luminance(a), luminance(b));
    return (x + 0.05) / (y + 0.05);
}

// CIE L*a*b* of linear sRGB, white D65.
Rgb lab(const Rgb& light) {
    constexpr Matrix kToXyz{{{0.4124564, 0.3575761, 0.1804375},
                             {0.2126729, 0.7151522, 0.0721750},
                             {0.0193339, 0.1191920, 0.9503041}}};
    const Rgb xyz = times(kToXyz, light);
    const auto f = [](double t) { return t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116; };
    const double x = f(xyz[0] / 0.95047);
    const double y = f(xyz[1]);
    const double z = f(xyz[2] / 1.08883);
    return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

double difference(const QColor& a, const QColor& b, const Matrix& vision) {
    const auto seen = [&](const QColor& color) {
        Rgb light = times(vision, linear(color));
        for (double& c : light) c = std::clamp(c, 0.0, 1.0);
        return lab(light);
    };
    const Rgb x = seen(a);
    const Rgb y = seen(b);
    return std::hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2]);
}

// Machado, Oliveira and Fernandes (2009), severity 1.
const std::vector<std::pair<const char*, Matrix>> kVisions{
    {"normal", {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}},
    {"protanopia",
     {{{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}}},
    {"deuteranopia",
     {{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}}},
    {"tritanopia",
     {{{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}}},
};

std::vector<QColor> linesOf(const Theme& theme) {
    std::vector<QColor> lines{theme.id, theme.text};
    for (int i = 0; i < kOodColours; ++i) lines.push_back(theme.ood(i));
    return lines;
}

}  // namespace

class TestTheme : public QObject {
    Q_OBJECT

    std::optional<testing::FailOnQtWarnings> warnings_;

  private slots:
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void linesStandOutFromTheBackground() {
        for (const Theme& theme : {lightTheme(), darkTheme()}) {
            for (const QColor& line : linesOf(theme))
                QVERIFY2(contrast(line, theme.background) >= 3, qPrintable(line.name()));
            QVERIFY(contrast(theme.current, theme.background) >= 3);
        }
    }

    void wordsAreReadable() {
        for (const Theme& theme : {lightTheme(), darkTheme()}) {
            for (const QColor& text : {theme.text, theme.faintText, theme.best, theme.worse})
                QVERIFY2(contrast(text, theme.background) >= 4.5, qPrintable(text.name()));
        }
    }

    void anyTwoLinesDifferForAnyEye() {
        constexpr double kClear = 15;  // CIE76; 2.3 is just noticeable side by side
        for (const Theme& theme : {lightTheme(), darkTheme()}) {
            const auto lines = linesOf(theme);
            for (const auto& [name, vision] : kVisions) {
                for (std::size_t i = 0; i < lines.size(); ++i) {
                    for (std::size_t j = 0; j < i; ++j)
                        QVERIFY2(difference(lines[i], lines[j], vision) >= kClear,
                                 qPrintable(QStringLiteral("%1: %2 %3")
                                                .arg(QLatin1String(name), lines[i].name(), lines[j].name())));
                }
            }
        }
    }

    void theColourOfIdIsReserved() {
        for (const Theme& theme : {lightTheme(), darkTheme()}) {
            for (int i = 0; i < 3 * kOodColours; ++i) QVERIFY(theme.ood(i) != theme.id);
            QCOMPARE(theme.ood(kOodColours), theme.ood(0));
        }
    }

    void theChoiceSetsThePalette() {
        applyThemeChoice(ThemeChoice::Dark);
        QVERIFY(themeOf(QApplication::palette()).dark);
        QCOMPARE(QApplication::palette().color(QPalette::Base), darkTheme().background);
        applyThemeChoice(ThemeChoice::Light);
        QVERIFY(!themeOf(QApplication::palette()).dark);
        QCOMPARE(QApplication::palette().color(QPalette::Base), lightTheme().background);
    }

    void paletteTextIsReadable_data() {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }
    void paletteTextIsReadable() {
        QFETCH(const bool, dark);
        applyThemeChoice(dark ? ThemeChoice::Dark : ThemeChoice::Light);
        const QPalette palette = QApplication::palette();
        const std::vector<std::pair<QPalette::ColorRole, QPalette::ColorRole>> pairs{
            {QPalette::WindowText, QPalette::Window},
            {QPalette::Text, QPalette::Base},
            {QPalette::Text, QPalette::AlternateBase},
            {QPalette::ButtonText, QPalette::Button},
            {QPalette::HighlightedText, QPalette::Highlight},
            {QPalette::ToolTipText, QPalette::ToolTipBase},
            {QPalette::Link, QPalette::Base}};
        for (const auto& [text, background] : pairs)
            QVERIFY2(contrast(palette.color(text), palette.color(background)) >= 4.5,
                     qPrintable(QStringLiteral("role %1").arg(text)));
    }
};

QTEST_MAIN(TestTheme)
#include "test_theme.moc"
