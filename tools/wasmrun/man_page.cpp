// wasmrun man: the manual page in man(7)'s roff, made from the tables of commands and options.
#include "commands.h"
#include "exit_code.h"
#include "help.h"
#include "output.h"
#include "wasmrun/engine.h"

namespace wasmrun::cli {

/// Text as roff takes it: dashes that stay dashes, and no line that looks like a request.
static std::string roff(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      if ((c == '.' || c == '\'') && (result.empty() || result.back() == '\n')) result += "\\&";
      result += c;
    }
  }
  return result;
}

static std::string bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }
static std::string italic(std::string_view text) { return "\\fI" + roff(text) + "\\fR"; }

static void section(std::string_view name) { print(".SH " + std::string(name) + "\n"); }
static void paragraph(std::string_view text) { print(".PP\n" + roff(text) + "\n"); }
static void tagged(const std::string& tag, std::string_view text) { print(".TP\n" + tag + "\n" + roff(text) + ".\n"); }

static std::string optionTag(const OptionRow& row) {
  size_t comma = row.names.find(',');
  std::string tag = bold(row.names.substr(0, comma));
  if (comma != std::string_view::npos) tag += ", " + bold(row.names.substr(comma + 1));
  if (row.takesValue()) tag += " ";
  return row.value.empty() ? tag : tag + italic(row.value);
}

static void printCommand(const Command& command) {
  print(".SS " + roff(usageLine(command)) + "\n" + roff(command.summary) + ".\n");
  if (!command.details.empty()) paragraph(command.details);
  for (const OptionRow& row : command.options) tagged(optionTag(row), row.help);
}

/// Options that several commands have are told once.
static void printSharedOptions() {
  std::vector<const OptionRow*> rows = optionsOf(commands().front());
  for (size_t i = commands().front().options.size(); i < rows.size(); i++) tagged(optionTag(*rows[i]), rows[i]->help);
}

static void printGroup(char group) {
  std::string letter = std::string("-") + group;
  auto print = [&](std::string_view name, std::string_view value, std::string_view help, std::string_view initial) {
    std::string text(help);
    if (!initial.empty()) text += " (default " + std::string(initial) + ")";
    tagged(bold(letter + " " + std::string(name)) + "=" + italic(value), text);
  };
  for (const OptionInfo& option : Config::options()) {
    if (option.group == group) print(option.name, valueName(option.kind), option.help, option.initial);
  }
  if (group != 'W') return;
  for (const FeatureInfo& feature : Config::features()) {
    print(feature.name, "y|n", std::string("Proposal: ") + std::string(feature.help), feature.initial ? "y" : "n");
  }
}

int manCommand(Options&) {
  print(".TH WASMRUN 1 \"\" \"wasmrun " + std::string(version()) + "\"\n");
  section("NAME");
  print("wasmrun \\- runs WebAssembly modules\n");
  section("SYNOPSIS");
  for (const Command& command : commands()) print(roff(usageLine(command)) + "\n.br\n");
  section("COMMANDS");
  for (const Command& command : commands()) printCommand(command);
  section("OPTIONS");
  paragraph("These are understood by run, explain, inspect, dump, validate and wast; -h and -V by every command.");
  printSharedOptions();
  section("ENGINE OPTIONS");
  paragraph(
      "Several may be given at once, separated by commas. BYTES are written with K, M, G and T for powers of 1024, N "
      "with K, M and G for powers of 1000, TIME with ns, us, ms, s, m and h, seconds when there is none. A flag "
      "without a value means y.");
  for (char group : {'W', 'C', 'O', 'D'}) printGroup(group);
  section("EXIT STATUS");
  tagged(bold("the guest's"), "When the guest runs to its end or calls proc_exit: the low 8 bits of its exit code");
  tagged(bold(std::to_string(kExitTrap)), "The guest trapped, or let an exception out");
  tagged(bold(std::to_string(kExitFailure)),
         "A file, a module or the system did not do what was asked; after a run that succeeded, also a report of it");
  tagged(bold(std::to_string(kExitUsage)), "The command line does not read");
  paragraph("SIGINT and SIGTERM end wasmrun as they do other programs; reports of the run are written first.");
  section("EXAMPLES");
  tagged("wasmrun app.wasm one two", "Runs a program with two arguments");
  tagged(roff("wasmrun --dir . --dir /etc::/etc::ro app.wasm"), "Shows it the current directory, and another to read");
  tagged(roff("wasmrun --invoke add sum.wasm 1 2"), "Calls an export and prints its result");
  tagged(roff("wasmrun -W timeout=1s,max-memory-size=64M app.wasm"), "Runs it within limits");
  return kExitOk;
}

}  // namespace wasmrun::cli
