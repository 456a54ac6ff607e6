#include "help.h"

#include <algorithm>

#include "exit_code.h"
#include "output.h"
#include "report_error.h"
#include "text.h"
#include "wasmrun/nearest_name.h"

namespace wasmrun::cli {

/// Two columns: what is written, and what it means. Long entries on the left get a line of their own.
static std::string entry(std::string_view left, std::string_view right) {
  constexpr size_t kColumn = 30;
  std::string text = "  " + std::string(left);
  text = text.size() + 2 > kColumn ? text + "\n" + std::string(kColumn, ' ') : padRight(text, kColumn);
  return text + filled(right, kColumn) + "\n";
}

static std::string written(const OptionRow& row) {
  std::string text(row.names);
  if (size_t comma = text.find(','); comma != std::string::npos) text.insert(comma + 1, " ");
  if (row.takesValue()) text += " ";
  return text + std::string(row.value);
}

std::string overview() {
  std::string text = "wasmrun runs WebAssembly modules.\n\nUsage: " + usageLine(commands().front()) +
                     "\n       wasmrun COMMAND ...\n\nCommands\n";
  for (const Command& command : commands()) text += entry(command.name, command.summary);
  return text +
         "\n'wasmrun help COMMAND' explains its options; 'wasmrun -W help', '-C help',\n"
         "'-O help' and '-D help' list the engine's.\n";
}

std::string helpOf(const Command& command) {
  std::string text = std::string(command.summary) + ".\n\nUsage: " + usageLine(command) + "\n";
  if (!command.details.empty()) text += "\n" + filled(command.details, 0) + "\n";
  text += "\nOptions\n";
  for (const OptionRow* row : optionsOf(command)) text += entry(written(*row), row->help);
  return text;
}

std::string_view valueName(OptionKind kind) {
  switch (kind) {
    case OptionKind::Flag: return "y|n";
    case OptionKind::Count: return "N";
    case OptionKind::Bytes: return "BYTES";
    case OptionKind::Duration: return "TIME";
    case OptionKind::Word: break;
  }
  return "WORD";
}

std::string helpOfGroup(char group) {
  const std::string letter = std::string("-") + group;
  std::string text;
  auto add = [&](std::string_view name, std::string_view value, std::string_view help, std::string_view initial) {
    std::string meaning(help);
    if (!initial.empty()) meaning += " (default " + std::string(initial) + ")";
    text += entry(letter + " " + std::string(name) + "=" + std::string(value), meaning);
  };
  for (const OptionInfo& option : Config::options()) {
    if (option.group == group) add(option.name, valueName(option.kind), option.help, option.initial);
  }
  if (group == 'W') {
    text += "\nProposals\n";
    for (const FeatureInfo& feature : Config::features()) {
      add(feature.name, "y|n", feature.help, feature.initial ? "y" : "n");
    }
  }
  return text + "\n" +
         filled(
             "Several may be given at once, separated by commas. BYTES take K, M, G and T (powers of 1024); N takes "
             "K, M and G (powers of 1000); TIME takes ns, us, ms, s, m and h, and means seconds when there is none.",
             0) +
         "\n";
}

int helpCommand(Options& options) {
  if (options.files.empty()) {
    print(overview());
    return kExitOk;
  }
  if (const Command* command = findCommand(options.files[0])) {
    print(helpOf(*command));
    return kExitOk;
  }
  std::vector<std::string_view> names;
  for (const Command& command : commands()) names.push_back(command.name);
  reportFailure("no command is named '" + options.files[0] + "'" + didYouMean(options.files[0], names));
  return kExitUsage;
}

}  // namespace wasmrun::cli
