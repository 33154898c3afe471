#include "ui/panels/model_card.h"

#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <array>

#include "ui/panels/elided_label.h"
#include "ui/panels/panel_text.h"

namespace dicescope {
namespace {

enum Fact { Head, Size, Parameters, Input, Producer, Device, Hash, FactCount };

QString sizeText(const HeadCandidate& head) {
    return QStringLiteral("%1 × %2").arg(countText(head.classes), countText(head.features));
}

QString inputText(const ClassifierInfo& info) {
    return QStringLiteral("%1 × %2 × %3").arg(info.channels).arg(info.height).arg(info.width);
}

QString deviceText(const ClassifierInfo& info) {
    const QString name =
        info.device == "cpu" ? ModelCard::tr("CPU") : QString::fromStdString(info.device).toUpper();
    return ModelCard::tr("%1, LibTorch %2").arg(name, QString::fromStdString(info.libtorch));
}

QString checkText(const ClassifierInfo& info) {
    const QString product = info.hasBias ? ModelCard::tr("W h + b") : ModelCard::tr("W h");
    if (info.probeDifference == 0)
        return ModelCard::tr("Checked: %1 is exactly the model's own output.").arg(product);
    return ModelCard::tr("Checked: %1 is the model's own output, to within %2 (outputs reach %3).")
        .arg(product, shortNumber(info.probeDifference), shortNumber(info.probeScale));
}

}  // namespace

struct ModelCard::Impl {
    std::array<QLabel*, FactCount> captions{};
    std::array<ElidedLabel*, FactCount> values{};
    QLabel* check = nullptr;
    QLabel* note = nullptr;
    QLabel* stale = nullptr;

    void setFact(Fact fact, const QString& text, const QString& tip = {}) {
        values[fact]->setText(text);
        values[fact]->setToolTip(wrappedTip(tip));
        captions[fact]->setVisible(!text.isEmpty());
        values[fact]->setVisible(!text.isEmpty());
    }
};

ModelCard::ModelCard(QWidget* parent) : QWidget(parent), impl_(std::make_unique<Impl>()) {
    struct Row {
        const char* name;
        QString caption;
        QString tip;
    };
    const std::array<Row, FactCount> rows = {
        Row{"modelHead", tr("Head"), tr("The last linear layer, whose weights DICE sparsifies.")},
        Row{"modelSize", tr("C × D"),
            tr("Size of the head: its classes (C) times the features that it reads (D).")},
        Row{"modelParameters", tr("Parameters"), tr("Number of values in all parameters of the model.")},
        Row{"modelInput", tr("Input"), tr("Channels × height × width of the images that go in.")},
        Row{"modelProducer", tr("Made with"), tr("What the file says of the program that wrote it.")},
        Row{"modelDevice", tr("Runs on"), tr("The device that computes the features.")},
        Row{"modelHash", tr("SHA-256"), {}}};
    auto* grid = new QGridLayout;
    grid->setColumnStretch(1, 1);
    grid->setVerticalSpacing(1);
    for (int i = 0; i < FactCount; ++i) {
        const auto at = static_cast<std::size_t>(i);
        impl_->captions[at] = new QLabel(rows[at].caption);
        impl_->captions[at]->setToolTip(wrappedTip(rows[at].tip));
        impl_->values[at] = new ElidedLabel;
        impl_->values[at]->setObjectName(QLatin1String(rows[at].name));
        grid->addWidget(impl_->captions[at], i, 0);
        grid->addWidget(impl_->values[at], i, 1);
    }
    const auto sentence = [this](const char* name) {
        auto* label = new QLabel(this);
        label->setObjectName(QLatin1String(name));
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        return label;
    };
    impl_->check = sentence("modelCheck");
    impl_->check->setToolTip(
        wrappedTip(tr("The head's weight W and bias b, applied to the features h of a probe batch, against "
                      "what the model itself "
                      "gives. A small difference means that the right layer was taken.")));
    impl_->note = sentence("modelNote");
    impl_->stale = sentence("modelStale");
    impl_->stale->setText(tr("Choices changed since; a run reads the model again."));

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(grid);
    layout->addWidget(impl_->check);
    layout->addWidget(impl_->note);
    layout->addWidget(impl_->stale);
    clear();
}

ModelCard::~ModelCard() = default;

void ModelCard::showInfo(const ClassifierInfo& info) {
    const QString head = QString::fromStdString(info.head.name);
    const QString hash = QString::fromStdString(info.sha256);
    impl_->setFact(Head, info.head.isConvolution ? tr("%1 (1×1 convolution)").arg(head) : head);
    impl_->setFact(Size, sizeText(info.head));
    impl_->setFact(Parameters, countText(info.parameters));
    impl_->setFact(Input, inputText(info));
    impl_->setFact(Producer, QString::fromStdString(info.producer));
    impl_->setFact(Device, deviceText(info));
    impl_->setFact(Hash, hash.size() > 12 ? hash.left(12) + QStringLiteral("…") : hash, hash);
    impl_->check->setText(checkText(info));
    impl_->note->setText(QString::fromStdString(info.note));
    impl_->note->setVisible(!info.note.empty());
    impl_->stale->hide();
    show();
}

void ModelCard::clear() {
    for (int i = 0; i < FactCount; ++i) impl_->setFact(static_cast<Fact>(i), {});
    impl_->check->clear();
    impl_->note->clear();
    hide();
}

void ModelCard::setStale(bool stale) {
    impl_->stale->setVisible(stale);
}

void ModelCard::setTheme(const Theme& theme) {
    QPalette faint = palette();
    faint.setColor(QPalette::WindowText, theme.faintText);
    for (QLabel* caption : impl_->captions) caption->setPalette(faint);
    impl_->stale->setPalette(faint);
}

}  // namespace dicescope
