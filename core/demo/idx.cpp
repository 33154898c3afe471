#include "core/demo/idx.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "core/base/file.h"

namespace dicescope {
namespace {

constexpr std::size_t kHeaderBytes = 4;
constexpr std::size_t kSizeBytes = 4;
constexpr std::uint8_t kUnsignedByte = 0x08;
constexpr std::size_t kChunk = std::size_t{1} << 18;
// Fashion-MNIST's largest file has 47 MB; anything far above that is not it and must not fill the memory.
constexpr std::size_t kMaxFileBytes = std::size_t{256} << 20;

std::uint8_t byteAt(std::span<const std::byte> bytes, std::size_t index) {
    return std::to_integer<std::uint8_t>(bytes[index]);
}

std::size_t bigEndian32(std::span<const std::byte> bytes) {
    std::size_t value = 0;
    for (std::size_t i = 0; i < kSizeBytes; ++i) value = value << 8 | byteAt(bytes, i);
    return value;
}

class Inflater {
  public:
    Inflater() {
        // 16 added to the window bits: gzip framing, and nothing else.
        ready_ = inflateInit2(&stream_, 16 + MAX_WBITS) == Z_OK;
    }
    ~Inflater() {
        if (ready_) inflateEnd(&stream_);
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    [[nodiscard]] bool ready() const { return ready_; }
    z_stream& stream() { return stream_; }

  private:
    z_stream stream_{};
    bool ready_ = false;
};

}  // namespace

Result<IdxArray> parseIdx(std::span<const std::byte> bytes, std::size_t dimensions) {
    if (bytes.size() < kHeaderBytes) return fail(ErrorCode::Corrupt, "too short for an IDX file");
    if (byteAt(bytes, 0) != 0 || byteAt(bytes, 1) != 0) {
        return fail(ErrorCode::Corrupt, "not an IDX file (it does not start with two zero bytes)");
    }
    if (byteAt(bytes, 2) != kUnsignedByte)
        return fail(ErrorCode::Corrupt, "not an IDX file of unsigned bytes");
    if (byteAt(bytes, 3) != dimensions) {
        return fail(ErrorCode::Corrupt, "an IDX file of " + std::to_string(byteAt(bytes, 3)) +
                                            " dimensions, not " + std::to_string(dimensions));
    }
    const std::size_t begin = kHeaderBytes + kSizeBytes * dimensions;
    if (bytes.size() < begin) return fail(ErrorCode::Corrupt, "truncated in its header");

    IdxArray array;
    std::size_t count = 1;
    for (std::size_t d = 0; d < dimensions; ++d) {
        const std::size_t size = bigEndian32(bytes.subspan(kHeaderBytes + kSizeBytes * d, kSizeBytes));
        if (size == 0) return fail(ErrorCode::Corrupt, "an IDX file with a size of 0");
        if (count > std::numeric_limits<std::size_t>::max() / size) {
            return fail(ErrorCode::Corrupt, "its header promises more values than can exist");
        }
        count *= size;
        array.shape.push_back(size);
    }
    const std::size_t present = bytes.size() - begin;
    if (present != count) {
        return fail(ErrorCode::Corrupt, "its header promises " + std::to_string(count) + " values and " +
                                            std::to_string(present) + " are there");
    }
    array.values.resize(count);
    std::ranges::transform(bytes.subspan(begin), array.values.begin(),
                           [](std::byte value) { return std::to_integer<std::uint8_t>(value); });
    return array;
}

Result<std::vector<std::byte>> gunzip(std::span<const std::byte> compressed, std::size_t maxBytes) {
    if (compressed.size() > std::numeric_limits<uInt>::max()) return fail(ErrorCode::Corrupt, "too large");
    Inflater inflater;
    if (!inflater.ready()) return fail(ErrorCode::OutOfMemory, "not enough memory to decompress it");
    z_stream& stream = inflater.stream();
    // zlib reads through this pointer only; its interface predates const.
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(compressed.data()));
    stream.avail_in = static_cast<uInt>(compressed.size());

    std::vector<std::byte> output;
    std::vector<std::byte> chunk(kChunk);
    while (true) {
        stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
        stream.avail_out = static_cast<uInt>(chunk.size());
        const int outcome = inflate(&stream, Z_NO_FLUSH);
        if (outcome == Z_MEM_ERROR) return fail(ErrorCode::OutOfMemory, "not enough memory to decompress it");
        if (outcome == Z_BUF_ERROR) return fail(ErrorCode::Corrupt, "truncated gzip data");
        if (outcome != Z_OK && outcome != Z_STREAM_END)
            return fail(ErrorCode::Corrupt, "damaged or not gzip data");
        const std::size_t written = chunk.size() - stream.avail_out;
        if (written > maxBytes - output.size())
            return fail(ErrorCode::Corrupt, "far larger than it should be");
        output.insert(output.end(), chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(written));
        if (outcome != Z_STREAM_END) continue;
        if (stream.avail_in == 0) return output;
        inflateReset(&stream);
    }
}

Result<IdxArray> readGzippedIdx(const std::filesystem::path& path, std::size_t dimensions) {
    const auto compressed = readFile(path, kMaxFileBytes);
    if (!compressed) return forwardError(compressed);
    const auto describe = [&](Error error) {
        error.message =
            "Cannot use '" + path.string() + "': " + error.message + "; install or download the file again.";
        return error;
    };
    return gunzip(*compressed, kMaxFileBytes)
        .and_then([&](const std::vector<std::byte>& bytes) { return parseIdx(bytes, dimensions); })
        .map_error(describe);
}

}  // namespace dicescope
