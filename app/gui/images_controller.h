#pragma once

#include <QObject>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>

#include "core/analysis/inspection.h"
#include "core/model/classifier.h"
#include "ui/inspect/image_view.h"

namespace dicescope {

/// Connects the image view with core: lists, thumbnails, the numbers of an image and its activation maps, all
/// computed on threads of its own, and only while the view is seen. Lives on the GUI thread; every call
/// returns at once.
class ImagesController : public QObject {
    Q_OBJECT

  public:
    /// The view must outlive the controller. thumbnails: folder of the thumbnail cache
    /// (defaultCacheRoot() / ThumbnailCache::kFolder); empty: none are kept on disk.
    explicit ImagesController(ImageView& view, const std::filesystem::path& thumbnails = {},
                              QObject* parent = nullptr);
    /// Stops everything and waits; quick after stopAll() and idle().
    ~ImagesController() override;

    /// Looks into another inspection (null: none) at the same row, if it has it, else the dense one. The
    /// selected image and the thumbnails stay while the inputs are the same.
    void setInspection(InspectionPtr inspection);
    /// Shows another row: a level of the exploration, or its dense row.
    void setRow(std::size_t row);
    /// The model that activation maps are computed with, loaded when the first map is asked for. An empty
    /// path: there is none.
    void setModel(const std::filesystem::path& path, const ClassifierOptions& options);

    /// Selects an image, as from another view.
    void selectImage(std::size_t set, std::size_t row);
    /// The class whose contributions and maps are shown until another image is selected; nothing: the dense
    /// prediction of the image.
    void setClass(std::optional<std::size_t> classIndex);

    /// Whether the view shows the row that was set last; not while it is hidden.
    [[nodiscard]] bool isCurrent() const;
    [[nodiscard]] bool idle() const;
    /// Asks everything to stop; becameIdle() is emitted when nothing runs any more.
    void stopAll();

  signals:
    void unitPicked(std::size_t unit);
    void classPicked(std::size_t classIndex);
    void imageSelected(std::size_t set, std::size_t row);  ///< by the user
    void becameIdle();

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
