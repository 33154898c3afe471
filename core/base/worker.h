#pragma once

#include <functional>
#include <memory>
#include <stop_token>

namespace dicescope {

/// A thread of its own that runs one task at a time, with one place where the next may wait. The last task
/// that was submitted always runs to its end or is stopped by cancel(): one that waits is replaced, never one
/// that would be the last.
///
/// Tasks say themselves from when on a waiting task may stop them (Turn::letOthersGoFirst), so that a quick
/// series of tasks shows something of some of them instead of nothing until it ends.
///
/// Every member but the destructor may be called from any thread; Turn belongs to the task.
class Worker {
  public:
    /// A task's place in the series, for use on the worker's thread while the task runs.
    class Turn {
      public:
        [[nodiscard]] std::stop_token token() const;
        /// From now on a task that waits, or comes to wait, stops this one.
        void letOthersGoFirst();

      private:
        friend class Worker;
        explicit Turn(Worker& worker) : worker_(worker) {}
        Worker& worker_;
    };

    /// Runs on the worker's thread; must not throw.
    using Task = std::function<void(Turn&)>;

    Worker();
    /// Cancels and waits for the running task to notice.
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Runs the task after the one in progress, in place of one that waits.
    void submit(Task task);
    /// Asks the running task to stop and forgets the waiting one. Returns at once.
    void cancel();
    /// Whether a task runs or waits.
    [[nodiscard]] bool busy() const;
    /// Called on the worker's thread whenever nothing runs or waits any more. To be set before the first
    /// submit().
    void onIdle(std::function<void()> call);

  private:
    struct Shared;
    std::unique_ptr<Shared> shared_;
};

}  // namespace dicescope
