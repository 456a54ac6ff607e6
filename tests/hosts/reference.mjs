// What managed_host does, in JavaScript and with the compilers' own code for JavaScript hosts, which lies beside a
// module: to get expected output, and to compare times.
//
//   node reference.mjs [--sum] j2cl|dart|moonbit|teavm FILE [ARG ...]
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

// -- The same in every run ----------------------------------------------------------------------------------------------
let milliseconds = 1000;
const now = () => milliseconds += 0.25;
performance.now = now;
Date.now = () => 1.7e12 + Math.floor(now());
Math.random = () => 0.5;

// -- Calls, summed up as host.cpp does -------------------------------------------------------------------------------
let calls = 0, sum = 2166136261;
const float = new Float32Array(1), bits = new Uint32Array(float.buffer);
const add = value => { sum = Math.imul(sum ^ value, 16777619) >>> 0; };
function addArgument(value) {
  switch (typeof value) {
    case 'number': case 'bigint': float[0] = Number(value); add(bits[0]); break;
    case 'string': for (let i = 0; i < value.length; ++i) add(value.charCodeAt(i)); break;
    default: add(0x6f);
  }
}

/// The imports of a module, with those that are functions counted. They are no builtins then.
function summedUp(module, imports) {
  const wrapped = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    wrapped[from] ??= {};
    const item = imports[from][name];
    wrapped[from][name] = kind !== 'function' ? item : (...values) => {
      ++calls;
      for (let i = 0; i < name.length; ++i) add(name.charCodeAt(i));
      values.forEach(addArgument);
      return item(...values);
    };
  }
  return wrapped;
}

// (module (type $chars (array (mut i16)))
//   (func (export "get") (param (ref null $chars) i32) (result i32) (array.get_u $chars (local.get 0) (local.get 1)))
//   (func (export "set") (param (ref null $chars) i32 i32)
//     (array.set $chars (local.get 0) (local.get 1) (local.get 2))))
const chars = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 18, 3, 94, 119, 1, 96, 2, 99, 0, 127, 1, 127, 96, 3, 99, 0, 127, 127, 0, 3, 3, 2, 1, 2,
  7, 13, 2, 3, 103, 101, 116, 0, 0, 3, 115, 101, 116, 0, 1, 10, 23, 2, 9, 0, 32, 0, 32, 1, 251, 13, 0, 11, 11, 0, 32, 0,
  32, 1, 32, 2, 251, 14, 0, 11]))).exports;
const strings = {
  test: s => typeof s === 'string', cast: s => s, length: s => s.length, equals: (a, b) => a === b,
  compare: (a, b) => a < b ? -1 : a > b ? 1 : 0, concat: (a, b) => a + b, fromCharCode: c => String.fromCharCode(c),
  charCodeAt: (s, i) => s.charCodeAt(i), substring: (s, a, b) => s.substring(a, b),
  fromCharCodeArray(array, begin, end) {
    let text = '';
    for (let i = begin; i < end; ++i) text += String.fromCharCode(chars.get(array, i));
    return text;
  },
  intoCharCodeArray(text, array, at) {
    for (let i = 0; i < text.length; ++i) chars.set(array, at + i, text.charCodeAt(i));
    return text.length;
  },
};

// -- Hosts ---------------------------------------------------------------------------------------------------------------
const words = process.argv.slice(2);
const isSummedUp = words[0] === '--sum' && words.shift() !== undefined;
const [kind, file, ...args] = words;
const bytes = readFileSync(file);
const folder = resolve(dirname(file));

const instantiate = WebAssembly.instantiate, compile = WebAssembly.compile;
if (isSummedUp) {
  WebAssembly.compile = bytes => compile(bytes, { importedStringConstants: "'" });
  WebAssembly.instantiate = (module, imports) =>
    instantiate(module, summedUp(module, { ...imports, 'wasm:js-string': strings }));
}

async function j2cl(count = '1') {
  globalThis.isJetStreamDriver = true;
  globalThis.unused_import = globalThis.gc = () => { throw new Error('not used'); };
  (0, eval)(readFileSync(join(folder, 'Box2dBenchmark_j2wasm_entry.js'), 'utf8'));
  (await globalThis.instantiateAsync(bytes)).exports.runFixedCount(Number(count));
}

async function dart(...args) {
  const tasks = [], timers = [];
  let time = 0, lastTimer = 0;
  globalThis.window = globalThis;
  globalThis.dartPrint = line => console.log(line);
  globalThis.queueMicrotask = task => tasks.push(task);
  globalThis.setTimeout = (task, ms) => timers.push({ at: time + Math.max(ms, 0), id: ++lastTimer, task }) && lastTimer;
  globalThis.clearTimeout = id => timers.splice(0, timers.length, ...timers.filter(timer => timer.id !== id));
  const app = await (await import(file.startsWith('/') ? file.replace(/\.wasm$/, '.mjs')
                                                     : join(process.cwd(), file.replace(/\.wasm$/, '.mjs')))).compile(bytes);
  (await app.instantiate({})).invokeMain(...args);
  while (tasks.length + timers.length > 0) {
    if (tasks.length > 0) { tasks.shift()(); continue; }
    let first = 0;
    for (let i = 1; i < timers.length; ++i) if (timers[i].at < timers[first].at) first = i;
    const [timer] = timers.splice(first, 1);
    time = Math.max(time, timer.at);
    timer.task();
  }
}

async function teavm(...args) {
  (0, eval)(readFileSync(join(folder, 'wasm-gc-runtime.js'), 'utf8') + '\nglobalThis.TeaVM = TeaVM;');
  const imports = {};
  const defaults = TeaVM.wasmGC.defaults(imports, {});
  imports.teavmMath = { sqrt: Math.sqrt, random: Math.random };
  const module = new WebAssembly.Module(bytes, { builtins: isSummedUp ? [] : ['js-string'] });
  const all = { ...imports, 'wasm:js-string': strings };
  const instance = new WebAssembly.Instance(module, isSummedUp ? summedUp(module, all) : all);
  defaults.supplyExports(instance.exports);
  instance.exports.main.value(args);
}

async function moonbit() {
  let line = '';
  const imports = { spectest: { print_char(unit) {
    if (unit !== 10) { line += String.fromCharCode(unit); return; }
    console.log(line);
    line = '';
  } } };
  const module = new WebAssembly.Module(bytes);
  new WebAssembly.Instance(module, isSummedUp ? summedUp(module, imports) : imports).exports._start();
}

await { j2cl, dart, moonbit, teavm }[kind](...args);
if (isSummedUp) console.log(`${calls} calls, ${sum.toString(16).padStart(8, '0')}`);
