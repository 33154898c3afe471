#pragma once

#include <torch/csrc/jit/ir/ir.h>
#include <torch/script.h>

#include <cstdint>
#include <exception>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/model/classifier.h"
#include "core/model/torch_message.h"

// What the .cpp files of this room share. No other header includes this one, so nothing outside meets
// LibTorch.
namespace dicescope::torch_internal {

namespace jit = torch::jit;

/// Runs `body`, which returns a Result or Status, and turns whatever LibTorch throws into an Error. `context`
/// opens the sentence ("The model could not be run").
template <class Body>
[[nodiscard]] auto guarded(const std::string& context, Body&& body) -> decltype(body()) {
    try {
        return body();
    } catch (const c10::OutOfMemoryError&) {
        return fail(ErrorCode::OutOfMemory, context + ": the device is out of memory; use a smaller batch.");
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, context + ": memory ran out; use a smaller batch.");
    } catch (const std::exception& error) {
        return tl::unexpected<Error>(errorFromTorch(context, error.what()));
    }
}

// ---- linear_layer.cpp

/// A place in a graph that computes output = input W^T + b with constant W and b.
struct LinearLayer {
    jit::Value* input = nullptr;   ///< h
    jit::Value* output = nullptr;  ///< W h + b
    at::Tensor weight;             ///< C x D
    at::Tensor bias;               ///< C; undefined where there is none
    bool isConvolution = false;    ///< 1x1 convolution: channels are axis 1, not the last
};

/// The linear layer that computes `value`, if one does: aten::linear, addmm, matmul or mm, each with or
/// without a constant added, or a 1x1 convolution.
[[nodiscard]] std::optional<LinearLayer> linearLayerAt(jit::Value* value);

/// Every linear layer of the graph and its sub-blocks, in the order of the graph.
[[nodiscard]] std::vector<LinearLayer> linearLayers(jit::Graph& graph);

/// The constant tensor that `value` holds, or nothing.
[[nodiscard]] std::optional<at::Tensor> constantTensor(const jit::Value* value);

// ---- head_finder.cpp

/// What the model does to the head's output before returning it.
enum class Ending { Logits, Softmax, LogSoftmax, Sigmoid };

struct NamedLayer {
    LinearLayer layer;
    std::string name;
};

struct FoundHead {
    NamedLayer head;
    std::vector<NamedLayer> candidates;  ///< layers that feed an output directly; holds the head
    Ending ending = Ending::Logits;
    bool isOutput = true;   ///< false: chosen by name, and the model's output is something else
    std::string container;  ///< "the first of a tuple", ...; empty where the output is a tensor
};

/// Finds the head in an inlined, frozen graph. `original` is the module before freezing, for the names of the
/// parameters. Errors: Unsupported (none found), Mismatch (`wanted` names none).
[[nodiscard]] Result<FoundHead> findHead(jit::Graph& graph, const jit::Module& original,
                                         const std::string& wanted);

// ---- script_module.cpp

/// Reads a TorchScript file onto the CPU in eval mode, parameters as float32.
/// Errors: Corrupt, Unsupported (operators), OutOfMemory.
[[nodiscard]] Result<jit::Module> loadScript(const std::filesystem::path& path);

/// Checks that forward takes one tensor. Errors: Unsupported.
[[nodiscard]] Status checkSignature(const jit::Module& module);

/// Whether the graph computes in training mode whatever eval() says: batch statistics or active dropout.
[[nodiscard]] bool hasTrainingOperators(jit::Graph& graph);

// ---- missing_operators.cpp

/// Gives this LibTorch operators of later versions that can be expressed by those it has.
void registerMissingOperators();

// ---- split_model.cpp

/// The values that a head takes or gives, as B x columns. Positions that remain (a 1x1 convolution or a
/// token-wise layer that is averaged afterwards) are averaged, which commutes with the head. Throws where the
/// values are not so many for every image.
[[nodiscard]] at::Tensor asRows(const at::Tensor& value, std::int64_t batch, std::int64_t columns,
                                bool isConvolution);

/// Takes the outputs of a graph away, and what comes after the head: it is not needed, and may change the
/// head's output in place.
void cutAfterHead(jit::Graph& graph, const LinearLayer& layer);

struct SplitOutput {
    at::Tensor features;  ///< B x D
    at::Tensor logits;    ///< B x C
};

/// A frozen module whose forward returns the head's input and output.
class SplitModel {
  public:
    /// Shares `frozen` and rewrites its graph; `layer` belongs to that graph.
    SplitModel(const jit::Module& frozen, const LinearLayer& layer);

    /// A copy rewritten for speed: batch norms folded into convolutions, and on the CPU, for graphs that gain
    /// from it, oneDNN's own layouts. Errors: Internal.
    [[nodiscard]] Result<SplitModel> optimised(const at::Device& device) const;

    /// One forward pass; throws what LibTorch throws. Safe to call from several threads at once.
    [[nodiscard]] SplitOutput run(const at::Tensor& input) const;
    /// The same with what a backward pass to `input` needs; not for optimised() models.
    [[nodiscard]] SplitOutput runForGradient(const at::Tensor& input) const;

  private:
    [[nodiscard]] SplitOutput forward(const at::Tensor& input) const;

    jit::Module module_;
    std::int64_t features_ = 0;
    std::int64_t classes_ = 0;
    bool isConvolution_ = false;
};

// ---- opened_model.cpp

/// Whether the input described is one that a model may take. Errors: InvalidArgument.
[[nodiscard]] Status checkOptions(const ClassifierOptions& options);

/// A model read and frozen, with its head: loadModel() without its checks of the output and its rewriting,
/// for what looks further into the graph.
struct OpenedModel {
    jit::Module frozen;  ///< on the device
    FoundHead found;     ///< in the graph of `frozen`
    at::Device device;
    at::Tensor probe;  ///< probeBatch() on the device, which the model runs on
};

/// Errors: those of Classifier::load() that concern the file, the head, the input and the device.
[[nodiscard]] Result<OpenedModel> openModel(const std::filesystem::path& path,
                                            const ClassifierOptions& options, const Job& job);

// ---- runtime.cpp

/// Makes LibTorch compute the same numbers each time: graphs run as they are (no profiling, no recompilation
/// for new shapes), no reduced precision on CUDA; and keeps models from writing to the terminal.
/// Process-wide.
void configureRuntime();

/// "auto", "cpu", "cuda", "cuda:N". Errors: InvalidArgument (another word), Device (lists what there is).
[[nodiscard]] Result<at::Device> chooseDevice(const std::string& name);

/// Sets the calling thread's share of the processors; cheap when unchanged.
void useThreads(int count);

/// Keeps LibTorch from writing warnings to the terminal from the calling thread, from now on; cheap to
/// repeat.
void silenceWarnings();

// ---- pixel_input.cpp

/// The model's input, B x channels x H x W float32 in channels-last order, on `device`: tables[256 c +
/// pixel].
[[nodiscard]] at::Tensor inputFromPixels(std::span<const std::uint8_t> pixels, std::span<const float> tables,
                                         at::IntArrayRef shape, const at::Device& device);

// ---- probe.cpp

/// A seeded batch of three in the range of normalised images: a flat one, noise, a smooth picture.
[[nodiscard]] at::Tensor probeBatch(std::int64_t channels, std::int64_t height, std::int64_t width);

/// The tensor of logits in what a model returned. Errors: Unsupported.
[[nodiscard]] Result<at::Tensor> outputTensor(const c10::IValue& output);

/// Whether every row lies in 0..1 and sums to one.
[[nodiscard]] bool looksLikeProbabilities(const at::Tensor& output);

/// W h + b, taken through `ending`: what the model should return, B x C.
[[nodiscard]] at::Tensor headOutput(const at::Tensor& features, const LinearLayer& layer, Ending ending);

/// max |a - b| of tensors of one shape; infinity where one has a NaN that the other has not.
[[nodiscard]] double maxDifference(const at::Tensor& a, const at::Tensor& b);

/// max |values|; NaN where there is one.
[[nodiscard]] double maxMagnitude(const at::Tensor& values);

// ---- input_diagnosis.cpp

/// The sentence for a model that does not run on the probe batch: the channels, the size or the batch size
/// that it does run on, else LibTorch's own words. `probe` is the batch that failed with `what`.
[[nodiscard]] Error diagnoseInput(jit::Module& module, const at::Tensor& probe, const std::string& what);

// ---- model_loader.cpp

/// A checked model, ready to run.
struct LoadedModel {
    ClassifierInfo info;
    at::Device device;
    SplitModel model;
    at::Tensor weight;  ///< C x D, contiguous float32 on the CPU
    std::vector<float> bias;
};

/// Everything Classifier::load promises, for one device.
[[nodiscard]] Result<LoadedModel> loadModel(const std::filesystem::path& path,
                                            const ClassifierOptions& options, const at::Device& device,
                                            const Job& job);

}  // namespace dicescope::torch_internal
