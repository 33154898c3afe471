#include <algorithm>
#include <unordered_set>

#include "core/model/torch_internal.h"

namespace dicescope::torch_internal {
namespace {

using Words = std::unordered_set<std::string>;

std::string kindOf(const jit::Node* node) {
    return node->kind().toQualString();
}

// Operators that hand their first input on: same numbers, or the mean over positions of them, which a linear
// layer commutes with.
bool isPassage(const jit::Node* node) {
    static const Words kPassages{"aten::flatten",
                                 "aten::squeeze",
                                 "aten::squeeze_",
                                 "aten::view",
                                 "aten::reshape",
                                 "aten::dropout",
                                 "aten::dropout_",
                                 "aten::feature_dropout",
                                 "aten::to",
                                 "aten::type_as",
                                 "aten::contiguous",
                                 "aten::clone",
                                 "aten::alias",
                                 "aten::detach",
                                 "aten::adaptive_avg_pool2d",
                                 "aten::adaptive_avg_pool1d",
                                 "aten::avg_pool2d",
                                 "aten::mean",
                                 "aten::_unsafe_view",
                                 "aten::unsqueeze",
                                 "aten::float",
                                 "aten::permute",
                                 "aten::transpose"};
    return kPassages.count(kindOf(node)) != 0;
}

// Operators that combine several layers' outputs, as ensembles and distilled heads do.
bool isMixture(const jit::Node* node) {
    static const Words kMixtures{"aten::add",
                                 "aten::add_",
                                 "aten::sub",
                                 "aten::mul",
                                 "aten::mul_",
                                 "aten::div",
                                 "aten::div_",
                                 "aten::stack",
                                 "aten::cat",
                                 "prim::ListConstruct",
                                 "prim::TupleConstruct",
                                 "prim::DictConstruct",
                                 "aten::sum"};
    return kMixtures.count(kindOf(node)) != 0;
}

std::optional<Ending> endingOf(const jit::Node* node) {
    const std::string kind = kindOf(node);
    if (kind == "aten::softmax" || kind == "aten::softmax_") return Ending::Softmax;
    if (kind == "aten::log_softmax") return Ending::LogSoftmax;
    if (kind == "aten::sigmoid" || kind == "aten::sigmoid_") return Ending::Sigmoid;
    return std::nullopt;
}

// The value under the key "logits" or "out" of a dictionary made in the graph.
jit::Value* dictionaryEntry(jit::Node* node, std::string& container) {
    for (const char* wanted : {"logits", "out"}) {
        for (std::size_t at = 0; at + 1 < node->inputs().size(); at += 2) {
            const auto key = jit::toIValue(node->input(at));
            if (key && key->isString() && key->toStringRef() == wanted) {
                container = std::string("the entry '") + wanted + "' of a dictionary";
                return node->input(at + 1);
            }
        }
    }
    return nullptr;
}

// The tensor of logits inside a container made at the end of the graph.
jit::Value* openContainer(jit::Value* value, std::string& container) {
    jit::Node* node = value->node();
    const std::string kind = kindOf(node);
    if (kind == "prim::DictConstruct") {
        jit::Value* entry = dictionaryEntry(node, container);
        return entry != nullptr ? entry : value;
    }
    if ((kind != "prim::TupleConstruct" && kind != "prim::ListConstruct") || node->inputs().empty())
        return value;
    if (node->inputs().size() > 1)
        container = kind == "prim::TupleConstruct" ? "the first of a tuple" : "the first of a list";
    return node->input(0);
}

struct Walk {
    std::optional<LinearLayer> layer;
    Ending ending = Ending::Logits;
    std::string container;
    std::string stuckAt;  // operator that could not be looked through
};

Walk walkFromOutput(jit::Graph& graph) {
    Walk walk;
    jit::Value* value = openContainer(graph.outputs()[0], walk.container);
    while (true) {
        walk.layer = linearLayerAt(value);
        if (walk.layer) return walk;
        jit::Node* node = value->node();
        const auto ending = endingOf(node);
        const bool isFirstEnding = ending && walk.ending == Ending::Logits;
        if ((!isFirstEnding && !isPassage(node)) || node->inputs().empty()) {
            walk.stuckAt = kindOf(node);
            return walk;
        }
        if (isFirstEnding) walk.ending = *ending;
        value = node->input(0);
    }
}

void collectFeeding(jit::Value* value, std::unordered_set<jit::Value*>& seen,
                    std::unordered_set<jit::Value*>& feeding) {
    if (!seen.insert(value).second) return;
    if (auto layer = linearLayerAt(value)) {
        feeding.insert(layer->output);
        return;
    }
    jit::Node* node = value->node();
    if (!isPassage(node) && !isMixture(node) && !endingOf(node)) return;
    for (jit::Value* input : node->inputs()) collectFeeding(input, seen, feeding);
}

std::string withoutSuffix(std::string name, const std::string& suffix) {
    if (name.size() > suffix.size() && name.ends_with(suffix)) name.resize(name.size() - suffix.size());
    return name;
}

// Freezing keeps the storage of a parameter and forgets its name, and merges equal constants under one name,
// so a parameter is known by where it lies, and by its values where a pass has copied it.
std::string parameterName(const jit::Module& original, const LinearLayer& layer) {
    const at::Tensor& weight = layer.weight;
    std::string byValue;
    for (const auto& parameter : original.named_parameters()) {
        const at::Tensor& value = parameter.value;
        if (value.numel() != weight.numel()) continue;
        std::string name = withoutSuffix(parameter.name, ".weight");
        if (value.data_ptr() == weight.data_ptr()) return name;
        const at::Tensor shaped = value.dim() > 2 ? value.reshape(weight.sizes()) : value;
        const bool isSame =
            (shaped.sizes() == weight.sizes() && shaped.equal(weight)) ||
            (shaped.dim() == 2 && shaped.t().sizes() == weight.sizes() && shaped.t().equal(weight));
        if (isSame && byValue.empty()) byValue = name;
    }
    return byValue;
}

std::vector<NamedLayer> named(const std::vector<LinearLayer>& layers, const jit::Module& original) {
    std::vector<NamedLayer> result;
    for (const LinearLayer& layer : layers) {
        std::string name = parameterName(original, layer);
        if (name.empty()) name = "linear#" + std::to_string(result.size() + 1);
        result.push_back({layer, name});
    }
    return result;
}

std::string listOf(const std::vector<NamedLayer>& layers) {
    constexpr std::size_t kMostNames = 12;
    std::string text;
    const std::size_t first = layers.size() > kMostNames ? layers.size() - kMostNames : 0;
    for (std::size_t at = first; at < layers.size(); ++at) {
        text += (text.empty() ? "" : ", ") + layers[at].name;
    }
    return first > 0 ? "..., " + text : text;
}

const NamedLayer* byName(const std::vector<NamedLayer>& layers, const std::string& wanted) {
    const std::string name = withoutSuffix(withoutSuffix(wanted, ".weight"), ".bias");
    const auto found = std::find_if(layers.rbegin(), layers.rend(),
                                    [&](const NamedLayer& layer) { return layer.name == name; });
    return found == layers.rend() ? nullptr : &*found;
}

tl::unexpected<Error> noHead(const Walk& walk, const std::vector<NamedLayer>& candidates,
                             const std::vector<NamedLayer>& all) {
    std::string message =
        "The model's output does not come from one linear layer (it ends in " + walk.stuckAt + ")";
    if (!candidates.empty()) {
        message += "; choose one of its heads with --head: " + listOf(candidates) + ".";
    } else if (!all.empty()) {
        message +=
            "; export a model that returns its logits, or choose a layer with --head: " + listOf(all) + ".";
    } else {
        message +=
            ", and no linear layer was found in it; export a model that returns the logits of a linear head.";
    }
    return fail(ErrorCode::Unsupported, std::move(message));
}

Result<FoundHead> chosenByName(FoundHead found, const Walk& walk, const std::vector<NamedLayer>& all,
                               const jit::Graph& graph, const std::string& wanted) {
    const NamedLayer* chosen = byName(all, wanted);
    if (chosen == nullptr) {
        return fail(ErrorCode::Mismatch, "--head " + wanted + " names no linear layer of the model; it has " +
                                             (all.empty() ? "none" : listOf(all)) + ".");
    }
    if (chosen->layer.output->node()->owningBlock() != graph.block()) {
        return fail(
            ErrorCode::Unsupported,
            "The layer " + wanted + " lies inside a branch or loop of the scripted model; export it traced.");
    }
    found.head = *chosen;
    found.isOutput = walk.layer && walk.layer->output == chosen->layer.output;
    return found;
}

}  // namespace

Result<FoundHead> findHead(jit::Graph& graph, const jit::Module& original, const std::string& wanted) {
    const Walk walk = walkFromOutput(graph);
    std::unordered_set<jit::Value*> seen;
    std::unordered_set<jit::Value*> feeding;
    for (jit::Value* output : graph.outputs()) collectFeeding(output, seen, feeding);

    FoundHead found;
    found.ending = walk.ending;
    found.container = walk.container;
    const std::vector<NamedLayer> all = named(linearLayers(graph), original);
    for (const NamedLayer& layer : all) {
        if (feeding.count(layer.layer.output) != 0) found.candidates.push_back(layer);
    }
    if (!wanted.empty()) return chosenByName(std::move(found), walk, all, graph, wanted);
    if (!walk.layer) return noHead(walk, found.candidates, all);
    const auto head = std::find_if(all.begin(), all.end(), [&](const NamedLayer& layer) {
        return layer.layer.output == walk.layer->output;
    });
    if (head == all.end()) return fail(ErrorCode::Internal, "The head was found and lost again.");
    found.head = *head;
    return found;
}

}  // namespace dicescope::torch_internal
