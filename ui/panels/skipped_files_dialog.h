#pragma once

#include <QDialog>
#include <filesystem>
#include <memory>
#include <span>

#include "core/features/feature_set.h"

namespace dicescope {

/// Files of a set that gave no features, with reasons, sortable and filterable; opens a file or its folder
/// with the desktop's program, copies the list. Not modal; show() it, and it deletes itself when it is
/// closed. GUI thread.
class SkippedFilesDialog : public QDialog {
    Q_OBJECT

  public:
    /// folder: what the paths are relative to; empty where it is not known, then nothing can be opened.
    SkippedFilesDialog(const QString& setName, const std::filesystem::path& folder,
                       std::span<const SkippedFile> files, QWidget* parent = nullptr);
    ~SkippedFilesDialog() override;

  private:
    void build(const QString& setName);
    void buildTable();
    [[nodiscard]] QWidget* buildButtons();
    void filter(const QString& text);
    void enableButtons();
    void openCurrent(bool folderOfIt);
    /// Rows as shown, tab-separated with a header line; only the selected ones where asked.
    [[nodiscard]] QString asText(bool selectedOnly) const;

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
