#include "core/session/session.h"

#include <nlohmann/json.hpp>

#include "core/base/file.h"
#include "core/session/portable_path.h"
#include "core/sparsity/levels.h"

namespace dicescope {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxFileBytes = 16U << 20U;

bool isUtf8(const std::string& text) {
    try {
        (void)nlohmann::json(text).dump();
        return true;
    } catch (const nlohmann::json::exception&) {
        return false;
    }
}

/// Every path of the inputs that is not empty.
std::vector<std::string> allPaths(const InputsConfig& inputs) {
    std::vector<std::string> paths{inputs.preprocess,    inputs.model.string(),   inputs.weight.string(),
                                   inputs.bias.string(), inputs.idTrain.string(), inputs.featureMean.string(),
                                   inputs.id.string(),   inputs.classes.string()};
    for (const auto* sources : {&inputs.ood, &inputs.validation}) {
        for (const NamedSource& source : *sources) paths.push_back(source.path.string());
    }
    return paths;
}

}  // namespace

Session defaultSession() {
    Session session;
    session.sweep.levels = *parseLevels("0:100:1");
    session.p = kDefaultLevel;
    return session;
}

Result<Session> readSession(const fs::path& path) {
    const auto bytes = readFile(path, kMaxFileBytes);
    if (!bytes) return forwardError(bytes);
    const std::string text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    auto session = parseSession(text, plainPath(path).parent_path());
    if (!session) return fail(session.error().code, "'" + path.string() + "': " + session.error().message);
    return session;
}

Status writeSession(const fs::path& path, const Session& session) {
    for (const std::string& named : allPaths(session.inputs)) {
        if (isUtf8(named)) continue;
        return fail(ErrorCode::InvalidArgument,
                    "The path '" + named + "' is not UTF-8, which a session file cannot hold; rename it.");
    }
    return writeFileAtomically(path, toJson(session, plainPath(path).parent_path()));
}

EvaluationOptions evaluationOptions(const Session& session) {
    EvaluationOptions options;
    options.levels = {session.p.value_or(kDefaultLevel)};
    options.reactClip = session.sweep.reactClip;
    options.threads = session.sweep.threads;
    return options;
}

SweepAnalysisOptions sweepAnalysisOptions(const Session& session) {
    SweepAnalysisOptions options;
    options.rule = session.sweep.rule;
    options.seed = session.sweep.seed;
    options.levels = session.sweep.levels;
    options.reactClip = session.sweep.reactClip;
    options.choice = session.view.choice;
    options.bootstrap = session.bootstrap;
    options.bootstrapLevel = session.p.value_or(kDefaultLevel);
    options.threads = session.sweep.threads;
    return options;
}

}  // namespace dicescope
