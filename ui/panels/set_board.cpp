#include "ui/panels/set_board.h"

#include "ui/panels/set_section.h"
#include "ui/panels/source_field.h"

namespace dicescope {

int SetBoard::count() const {
    int count = ood->sets().rowCount() + validation->sets().rowCount();
    for (const SourceField* field : {idTrain, id}) {
        if (!field->path().empty()) ++count;
    }
    return count;
}

void SetBoard::setAll(SetState::Kind kind) const {
    SetState state;
    state.kind = kind;
    for (SourceField* field : {idTrain, id}) field->setState(field->path().empty() ? SetState() : state);
    for (SetSection* section : {ood, validation}) section->sets().setAllStates(kind);
}

void SetBoard::set(SetRole role, const QString& runName, const SetState& state) const {
    if (role == SetRole::IdTrain || role == SetRole::Id) {
        SourceField* field = role == SetRole::Id ? id : idTrain;
        if (field->state().kind != SetState::Kind::Idle) field->setState(state);
        return;
    }
    SetListModel& sets = (role == SetRole::Ood ? ood : validation)->sets();
    const int row = sets.rowOfRun(runName);
    if (row >= 0 && sets.item(row).state.kind != SetState::Kind::Idle) sets.setState(row, state);
}

bool SetBoard::replace(SetState::Kind from, const SetState& state) const {
    bool any = false;
    for (SourceField* field : {idTrain, id}) {
        if (field->state().kind != from) continue;
        field->setState(state);
        any = true;
    }
    for (SetSection* section : {ood, validation}) {
        SetListModel& sets = section->sets();
        for (int row = 0; row < sets.rowCount(); ++row) {
            if (sets.item(row).state.kind != from) continue;
            sets.setState(row, state);
            any = true;
        }
    }
    return any;
}

}  // namespace dicescope
