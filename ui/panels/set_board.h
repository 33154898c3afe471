#pragma once

#include <QString>

#include "core/analysis/inputs.h"
#include "ui/panels/set_item.h"

namespace dicescope {

class SetSection;
class SourceField;

/// The states of all sets of an analysis, wherever they are shown.
struct SetBoard {
    SourceField* idTrain = nullptr;
    SourceField* id = nullptr;
    SetSection* ood = nullptr;
    SetSection* validation = nullptr;

    /// Number of sets that are named.
    [[nodiscard]] int count() const;
    void setAll(SetState::Kind kind) const;
    /// Of the set that the present run calls by that name; nothing where it is no longer part of it.
    void set(SetRole role, const QString& runName, const SetState& state) const;
    /// Every set of the kind `from` gets `state`. Returns whether there was any.
    bool replace(SetState::Kind from, const SetState& state) const;
};

}  // namespace dicescope
