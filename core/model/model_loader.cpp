#include <torch/csrc/jit/passes/freeze_module.h>
#include <torch/version.h>

#include <cmath>
#include <cstring>

#include "core/base/hash.h"
#include "core/model/model_archive.h"
#include "core/model/torch_internal.h"

namespace dicescope::torch_internal {
namespace {

constexpr double kHeadTolerance = 1e-3;       // of W h + b against the model's output, relative to its scale
constexpr double kOptimisedTolerance = 1e-4;  // of the optimised graph against the plain one, likewise

// What is known of a model while it is being checked.
struct Candidate {
    jit::Module module;    // as it was saved, on the device
    jit::Module frozen;    // its frozen copy; the split model takes it over
    at::Tensor probe;      // on the device
    at::Tensor ownOutput;  // of `module` on the probe batch
};

HeadCandidate describeLayer(const NamedLayer& named) {
    const at::Tensor& weight = named.layer.weight;
    return {named.name, static_cast<std::size_t>(weight.size(0)), static_cast<std::size_t>(weight.size(1)),
            named.layer.isConvolution};
}

Result<jit::Module> frozenCopy(const jit::Module& module) {
    try {
        return jit::freeze_module(module);
    } catch (const std::exception& error) {
        return fail(ErrorCode::Unsupported, "The model cannot be frozen (" + reasonOf(error.what()) +
                                                "); export it traced, with resources/export_model.py.");
    }
}

Result<at::Tensor> runAsSaved(jit::Module& module, const at::Tensor& probe) {
    const c10::InferenceMode noGradients;
    try {
        return outputTensor(module.get_method("forward")({probe}));
    } catch (const c10::OutOfMemoryError&) {
        return fail(ErrorCode::OutOfMemory,
                    "Memory ran out on a trial batch of three images; use --device cpu.");
    } catch (const std::exception& error) {
        return tl::unexpected<Error>(diagnoseInput(module, probe, error.what()));
    }
}

Result<Candidate> prepare(jit::Module& module, const ClassifierOptions& options, const at::Device& device) {
    if (const auto signature = checkSignature(module); !signature) return forwardError(signature);
    module.to(device);
    const at::Tensor probe = probeBatch(options.channels, options.height, options.width).to(device);
    const auto output = runAsSaved(module, probe);
    if (!output) return forwardError(output);
    if (!std::isfinite(maxMagnitude(*output))) {
        return fail(ErrorCode::Corrupt,
                    "The model gives NaN or infinite values on a trial batch; its weights are damaged, "
                    "export it again.");
    }
    const auto frozen = frozenCopy(module);
    if (!frozen) return forwardError(frozen);
    if (hasTrainingOperators(*frozen->get_method("forward").graph())) {
        return fail(ErrorCode::Unsupported,
                    "The model was exported in training mode (its batch norm or dropout is active); call "
                    "model.eval() and export it again.");
    }
    return Candidate{module, *frozen, probe, *output};
}

Result<FoundHead> findCheckedHead(const Candidate& candidate, const std::string& wanted) {
    auto found = findHead(*candidate.frozen.get_method("forward").graph(), candidate.module, wanted);
    if (!found && found.error().code == ErrorCode::Unsupported &&
        looksLikeProbabilities(candidate.ownOutput)) {
        return fail(ErrorCode::Unsupported,
                    "The model's output is probabilities, and the logits before them cannot be found in it; "
                    "export the model without its final softmax.");
    }
    return found;
}

// What the plain graph gives on the probe batch, and on its second image alone.
struct PlainRun {
    SplitOutput all;
    SplitOutput alone;
};

at::Tensor secondImage(const at::Tensor& probe) {
    return probe.narrow(0, 1, 1);
}

// W h + b against the model's own output.
Status checkHead(const Candidate& candidate, const FoundHead& found, const PlainRun& plain,
                 ClassifierInfo& info) {
    const Ending ending = found.isOutput ? found.ending : Ending::Logits;
    const at::Tensor own = (found.isOutput ? candidate.ownOutput : plain.all.logits).to(at::kFloat);
    const at::Tensor expected = headOutput(plain.all.features, found.head.layer, ending);
    if (own.numel() != expected.numel()) {
        return fail(ErrorCode::Unsupported, "The model's output is not one row of " +
                                                std::to_string(info.head.classes) +
                                                " logits an image; export a model that returns its logits.");
    }
    info.probeDifference = maxDifference(expected, own.reshape(expected.sizes()));
    info.probeScale = maxMagnitude(own);
    if (info.probeDifference <= kHeadTolerance * info.probeScale) return {};
    return fail(ErrorCode::Unsupported,
                "The layer " + info.head.name + " does not give the model's output (they differ by " +
                    std::to_string(info.probeDifference) +
                    "); choose another with --head, or export a model that returns its logits.");
}

// A model in eval mode answers for each image as if it were alone.
Status checkIndependence(const PlainRun& plain) {
    const double spread = maxDifference(plain.alone.logits[0], plain.all.logits[1]);
    if (spread <= kHeadTolerance * maxMagnitude(plain.all.logits)) return {};
    return fail(
        ErrorCode::Unsupported,
        "The model's output for an image depends on the other images of the batch; export it in eval mode.");
}

// Whether `output` gives what `plain` gives; keeps the largest difference of the logits.
bool agrees(const SplitOutput& plain, const SplitOutput& output, double& difference) {
    difference = std::max(difference, maxDifference(output.logits, plain.logits));
    const auto isClose = [](const at::Tensor& a, const at::Tensor& b) {
        return maxDifference(a, b) <= kOptimisedTolerance * maxMagnitude(b);
    };
    return isClose(output.logits, plain.logits) && isClose(output.features, plain.features);
}

SplitModel fastest(const SplitModel& plain, const PlainRun& expected, const at::Tensor& probe,
                   const at::Device& device, ClassifierInfo& info) {
    const auto checked = guarded("The optimised graph failed", [&]() -> Result<SplitModel> {
        auto fast = plain.optimised(device);
        if (!fast) return fast;
        double difference = 0;
        if (!agrees(expected.all, fast->run(probe), difference) ||
            !agrees(expected.alone, fast->run(secondImage(probe)), difference)) {
            return fail(ErrorCode::Internal, "The optimised graph gives other numbers.");
        }
        info.optimisedDifference = difference;
        info.optimised = true;
        return fast;
    });
    return checked ? *checked : plain;
}

std::string noteOn(const FoundHead& found) {
    std::string note;
    if (!found.container.empty())
        note += "The model returns several values; " + found.container + " is taken. ";
    if (!found.isOutput)
        return note + "The layer was chosen by hand and its output is not the model's output.";
    if (found.ending == Ending::Softmax)
        note += "The model ends in a softmax; the logits before it are used.";
    if (found.ending == Ending::LogSoftmax)
        note += "The model ends in a log-softmax; the logits before it are used.";
    if (found.ending == Ending::Sigmoid)
        note += "The model ends in a sigmoid; the logits before it are used.";
    if (!note.empty() && note.back() == ' ') note.pop_back();
    return note;
}

void describe(const Candidate& candidate, const FoundHead& found, const ClassifierOptions& options,
              const at::Device& device, ClassifierInfo& info) {
    info.head = describeLayer(found.head);
    for (const NamedLayer& layer : found.candidates) info.candidates.push_back(describeLayer(layer));
    info.hasBias = found.head.layer.bias.defined();
    for (const at::Tensor& values : candidate.module.parameters()) {
        info.parameters += static_cast<std::size_t>(values.numel());
    }
    info.channels = options.channels;
    info.height = options.height;
    info.width = options.width;
    info.device = device.str();
    info.libtorch = TORCH_VERSION;
    info.note = noteOn(found);
}

std::vector<float> biasOf(const LinearLayer& layer) {
    std::vector<float> values(static_cast<std::size_t>(layer.weight.size(0)), 0.0F);
    if (!layer.bias.defined()) return values;
    const at::Tensor bias = layer.bias.to(at::kCPU, at::kFloat).contiguous();
    std::memcpy(values.data(), bias.data_ptr<float>(), values.size() * sizeof(float));
    return values;
}

Result<LoadedModel> splitAndCheck(const Candidate& candidate, const ClassifierOptions& options,
                                  const at::Device& device, ClassifierInfo info) {
    const auto found = findCheckedHead(candidate, options.head);
    if (!found) return forwardError(found);
    describe(candidate, *found, options, device, info);
    const LinearLayer& layer = found->head.layer;
    const at::Tensor weight = layer.weight.to(at::kCPU, at::kFloat).contiguous();
    const SplitModel plain(candidate.frozen, layer);
    const PlainRun expected{plain.run(candidate.probe), plain.run(secondImage(candidate.probe))};
    if (const auto checked = checkHead(candidate, *found, expected, info); !checked)
        return forwardError(checked);
    if (const auto checked = checkIndependence(expected); !checked) return forwardError(checked);
    SplitModel model = fastest(plain, expected, candidate.probe, device, info);
    return LoadedModel{std::move(info), device, std::move(model), weight, biasOf(layer)};
}

}  // namespace

Result<LoadedModel> loadModel(const std::filesystem::path& path, const ClassifierOptions& options,
                              const at::Device& device, const Job& job) {
    ClassifierInfo info;
    info.path = path;
    const auto producer = inspectArchive(path);
    if (!producer) return forwardError(producer);
    info.producer = *producer;
    const auto hash = sha256OfFile(path);
    if (!hash) return forwardError(hash);
    info.sha256 = *hash;
    if (job.stopRequested()) return cancelled();

    silenceWarnings();
    configureRuntime();
    auto module = loadScript(path);
    if (!module) return forwardError(module);
    if (job.stopRequested()) return cancelled();
    // One thread, as extraction uses: threads of OpenMP and OpenBLAS that wait for each other on a busy
    // machine cost more than they bring for a few images.
    if (device.is_cpu()) useThreads(1);
    auto loaded = guarded("The model could not be prepared", [&]() -> Result<LoadedModel> {
        const auto candidate = prepare(*module, options, device);
        if (!candidate) return forwardError(candidate);
        if (job.stopRequested()) return cancelled();
        return splitAndCheck(*candidate, options, device, std::move(info));
    });
    if (!loaded) loaded.error().message = path.string() + ": " + loaded.error().message;
    return loaded;
}

}  // namespace dicescope::torch_internal
