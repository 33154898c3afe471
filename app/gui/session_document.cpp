#include "app/gui/session_document.h"

#include <QFileInfo>
#include <utility>

namespace dicescope {
namespace {

std::filesystem::path toPath(const QString& path) {
    return path.toStdString();
}

}  // namespace

SessionDocument::SessionDocument(QObject* parent)
    : QObject(parent), session_(defaultSession()), saved_(toJson(session_, "/")) {}

void SessionDocument::adopt(Session session, const QString& path) {
    session_ = std::move(session);
    path_ = path;
    saved_ = toJson(session_, "/");
    changed_ = false;
    emit titleOrChangeMoved();
}

void SessionDocument::reset(Session session) {
    adopt(std::move(session), {});
}

Status SessionDocument::open(const QString& path) {
    auto session = readSession(toPath(path));
    if (!session) return forwardError(session);
    adopt(std::move(*session), path);
    return {};
}

Status SessionDocument::save(const QString& path) {
    if (auto status = writeSession(toPath(path), session_); !status) return status;
    adopt(session_, path);
    return {};
}

QString SessionDocument::title() const {
    return path_.isEmpty() ? tr("New analysis") : QFileInfo(path_).completeBaseName();
}

void SessionDocument::compareWithFile() {
    const bool changed = toJson(session_, "/") != saved_;
    if (changed == changed_) return;
    changed_ = changed;
    emit titleOrChangeMoved();
}

}  // namespace dicescope
