#include "ui/inspect/answer_table.h"

#include <QEvent>
#include <QHeaderView>
#include <QLocale>
#include <algorithm>

#include "ui/inspect/image_list.h"
#include "ui/inspect/inspect_charts.h"
#include "ui/panels/panel_text.h"

namespace dicescope {
namespace {

constexpr int kName = 0;
constexpr int kDense = 1;  // class, then logit
constexpr int kGap = 3;
constexpr int kMasked = 4;  // likewise
constexpr int kColumns = 6;
constexpr int kEnergy = 0;
constexpr int kProbability = 1;
constexpr int kFirstClass = 2;
constexpr int kRowsWithoutAnswer = kFirstClass + 5;

QString number(double value) {
    return QLocale::c().toString(value, 'f', 3);
}

}  // namespace

AnswerTable::AnswerTable(QWidget* parent) : QTableWidget(kRowsWithoutAnswer, kColumns, parent) {
    setObjectName(QStringLiteral("answerTable"));
    setAccessibleName(tr("Energies and largest logits, dense and sparse"));
    setToolTip(
        wrappedTip(tr("Energy is the logsumexp of the logits, MSP the largest softmax probability. Click "
                      "a class to see what its logit is made of. The class of the image's folder is bold.")));
    setEditTriggers(NoEditTriggers);
    setSelectionMode(SingleSelection);
    setTabKeyNavigation(false);
    setShowGrid(false);
    setAlternatingRowColors(true);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    verticalHeader()->hide();
    verticalHeader()->setMinimumSectionSize(1);
    horizontalHeader()->setMinimumSectionSize(1);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    horizontalHeader()->setSectionResizeMode(kDense, QHeaderView::Stretch);
    horizontalHeader()->setSectionResizeMode(kMasked, QHeaderView::Stretch);
    horizontalHeader()->setSectionResizeMode(kGap, QHeaderView::Fixed);
    horizontalHeader()->resizeSection(kGap, fontMetrics().averageCharWidth() * 2);
    connect(this, &QTableWidget::clicked, this, &AnswerTable::pick);
    connect(this, &QTableWidget::activated, this, &AnswerTable::pick);
    clearAnswers();
    fitHeight();
}

void AnswerTable::fitHeight() {
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() * 5 / 4);
    setFixedHeight(verticalHeader()->length() + horizontalHeader()->sizeHint().height() + 2 * frameWidth());
}

void AnswerTable::changeEvent(QEvent* event) {
    QTableWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange) fitHeight();
}

void AnswerTable::clearAnswers() {
    clearContents();
    setHorizontalHeaderLabels({{}, tr("dense"), {}, {}, tr("at p"), {}});
    setText(kEnergy, kName, tr("Energy"));
    setText(kProbability, kName, tr("MSP"));
}

void AnswerTable::setText(int row, int column, const QString& text) {
    auto* item = new QTableWidgetItem(text);
    item->setFlags(Qt::ItemIsEnabled);
    const bool right = column != kName && column != kDense && column != kMasked;
    item->setTextAlignment((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    setItem(row, column, item);
}

void AnswerTable::setClass(int row, int column, std::size_t classIndex, const QString& name, bool right) {
    setText(row, column, name);
    QTableWidgetItem* cell = item(row, column);
    cell->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
    cell->setData(Qt::UserRole, QVariant::fromValue<qulonglong>(classIndex));
    QFont bold = font();
    bold.setBold(right);
    cell->setFont(bold);
}

void AnswerTable::show(const Inspection& inspection, std::size_t row, const ImageExplanation& explanation,
                       std::int32_t label) {
    const std::size_t classes = std::max(explanation.dense.top.size(), explanation.masked.top.size());
    if (const int rows = kFirstClass + static_cast<int>(classes); rows != rowCount()) {
        setRowCount(rows);
        fitHeight();
    }
    clearAnswers();
    setHorizontalHeaderLabels({{}, tr("dense"), tr("logit"), {}, rowLabel(inspection, row), tr("logit")});
    const auto fill = [&](const HeadAnswer& answer, int column) {
        setText(kEnergy, column + 1, number(answer.energy));
        setText(kProbability, column + 1, number(answer.maxProbability));
        for (std::size_t i = 0; i < answer.top.size(); ++i) {
            const ClassLogit& entry = answer.top[i];
            const int at = kFirstClass + static_cast<int>(i);
            setText(at, kName, QString::number(i + 1));
            setClass(at, column, entry.classIndex,
                     QString::fromStdString(inspection.className(entry.classIndex)),
                     label >= 0 && entry.classIndex == static_cast<std::size_t>(label));
            setText(at, column + 1, number(entry.logit));
        }
    };
    fill(explanation.dense, kDense);
    fill(explanation.masked, kMasked);
}

void AnswerTable::pick(const QModelIndex& index) {
    const QVariant classIndex = index.data(Qt::UserRole);
    if (classIndex.isValid()) emit classPicked(static_cast<std::size_t>(classIndex.toULongLong()));
}

}  // namespace dicescope
