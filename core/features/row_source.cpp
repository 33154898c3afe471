#include "core/features/row_source.h"

#include <cstring>

namespace dicescope {
namespace {

void copyValues(std::span<const std::byte> matrix, std::size_t row, std::span<float> values) {
    if (!values.empty())
        std::memcpy(values.data(), matrix.data() + row * values.size_bytes(), values.size_bytes());
}

tl::unexpected<Error> foreign(const std::filesystem::path& path) {
    return fail(ErrorCode::Mismatch,
                "'" + path.string() + "' belongs to another model or setting; it is not used.");
}

}  // namespace

Result<std::shared_ptr<SetSource>> SetSource::open(const std::filesystem::path& path,
                                                   const std::string& keyName) {
    auto file = SafetensorsFile::open(path);
    if (!file) return forwardError(file);
    auto source = std::make_shared<SetSource>();
    source->file_ = std::move(*file);
    const auto& metadata = source->file_.metadata();
    const auto key = metadata.find("cache_key");
    if (key == metadata.end() || key->second != keyName) return foreign(path);

    const TensorView* hashes = source->file_.find("content_hash");
    const TensorView* features = source->file_.find("features");
    const TensorView* logits = source->file_.find("logits");
    const auto isMatrix = [](const TensorView* tensor, TensorType type, std::uint64_t count) {
        return tensor->type == type && tensor->shape.size() == 2 && tensor->shape[0] == count &&
               tensor->shape[1] > 0;
    };
    const bool usable = hashes != nullptr && features != nullptr && !hashes->shape.empty() &&
                        isMatrix(hashes, TensorType::U64, hashes->shape[0]) && hashes->shape[1] == 2 &&
                        isMatrix(features, TensorType::F32, hashes->shape[0]) &&
                        (logits == nullptr || isMatrix(logits, TensorType::F32, hashes->shape[0]));
    if (!usable) return fail(ErrorCode::Corrupt, "'" + path.string() + "' is damaged; it is not used.");

    source->path = path;
    if (const auto folder = metadata.find("folder"); folder != metadata.end())
        source->imageFolder = folder->second;
    source->rows = hashes->shape[0];
    source->featureSize = features->shape[1];
    source->logitSize = logits == nullptr ? 0 : logits->shape[1];
    source->hashes_ = hashes->bytes;
    source->features_ = features->bytes;
    if (logits != nullptr) source->logits_ = logits->bytes;
    return source;
}

ContentHash SetSource::hash(std::size_t row) const {
    ContentHash hash;
    std::memcpy(&hash, hashes_.data() + row * sizeof(hash), sizeof(hash));
    return hash;
}

Status SetSource::copyFeatures(std::size_t row, std::span<float> features) const {
    copyValues(features_, row, features);
    return {};
}

Status SetSource::copyLogits(std::size_t row, std::span<float> logits) const {
    copyValues(logits_, row, logits);
    return {};
}

Result<std::shared_ptr<JournalSource>> JournalSource::open(const std::filesystem::path& path,
                                                           const ContentHash& key) {
    auto file = MappedFile::open(path);
    if (!file) return forwardError(file);
    auto view = JournalView::parse(file->bytes());
    if (!view)
        return fail(view.error().code, "'" + path.string() + "' is not used: " + view.error().message + ".");
    if (view->shape().key != key) return foreign(path);
    auto source = std::make_shared<JournalSource>();
    source->path = path;
    source->view = *view;
    source->file_ = std::move(*file);
    return source;
}

Status JournalSource::copyFeatures(std::size_t row, std::span<float> features) const {
    view.copyFeatures(row, features);
    return {};
}

Status JournalSource::copyLogits(std::size_t row, std::span<float> logits) const {
    view.copyLogits(row, logits);
    return {};
}

}  // namespace dicescope
