#include "engine/tier_choice.h"

#include <charconv>

#include "support/text.h"

namespace wasmrun::engine {

interp::InterpreterOptions interpreterOptions(const Options& options) {
  interp::InterpreterOptions interpreter;
  interpreter.fuel = options.hasFuel();
  interpreter.sampled = options.isSampled();
  using enum runtime::ProfileKind;
  interpreter.profile = options.countWork == 1 ? Work : interpreter.sampled ? Samples : None;
  return interpreter;
}

Result<TierUp> parseTierUp(std::string_view text) {
  if (text == "off") return TierUp{TierUp::Mode::Off};
  if (text == "hot") return TierUp{TierUp::Mode::Hot};
  constexpr std::string_view kRandom = "random:";
  if (text.starts_with(kRandom)) {
    const std::string_view digits = text.substr(kRandom.size());
    TierUp tierUp{TierUp::Mode::Random};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), tierUp.seed);
    if (error == std::errc() && end == digits.data() + digits.size()) return tierUp;
  }
  return fail(ErrorKind::Usage, support::concat("tier-up: ", support::quoted(text),
                                                " is not off, hot or random: with a number behind it"));
}

Result<Profile> parseProfile(std::string_view text) {
  if (text == "off") return Profile::Off;
  if (text == "perfmap") return Profile::PerfMap;
  if (text == "jitdump") return Profile::JitDump;
  return fail(ErrorKind::Usage, support::concat("profile: ", support::quoted(text), " is not off, perfmap or jitdump"));
}

}  // namespace wasmrun::engine
