// Bodies of generated functions.
//
// The generator keeps the operand stack as validation does, one type a value. An instruction takes what is on the stack
// if the types fit, else operands are made for it on the spot: locals, globals, constants. What is left at the end of a
// block is dropped. Types may be known less exactly than they are (a function's reference as funcref), never more so.
#include <algorithm>
#include <array>
#include <cstring>

#include "generated_module.h"

namespace wasmrun::fuzz {

using namespace wasm;

namespace {

GenType typeOfKind(TypeKind kind) {
  switch (kind) {
    case TypeKind::I64: return kI64;
    case TypeKind::F32: return kF32;
    case TypeKind::F64: return kF64;
    case TypeKind::V128: return kV128;
    default: return kI32;
  }
}

bool isMemoryAccess(const OpcodeInfo& info) {
  return info.immediate == Immediate::MemArg || info.immediate == Immediate::MemArgLane;
}

/// Opcodes whose signature says all about their operands.
std::vector<Opcode> simpleOpcodes(bool memory) {
  std::vector<Opcode> opcodes;
  for (u32 i = 0; i < kOpcodeCount; ++i) {
    const OpcodeInfo& row = kOpcodes[i];
    const bool isSimple =
        row.signature.isSimple &&
        (row.immediate == Immediate::None || row.immediate == Immediate::Lane || row.immediate == Immediate::Shuffle);
    if (memory ? isMemoryAccess(row) : isSimple) opcodes.push_back(static_cast<Opcode>(i));
  }
  return opcodes;
}

class BodyGenerator {
 public:
  BodyGenerator(GenModule& module, u32 function, Choices& choices)
      : module_(module), self_(function), choices_(choices), signature_(module.signatureOf(function)) {}

  Bytes run() {
    locals_ = signature_.params;
    for (u32 i = choices_.below(6); i > 0; --i) {
      static constexpr GenType kLocals[] = {kI32,         kI64, kF32, kF64, kV128, refNull(kFunc), refNull(kExtern),
                                            refNull(kAny)};
      locals_.push_back(choices_.oneOf(kLocals));
    }
    copies_ = static_cast<u32>(locals_.size());
    locals_.insert(locals_.end(), {kF32, kF64, kV128});
    labels_.push_back({signature_.results, 0});
    steps(5 + choices_.below(40));
    finish(signature_.results);
    end();
    Bytes locals;
    for (size_t i = signature_.params.size(); i < locals_.size(); ++i) locals = cat({locals, {1}, locals_[i].bytes()});
    return sized(cat({leb(locals_.size() - signature_.params.size()), locals, code_}));
  }

 private:
  struct Label {
    GenTypes types;  ///< that a branch carries
    size_t height = 0;
    bool isLoop = false;
    bool isCatch = false;  ///< of the legacy exceptions: rethrow may name it
  };

  // -- Bytes and stack
  // -------------------------------------------------------------------------------------------------

  void emit(const Bytes& bytes) { code_.insert(code_.end(), bytes.begin(), bytes.end()); }
  void op(Opcode opcode) {
    const OpcodeInfo& row = info(opcode);
    if (row.prefix == 0) return code_.push_back(static_cast<u8>(row.code));
    code_.push_back(row.prefix);
    emit(leb(row.code));
  }
  void op(Opcode opcode, u64 index) { op(opcode), emit(leb(index)); }
  void end() { op(Opcode::End), labels_.pop_back(); }

  size_t height() const { return stack_.size() - labels_.back().height; }
  void push(GenType type) { stack_.push_back(type); }
  void push(const GenTypes& types) { stack_.insert(stack_.end(), types.begin(), types.end()); }
  void pop(size_t count) { stack_.resize(stack_.size() - count); }
  bool onTop(const GenTypes& types) const {
    return height() >= types.size() &&
           std::equal(types.begin(), types.end(), stack_.end() - static_cast<std::ptrdiff_t>(types.size()));
  }
  void drop() { op(Opcode::Drop), pop(1); }
  /// Operands of these types are on top of the stack: those that are there, or others.
  void give(const GenTypes& types) {
    if (onTop(types)) return;
    for (const GenType& type : types) give(type);
  }
  /// The block's stack has exactly these types.
  void finish(const GenTypes& types) {
    const auto fits = [&](size_t count) {
      return count <= types.size() && std::equal(types.begin(), types.begin() + static_cast<std::ptrdiff_t>(count),
                                                 stack_.end() - static_cast<std::ptrdiff_t>(height()));
    };
    while (!fits(height())) drop();
    for (size_t i = height(); i < types.size(); ++i) give(types[i]);
  }
  /// Nothing behind is reached; the stack may be taken for empty.
  void unreachable() { stack_.resize(labels_.back().height), dead_ = true; }

  // -- Values
  // ----------------------------------------------------------------------------------------------------------

  void giveI32(u64 value) { op(Opcode::I32Const), emit(signedLeb(static_cast<i32>(value))), push(kI32); }
  void giveI64(u64 value) { op(Opcode::I64Const), emit(signedLeb(static_cast<wasmrun::i64>(value))), push(kI64); }
  void address(bool is64, u64 value) { is64 ? giveI64(value) : giveI32(value); }

  template <class List, class Take>
  bool giveOneOf(const List& list, Opcode opcode, const GenType& type, Take typeOf) {
    const u32 start = choices_.below(list.size());
    for (size_t i = 0; i < list.size(); ++i) {
      const size_t at = (start + i) % list.size();
      if (typeOf(list[at]) != type) continue;
      op(opcode, at);
      push(type);
      return true;
    }
    return false;
  }

  void give(GenType type) {
    const u32 how = choices_.below(10);
    if (how < 5 && giveOneOf(locals_, Opcode::LocalGet, type, [](const GenType& local) { return local; })) return;
    if (how < 6 &&
        giveOneOf(module_.globals, Opcode::GlobalGet, type, [](const GenGlobal& global) { return global.type; }))
      return;
    constant(type);
  }

  static constexpr u64 kTelling[] = {0,
                                     1,
                                     2,
                                     31,
                                     32,
                                     63,
                                     64,
                                     0x7f,
                                     0x80,
                                     0xffff,
                                     0x3fffffff,
                                     0x40000000,
                                     0x7fffffff,
                                     0x80000000,
                                     0xffffffff,
                                     0x7fffffffffffffff,
                                     0x8000000000000000,
                                     ~u64{0}};

  void constant(GenType type) {
    const u64 bits = choices_.percent(50) ? choices_.oneOf(kTelling) : choices_.bits(choices_.percent(50) ? 1 : 8);
    switch (type.code) {
      case 0x7f: return giveI32(bits);
      case 0x7e: return giveI64(bits);
      case 0x7d: return op(Opcode::F32Const), raw(floatBits<float>(bits)), push(type);
      case 0x7c: return op(Opcode::F64Const), raw(floatBits<double>(bits)), push(type);
      case 0x7b: return op(Opcode::V128Const), raw(choices_.bits(8)), raw(bits), push(type);
      default: return reference(type);
    }
  }
  template <class T>
  void raw(T value) {
    u8 bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    code_.insert(code_.end(), bytes, bytes + sizeof(T));
  }
  /// A small number mostly, else whatever bits there are: NaNs with payloads, infinities, denormals.
  template <class T>
  T floatBits(u64 bits) {
    if (choices_.percent(70)) return static_cast<T>(static_cast<i8>(bits)) / 4;
    T value;
    std::memcpy(&value, &bits, sizeof(T));
    return value;
  }

  void reference(GenType type) {
    if (type.nullable && choices_.percent(25)) return null(type.heap), retype(type);
    if (type.heap == kFunc) return op(Opcode::RefFunc, choices_.below(module_.functions.size())), push(type);
    if (type.heap >= 0) return defined(type);
    if (type.heap == kAny || type.heap == kEq || type.heap == kI31) {
      choices_.percent(50) ? smallI32() : constant(kI32);
      return op(Opcode::RefI31), pop(1), push(type);
    }
    if (type.heap == kExtern && choices_.percent(50)) {
      give(refNull(kAny));
      op(Opcode::ExternConvertAny), pop(1), push(refNull(kExtern));
    } else {
      null(type.heap);
    }
    retype(type);
  }
  void smallI32() { giveI32(choices_.bits(1)); }
  void null(i32 heap) { op(Opcode::RefNull), emit(signedLeb(heap)), push(refNull(heap)); }
  /// The nullable reference on top becomes what is asked for.
  void retype(GenType type) {
    if (!type.nullable) op(Opcode::RefAsNonNull);
    pop(1), push(type);
  }

  /// A reference to a defined type.
  void defined(GenType type) {
    const u32 index = static_cast<u32>(type.heap);
    const GenTypeDef& def = module_.types[index];
    if (def.kind == GenTypeDef::Func) {
      const auto found = std::ranges::find(module_.functions, index);
      if (found == module_.functions.end()) return null(type.heap), retype(type);
      op(Opcode::RefFunc, static_cast<u64>(found - module_.functions.begin()));
    } else if (def.kind == GenTypeDef::Struct) {
      op(Opcode::StructNewDefault, index);
    } else {
      giveI32(choices_.below(8));
      op(Opcode::ArrayNewDefault, index), pop(1);
    }
    push(type);
  }

  // -- Steps
  // -----------------------------------------------------------------------------------------------------------

  using Step = void (BodyGenerator::*)();
  struct WeightedStep {
    Step step;
    u32 weight;
  };

  void steps(u32 count) {
    static constexpr WeightedStep kSteps[] = {
        {&BodyGenerator::simple, 60},       {&BodyGenerator::memoryAccess, 24}, {&BodyGenerator::variable, 20},
        {&BodyGenerator::block, 8},         {&BodyGenerator::loop, 8},          {&BodyGenerator::conditional, 10},
        {&BodyGenerator::branch, 10},       {&BodyGenerator::call, 8},          {&BodyGenerator::callIndirect, 5},
        {&BodyGenerator::callReference, 5}, {&BodyGenerator::tailCall, 1},      {&BodyGenerator::table, 8},
        {&BodyGenerator::bulkMemory, 8},    {&BodyGenerator::references, 8},    {&BodyGenerator::parametric, 8},
        {&BodyGenerator::tryTable, 4},      {&BodyGenerator::legacyTry, 4},     {&BodyGenerator::throwing, 1},
        {&BodyGenerator::casts, 5},         {&BodyGenerator::objects, 12},      {&BodyGenerator::ending, 1},
    };
    static constexpr u32 kTotal = [] {
      u32 total = 0;
      for (const WeightedStep& step : kSteps) total += step.weight;
      return total;
    }();
    for (; count > 0 && code_.size() < kMostCode && !dead_; --count) {
      u32 at = choices_.below(kTotal);
      const WeightedStep* step = kSteps;
      while (at >= step->weight) at -= step++->weight;
      (this->*step->step)();
    }
    dead_ = false;  // what follows the block
  }
  /// The steps inside a construct.
  void inner() { steps(choices_.below(8)); }
  bool deep() const { return labels_.size() > kMostNested; }

  /// Instructions with a signature: operands as they lie, where that is possible.
  void simple() {
    static const std::vector<Opcode> kSimple = simpleOpcodes(false);
    Opcode opcode = choices_.oneOf(kSimple);
    for (int tries = 0; tries < 4 && !onTop(paramsOf(opcode)); ++tries) opcode = choices_.oneOf(kSimple);
    const OpcodeInfo& row = info(opcode);
    if ((row.flags & kTraps) != 0 && choices_.percent(90))
      harmlessOperands(row);
    else
      give(paramsOf(opcode));
    op(opcode);
    if (row.immediate == Immediate::Lane) code_.push_back(static_cast<u8>(choices_.below(laneCount(row.text))));
    if (row.immediate == Immediate::Shuffle)
      for (int i = 0; i < 16; ++i) code_.push_back(static_cast<u8>(choices_.below(32)));
    results(row);
    if (!module_.anyNans && row.signature.paramCount > 1 && row.signature.resultCount == 1) zeroNans(row);
  }
  /// After an instruction in which two NaNs may have met: a zero instead of what does not equal itself. No choice is
  /// made, so the module is otherwise the one that it is with them.
  void zeroNans(const OpcodeInfo& row) {
    const std::string_view text = row.text;
    const TypeKind kind = row.signature.results[0];
    u32 copy = copies_;
    if (kind == TypeKind::F32) {
      op(Opcode::LocalTee, copy), op(Opcode::F32Const), raw(0.0f);
      op(Opcode::LocalGet, copy), op(Opcode::LocalGet, copy), op(Opcode::F32Eq), op(Opcode::Select);
    } else if (kind == TypeKind::F64) {
      op(Opcode::LocalTee, ++copy), op(Opcode::F64Const), raw(0.0);
      op(Opcode::LocalGet, copy), op(Opcode::LocalGet, copy), op(Opcode::F64Eq), op(Opcode::Select);
    } else if (text.starts_with("f32x4.") || text.starts_with("f64x2.")) {
      op(Opcode::LocalTee, copy += 2), op(Opcode::LocalGet, copy), op(Opcode::LocalGet, copy);
      op(text.starts_with("f32x4.") ? Opcode::F32x4Eq : Opcode::F64x2Eq), op(Opcode::V128And);
    } else {
      return;
    }
    op(Opcode::LocalTee, copy);  // others may read it
  }

  static GenTypes paramsOf(Opcode opcode) {
    const OpcodeSignature& signature = info(opcode).signature;
    GenTypes types;
    for (u32 i = 0; i < signature.paramCount; ++i) types.push_back(typeOfKind(signature.params[i]));
    return types;
  }
  void results(const OpcodeInfo& row) {
    pop(row.signature.paramCount);
    for (u32 i = 0; i < row.signature.resultCount; ++i) push(typeOfKind(row.signature.results[i]));
  }
  /// Of divisions: a divisor that is no 0 or -1. Of conversions: a small number.
  void harmlessOperands(const OpcodeInfo& row) {
    const u64 small = 1 + choices_.below(100);
    if (row.signature.paramCount == 2) give(typeOfKind(row.signature.params[0]));
    switch (row.signature.params[row.signature.paramCount - 1]) {
      case TypeKind::I64: return giveI64(small);
      case TypeKind::F32: return op(Opcode::F32Const), raw(static_cast<float>(small) / 8), push(kF32);
      case TypeKind::F64: return op(Opcode::F64Const), raw(static_cast<double>(small) / 8), push(kF64);
      default: return giveI32(small);
    }
  }
  /// "i16x8.replace_lane": 8
  static u32 laneCount(std::string_view text) {
    const size_t x = text.find('x');
    return text[x + 1] == '1' ? 16 : static_cast<u32>(text[x + 1] - '0');
  }

  void memoryAccess() {
    static const std::vector<Opcode> kAccesses = simpleOpcodes(true);
    if (module_.memories.empty()) return;
    const Opcode opcode = choices_.oneOf(kAccesses);
    const OpcodeInfo& row = info(opcode);
    const u32 index = choices_.below(module_.memories.size());
    const GenMemory& memory = module_.memories[index];
    const u32 size = 1u << row.alignLog2, offset = choices_.below(32) * size;
    const bool waits = opcode == Opcode::MemoryAtomicWait32 || opcode == Opcode::MemoryAtomicWait64;
    if ((memory.bytes() == 0 || (waits && !memory.isShared)) && !choices_.percent(5)) return;
    address(memory.limits.is64, addressIn(memory, size, offset));
    for (u32 i = 1; i < row.signature.paramCount; ++i) {
      waits&& i == 2 ? giveI64(0) : give(typeOfKind(row.signature.params[i]));
    }
    op(opcode);
    const u32 align = row.flags & kAtomic ? row.alignLog2 : choices_.below(row.alignLog2 + 1);
    if (index != 0)
      emit(cat({leb(align | 0x40), leb(index)}));
    else
      emit(leb(align));
    emit(leb(offset));
    if (row.immediate == Immediate::MemArgLane) code_.push_back(static_cast<u8>(choices_.below(16u >> row.alignLog2)));
    results(row);
  }
  /// Mostly so that `size` bytes at address + offset are there, and aligned.
  u64 addressIn(const GenMemory& memory, u32 size, u32 offset) {
    if (choices_.percent(1)) return choices_.bits(8);
    if (memory.bytes() < offset + size) return 0;
    return choices_.below((memory.bytes() - offset) / size) * u64{size};
  }

  // -- Variables
  // -------------------------------------------------------------------------------------------------------

  void variable() {
    switch (choices_.below(5)) {
      case 0:
      case 1: return setLocal(Opcode::LocalSet);
      case 2: return setLocal(Opcode::LocalTee);
      default: return setGlobal();
    }
  }
  void setLocal(Opcode opcode) {
    if (locals_.empty()) return;
    const u32 index = choices_.below(locals_.size());
    if (std::ranges::find(counters_, index) != counters_.end()) return;
    // Operands that stand for it keep its old value, however many they are.
    for (u32 i = choices_.percent(3) ? choices_.below(kManyTypes) : 0; i > 0; --i)
      op(Opcode::LocalGet, index), push(locals_[index]);
    give(locals_[index]);
    op(opcode, index), pop(1);
    if (opcode == Opcode::LocalTee) push(locals_[index]);
  }
  void setGlobal() {
    if (module_.globals.empty()) return;
    const u32 index = choices_.below(module_.globals.size());
    const GenGlobal& global = module_.globals[index];
    if (!global.isMutable) return op(Opcode::GlobalGet, index), push(global.type);
    give(global.type);
    op(Opcode::GlobalSet, index), pop(1);
  }

  void parametric() {
    switch (choices_.below(4)) {
      case 0:
        if (height() > 0) drop();
        return;
      case 1: {
        static constexpr GenType kNumbers[] = {kI32, kI64, kF32, kF64, kV128};
        const GenType type = choices_.oneOf(kNumbers);
        return give(type), give(type), give(kI32), op(Opcode::Select), pop(3), push(type);
      }
      case 2: {
        const GenType type = choices_.percent(50) || locals_.empty() ? refNull(kFunc) : choices_.oneOf(locals_);
        give(type), give(type), give(kI32);
        op(Opcode::SelectTyped, 1), emit(type.bytes()), pop(3), push(type);
        return;
      }
      default: return op(Opcode::Nop), op(Opcode::AtomicFence), code_.push_back(0);
    }
  }

  // -- Control
  // ---------------------------------------------------------------------------------------------------------

  /// A few, or now and then more than there are registers.
  GenTypes fewTypes() {
    static constexpr GenType kTypes[] = {kI32,         kI64, kF32, kF64, kV128, refNull(kFunc), refNull(kExtern),
                                         refNull(kI31)};
    GenTypes types;
    const u32 most = choices_.percent(3) ? kManyTypes : 3;
    for (u32 i = choices_.below(most); i > 0; --i) types.push_back(choices_.oneOf(kTypes));
    return types;
  }

  void blockType(const GenSignature& signature) {
    if (signature.params.empty() && signature.results.empty() && choices_.percent(80)) return code_.push_back(0x40);
    if (signature.params.empty() && signature.results.size() == 1 && choices_.percent(80))
      return emit(signature.results[0].bytes());
    emit(signedLeb(module_.typeOf(signature)));
  }
  /// Begins a construct: its parameters leave the stack of the one around it.
  void open(Opcode opcode, const GenSignature& signature, const GenTypes& labelTypes) {
    op(opcode);
    blockType(signature);
    labels_.push_back({labelTypes, stack_.size() - signature.params.size(), opcode == Opcode::Loop});
  }
  void close(const GenSignature& signature) {
    finish(signature.results);
    end();
  }

  GenSignature signature() { return {choices_.percent(30) ? fewTypes() : GenTypes(), fewTypes()}; }

  void block() {
    if (deep()) return;
    const GenSignature type = signature();
    give(type.params);
    open(Opcode::Block, type, type.results);
    inner();
    close(type);
  }

  /// A loop that counts a local of its own down.
  void loop() {
    if (deep()) return;
    const GenSignature type = signature();
    const u32 counter = static_cast<u32>(locals_.size());
    locals_.push_back(kI32), counters_.push_back(counter);
    giveI32(1 + choices_.below(6));
    op(Opcode::LocalSet, counter), pop(1);
    give(type.params);
    open(Opcode::Loop, type, type.params);
    inner();
    finish(type.params);
    op(Opcode::LocalGet, counter), push(kI32), giveI32(1);
    op(Opcode::I32Sub), op(Opcode::LocalTee, counter), op(Opcode::BrIf, 0), pop(2);
    close(type);
  }

  void conditional() {
    if (deep()) return;
    GenSignature type = signature();
    const bool withElse = type.params != type.results || choices_.percent(60);
    give(type.params);
    give(kI32), pop(1);
    open(Opcode::If, type, type.results);
    inner();
    finish(type.results);
    if (withElse) {
      op(Opcode::Else);
      stack_.resize(labels_.back().height);
      push(type.params);
      inner();
      finish(type.results);
    }
    end();
  }

  /// A label that is not a loop's, mostly: those must count.
  u32 someLabel() {
    const u32 depth = choices_.below(labels_.size());
    const bool endless = labels_[labels_.size() - 1 - depth].isLoop && !choices_.percent(5);
    return endless ? static_cast<u32>(labels_.size() - 1) : depth;
  }
  const GenTypes& typesOf(u32 depth) const { return labels_[labels_.size() - 1 - depth].types; }

  void branch() {
    const u32 depth = someLabel();
    const GenTypes types = typesOf(depth);
    switch (choices_.below(8)) {
      case 0: give(types); return op(Opcode::Br, depth), unreachable();
      case 1: return branchTable(depth);
      default: give(types), give(kI32); return op(Opcode::BrIf, depth), pop(1);
    }
  }
  void branchTable(u32 last) {
    std::vector<u32> targets;
    for (u32 depth = 0; depth < labels_.size(); ++depth)
      if (typesOf(depth) == typesOf(last) && !labels_[labels_.size() - 1 - depth].isLoop) targets.push_back(depth);
    give(typesOf(last)), give(kI32);
    op(Opcode::BrTable, targets.empty() ? 0 : 3);
    for (int i = 0; i < 3 && !targets.empty(); ++i) emit(leb(choices_.oneOf(targets)));
    emit(leb(last));
    unreachable();
  }

  void ending() {
    if (choices_.percent(30)) return op(Opcode::Unreachable), unreachable();
    give(signature_.results);
    op(Opcode::Return), unreachable();
  }

  // -- Calls
  // -----------------------------------------------------------------------------------------------------------

  /// One behind this one, mostly: then calls end.
  u32 someFunction() {
    const u32 count = static_cast<u32>(module_.functions.size());
    if (choices_.percent(5)) return choices_.below(count);
    if (choices_.percent(20) && module_.importedFunctions > 0) return choices_.below(module_.importedFunctions);
    return self_ + 1 < count ? self_ + 1 + choices_.below(count - self_ - 1) : count;
  }
  bool exists(u32 function) const { return function < module_.functions.size(); }
  void called(const GenSignature& signature) { pop(signature.params.size()), push(signature.results); }

  void call() {
    const u32 callee = someFunction();
    if (!exists(callee)) return;
    const GenSignature signature = module_.signatureOf(callee);
    give(signature.params);
    op(Opcode::Call, callee), called(signature);
  }
  void callIndirect() {
    const u32 callee = someFunction();
    if (!exists(callee)) return;
    const GenSignature signature = module_.signatureOf(callee);
    give(signature.params);
    address(module_.tables[0].limits.is64, choices_.percent(97) ? callee : choices_.bits(1)), pop(1);
    op(Opcode::CallIndirect, module_.functions[callee]), emit(leb(0)), called(signature);
  }
  void callReference() {
    const u32 callee = someFunction();
    if (!exists(callee)) return;
    const GenSignature signature = module_.signatureOf(callee);
    give(signature.params);
    op(Opcode::RefFunc, callee), op(Opcode::CallRef, module_.functions[callee]), called(signature);
  }
  void tailCall() {
    const u32 callee = someFunction();
    if (!exists(callee) || module_.signatureOf(callee).results != signature_.results) return;
    give(module_.signatureOf(callee).params);
    switch (choices_.below(3)) {
      case 0: op(Opcode::ReturnCall, callee); break;
      case 1:
        address(module_.tables[0].limits.is64, callee);
        op(Opcode::ReturnCallIndirect, module_.functions[callee]), emit(leb(0));
        break;
      default: op(Opcode::RefFunc, callee), op(Opcode::ReturnCallRef, module_.functions[callee]); break;
    }
    unreachable();
  }

  // -- Exceptions
  // ------------------------------------------------------------------------------------------------------

  u32 someTag() { return choices_.below(module_.tags.size()); }
  const GenTypes& payload(u32 tag) const { return module_.types[module_.tags[tag]].signature.params; }

  /// (block (result payload exnref?) (try_table (catch... 0) ...) payload null)
  void tryTable() {
    if (deep() || module_.tags.empty()) return;
    const u8 kind = static_cast<u8>(choices_.below(4));
    const u32 tag = someTag();
    GenSignature type{{}, kind < 2 ? payload(tag) : GenTypes()};
    if (kind % 2 != 0) type.results.push_back(refNull(kExn));
    open(Opcode::Block, type, type.results);
    op(Opcode::TryTable), code_.push_back(0x40);
    emit(kind < 2 ? cat({{1, kind}, leb(tag), {0}}) : Bytes{1, kind, 0});
    labels_.push_back({{}, stack_.size()});
    inner();
    if (choices_.percent(40)) throwTag(someTag());
    close({});
    close(type);
  }

  void legacyTry() {
    if (deep()) return;
    const GenSignature type{{}, fewTypes()};
    open(Opcode::Try, type, type.results);
    inner();
    if (choices_.percent(40) && !module_.tags.empty()) throwTag(someTag());
    finish(type.results);
    if (choices_.percent(15)) {
      // To a construct outside; labels of functions are those of their callers.
      labels_.pop_back();
      return op(Opcode::Delegate, choices_.below(labels_.size()));
    }
    labels_.back().isCatch = true;
    if (!module_.tags.empty()) {
      const u32 tag = someTag();
      op(Opcode::Catch, tag);
      handler(payload(tag), type);
    }
    op(Opcode::CatchAll);
    handler({}, type);
    end();
  }
  void handler(const GenTypes& caught, const GenSignature& type) {
    stack_.resize(labels_.back().height);
    push(caught);
    inner();
    if (choices_.percent(10)) rethrow();
    finish(type.results);
  }
  void rethrow() { op(Opcode::Rethrow, 0), stack_.resize(labels_.back().height); }

  void throwTag(u32 tag) {
    for (const GenType& type : GenTypes(payload(tag))) give(type);
    op(Opcode::Throw, tag);
    stack_.resize(labels_.back().height);
  }
  void throwing() {
    if (choices_.percent(10)) {
      give(refNull(kExn));
      return op(Opcode::ThrowRef), unreachable();
    }
    if (!module_.tags.empty()) throwTag(someTag()), unreachable();
  }

  // -- Tables and memories
  // ---------------------------------------------------------------------------------------------

  void table() {
    const u32 index = choices_.below(module_.tables.size());
    const GenTable& table = module_.tables[index];
    const bool is64 = table.limits.is64;
    if (table.limits.min < 3 && !choices_.percent(10)) return;
    const auto at = [&] {
      address(is64, choices_.percent(98) ? choices_.below(table.limits.min - 2) : choices_.bits(4));
    };
    const auto few = [&] { address(is64, choices_.below(3)); };
    switch (choices_.below(8)) {
      case 0: return at(), op(Opcode::TableGet, index), pop(1), push(table.element);
      // The first table stays as it is, mostly: calls go through it.
      case 1:
        if (index == 0 && !choices_.percent(10)) return;
        return at(), give(table.element), op(Opcode::TableSet, index), pop(2);
      case 2: return op(Opcode::TableSize, index), push(is64 ? kI64 : kI32);
      case 3: return give(table.element), few(), op(Opcode::TableGrow, index), pop(2), push(is64 ? kI64 : kI32);
      case 4:
        if (index == 0) return;
        return at(), give(table.element), few(), op(Opcode::TableFill, index), pop(3);
      case 5: return copyTable(index);
      case 6:
        if (table.element != refNull(kFunc)) return;
        at(), giveI32(choices_.below(3)), giveI32(choices_.below(2));
        return op(Opcode::TableInit, 1), emit(leb(index)), pop(3);
      default:
        if (choices_.percent(20)) op(Opcode::ElemDrop, choices_.below(module_.elements.size()));
        return;
    }
  }
  void copyTable(u32 to) {
    const u32 from = choices_.below(module_.tables.size());
    if (module_.tables[from].element != module_.tables[to].element) return;
    if (std::min(module_.tables[from].limits.min, module_.tables[to].limits.min) < 6) return;
    const bool to64 = module_.tables[to].limits.is64, from64 = module_.tables[from].limits.is64;
    address(to64, choices_.below(4)), address(from64, choices_.below(4)), address(to64 && from64, choices_.below(3));
    op(Opcode::TableCopy, to), emit(leb(from)), pop(3);
  }

  void bulkMemory() {
    if (module_.memories.empty()) return;
    const u32 index = choices_.below(module_.memories.size());
    const GenMemory& memory = module_.memories[index];
    if (memory.bytes() == 0 && !choices_.percent(5)) return;
    const bool is64 = memory.limits.is64;
    const auto at = [&] { address(is64, addressIn(memory, 1, 64)); };
    switch (choices_.below(6)) {
      case 0: return op(Opcode::MemorySize, index), push(is64 ? kI64 : kI32);
      case 1: return address(is64, choices_.below(3)), op(Opcode::MemoryGrow, index), pop(1), push(is64 ? kI64 : kI32);
      case 2: return at(), give(kI32), address(is64, choices_.below(64)), op(Opcode::MemoryFill, index), pop(3);
      case 3: {
        const u32 from = choices_.below(module_.memories.size());
        const bool from64 = module_.memories[from].limits.is64;
        at(), address(from64, addressIn(module_.memories[from], 1, 64)), address(is64 && from64, choices_.below(64));
        return op(Opcode::MemoryCopy, index), emit(leb(from)), pop(3);
      }
      case 4:
        at(), giveI32(choices_.below(20)), giveI32(choices_.below(20));
        return op(Opcode::MemoryInit, 1), emit(leb(index)), pop(3);
      default:
        if (choices_.percent(10)) op(Opcode::DataDrop, choices_.below(module_.dataCount));
        return;
    }
  }

  // -- References
  // ------------------------------------------------------------------------------------------------------

  GenType someReference() {
    static constexpr GenType kReferences[] = {refNull(kFunc), refNull(kExtern), refNull(kAny),
                                              refNull(kEq),   refNull(kI31),    refNull(kExn)};
    return choices_.oneOf(kReferences);
  }

  void references() {
    const GenType type = someReference();
    switch (choices_.below(7)) {
      case 0: return give(type), op(Opcode::RefIsNull), pop(1), push(kI32);
      case 1:
        if (choices_.percent(70)) return;
        return give(type), op(Opcode::RefAsNonNull), pop(1), push(type.nonNull());
      case 2:
        if (choices_.percent(50))
          sameI31s();
        else
          give(refNull(kEq)), give(refNull(kEq));
        return op(Opcode::RefEq), pop(2), push(kI32);
      case 3: return branchOnNull(type);
      case 4: return give(refNull(kExtern)), op(Opcode::AnyConvertExtern), pop(1), push(refNull(kAny));
      case 5: {
        const bool nullable = choices_.percent(10);
        give(nullable ? refNull(kI31) : ref(kI31));
        return op(choices_.percent(50) ? Opcode::I31GetS : Opcode::I31GetU), pop(1), push(kI32);
      }
      default: return give(type);
    }
  }
  /// Two that are the same, unless their numbers pass through an instruction that changes one.
  void sameI31s() {
    static constexpr Opcode kSteps[] = {Opcode::I32Or, Opcode::I32Xor, Opcode::I32ShrS, Opcode::I32Rotl};
    const u64 bits = choices_.oneOf(kTelling);
    for (int i = 0; i < 2; ++i) {
      giveI32(bits);
      if (choices_.percent(50)) giveI32(choices_.below(2)), op(choices_.oneOf(kSteps)), pop(2), push(kI32);
      op(Opcode::RefI31), pop(1), push(ref(kI31));
    }
  }
  /// (block (result (ref t)?) ... br_on_[non_]null)
  void branchOnNull(GenType type) {
    if (deep()) return;
    const bool nonNull = choices_.percent(50);
    const GenSignature block{{}, nonNull ? GenTypes{type.nonNull()} : GenTypes{}};
    open(Opcode::Block, block, block.results);
    give(type);
    op(nonNull ? Opcode::BrOnNonNull : Opcode::BrOnNull, 0), pop(1);
    if (!nonNull) push(type.nonNull());
    inner();
    close(block);
  }

  void casts() {
    const bool objects = module_.objects && choices_.percent(60);
    const i32 heap = objects ? static_cast<i32>(choices_.below(8)) : choices_.percent(50) ? kI31 : kEq;
    give(refNull(kAny));
    switch (choices_.below(6)) {
      case 0: return op(Opcode::RefTest), emit(signedLeb(heap)), pop(1), push(kI32);
      case 1: return op(Opcode::RefTestNull), emit(signedLeb(heap)), pop(1), push(kI32);
      case 2:
        if (choices_.percent(70)) return;
        return op(Opcode::RefCast), emit(signedLeb(heap)), pop(1), push(ref(heap));
      case 3: return op(Opcode::RefCastNull), emit(signedLeb(heap)), pop(1), push(refNull(heap));
      default: return branchOnCast(heap);
    }
  }
  /// (block (result t) any (br_on_cast 0 any t) drop t)
  void branchOnCast(i32 heap) {
    drop();
    if (deep()) return;
    const bool fail = choices_.percent(50);
    const GenSignature block{{}, {fail ? refNull(kAny) : refNull(heap)}};
    open(Opcode::Block, block, block.results);
    give(refNull(kAny));
    op(fail ? Opcode::BrOnCastFail : Opcode::BrOnCast), code_.push_back(3);
    emit(cat({leb(0), signedLeb(kAny), signedLeb(heap)}));
    pop(1), push(fail ? refNull(heap) : refNull(kAny));
    close(block);
  }

  // -- Objects
  // ---------------------------------------------------------------------------------------------------------

  void objects() {
    if (!module_.objects) return;
    const u32 index = choices_.below(8);
    module_.types[index].kind == GenTypeDef::Struct ? structStep(index) : arrayStep(index);
  }
  GenType object(u32 index) const { return refNull(static_cast<i32>(index)); }
  void giveObject(u32 index) { choices_.percent(95) ? defined(ref(static_cast<i32>(index))) : give(object(index)); }
  void created(u32 index) { push(ref(static_cast<i32>(index))); }

  void structStep(u32 index) {
    const std::vector<GenField>& fields = module_.types[index].fields;
    const u32 field = choices_.below(fields.size());
    const GenType type = fields[field].type;
    switch (choices_.below(4)) {
      case 0:
        for (const GenField& each : fields) give(each.type.unpacked());
        return op(Opcode::StructNew, index), pop(fields.size()), created(index);
      case 1: return op(Opcode::StructNewDefault, index), created(index);
      case 2:
        giveObject(index);
        op(getter(type, Opcode::StructGet), index), emit(leb(field));
        return pop(1), push(type.unpacked());
      default:
        if (!fields[field].isMutable) return;
        giveObject(index), give(type.unpacked());
        return op(Opcode::StructSet, index), emit(leb(field)), pop(2);
    }
  }
  /// The form of a get: rows of the table are plain, signed, unsigned.
  Opcode getter(GenType type, Opcode plain) {
    return static_cast<Opcode>(static_cast<u32>(plain) + (type.isPacked() ? 1 + choices_.below(2) : 0));
  }

  void arrayStep(u32 index) {
    const GenType type = module_.types[index].fields[0].type, value = type.unpacked();
    const auto small = [&] { giveI32(choices_.below(6)); };
    switch (choices_.below(13)) {
      case 0: return give(value), small(), op(Opcode::ArrayNew, index), pop(2), created(index);
      case 1: return small(), op(Opcode::ArrayNewDefault, index), pop(1), created(index);
      case 2:
        for (int i = 0; i < 3; ++i) give(value);
        return op(Opcode::ArrayNewFixed, index), emit(leb(3)), pop(3), created(index);
      case 3:
        if (type.isRef()) return;
        return small(), giveI32(1), op(Opcode::ArrayNewData, index), emit(leb(1)), pop(2), created(index);
      case 4:
        if (type != refNull(kFunc)) return;
        return giveI32(0), giveI32(2), op(Opcode::ArrayNewElem, index), emit(leb(1)), pop(2), created(index);
      case 5: giveObject(index), small(); return op(getter(type, Opcode::ArrayGet), index), pop(2), push(value);
      case 6: return giveObject(index), small(), give(value), op(Opcode::ArraySet, index), pop(3);
      case 7: return giveObject(index), op(Opcode::ArrayLen), pop(1), push(kI32);
      case 8: giveObject(index), giveI32(0), give(value), small(); return op(Opcode::ArrayFill, index), pop(4);
      case 9:
        giveObject(index), giveI32(0), giveObject(index), giveI32(0), small();
        return op(Opcode::ArrayCopy, index), emit(leb(index)), pop(5);
      case 10:
        if (type.isRef()) return;
        giveObject(index), giveI32(0), giveI32(0), small();
        return op(Opcode::ArrayInitData, index), emit(leb(1)), pop(4);
      case 11:
        if (type != refNull(kFunc)) return;
        giveObject(index), giveI32(0), giveI32(0), giveI32(1);
        return op(Opcode::ArrayInitElem, index), emit(leb(1)), pop(4);
      default: return giveObject(index);
    }
  }

  static constexpr size_t kMostCode = 4000;
  static constexpr size_t kMostNested = 7;
  static constexpr u32 kManyTypes = 24;
  GenModule& module_;
  const u32 self_;
  Choices& choices_;
  const GenSignature signature_;
  GenTypes locals_, stack_;
  std::vector<u32> counters_;  ///< locals that count loops
  u32 copies_ = 0;             ///< the first of three locals, for zeroNans
  std::vector<Label> labels_;
  Bytes code_;
  bool dead_ = false;
};

}  // namespace

Bytes generateBody(GenModule& module, u32 function, Choices& choices) {
  return BodyGenerator(module, function, choices).run();
}

}  // namespace wasmrun::fuzz
