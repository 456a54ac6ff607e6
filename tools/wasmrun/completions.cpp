// wasmrun completions: scripts for bash, zsh and fish, made from the tables of commands and options.
#include <algorithm>

#include "commands.h"
#include "exit_code.h"
#include "output.h"
#include "report_error.h"
#include "wasmrun/nearest_name.h"

namespace wasmrun::cli {
namespace {

/// What can stand for an option's value or a command's argument, read off its name in the tables.
struct Candidates {
  enum class Sort : uint8_t { Nothing, Files, Directories, Words, NameIsFile, EngineOptions };
  Sort sort = Sort::Nothing;
  std::string words;  ///< Words: separated by spaces. EngineOptions: the letter of the group
};

}  // namespace

// -- What the tables say ---------------------------------------------------------------------------------------------

static std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (size_t at; (at = text.find(separator)) != std::string_view::npos; text.remove_prefix(at + 1)) {
    parts.emplace_back(text.substr(0, at));
  }
  parts.emplace_back(text);
  return parts;
}

static std::vector<std::string> namesOf(const OptionRow& row) { return split(row.names, ','); }

static std::string joined(const std::vector<std::string>& words, std::string_view separator = " ") {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : std::string(separator)) + word;
  return text;
}

static std::string commandNames(std::string_view separator = " ") {
  std::vector<std::string> names;
  for (const Command& command : commands()) names.emplace_back(command.name);
  return joined(names, separator);
}

constexpr std::string_view kGroups = "WCOD";

/// "fuel= simd=n": the options of a group, with the values that flags can change to. Scripts keep them in variables,
/// one a group.
static std::string engineOptions(char group) {
  std::vector<std::string> words = {"help"};
  auto flag = [&](std::string_view name, bool initial) {
    words.push_back(std::string(name) + (initial ? "=n" : "=y"));
  };
  for (const OptionInfo& option : Config::options()) {
    if (option.group != group) continue;
    if (option.kind == OptionKind::Flag) {
      flag(option.name, option.initial == "y");
    } else {
      words.push_back(std::string(option.name) + "=");
    }
  }
  if (group == 'W') {
    for (const FeatureInfo& feature : Config::features()) flag(feature.name, feature.initial);
  }
  return joined(words);
}

static Candidates candidates(std::string_view value, char shortName = 0) {
  using Sort = Candidates::Sort;
  if (value.starts_with("HOST")) return {Sort::Directories, {}};
  if (value.starts_with("FILE")) return {Sort::Files, {}};
  if (value == "NAME=FILE") return {Sort::NameIsFile, {}};
  if (value.starts_with("OPTION")) return {Sort::EngineOptions, std::string(1, shortName)};
  if (value == "[COMMAND]") return {Sort::Words, commandNames()};
  if (value.starts_with('[')) return {};  // only ever written with an equals sign
  if (value.find('|') != std::string_view::npos) return {Sort::Words, joined(split(value, '|'))};
  return {};
}

static Candidates candidatesOf(const OptionRow& row) {
  return candidates(row.value, row.names.size() > 1 ? row.names[1] : 0);
}

/// Within single quotes, where `quote` is how the shell writes one.
static std::string singleQuoted(std::string_view text, std::string_view quote) {
  std::string result = "'";
  for (char c : text) result += c == '\'' ? std::string(quote) : std::string(1, c);
  return result + "'";
}

// -- bash ------------------------------------------------------------------------------------------------------------

static std::string bashReply(const Candidates& from) {
  switch (from.sort) {
    case Candidates::Sort::Files: return "_wasmrun_paths -f";
    case Candidates::Sort::Directories: return "_wasmrun_paths -d";
    case Candidates::Sort::NameIsFile: return "_wasmrun_paths -f";
    case Candidates::Sort::Words: return "COMPREPLY=($(compgen -W '" + from.words + "' -- \"$word\"))";
    case Candidates::Sort::EngineOptions:
      return "compopt -o nospace; COMPREPLY=($(compgen -W \"$options_" + from.words + "\" -- \"$word\"))";
    case Candidates::Sort::Nothing: break;
  }
  return ":";
}

static std::string bashCommand(const Command& command) {
  std::string values, options;
  for (const OptionRow* row : optionsOf(command)) {
    options += (options.empty() ? "" : " ") + joined(namesOf(*row));
    if (row->takesValue()) {
      values += "        " + joined(namesOf(*row), "|") + ") " + bashReply(candidatesOf(*row)) + "; return ;;\n";
    }
  }
  std::string text = "    " + std::string(command.name) + ")\n";
  if (!values.empty()) text += "      case $previous in\n" + values + "      esac\n";
  text += "      if [[ $word == -* ]]; then COMPREPLY=($(compgen -W '" + options + "' -- \"$word\"))\n";
  return text + "      else " + bashReply(candidates(command.arguments)) + "; fi ;;\n";
}

static std::string bashScript() {
  std::string text = R"(# Completion of wasmrun for bash, made by `wasmrun completions bash`.
_wasmrun_paths() {
  compopt -o filenames
  local IFS=$'\n'
  COMPREPLY=($(compgen "$1" -- "$word"))
}

_wasmrun() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command=run
  COMPREPLY=()
)";
  for (char group : kGroups) {
    text += std::string("  local options_") + group + "='" + engineOptions(group) + "'\n";
  }
  text += R"(  # bash splits --tier=opt at the equals sign
  if [[ $word == = ]]; then
    word=
  elif [[ $previous == = ]]; then
    previous=${COMP_WORDS[COMP_CWORD-2]}
  fi
  if ((COMP_CWORD > 1)); then
    case ${COMP_WORDS[1]} in
      )" + commandNames("|") +
          R"() command=${COMP_WORDS[1]} ;;
    esac
  fi
  case $command in
)";
  for (const Command& command : commands()) text += bashCommand(command);
  text += "  esac\n  if ((COMP_CWORD == 1)) && [[ $word != -* ]]; then\n    COMPREPLY+=($(compgen -W '" +
          commandNames(" ") + "' -- \"$word\"))\n  fi\n}\ncomplete -F _wasmrun wasmrun\n";
  return text;
}

// -- zsh -------------------------------------------------------------------------------------------------------------

static std::string zshAction(const Candidates& from) {
  switch (from.sort) {
    case Candidates::Sort::Files: return "_files";
    case Candidates::Sort::Directories: return "_directories";
    case Candidates::Sort::NameIsFile: return "_files -P \"${PREFIX%%=*}=\"";
    case Candidates::Sort::Words: return "(" + from.words + ")";
    case Candidates::Sort::EngineOptions: return "compadd -S \"\" -a options_" + from.words;
    case Candidates::Sort::Nothing: break;
  }
  return " ";
}

/// Text inside an _arguments specification: brackets and colons mean something there.
static std::string zshText(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

static std::string zshCommand(const Command& command) {
  constexpr std::string_view kQuote = "'\\''";
  std::string text = "    " + std::string(command.name) + ")\n      _arguments -S -s";
  for (const OptionRow* row : optionsOf(command)) {
    for (const std::string& name : namesOf(*row)) {
      std::string spec = "*" + name;
      if (row->takesValue()) spec += name.starts_with("--") ? "=" : "+";
      spec += "[" + zshText(row->help) + "]";
      if (row->takesValue()) spec += ":" + zshText(row->value) + ":" + zshAction(candidatesOf(*row));
      text += " \\\n        " + singleQuoted(spec, kQuote);
    }
  }
  if (!command.arguments.empty()) {
    std::string action = zshAction(candidates(command.arguments));
    bool many = command.maxArguments > 1 && !command.passesArguments;
    text += " \\\n        " + singleQuoted((many ? "*:argument:" : "1:argument:") + action, kQuote);
    if (command.passesArguments) text += " \\\n        '*::guest argument:_files'";
  }
  return text + " ;;\n";
}

static std::string zshScript() {
  std::string text =
      "#compdef wasmrun\n# Completion of wasmrun for zsh, made by `wasmrun completions zsh`.\n"
      "_wasmrun() {\n  local command=run\n  local -a commands=(\n";
  for (const Command& command : commands()) {
    text += "    " + singleQuoted(std::string(command.name) + ":" + std::string(command.summary), "'\\''") + "\n";
  }
  text += "  )\n";
  for (char group : kGroups) {
    text += std::string("  local -a options_") + group + "=(" + engineOptions(group) + ")\n";
  }
  text +=
      "  if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then _describe command commands; fi\n"
      "  case $words[2] in\n    " +
      commandNames("|") +
      ")\n      command=$words[2]\n      if ((CURRENT > 2)); then shift words; ((CURRENT--)); fi ;;\n  esac\n"
      "  case $command in\n";
  for (const Command& command : commands()) text += zshCommand(command);
  return text +
         "  esac\n}\nif [[ $funcstack[1] == _wasmrun ]]; then _wasmrun \"$@\"; else compdef _wasmrun wasmrun; fi\n";
}

// -- fish ------------------------------------------------------------------------------------------------------------

static std::string fishValue(const Candidates& from) {
  switch (from.sort) {
    case Candidates::Sort::Files:
    case Candidates::Sort::NameIsFile: return " -r -F";
    case Candidates::Sort::Directories: return " -x -a '(__fish_complete_directories)'";
    case Candidates::Sort::Words: return " -x -a '" + from.words + "'";
    case Candidates::Sort::EngineOptions: return " -x -a \"$options_" + from.words + "\"";
    case Candidates::Sort::Nothing: break;
  }
  return " -x";
}

static std::string fishOption(const OptionRow& row, const std::string& condition) {
  std::string text = "complete -c wasmrun -n " + condition;
  for (const std::string& name : namesOf(row)) {
    bool isLong = name.starts_with("--");
    text += (isLong ? " -l " : " -s ") + name.substr(isLong ? 2 : 1);
  }
  if (row.takesValue()) text += fishValue(candidatesOf(row));
  return text + " -d " + singleQuoted(row.help, "\\'") + "\n";
}

static std::string fishScript() {
  std::string text = "# Completion of wasmrun for fish, made by `wasmrun completions fish`.\n";
  for (char group : kGroups) text += std::string("set -l options_") + group + " " + engineOptions(group) + "\n";
  std::string others;
  for (const Command& command : commands().subspan(1)) others += " " + std::string(command.name);
  for (const Command& command : commands()) {
    bool isDefault = &command == &commands().front();
    text += "complete -c wasmrun -n __fish_use_subcommand -a " + std::string(command.name) + " -d " +
            singleQuoted(command.summary, "\\'") + "\n";
    std::string condition = isDefault ? "'not __fish_seen_subcommand_from" + others + "'"
                                      : "'__fish_seen_subcommand_from " + std::string(command.name) + "'";
    for (const OptionRow* row : optionsOf(command)) text += fishOption(*row, condition);
    Candidates arguments = candidates(command.arguments);
    if (arguments.sort == Candidates::Sort::Words) {
      text += "complete -c wasmrun -n " + condition + " -f -a '" + arguments.words + "'\n";
    }
  }
  return text;
}

int completionsCommand(Options& options) {
  struct Shell {
    std::string_view name;
    std::string (*script)();
  };
  constexpr Shell kShells[] = {{"bash", bashScript}, {"zsh", zshScript}, {"fish", fishScript}};
  std::vector<std::string_view> names;
  for (const Shell& shell : kShells) {
    if (shell.name == options.files[0]) {
      print(shell.script());
      return kExitOk;
    }
    names.push_back(shell.name);
  }
  reportFailure("no completions for a shell '" + options.files[0] + "'" + didYouMean(options.files[0], names));
  return kExitUsage;
}

}  // namespace wasmrun::cli
