#pragma once

#include <QWidget>
#include <cstdint>
#include <memory>
#include <optional>

#include "ui/inspect/image_detail.h"
#include "ui/inspect/image_list.h"

namespace dicescope {

class ChartView;
class ImageFilterBar;
class ThumbnailGrid;

/// All images of an analysis: filters, the distribution of their scores, a grid of thumbnails, and one image
/// in detail. Dragging over the histogram keeps the images with scores of that range; the selected image is a
/// mark in it. A passive view: it asks by signals and shows what it is given. GUI thread.
class ImageView : public QWidget {
    Q_OBJECT

  public:
    explicit ImageView(QWidget* parent = nullptr);
    ~ImageView() override;

    /// Offers the choices of an inspection, soon followed by setList(). Null: nothing to look at.
    void setInspection(InspectionPtr inspection);
    /// The answer to the query.
    void setList(const ImageList& list);
    /// Why there is no answer.
    void setListError(const QString& reason);
    /// Selects an image of the list's table as if the user had, but without imageSelected().
    void select(std::optional<std::uint32_t> record);
    [[nodiscard]] std::optional<std::uint32_t> selected() const;

    /// What is shown.
    [[nodiscard]] const ImageList& list() const;

    [[nodiscard]] ImageFilterBar& filters() const;
    [[nodiscard]] ThumbnailGrid& grid() const;
    [[nodiscard]] ImageDetail& detail() const;
    [[nodiscard]] ChartView& histogram() const;

  signals:
    void queryChanged(const ImageQuery& query);
    void imageSelected(quint32 record);  ///< by the user
    void exportRequested();              ///< of the list that is shown

  protected:
    void changeEvent(QEvent* event) override;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
