// Runs a WASI command in a JavaScript engine that has node:wasi (node, bun).
//
//   node wasi_host.mjs [--dir HOST[::GUEST]]... [--env K=V]... FILE [ARG ...]
//
// bench.start and bench.end, which sightglass programs import, do nothing. A WASI function that the engine's node:wasi
// lacks answers ENOSYS: most programs that import it never call it.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { WASI } from 'node:wasi';

const ENOSYS = 52;

function parseArguments(words) {
  const preopens = {};
  const env = {};
  while (words.length > 0 && words[0].startsWith('--')) {
    const [option, value = ''] = words.splice(0, 2);
    if (option === '--dir') {
      const [host, guest = host] = value.split('::');
      preopens[guest] = host;
    } else if (option === '--env') {
      const equals = value.indexOf('=');
      env[value.slice(0, equals)] = value.slice(equals + 1);
    } else {
      throw new Error(`unknown option ${option}`);
    }
  }
  return { preopens, env, args: words };
}

function importsOf(module, wasiFunctions) {
  const functions = { ...wasiFunctions };
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module))
    if (from.startsWith('wasi_') && kind === 'function') functions[name] ??= () => ENOSYS;
  return { wasi_snapshot_preview1: functions, wasi_unstable: functions, bench: { start() {}, end() {} } };
}

const options = parseArguments(process.argv.slice(2));
const wasi = new WASI({ version: 'preview1', returnOnExit: true, ...options });
const module = new WebAssembly.Module(readFileSync(options.args[0]));
const instance = new WebAssembly.Instance(module, importsOf(module, wasi.wasiImport));
process.exitCode = wasi.start(instance) ?? 0;
