#pragma once

#include <QSettings>
#include <QStringList>

#include "core/session/session.h"

namespace dicescope {

/// What the program remembers from one start to the next, in the user's settings file. GUI thread.
class SettingsStore {
  public:
    SettingsStore();

    /// For the window's own layout.
    [[nodiscard]] QSettings& settings() { return settings_; }

    /// Newest first, at most ten.
    [[nodiscard]] QStringList recentSessions() const;
    void addRecentSession(const QString& path);

    /// The choices of the last session (not its inputs); the defaults where there are none.
    [[nodiscard]] Session lastChoices() const;
    void setLastChoices(const Session& session);

  private:
    QSettings settings_;
};

}  // namespace dicescope
