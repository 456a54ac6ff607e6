// How the words are read: CLI11 knows the option rows of one command and takes options and their values off the front;
// what it does not know ends up in its list of remaining words. For `run` that list starts at the file (everything
// after belongs to the guest) or at an unknown option; for the other commands files and options may come in any order.
#include "command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "wasmrun/nearest_name.h"

namespace wasmrun::cli {

/// Every name of the rows, "-v" and "--verbose" apart.
static std::vector<std::string_view> allNames(std::span<const OptionRow* const> rows) {
  std::vector<std::string_view> names;
  for (const OptionRow* row : rows) {
    size_t comma = row->names.find(',');
    names.push_back(row->names.substr(0, comma));
    if (comma != std::string_view::npos) names.push_back(row->names.substr(comma + 1));
  }
  return names;
}

/// The first command that has an option of that name, or null.
static const Command* ownerOf(std::string_view name) {
  for (const Command& command : commands()) {
    std::vector<std::string_view> names = allNames(optionsOf(command));
    if (std::find(names.begin(), names.end(), name) != names.end()) return &command;
  }
  return nullptr;
}

static std::string unknownOption(std::string_view word, std::span<const OptionRow* const> rows) {
  std::string_view name = word.substr(0, word.find('='));
  if (const Command* owner = ownerOf(name)) {
    return "option '" + std::string(name) + "' belongs to 'wasmrun " + std::string(owner->name) + "'";
  }
  std::vector<std::string_view> names = allNames(rows);
  std::string_view guess = nearestName(name, names);
  // One dash before a long name is not a typing mistake that distance would find: "-dir" is far from "--dir".
  std::string twoDashes = "-" + std::string(name);
  if (guess.size() <= 2 && name.size() > 2) guess = nearestName(twoDashes, names);
  std::string message = "unknown option '" + std::string(name) + "'";
  if (!guess.empty()) message += "; did you mean '" + std::string(guess) + "'?";
  return message;
}

namespace {

/// One command line of one command, being read.
class Reader {
 public:
  Reader(const Command& command, std::span<const std::string_view> words)
      : command_(command), words_(words), rows_(optionsOf(command)) {}

  std::expected<Invocation, UsageError> read();

 private:
  void declareOptions();
  std::string takeOptions();
  std::string takeArguments();
  std::string runThrough();

  const Command& command_;
  std::span<const std::string_view> words_;
  std::vector<const OptionRow*> rows_;
  CLI::App app_;
  std::vector<CLI::Option*> declared_;  // by row
  Invocation invocation_;
};

}  // namespace

void Reader::declareOptions() {
  app_.set_help_flag();
  app_.allow_extras();
  app_.prefix_command(command_.passesArguments);
  declared_.reserve(rows_.size());
  for (const OptionRow* row : rows_) {
    std::string names(row->names);
    if (row->takesValue()) {
      declared_.push_back(app_.add_option(names)->take_all()->allow_extra_args(false));
    } else {
      declared_.push_back(app_.add_flag(names)->take_all());
    }
  }
}

/// Words to CLI11, last first. It would take "--name=" for an option whose value is the next word, so an empty value
/// is marked; guest arguments are never read from what CLI11 kept, so the mark stays in here.
static constexpr std::string_view kEmptyValue = "\x01";

static std::vector<std::string> reversed(std::span<const std::string_view> words) {
  std::vector<std::string> result;
  result.reserve(words.size());
  for (size_t i = words.size(); i-- > 0;) {
    std::string& word = result.emplace_back(words[i]);
    if (word.starts_with("--") && word.size() > 3 && word.find('=') == word.size() - 1) word += kEmptyValue;
    if (word.starts_with("--stats:")) word.replace(7, 1, "=:");  // --stats:FILE is short for --stats=text:FILE
  }
  return result;
}

/// Gives each row its occurrences. A message when a value does not read.
std::string Reader::takeOptions() {
  for (size_t i = 0; i < rows_.size(); i++) {
    const OptionRow& row = *rows_[i];
    for (const std::string& written : declared_[i]->results()) {
      std::string_view text = written == kEmptyValue ? std::string_view() : std::string_view(written);
      if (!row.takesValue()) {
        if (text == "true") text = {};  // CLI11's word for a flag alone
        if (!text.empty() && row.value.empty()) {
          return "option '" + std::string(row.longName()) + "' takes no value";
        }
      }
      if (auto accepted = row.accept(invocation_.options, text); !accepted) return accepted.error().message;
    }
  }
  return {};
}

/// Sorts the words that are no options of ours into files and guest arguments.
std::string Reader::takeArguments() {
  std::vector<std::string> remaining = app_.remaining();
  std::vector<std::string>& files = invocation_.options.files;
  bool optionsEnded = false;
  for (const std::string& word : remaining) {
    if (!optionsEnded && word == "--") {
      optionsEnded = true;
    } else if (!optionsEnded && word.size() > 1 && word.front() == '-') {
      return unknownOption(word, rows_);
    } else if (command_.passesArguments) {
      break;  // the file
    } else {
      files.push_back(word);
    }
  }
  if (command_.passesArguments && remaining.size() > optionsEnded) {
    // From the file on, CLI11 left everything as it was: the end of our words.
    auto guest = words_.last(remaining.size() - optionsEnded);
    files.emplace_back(guest[0]);
    invocation_.options.guestArgs.assign(guest.begin() + 1, guest.end());
  }
  return {};
}

/// Profilers and debuggers are told of code that runs: a command that runs none would leave a file without contents.
static std::string needlessObserver(const Command& command, const Config& config) {
  if (command.engine != EngineUse::Look) return {};
  for (const auto& [name, off] : {std::pair("profile", "off"), std::pair("gdb", "n")}) {
    if (config.get("D", name).value_or(off) != off)
      return "'wasmrun " + std::string(command.name) + "' runs nothing that -D " + name + " could tell of";
  }
  return {};
}

std::string Reader::runThrough() {
  declareOptions();
  try {
    app_.parse(reversed(words_));
  } catch (const CLI::ArgumentMismatch& mismatch) {
    std::string what = mismatch.what();  // "--dir: 1 required TEXT missing"
    std::string_view name = std::string_view(what).substr(0, what.find(':'));
    for (const OptionRow* row : rows_) {
      if (row->longName() == name) {
        return "option '" + std::string(name) + "' needs a value: " + std::string(name) + " " + std::string(row->value);
      }
    }
    return what;
  } catch (const CLI::ParseError& error) {
    return error.what();
  }
  if (std::string message = takeArguments(); !message.empty()) return message;
  if (std::string message = takeOptions(); !message.empty()) return message;

  const Options& options = invocation_.options;
  if (options.help || options.version || options.listGroup) return {};
  if (options.files.size() < command_.minArguments) {
    return "no " + std::string(command_.arguments.substr(0, command_.arguments.find_first_of(" ."))) + " given";
  }
  if (options.files.size() > command_.maxArguments) {
    return "one argument too many: '" + options.files[command_.maxArguments] + "'";
  }
  return needlessObserver(command_, options.config);
}

std::expected<Invocation, UsageError> Reader::read() {
  invocation_.command = &command_;
  if (std::string message = runThrough(); !message.empty()) {
    return std::unexpected(UsageError{&command_, std::move(message)});
  }
  return std::move(invocation_);
}

std::expected<Invocation, UsageError> parseCommandLine(std::span<const std::string_view> words) {
  const Command* command = words.empty() ? nullptr : findCommand(words[0]);
  if (command) {
    words = words.subspan(1);
  } else {
    command = &commands().front();
  }
  return Reader(*command, words).read();
}

}  // namespace wasmrun::cli
