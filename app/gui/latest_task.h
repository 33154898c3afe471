#pragma once

#include <QObject>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "core/base/error.h"
#include "core/base/exceptions.h"
#include "core/base/job.h"
#include "core/base/worker.h"

namespace dicescope {

/// One kind of work of which the last request counts, on a thread of its own: of those that wait only the
/// newest is kept. Lives on the GUI thread, where results come.
class LatestTask : public QObject {
    Q_OBJECT

  public:
    /// What a new request does to the one in progress.
    enum class Newer {
        Stops,  ///< it is stopped, and its result never comes: for long work
        Waits   ///< it runs to its end and its result comes before the new one's, so that a quick series of
                ///< requests shows some of its steps: for work of a moment
    };

    explicit LatestTask(Newer newer = Newer::Stops, QObject* parent = nullptr);
    /// Cancels and waits for the work to notice.
    ~LatestTask() override;

    /// work(job) runs on the worker's thread; done(result) is called here, with a result that is never
    /// Cancelled.
    template <class Work, class Done>
    void start(Work work, Done done) {
        begin([this, work = std::move(work), done = std::move(done)](const Job& job, std::uint64_t request) {
            auto result = std::make_shared<decltype(work(job))>(withoutExceptions(
                "The work", "There is not enough memory for this; close other programs or use fewer images.",
                [&] { return work(job); }));
            later(request, [done, result] {
                if (*result || result->error().code != ErrorCode::Cancelled) done(std::move(*result));
            });
        });
    }
    /// Forgets the request in progress. Returns at once.
    void cancel();
    /// Whether a request has not been answered yet.
    [[nodiscard]] bool waiting() const { return waiting_; }
    /// Whether nothing runs on the thread any more.
    [[nodiscard]] bool idle() const { return !worker_.busy(); }

  signals:
    void progress(const Progress& progress);  ///< of the request in progress
    void waitingChanged(bool waiting);
    void becameIdle();

  private:
    void begin(std::function<void(const Job&, std::uint64_t)> run);
    /// Calls on the GUI thread, unless the request was cancelled or stopped by a newer one.
    void later(std::uint64_t request, std::function<void()> call);
    void setWaiting(bool waiting);

    Newer newer_;
    std::uint64_t request_ = 0;
    std::uint64_t forgotten_ = 0;  ///< up to which requests were cancelled
    bool waiting_ = false;
    Worker worker_;  // declared last: destroyed, and so joined, first
};

}  // namespace dicescope
