#include "ui/panels/model_section.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>

#include "core/images/preprocess.h"
#include "ui/panels/choice_combo.h"
#include "ui/panels/elided_label.h"
#include "ui/panels/file_choice.h"
#include "ui/panels/model_card.h"
#include "ui/panels/more_button.h"
#include "ui/panels/panel_text.h"

namespace dicescope {
namespace {

// No path or preset can be called this.
const QString kFromFile = QStringLiteral("\nfile");

QString deviceName(const QString& device) {
    if (device == QLatin1String("cpu")) return ModelSection::tr("CPU");
    return device.toUpper();
}

}  // namespace

struct ModelSection::Impl {
    std::filesystem::path model;
    std::filesystem::path weight;
    std::filesystem::path bias;
    QString preprocess;  // to go back to where the file dialog is cancelled
    Theme theme;
    bool failed = false;
    bool known = false;  // whether the card shows this model

    ElidedLabel* name = nullptr;
    QLabel* state = nullptr;
    MoreButton* more = nullptr;
    QAction* biasAction = nullptr;
    QAction* removeAction = nullptr;
    ModelCard* card = nullptr;
    ChoiceCombo* head = nullptr;
    ChoiceCombo* preprocessing = nullptr;
    ChoiceCombo* device = nullptr;

    void resetHeads() {
        head->clear();
        head->addChoice(ModelSection::tr("Automatic"), {});
    }
};

ModelSection::ModelSection(QWidget* parent) : QWidget(parent), impl_(std::make_unique<Impl>()) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    buildFile(layout);
    buildChoices(layout);
    showFile();
}

ModelSection::~ModelSection() = default;

void ModelSection::buildFile(QVBoxLayout* layout) {
    auto* caption = new QLabel(tr("Model"));
    QFont bold = caption->font();
    bold.setBold(true);
    caption->setFont(bold);
    auto* choose = new QPushButton(tr("Choose…"));
    choose->setObjectName(QStringLiteral("chooseModel"));
    choose->setAccessibleName(tr("Choose the model"));
    choose->setToolTip(wrappedTip(tr(
        "An image classifier saved as TorchScript (torch.jit.save). Its last linear layer is found in it.")));
    connect(choose, &QPushButton::clicked, this, [this] { askFor(Wanted::Model); });
    impl_->more = new MoreButton(QStringLiteral("modelMenu"), tr("Other ways to give the head"));
    fillMenu();

    impl_->name = new ElidedLabel;
    impl_->name->setObjectName(QStringLiteral("modelName"));
    impl_->state = new QLabel;
    impl_->state->setObjectName(QStringLiteral("modelState"));
    impl_->state->setWordWrap(true);
    impl_->card = new ModelCard;

    auto* row = new QHBoxLayout;
    row->addWidget(caption, 1);
    row->addWidget(choose);
    row->addWidget(impl_->more);
    layout->addLayout(row);
    layout->addWidget(impl_->name);
    layout->addWidget(impl_->state);
    layout->addWidget(impl_->card);
}

void ModelSection::buildChoices(QVBoxLayout* layout) {
    impl_->head = new ChoiceCombo(
        QStringLiteral("headCombo"), tr("Head"),
        tr("The linear layer that is taken as the classification head. Automatic: the one found "
           "in the model. Others are offered once the model was read."));
    impl_->resetHeads();
    impl_->preprocessing = new ChoiceCombo(
        QStringLiteral("preprocessCombo"), tr("Preprocessing"),
        tr("How an image becomes the model's input: size, crop and normalisation. Must be that of the "
           "model's training. Feature files know theirs."));
    impl_->preprocessing->addChoice(tr("As feature files say"), {});
    for (const std::string& preset : preprocessPresetNames())
        impl_->preprocessing->addChoice(QString::fromStdString(preset), QString::fromStdString(preset));
    impl_->preprocessing->addChoice(tr("File…"), kFromFile);
    impl_->device =
        new ChoiceCombo(QStringLiteral("deviceCombo"), tr("Device"),
                        tr("What computes the features. Automatic takes a CUDA device where there is one."));
    impl_->device->addChoice(tr("Automatic"), QStringLiteral("auto"));
    impl_->device->addChoice(deviceName(QStringLiteral("cpu")), QStringLiteral("cpu"));

    connect(impl_->head, &ChoiceCombo::chosen, this, &ModelSection::choiceEdited);
    connect(impl_->device, &ChoiceCombo::chosen, this, &ModelSection::choiceEdited);
    connect(impl_->preprocessing, &ChoiceCombo::chosen, this, [this](const QString& value) {
        if (value == kFromFile) {
            impl_->preprocessing->setValue(impl_->preprocess, {});
            askForPreprocess();
        } else if (value != impl_->preprocess) {
            impl_->preprocess = value;
            choiceEdited();
        }
    });

    auto* form = new QFormLayout;
    form->setRowWrapPolicy(QFormLayout::DontWrapRows);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(tr("Head"), impl_->head);
    form->addRow(tr("Preprocessing"), impl_->preprocessing);
    form->addRow(tr("Device"), impl_->device);
    layout->addLayout(form);
}

void ModelSection::fillMenu() {
    QMenu* menu = impl_->more->menu();
    menu->addAction(tr("Model File…"), this, [this] { askFor(Wanted::Model); });
    menu->addAction(tr("Use a Head from .npy: Weight…"), this, [this] { askFor(Wanted::Weight); })
        ->setObjectName(QStringLiteral("chooseWeight"));
    impl_->biasAction =
        menu->addAction(tr("Bias of That Head from .npy…"), this, [this] { askFor(Wanted::Bias); });
    impl_->biasAction->setObjectName(QStringLiteral("chooseBias"));
    menu->addSeparator();
    impl_->removeAction = menu->addAction(tr("Remove"), this, [this] { take(Wanted::Model, {}); });
    impl_->removeAction->setObjectName(QStringLiteral("removeModel"));
}

void ModelSection::load(const InputsConfig& inputs) {
    if (inputs.model != impl_->model) {
        impl_->known = false;
        impl_->resetHeads();
    }
    impl_->model = inputs.model;
    impl_->weight = inputs.weight;
    impl_->bias = inputs.bias;
    const QString head = QString::fromStdString(inputs.head);
    impl_->head->setValue(head, head);
    impl_->preprocess = QString::fromStdString(inputs.preprocess);
    impl_->preprocessing->setValue(impl_->preprocess, fileNameOf(toPath(impl_->preprocess)));
    const QString device = QString::fromStdString(inputs.extraction.device);
    impl_->device->setValue(device, deviceName(device));
    showFile();
}

void ModelSection::store(InputsConfig& inputs) const {
    inputs.model = impl_->model;
    inputs.weight = impl_->weight;
    inputs.bias = impl_->bias;
    inputs.head = impl_->head->value().toStdString();
    inputs.preprocess = impl_->preprocess.toStdString();
    inputs.extraction.device = impl_->device->value().toStdString();
}

void ModelSection::chooseModel(const std::filesystem::path& path) {
    take(Wanted::Model, path);
}

void ModelSection::take(Wanted wanted, const std::filesystem::path& path) {
    if (wanted == Wanted::Bias) {
        impl_->bias = path;
    } else {
        impl_->model = wanted == Wanted::Model ? path : std::filesystem::path();
        impl_->weight = wanted == Wanted::Weight ? path : std::filesystem::path();
        impl_->bias.clear();
        impl_->resetHeads();
    }
    impl_->known = false;
    showFile();
    emit edited();
}

void ModelSection::modelLoaded(const ClassifierInfo& info) {
    const QString chosen = impl_->head->value();
    impl_->resetHeads();
    for (const HeadCandidate& candidate : info.candidates) {
        const QString name = QString::fromStdString(candidate.name);
        impl_->head->addChoice(
            tr("%1 (%2 × %3)").arg(name, countText(candidate.classes), countText(candidate.features)), name);
    }
    impl_->head->setValue(chosen, chosen);
    if (info.device != "cpu") {
        const QString device = QString::fromStdString(info.device);
        if (impl_->device->findData(device) < 0) impl_->device->addChoice(deviceName(device), device);
    }
    impl_->known = true;
    impl_->card->showInfo(info);
    setState({}, false);
}

void ModelSection::setReading(bool reading) {
    setState(reading ? tr("reading the model") : QString(), false);
}

void ModelSection::setFailed() {
    setState(tr("could not be read"), true);
}

void ModelSection::setTheme(const Theme& theme) {
    impl_->theme = theme;
    impl_->card->setTheme(theme);
    setState(impl_->state->text(), impl_->failed);
}

void ModelSection::askFor(Wanted wanted) {
    FileQuestion question;
    switch (wanted) {
        case Wanted::Model:
            question.title = tr("Choose a Model");
            question.filter = tr("TorchScript models (*.pt *.pth *.ts);;All files (*)");
            break;
        case Wanted::Weight:
            question.title = tr("Choose the Head's Weight (C × D)");
            question.filter = tr("NumPy arrays (*.npy);;All files (*)");
            break;
        case Wanted::Bias:
            question.title = tr("Choose the Head's Bias (C)");
            question.filter = tr("NumPy arrays (*.npy);;All files (*)");
            break;
    }
    askForFile(this, question,
               [this, wanted](const QStringList& paths) { take(wanted, toPath(paths.first())); });
}

void ModelSection::askForPreprocess() {
    FileQuestion question;
    question.title = tr("Choose a Preprocessing File");
    question.filter = tr("JSON files (*.json);;All files (*)");
    askForFile(this, question, [this](const QStringList& paths) {
        impl_->preprocess = paths.first();
        impl_->preprocessing->setValue(impl_->preprocess, fileNameOf(toPath(impl_->preprocess)));
        choiceEdited();
    });
}

void ModelSection::showFile() {
    const bool weight = impl_->model.empty() && !impl_->weight.empty();
    const auto& shown = weight ? impl_->weight : impl_->model;
    QString text = shown.empty() ? QString() : fileNameOf(shown);
    QString tip = fromPath(shown);
    if (weight) {
        text = tr("W: %1").arg(text);
        if (!impl_->bias.empty()) {
            text = tr("%1, b: %2").arg(text, fileNameOf(impl_->bias));
            tip = tr("%1; bias: %2").arg(tip, fromPath(impl_->bias));
        }
    }
    impl_->name->setText(text);
    impl_->name->setToolTip(wrappedTip(tip));
    impl_->name->setVisible(!text.isEmpty());
    impl_->biasAction->setEnabled(weight);
    impl_->removeAction->setEnabled(!shown.empty());
    impl_->head->setEnabled(!weight);
    if (!impl_->known) impl_->card->clear();
    QString state;
    if (shown.empty()) {
        state = tr("none yet; choose or drop a TorchScript file");
    } else if (weight) {
        state = tr("A head alone: all sets have to be feature files.");
    }
    setState(state, false);
}

void ModelSection::setState(const QString& text, bool failed) {
    impl_->failed = failed;
    impl_->state->setText(text);
    impl_->state->setVisible(!text.isEmpty());
    QPalette words = palette();
    words.setColor(QPalette::WindowText, failed ? impl_->theme.worse : impl_->theme.faintText);
    impl_->state->setPalette(words);
}

void ModelSection::choiceEdited() {
    if (impl_->known) impl_->card->setStale(true);
    emit edited();
}

}  // namespace dicescope
