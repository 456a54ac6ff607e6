"""Command lines that do not read, and those that ask for help."""

import harness
from guests import hello


class Usage(harness.CommandTest):
    def usage(self, *words, contains, **options):
        done = self.check_error(*words, code=2, contains=contains, **options)
        self.assertEqual(done.stdout, '')
        self.assertIn('Usage: wasmrun', done.stderr)

    def test_nothing_given(self):
        self.usage(contains='no FILE given')
        self.usage('run', contains='no FILE given')
        self.usage('inspect', contains='no FILE given')
        self.usage('validate', contains='no FILE given')

    def test_unknown_option_names_the_nearest(self):
        self.usage('--dri=.', 'x.wasm', contains="unknown option '--dri'; did you mean '--dir'?")
        self.usage('--envv', 'A=1', 'x.wasm', contains="did you mean '--env'?")
        self.usage('--inovke', 'f', 'x.wasm', contains="did you mean '--invoke'?")
        self.usage('-dir', '.', 'x.wasm', contains="did you mean '--dir'?")
        self.usage('inspect', '--jsn', 'x.wasm', contains="did you mean '--json'?")

    def test_unknown_option_without_a_near_one(self):
        done = self.run_command('--frobnicate', 'x.wasm')
        self.assertEqual(done.returncode, 2)
        self.assertIn("unknown option '--frobnicate'\n", done.stderr)

    def test_option_of_another_command(self):
        self.usage('--json', 'x.wasm', contains="option '--json' belongs to 'wasmrun inspect'")
        self.usage('inspect', '--dir', '.', 'x.wasm', contains="option '--dir' belongs to 'wasmrun run'")

    def test_missing_value(self):
        self.usage('--dir', contains="option '--dir' needs a value: --dir HOST[::GUEST[::ro]]")
        self.usage('-W', contains='needs a value')

    def test_value_where_none_belongs(self):
        self.usage('inspect', '--json=yes', 'x.wasm', contains="option '--json' takes no value")

    def test_empty_value_does_not_take_the_next_word(self):
        self.usage('--dir=', 'x.wasm', contains='--dir takes HOST[::GUEST[::ro]]')

    def test_too_many_files(self):
        self.usage('inspect', 'a.wasm', 'b.wasm', contains="one argument too many: 'b.wasm'")

    def test_single_colon_in_dir(self):
        self.usage('--dir', '.:/data', 'x.wasm', contains='--dir .::/data')

    def test_dir_that_does_not_read(self):
        self.usage('--dir', '.::/data::rw', 'x.wasm', contains="is not 'ro'")
        self.usage('--dir', '::', 'x.wasm', contains='HOST[::GUEST[::ro]]')

    def test_env_that_does_not_read(self):
        self.usage('--env', '=1', 'x.wasm', contains='--env takes NAME[=VALUE]')
        self.usage('--env', 'NOT_THERE', 'x.wasm', contains=['--env NOT_THERE', '--env NOT_THERE=VALUE'])

    def test_preload_that_does_not_read(self):
        self.usage('--preload', 'lib', 'x.wasm', contains='--preload takes NAME=FILE')

    def test_stats_that_do_not_read(self):
        self.usage('--stats=xml', 'x.wasm', contains='--stats=json:FILE')

    def test_unknown_engine_option_names_the_nearest(self):
        self.usage('-W', 'fule=1', 'x.wasm', contains='fuel')
        self.usage('-W', 'simdd=n', 'x.wasm', contains='simd')
        self.usage('-O', 'tear=interp', 'x.wasm', contains='tier')
        self.usage('-D', 'loging=info', 'x.wasm', contains='logging')

    def test_engine_option_of_another_group(self):
        self.usage('-O', 'fuel=1', 'x.wasm', contains='fuel')

    def test_engine_option_values_that_do_not_read(self):
        self.usage('-W', 'fuel=lots', 'x.wasm', contains='lots')
        self.usage('-W', 'timeout=5parsecs', 'x.wasm', contains='5parsecs')
        self.usage('-W', 'max-memory-size=1X', 'x.wasm', contains='1X')
        self.usage('-W', 'max-memory-size=99999999999G', 'x.wasm', contains=['99999999999G', 'too large, the most is'])
        self.usage('-W', 'fuel=99999999999999999999', 'x.wasm', contains='too large, the most is')
        self.usage('-W', 'timeout=99999999999999h', 'x.wasm', contains='too large, the most is')
        self.usage('-W', 'simd=maybe', 'x.wasm', contains='maybe')

    def test_engine_option_values_beyond_reason(self):
        self.file('x.wasm', hello())
        for option in ('threads=99999999999', 'memory-reservation=16T', 'memory-guard-size=2T'):
            name, value = option.split('=')
            self.check_error('-O', option, 'x.wasm', code=2, contains=[name, 'the most is'])

    def test_engine_option_without_a_name(self):
        for words in (',fuel=5', 'fuel=1,=5', ''):
            self.usage('-W', words, 'x.wasm', contains='an option without a name')

    def test_help_tells_units_and_tiers(self):
        self.assertIn('BYTES take K, M, G and T', self.run_command('-W', 'help').stdout)
        self.assertIn('opt is not built yet', self.run_command('help', 'run').stdout.replace('\n', ' '))

    def test_unknown_tier(self):
        done = self.run_command('--tier=turbo', self.file('x.wasm', hello()))
        self.assertEqual(done.returncode, 2)
        self.assertIn('turbo', done.stderr)

    def test_unknown_shell_and_help_topic(self):
        self.check_error('completions', 'bahs', code=2, contains="did you mean 'bash'?")
        self.check_error('help', 'inspekt', code=2, contains="did you mean 'inspect'?")


class Help(harness.CommandTest):
    def test_overview_lists_the_commands(self):
        for words in (['--help'], ['-h'], ['help']):
            done = self.run_command(*words)
            self.assertEqual((done.returncode, done.stderr), (0, ''))
            for name in ('run', 'inspect', 'dump', 'validate', 'completions', 'man', 'help'):
                self.assertRegex(done.stdout, rf'(?m)^  {name} ')

    def test_help_of_a_command(self):
        expected = self.run_command('help', 'run')
        self.assertEqual(expected.returncode, 0)
        self.assertIn('--dir HOST[::GUEST[::ro]]', expected.stdout)
        self.assertIn('--tier', expected.stdout)
        self.assertEqual(self.run_command('run', '--help').stdout, expected.stdout)
        self.assertNotIn('--dir', self.run_command('help', 'inspect').stdout)

    def test_lines_fit_the_screen(self):
        for words in (['help', 'run'], ['-W', 'help'], ['-C', 'help'], ['-O', 'help'], ['-D', 'help'], ['help']):
            for line in self.run_command(*words).stdout.splitlines():
                self.assertLessEqual(len(line), 80, line)

    def test_help_of_a_group_shows_defaults(self):
        done = self.run_command('-W', 'help')
        self.assertEqual(done.returncode, 0)
        self.assertIn('-W max-wasm-stack=BYTES', done.stdout)
        self.assertIn('(default 1M)', done.stdout)
        self.assertIn('-W simd=y|n', done.stdout)
        self.assertIn('-D max-backtrace=N', self.run_command('-D', 'help').stdout)
        self.assertNotIn('simd', self.run_command('-O', 'help').stdout)

    def test_version(self):
        for word in ('--version', '-V'):
            done = self.run_command(word)
            self.assertEqual(done.returncode, 0)
            self.assertRegex(done.stdout, r'^wasmrun \d+\.\d+\.\d+\n$')


if __name__ == '__main__':
    harness.main()
