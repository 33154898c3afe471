#include "core/detectors/fit_store.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "core/base/parallel.h"
#include "core/base/progress_meter.h"
#include "core/features/safetensors.h"

namespace dicescope {
namespace {

constexpr const char* kFormat = "dicescope-fit";

template <class T>
ContentHash hashOf(std::span<const T> values) {
    return contentHash(std::as_bytes(values));
}

/// Of names, shapes and values.
class Checksum {
  public:
    void add(const std::string& name, std::uint64_t rows, std::uint64_t cols,
             std::span<const std::byte> bytes) {
        const ContentHash values = contentHash(bytes);
        text_ += name + ' ' + std::to_string(rows) + ' ' + std::to_string(cols) + ' ' + toHex(values) + '\n';
    }
    [[nodiscard]] std::string hex() const { return toHex(hashOf(std::span<const char>(text_))); }

  private:
    std::string text_;
};

std::string checksumOf(const FitArrays& arrays) {
    Checksum checksum;
    for (const auto& [name, array] : arrays) {
        checksum.add(name, array.rows(), array.cols(), std::as_bytes(array.view().flat()));
    }
    return checksum.hex();
}

/// Whether every tensor is a float64 matrix and the values are those that were written.
bool isIntact(const SafetensorsFile& file, const std::string& expected) {
    Checksum checksum;
    for (const auto& [name, tensor] : file.tensors()) {
        if (tensor.type != TensorType::F64 || tensor.shape.size() != 2) return false;
        checksum.add(name, tensor.shape[0], tensor.shape[1], tensor.bytes);
    }
    return checksum.hex() == expected;
}

Matrix<double> matrixOf(const TensorView& tensor) {
    Matrix<double> result(tensor.shape[0], tensor.shape[1]);
    std::ranges::copy(tensor.bytes, std::as_writable_bytes(result.view().flat()).begin());
    return result;
}

std::string valueOf(const SafetensorsFile& file, const char* key) {
    const auto found = file.metadata().find(key);
    return found == file.metadata().end() ? std::string() : found->second;
}

/// The hashes of pieces of the values, in their order.
Result<std::vector<ContentHash>> hashesOf(MatrixView<const float> features, const Job& job) {
    constexpr std::size_t kValuesAtATime = std::size_t{1} << 20;
    const std::size_t rowsAtATime =
        std::max<std::size_t>(1, kValuesAtATime / std::max<std::size_t>(1, features.cols));
    std::vector<ContentHash> hashes((features.rows + rowsAtATime - 1) / rowsAtATime);
    ProgressMeter meter(job, "Looking up earlier fits", features.rows);
    parallelFor(hashes.size(), 1, 0, [&](std::size_t begin, std::size_t end) {
        for (std::size_t k = begin; k < end && !job.stopRequested(); ++k) {
            const std::size_t first = k * rowsAtATime;
            const std::size_t rows = std::min(rowsAtATime, features.rows - first);
            hashes[k] = hashOf(features.flat().subspan(first * features.cols, rows * features.cols));
            meter.add(rows);
        }
    });
    if (job.stopRequested()) return cancelled();
    return hashes;
}

}  // namespace

FitStore::FitStore(std::filesystem::path folder, ContentHash key)
    : folder_(std::move(folder)), key_(toHex(key)) {}

std::filesystem::path FitStore::pathOf(const std::string& name) const {
    const std::string text = key_ + ' ' + name;
    return folder_ / (toHex(hashOf(std::span<const char>(text))) + ".safetensors");
}

std::optional<FitArrays> FitStore::read(const std::string& name) const {
    const auto file = SafetensorsFile::open(pathOf(name));
    if (!file || valueOf(*file, "format") != kFormat || valueOf(*file, "fit") != name ||
        valueOf(*file, "fitted_on") != key_ || !isIntact(*file, valueOf(*file, "checksum")))
        return std::nullopt;
    FitArrays arrays;
    for (const auto& [array, tensor] : file->tensors()) arrays.emplace(array, matrixOf(tensor));
    return arrays;
}

Status FitStore::write(const std::string& name, const FitArrays& arrays) const {
    std::vector<TensorSpec> specs;
    specs.reserve(arrays.size());
    for (const auto& [array, values] : arrays) {
        specs.push_back({array, TensorType::F64, {values.rows(), values.cols()}});
    }
    auto file = SafetensorsWriter::create(
        pathOf(name), specs,
        {{"format", kFormat}, {"fit", name}, {"fitted_on", key_}, {"checksum", checksumOf(arrays)}});
    if (!file) return forwardError(file);
    for (const auto& [array, values] : arrays) {
        if (auto written = file->write(std::as_bytes(values.view().flat())); !written) return written;
    }
    return file->commitUnsynced();
}

Result<ContentHash> fitKey(const TrainingSource& source, const Job& job) {
    const auto features = hashesOf(source.features, job);
    if (!features) return forwardError(features);
    std::string text = "version " + std::to_string(kFitVersion);
    for (const std::size_t size : {source.features.rows, source.head.units(), source.head.classes()}) {
        text += ' ' + std::to_string(size);
    }
    for (const ContentHash& hash :
         {hashOf(std::span<const ContentHash>(*features)), hashOf(source.labels),
          hashOf(source.head.weight.flat()), hashOf(std::span<const float>(source.head.bias))}) {
        text += ' ' + toHex(hash);
    }
    return hashOf(std::span<const char>(text));
}

}  // namespace dicescope
