#pragma once

#include <QLayout>
#include <QList>

namespace dicescope {

/// Items side by side in their preferred sizes, going on in a further line where the width ends; from the
/// right where the language runs so. Its height follows from its width. GUI thread.
class FlowLayout : public QLayout {
    Q_OBJECT

  public:
    explicit FlowLayout(QWidget* parent = nullptr);
    ~FlowLayout() override;

    void setSpacings(int between, int lines);

    void addItem(QLayoutItem* item) override;
    [[nodiscard]] int count() const override;
    [[nodiscard]] QLayoutItem* itemAt(int index) const override;
    [[nodiscard]] QLayoutItem* takeAt(int index) override;
    [[nodiscard]] Qt::Orientations expandingDirections() const override { return {}; }
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSize() const override;
    void setGeometry(const QRect& rect) override;

  private:
    /// Returns the height that is needed; moves the items only if `place`.
    int flow(const QRect& rect, bool place) const;

    QList<QLayoutItem*> items_;
    int between_ = 0;
    int lines_ = 0;
};

}  // namespace dicescope
