import unittest

from harness.stats import geometric_mean, median, ratio, spread


class Stats(unittest.TestCase):
    def test_median_is_the_middle_whatever_the_order(self):
        self.assertEqual(median([9.0, 1.0, 5.0]), 5.0)
        self.assertEqual(median([4.0]), 4.0)

    def test_median_of_an_even_count_is_between_the_two_middle_values(self):
        self.assertEqual(median([1.0, 100.0, 2.0, 4.0]), 3.0)

    def test_median_of_nothing_is_refused(self):
        with self.assertRaises(ValueError):
            median([])

    def test_geometric_mean(self):
        self.assertAlmostEqual(geometric_mean([2.0, 8.0]), 4.0)
        self.assertAlmostEqual(geometric_mean([0.5, 2.0]), 1.0)

    def test_geometric_mean_does_not_overflow(self):
        self.assertAlmostEqual(geometric_mean([1e300] * 10) / 1e300, 1.0, places=9)

    def test_geometric_mean_refuses_zero_and_nothing(self):
        for values in ([], [1.0, 0.0], [-1.0]):
            with self.assertRaises(ValueError):
                geometric_mean(values)

    def test_ratio_is_none_without_both_figures(self):
        self.assertEqual(ratio(1.0, 2.0), 0.5)
        for pair in ((None, 1.0), (1.0, None), (1.0, 0.0), (0.0, 1.0)):
            self.assertIsNone(ratio(*pair))

    def test_spread(self):
        self.assertAlmostEqual(spread([9.0, 10.0, 12.0]), 0.3)
        self.assertEqual(spread([0.0, 0.0]), 0.0)


if __name__ == "__main__":
    unittest.main()
