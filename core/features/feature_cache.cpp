#include "core/features/feature_cache.h"

#include <algorithm>
#include <exception>
#include <map>
#include <mutex>
#include <shared_mutex>

#include "core/base/file.h"
#include "core/features/cache_names.h"
#include "core/features/feature_journal.h"
#include "core/features/file_lock.h"
#include "core/features/row_index.h"
#include "core/features/row_source.h"
#include "core/features/set_assembly.h"

namespace dicescope {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTagText =
    "Signature: 8a477f597d28d172789f06886806bc55\n# Features that DiceScope can compute again; safe to "
    "delete.\n";

ContentHash keyHash(const FeatureCacheKey& key) {
    std::string text = "dicescope-cache-1";
    for (const auto& part : {std::to_string(kPipelineVersion), key.modelSha256, key.head, key.preprocess,
                             key.deviceKind, key.engine}) {
        text += '\0' + part;
    }
    return contentHash(std::as_bytes(std::span(text)));
}

std::vector<fs::path> sortedFiles(const fs::path& folder, bool (*wanted)(std::string_view)) {
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        if (wanted(it->path().filename().string())) files.push_back(it->path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

// Allocation and the start of a thread are what can throw below; neither may leave this room.
template <class Call>
auto withoutExceptions(const Call& call) -> decltype(call()) {
    try {
        return call();
    } catch (const std::exception&) {
        return fail(ErrorCode::OutOfMemory,
                    "There is not enough memory for the feature cache; close other programs and run again.");
    }
}

// Only while no process is writing a set or creating a journal can a temporary file be known as left behind.
void removeLeftovers(const fs::path& folder) {
    if (!FileLock::tryExisting(folder / kLockName, FileLock::Kind::Exclusive)) return;
    std::error_code error;
    for (const auto& file : sortedFiles(folder, isTemporaryName)) fs::remove(file, error);
}

}  // namespace

std::string FeatureCacheKey::folderName() const {
    return toHex(keyHash(*this));
}

struct FeatureCache::Impl {
    struct OldJournal {
        fs::path path;
        std::uint32_t source = 0;
        std::size_t records = 0;
    };

    fs::path folder;
    FeatureCacheKey key;
    RowShape shape;
    RowIndex index;
    std::map<std::uint32_t, std::shared_ptr<const SetSource>> sets;  // by number of the source
    std::vector<OldJournal> oldJournals;
    std::optional<std::size_t> interruptedBatchSize;
    std::size_t batchSize = 0;
    std::shared_ptr<JournalWriter> journal;
    std::uint32_t journalSource = 0;
    std::mutex writing;               // held through append() and finish()
    mutable std::shared_mutex guard;  // of shape, index, sets

    bool accept(RowShape found) {
        if (shape.featureSize == 0) shape = found;
        return shape == found;
    }

    void addSet(const fs::path& path, bool moveRows) {
        const auto set = SetSource::open(path, key.folderName());
        if (!set || !accept({(*set)->featureSize, (*set)->logitSize})) return;
        const std::uint32_t number = index.addSource(*set);
        sets.emplace(number, *set);
        index.reserve(index.size() + (moveRows ? 0 : (*set)->rows));
        for (std::size_t row = 0; row < (*set)->rows; ++row) {
            if (moveRows) {
                index.move((*set)->hash(row), number, row);
            } else {
                index.add((*set)->hash(row), number, row);
            }
        }
    }

    void addJournal(const fs::path& path) {
        const auto source = JournalSource::open(path, keyHash(key));
        if (!source) return;
        const JournalView& view = (*source)->view;
        if (!accept({view.shape().featureSize, view.shape().logitSize})) return;
        const std::uint32_t number = index.addSource(*source);
        for (std::size_t record = 0; record < view.records(); ++record) {
            if (view.valid(record)) index.add(view.hash(record), number, record);
        }
        oldJournals.push_back({path, number, view.records()});
        const bool interrupted = FileLock::tryExisting(path, FileLock::Kind::Shared).has_value();
        if (interrupted && index.rowsFrom(number) > 0 && view.shape().batchSize > 0) {
            interruptedBatchSize = view.shape().batchSize;
        }
    }

    void readFolder() {
        for (const auto& path : sortedFiles(folder, isSetName)) addSet(path, false);
        for (const auto& path : sortedFiles(folder, isJournalName)) addJournal(path);
    }

    Status startJournal(RowShape rows) {
        if (auto made = ensureWritableFolder(folder); !made) return made;
        const auto lock = FileLock::wait(folder / kLockName, FileLock::Kind::Shared);
        auto writer =
            JournalWriter::create(folder, {rows.featureSize, rows.logitSize, batchSize, keyHash(key)});
        if (!writer) return forwardError(writer);
        journal = std::move(*writer);
        const std::unique_lock lockedIndex(guard);
        journalSource = index.addSource(std::make_shared<LiveSource>(journal));
        return {};
    }

    // Rows whose content is new, each content once.
    std::vector<std::size_t> newRows(std::span<const ContentHash> hashes) const {
        std::vector<std::size_t> rows;
        std::vector<ContentHash> seen;
        const std::shared_lock lock(guard);
        for (std::size_t i = 0; i < hashes.size(); ++i) {
            if (index.find(hashes[i]) != nullptr) continue;
            if (std::find(seen.begin(), seen.end(), hashes[i]) != seen.end()) continue;
            seen.push_back(hashes[i]);
            rows.push_back(i);
        }
        return rows;
    }

    Status append(std::span<const ContentHash> hashes, MatrixView<const float> features,
                  MatrixView<const float> logits) {
        const RowShape rows{features.cols, logits.cols};
        if (auto checked = checkRows(hashes.size(), features, logits); !checked) return checked;
        const auto fresh = newRows(hashes);
        if (fresh.empty()) return {};
        if (!journal) {
            if (auto started = startJournal(rows); !started) return started;
        }
        std::vector<ContentHash> freshHashes;
        freshHashes.reserve(fresh.size());
        for (const std::size_t row : fresh) freshHashes.push_back(hashes[row]);
        const std::size_t before = journal->records();
        auto written = journal->append(freshHashes, fresh, features, logits);
        const std::unique_lock lock(guard);
        if (journal->records() > before) shape = rows;
        for (std::size_t record = before; record < journal->records(); ++record) {
            index.add(freshHashes[record - before], journalSource, record);
        }
        return written;
    }

    Status checkRows(std::size_t count, MatrixView<const float> features,
                     MatrixView<const float> logits) const {
        const std::shared_lock lock(guard);
        if (features.rows != count || (logits.cols > 0 && logits.rows != count) || features.cols == 0) {
            return fail(ErrorCode::Internal,
                        "Features, logits and hashes differ in number; please report this.");
        }
        if (shape.featureSize != 0 && shape != RowShape{features.cols, logits.cols}) {
            return fail(ErrorCode::Mismatch, "The model gives " + std::to_string(features.cols) +
                                                 " features and " + std::to_string(logits.cols) +
                                                 " logits where the cache holds " +
                                                 std::to_string(shape.featureSize) + " and " +
                                                 std::to_string(shape.logitSize) + "; clear the cache.");
        }
        return {};
    }

    Result<FeatureSetPtr> finish(const FeatureSetRequest& request, const Job& job) {
        if (request.images.empty()) {
            return fail(ErrorCode::InvalidArgument,
                        "There is no image to make a feature set of; name another folder.");
        }
        const fs::path path = folder / setFileName(request);
        auto set = openFinishedSet(path, key, request, shape);
        if (!set) {
            if (auto made = ensureWritableFolder(folder); !made) return forwardError(made);
            const auto lock = FileLock::wait(folder / kLockName, FileLock::Kind::Shared);
            auto written = writeFinishedSet(path, key, request, shape, index, job);
            if (!written) return forwardError(written);
            set = openFinishedSet(path, key, request, shape);
            if (!set) return set;
        }
        const std::unique_lock lock(guard);
        takeOver(path);
        removeSuperseded(path, request);
        removeConsumedJournals();
        return set;
    }

    // From now on rows come from the finished set instead of journals.
    void takeOver(const fs::path& path) {
        const auto isKnown = [&](const auto& item) { return item.second->path == path; };
        if (std::none_of(sets.begin(), sets.end(), isKnown)) addSet(path, true);
    }

    void removeSuperseded(const fs::path& newest, const FeatureSetRequest& request) {
        if (request.folder.empty()) return;
        for (auto it = sets.begin(); it != sets.end();) {
            const SetSource& set = *it->second;
            const bool remove =
                set.path != newest && set.imageFolder == request.folder && isSuperseded(set.path, request);
            std::error_code error;
            // Rows only it holds stay readable through the mapping until this object goes.
            if (remove) fs::remove(set.path, error);
            it = remove ? sets.erase(it) : std::next(it);
        }
    }

    void removeConsumedJournals() {
        std::error_code error;
        std::erase_if(oldJournals, [&](const OldJournal& old) {
            if (index.rowsFrom(old.source) > 0) return false;
            const auto lock = FileLock::tryExisting(old.path, FileLock::Kind::Exclusive);
            // One that was still being written when it was read may have grown since.
            const auto now = JournalSource::open(old.path, keyHash(key));
            if (lock && now && (*now)->view.records() == old.records) fs::remove(old.path, error);
            index.drop(old.source);
            return true;
        });
        if (journal && index.rowsFrom(journalSource) == 0) {
            fs::remove(journal->path(), error);
            index.drop(journalSource);
            journal.reset();
        }
    }
};

FeatureCache::FeatureCache(FeatureCache&& other) noexcept = default;
FeatureCache& FeatureCache::operator=(FeatureCache&& other) noexcept = default;
FeatureCache::~FeatureCache() = default;

Result<FeatureCache> FeatureCache::open(const fs::path& root, const FeatureCacheKey& key) {
    FeatureCache cache;
    cache.impl_ = std::make_unique<Impl>();
    cache.impl_->folder = root / key.folderName();
    cache.impl_->key = key;
    if (auto made = ensureWritableFolder(cache.impl_->folder); !made) return forwardError(made);
    std::error_code error;
    if (!fs::exists(root / kTagName, error)) {
        if (auto written = writeFileAtomically(root / kTagName, kTagText); !written)
            return forwardError(written);
    }
    removeLeftovers(cache.impl_->folder);
    const auto read = withoutExceptions([&]() -> Status {
        cache.impl_->readFolder();
        return {};
    });
    if (!read) return forwardError(read);
    return cache;
}

bool FeatureCache::contains(const ContentHash& hash) const {
    const std::shared_lock lock(impl_->guard);
    return impl_->index.find(hash) != nullptr;
}

bool FeatureCache::copyRow(const ContentHash& hash, std::span<float> features,
                           std::span<float> logits) const {
    const std::shared_lock lock(impl_->guard);
    const auto* place = impl_->index.find(hash);
    if (place == nullptr || RowShape{features.size(), logits.size()} != impl_->shape) return false;
    const RowSource& source = impl_->index.source(place->source);
    return source.copyFeatures(place->row, features) && source.copyLogits(place->row, logits);
}

std::size_t FeatureCache::rowCount() const {
    const std::shared_lock lock(impl_->guard);
    return impl_->index.size();
}

std::size_t FeatureCache::featureSize() const {
    const std::shared_lock lock(impl_->guard);
    return impl_->shape.featureSize;
}

std::size_t FeatureCache::logitSize() const {
    const std::shared_lock lock(impl_->guard);
    return impl_->shape.logitSize;
}

std::optional<std::size_t> FeatureCache::interruptedBatchSize() const {
    return impl_->interruptedBatchSize;
}

void FeatureCache::setBatchSize(std::size_t batchSize) {
    impl_->batchSize = batchSize;
}

Status FeatureCache::append(std::span<const ContentHash> hashes, MatrixView<const float> features,
                            MatrixView<const float> logits) {
    const std::scoped_lock lock(impl_->writing);
    return withoutExceptions([&] { return impl_->append(hashes, features, logits); });
}

Result<FeatureSetPtr> FeatureCache::finish(const FeatureSetRequest& request, const Job& job) {
    const std::scoped_lock lock(impl_->writing);
    return withoutExceptions([&] { return impl_->finish(request, job); });
}

const fs::path& FeatureCache::folder() const {
    return impl_->folder;
}

}  // namespace dicescope
