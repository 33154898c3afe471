#pragma once

#include <QString>
#include <QStringList>
#include <cstddef>
#include <filesystem>

#include "core/base/job.h"

namespace dicescope {

/// How far the reading of a set has come.
struct SetState {
    enum class Kind {
        Idle,     ///< no run has been asked for since the set was named
        Waiting,  ///< its turn in the present run comes
        Reading,
        Ready,
        Failed,
    };

    Kind kind = Kind::Idle;
    Progress progress;        ///< while Reading
    std::size_t images = 0;   ///< of which there are features; when Ready
    std::size_t skipped = 0;  ///< files that gave none; when Ready
};

/// A set as the panel shows it.
struct SetItem {
    QString name;
    std::filesystem::path path;
    SetState state;
    QString runName;  ///< the name that it had when the last run began, by which that run speaks of it
};

/// The state in words: its path while idle, "waiting", "1,240 of 8,600 images, 223/s, 33 s left", "5,640
/// images", "could not be read".
[[nodiscard]] QString stateText(const SetItem& item);
/// "12 skipped"; empty where none is.
[[nodiscard]] QString skippedText(const SetState& state);
/// How much of a set that is being read is done, 0..1; negative where the amount is not known.
[[nodiscard]] double readShare(const SetState& state);

/// `wanted` as a name that is allowed and not among `taken`: "dtd", "dtd-2", "dtd-3".
[[nodiscard]] QString uniqueSetName(const QString& wanted, const QStringList& taken);
/// The name for a set of that path: that of its folder, or of its file without the extension; made unique.
[[nodiscard]] QString setNameFor(const std::filesystem::path& path, const QStringList& taken);
/// Why a set cannot have a name, as a sentence; empty where it can.
[[nodiscard]] QString setNameProblem(const QString& name, const QStringList& taken);

}  // namespace dicescope
