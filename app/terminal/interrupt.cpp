#include "app/terminal/interrupt.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <thread>

namespace dicescope::terminal {
namespace {

// The one thing a signal handler can reach.
volatile std::sig_atomic_t signalEvent = -1;

extern "C" void noteSignal(int /*signal*/) {
    const int saved = errno;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(static_cast<int>(signalEvent), &one, sizeof(one));
    errno = saved;
}

}  // namespace

std::stop_token stopOnInterrupt() {
    static std::stop_source source;
    const int event = ::eventfd(0, EFD_CLOEXEC);
    if (event < 0) return source.get_token();
    signalEvent = event;

    // request_stop() takes locks, which a handler must not do: the handler wakes a thread that may. Blocking
    // the signals in favour of sigwait() would not do, since libraries start threads before main that leave
    // them unblocked.
    std::thread([event] {
        std::uint64_t count = 0;
        while (::read(event, &count, sizeof(count)) < 0 && errno == EINTR) {
        }
        source.request_stop();
    }).detach();

    struct sigaction action {};
    action.sa_handler = noteSignal;
    action.sa_flags = static_cast<int>(SA_RESTART | SA_RESETHAND);
    for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr);
    return source.get_token();
}

}  // namespace dicescope::terminal
