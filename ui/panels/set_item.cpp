#include "ui/panels/set_item.h"

#include <QCoreApplication>
#include <array>

#include "core/analysis/inputs.h"
#include "ui/panels/panel_text.h"

namespace dicescope {
namespace {

struct SetText {
    Q_DECLARE_TR_FUNCTIONS(SetText)
};

bool isReserved(const QString& name) {
    // As checkInputs(): names that results use for something else.
    return name == QLatin1String("average") || name == QLatin1String("id") ||
           name == QLatin1String("id-train") || name.toStdString() == kNoiseSetName;
}

}  // namespace

QString stateText(const SetItem& item) {
    switch (item.state.kind) {
        case SetState::Kind::Idle:
            return fromPath(item.path);
        case SetState::Kind::Waiting:
            return SetText::tr("waiting");
        case SetState::Kind::Reading: {
            const QString text = progressText(item.state.progress, true);
            return text.isEmpty() ? SetText::tr("reading") : text;
        }
        case SetState::Kind::Ready:
            return imagesText(item.state.images);
        case SetState::Kind::Failed:
            return SetText::tr("could not be read");
    }
    return {};
}

QString skippedText(const SetState& state) {
    if (state.kind != SetState::Kind::Ready || state.skipped == 0) return {};
    return SetText::tr("%1 skipped").arg(countText(state.skipped));
}

double readShare(const SetState& state) {
    if (state.progress.total == 0) return -1;
    return static_cast<double>(state.progress.done) / static_cast<double>(state.progress.total);
}

QString uniqueSetName(const QString& wanted, const QStringList& taken) {
    const QString base = wanted.trimmed().isEmpty() ? QStringLiteral("set") : wanted.trimmed();
    QString name = base;
    for (int i = 2; !setNameProblem(name, taken).isEmpty(); ++i)
        name = QStringLiteral("%1-%2").arg(base).arg(i);
    return name;
}

QString setNameFor(const std::filesystem::path& path, const QStringList& taken) {
    QString name = fileNameOf(path);
    if (isFeatureFileName(name)) name.truncate(name.lastIndexOf(QLatin1Char('.')));
    return uniqueSetName(name.remove(QLatin1Char('/')), taken);
}

QString setNameProblem(const QString& name, const QStringList& taken) {
    if (name.trimmed().isEmpty()) return SetText::tr("A set needs a name.");
    if (isReserved(name))
        return SetText::tr("A set cannot be called '%1', which results use; choose another name.").arg(name);
    if (taken.contains(name))
        return SetText::tr("Another set is called '%1'; give each a name of its own.").arg(name);
    return {};
}

}  // namespace dicescope
