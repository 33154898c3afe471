#pragma once

#include <QDialog>
#include <QList>
#include <QString>
#include <QStringList>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace dicescope {

/// One kind of result that can be written.
struct ExportItem {
    QString key;    ///< as --parts of the command line takes it
    QString label;  ///< for people
    QString files;  ///< what is written, "metrics.json, metrics.csv"
};

/// What the user wants to have written, and where.
struct ExportChoices {
    QString folder;
    QStringList parts;  ///< keys of the items
    bool png = false;
    bool pdf = false;
    bool svg = false;
    int dpi = 300;
};

/// Asks what to export and where. GUI thread.
class ExportDialog : public QDialog {
    Q_OBJECT

  public:
    explicit ExportDialog(const QList<ExportItem>& items, QWidget* parent = nullptr);

    void setChoices(const ExportChoices& choices);
    [[nodiscard]] ExportChoices choices() const;

  private:
    void browse();
    void refresh();

    QLineEdit* folder_;
    QList<QCheckBox*> parts_;
    QCheckBox* png_;
    QCheckBox* pdf_;
    QCheckBox* svg_;
    QSpinBox* dpi_;
    QPushButton* export_;
};

}  // namespace dicescope
