// Translator: the FunctionReader sink that makes threaded code of a function body, in one pass.
//
// 1. An operation emits one instruction whose operands are read where they are: in a local, in a slot, in the
// instruction.
// 2. Its result goes to the slot that its height names; but the next instruction may change that: local.set makes it go
// to the
//    local, an operation that uses it at once makes it stay in the accumulator, and a branch, load or store may absorb
//    it whole (Emitter::Last). So no accumulator ever holds a value across an instruction that does not use it, or
//    across a label.
// 3. Where control flow meets, operands are in their own slots (constants excepted, below the construct's own
// operands).
// 4. Everything is linear in the body: operands are searched by lists (value_stack.h), tables once per target.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "interp/bodies_control.h"
#include "interp/code.h"
#include "interp/emitter.h"
#include "interp/value_stack.h"
#include "runtime/slot_calls.h"
#include "wasm/function_reader.h"

namespace wasmrun::interp {

/// Where each instruction's words came from, in order: for traps and dumps.
struct Origin {
  u32 word;
  u32 wasmOffset;
};

class Translator : public wasm::NullSink {
 public:
  static constexpr bool kActive = true;

  Translator(ModuleCode& code, TranslateOptions options);

  /// Translates the body of `index`, which has been validated. `origins` and `maps`, if not null, receive the words'
  /// origins and the references in frames.
  FunctionCode translate(wasm::DefinedFuncIndex index, std::vector<Origin>* origins = nullptr,
                         ReferenceMaps* maps = nullptr);

  // -- Sink events (wasm/null_sink.h) --------------------------------------------------------------------------------
  void begin(const wasm::FuncType& type, std::span<const wasm::ValType> locals);
  void block(const wasm::Control& control);
  void loop(const wasm::Control& control);
  void ifBegin(const wasm::Control& control);
  void elseBegin(const wasm::Control& control, bool fallsThrough, bool implicit);
  void tryTable(const wasm::Control& control, std::span<const wasm::CatchClause> clauses);
  void tryBegin(const wasm::Control& control);
  void catchBegin(const wasm::Control& control, wasm::TagIndex tag, const wasm::FuncType& type, bool fallsThrough);
  void catchAllBegin(const wasm::Control& control, bool fallsThrough);
  void delegateEnd(const wasm::Control& control, u32 depth, bool fallsThrough, bool live);
  void end(const wasm::Control& control, bool fallsThrough, bool live);

  void br(u32 depth);
  void brIf(u32 depth);
  void brTable(std::span<const u32> depths);
  void brOnNull(u32 depth);
  void brOnNonNull(u32 depth);
  void ret();
  void call(wasm::FuncIndex func, const wasm::FuncType& type);
  void callIndirect(wasm::TypeId typeId, const wasm::FuncType& type, wasm::TableIndex table);
  void callRef(wasm::TypeId typeId, const wasm::FuncType& type);
  void returnCall(wasm::FuncIndex func, const wasm::FuncType& type);
  void returnCallIndirect(wasm::TypeId typeId, const wasm::FuncType& type, wasm::TableIndex table);
  void returnCallRef(wasm::TypeId typeId, const wasm::FuncType& type);
  void throwTag(wasm::TagIndex tag, const wasm::FuncType& type);
  void throwRef();
  void rethrow(u32 depth);
  void unreachable();

  void drop(wasm::ValType type);
  void select(wasm::ValType type);
  void localGet(wasm::LocalIndex index, wasm::ValType type);
  void localSet(wasm::LocalIndex index, wasm::ValType type);
  void localTee(wasm::LocalIndex index, wasm::ValType type);
  void globalGet(wasm::GlobalIndex index, wasm::ValType type);
  void globalSet(wasm::GlobalIndex index, wasm::ValType type);
  void constant(wasm::ValType type, u64 bits);
  void constantV128(const u8* bytes);
  void simple(wasm::Opcode opcode);
  void lane(wasm::Opcode opcode, u8 lane);
  void shuffle(const u8* lanes);

  void load(wasm::Opcode opcode, const wasm::MemArg& arg);
  void store(wasm::Opcode opcode, const wasm::MemArg& arg);
  void loadLane(wasm::Opcode opcode, const wasm::MemArg& arg, u8 lane);
  void storeLane(wasm::Opcode opcode, const wasm::MemArg& arg, u8 lane);
  void atomic(wasm::Opcode opcode, const wasm::MemArg& arg);
  void atomicFence();
  void memorySize(wasm::MemoryIndex memory);
  void memoryGrow(wasm::MemoryIndex memory);
  void memoryFill(wasm::MemoryIndex memory);
  void memoryCopy(wasm::MemoryIndex destination, wasm::MemoryIndex source);
  void memoryInit(wasm::DataIndex data, wasm::MemoryIndex memory);
  void dataDrop(wasm::DataIndex data);

  void tableGet(wasm::TableIndex table);
  void tableSet(wasm::TableIndex table);
  void tableGrow(wasm::TableIndex table);
  void tableSize(wasm::TableIndex table);
  void tableFill(wasm::TableIndex table);
  void tableCopy(wasm::TableIndex destination, wasm::TableIndex source);
  void tableInit(wasm::ElemIndex elem, wasm::TableIndex table);
  void elemDrop(wasm::ElemIndex elem);
  void refNull(wasm::HeapType heap);
  void refIsNull();
  void refFunc(wasm::FuncIndex func);
  void refEq();
  void refAsNonNull();
  void gc(wasm::Opcode opcode, const wasm::GcImmediates& immediates);

 private:
  /// An open construct, beside the reader's Control.
  struct Frame {
    wasm::ControlKind kind;
    LabelId label;                     ///< where a branch to it goes: its end, or a loop's beginning
    LabelId elseLabel = 0;             ///< If
    u32 size = 0;                      ///< operands below its parameters
    u32 slot = 0;                      ///< frame slot of its first parameter, and of its first result
    u32 tryRange = TryRange::kNone;    ///< Try, TryTable: its own
    u32 outerRange = TryRange::kNone;  ///< the innermost one around it
    wasm::BlockType type;
    bool isArm = false;  ///< in a legacy try's catch
  };

  // -- Operands (translator.cpp)
  wasm::TypeKind kindOf(wasm::ValType type) const { return type.isRef() ? kindOfReference(type) : type.kind(); }
  wasm::TypeKind kindOfReference(wasm::ValType type) const;
  void pushResults(std::span<const wasm::ValType> types);
  Value pop() { return stack_.pop(); }
  Place placeOf(const Value& value) const;
  Place bestPlace(const Value& value, bool last) const;
  bool takeInAccumulator(const Value& value);
  bool isLast(const Value& value) { return value.kind == Value::Slot && emitter_.last().slot == value.slot; }
  /// Whether the last instruction computed `value` and could leave it in the accumulator.
  bool fitsAccumulator(const Value& value) {
    return isLast(value) && emitter_.last().toAccumulator != HandlerId::kNone;
  }
  void copyLocalTo(const Value& value);
  void materialize(const Value& value);
  void materializeTop(u32 count);
  void settle();
  void settleConstants();
  void preserveLocal(u32 local);
  u32 slotOf(const Value& value);
  u32 topSlot(u32 count);
  void noteResult(u32 at, HandlerId id, u32 resultUnit, wasm::TypeKind type, HandlerId toAccumulator);
  void setLocal(u32 local, const Value& value);

  // -- Operations
  void binary(wasm::Opcode opcode, Family family);
  void unary(wasm::Opcode opcode, Family family);
  bool noOperation(wasm::Opcode opcode);
  bool foldAddShifted(const Value& a, const Value& b);
  bool foldEqz(wasm::Opcode opcode);
  static bool fitsConst(wasm::TypeKind type, u64 bits);
  static void appendUnits(std::vector<u32>& units, const Place& place, wasm::TypeKind type);
  struct Address {
    AddressShape shape;
    Emitter::Last sum;
    Place place;
  };
  Address takeAddress(const Value& value, u64& offset, bool accumulatorIsFree);
  void appendAddress(std::vector<u32>& units, const Address& address) const;
  static bool isFast(const wasm::MemArg& arg) { return arg.memory.value == 0 && !arg.is64; }

  // -- Vectors, atomics, wide arithmetic (translator_vector.cpp)
  Place takePlace(const Value& value);
  void takePlaces(const Value& a, const Value& b, Place (&places)[2]);
  void ternary(wasm::Opcode opcode, Family family);
  void wide(wasm::Opcode opcode, Family family);
  void permute(const Value& value, const u8* lanes);
  void waitOrNotify(AtomicFunction function, u32 operands, const wasm::MemArg& arg);

  // -- Control (translator_control.cpp)
  Frame& frame(u32 depth) { return frames_[frames_.size() - 1 - depth]; }
  Frame& pushFrame(const wasm::Control& control, bool settleParams);
  bool hasInPlace(const Frame& frame, std::span<const wasm::ValType> types);
  void resetTo(const Frame& frame, std::span<const wasm::ValType> types);
  std::span<const wasm::ValType> labelTypes(const Frame& frame) const;
  bool labelIsInPlace(const Frame& frame);
  void moveTop(u32 count, u32 to, bool consume);
  void settleCarried(const Frame& frame);
  void moveToLabel(const Frame& frame, bool consume);
  void moveResults(const Frame& frame);
  void jumpTo(u32 depth, bool consume);
  void emitJump(LabelId label);
  void emitReturn(bool consume);
  void branch(const Value& condition, bool whenTrue, LabelId label);
  static bool isCompare(const Emitter::Last& last);
  Emitter::Last takeCompare(bool& whenTrue);
  Emitter::Last isNullAt(u32 slot) const;
  void branchOnCompare(const Emitter::Last& compare, bool whenTrue, LabelId label);
  void branchOnValue(const Value& condition, bool inAccumulator, bool whenTrue, LabelId label);
  void endArm(Frame& frame, bool fallsThrough);
  u32 openRange(TryRange::Kind kind);
  void closeRange(u32 range);
  void beginCatch(const wasm::Control& control, TryRange::Clause clause, bool fallsThrough);

  // -- Objects (translator_gc.cpp)
  using Question = Emitter::Question;
  const gc::Layout& layoutOf(wasm::TypeId type) const;
  wasm::TypeKind fieldKind(const wasm::GcImmediates& immediates, u32 field) const;
  void placeOperands(std::span<const Value> values, std::span<Place> places);
  void toSlot(Place& place, const Value& value);
  static bool fitsField(gc::Storage storage, u64 bits);
  void emitWithResult(HandlerId id, wasm::TypeKind kind, HandlerId toAccumulator);
  void convert(HandlerId first, wasm::TypeKind result);
  void refI31();
  void structGet(const wasm::GcImmediates& immediates, bool isSigned);
  void structSet(const wasm::GcImmediates& immediates);
  void arrayGet(const wasm::GcImmediates& immediates, bool isSigned);
  void arraySet(const wasm::GcImmediates& immediates);
  void beginNew(const gc::Layout& layout);
  void newOfWords(const gc::Layout& layout, u32 count);
  void structNew(const wasm::GcImmediates& immediates);
  void structNewDefault(const wasm::GcImmediates& immediates);
  void arrayNew(const wasm::GcImmediates& immediates);
  void arrayNewDefault(const wasm::GcImmediates& immediates);
  void emitArrayNew(HandlerId first, const Value& length, bool isInAccumulator);
  void arrayNewFixed(const wasm::GcImmediates& immediates);
  std::optional<Question> questionFor(wasm::ValType type) const;
  void appendQuestion(const Question& question);
  void check(const Question& question);
  void refCast(wasm::ValType type);
  void refTest(wasm::ValType type);
  void branchOnCast(const Question& question, const Place& place, bool whenTrue, LabelId label);
  void brOnCast(const wasm::GcImmediates& immediates, bool whenMatches);
  void brOnCastSlow(const wasm::GcImmediates& immediates, bool whenMatches);

  // -- Calls
  struct Callee {
    u32 frameSlot;
    u32 linkSlot;
  };
  Callee prepareCall(const wasm::FuncType& type);
  void finishCall(const wasm::FuncType& type);
  void slow(runtime::SlotCall function, u32 operands, std::initializer_list<wasm::TypeKind> results, u32 first,
            u32 second);

  void beginFuelBlock();
  void endFuelBlock();
  void samplePoint();
  void count(const std::atomic<u64>& counter);
  u32 emit(HandlerId id, std::initializer_list<u32> units);
  u32 emit(HandlerId id, const std::vector<u32>& units);
  void bind(LabelId label);
  void noteOrigin();
  void noteStop(u32 taken);

  ModuleCode& code_;
  const wasm::Module& module_;
  TranslateOptions options_;
  runtime::WorkProfile* const profile_;      ///< where work is counted; null: it is not
  const runtime::TierWork* work_ = nullptr;  ///< of the function
  wasm::ReaderScratch scratch_;
  wasm::FunctionReader<Translator> reader_;
  Emitter emitter_;
  ValueStack stack_;
  std::vector<Frame> frames_;
  std::vector<u32> localSlots_;
  std::vector<TryRange> ranges_;
  std::vector<std::pair<u32, u32>> clauseLabels_;  ///< (range, clause) of those whose target is a label
  std::vector<LabelId> clauseLabelIds_;
  std::vector<LoopHeader> loops_;
  bool mayEnterLoops_ = false;  ///< machine code may continue a loop of this function
  std::vector<u32> units_;
  static constexpr LabelId kNoStub = ~LabelId{0};
  std::vector<LabelId> stubOfDepth_;  ///< brTable: all kNoStub between calls
  u32 currentRange_ = TryRange::kNone;
  u32 linkSlot_ = 0;
  const wasm::FuncType* type_ = nullptr;
  /// The float comparison whose result the I32Eqz at `negatedAt_` negates: a branch can absorb both.
  Emitter::Last negated_;
  u32 negatedAt_ = Emitter::kNone;
  u32 fuelSite_ = Emitter::kNone;
  u32 fuelBegin_ = 0;  ///< instructions before the block
  std::vector<Origin>* origins_ = nullptr;
  ReferenceMaps* maps_ = nullptr;
};

}  // namespace wasmrun::interp
