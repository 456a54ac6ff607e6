#include "text/script_parser.h"

#include <algorithm>
#include <iterator>

#include "support/text.h"
#include "text/literals.h"
#include "text/module_words.h"
#include "text/script_reader.h"

namespace wasmrun::text {

namespace {

using support::concat;

constexpr std::string_view kThread = "thread";

struct OutcomeRow {
  std::string_view keyword;
  script::Outcome outcome;
};

constexpr OutcomeRow kOutcomes[] = {
    {"assert_trap", script::Outcome::Trap},
    {"assert_exhaustion", script::Outcome::Exhaustion},
    {"assert_exception", script::Outcome::Exception},
    {"assert_suspension", script::Outcome::Suspension},
    {"assert_malformed", script::Outcome::Malformed},
    {"assert_invalid", script::Outcome::Invalid},
    {"assert_malformed_custom", script::Outcome::MalformedCustom},
    {"assert_invalid_custom", script::Outcome::InvalidCustom},
    {"assert_unlinkable", script::Outcome::Unlinkable},
};

/// One script, being read. Each parse function stands behind the keyword of its form and reads up to the form's closing
/// parenthesis, which is the current token then.
class ScriptParser {
 public:
  explicit ScriptParser(const SourceText& source) : reader_(source) {}

  Result<std::vector<script::Command>> parse();
  static bool isCommand(std::string_view word);

 private:
  using What = decltype(script::Command::what);
  using Made = std::variant<script::ModuleDefinition, script::ModuleInstance>;
  struct Row {
    std::string_view keyword;
    Result<What> (ScriptParser::*parse)();
  };
  static const Row kRows[];

  Result<void> command();
  Result<void> threadHead();
  Result<void> closeThread();
  void wholeModule();

  Result<What> module();
  Result<What> registration();
  Result<What> bareAction();
  Result<What> assertReturn();
  Result<What> wait();
  Result<What> component();
  Result<What> unsupported();
  Result<What> assertFailure(script::Outcome outcome);

  Result<Made> made();
  Result<script::ModuleInstance> instance();
  std::optional<script::Action::Kind> actionHead();
  Result<script::Action> action(script::Action::Kind kind);

  ScriptReader reader_;
  Token open_;     // the parenthesis of the command being read
  Token keyword_;  // what follows it
  std::vector<script::Command> commands_;
  std::vector<size_t> threads_;  // of commands_, those that are still open
};

const ScriptParser::Row ScriptParser::kRows[] = {
    {"module", &ScriptParser::module},
    {"register", &ScriptParser::registration},
    {"invoke", &ScriptParser::bareAction},
    {"get", &ScriptParser::bareAction},
    {"assert_return", &ScriptParser::assertReturn},
    {"wait", &ScriptParser::wait},
    {"component", &ScriptParser::component},
    {"script", &ScriptParser::unsupported},
    {"input", &ScriptParser::unsupported},
    {"output", &ScriptParser::unsupported},
};

bool ScriptParser::isCommand(std::string_view word) {
  return word == kThread || std::ranges::find(kRows, word, &Row::keyword) != std::end(kRows) ||
         std::ranges::find(kOutcomes, word, &OutcomeRow::keyword) != std::end(kOutcomes);
}

// -- Commands --------------------------------------------------------------------------------------------------------

Result<std::vector<script::Command>> ScriptParser::parse() {
  for (;;) {
    const Token token = reader_.take();
    if (token.kind == TokenKind::End && threads_.empty()) return std::move(commands_);
    if (token.kind == TokenKind::RightParen && !threads_.empty()) {
      WASMRUN_TRY(closeThread());
      continue;
    }
    if (token.kind != TokenKind::LeftParen) return reader_.unexpected(token, "a command");
    open_ = token;
    keyword_ = reader_.take();
    if (commands_.empty() && threads_.empty() && isFieldWord(reader_.text(keyword_))) {
      wholeModule();
      return std::move(commands_);
    }
    WASMRUN_TRY(command());
  }
}

Result<void> ScriptParser::command() {
  const std::string_view word = reader_.text(keyword_);
  if (word == kThread) return threadHead();
  auto add = [&](std::string_view keyword, Result<What> what) -> Result<void> {
    if (!what) return fail(std::move(what).error());
    WASMRUN_TRY(reader_.expect(TokenKind::RightParen, "')'"));
    commands_.push_back({keyword, open_.offset, *std::move(what)});
    return {};
  };
  for (const Row& row : kRows)
    if (word == row.keyword) return add(row.keyword, (this->*row.parse)());
  for (const OutcomeRow& row : kOutcomes)
    if (word == row.keyword) return add(row.keyword, assertFailure(row.outcome));
  return reader_.unexpected(keyword_, "a command");
}

/// A script that is bare fields is one module.
void ScriptParser::wholeModule() {
  const script::ModuleSource source{script::ModuleSource::Form::Fields, 0, reader_.source().range().end};
  commands_.push_back({"module", open_.offset, script::ModuleDefinition{.id = {}, .source = source}});
}

/// Up to the thread's first command.
Result<void> ScriptParser::threadHead() {
  script::Thread thread;
  thread.id = reader_.takeId();
  const u32 offset = open_.offset;
  while (reader_.takeForm("shared")) {
    if (!reader_.takeForm("module")) return reader_.unexpected(reader_.peek(), "(module $instance)");
    thread.shared.push_back(reader_.takeId());
    if (thread.shared.back().empty()) return reader_.unexpected(reader_.peek(), "an instance's $id");
    WASMRUN_TRY(reader_.expect(TokenKind::RightParen, "')'"));
    WASMRUN_TRY(reader_.expect(TokenKind::RightParen, "')'"));
  }
  threads_.push_back(commands_.size());
  thread.begin = commands_.size() + 1;
  commands_.push_back({kThread, offset, std::move(thread)});
  return {};
}

Result<void> ScriptParser::closeThread() {
  std::get<script::Thread>(commands_[threads_.back()].what).end = commands_.size();
  threads_.pop_back();
  return {};
}

Result<ScriptParser::What> ScriptParser::module() {
  WASMRUN_TRY_ASSIGN(Made what, made());
  return std::visit([](auto&& each) -> What { return std::move(each); }, std::move(what));
}

Result<ScriptParser::What> ScriptParser::registration() {
  script::Register command;
  WASMRUN_TRY_ASSIGN(command.name, reader_.takeString("a name in quotes"));
  command.instance = reader_.takeId();
  return command;
}

Result<ScriptParser::What> ScriptParser::bareAction() {
  using Kind = script::Action::Kind;
  WASMRUN_TRY_ASSIGN(script::Action what, action(reader_.text(keyword_) == "get" ? Kind::Get : Kind::Invoke));
  return what;
}

Result<ScriptParser::What> ScriptParser::wait() { return script::Wait{reader_.takeId()}; }

Result<ScriptParser::What> ScriptParser::component() {
  WASMRUN_TRY(reader_.skipRest(open_));
  return script::Component();
}

Result<ScriptParser::What> ScriptParser::unsupported() {
  return fail(reader_.error(concat("the command '", reader_.text(keyword_), "' is not supported"), keyword_));
}

// -- Assertions ------------------------------------------------------------------------------------------------------

Result<ScriptParser::What> ScriptParser::assertReturn() {
  script::AssertReturn command;
  const auto kind = actionHead();
  if (!kind) return reader_.unexpected(reader_.peek(), "an action");
  WASMRUN_TRY_ASSIGN(command.action, action(*kind));
  WASMRUN_TRY(reader_.expect(TokenKind::RightParen, "')'"));
  while (reader_.peek().kind == TokenKind::LeftParen) {
    WASMRUN_TRY_ASSIGN(script::Expected expected, reader_.takeExpected());
    command.results.push_back(std::move(expected));
  }
  return command;
}

Result<ScriptParser::What> ScriptParser::assertFailure(script::Outcome outcome) {
  script::AssertFailure command{.outcome = outcome, .what = {}, .message = {}};
  const Token open = open_;
  if (reader_.takeForm("component")) {
    WASMRUN_TRY(reader_.skipRest(open));
    return script::Component();
  }
  if (const Token inner = reader_.peek(); reader_.takeForm("module")) {
    open_ = inner;
    WASMRUN_TRY_ASSIGN(Made what, made());
    std::visit([&](auto&& each) { command.what = std::move(each); }, std::move(what));
    open_ = open;
  } else if (const auto kind = actionHead()) {
    WASMRUN_TRY_ASSIGN(command.what, action(*kind));
  } else {
    return reader_.unexpected(inner, "an action or a module");
  }
  WASMRUN_TRY(reader_.expect(TokenKind::RightParen, "')'"));
  // What an exception carries is up to its thrower, so assert_exception has no message.
  if (reader_.peek().kind == TokenKind::String || outcome != script::Outcome::Exception) {
    WASMRUN_TRY_ASSIGN(command.message, reader_.takeString("a message in quotes"));
  }
  return command;
}

// -- Modules and actions ---------------------------------------------------------------------------------------------

/// Behind `(module`, whose parenthesis is open_.
Result<ScriptParser::Made> ScriptParser::made() {
  using Form = script::ModuleSource::Form;
  if (reader_.takeKeyword("instance")) return instance();
  script::ModuleDefinition definition;
  definition.instantiates = !reader_.takeKeyword("definition");
  definition.id = reader_.takeId();
  const u32 fields = reader_.peek().offset;
  if (reader_.takeKeyword("binary")) {
    definition.source.form = Form::Binary;
  } else if (reader_.takeKeyword("quote")) {
    definition.source.form = Form::Quote;
  }
  if (definition.source.form != Form::Text) {
    while (reader_.peek().kind == TokenKind::String) reader_.take();
    if (reader_.peek().kind != TokenKind::RightParen) return reader_.unexpected(reader_.peek(), "a string");
  } else {
    WASMRUN_TRY(reader_.skipRest(open_));
  }
  // The word `definition` is no part of the module: such a one is given by its fields, which are as good.
  definition.source.begin = definition.instantiates ? open_.offset : fields;
  definition.source.end = reader_.peek().offset + definition.instantiates;
  return definition;
}

Result<script::ModuleInstance> ScriptParser::instance() {
  script::ModuleInstance instance;
  instance.id = reader_.takeId();
  instance.module = reader_.takeId();
  return instance;
}

/// Takes `(invoke` or `(get`, if that is what comes.
std::optional<script::Action::Kind> ScriptParser::actionHead() {
  if (reader_.takeForm("invoke")) return script::Action::Kind::Invoke;
  if (reader_.takeForm("get")) return script::Action::Kind::Get;
  return std::nullopt;
}

/// What follows that.
Result<script::Action> ScriptParser::action(script::Action::Kind kind) {
  script::Action action;
  action.kind = kind;
  action.instance = reader_.takeId();
  WASMRUN_TRY_ASSIGN(action.name, reader_.takeString("an export's name in quotes"));
  while (action.kind == script::Action::Kind::Invoke && reader_.peek().kind == TokenKind::LeftParen) {
    WASMRUN_TRY_ASSIGN(script::Value value, reader_.takeValue());
    action.args.push_back(std::move(value));
  }
  return action;
}

}  // namespace

// -- The entries -----------------------------------------------------------------------------------------------------

bool isCommandWord(std::string_view word) { return ScriptParser::isCommand(word); }

Result<std::vector<script::Command>> parseScript(const SourceText& source) { return ScriptParser(source).parse(); }

std::vector<u8> moduleStrings(const SourceText& source, const script::ModuleSource& module) {
  std::vector<u8> bytes;
  Lexer lexer(source.text(), {module.begin, module.end});
  for (Token token = lexer.nextSkippingAnnotations(); token.kind != TokenKind::End && token.kind != TokenKind::Error;
       token = lexer.nextSkippingAnnotations()) {
    if (token.kind == TokenKind::String) appendString(lexer.text(token), bytes);
  }
  return bytes;
}

}  // namespace wasmrun::text
