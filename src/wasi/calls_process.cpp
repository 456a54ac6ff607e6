// Arguments, environment, clocks, random numbers, the process: the calls that need no descriptor.
#include "wasi/calls.h"
#include "wasi/context.h"
#include "wasi/host_system.h"

namespace wasmrun::wasi::calls {

namespace {

Errno writeSizes(GuestMemory memory, const StringList& list, u32 countOut, u32 sizeOut) {
  WASI_TRY(memory.write(countOut, list.count()));
  return memory.write(sizeOut, list.byteCount());
}

}  // namespace

Errno argsGet(WasiContext& context, GuestMemory memory, u32 argvOut, u32 bufferOut) {
  return context.args().copyTo(memory, argvOut, bufferOut);
}

Errno argsSizesGet(WasiContext& context, GuestMemory memory, u32 countOut, u32 sizeOut) {
  return writeSizes(memory, context.args(), countOut, sizeOut);
}

Errno environGet(WasiContext& context, GuestMemory memory, u32 environOut, u32 bufferOut) {
  return context.env().copyTo(memory, environOut, bufferOut);
}

Errno environSizesGet(WasiContext& context, GuestMemory memory, u32 countOut, u32 sizeOut) {
  return writeSizes(memory, context.env(), countOut, sizeOut);
}

Errno clockResGet(WasiContext&, GuestMemory memory, u32 clock, u32 nanosecondsOut) {
  WASI_ASSIGN(const u64 nanoseconds, clockResolution(clock));
  return memory.write(nanosecondsOut, nanoseconds);
}

Errno clockTimeGet(WasiContext&, GuestMemory memory, u32 clock, u64, u32 nanosecondsOut) {
  WASI_ASSIGN(const u64 nanoseconds, clockTime(clock));
  return memory.write(nanosecondsOut, nanoseconds);
}

Errno randomGet(WasiContext&, GuestMemory memory, u32 bufferOut, u32 length) {
  WASI_ASSIGN(auto* buffer, memory.range(bufferOut, length));
  return fillRandom({buffer, length});
}

Errno schedYield(WasiContext&, GuestMemory) {
  yieldThread();
  return Errno::Success;
}

ExitRequest procExit(WasiContext&, GuestMemory, u32 code) { return {code}; }

// A guest has no signals: raising one would hit the host's process and everything else in it. Preview 1 dropped the
// call's semantics long ago, and no libc imports it.
Errno procRaise(WasiContext&, GuestMemory, u32) { return Errno::NoSys; }

}  // namespace wasmrun::wasi::calls
