#include <torch/version.h>

#include "core/model/torch_internal.h"

namespace dicescope::torch_internal {
namespace {

Error loadError(const std::filesystem::path& path, const std::string& what) {
    if (const std::string name = unknownOperator(what); !name.empty()) {
        return {ErrorCode::Unsupported, path.string() + ": " + operatorAdvice(name, TORCH_VERSION)};
    }
    Error error = errorFromTorch("The model " + path.string() + " cannot be read", what);
    if (error.code == ErrorCode::Internal) {
        error.code = ErrorCode::Corrupt;
        error.message += "; copy it again or export it again with resources/export_model.py.";
    }
    return error;
}

bool isTrue(const jit::Value* value) {
    const auto constant = jit::toIValue(value);
    return constant && constant->isBool() && constant->toBool();
}

bool isZero(const jit::Value* value) {
    const auto constant = jit::toIValue(value);
    return constant && constant->isScalar() && constant->toScalar().toDouble() == 0.0;
}

bool isTrainingOperator(const jit::Node* node) {
    const std::string kind = node->kind().toQualString();
    if (kind == "aten::batch_norm" || kind == "aten::native_batch_norm") return isTrue(node->input(5));
    const bool isDropout =
        kind == "aten::dropout" || kind == "aten::dropout_" || kind == "aten::feature_dropout";
    return isDropout && isTrue(node->input(2)) && !isZero(node->input(1));
}

bool anyTraining(jit::Block* block) {
    for (jit::Node* node : block->nodes()) {
        if (isTrainingOperator(node)) return true;
        for (jit::Block* inner : node->blocks()) {
            if (anyTraining(inner)) return true;
        }
    }
    return false;
}

}  // namespace

Result<jit::Module> loadScript(const std::filesystem::path& path) {
    registerMissingOperators();
    try {
        jit::Module module = jit::load(path.string(), at::kCPU);
        module.eval();
        for (const at::Tensor& parameter : module.parameters()) {
            if (parameter.is_floating_point() && parameter.scalar_type() != at::kFloat) {
                module.to(at::kFloat);
                break;
            }
        }
        return module;
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "Memory ran out while reading the model " + path.string() + ".");
    } catch (const std::exception& error) {
        return tl::unexpected<Error>(loadError(path, error.what()));
    }
}

Status checkSignature(const jit::Module& module) {
    const auto method = module.find_method("forward");
    if (!method) {
        return fail(ErrorCode::Unsupported,
                    "The TorchScript file holds no forward method; export the whole model with "
                    "resources/export_model.py.");
    }
    const auto& arguments = method->function().getSchema().arguments();
    std::size_t required = 0;
    for (const auto& argument : arguments) required += argument.default_value() ? 0U : 1U;
    const bool takesTensor =
        arguments.size() > 1 && arguments[1].type()->isSubtypeOf(*c10::TensorType::get());
    if (required == 2 && takesTensor) return {};
    return fail(ErrorCode::Unsupported,
                "The model's forward takes something else than one batch of images; export a model whose "
                "forward takes one tensor.");
}

bool hasTrainingOperators(jit::Graph& graph) {
    return anyTraining(graph.block());
}

}  // namespace dicescope::torch_internal
