"""What goes wrong: files that are no modules, modules that do not link, guests that trap."""

import os
import platform
import re
import subprocess
import unittest

import harness
import guests
from wasm_bytes import *


class Files(harness.CommandTest):
    COMMANDS = [[], ['run'], ['inspect'], ['dump'], ['validate']]

    def refused(self, name, *contains):
        """By each command that reads modules, with the file's name and the reason."""
        for command in self.COMMANDS:
            done = self.check_error(*command, name, code=1, contains=[name, *contains])
            self.assertEqual(done.stdout, '')

    def test_not_there(self):
        self.refused('nowhere.wasm', 'No such file or directory')

    def test_directory(self):
        self.file('dir/x', b'')
        self.refused('dir', 'irectory')

    @unittest.skipIf(os.geteuid() == 0, 'root may read everything')
    def test_not_readable(self):
        os.chmod(self.directory / self.file('x.wasm', guests.hello()), 0)
        self.refused('x.wasm', 'Permission denied')

    def test_not_readable_through_a_loop(self):
        os.symlink('loop.wasm', self.directory / 'loop.wasm')
        self.refused('loop.wasm', 'symbolic links')

    def test_empty(self):
        self.refused(self.file('x.wasm', b''), 'is an empty file')
        self.refused(self.file('x.wasm', b' \n'), 'is empty but for blanks')
        self.assertNotIn('offset', self.run_command('validate', 'x.wasm').stderr)

    def test_text_format(self):
        source = b';; a comment\n(module (func $f (result i32)\n\t(i32.add (i32.const 1))))\n'
        for command in self.COMMANDS:
            done = self.run_command(*command, self.file('x.wat', source))
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr, r'^x\.wat:3:3: type mismatch[^\n]*\n (.*)\n  \^\n')
            self.assertIn('(i32.add (i32.const 1))', done.stderr)
        done = self.run_command('validate', self.file('y.wat', b'(module (fun))'))
        self.assertEqual(done.stderr, 'y.wat:1:10: unknown operator fun\n(module (fun))\n         ^\n')

    def test_devices_without_an_end(self):
        self.refused('/dev/zero', 'malformed module', 'magic header not detected')
        with open('/dev/zero', 'rb') as endless:
            done = subprocess.run([harness.BINARY, 'validate', '-'], stdin=endless, capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b'magic header not detected', done.stderr)

    def test_other_text(self):
        for text, error in ((b'int main(void) { return 0; }\n', '1:1: unknown operator int'),
                            (b'\n module', '2:2: unexpected token module'),
                            (b'#!/usr/bin/wasmrun\n(module)', '1:1: unknown operator #!/usr/bin/wasmrun: '),
                            (b'\xef\xbb\xbf(module)', '1:1: illegal character: a byte order mark')):
            done = self.run_command('validate', self.file('x.wat', text))
            self.assertEqual(done.returncode, 1)
            self.assertIn('x.wat:' + error, done.stderr)

    def test_other_files(self):
        self.refused(self.file('elf', b'\x7fELF\x02\x01\x01' + bytes(64)), 'is a native program')
        self.refused(self.file('x.gz', b'\x1f\x8b\x08\0\0\0\0\0'), 'is compressed')
        self.refused(self.file('x.wasm', b'\0asm\x0d\0\x01\0'), 'component')
        self.refused(self.file('random', bytes(range(256))), 'malformed')

    def test_other_version(self):
        self.refused(self.file('x.wasm', b'\0asm\x02\0\0\0'), 'malformed module', '0x4')

    def test_truncated_anywhere(self):
        whole = guests.library()
        rejected = 0
        for length in range(1, len(whole)):
            done = self.run_command('validate', self.file('x.wasm', whole[:length]))
            self.assertIn(done.returncode, (0, 1), f'cut to {length} bytes: {done.stderr}')
            if done.returncode:
                rejected += 1
                self.assertIn('`x.wasm`', done.stderr)
                self.assertEqual(len(re.findall(r'offset 0x[0-9a-f]+', done.stderr)), 1, done.stderr)
        self.assertGreater(rejected, len(whole) * 3 // 4)

    def test_invalid(self):
        module = Module()
        module.function([], [I32], i64_const(1), export='f')
        self.refused(self.file('x.wasm', module.bytes()), 'invalid module', 'type mismatch', 'offset 0x')

    def test_module_from_standard_input_that_is_none(self):
        done = self.run_command('-', stdin=b'(module\n(fun))')
        self.assertEqual((done.returncode, done.stderr), (1, '<stdin>:2:2: unknown operator fun\n(fun))\n ^\n'))
        self.check_error('-', code=1, stdin=b'', contains='<stdin> is an empty file')
        self.check_error('-', code=1, stdin=b'\0asm\x01\0\0\0\x01', contains=['<stdin>', 'malformed', 'offset'])

    def test_files_that_cannot_be_read(self):
        for command in ('run', 'validate', 'inspect', 'dump', 'wast'):
            self.check_error(command, 'none', code=1, contains='cannot open "none": No such file or directory')
            self.check_error(command, '.', code=1, contains='cannot read ".": it is a directory')

    def test_a_command_spelt_wrongly(self):
        self.check_error('inpsect', 'x.wasm', code=1, contains="did you mean 'inspect'?")

    def test_a_command_after_options(self):
        self.check_error('--env', 'A=1', 'inspect', 'x.wasm', code=1,
                         contains="the command 'inspect' comes before all options")

    def test_validate_tells_of_each_file(self):
        self.file('good.wasm', guests.hello())
        self.check('validate', 'good.wasm', 'good.wasm')
        done = self.check_error('validate', 'none.wasm', 'good.wasm', self.file('bad.wasm', b'\0asm'), code=1,
                                contains=['none.wasm', 'bad.wasm'])
        self.assertNotIn('good.wasm', done.stderr)

    def test_names_cannot_drive_the_terminal(self):
        done = self.run_command('\x1b[2Jnot-there')
        self.assertEqual(done.returncode, 1)
        self.assertNotIn('\x1b', done.stderr)


class Linking(harness.CommandTest):
    def test_all_missing_imports_with_types(self):
        module = Module()
        module.import_function('env', 'one', [I32, I64], [F64])
        module.import_function('env', 'two')
        module.import_function(guests.WASI, 'fd_wriet', [I32] * 4, [I32])
        module.function([], [], b'', export='_start')
        self.file('x.wasm', module.bytes())
        done = self.check_error('x.wasm', code=1, contains=['failed to run main module `x.wasm`', 'env', 'one', 'two',
                                                            'i32 i64', 'f64', 'fd_wriet', "did you mean 'fd_write'?"])
        self.assertEqual(done.stdout, '')

    def test_import_of_another_type(self):
        module = Module()
        module.import_function(guests.WASI, 'fd_write', [I64], [])
        module.function([], [], b'', export='_start')
        self.file('x.wasm', module.bytes())
        self.check_error('x.wasm', code=1, contains=['fd_write', 'i32 i32 i32 i32', 'i64'])

    def test_start_that_is_no_command(self):
        module = Module()
        module.function([I32], [], b'', export='_start')
        self.file('x.wasm', module.bytes())
        self.check_error('x.wasm', code=1, contains='_start')

    def test_tiers_to_come(self):
        self.file('x.wasm', guests.hello())
        self.check_error('--tier=opt', 'x.wasm', code=1, contains=['not built yet', 'opt'])

    def test_tier_up(self):
        self.file('x.wasm', guests.hello())
        self.check_error('-O', 'tier-up=often', 'x.wasm', code=2, contains=['tier-up', 'often', 'random:'])


class Traps(harness.CommandTest):
    def trapped(self, body, *words, text, name='x.wasm'):
        self.file(name, guests.command(body))
        done = self.run_command(*words, name)
        self.assertEqual((done.returncode, done.stdout), (134, ''), done.stderr)
        self.assertIn(text, done.stderr)
        return done.stderr

    def test_layout_is_wasmtimes(self):
        stderr = self.trapped(UNREACHABLE, text='')
        pattern = r'''Error: failed to run main module `x\.wasm`

Caused by:
    0: failed to invoke command default
    1: error while executing at wasm backtrace:
           0:\s+0x[0-9a-f]+ - <unknown>!crash
           1:\s+0x[0-9a-f]+ - <unknown>!_start
    2: wasm trap: wasm `unreachable` instruction executed
$'''
        self.assertRegex(stderr, '^' + pattern)

    def test_offsets_are_those_of_the_file(self):
        contents = guests.command(UNREACHABLE)
        stderr = self.trapped(UNREACHABLE, text='')
        offset = int(re.search(r'0:\s+0x([0-9a-f]+) - ', stderr)[1], 16)
        self.assertEqual(contents[offset:offset + 2], UNREACHABLE + END)

    def test_module_name_is_in_the_frames(self):
        self.file('x.wasm', guests.command(UNREACHABLE, module_name='app'))
        self.check_error('x.wasm', code=134, contains=['app!crash', 'app!_start'])

    def test_memory_fault_shows_address_and_size(self):
        self.trapped(i32_const(0x20000) + b'\x28\x02\x04' + DROP,
                     text='''
    2: memory fault at wasm address 0x20004 in linear memory of size 0x10000
    3: wasm trap: out of bounds memory access
''')

    def test_division(self):
        self.trapped(i32_const(1) + i32_const(0) + I32_DIV_S + DROP, text='wasm trap: integer divide by zero')

    def test_recursion(self):
        self.trapped(call(0), text='wasm trap: call stack exhausted')
        self.trapped(call(0), '-W', 'max-wasm-stack=16K', text='wasm trap: call stack exhausted')

    def test_backtrace_of_a_deep_stack_is_short(self):
        stderr = self.trapped(call(0), '-D', 'max-backtrace=5', text='frames more')
        self.assertEqual(len(re.findall(r'(?m)^ +\d+: +0x', stderr)), 5)
        self.assertIn('!_start', stderr)

    def test_fuel(self):
        self.trapped(loop(br(0)), '-W', 'fuel=1M', text='wasm trap: all fuel consumed')

    def test_timeout(self):
        self.trapped(loop(br(0)), '-W', 'timeout=50ms', text='wasm trap: deadline reached')

    def limited(self, kilobytes, *words):
        line = f"ulimit -v {kilobytes}; exec '{harness.BINARY}' " + ' '.join(words)
        return subprocess.run(['bash', '-c', line], cwd=self.directory, capture_output=True, text=True, timeout=60)

    @unittest.skipIf('ASAN_OPTIONS' in os.environ, 'the sanitizer needs address space')
    def test_no_memory_for_translation(self):
        module = Module()
        nothing = module.function([], [], b'')
        module.function([], [], call(nothing) * 3_000_000, export='_start')
        self.file('x.wasm', module.bytes())
        done = self.limited(200_000, 'x.wasm')
        self.assertEqual((done.returncode, done.stderr), (1, 'Error: out of memory\n'))
        self.check('x.wasm')

    @unittest.skipIf('ASAN_OPTIONS' in os.environ, 'the sanitizer needs address space')
    @unittest.skipUnless(platform.machine() == 'x86_64', 'machine code is for x86-64')
    def test_no_memory_for_machine_code(self):
        module = Module()
        nothing = module.function([], [], b'')
        large = [module.function([], [], call(nothing) * 100_000) for _ in range(20)]
        module.function([], [], b''.join(call(each) for each in large), export='_start')
        self.file('x.wasm', module.bytes())
        done = self.limited(150_000, 'explain', '--tier=baseline', '--func', str(large[-1]), 'x.wasm')
        self.assertRegex(' '.join(done.stdout.split()), r'held back refused: the space for machine code, \d+ bytes, has no \d+ ')

    @unittest.skipIf('ASAN_OPTIONS' in os.environ, 'the sanitizer needs address space')
    def test_no_memory_for_what_a_module_wants(self):
        for what in ('memory', 'table'):
            module = Module()
            if what == 'memory':
                module.memory(65536)
            else:
                module.table(9_000_000)
            module.function([], [], b'', export='_start')
            self.file('x.wasm', module.bytes())
            done = self.limited(60_000, 'x.wasm')
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn('failed to instantiate', done.stderr)

    def test_operands_without_end(self):
        module = Module()
        many = module.function([], [I32] * 1000, i32_const(0) * 1000)
        module.function([], [], call(many) * 10_000 + UNREACHABLE, export='_start')
        self.file('x.wasm', module.bytes())
        self.check_error('x.wasm', code=1, contains='too many operands: more than 7654321 on the stack')

    def test_branches_that_carry_much_are_small(self):
        module = Module()
        block = module.type([], [I32] * 1000)
        body = b'\x02' + leb(block) + i32_const(0) * 1001 + (i32_const(0) + b'\x0d\x00') * 10_000 + UNREACHABLE + END
        module.function([], [], body + UNREACHABLE, export='_start')
        self.file('x.wasm', module.bytes())
        self.assertEqual(self.limited(200_000, 'x.wasm').returncode, 134)

    def without_threads(self, *words):
        """A thread's stack is as large as the limit on stacks: none fits."""
        line = f"ulimit -s 4000000 && ulimit -v 2000000 && exec '{harness.BINARY}' " + ' '.join(words)
        return subprocess.run(['bash', '-c', line], cwd=self.directory, capture_output=True, text=True, timeout=60)

    @unittest.skipIf('ASAN_OPTIONS' in os.environ, 'the sanitizer needs address space')
    def test_no_thread_to_be_had(self):
        module = Module()
        nothing = module.function([], [], b'')
        for _ in range(20):
            module.function([], [], call(nothing) * 100_000)
        module.function([], [], b'', export='_start')
        self.file('x.wasm', module.bytes())
        done = self.without_threads('-O', 'threads=4', 'x.wasm')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        done = self.without_threads('-W', 'timeout=5s', 'x.wasm')
        self.assertEqual(done.returncode, 1)
        self.assertIn('timeout: the system has no thread', done.stderr)

    @unittest.skipIf('ASAN_OPTIONS' in os.environ, 'the sanitizer needs address space')
    def test_no_memory_for_a_store(self):
        self.file('x.wasm', guests.hello())
        for kilobytes in range(5000, 40_000, 1000):
            done = self.limited(kilobytes, 'x.wasm')
            self.assertNotIn('CHECK failed', done.stderr)

    def test_timeout_of_nothing(self):
        self.trapped(call(0), '-W', 'timeout=0', text='wasm trap: deadline reached')

    def test_undefined_element_says_so_once(self):
        module = Module()
        module.table(3)
        module.function([], [], i32_const(5) + b'\x11\x00\x00', export='_start')
        self.file('x.wasm', module.bytes())
        done = self.check_error('x.wasm', code=134, contains='(element 5 of a table of 3)')
        self.assertEqual(done.stderr.count('undefined element'), 1)

    def test_limits_on_numbers_are_named(self):
        module = Module()
        module.memory(1)
        module.table(3)
        module.function([], [], b'', export='_start')
        self.file('x.wasm', module.bytes())
        self.check_error('-W', 'max-memories=0', 'x.wasm', code=1, contains='too many memories in this store: the limit is 0')
        self.check_error('-W', 'max-tables=0', 'x.wasm', code=1, contains='too many tables in this store: the limit is 0')
        self.check_error('-W', 'max-instances=0', 'x.wasm', code=1, contains='too many instances')

    def test_timeout_while_the_guest_waits(self):
        reading, writing = os.pipe()
        for module in (guests.sleep(3600 * 10**9), guests.copy_input()):
            self.file('x.wasm', module)
            process = subprocess.Popen([harness.BINARY, '-W', 'timeout=50ms', 'x.wasm'], cwd=self.directory,
                                       stdin=reading, stderr=subprocess.PIPE, text=True)
            self.assertIn('wasm trap: deadline reached', process.communicate(timeout=60)[1])
            self.assertEqual(process.returncode, 134)
        os.close(reading), os.close(writing)

    def test_uncaught_exception(self):
        module = Module()
        tag = module.tag([I32, I64])
        module.function([], [], i32_const(7) + i64_const(-1) + throw(tag), export='_start', name='_start')
        self.file('x.wasm', module.bytes())
        self.check_error('x.wasm', code=134, contains=['<unknown>!_start', 'uncaught exception, with 7, -1'])

    def test_trap_in_start_function(self):
        module = Module()
        module.start = module.function([], [], UNREACHABLE)
        self.file('x.wasm', module.bytes())
        self.check_error('x.wasm', code=134, contains=['failed to instantiate', 'wasm trap: wasm `unreachable`'])

    def test_output_before_the_trap_is_there(self):
        module = guests.Guest('fd_write')
        module.function([], [], module.say(b'before\n') + UNREACHABLE, export='_start')
        self.file('x.wasm', module.bytes())
        done = self.check_error('x.wasm', code=134, contains='unreachable')
        self.assertEqual(done.stdout, 'before\n')


if __name__ == '__main__':
    harness.main()
