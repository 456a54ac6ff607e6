"""`wasmrun wast` must fail when it should: each kind of command gone wrong, and scripts that are none."""

import json

import harness

MODULE = b'''(module $m
  (func (export "one") (result i32) (i32.const 1))
  (func (export "half") (result f32) (f32.const 0.5))
  (func (export "nan") (result f32) (f32.const nan:0x200000))
  (func (export "two") (result i32 i64) (i32.const 1) (i64.const 2))
  (func (export "trap") (unreachable))
  (func (export "lanes") (result v128) (v128.const i32x4 1 2 3 4))
  (func (export "id") (param externref) (result externref) (local.get 0))
  (global (export "g") i32 (i32.const 7)))
'''


class Wast(harness.CommandTest):
    def script(self, text):
        return self.file('a.wast', text if isinstance(text, bytes) else text.encode())

    def passes(self, text, count, *options):
        self.check('wast', *options, self.script(text), stdout=f'{count} passed, 0 failed\n')

    def fails(self, text, *lines, passed=0, options=()):
        """The script has these failures and no others."""
        done = self.run_command('wast', *options, self.script(text))
        self.assertEqual((done.returncode, done.stderr), (1, ''), text)
        self.assertEqual(done.stdout.splitlines(), [*lines, f'{passed} passed, {len(lines)} failed'])

    def assertion(self, text, complaint):
        """One command after the module, and what is said of it."""
        keyword = text[1:].split()[0]
        self.fails(MODULE + text.encode(), f'a.wast:10:1: {keyword}: {complaint}', passed=1)

    def test_all_is_well(self):
        self.passes('', 0)
        self.passes(MODULE + b'(assert_return (invoke "one") (i32.const 1)) (assert_return (get "g") (i32.const 7))'
                    b'(assert_trap (invoke $m "trap") "unreachable") (assert_trap (invoke $m "trap") "")'
                    b'(assert_return (invoke "lanes") (either (v128.const i32x4 0 0 0 0) (v128.const i64x2 0x200000001 '
                    b'0x400000003))) (invoke "one")', 7)

    def test_wrong_result(self):
        self.assertion('(assert_return (invoke "one") (i32.const 2))', 'expected (i32.const 2), got (i32.const 1)')
        self.assertion('(assert_return (invoke "one") (i64.const 1))', 'expected (i64.const 1), got (i32.const 1)')
        self.assertion('(assert_return (invoke "half") (f32.const 0.25))', 'expected (f32.const 0.25), got (f32.const 0.5)')
        self.assertion('(assert_return (invoke "nan") (f32.const nan:canonical))',
                       'expected (f32.const nan:canonical), got (f32.const nan:0x200000)')
        self.assertion('(assert_return (invoke "nan") (f32.const nan:arithmetic))',
                       'expected (f32.const nan:arithmetic), got (f32.const nan:0x200000)')
        self.assertion('(assert_return (invoke "two") (i32.const 1) (i64.const 3))',
                       'result 2: expected (i64.const 3), got (i64.const 2)')
        self.assertion('(assert_return (invoke "lanes") (v128.const i16x8 1 0 2 0 3 0 4 1))',
                       'expected (v128.const i16x8 1 0 2 0 3 0 4 1), got (v128.const i16x8 1 0 2 0 3 0 4 0)')
        self.assertion('(assert_return (invoke "one") (either (i32.const 2) (i32.const 3)))',
                       'expected (either (i32.const 2) (i32.const 3)), got (i32.const 1)')
        self.assertion('(assert_return (get "g") (i32.const 8))', 'expected (i32.const 8), got (i32.const 7)')

    def test_wrong_reference(self):
        self.assertion('(assert_return (invoke "id" (ref.extern 1)) (ref.extern 2))',
                       'expected (ref.extern 2), got (ref.extern 1)')
        self.assertion('(assert_return (invoke "id" (ref.extern 1)) (ref.null))',
                       'expected (ref.null), got (ref.extern 1)')
        self.assertion('(assert_return (invoke "id" (ref.null extern)) (ref.extern))',
                       'expected (ref.extern), got (externref null)')
        self.assertion('(assert_return (invoke "id" (ref.null extern)) (ref.null func))',
                       'expected (ref.null func), got (externref null)')
        self.assertion('(assert_return (invoke "id" (ref.extern 1)) (ref.func))',
                       'expected (ref.func), got (ref.extern 1)')
        self.assertion('(assert_return (invoke "id" (ref.extern)) (ref.null))',
                       'expected a return, got usage: (ref.extern) is no value to pass')

    def test_numbers_of_references(self):
        module = (b'(module (func (export "i31") (result i31ref) (ref.i31 (i32.const 5)))'
                  b' (func (export "any") (param anyref) (result anyref) (local.get 0)))\n')
        self.passes(module + b'(assert_return (invoke "i31") (ref.i31 5)) (assert_return (invoke "i31") (ref.i31))'
                    b'(assert_return (invoke "any" (ref.i31 7)) (ref.i31 7))'
                    b'(assert_return (invoke "any" (ref.host 7)) (ref.host 7))', 5)
        self.fails(module + b'(assert_return (invoke "i31") (ref.i31 4))\n'
                   b'(assert_return (invoke "any" (ref.host 1)) (ref.host 2))',
                   'a.wast:2:1: assert_return: expected (ref.i31 4), got (ref.i31 5)',
                   'a.wast:3:1: assert_return: expected (ref.host 2), got (ref.host 1)', passed=1)

    def test_references_that_mean_nothing(self):
        for reference, column, complaint in [
                ('(ref 7)', 36, "unexpected token 7; expected ')'"),
                ('(ref.eq 12)', 39, "unexpected token 12; expected ')'"),
                ('(ref.any 12)', 40, "unexpected token 12; expected ')'"),
                ('(ref.bogus)', 32, 'unknown operator ref.bogus; expected a constant'),
                ('(ref.null bogus)', 41, 'unknown operator bogus; expected a heap type')]:
            self.fails(f'(assert_return (invoke "i31") {reference})',
                       f'a.wast:1:{column}: no script: {complaint}')

    def test_long_names_are_cut(self):
        name = 'n' * 5000
        done = self.run_command('wast', self.script(
            f'(invoke ${name} "f")\n(assert_trap (invoke "f") "{name}")\n(module (import "{name}" "{name}" (func)))\n'
            f'(module (func (export "f") (result i32) (i32.const 1)))\n(invoke "{name}")\n'
            f'(assert_return (invoke "f") (either {"(i32.const 2) " * 1000}))'))
        lines = done.stdout.splitlines()
        self.assertEqual(lines[0], f'a.wast:1:1: invoke: usage: there is no instance ${name[:200]}...')
        self.assertTrue(lines[4].endswith('(either ' + '(i32.const 2) ' * 8 + '...), got (i32.const 1)'), lines[4])
        self.assertEqual(lines[5], '1 passed, 5 failed')
        for line in lines:
            self.assertLess(len(line), 1200)

    def test_wrong_number_of_results(self):
        self.assertion('(assert_return (invoke "two") (i32.const 1))', 'expected 1 results, got 2')
        self.assertion('(assert_return (invoke "one"))', 'expected 0 results, got 1')

    def test_traps_and_their_absence(self):
        self.assertion('(assert_return (invoke "trap"))', 'expected a return, got trap: unreachable')
        self.assertion('(invoke "trap")', 'trap: unreachable')
        self.assertion('(assert_trap (invoke "one") "unreachable")', 'expected trap: unreachable, got no error')
        self.assertion('(assert_trap (invoke "one") "")', 'expected trap, got no error')
        self.assertion('(assert_trap (invoke "trap") "integer overflow")',
                       'expected trap: integer overflow, got trap: unreachable')
        self.assertion('(assert_trap (invoke "trap") "unreachable code")',
                       'expected trap: unreachable code, got trap: unreachable')
        self.assertion('(assert_exhaustion (invoke "trap") "call stack exhausted")',
                       'expected trap: call stack exhausted, got trap: unreachable')
        self.assertion('(assert_exception (invoke "trap"))', 'expected exception, got trap: unreachable')

    def test_modules_that_are_better_than_said(self):
        self.assertion('(assert_invalid (module) "type mismatch")', 'expected invalid: type mismatch, got no error')
        self.assertion('(assert_malformed (module quote "") "unexpected end")',
                       'expected malformed: unexpected end, got no error')
        self.assertion('(assert_unlinkable (module) "unknown import")', 'expected link: unknown import, got no error')
        self.assertion('(assert_trap (module) "unreachable")', 'expected trap: unreachable, got no error')

    def test_one_kind_of_wrong_module_is_not_another(self):
        done = self.run_command('wast', self.script(
            '(assert_malformed (module quote "(func (result i32))") "type mismatch")\n'
            '(assert_invalid (module quote "(func") "unexpected")\n'
            '(assert_unlinkable (module (func (result i32))) "type mismatch")\n'
            '(assert_invalid (module (import "x" "y" (func))) "unknown import")\n'))
        self.assertEqual(done.returncode, 1)
        lines = done.stdout.splitlines()
        self.assertIn('expected malformed: type mismatch, got invalid: type mismatch', lines[0])
        self.assertIn('expected invalid: unexpected, got malformed: unexpected', lines[1])
        self.assertIn('expected link: type mismatch, got invalid: type mismatch', lines[2])
        self.assertIn('expected invalid: unknown import, got link: unknown import', lines[3])
        self.assertEqual(lines[4], '0 passed, 4 failed')

    def test_names_that_are_not_there(self):
        self.fails('(invoke "f")', 'a.wast:1:1: invoke: usage: there is no instance')
        self.fails('(assert_return (get $x "f"))',
                   'a.wast:1:1: assert_return: expected a return, got usage: there is no instance $x')
        self.fails('(register "a" $x)', 'a.wast:1:1: register: there is no instance $x')
        self.fails('(module instance $i $m)', 'a.wast:1:1: module: usage: there is no module $m')
        self.fails('(wait $t)', 'a.wast:1:1: wait: there is no thread $t')
        self.fails('(thread $t (shared (module $m)))', 'a.wast:1:1: thread: usage: there is no instance $m')

    def test_a_module_that_fails_leaves_no_instance(self):
        done = self.run_command('wast', self.script(MODULE + b'(module (func (result i32)))\n(invoke "one")\n'
                                                    b'(invoke $m "one")\n'))
        self.assertEqual(done.returncode, 1)
        lines = done.stdout.splitlines()
        self.assertIn('a.wast:10:1: module: invalid: type mismatch', lines[0])
        self.assertEqual(lines[1:], ['a.wast:11:1: invoke: usage: there is no instance', '2 passed, 2 failed'])

    def test_a_module_that_fails_leaves_nothing_under_its_names(self):
        broken = b'(module $m (func (result i32)))\n'
        for redefinition, use, complaint in [
                (broken, b'(invoke $m "one")', 'invoke: usage: there is no instance $m'),
                (broken, b'(module instance $m)', 'module: usage: there is no module'),
                (broken, b'(module instance $i $m)', 'module: usage: there is no module $m'),
                (b'(module definition $m (func (result i32)))\n', b'(module instance $i $m)',
                 'module: usage: there is no module $m'),
                (b'(module $m (import "x" "y" (func)))\n', b'(invoke $m "one")', 'invoke: usage: there is no instance $m'),
                (b'(module instance $m $none)\n', b'(invoke $m "one")', 'invoke: usage: there is no instance $m'),
                (b'(register "M" $none)\n', b'(module (import "M" "one" (func (result i32))))',
                 'module: link: unknown import: "M" "one"')]:
            done = self.run_command('wast', self.script(MODULE + b'(register "M")\n' + redefinition + use))
            self.assertEqual(done.stdout.splitlines()[1:], [f'a.wast:12:1: {complaint}', '2 passed, 2 failed'])

    def test_an_asserted_failure_leaves_the_instance(self):
        self.passes(MODULE + b'(assert_trap (module (func $f (unreachable)) (start $f)) "unreachable")'
                    b'(assert_unlinkable (module (import "x" "y" (func))) "unknown import")'
                    b'(assert_return (invoke "one") (i32.const 1))', 4)

    def test_definitions_and_instances(self):
        self.passes('(module definition $m (global (export "g") (mut i32) (i32.const 0))'
                    '  (func (export "inc") (global.set 0 (i32.add (global.get 0) (i32.const 1)))))'
                    '(module instance $a $m) (module instance $b $m) (invoke $a "inc")'
                    '(assert_return (get $a "g") (i32.const 1)) (assert_return (get $b "g") (i32.const 0))'
                    '(module instance) (assert_return (get "g") (i32.const 0))', 8)

    def test_registering_again_replaces(self):
        self.passes('(module (global (export "a") i32 (i32.const 1))) (register "M")'
                    '(module (global (export "b") i32 (i32.const 2))) (register "M")'
                    '(module (import "M" "b" (global i32)))'
                    '(assert_unlinkable (module (import "M" "a" (global i32))) "unknown import")', 6)

    def test_what_is_no_script(self):
        self.fails('(module', 'a.wast:1:1: no script: unexpected end: this parenthesis is never closed')
        self.fails('(module)\n  (frobnicate)',
                   'a.wast:2:4: no script: unknown operator frobnicate; expected a command')
        self.fails('(input "other.wast")', "a.wast:1:2: no script: the command 'input' is not supported")
        done = self.run_command('wast', self.script(b'\xff\xfe\x00'))
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stdout.startswith('a.wast:1:1: no script: '), done.stdout)

    def test_deep_nesting(self):
        deep = 100_000
        self.check('wast', self.script('(component ' + '(' * deep + ')' * deep + ')'),
                   stdout='0 passed, 0 failed, 1 skipped\n')
        done = self.run_command('wast', self.script('(module (func ' + '(block ' * deep + ')' * (deep + 2)))
        self.assertIn(done.returncode, (0, 1))
        done = self.run_command('wast', self.script('(thread $t ' * 1000 + ')' * 1000))
        self.assertIn('threads already', done.stdout)
        self.assertEqual(done.returncode, 1)

    def test_several_files_and_totals(self):
        good, bad = self.file('good.wast', MODULE), self.file('bad.wast', b'(invoke "f")')
        self.check('wast', good, bad, good, code=1,
                   stdout='bad.wast:1:1: invoke: usage: there is no instance\n2 passed, 1 failed\n')

    def test_verbose_prints_and_counts(self):
        done = self.run_command('wast', '-v', self.script(
            '(module (import "spectest" "print_i32_f32" (func $p (param i32 f32)))'
            ' (func $s (call $p (i32.const 4) (f32.const 0.5))) (start $s))'))
        self.assertEqual((done.returncode, done.stdout),
                         (0, 'print_i32_f32 4 0.5\na.wast: 1 passed, 0 failed\n1 passed, 0 failed\n'))

    def test_json(self):
        done = self.run_command('wast', '--json', self.script(
            '(module $m)\n(module definition binary "\\00asm\\01\\00\\00\\00")(assert_trap (module) "x")(component)'))
        self.assertEqual(done.returncode, 1)
        self.assertEqual(json.loads(done.stdout), {
            'file': 'a.wast', 'passed': 2, 'failed': 1, 'skipped': 1,
            'commands': {'assert_trap module': 1, 'component': 1, 'module': 1, 'module definition': 1},
            'modules': {'binary': 1, 'text': 2},
            'failures': [{'line': 2, 'column': 48, 'command': 'assert_trap', 'message': 'expected trap: x, got no error'}]})
        done = self.run_command('wast', '--json', self.script('('))
        self.assertEqual(json.loads(done.stdout)['failures'][0]['command'], 'script')

    def test_engine_options_apply(self):
        text = '(module (func (export "f") (result i32) (i32.extend8_s (i32.const 1))))'
        self.passes(text, 1)
        done = self.run_command('wast', '-W', 'sign-extension=n', self.script(text))
        self.assertEqual(done.returncode, 1)
        self.assertIn('sign-extension', done.stdout)
        endless = '(module (func (export "f") (loop (br 0))))(assert_trap (invoke "f") "all fuel consumed")'
        self.passes(endless, 2, '-W', 'fuel=1000')

    def test_each_command_has_its_own_fuel(self):
        self.passes(MODULE + b'(assert_return (invoke "one") (i32.const 1))' * 1000, 1001, '-W', 'fuel=100')
        self.passes(b'(module (func (export "f") (loop (br 0))) (func (export "g")))'
                    b'(assert_trap (invoke "f") "all fuel consumed") (assert_return (invoke "g"))', 3, '-W', 'fuel=1000')

    def test_unknown_imports(self):
        text = ('(module (func (export "f") (result i32) (i32.const 3))) (register "M")\n'
                '(module (import "M" "f" (func $f (result i32))) (import "x" "y" (func $y (result i32)))'
                ' (import "spectest" "global_i32" (global i32))'
                ' (func (export "f") (result i32) (call $f)) (func (export "y") (result i32) (call $y)))\n'
                '(assert_return (invoke "f") (i32.const 3))\n')
        returns = text + '(assert_return (invoke "y") (i32.const 0))'
        self.assertIn('unknown import', self.run_command('wast', self.script(returns)).stdout)
        self.passes(returns, 5, '-W', 'unknown-imports-default')
        self.passes(text + '(assert_trap (invoke "y") "")', 5, '-W', 'unknown-imports-trap')

    def test_run_config(self):
        wide = '(module (func (result i64 i64) (i64.mul_wide_u (i64.const 1) (i64.const 1))))'
        self.passes(';; why: RUN-CONFIG wide-arithmetic=y, max-memory-size=64MiB: because\n' + wide, 1)
        self.assertEqual(self.run_command('wast', self.script(wide)).returncode, 1)
        self.assertEqual(self.run_command('wast', self.script('\n;; RUN-CONFIG wide-arithmetic=y\n' + wide)).returncode, 1)
        done = self.run_command('wast', self.script(';; RUN-CONFIG frobs=1\n'))
        self.assertEqual(done.returncode, 1)
        self.assertIn('a.wast:1:1: no script: RUN-CONFIG: ', done.stdout)
        self.assertIn('frobs', done.stdout)
        for line in ['RUN-CONFIG\twide-arithmetic', 'RUN-CONFIG: wide-arithmetic', 'RUN-CONFIG fuel=10K,\twide-arithmetic:',
                     'RUN-CONFIG wide-arithmetic, for its sums: simd=n', 'RUN-CONFIG wide-arithmetic (not simd=x)']:
            self.passes(f';; {line}\n{wide}', 1)
        for line, word in [('wide-arithmetc', 'wide-arithmetc'), ('simd=y, wide-arithmetc', 'wide-arithmetc'),
                           ('gc-heap-limit=much', 'gc-heap-limit=much'), ('fuel', 'fuel')]:
            done = self.run_command('wast', self.script(f';; RUN-CONFIG {line}: why\n{wide}'))
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"a.wast:1:1: no script: RUN-CONFIG: '{word}': ", done.stdout)

    def test_a_file_without_end(self):
        done = self.run_command('wast', '/dev/zero')
        self.assertEqual(done.returncode, 1)
        self.assertIn('/dev/zero:1:1: no script: ', done.stdout)

    def test_standard_input(self):
        self.check('wast', '-', stdin=MODULE, stdout='1 passed, 0 failed\n')

    def test_files_and_options_that_do_not_read(self):
        done = self.check_error('wast', 'missing.wast', self.script(MODULE), code=1, contains='missing.wast')
        self.assertEqual(done.stdout, '1 passed, 1 failed\n')
        done = self.run_command('wast', '--json', 'missing.wast', self.script(MODULE))
        self.assertEqual(done.returncode, 1)
        missing, found = map(json.loads, done.stdout.splitlines())
        self.assertEqual((missing['failures'][0]['command'], found['passed']), ('script', 1))
        self.check_error('wast', code=2, contains='no FILE given')
        self.check_error('wast', '--invoke', 'f', self.script(''), code=2, contains="belongs to 'wasmrun run'")
        self.check_error('wast', '-W', 'no-such-thing', self.script(''), code=2, contains='no-such-thing')

    def test_threads_that_go_wrong(self):
        done = self.run_command('wast', self.script('(thread $t (module) (invoke "f"))\n(thread $t)\n(wait $t)\n(wait $t)'))
        lines = done.stdout.splitlines()
        self.assertEqual(lines[0], 'a.wast:2:1: thread: a thread $t runs already')
        self.assertIn('a.wast:1:21: invoke: usage: ', lines[1])
        self.assertEqual(lines[2:], ['a.wast:4:1: wait: there is no thread $t', '3 passed, 3 failed'])


if __name__ == '__main__':
    harness.main()
