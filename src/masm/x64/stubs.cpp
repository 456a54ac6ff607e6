#include "masm/stubs.h"

#include <cstring>

#include "code/function_record_builder.h"
#include "masm/x64/impl.h"
#include "runtime/layout.h"

namespace wasmrun::masm {

namespace layout = runtime::layout;

namespace {

/// Writes stubs one after the other. They align the native stack themselves: frames of machine code have 8 bytes. rbp
/// is C++'s to keep, so it keeps rsp.
class StubWriter {
 public:
  StubWriter(code::CodeArea& area, const StubHooks& hooks) : area_(area), hooks_(hooks), masm_(CpuFeatures{}) {}
  Result<Stubs> write();

 private:
  x86::Assembler& a() { return masm_.impl().a; }
  u32 part(const char* name);
  Result<u64> place();

  template <class Function>
  void callHook(Function function) {
    a().mov(x86::rax, reinterpret_cast<u64>(function));
    a().call(x86::rax);
  }
  void noteExit(const x86::Gp& temporary);
  void loadPinned();
  void alignStack(u32 bytes);
  void saveArguments();
  void restoreArguments();
  void popAndReturn();
  void failures();
  void lazyCall();
  void callHost();
  void returnFromCall();
  void polls();
  void builtins();
  void traps();
  void loadEntry();
  void callOther();
  void tailCallOther();
  u32 enter();

  static x86::Mem at(const x86::Gp& base, i32 offset) { return x86::qword_ptr(base, offset); }
  static constexpr u32 kSavedBytes = sizeof(ArgumentRegisters);

  code::CodeArea& area_;
  const StubHooks& hooks_;
  MacroAssembler masm_;
  Stubs stubs_;
  code::FunctionRecordBuilder record_;
  asmjit::Label fail_, trapKind_, callHost_, callOtherReturn_;
};

/// Begins a piece; its offset.
u32 StubWriter::part(const char* name) {
  masm_.align(16);
  record_.addStubPart(name, masm_.offset());
  return masm_.offset();
}

/// Makes what was written a block with a record; its address.
Result<u64> StubWriter::place() {
  const std::span<const u8> bytes = masm_.code();
  auto block = area_.allocate(support::narrow<u32>(bytes.size()));
  if (!block) return std::unexpected(std::move(block.error()));
  std::memcpy(block->writable, bytes.data(), bytes.size());
  auto published = area_.publish(*block, record_.finish(block->executable, block->size));
  if (!published) return std::unexpected(std::move(published.error()));
  return reinterpret_cast<u64>(block->executable);
}

// -- Pieces ----------------------------------------------------------------------------------------------------------

/// rsp points to the return address that names the site.
void StubWriter::noteExit(const x86::Gp& temporary) {
  a().mov(temporary, at(x86::r13, layout::kContextActivation));
  a().mov(at(temporary, layout::kActivationExitSp), x86::rsp);
  a().mov(at(temporary, layout::kActivationExitFrame), x86::rbx);
  a().mov(at(temporary, layout::kActivationExitInstance), x86::r14);
}

/// MEMORY and HEAP for INSTANCE. Nothing else changes, but flags.
void StubWriter::loadPinned() {
  const asmjit::Label none = a().newLabel();
  a().mov(x86::r12, at(x86::r13, layout::kContextHeapBase));
  a().mov(x86::r15, at(x86::r14, layout::kInstanceMemories));
  a().test(x86::r15, x86::r15);
  a().short_().jz(none);
  a().mov(x86::r15, at(x86::r15, 0));
  a().mov(x86::r15, at(x86::r15, layout::kMemoryBase));
  a().bind(none);
}

void StubWriter::alignStack(u32 bytes) {
  a().mov(x86::rbp, x86::rsp);
  a().and_(x86::rsp, -16);
  if (bytes != 0) a().sub(x86::rsp, bytes);
}

void StubWriter::saveArguments() {
  alignStack(kSavedBytes);
  for (u32 i = 0; i < kRegisterArguments; ++i) {
    const i32 offset = static_cast<i32>(8 * i);
    a().mov(at(x86::rsp, offset), r64(kArgumentGp[i]));
    a().movsd(at(x86::rsp, 32 + offset), xmm(kArgumentFp[i]));
  }
}

/// And the native stack.
void StubWriter::restoreArguments() {
  for (u32 i = 0; i < kRegisterArguments; ++i) {
    const i32 offset = static_cast<i32>(8 * i);
    a().mov(r64(kArgumentGp[i]), at(x86::rsp, offset));
    a().movsd(xmm(kArgumentFp[i]), at(x86::rsp, 32 + offset));
  }
  a().mov(x86::rsp, x86::rbp);
}

/// The end of `enter`: C++'s registers, whose status is in eax.
void StubWriter::popAndReturn() {
  for (const x86::Gp& reg : {x86::r15, x86::r14, x86::r13, x86::r12, x86::rbx, x86::rbp}) a().pop(reg);
  a().ret();
}

// -- Leaving ---------------------------------------------------------------------------------------------------------

/// fail: al is a status, not Ok; the native stack is aligned.
void StubWriter::failures() {
  part("fail");
  const asmjit::Label leave = a().newLabel();

  // A builtin's TrapKind is in eax.
  a().bind(trapKind_);
  a().movzx(x86::esi, x86::al);
  a().mov(x86::rdi, x86::r14);
  callHook(hooks_.trap);

  a().bind(fail_);
  a().movzx(x86::r12d, x86::al);
  a().sub(x86::rsp, 32);
  a().mov(x86::rdi, x86::r14);
  a().mov(x86::esi, x86::r12d);
  a().mov(x86::rdx, x86::rsp);
  callHook(hooks_.findHandler);
  a().test(x86::al, x86::al);
  a().jz(leave);
  a().mov(x86::rax, at(x86::rsp, offsetof(Landing, pc)));
  a().mov(x86::rbx, at(x86::rsp, offsetof(Landing, frame)));
  a().mov(x86::r14, at(x86::rsp, offsetof(Landing, instance)));
  a().mov(x86::rsp, at(x86::rsp, offsetof(Landing, stackPointer)));
  loadPinned();
  a().jmp(x86::rax);

  a().bind(leave);
  a().mov(x86::eax, x86::r12d);
  a().mov(x86::r11, at(x86::r13, layout::kContextActivation));
  a().mov(x86::rsp, at(x86::r11, layout::kActivationEntrySp));
  a().add(x86::rsp, 8);  // where results go
  popAndReturn();
}

// -- Calls -----------------------------------------------------------------------------------------------------------

void StubWriter::lazyCall() {
  stubs_.lazy = part("lazy");
  const asmjit::Label ended = a().newLabel();
  noteExit(x86::r11);
  saveArguments();
  a().mov(x86::rdi, x86::r14);
  a().mov(x86::esi, x86::r10d);
  a().mov(x86::rdx, x86::rbx);
  a().mov(x86::rcx, x86::rsp);
  callHook(hooks_.lazyCall);
  a().test(x86::rax, x86::rax);
  a().short_().jz(ended);
  a().mov(x86::r11, x86::rax);
  restoreArguments();
  loadPinned();  // what was interpreted before a tail call led here may have grown the memory
  a().jmp(x86::r11);
  a().bind(ended);
  a().mov(x86::eax, x86::edx);
  returnFromCall();
}

/// C++ finds the vector registers where it expects its own arguments.
void StubWriter::callHost() {
  part("callHost");
  a().bind(callHost_);
  noteExit(x86::r11);
  alignStack(16);
  a().mov(at(x86::rsp, 0), r64(kArgumentGp[3]));
  a().mov(x86::r9, r64(kArgumentGp[2]));
  a().mov(x86::r8, r64(kArgumentGp[1]));
  a().mov(x86::rcx, r64(kArgumentGp[0]));
  a().mov(x86::rdx, x86::rbx);
  a().mov(x86::rsi, x86::r10);
  a().mov(x86::rdi, x86::r14);
  callHook(hooks_.hostCall);
  returnFromCall();
}

/// A call that C++ did ended with the status in al; its results are in slots.
void StubWriter::returnFromCall() {
  a().test(x86::al, x86::al);
  a().jnz(fail_);
  a().mov(x86::rsp, x86::rbp);
  a().mov(x86::rax, at(x86::rbx, 0));
  a().movsd(x86::xmm0, at(x86::rbx, 0));
  a().ret();
}

/// r11 = the machine entry of the function in r10. What has none is called as the host's functions are.
void StubWriter::loadEntry() {
  a().mov(x86::r11, at(x86::r10, layout::kFuncCode));
  a().test(x86::r11, x86::r11);
  a().jz(callHost_);
  a().mov(x86::r11, at(x86::r11, layout::kFuncCodeMachine));
  a().test(x86::r11, x86::r11);
  a().jz(callHost_);
}

void StubWriter::callOther() {
  stubs_.callOther = part("callOther");
  loadEntry();
  a().push(x86::r14);
  a().mov(x86::r14, at(x86::r10, layout::kFuncInstance));
  loadPinned();
  a().call(x86::r11);
  a().bind(callOtherReturn_);
  record_.addStubReturn({code::StubReturn::Kind::CallOther, masm_.offset()});
  a().pop(x86::r14);
  loadPinned();
  a().ret();
}

/// The return address on top tells whether callOther's frame is there already.
void StubWriter::tailCallOther() {
  stubs_.tailCallOther = part("tailCallOther");
  const asmjit::Label isThere = a().newLabel();
  loadEntry();
  a().lea(x86::rcx, x86::ptr(callOtherReturn_));
  a().cmp(at(x86::rsp, 0), x86::rcx);
  a().short_().je(isThere);
  a().push(x86::r14);
  a().push(x86::rcx);
  a().bind(isThere);
  a().mov(x86::r14, at(x86::r10, layout::kFuncInstance));
  loadPinned();
  a().jmp(x86::r11);
}

/// EnterFunction: rdi entry, rsi context, rdx instance, rcx frame, r8 results.
u32 StubWriter::enter() {
  const u32 begin = part("enter");
  for (const x86::Gp& reg : {x86::rbp, x86::rbx, x86::r12, x86::r13, x86::r14, x86::r15, x86::r8}) a().push(reg);
  a().mov(x86::r13, x86::rsi);
  a().mov(x86::r14, x86::rdx);
  a().mov(x86::rbx, x86::rcx);
  a().mov(x86::r11, at(x86::r13, layout::kContextActivation));
  a().mov(at(x86::r11, layout::kActivationEntrySp), x86::rsp);
  a().mov(x86::r11, x86::rdi);
  loadPinned();
  for (u32 i = 0; i < kRegisterArguments; ++i) {
    const i32 offset = static_cast<i32>(8 * i);
    a().mov(r64(kArgumentGp[i]), at(x86::rbx, offset));
    a().movsd(xmm(kArgumentFp[i]), at(x86::rbx, offset));
  }
  a().call(x86::r11);
  record_.addStubReturn({code::StubReturn::Kind::Enter, masm_.offset()});
  a().pop(x86::r8);
  a().mov(at(x86::r8, 0), x86::rax);
  a().movsd(at(x86::r8, 8), x86::xmm0);
  a().xor_(x86::eax, x86::eax);
  popAndReturn();
  return begin;
}

// -- C++ -------------------------------------------------------------------------------------------------------------

void StubWriter::polls() {
  // kScratch holds the end of the frame.
  stubs_.entrySlow = part("entrySlow");
  noteExit(x86::r10);
  saveArguments();
  a().mov(x86::rdi, x86::r14);
  a().mov(x86::rsi, x86::r11);
  callHook(hooks_.entrySlow);
  a().test(x86::al, x86::al);
  a().jnz(trapKind_);
  restoreArguments();
  a().ret();

  stubs_.firstEntry = part("firstEntry");
  saveArguments();
  a().mov(x86::rdi, x86::r11);
  callHook(hooks_.firstEntry);
  restoreArguments();
  a().ret();

  stubs_.sample = part("sample");
  noteExit(x86::r11);
  saveArguments();
  a().push(x86::r10);
  a().push(x86::r10);  // twice, for the alignment
  a().mov(x86::rdi, x86::r14);
  callHook(hooks_.sample);
  a().pop(x86::r10);
  a().pop(x86::r10);
  restoreArguments();
  a().ret();

  stubs_.poll = part("poll");
  noteExit(x86::r11);
  alignStack(0);
  a().mov(x86::rdi, x86::r14);
  callHook(hooks_.poll);
  a().test(x86::al, x86::al);
  a().jnz(trapKind_);
  a().mov(x86::rsp, x86::rbp);
  a().ret();
}

void StubWriter::builtins() {
  stubs_.builtin = part("builtin");
  noteExit(x86::r11);
  a().mov(at(x86::r13, layout::kContextStackTop), x86::r8);
  alignStack(0);
  a().mov(x86::rdi, x86::r14);
  a().call(x86::rax);
  a().test(x86::al, x86::al);
  a().jnz(trapKind_);
  a().mov(x86::rsp, x86::rbp);
  a().ret();

  stubs_.throwStub = part("throw");
  noteExit(x86::r11);
  alignStack(0);
  a().mov(x86::rdi, x86::r14);
  callHook(hooks_.throwException);
  a().jmp(fail_);
}

void StubWriter::traps() {
  part("traps");
  const asmjit::Label common = a().newLabel();
  for (u32 kind = 0; kind < Stubs::kTraps; ++kind) {
    stubs_.trap[kind] = masm_.offset();
    a().mov(x86::eax, kind);
    a().long_().jmp(common);
  }
  a().bind(common);
  noteExit(x86::r11);
  alignStack(0);
  a().jmp(trapKind_);

  stubs_.memoryTrap = part("memoryTrap");
  noteExit(x86::rcx);
  alignStack(0);
  a().mov(x86::rdi, x86::r14);
  a().mov(x86::esi, x86::eax);
  a().shr(x86::esi, 8);
  a().mov(x86::rdx, x86::r11);
  a().movzx(x86::ecx, x86::al);
  callHook(hooks_.memoryTrap);
  a().jmp(fail_);

  stubs_.fault = part("fault");
  noteExit(x86::r11);
  alignStack(0);
  a().mov(x86::rdi, x86::r14);
  callHook(hooks_.faultTrap);
  a().jmp(fail_);
}

Result<Stubs> StubWriter::write() {
  code::CodeIdentity identity;
  identity.kind = code::CodeKind::Stubs;
  record_.begin(identity);
  for (asmjit::Label* label : {&fail_, &trapKind_, &callHost_, &callOtherReturn_}) *label = a().newLabel();
  failures();
  lazyCall();
  callHost();
  polls();
  builtins();
  traps();
  callOther();
  tailCallOther();
  const u32 entry = enter();
  auto base = place();
  if (!base) return std::unexpected(std::move(base.error()));
  for (u64* stub :
       {&stubs_.lazy, &stubs_.callOther, &stubs_.tailCallOther, &stubs_.entrySlow, &stubs_.firstEntry, &stubs_.poll,
        &stubs_.sample, &stubs_.builtin, &stubs_.throwStub, &stubs_.memoryTrap, &stubs_.fault})
    *stub += *base;
  for (u64& stub : stubs_.trap) stub += *base;
  stubs_.enter = reinterpret_cast<EnterFunction>(*base + entry);
  return stubs_;
}

}  // namespace

Result<Stubs> makeStubs(code::CodeArea& area, const StubHooks& hooks) { return StubWriter(area, hooks).write(); }

void writeThunk(u8* bytes, u64 address, u32 definedIndex, const Stubs& stubs) {
  const u8 code[kThunkSize] = {0x41, 0xba, 0, 0, 0, 0, 0xe9, 0, 0, 0, 0, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc};
  std::memcpy(bytes, code, sizeof code);
  std::memcpy(bytes + 2, &definedIndex, sizeof definedIndex);
  const Relocation jump{7, stubs.lazy};
  applyRelocations(bytes, address, {&jump, 1});
}

void applyRelocations(u8* bytes, u64 address, std::span<const Relocation> relocations) {
  for (const Relocation& relocation : relocations) {
    const u64 after = address + relocation.codeOffset + 4;
    const i32 distance = support::narrow<i32>(static_cast<i64>(relocation.target - after));
    std::memcpy(bytes + relocation.codeOffset, &distance, sizeof distance);
  }
}

}  // namespace wasmrun::masm
