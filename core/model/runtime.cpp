#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/util/Exception.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/runtime/print_handler.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include "core/base/blas_threads.h"
#include "core/model/torch_internal.h"

namespace dicescope::torch_internal {
namespace {

class DropWarnings : public c10::WarningHandler {
  public:
#if TORCH_VERSION_MAJOR >= 2
    void process(const c10::Warning&) override {}
#else
    void process(const c10::SourceLocation&, const std::string&, const bool) override {}
#endif
};

std::size_t deviceCount() {
    return torch::cuda::is_available() ? static_cast<std::size_t>(torch::cuda::device_count()) : 0;
}

std::string availableDevices() {
    std::string text = "cpu";
    for (std::size_t at = 0; at < deviceCount(); ++at) text += ", cuda:" + std::to_string(at);
    return text;
}

std::optional<std::size_t> cudaIndex(const std::string& name) {
    constexpr std::string_view kPrefix = "cuda:";
    constexpr std::size_t kMostDigits = 3;
    if (name == "cuda") return 0;
    if (!name.starts_with(kPrefix)) return std::nullopt;
    const std::string digits = name.substr(kPrefix.size());
    if (digits.empty() || digits.size() > kMostDigits) return std::nullopt;
    if (digits.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
    return std::stoul(digits);
}

}  // namespace

void silenceWarnings() {
    static DropWarnings dropped;
    thread_local bool isSilent = false;
    if (isSilent) return;
#if TORCH_VERSION_MAJOR >= 2
    c10::WarningUtils::set_warning_handler(&dropped);
#else
    c10::Warning::set_warning_handler(&dropped);
#endif
    isSilent = true;
}

void configureRuntime() {
    static std::once_flag once;
    std::call_once(once, [] {
        jit::getProfilingMode() = false;
        jit::setPrintHandler([](const std::string&) {});
        at::globalContext().setAllowTF32CuDNN(false);
        at::globalContext().setAllowTF32CuBLAS(false);
        at::globalContext().setBenchmarkCuDNN(false);
        at::globalContext().setDeterministicCuDNN(true);
    });
}

Result<at::Device> chooseDevice(const std::string& name) {
    if (name == "cpu") return at::Device(at::kCPU);
    if (name == "auto") return deviceCount() > 0 ? at::Device(at::kCUDA, 0) : at::Device(at::kCPU);
    const auto index = cudaIndex(name);
    if (!index) {
        return fail(
            ErrorCode::InvalidArgument,
            "'" + name + "' names no device; write auto, cpu or cuda:N (here: " + availableDevices() + ").");
    }
    if (*index >= deviceCount()) {
        return fail(ErrorCode::Device,
                    "There is no device " + name + "; this program can use: " + availableDevices() + ".");
    }
    return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(*index));
}

void useThreads(int count) {
    thread_local int current = 0;
    useBlasThreads(count);
    if (current == count) return;
    at::set_num_threads(count);
    current = count;
}

}  // namespace dicescope::torch_internal
