#pragma once

#include <QTableWidget>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/analysis/inspection.h"
#include "core/explain/image_explanation.h"

namespace dicescope {

/// What the dense head and the masked one say of an image, side by side: energy, largest probability and the
/// largest logits. A click on a class, or Enter, picks it. GUI thread.
class AnswerTable : public QTableWidget {
    Q_OBJECT

  public:
    explicit AnswerTable(QWidget* parent = nullptr);

    /// label: the class that is right, set in bold; -1: not known.
    void show(const Inspection& inspection, std::size_t row, const ImageExplanation& explanation,
              std::int32_t label);
    using QTableWidget::show;
    void clearAnswers();

  signals:
    void classPicked(std::size_t classIndex);

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void fitHeight();
    void setText(int row, int column, const QString& text);
    void setClass(int row, int column, std::size_t classIndex, const QString& name, bool right);
    void pick(const QModelIndex& index);
};

}  // namespace dicescope
