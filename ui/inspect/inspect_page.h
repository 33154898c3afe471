#pragma once

#include <QList>
#include <QWidget>

#include "ui/base/theme.h"

class QLabel;
class QProgressBar;
class QStackedWidget;
class QTabWidget;

namespace dicescope {

class ClassView;
class Exportable;
class ImageView;
class MapView;
class SelectionBar;
class TheoryView;
class UnitView;

/// The page that looks inside: contributions, one class, one unit, images, and why it works. All views speak
/// of the class, unit and OOD set of the selection bar and of the row of the sparsity slider. GUI thread.
class InspectPage : public QWidget {
    Q_OBJECT

  public:
    enum View { Map, Class, Unit, Images, Theory, ViewCount };

    explicit InspectPage(QWidget* parent = nullptr);

    [[nodiscard]] SelectionBar& selection() const { return *selection_; }
    [[nodiscard]] MapView& map() const { return *map_; }
    [[nodiscard]] ClassView& classes() const { return *class_; }
    [[nodiscard]] UnitView& unit() const { return *unit_; }
    [[nodiscard]] ImageView& images() const { return *images_; }
    [[nodiscard]] TheoryView& theory() const { return *theory_; }

    /// The plots of all views but those of the images, in the order of the views.
    [[nodiscard]] QList<const Exportable*> plots() const;

    [[nodiscard]] View view() const;
    void setView(View view);
    /// Shows a sentence in place of the views; empty: shows the views.
    void setWaiting(const QString& text);
    /// A line about work in progress; a share outside 0..1: not known. Empty text: none.
    void setProgress(const QString& text, double share);
    void setTheme(const Theme& theme);

  signals:
    void viewChanged();

  private:
    QStackedWidget* pages_;
    QLabel* waiting_;
    SelectionBar* selection_;
    QTabWidget* tabs_;
    MapView* map_;
    ClassView* class_;
    UnitView* unit_;
    ImageView* images_;
    TheoryView* theory_;
    QLabel* progressText_;
    QProgressBar* progress_;
};

}  // namespace dicescope
