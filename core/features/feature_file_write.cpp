#include <algorithm>
#include <bit>
#include <chrono>
#include <limits>
#include <vector>

#include "core/features/feature_file.h"
#include "core/features/feature_file_layout.h"
#include "core/features/safetensors.h"

namespace dicescope {
namespace {

static_assert(std::endian::native == std::endian::little,
              "files are little-endian and written as they lie in memory");
static_assert(sizeof(ContentHash) == 16 && sizeof(int) == 4);

constexpr std::size_t kRowsPerPiece = 256;
constexpr auto kReportEvery = std::chrono::milliseconds(100);

using Metadata = std::map<std::string, std::string>;

Status checkParts(const FeatureSet& set) {
    const std::size_t n = set.size();
    const bool agree = set.paths.size() == n && set.labels.size() == n &&
                       (set.hashes.empty() || set.hashes.size() == n) &&
                       (set.logits.cols == 0 || set.logits.rows == n) && set.features.cols > 0;
    if (!agree) {
        return fail(ErrorCode::InvalidArgument,
                    "The parts of the feature set differ in length; nothing was written.");
    }
    const int classes =
        set.classes.empty() ? std::numeric_limits<int>::max() : static_cast<int>(set.classes.size());
    const auto isLabel = [&](int label) { return label >= -1 && label < classes; };
    if (!std::all_of(set.labels.begin(), set.labels.end(), isLabel)) {
        return fail(ErrorCode::InvalidArgument,
                    "A label of the feature set names no class; nothing was written.");
    }
    return {};
}

// Strings of any bytes but NUL, each ended by one, so that file names need not be UTF-8.
Status append(std::string& blob, const std::string& text) {
    if (text.find('\0') != std::string::npos) {
        return fail(ErrorCode::InvalidArgument,
                    "A name in the feature set holds a NUL byte; nothing was written.");
    }
    blob += text;
    blob += '\0';
    return {};
}

struct Blobs {
    std::string paths;
    std::string classes;
    std::string skipped;
};

Result<Blobs> packStrings(const FeatureSet& set) {
    Blobs blobs;
    for (const auto& path : set.paths) {
        if (auto packed = append(blobs.paths, path); !packed) return forwardError(packed);
    }
    for (const auto& name : set.classes) {
        if (auto packed = append(blobs.classes, name); !packed) return forwardError(packed);
    }
    for (const auto& file : set.skipped) {
        if (auto packed = append(blobs.skipped, file.path); !packed) return forwardError(packed);
        if (auto packed = append(blobs.skipped, file.reason); !packed) return forwardError(packed);
    }
    return blobs;
}

// The largest elements first, so that every tensor is aligned to its element without gaps.
std::vector<TensorSpec> tensorSpecs(const FeatureSet& set, const Blobs& blobs) {
    const std::uint64_t n = set.size();
    std::vector<TensorSpec> specs;
    if (!set.hashes.empty()) specs.push_back({"content_hash", TensorType::U64, {n, 2}});
    specs.push_back({"features", TensorType::F32, {n, set.features.cols}});
    if (set.logits.cols > 0) specs.push_back({"logits", TensorType::F32, {n, set.logits.cols}});
    specs.push_back({"labels", TensorType::I32, {n}});
    specs.push_back({"paths", TensorType::U8, {blobs.paths.size()}});
    specs.push_back({"classes", TensorType::U8, {blobs.classes.size()}});
    specs.push_back({"skipped", TensorType::U8, {blobs.skipped.size()}});
    return specs;
}

Metadata metadataOf(const FeatureSet& set, const Metadata& extra) {
    Metadata metadata = extra;
    const auto& from = set.provenance;
    metadata["format"] = "dicescope-features";
    metadata["schema"] = std::to_string(kFeatureFileSchema);
    metadata["model_sha256"] = from.modelSha256;
    metadata["head"] = from.head;
    metadata["preprocess"] = from.preprocess;
    metadata["device"] = from.device;
    metadata["folder"] = from.folder;
    metadata["producer"] = from.producer;
    return metadata;
}

class RowWriter {
  public:
    RowWriter(SafetensorsWriter& file, const Job& job, std::size_t totalRows)
        : file_(file), job_(job), progress_{"Writing features", 0, totalRows, 0, -1} {}

    Status write(std::size_t rows, std::size_t columns, const RowReader& read) {
        std::vector<float> piece(std::min(rows, kRowsPerPiece) * columns);
        for (std::size_t begin = 0; begin < rows; begin += kRowsPerPiece) {
            if (job_.stopRequested()) return cancelled();
            const std::size_t count = std::min(kRowsPerPiece, rows - begin);
            for (std::size_t i = 0; i < count; ++i) {
                if (auto got = read(begin + i, std::span(piece).subspan(i * columns, columns)); !got)
                    return got;
            }
            const auto bytes = std::as_bytes(std::span(piece).first(count * columns));
            if (auto written = file_.write(bytes); !written) return written;
            report(count);
        }
        return {};
    }

  private:
    void report(std::size_t count) {
        progress_.done += count;
        const auto now = std::chrono::steady_clock::now();
        if (now - reported_ < kReportEvery && progress_.done < progress_.total) return;
        reported_ = now;
        job_.report(progress_);
    }

    SafetensorsWriter& file_;
    const Job& job_;
    Progress progress_;
    std::chrono::steady_clock::time_point reported_ = std::chrono::steady_clock::now();
};

}  // namespace

Status writeFeatureRows(const std::filesystem::path& path, const FeatureSet& set, const FeatureRows& rows,
                        const Metadata& extra, const Job& job) {
    if (auto checked = checkParts(set); !checked) return checked;
    const auto blobs = packStrings(set);
    if (!blobs) return forwardError(blobs);
    auto file = SafetensorsWriter::create(path, tensorSpecs(set, *blobs), metadataOf(set, extra));
    if (!file) return forwardError(file);

    const bool hasLogits = set.logits.cols > 0;
    RowWriter writer(*file, job, set.size() * (hasLogits ? 2 : 1));
    if (auto written = file->write(std::as_bytes(std::span(set.hashes))); !written) return written;
    if (auto written = writer.write(set.size(), set.features.cols, rows.features); !written) return written;
    if (hasLogits) {
        if (auto written = writer.write(set.size(), set.logits.cols, rows.logits); !written) return written;
    }
    if (auto written = file->write(std::as_bytes(std::span(set.labels))); !written) return written;
    for (const std::string* blob : {&blobs->paths, &blobs->classes, &blobs->skipped}) {
        if (auto written = file->write(std::as_bytes(std::span(*blob))); !written) return written;
    }
    return file->commit();
}

Status writeFeatureFile(const std::filesystem::path& path, const FeatureSet& set) {
    const auto copyFrom = [](MatrixView<const float> matrix) {
        return [matrix](std::size_t row, std::span<float> values) -> Status {
            std::copy(matrix.row(row).begin(), matrix.row(row).end(), values.begin());
            return {};
        };
    };
    return writeFeatureRows(path, set, {copyFrom(set.features), copyFrom(set.logits)}, {}, {});
}

}  // namespace dicescope
