#pragma once

#include <QWidget>
#include <memory>
#include <optional>
#include <utility>

#include "ui/inspect/image_list.h"

namespace dicescope {

/// Chooses which images are shown and how they are sorted, and offers to export them. GUI thread.
class ImageFilterBar : public QWidget {
    Q_OBJECT

  public:
    explicit ImageFilterBar(QWidget* parent = nullptr);
    ~ImageFilterBar() override;

    /// Offers the sets, classes and scores of an inspection; choices that it has not are taken back. Null:
    /// offers nothing.
    void setInspection(InspectionPtr inspection);
    /// The number of images shown, and of all.
    void setCount(std::size_t shown, std::size_t all);

    [[nodiscard]] const ImageQuery& query() const;
    /// Shows a query; emits no queryChanged().
    void setQuery(const ImageQuery& query);
    /// Sets or clears the range of scores, as the user would.
    void setScoreRange(std::optional<std::pair<double, double>> range);

  signals:
    void queryChanged(const ImageQuery& query);
    void exportRequested();

  protected:
    void changeEvent(QEvent* event) override;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
