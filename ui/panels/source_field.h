#pragma once

#include <QWidget>
#include <filesystem>
#include <memory>

#include "core/analysis/inputs.h"
#include "ui/base/theme.h"
#include "ui/panels/set_item.h"

namespace dicescope {

/// One set that an analysis has once: the ID training images (or their mean feature from a .npy file) or the
/// ID test images. Caption, swatch, name, state and the buttons to choose; paths are dropped onto it.
class SourceField : public QWidget {
    Q_OBJECT

  public:
    /// role: IdTrain or Id.
    explicit SourceField(SetRole role, QWidget* parent = nullptr);
    ~SourceField() override;

    /// Emits nothing; the set is idle again where its path changed.
    void setPaths(const std::filesystem::path& images, const std::filesystem::path& mean = {});
    [[nodiscard]] const std::filesystem::path& path() const;
    [[nodiscard]] const std::filesystem::path& meanPath() const;  ///< IdTrain only
    /// As the user's choice: a folder or feature file takes the place of what was there. Emits edited().
    void choose(const std::filesystem::path& images);

    void setState(const SetState& state);
    [[nodiscard]] const SetState& state() const;
    void setTheme(const Theme& theme);

  signals:
    void edited();
    void skippedRequested();

  protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    enum class Wanted { Folder, FeatureFile, Mean };

    void build();
    void fillMenu();
    void askFor(Wanted wanted);
    void showItem();
    void showNames();
    void colour();

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
