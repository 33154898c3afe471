#pragma once

class QWidget;

namespace dicescope {

/// Tells what the program is, its version and those of its libraries, and what to cite. GUI thread.
void showAbout(QWidget* parent);

}  // namespace dicescope
