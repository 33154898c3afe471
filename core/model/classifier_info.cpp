#include "core/model/classifier_info.h"

#include <iomanip>
#include <sstream>

namespace dicescope {
namespace {

std::string withThousands(std::size_t value) {
    std::string digits = std::to_string(value);
    for (std::size_t at = digits.size(); at > 3;) {
        at -= 3;
        digits.insert(at, 1, ',');
    }
    return digits;
}

std::string headLine(const HeadCandidate& head) {
    std::ostringstream out;
    out << head.name << " (" << head.classes << " classes x " << head.features << " features"
        << (head.isConvolution ? ", 1x1 convolution)" : ")");
    return out.str();
}

void line(std::ostream& out, const char* key, const std::string& value) {
    if (!value.empty()) out << std::left << std::setw(12) << (std::string(key) + ":") << value << '\n';
}

std::string number(double value) {
    std::ostringstream out;
    out << std::setprecision(3) << value;
    return out.str();
}

std::string optimisedLine(const ClassifierInfo& info) {
    if (!info.optimised) return "no";
    return "yes, logits within " + number(info.optimisedDifference) + " of the plain graph's";
}

}  // namespace

std::string describe(const ClassifierInfo& info) {
    std::ostringstream out;
    line(out, "model", info.path.string());
    line(out, "sha256", info.sha256);
    line(out, "producer", info.producer);
    line(out, "parameters", withThousands(info.parameters));
    line(out, "input",
         std::to_string(info.channels) + " x " + std::to_string(info.height) + " x " +
             std::to_string(info.width) + " (channels x height x width)");
    line(out, "classes C", std::to_string(info.head.classes));
    line(out, "features D", std::to_string(info.head.features));
    line(out, "head", headLine(info.head) + (info.hasBias ? "" : ", no bias"));
    for (const HeadCandidate& candidate : info.candidates) {
        if (candidate != info.head) line(out, "other head", headLine(candidate));
    }
    line(out, "check",
         "|W h + b - output| <= " + number(info.probeDifference) + " on a probe batch with outputs up to " +
             number(info.probeScale));
    line(out, "optimised", optimisedLine(info));
    line(out, "device", info.device);
    line(out, "LibTorch", info.libtorch);
    line(out, "note", info.note);
    return out.str();
}

}  // namespace dicescope
