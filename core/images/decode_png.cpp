#include <png.h>

#include <csetjmp>
#include <new>
#include <optional>

#include "core/images/decode_internal.h"

namespace dicescope::detail {
namespace {

/// libpng fed with the whole file at once: it calls back for each row, so that what is wrong after the last
/// row does not count, and a file that ends before it is known to be truncated.
class PngReader {
  public:
    PngReader() {
        png_ = png_create_read_struct(
            PNG_LIBPNG_VER_STRING, this,
            [](png_structp png, png_const_charp text) { reader(png).leave(text); },
            [](png_structp, png_const_charp) {});
        if (png_ != nullptr) info_ = png_create_info_struct(png_);
        if (info_ == nullptr) throw std::bad_alloc();
    }
    ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
    PngReader(const PngReader&) = delete;
    PngReader& operator=(const PngReader&) = delete;

    Result<RgbImage> read(Bytes encoded) {
        fileBytes_ = encoded.size();
        feed(encoded);
        if (problem_) return tl::unexpected(*problem_);
        if (!complete_ && ended_) message_ = "its compressed pixels";
        if (!complete_) return message_.empty() ? truncated() : damaged("PNG", message_);
        if (wide_) clipWideGrey();
        return std::move(image_);
    }

  private:
    static PngReader& reader(png_structp png) {
        void* self = png_get_error_ptr(png);
        return *static_cast<PngReader*>(self);
    }

    [[noreturn]] void leave(const char* text) {
        message_ = text;
        std::longjmp(jump_, 1);
    }

    /// Nothing here may own memory: libpng leaves by longjmp.
    void feed(Bytes encoded) {
        if (setjmp(jump_) != 0) return;
        // Width and height have a limit of their own here, in checkSize().
        png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
        png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
        png_set_crc_action(png_, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
        png_set_progressive_read_fn(
            png_, this, [](png_structp png, png_infop) { reader(png).startRows(); },
            [](png_structp png, png_bytep row, png_uint_32 y, int pass) {
                reader(png).takeRow(row, y, pass);
            },
            [](png_structp png, png_infop) { reader(png).ended_ = true; });
        // libpng does not write to what it is given.
        auto* bytes = reinterpret_cast<png_bytep>(const_cast<std::byte*>(encoded.data()));
        png_process_data(png_, info_, bytes, encoded.size());
    }

    void startRows() {
        if (!allocate()) leave("");
        // As Pillow, which checks the sums of the chunks before the pixels only.
        png_set_crc_action(png_, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE);
        if (!wide_) {
            png_set_expand(png_);
            png_set_strip_16(png_);
            png_set_gray_to_rgb(png_);
        }
        png_set_strip_alpha(png_);
        passes_ = png_set_interlace_handling(png_);
        png_start_read_image(png_);
    }

    /// False, with the reason in problem_, where the image cannot be held.
    bool allocate() {
        const png_uint_32 width = png_get_image_width(png_, info_);
        const png_uint_32 height = png_get_image_height(png_, info_);
        if (auto fits = checkSize(width, height); !fits) {
            problem_ = fits.error();
            return false;
        }
        if (png_get_rowbytes(png_, info_) * std::uint64_t{height} / kMaxDeflateRatio > fileBytes_) {
            problem_ = truncated().value();
            return false;
        }
        wide_ =
            png_get_bit_depth(png_, info_) == 16 && png_get_color_type(png_, info_) == PNG_COLOR_TYPE_GRAY;
        try {
            image_ = blankImage(width, height);
        } catch (const std::bad_alloc&) {
            problem_ = Error{ErrorCode::OutOfMemory, "not enough memory for this image"};
            return false;
        }
        rowBytes_ = std::size_t{width} * (wide_ ? 2 : 3);
        height_ = height;
        return true;
    }

    void takeRow(png_bytep row, png_uint_32 y, int pass) {
        if (row != nullptr) png_progressive_combine_row(png_, image_.pixels.data() + rowBytes_ * y, row);
        if (pass + 1 == passes_ && y + 1 == height_) complete_ = true;
    }

    /// 16-bit grey lies in the first two thirds of the buffer; spread it from the end.
    void clipWideGrey() {
        std::uint8_t* bytes = image_.pixels.data();
        for (std::size_t i = image_.pixels.size() / 3; i-- > 0;) {
            const int value = bytes[2 * i] * 256 + bytes[2 * i + 1];
            bytes[3 * i] = bytes[3 * i + 1] = bytes[3 * i + 2] = clipTo8Bits(value);
        }
    }

    png_structp png_ = nullptr;
    png_infop info_ = nullptr;
    std::jmp_buf jump_{};
    std::string message_;
    std::optional<Error> problem_;
    RgbImage image_;
    std::uint64_t fileBytes_ = 0;
    std::size_t rowBytes_ = 0;
    png_uint_32 height_ = 0;
    int passes_ = 1;
    bool wide_ = false;
    bool complete_ = false;  // all rows are there
    bool ended_ = false;     // the end chunk was read
};

}  // namespace

Result<RgbImage> decodePng(Bytes encoded) {
    return PngReader().read(encoded);
}

}  // namespace dicescope::detail
