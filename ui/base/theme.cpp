#include "ui/base/theme.h"

#include <QApplication>
#include <QPainter>
#include <QProxyStyle>
#include <QStyleOption>
#include <array>

namespace dicescope {
namespace {

constexpr std::chrono::milliseconds kPortalTimeout{100};

using OodPalette = std::array<QRgb, kOodColours>;
// The same hues in both: vermillion, bluish green, reddish purple, sky blue, yellow, orange. Okabe and Ito's
// blue is that of ID.
constexpr OodPalette kLightOod{0xFFD55E00, 0xFF009E73, 0xFFCA73A3, 0xFF265168, 0xFF646020, 0xFF3D2A00};
constexpr OodPalette kDarkOod{0xFFE8681A, 0xFF18D8A4, 0xFFCC7AA8, 0xFF93CFF1, 0xFFF2E755, 0xFFF5A900};

struct Shades {
    QColor window, base, alternate, button, text, disabled, highlight, highlightedText, link, toolTip;
};

QPalette paletteOf(const Shades& shades) {
    QPalette palette(shades.button, shades.window);
    palette.setColor(QPalette::WindowText, shades.text);
    palette.setColor(QPalette::Base, shades.base);
    palette.setColor(QPalette::AlternateBase, shades.alternate);
    palette.setColor(QPalette::Text, shades.text);
    palette.setColor(QPalette::ButtonText, shades.text);
    palette.setColor(QPalette::BrightText, shades.text);
    palette.setColor(QPalette::PlaceholderText, shades.disabled);
    palette.setColor(QPalette::ToolTipBase, shades.toolTip);
    palette.setColor(QPalette::ToolTipText, shades.text);
    palette.setColor(QPalette::Highlight, shades.highlight);
    palette.setColor(QPalette::HighlightedText, shades.highlightedText);
    palette.setColor(QPalette::Link, shades.link);
    palette.setColor(QPalette::LinkVisited, shades.link);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, shades.disabled);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, shades.alternate);
    palette.setColor(QPalette::Disabled, QPalette::HighlightedText, shades.disabled);
    return palette;
}

QPalette lightPalette() {
    return paletteOf({.window = 0xF3F4F6,
                      .base = 0xFFFFFF,
                      .alternate = 0xF3F4F6,
                      .button = 0xEBEDF0,
                      .text = 0x1B1C1E,
                      .disabled = 0x85888E,
                      .highlight = 0x0072B2,
                      .highlightedText = 0xFFFFFF,
                      .link = 0x005C91,
                      .toolTip = 0xFFFFFF});
}

QPalette darkPalette() {
    return paletteOf({.window = 0x292C31,
                      .base = 0x1F2226,
                      .alternate = 0x292C31,
                      .button = 0x363A40,
                      .text = 0xE8EAED,
                      .disabled = 0x85898F,
                      .highlight = 0x2470AA,
                      .highlightedText = 0xFFFFFF,
                      .link = 0x6DB8F0,
                      .toolTip = 0x363A40});
}

/// Fusion outlines check boxes darker than the window, which nobody sees on a dark one.
class ReadableFusion : public QProxyStyle {
  public:
    ReadableFusion() : QProxyStyle(QStringLiteral("Fusion")) {}

    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override {
        QProxyStyle::drawPrimitive(element, option, painter, widget);
        const bool round = element == PE_IndicatorRadioButton;
        if ((!round && element != PE_IndicatorCheckBox) || !themeOf(option->palette).dark) return;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(option->palette.color(QPalette::Disabled, QPalette::WindowText), 1));
        const QRectF outline = QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5);
        const double radius = round ? outline.width() / 2 : 2;
        painter->drawRoundedRect(outline, radius, radius);
        painter->restore();
    }
};

bool systemPrefersDark() {
    QApplication::setPalette(QPalette());  // back to what the platform says
    if (themeOf(QApplication::palette()).dark) return true;
    return portalPrefersDark(kPortalTimeout).value_or(false);
}

}  // namespace

QColor Theme::ood(int index) const {
    return (dark ? kDarkOod : kLightOod).at(static_cast<std::size_t>(index % kOodColours));
}

Theme lightTheme() {
    return {.dark = false,
            .background = 0xFFFFFF,
            .text = 0x1B1C1E,
            .faintText = 0x63666B,
            .grid = 0xE2E4E8,
            .id = 0x0072B2,
            .best = 0x00704F,
            .worse = 0xB04A00,
            .current = 0x1B1C1E};
}

Theme darkTheme() {
    return {.dark = true,
            .background = 0x1F2226,
            .text = 0xE8EAED,
            .faintText = 0xA0A4AB,
            .grid = 0x383C43,
            .id = 0x3D9BE0,
            .best = 0x35D6A6,
            .worse = 0xFF9052,
            .current = 0xE8EAED};
}

Theme themeOf(const QPalette& palette) {
    const bool dark =
        palette.color(QPalette::WindowText).lightness() > palette.color(QPalette::Window).lightness();
    return dark ? darkTheme() : lightTheme();
}

void applyThemeChoice(ThemeChoice choice) {
    if (dynamic_cast<ReadableFusion*>(QApplication::style()) == nullptr)
        QApplication::setStyle(new ReadableFusion);
    const bool dark = choice == ThemeChoice::System ? systemPrefersDark() : choice == ThemeChoice::Dark;
    QApplication::setPalette(dark ? darkPalette() : lightPalette());
}

}  // namespace dicescope
