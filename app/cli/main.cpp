#include <exception>
#include <iostream>

#include "app/cli/commands.h"
#include "app/terminal/exit_code.h"
#include "app/terminal/interrupt.h"
#include "core/base/memory.h"

namespace {

constexpr int kWrongArguments = 2;

int run(int argc, char** argv) {
    using namespace dicescope;
    cli::Context context;
    context.stop = terminal::stopOnInterrupt();

    CLI::App app{"DiceScope: out-of-distribution detection by sparsification (DICE), without a display."};
    app.set_version_flag("--version", "dicescope-cli " DICESCOPE_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    app.add_flag("-q,--quiet", context.quiet, "No progress");
    app.footer(
        "Exit codes: 0 done, 1 failed, 2 wrong arguments, 130 interrupted (features that were extracted are "
        "kept in the cache, and the next run goes on from there).");
    cli::addAnalyze(app, context);
    cli::addScore(app, context);
    cli::addSweep(app, context);
    cli::addCompare(app, context);
    cli::addExport(app, context);
    cli::addExtract(app, context);
    cli::addInfo(app, context);
    cli::addBenchmark(app, context);
    cli::addDemoData(app, context);
    cli::addCache(app, context);

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : kWrongArguments;
    }
    const Status status = context.run();
    if (!status) std::cerr << "dicescope-cli: " << status.error().message << '\n';
    return terminal::exitCode(status);
}

}  // namespace

int main(int argc, char** argv) {
    dicescope::keepFreedMemory();
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "dicescope-cli: an unexpected error (" << error.what() << "); please report it.\n";
        return 1;
    }
}
