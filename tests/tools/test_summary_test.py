"""test_summary must not call a run good that was not."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / 'tools' / 'test_summary.py'
PASS = '<testcase classname="s" name="good"/>'
FAIL = '<testcase classname="s" name="bad"><failure/></testcase>'
SKIP = '<testcase classname="s" name="later"><skipped/></testcase>'


def lines_of(cases, status=0):
    """Returns (exit code, lines) for a report with these cases; None stands for no report."""
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder, 'report.xml')
        if cases is not None:
            report.write_text(f'<testsuites><testsuite>{cases}</testsuite></testsuites>')
        done = subprocess.run([sys.executable, SCRIPT, report, str(status)], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.splitlines()


def summarize(cases, status=0):
    """Returns (exit code, last line)."""
    code, lines = lines_of(cases, status)
    return code, lines[-1]


class SummaryTest(unittest.TestCase):
    def test_all_pass(self):
        self.assertEqual((0, '2 passed, 0 failed'), summarize(PASS + PASS))

    def test_a_failure(self):
        self.assertEqual((1, '1 passed, 1 failed'), summarize(PASS + FAIL, 1))

    def test_skips_are_counted_apart(self):
        self.assertEqual((0, '1 passed, 0 failed, 1 skipped'), summarize(PASS + SKIP))

    def test_a_program_says_why_it_was_skipped(self):
        program = '<testcase name="spec"><skipped/><system-out>1..0 # SKIP no suite here</system-out></testcase>'
        self.assertEqual((0, ['skipped: spec: no suite here', '1 passed, 0 failed, 1 skipped']), lines_of(PASS + program))

    def test_nothing_ran(self):
        self.assertEqual((1, '0 passed, 0 failed'), summarize(''))
        self.assertEqual((1, '0 passed, 0 failed, 1 skipped'), summarize(SKIP))
        self.assertEqual((1, '0 passed, 0 failed'), summarize(None))

    def test_meson_failed_without_naming_a_case(self):
        self.assertEqual((1, '1 passed, 1 failed'), summarize(PASS, 1))


if __name__ == '__main__':
    unittest.main()
