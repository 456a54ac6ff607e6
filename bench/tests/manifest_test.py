import tempfile
import unittest
from pathlib import Path

from harness.manifest import ManifestError, Program, load, parse, select

BASE = Path("/somewhere")


class Parse(unittest.TestCase):
    def refused(self, text, *parts):
        with self.assertRaises(ManifestError) as caught:
            parse(text, BASE, "list.toml")
        for part in ("list.toml", *parts):
            self.assertIn(part, str(caught.exception))

    def test_every_field(self):
        text = """
            [[program]]
            name = "zip-9"
            wasm = "wasm/zip.wasm"
            native = "bin/zip"
            dir = "data"
            stdin = "data/in.txt"
            args = ["-9", "a b"]
            env = { LANG = "C" }
            keep = "^crc"
            sha256 = "%s"
            exit = 3
            seconds = 2
            tags = ["simd", "long"]
            note = "why"
        """ % ("0a" * 32)
        expected = Program(
            name="zip-9",
            wasm=BASE / "wasm/zip.wasm",
            native=BASE / "bin/zip",
            dir=BASE / "data",
            stdin=BASE / "data/in.txt",
            args=("-9", "a b"),
            env={"LANG": "C"},
            keep="^crc",
            sha256="0a" * 32,
            exit=3,
            seconds=2.0,
            tags=("simd", "long"),
            note="why",
        )
        self.assertEqual(parse(text, BASE), [expected])

    def test_a_source_with_flags_and_literal_output(self):
        text = '[[program]]\nname = "k"\nsource = "k.c"\ncflags = ["-msimd128"]\nstdout = "1\\n"\n'
        self.assertEqual(parse(text, BASE), [Program("k", source=BASE / "k.c", cflags=("-msimd128",), stdout="1\n")])

    def test_order_is_kept_and_empty_is_allowed(self):
        text = "".join(f'[[program]]\nname = "{name}"\nwasm = "x.wasm"\n' for name in ("b", "a", "c"))
        self.assertEqual([program.name for program in parse(text, BASE)], ["b", "a", "c"])
        self.assertEqual(parse("", BASE), [])

    def test_syntax_error_says_where(self):
        self.refused('[[program]]\nname = "a\n', "line 2")

    def test_unknown_names_are_refused(self):
        self.refused('[[programs]]\nname = "a"\n', "'programs'")
        self.refused('[[program]]\nname = "a"\nwasm = "a.wasm"\narg = ["x"]\n', "program 1 (a)", "'arg'")

    def test_wrong_types_are_refused(self):
        for line in (
            'args = "x"',
            "args = [1]",
            "env = { A = 1 }",
            'exit = "0"',
            "exit = 256",
            "exit = true",
            "seconds = -1",
            "wasm = 3",
            'sha256 = "abc"',
            'keep = "("',
            'tags = "simd"',
        ):
            wasm = "" if line.startswith("wasm") else 'wasm = "a.wasm"\n'
            self.refused(f'[[program]]\nname = "a"\n{wasm}{line}\n', "program 1 (a)", f"'{line.split()[0]}'")

    def test_name_must_be_there_and_plain(self):
        self.refused('[[program]]\nwasm = "a.wasm"\n', "'name'")
        self.refused('[[program]]\nname = "../a"\nwasm = "a.wasm"\n', "'name'")

    def test_a_name_twice_is_refused(self):
        self.refused('[[program]]\nname = "a"\nwasm = "a.wasm"\n' * 2, "program 2 (a)", "twice")

    def test_exactly_one_of_wasm_and_source(self):
        self.refused('[[program]]\nname = "a"\n', "'wasm' or 'source'")
        self.refused('[[program]]\nname = "a"\nwasm = "a"\nsource = "a.c"\n', "'wasm' or 'source'")

    def test_not_a_list_of_tables(self):
        self.refused('program = "x"\n', "[[program]]")
        self.refused("program = [1]\n", "program 1")


class Load(unittest.TestCase):
    def test_paths_are_relative_to_the_manifest_and_must_exist(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name).resolve()
            file = folder / "m.toml"
            file.write_text('[[program]]\nname = "a"\nwasm = "a.wasm"\n')
            with self.assertRaisesRegex(ManifestError, "program a: 'wasm' names .*a.wasm, which does not exist"):
                load(file)
            (folder / "a.wasm").write_bytes(b"")
            self.assertEqual(load(file)[0].wasm, folder / "a.wasm")

    def test_missing_and_undecodable_files(self):
        with tempfile.TemporaryDirectory() as name:
            with self.assertRaisesRegex(ManifestError, "cannot read"):
                load(Path(name) / "none.toml")
            (Path(name) / "bad.toml").write_bytes(b"\xff\xfe")
            with self.assertRaisesRegex(ManifestError, "cannot read"):
                load(Path(name) / "bad.toml")


class Select(unittest.TestCase):
    programs = [
        Program("fib", tags=("calls",), seconds=1),
        Program("fib-simd", tags=("simd",), seconds=9),
        Program("zip"),
    ]

    def names(self, wanted=(), tags=(), without=(), max_seconds=None):
        return [p.name for p in select(self.programs, list(wanted), list(tags), list(without), max_seconds)]

    def test_by_name_tag_and_length(self):
        self.assertEqual(self.names(), ["fib", "fib-simd", "zip"])
        self.assertEqual(self.names(wanted=["^fib$", "z"]), ["fib", "zip"])
        self.assertEqual(self.names(tags=["simd", "calls"]), ["fib", "fib-simd"])
        self.assertEqual(self.names(without=["simd"]), ["fib", "zip"])
        self.assertEqual(self.names(max_seconds=2), ["fib", "zip"])


if __name__ == "__main__":
    unittest.main()
