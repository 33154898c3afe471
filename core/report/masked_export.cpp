#include "core/report/masked_export.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/extraction/normalisation.h"
#include "core/images/decode.h"
#include "core/model/masked_model.h"
#include "core/sparsity/sweep.h"

namespace dicescope {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kImages = 24;

/// Preprocessed images with their features, row by row.
struct Sample {
    std::vector<std::uint8_t> pixels;
    std::vector<float> features;
    std::size_t images = 0;
    bool isReal = false;
};

ClassifierOptions optionsOf(const AnalysisInputs& inputs, const Session& session) {
    ClassifierOptions options;
    options.head = session.inputs.head;
    options.device = "cpu";
    options.channels = inputs.preprocess->channels;
    options.height = inputs.preprocess->cropHeight;
    options.width = inputs.preprocess->cropWidth;
    return options;
}

/// The folder that the ID set's paths are below; a feature file remembers the one it was made from.
fs::path imageFolder(const InputSet& set) {
    std::error_code ignored;
    return fs::is_directory(set.source, ignored) ? set.source : fs::path(set.features->provenance.folder);
}

/// Whether row `row` of the set still has its image: the file's bytes are those the features were made from.
bool isUnchanged(const FeatureSet& set, std::size_t row, std::span<const std::byte> bytes) {
    return set.hashes.empty() || set.hashes[row] == contentHash(bytes);
}

Sample realImages(const AnalysisInputs& inputs, const Job& job) {
    const FeatureSet& set = *inputs.id.features;
    const fs::path folder = imageFolder(inputs.id);
    Sample sample;
    sample.isReal = true;
    const std::size_t step = std::max<std::size_t>(1, set.size() / kImages);
    for (std::size_t row = 0; row < set.size() && sample.images < kImages; row += step) {
        if (job.stopRequested()) break;
        const auto bytes = readFile(folder / set.paths[row]);
        if (!bytes || !isUnchanged(set, row, *bytes)) continue;
        const auto image = decodeImage(*bytes);
        if (!image) continue;
        const auto pixels = toModelPixels(*image, *inputs.preprocess);
        sample.pixels.insert(sample.pixels.end(), pixels.begin(), pixels.end());
        const auto features = set.features.row(row);
        sample.features.insert(sample.features.end(), features.begin(), features.end());
        ++sample.images;
    }
    return sample;
}

/// Noise images, and the features that the model gives for them.
Result<Sample> noiseImages(const AnalysisInputs& inputs, const ClassifierOptions& options, const Job& job) {
    constexpr std::size_t kNoise = 8;
    const auto model = Classifier::load(inputs.model->path, options, job);
    if (!model) return forwardError(model);
    Sample sample;
    sample.images = kNoise;
    std::mt19937 random;
    sample.pixels.resize(kNoise * inputs.preprocess->pixelBytes());
    for (auto& pixel : sample.pixels) pixel = static_cast<std::uint8_t>(random());
    sample.features.resize(kNoise * inputs.head.features());
    Matrix<float> logits(kNoise, inputs.head.classes());
    const ForwardOutput output{{sample.features.data(), kNoise, inputs.head.features()}, logits.view()};
    const auto tables = normalisationTables(*inputs.preprocess);
    if (auto status = model->forward(sample.pixels, kNoise, tables, output, 1); !status)
        return forwardError(status);
    return sample;
}

Result<std::vector<float>> energiesOf(const Sample& sample, const MaskedWeight& masked,
                                      const AnalysisInputs& inputs, const Session& session, const Job& job) {
    SweepOptions options;
    options.reactClip = session.sweep.reactClip;
    options.threads = session.sweep.threads;
    const MatrixView<const float> features{sample.features.data(), sample.images, inputs.head.features()};
    const auto summary = denseSummary(features, masked.weight.view(), inputs.head.bias, options, job);
    if (!summary) return forwardError(summary);
    std::vector<float> energies(sample.images);
    for (std::size_t i = 0; i < energies.size(); ++i)
        energies[i] = summary->maxLogitAt(0)[i] + summary->excessAt(0)[i];
    return energies;
}

Status checkModel(const AnalysisInputs& inputs) {
    if (!inputs.model || !inputs.preprocess) {
        return fail(
            ErrorCode::InvalidArgument,
            "The head came as .npy, without a model to put the masked head into; analyse with a model.");
    }
    const auto hash = sha256OfFile(inputs.model->path);
    if (!hash) return forwardError(hash);
    if (*hash == inputs.model->sha256) return {};
    return fail(ErrorCode::Mismatch,
                "'" + inputs.model->path.string() +
                    "' has changed since it was analysed; analyse it again before exporting.");
}

Result<MaskedModelCheck> check(const fs::path& path, const AnalysisInputs& inputs, const Session& session,
                               const MaskedWeight& masked, const Job& job) {
    constexpr double kTolerance = 1e-3;
    const ClassifierOptions options = optionsOf(inputs, session);
    Sample sample = realImages(inputs, job);
    if (job.stopRequested()) return cancelled();
    if (sample.images == 0) {
        auto noise = noiseImages(inputs, options, job);
        if (!noise) return forwardError(noise);
        sample = std::move(*noise);
    }
    const auto energies = energiesOf(sample, masked, inputs, session, job);
    if (!energies) return forwardError(energies);
    const auto tables = normalisationTables(*inputs.preprocess);
    const auto difference = largestScoreDifference(path, options, {sample.pixels, tables, *energies}, job);
    if (!difference) return forwardError(difference);
    MaskedModelCheck result{sample.images, sample.isReal, *difference, 0};
    for (const float energy : *energies)
        result.largestScore = std::max(result.largestScore, static_cast<double>(std::abs(energy)));
    if (*difference <= kTolerance * std::max(1.0, result.largestScore)) return result;
    return fail(ErrorCode::Internal,
                "The model with the masked head gives other scores than the program (they differ "
                "by " +
                    std::to_string(*difference) + "); please report it.");
}

}  // namespace

Result<MaskedModelCheck> exportMaskedModel(const AnalysisInputs& inputs, const Session& session,
                                           const MaskedWeight& masked, const fs::path& path, const Job& job) {
    if (auto status = checkModel(inputs); !status) return forwardError(status);
    const MaskedHead head{masked.weight.view(), session.sweep.reactClip};
    const auto written = writeMaskedModel(inputs.model->path, optionsOf(inputs, session), head, path, job);
    if (!written) return forwardError(written);
    auto checked = check(path, inputs, session, masked, job);
    std::error_code ignored;
    if (!checked) fs::remove(path, ignored);
    return checked;
}

}  // namespace dicescope
