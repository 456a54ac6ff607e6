// Runs a module that was compiled for a JavaScript host.
//
//   managed_host [-W OPTION] [-C OPTION] [--sum] j2cl|dart|moonbit|teavm FILE [ARG ...]
//
// --sum prints at the end how often the module called its host, and a number made of these calls and their arguments.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>

#include "host.h"

namespace {

using Run = wasmrun::Result<void> (*)(hosts::Host&, std::span<const std::string>);

constexpr std::pair<const char*, Run> kHosts[] = {
    {"j2cl", hosts::runJ2cl}, {"dart", hosts::runDart}, {"moonbit", hosts::runMoonbit}, {"teavm", hosts::runTeavm}};

int complain(const wasmrun::Error& error) {
  std::fprintf(stderr, "error: %s\n", error.toString().c_str());
  return 1;
}

int run(const wasmrun::Config& config, bool isSummedUp, Run start, const std::string& file,
        std::span<const std::string> arguments) {
  auto engine = wasmrun::Engine::make(config);
  if (!engine) return complain(engine.error());
  auto module = wasmrun::Module::compileFile(*engine, file);
  if (!module) return complain(module.error());
  wasmrun::Store store(*engine);
  hosts::Host host(store, *module);
  if (isSummedUp) host.sumUpCalls();
  if (auto done = start(host, arguments); !done) return complain(done.error());
  if (isSummedUp) std::printf("%llu calls, %08x\n", static_cast<unsigned long long>(host.calls()), host.sum());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  wasmrun::Config config;
  bool isSummedUp = false;
  int at = 1;
  for (; at < argc && argv[at][0] == '-'; ++at) {
    const std::string_view option = argv[at];
    if (option == "--sum") {
      isSummedUp = true;
    } else if ((option == "-W" || option == "-C" || option == "-O") && at + 1 < argc) {
      if (auto set = config.set(option.substr(1), argv[++at]); !set) return complain(set.error());
    } else {
      break;
    }
  }
  for (const auto& [name, start] : kHosts) {
    if (at + 1 >= argc || std::strcmp(name, argv[at]) != 0) continue;
    return run(config, isSummedUp, start, argv[at + 1], std::vector<std::string>(argv + at + 2, argv + argc));
  }
  std::fprintf(stderr, "usage: managed_host [-W OPTION] [-C OPTION] [--sum] j2cl|dart|moonbit|teavm FILE [ARG ...]\n");
  return 2;
}
