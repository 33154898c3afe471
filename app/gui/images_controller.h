#pragma once

#include <QList>
#include <QObject>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>

#include "core/analysis/inspection.h"
#include "core/model/classifier.h"
#include "ui/inspect/image_view.h"

namespace dicescope {

class Exportable;

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
    /// The class whose contributions and maps are shown (the first one of other inputs, until told). A class
    /// that the inspection does not have is passed over.
    void setClass(std::size_t classIndex);
    /// Whether the class stays when another image is selected, by the user or by selectImage(). Where not
    /// (as at first), it becomes the one that the dense head takes that image for.
    void setClassPinned(bool pinned);

    /// What the view shows that is of the inspection, row, image and class that were set last, for export:
    /// not what has yet to follow them, because the view is hidden or the work goes on or was stopped. A
    /// picture only with a map over it.
    [[nodiscard]] QList<const Exportable*> currentPlots() const;
    [[nodiscard]] bool idle() const;
    /// Asks everything to stop, and says so where an answer was awaited; becameIdle() is emitted when nothing
    /// runs any more. What was stopped is asked for again when the view is shown.
    void stopAll();

  signals:
    void unitPicked(std::size_t unit);
    /// Another class is looked at: the user picked one of the image's, or selected an image.
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
