"""check_floors must find each kind of violation, and nothing in a tree that has none."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'tools'))
import check_floors  # noqa: E402


def check(**files):
    """Checks a tree; 'src__wasm__a_h' stands for src/wasm/a.h."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            stem, extension = name.replace('__', '/').rsplit('_', 1)
            path = pathlib.Path(folder, f'{stem}.{extension}')
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return check_floors.check(pathlib.Path(folder))


class CheckFloorsTest(unittest.TestCase):
    def assert_one(self, found, *parts):
        self.assertEqual(len(found), 1, found)
        for part in parts:
            self.assertIn(part, found[0])

    def test_going_down_is_fine(self):
        self.assertEqual([], check(
            src__support__a_h='#include <vector>\n',
            src__wasm__b_h='#include "support/a.h"\n',
            src__runtime__c_cpp='#include "wasm/b.h"\n#include "support/a.h"\n',
            src__interp__d_cpp='#include "wasm/b.h"\n'))

    def test_going_up(self):
        self.assert_one(check(src__support__a_h='#include "wasm/b.h"\n', src__wasm__b_h=''),
                        'src/support/a.h:1:', 'wasm/, which is not below support/')

    def test_a_neighbour_on_the_same_floor(self):
        self.assert_one(check(src__baseline__a_h='#include "optimizing/b.h"\n', src__optimizing__b_h=''), 'not below baseline/')

    def test_the_line_number(self):
        self.assert_one(check(src__wasm__a_h='// text\n\n#  include "gc/b.h"\n', src__gc__b_h=''), 'src/wasm/a.h:3:')

    def test_asmjit_outside_masm(self):
        self.assertEqual([], check(src__masm__a_h='#include <asmjit/x86.h>\n'))
        self.assert_one(check(src__baseline__a_h='#include <asmjit/x86.h>\n'), 'includes asmjit')

    def test_the_operating_system(self):
        text = '#include <unistd.h>\n#include <sys/mman.h>\n'
        self.assertEqual([], check(src__platform__a_cpp=text, src__wasi__b_cpp=text, tools__wasmrun__c_cpp=text))
        self.assertEqual(2, len(check(src__runtime__a_cpp=text)))

    def test_the_command_line_past_the_api(self):
        self.assertEqual([], check(include__wasmrun__wasmrun_h='#include <span>\n',
                                   tools__wasmrun__main_cpp='#include <CLI/CLI.hpp>\n#include <wasmrun/wasmrun.h>\n#include "b.h"\n',
                                   tools__wasmrun__b_h=''))
        self.assert_one(check(tools__wasmrun__main_cpp='#include "wasm/a.h"\n', src__wasm__a_h=''), 'past the public API')
        self.assert_one(check(src__engine__a_cpp='#include <spdlog/spdlog.h>\n'), 'a library of the command line')

    def test_the_public_headers_are_for_the_top_floors(self):
        self.assertEqual([], check(src__api__a_cpp='#include "wasmrun/wasmrun.h"\n', include__wasmrun__wasmrun_h=''))
        self.assertEqual([], check(src__support__a_h='#include "wasmrun/error.h"\n', include__wasmrun__error_h=''))
        self.assert_one(check(src__interp__a_cpp='#include "wasmrun/wasmrun.h"\n', include__wasmrun__wasmrun_h=''),
                        'includes the public API')
        self.assert_one(check(include__wasmrun__error_h='#include "support/a.h"\n', src__support__a_h=''), 'past the public API')

    def test_a_folder_nobody_planned(self):
        self.assert_one(check(src__utils__a_h=''), 'not in a folder of the house')

    def test_include_cycle(self):
        self.assert_one(check(src__wasm__a_h='#include "wasm/b.h"\n', src__wasm__b_h='#include "wasm/c.h"\n',
                              src__wasm__c_h='#include "wasm/b.h"\n'),
                        'include cycle: src/wasm/b.h -> src/wasm/c.h -> src/wasm/b.h')

    def test_a_shared_header_is_no_cycle(self):
        self.assertEqual([], check(src__wasm__a_h='#include "wasm/b.h"\n#include "wasm/c.h"\n',
                                   src__wasm__b_h='#include "wasm/c.h"\n', src__wasm__c_h=''))

    def test_a_long_chain(self):
        files = {f'src__wasm__f{i}_h': f'#include "wasm/f{i + 1}.h"\n' for i in range(3000)}
        self.assertEqual([], check(**files, src__wasm__f3000_h=''))


if __name__ == '__main__':
    unittest.main()
