#include "ui/panels/drop_roles.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

#include "ui/panels/panel_text.h"

namespace dicescope {
namespace {

bool isModel(const QString& path) {
    for (const char* suffix : {".pt", ".pth", ".ts"}) {
        if (path.endsWith(QLatin1String(suffix), Qt::CaseInsensitive)) return true;
    }
    return false;
}

bool isSet(const QString& path) {
    return isFeatureFileName(path) || QFileInfo(path).isDir();
}

/// Whether the last part of the path has that word as a part of its own: "id-train", "train4k", not
/// "constrained".
bool says(const QString& path, const char* word) {
    const QRegularExpression part(QStringLiteral("(^|[^a-z])%1([^a-z]|$)").arg(QLatin1String(word)),
                                  QRegularExpression::CaseInsensitiveOption);
    return fileNameOf(toPath(path)).contains(part);
}

bool saysTest(const QString& path) {
    return says(path, "test") || says(path, "val");
}

/// Takes the first of `sets` that fits into an empty slot.
template <class Fits>
void fill(QString& slot, bool open, QStringList& sets, const Fits& fits) {
    if (!open || !slot.isEmpty()) return;
    for (qsizetype i = 0; i < sets.size(); ++i) {
        if (fits(sets[i])) {
            slot = sets.takeAt(i);
            return;
        }
    }
}

}  // namespace

DroppedInputs sortDropped(const QStringList& paths, const InputsConfig& inputs) {
    DroppedInputs dropped;
    QStringList sets;
    for (const QString& path : paths) {
        const QString clean = QDir::cleanPath(path);
        if (isModel(clean) && !QFileInfo(clean).isDir()) {
            dropped.model = clean;
        } else if (isSet(clean)) {
            sets << clean;
        }
    }
    const bool wantsTrain = inputs.idTrain.empty() && inputs.featureMean.empty();
    const bool wantsId = inputs.id.empty();
    fill(dropped.idTrain, wantsTrain, sets,
         [](const QString& path) { return says(path, "train") && !says(path, "ood"); });
    fill(dropped.id, wantsId, sets, [](const QString& path) { return saysTest(path) && !says(path, "ood"); });
    const auto open = [](const QString& path) { return !says(path, "ood"); };
    fill(dropped.idTrain, wantsTrain, sets, open);
    fill(dropped.id, wantsId, sets, open);
    dropped.ood = sets;
    return dropped;
}

}  // namespace dicescope
