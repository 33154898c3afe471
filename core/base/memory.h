#pragma once

namespace dicescope {

/// Keeps freed image and batch buffers in the process: given back to the system and taken again for every
/// image, their page faults would cost more than decoding. To be called first in main(). Does nothing where
/// the C library is not glibc.
void keepFreedMemory();

}  // namespace dicescope
