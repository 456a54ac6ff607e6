// Access: the library's way into public objects.
#pragma once

#include <utility>

#include "api/impl.h"
#include "wasmrun/wasmrun.h"

namespace wasmrun::detail {

/// Friend of every public class that keeps something private.
struct Access {
  // -- Shared objects
  static const ConfigImpl& impl(const Config& config) { return *config.impl_; }
  static const std::shared_ptr<EngineImpl>& impl(const Engine& engine) { return engine.impl_; }
  static const std::shared_ptr<ModuleImpl>& impl(const Module& module) { return module.impl_; }
  static std::unique_ptr<WasiConfigImpl>& impl(WasiConfig& config) { return config.impl_; }
  static Engine engine(std::shared_ptr<EngineImpl> impl) { return Engine(std::move(impl)); }
  static Module module(std::shared_ptr<ModuleImpl> impl) { return Module(std::move(impl)); }

  // -- Handles
  static StoreImpl* impl(const StoreRef& store) { return store.impl_; }
  static StoreRef storeRef(StoreImpl* store) { return StoreRef(store); }
  static StoreLink* link(const Handle& handle) { return handle.link_; }
  static void* entity(const Handle& handle) { return handle.entity_; }
  /// The store of a handle that is alive, else null.
  static StoreImpl* store(const Handle& handle) { return handle.link_ ? handle.link_->store : nullptr; }
  template <class T>
  static T handle(StoreLink* link, void* entity) {
    return entity ? T(link, entity) : T();
  }
  static Caller caller(StoreImpl* store, void* instance) { return Caller(store, instance); }
  static void* instance(const Caller& caller) { return caller.instance_; }

  // -- Interruption
  static InterruptHandle interruptHandle(std::shared_ptr<InterruptState> state) {
    InterruptHandle handle;
    handle.state_ = std::move(state);
    return handle;
  }

  // -- References and values
  static StoreLink* link(const Ref& ref) { return ref.link_; }
  static uint64_t root(const Ref& ref) { return ref.root_; }
  template <class T>
  static T ref(StoreLink* link, uint64_t root) {
    return T(link, root);
  }
  using ValueData = decltype(Value::data_);
  static const ValueData& data(const Value& value) { return value.data_; }
  static Value value(const ValType& type, ValueData data) {
    Value value;
    value.type_ = type;
    value.data_ = std::move(data);
    return value;
  }
  static Exception exception(Tag tag, std::vector<Value> payload, ExnRef ref) {
    return Exception(std::move(tag), std::move(payload), std::move(ref));
  }
};

}  // namespace wasmrun::detail
