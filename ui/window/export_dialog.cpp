#include "ui/window/export_dialog.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QGroupBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace dicescope {

ExportDialog::ExportDialog(const QList<ExportItem>& items, QWidget* parent)
    : QDialog(parent),
      folder_(new QLineEdit),
      png_(new QCheckBox(tr("PN&G"))),
      pdf_(new QCheckBox(tr("P&DF"))),
      svg_(new QCheckBox(tr("&SVG"))),
      dpi_(new QSpinBox) {
    setObjectName("exportDialog");
    setWindowTitle(tr("Export"));
    auto* column = new QVBoxLayout(this);

    auto* where = new QHBoxLayout;
    folder_->setObjectName("exportFolder");
    folder_->setMinimumWidth(fontMetrics().averageCharWidth() * 50);
    auto* label = new QLabel(tr("&Folder:"));
    label->setBuddy(folder_);
    auto* browse = new QPushButton(tr("&Browse…"));
    where->addWidget(label);
    where->addWidget(folder_, 1);
    where->addWidget(browse);
    column->addLayout(where);

    auto* results = new QGroupBox(tr("Results"));
    auto* list = new QFormLayout(results);
    for (const ExportItem& item : items) {
        auto* box = new QCheckBox(item.label);
        box->setObjectName("export_" + item.key);
        box->setProperty("key", item.key);
        auto* files = new QLabel(item.files);
        files->setEnabled(false);
        files->setWordWrap(true);
        list->addRow(box, files);
        parts_ << box;
        connect(box, &QCheckBox::toggled, this, &ExportDialog::refresh);
    }
    column->addWidget(results);

    auto* plots = new QGroupBox(tr("Plots"));
    auto* row = new QHBoxLayout(plots);
    dpi_->setRange(36, 1200);
    dpi_->setSuffix(tr(" dpi"));
    dpi_->setAccessibleName(tr("Resolution of PNG files"));
    dpi_->setObjectName("exportDpi");
    for (QCheckBox* box : {png_, pdf_, svg_}) {
        row->addWidget(box);
        if (box == png_) row->addWidget(dpi_);
        connect(box, &QCheckBox::toggled, this, &ExportDialog::refresh);
    }
    row->addStretch();
    column->addWidget(plots);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    export_ = buttons->addButton(tr("&Export"), QDialogButtonBox::AcceptRole);
    export_->setObjectName("exportButton");
    export_->setDefault(true);
    column->addWidget(buttons);
    connect(browse, &QPushButton::clicked, this, &ExportDialog::browse);
    connect(folder_, &QLineEdit::textChanged, this, &ExportDialog::refresh);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

void ExportDialog::setChoices(const ExportChoices& choices) {
    folder_->setText(choices.folder);
    for (QCheckBox* box : parts_) box->setChecked(choices.parts.contains(box->property("key").toString()));
    png_->setChecked(choices.png);
    pdf_->setChecked(choices.pdf);
    svg_->setChecked(choices.svg);
    dpi_->setValue(choices.dpi);
    refresh();
}

ExportChoices ExportDialog::choices() const {
    ExportChoices choices;
    choices.folder = folder_->text().trimmed();
    for (const QCheckBox* box : parts_) {
        if (box->isChecked()) choices.parts << box->property("key").toString();
    }
    choices.png = png_->isChecked();
    choices.pdf = pdf_->isChecked();
    choices.svg = svg_->isChecked();
    choices.dpi = dpi_->value();
    return choices;
}

void ExportDialog::browse() {
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Export into"), folder_->text());
    if (!folder.isEmpty()) folder_->setText(folder);
}

void ExportDialog::refresh() {
    const ExportChoices chosen = choices();
    const bool something = !chosen.parts.isEmpty() || chosen.png || chosen.pdf || chosen.svg;
    dpi_->setEnabled(chosen.png);
    export_->setEnabled(something && !chosen.folder.isEmpty());
    export_->setToolTip(chosen.folder.isEmpty() ? tr("Name a folder first.")
                        : something             ? QString()
                                                : tr("Choose what to export first."));
}

}  // namespace dicescope
