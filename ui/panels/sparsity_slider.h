#pragma once

#include <QWidget>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace dicescope {

/// The slider over p with its number box, the stop for the dense head at its left end, marks at the best and
/// the chosen p, and the switch to fine steps. Keys: arrows one level, Page Up/Down ten percent, Home the
/// dense head, End the last level; the wheel one level a notch. Positions are rows: 0..L-1 are the levels, L
/// is the dense head. GUI thread.
class SparsitySlider : public QWidget {
    Q_OBJECT

  public:
    explicit SparsitySlider(QWidget* parent = nullptr);
    ~SparsitySlider() override;

    /// Percentages of dropped weights, strictly increasing. Keeps the current p at the nearest new level;
    /// emits nothing.
    void setLevels(const std::vector<double>& levels);
    /// Emits nothing. Rows past the last are the dense head.
    void setRow(std::size_t row);
    [[nodiscard]] std::size_t row() const;
    /// The current p; nullopt for the dense head.
    [[nodiscard]] std::optional<double> p() const;

    /// Rows: best, found by looking at the reported sets (a bound, not a result), and chosen without.
    void setMarks(std::optional<std::size_t> best, std::optional<std::size_t> chosen);
    void setFine(bool fine);  ///< the look of the switch; emits nothing

  signals:
    void rowChanged(std::size_t row);  ///< by the user, once a change
    void fineToggled(bool fine);       ///< by the user

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
