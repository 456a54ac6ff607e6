"""./dev in a tree and on a machine made up for the test: what it installs, when it configures, what it compiles again."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

DEV = pathlib.Path(__file__).resolve().parents[2] / 'dev'

# Commands that write down how they were called and do what ./dev relies on.
STUBS = {
    'meson': 'echo "meson $1 ${2##*/} $CXX" >>"$LOG"; mkdir -p "$2"; touch "$2/build.ninja"',
    'ninja': 'echo "ninja: no work to do."; printf \'#!/bin/sh\\nfor a; do echo "<$a>"; done\\n\' >"$2/wasmrun"; chmod +x "$2/wasmrun"',
    'clang-19': 'echo "clang" >>"$LOG"; exec /usr/bin/env -i PATH=/usr/bin:/bin clang-19 "$@"',
    'clang++-19': ':',
    'g++-12': ':',
    'apt-get': 'echo "apt-get $* $DEBIAN_FRONTEND" >>"$LOG"; exit "${APT_STATUS:-0}"',
    'id': 'echo "${USER_ID:-0}"',
    'sudo': '[ -n "$SUDO_WORKS" ] || exit 1; shift; exec "$@"',
}


class DevTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name, 'the tree')
        (self.root / 'tools').mkdir(parents=True)
        shutil.copy(DEV, self.root / 'dev')
        self.packages('')
        self.log = pathlib.Path(folder.name, 'log')
        self.log.touch()
        self.bin = pathlib.Path(folder.name, 'bin')
        self.bin.mkdir()
        for name, text in STUBS.items():
            (self.bin / name).write_text(f'#!/bin/sh\n{text}\n')
            (self.bin / name).chmod(0o755)

    def packages(self, text):
        (self.root / 'tools/packages.txt').write_text(text)

    def dev(self, *arguments, **environment):
        """Runs ./dev; returns (exit code, stdout, stderr)."""
        environment = {'PATH': f'{self.bin}:/usr/bin:/bin', 'LOG': str(self.log), **environment}
        done = subprocess.run([self.root / 'dev', *arguments], capture_output=True, text=True, check=False, env=environment,
                              cwd=self.root)
        return done.returncode, done.stdout, done.stderr

    def calls(self):
        """What the stubs wrote since the last call."""
        lines = self.log.read_text().splitlines()
        self.log.write_text('')
        return lines

    def test_installs_only_what_is_missing(self):
        self.packages('# a comment\nbuild here /bin/sh  # why\nbuild tool no-such-command\nbuild header /no/such/header.h\nfmt other /none\n')
        code, _, said = self.dev('build')
        self.assertEqual(0, code, said)
        self.assertEqual(['apt-get -qq update noninteractive',
                          'apt-get -qq install -y --no-install-recommends tool header noninteractive'], self.calls()[:2])
        self.dev('build')
        self.assertEqual([], self.calls(), 'asked again')

    def test_without_rights_it_says_what_to_install(self):
        self.packages('build tool no-such-command\n')
        code, _, said = self.dev('build', USER_ID='1000')
        self.assertEqual(1, code)
        self.assertIn('as root, run: apt-get install --no-install-recommends tool', said)
        self.assertEqual([], self.calls())

    def test_with_sudo_it_installs(self):
        self.packages('build tool no-such-command\n')
        code, _, said = self.dev('build', USER_ID='1000', SUDO_WORKS='yes')
        self.assertEqual(0, code, said)
        self.assertIn('apt-get -qq update noninteractive', self.calls())

    def test_a_failed_installation_ends_it_and_is_tried_again(self):
        self.packages('build tool no-such-command\n')
        code, _, said = self.dev('build', APT_STATUS='100')
        self.assertEqual(1, code)
        self.assertIn('apt could not install: tool', said)
        self.calls()
        self.dev('build')
        self.assertIn('apt-get -qq update noninteractive', self.calls())

    def test_configures_once_and_for_another_compiler(self):
        self.dev('build')
        self.assertEqual(['meson setup build clang++-19'], [line.replace('ccache ', '') for line in self.calls()])
        self.dev('build')
        self.assertEqual([], self.calls())
        self.dev('build', WASMRUN_CXX='g++-12')
        self.assertEqual(['meson setup build g++-12'], [line.replace('ccache ', '') for line in self.calls()])
        code, _, said = self.dev('build', WASMRUN_CXX='no-such-compiler')
        self.assertEqual(1, code)
        self.assertIn("no compiler 'no-such-compiler'", said)

    def test_run_compiles_when_something_changed(self):
        source, header = self.root / 'a program.c', self.root / 'header.h'
        header.write_text('#define ANSWER 42\n')
        source.write_text('#include "header.h"\nint main(void) { return ANSWER; }\n')
        code, printed, said = self.dev('run', '--dir', '.', 'a program.c', 'x y', 'z.c')
        self.assertEqual(0, code, said)
        arguments = printed.splitlines()
        self.assertEqual(['<run>', '<--dir>', '<.>'], arguments[:3])
        self.assertEqual(['<x y>', '<z.c>'], arguments[4:])
        module = pathlib.Path(arguments[3][1:-1])
        self.assertEqual(b'\0asm', module.read_bytes()[:4])
        self.assertEqual(2, self.calls().count('clang'))
        self.dev('run', 'a program.c')
        self.assertNotIn('clang', self.calls(), 'compiled again')
        os.utime(header, ns=(0, module.stat().st_mtime_ns + 10**9))
        self.dev('run', 'a program.c')
        self.assertIn('clang', self.calls())

    def test_run_says_when_a_program_does_not_compile(self):
        (self.root / 'bad.c').write_text('int main( {\n')
        code, printed, said = self.dev('run', 'bad.c')
        self.assertEqual((1, ''), (code, printed))
        self.assertIn('could not compile bad.c', said)
        self.assertEqual([], [path for path in (self.root / 'build/guests').rglob('*.wasm*')])

    def test_run_leaves_modules_and_the_guests_arguments_alone(self):
        (self.root / 'b.c').write_text('int main(void) { return 0; }\n')
        _, printed, _ = self.dev('run', 'a.wasm', 'b.c')
        self.assertEqual('<run>\n<a.wasm>\n<b.c>\n', printed)

    def test_a_command_nobody_knows(self):
        code, printed, said = self.dev('frobnicate')
        self.assertEqual((2, ''), (code, printed))
        self.assertIn("no command 'frobnicate'", said)


if __name__ == '__main__':
    unittest.main()
