#pragma once

namespace dicescope {

/// How many threads OpenBLAS uses for one call, where the process has loaded it: it keeps one number for the
/// whole process, beside OpenMP's, and lets one caller at a time use its threads. Cheap to repeat; does
/// nothing with another BLAS. Any thread.
void useBlasThreads(int count);

/// For code whose threads are its own: while it lives, BLAS calls of this thread use no others. OpenBLAS is
/// told so for the whole process and until useBlasThreads() says otherwise; MKL for this thread alone.
class OneBlasThread {
  public:
    OneBlasThread();
    OneBlasThread(const OneBlasThread&) = delete;
    OneBlasThread& operator=(const OneBlasThread&) = delete;
    ~OneBlasThread();

  private:
    int before_ = 0;  ///< MKL's setting for this thread, 0 where it has none
};

}  // namespace dicescope
