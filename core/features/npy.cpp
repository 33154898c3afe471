#include "core/features/npy.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>

#include "core/base/file.h"
#include "core/features/npy_header.h"

namespace dicescope {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlignment = 64;
static_assert(std::endian::native == std::endian::little,
              "files are little-endian and written as they lie in memory");

tl::unexpected<Error> problem(ErrorCode code, const std::string& name, const std::string& what) {
    return fail(code, "'" + name + "' cannot be read as a NumPy array: " + what +
                          "; save it with numpy.save as float32 or float64 of one or two dimensions.");
}

struct Parts {
    std::string_view header;
    std::span<const std::byte> data;
};

Result<Parts> split(std::span<const std::byte> bytes, const std::string& name) {
    const auto* text = reinterpret_cast<const char*>(bytes.data());
    if (bytes.size() < kMagic.size() + 2 || std::string_view(text, kMagic.size()) != kMagic) {
        return problem(ErrorCode::Corrupt, name, "it is not a .npy file");
    }
    const auto major = std::to_integer<unsigned>(bytes[kMagic.size()]);
    if (major < 1 || major > 3) {
        return problem(ErrorCode::Unsupported, name,
                       "it has version " + std::to_string(major) + " of the format");
    }
    const std::size_t lengthBytes = major == 1 ? 2 : 4;
    const std::size_t start = kMagic.size() + 2 + lengthBytes;
    if (bytes.size() < start) return problem(ErrorCode::Corrupt, name, "it ends within its header");
    std::size_t length = 0;
    for (std::size_t i = 0; i < lengthBytes; ++i) {
        length |= std::to_integer<std::size_t>(bytes[kMagic.size() + 2 + i]) << (8 * i);
    }
    if (length > bytes.size() - start) return problem(ErrorCode::Corrupt, name, "it ends within its header");
    return Parts{{text + start, length}, bytes.subspan(start + length)};
}

template <class Value, class Bits>
double valueAt(const std::byte* data, std::size_t index, bool bigEndian) {
    Bits bits = 0;
    std::memcpy(&bits, data + index * sizeof(Bits), sizeof(Bits));
    if (bigEndian)
        bits = sizeof(Bits) == 4 ? static_cast<Bits>(__builtin_bswap32(static_cast<std::uint32_t>(bits)))
                                 : static_cast<Bits>(__builtin_bswap64(bits));
    return static_cast<double>(std::bit_cast<Value>(bits));
}

std::vector<double> rowMajorValues(const NpyHeader& header, std::span<const std::byte> data,
                                   std::size_t count) {
    const std::size_t rows = header.shape.size() == 2 ? header.shape[0] : 1;
    const std::size_t cols = header.shape.back();
    const auto read = header.isFloat32 ? valueAt<float, std::uint32_t> : valueAt<double, std::uint64_t>;
    std::vector<double> values(count);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t source = header.fortranOrder ? (i % cols) * rows + i / cols : i;
        values[i] = read(data.data(), source, header.bigEndian);
    }
    return values;
}

std::string headerText(std::string_view type, std::string_view shape) {
    std::string text = "{'descr': '" + std::string(type) + "', 'fortran_order': False, 'shape': (" +
                       std::string(shape) + "), }";
    const std::size_t used = (kMagic.size() + 4 + text.size() + 1) % kAlignment;
    if (used != 0) text.append(kAlignment - used, ' ');
    return text + '\n';
}

template <class Value>
Status write(const std::filesystem::path& path, std::span<const Value> values, const std::string& shape) {
    const std::string header = headerText(sizeof(Value) == 4 ? "<f4" : "<f8", shape);
    std::string start(kMagic);
    start +=
        {'\x01', '\x00', static_cast<char>(header.size() & 0xffU), static_cast<char>(header.size() >> 8U)};
    auto file = AtomicFile::create(path);
    if (!file) return forwardError(file);
    if (auto written = file->write(start + header); !written) return written;
    if (auto written = file->write(std::as_bytes(values)); !written) return written;
    return file->commit();
}

std::string vectorShape(std::size_t size) {
    return std::to_string(size) + ",";
}

template <class Value>
std::string matrixShape(MatrixView<const Value> values) {
    return std::to_string(values.rows) + ", " + std::to_string(values.cols);
}

}  // namespace

Result<NpyArray> parseNpy(std::span<const std::byte> bytes, const std::string& name) {
    const auto parts = split(bytes, name);
    if (!parts) return forwardError(parts);
    auto header = parseNpyHeader(parts->header);
    if (!header) return problem(header.error().code, name, header.error().message);

    std::size_t count = 1;
    std::size_t size = header->isFloat32 ? 4 : 8;
    for (const std::size_t extent : header->shape) {
        if (__builtin_mul_overflow(count, extent, &count))
            return problem(ErrorCode::Corrupt, name, "its shape is too large");
    }
    if (__builtin_mul_overflow(count, size, &size) || size != parts->data.size()) {
        return problem(ErrorCode::Corrupt, name,
                       "its shape does not fit its " + std::to_string(parts->data.size()) + " bytes of data");
    }
    NpyArray array;
    try {
        array.values = rowMajorValues(*header, parts->data, count);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory,
                    "There is not enough memory for the array '" + name + "'; use a smaller one.");
    }
    array.shape = std::move(header->shape);
    array.wasFloat32 = header->isFloat32;
    return array;
}

Result<NpyArray> readNpy(const std::filesystem::path& path) {
    const auto mapped = MappedFile::open(path);
    if (!mapped) return forwardError(mapped);
    return parseNpy(mapped->bytes(), path.string());
}

Status writeNpy(const std::filesystem::path& path, std::span<const double> values) {
    return write(path, values, vectorShape(values.size()));
}

Status writeNpy(const std::filesystem::path& path, std::span<const float> values) {
    return write(path, values, vectorShape(values.size()));
}

Status writeNpy(const std::filesystem::path& path, MatrixView<const double> values) {
    return write<double>(path, values.flat(), matrixShape(values));
}

Status writeNpy(const std::filesystem::path& path, MatrixView<const float> values) {
    return write<float>(path, values.flat(), matrixShape(values));
}

}  // namespace dicescope
