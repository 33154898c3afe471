#include <CLI/CLI.hpp>
#include <iostream>

#include "app/train_demo/demo_training.h"
#include "core/demo/demo_data.h"

int main(int argc, char** argv) {
    dicescope::DemoTrainingOptions options{.source = dicescope::kFashionMnistFolder,
                                           .output = "resources/demo/fashion8.pt"};
    CLI::App app(
        "Trains the network of DiceScope's demo on eight classes of Fashion-MNIST and writes it as "
        "TorchScript.");
    app.add_option("--source", options.source, "Folder of Fashion-MNIST's .gz files")->capture_default_str();
    app.add_option("--out", options.output, "TorchScript file to write")->capture_default_str();
    app.add_option("--seed", options.seed, "Seed of weights, order and flips")->capture_default_str();
    app.add_option("--epochs", options.epochs, "Passes over the training images")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    app.add_option("--threads", options.threads, "Threads; part of what makes a run repeatable")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }

    const auto result =
        dicescope::trainDemoNetwork(options, [](const std::string& line) { std::cout << line << std::endl; });
    if (!result) {
        std::cerr << "dicescope-train-demo: " << result.error().message << '\n';
        return 1;
    }
    std::cout << "training accuracy " << result->trainAccuracy << ", test accuracy " << result->testAccuracy
              << ", " << result->parameters << " parameters, " << result->seconds << " s\n"
              << "wrote " << options.output.string() << '\n';
    return 0;
}
