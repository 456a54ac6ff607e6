// wasmrun, the command line: reads what is wanted, hands it to a command, ends with its exit code.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <new>
#include <vector>

#include "command_line.h"
#include "exit_code.h"
#include "help.h"
#include "log.h"
#include "output.h"
#include "report_error.h"
#include "wasmrun/engine.h"

using namespace wasmrun;
using namespace wasmrun::cli;

static int reportUsage(const UsageError& error) {
  reportFailure(error.message);
  std::string usage = usageLine(*error.command);
  std::fprintf(stderr, "\nUsage: %s\n'wasmrun help %.*s' explains the options.\n", usage.c_str(),
               static_cast<int>(error.command->name.size()), error.command->name.data());
  return kExitUsage;
}

static int perform(const std::vector<std::string_view>& words) {
  auto invocation = parseCommandLine(words);
  if (!invocation) return reportUsage(invocation.error());
  const Command& command = *invocation->command;
  Options& options = invocation->options;
  if (options.version) {
    print("wasmrun " + std::string(version()) + "\n");
  } else if (options.help) {
    bool named = !words.empty() && words[0] == command.name;
    print(named ? helpOf(command) : overview());
  } else if (options.listGroup) {
    print(helpOfGroup(options.listGroup));
  } else {
    startLog(options);
    return command.run(options);
  }
  return kExitOk;
}

/// Memory that is not there is a failure of ours; without this the library's abort would look like a guest's trap.
[[noreturn]] static void outOfMemory() {
  constexpr std::string_view kMessage = "Error: out of memory\n";
  // No stream and no destructor: they may want memory. What the guest wrote is written.
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, kMessage.data(), kMessage.size());
  _exit(kExitFailure);
}

int main(int argc, char** argv) {
  std::set_new_handler(outOfMemory);
  holdStandardStreams();
  // A file that grows past the limit is an error for whoever writes it, guest or us, not the end of the process.
  std::signal(SIGXFSZ, SIG_IGN);
  int code = perform(std::vector<std::string_view>(argv + (argc > 0), argv + argc));
  if (auto finished = finishOutput(); !finished) {
    reportFailure(finished.error().message);
    if (code == kExitOk) code = kExitFailure;
  }
  return code;
}
