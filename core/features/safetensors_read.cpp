#include <algorithm>
#include <cstring>
#include <utility>

#include "core/base/file.h"
#include "core/features/safetensors.h"
#include "core/features/safetensors_header.h"

namespace dicescope {
namespace {

constexpr std::size_t kLengthBytes = 8;

std::uint64_t littleEndian64(std::span<const std::byte> bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < kLengthBytes; ++i)
        value |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
    return value;
}

tl::unexpected<Error> corrupt(const std::string& name, const std::string& what) {
    return fail(ErrorCode::Corrupt,
                "'" + name + "' is damaged or not a safetensors file: " + what + "; export it again.");
}

using Entry = std::pair<const std::string, HeaderEntry>;

// In the order of their bytes the tensors must tile the data section exactly. Empty tensors share their
// position with a neighbour, so the end takes part in the order.
Status checkOffsets(const SafetensorsHeader& header, std::uint64_t dataBytes, const std::string& name) {
    std::vector<const Entry*> order;
    order.reserve(header.entries.size());
    for (const auto& entry : header.entries) order.push_back(&entry);
    std::sort(order.begin(), order.end(), [](const Entry* a, const Entry* b) {
        return std::pair(a->second.begin, a->second.end) < std::pair(b->second.begin, b->second.end);
    });
    std::uint64_t position = 0;
    for (const Entry* item : order) {
        const auto& [tensor, entry] = *item;
        if (entry.begin != position || entry.end < entry.begin) {
            return corrupt(name, "tensor '" + tensor + "' leaves a gap or overlaps another");
        }
        const auto bytes = tensorBytes(entry.type, entry.shape);
        if (!bytes || *bytes != entry.end - entry.begin) {
            return corrupt(name, "the shape of tensor '" + tensor + "' does not fit its bytes");
        }
        position = entry.end;
    }
    if (position != dataBytes) {
        return corrupt(name, "it has " + std::to_string(dataBytes) +
                                 " bytes of data where its header speaks of " + std::to_string(position));
    }
    return {};
}

}  // namespace

Result<SafetensorsFile> SafetensorsFile::parse(std::span<const std::byte> bytes, const std::string& name) {
    if (bytes.size() < kLengthBytes) return corrupt(name, "it is too short");
    const std::uint64_t headerBytes = littleEndian64(bytes);
    if (headerBytes > kMaxSafetensorsHeader)
        return corrupt(name, "its header is longer than the format allows");
    if (headerBytes > bytes.size() - kLengthBytes) return corrupt(name, "it ends within its header");

    const auto json = bytes.subspan(kLengthBytes, headerBytes);
    auto header = parseSafetensorsHeader({reinterpret_cast<const char*>(json.data()), json.size()}, name);
    if (!header) return forwardError(header);
    const auto data = bytes.subspan(kLengthBytes + headerBytes);
    if (auto checked = checkOffsets(*header, data.size(), name); !checked) return forwardError(checked);

    SafetensorsFile file;
    file.metadata_ = std::move(header->metadata);
    for (auto& [tensor, entry] : header->entries) {
        file.tensors_.emplace(tensor, TensorView{entry.type, std::move(entry.shape),
                                                 data.subspan(entry.begin, entry.end - entry.begin)});
    }
    return file;
}

Result<SafetensorsFile> SafetensorsFile::open(const std::filesystem::path& path) {
    auto mapped = MappedFile::open(path);
    if (!mapped) return forwardError(mapped);
    auto file = parse(mapped->bytes(), path.string());
    if (file) file->storage_ = std::make_shared<const MappedFile>(*mapped);
    return file;
}

const TensorView* SafetensorsFile::find(std::string_view name) const {
    const auto found = tensors_.find(name);
    return found == tensors_.end() ? nullptr : &found->second;
}

}  // namespace dicescope
