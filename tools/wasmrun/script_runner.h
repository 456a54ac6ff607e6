// ScriptRunner: runs the commands of a script in a store, one after the other, and judges what they do.
//
// A thread of a script is a runner of its own, with a store and names of its own, on a thread of the process; it shares
// the memories of the instances that it is given and nothing else.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <thread>

#include "script_report.h"
#include "spectest.h"
#include "wasmrun/linker.h"
#include "wasmrun/script.h"

namespace wasmrun::cli {

class ScriptRunner {
 public:
  /// `print` takes what spectest's functions print. Engine and script outlive the runner.
  ScriptRunner(const Engine& engine, const Script& script, PrintSink print);

  /// Runs the whole script; the report says what came of it. Once.
  ScriptReport run();

 private:
  /// What is wrong with what a command did; nothing when all is well.
  using Complaint = std::optional<std::string>;
  /// What an attempt that succeeded gave.
  using Values = std::vector<Value>;

  /// What has exports: an instance; or shared memories, all that is seen of an instance of another thread.
  struct Exporter {
    Instance instance;
    std::map<std::string, Memory, std::less<>> memories;  // by their export's name

    std::optional<Extern> find(std::string_view name) const;
  };
  struct RunningThread {
    std::unique_ptr<ScriptRunner> runner;
    std::thread thread;
  };
  template <class T>
  using ByName = std::map<std::string, T, std::less<>>;

  void runRange(size_t begin, size_t end);
  ScriptReport join(RunningThread running);
  std::optional<Exporter> findExporter(const std::string& id) const;
  Result<Instance> findInstance(const std::string& id) const;
  Result<Module> findDefinition(const std::string& id) const;
  Result<Instance> instantiate(const Module& module);
  Result<Linker> standIns(const Module& module) const;
  bool wants(std::string_view wasmOption) const;
  std::optional<Extern> findImport(const ImportType& import) const;
  void armFuel();
  Complaint keepInstance(const std::string& id, Result<Instance> instance);
  Result<void> share(const script::Thread& thread, ScriptRunner& with) const;

  // -- One command each
  Complaint perform(const script::ModuleDefinition& definition);
  Complaint perform(const script::ModuleInstance& instance);
  Complaint perform(const script::Register& command);
  Complaint perform(const script::Action& action);
  Complaint perform(const script::AssertReturn& assertion);
  Complaint perform(const script::AssertFailure& assertion);
  Complaint perform(const script::Thread& thread);
  Complaint perform(const script::Wait& wait);
  Complaint perform(const script::Component& component);

  // -- What assertions are about
  Result<Values> attempt(const script::Action& action);
  Result<Values> attempt(const script::ModuleDefinition& definition);
  Result<Values> attempt(const script::ModuleInstance& instance);
  Result<Values> invoke(const Instance& instance, const script::Action& action);

  const Engine& engine_;
  const Script& script_;
  const PrintSink print_;
  Store store_;
  const std::optional<uint64_t> fuel_;  // of each command; none when fuel is not accounted for
  Linker host_;                         // spectest
  Result<void> hostDefined_;            // whether that could be made
  ByName<Module> definitions_;
  ByName<Exporter> exporters_;
  ByName<Exporter> registered_;  // by the name to import from
  ByName<RunningThread> threads_;
  std::optional<Module> definition_;  // the latest
  Instance instance_;                 // the latest; none after a module that should have become one and did not
  std::shared_ptr<std::atomic<uint32_t>> liveThreads_;  // of the whole script
  ScriptReport report_;
};

}  // namespace wasmrun::cli
