#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace dicescope {

/// Element types of the safetensors format, under the names it uses.
enum class TensorType { Bool, U8, I8, F8_E4M3, F8_E5M2, I16, U16, F16, BF16, I32, U32, F32, I64, U64, F64 };

/// Bytes of one element: 1, 2, 4 or 8.
[[nodiscard]] std::size_t elementSize(TensorType type);
/// The name in the file: "F32", "BF16".
[[nodiscard]] std::string_view typeName(TensorType type);
[[nodiscard]] std::optional<TensorType> typeFromName(std::string_view name);

/// One tensor of an open file, row-major and little-endian. `bytes` may have any alignment: files of other
/// writers need not align their data.
struct TensorView {
    TensorType type = TensorType::F32;
    std::vector<std::uint64_t> shape;  ///< empty for a scalar
    std::span<const std::byte> bytes;  ///< product of shape times elementSize(type)

    [[nodiscard]] std::uint64_t elements() const { return bytes.size() / elementSize(type); }
};

/// A safetensors file, memory-mapped: tensors are read where they lie. Immutable; copies share the mapping.
///
/// Layout (https://github.com/huggingface/safetensors): u64 little-endian length n, n bytes of JSON
/// {name: {"dtype", "shape", "data_offsets": [begin, end)}, "__metadata__": {string: string}}, then the data.
/// Checked as the reference implementation does: n <= 100,000,000; the header is UTF-8 JSON that starts with
/// '{'; no name twice; offsets leave no hole and no overlap and end with the file; shape x type is the
/// length. Stricter in one place: a tensor entry has these three keys and no other.
class SafetensorsFile {
  public:
    /// Errors: NotFound, Unreadable, Corrupt, Unsupported (an element type that is not in TensorType).
    [[nodiscard]] static Result<SafetensorsFile> open(const std::filesystem::path& path);

    /// The same from memory that outlives the result; `name` is used in messages only.
    [[nodiscard]] static Result<SafetensorsFile> parse(std::span<const std::byte> bytes,
                                                       const std::string& name);

    /// nullptr where there is no such tensor. Valid as long as this object.
    [[nodiscard]] const TensorView* find(std::string_view name) const;
    [[nodiscard]] const std::map<std::string, TensorView, std::less<>>& tensors() const { return tensors_; }
    /// The strings of `__metadata__`; empty where the file has none.
    [[nodiscard]] const std::map<std::string, std::string, std::less<>>& metadata() const {
        return metadata_;
    }
    /// Keeps the mapping alive that the tensors' bytes lie in; null after parse().
    [[nodiscard]] std::shared_ptr<const void> storage() const { return storage_; }

  private:
    std::map<std::string, TensorView, std::less<>> tensors_;
    std::map<std::string, std::string, std::less<>> metadata_;
    std::shared_ptr<const void> storage_;
};

/// A tensor that is going to be written.
struct TensorSpec {
    std::string name;
    TensorType type = TensorType::F32;
    std::vector<std::uint64_t> shape;
};

/// Writes a safetensors file piece by piece, so that tensors larger than memory can pass through. The file
/// appears under its name complete or not at all. The header is padded with spaces so that the data starts at
/// a multiple of 64 bytes; tensors follow one another in the order given, without gaps: put those with the
/// largest elements first.
class SafetensorsWriter {
  public:
    /// Metadata that is not UTF-8 is written with U+FFFD in place of the bad bytes.
    /// Errors: InvalidArgument (a name twice, a shape that overflows, a header above the format's limit),
    /// WriteFailed.
    [[nodiscard]] static Result<SafetensorsWriter> create(const std::filesystem::path& path,
                                                          const std::vector<TensorSpec>& tensors,
                                                          const std::map<std::string, std::string>& metadata);
    SafetensorsWriter(SafetensorsWriter&& other) noexcept;
    SafetensorsWriter& operator=(SafetensorsWriter&& other) noexcept;
    ~SafetensorsWriter();

    /// The next bytes of the data section: all tensors' bytes in order, in pieces of any size. Errors:
    /// WriteFailed, Internal when more is written than the tensors announced hold.
    [[nodiscard]] Status write(std::span<const std::byte> bytes);
    /// Errors: WriteFailed, Internal when fewer bytes were written than announced. Without commit() no file
    /// appears.
    [[nodiscard]] Status commit();
    /// AtomicFile::commitUnsynced(). Errors: as commit().
    [[nodiscard]] Status commitUnsynced();

  private:
    SafetensorsWriter() = default;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
