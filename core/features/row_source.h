#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/features/feature_journal.h"
#include "core/features/safetensors.h"

namespace dicescope {

/// A file of the cache that rows can be copied from. Immutable and thread-safe.
class RowSource {
  public:
    RowSource() = default;
    RowSource(const RowSource&) = delete;
    RowSource& operator=(const RowSource&) = delete;
    virtual ~RowSource() = default;
    /// Copies the D features or the C logits of one row, bit for bit; the span has exactly that size.
    [[nodiscard]] virtual Status copyFeatures(std::size_t row, std::span<float> features) const = 0;
    [[nodiscard]] virtual Status copyLogits(std::size_t row, std::span<float> logits) const = 0;
};

/// A finished set: a feature file.
class SetSource final : public RowSource {
  public:
    /// Opens a set of the cache key named. Errors: as readFeatureFile(); Mismatch when it belongs to another
    /// key.
    [[nodiscard]] static Result<std::shared_ptr<SetSource>> open(const std::filesystem::path& path,
                                                                 const std::string& keyName);
    [[nodiscard]] Status copyFeatures(std::size_t row, std::span<float> features) const override;
    [[nodiscard]] Status copyLogits(std::size_t row, std::span<float> logits) const override;

    std::filesystem::path path;
    std::string imageFolder;  ///< the folder of images it was made from
    std::size_t rows = 0;
    std::size_t featureSize = 0;
    std::size_t logitSize = 0;
    [[nodiscard]] ContentHash hash(std::size_t row) const;

  private:
    SafetensorsFile file_;
    std::span<const std::byte> hashes_;
    std::span<const std::byte> features_;
    std::span<const std::byte> logits_;
};

/// A journal of another run, as far as it was written when it was opened.
class JournalSource final : public RowSource {
  public:
    /// Errors: NotFound, Unreadable, Corrupt, Unsupported; Mismatch when it belongs to another key.
    [[nodiscard]] static Result<std::shared_ptr<JournalSource>> open(const std::filesystem::path& path,
                                                                     const ContentHash& key);
    [[nodiscard]] Status copyFeatures(std::size_t row, std::span<float> features) const override;
    [[nodiscard]] Status copyLogits(std::size_t row, std::span<float> logits) const override;

    std::filesystem::path path;
    JournalView view;

  private:
    MappedFile file_;
};

/// The journal that this process writes.
class LiveSource final : public RowSource {
  public:
    explicit LiveSource(std::shared_ptr<const JournalWriter> writer) : writer_(std::move(writer)) {}
    [[nodiscard]] Status copyFeatures(std::size_t row, std::span<float> features) const override {
        return writer_->copyFeatures(row, features);
    }
    [[nodiscard]] Status copyLogits(std::size_t row, std::span<float> logits) const override {
        return writer_->copyLogits(row, logits);
    }

  private:
    std::shared_ptr<const JournalWriter> writer_;
};

}  // namespace dicescope
