#pragma once

#include <QImage>
#include <QWidget>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/explain/unit_statistics.h"
#include "ui/base/theme.h"
#include "ui/plots/chart_data.h"

class QLabel;
class QListWidget;
class QTableWidget;

namespace dicescope {

class ChartView;
class EditPanel;

/// One of the images that activate a unit most.
struct UnitImage {
    std::uint32_t set = 0;  ///< of the inspection
    std::uint32_t row = 0;
    QString caption;
};

/// One unit: its activations in every set, the weights that leave it, the images that activate it most, and
/// what becomes of the detector without it. GUI thread.
class UnitView : public QWidget {
    Q_OBJECT

  public:
    explicit UnitView(QWidget* parent = nullptr);

    void setFacts(const QString& facts);
    void setActivations(ChartData activations);
    /// classes: their names, in the order of the weights.
    void setWeights(const std::vector<OutgoingWeight>& weights, const QStringList& classes);
    /// Whether the weight to each class is kept, in the order of the classes.
    void setKept(const std::vector<bool>& kept);
    void setImages(const std::vector<UnitImage>& images);
    /// The picture of one of the images; others are passed over.
    void setThumbnail(std::uint32_t set, std::uint32_t row, const QImage& thumbnail);
    void clear();
    void setTheme(const Theme& theme);
    [[nodiscard]] ChartView& activations() const { return *activations_; }
    [[nodiscard]] EditPanel& edits() const { return *edits_; }

  signals:
    void classPicked(std::size_t c);
    void imagePicked(std::uint32_t set, std::uint32_t row);

  private:
    QLabel* facts_;
    ChartView* activations_;
    QTableWidget* weights_;
    QListWidget* images_;
    EditPanel* edits_;
};

}  // namespace dicescope
