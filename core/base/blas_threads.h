#pragma once

namespace dicescope {

/// How many threads OpenBLAS uses for one call, where the process has loaded it: it keeps one number for the
/// whole process, beside OpenMP's, and lets one caller at a time use its threads. Cheap to repeat; does
/// nothing with another BLAS. Any thread.
void useBlasThreads(int count);

}  // namespace dicescope
