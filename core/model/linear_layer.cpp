#include <algorithm>

#include "core/model/torch_internal.h"

namespace dicescope::torch_internal {
namespace {

bool isKind(const jit::Node* node, std::initializer_list<const char*> names) {
    const std::string kind = node->kind().toQualString();
    return std::any_of(names.begin(), names.end(), [&](const char* name) { return kind == name; });
}

bool isOne(const jit::Value* value) {
    const auto constant = jit::toIValue(value);
    return constant && constant->isScalar() && constant->toScalar().toDouble() == 1.0;
}

bool isNone(const jit::Value* value) {
    const auto constant = jit::toIValue(value);
    return constant && constant->isNone();
}

// The constant D x C matrix that matmul, mm and addmm multiply by, as C x D.
std::optional<at::Tensor> multipliedWeight(const jit::Value* value) {
    auto constant = constantTensor(value);
    if (constant && constant->dim() == 2) return constant->t();
    return std::nullopt;
}

std::optional<LinearLayer> fromLinear(jit::Node* node) {
    auto weight = constantTensor(node->input(1));
    if (!weight || weight->dim() != 2) return std::nullopt;
    LinearLayer layer{node->input(0), node->output(), *weight, {}, false};
    if (isNone(node->input(2))) return layer;
    auto bias = constantTensor(node->input(2));
    if (!bias) return std::nullopt;
    layer.bias = *bias;
    return layer;
}

std::optional<LinearLayer> fromAddmm(jit::Node* node) {
    auto bias = constantTensor(node->input(0));
    auto weight = multipliedWeight(node->input(2));
    if (!bias || !weight || !isOne(node->input(3)) || !isOne(node->input(4))) return std::nullopt;
    return LinearLayer{node->input(1), node->output(), *weight, *bias, false};
}

std::optional<LinearLayer> fromMatmul(jit::Node* node) {
    auto weight = multipliedWeight(node->input(1));
    if (!weight) return std::nullopt;
    return LinearLayer{node->input(0), node->output(), *weight, {}, false};
}

bool isTransposed(const jit::Node* node) {
    if (!isKind(node, {"aten::_convolution", "aten::convolution"})) return false;
    const auto flag = jit::toIValue(node->input(6));
    return !flag || flag->toBool();
}

std::optional<LinearLayer> fromConvolution(jit::Node* node) {
    auto weight = constantTensor(node->input(1));
    if (!weight || weight->dim() < 3 || isTransposed(node)) return std::nullopt;
    const std::int64_t classes = weight->size(0);
    const std::int64_t features = weight->size(1);
    const bool isPointwise = weight->numel() == classes * features;
    const auto groups = jit::toIValue(
        isKind(node, {"aten::_convolution", "aten::convolution"}) ? node->input(8) : node->input(6));
    if (!isPointwise || !groups || groups->toInt() != 1) return std::nullopt;
    LinearLayer layer{node->input(0), node->output(), weight->reshape({classes, features}), {}, true};
    if (isNone(node->input(2))) return layer;
    auto bias = constantTensor(node->input(2));
    if (!bias) return std::nullopt;
    layer.bias = *bias;
    return layer;
}

// linear without bias, then a constant added: one layer with a bias.
std::optional<LinearLayer> fromAdd(jit::Node* node) {
    if (node->inputs().size() != 3 || !isOne(node->input(2))) return std::nullopt;
    for (const std::size_t at : {0U, 1U}) {
        auto bias = constantTensor(node->input(1 - at));
        if (!bias) continue;
        auto layer = linearLayerAt(node->input(at));
        if (!layer || layer->bias.defined() || bias->numel() != layer->weight.size(0)) continue;
        if (!layer->isConvolution && bias->size(-1) != bias->numel()) continue;
        layer->bias = bias->reshape({-1});
        layer->output = node->output();
        return layer;
    }
    return std::nullopt;
}

void collect(jit::Block* block, std::vector<LinearLayer>& layers) {
    for (jit::Node* node : block->nodes()) {
        for (jit::Block* inner : node->blocks()) collect(inner, layers);
        if (node->outputs().size() != 1) continue;
        auto layer = linearLayerAt(node->output());
        if (!layer) continue;
        // An addition that completes the layer before it takes its place.
        if (!layers.empty() && layers.back().input == layer->input &&
            layers.back().weight.data_ptr() == layer->weight.data_ptr()) {
            layers.pop_back();
        }
        layers.push_back(*layer);
    }
}

}  // namespace

std::optional<at::Tensor> constantTensor(const jit::Value* value) {
    const jit::Node* node = value->node();
    if (node->kind() == c10::prim::Constant) {
        auto constant = jit::toIValue(value);
        if (constant && constant->isTensor()) return constant->toTensor();
        return std::nullopt;
    }
    if (!isKind(node, {"aten::t", "aten::numpy_T"})) return std::nullopt;
    auto inner = constantTensor(node->input(0));
    if (inner && inner->dim() == 2) return inner->t();
    return std::nullopt;
}

std::optional<LinearLayer> linearLayerAt(jit::Value* value) {
    jit::Node* node = value->node();
    if (isKind(node, {"aten::linear"})) return fromLinear(node);
    if (isKind(node, {"aten::addmm"})) return fromAddmm(node);
    if (isKind(node, {"aten::matmul", "aten::mm"})) return fromMatmul(node);
    if (isKind(node, {"aten::add", "aten::add_"})) return fromAdd(node);
    if (isKind(node,
               {"aten::_convolution", "aten::convolution", "aten::conv1d", "aten::conv2d", "aten::conv3d"})) {
        return fromConvolution(node);
    }
    return std::nullopt;
}

std::vector<LinearLayer> linearLayers(jit::Graph& graph) {
    std::vector<LinearLayer> layers;
    collect(graph.block(), layers);
    return layers;
}

}  // namespace dicescope::torch_internal
