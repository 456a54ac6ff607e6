"""Sessions against engines made of shell scripts, so that every way to fail can be had on purpose."""

import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from harness.engines import Engine
from harness.manifest import Program
from harness.process import Launcher, find_compiler
from harness.session import Cell, Session, kept_output, mark_disagreements


def engine(name, code):
    """An engine that runs a line of Python instead of the program."""
    return Engine(name, Path(sys.executable), dialect=lambda *_: [sys.executable, "-c", code])


class Runs(unittest.TestCase):
    """Each test is run with the C launcher and without it."""

    compilers = (find_compiler(), None)

    def run_in(self, command, timeout=60.0, **options):
        for compiler in self.compilers:
            with self.subTest(compiler=compiler), Launcher(compiler) as launcher:
                yield launcher.run(command, timeout=timeout, **options)

    def test_output_and_exit_code(self):
        code = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(7)"
        for run in self.run_in([sys.executable, "-c", code]):
            self.assertEqual((run.ending, run.code, run.stdout, run.stderr), ("exit", 7, b"out\n", b"err\n"))
            self.assertGreater(run.wall, 0)

    def test_a_signal_is_named(self):
        for run in self.run_in([sys.executable, "-c", "import os; os.kill(os.getpid(), 11)"]):
            self.assertEqual((run.ending, run.code), ("signal", 11))

    def test_a_timeout_ends_the_children_too(self):
        code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
        for run in self.run_in([sys.executable, "-c", code], timeout=0.5):
            self.assertEqual(run.ending, "timeout")

    def test_a_command_that_is_not_there(self):
        for run in self.run_in(["/nonexistent/engine"]):
            self.assertEqual((run.ending, run.code), ("failed", 2))

    def test_working_directory_environment_and_input(self):
        with tempfile.TemporaryDirectory() as name:
            file = Path(name) / "in.txt"
            file.write_text("hello")
            code = "import os, sys; print(os.getcwd(), os.environ['GREETING'], sys.stdin.read())"
            for run in self.run_in([sys.executable, "-c", code], cwd=Path(name), env={"GREETING": "hi"}, stdin=file):
                self.assertEqual(run.stdout.decode().split(), [str(Path(name).resolve()), "hi", "hello"])

    @unittest.skipUnless(find_compiler(), "no C compiler")
    def test_peak_memory_is_the_commands_own(self):
        ballast = bytearray(64 << 20)  # of this process; must not be counted
        with Launcher(find_compiler()) as launcher:
            small = launcher.run(["/bin/true"], timeout=60).peak_kib
            large = launcher.run([sys.executable, "-c", "bytearray(b'x' * (32 << 20))"], timeout=60).peak_kib
        self.assertLess(small, 16 << 10)
        self.assertGreater(large, 32 << 10)
        self.assertEqual(len(ballast), 64 << 20)

    @unittest.skipUnless(find_compiler(), "no C compiler")
    def test_nothing_outlives_a_killed_runner(self):
        code = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
        with Launcher(find_compiler()) as launcher:
            command = [launcher.folder / "launch", "60000", launcher.folder / "report", sys.executable, "-c", code]
            with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
                pid = int(process.stdout.readline())
                process.kill()
        for _ in range(200):
            if not Path(f"/proc/{pid}").exists() or "(zombie)" in Path(f"/proc/{pid}/status").read_text():
                return
            time.sleep(0.1)
        self.fail("the command still runs")


class Sessions(unittest.TestCase):
    def measure(self, program, *engines, rounds=2, timeout=60.0):
        with Launcher(find_compiler()) as launcher:
            return Session(launcher, rounds, 1, timeout, lambda _: None).measure([program], list(engines)).cells["p"]

    def test_good_runs_are_counted_and_the_warm_up_is_not(self):
        cell = self.measure(Program("p", stdout="1\n"), engine("a", "print(1)"))["a"]
        self.assertTrue(cell.ok)
        self.assertEqual((len(cell.wall), len(cell.cpu)), (2, 2))

    def test_a_failing_engine_stays_in_the_row_and_the_others_go_on(self):
        row = self.measure(
            Program("p", stdout="1\n"),
            engine("crash", "import os; os.abort()"),
            engine("exit", "exit('no memory')"),
            engine("wrong", "print(2)"),
            engine("good", "print(1)"),
        )
        self.assertIn("SIGABRT", row["crash"].error)
        self.assertEqual(row["exit"].error, "exit code 1 instead of 0: no memory")
        self.assertIn("'2' instead of '1'", row["wrong"].error)
        self.assertTrue(row["good"].ok)

    def test_a_slow_engine_is_stopped(self):
        cell = self.measure(Program("p"), engine("slow", "import time; time.sleep(60)"), timeout=0.5)["slow"]
        self.assertEqual(cell.error, "timeout (0.5 s)")

    def test_an_expected_exit_code_is_good(self):
        self.assertTrue(self.measure(Program("p", exit=9), engine("a", "exit(9)"))["a"].ok)

    def test_engines_that_disagree_with_most_are_marked(self):
        row = self.measure(Program("p"), engine("a", "print(2)"), engine("b", "print(1)"), engine("c", "print(1)"))
        self.assertIn("differs from the other engines", row["a"].error)
        self.assertTrue(row["b"].ok and row["c"].ok)

    def test_output_that_changes_from_run_to_run_is_an_error(self):
        self.assertIn("run to run", self.measure(Program("p"), engine("a", "import os; print(os.getpid())"))["a"].error)

    def test_only_kept_lines_are_compared(self):
        program = Program("p", keep="^crc", stdout="crc 1\n")
        self.assertTrue(
            self.measure(program, engine("a", "import os; print('pid', os.getpid()); print('crc 1')"))["a"].ok
        )
        self.assertEqual(kept_output(program, b"a crc\ncrc 2\n\ncrc 3"), b"crc 2\ncrc 3")

    def test_an_interrupt_keeps_what_was_measured(self):
        def interrupt(*_):
            raise KeyboardInterrupt

        programs = [Program("p", stdout="1\n"), Program("q")]
        engines = [engine("a", "print(1)"), Engine("b", Path(sys.executable), dialect=interrupt)]
        with Launcher(None) as launcher:
            results = Session(launcher, 1, 0, 20.0, lambda _: None).measure(programs, engines)
        self.assertTrue(results.interrupted)
        self.assertTrue(results.cells["p"]["a"].ok)
        self.assertNotIn("q", results.cells)

    def test_an_engine_without_the_feature_has_no_cell(self):
        lacking = Engine("a", Path(sys.executable), lacks=frozenset({"simd"}))
        self.assertEqual(self.measure(Program("p", tags=("simd",)), lacking), {})

    def test_on_a_tie_the_first_engine_is_believed(self):
        row = {"a": Cell([1.0], [1.0], [1], "x"), "b": Cell([1.0], [1.0], [1], "y")}
        mark_disagreements(row)
        self.assertTrue(row["a"].ok)
        self.assertFalse(row["b"].ok)


if __name__ == "__main__":
    unittest.main()
