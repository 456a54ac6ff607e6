"""Which tier functions run in, and how that is seen: --stats, explain, report, --profile."""

import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import unittest

import harness
import guests
import wasm_bytes

ANYREF = 0x6e

# `spin` goes round and round; `once` is called by it before, and runs out of work at once; `never` is what it says.
PROGRAM = b"""(module $program
  (memory 1)
  (func $never (export "never") (param i32) (result i32) (local.get 0))
  (func $once (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func $spin (export "spin") (param $n i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (call $once (local.get $sum)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))"""
ROUNDS = '300000'


@unittest.skipUnless(platform.machine() == 'x86_64', 'machine code is for x86-64')
class TierTest(harness.CommandTest):
    def setUp(self):
        super().setUp()
        self.file('p.wat', PROGRAM)

    def spin(self, *options, command=(), **more):
        done = self.run_command(*command, *options, '--invoke', 'spin', 'p.wat', ROUNDS, **more)
        self.assertEqual((done.returncode, done.stdout.splitlines()[0]), (0, ROUNDS), done.stderr)
        return done


class Backtraces(TierTest):
    def test_tiers_of_frames(self):
        self.file('trap.wat', b"""(module $trap
  (func $work (local $i i32)
    (loop $again
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 300000)))))
  (func $crash unreachable)
  (func (export "_start") (call $work) (call $crash)))""")
        for options, crash, start in [(['--tier=interp'], 'interp', 'interp'),
                                      (['--tier=baseline'], 'baseline', 'baseline'),
                                      ([], 'baseline', 'interp')]:  # nothing was hot when _start began
            stderr = self.run_command('-v', *options, 'trap.wat').stderr
            self.assertRegex(stderr, rf'trap!crash \[{crash}\]\n.*trap!_start \[{start}\]\n')
        self.assertNotIn('[', self.run_command('trap.wat').stderr)


class Compiling(TierTest):
    def test_memory_that_moved_before_a_tail_call_back(self):
        """Machine code calls interpreted code, which grows the memory and goes on in machine code by a tail call."""
        large = '(drop (i32.const 1))' * 200
        self.file('moved.wat', f"""(module
  (memory 1) (data (i32.const 8) "\\2a")
  (func $warm (local $n i32)
    (loop $again (br_if $again (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 100000)))))
  (func $read (result i32) (i32.load (i32.const 8)))
  (func $grow (result i32) {large} (drop (memory.grow (i32.const 900))) (return_call $read))
  (func $main (result i32) (i32.add (call $read) (call $grow)))
  (func (export "run") (result i32) (call $warm) (call $main)))""".encode())
        for options in ['-O', 'memory-reservation=0'], []:
            done = self.run_command(*options, '-O', 'tier-up-at-once=500', '--stats=json', '--invoke', 'run', 'moved.wat')
            self.assertEqual((done.returncode, done.stdout), (0, '84\n'), done.stderr)
            tiers = {function['name']: function['tier'] for function in json.loads(done.stderr)['functions']}
            self.assertEqual((tiers['main'], tiers['grow'], tiers['read']), ('baseline', 'interp', 'baseline'))

    def test_many_references_to_one_local(self):
        """Each operand is forgotten by its local once, however many stand above it."""
        count = 200000
        module = wasm_bytes.Module()
        nothing = module.function([], [], b'')
        many = module.function([ANYREF], [], wasm_bytes.local_get(0) * count + wasm_bytes.call(nothing) +
                               wasm_bytes.DROP * count)
        module.function([], [], b'\xd0' + bytes([ANYREF]) + wasm_bytes.call(many), export='run')
        self.file('many.wasm', module.bytes())
        self.check('--tier=baseline', '-W', 'max-wasm-stack=16M', '--invoke', 'run', 'many.wasm')

    def test_many_branches_with_many_operands(self):
        """Operands that are where a branch wants them are not looked at for each branch."""
        size = 7600000
        module = wasm_bytes.Module()
        numbers = [wasm_bytes.I32] * 1000
        operands = wasm_bytes.i32_const(0) * 1000
        block = b'\x02' + wasm_bytes.leb(module.type([], numbers))
        drops = wasm_bytes.DROP * 1000
        branch = wasm_bytes.i32_const(0) + b'\x0d\x00'
        bodies = [block + operands + branch * (size // 4) + wasm_bytes.END + drops,
                  block + operands + wasm_bytes.i32_const(0) + b'\x0e' + wasm_bytes.leb(size) + bytes(size + 1) +
                  wasm_bytes.END + drops]
        calls = [module.function([], [], body) for body in bodies]
        calls.append(module.function([], numbers, operands + branch * (size // 4)))
        code = b''.join(wasm_bytes.call(function) for function in calls)
        module.function([], [], code + drops, export='run')
        self.file('many.wasm', module.bytes())
        self.check('--tier=baseline', '--invoke', 'run', 'many.wasm')


class Statistics(TierTest):
    def functions(self, *options):
        numbers = json.loads(self.spin('--stats=json', *options).stderr)
        return numbers, {function['name']: function for function in numbers['functions']}

    def test_pinned_to_machine_code(self):
        numbers, functions = self.functions('--tier=baseline')
        self.assertEqual(sorted(functions), ['once', 'spin'])
        self.assertEqual(numbers['baseline.functions_compiled'], 2)
        self.assertGreater(numbers['baseline.compile_speed'], 0)
        self.assertEqual((numbers['store.guarded_memories'] + numbers['store.checked_memories'], numbers['file']),
                         (1, 'p.wat'))
        spin = functions['spin']
        self.assertEqual((spin['tier'], spin['promoted'], spin['held']), ('baseline', 'first call', None))
        for name in ('body_bytes', 'code_bytes', 'compile_time', 'compiled_at'):
            self.assertGreater(spin[name], 0, name)
        self.assertGreaterEqual(numbers['module.running_time'], spin['compiled_at'])

    def test_memory_for_code(self):
        numbers, _ = self.functions('--tier=baseline')
        sizes = [numbers[f'code.{name}_bytes'] for name in ('reserved', 'taken', 'used')]
        self.assertEqual(sizes, sorted(sizes, reverse=True))
        self.assertGreater(sizes[-1], numbers['baseline.code_bytes'])
        self.assertGreaterEqual(numbers['code.blocks'], 2)
        self.assertEqual((numbers['code.jump_slots'], numbers['code.dual_mapped']), (3, 1))
        self.assertGreater(numbers['code.record_bytes'], 0)
        single, _ = self.functions('--tier=baseline', '-O', 'dual-mapped-code=n')
        self.assertEqual(single['code.dual_mapped'], 0)
        self.assertNotIn('code.reserved_bytes', self.functions('--tier=interp')[0])

    def test_climbing(self):
        numbers, functions = self.functions()
        spin = functions['spin']
        self.assertEqual((spin['tier'], spin['promoted'], spin['loop_entries']), ('baseline', 'loop', 1))
        self.assertGreaterEqual(spin['loop_entered_at'], spin['compiled_at'])
        self.assertEqual(numbers['baseline.loop_entries'], 1)

    def called(self, *calls):
        """Functions by name, of a program whose `main` calls straight-line code of so many KiB, in order."""
        sizes = sorted(set(calls))
        bodies = [f'(func $f{size} {"(drop (i32.const 1))" * (size * 1024 // 3)})' for size in sizes]
        main = f'(func $main (export "main") {"".join(f"(call $f{size})" for size in calls)})'
        self.file('calls.wat', f'(module {main} {" ".join(bodies)})'.encode())
        done = self.run_command('--stats=json', '--invoke', 'main', 'calls.wat')
        self.assertEqual(done.returncode, 0, done.stderr)
        functions = {function['name']: function for function in json.loads(done.stderr)['functions']}
        return [functions[f'f{size}'] for size in sizes]

    def test_first_calls(self):
        for function in self.called(3, 2)[::-1]:  # the program gets warm with the second
            cold = function['body_bytes'] > 2500
            self.assertEqual((function['tier'], function['promoted']),
                             ('interp', None) if cold else ('baseline', 'first call'))
        self.assertEqual(self.called(5)[0]['promoted'], 'first call')
        self.assertEqual([function['promoted'] for function in self.called(3, 3)], ['calls'])

    def test_bodies_too_large_to_wait_for(self):
        small, large = self.called(5, 300)
        self.assertEqual((small['tier'], large['tier'], large['queued_at']), ('baseline', 'interp', 0))
        self.assertIn('larger than tier-up-at-once', large['held'])
        self.assertGreater(self.called(5, 300, 300)[1]['queued_at'], 0)

    def test_one_thread_compiles_what_it_runs(self):
        large = ('-O', 'tier-up-at-once=0')
        self.assertGreater(self.functions(*large)[1]['spin']['queued_at'], 0)
        numbers, functions = self.functions(*large, '-O', 'threads=1')
        self.assertEqual((numbers['baseline.functions_background'], numbers['baseline.functions_queued']), (0, 0))
        self.assertEqual((functions['spin']['promoted'], functions['spin']['queued_at']), ('loop', 0))

    def test_pinned_to_the_interpreter(self):
        _, functions = self.functions('--tier=interp')
        self.assertEqual(functions['spin']['tier'], 'interp')
        self.assertIn('tier=interp', functions['spin']['held'])

    def test_checked_memories_are_counted(self):
        for options in ['-O', 'memory-reservation=0'], ['--memory-reservation=0']:
            numbers, _ = self.functions(*options)
            self.assertEqual((numbers['store.guarded_memories'], numbers['store.checked_memories']), (0, 1))

    def test_hot_after_any_number_of_executions(self):
        for number in '0', '1', '2', '999999999999':
            self.spin('-O', f'tier-up-executions={number}')

    def test_text_has_a_table_of_functions(self):
        text = self.spin('--stats').stderr
        self.assertIn('functions in machine code, as they got there', text)
        self.assertRegex(text, r'(?m)^ +[0-9.]+ .* 1  loop +spin$')


# Most of the time passes in `hot`; `nap` sleeps 100 ms in poll_oneoff.
SAMPLED = b"""(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func $hot (param $n i32)
    (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func $cold (param $n i32)
    (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func $nap (result i32)
    (i32.store (i32.const 16) (i32.const 1))
    (i64.store (i32.const 24) (i64.const 100000000))
    (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))
  (func (export "run") (param $rounds i32) (result i32)
    (loop $again
      (call $hot (i32.const 90000))
      (call $cold (i32.const 5000))
      (br_if $again (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
    (call $nap)))"""
WAYS = (('--tier=interp',), ('--tier=baseline',), (), ('-O', 'tier-up=random:5'), ('-W', 'fuel=1G'), ('-W', 'timeout=50s'))


class Work(TierTest):
    def record(self, program, *options):
        done = self.run_command('--stats=json:w.json', *options, '--invoke', *program)
        self.assertEqual(done.returncode, 0, done.stderr)
        record = json.loads((self.directory / 'w.json').read_text())
        return record, {function['name']: function for function in record['functions']}

    def test_counts_are_exact(self):
        for way in WAYS:
            record, functions = self.record(('spin', 'p.wat', ROUNDS), *way)
            once, spin = functions['once'], functions['spin']
            self.assertEqual((once['calls'], once['loop_iterations'], spin['calls'], spin['loop_iterations']),
                             (int(ROUNDS), 0, 1, int(ROUNDS)), way)
            for function in (once, spin):
                for name in ('calls', 'loop_iterations'):
                    self.assertEqual(function[name], function['interp'][name] + function['baseline'][name], way)
            self.assertEqual(record['interp.calls'] + record['baseline.calls'], int(ROUNDS) + 1, way)
        self.assertNotIn('never', functions)

    def test_when_tiers_were_entered(self):
        _, functions = self.record(('spin', 'p.wat', ROUNDS))
        for function in functions.values():
            self.assertGreater(function['interp']['entered_at'], 0)
            self.assertGreaterEqual(function['compiled_at'], function['interp']['entered_at'])
            self.assertGreaterEqual(function['baseline']['entered_at'], function['compiled_at'])
        _, functions = self.record(('spin', 'p.wat', '5'), '--tier=baseline')
        self.assertEqual(functions['spin']['interp']['entered_at'], 0)

    def test_samples_find_the_hot_function(self):
        self.file('s.wat', SAMPLED)
        for way, rounds in zip(WAYS, ('300', '4000', '4000', '2000', '300', '4000')):
            record, functions = self.record(('run', 's.wat', rounds), '-D', 'sample-interval=200us', *way)
            by_time = sorted(functions.values(), key=lambda function: function['sampled_time'])
            inside = sum(function['sampled_time'] for function in by_time)
            self.assertEqual(by_time[-1]['name'], 'hot', way)
            # Nine tenths; on a busy machine the few places count where the process had to wait.
            self.assertGreater(by_time[-1]['sampled_time'], 0.5 * inside, way)
            self.assertGreater(inside, 0, way)
            self.assertEqual(record['interp.sampled_time'] + record['baseline.sampled_time'], inside)
            host = functions['nap']['host_time']
            self.assertGreater(host, 60_000_000, 'the nap was not cut short, and is known')
            self.assertEqual(host, record['host.sampled_time'])
            self.assertLess(inside + host, record['process.wall_time'])

    def test_what_is_not_wanted_is_not_kept(self):
        _, functions = self.record(('spin', 'p.wat', ROUNDS), '-D', 'count-work=n', '-D', 'sample-interval=0s')
        spin = functions['spin']
        self.assertEqual((spin['calls'], spin['sampled_time'], spin['baseline']['entered_at']), (0, 0, 0))

    def test_text(self):
        self.file('s.wat', SAMPLED)
        text = self.run_command('--stats', '--invoke', 'run', 's.wat', '3000').stderr
        self.assertRegex(text, r'(?m)^tier +functions +body bytes +code bytes +MB/s compiled +seen, ms +seen, %$')
        self.assertRegex(text, r'(?m)^interp +[1-9]\d* +\d+ +\d+ +\d+\.\d +[0-9.]+ +[0-9.]+$')
        self.assertRegex(text, r'(?m)^baseline +[1-9]\d* +\d+ +\d+ +\d+\.\d +[0-9.]+ +[0-9.]+$')
        table = text[text.index('functions by the time they were seen running'):].splitlines()
        self.assertRegex(table[2], r' hot$|  nap$')
        self.assertTrue(any(line.endswith('  nap') for line in table), table)

    def test_wrong_words(self):
        self.check_error('-D', 'sample-interval=1us', 'p.wat', code=2, contains='sample-interval: 1us')


class Explain(TierTest):
    def explain(self, function, *options):
        return self.spin('--func', function, *options, command=('explain',)).stdout

    def test_a_loop(self):
        text = self.explain('spin')
        self.assertIn('function 2 `spin`', text)
        self.assertRegex(text, r'runs in +baseline')
        self.assertIn('it was found running in a loop', text)
        self.assertRegex(text, r'loop entered +[0-9.]+ ms: .* 1 time\s+in all')
        words = ' '.join(text.split())
        self.assertRegex(words, r'interpreted from [0-9.]+ ms on: 1 call, [1-9]\d* rounds of its loops')
        self.assertRegex(words, r'machine code from [0-9.]+ ms on: 0 calls, [1-9]\d* rounds of its loops')

    def test_what_holds_back(self):
        for function, options, reason in (('never', (), 'never called'),
                                          ('spin', ('--tier=interp',), 'pinned to the interpreter'),
                                          ('2', ('-O', 'tier-up=off'), 'tier-up=off')):
            self.assertRegex(self.explain(function, *options), r'held back +.*' + reason)

    def test_a_cold_program(self):
        done = self.run_command('explain', '--func', 'spin', '--invoke', 'spin', 'p.wat', '3')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertRegex(done.stdout, r'runs in +interp\n  interpreted +from [0-9.]+ ms on: 1 call, 3 rounds of its loops\n  held back +cold: the program')

    def test_after_a_trap(self):
        self.file('t.wasm', guests.command(b'\x00'))
        done = self.run_command('explain', '--func', 'crash', '--tier=baseline', 't.wasm')
        self.assertEqual(done.returncode, 134)
        self.assertRegex(done.stdout, r'runs in +baseline')

    def test_names_as_they_are_shown(self):
        self.file('n.wat', b"""(module
          (func $_ZN4core3str8converts9from_utf817h0123456789abcdefE (export "utf8"))
          (func)
          (func (export "5")) (func) (func) (func $"a!b")
          (func $_ZN1a1bEv) (func $_ZN1a1bEi))""")
        for name, index in (('core::str::converts::from_utf8', 0), ('utf8', 0),
                            ('_ZN4core3str8converts9from_utf817h0123456789abcdefE', 0), ('func 1', 1), ('1', 1),
                            ('2', 2), ('a!b', 5), ('a::b()', 6), ('a::b(int)', 7)):
            stdout = self.run_command('explain', '--func', name, '--invoke', 'utf8', 'n.wat').stdout
            self.assertTrue(stdout.startswith(f'function {index}'), (name, stdout))
        self.check_error('explain', '--func', '9', 'n.wat', code=1, contains='no function 9: the module has 8')

    def test_name_that_is_a_number(self):
        self.file('n.wat', b'(module (func $"7") (func $"0" (export "_start")))')
        self.assertIn('function 0 `7`', self.run_command('explain', '--func', '7', 'n.wat').stdout)
        self.assertIn('function 0 `7`', self.run_command('explain', '--func', '0', 'n.wat').stdout)

    def test_several_of_a_name(self):
        hashes = ('0123456789abcdef', 'fedcba9876543210')
        functions = b' '.join(b'(func $_ZN1a4init17h%sE)' % hash.encode() for hash in hashes)
        self.file('n.wat', b'(module (func (export "_start")) %s)' % functions)
        self.check_error('explain', '--func', 'a::init', 'n.wat', code=1, contains="'a::init' names 2 functions: 1 and 2;")

    def test_wrong_words(self):
        self.check_error('explain', 'p.wat', code=2, contains='--func')
        self.check_error('explain', '--func', 'spim', 'p.wat', code=1, contains="did you mean 'spin'?")
        self.file('h.wasm', guests.hello())
        self.check_error('explain', '--func', '0', 'h.wasm', code=1, contains='is imported')


class Preloaded(TierTest):
    """Statistics are of all modules of a run."""

    def setUp(self):
        super().setUp()
        self.file('main.wat', b"""(module
          (import "lib" "spin" (func $spin (param i32) (result i32)))
          (func $helper (param i32) (result i32) (call $spin (local.get 0)))
          (func (export "run") (param i32) (result i32) (call $helper (local.get 0))))""")

    def run_all(self, *options, command=()):
        done = self.run_command(*command, '--preload', 'lib=p.wat', *options, '--invoke', 'run', 'main.wat', ROUNDS)
        self.assertEqual((done.returncode, done.stdout.splitlines()[0]), (0, ROUNDS), done.stderr)
        return done

    def test_json_and_report(self):
        for tier in ('auto', 'interp', 'baseline'):
            self.run_all('--stats=json:s.json', '--tier', tier)
            record = json.loads((self.directory / 's.json').read_text())
            functions = {(function['module'], function['name']): function for function in record['functions']}
            self.assertEqual(set(functions), {(None, 'helper'), (None, 'run'), ('lib', 'once'), ('lib', 'spin')})
            for number, field in (('calls', 'calls'), ('loop_iterations', 'loop_iterations'), ('sampled_time', 'sampled_time')):
                for tier in ('interp', 'baseline'):
                    self.assertEqual(record[f'{tier}.{number}'], sum(function[tier][field] for function in record['functions']))
            compiled = [function for function in record['functions'] if function['compiled_at']]
            self.assertEqual(record['baseline.functions_compiled'], len(compiled))
            self.assertEqual(record['baseline.code_bytes'], sum(function['code_bytes'] for function in compiled))
            self.assertEqual((record['engine.modules'], record['module.functions']), (2, 5))
            # The clock of them all is one: `helper` calls `spin`.
            entered = {key: min(function[tier]['entered_at'] or 1 << 60 for tier in ('interp', 'baseline'))
                       for key, function in functions.items()}
            self.assertLess(entered[None, 'helper'], entered['lib', 'spin'] + 1_000_000)
            page = self.run_command('report', 's.json').stdout
            self.assertIn('lib!spin', page)
            self.assertIn(' of 2 modules', page)

    def test_text(self):
        self.assertRegex(self.run_all('--stats').stderr, r'(?m)^ +[0-9.]+ .* 1  loop +lib!spin$')

    def test_explain(self):
        for name in ('lib!spin', 'lib!2', 'spin'):  # the main module imports it as $spin
            stdout = self.run_all('--func', name, command=('explain',)).stdout
            self.assertIn('function 2 `spin` of `lib`', stdout, name)
            self.assertRegex(' '.join(stdout.split()), r"% of the run's|machine code from")
        self.assertIn('function 1 `helper`,', self.run_all('--func', 'helper', command=('explain',)).stdout)
        self.check_error('explain', '--func', 'lib!spim', '--preload', 'lib=p.wat', 'main.wat', code=1,
                         contains="did you mean 'lib!spin'?")

    def test_explain_where_several_have_it(self):
        self.check_error('explain', '--func', 'never', '--preload', 'a=p.wat', '--preload', 'b=p.wat', 'main.wat', code=1,
                         contains="'never' names 2 functions: a!0 and b!0; give an index")


class Profile(TierTest):
    def spin_with_process_id(self, *options):
        """The number of the process, which files are named after."""
        words = ' '.join(options)
        script = f"echo $$; exec '{harness.BINARY}' --tier=baseline {words} --invoke spin p.wat 5"
        done = subprocess.run(['sh', '-c', script], cwd=self.directory, stdout=subprocess.PIPE, check=True, timeout=60)
        process, result = done.stdout.split()
        self.assertEqual(result, b'5')
        return int(process)

    def test_perf_map(self):
        path = pathlib.Path(f"/tmp/perf-{self.spin_with_process_id('--profile=perfmap')}.map")
        lines = path.read_text().splitlines()
        path.unlink()
        self.assertTrue(any(line.endswith(' program!spin') for line in lines), lines)
        self.assertTrue(any(line.endswith(' lazy') for line in lines), 'stubs have names')

    def test_jit_dump(self):
        process = self.spin_with_process_id('-D', 'profile=jitdump')
        dump = (self.directory / f'jit-{process}.dump').read_bytes()
        self.assertEqual(dump[:4], b'DTiJ')
        self.assertIn(b'program!once\0', dump)

    @unittest.skipUnless(shutil.which('gdb'), 'there is no GDB')
    def test_gdb_sees_machine_frames(self):
        self.file('g.wat', b"""(module $app
          (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
          (func $inner (drop (call $yield)))
          (func (export "_start") (call $inner)) (memory (export "memory") 0))""")
        commands = [word for command in ('set debuginfod enabled off', 'break sched_yield', 'run', 'bt')
                    for word in ('-ex', command)]
        done = subprocess.run(['gdb', '-nx', '-batch', *commands, '--args', harness.BINARY, '-D', 'gdb',
                               '--tier=baseline', 'g.wat'], cwd=self.directory, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=120)
        text = done.stdout.decode('utf-8', 'replace')
        if '#0 ' not in text:
            self.skipTest('GDB cannot run a program here')
        self.assertRegex(text, r'(?s)in app!inner \(\).*in app!_start \(\).*in main \(')

    OBSERVERS = (('--profile=perfmap',), ('--profile=jitdump',), ('-D', 'gdb'))

    def test_no_machine_code_to_tell_of(self):
        for observer in self.OBSERVERS:
            for way, reason in (('--tier=interp', 'tier=interp'), ('-Otier-up=off', 'tier-up=off')):
                self.check_error(*observer, way, 'p.wat', code=2, contains=['no machine code', reason])
        self.assertEqual(os.listdir(self.directory), ['p.wat'])

    def test_commands_that_run_nothing(self):
        for observer in self.OBSERVERS:
            for command in ('inspect', 'dump', 'validate'):
                for tier in ('auto', 'baseline'):
                    self.check_error(command, *observer, '--tier', tier, 'p.wat', code=2,
                                     contains=f"'wasmrun {command}' runs nothing")
        self.assertEqual(os.listdir(self.directory), ['p.wat'])
        self.check('validate', '-D', 'gdb=n,profile=off', 'p.wat')

    def test_full_disk(self):
        """The file ends with the last record that is whole, and that is said."""
        functions = ' '.join(f'(func $f{i} (nop))' for i in range(200))
        calls = ' '.join(f'(call $f{i})' for i in range(200))
        self.file('many.wat', f'(module {functions} (func (export "_start") {calls}))'.encode())
        script = f"ulimit -f 8; echo $$; exec '{harness.BINARY}' --tier=baseline -O dual-mapped-code=n --profile=jitdump many.wat"
        done = subprocess.run(['bash', '-c', script], cwd=self.directory, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        name = f'jit-{int(done.stdout)}.dump'
        self.assertRegex(done.stderr, rf'error the profile "{name}" ends early: File too large\n$')
        dump, at = (self.directory / name).read_bytes(), 40
        while at < len(dump):
            at += int.from_bytes(dump[at + 4:at + 8], sys.byteorder)
        self.assertEqual(at, len(dump))
        self.assertGreater(at, 4096)

    def test_wrong_words(self):
        self.check_error('--profile=vtune', 'p.wat', code=2, contains=['"vtune"', 'perfmap'])


class Report(TierTest):
    def report(self, *options):
        self.spin('--stats=json:s.json', *options)
        self.check('report', 's.json', '-o', 'r.html')
        return (self.directory / 'r.html').read_text()

    def test_page(self):
        page = self.report()
        for text in ('<title>wasmrun: p.wat</title>', '<svg', 'class="lane2"', 'class="entered"', 'class="first"',
                     'spin: ', 'MB/s', 'What each tier did', 'host functions</td>', f'<td>{ROUNDS}</td>'):
            self.assertIn(text, page)
        self.assertRegex(page, '>(spin|once)</td>')  # whichever was seen running, if only once
        for outside in ('http:', 'https:', '<script', 'src='):
            self.assertNotIn(outside, page)
        self.check('report', 's.json', stdout=page)

    def test_the_hottest_function_comes_first(self):
        self.file('s.wat', SAMPLED)
        for options in ((), ('--tier=interp',)):
            done = self.run_command('--stats=json:s.json', *options, '--invoke', 'run', 's.wat', '1000')
            self.assertEqual(done.returncode, 0, done.stderr)
            page = self.run_command('report', 's.json').stdout
            table = page[page.index('The hottest functions'):]
            first = table[table.index('<td'):table.index('</tr>', table.index('<td'))]
            self.assertIn('>hot</td>', first)
            self.assertIn('By the time they were seen running', table)

    def test_page_of_a_run_without_samples(self):
        page = self.report('-D', 'sample-interval=0s')
        self.assertIn('No sample was taken', page)

    def test_page_of_an_interpreted_run(self):
        page = self.report('--tier=interp')
        self.assertIn('pinned to the interpreter', page)

    def test_names_cannot_leave_their_place(self):
        self.file('n.wat', b'(func $"<script>&" (export "f"))')
        self.assertEqual(self.run_command('--tier=baseline', '--stats=json:s.json', '--invoke', 'f', 'n.wat').returncode, 0)
        page = self.run_command('report', 's.json').stdout
        self.assertIn('&lt;script&gt;&amp;', page)
        self.assertNotIn('<script>', page)

    def test_other_files(self):
        entry = b'{"module.bytes": 1, "functions": [{"index": 0, %s}]}'
        for text, reason in ((b'', 'byte 1 is no JSON'), (b'{"a": [1,}', 'byte 10 is no JSON'), (b'[]', 'no object'),
                             (b'{}', '"functions"'), (b'{"functions": []}', '"module.bytes" of the run is missing'),
                             (b'{"module.bytes": "x", "functions": []}', '"module.bytes" of the run is no number'),
                             (b'{"module.bytes": 1, "interp.calls": -1, "functions": []}', '"interp.calls" of the run'),
                             (b'{"module.bytes": 1, "file": 1, "functions": []}', '"file" of the run is no text'),
                             (b'[' * 100000, 'no JSON'),
                             (b'{"module.bytes": 1, "functions": [{"index": 0}, {"index": -1}]}',
                              '"index" of entry 1 of "functions" is no number'),
                             (b'{"module.bytes": 1, "functions": [{}]}', '"index" of entry 0 of "functions" is missing'),
                             (b'{"module.bytes": 1, "functions": [5]}', 'entry 0 of "functions" is no object'),
                             (entry % b'"held": 1', '"held" of entry 0'),
                             (entry % b'"interp": 1', '"interp" of entry 0 of "functions" is no object'),
                             (entry % b'"interp": {"calls": "x"}', '"calls" of "interp" of entry 0')):
            self.file('s.json', text)
            self.check_error('report', 's.json', code=1, contains=['`s.json`', reason])
        self.check_error('report', 'none.json', code=1, contains='none.json')

    def test_too_large(self):
        with open(self.directory / 'large.json', 'wb') as large:
            large.truncate((256 << 20) + 1)
        self.check_error('report', 'large.json', code=1, contains=['"large.json"', 'the limit of 268435456 bytes'])

    @unittest.skipIf('ASAN_OPTIONS' in os.environ, 'the sanitizer needs address space')
    def test_no_memory(self):
        self.file('s.json', b'{"module.bytes": 1, "functions": [' + b'{"index": 0}, ' * 1_000_000 + b'{"index": 0}]}')
        line = f"ulimit -v 100000; exec '{harness.BINARY}' report s.json"
        done = subprocess.run(['bash', '-c', line], cwd=self.directory, capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (1, 'Error: `s.json`: out of memory, it is too large\n'))

    @unittest.skipUnless(shutil.which('chromium'), 'there is no Chromium')
    def test_a_browser_shows_it(self):
        self.report()
        done = subprocess.run(['chromium', '--headless', '--no-sandbox', '--disable-gpu', '--window-size=1100,1600',
                               '--user-data-dir=' + str(self.directory / 'profile'), '--screenshot=r.png', 'r.html'],
                              cwd=self.directory, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=240,
                              env={**os.environ, 'HOME': str(self.directory)})
        self.assertEqual(done.returncode, 0, done.stderr)
        picture = (self.directory / 'r.png').read_bytes()
        self.assertTrue(picture.startswith(b'\x89PNG'))
        self.assertGreater(len(picture), 20_000, 'more than an empty page')


if __name__ == '__main__':
    harness.main()
