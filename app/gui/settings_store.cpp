#include "app/gui/settings_store.h"

namespace dicescope {
namespace {

constexpr auto kRecent = "sessions/recent";
constexpr auto kChoices = "sessions/choices";
constexpr int kMostRecent = 10;

}  // namespace

SettingsStore::SettingsStore() : settings_("dicescope", "dicescope") {}

QStringList SettingsStore::recentSessions() const {
    return settings_.value(kRecent).toStringList();
}

void SettingsStore::addRecentSession(const QString& path) {
    QStringList paths = recentSessions();
    paths.removeAll(path);
    paths.prepend(path);
    settings_.setValue(kRecent, paths.mid(0, kMostRecent));
}

Session SettingsStore::lastChoices() const {
    auto session = parseSession(settings_.value(kChoices).toString().toStdString(), "/");
    return session ? std::move(*session) : defaultSession();
}

void SettingsStore::setLastChoices(const Session& session) {
    Session choices = session;
    choices.inputs = {};
    choices.hiddenSets.clear();
    choices.view.choice.reset();  // names a set of these inputs
    choices.edits.clear();        // units of this network
    choices.benchmark.clear();
    choices.comparison = {};
    settings_.setValue(kChoices, QString::fromStdString(toJson(choices, "/")));
}

}  // namespace dicescope
