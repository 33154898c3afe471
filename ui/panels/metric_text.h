#pragma once

#include <QString>

namespace dicescope {

// How the slider, the controls and the metrics write numbers: the English way, as everywhere in the program's
// results.

/// "FPR95"; the number is the TPR level in percent: "FPR90", "FPR99.5".
[[nodiscard]] QString fprName(double tprLevel);

/// A fraction as a percentage without its sign: "12.34".
[[nodiscard]] QString percentText(double fraction, int decimals = 2);

/// A difference of fractions in percentage points, with its sign (a true minus): "+1.20", "−16.21"; "0.00"
/// for what rounds to nothing.
[[nodiscard]] QString pointsText(double fraction, int decimals = 2);

/// A level p, which is a percentage already: "90.0 %".
[[nodiscard]] QString percentLevelText(double p, int decimals = 1);

}  // namespace dicescope
