#pragma once

#include <QWidget>

#include "ui/base/theme.h"

class QLineEdit;
class QPushButton;

namespace dicescope {

class ComparisonModel;
class ComparisonTable;

/// What a comparison can be written as.
enum class ComparisonFormat { Csv, Json, Latex, Markdown };

/// The table of a comparison with its filter and the button that exports it. GUI thread.
class ComparisonPanel : public QWidget {
    Q_OBJECT

  public:
    explicit ComparisonPanel(QWidget* parent = nullptr);

    [[nodiscard]] ComparisonModel& model() const { return *model_; }
    [[nodiscard]] ComparisonTable& table() const { return *table_; }
    /// Whether there is something to export.
    void setCanExport(bool can);
    void setTheme(const Theme& theme);

  signals:
    /// The user chose a format and a file to write.
    void exportRequested(dicescope::ComparisonFormat format, const QString& path);

  private:
    void buildMenu();
    void askWhere(ComparisonFormat format, const QString& suffix, const QString& kind);

    ComparisonModel* model_;
    ComparisonTable* table_;
    QLineEdit* filter_;
    QPushButton* export_;
};

}  // namespace dicescope
