#include "core/model/masked_model.h"

#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/passes/freeze_module.h>
#include <torch/csrc/jit/serialization/export.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/file.h"
#include "core/model/model_archive.h"
#include "core/model/torch_internal.h"

namespace dicescope {
namespace {

using namespace torch_internal;

/// The operator that multiplies by the head's weight, and which of its inputs are h and W.
struct Product {
    jit::Node* node = nullptr;
    std::size_t features = 0;
    std::size_t weight = 1;
    bool isTransposed = false;  ///< takes W as D x C
};

Product productOf(jit::Value* output) {
    jit::Node* node = output->node();
    const std::string kind = node->kind().toQualString();
    if (kind == "aten::add" || kind == "aten::add_") {
        return productOf(node->input(linearLayerAt(node->input(0)) ? 0 : 1));
    }
    if (kind == "aten::addmm") return {node, 1, 2, true};
    return {node, 0, 1, kind == "aten::matmul" || kind == "aten::mm"};
}

Status checkHead(const MaskedHead& head, const LinearLayer& layer) {
    const auto classes = static_cast<std::size_t>(layer.weight.size(0));
    const auto features = static_cast<std::size_t>(layer.weight.size(1));
    if (head.weight.rows == classes && head.weight.cols == features) return {};
    return fail(ErrorCode::Mismatch, "The masked weight is " + std::to_string(head.weight.rows) + " x " +
                                         std::to_string(head.weight.cols) + " and the model's head " +
                                         std::to_string(classes) + " x " + std::to_string(features) +
                                         "; export with the model that the weight was made for.");
}

Status checkValues(const MaskedHead& head) {
    const bool isFinite = std::ranges::all_of(head.weight.flat(), [](float w) { return std::isfinite(w); });
    const bool hasClip = !head.reactClip || std::isfinite(*head.reactClip);
    if (isFinite && hasClip) return {};
    return fail(ErrorCode::InvalidArgument,
                "The masked weight or the clip holds a value that is not a finite number.");
}

/// A frozen module whose graph ends at its head.
class HeadGraph {
  public:
    HeadGraph(const jit::Module& frozen, const LinearLayer& layer)
        : module_(frozen),
          graph_(module_.get_method("forward").graph()),
          layer_(layer),
          product_(productOf(layer.output)) {
        cutAfterHead(*graph_, layer_);
    }

    /// Runs the graph on a batch to see which shape the features have.
    Status measure(const at::Tensor& probe) {
        const c10::InferenceMode noGradients;
        graph_->registerOutput(layer_.input);
        const at::Tensor features = module_.get_method("forward")({probe}).toTensor();
        graph_->eraseOutput(0);
        rank_ = features.dim();
        hasPositions_ = features.numel() != probe.size(0) * layer_.weight.size(1);
        if (rank_ >= 2 && features.size(0) == probe.size(0)) return {};
        return fail(ErrorCode::Unsupported, "The head's features are not one row an image.");
    }

    void replace(const MaskedHead& head) {
        const jit::WithInsertPoint before(product_.node);
        jit::Value* features = layer_.input;
        if (hasPositions_) features = averaged(features);
        if (head.reactClip) {
            features = graph_->insert(jit::Symbol::aten("clamp_max"),
                                      {features, static_cast<double>(*head.reactClip)});
        }
        product_.node->replaceInput(product_.features, features);
        product_.node->replaceInput(product_.weight, graph_->insertConstant(tensorOf(head.weight)));
    }

    /// Makes forward return the logits as B x C and drops what they do not need.
    jit::Module finish() {
        const jit::WithInsertPoint atEnd(graph_->return_node());
        jit::Value* logits = layer_.output;
        if (rank_ > 2) logits = graph_->insert(jit::Symbol::aten("flatten"), {logits, 1});
        logits->setType(c10::TensorType::get());
        graph_->registerOutput(logits);
        jit::EliminateDeadCode(graph_);
        auto& function = module_.get_method("forward").function();
        function.setSchema(
            function.getSchema().cloneWithReturns({c10::Argument("", c10::TensorType::get())}));
        return module_;
    }

  private:
    /// The mean over positions, axis by axis, which keeps the rank: a linear layer commutes with it, the clip
    /// does not.
    jit::Value* averaged(jit::Value* features) {
        const std::int64_t first = layer_.isConvolution ? 2 : 1;
        const std::int64_t count = rank_ - 2;
        for (std::int64_t axis = first; axis < first + count; ++axis) {
            features = graph_->insert(jit::Symbol::aten("mean"), {features, axis, true});
        }
        return features;
    }

    at::Tensor tensorOf(const MatrixView<const float>& weight) const {
        at::Tensor values = at::empty(layer_.weight.sizes(), at::kFloat);
        std::ranges::copy(weight.flat(), values.data_ptr<float>());
        if (layer_.isConvolution) return values.reshape(constantTensor(product_.node->input(1))->sizes());
        return product_.isTransposed ? values.t().contiguous() : values;
    }

    jit::Module module_;
    std::shared_ptr<jit::Graph> graph_;
    LinearLayer layer_;
    Product product_;
    std::int64_t rank_ = 2;
    bool hasPositions_ = false;
};

Result<jit::Module> maskedModule(const std::filesystem::path& source, const ClassifierOptions& options,
                                 const MaskedHead& head) {
    silenceWarnings();
    configureRuntime();
    const auto module = loadScript(source);
    if (!module) return forwardError(module);
    if (const auto signature = checkSignature(*module); !signature) return forwardError(signature);
    auto made = guarded("The masked head could not be put in", [&]() -> Result<jit::Module> {
        const jit::Module frozen = jit::freeze_module(*module);
        const auto found = findHead(*frozen.get_method("forward").graph(), *module, options.head);
        if (!found) return forwardError(found);
        const LinearLayer& layer = found->head.layer;
        if (auto checked = checkHead(head, layer); !checked) return forwardError(checked);
        HeadGraph graph(frozen, layer);
        const auto measured = graph.measure(probeBatch(options.channels, options.height, options.width));
        if (!measured) return forwardError(measured);
        graph.replace(head);
        return graph.finish();
    });
    if (!made) made.error().message = source.string() + ": " + made.error().message;
    return made;
}

Status save(const jit::Module& module, const std::filesystem::path& out) {
    auto file = AtomicFile::create(out);
    if (!file) return forwardError(file);
    Status written;
    // A refusal here would make LibTorch throw, and once more from a destructor.
    const auto write = [&](const void* bytes, std::size_t count) {
        if (written) written = file->write(std::span(static_cast<const std::byte*>(bytes), count));
        return count;
    };
    auto exported = guarded("The model could not be written", [&]() -> Status {
        jit::ExportModule(module, write);
        return {};
    });
    if (!exported) return exported;
    return written ? file->commit() : written;
}

double energyOf(std::span<const float> logits) {
    const double largest = *std::ranges::max_element(logits);
    double sum = 0;
    for (const float logit : logits) sum += std::exp(static_cast<double>(logit) - largest);
    return largest + std::log(sum);
}

}  // namespace

Status writeMaskedModel(const std::filesystem::path& source, const ClassifierOptions& options,
                        const MaskedHead& head, const std::filesystem::path& out, const Job& job) {
    if (auto checked = checkValues(head); !checked) return checked;
    if (const auto archive = inspectArchive(source); !archive) return forwardError(archive);
    if (job.stopRequested()) return cancelled();
    const auto module = maskedModule(source, options, head);
    if (!module) return forwardError(module);
    if (job.stopRequested()) return cancelled();
    return save(*module, out);
}

Result<double> largestScoreDifference(const std::filesystem::path& written, const ClassifierOptions& options,
                                      const ScoredImages& images, const Job& job) {
    constexpr std::size_t kBatch = 8;
    const std::size_t count = images.energies.size();
    if (count == 0 || images.pixels.size() % count != 0) {
        return fail(ErrorCode::InvalidArgument, "The images to compare scores on do not fit their scores.");
    }
    ClassifierOptions plain = options;
    plain.head.clear();
    plain.device = "cpu";
    const auto model = Classifier::load(written, plain, job);
    if (!model) return forwardError(model);
    const HeadCandidate& head = model->info().head;
    const std::size_t image = images.pixels.size() / count;
    Matrix<float> features(kBatch, head.features);
    Matrix<float> logits(kBatch, head.classes);
    double largest = 0;
    for (std::size_t first = 0; first < count; first += kBatch) {
        if (job.stopRequested()) return cancelled();
        const std::size_t batch = std::min(kBatch, count - first);
        const ForwardOutput output{{features.data(), batch, head.features},
                                   {logits.data(), batch, head.classes}};
        const auto status = model->forward(images.pixels.subspan(first * image, batch * image), batch,
                                           images.tables, output, 1);
        if (!status) return forwardError(status);
        for (std::size_t i = 0; i < batch; ++i) {
            const double difference = std::abs(energyOf(output.logits.row(i)) - images.energies[first + i]);
            largest = std::isnan(difference) ? std::numeric_limits<double>::infinity()
                                             : std::max(largest, difference);
        }
    }
    return largest;
}

}  // namespace dicescope
