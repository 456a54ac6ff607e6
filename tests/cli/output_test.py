"""Where output goes: statistics, pipes that close, streams that are not there, manual page, completions."""

import json
import os
import shutil
import signal
import stat
import struct
import subprocess
import unittest

import harness
import guests
import wasm_bytes
from guests import hello


OBJECTS = b"""(module
  (type $node (struct (field $next (mut (ref null $node))) (field i64)))
  (type (array i8))
  (global $kept (mut (ref null $node)) (ref.null $node))
  (global (ref 1) (array.new_default 1 (i32.const 100)))
  (func $make (param $n i32)
    (global.set $kept (ref.null $node))
    (loop $again
      (global.set $kept (struct.new $node (global.get $kept) (i64.const 1)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "run") (call $make (i32.const 200000)) (call $make (i32.const 10)))
  (func (export "crash") (call $make (i32.const 10)) unreachable))"""


class Heap(harness.CommandTest):
    def setUp(self):
        super().setUp()
        self.file('o.wat', OBJECTS)

    def test_statistics(self):
        done = self.run_command('--stats=json', '--invoke', 'run', 'o.wat')
        self.assertEqual(done.returncode, 0)
        numbers = json.loads(done.stderr)
        for name in ('gc.young_collections', 'gc.young_pause_p50', 'gc.young_pause_p99', 'gc.young_pause_p999',
                     'gc.young_pause_max', 'gc.promoted_bytes', 'gc.peak_heap_bytes', 'gc.type.$node.bytes'):
            self.assertGreater(numbers[name], 0, name)
        histogram = [count for name, count in numbers.items() if name.startswith('gc.young_pauses_to_')]
        self.assertEqual(sum(histogram), numbers['gc.young_collections'])
        self.assertEqual(numbers['gc.allocated_bytes'], 200010 * 16 + 112)
        self.assertTrue(0 <= numbers['gc.survived_permille'] <= 1000)
        self.assertEqual((numbers['gc.type.type 1.objects'], numbers['gc.type.type 1.bytes']), (1, 112))

    def test_no_heap_no_statistics(self):
        self.assertNotIn('gc.', self.run_command('--stats', self.file('x.wasm', hello())).stderr)

    def test_log_has_a_line_for_each_collection(self):
        done = self.run_command('-D', 'gc-log', '--stats=json:out.json', '--invoke', 'run', 'o.wat')
        numbers = json.loads((self.directory / 'out.json').read_text())
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), numbers['gc.young_collections'] + numbers['gc.full_collections'])
        for line in lines:
            self.assertRegex(line, r'info gc: (young|full) collection, [a-z ]+: \d+ to \d+ bytes in \d+ us$')
        both = self.run_command('-v', '-D', 'gc-log', '--invoke', 'run', 'o.wat').stderr
        self.assertIn('compiled o.wat', both)
        self.assertIn('info gc: ', both)
        self.check('-D', 'gc-log=n', '--invoke', 'run', 'o.wat')

    def check_snapshot(self):
        snapshot = json.loads((self.directory / 'out.heapsnapshot').read_text())
        nodes, strings = snapshot['nodes'], snapshot['strings']
        names = [strings[nodes[at + 1]] for at in range(0, len(nodes), 7)]
        self.assertEqual(sorted(names), ['$node'] * 10 + ['(roots)', 'type 1'])
        self.assertIn('$next', strings)

    def test_snapshot(self):
        self.check('-D', 'gc-heap-snapshot=out.heapsnapshot', '--invoke', 'run', 'o.wat')
        self.check_snapshot()
        self.assertEqual(sorted(os.listdir(self.directory)), ['o.wat', 'out.heapsnapshot'])

    def test_snapshot_after_a_trap(self):
        self.check_error('-D', 'gc-heap-snapshot=out.heapsnapshot', '--invoke', 'crash', 'o.wat', code=134,
                         contains='unreachable')
        self.check_snapshot()

    def test_snapshot_of_a_program_without_objects(self):
        self.check('-D', 'gc-heap-snapshot=out.heapsnapshot', self.file('x.wasm', hello()), stdout='hello\n')
        self.assertEqual(json.loads((self.directory / 'out.heapsnapshot').read_text())['snapshot']['node_count'], 1)

    def test_snapshot_that_cannot_be_written(self):
        self.check_error('-D', 'gc-heap-snapshot=none/out', '--invoke', 'crash', 'o.wat', code=1,
                         contains=["Error: cannot write 'none/out'", 'No such file or directory'])


class Statistics(harness.CommandTest):
    def setUp(self):
        super().setUp()
        self.file('x.wasm', hello(3))

    def test_text_goes_to_stderr(self):
        for word in ('--stats', '--stats=text'):
            done = self.run_command(word, 'x.wasm')
            self.assertEqual((done.returncode, done.stdout), (3, 'hello\n'))
            self.assertIn('process.peak_memory', done.stderr)

    def test_json(self):
        done = self.run_command('--stats=json', 'x.wasm')
        self.assertEqual(done.returncode, 3)
        self.assertGreater(json.loads(done.stderr)['process.peak_memory'], 0)

    def test_to_a_file(self):
        self.check('--stats=json:out.json', 'x.wasm', code=3, stdout='hello\n')
        self.assertIn('process.peak_memory', json.loads((self.directory / 'out.json').read_text()))
        self.check('--stats:out.txt', 'x.wasm', code=3, stdout='hello\n')
        self.assertIn('process.peak_memory', (self.directory / 'out.txt').read_text())
        self.assertEqual(sorted(os.listdir(self.directory)), ['out.json', 'out.txt', 'x.wasm'])

    def test_after_a_trap_too(self):
        self.file('t.wasm', guests.command(b'\x00'))
        done = self.check_error('--stats=json:out.json', 't.wasm', code=134, contains='wasm trap')
        json.loads((self.directory / 'out.json').read_text())

    def test_file_keeps_its_permissions(self):
        os.chmod(self.directory / self.file('out.json', b'old'), 0o640)
        self.check('--stats=json:out.json', 'x.wasm', code=3, stdout='hello\n')
        self.assertEqual(stat.S_IMODE(os.stat(self.directory / 'out.json').st_mode), 0o640)

    def test_symbolic_link_stays(self):
        os.symlink('target.json', self.directory / 'out.json')
        self.file('target.json', b'old')
        self.check('--stats=json:out.json', 'x.wasm', code=3, stdout='hello\n')
        self.assertTrue((self.directory / 'out.json').is_symlink())
        json.loads((self.directory / 'target.json').read_text())

    def test_link_to_a_file_that_is_to_be(self):
        os.mkdir(self.directory / 'd')
        os.symlink('d/link', self.directory / 'out.json')
        os.symlink('new.json', self.directory / 'd' / 'link')
        self.check('--stats=json:out.json', 'x.wasm', code=3, stdout='hello\n')
        self.assertTrue((self.directory / 'out.json').is_symlink() and (self.directory / 'd/link').is_symlink())
        json.loads((self.directory / 'd/new.json').read_text())

    def test_longest_names(self):
        for length in (248, 249, 255):
            self.check(f'--stats=json:{"n" * length}', 'x.wasm', code=3, stdout='hello\n')
            json.loads((self.directory / ('n' * length)).read_text())

    def test_same_file_as_a_stream(self):
        """What the guest wrote is in it: it is added to, not replaced."""
        for stream, name in ('stdout', '/dev/stdout'), ('stdout', 'out.txt'), ('stderr', '/dev/stderr'), ('stderr', 'out.txt'):
            with open(self.directory / 'out.txt', 'wb') as out:
                out.write(b'before\n')
                out.flush()
                self.run_command(f'--stats=json:{name}', 'x.wasm', **{stream: out})
            text = (self.directory / 'out.txt').read_text()
            start = text.index('{')
            self.assertEqual(text[:start], 'before\n' + ('hello\n' if stream == 'stdout' else ''), (stream, name))
            json.loads(text[start:])

    def test_descriptor_that_was_given(self):
        line = f"exec 3>out.txt; echo before >&3; '{harness.BINARY}' --stats=json:/dev/fd/3 x.wasm; echo after >&3"
        subprocess.run(['sh', '-c', line], cwd=self.directory, capture_output=True, timeout=60)
        text = (self.directory / 'out.txt').read_text()
        self.assertRegex(text, r'(?s)^before\n\{.*\}\nafter\n$')

    def test_dash_is_standard_output(self):
        done = self.run_command('--stats=json:-', 'x.wasm')
        self.assertEqual((done.returncode, done.stderr), (3, ''))
        hello, statistics = done.stdout.split('\n', 1)
        self.assertEqual(hello, 'hello')
        self.file('s.json', statistics.encode())
        self.assertTrue(self.run_command('report', 's.json', '-o', '-').stdout.startswith('<!DOCTYPE html>'))
        self.assertNotIn('-', os.listdir(self.directory))

    def test_file_that_cannot_be_written(self):
        """That is found before the program runs."""
        os.symlink('round', self.directory / 'round')
        for name, reason in (('none/out.json', 'No such file or directory'), ('.', 'Is a directory'),
                             ('new/', 'Is a directory'), ('x.wasm/out', 'Not a directory'),
                             ('n' * 256, 'File name too long'), ('round', 'Too many levels')):
            done = self.check_error(f'--stats=json:{name}', 'x.wasm', code=1, contains=[f"cannot write '{name}'", reason])
            self.assertEqual(done.stdout, '')
        self.assertEqual(sorted(os.listdir(self.directory)), ['round', 'x.wasm'])

    def test_exit_code_is_the_programs(self):
        """Ours only if the program succeeded, and its report cannot be written."""
        self.check_error('--stats=json:/dev/full', 'x.wasm', code=3, contains=['/dev/full', 'No space left'])
        self.file('t.wasm', guests.command(b'\x00'))
        self.check_error('--stats=json:/dev/full', 't.wasm', code=134, contains=['/dev/full', 'No space left'])
        self.file('ok.wasm', hello())
        self.check_error('--stats=json:/dev/full', 'ok.wasm', code=1, contains=['/dev/full', 'No space left'])

    def test_nothing_half_written_is_left(self):
        # A file size limit stops the writing; the old contents and no other file are what is left.
        self.file('out.json', b'old')
        command = f"ulimit -f 0; exec '{harness.BINARY}' --stats=json:out.json x.wasm"
        done = subprocess.run(['bash', '-c', command], cwd=self.directory, capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn(b'out.json', done.stderr)
        self.assertEqual((self.directory / 'out.json').read_bytes(), b'old')
        self.assertEqual(sorted(os.listdir(self.directory)), ['out.json', 'x.wasm'])


def greet_then(body, *functions, **options):
    """A command named `wait` that says hello first."""
    guest = guests.Guest('fd_write', *functions)
    guest.function([], [], guest.say(b'hello\n') + body(guest), export='_start', name='wait', **options)
    return guest.bytes()


def read_input(guest):
    return (wasm_bytes.store32(0, wasm_bytes.i32_const(1024)) + wasm_bytes.store32(4, wasm_bytes.i32_const(16)) +
            wasm_bytes.i32_const(0) + wasm_bytes.i32_const(0) + wasm_bytes.i32_const(1) + wasm_bytes.i32_const(8) +
            wasm_bytes.call(guest.fd_read) + wasm_bytes.DROP)


def sleep_an_hour(guest):
    guest.bytes_at(64 + 16, struct.pack('<I4xQ', 1, 3600 * 10**9))
    return (wasm_bytes.i32_const(64) + wasm_bytes.i32_const(128) + wasm_bytes.i32_const(1) + wasm_bytes.i32_const(8) +
            wasm_bytes.call(guest.poll_oneoff) + wasm_bytes.DROP)


ATOMIC_WAIT = b"""(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1 1 shared)
  (data (i32.const 0) "\\10\\00\\00\\00\\06\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00hello\\n")
  (func $wait (export "_start")
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (drop (memory.atomic.wait32 (i32.const 64) (i32.const 0) (i64.const -1)))))"""


class Stopped(harness.CommandTest):
    """^C and SIGTERM: reports that were asked for are written, and the process still ends by the signal."""

    GUESTS = {'loop.wasm': greet_then(lambda guest: wasm_bytes.loop(wasm_bytes.br(0))),
              'sleep.wasm': greet_then(sleep_an_hour, 'poll_oneoff'),
              'read.wasm': greet_then(read_input, 'fd_read'),
              'atomic.wat': ATOMIC_WAIT}

    def stop(self, sent, *words, **options):
        """What it printed, after the signal that came when it had said hello."""
        process = subprocess.Popen([harness.BINARY, *words], cwd=self.directory, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
        self.assertEqual(process.stdout.readline(), 'hello\n')
        process.send_signal(sent)
        stdout = process.stdout.read()  # the standard input stays open meanwhile
        process.stdin.close()
        stderr = process.stderr.read()
        process.stdout.close(), process.stderr.close()
        self.assertEqual(process.wait(timeout=60), -sent, stderr)
        return stdout, stderr

    def test_statistics(self):
        for name, contents in self.GUESTS.items():
            self.file(name, contents)
            for sent in (signal.SIGINT, signal.SIGTERM):
                self.assertEqual(self.stop(sent, '--stats=json:s.json', name), ('', ''))
                functions = json.loads((self.directory / 's.json').read_text())['functions']
                self.assertEqual([function['name'] for function in functions], ['wait'])
                os.remove(self.directory / 's.json')

    def test_text_explain_and_snapshot(self):
        self.file('loop.wasm', self.GUESTS['loop.wasm'])
        stdout, stderr = self.stop(signal.SIGINT, '--stats', 'loop.wasm')
        self.assertIn('process.wall_time', stderr)
        self.assertNotIn('Error', stderr)
        stdout, stderr = self.stop(signal.SIGINT, 'explain', '--func', 'wait', 'loop.wasm')
        self.assertIn('function 1 `wait`', stdout)
        self.assertEqual(stderr, '')
        self.assertEqual(self.stop(signal.SIGINT, '-D', 'gc-heap-snapshot=h', 'loop.wasm'), ('', ''))
        json.loads((self.directory / 'h').read_text())

    def test_without_reports(self):
        self.file('loop.wasm', self.GUESTS['loop.wasm'])
        self.assertEqual(self.stop(signal.SIGINT, 'loop.wasm'), ('', ''))

    def test_second_signal_ends_at_once(self):
        """Here while the statistics cannot be written: nobody reads the pipe."""
        self.file('loop.wasm', self.GUESTS['loop.wasm'])
        os.mkfifo(self.directory / 'pipe')
        process = subprocess.Popen([harness.BINARY, '--stats=json:pipe', 'loop.wasm'], cwd=self.directory,
                                   stdout=subprocess.PIPE)
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        with self.assertRaises(subprocess.TimeoutExpired):
            process.wait(timeout=1)
        process.send_signal(signal.SIGTERM)
        process.stdout.close()
        self.assertEqual(process.wait(timeout=60), -signal.SIGTERM)

    def test_ignored_signals_stay_ignored(self):
        self.file('sleep.wasm', guests.sleep(10**9))
        process = subprocess.Popen(['sh', '-c', f"trap '' INT; exec '{harness.BINARY}' --stats=json:s.json sleep.wasm"],
                                   cwd=self.directory)
        with self.assertRaises(subprocess.TimeoutExpired):
            process.wait(timeout=0.5)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=60), 0)


class Streams(harness.CommandTest):
    def test_guest_ends_with_its_reader(self):
        self.file('x.wasm', guests.write_forever())
        process = subprocess.Popen([harness.BINARY, 'x.wasm'], cwd=self.directory, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        process.stdout.read(10)
        process.stdout.close()
        self.addCleanup(process.stderr.close)
        self.assertEqual(process.wait(timeout=60), -signal.SIGPIPE)
        self.assertEqual(process.stderr.read(), b'')

    def test_guest_sees_epipe_when_the_signal_is_ignored(self):
        self.file('x.wasm', guests.write_forever())
        reading, writing = os.pipe()
        os.close(reading)
        done = self.run_command('x.wasm', stdout=writing, restore_signals=False)  # Python ignores SIGPIPE
        os.close(writing)
        self.assertEqual((done.returncode, done.stderr), (64, ''))  # WASI's EPIPE

    def test_our_own_output_that_cannot_be_written(self):
        with open('/dev/full', 'wb') as full:
            self.check_error('help', code=1, stdout=full, contains=['standard output', 'No space left'])

    REFUSED = (8, 76)  # WASI's EBADF, or ENOTCAPABLE: what a guest gets when it uses a stream that is not there

    def closed(self, words, redirections):
        line = f"exec '{harness.BINARY}' {words} {redirections}"
        return subprocess.run(['bash', '-c', line], cwd=self.directory, capture_output=True, timeout=60)

    def test_closed_stdout_does_not_become_another_file(self):
        self.file('x.wasm', guests.write_forever())
        before = (self.directory / 'x.wasm').read_bytes()
        self.assertIn(self.closed('x.wasm', '>&-').returncode, self.REFUSED)
        self.assertIn(self.closed('x.wasm', '<&- >&- 2>&-').returncode, self.REFUSED)
        self.assertEqual((self.directory / 'x.wasm').read_bytes(), before)

    def test_closed_stdin_is_no_module(self):
        self.file('x.wasm', guests.copy_input())
        self.assertIn(self.closed('x.wasm', '<&-').returncode, self.REFUSED)

    def test_closed_stdout_of_our_own(self):
        done = self.closed('--version', '>&-')
        self.assertEqual(done.returncode, 1)
        self.assertIn(b'standard output', done.stderr)


class Generated(harness.CommandTest):
    def test_manual_page(self):
        done = self.run_command('man')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        for text in ('.TH WASMRUN 1', '\\-\\-dir', 'max\\-wasm\\-stack', 'simd', 'EXIT STATUS'):
            self.assertIn(text, done.stdout)
        if shutil.which('groff'):
            checked = subprocess.run(['groff', '-man', '-Tutf8', '-ww', '-z'], input=done.stdout.encode(),
                                     capture_output=True, timeout=60)
            self.assertEqual((checked.returncode, checked.stderr), (0, b''))

    def completions(self, shell):
        done = self.run_command('completions', shell)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        for option in ('dir', 'preload', 'stage', 'json', 'max-wasm-stack', 'simd'):
            self.assertIn(option, done.stdout)
        self.file('script', done.stdout.encode())
        return done.stdout

    def test_scripts_read(self):
        for shell in ('bash', 'zsh', 'fish'):
            self.completions(shell)
            if shutil.which(shell):
                checked = subprocess.run([shell, '-n', 'script'], cwd=self.directory, capture_output=True, timeout=60)
                self.assertEqual((checked.returncode, checked.stderr), (0, b''), shell)

    def bash_completes(self, *words):
        """What bash offers for the last word."""
        self.completions('bash')
        line = ' '.join(f"'{word}'" for word in words)
        script = (f'source ./script; compopt() {{ :; }}; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; '
                  '_wasmrun; printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(['bash', '-c', script], cwd=self.directory, capture_output=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, b''))
        return done.stdout.decode().split()

    @unittest.skipUnless(shutil.which('bash'), 'needs bash')
    def test_bash(self):
        self.file('data/f', b'')
        self.file('prog.wasm', b'')
        self.assertEqual(self.bash_completes('wasmrun', '--di'), ['--dir'])
        self.assertEqual(self.bash_completes('wasmrun', 'ins'), ['inspect'])
        self.assertEqual(self.bash_completes('wasmrun', 'pro'), ['prog.wasm'])
        self.assertEqual(self.bash_completes('wasmrun', 'inspect', '--js'), ['--json'])
        self.assertEqual(self.bash_completes('wasmrun', '--dir', ''), ['data'])
        self.assertEqual(self.bash_completes('wasmrun', '--tier', '=', 'int'), ['interp'])
        self.assertEqual(self.bash_completes('wasmrun', '-W', 'max-mem'), ['max-memory-size=', 'max-memories='])
        self.assertEqual(self.bash_completes('wasmrun', 'completions', ''), ['bash', 'zsh', 'fish'])


if __name__ == '__main__':
    harness.main()
