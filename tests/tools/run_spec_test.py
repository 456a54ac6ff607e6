"""The runner of scripts must see what went wrong, what went right against expectation, and what was left out."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

RUNNER = pathlib.Path(__file__).resolve().parents[1] / 'spec' / 'run.py'

# Stands for wasmrun: the script itself says what is to be reported, or that the engine is to crash.
ENGINE = '''#!/bin/sh
eval "script=\\${$#}"
printf '%s ' "$@" >> "$0.log"
if grep -q crash "$script"; then kill -SEGV $$; fi
cat "$script"
exit 1
'''


def report(commands=None, modules=None, failures=()):
    return json.dumps({'file': 'x', 'passed': 5, 'failed': len(failures), 'skipped': 0, 'commands': commands or {},
                       'modules': modules or {},
                       'failures': [{'line': line, 'column': 1, 'command': 'invoke', 'message': message}
                                    for line, message in failures]})


class RunnerTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.engine = self.folder / 'engine'
        self.engine.write_text(ENGINE)
        self.engine.chmod(0o755)

    def run_suite(self, scripts, expected='', *options):
        """Runs it over {name: contents}. Returns (exit code, output)."""
        for name, text in scripts.items():
            path = self.folder / 'suite' / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        (self.folder / 'expected').write_text(expected)
        done = subprocess.run([sys.executable, RUNNER, self.engine, self.folder / 'suite', '--expected',
                               self.folder / 'expected', *options], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def test_all_is_well(self):
        code, output = self.run_suite({'core/a.wast': report(), 'core/b.wast': report()})
        self.assertEqual(code, 0, output)
        self.assertIn('1..4\n', output)
        self.assertIn('ok 1 - core/a.wast: 5 passed\n', output)
        self.assertIn('ok 3 - expected failures\n', output)
        self.assertIn('ok 4 - all scripts are there\n', output)

    def test_a_failure(self):
        code, output = self.run_suite({'a.wast': report(failures=[(7, 'expected 1, got 2')])})
        self.assertEqual(code, 1)
        self.assertIn('not ok 1 - a.wast', output)
        self.assertIn('# a.wast:7: invoke: expected 1, got 2\n', output)

    def test_expected_failures(self):
        scripts = {'core/a.wast': report(failures=[(7, 'needs x'), (8, 'needs y')]),
                   'core/b.wast': report(failures=[(1, 'anything'), (2, 'at all')])}
        code, output = self.run_suite(scripts, '# why\ncore/a.wast:7 x is not built\ncore/a.wast /needs y/ nor is y\n'
                                      'core/b*.wast nothing of it\n')
        self.assertEqual(code, 0, output)
        self.assertIn('ok 1 - core/a.wast: 5 passed, 2 expected to fail', output)
        code, output = self.run_suite(scripts, 'core/a.wast:8 y\ncore/b.wast /anything/ some\n')
        self.assertEqual(code, 1)
        self.assertIn('# core/a.wast:7: invoke: needs x', output)
        self.assertIn('# core/b.wast:2: invoke: at all', output)
        self.assertNotIn('needs y', output)
        self.assertNotIn('anything', output)

    def test_several_lists_of_expected_failures(self):
        more = self.folder / 'more'
        more.write_text('a.wast:8 y\n')
        code, output = self.run_suite({'a.wast': report(failures=[(7, 'needs x'), (8, 'needs y')])}, 'a.wast:7 x\n',
                                      '--expected', more)
        self.assertEqual(code, 0, output)

    def test_what_does_not_fail_any_more(self):
        code, output = self.run_suite({'a.wast': report()}, 'a.wast:7 x is not built\n')
        self.assertEqual(code, 1)
        self.assertIn('not ok 2 - expected failures\n', output)
        self.assertIn('# expected:1: nothing fails for a.wast any more', output)

    def test_entries_for_scripts_that_are_elsewhere(self):
        code, output = self.run_suite({'a.wast': report()}, 'b.wast:7 x is not built\nc/*.wast nor y\n')
        self.assertEqual(code, 0, output)

    def test_an_entry_without_a_reason(self):
        code, output = self.run_suite({'a.wast': report()}, 'a.wast:7\n')
        self.assertEqual(code, 1)
        self.assertIn('expected:1: an entry is', output)

    def test_a_crash(self):
        code, output = self.run_suite({'a.wast': 'crash', 'b.wast': report()})
        self.assertEqual(code, 1)
        self.assertIn('not ok 1 - a.wast', output)
        self.assertIn('# ended with exit code -11', output)
        self.assertIn('ok 2 - b.wast', output)

    def test_counts_of_the_manifest(self):
        manifest = 'file\tmodules\ttext\tassert_return\n' 'a.wast\t2\t2\t3\n' 'b.wast\t1\t1\t1\n'
        (self.folder / 'suite').mkdir()
        (self.folder / 'suite/MANIFEST.tsv').write_text(manifest)
        code, output = self.run_suite({'a.wast': report({'module': 2, 'assert_return': 2}, {'text': 2}),
                                       'b.wast': report({'module': 1, 'assert_return': 1}, {'text': 1})})
        self.assertEqual(code, 1)
        self.assertIn('# assert_return: 2 run, 3 in MANIFEST.tsv', output)
        self.assertEqual(output.count('MANIFEST'), 1)

    def manifest(self, text):
        (self.folder / 'suite').mkdir(exist_ok=True)
        (self.folder / 'suite/MANIFEST.tsv').write_text(text)

    def test_a_script_of_the_manifest_that_is_not_there(self):
        self.manifest('file\ttext\n' 'core/a.wast\t0\n' 'core/b.wast\t0\n' 'TOTAL\t0\n')
        code, output = self.run_suite({'core/a.wast': report()})
        self.assertEqual(code, 1)
        self.assertIn('not ok 3 - all scripts are there\n# core/b.wast is in MANIFEST.tsv', output)
        self.assertNotIn('TOTAL', output)
        self.assertEqual(self.run_suite({}, '', '--only', 'core/a.wast')[0], 0)
        self.assertEqual(self.run_suite({}, '', '--only', 'core')[0], 1)

    def test_a_folder_without_a_script(self):
        (self.folder / 'suite').mkdir()
        code, output = self.run_suite({})
        self.assertEqual(code, 1)
        self.assertIn('# no script to run in ', output)

    def test_other_forms_count_exactly(self):
        self.manifest('file\tmodules\tdefinition\ttext\tassert_invalid\tother\n' 'annotated.wast\t1\t0\t1\t0\t3\n'
                      'components.wast\t0\t0\t2\t2\t1\n' 'fields.wast\t0\t0\t0\t0\t3\n' 'less.wast\t1\t0\t1\t0\t3\n')
        code, output = self.run_suite({'annotated.wast': report({'module': 4}, {'text': 4}),
                                       'components.wast': report({'component': 3}),
                                       'fields.wast': report({'module': 1}, {'fields': 1}),
                                       'less.wast': report({'module': 1}, {'text': 4})})
        self.assertEqual(code, 1)
        self.assertIn('# modules: -2 run, 1 in MANIFEST.tsv', output)
        self.assertEqual(output.count('in MANIFEST'), 1, output)

    def test_proposals_are_switched_on(self):
        self.run_suite({'proposals/wide-arithmetic/a.wast': report()}, '', '--option=--tier=interp')
        log = pathlib.Path(f'{self.engine}.log').read_text()
        self.assertIn('wast --json -W wide-arithmetic --tier=interp', log)

    def test_no_suite(self):
        done = subprocess.run([sys.executable, RUNNER, self.engine, self.folder / 'nowhere'], capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, 0)
        self.assertTrue(done.stdout.startswith('1..0 # SKIP'), done.stdout)


if __name__ == '__main__':
    unittest.main()
