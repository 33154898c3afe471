#include "ui/window/benchmark_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTimer>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <cstdlib>

#include "ui/panels/file_choice.h"
#include "ui/panels/panel_text.h"

namespace dicescope {
namespace {

/// A pause in typing after which the folder is looked into.
constexpr int kTypingMs = 300;

enum Column { Set, Found, Images, Expected, ColumnCount };

QString roleName(const BenchmarkSet& set) {
    switch (set.role) {
        case SetRole::IdTrain:
            return BenchmarkDialog::tr("%1 (ID training)").arg(QString::fromStdString(set.name));
        case SetRole::Id:
            return BenchmarkDialog::tr("%1 (ID test)").arg(QString::fromStdString(set.name));
        case SetRole::Ood:
        case SetRole::Validation:
            break;
    }
    return QString::fromStdString(set.name);
}

QString joined(const std::vector<std::string>& names) {
    QStringList list;
    for (const std::string& name : names) list << QString::fromStdString(name);
    return list.join(QStringLiteral(", "));
}

QHBoxLayout* withButton(QLineEdit* edit, QPushButton* button) {
    auto* row = new QHBoxLayout;
    row->addWidget(edit, 1);
    row->addWidget(button);
    return row;
}

/// What an analysis cannot do without.
bool isComplete(const BenchmarkPreset& preset, const LocatedBenchmark& located) {
    bool id = false;
    bool ood = false;
    for (std::size_t i = 0; i < preset.sets.size(); ++i) {
        if (!located.sets[i].found()) continue;
        id = id || preset.sets[i].role == SetRole::Id;
        ood = ood || preset.sets[i].role == SetRole::Ood;
    }
    return id && ood;
}

}  // namespace

BenchmarkDialog::BenchmarkDialog(QWidget* parent)
    : QDialog(parent),
      preset_(new QComboBox),
      react_(new QComboBox),
      root_(new QLineEdit),
      model_(new QLineEdit),
      expected_(new QLabel),
      sets_(new QTreeWidget),
      problem_(new QLabel),
      start_(new QPushButton(tr("&Set up"))),
      typing_(new QTimer(this)) {
    setObjectName("benchmarkDialog");
    setWindowTitle(tr("New analysis of a benchmark"));
    for (const BenchmarkPreset& each : benchmarkPresets())
        preset_->addItem(QString::fromStdString(each.title));
    buildForm();
    connect(preset_, qOverload<int>(&QComboBox::currentIndexChanged), this, &BenchmarkDialog::presetChanged);
    typing_->setSingleShot(true);
    typing_->setInterval(kTypingMs);
    connect(typing_, &QTimer::timeout, this, &BenchmarkDialog::ask);
    connect(root_, &QLineEdit::textChanged, this, [this] {
        located_.reset();
        refresh();
        typing_->start();
    });
    connect(model_, &QLineEdit::textChanged, this, &BenchmarkDialog::refresh);
    resize(fontMetrics().averageCharWidth() * 110, fontMetrics().height() * 30);
    presetChanged();
}

void BenchmarkDialog::buildForm() {
    preset_->setObjectName("benchmarkPreset");
    react_->setObjectName("benchmarkReact");
    react_->setToolTip(tr("ReAct clips the features; its authors drop fewer weights with it"));
    root_->setObjectName("benchmarkRoot");
    root_->setToolTip(tr("The folder that the archives of the benchmark were unpacked into"));
    model_->setObjectName("benchmarkModel");
    expected_->setWordWrap(true);
    problem_->setObjectName("benchmarkProblem");
    problem_->setWordWrap(true);
    auto* chooseRoot = new QPushButton(tr("Choose…"));
    auto* chooseFile = new QPushButton(tr("Choose…"));
    auto* form = new QFormLayout;
    form->addRow(tr("&Benchmark"), preset_);
    form->addRow(tr("&ReAct"), react_);
    form->addRow(tr("&Folder"), withButton(root_, chooseRoot));
    form->addRow(tr("&Model"), withButton(model_, chooseFile));
    form->addRow(QString(), expected_);
    sets_->setObjectName("benchmarkSets");
    sets_->setAccessibleName(tr("Sets of the benchmark"));
    sets_->setColumnCount(ColumnCount);
    sets_->setHeaderLabels({tr("Set"), tr("Folder"), tr("Images"), tr("Expected")});
    sets_->setRootIsDecorated(false);
    sets_->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    sets_->header()->setSectionResizeMode(Found, QHeaderView::Stretch);
    sets_->header()->setStretchLastSection(false);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    start_->setObjectName("benchmarkStart");
    start_->setDefault(true);
    buttons->addButton(start_, QDialogButtonBox::AcceptRole);
    auto* column = new QVBoxLayout(this);
    column->addLayout(form);
    column->addWidget(sets_, 1);
    column->addWidget(problem_);
    column->addWidget(buttons);
    connect(chooseRoot, &QPushButton::clicked, this, &BenchmarkDialog::chooseFolder);
    connect(chooseFile, &QPushButton::clicked, this, &BenchmarkDialog::chooseModel);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

const BenchmarkPreset& BenchmarkDialog::preset() const {
    return benchmarkPresets()[static_cast<std::size_t>(preset_->currentIndex())];
}

QString BenchmarkDialog::root() const {
    return root_->text();
}

QString BenchmarkDialog::model() const {
    return model_->text();
}

std::optional<std::size_t> BenchmarkDialog::react() const {
    return react_->currentIndex() > 0 ? std::optional(static_cast<std::size_t>(react_->currentIndex() - 1))
                                      : std::nullopt;
}

void BenchmarkDialog::presetChanged() {
    react_->clear();
    react_->addItem(tr("without, p = %1 %").arg(preset().p));
    for (const BenchmarkReact& each : preset().react)
        react_->addItem(tr("clip at %1, p = %2 %").arg(static_cast<double>(each.clip)).arg(each.p));
    react_->setEnabled(react_->count() > 1);
    expected_->setText(tr("Expected: %1 (C = %2, D = %3), as TorchScript.")
                           .arg(QString::fromStdString(preset().model.description))
                           .arg(preset().model.classes)
                           .arg(preset().model.features));
    ask();
}

void BenchmarkDialog::ask() {
    located_.reset();
    refresh();
    if (!root_->text().isEmpty()) emit locateRequested();
}

void BenchmarkDialog::setLocated(const LocatedBenchmark& located) {
    located_ = located;
    refresh();
}

void BenchmarkDialog::setProblem(const QString& problem) {
    located_.reset();
    refresh();
    problem_->setText(problem);
}

void BenchmarkDialog::refresh() {
    sets_->clear();
    for (std::size_t i = 0; i < preset().sets.size(); ++i) {
        const BenchmarkSet& set = preset().sets[i];
        auto* item = new QTreeWidgetItem(sets_);
        item->setText(Set, roleName(set));
        item->setToolTip(Set, QString::fromStdString(set.note));
        item->setText(Expected, countText(set.images));
        for (const int column : {Images, Expected}) item->setTextAlignment(column, Qt::AlignRight);
        if (!located_) continue;
        const LocatedSet& found = located_->sets[i];
        const QString tried = tr("Looked for: %1").arg(joined(found.tried));
        item->setText(Found, found.found() ? QString::fromStdString(found.folder.string()) : tr("not there"));
        item->setToolTip(Found, found.problem.empty() ? tried : QString::fromStdString(found.problem));
        if (!found.found()) continue;
        const auto more = difference(set, found);
        item->setText(Images, more == 0 ? countText(found.images)
                                        : tr("%1 (%2%3)")
                                              .arg(countText(found.images),
                                                   more > 0 ? QStringLiteral("+") : QStringLiteral("−"),
                                                   countText(static_cast<std::uint64_t>(std::abs(more)))));
    }
    const bool ready = located_ && isComplete(preset(), *located_);
    problem_->setText(located_ && !ready
                          ? tr("The ID test set and at least one OOD set are needed; point at a "
                               "missing folder to see which names were looked for.")
                          : QString());
    start_->setEnabled(ready && !model_->text().isEmpty());
}

void BenchmarkDialog::chooseFolder() {
    askForFile(this, {FileQuestion::Kind::Folder, tr("Folder of the benchmark"), {}},
               [this](const QStringList& paths) { root_->setText(paths.value(0)); });
}

void BenchmarkDialog::chooseModel() {
    askForFile(
        this,
        {FileQuestion::Kind::File, tr("Model"), tr("TorchScript models (*.pt *.pth *.ts);;All files (*)")},
        [this](const QStringList& paths) { model_->setText(paths.value(0)); });
}

}  // namespace dicescope
