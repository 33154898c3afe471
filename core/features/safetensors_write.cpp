#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/file.h"
#include "core/features/safetensors.h"
#include "core/features/safetensors_header.h"

namespace dicescope {
namespace {

constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kDataAlignment = 64;

struct Layout {
    std::string header;  ///< padded JSON
    std::uint64_t dataBytes = 0;
};

Result<Layout> layOut(const std::vector<TensorSpec>& tensors,
                      const std::map<std::string, std::string>& metadata) {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    if (!metadata.empty()) json["__metadata__"] = metadata;
    std::uint64_t position = 0;
    for (const auto& tensor : tensors) {
        if (json.contains(tensor.name) || tensor.name == "__metadata__") {
            return fail(ErrorCode::InvalidArgument,
                        "The tensor name '" + tensor.name + "' is already taken.");
        }
        const auto bytes = tensorBytes(tensor.type, tensor.shape);
        if (!bytes) return forwardError(bytes);
        const std::uint64_t begin = position;
        if (__builtin_add_overflow(position, *bytes, &position)) {
            return fail(ErrorCode::InvalidArgument, "The tensors are too large for one file.");
        }
        json[tensor.name] = {
            {"dtype", typeName(tensor.type)}, {"shape", tensor.shape}, {"data_offsets", {begin, position}}};
    }
    Layout layout;
    layout.header = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    const std::size_t used = (kLengthBytes + layout.header.size()) % kDataAlignment;
    if (used != 0) layout.header.append(kDataAlignment - used, ' ');
    if (layout.header.size() > kMaxSafetensorsHeader) {
        return fail(ErrorCode::InvalidArgument,
                    "The metadata are too large for one file; store fewer classes.");
    }
    layout.dataBytes = position;
    return layout;
}

std::array<std::byte, kLengthBytes> littleEndian64(std::uint64_t value) {
    std::array<std::byte, kLengthBytes> bytes{};
    for (std::size_t i = 0; i < kLengthBytes; ++i) bytes[i] = static_cast<std::byte>(value >> (8 * i));
    return bytes;
}

Status checkComplete(std::uint64_t missingBytes) {
    if (missingBytes == 0) return {};
    return fail(ErrorCode::Internal, "Fewer tensor bytes were written than announced; please report this.");
}

}  // namespace

struct SafetensorsWriter::Impl {
    AtomicFile file;
    std::uint64_t missing = 0;  ///< bytes of data still to come
};

SafetensorsWriter::SafetensorsWriter(SafetensorsWriter&& other) noexcept = default;
SafetensorsWriter& SafetensorsWriter::operator=(SafetensorsWriter&& other) noexcept = default;
SafetensorsWriter::~SafetensorsWriter() = default;

Result<SafetensorsWriter> SafetensorsWriter::create(const std::filesystem::path& path,
                                                    const std::vector<TensorSpec>& tensors,
                                                    const std::map<std::string, std::string>& metadata) {
    auto layout = layOut(tensors, metadata);
    if (!layout) return forwardError(layout);
    auto file = AtomicFile::create(path);
    if (!file) return forwardError(file);
    const auto length = littleEndian64(layout->header.size());
    if (auto written = file->write(length); !written) return forwardError(written);
    if (auto written = file->write(layout->header); !written) return forwardError(written);
    SafetensorsWriter writer;
    writer.impl_ = std::make_unique<Impl>(Impl{std::move(*file), layout->dataBytes});
    return writer;
}

Status SafetensorsWriter::write(std::span<const std::byte> bytes) {
    if (bytes.size() > impl_->missing) {
        return fail(ErrorCode::Internal,
                    "More tensor bytes were written than announced; please report this.");
    }
    impl_->missing -= bytes.size();
    return impl_->file.write(bytes);
}

Status SafetensorsWriter::commit() {
    if (auto complete = checkComplete(impl_->missing); !complete) return complete;
    return impl_->file.commit();
}

Status SafetensorsWriter::commitUnsynced() {
    if (auto complete = checkComplete(impl_->missing); !complete) return complete;
    return impl_->file.commitUnsynced();
}

}  // namespace dicescope
