"""wasmrun inspect and dump."""

import json
import re

import harness
import guests
from wasm_bytes import *


def sample():
    module = Module()
    module.import_function('env', 'log "it"\n', [I32], [])
    module.memory(2, 5)
    module.function([I32, I64], [F64], f64_const(1), export='f\x1b[2J', name='inner::f')
    module.function([], [], b'')
    module.bytes_at(0, b'data')
    module.custom('producers', b'\x00')
    return module.bytes(module_name='sample')


class Inspect(harness.CommandTest):
    def setUp(self):
        super().setUp()
        self.contents = sample()
        self.file('x.wasm', self.contents)

    def inspect(self, *words):
        done = self.run_command('inspect', *words)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        return done.stdout

    def test_text(self):
        text = self.inspect('x.wasm')
        self.assertIn(f'`x.wasm`: {len(self.contents)} bytes, module "sample"', text)
        self.assertIn('"env" "log "it"\\u{a}" (func', text)
        self.assertIn('(param i32 i64) (result f64)', text)
        self.assertIn('(memory 2 5)', text)
        self.assertIn('custom "producers"', text)
        self.assertNotIn('\x1b', text)
        self.assertNotIn('inner::f', text)

    def test_functions(self):
        text = self.inspect('--functions', 'x.wasm')
        self.assertIn('inner::f', text)
        self.assertEqual(self.inspect('x.wasm', '--functions'), text)

    def test_json(self):
        data = json.loads(self.inspect('--json', '--functions', 'x.wasm'))
        self.assertEqual(data['size'], len(self.contents))
        self.assertEqual(data['name'], 'sample')
        self.assertEqual([(i['module'], i['name'], i['kind']) for i in data['imports']],
                         [('env', 'log "it"\n', 'function')])
        self.assertEqual([(e['name'], e['kind'], e['index']) for e in data['exports']],
                         [('memory', 'memory', 0), ('f\x1b[2J', 'function', 1)])
        self.assertEqual((data['functionCount'], data['importedFunctionCount']), (3, 1))
        self.assertEqual(data['functions'][1]['name'], 'inner::f')
        self.assertTrue(data['functions'][0]['imported'])
        self.assertNotIn('functions', json.loads(self.inspect('--json', 'x.wasm')))

    def test_offsets_and_sizes_are_right(self):
        data = json.loads(self.inspect('--json', '--functions', 'x.wasm'))
        by_name = {section['name']: section for section in data['sections']}
        memory = by_name['memory']
        self.assertEqual(self.contents[memory['offset']:memory['offset'] + memory['size']], b'\x01\x01\x02\x05')
        self.assertEqual(memory['entries'], 1)
        ends = [section['offset'] + section['size'] for section in data['sections']]
        self.assertEqual(ends[-1], len(self.contents))
        body = data['functions'][1]
        self.assertEqual(self.contents[body['offset']:body['offset'] + body['size']],
                         b'\x00' + f64_const(1) + END)

    def test_empty_module(self):
        self.file('e.wasm', Module().bytes())
        self.assertIn('8 bytes', self.inspect('e.wasm'))
        data = json.loads(self.inspect('--json', '--functions', 'e.wasm'))
        self.assertEqual((data['imports'], data['exports'], data['sections'], data['functions']), ([], [], [], []))


class Dump(harness.CommandTest):
    def setUp(self):
        super().setUp()
        self.file('x.wasm', guests.library())

    def test_wasm(self):
        done = self.run_command('dump', 'x.wasm', '--func', 'add')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertIn('i32.add', done.stdout)
        self.check('dump', 'x.wasm', '--func=0', '--stage', 'wasm', stdout=done.stdout)

    def test_interpreter_code(self):
        done = self.run_command('dump', '--stage=interp', '--func', 'add', 'x.wasm')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertNotEqual(done.stdout, '')

    def test_machine_code(self):
        done = self.run_command('dump', '--stage=baseline', '--func', 'div', 'x.wasm')
        if done.returncode != 0:
            self.assertIn('no machine code for this machine', done.stderr)
            self.skipTest('there is no compiler for this machine')
        for text in ('div: wasm 0x', 'slots', 'idiv', 'call trap integer divide by zero', 'ret\n'):
            self.assertIn(text, done.stdout)
        self.check('dump', '--stage=baseline', '--func', 'div', 'x.wasm', stdout=done.stdout)

    def test_machine_code_that_counts_fuel(self):
        plain = self.run_command('dump', '--stage=baseline', '--func', 'div', 'x.wasm')
        if plain.returncode != 0:
            self.skipTest('there is no compiler for this machine')
        counting = self.run_command('dump', '--stage=baseline', '--func', 'div', '-W', 'fuel=100', 'x.wasm')
        self.assertNotIn('all fuel consumed', plain.stdout)
        self.assertIn('all fuel consumed', counting.stdout)

    def test_machine_code_of_a_table(self):
        self.file('t.wat', b"""(func $f (export "f") (param i32) (result i32)
          (block (block (br_table 0 1 0 (local.get 0))) (return (i32.const 7))) (i32.const 8))""")
        done = self.run_command('dump', '--stage=baseline', 't.wat')
        if done.returncode == 0:
            self.assertEqual(done.stdout.count('.long L'), 2, done.stdout)

    def test_machine_code_of_objects(self):
        self.file('o.wat', b"""(module
          (type $n (sub final (struct (field (mut i32)) (field (mut (ref null $n))))))
          (type $a (array (mut i32)))
          (func $get (param (ref null $n)) (result i32) (struct.get $n 0 (local.get 0)))
          (func $set (param (ref null $n) (ref null $n)) (struct.set $n 1 (local.get 0) (local.get 1)))
          (func $new (param i32 (ref null $n)) (result (ref $n)) (struct.new $n (local.get 0) (local.get 1)))
          (func $at (param (ref null $a) i32) (result i32) (array.get $a (local.get 0) (local.get 1)))
          (func $cast (param anyref) (result (ref $n)) (ref.cast (ref $n) (local.get 0))))""")
        done = self.run_command('dump', '--stage=baseline', 'o.wat')
        if done.returncode != 0:
            self.skipTest('there is no compiler for this machine')
        code = {listing.split(':')[0]: listing for listing in done.stdout.strip().split('\n\n')}
        # Null is found by the fault. C++ is called for what traps, and where there is no room for an object.
        self.assertNotIn('test', code['get'] + code['set'] + code['at'])
        for name, calls in (('get', []), ('set', []), ('at', ['trap']), ('cast', ['trap']), ('new', ['builtin'])):
            self.assertEqual(re.findall(r'call (\w+)', code[name].replace('call entrySlow', '')), calls, code[name])

    def test_every_function(self):
        done = self.run_command('dump', 'x.wasm')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        for text in ('i32.add', 'i64.mul', 'f64.add', 'i32.div_s'):
            self.assertIn(text, done.stdout)

    def test_text(self):
        done = self.run_command('dump', 'x.wasm', '--wat')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertTrue(done.stdout.startswith('(module\n'), done.stdout)
        self.assertIn('(export "add" (func 0))', done.stdout)
        self.assertIn('    i32.add\n', done.stdout)
        done = self.run_command('dump', 'x.wasm', '--wat', '--func', 'add')
        self.assertTrue(done.stdout.startswith('(func '), done.stdout)
        self.check_error('dump', 'x.wasm', '--wat', '--func', '99', code=1, contains='no function 99')
        self.check_error('dump', 'x.wasm', '--wat', '--stage=interp', code=2, contains='--wat and --stage')

    def test_no_such_function(self):
        self.check_error('dump', 'x.wasm', '--func', 'ad', code=1, contains=["named 'ad'", "did you mean 'add'?"])
        self.check_error('dump', 'x.wasm', '--func', '99', code=1, contains=['no function 99', 'the module has 6'])

    def test_imported_function(self):
        self.file('h.wasm', guests.hello())
        self.check_error('dump', 'h.wasm', '--func', '0', code=1, contains='import')

    def test_no_such_stage(self):
        self.check_error('dump', 'x.wasm', '--stage=bytes', code=2, contains=["'bytes'", 'wasm'])


if __name__ == '__main__':
    harness.main()
