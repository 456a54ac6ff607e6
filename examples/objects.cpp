// Objects: a program of garbage-collected structs and arrays, and the host that works on them. The host builds a list
// for wasm to sum, reads a string that wasm made, keeps objects across collections, and watches one go.
#include <cinttypes>
#include <cstdio>
#include <string>

#include "wasmrun/wasmrun.h"

using wasmrun::AnyRef;
using wasmrun::ArrayRef;
using wasmrun::Result;
using wasmrun::StructRef;
using wasmrun::Value;

static constexpr std::string_view kModule = R"((module
  (type $item (struct (field $next (ref null $item)) (field $price (mut i32))))
  (type $string (array (mut i8)))
  (func (export "total") (param $item anyref) (result i32)
    (local $at (ref null $item)) (local $sum i32)
    (local.set $at (ref.cast (ref null $item) (local.get $item)))
    (block $end (loop $next
      (br_if $end (ref.is_null (local.get $at)))
      (local.set $sum (i32.add (local.get $sum) (struct.get $item $price (local.get $at))))
      (local.set $at (struct.get $item $next (local.get $at)))
      (br $next)))
    (local.get $sum))
  (func (export "greeting") (result (ref $string))
    (array.new_fixed $string 5 (i32.const 104) (i32.const 101) (i32.const 108) (i32.const 108) (i32.const 111)))
))";

static Result<void> run() {
  // Objects of a store may take 64 MiB; then programs trap, and the host gets errors.
  auto engine = wasmrun::Engine::make(wasmrun::Config().maxGcHeapSize(64 << 20));
  if (!engine) return fail(engine.error());
  auto module = wasmrun::Module::compileText(*engine, kModule);
  if (!module) return fail(module.error());
  wasmrun::Store store(*engine);
  auto instance = wasmrun::Instance::make(store, *module, {});
  if (!instance) return fail(instance.error());

  // A list, made by the host of the module's type. Each reference keeps its object; wasm's references do as well.
  auto itemType = module->type(module->findType("item").value_or(0));
  if (!itemType) return fail(itemType.error());
  StructRef list;
  for (int32_t price : {30, 10, 2}) {
    auto item = StructRef::make(store, *itemType, {Value(list), price});
    if (!item) return fail(item.error());
    list = *item;
  }
  auto total = instance->typed<int32_t(AnyRef)>("total");
  if (!total) return fail(total.error());
  auto sum = (*total)(list);
  if (!sum) return fail(sum.error());
  std::printf("total: %d\n", *sum);

  // Fields are checked: this one takes numbers only.
  if (auto set = list.set(1, 100); !set) return set;
  if (auto wrong = list.set(1, 2.5f); !wrong) {
    std::printf("error: %s\n", wrong.error().message.c_str());
  }
  sum = (*total)(list);
  if (!sum) return fail(sum.error());
  std::printf("total: %d\n", *sum);

  // An array that wasm made, read at once.
  auto greeting = instance->typed<ArrayRef()>("greeting");
  if (!greeting) return fail(greeting.error());
  auto array = (*greeting)();
  if (!array) return fail(array.error());
  std::string text(array->size(), ' ');
  if (auto read = array->read(0, std::span<char>(text)); !read) return read;
  std::printf("greeting: %s\n", text.c_str());

  // A weak reference does not keep its object.
  wasmrun::Weak<StructRef> watched(list);
  if (auto collected = store.gc(); !collected) return collected;
  std::printf("held: %s\n", watched.isGone() ? "gone" : "there");
  list = StructRef();
  if (auto collected = store.gc(); !collected) return collected;
  std::printf("let go: %s\n", watched.isGone() ? "gone" : "there");
  for (const wasmrun::GcTypeTotal& type : store.gcTypeTotals()) {
    std::printf("left: %" PRIu64 " of %s, %" PRIu64 " bytes\n", type.objects, type.name.c_str(), type.bytes);
  }
  return {};
}

int main() {
  auto result = run();
  if (!result) std::fprintf(stderr, "error: %s\n", result.error().toString().c_str());
  return result ? 0 : 1;
}
