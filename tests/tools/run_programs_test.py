"""The program runner must see a wrong exit code, wrong output, missing complaints and a program nobody expects anything of."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

RUNNER = pathlib.Path(__file__).resolve().parents[1] / 'programs' / 'run.py'

# Stands for wasmrun: prints its arguments, its input and what it finds in its directory, complains, exits with 3.
ENGINE = '''#!/bin/sh
echo "$@" | sed 's| /[^ ]*/| |g'
cat
ls
echo first >&2
echo second >&2
exit 3
'''


def run(**files):
    """Runs the runner over a folder of these files; 'a_expected' stands for a.expected. Returns (exit code, output)."""
    with tempfile.TemporaryDirectory() as folder:
        engine = pathlib.Path(folder, 'engine')
        engine.write_text(ENGINE)
        engine.chmod(0o755)
        programs = pathlib.Path(folder, 'programs')
        programs.mkdir()
        for name, text in files.items():
            pathlib.Path(programs, '.'.join(name.rsplit('_', 1))).write_text(text)
        done = subprocess.run([sys.executable, RUNNER, engine, programs, '--option=-O', '--cache', folder],
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


class RunnerTest(unittest.TestCase):
    good = {'a_wasm': '', 'a_status': '3', 'a_expected': 'run -O --argv0=a a.wasm\n'}

    def test_a_good_run(self):
        code, said = run(**self.good)
        self.assertEqual(0, code, said)
        self.assertIn('ok 1 - a', said)

    def test_everything_beside_the_program_counts(self):
        code, said = run(a_wasm='', a_status='3', a_args='x\ny z\n', a_env='K=V\n', a_stdin='input\n', a_stderr='first\nsecond\n',
                         a_expected='run -O --env=K=V --argv0=a a.wasm x y z\ninput\n')
        self.assertEqual(0, code, said)

    def test_wrong_output(self):
        code, said = run(**{**self.good, 'a_expected': 'something else\n'})
        self.assertEqual(1, code)
        self.assertIn('not ok 1 - a', said)
        self.assertIn('-something else', said)

    def test_wrong_exit_code(self):
        code, said = run(**{**self.good, 'a_status': '0'})
        self.assertEqual(1, code)
        self.assertIn('exit code 3, expected 0', said)

    def test_complaints_missing_or_out_of_order(self):
        for lines in ('third\n', 'second\nfirst\n'):
            code, said = run(**self.good, a_stderr=lines)
            self.assertEqual(1, code)
            self.assertIn('standard error lacks', said)

    def test_a_program_without_an_expectation(self):
        code, said = run(**self.good, b_wasm='')
        self.assertEqual(1, code)
        self.assertIn('no .expected for b.wasm', said)

    def test_a_source_that_does_not_compile(self):
        code, said = run(a_c='int main( {', a_expected='')
        self.assertEqual(1, code)
        self.assertIn('does not compile', said)

    def test_no_programs_at_all(self):
        code, said = run()
        self.assertEqual(1, code)
        self.assertIn('no programs', said)


if __name__ == '__main__':
    unittest.main()
