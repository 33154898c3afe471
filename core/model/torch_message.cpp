#include "core/model/torch_message.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace dicescope::torch_internal {
namespace {

struct Since {
    std::string_view name;
    std::string_view version;
};

// Operators of later versions that classifiers are known to use.
constexpr std::array kSince{
    Since{"aten::scaled_dot_product_attention", "2.0"},
    Since{"aten::_native_batch_norm_legit", "2.0"},
    Since{"aten::squeeze", "2.0"},
    Since{"aten::rms_norm", "2.4"},
    Since{"aten::_safe_softmax", "2.5"},
};

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
    return text;
}

bool isNameCharacter(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == ':' || c == '.';
}

// The first "space::name" that follows `marker`.
std::string qualifiedNameAfter(std::string_view what, std::string_view marker) {
    const std::size_t at = what.find(marker);
    if (at == std::string_view::npos) return {};
    const std::size_t colons = what.find("::", at + marker.size());
    if (colons == std::string_view::npos) return {};
    std::size_t first = colons;
    while (first > 0 && isNameCharacter(what[first - 1])) --first;
    std::size_t last = colons + 2;
    while (last < what.size() && isNameCharacter(what[last])) ++last;
    std::string name(what.substr(first, last - first));
    while (!name.empty() && name.back() == '.') name.pop_back();
    return name;
}

}  // namespace

std::string reasonOf(std::string_view what) {
    // An error inside a model comes as a traceback of its code, then "RuntimeError: the reason".
    constexpr std::string_view kMarker = "Error: ";
    if (contains(what, "Traceback of TorchScript")) {
        const std::size_t marker = what.rfind(kMarker);
        if (marker != std::string_view::npos) what.remove_prefix(marker + kMarker.size());
    }
    what = trimmed(what);
    const std::string_view line = trimmed(what.substr(0, what.find('\n')));
    return line.empty() ? "no reason given" : std::string(line);
}

std::string unknownOperator(std::string_view what) {
    for (const std::string_view marker : {"Unknown builtin op: ", "Arguments for call are not valid."}) {
        if (std::string name = qualifiedNameAfter(what, marker); !name.empty()) return name;
    }
    return {};
}

std::string operatorAdvice(const std::string& name, const std::string& version) {
    const auto known =
        std::find_if(kSince.begin(), kSince.end(), [&](const Since& since) { return since.name == name; });
    std::string message = "The model uses the operator " + name;
    if (!name.starts_with("aten::") && !name.starts_with("prim::")) {
        return message +
               " of an extension library, which this program does not have; export a model without it.";
    }
    message += " in a form that LibTorch " + version + " does not have";
    if (known != kSince.end()) {
        message += " (it needs " + std::string(known->version) + " or newer)";
    } else {
        message += " (it needs a newer one)";
    }
    return message +
           "; export it again with resources/export_model.py, or build this program with a newer LibTorch.";
}

Error errorFromTorch(const std::string& context, std::string_view what) {
    const std::string reason = reasonOf(what);
    if (contains(what, "out of memory") || contains(what, "can't allocate memory") ||
        contains(what, "ALLOC_FAILED") || contains(what, "not enough memory")) {
        return {ErrorCode::OutOfMemory, context + ": memory ran out; use a smaller batch."};
    }
    if (contains(what, "CUDA error") || contains(what, "CUDNN_STATUS") || contains(what, "cuDNN error") ||
        contains(what, "CUBLAS_STATUS")) {
        return {ErrorCode::Device, context + ": the device failed (" + reason + "); try --device cpu."};
    }
    return {ErrorCode::Internal, context + ": " + reason};
}

}  // namespace dicescope::torch_internal
