#include <algorithm>

#include "core/session/benchmark.h"

namespace dicescope {
namespace {

bool hasClip(const BenchmarkPreset& preset, float clip) {
    return std::ranges::any_of(preset.react, [&](const BenchmarkReact& react) { return react.clip == clip; });
}

bool hasPair(const BenchmarkPreset& preset, float clip, double p) {
    return std::ranges::any_of(
        preset.react, [&](const BenchmarkReact& react) { return react.clip == clip && react.p == p; });
}

std::string_view maskedMethod(const BenchmarkPreset& preset, const HeadInUse& head) {
    if (head.rule != RankingRule::Contribution || head.score != ScoreKind::Energy) return {};
    if (head.reactClip) return hasPair(preset, *head.reactClip, *head.p) ? "dice+react" : "";
    return *head.p == preset.p ? "dice" : "";
}

std::string_view denseMethod(const BenchmarkPreset& preset, const HeadInUse& head) {
    if (head.reactClip) {
        return head.score == ScoreKind::Energy && hasClip(preset, *head.reactClip) ? "react" : "";
    }
    if (head.score == ScoreKind::Energy) return "energy";
    return head.score == ScoreKind::Msp ? "msp" : "";
}

}  // namespace

std::string modelDifference(const BenchmarkPreset& preset, std::size_t classes, std::size_t features) {
    const BenchmarkModel& model = preset.model;
    if (classes == model.classes && features == model.features) return {};
    const auto size = [](std::size_t c, std::size_t d) {
        return "C=" + std::to_string(c) + ", D=" + std::to_string(d);
    };
    return "The model (" + size(classes, features) + ") is not the one of the published numbers (" +
           model.description + ", " + size(model.classes, model.features) + "), so they need not agree.";
}

Session benchmarkSession(const BenchmarkPreset& preset, const LocatedBenchmark& found,
                         const std::filesystem::path& model, std::optional<std::size_t> react) {
    Session session = defaultSession();
    session.benchmark = preset.name;
    session.inputs.model = model;
    session.inputs.preprocess = preset.preprocess;
    session.p = preset.p;
    if (react && *react < preset.react.size()) {
        session.sweep.reactClip = preset.react[*react].clip;
        session.p = preset.react[*react].p;
    }
    for (std::size_t i = 0; i < std::min(preset.sets.size(), found.sets.size()); ++i) {
        const std::filesystem::path& folder = found.sets[i].folder;
        if (folder.empty()) continue;
        switch (preset.sets[i].role) {
            case SetRole::IdTrain:
                session.inputs.idTrain = folder;
                break;
            case SetRole::Id:
                session.inputs.id = folder;
                break;
            default:
                session.inputs.ood.push_back({preset.sets[i].name, folder});
        }
    }
    return session;
}

std::vector<PublishedNumbers> publishedBy(const BenchmarkPreset& preset, std::string_view method) {
    std::vector<PublishedNumbers> numbers;
    const auto add = [&](const std::string& set) {
        const auto found = std::ranges::find_if(preset.published, [&](const PublishedNumbers& published) {
            return published.method == method && published.set == set;
        });
        if (found != preset.published.end()) numbers.push_back(*found);
    };
    for (const BenchmarkSet& set : preset.sets) {
        if (set.role == SetRole::Ood) add(set.name);
    }
    add({});
    return numbers;
}

bool isWholeBenchmark(const BenchmarkPreset& preset, std::vector<std::string> names) {
    std::vector<std::string> expected;
    for (const BenchmarkSet& set : preset.sets) {
        if (set.role == SetRole::Ood) expected.push_back(set.name);
    }
    std::ranges::sort(expected);
    std::ranges::sort(names);
    return names == expected;
}

std::string_view publishedMethod(const BenchmarkPreset& preset, const HeadInUse& head) {
    return head.p ? maskedMethod(preset, head) : denseMethod(preset, head);
}

std::string_view publishedMethod(const BenchmarkPreset& preset, const DetectorSpec& detector) {
    constexpr std::string_view kPlain[] = {"msp", "odin", "mahalanobis", "energy"};
    const auto plain = std::ranges::find(kPlain, detector.id);
    if (plain != std::end(kPlain)) return specText(detector) == detector.id ? *plain : std::string_view();
    HeadInUse head;
    if (detector.id.starts_with("dice")) head.p = parameterValue(detector, "p");
    if (detector.id == "dice") return publishedMethod(preset, head);
    if (detector.id != "react" && detector.id != "dice+react") return {};
    const double clip = parameterValue(detector, "c");
    if (!(clip > 0)) return {};
    head.reactClip = static_cast<float>(clip);
    return publishedMethod(preset, head);
}

std::vector<PublishedNumbers> publishedFor(const Session& session, std::optional<double> p) {
    const auto preset = findBenchmark(session.benchmark);
    if (!preset) return {};
    const HeadInUse head{session.sweep.rule, session.view.score, p, session.sweep.reactClip};
    auto numbers = publishedBy(**preset, publishedMethod(**preset, head));
    std::vector<std::string> names;
    for (const NamedSource& set : session.inputs.ood) names.push_back(set.name);
    const bool isWhole = isWholeBenchmark(**preset, names);
    std::erase_if(numbers, [&](const PublishedNumbers& published) {
        return published.set.empty() ? !isWhole : std::ranges::count(names, published.set) == 0;
    });
    if (session.view.tprLevel == kDefaultTprLevel) return numbers;
    for (PublishedNumbers& published : numbers) published.fpr95.reset();
    std::erase_if(numbers, [](const PublishedNumbers& published) { return !published.auroc; });
    return numbers;
}

}  // namespace dicescope
