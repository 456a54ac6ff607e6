// wasmrun: a WebAssembly engine. This header is the whole C++ API, but for what command lines alone
// want (nearest_name.h); its parts may be included alone.
//
//     #include <wasmrun/wasmrun.h>
//     using namespace wasmrun;
//
//     Result<int32_t> addInWasm(std::span<const uint8_t> bytes) {
//       Engine engine;
//       auto module = Module::compile(engine, bytes);
//       if (!module) return fail(module.error());
//       Store store(engine);
//       Linker linker(engine);
//       if (auto ok = linker.func("env", "log", [](int32_t n) { printf("%d\n", n); }); !ok) return fail(ok.error());
//       auto instance = linker.instantiate(store, *module);
//       if (!instance) return fail(instance.error());
//       auto add = instance->typed<int32_t(int32_t, int32_t)>("add");
//       if (!add) return fail(add.error());
//       return (*add)(1, 2);
//     }
//
// Who owns what. An Engine holds what everybody shares; a Module is validated code; both are counted handles, immutable
// and good on all threads. A Store owns instances and all they contain; it is used by one thread at a time, and frees
// everything at once when it goes. Instance, Func, Memory, Table, Global, Tag and references are handles into a store:
// copy them freely; they do not keep the store alive, and give errors, not crashes, once it is gone (handle.h).
//
// What can go wrong. Nothing throws; functions that can fail return Result<T> (std::expected). Error::kind says what
// sort of failure it is; execution errors carry the trap, exit code or exception, and a backtrace (error.h). A store
// stays usable after any of them. A null or dead handle gives a Usage error.
//
// Forks. An engine's threads stay in the parent: a child that goes on without exec must not use engines that it got
// from there, nor what belongs to them, nor destroy them, so it ends with _exit.
//
// The library needs C++23 (g++ 12 or clang 19 with libstdc++ 12, or later) and no exceptions or RTTI in the program.
#pragma once

#include "wasmrun/config.h"
#include "wasmrun/engine.h"
#include "wasmrun/error.h"
#include "wasmrun/extern.h"
#include "wasmrun/func.h"
#include "wasmrun/gc.h"
#include "wasmrun/linker.h"
#include "wasmrun/module.h"
#include "wasmrun/script.h"
#include "wasmrun/store.h"
#include "wasmrun/types.h"
#include "wasmrun/value.h"
#include "wasmrun/wasi.h"
