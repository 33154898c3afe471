// jpeglib.h needs these two before it.
#include <cstddef>
#include <cstdio>
// Then the library itself.
#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <vector>

#include "core/images/decode_internal.h"

namespace dicescope::detail {
namespace {

/// More than any encoder writes; a small file with more would keep a thread busy for minutes.
constexpr int kMaxScans = 500;

enum class Outcome { Done, Truncated, Failed };

/// libjpeg over a buffer that ends where the file ends: it suspends there, which is how a truncated file
/// shows, where the library's own sources would fill up with an end marker and grey.
class JpegReader {
  public:
    explicit JpegReader(Bytes encoded) {
        jpeg_.err = jpeg_std_error(&errors_.base);
        errors_.base.error_exit = leave;
        errors_.base.output_message = [](j_common_ptr) {};
        progress_.progress_monitor = checkScans;
        source_.init_source = [](j_decompress_ptr) {};
        source_.term_source = [](j_decompress_ptr) {};
        source_.fill_input_buffer = [](j_decompress_ptr) -> boolean { return FALSE; };
        source_.skip_input_data = skip;
        source_.resync_to_restart = jpeg_resync_to_restart;
        source_.next_input_byte = reinterpret_cast<const JOCTET*>(encoded.data());
        source_.bytes_in_buffer = encoded.size();
    }
    ~JpegReader() { jpeg_destroy_decompress(&jpeg_); }
    JpegReader(const JpegReader&) = delete;
    JpegReader& operator=(const JpegReader&) = delete;

    [[nodiscard]] Outcome readHeader() {
        if (setjmp(errors_.jump) != 0) return Outcome::Failed;
        jpeg_create_decompress(&jpeg_);
        jpeg_.src = &source_;
        jpeg_.progress = &progress_;
        int found = JPEG_HEADER_TABLES_ONLY;
        while (found == JPEG_HEADER_TABLES_ONLY) found = jpeg_read_header(&jpeg_, FALSE);
        return found == JPEG_SUSPENDED ? Outcome::Truncated : Outcome::Done;
    }

    /// After start() the image has 1/2, 1/4 or 1/8 of its size, where its longer side then has that many
    /// pixels.
    void reduce(int leastLongerSide) {
        const unsigned longer = std::max(jpeg_.image_width, jpeg_.image_height);
        for (const unsigned part : {2U, 4U, 8U}) {
            if (longer / part >= static_cast<unsigned>(leastLongerSide)) jpeg_.scale_denom = part;
        }
    }

    [[nodiscard]] Outcome start() {
        if (setjmp(errors_.jump) != 0) return Outcome::Failed;
        jpeg_.out_color_space = jpeg_.num_components == 4 ? JCS_CMYK : JCS_RGB;
        return jpeg_start_decompress(&jpeg_) == FALSE ? Outcome::Truncated : Outcome::Done;
    }

    /// The next row of width() pixels of 3 or 4 bytes.
    [[nodiscard]] Outcome readRow(std::uint8_t* row) {
        if (setjmp(errors_.jump) != 0) return Outcome::Failed;
        JSAMPROW rows = row;
        return jpeg_read_scanlines(&jpeg_, &rows, 1) == 1 ? Outcome::Done : Outcome::Truncated;
    }

    /// All rows of 3 bytes a pixel into one buffer.
    [[nodiscard]] Outcome readRgb(std::uint8_t* pixels) {
        if (setjmp(errors_.jump) != 0) return Outcome::Failed;
        const std::size_t rowBytes = std::size_t{jpeg_.output_width} * 3;
        while (jpeg_.output_scanline < jpeg_.output_height) {
            JSAMPROW row = pixels + rowBytes * jpeg_.output_scanline;
            if (jpeg_read_scanlines(&jpeg_, &row, 1) != 1) return Outcome::Truncated;
        }
        return Outcome::Done;
    }

    /// Reads up to the end marker: a marker there that makes no sense means that the data before it was
    /// damaged. That the file ends instead is no error once all rows are there.
    [[nodiscard]] Outcome finish() {
        if (setjmp(errors_.jump) != 0) return Outcome::Failed;
        jpeg_finish_decompress(&jpeg_);
        return Outcome::Done;
    }

    /// Of the image in the file.
    [[nodiscard]] unsigned fullWidth() const { return jpeg_.image_width; }
    [[nodiscard]] unsigned fullHeight() const { return jpeg_.image_height; }
    /// Of the rows that are read; after start().
    [[nodiscard]] unsigned width() const { return jpeg_.output_width; }
    [[nodiscard]] unsigned height() const { return jpeg_.output_height; }
    [[nodiscard]] int components() const { return jpeg_.num_components; }

    [[nodiscard]] tl::unexpected<Error> error(Outcome outcome) {
        if (outcome == Outcome::Truncated) return truncated();
        if (jpeg_.err->msg_code == JERR_OUT_OF_MEMORY) {
            return fail(ErrorCode::OutOfMemory, "not enough memory for this image");
        }
        std::array<char, JMSG_LENGTH_MAX> text{};
        jpeg_.err->format_message(reinterpret_cast<j_common_ptr>(&jpeg_), text.data());
        switch (jpeg_.err->msg_code) {
            case JERR_BAD_PRECISION:
            case JERR_SOF_UNSUPPORTED:
            case JERR_ARITH_NOTIMPL:
            case JERR_CONVERSION_NOTIMPL:
                return unsupported(std::string("a kind of JPEG that is not handled (") + text.data() + ")");
            default:
                return damaged("JPEG", text.data());
        }
    }

  private:
    struct ErrorManager {
        jpeg_error_mgr base{};
        std::jmp_buf jump{};
    };

    [[noreturn]] static void leave(j_common_ptr jpeg) {
        std::longjmp(reinterpret_cast<ErrorManager*>(jpeg->err)->jump, 1);
    }

    static void checkScans(j_common_ptr jpeg) {
        if (jpeg->is_decompressor == FALSE) return;
        if (reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number > kMaxScans)
            ERREXIT(jpeg, JERR_BAD_PROGRESSION);
    }

    static void skip(j_decompress_ptr jpeg, long count) {
        auto* source = jpeg->src;
        const auto step = std::min(static_cast<std::size_t>(std::max(count, 0L)), source->bytes_in_buffer);
        source->next_input_byte += step;
        source->bytes_in_buffer -= step;
        // The rest of the skip is lost, but only at the end of the file, where everything that follows
        // suspends.
    }

    jpeg_decompress_struct jpeg_{};
    ErrorManager errors_;
    jpeg_source_mgr source_{};
    jpeg_progress_mgr progress_{};
};

Outcome readCmyk(JpegReader& reader, RgbImage& image) {
    std::vector<std::uint8_t> row(std::size_t{reader.width()} * 4);
    std::uint8_t* out = image.pixels.data();
    for (unsigned y = 0; y < reader.height(); ++y) {
        if (const Outcome outcome = reader.readRow(row.data()); outcome != Outcome::Done) return outcome;
        for (std::size_t i = 0; i < row.size(); i += 4, out += 3) {
            for (std::size_t k = 0; k < 4; ++k) row[i + k] = static_cast<std::uint8_t>(255 - row[i + k]);
            cmykToRgb(row.data() + i, out);
        }
    }
    return Outcome::Done;
}

}  // namespace

Result<RgbImage> decodeJpeg(Bytes encoded) {
    return decodeJpegReduced(encoded, 0);
}

Result<RgbImage> decodeJpegReduced(Bytes encoded, int leastLongerSide) {
    JpegReader reader(encoded);
    if (const auto outcome = reader.readHeader(); outcome != Outcome::Done) return reader.error(outcome);
    const int components = reader.components();
    if (components != 1 && components != 3 && components != 4) {
        return unsupported("a JPEG with " + std::to_string(components) + " components");
    }
    if (auto fits = checkSize(reader.fullWidth(), reader.fullHeight()); !fits) return forwardError(fits);
    if (leastLongerSide > 0) reader.reduce(leastLongerSide);
    if (const auto outcome = reader.start(); outcome != Outcome::Done) return reader.error(outcome);
    RgbImage image = blankImage(reader.width(), reader.height());
    Outcome outcome = components == 4 ? readCmyk(reader, image) : reader.readRgb(image.pixels.data());
    if (outcome == Outcome::Done) outcome = reader.finish();
    if (outcome != Outcome::Done) return reader.error(outcome);
    return image;
}

}  // namespace dicescope::detail
