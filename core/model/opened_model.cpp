#include <torch/csrc/jit/passes/freeze_module.h>

#include "core/model/model_archive.h"
#include "core/model/torch_internal.h"

namespace dicescope::torch_internal {
namespace {

constexpr int kMostPixelsASide = 16384;

Result<OpenedModel> freezeAndFind(jit::Module& module, const ClassifierOptions& options,
                                  const at::Device& device) {
    if (const auto signature = checkSignature(module); !signature) return forwardError(signature);
    module.to(device);
    const at::Tensor probe = probeBatch(options.channels, options.height, options.width).to(device);
    try {
        const c10::InferenceMode noGradients;
        (void)module.get_method("forward")({probe});
    } catch (const c10::OutOfMemoryError&) {
        throw;
    } catch (const std::exception& error) {
        return tl::unexpected<Error>(diagnoseInput(module, probe, error.what()));
    }
    const jit::Module frozen = jit::freeze_module(module);
    auto found = findHead(*frozen.get_method("forward").graph(), module, options.head);
    if (!found) return forwardError(found);
    return OpenedModel{frozen, std::move(*found), device, probe};
}

}  // namespace

Status checkOptions(const ClassifierOptions& options) {
    const bool hasSize = options.height > 0 && options.width > 0 && options.height <= kMostPixelsASide &&
                         options.width <= kMostPixelsASide;
    if (hasSize && (options.channels == 1 || options.channels == 3)) return {};
    return fail(ErrorCode::InvalidArgument,
                "The model's input must be 1 or 3 channels of 1 to 16384 pixels a side.");
}

Result<OpenedModel> openModel(const std::filesystem::path& path, const ClassifierOptions& options,
                              const Job& job) {
    if (const auto checked = checkOptions(options); !checked) return forwardError(checked);
    const auto device = chooseDevice(options.device);
    if (!device) return forwardError(device);
    if (const auto archive = inspectArchive(path); !archive) return forwardError(archive);
    if (job.stopRequested()) return cancelled();
    silenceWarnings();
    configureRuntime();
    auto module = loadScript(path);
    if (!module) return forwardError(module);
    if (job.stopRequested()) return cancelled();
    if (device->is_cpu()) useThreads(1);
    auto opened = guarded("The model could not be prepared",
                          [&]() -> Result<OpenedModel> { return freezeAndFind(*module, options, *device); });
    if (!opened) opened.error().message = path.string() + ": " + opened.error().message;
    return opened;
}

}  // namespace dicescope::torch_internal
