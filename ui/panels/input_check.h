#pragma once

#include <QFutureWatcher>
#include <QObject>
#include <QString>
#include <functional>
#include <optional>

#include "core/analysis/inputs.h"

namespace dicescope {

/// The first thing that inputs lack, said for a person in front of the window; empty where all is named. Does
/// not look at the disk.
[[nodiscard]] QString missingSentence(const InputsConfig& inputs);

/// Runs `work` on a thread of its own, which nothing waits for: a path on a network disk that does not answer
/// then blocks neither the window nor the program's end. `work` must own all it uses.
[[nodiscard]] QFuture<QString> runDetached(std::function<QString()> work);

/// Runs checkInputs() off the GUI thread. One check at a time; of several asked for meanwhile only the last
/// is done. GUI thread.
class InputCheck : public QObject {
    Q_OBJECT

  public:
    explicit InputCheck(QObject* parent = nullptr);

    void check(const InputsConfig& inputs);
    /// Forgets checks that are asked for or under way.
    void forget();

  signals:
    /// The answer for the inputs that were asked for last; empty: they are fine.
    void checked(const QString& problem);

  private:
    void start(const InputsConfig& inputs);
    void finish();

    QFutureWatcher<QString> watcher_;
    std::optional<InputsConfig> pending_;
    bool wanted_ = false;
};

}  // namespace dicescope
