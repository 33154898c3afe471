#include "core/analysis/set_reader.h"

#include <cstdlib>
#include <string>
#include <utility>

#include "core/features/feature_file.h"
#include "core/images/image_folder.h"

namespace dicescope {
namespace {

namespace fs = std::filesystem;

/// A folder that goes away with its last owner.
class TemporaryFolder {
  public:
    static Result<std::shared_ptr<TemporaryFolder>> create(const fs::path& parent) {
        std::error_code error;
        fs::create_directories(parent, error);
        std::string name = (parent / ".dicescope-features.XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) {
            return fail(ErrorCode::WriteFailed, "Cannot make a temporary folder in '" + parent.string() +
                                                    "'; choose a folder that you may write to.");
        }
        return std::make_shared<TemporaryFolder>(name);
    }
    explicit TemporaryFolder(fs::path path) : path_(std::move(path)) {}
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    [[nodiscard]] const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

}  // namespace

struct FeatureStore::Parts {
    std::shared_ptr<TemporaryFolder> temporary;  // first, so that it outlives the files in it
    FeatureCache cache;
    FileHashMemo memo;
    BatchSizeMemory batchSizes{BatchSizeMemory::defaultFile()};
};

Result<FeatureStore> FeatureStore::open(const ExtractionSettings& settings, const ClassifierInfo& info,
                                        const Preprocess& preprocess) {
    std::shared_ptr<TemporaryFolder> temporary;
    fs::path root = settings.cache.empty() ? defaultCacheRoot() : settings.cache;
    if (!settings.useCache) {
        auto folder =
            TemporaryFolder::create(settings.scratch.empty() ? fs::temp_directory_path() : settings.scratch);
        if (!folder) return forwardError(folder);
        temporary = std::move(*folder);
        root = temporary->path();
    }
    auto cache = FeatureCache::open(root, featureCacheKey(info, preprocess));
    if (!cache) return forwardError(cache);
    auto memo = FileHashMemo::open(root);
    if (!memo) return forwardError(memo);
    FeatureStore store;
    store.parts_ = std::make_shared<Parts>(Parts{std::move(temporary), std::move(*cache), std::move(*memo)});
    return store;
}

Result<ExtractedSet> FeatureStore::extract(const Classifier& classifier, const Preprocess& preprocess,
                                           const NamedSource& source, const ExtractionSettings& settings,
                                           const Job& job) {
    const auto folder = listImageFolder(source.path, job);
    if (!folder) return forwardError(folder);
    ExtractionOptions options;
    options.name = source.name;
    options.threads = settings.threads;
    options.batchSize = settings.batchSize;
    options.rereadFiles = settings.rereadFiles;
    return extractFeatures(classifier, *folder, preprocess, parts_->cache, parts_->memo, parts_->batchSizes,
                           options, job);
}

SetReader::SetReader(const ExtractionSettings& settings, const Classifier* classifier,
                     const AnalysisInputs& inputs)
    : settings_(settings), classifier_(classifier), inputs_(inputs) {}

Result<FeatureSetPtr> SetReader::readFolder(const NamedSource& source, const Job& job) {
    if (!store_) {
        auto store = FeatureStore::open(settings_, classifier_->info(), *inputs_.preprocess);
        if (!store) return forwardError(store);
        store_ = std::move(*store);
    }
    auto set = store_->extract(*classifier_, *inputs_.preprocess, source, settings_, job);
    if (!set) return forwardError(set);
    return std::move(set->features);
}

Status SetReader::checkFits(const FeatureSet& set, const fs::path& source) const {
    const std::string file = "The feature file '" + source.string() + "' ";
    const std::size_t features = inputs_.head.features();
    if (set.features.cols != features) {
        return fail(ErrorCode::Mismatch, file + "has " + std::to_string(set.features.cols) +
                                             " features an image and the head " + std::to_string(features) +
                                             "; extract it again with this model.");
    }
    if (set.logits.cols != 0 && set.logits.cols != inputs_.head.classes()) {
        return fail(ErrorCode::Mismatch, file + "has " + std::to_string(set.logits.cols) +
                                             " logits an image and the head " +
                                             std::to_string(inputs_.head.classes()) +
                                             " classes; extract it again with this model.");
    }
    const auto differs = [](const std::string& a, const std::string& b) {
        return !a.empty() && !b.empty() && a != b;
    };
    if (inputs_.model && differs(set.provenance.modelSha256, inputs_.model->sha256)) {
        return fail(ErrorCode::Mismatch, file + "was made with another model (SHA-256 " +
                                             set.provenance.modelSha256.substr(0, 12) + "..., this one is " +
                                             inputs_.model->sha256.substr(0, 12) +
                                             "...); extract it again with this model.");
    }
    if (inputs_.model && differs(set.provenance.head, inputs_.model->head.name)) {
        return fail(ErrorCode::Mismatch, file + "was made with the head '" + set.provenance.head +
                                             "' and not with '" + inputs_.model->head.name +
                                             "'; choose the same with --head.");
    }
    if (inputs_.preprocess && differs(set.provenance.preprocess, toJson(*inputs_.preprocess))) {
        return fail(
            ErrorCode::Mismatch,
            file + "was made with another preprocessing; name the same with --preset or extract it again.");
    }
    return {};
}

Result<InputSet> SetReader::read(const NamedSource& source, SetRole role, const Job& job) {
    Result<FeatureSetPtr> features;
    if (fs::is_directory(source.path)) {
        features = readFolder(source, job);
    } else {
        features = readFeatureFile(source.path);
        if (features) {
            if (auto status = checkFits(**features, source.path); !status) return forwardError(status);
        }
    }
    if (!features) return forwardError(features);
    InputSet set;
    set.name = source.name;
    set.role = role;
    set.source = source.path;
    // The mean leaves such rows out by itself; a training set may be too large to copy for one of them.
    set.features = role == SetRole::IdTrain ? *features : withoutNonFiniteRows(*features);
    if (set.features->size() == 0) {
        return fail(ErrorCode::InvalidArgument, "The set '" + source.name + "' ('" + source.path.string() +
                                                    "') has no usable image; name another one.");
    }
    return set;
}

FeatureSetPtr withoutNonFiniteRows(const FeatureSetPtr& set) {
    const auto bad = nonFiniteRows(*set);
    if (bad.empty()) return set;
    auto copy = std::make_shared<FeatureSet>(*set);
    struct Values {
        std::vector<float> features;
        std::vector<float> logits;
    };
    auto values = std::make_shared<Values>();
    copy->paths.clear();
    copy->labels.clear();
    copy->hashes.clear();
    std::size_t next = 0;
    for (std::size_t i = 0; i < set->size(); ++i) {
        if (next < bad.size() && bad[next] == i) {
            ++next;
            copy->skipped.push_back({set->paths[i], "the model gave features that are not finite"});
            continue;
        }
        const auto feature = set->features.row(i);
        values->features.insert(values->features.end(), feature.begin(), feature.end());
        if (!set->logits.empty()) {
            const auto logit = set->logits.row(i);
            values->logits.insert(values->logits.end(), logit.begin(), logit.end());
        }
        copy->paths.push_back(set->paths[i]);
        copy->labels.push_back(set->labels[i]);
        if (!set->hashes.empty()) copy->hashes.push_back(set->hashes[i]);
    }
    const std::size_t rows = copy->paths.size();
    copy->features = {values->features.data(), rows, set->features.cols};
    if (!set->logits.empty()) copy->logits = {values->logits.data(), rows, set->logits.cols};
    copy->storage = values;
    return copy;
}

}  // namespace dicescope
