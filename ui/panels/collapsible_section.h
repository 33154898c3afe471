#pragma once

#include <QWidget>

class QToolButton;

namespace dicescope {

/// A heading that folds and unfolds what is below it; folded at first. The heading is a button: Space or
/// Enter, and its arrow shows the state.
class CollapsibleSection : public QWidget {
    Q_OBJECT

  public:
    /// Takes `content`. objectName: of the heading button.
    CollapsibleSection(const QString& title, const QString& objectName, QWidget* content,
                       QWidget* parent = nullptr);

    void setUnfolded(bool unfolded);
    [[nodiscard]] bool isUnfolded() const;
    void setTitle(const QString& title);

  private:
    QToolButton* heading_;
    QWidget* content_;
};

}  // namespace dicescope
