#include "ui/panels/settings_section.h"

#include <QCheckBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>

#include "ui/panels/elided_label.h"
#include "ui/panels/file_choice.h"
#include "ui/panels/icons.h"
#include "ui/panels/panel_text.h"
#include "ui/panels/wheel_guard.h"

namespace dicescope {
namespace {

constexpr int kMostThreads = 1024;
constexpr int kLargestBatch = 65536;

QSpinBox* spinBox(const QString& objectName, int largest, const QString& zero, const QString& tip) {
    auto* box = new QSpinBox;
    box->setObjectName(objectName);
    box->setRange(0, largest);
    box->setSpecialValueText(zero);
    box->setToolTip(wrappedTip(tip));
    box->setKeyboardTracking(false);
    guardWheel(box);
    return box;
}

}  // namespace

struct SettingsSection::Impl {
    std::filesystem::path classes;
    ElidedLabel* className = nullptr;
    QPushButton* clearClasses = nullptr;
    QSpinBox* threads = nullptr;
    QSpinBox* batch = nullptr;
    QCheckBox* cache = nullptr;
    QCheckBox* reread = nullptr;
};

SettingsSection::SettingsSection(QWidget* parent) : QWidget(parent), impl_(std::make_unique<Impl>()) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    buildClasses(layout);
    buildExtraction(layout);
    setClasses({});
}

SettingsSection::~SettingsSection() = default;

void SettingsSection::buildClasses(QVBoxLayout* layout) {
    auto* caption = new QLabel(tr("Class names"));
    caption->setToolTip(
        wrappedTip(tr("A text file with one class name a line, in the order of the model's outputs. Needed "
                      "where the class folders "
                      "sort otherwise than the model's classes.")));
    auto* choose = new QPushButton(tr("Choose…"));
    choose->setObjectName(QStringLiteral("chooseClasses"));
    choose->setAccessibleName(tr("Choose the file of class names"));
    choose->setToolTip(caption->toolTip());
    impl_->clearClasses = new QPushButton(symbolicIcon(QStringLiteral("close")), {});
    impl_->clearClasses->setObjectName(QStringLiteral("clearClasses"));
    impl_->clearClasses->setAccessibleName(tr("Take the class names from the folders again"));
    impl_->clearClasses->setToolTip(impl_->clearClasses->accessibleName());
    impl_->clearClasses->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    impl_->className = new ElidedLabel;
    impl_->className->setObjectName(QStringLiteral("classesName"));
    connect(choose, &QPushButton::clicked, this, [this] {
        const FileQuestion question{FileQuestion::Kind::File, tr("Choose the File of Class Names"),
                                    tr("Text files (*.txt);;All files (*)")};
        askForFile(this, question, [this](const QStringList& paths) {
            setClasses(toPath(paths.first()));
            emit edited();
        });
    });
    connect(impl_->clearClasses, &QPushButton::clicked, this, [this] {
        setClasses({});
        emit edited();
    });

    auto* row = new QHBoxLayout;
    row->addWidget(caption, 1);
    row->addWidget(choose);
    row->addWidget(impl_->clearClasses);
    layout->addLayout(row);
    layout->addWidget(impl_->className);
}

void SettingsSection::buildExtraction(QVBoxLayout* layout) {
    impl_->threads = spinBox(QStringLiteral("threadsSpin"), kMostThreads, tr("All processors"),
                             tr("Threads that read images and compute features."));
    impl_->batch =
        spinBox(QStringLiteral("batchSpin"), kLargestBatch, tr("Measured"),
                tr("Images that pass through the model at once. Measured: the fastest on this machine, which "
                   "is remembered."));
    impl_->cache = new QCheckBox(tr("Keep features for next time"));
    impl_->cache->setObjectName(QStringLiteral("cacheCheck"));
    impl_->cache->setToolTip(
        wrappedTip(tr("Features are kept in the user's cache folder by the content of model and images, so "
                      "that the next run has "
                      "them at once.")));
    impl_->reread = new QCheckBox(tr("Read all image files again"));
    impl_->reread->setObjectName(QStringLiteral("rereadCheck"));
    impl_->reread->setToolTip(
        wrappedTip(tr("Reads and hashes every file whatever its times say; for disks whose file times cannot "
                      "be trusted.")));

    auto* form = new QFormLayout;
    form->addRow(tr("Threads"), impl_->threads);
    form->addRow(tr("Batch size"), impl_->batch);
    layout->addLayout(form);
    layout->addWidget(impl_->cache);
    layout->addWidget(impl_->reread);
    for (QSpinBox* box : {impl_->threads, impl_->batch})
        connect(box, &QSpinBox::valueChanged, this, &SettingsSection::edited);
    for (QCheckBox* box : {impl_->cache, impl_->reread})
        connect(box, &QCheckBox::clicked, this, &SettingsSection::edited);
}

void SettingsSection::load(const InputsConfig& inputs) {
    const QSignalBlocker threads(impl_->threads);
    const QSignalBlocker batch(impl_->batch);
    setClasses(inputs.classes);
    impl_->threads->setValue(static_cast<int>(inputs.extraction.threads));
    impl_->batch->setValue(static_cast<int>(inputs.extraction.batchSize));
    impl_->cache->setChecked(inputs.extraction.useCache);
    impl_->reread->setChecked(inputs.extraction.rereadFiles);
}

void SettingsSection::store(InputsConfig& inputs) const {
    inputs.classes = impl_->classes;
    inputs.extraction.threads = static_cast<unsigned>(impl_->threads->value());
    inputs.extraction.batchSize = static_cast<std::size_t>(impl_->batch->value());
    inputs.extraction.useCache = impl_->cache->isChecked();
    inputs.extraction.rereadFiles = impl_->reread->isChecked();
}

void SettingsSection::setClasses(const std::filesystem::path& path) {
    impl_->classes = path;
    impl_->className->setText(path.empty() ? tr("from the class folders") : fileNameOf(path));
    impl_->className->setToolTip(wrappedTip(fromPath(path)));
    impl_->clearClasses->setVisible(!path.empty());
}

}  // namespace dicescope
