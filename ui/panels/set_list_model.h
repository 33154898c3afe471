#pragma once

#include <QAbstractListModel>
#include <QColor>
#include <functional>
#include <vector>

#include "core/analysis/inputs.h"
#include "ui/base/theme.h"
#include "ui/panels/set_item.h"

namespace dicescope {

/// The OOD or the validation sets of an analysis in their order, each with the state of its reading. Renaming
/// (setData), dragging (moveRows), removing and dropped paths are the user's: they emit edited(). GUI thread.
class SetListModel : public QAbstractListModel {
    Q_OBJECT

  public:
    /// role: Ood or Validation.
    explicit SetListModel(SetRole role, QObject* parent = nullptr);

    [[nodiscard]] SetRole role() const { return role_; }
    [[nodiscard]] const SetItem& item(int row) const { return items_[static_cast<std::size_t>(row)]; }
    /// The colour that the set has in the plots; invalid for validation sets, which are not plotted.
    [[nodiscard]] QColor swatch(int row) const;
    [[nodiscard]] const Theme& theme() const { return theme_; }
    [[nodiscard]] QStringList names() const;

    /// Names that sets of other lists have, asked for whenever a name is made or checked.
    void setNamesElsewhere(std::function<QStringList()> names);
    void setTheme(const Theme& theme);

    /// Shows these sets, all idle; emits no edited().
    void setSources(const std::vector<NamedSource>& sources);
    [[nodiscard]] std::vector<NamedSource> sources() const;

    /// Appends sets of these paths; their names are those of the folders or files, made unique. Emits
    /// edited() once.
    void add(const std::vector<std::filesystem::path>& paths);
    /// Appends a set of another list as it is, with its state. Emits edited().
    void addItem(const SetItem& item);

    /// Every set to that state; with Waiting a run begins, which will speak of the sets by their present
    /// names.
    void setAllStates(SetState::Kind kind);
    /// The row that a run calls by that name; -1 where it is gone.
    [[nodiscard]] int rowOfRun(const QString& runName) const;
    void setState(int row, const SetState& state);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    /// Display, Edit: the name; Decoration: the swatch; ToolTip: name, path and state; AccessibleText: name
    /// and state.
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    /// Refuses a name that is empty, reserved or used: emits nameRefused() and keeps the old one.
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    bool moveRows(const QModelIndex& sourceParent, int sourceRow, int count,
                  const QModelIndex& destinationParent, int destinationChild) override;
    bool removeRows(int row, int count, const QModelIndex& parent = {}) override;

    // Rows are dragged within their own list only; folders and files come from outside.
    [[nodiscard]] QStringList mimeTypes() const override;
    [[nodiscard]] QMimeData* mimeData(const QModelIndexList& indexes) const override;
    [[nodiscard]] Qt::DropActions supportedDropActions() const override;
    [[nodiscard]] Qt::DropActions supportedDragActions() const override;
    [[nodiscard]] bool canDropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column,
                                       const QModelIndex& parent) const override;
    bool dropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column,
                      const QModelIndex& parent) override;

  signals:
    void edited();                              ///< by the user
    void nameRefused(const QString& sentence);  ///< why a new name was not taken

  private:
    [[nodiscard]] QStringList takenNames(int exceptRow = -1) const;
    [[nodiscard]] QString rowMimeType() const;
    void insert(int row, SetItem item);

    SetRole role_;
    std::vector<SetItem> items_;
    std::function<QStringList()> namesElsewhere_;
    Theme theme_;
};

}  // namespace dicescope
