#include "core/features/row_index.h"

namespace dicescope {

std::uint32_t RowIndex::addSource(std::shared_ptr<const RowSource> source) {
    sources_.push_back({std::move(source), 0});
    return static_cast<std::uint32_t>(sources_.size() - 1);
}

void RowIndex::add(const ContentHash& hash, std::uint32_t source, std::size_t row) {
    if (places_.try_emplace(hash, Place{source, row}).second) ++sources_[source].rows;
}

void RowIndex::move(const ContentHash& hash, std::uint32_t source, std::size_t row) {
    const auto [found, added] = places_.try_emplace(hash);
    if (!added) --sources_[found->second.source].rows;
    found->second = {source, row};
    ++sources_[source].rows;
}

const RowIndex::Place* RowIndex::find(const ContentHash& hash) const {
    const auto found = places_.find(hash);
    return found == places_.end() ? nullptr : &found->second;
}

}  // namespace dicescope
