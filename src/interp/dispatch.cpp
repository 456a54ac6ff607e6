#include "interp/dispatch.h"

namespace wasmrun::interp {

/// The best set of handlers this machine runs (x64/ or a64/choose_dispatch.cpp).
Dispatch chooseDispatch();

namespace {

void fillSpecialWords(const Dispatch& dispatch) {
  const auto handler = [&](HandlerId id) { return dispatch.handlers[static_cast<u32>(id)]; };
  specialWords.exit = dispatch.exit;
  specialWords.crossReturn = handler(HandlerId::CrossReturnWord);
  specialWords.firstCall = handler(HandlerId::FirstCallWord);
  specialWords.enterMachine = handler(HandlerId::EnterMachineWord);
  specialWords.hot = handler(HandlerId::HotWord);
  specialWords.poll = handler(HandlerId::PollWord);
  specialWords.sample = handler(HandlerId::SampleWord);
  specialWords.callOther = handler(HandlerId::CallOtherWord);
  specialWords.tailCallOther = handler(HandlerId::TailCallOtherWord);
  specialWords.memoryFault = handler(HandlerId::MemoryFaultWord);
  for (Word& word : specialWords.traps) word = handler(HandlerId::TrapWord);
}

}  // namespace

const Dispatch& dispatch() {
  static const Dispatch chosen = [] {
    const Dispatch dispatch = chooseDispatch();
    fillSpecialWords(dispatch);
    return dispatch;
  }();
  return chosen;
}

}  // namespace wasmrun::interp
