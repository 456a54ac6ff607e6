// The compiler's fuel: instructions are counted by blocks, each charged where it begins. Blocks are the interpreter's
// (interp/translator.h), so that a program has used as much at any place, whichever tier got it there.
#include "baseline/function_compiler.h"
#include "runtime/layout.h"

namespace wasmrun::baseline {

/// Ends the block before, whose instructions are all those since it began.
void FunctionCompiler::beginFuelBlock() {
  if (!environment_.countsFuel) return;
  endFuelBlock();
  fuelAt_ = masm_.charge({masm::kContext, runtime::layout::kContextFuel}, late(Late::OutOfFuel).label);
}

void FunctionCompiler::endFuelBlock() {
  const u32 instructions = reader_.liveInstructions();
  if (fuelAt_ != kNone) masm_.patch32(fuelAt_, support::narrow<i32>(instructions - fuelBegin_));
  fuelAt_ = kNone;
  fuelBegin_ = instructions;
}

}  // namespace wasmrun::baseline
