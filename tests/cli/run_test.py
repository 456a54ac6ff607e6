"""Modules that run: what the guest sees, what is printed, and the exit code."""

import harness
import guests
from guests import hello
from wasm_bytes import *


class Commands(harness.CommandTest):
    def test_hello(self):
        self.file('x.wasm', hello())
        self.check('x.wasm', stdout='hello\n')
        self.check('run', 'x.wasm', stdout='hello\n')

    def test_exit_code_is_the_guests(self):
        for code, expected in ((0, 0), (7, 7), (134, 134), (255, 255), (-1, 255), (256 + 3, 3)):
            self.file('x.wasm', hello(code))
            self.check('x.wasm', code=expected, stdout='hello\n')

    def test_file_may_have_any_name(self):
        self.file('dir with space/no suffix', hello())
        self.check('dir with space/no suffix', stdout='hello\n')
        self.file('-odd.wasm', hello())
        self.check('--', '-odd.wasm', stdout='hello\n')
        self.file('run', hello())
        self.check('run', 'run', stdout='hello\n')

    def test_module_from_standard_input(self):
        self.check('-', stdin=hello(), stdout='hello\n')

    def test_standard_input_is_the_guests(self):
        self.file('x.wasm', guests.copy_input())
        self.check('x.wasm', stdin=b'one\ntwo', stdout='one\ntwo')

    def test_start_function_alone_is_a_program(self):
        module = guests.Guest('fd_write')
        module.start = module.function([], [], module.say(b'started\n'))
        self.file('x.wasm', module.bytes())
        self.check('x.wasm', stdout='started\n')

    def test_bench_functions_are_there(self):
        module = guests.Guest('fd_write')
        start, end = module.import_function('bench', 'start'), module.import_function('bench', 'end')
        module.function([], [], call(start) + module.say(b'measured\n') + call(end), export='_start')
        self.file('x.wasm', module.bytes())
        self.check('x.wasm', stdout='measured\n')


class Arguments(harness.CommandTest):
    def guest_arguments(self, *words):
        done = self.run_command(*words)
        self.assertEqual((done.returncode, done.stderr), (0, ''), words)
        return done.stdout.split('\0')[:-1]

    def setUp(self):
        super().setUp()
        self.file('dir/x.wasm', guests.show_strings('args'))

    def test_everything_after_the_file_is_the_guests(self):
        self.assertEqual(self.guest_arguments('dir/x.wasm', 'a', '', '-v', '--dir', 'nowhere', '--', '--bad-option', '-'),
                         ['x.wasm', 'a', '', '-v', '--dir', 'nowhere', '--', '--bad-option', '-'])

    def test_a_command_name_after_the_file_is_an_argument(self):
        self.assertEqual(self.guest_arguments('dir/x.wasm', 'inspect', '--help'), ['x.wasm', 'inspect', '--help'])

    def test_arguments_like_option_values_stay_as_they_are(self):
        self.assertEqual(self.guest_arguments('dir/x.wasm', '--dir=', '--stats:f', '[a,b]'),
                         ['x.wasm', '--dir=', '--stats:f', '[a,b]'])

    def test_dashes_before_the_file(self):
        self.assertEqual(self.guest_arguments('--argv0=n', '--', 'dir/x.wasm', '--', 'a'), ['n', '--', 'a'])

    def test_argv0(self):
        self.assertEqual(self.guest_arguments('--argv0', 'other name', 'dir/x.wasm', 'a'), ['other name', 'a'])
        self.assertEqual(self.guest_arguments('--argv0=', 'dir/x.wasm'), [''])
        self.assertEqual(self.guest_arguments('--argv0', '--dir', 'dir/x.wasm'), ['--dir'])


class Environment(harness.CommandTest):
    def guest_environment(self, *words, **options):
        self.file('x.wasm', guests.show_strings('environ'))
        done = self.run_command(*words, 'x.wasm', **options)
        self.assertEqual((done.returncode, done.stderr), (0, ''), words)
        return sorted(done.stdout.split('\0')[:-1])

    def test_nothing_is_inherited_unasked(self):
        self.assertEqual(self.guest_environment(env={'SECRET': '1'}), [])

    def test_values(self):
        self.assertEqual(self.guest_environment('--env', 'A=1', '--env=B=x=y', '--env', 'C='), ['A=1', 'B=x=y', 'C='])

    def test_inherited(self):
        self.assertEqual(self.guest_environment('--env', 'HOME', env={'HOME': '/h', 'SECRET': '1'}), ['HOME=/h'])

    def test_the_last_one_counts(self):
        self.assertEqual(self.guest_environment('--env', 'A=1', '--env', 'A=2'), ['A=2'])


class Directories(harness.CommandTest):
    def test_names_the_guest_sees(self):
        self.file('x.wasm', guests.show_directories())
        self.file('data/sub/f', b'')
        self.check('--dir', 'data', '--dir', 'data/sub::/sub', '--dir=.::/::ro', 'x.wasm', stdout='data\n/sub\n/\n')

    def test_none_unasked(self):
        self.file('x.wasm', guests.show_directories())
        self.check('x.wasm')

    def test_reading(self):
        self.file('x.wasm', guests.open_file(b'in.txt', create=False))
        self.file('data/in.txt', b'contents')
        self.check('--dir', 'data::/', 'x.wasm', stdout='contents')
        self.check('--dir', 'data::/::ro', 'x.wasm', stdout='contents')

    def test_read_only(self):
        self.file('x.wasm', guests.open_file(b'new.txt', create=True))
        self.file('data/in.txt', b'')
        self.assertNotEqual(self.run_command('--dir', 'data::/::ro', 'x.wasm').returncode, 0)
        self.assertFalse((self.directory / 'data/new.txt').exists())
        self.check('--dir', 'data::/', 'x.wasm')
        self.assertTrue((self.directory / 'data/new.txt').exists())

    def test_directory_that_is_not_there(self):
        self.file('x.wasm', hello())
        self.check_error('--dir', 'nowhere', 'x.wasm', code=1, contains=['--dir', 'nowhere', 'No such file'])

    def test_directory_that_is_a_file(self):
        self.file('x.wasm', hello())
        self.check_error('--dir', 'x.wasm', 'x.wasm', code=1, contains=['--dir', 'x.wasm', 'irectory'])


class Invoke(harness.CommandTest):
    def setUp(self):
        super().setUp()
        self.file('x.wasm', guests.library())

    def test_arguments_by_type(self):
        self.check('--invoke', 'add', 'x.wasm', '40', '2', stdout='42\n')
        self.check('--invoke', 'add', 'x.wasm', '-1', '0', stdout='-1\n')
        self.check('--invoke', 'add', 'x.wasm', '0xffffffff', '1', stdout='0\n')
        self.check('--invoke', 'mul', 'x.wasm', '4294967296', '-3', stdout='-12884901888\n')
        self.check('--invoke=fadd', 'x.wasm', '0.25', '1e3', stdout='1000.25\n')

    def test_results_one_a_line(self):
        self.check('--invoke', 'three', 'x.wasm', stdout='1\n-2\n0.5\n')
        self.check('--invoke', 'nothing', 'x.wasm')

    def test_wrong_number_of_arguments(self):
        self.check_error('--invoke', 'add', 'x.wasm', '1', code=2,
                         contains=['`add` takes 2 arguments, not 1', '(param i32 i32) (result i32)'])

    def test_argument_that_does_not_read(self):
        self.check_error('--invoke', 'add', 'x.wasm', '1', 'two', code=2, contains=['argument 2 of `add`', 'two', 'i32'])
        self.check_error('--invoke', 'add', 'x.wasm', '1', '4294967296', code=2, contains=['argument 2', '4294967296'])

    def test_no_such_function(self):
        self.check_error('--invoke', 'ad', 'x.wasm', code=1, contains=['failed to invoke `ad`', 'add'])

    def test_trap(self):
        self.check_error('--invoke', 'div', 'x.wasm', '1', '0', code=134,
                         contains=['failed to invoke `div`', 'wasm trap: integer divide by zero'])

    def test_memory_is_no_function(self):
        self.check_error('--invoke', 'memory', 'x.wasm', code=1, contains='memory')

    def test_reactor_is_initialized_first(self):
        self.file('r.wasm', guests.reactor())
        self.check('--invoke', 'get', 'r.wasm', stdout='42\n')
        self.check('r.wasm')

    def test_invoke_does_not_run_start(self):
        self.file('c.wasm', hello())
        self.check('--invoke', '_start', 'c.wasm', stdout='hello\n')

    def test_exit_code_of_an_invoked_function(self):
        self.file('c.wasm', hello(9))
        self.check('--invoke', '_start', 'c.wasm', code=9, stdout='hello\n')

    def test_nothing_to_run(self):
        self.check_error('x.wasm', code=1, contains=['`x.wasm` has nothing to run', '--invoke', 'add, mul'])
        self.file('empty.wasm', Module().bytes())
        self.check_error('empty.wasm', code=1, contains='it exports no functions')


class Preloads(harness.CommandTest):
    def user(self):
        module = Module()
        add = module.import_function('lib', 'add', [I32, I32], [I32])
        module.function([], [I32], i32_const(40) + i32_const(2) + call(add), export='run')
        return module.bytes()

    def test_exports_can_be_imported(self):
        self.file('lib.wasm', guests.library())
        self.file('x.wasm', self.user())
        self.check('--preload', 'lib=lib.wasm', '--invoke', 'run', 'x.wasm', stdout='42\n')

    def test_bench_may_be_preloaded(self):
        bench = guests.Guest('fd_write')
        bench.function([], [], bench.say(b'start\n'), export='start')
        self.file('bench.wasm', bench.bytes())
        user = Module()
        start = user.import_function('bench', 'start')
        user.function([], [], call(start), export='_start')
        self.file('x.wasm', user.bytes())
        self.check('--preload', 'bench=bench.wasm', 'x.wasm', stdout='start\n')

    def test_preloaded_file_is_not_there(self):
        self.file('x.wasm', self.user())
        self.check_error('--preload', 'lib=none.wasm', 'x.wasm', code=1, contains=['none.wasm', 'No such file'])

    def test_name_given_twice(self):
        self.file('lib.wasm', guests.library())
        self.file('x.wasm', self.user())
        self.check_error('--preload', 'lib=lib.wasm', '--preload', 'lib=lib.wasm', '--invoke', 'run', 'x.wasm', code=1,
                         contains='failed to preload module `lib.wasm` as `lib`')


class EngineOptions(harness.CommandTest):
    def test_interpreter_can_be_asked_for(self):
        self.file('x.wasm', hello())
        for words in (['--tier=interp'], ['--tier', 'interp'], ['-O', 'tier=interp'], ['-Otier=interp'], ['-O=tier=auto']):
            self.check(*words, 'x.wasm', stdout='hello\n')

    def test_features_can_be_switched(self):
        module = Module()
        module.function([I32], [I32], local_get(0) + b'\xc0', export='f')  # i32.extend8_s
        self.file('x.wasm', module.bytes())
        self.check('--invoke', 'f', 'x.wasm', '255', stdout='-1\n')
        self.check('-W', 'sign-extension', '--invoke', 'f', 'x.wasm', '255', stdout='-1\n')
        self.check_error('-W', 'sign-extension=n', '--invoke', 'f', 'x.wasm', '255', code=1,
                         contains=['x.wasm', 'sign-extension'])

    def test_several_at_once(self):
        self.file('x.wasm', hello())
        self.check('-W', 'max-wasm-stack=64K,simd=y', '-W', 'fuel=1K', 'x.wasm', stdout='hello\n')

    def test_unknown_imports(self):
        module = Module()
        missing = module.import_function('env', 'missing', [], [I32])
        module.function([], [I32], call(missing), export='f')
        self.file('x.wasm', module.bytes())
        self.check('-W', 'unknown-imports-default', '--invoke', 'f', 'x.wasm', stdout='0\n')
        self.check_error('-W', 'unknown-imports-trap', '--invoke', 'f', 'x.wasm', code=134, contains='unknown import')

    def test_memory_limit(self):
        module = Module()
        module.memory(1)
        module.function([I32], [I32], local_get(0) + b'\x40\x00', export='grow')
        self.file('x.wasm', module.bytes())
        self.check('--invoke', 'grow', 'x.wasm', '15', stdout='1\n')
        self.check('-W', 'max-memory-size=1M', '--invoke', 'grow', 'x.wasm', '15', stdout='1\n')
        self.check('-W', 'max-memory-size=1M', '--invoke', 'grow', 'x.wasm', '16', stdout='-1\n')
        limited = ('-W', 'max-memory-size=1M,trap-on-grow-failure', '--invoke', 'grow', 'x.wasm')
        self.check(*limited, '15', stdout='1\n')
        self.check_error(*limited, '16', code=134, contains='wasm trap: a memory or table could not grow')

    def test_verbose_goes_to_stderr(self):
        self.file('x.wasm', hello())
        done = self.run_command('-v', 'x.wasm')
        self.assertEqual((done.returncode, done.stdout), (0, 'hello\n'))
        self.assertIn('compiled x.wasm', done.stderr)
        self.assertIn('info', done.stderr)
        done = self.run_command('-vvv', 'x.wasm')
        self.assertEqual((done.returncode, done.stdout), (0, 'hello\n'))
        self.assertIn('compiled x.wasm', self.run_command('-D', 'logging=info', 'x.wasm').stderr)


if __name__ == '__main__':
    harness.main()
