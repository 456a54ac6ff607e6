"""Collectors under a limit: garbage goes, cycles or not, and memory stays flat."""

import pathlib
import resource

import harness

PROGRAM = pathlib.Path(__file__).with_name('cyclic_garbage.wat').read_bytes()
MEBIBYTES, SUM = 256, '-1295719788\n'


class Cycles(harness.CommandTest):
    def run_under(self, limit, collector, mebibytes, *options):
        self.file('x.wat', PROGRAM)
        return self.run_command('-C', f'collector={collector}', '-W', f'max-gc-heap-size={limit}', *options, '--invoke',
                                'run', 'x.wat', str(mebibytes))

    def test_cycles_under_64_mebibytes(self):
        for collector in ('generational', 'copying'):
            done = self.run_under('64M', collector, MEBIBYTES)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, SUM, ''), collector)
        # Kibibytes, the largest of all children so far. A sanitizer's shadow of what was ever touched counts as well.
        if 'asan' not in harness.BINARY:
            self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, 64 << 10)

    def test_nothing_goes_without_a_collector(self):
        done = self.run_under('64M', 'null', MEBIBYTES)
        self.assertEqual((done.returncode, done.stdout), (134, ''))
        self.assertIn('wasm trap: gc heap exhausted', done.stderr)
        done = self.run_under('2G', 'null', MEBIBYTES)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, SUM, ''))

    def test_the_same_under_stress(self):
        expected = self.run_under('1G', 'null', 4).stdout
        for collector in ('generational', 'copying'):
            done = self.run_under('64M', collector, 4, '-C', 'gc-stress', '-C', 'gc-verify')
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, expected, ''), collector)


if __name__ == '__main__':
    harness.main()
