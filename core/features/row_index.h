#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/base/hash.h"
#include "core/features/row_source.h"

namespace dicescope {

/// Where the row of each content lies. A content that several sources hold is taken from the first that was
/// added, until it is moved. Not thread-safe.
class RowIndex {
  public:
    struct Place {
        std::uint32_t source = 0;
        std::size_t row = 0;
    };

    /// Adds a source without rows and returns its number.
    std::uint32_t addSource(std::shared_ptr<const RowSource> source);
    /// Adds one row of a source; an older place of the content stays.
    void add(const ContentHash& hash, std::uint32_t source, std::size_t row);
    /// Adds one row of a source, in place of an older one.
    void move(const ContentHash& hash, std::uint32_t source, std::size_t row);
    void reserve(std::size_t rows) { places_.reserve(rows); }

    [[nodiscard]] const Place* find(const ContentHash& hash) const;
    [[nodiscard]] const RowSource& source(std::uint32_t number) const { return *sources_[number].source; }
    /// How many contents are taken from this source.
    [[nodiscard]] std::size_t rowsFrom(std::uint32_t number) const { return sources_[number].rows; }
    /// Lets go of a source that no content is taken from; its number is not given again.
    void drop(std::uint32_t number) { sources_[number].source.reset(); }
    [[nodiscard]] std::size_t size() const { return places_.size(); }

  private:
    struct Entry {
        std::shared_ptr<const RowSource> source;
        std::size_t rows = 0;
    };
    struct LowBits {
        std::size_t operator()(const ContentHash& hash) const { return hash.low; }
    };
    std::vector<Entry> sources_;
    std::unordered_map<ContentHash, Place, LowBits> places_;
};

}  // namespace dicescope
