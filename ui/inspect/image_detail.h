#pragma once

#include <QImage>
#include <QString>
#include <QWidget>
#include <cstddef>
#include <memory>
#include <optional>

#include "core/explain/activation_map.h"
#include "core/explain/image_explanation.h"
#include "ui/base/theme.h"
#include "ui/inspect/image_list.h"

namespace dicescope {

class ChartView;
class ImagePicture;

/// What is laid over the picture.
enum class MapOverlay { None, Dense, Kept, Difference };

/// What the heads say of one image, in numbers.
struct ImageNumbers {
    InspectionPtr inspection;
    std::size_t row = 0;  ///< of the masked head
    ImageExplanation explanation;
    Waterfall waterfall;  ///< of one class
};

/// One image: the picture as the model sees it with activation maps over it, what the dense head and the
/// masked one say, and the contributions that one logit is made of. Shows what it is given. GUI thread.
class ImageDetail : public QWidget {
    Q_OBJECT

  public:
    explicit ImageDetail(QWidget* parent = nullptr);
    ~ImageDetail() override;

    /// Shows where an image comes from and how it was judged; forgets picture, numbers and maps where it is
    /// another one than before. Nothing: no image.
    void setImage(const ImageList& list, std::optional<std::uint32_t> record);
    void setPicture(const QImage& picture);
    void setPictureError(const QString& reason);
    void setNumbers(const ImageNumbers& numbers);
    void setNumbersError(const QString& reason);
    /// row: of the masked head that the maps are of.
    void setMaps(const ActivationMaps& maps, std::size_t row);
    /// Why there are no maps, or that they are being made.
    void setMapsText(const QString& text, bool isError);
    void setTheme(const Theme& theme);

    [[nodiscard]] MapOverlay overlay() const;
    [[nodiscard]] ImagePicture& picture() const;
    [[nodiscard]] ChartView& waterfall() const;

  signals:
    void overlayChosen(MapOverlay overlay);    ///< by the user
    void classPicked(std::size_t classIndex);  ///< a class of the table: its contributions are wanted
    void unitPicked(std::size_t unit);         ///< a bar of the waterfall

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
