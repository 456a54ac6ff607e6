// FunctionCompiler: the FunctionReader sink that makes machine code of a function body, in one pass.
//
// 1. Operands are constants, registers, slots, or stand for a local (value.h). Locals lie in slots; a register may hold
//    the newest value of one (a cache): `dirty` if the slot is older.
// 2. No register survives a call. Before one, dirty locals and operands below the arguments go to their slots.
// 3. Where a construct begins, all operands but constants go to their slots. So where control flow meets, registers
//    hold locals only, and one carried operand: the state of a label is a few words whatever the frame's size.
// 4. The first branch to a label decides its state; later ones move into it. A loop's state is decided at its header:
//    the locals that the loop uses most, as a look ahead has counted (loop_locals.h), and stays in their `home`.
// 5. A comparison stays in the flags until the next instruction, which takes it from there or has it made a number.
// 6. Code for branches is made without a change of the model: the way that goes on is not concerned.
// 7. Slow paths and traps come after the body (`Late`), and after them constants of floats and vectors.
// 8. A load of a float or vector that is the second operand of the next instruction is left to that (`foldedLoad_`).
// 9. An exception comes back to a landing pad, found by the site of the call that it came out of. At such sites locals
//    and the operands below a try are in their slots (2 and 3), and a landing pad takes all from there.
// 10. What may collect moves objects. So a reference stays in a register only as far as the next call, and around one
//    that is out of line (`lateCall`) it is stored and loaded again.
#pragma once

#include "baseline/compiler.h"
#include "baseline/loop_locals.h"
#include "baseline/value.h"
#include "code/function_record_builder.h"
#include "masm/macro_assembler.h"
#include "runtime/slot_calls.h"
#include "wasm/function_reader.h"

namespace wasmrun::baseline {

using masm::Cond;
using masm::Mem;
using masm::Operand;
using masm::Width;

class FunctionCompiler : public wasm::NullSink {
 public:
  static constexpr bool kActive = true;

  FunctionCompiler(const Environment& environment, masm::MacroAssembler& masm, code::FunctionRecordBuilder& record,
                   wasm::ReaderScratch& scratch);

  /// False if the code is too large.
  bool compile(wasm::DefinedFuncIndex index, const code::CodeIdentity& identity);
  u32 frameSlots() const { return maxSlot_ + kCallSlack; }

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
  // As the interpreter has them (docs/ABI-x64.md): between parameters and locals, and beyond the frame.
  static constexpr u32 kLinkSlots = 2;
  static constexpr u32 kCallSlack = 8;
  /// From so many carried operands on, a branch moves them by one instruction.
  static constexpr u32 kManyOperands = 8;
  /// References that lateReferences passes over.
  static constexpr u32 kMostUnchained = 8;

  /// An open construct, beside the reader's Control.
  struct Frame {
    wasm::ControlKind kind;
    masm::Label label;  ///< where a branch to it goes: its end, or a loop's beginning
    u32 state = kNone;  ///< in states_; none until something leads to the label
    u32 size = 0;       ///< operands below its parameters
    u32 slot = 0;       ///< of its first parameter, and of its first result
    wasm::BlockType type;
    masm::Label elseLabel;       ///< If
    u32 elseState = kNone;       ///< If
    u32 outerLoop = kNone;       ///< Loop: the loop around it, in loops_
    u32 tryRange = code::kNone;  ///< Try, TryTable: its own
    u32 outerRange = code::kNone;
    bool isArm = false;    ///< in a legacy try's catch
    u32 landings = kNone;  ///< of clauses that lead to the label, in landings_
  };

  /// A register and the slot that has the same value, around a slow path.
  struct Saved {
    Reg reg;
    TypeKind kind;
    bool stores;  ///< the slot is older
    u32 slot;
  };

  /// Code after the body.
  struct Late {
    enum Kind : u8 {
      Trap,
      MemoryTrap,
      OutOfFuel,
      Poll,
      EntrySlow,
      FirstEntry,
      Sample,
      OtherInstance,
      Call,
      OsrEntry,
      Landing,
      Table
    };
    Kind kind;
    masm::Label label;
    masm::Label back;
    u32 wasmOffset = 0;
    /// Trap: its kind; MemoryTrap: size, whether it carries, and memory; Call: the function's; OtherInstance: frame
    /// delta; Table: in tables_; Landing: in landings_.
    u32 first = 0;
    u32 second = 0;                    ///< Call: the function's; Table: its end; Landing: slots of results to return
    u32 savedBegin = 0, savedEnd = 0;  ///< in saved_
    u32 references = code::kNone;
    u32 tryRange = code::kNone;
    u32 slot = 0;          ///< Call: a free one, the function's; Landing: the first result's
    Reg operand = kNoReg;  ///< Call: goes to the slot before, if it is one
    Reg reg = kNoReg;      ///< Call: gets what is in the slot afterwards, if it is one
    runtime::SlotCall function = nullptr;
  };

  // -- Operands (operands.cpp, and operands.h for what is inlined)
  TypeKind kindOf(wasm::ValType type) const;
  bool at();
  bool atFlags();
  void cleanUp();
  void materializeFlags();
  u32 offset() const { return reader_.offset(); }
  Value& top(u32 fromTop) { return stack_[stack_.size() - 1 - fromTop]; }
  Value pop();
  void popReference();
  Value& push(Value::Kind kind, TypeKind type);
  void pushReference();
  void pushConst(TypeKind type, u64 bits) { push(Value::Const, type).bits = bits; }
  void pushSlot(TypeKind type) { push(Value::Slot, type); }
  void pushRegister(TypeKind type, Reg reg);
  void pushLocal(u32 local);
  void unlink(u32 index);
  static Mem slotMem(u32 slot) { return {masm::kFrame, support::narrow<i32>(i64{8} * slot)}; }
  void loadCell(TypeKind kind, Reg reg, Mem from);
  void storeCell(TypeKind kind, Mem to, Reg reg);
  void loadSlot(TypeKind kind, Reg reg, u32 slot) { loadCell(kind, reg, slotMem(slot)); }
  void storeSlot(TypeKind kind, u32 slot, Reg reg) { storeCell(kind, slotMem(slot), reg); }
  void moveRegister(TypeKind kind, Reg to, Reg from);
  void loadConst(TypeKind kind, Reg reg, u64 bits);
  void loadInto(const Value& value, Reg reg);

  Reg allocate(RegisterSet among, RegisterSet avoid = 0);
  void takeRegister(Reg reg);
  void evict(Reg reg);
  void pin(Reg reg) { pinned_ |= bit(reg); }
  void freeTemporaries();
  Reg temporary(RegisterSet among);
  Reg use(const Value& value);
  Reg useCopy(const Value& value, RegisterSet avoid);
  Reg takeFixed(masm::Gp fixed);
  Reg useLocal(u32 local);
  Operand operand(const Value& value);
  Operand memoryOperand(u32 slot) { return Operand::of(slotMem(slot)); }
  bool isTemporary(Reg reg) const { return (temporaries_ & bit(reg)) != 0; }
  Reg resultRegister(TypeKind kind, Reg a, RegisterSet avoid, const u8* next);
  Reg peekTarget(TypeKind kind, RegisterSet avoid, const u8* next);
  const u8* after() const;
  void setOwner(Reg reg, u32 local);
  void dropLocalRegister(u32 local);
  void assignLocal(u32 local, const Value& value);
  void preserveLocal(u32 local);
  void settleValue(u32 index);
  void storeConstant(u32 index);
  void settle();
  void settleTop(u32 count);
  void settleMany(u32 count);
  bool areInSlots(u32 count) const;
  RegisterSet operandRegisters() const;
  void spillForCall(u32 arguments);
  void forgetRegisters();
  u32 references(u32 count);
  u32 lateReferences();
  Reg topInRegister();

  // -- Where control flow meets (merges.cpp)
  struct Moves {
    RegisterSet targets = 0;
    Reg from[32];
    TypeKind kind[32];
  };
  void move(Moves& moves);
  u32 newState();
  void captureState(LabelState& state) const;
  void adoptState(const LabelState& state);
  RegisterSet sharedWith(const LabelState& state) const;
  bool isInState(const LabelState& state) const;
  void mergeInto(const LabelState& state, const Value* carried);
  u32 labelArity(const Frame& frame) const;
  std::span<const wasm::ValType> labelTypes(const Frame& frame) const;
  bool carriesInRegister(const Frame& frame) const;
  void prepareBranch(Frame& frame);
  bool isInPlace(const Frame& frame);
  void emitMerge(const Frame& frame);
  void copyCarried(const Frame& frame);
  void copySlots(u32 to, u32 from, u32 count);
  void bindEnd(Frame& frame);
  void pushTypes(std::span<const wasm::ValType> types);

  // -- Control (control.cpp)
  Frame& frame(u32 depth) { return frames_[frames_.size() - 1 - depth]; }
  Frame& pushFrame(const wasm::Control& control);
  void truncate(u32 size);
  void jumpTo(u32 depth);
  void emitReturn();
  void leave();
  void samplePoint();
  Cond popCondition();
  void branchIf(Cond cond, u32 depth);
  void decideLoopState(LabelState& state);
  void setHomes(u32 loop, bool set);
  void endArm(Frame& frame, bool fallsThrough);
  void emitEntry(u32 firstLocal, u32 zeros);
  void count(i32 offset);
  void countEntry();
  void endConstruct(bool fallsThrough, bool live);
  void endFunction();

  // -- Fuel (fuel.cpp)
  void beginFuelBlock();
  void endFuelBlock();

  // -- Exceptions (exceptions.cpp)
  void landAt(Frame& target, u32 clause);
  u32 landingState(const Frame& frame);
  void finishLandings(const Frame& frame);
  void beginCatch(wasm::CatchClause::Kind kind, wasm::TagIndex tag, bool fallsThrough);
  void emitThrow(u32 slot, u32 tag);

  // -- Calls (calls.cpp)
  struct Arguments {
    u32 slot;  ///< of the first
    u32 count;
  };
  Arguments prepareArguments(const wasm::FuncType& type);
  void moveArguments(const Arguments& arguments, Reg callee);
  void moveTailArguments(const wasm::FuncType& type, Reg callee);
  void moveFrame(u32 slots, bool back);
  void callSite(u32 frameDelta, u32 references);
  void pushResults(const wasm::FuncType& type);
  void loadImportedFunc(masm::Gp to, wasm::FuncIndex func);
  Reg indirectCallee(const Value& index, wasm::TypeId typeId, wasm::TableIndex table);
  void callThrough(const wasm::FuncType& type, const Arguments& arguments, u32 map, Reg callee);
  void tailThrough();
  void builtin(runtime::SlotCall function, u32 operands, std::initializer_list<TypeKind> results, u32 first = 0,
               u32 second = 0);
  void callBuiltin(runtime::SlotCall function, u32 slot, u32 first, u32 second, u32 end);
  void reloadMemory();
  masm::Label trap(runtime::TrapKind kind);

  // -- Numeric (numeric.cpp)
  void intBinary(wasm::Opcode opcode);
  void shift(wasm::Opcode opcode);
  void divide(wasm::Opcode opcode);
  bool divideByPower(wasm::Opcode opcode, const Value& a, u64 divisor);
  void intUnary(wasm::Opcode opcode);
  void intCompare(wasm::Opcode opcode);
  void equalZero(wasm::Opcode opcode);
  void floatBinary(wasm::Opcode opcode);
  void floatUnary(wasm::Opcode opcode);
  void floatCompare(wasm::Opcode opcode);
  void fromInteger(wasm::Opcode opcode);
  void toInteger(wasm::Opcode opcode);
  void addWide(bool subtracts);
  void multiplyWide(bool isSigned);
  void setFlags(Cond cond);

  // -- Vectors (vectors.cpp)
  masm::FpOperand vectorOperand(const Value& value);
  Reg vectorResult(std::initializer_list<Reg> operands, Reg temporaryReg, const u8* next);
  void vector(wasm::Opcode opcode);
  void vectorUnary(wasm::Opcode opcode);
  void vectorBinary(wasm::Opcode opcode);
  bool isZero(const Value& value) const;
  bool selectConstant(const Value& a, const Value& b, const Value& c);
  void vectorTernary(wasm::Opcode opcode);
  void vectorShift(wasm::Opcode opcode);
  void vectorToNumber(wasm::Opcode opcode);
  void splat(wasm::Opcode opcode);

  // -- Memory (memory.cpp)
  struct Access {
    Mem mem;
    bool mayFault;  ///< it is not checked
  };
  /// A load that the next instruction makes, of which it is the second operand: nobody else sees it.
  struct FoldedLoad {
    bool isSet = false;
    Access from;
    u32 wasmOffset;
  };
  Access access(const Value& address, const wasm::MemArg& arg, u32 size);
  bool foldsIntoNext(wasm::Opcode load) const;
  masm::FpOperand takeFoldedLoad(Reg& first, Reg to, TypeKind kind);
  masm::Label memoryTrap(const wasm::MemArg& arg, u32 size, bool carries);
  Mem checkedAccess(const Value& address, const wasm::MemArg& arg, u32 size);
  void loadMemoryObject(masm::Gp to, wasm::MemoryIndex memory);
  Mem globalCell(wasm::GlobalIndex global);
  void noteAccess(const Access& access);
  const u8* afterMemArg() const;

  // -- Atomic accesses (atomics.cpp)
  void waitOrNotify(runtime::SlotCall function, u32 operands, const wasm::MemArg& arg);
  Value alignedAddress(Value address, const wasm::MemArg& arg, u32 size, RegisterSet avoid);
  void atomicLoad(wasm::Opcode opcode, const wasm::MemArg& arg);
  void atomicStore(wasm::Opcode opcode, const wasm::MemArg& arg);
  void atomicUpdate(wasm::Opcode opcode, const wasm::MemArg& arg);
  void atomicFetch(wasm::Opcode opcode, const wasm::MemArg& arg);
  void atomicFetchByLoop(wasm::Opcode opcode, const wasm::MemArg& arg);
  void atomicCompareExchange(wasm::Opcode opcode, const wasm::MemArg& arg);

  // -- Objects (objects.cpp)
  const gc::Layout& layoutOf(wasm::TypeId type) const { return environment_.layouts->of(type); }
  const u8* afterNumbers(u32 count) const;
  /// A place `offset` bytes into an object.
  static Mem inHeap(Reg object, u64 offset) { return {masm::kHeap, support::narrow<i32>(offset), gp(object)}; }
  void noteNullAccess();
  void checkNull(Reg object, u32 reach, runtime::TrapKind kind);
  void loadField(gc::Storage storage, TypeKind kind, bool isSigned, Reg to, Mem from);
  static bool isImmediate(gc::Storage storage, const Value& value);
  void storeField(gc::Storage storage, Mem to, const Value& value, Reg from);
  void markCard(Mem place);
  void numberFunction(u32 index);
  struct Element {
    Mem mem;
    Mem place;  ///< counted from the heap's beginning
  };
  Element element(const Value& array, const Value& index, u32 log2);
  void structGet(const wasm::GcImmediates& immediates, bool isSigned);
  void structSet(const wasm::GcImmediates& immediates);
  void arrayGet(const wasm::GcImmediates& immediates, bool isSigned);
  void arraySet(const wasm::GcImmediates& immediates);
  void arrayLen();

  // -- Making objects (allocations.cpp)
  Reg makeObject(runtime::SlotCall slow, u32 type, u32 length, u64 bytes);
  void initField(gc::Storage storage, Mem to);
  void zeroObject(Reg object, u32 from, u64 end);
  void structNew(const wasm::GcImmediates& immediates);
  void structNewDefault(const wasm::GcImmediates& immediates);
  void arrayNewDefault(const wasm::GcImmediates& immediates);
  void arrayOfZeros(const gc::Layout& layout, u32 type);
  void arrayNewFixed(const wasm::GcImmediates& immediates);

  // -- Casts and i31 (casts.cpp)
  bool isTestedInline(wasm::ValType to) const;
  Cond testReference(Reg ref, wasm::ValType from, wasm::ValType to, masm::Label done);
  Cond testObject(Reg ref, Reg layouts, wasm::HeapType to, masm::Label done);
  void loadLayout(Reg ref, Reg layouts);
  void refTest(const wasm::GcImmediates& immediates);
  void refCast(const wasm::GcImmediates& immediates);
  void brOnCast(const wasm::GcImmediates& immediates, bool whenMatches);
  void refI31();
  void i31Get(wasm::Opcode shift);

  // -- Late code (late.cpp)
  void limitCode(u32 bodyBytes);
  Late& late(Late::Kind kind);
  void emitLate(const Late& late);
  void emitSite(const Late& late, u32 frameDelta);
  void storeSaved(const Late& late);
  void loadSaved(const Late& late);
  void saveRegisters(Late& late);
  Late& lateCall(runtime::SlotCall function, u32 first, u32 second);

  const Environment& environment_;
  const runtime::TierWork* work_ = nullptr;  // of the function, if it counts
  const wasm::Module& module_;
  const u8* const bytes_;  ///< the module's
  masm::MacroAssembler& masm_;
  code::FunctionRecordBuilder& record_;
  wasm::FunctionReader<FunctionCompiler> reader_;
  const wasm::FuncType* type_ = nullptr;

  // -- The model
  const RegisterSet reserved_;  ///< pinned in this module's functions
  OperandStack stack_;
  struct VectorConstant {
    u8 bytes[16];
  };
  std::vector<VectorConstant> vectorConstants_;  ///< `bits` of a vector that is Const says which
  u32 settled_ = 0;                              ///< so many of the lowest operands are in slots or constants
  u32 slotsFrom_ = 0;                            ///< of those, the ones from this on are in slots
  u32 nextSlot_ = 0;                             ///< the next operand's
  u32 maxSlot_ = 0;
  std::vector<Local> locals_;
  RegisterSet free_ = 0;
  RegisterSet localRegisters_ = 0;  ///< that hold a local
  RegisterSet dirty_ = 0;
  RegisterSet temporaries_ = 0;  ///< popped operands and values loaded for this instruction only
  RegisterSet pinned_ = 0;       ///< operands of this instruction
  u32 owner_[32] = {};           ///< the local, or the operand's index
  u32 turn_ = 0;                 ///< where the next search for a victim begins
  FoldedLoad foldedLoad_;
  bool hasFlags_ = false;
  bool keepsFlags_ = false;  ///< flags are set for a branch that is being made
  Cond flags_ = Cond::Equal;

  // -- References on the stack, in order; the chains of the first `chained_` are known
  struct StackReference {
    u32 index;
    u32 chain;
  };
  std::vector<StackReference> stackReferences_;
  u32 chained_ = 0;
  u32 localsChain_ = code::kNone;
  std::vector<u32> references_;  ///< slots of the locals that are references

  // -- Control
  std::vector<Frame> frames_;
  std::vector<LabelState> states_;
  std::vector<u32> freeStates_;
  LoopLocals loopLocals_;
  struct Home {
    u32 local;
    Reg reg;
  };
  struct Loop {
    u32 outer;
    u32 homesBegin, homesEnd;  ///< in homes_
  };
  std::vector<Loop> loops_;
  std::vector<Home> homes_;
  u32 loop_ = kNone;  ///< innermost
  u32 currentRange_ = code::kNone;
  struct Landing {
    u32 clause;
    u32 next;  ///< another of the same label
  };
  std::vector<Landing> landings_;
  std::vector<masm::Label> stubOfDepth_;

  u64 codeLimit_ = 0;  ///< bytes, with what late code will take
  std::vector<Late> late_;
  std::vector<Saved> saved_;
  std::vector<masm::Label> tables_;
  u32 frameSizeAt_ = 0;  ///< offset of the entry check's displacement
  u32 fuelAt_ = kNone;   ///< offset of what the running fuel block costs
  u32 fuelBegin_ = 0;    ///< instructions before it
};

}  // namespace wasmrun::baseline

#include "baseline/operands.h"
