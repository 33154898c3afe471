#pragma once

#include <QIcon>
#include <QString>

namespace dicescope {

/// A small one-coloured icon of resources/icons ("folder", "close") in the colour of the application's text:
/// follows the palette, greyed where disabled, sharp at every scale. GUI thread.
[[nodiscard]] QIcon symbolicIcon(const QString& name);
/// The same in a colour of its own.
[[nodiscard]] QIcon symbolicIcon(const QString& name, const QColor& colour);

/// The program's icon. GUI thread.
[[nodiscard]] QIcon applicationIcon();

}  // namespace dicescope
