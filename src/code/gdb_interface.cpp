#include "code/gdb_interface.h"

#include <mutex>
#include <unordered_map>

#include "code/debug_image.h"

// Names, types and layout are the debugger's. It reads the descriptor and puts a breakpoint into the function. Weak,
// since other compilers in the process define the same.
extern "C" {

struct jit_code_entry {
  jit_code_entry* next_entry;
  jit_code_entry* prev_entry;
  const char* symfile_addr;
  uint64_t symfile_size;
};

struct jit_descriptor {
  uint32_t version;
  uint32_t action_flag;
  jit_code_entry* relevant_entry;
  jit_code_entry* first_entry;
};

[[gnu::weak, gnu::used, gnu::visibility("default")]] jit_descriptor __jit_debug_descriptor = {1, 0, nullptr, nullptr};

[[gnu::weak, gnu::used, gnu::visibility("default"), gnu::noinline]] void __jit_debug_register_code() {
  __asm__ volatile("" ::: "memory");
}

}  // extern "C"

namespace wasmrun::code {

namespace {

enum Action : u32 { kRegister = 1, kUnregister = 2 };

/// The descriptor is the process's: several engines use it.
std::mutex descriptorMutex;

}  // namespace

struct GdbInterface::Registrations {
  struct Registration {
    ByteImage image;
    jit_code_entry entry{};
  };

  void add(const FunctionRecord& record, ByteImage image) {
    Registration& mine = all[&record];
    mine.image = std::move(image);
    mine.entry.symfile_addr = reinterpret_cast<const char*>(mine.image.bytes().data());
    mine.entry.symfile_size = mine.image.size();
    const std::lock_guard lock(descriptorMutex);
    mine.entry.next_entry = __jit_debug_descriptor.first_entry;
    if (mine.entry.next_entry != nullptr) mine.entry.next_entry->prev_entry = &mine.entry;
    __jit_debug_descriptor.first_entry = &mine.entry;
    tell(mine.entry, kRegister);
  }

  void unlink(Registration& mine) {
    const std::lock_guard lock(descriptorMutex);
    jit_code_entry& entry = mine.entry;
    (entry.prev_entry != nullptr ? entry.prev_entry->next_entry : __jit_debug_descriptor.first_entry) =
        entry.next_entry;
    if (entry.next_entry != nullptr) entry.next_entry->prev_entry = entry.prev_entry;
    tell(entry, kUnregister);
  }

  static void tell(jit_code_entry& entry, Action action) {
    __jit_debug_descriptor.relevant_entry = &entry;
    __jit_debug_descriptor.action_flag = action;
    __jit_debug_register_code();
    __jit_debug_descriptor.action_flag = 0;
  }

  std::unordered_map<const FunctionRecord*, Registration> all;  // entries stay where they are
};

GdbInterface::GdbInterface() : registrations_(std::make_unique<Registrations>()) {}

GdbInterface::~GdbInterface() {
  for (auto& [record, registration] : registrations_->all) registrations_->unlink(registration);
}

void GdbInterface::published(const FunctionRecord& record, std::span<const CodeSymbol> symbols) {
  registrations_->add(record, debugImage(record, symbols));
}

void GdbInterface::released(const FunctionRecord& record) {
  const auto found = registrations_->all.find(&record);
  if (found == registrations_->all.end()) return;
  registrations_->unlink(found->second);
  registrations_->all.erase(found);
}

}  // namespace wasmrun::code
