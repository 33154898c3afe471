#include "ui/compare/comparison_panel.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/compare/comparison_model.h"
#include "ui/compare/comparison_table.h"
#include "ui/panels/file_choice.h"
#include "ui/panels/panel_text.h"

namespace dicescope {

ComparisonPanel::ComparisonPanel(QWidget* parent)
    : QWidget(parent),
      model_(new ComparisonModel(this)),
      table_(new ComparisonTable(*model_)),
      filter_(new QLineEdit),
      export_(new QPushButton(tr("E&xport"))) {
    filter_->setObjectName("comparisonFilter");
    filter_->setPlaceholderText(tr("Filter results"));
    filter_->setAccessibleName(tr("Filter results"));
    filter_->setToolTip(tr("Shows detectors whose name has this text"));
    filter_->setClearButtonEnabled(true);
    export_->setObjectName("comparisonExport");
    export_->setToolTip(wrappedTip(tr("Writes the whole table into a file")));
    export_->setAutoDefault(false);
    buildMenu();
    auto* row = new QHBoxLayout;
    row->addWidget(filter_, 1);
    row->addWidget(export_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4, 4, 4, 0);
    column->setSpacing(4);
    column->addLayout(row);
    column->addWidget(table_, 1);
    connect(filter_, &QLineEdit::textChanged, table_, &ComparisonTable::setFilter);
    setCanExport(false);
}

void ComparisonPanel::buildMenu() {
    auto* menu = new QMenu(export_);
    const auto add = [&](const QString& text, const char* name, ComparisonFormat format,
                         const QString& suffix) {
        QAction* action = menu->addAction(text);
        action->setObjectName(QLatin1String(name));
        connect(action, &QAction::triggered, this,
                [this, format, suffix, text] { askWhere(format, suffix, text); });
    };
    add(tr("&CSV…"), "exportCsv", ComparisonFormat::Csv, QStringLiteral("csv"));
    add(tr("&JSON…"), "exportJson", ComparisonFormat::Json, QStringLiteral("json"));
    add(tr("&LaTeX…"), "exportLatex", ComparisonFormat::Latex, QStringLiteral("tex"));
    add(tr("&Markdown…"), "exportMarkdown", ComparisonFormat::Markdown, QStringLiteral("md"));
    export_->setMenu(menu);
}

void ComparisonPanel::askWhere(ComparisonFormat format, const QString& suffix, const QString& kind) {
    auto* dialog =
        new QFileDialog(this, tr("Export the comparison"), lastUsedFolder(),
                        QString(kind).remove(u'&').remove(u'…') + QStringLiteral(" (*.%1)").arg(suffix));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(suffix);
    dialog->selectFile(QStringLiteral("comparison.") + suffix);
    connect(dialog, &QFileDialog::fileSelected, this, [this, format](const QString& path) {
        setLastUsedFolder(QFileInfo(path).path());
        emit exportRequested(format, path);
    });
    dialog->open();
}

void ComparisonPanel::setCanExport(bool can) {
    export_->setEnabled(can);
}

void ComparisonPanel::setTheme(const Theme& theme) {
    model_->setTheme(theme);
    table_->setTheme(theme);
}

}  // namespace dicescope
