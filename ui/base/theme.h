#pragma once

#include <QColor>
#include <QPalette>
#include <QString>
#include <chrono>
#include <optional>

namespace dicescope {

/// The colours of plots, tables and panels. Sets keep their colour everywhere: ID always the same one, which
/// no OOD set has; the OOD sets in their order those of a palette after Okabe and Ito (2008), its lightness
/// moved so that every line stands out from the background by 3:1 (WCAG 2.1, 1.4.11) and people with a colour
/// vision deficiency can tell any two apart.
struct Theme {
    bool dark = false;
    QColor background;  ///< behind plots
    QColor text;        ///< axes, labels, the average over the sets
    QColor faintText;   ///< what is said in passing
    QColor grid;
    QColor id;       ///< the ID set
    QColor best;     ///< better than the dense head
    QColor worse;    ///< worse than the dense head
    QColor current;  ///< the current p, the threshold

    /// Colour of the OOD set of that index (>= 0); repeats after kOodColours.
    [[nodiscard]] QColor ood(int index) const;
};

/// How many OOD sets have a colour of their own.
inline constexpr int kOodColours = 6;

[[nodiscard]] Theme lightTheme();
[[nodiscard]] Theme darkTheme();
/// The theme that fits a palette: dark where its text is lighter than its background.
[[nodiscard]] Theme themeOf(const QPalette& palette);

/// Which palette the application has.
enum class ThemeChoice { System, Light, Dark };

/// Sets the application's style (Fusion) and palette. System follows the desktop: dark where its palette is,
/// or where the XDG desktop portal says that dark is preferred (asked for at most 100 ms). GUI thread.
void applyThemeChoice(ThemeChoice choice);

/// Whether the desktop prefers dark, by org.freedesktop.portal.Settings; nullopt where it has no preference,
/// there is no session bus or portal, or no answer comes within `timeout`.
[[nodiscard]] std::optional<bool> portalPrefersDark(std::chrono::milliseconds timeout);

}  // namespace dicescope
