#pragma once

#include <QStringList>

#include "core/analysis/inputs.h"

namespace dicescope {

/// What each of several dropped paths becomes.
struct DroppedInputs {
    QString model;  ///< the last one, where several were dropped
    QString idTrain;
    QString id;
    QStringList ood;

    [[nodiscard]] bool isEmpty() const {
        return model.isEmpty() && idTrain.isEmpty() && id.isEmpty() && ood.isEmpty();
    }
};

/// Decides by suffix, by name and by what `inputs` still lack; see AnalysisPanel::takeDropped(). Looks at the
/// disk once a path, to tell folders from files.
[[nodiscard]] DroppedInputs sortDropped(const QStringList& paths, const InputsConfig& inputs);

}  // namespace dicescope
