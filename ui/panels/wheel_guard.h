#pragma once

class QWidget;

namespace dicescope {

/// Keeps the wheel from changing a box (combo, spin) that has not the keyboard focus, so that scrolling a
/// panel does not change choices on the way; the wheel then scrolls the panel.
void guardWheel(QWidget* box);

}  // namespace dicescope
