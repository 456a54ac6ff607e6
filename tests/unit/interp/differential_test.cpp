// Random programs, run by the interpreter and by a direct evaluator of the trees they are made from.
//
// A program is one expression: arithmetic of all four number types over parameters, locals and memory, with what
// decides where the interpreter keeps operands in between: tees and sets of locals that are on the stack, constructs
// with results, branches that carry values, loops, calls. The seeds are fixed, so every run tests the same programs.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <memory>
#include <random>

#include "interp_test.h"

namespace wasmrun::interp::test {
namespace {

enum class Type : u8 { I32, I64, F32, F64 };
constexpr u32 kTypes = 4;
constexpr u8 kTypeBytes[kTypes] = {kI32Byte, kI64Byte, kF32Byte, kF64Byte};
u8 byteOf(Type type) { return kTypeBytes[static_cast<u32>(type)]; }

template <class T>
constexpr Type kTypeOf = std::is_same_v<T, u32> || std::is_same_v<T, i32>   ? Type::I32
                         : std::is_same_v<T, u64> || std::is_same_v<T, i64> ? Type::I64
                         : std::is_same_v<T, float>                         ? Type::F32
                                                                            : Type::F64;

// Values are kept as 64 bits, 32-bit ones in the low half.
template <class T>
T take(u64 bits) {
  if constexpr (sizeof(T) == 4)
    return std::bit_cast<T>(static_cast<u32>(bits));
  else
    return std::bit_cast<T>(bits);
}
template <class T>
u64 put(T value) {
  if constexpr (sizeof(T) == 4)
    return std::bit_cast<u32>(value);
  else
    return std::bit_cast<u64>(value);
}

// -- Operations ------------------------------------------------------------------------------------------------------

struct Operation {
  Bytes opcode;
  Type result, first, second;
  u32 arity;
  std::optional<u64> (*apply)(u64 a, u64 b);  ///< nullopt: it traps
};

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {
  using Value = T;
};
template <class R>
std::optional<u64> lower(R result) {
  if constexpr (IsOptional<R>::value) {
    return result ? std::optional<u64>(put(*result)) : std::nullopt;
  } else if constexpr (std::is_same_v<R, bool>) {
    return result ? 1 : 0;
  } else {
    return put(result);
  }
}
template <class R>
constexpr Type resultType() {
  if constexpr (IsOptional<R>::value)
    return kTypeOf<typename IsOptional<R>::Value>;
  else if constexpr (std::is_same_v<R, bool>)
    return Type::I32;
  else
    return kTypeOf<R>;
}

template <class A, class F>
Operation unary(Bytes opcode, F) {
  using R = std::invoke_result_t<F, A>;
  return {opcode, resultType<R>(), kTypeOf<A>, kTypeOf<A>, 1, [](u64 a, u64) { return lower(F{}(take<A>(a))); }};
}
template <class A, class F>
Operation binary(u8 opcode, F) {
  using R = std::invoke_result_t<F, A, A>;
  return {{opcode},   resultType<R>(),
          kTypeOf<A>, kTypeOf<A>,
          2,          [](u64 a, u64 b) { return lower(F{}(take<A>(a), take<A>(b))); }};
}

template <class U>
void addIntegerOperations(std::vector<Operation>& out, u8 firstCompare, u8 firstUnary) {
  using S = std::make_signed_t<U>;
  constexpr int kBits = sizeof(U) * 8;
  u8 op = firstCompare;
  out.push_back(unary<U>({op++}, [](U a) { return a == 0; }));
  out.push_back(binary<U>(op++, [](U a, U b) { return a == b; }));
  out.push_back(binary<U>(op++, [](U a, U b) { return a != b; }));
  out.push_back(binary<S>(op++, [](S a, S b) { return a < b; }));
  out.push_back(binary<U>(op++, [](U a, U b) { return a < b; }));
  out.push_back(binary<S>(op++, [](S a, S b) { return a > b; }));
  out.push_back(binary<U>(op++, [](U a, U b) { return a > b; }));
  out.push_back(binary<S>(op++, [](S a, S b) { return a <= b; }));
  out.push_back(binary<U>(op++, [](U a, U b) { return a <= b; }));
  out.push_back(binary<S>(op++, [](S a, S b) { return a >= b; }));
  out.push_back(binary<U>(op++, [](U a, U b) { return a >= b; }));
  op = firstUnary;
  out.push_back(unary<U>({op++}, [](U a) { return static_cast<U>(std::countl_zero(a)); }));
  out.push_back(unary<U>({op++}, [](U a) { return static_cast<U>(std::countr_zero(a)); }));
  out.push_back(unary<U>({op++}, [](U a) { return static_cast<U>(std::popcount(a)); }));
  out.push_back(binary<U>(op++, [](U a, U b) { return a + b; }));
  out.push_back(binary<U>(op++, [](U a, U b) { return a - b; }));
  out.push_back(binary<U>(op++, [](U a, U b) { return a * b; }));
  out.push_back(binary<S>(op++, [](S a, S b) -> std::optional<S> {
    if (b == 0 || (b == -1 && a == std::numeric_limits<S>::min())) return std::nullopt;
    return a / b;
  }));
  out.push_back(binary<U>(op++, [](U a, U b) { return b == 0 ? std::nullopt : std::optional<U>(a / b); }));
  out.push_back(binary<S>(op++, [](S a, S b) -> std::optional<S> {
    if (b == 0) return std::nullopt;
    return b == -1 ? 0 : a % b;
  }));
  out.push_back(binary<U>(op++, [](U a, U b) { return b == 0 ? std::nullopt : std::optional<U>(a % b); }));
  out.push_back(binary<U>(op++, [](U a, U b) { return a & b; }));
  out.push_back(binary<U>(op++, [](U a, U b) { return a | b; }));
  out.push_back(binary<U>(op++, [](U a, U b) { return a ^ b; }));
  out.push_back(binary<U>(op++, [](U a, U b) { return a << (b % kBits); }));
  out.push_back(binary<S>(op++, [](S a, S b) { return static_cast<S>(a >> (static_cast<U>(b) % kBits)); }));
  out.push_back(binary<U>(op++, [](U a, U b) { return a >> (b % kBits); }));
  out.push_back(binary<U>(op++, [](U a, U b) { return std::rotl(a, static_cast<int>(b % kBits)); }));
  out.push_back(binary<U>(op++, [](U a, U b) { return std::rotr(a, static_cast<int>(b % kBits)); }));
}

template <class F>
F minimum(F a, F b) {
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<F>::quiet_NaN();
  return a == b ? (std::signbit(a) ? a : b) : std::min(a, b);
}

template <class F>
void addFloatOperations(std::vector<Operation>& out, u8 firstCompare, u8 firstUnary) {
  u8 op = firstCompare;
  out.push_back(binary<F>(op++, [](F a, F b) { return a == b; }));
  out.push_back(binary<F>(op++, [](F a, F b) { return a != b; }));
  out.push_back(binary<F>(op++, [](F a, F b) { return a < b; }));
  out.push_back(binary<F>(op++, [](F a, F b) { return a > b; }));
  out.push_back(binary<F>(op++, [](F a, F b) { return a <= b; }));
  out.push_back(binary<F>(op++, [](F a, F b) { return a >= b; }));
  op = firstUnary;
  out.push_back(unary<F>({op++}, [](F a) { return std::fabs(a); }));
  out.push_back(unary<F>({op++}, [](F a) { return -a; }));
  out.push_back(unary<F>({op++}, [](F a) { return std::ceil(a); }));
  out.push_back(unary<F>({op++}, [](F a) { return std::floor(a); }));
  out.push_back(unary<F>({op++}, [](F a) { return std::trunc(a); }));
  out.push_back(unary<F>({op++}, [](F a) { return std::nearbyint(a); }));
  out.push_back(unary<F>({op++}, [](F a) { return std::sqrt(a); }));
  out.push_back(binary<F>(op++, [](F a, F b) { return a + b; }));
  out.push_back(binary<F>(op++, [](F a, F b) { return a - b; }));
  out.push_back(binary<F>(op++, [](F a, F b) { return a * b; }));
  out.push_back(binary<F>(op++, [](F a, F b) { return a / b; }));
  out.push_back(binary<F>(op++, [](F a, F b) { return minimum(a, b); }));
  out.push_back(binary<F>(op++, [](F a, F b) { return -minimum(-a, -b); }));
  // Not copysign: the sign of a NaN that was computed is anybody's.
}

/// 2^bits of the range of I, exactly.
template <class I, class F>
bool fits(F value) {
  constexpr int kBits = std::numeric_limits<I>::digits;
  const F limit = std::ldexp(F{1}, kBits), whole = std::trunc(value);
  return whole < limit && (std::is_signed_v<I> ? whole >= -limit : whole >= 0);
}
template <class I, class F>
struct Truncate {
  std::optional<I> operator()(F value) const {
    return fits<I>(value) ? std::optional<I>(static_cast<I>(value)) : std::nullopt;
  }
};
template <class I, class F>
struct Saturate {
  I operator()(F value) const {
    if (std::isnan(value)) return 0;
    if (fits<I>(value)) return static_cast<I>(value);
    return value < 0 ? std::numeric_limits<I>::min() : std::numeric_limits<I>::max();
  }
};
template <class To, class From>
struct Convert {
  To operator()(From value) const { return static_cast<To>(value); }
};

template <class I, class F>
void addTruncation(std::vector<Operation>& out, u8 opcode, u8 saturating) {
  out.push_back(unary<F>({opcode}, Truncate<I, F>{}));
  out.push_back(unary<F>({0xfc, saturating}, Saturate<I, F>{}));
}

std::vector<Operation> allOperations() {
  std::vector<Operation> out;
  addIntegerOperations<u32>(out, 0x45, 0x67);
  addIntegerOperations<u64>(out, 0x50, 0x79);
  addFloatOperations<float>(out, 0x5b, 0x8b);
  addFloatOperations<double>(out, 0x61, 0x99);
  out.push_back(unary<u64>({0xa7}, Convert<u32, u64>{}));
  addTruncation<i32, float>(out, 0xa8, 0);
  addTruncation<u32, float>(out, 0xa9, 1);
  addTruncation<i32, double>(out, 0xaa, 2);
  addTruncation<u32, double>(out, 0xab, 3);
  out.push_back(unary<i32>({0xac}, Convert<i64, i32>{}));
  out.push_back(unary<u32>({0xad}, Convert<u64, u32>{}));
  addTruncation<i64, float>(out, 0xae, 4);
  addTruncation<u64, float>(out, 0xaf, 5);
  addTruncation<i64, double>(out, 0xb0, 6);
  addTruncation<u64, double>(out, 0xb1, 7);
  out.push_back(unary<i32>({0xb2}, Convert<float, i32>{}));
  out.push_back(unary<u32>({0xb3}, Convert<float, u32>{}));
  out.push_back(unary<i64>({0xb4}, Convert<float, i64>{}));
  out.push_back(unary<u64>({0xb5}, Convert<float, u64>{}));
  out.push_back(unary<double>({0xb6}, Convert<float, double>{}));
  out.push_back(unary<i32>({0xb7}, Convert<double, i32>{}));
  out.push_back(unary<u32>({0xb8}, Convert<double, u32>{}));
  out.push_back(unary<i64>({0xb9}, Convert<double, i64>{}));
  out.push_back(unary<u64>({0xba}, Convert<double, u64>{}));
  out.push_back(unary<float>({0xbb}, Convert<double, float>{}));
  out.push_back(unary<u32>({0xbe}, [](u32 a) { return std::bit_cast<float>(a); }));
  out.push_back(unary<u64>({0xbf}, [](u64 a) { return std::bit_cast<double>(a); }));
  out.push_back(unary<u32>({0xc0}, [](u32 a) { return i32{static_cast<i8>(a)}; }));
  out.push_back(unary<u32>({0xc1}, [](u32 a) { return i32{static_cast<i16>(a)}; }));
  out.push_back(unary<u64>({0xc2}, [](u64 a) { return i64{static_cast<i8>(a)}; }));
  out.push_back(unary<u64>({0xc3}, [](u64 a) { return i64{static_cast<i16>(a)}; }));
  out.push_back(unary<u64>({0xc4}, [](u64 a) { return i64{static_cast<i32>(a)}; }));
  return out;
}

const std::vector<Operation>& operations() {
  static const std::vector<Operation> all = allOperations();
  return all;
}

// -- Trees -----------------------------------------------------------------------------------------------------------

struct Node;
using Tree = std::unique_ptr<Node>;

struct Node {
  enum Kind : u8 {
    Const,     ///< bits
    Get,       ///< local
    Load,      ///< cell
    Apply,     ///< operation(a, b)
    Tee,       ///< local = a, and a
    Set,       ///< local = a; then b
    Store,     ///< cell = a; then b
    Choose,    ///< select: all of a, b, c computed; c != 0 ? a : b
    If,        ///< c, then a or b
    Branch,    ///< a and c; a if c != 0, else b
    Table,     ///< the same by br_table: a if c != 0, else b
    Repeat,    ///< a, `times` times; the last is the result
    Call,      ///< helper function of the type: a - b
    ReturnIf,  ///< a and c; c != 0 ends the program with a, else a
  } kind;
  Type type;
  u64 bits = 0;
  u32 index = 0;  ///< local, cell, operation, times
  Tree a, b, c;
};

constexpr u32 kLocalsOfType = 3;  // two parameters and a local
constexpr u32 kParams = 2 * kTypes, kLocals = 3 * kTypes;
constexpr u32 kCells = 2;  // in memory, of each type
constexpr u32 kCounters = 4;

/// The first two of a type are parameters.
u32 localIndex(Type type, u32 number) {
  return number < 2 ? static_cast<u32>(type) * 2 + number : kParams + static_cast<u32>(type);
}
u32 cellAddress(Type type, u32 cell) { return (static_cast<u32>(type) * kCells + cell) * 8; }

class Grower {
 public:
  explicit Grower(u64 seed) : random_(seed) {}

  Type anyType() { return static_cast<Type>(below(kTypes)); }

  Tree grow(Type type, u32 depth, u32 loops = 0) {
    auto node = std::make_unique<Node>();
    node->type = type;
    if (depth == 0 || below(8) == 0) return leaf(std::move(node));
    const auto sub = [&](Type of) { return grow(of, depth - 1, loops); };
    switch (below(16)) {
      default: return apply(std::move(node), depth, loops);
      case 0:
        node->kind = Node::Tee;
        node->index = localIndex(type, below(kLocalsOfType));
        node->a = sub(type);
        return node;
      case 1: {
        const Type other = below(2) ? type : anyType();
        node->kind = below(2) ? Node::Set : Node::Store;
        node->index =
            node->kind == Node::Set ? localIndex(other, below(kLocalsOfType)) : cellAddress(other, below(kCells));
        node->a = sub(other);
        node->b = sub(type);
        return node;
      }
      case 2:
      case 3:
      case 4: {
        static constexpr Node::Kind kKinds[] = {Node::Choose, Node::If, Node::Branch, Node::Table};
        node->kind = kKinds[below(4)];
        node->a = sub(type);
        node->b = sub(type);
        node->c = sub(Type::I32);
        return node;
      }
      case 5:
        if (loops == kCounters) return leaf(std::move(node));
        node->kind = Node::Repeat;
        node->bits = loops;
        node->index = 1 + below(4);
        node->a = grow(type, depth - 1, loops + 1);
        return node;
      case 6:
        node->kind = Node::Call;
        node->a = sub(type);
        node->b = sub(type);
        return node;
      case 7:
        if (type != programType || below(3)) return apply(std::move(node), depth, loops);
        node->kind = Node::ReturnIf;
        node->a = sub(type);
        node->c = sub(Type::I32);
        return node;
    }
  }

  u64 anyBits(Type type) {
    static constexpr double kFloats[] = {0,
                                         -0.0,
                                         1,
                                         -1,
                                         0.5,
                                         1.5,
                                         2.5,
                                         -3.75,
                                         1e10,
                                         -1e20,
                                         3e38,
                                         4294967296.0,
                                         2147483648.0,
                                         -9223372036854775808.0,
                                         1e-40,
                                         std::numeric_limits<double>::infinity(),
                                         std::numeric_limits<double>::quiet_NaN()};
    static constexpr u64 kIntegers[] = {0,
                                        1,
                                        2,
                                        3,
                                        7,
                                        31,
                                        32,
                                        64,
                                        255,
                                        ~u64{0},
                                        ~u64{1},
                                        0x7fffffff,
                                        0x80000000,
                                        0xffffffff,
                                        0x7fffffffffffffff,
                                        0x8000000000000000,
                                        0x100000000};
    const u64 random = random_();
    switch (type) {
      case Type::I32: return static_cast<u32>(below(4) ? kIntegers[below(std::size(kIntegers))] : random);
      case Type::I64: return below(4) ? kIntegers[below(std::size(kIntegers))] : random;
      case Type::F32: return put(static_cast<float>(kFloats[below(std::size(kFloats))]));
      case Type::F64: return put(kFloats[below(std::size(kFloats))]);
    }
    return 0;
  }

  u32 below(size_t limit) { return static_cast<u32>(random_() % limit); }

  Type programType = Type::I32;

 private:
  Tree leaf(Tree node) {
    switch (below(5)) {
      case 0:
      case 1:
        node->kind = Node::Const;
        node->bits = anyBits(node->type);
        return node;
      case 2:
        node->kind = Node::Load;
        node->index = cellAddress(node->type, below(kCells));
        return node;
      default:
        node->kind = Node::Get;
        node->index = localIndex(node->type, below(kLocalsOfType));
        return node;
    }
  }

  Tree apply(Tree node, u32 depth, u32 loops) {
    const std::vector<Operation>& all = operations();
    u32 index = below(all.size());
    while (all[index].result != node->type) index = (index + 1) % static_cast<u32>(all.size());
    node->kind = Node::Apply;
    node->index = index;
    node->a = grow(all[index].first, depth - 1, loops);
    if (all[index].arity == 2) node->b = grow(all[index].second, depth - 1, loops);
    return node;
  }

  std::mt19937_64 random_;
};

// -- To code ---------------------------------------------------------------------------------------------------------

Bytes constant(Type type, u64 bits) {
  switch (type) {
    case Type::I32: return i32Const(static_cast<i32>(bits));
    case Type::I64: return i64Const(static_cast<i64>(bits));
    case Type::F32: return f32Const(take<float>(bits));
    default: return f64Const(take<double>(bits));
  }
}

/// Function index of a type's helper is the type's number.
void encode(Bytes& out, const Node& node, u32 labels) {
  const auto add = [&](const Bytes& more) { append(out, more); };
  const u8 type = byteOf(node.type);
  switch (node.kind) {
    case Node::Const: return add(constant(node.type, node.bits));
    case Node::Get: return add(get(node.index));
    case Node::Load:
      return add(code({i32Const(0), Bytes{static_cast<u8>(0x28 + static_cast<u8>(node.type)), 2},
                       Bytes{static_cast<u8>(node.index)}}));
    case Node::Apply:
      encode(out, *node.a, labels);
      if (node.b) encode(out, *node.b, labels);
      return add(operations()[node.index].opcode);
    case Node::Tee: encode(out, *node.a, labels); return add(tee(node.index));
    case Node::Set:
      encode(out, *node.a, labels);
      add(set(node.index));
      return encode(out, *node.b, labels);
    case Node::Store:
      add(i32Const(0));
      encode(out, *node.a, labels);
      add({static_cast<u8>(0x36 + static_cast<u8>(node.a->type)), 2, static_cast<u8>(node.index)});
      return encode(out, *node.b, labels);
    case Node::Choose:
      encode(out, *node.a, labels);
      encode(out, *node.b, labels);
      encode(out, *node.c, labels);
      return out.push_back(Select);
    case Node::If:
      encode(out, *node.c, labels);
      add(ifBlock(type));
      encode(out, *node.a, labels + 1);
      out.push_back(Else);
      encode(out, *node.b, labels + 1);
      return out.push_back(End);
    case Node::Branch:
      add(block(type));
      encode(out, *node.a, labels + 1);
      encode(out, *node.c, labels + 1);
      add(code({brIf(0), Drop}));
      encode(out, *node.b, labels + 1);
      return out.push_back(End);
    case Node::Table:
      add(block(type) + block(type));
      encode(out, *node.a, labels + 2);
      encode(out, *node.c, labels + 2);
      add(code({brTable({0, 1, 1}), End, Drop}));
      encode(out, *node.b, labels + 1);
      return out.push_back(End);
    case Node::Repeat: {
      const u32 counter = kLocals + static_cast<u32>(node.bits);
      add(code({i32Const(static_cast<i32>(node.index)), set(counter), loop(type)}));
      encode(out, *node.a, labels + 1);
      return add(code({get(counter), i32Const(1), I32Sub, tee(counter), brIf(0), End}));
    }
    case Node::Call:
      encode(out, *node.a, labels);
      encode(out, *node.b, labels);
      return add(call(static_cast<u32>(node.type)));
    case Node::ReturnIf:
      encode(out, *node.a, labels);
      encode(out, *node.c, labels);
      return add(brIf(labels));
  }
}

constexpr u8 kSubtract[kTypes] = {0x6b, 0x7d, 0x93, 0xa1};

/// Exports the tree as "f".
ModuleBuilder assemble(const Node& tree) {
  ModuleBuilder builder;
  builder.memory({1, {}});
  for (u32 i = 0; i < kTypes; ++i) {
    const u8 type = kTypeBytes[i];
    builder.func(builder.type({type, type}, {type}), code({get(0), get(1), Bytes{kSubtract[i]}}));
  }
  Bytes params, locals;
  for (const u8 type : kTypeBytes) append(params, {type, type});
  for (const u8 type : kTypeBytes) locals.push_back(type);
  append(locals, Bytes(kCounters, kI32Byte));
  Bytes body;
  encode(body, tree, 0);
  builder.exportItem("f", 0, builder.func(builder.type(params, {byteOf(tree.type)}), body, locals));
  return builder;
}

// -- Directly --------------------------------------------------------------------------------------------------------

class Evaluator {
 public:
  /// The result, or nullopt for a trap.
  std::optional<u64> run(const Node& tree, const std::array<u64, kParams>& args) {
    locals_ = {};
    std::copy(args.begin(), args.end(), locals_.begin());
    returned_.reset();
    const auto result = evaluate(tree);
    return returned_ ? returned_ : result;
  }

 private:
  /// nullopt: a trap, or the program has returned.
  std::optional<u64> evaluate(const Node& node) {
    switch (node.kind) {
      case Node::Const: return node.bits;
      case Node::Get: return locals_[node.index];
      case Node::Load: return cells_[node.index];
      case Node::Apply: {
        const auto a = evaluate(*node.a);
        if (!a || !node.b) return a ? operations()[node.index].apply(*a, 0) : a;
        const auto b = evaluate(*node.b);
        return b ? operations()[node.index].apply(*a, *b) : b;
      }
      case Node::Tee:
      case Node::Set:
      case Node::Store: {
        const auto a = evaluate(*node.a);
        if (!a) return a;
        (node.kind == Node::Store ? cells_ : locals_)[node.index] = *a;
        return node.kind == Node::Tee ? a : evaluate(*node.b);
      }
      case Node::Choose: {
        const auto a = evaluate(*node.a);
        const auto b = a ? evaluate(*node.b) : a;
        const auto c = b ? evaluate(*node.c) : b;
        return c ? (*c != 0 ? a : b) : c;
      }
      case Node::If: {
        const auto c = evaluate(*node.c);
        return c ? evaluate(*c != 0 ? *node.a : *node.b) : c;
      }
      case Node::Branch:
      case Node::Table: {
        const auto a = evaluate(*node.a);
        const auto c = a ? evaluate(*node.c) : a;
        return c && *c == 0 ? evaluate(*node.b) : (c ? a : c);
      }
      case Node::Repeat: {
        std::optional<u64> a;
        for (u32 i = 0; i < node.index; ++i)
          if (a = evaluate(*node.a); !a) return a;
        return a;
      }
      case Node::Call: {
        const auto a = evaluate(*node.a);
        const auto b = a ? evaluate(*node.b) : a;
        return b ? subtract(node.type, *a, *b) : b;
      }
      case Node::ReturnIf: {
        const auto a = evaluate(*node.a);
        const auto c = a ? evaluate(*node.c) : a;
        if (!c || *c == 0) return c ? a : c;
        returned_ = a;
        return std::nullopt;
      }
    }
    return std::nullopt;
  }

  static u64 subtract(Type type, u64 a, u64 b) {
    switch (type) {
      case Type::I32: return put(take<u32>(a) - take<u32>(b));
      case Type::I64: return a - b;
      case Type::F32: return put(take<float>(a) - take<float>(b));
      default: return put(take<double>(a) - take<double>(b));
    }
  }

  std::array<u64, 64> locals_{}, cells_{};
  std::optional<u64> returned_;
};

// -- Comparing -------------------------------------------------------------------------------------------------------

wasmrun::Value valueOf(Type type, u64 bits) {
  switch (type) {
    case Type::I32: return take<i32>(bits);
    case Type::I64: return static_cast<int64_t>(bits);
    case Type::F32: return take<float>(bits);
    default: return take<double>(bits);
  }
}

u64 bitsOf(const wasmrun::Value& value) {
  switch (value.kind()) {
    case ValKind::I32: return put(value.i32());
    case ValKind::I64: return put(value.i64());
    case ValKind::F32: return put(value.f32());
    default: return put(value.f64());
  }
}

bool isNan(Type type, u64 bits) {
  return (type == Type::F32 && std::isnan(take<float>(bits))) || (type == Type::F64 && std::isnan(take<double>(bits)));
}

class DifferentialTest : public InterpTest {
 protected:
  void compare(u64 seed) {
    Grower grower(seed);
    grower.programType = grower.anyType();
    const Tree tree = grower.grow(grower.programType, 2 + grower.below(6));
    const Module module = compile(assemble(*tree));
    Store store(engine);
    const auto instance = Instance::make(store, module, {});
    ASSERT_TRUE(instance) << instance.error().toString();
    const Func func = *instance->func("f");
    Evaluator evaluator;
    for (int round = 0; round < 4; ++round) {
      std::array<u64, kParams> args{};
      Values values;
      for (u32 i = 0; i < kParams; ++i) {
        const Type type = static_cast<Type>(i / 2);
        args[i] = grower.anyBits(type);
        values.push_back(valueOf(type, args[i]));
      }
      const auto expected = evaluator.run(*tree, args);
      const auto actual = func.call(values);
      ASSERT_EQ(actual.has_value(), expected.has_value()) << "seed " << seed << " round " << round;
      if (!actual) {
        ASSERT_EQ(actual.error().kind, ErrorKind::Trap) << actual.error().toString();
        continue;
      }
      const u64 bits = bitsOf((*actual)[0]);
      if (isNan(tree->type, *expected) && isNan(tree->type, bits)) continue;
      ASSERT_EQ(bits, *expected) << "seed " << seed << " round " << round << "\n" << *module.dump(kTypes, "interp");
    }
  }
};

TEST_F(DifferentialTest, RandomPrograms) {
  for (u64 seed = 1; seed <= 20'000 && !HasFatalFailure(); ++seed) compare(seed);
}

}  // namespace
}  // namespace wasmrun::interp::test
