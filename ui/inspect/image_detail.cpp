#include "ui/inspect/image_detail.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QScrollArea>
#include <QSlider>
#include <QStackedLayout>
#include <QUrl>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "core/explain/colour_range.h"
#include "ui/inspect/answer_table.h"
#include "ui/inspect/image_charts.h"
#include "ui/inspect/image_picture.h"
#include "ui/inspect/inspect_charts.h"
#include "ui/panels/choice_combo.h"
#include "ui/panels/elided_label.h"
#include "ui/panels/icons.h"
#include "ui/panels/panel_text.h"
#include "ui/panels/swatch.h"
#include "ui/plots/chart_view.h"

namespace dicescope {
namespace {

constexpr int kOpacityPercent = 70;

QString number(double value) {
    return QLocale::c().toString(value, 'f', 2);
}

QString changeText(const QString& before, const QString& after) {
    return before == after ? before : before + QStringLiteral(" → ") + after;
}

QPushButton* iconButton(const char* name, const char* icon, const QString& purpose, QWidget* parent) {
    auto* button = new QPushButton(symbolicIcon(QLatin1String(icon)), {}, parent);
    button->setObjectName(QLatin1String(name));
    button->setAccessibleName(purpose);
    button->setToolTip(purpose);
    button->setFlat(true);
    return button;
}

/// The same range for all three maps, so that they can be compared.
double rangeOf(const ActivationMaps& maps) {
    std::vector<double> values;
    for (const Matrix<float>* map : {&maps.dense, &maps.kept, &maps.difference}) {
        for (const float value : map->view().flat()) {
            if (std::isfinite(value)) values.push_back(static_cast<double>(value));
        }
    }
    return symmetricRange(std::move(values));
}

}  // namespace

struct ImageDetail::Impl {
    explicit Impl(ImageDetail& owner) : detail(owner) {}

    void build();
    QWidget* fileRow();
    QWidget* overlayRow();
    void connectParts();
    void forgetImage();
    void showFacts();
    void showOverlay();
    [[nodiscard]] QString imageName() const;
    [[nodiscard]] QString captionOf(MapOverlay which) const;
    void setTextColour(QLabel* label, const QColor& colour) const;

    ImageDetail& detail;
    ImageList list;
    std::optional<std::uint32_t> record;
    QString file;
    std::optional<ActivationMaps> maps;
    std::size_t mapsRow = 0;
    bool mapsFailed = false;
    std::vector<std::vector<std::optional<std::size_t>>> units;  // of the waterfall's bars
    Theme theme;

    QStackedLayout* pages = nullptr;
    Swatch* swatch = nullptr;
    ElidedLabel* path = nullptr;
    QPushButton* copy = nullptr;
    QPushButton* folder = nullptr;
    QLabel* classes = nullptr;
    QLabel* scores = nullptr;
    ImagePicture* picture = nullptr;
    ChoiceCombo* overlay = nullptr;
    QSlider* opacity = nullptr;
    QLabel* mapText = nullptr;
    AnswerTable* answers = nullptr;
    ChartView* waterfall = nullptr;
};

ImageDetail::ImageDetail(QWidget* parent) : QWidget(parent), impl_(std::make_unique<Impl>(*this)) {
    setObjectName(QStringLiteral("imageDetail"));
    impl_->build();
    impl_->connectParts();
    setTheme(themeOf(palette()));
    impl_->forgetImage();
}

ImageDetail::~ImageDetail() = default;

QWidget* ImageDetail::Impl::fileRow() {
    auto* row = new QWidget(&detail);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    swatch = new Swatch(row);
    path = new ElidedLabel(row);
    path->setObjectName(QStringLiteral("imagePathLabel"));
    copy = iconButton("copyImagePathButton", "copy", tr("Copy the path of the file"), row);
    folder = iconButton("openImageFolderButton", "folder", tr("Open the folder of the file"), row);
    layout->addWidget(swatch);
    layout->addWidget(path, 1);
    layout->addWidget(copy);
    layout->addWidget(folder);
    return row;
}

QWidget* ImageDetail::Impl::overlayRow() {
    auto* row = new QWidget(&detail);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    overlay = new ChoiceCombo(QStringLiteral("overlayCombo"), tr("Activation map"),
                              tr("Where in the image the evidence for the class lies: at every position the "
                                 "sum over the units of weight "
                                 "times activation in the last feature map before pooling (class activation "
                                 "map). Its mean is the class's "
                                 "logit without the bias."),
                              row);
    const auto add = [this](const QString& text, MapOverlay which) {
        overlay->addChoice(text, QString::number(static_cast<int>(which)));
    };
    add(tr("no map"), MapOverlay::None);
    add(tr("dense weights"), MapOverlay::Dense);
    add(tr("kept weights"), MapOverlay::Kept);
    add(tr("difference (dropped)"), MapOverlay::Difference);
    auto* name = new QLabel(tr("Map"), row);
    name->setBuddy(overlay);
    opacity = new QSlider(Qt::Horizontal, row);
    opacity->setObjectName(QStringLiteral("opacitySlider"));
    opacity->setAccessibleName(tr("Opacity of the map"));
    opacity->setToolTip(tr("Opacity of the map"));
    opacity->setRange(0, 100);
    opacity->setPageStep(10);
    opacity->setValue(kOpacityPercent);
    layout->addWidget(name);
    layout->addWidget(overlay, 2);
    layout->addWidget(opacity, 1);
    return row;
}

void ImageDetail::Impl::build() {
    auto* hint = new QLabel(tr("Select an image to see what the two heads make of it."), &detail);
    hint->setObjectName(QStringLiteral("noImageLabel"));
    hint->setAlignment(Qt::AlignCenter);
    hint->setWordWrap(true);

    auto* content = new QWidget(&detail);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(4, 0, 0, 0);
    column->addWidget(fileRow());
    for (auto [label, name] : {std::pair{&classes, "imageClassesLabel"}, {&scores, "imageScoresLabel"}}) {
        *label = new QLabel(content);
        (*label)->setObjectName(QLatin1String(name));
        (*label)->setTextFormat(Qt::PlainText);
        (*label)->setWordWrap(true);
        column->addWidget(*label);
    }
    picture = new ImagePicture(content);
    picture->setOpacity(kOpacityPercent / 100.0);
    mapText = new QLabel(content);
    mapText->setObjectName(QStringLiteral("mapTextLabel"));
    mapText->setTextFormat(Qt::PlainText);
    mapText->setWordWrap(true);
    answers = new AnswerTable(content);
    waterfall = new ChartView(tr("Contributions"), content);
    waterfall->setObjectName(QStringLiteral("waterfallChart"));
    waterfall->setMinimumHeight(detail.fontMetrics().height() * 10);
    column->addWidget(picture, 3);
    column->addWidget(overlayRow());
    column->addWidget(mapText);
    column->addWidget(answers);
    column->addWidget(waterfall, 2);

    auto* scroll = new QScrollArea(&detail);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(content);
    pages = new QStackedLayout(&detail);
    pages->addWidget(hint);
    pages->addWidget(scroll);
}

void ImageDetail::Impl::connectParts() {
    connect(copy, &QPushButton::clicked, &detail, [this] { QGuiApplication::clipboard()->setText(file); });
    connect(folder, &QPushButton::clicked, &detail,
            [this] { QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(file).absolutePath())); });
    connect(overlay, &ChoiceCombo::chosen, &detail, [this] {
        showOverlay();
        emit detail.overlayChosen(detail.overlay());
    });
    connect(opacity, &QSlider::valueChanged, picture,
            [this](int percent) { picture->setOpacity(percent / 100.0); });
    connect(answers, &AnswerTable::classPicked, &detail, &ImageDetail::classPicked);
    connect(waterfall, &ChartView::pointPicked, &detail, [this](std::size_t series, std::size_t point) {
        if (series >= units.size() || point >= units[series].size()) return;
        if (const auto unit = units[series][point]) emit detail.unitPicked(*unit);
    });
}

void ImageDetail::Impl::forgetImage() {
    picture->setText(tr("Reading the image …"));
    answers->clearAnswers();
    waterfall->setData({});
    waterfall->setEmptyText(tr("Computing …"));
    units.clear();
    maps.reset();
    mapsFailed = false;
    mapText->clear();
    showOverlay();
}

void ImageDetail::Impl::setTextColour(QLabel* label, const QColor& colour) const {
    QPalette palette = detail.palette();
    palette.setColor(QPalette::WindowText, colour);
    label->setPalette(palette);
}

void ImageDetail::Impl::showFacts() {
    const Inspection& inspection = *list.inspection;
    const ImageRecord& image = list.record(*record);
    file = fromPath(imageFile(inspection, image));
    swatch->setColour(image.inDistribution ? theme.id : theme.ood(static_cast<int>(image.set) - 1), false);
    swatch->setToolTip(setTitle(list, image));
    path->setText(file.isEmpty() ? imageName() : file);
    copy->setEnabled(!file.isEmpty());
    folder->setEnabled(!file.isEmpty());
    QString words =
        tr("%1 · predicted: %2").arg(setTitle(list, image), classTitle(inspection, image.predicted));
    if (image.label >= 0) words += tr(" · is: %1").arg(classTitle(inspection, image.label));
    classes->setText(words);
    const auto verdict = [](bool accepted) { return accepted ? tr("accepted") : tr("rejected"); };
    scores->setText(tr("%1 %2 · threshold %3 · %4")
                        .arg(rankingScoreTitle(inspection.exploration->view.score),
                             changeText(number(static_cast<double>(image.dense)),
                                        number(static_cast<double>(image.atLevel))),
                             changeText(number(list.table->threshold(ScoreSide::Dense)),
                                        number(list.table->threshold(ScoreSide::AtLevel))),
                             changeText(verdict(image.acceptedDense), verdict(image.acceptedAtLevel))));
    scores->setToolTip(wrappedTip(tr("From the dense head to %1.").arg(rowLabel(inspection, list.row))));
    const AcceptanceMark mark = acceptanceMark(image, ScoreSide::AtLevel);
    setTextColour(scores, mark.wrong ? theme.worse : mark.text.isEmpty() ? theme.text : theme.best);
}

QString ImageDetail::Impl::imageName() const {
    const ImageRecord& image = list.record(*record);
    return tr("%1, image %2").arg(setTitle(list, image)).arg(image.row + 1);
}

/// Which map of which image: what is read elsewhere on screen.
QString ImageDetail::Impl::captionOf(MapOverlay which) const {
    if (!record) return {};
    QString name = file.isEmpty() ? imageName()
                                  : setTitle(list, list.record(*record)) + ' ' + QFileInfo(file).fileName();
    if (!maps || which == MapOverlay::None) return name;
    const QString row = rowLabel(*list.inspection, mapsRow);
    const QString weights = which == MapOverlay::Dense  ? tr("dense weights")
                            : which == MapOverlay::Kept ? tr("weights kept at %1").arg(row)
                                                        : tr("what is dropped at %1").arg(row);
    return tr("%1 · map of %2, %3")
        .arg(name, classTitle(*list.inspection, static_cast<std::int32_t>(maps->classIndex)), weights);
}

void ImageDetail::Impl::showOverlay() {
    const MapOverlay which = detail.overlay();
    picture->setCaption(captionOf(which));
    opacity->setEnabled(which != MapOverlay::None && maps.has_value());
    if (!maps || which == MapOverlay::None) {
        picture->setMap(std::nullopt, 1);
        if (maps) mapText->clear();
        mapText->setVisible(which != MapOverlay::None && !mapText->text().isEmpty());
        return;
    }
    const Matrix<float>& map = which == MapOverlay::Dense  ? maps->dense
                               : which == MapOverlay::Kept ? maps->kept
                                                           : maps->difference;
    picture->setMap(map, rangeOf(*maps));
    mapText->setText(
        tr("Map of %1. Sum check: its mean is %2 dense and %3 kept, the contributions are %4 and %5 "
           "(off by %6).")
            .arg(classTitle(*list.inspection, static_cast<std::int32_t>(maps->classIndex)),
                 QLocale::c().toString(maps->denseMean, 'f', 4),
                 QLocale::c().toString(maps->keptMean, 'f', 4),
                 QLocale::c().toString(maps->denseContribution, 'f', 4),
                 QLocale::c().toString(maps->keptContribution, 'f', 4),
                 QLocale::c().toString(maps->checkError(), 'g', 2)));
    setTextColour(mapText, theme.faintText);
    mapText->show();
}

void ImageDetail::setImage(const ImageList& list, std::optional<std::uint32_t> record) {
    const bool same = record && record == impl_->record && list.inspection && impl_->list.inspection &&
                      list.inspection->inputs == impl_->list.inspection->inputs;
    if (!list.inspection || !list.table || !record || *record >= list.table->records().size()) record.reset();
    impl_->list = list;
    impl_->record = record;
    if (!same) impl_->forgetImage();
    impl_->pages->setCurrentIndex(record ? 1 : 0);
    if (!record) return;
    impl_->showFacts();
    impl_->picture->setCaption(impl_->captionOf(overlay()));
}

void ImageDetail::setPicture(const QImage& picture) {
    impl_->picture->setImage(picture);
}

void ImageDetail::setPictureError(const QString& reason) {
    impl_->picture->setText(reason);
}

void ImageDetail::setNumbers(const ImageNumbers& numbers) {
    if (!impl_->record) return;
    const Inspection& inspection = *numbers.inspection;
    impl_->answers->show(inspection, numbers.row, numbers.explanation,
                         impl_->list.record(*impl_->record).label);
    WaterfallChart chart = waterfallChart(
        numbers.waterfall, classTitle(inspection, static_cast<std::int32_t>(numbers.waterfall.classIndex)));
    impl_->units = std::move(chart.units);
    impl_->waterfall->setData(std::move(chart.data));
}

void ImageDetail::setNumbersError(const QString& reason) {
    impl_->answers->clearAnswers();
    impl_->units.clear();
    impl_->waterfall->setData({});
    impl_->waterfall->setEmptyText(reason);
}

void ImageDetail::setMaps(const ActivationMaps& maps, std::size_t row) {
    impl_->maps = maps;
    impl_->mapsRow = row;
    impl_->mapsFailed = false;
    impl_->showOverlay();
}

void ImageDetail::setMapsText(const QString& text, bool isError) {
    impl_->maps.reset();
    impl_->mapsFailed = isError;
    impl_->mapText->setText(text);
    impl_->setTextColour(impl_->mapText, isError ? impl_->theme.worse : impl_->theme.faintText);
    impl_->showOverlay();
}

void ImageDetail::setTheme(const Theme& theme) {
    impl_->theme = theme;
    impl_->waterfall->setTheme(theme);
    impl_->setTextColour(impl_->mapText, impl_->mapsFailed ? theme.worse : theme.faintText);
    if (impl_->record) impl_->showFacts();
}

MapOverlay ImageDetail::overlay() const {
    return static_cast<MapOverlay>(impl_->overlay->value().toInt());
}

ImagePicture& ImageDetail::picture() const {
    return *impl_->picture;
}

ChartView& ImageDetail::waterfall() const {
    return *impl_->waterfall;
}

}  // namespace dicescope
