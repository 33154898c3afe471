#include "core/model/feature_maps.h"

#include <torch/csrc/jit/passes/dead_code_elimination.h>

#include <cstring>
#include <unordered_set>

#include "core/model/torch_internal.h"

namespace dicescope {
namespace {

using namespace torch_internal;

constexpr double kTolerance = 1e-4;  // of the map's mean against the features, relative to their scale
constexpr std::size_t kTableSize = 256;

/// A value of the graph that may be the map, and the operator that averages it.
struct Candidate {
    jit::Value* value = nullptr;
    std::string pooling;
};

struct Trail {
    std::vector<Candidate> candidates;  ///< the head's input first
    std::string stuckAt;                ///< operator that could not be looked through
};

/// Operators that hand numbers on, or may; whether they did shows in the check.
bool keepsNumbers(const std::string& kind) {
    static const std::unordered_set<std::string> kKeeping{"aten::flatten",      "aten::squeeze",
                                                          "aten::squeeze_",     "aten::view",
                                                          "aten::reshape",      "aten::unsqueeze",
                                                          "aten::_unsafe_view", "aten::dropout",
                                                          "aten::dropout_",     "aten::feature_dropout",
                                                          "aten::to",           "aten::type_as",
                                                          "aten::contiguous",   "aten::clone",
                                                          "aten::alias",        "aten::detach",
                                                          "aten::float",        "aten::permute",
                                                          "aten::transpose",    "aten::relu",
                                                          "aten::slice",        "aten::relu_"};
    return kKeeping.contains(kind);
}

bool averages(const std::string& kind) {
    return kind == "aten::adaptive_avg_pool2d" || kind == "aten::avg_pool2d" || kind == "aten::mean";
}

Trail walkBack(const LinearLayer& layer) {
    Trail trail;
    jit::Value* value = layer.input;
    trail.candidates.push_back({value, "1x1 convolution head"});
    while (true) {
        jit::Node* node = value->node();
        const std::string kind = node->kind().toQualString();
        if (node->inputs().empty() || (!averages(kind) && !keepsNumbers(kind))) {
            trail.stuckAt = kind;
            return trail;
        }
        value = node->input(0);
        if (averages(kind)) trail.candidates.push_back({value, kind});
    }
}

/// Makes forward return these values as a tuple. To be done once, before the first run, which keeps its plan.
void returnTuple(jit::Graph& graph, const std::vector<jit::Value*>& values) {
    jit::Node* tuple = graph.createTuple(values);
    graph.appendNode(tuple);
    graph.registerOutput(tuple->output());
    jit::EliminateDeadCode(graph.block());
}

std::vector<at::Tensor> runTuple(const jit::Module& module, const at::Tensor& input) {
    const c10::InferenceMode noGradients;
    const auto result = module.get_method("forward")({input});
    std::vector<at::Tensor> tensors;
    for (const c10::IValue& element : result.toTupleRef().elements()) tensors.push_back(element.toTensor());
    return tensors;
}

/// B x D x H x W of a value in either layout.
at::Tensor asMap(const at::Tensor& value, bool isChannelsLast) {
    return (isChannelsLast ? value.permute({0, 3, 1, 2}) : value).to(at::kFloat);
}

struct Checked {
    FeatureMapInfo info;
    bool isChannelsLast = false;

    [[nodiscard]] bool holds() const { return info.probeDifference <= kTolerance * info.probeScale; }
};

/// How well a value is the map that `features` (B x D) are the mean of; nothing where its shape forbids it.
std::optional<Checked> check(const at::Tensor& value, const at::Tensor& features,
                             const std::string& pooling) {
    const c10::InferenceMode noGradients;
    std::optional<Checked> best;
    for (const bool isChannelsLast : {false, true}) {
        const bool fits = value.dim() == 4 && value.size(0) == features.size(0) &&
                          value.size(isChannelsLast ? 3 : 1) == features.size(1);
        if (!fits) continue;
        const at::Tensor map = asMap(value, isChannelsLast);
        Checked checked{{static_cast<std::size_t>(features.size(1)), static_cast<std::size_t>(map.size(2)),
                         static_cast<std::size_t>(map.size(3)), pooling,
                         maxDifference(map.flatten(2).mean(2), features), maxMagnitude(features)},
                        isChannelsLast};
        if (!best || checked.info.probeDifference < best->info.probeDifference) best = std::move(checked);
    }
    return best;
}

tl::unexpected<Error> noMap(const Trail& trail, const std::optional<Checked>& closest) {
    std::string reason;
    if (closest) {
        reason = "its features differ from the mean of the map in front of " + closest->info.pooling +
                 " (by up to " + std::to_string(closest->info.probeDifference) + " of " +
                 std::to_string(closest->info.probeScale) + ")";
    } else if (trail.stuckAt == "prim::Param") {
        reason = "its head reads the pixels themselves";
    } else {
        reason = "the features of its head come from " + trail.stuckAt +
                 " and not from averaging a feature map over its positions";
    }
    return fail(ErrorCode::Unsupported, "There are no activation maps for this model: " + reason +
                                            "; a network with global average pooling in front of its head "
                                            "has them.");
}

struct Found {
    std::size_t candidate = 0;
    Checked checked;
};

/// The last map with several positions, or, where there is none, one with a single position.
Result<Found> choose(const Trail& trail, const std::vector<at::Tensor>& values, const at::Tensor& features) {
    std::optional<Found> found;
    std::optional<Checked> closest;
    for (std::size_t i = 0; i < values.size(); ++i) {
        auto checked = check(values[i], features, trail.candidates[i].pooling);
        if (!checked) continue;
        const bool hasPositions = checked->info.height * checked->info.width > 1;
        if (checked->holds() && hasPositions) return Found{i, std::move(*checked)};
        if (checked->holds() && i > 0) found = Found{i, *checked};
        if (!checked->holds() && !closest) closest = std::move(checked);
    }
    if (found) return std::move(*found);
    return noMap(trail, closest);
}

}  // namespace

struct FeatureMapModel::Impl {
    jit::Module module;   ///< its forward returns every candidate; the first is the head's input
    std::size_t map = 0;  ///< the candidate that is the map
    at::Device device;
    bool isConvolution = false;
    Checked checked;
    int channels = 3;
    int height = 0;
    int width = 0;
};

FeatureMapModel::FeatureMapModel(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FeatureMapModel::FeatureMapModel(FeatureMapModel&&) noexcept = default;
FeatureMapModel& FeatureMapModel::operator=(FeatureMapModel&&) noexcept = default;
FeatureMapModel::~FeatureMapModel() = default;

Result<FeatureMapModel> FeatureMapModel::load(const std::filesystem::path& path,
                                              const ClassifierOptions& options, const Job& job) {
    auto opened = openModel(path, options, job);
    if (!opened) return forwardError(opened);
    auto impl = guarded("The last feature map could not be found", [&]() -> Result<std::unique_ptr<Impl>> {
        const LinearLayer& layer = opened->found.head.layer;
        jit::Graph& graph = *opened->frozen.get_method("forward").graph();
        const Trail trail = walkBack(layer);
        std::vector<jit::Value*> candidates;
        for (const Candidate& candidate : trail.candidates) candidates.push_back(candidate.value);
        cutAfterHead(graph, layer);
        returnTuple(graph, candidates);
        const auto values = runTuple(opened->frozen, opened->probe);
        const at::Tensor features =
            asRows(values.front(), opened->probe.size(0), layer.weight.size(1), layer.isConvolution)
                .to(at::kFloat);
        auto found = choose(trail, values, features);
        if (!found) return forwardError(found);
        return std::make_unique<Impl>(Impl{opened->frozen, found->candidate, opened->device,
                                           layer.isConvolution, std::move(found->checked), options.channels,
                                           options.height, options.width});
    });
    if (!impl) return forwardError(impl);
    return FeatureMapModel(std::move(*impl));
}

const FeatureMapInfo& FeatureMapModel::info() const {
    return impl_->checked.info;
}

Result<FeatureMaps> FeatureMapModel::maps(std::span<const std::uint8_t> pixels, std::span<const float> tables,
                                          int intraOpThreads) const {
    const auto channels = static_cast<std::size_t>(impl_->channels);
    const FeatureMapInfo& info = impl_->checked.info;
    if (pixels.size() !=
            channels * static_cast<std::size_t>(impl_->height) * static_cast<std::size_t>(impl_->width) ||
        tables.size() != channels * kTableSize) {
        return fail(ErrorCode::InvalidArgument, "The image's pixels do not have the model's input shape.");
    }
    return guarded("The model could not be run", [&]() -> Result<FeatureMaps> {
        silenceWarnings();
        if (impl_->device.is_cpu()) useThreads(std::max(1, intraOpThreads));
        const at::Tensor input =
            inputFromPixels(pixels, tables, {1, impl_->channels, impl_->height, impl_->width}, impl_->device);
        const auto values = runTuple(impl_->module, input);
        const c10::InferenceMode noGradients;
        const at::Tensor map =
            asMap(values.at(impl_->map), impl_->checked.isChannelsLast).to(at::kCPU).contiguous();
        const auto columns = static_cast<std::int64_t>(info.features);
        const at::Tensor features =
            asRows(values.front(), 1, columns, impl_->isConvolution).to(at::kCPU, at::kFloat).contiguous();
        FeatureMaps result{Matrix<float>(info.features, info.height * info.width), {}};
        TORCH_CHECK(static_cast<std::size_t>(map.numel()) == result.values.rows() * result.values.cols(),
                    "the map has another size than on the probe batch");
        std::memcpy(result.values.data(), map.data_ptr<float>(), map.nbytes());
        result.features.assign(features.data_ptr<float>(), features.data_ptr<float>() + columns);
        return result;
    });
}

}  // namespace dicescope
