#include "ui/panels/analysis_panel.h"

#include <QDragEnterEvent>
#include <QFormLayout>
#include <QFrame>
#include <QLabel>
#include <QMimeData>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QStyle>
#include <QUrl>
#include <QVBoxLayout>

#include "ui/panels/collapsible_section.h"
#include "ui/panels/drop_roles.h"
#include "ui/panels/input_check.h"
#include "ui/panels/model_section.h"
#include "ui/panels/panel_text.h"
#include "ui/panels/run_box.h"
#include "ui/panels/set_board.h"
#include "ui/panels/set_section.h"
#include "ui/panels/settings_section.h"
#include "ui/panels/source_field.h"
#include "ui/panels/wheel_guard.h"

namespace dicescope {
namespace {

constexpr int kMostNoiseImages = 1000000;

/// Whether features that were read for one are no longer those of the other.
bool changesFeatures(const InputsConfig& a, const InputsConfig& b) {
    return a.model != b.model || a.head != b.head || a.preprocess != b.preprocess || a.weight != b.weight ||
           a.bias != b.bias || a.extraction.device != b.extraction.device;
}

QLabel* heading(const QString& text) {
    auto* label = new QLabel(text);
    QFont bold = label->font();
    bold.setBold(true);
    label->setFont(bold);
    return label;
}

QFrame* separator() {
    auto* line = new QFrame;
    line->setFrameShape(QFrame::HLine);
    line->setFrameShadow(QFrame::Sunken);
    return line;
}

}  // namespace

struct AnalysisPanel::Impl {
    InputsConfig base;   // what the parts do not show
    InputsConfig shown;  // as last reported
    QString problem;
    QString setBeingRead;  // for people; empty before and after the sets
    int setsStarted = 0;
    int setsInRun = 0;

    InputCheck* check = nullptr;
    QScrollArea* scroll = nullptr;
    ModelSection* model = nullptr;
    QLabel* notes = nullptr;
    SetBoard sets;
    CollapsibleSection* validationFold = nullptr;
    QSpinBox* noise = nullptr;
    SettingsSection* settings = nullptr;
    RunBox* run = nullptr;

    void finishStates(bool failed) const;
    void showValidationTitle() const;
};

void AnalysisPanel::Impl::finishStates(bool failed) const {
    SetState unread;
    unread.kind = failed ? SetState::Kind::Failed : SetState::Kind::Idle;
    const bool marked = sets.replace(SetState::Kind::Reading, unread);
    sets.replace(SetState::Kind::Waiting, {});
    model->setReading(false);
    // Before the first set there is only the model that can fail.
    if (failed && !marked && setsStarted == 0) model->setFailed();
}

void AnalysisPanel::Impl::showValidationTitle() const {
    const int count = sets.validation->sets().rowCount() + (noise->value() > 0 ? 1 : 0);
    validationFold->setTitle(count == 0 ? AnalysisPanel::tr("Validation sets")
                                        : AnalysisPanel::tr("Validation sets (%1)").arg(count));
}

AnalysisPanel::AnalysisPanel(QWidget* parent) : QWidget(parent), impl_(std::make_unique<Impl>()) {
    setObjectName(QStringLiteral("analysisPanel"));
    setAccessibleName(tr("Analysis"));
    setAcceptDrops(true);
    impl_->check = new InputCheck(this);
    build();
    connectParts();
    setTheme(themeOf(palette()));
    setInputs({});
}

AnalysisPanel::~AnalysisPanel() = default;

void AnalysisPanel::build() {
    impl_->model = new ModelSection;
    impl_->notes = new QLabel;
    impl_->notes->setObjectName(QStringLiteral("notes"));
    impl_->notes->setAccessibleName(tr("Notes on the run"));
    impl_->notes->setTextFormat(Qt::PlainText);
    impl_->notes->setWordWrap(true);
    impl_->notes->hide();
    impl_->settings = new SettingsSection;
    impl_->run = new RunBox;

    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->addWidget(impl_->model);
    column->addWidget(impl_->notes);
    column->addWidget(separator());
    column->addWidget(buildSets());
    column->addWidget(buildValidation());
    column->addWidget(
        new CollapsibleSection(tr("Advanced"), QStringLiteral("advancedFold"), impl_->settings));
    column->addStretch();

    impl_->scroll = new QScrollArea;
    impl_->scroll->setObjectName(QStringLiteral("analysisScroll"));
    impl_->scroll->setWidget(content);
    impl_->scroll->setWidgetResizable(true);
    impl_->scroll->setFrameShape(QFrame::NoFrame);
    impl_->scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    impl_->scroll->setFocusPolicy(Qt::NoFocus);

    auto* foot = new QVBoxLayout;
    const int side = style()->pixelMetric(QStyle::PM_LayoutLeftMargin);
    foot->setContentsMargins(side, 4, side, 8);
    foot->addWidget(impl_->run);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(impl_->scroll, 1);
    layout->addWidget(separator());
    layout->addLayout(foot);
    setMinimumWidth(std::max(260, fontMetrics().averageCharWidth() * 36));
}

QWidget* AnalysisPanel::buildSets() {
    impl_->sets.idTrain = new SourceField(SetRole::IdTrain);
    impl_->sets.id = new SourceField(SetRole::Id);
    SetSection::Options options;
    options.role = SetRole::Ood;
    options.objectName = QStringLiteral("ood");
    options.accessibleName = tr("OOD sets");
    options.emptyHint = tr("none yet; add folders or drop them here");
    options.moveElsewhere = tr("Use as Validation Set");
    impl_->sets.ood = new SetSection(options);

    auto* ood = heading(tr("OOD sets"));
    ood->setToolTip(
        wrappedTip(tr("Out-of-distribution images: of kinds that the model does not know. The detector "
                      "should refuse these.")));
    auto* sets = new QWidget;
    auto* column = new QVBoxLayout(sets);
    column->setContentsMargins(0, 0, 0, 0);
    auto* id = heading(tr("In-distribution sets"));
    id->setToolTip(wrappedTip(tr("Images of the kinds that the model was trained on.")));
    column->addWidget(id);
    column->addWidget(impl_->sets.idTrain);
    column->addWidget(impl_->sets.id);
    column->addWidget(separator());
    column->addWidget(ood);
    column->addWidget(impl_->sets.ood);
    return sets;
}

QWidget* AnalysisPanel::buildValidation() {
    SetSection::Options options;
    options.role = SetRole::Validation;
    options.objectName = QStringLiteral("validation");
    options.accessibleName = tr("Validation sets");
    options.emptyHint =
        tr("OOD images that p may be chosen on and that are not reported. Add folders or drop them here.");
    options.moveElsewhere = tr("Use as OOD Set");
    impl_->sets.validation = new SetSection(options);
    impl_->noise = new QSpinBox;
    impl_->noise->setObjectName(QStringLiteral("noiseSpin"));
    impl_->noise->setAccessibleName(tr("Gaussian noise images"));
    impl_->noise->setRange(0, kMostNoiseImages);
    impl_->noise->setSingleStep(100);
    impl_->noise->setSpecialValueText(tr("none"));
    impl_->noise->setLocale(QLocale(QLocale::English, QLocale::UnitedStates));
    impl_->noise->setGroupSeparatorShown(true);
    impl_->noise->setKeyboardTracking(false);
    impl_->noise->setToolTip(wrappedTip(
        tr("So many images of Gaussian noise as one more validation set, as the authors of DICE choose p.")));
    guardWheel(impl_->noise);

    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(impl_->sets.validation);
    auto* form = new QFormLayout;
    form->addRow(tr("Noise images"), impl_->noise);
    column->addLayout(form);
    impl_->validationFold = new CollapsibleSection({}, QStringLiteral("validationFold"), content);
    impl_->showValidationTitle();
    return impl_->validationFold;
}

void AnalysisPanel::connectParts() {
    connect(impl_->model, &ModelSection::edited, this, &AnalysisPanel::edited);
    connect(impl_->settings, &SettingsSection::edited, this, &AnalysisPanel::edited);
    connect(impl_->noise, &QSpinBox::valueChanged, this, &AnalysisPanel::edited);
    for (SourceField* field : {impl_->sets.idTrain, impl_->sets.id})
        connect(field, &SourceField::edited, this, &AnalysisPanel::edited);
    connect(impl_->sets.idTrain, &SourceField::skippedRequested, this,
            [this] { emit skippedFilesRequested(SetRole::IdTrain, QStringLiteral("id-train")); });
    connect(impl_->sets.id, &SourceField::skippedRequested, this,
            [this] { emit skippedFilesRequested(SetRole::Id, QStringLiteral("id")); });

    const auto connectList = [this](SetSection* section, SetSection* other) {
        section->sets().setNamesElsewhere([other] { return other->sets().names(); });
        const SetRole role = section->sets().role();
        connect(section, &SetSection::edited, this, &AnalysisPanel::edited);
        connect(section, &SetSection::skippedRequested, this,
                [this, role](const QString& name) { emit skippedFilesRequested(role, name); });
        connect(section, &SetSection::moveElsewhereRequested, this, [this, other](const SetItem& item) {
            // As a set of another role it has to be read anew.
            other->sets().addItem({item.name, item.path, {}, {}});
            impl_->validationFold->setUnfolded(true);
        });
    };
    connectList(impl_->sets.ood, impl_->sets.validation);
    connectList(impl_->sets.validation, impl_->sets.ood);

    connect(impl_->run, &RunBox::runRequested, this, &AnalysisPanel::runRequested);
    connect(impl_->run, &RunBox::cancelRequested, this, &AnalysisPanel::cancelRequested);
    connect(impl_->check, &InputCheck::checked, this, [this](const QString& problem) {
        impl_->problem = problem;
        impl_->run->setProblem(problem);
    });
}

void AnalysisPanel::setInputs(const InputsConfig& inputs) {
    const QSignalBlocker noise(impl_->noise);
    impl_->base = inputs;
    impl_->model->load(inputs);
    impl_->settings->load(inputs);
    impl_->sets.idTrain->setPaths(inputs.idTrain, inputs.featureMean);
    impl_->sets.id->setPaths(inputs.id);
    impl_->sets.ood->sets().setSources(inputs.ood);
    impl_->sets.validation->sets().setSources(inputs.validation);
    impl_->noise->setValue(static_cast<int>(std::min<std::size_t>(inputs.noiseImages, kMostNoiseImages)));
    impl_->sets.setAll(SetState::Kind::Idle);
    impl_->notes->hide();
    impl_->showValidationTitle();
    impl_->validationFold->setUnfolded(!inputs.validation.empty() || inputs.noiseImages > 0);
    impl_->shown = this->inputs();
    checkProblem();
}

InputsConfig AnalysisPanel::inputs() const {
    InputsConfig inputs = impl_->base;
    impl_->model->store(inputs);
    impl_->settings->store(inputs);
    inputs.idTrain = impl_->sets.idTrain->path();
    inputs.featureMean = impl_->sets.idTrain->meanPath();
    inputs.id = impl_->sets.id->path();
    inputs.ood = impl_->sets.ood->sets().sources();
    inputs.validation = impl_->sets.validation->sets().sources();
    inputs.noiseImages = static_cast<std::size_t>(impl_->noise->value());
    return inputs;
}

void AnalysisPanel::setTheme(const Theme& theme) {
    impl_->model->setTheme(theme);
    impl_->sets.idTrain->setTheme(theme);
    impl_->sets.id->setTheme(theme);
    impl_->sets.ood->setTheme(theme);
    impl_->sets.validation->setTheme(theme);
    impl_->run->setTheme(theme);
}

QString AnalysisPanel::problem() const {
    return impl_->problem;
}

void AnalysisPanel::runStarted() {
    impl_->sets.setAll(SetState::Kind::Waiting);
    impl_->setsStarted = 0;
    impl_->setsInRun = impl_->sets.count() + (impl_->noise->value() > 0 ? 1 : 0);
    impl_->setBeingRead.clear();
    impl_->notes->hide();
    impl_->model->setReading(true);
    impl_->run->setRunning(true);
}

void AnalysisPanel::showProgress(const Progress& progress) {
    QString stage = QString::fromStdString(progress.stage);
    const bool reading = !impl_->setBeingRead.isEmpty();
    if (reading) {
        SetState state;
        state.kind = SetState::Kind::Reading;
        state.progress = progress;
        impl_->sets.replace(SetState::Kind::Reading, state);
        stage = tr("Reading %1 (%2 of %3)")
                    .arg(impl_->setBeingRead)
                    .arg(impl_->setsStarted)
                    .arg(impl_->setsInRun);
    }
    impl_->run->showProgress(stage, progress, reading);
}

void AnalysisPanel::modelLoaded(const ClassifierInfo& info) {
    impl_->model->modelLoaded(info);
}

void AnalysisPanel::setStarted(SetRole role, const QString& name) {
    impl_->model->setReading(false);
    SetState state;
    state.kind = SetState::Kind::Reading;
    impl_->sets.set(role, name, state);
    ++impl_->setsStarted;
    impl_->setBeingRead = name;
    if (role == SetRole::IdTrain) impl_->setBeingRead = tr("ID training images");
    if (role == SetRole::Id) impl_->setBeingRead = tr("ID test images");
    showProgress({});
}

void AnalysisPanel::setReady(const InputSet& set) {
    SetState state;
    state.kind = SetState::Kind::Ready;
    if (set.features) {
        state.images = set.features->size();
        state.skipped = set.features->skipped.size();
    }
    impl_->sets.set(set.role, QString::fromStdString(set.name), state);
    impl_->setBeingRead.clear();
}

void AnalysisPanel::runEnded(bool failed, const QStringList& notes) {
    impl_->finishStates(failed);
    impl_->setBeingRead.clear();
    impl_->notes->setText(notes.join(QLatin1String("\n\n")));
    impl_->notes->setVisible(!notes.isEmpty());
    impl_->run->setRunning(false);
    checkProblem();
}

bool AnalysisPanel::takeDropped(const QStringList& paths) {
    const DroppedInputs dropped = sortDropped(paths, inputs());
    if (dropped.isEmpty()) return false;
    {
        const QSignalBlocker model(impl_->model);
        const QSignalBlocker idTrain(impl_->sets.idTrain);
        const QSignalBlocker id(impl_->sets.id);
        const QSignalBlocker ood(impl_->sets.ood);
        if (!dropped.model.isEmpty()) impl_->model->chooseModel(toPath(dropped.model));
        if (!dropped.idTrain.isEmpty()) impl_->sets.idTrain->choose(toPath(dropped.idTrain));
        if (!dropped.id.isEmpty()) impl_->sets.id->choose(toPath(dropped.id));
        std::vector<std::filesystem::path> sets;
        for (const QString& path : dropped.ood) sets.push_back(toPath(path));
        impl_->sets.ood->sets().add(sets);
    }
    edited();
    return true;
}

void AnalysisPanel::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void AnalysisPanel::dropEvent(QDropEvent* event) {
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls()) {
        if (url.isLocalFile()) paths << url.toLocalFile();
    }
    if (takeDropped(paths)) event->acceptProposedAction();
}

void AnalysisPanel::edited() {
    const InputsConfig now = inputs();
    if (changesFeatures(now, impl_->shown) && !impl_->run->isRunning())
        impl_->sets.setAll(SetState::Kind::Idle);
    impl_->shown = now;
    impl_->showValidationTitle();
    checkProblem();
    emit inputsEdited();
}

void AnalysisPanel::checkProblem() {
    const InputsConfig now = inputs();
    impl_->problem = missingSentence(now);
    impl_->run->setProblem(impl_->problem);
    // Naming a thing is seen at once; whether it is there is asked of the disk.
    if (impl_->problem.isEmpty()) {
        impl_->check->check(now);
    } else {
        impl_->check->forget();
    }
}

}  // namespace dicescope
