import json
import unittest
from pathlib import Path
from xml.etree import ElementTree

from harness import chart, report
from harness.engines import Engine
from harness.manifest import Program
from harness.session import Cell, Results


def results():
    """Two programs in three engines: `slow` takes 4 and 1 times wasm3's time, `broken` fails one, lacks the other."""
    engines = [Engine(name, Path("/bin/" + name), version="1.0") for name in ("slow", "wasm3", "broken")]
    cells = {
        "fib": {
            "slow": Cell([4.0], [4.0], [2048]),
            "wasm3": Cell([1.0, 9.0, 1.0], [1.0, 9.0, 1.0], [1024]),
            "broken": Cell(error="exit code 1 <&>"),
        },
        "zip": {"slow": Cell([0.05], [0.05], [2048]), "wasm3": Cell([0.05], [0.05], [1024])},
    }
    return Results([Program("fib"), Program("zip")], engines, 3, cells)


class Report(unittest.TestCase):
    def test_the_base_is_wasm3_unless_another_is_asked_for(self):
        self.assertEqual(report.choose_base(results(), None), "wasm3")
        self.assertEqual(report.choose_base(results(), "slow"), "slow")
        with self.assertRaisesRegex(ValueError, "did not take part"):
            report.choose_base(results(), "bun")

    def test_mean_ratio_counts_the_programs_both_engines_ran(self):
        mean, count = report.mean_ratio(results(), "slow", "wasm3", "cpu")
        self.assertAlmostEqual(mean, 2.0)
        self.assertEqual(count, 2)
        self.assertIsNone(report.mean_ratio(results(), "broken", "wasm3", "cpu"))

    def test_table_has_ratios_errors_and_absences(self):
        lines = report.table(results(), "wasm3", "cpu").splitlines()
        rows = {line.split("|")[1].strip(): [cell.strip() for cell in line.split("|")[2:-1]] for line in lines}
        self.assertEqual(rows["fib"], ["4.000 (4.00x)", "1.000", "**error**"])
        self.assertEqual(rows["zip"], ["0.0500 (1.00x)", "0.0500", "-"])
        self.assertEqual(rows["geometric mean"], ["**2.000x** (n=2)", "**1.000x** (n=2)", "-"])
        self.assertEqual(len({len(line) for line in lines}), 1, "columns line up")

    def test_peak_memory_is_in_mib(self):
        self.assertIn("2.0 (2.00x)", report.table(results(), "wasm3", "peak"))

    def test_errors_are_spelled_out_below(self):
        self.assertIn("- fib, broken: exit code 1 <&>", report.markdown(results(), "wasm3", ["cpu"]))

    def test_json_keeps_every_sample(self):
        document = json.loads(json.dumps(report.to_json(results(), "wasm3")))
        self.assertEqual(document["programs"]["fib"]["wasm3"]["cpu"], [1.0, 9.0, 1.0])
        self.assertEqual(document["programs"]["fib"]["broken"], {"error": "exit code 1 <&>"})
        self.assertEqual(document["geometric_means"]["cpu"]["slow"]["programs"], 2)


class Chart(unittest.TestCase):
    def test_it_is_xml_with_a_mark_for_each_figure(self):
        root = ElementTree.fromstring(chart.svg(results(), "wasm3"))
        tips = [tip.text for tip in root.iter("{http://www.w3.org/2000/svg}title")]
        self.assertEqual(
            sorted(tips),
            sorted(
                [
                    "slow",
                    "wasm3",
                    "broken",
                    "slow: 4.000x",
                    "wasm3: 1.000x",
                    "slow: 1.000x",
                    "wasm3: 1.000x",
                    "slow: 2.000x",
                    "wasm3: 1.000x",
                ]
            ),
        )
        texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
        self.assertIn("geometric mean", texts)

    def test_without_any_figure_it_is_still_a_picture(self):
        empty = Results([Program("fib")], results().engines, 1, {"fib": {}})
        ElementTree.fromstring(chart.svg(empty, "wasm3"))


if __name__ == "__main__":
    unittest.main()
