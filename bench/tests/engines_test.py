import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from harness.engines import ENGINES, Engine, find_binary, find_engines
from harness.manifest import Program
from harness.process import Launcher


def script(folder, name, text):
    file = Path(folder) / name
    file.write_text("#!/bin/sh\n" + text + "\n")
    file.chmod(0o755)
    return file


class Finding(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.launcher = Launcher(None)
        self.addCleanup(self.launcher.__exit__)

    def test_option_before_environment_before_path(self):
        folders = [Path(self.folder.name) / name for name in ("option", "environment", "path")]
        for folder in folders:
            folder.mkdir()
            script(folder, "wasm3", "exit 0")
        with mock.patch.dict(os.environ, {"PATH": str(folders[2])}):
            os.environ.pop("WASM3", None)
            self.assertEqual(find_binary("wasm3", {}), folders[2] / "wasm3")
            os.environ["WASM3"] = str(folders[1] / "wasm3")
            self.assertEqual(find_binary("wasm3", {}), folders[1] / "wasm3")
            self.assertEqual(find_binary("wasm3", {"wasm3": str(folders[0] / "wasm3")}), folders[0] / "wasm3")

    def test_an_engine_must_run_the_empty_module(self):
        good = script(self.folder.name, "good", '[ "$1" = --version ] && echo "good 7"; exit 0')
        bad = script(self.folder.name, "bad", "echo 'no such tier' >&2; exit 1")
        found, missing = find_engines(["wasm3", "iwasm"], {"wasm3": str(good), "iwasm": str(bad)}, self.launcher)
        self.assertEqual([(engine.name, engine.version) for engine in found], [("wasm3", "good 7")])
        self.assertEqual(missing, {"iwasm": "cannot run an empty module: no such tier"})

    def test_a_missing_binary_says_how_to_name_it(self):
        with mock.patch.dict(os.environ, {"PATH": ""}):
            os.environ.pop("WAZERO", None)
            _, missing = find_engines(["wazero"], {}, self.launcher)
        self.assertIn("WAZERO=FILE", missing["wazero"])

    def test_unknown_engines_are_refused(self):
        with self.assertRaisesRegex(ValueError, "no engine 'wasm4'"):
            find_engines(["wasm4"], {}, self.launcher)

    def test_flags_from_the_environment_come_first(self):
        file = script(self.folder.name, "wasmtime", "exit 0")
        with mock.patch.dict(os.environ, {"WASMTIME_FLAGS": "-W 'a b'"}):
            found, _ = find_engines(["wasmtime-winch"], {"wasmtime": str(file)}, self.launcher)
        self.assertEqual(found[0].flags, ("-W", "a b", "-C", "compiler=winch"))

    def test_mode_names_are_unique(self):
        self.assertEqual(len({mode.name for mode in ENGINES}), len(ENGINES))


class Commands(unittest.TestCase):
    """Each dialect's command line for a program with everything in it."""

    program = Program("p", wasm=Path("/m.wasm"), args=("x",), dir=Path("/d"), env={"A": "b"}, tags=("bench-imports",))

    def command(self, name):
        mode = next(mode for mode in ENGINES if mode.name == name)
        engine = Engine(name, Path("/bin/e"), mode.flags, mode.env, mode.dialect)
        with Launcher(None) as launcher:
            return [word.replace(str(launcher.folder), "T") for word in engine.command(self.program, launcher)]

    def test_command_lines(self):
        self.assertEqual(
            self.command("wasmrun-interp"), ["/bin/e", "--tier=interp", "--dir", ".::/", "--env", "A=b", "/m.wasm", "x"]
        )
        self.assertEqual(self.command("wasm3"), ["/bin/e", "--stack-size", "8388608", "/m.wasm", "x"])
        self.assertEqual(
            self.command("iwasm"), ["/bin/e", "--stack-size=8388608", "--map-dir=/::.", "--env=A=b", "/m.wasm", "x"]
        )
        self.assertEqual(
            self.command("wasmtime"),
            ["/bin/e", "run", "--dir", ".::/", "--env", "A=b", "--preload", "bench=T/bench.wasm", "/m.wasm", "x"],
        )
        self.assertEqual(
            self.command("wazero-interp"), ["/bin/e", "run", "-interpreter", "-mount=.:/", "-env=A=b", "/m.wasm", "x"]
        )
        self.assertEqual(self.command("bun")[2:], ["--dir", ".::/", "--env", "A=b", "/m.wasm", "x"])


if __name__ == "__main__":
    unittest.main()
