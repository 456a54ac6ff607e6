// Code, labels, calls, moves.
#include "masm/macro_assembler.h"

#include <cstring>

#include "masm/x64/impl.h"

namespace wasmrun::masm {

// -- Code ------------------------------------------------------------------------------------------------------------

MacroAssembler::Impl::Impl(MacroAssembler& owner) : owner(owner) { attach(); }

void MacroAssembler::Impl::attach() {
  holder.reset(asmjit::ResetPolicy::kSoft);
  CHECK(holder.init(asmjit::Environment(asmjit::Arch::kX64)) == asmjit::kErrorOk, "asmjit knows x86-64");
  holder.setErrorHandler(this);
  CHECK(holder.attach(&a) == asmjit::kErrorOk, "a new holder takes an assembler");
}

void MacroAssembler::Impl::begin() {
  constexpr u32 kMostLabels = 1024;
  constexpr size_t kLargestBuffer = 4 << 20;
  if (owner.failed_ || holder.hasUnresolvedLinks() || holder.labelCount() > kMostLabels ||
      a.bufferCapacity() > kLargestBuffer) {
    attach();
  } else {
    forms.end(a.bufferData());
  }
  labels.clear();
  openLabels = 0;
  constants.clear();
  constantLabels.clear();
  // Clearing takes as long as the table is large, for every function after one with many constants.
  if (constantNumbers.bucket_count() > kLargeTable) constantNumbers = ConstantNumbers();
  constantNumbers.clear();
}

x86::Mem MacroAssembler::Impl::constant(u64 low, u64 high) {
  const auto [place, isNew] = constantNumbers.try_emplace({low, high}, static_cast<u32>(constants.size()));
  if (isNew) {
    constants.push_back({low, high});
    constantLabels.push_back(a.newLabel());
  }
  return x86::ptr(constantLabels[place->second]);
}

void MacroAssembler::Impl::handleError(asmjit::Error error, const char*, asmjit::BaseEmitter*) {
  const bool isLimit =
      error == asmjit::kErrorOutOfMemory || error == asmjit::kErrorTooLarge || error == asmjit::kErrorTooManyLabels;
  CHECK(isLimit, "asmjit encodes what the macro assembler asks for");
  owner.failed_ = true;
}

MacroAssembler::MacroAssembler(CpuFeatures features) : impl_(std::make_unique<Impl>(*this)), features_(features) {}
MacroAssembler::~MacroAssembler() = default;

void MacroAssembler::reset() {
  impl_->begin();
  relocations_.clear();
  failed_ = false;
}

u32 MacroAssembler::offset() const { return support::narrow<u32>(impl_->a.offset()); }

std::span<const u8> MacroAssembler::code() const {
  const asmjit::CodeHolder& holder = impl_->holder;
  CHECK(impl_->openLabels == 0 && !holder.hasUnresolvedLinks() && holder.relocEntries().empty(),
        "every label used is bound");
  return {impl_->a.bufferData(), impl_->a.offset()};
}

Result<CpuFeatures> detectCpuFeatures() {
  const CpuFeatures host = platform::cpuFeatures();
  if (!host.sse42 || !host.popcnt)
    return fail(ErrorKind::Unsupported, "machine code needs a processor with SSE4.2 and POPCNT");
  return host;
}

// -- Labels and jumps ------------------------------------------------------------------------------------------------

void MacroAssembler::Impl::jump(i32 cond, Label target) {
  u8* p = forms.begin();
  if (p == nullptr) return;
  const LabelPlace& place = labels[target.id];
  const i64 near = place.offset == LabelPlace::kNowhere ? INT64_MAX : i64{place.offset} - owner.offset() - 2;
  if (isShort(near)) {
    *p++ = static_cast<u8>(cond < 0 ? 0xeb : 0x70 | cond);
    *p++ = static_cast<u8>(near);
    return forms.end(p);
  }
  if (cond < 0) {
    *p++ = 0xe9;
  } else {
    *p++ = 0x0f;
    *p++ = static_cast<u8>(0x80 | cond);
  }
  forms.end(distance(p, target));
}

u8* MacroAssembler::Impl::distance(u8* p, Label target) {
  LabelPlace& place = labels[target.id];
  const u32 at = support::narrow<u32>(p - a.bufferData());
  if (place.offset == LabelPlace::kNowhere) {
    if (place.lastUse == LabelPlace::kNowhere) ++openLabels;
    std::memcpy(p, &place.lastUse, sizeof place.lastUse);
    place.lastUse = at;
  } else {
    const i32 distance = support::narrow<i32>(i64{place.offset} - (i64{at} + 4));
    std::memcpy(p, &distance, sizeof distance);
  }
  return p + 4;
}

void MacroAssembler::Impl::bind(Label target) {
  LabelPlace& place = labels[target.id];
  CHECK(place.offset == LabelPlace::kNowhere, "a label is bound once");
  place.offset = owner.offset();
  if (place.lastUse == LabelPlace::kNowhere) return;
  --openLabels;
  for (u32 at = place.lastUse; at != LabelPlace::kNowhere;) {
    u8* p = a.bufferData() + at;
    const i32 distance = support::narrow<i32>(i64{place.offset} - (i64{at} + 4));
    std::memcpy(&at, p, sizeof at);
    std::memcpy(p, &distance, sizeof distance);
  }
}

Label MacroAssembler::newLabel() {
  impl_->labels.emplace_back();
  return {static_cast<u32>(impl_->labels.size() - 1)};
}
void MacroAssembler::bind(Label target) { impl_->bind(target); }
void MacroAssembler::jump(Label target) { impl_->jump(-1, target); }

void MacroAssembler::jumpIf(Cond cond, Label target) {
  x86::Assembler& a = impl_->a;
  if (cond == Cond::FloatEqual) {
    const asmjit::Label past = a.newLabel();
    a.short_().jp(past);
    jumpIf(Cond::Equal, target);
    a.bind(past);
  } else if (cond == Cond::FloatNotEqual) {
    jumpIf(Cond::NotEqual, target);
    jumpIf(Cond::Parity, target);
  } else {
    impl_->jump(static_cast<i32>(cond), target);
  }
}

void MacroAssembler::jumpTable(Gp index, Label table) {
  x86::Assembler& a = impl_->a;
  if (u8* p = impl_->forms.begin()) {
    // lea kScratch, [rip + table]
    for (const u8 byte : {0x4c, 0x8d, 0x1d}) *p++ = byte;
    impl_->forms.end(impl_->distance(p, table));
  }
  a.movsxd(r64(index), x86::dword_ptr(r64(kScratch), r64(index), 2));
  a.add(r64(kScratch), r64(index));
  a.jmp(r64(kScratch));
}

void MacroAssembler::embedTable(Label table, std::span<const Label> targets) {
  align(4);
  bind(table);
  const auto placeOf = [&](Label label) {
    const u32 place = impl_->labels[label.id].offset;
    CHECK(place != Impl::LabelPlace::kNowhere, "what a table leads to is bound");
    return i64{place};
  };
  for (const Label target : targets) {
    const i32 distance = support::narrow<i32>(placeOf(target) - placeOf(table));
    impl_->a.embed(&distance, sizeof distance);
  }
}

void MacroAssembler::embedConstants() {
  if (impl_->constants.empty()) return;
  align(16);
  for (size_t i = 0; i < impl_->constants.size(); ++i) {
    impl_->a.bind(impl_->constantLabels[i]);
    impl_->a.embed(&impl_->constants[i], sizeof(Impl::Constant));
  }
}

void MacroAssembler::align(u32 bytes) { impl_->a.align(asmjit::AlignMode::kCode, bytes); }

// -- Calls -----------------------------------------------------------------------------------------------------------

namespace {

/// Appends an instruction's `size` bytes, the lowest first, and four more, to be relocated.
void embedRelative(FormWriter& forms, u32 offset, std::vector<Relocation>& relocations, u16 opcode, u32 size,
                   u64 target) {
  u8* p = forms.begin();
  if (p == nullptr) return;
  relocations.push_back({offset + size, target});
  std::memcpy(p, &opcode, sizeof opcode);
  std::memset(p + size, 0, 4);
  forms.end(p + size + 4);
}

/// Of four bytes that patch32 writes later.
constexpr i32 kPlaceholder = 0x7fffffff;

}  // namespace

void MacroAssembler::callAddress(u64 target) { embedRelative(impl_->forms, offset(), relocations_, 0xe8, 1, target); }
void MacroAssembler::jumpAddress(u64 target) { embedRelative(impl_->forms, offset(), relocations_, 0xe9, 1, target); }
void MacroAssembler::callSlot(const void* slot) {
  embedRelative(impl_->forms, offset(), relocations_, 0x15ff, 2, reinterpret_cast<u64>(slot));
}
void MacroAssembler::jumpSlot(const void* slot) {
  embedRelative(impl_->forms, offset(), relocations_, 0x25ff, 2, reinterpret_cast<u64>(slot));
}
void MacroAssembler::callMemory(Mem target) { impl_->forms.memory({.opcode = 0xff}, 2, target); }
void MacroAssembler::jumpMemory(Mem target) { impl_->forms.memory({.opcode = 0xff}, 4, target); }
void MacroAssembler::ret() {
  u8* p = impl_->forms.begin();
  if (p == nullptr) return;
  *p++ = 0xc3;
  impl_->forms.end(p);
}
void MacroAssembler::nop() { impl_->a.nop(); }

u32 MacroAssembler::checkStacks(i32 stackLimit, i32 nativeLimit, Label slow) {
  lea(Width::W64, kScratch, {kFrame, kPlaceholder});
  const u32 at = offset() - 4;
  compare(Width::W64, kScratch, Operand::of(Mem{kContext, stackLimit}));
  jumpIf(Cond::Above, slow);
  compare(Width::W64, kRsp, Operand::of(Mem{kContext, nativeLimit}));
  jumpIf(Cond::Below, slow);
  return at;
}

u32 MacroAssembler::charge(Mem word, Label negative) {
  impl_->a.sub(memory(word, 8), kPlaceholder);
  const u32 at = offset() - 4;
  jumpIf(Cond::Less, negative);
  return at;
}

void MacroAssembler::patch32(u32 at, i32 value) {
  CHECK(at + sizeof value <= offset(), "what is patched has been written");
  std::memcpy(impl_->a.bufferData() + at, &value, sizeof value);
}

// -- Moves -----------------------------------------------------------------------------------------------------------

void MacroAssembler::move(Width width, Gp to, Gp from) {
  impl_->forms.registers({.opcode = 0x89, .isWide = isWide(width)}, from.code, to.code);
}
void MacroAssembler::move(Fp to, Fp from) {
  impl_->forms.registers({.opcode = 0x28, .isTwo = true}, to.code, from.code);
}

void MacroAssembler::moveBits(Width width, Gp to, Fp from) {
  if (width == Width::W64)
    impl_->a.movq(r64(to), xmm(from));
  else
    impl_->a.movd(r32(to), xmm(from));
}

void MacroAssembler::moveBits(Width width, Fp to, Gp from) {
  if (width == Width::W64)
    impl_->a.movq(xmm(to), r64(from));
  else
    impl_->a.movd(xmm(to), r32(from));
}

void MacroAssembler::constant(Gp to, u64 bits) {
  if (bits <= 0xffffffff)
    impl_->forms.constant(to.code, static_cast<u32>(bits));
  else
    impl_->a.mov(r64(to), static_cast<i64>(bits));
}

void MacroAssembler::zero(Gp to) { impl_->forms.registers({.opcode = 0x31}, to.code, to.code); }

void MacroAssembler::constant(Fp to, FpKind kind, u64 bits) {
  if (bits == 0) {
    impl_->a.xorps(xmm(to), xmm(to));
    return;
  }
  const x86::Mem place = impl_->constant(bits, 0);
  if (kind == FpKind::F32)
    impl_->a.movss(xmm(to), place);
  else
    impl_->a.movsd(xmm(to), place);
}

void MacroAssembler::constantV128(Fp to, const u8* bytes) {
  u64 halves[2];
  std::memcpy(halves, bytes, sizeof halves);
  if ((halves[0] | halves[1]) == 0)
    impl_->a.xorps(xmm(to), xmm(to));
  else if ((halves[0] & halves[1]) == ~u64{0})
    impl_->a.pcmpeqd(xmm(to), xmm(to));
  else
    impl_->a.movaps(xmm(to), impl_->constant(halves[0], halves[1]));
}

void MacroAssembler::load(Width width, Gp to, Mem from) {
  impl_->forms.memory({.opcode = 0x8b, .isWide = isWide(width)}, to.code, from);
}
void MacroAssembler::store(Width width, Mem to, Gp from) {
  impl_->forms.memory({.opcode = 0x89, .isWide = isWide(width)}, from.code, to);
}

void MacroAssembler::load(FpKind kind, Fp to, Mem from) { impl_->forms.memory(moveForm(kind, false), to.code, from); }

void MacroAssembler::store(FpKind kind, Mem to, Fp from) {
  impl_->forms.memory(moveForm(kind == FpKind::F32 ? FpKind::F64 : kind, true), from.code, to);
}

void MacroAssembler::storeConstant(Mem to, u64 bits) {
  if (static_cast<u64>(static_cast<i64>(static_cast<i32>(bits))) == bits) {
    impl_->forms.memory({.opcode = 0xc7, .isWide = true}, 0, to, static_cast<i32>(bits), 4);
  } else {
    constant(kScratch, bits);
    store(Width::W64, to, kScratch);
  }
}

void MacroAssembler::lea(Width width, Gp to, Mem from) {
  impl_->forms.memory({.opcode = 0x8d, .isWide = isWide(width)}, to.code, from);
}

void MacroAssembler::copyWords(Mem to, Mem from, u32 words) {
  lea(Width::W64, kRdi, to);
  lea(Width::W64, kRsi, from);
  constant(kRcx, words);
  const u8 repMovsq[] = {0xf3, 0x48, 0xa5};
  impl_->a.embed(repMovsq, sizeof repMovsq);
}

void MacroAssembler::zeroWords(Mem at, u32 words, Gp temporary) {
  x86::Assembler& a = impl_->a;
  constexpr u32 kUnrolled = 16;
  if (words % 2 != 0) {
    storeConstant(at, 0);
    at.offset += 8;
  }
  const u32 pairs = words / 2;
  if (pairs == 0) return;
  a.xorps(kXmmScratch, kXmmScratch);
  if (pairs <= kUnrolled) {
    for (u32 i = 0; i < pairs; ++i, at.offset += 16) store(FpKind::V128, at, kFloatScratch);
    return;
  }
  lea(Width::W64, kScratch, at);
  at.offset = support::narrow<i32>(at.offset + i64{16} * pairs);
  lea(Width::W64, temporary, at);
  const asmjit::Label again = a.newLabel();
  a.bind(again);
  a.movups(x86::ptr(r64(kScratch)), kXmmScratch);
  a.add(r64(kScratch), 16);
  a.cmp(r64(kScratch), r64(temporary));
  a.jb(again);
}

}  // namespace wasmrun::masm
