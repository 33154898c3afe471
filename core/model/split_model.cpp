#include <ATen/Context.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/passes/frozen_graph_optimizations.h>

#include "core/model/torch_internal.h"

namespace dicescope::torch_internal {
namespace {

struct Conversions {
    std::size_t convolutions = 0;
    std::size_t layoutChanges = 0;
    std::size_t elementwise = 0;
};

void count(jit::Block* block, Conversions& found) {
    for (jit::Node* node : block->nodes()) {
        const std::string kind = node->kind().toQualString();
        if (kind == "prim::mkldnn_convolution") ++found.convolutions;
        if (kind == "aten::to_dense") ++found.layoutChanges;
        if (kind.starts_with("prim::MKLDNN")) ++found.elementwise;
        for (jit::Block* inner : node->blocks()) count(inner, found);
    }
}

// oneDNN's blocked layouts pay where activations stay in them: a residual network gains a third, one that
// leaves them around every convolution loses. LibTorch 1.13 computes its elementwise operators in that layout
// (prim::MKLDNNHardSwish and the like) over the unpadded number of values, so that with padded channels the
// last image of every batch comes out wrong: graphs with them are not used.
bool gainsFromOneDnn(jit::Graph& graph) {
    constexpr double kMostChangesPerConvolution = 0.6;
    Conversions found;
    count(graph.block(), found);
    return found.elementwise == 0 && found.convolutions > 0 &&
           static_cast<double>(found.layoutChanges) <=
               kMostChangesPerConvolution * static_cast<double>(found.convolutions);
}

}  // namespace

at::Tensor asRows(const at::Tensor& value, std::int64_t batch, std::int64_t columns, bool isConvolution) {
    if (value.numel() == batch * columns) return value.reshape({batch, columns});
    TORCH_CHECK(value.dim() > 2 && value.size(0) == batch, "the head handles ", value.numel(),
                " values for a batch of ", batch, " images");
    if (isConvolution) return value.flatten(2).mean(2);
    return value.reshape({batch, -1, columns}).mean(1);
}

void cutAfterHead(jit::Graph& graph, const LinearLayer& layer) {
    graph.return_node()->removeAllInputs();
    jit::Node* const head = layer.output->node();
    for (jit::Node* last = graph.return_node()->prev(); last != head; last = graph.return_node()->prev()) {
        last->destroy();
    }
}

SplitModel::SplitModel(const jit::Module& frozen, const LinearLayer& layer)
    : module_(frozen),
      features_(layer.weight.size(1)),
      classes_(layer.weight.size(0)),
      isConvolution_(layer.isConvolution) {
    const std::shared_ptr<jit::Graph> graph = module_.get_method("forward").graph();
    cutAfterHead(*graph, layer);
    jit::Node* both = graph->createTuple({layer.input, layer.output});
    graph->appendNode(both);
    graph->registerOutput(both->output());
    jit::EliminateDeadCode(graph);
}

Result<SplitModel> SplitModel::optimised(const at::Device& device) const {
    return guarded("The graph could not be optimised", [&]() -> Result<SplitModel> {
        SplitModel copy(*this);
        if (device.is_cpu() && at::hasMKLDNN()) {
            jit::Module module = module_.clone();
            copy.module_ = jit::optimize_for_inference(module);
            if (gainsFromOneDnn(*copy.module_.get_method("forward").graph())) return copy;
        }
        copy.module_ = module_.clone();
        std::shared_ptr<jit::Graph> graph = copy.module_.get_method("forward").graph();
        jit::OptimizeFrozenGraph(graph, /*optimize_numerics=*/true);
        return copy;
    });
}

SplitOutput SplitModel::run(const at::Tensor& input) const {
    const c10::InferenceMode noGradients;
    return forward(input);
}

SplitOutput SplitModel::runForGradient(const at::Tensor& input) const {
    const at::AutoGradMode gradients(true);
    // Without its optimiser the executor runs the operators one by one, as autograd knows them.
    const jit::GraphOptimizerEnabledGuard asItIs(false);
    return forward(input);
}

SplitOutput SplitModel::forward(const at::Tensor& input) const {
    const auto result = module_.get_method("forward")({input});
    const auto elements = result.toTupleRef().elements();
    const std::int64_t batch = input.size(0);
    const auto rows = [&](const c10::IValue& value, std::int64_t columns) {
        return asRows(value.toTensor(), batch, columns, isConvolution_).to(at::kFloat);
    };
    return {rows(elements[0], features_), rows(elements[1], classes_)};
}

}  // namespace dicescope::torch_internal
