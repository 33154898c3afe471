#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>
#include <new>

#include "core/features/feature_file.h"
#include "core/features/feature_file_layout.h"
#include "core/features/safetensors.h"

namespace dicescope {
namespace {

constexpr std::string_view kFormat = "dicescope-features";

tl::unexpected<Error> problem(ErrorCode code, const std::string& name, const std::string& what) {
    return fail(code,
                "'" + name + "' cannot be used as a feature file: " + what + "; extract the features again.");
}

// What the views of a set point into: the mapping, and copies of tensors that another writer left misaligned.
struct Storage {
    std::shared_ptr<const void> mapping;
    std::vector<std::vector<float>> copies;
};

class Reader {
  public:
    Reader(const SafetensorsFile& file, std::string name) : file_(file), name_(std::move(name)) {
        storage_->mapping = file.storage();
    }

    Result<std::shared_ptr<FeatureSet>> read() {
        for (const auto step :
             {&Reader::readSchema, &Reader::readMatrices, &Reader::readClasses, &Reader::readLabels,
              &Reader::readHashes, &Reader::readPaths, &Reader::readSkipped}) {
            if (auto done = (this->*step)(); !done) return forwardError(done);
        }
        auto& from = set_->provenance;
        from = {text("model_sha256"), text("head"),   text("preprocess"),
                text("device"),       text("folder"), text("producer")};
        set_->storage = storage_;
        return set_;
    }

  private:
    [[nodiscard]] std::string text(std::string_view key) const {
        const auto found = file_.metadata().find(key);
        return found == file_.metadata().end() ? std::string() : found->second;
    }

    Status readSchema() {
        ownFormat_ = text("format") == kFormat;
        if (!ownFormat_) return {};
        const std::string schema = text("schema");
        int version = 0;
        const auto [end, error] = std::from_chars(schema.data(), schema.data() + schema.size(), version);
        if (error != std::errc() || end != schema.data() + schema.size() || version < 1) {
            return problem(ErrorCode::Corrupt, name_, "its schema '" + schema + "' is no version number");
        }
        if (version > kFeatureFileSchema) {
            return fail(ErrorCode::Unsupported,
                        "'" + name_ + "' has version " + schema +
                            " of the feature file layout and this program knows up to " +
                            std::to_string(kFeatureFileSchema) + "; use a newer DiceScope.");
        }
        return {};
    }

    Result<MatrixView<const float>> matrix(const std::string& tensorName) {
        const TensorView* tensor = file_.find(tensorName);
        if (tensor == nullptr) return MatrixView<const float>{};
        if (tensor->type != TensorType::F32) {
            return problem(ErrorCode::Unsupported, name_,
                           "its tensor '" + tensorName + "' is " + std::string(typeName(tensor->type)) +
                               " where F32 is needed");
        }
        if (tensor->shape.size() != 2 || tensor->shape[1] == 0) {
            return problem(ErrorCode::Corrupt, name_, "its tensor '" + tensorName + "' is not a matrix");
        }
        return MatrixView<const float>{aligned(*tensor), tensor->shape[0], tensor->shape[1]};
    }

    const float* aligned(const TensorView& tensor) {
        if (reinterpret_cast<std::uintptr_t>(tensor.bytes.data()) % alignof(float) == 0) {
            return reinterpret_cast<const float*>(tensor.bytes.data());
        }
        auto& copy = storage_->copies.emplace_back(tensor.elements());
        std::memcpy(copy.data(), tensor.bytes.data(), tensor.bytes.size());
        return copy.data();
    }

    Status readMatrices() {
        const auto features = matrix("features");
        if (!features) return forwardError(features);
        if (features->cols == 0) return problem(ErrorCode::Corrupt, name_, "it has no tensor 'features'");
        const auto logits = matrix("logits");
        if (!logits) return forwardError(logits);
        if (logits->cols > 0 && logits->rows != features->rows) {
            return problem(ErrorCode::Corrupt, name_,
                           "its logits and features differ in their number of rows");
        }
        set_->features = *features;
        set_->logits = *logits;
        return {};
    }

    Status readLabels() {
        const std::size_t n = set_->size();
        const TensorView* tensor = file_.find("labels");
        set_->labels.assign(n, -1);
        if (tensor == nullptr) return {};
        const bool wide = tensor->type == TensorType::I64;
        if (!wide && tensor->type != TensorType::I32) {
            return problem(ErrorCode::Unsupported, name_, "its labels are neither I32 nor I64");
        }
        if (tensor->shape.size() != 1 || tensor->shape[0] != n) {
            return problem(ErrorCode::Corrupt, name_, "its labels are not one a row");
        }
        const std::int64_t classes = set_->classes.empty() ? std::numeric_limits<int>::max()
                                                           : static_cast<std::int64_t>(set_->classes.size());
        for (std::size_t i = 0; i < n; ++i) {
            const std::int64_t label =
                wide ? element<std::int64_t>(*tensor, i) : element<std::int32_t>(*tensor, i);
            if (label < -1 || label >= classes) {
                return problem(ErrorCode::Corrupt, name_, "it has a label of " + std::to_string(label));
            }
            set_->labels[i] = static_cast<int>(label);
        }
        return {};
    }

    template <class T>
    static T element(const TensorView& tensor, std::size_t index) {
        T value{};
        std::memcpy(&value, tensor.bytes.data() + index * sizeof(T), sizeof(T));
        return value;
    }

    Status readHashes() {
        const TensorView* tensor = file_.find("content_hash");
        if (tensor == nullptr) return {};
        const bool fits =
            tensor->type == TensorType::U64 && tensor->shape == std::vector<std::uint64_t>{set_->size(), 2};
        if (!fits) return problem(ErrorCode::Corrupt, name_, "its content hashes are not two U64 a row");
        set_->hashes.resize(set_->size());
        if (!tensor->bytes.empty())
            std::memcpy(set_->hashes.data(), tensor->bytes.data(), tensor->bytes.size());
        return {};
    }

    Result<std::vector<std::string>> split(const TensorView& tensor, const std::string& tensorName) const {
        std::string_view rest(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
        if (tensor.type != TensorType::U8 || (!rest.empty() && rest.back() != '\0')) {
            return problem(ErrorCode::Corrupt, name_,
                           "its tensor '" + tensorName + "' is not a list of strings");
        }
        std::vector<std::string> result;
        while (!rest.empty()) {
            const std::size_t end = rest.find('\0');
            result.emplace_back(rest.substr(0, end));
            rest.remove_prefix(end + 1);
        }
        return result;
    }

    Result<std::vector<std::string>> strings(const std::string& tensorName) const {
        const TensorView* tensor = file_.find(tensorName);
        return tensor == nullptr ? std::vector<std::string>{} : split(*tensor, tensorName);
    }

    Status readClasses() {
        auto classes = strings("classes");
        if (!classes) return forwardError(classes);
        set_->classes = std::move(*classes);
        return {};
    }

    Status readPaths() {
        if (!ownFormat_ && file_.find("paths") == nullptr) return nameRows();
        auto paths = strings("paths");
        if (!paths) return forwardError(paths);
        if (paths->size() != set_->size())
            return problem(ErrorCode::Corrupt, name_, "its paths are not one a row");
        set_->paths = std::move(*paths);
        return {};
    }

    Status nameRows() {
        for (std::size_t i = 0; i < set_->size(); ++i) set_->paths.push_back("row " + std::to_string(i));
        return {};
    }

    Status readSkipped() {
        auto parts = strings("skipped");
        if (!parts) return forwardError(parts);
        if (parts->size() % 2 != 0)
            return problem(ErrorCode::Corrupt, name_, "its list of skipped files is damaged");
        for (std::size_t i = 0; i < parts->size(); i += 2) {
            set_->skipped.push_back({std::move((*parts)[i]), std::move((*parts)[i + 1])});
        }
        return {};
    }

    const SafetensorsFile& file_;
    std::string name_;
    bool ownFormat_ = false;
    std::shared_ptr<FeatureSet> set_ = std::make_shared<FeatureSet>();
    std::shared_ptr<Storage> storage_ = std::make_shared<Storage>();
};

}  // namespace

Result<LoadedFeatureFile> featureFileFrom(const SafetensorsFile& file, const std::string& name) {
    try {
        auto set = Reader(file, name).read();
        if (!set) return forwardError(set);
        return LoadedFeatureFile{std::move(*set), file.metadata()};
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory,
                    "There is not enough memory for the feature file '" + name + "'.");
    }
}

Result<LoadedFeatureFile> loadFeatureFile(const std::filesystem::path& path) {
    const auto file = SafetensorsFile::open(path);
    if (!file) return forwardError(file);
    return featureFileFrom(*file, path.string());
}

Result<FeatureSetPtr> readFeatureFile(const std::filesystem::path& path) {
    auto loaded = loadFeatureFile(path);
    if (!loaded) return forwardError(loaded);
    return FeatureSetPtr(std::move(loaded->set));
}

}  // namespace dicescope
