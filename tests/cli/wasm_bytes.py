"""Puts small WebAssembly modules together, byte by byte, so that the tests need no assembler.

    module = Module()
    log = module.import_function('env', 'log', [I32])
    module.function([], [], i32_const(7) + call(log), export='run')
    module.bytes()
"""

import struct

I32, I64, F32, F64, V128, FUNCREF, EXTERNREF = 0x7f, 0x7e, 0x7d, 0x7c, 0x7b, 0x70, 0x6f
FUNCTION, TABLE, MEMORY, GLOBAL = 0, 1, 2, 3


def leb(number):
    """Unsigned LEB128."""
    result = bytearray()
    while True:
        byte, number = number & 0x7f, number >> 7
        result.append(byte | (0x80 if number else 0))
        if not number:
            return bytes(result)


def sleb(number):
    """Signed LEB128."""
    result = bytearray()
    while True:
        byte, number = number & 0x7f, number >> 7
        done = number == (-1 if byte & 0x40 else 0)
        result.append(byte | (0 if done else 0x80))
        if done:
            return bytes(result)


def vector(items):
    items = list(items)
    return leb(len(items)) + b''.join(items)


def sized(contents):
    return leb(len(contents)) + contents


def name_bytes(text):
    return sized(text.encode() if isinstance(text, str) else text)


# -- Instructions -------------------------------------------------------------------------------------------------------
UNREACHABLE, RETURN, DROP, END = b'\x00', b'\x0f', b'\x1a', b'\x0b'
I32_EQZ, I32_ADD, I32_SUB, I32_DIV_S, I64_MUL, F64_ADD = b'\x45', b'\x6a', b'\x6b', b'\x6d', b'\x7e', b'\xa0'


def i32_const(number):
    return b'\x41' + sleb(number)


def i64_const(number):
    return b'\x42' + sleb(number)


def f64_const(number):
    return b'\x44' + struct.pack('<d', number)


def call(function):
    return b'\x10' + leb(function)


def local_get(index):
    return b'\x20' + leb(index)


def local_set(index):
    return b'\x21' + leb(index)


def load32(address, align=2):
    return i32_const(address) + b'\x28' + leb(align) + leb(0)


def store32(address, value):
    """Stores what the instructions `value` give."""
    return i32_const(address) + value + b'\x36\x02\x00'


def if_(then):
    return b'\x04\x40' + then + END


def loop(body):
    return b'\x03\x40' + body + END


def throw(tag):
    return b'\x08' + leb(tag)


def br(depth):
    return b'\x0c' + leb(depth)


# -- Modules --------------------------------------------------------------------------------------------------------------
class Module:
    def __init__(self):
        self.types, self.imports, self.functions, self.bodies = [], [], [], []
        self.memories, self.exports, self.data, self.customs = [], [], [], []
        self.names, self.start, self.tags, self.tables = {}, None, [], []

    def type(self, params, results):
        entry = b'\x60' + vector(bytes([t]) for t in params) + vector(bytes([t]) for t in results)
        if entry not in self.types:
            self.types.append(entry)
        return self.types.index(entry)

    def import_function(self, module, name, params=(), results=()):
        """All imports come before the first function()."""
        assert not self.functions
        self.imports.append(name_bytes(module) + name_bytes(name) + b'\x00' + leb(self.type(params, results)))
        return len(self.imports) - 1

    def function(self, params, results, code, locals=(), export=None, name=None):
        index = len(self.imports) + len(self.functions)
        self.functions.append(leb(self.type(params, results)))
        self.bodies.append(sized(vector(leb(1) + bytes([t]) for t in locals) + code + END))
        if export is not None:
            self.export(export, FUNCTION, index)
        if name is not None:
            self.names[index] = name
        return index

    def memory(self, pages, maximum=None, export='memory'):
        limits = b'\x00' + leb(pages) if maximum is None else b'\x01' + leb(pages) + leb(maximum)
        self.memories.append(limits)
        if export is not None:
            self.export(export, MEMORY, len(self.memories) - 1)

    def table(self, elements):
        self.tables.append(bytes([FUNCREF]) + b'\x00' + leb(elements))

    def tag(self, params):
        self.tags.append(b'\x00' + leb(self.type(params, [])))
        return len(self.tags) - 1

    def export(self, name, kind, index):
        self.exports.append(name_bytes(name) + bytes([kind]) + leb(index))

    def bytes_at(self, address, contents):
        """An active data segment."""
        self.data.append(b'\x00' + i32_const(address) + END + sized(contents))

    def custom(self, name, contents):
        self.customs.append(name_bytes(name) + contents)

    def bytes(self, module_name=None):
        def section(number, items):
            return bytes([number]) + sized(vector(items)) if items else b''

        result = b'\0asm\x01\0\0\0' + section(1, self.types) + section(2, self.imports) + section(3, self.functions)
        result += section(4, self.tables) + section(5, self.memories) + section(13, self.tags) + section(7, self.exports)
        if self.start is not None:
            result += b'\x08' + sized(leb(self.start))
        result += section(10, self.bodies) + section(11, self.data)
        names = b''
        if module_name is not None:
            names += b'\x00' + sized(name_bytes(module_name))
        if self.names:
            names += b'\x01' + sized(vector(leb(i) + name_bytes(n) for i, n in sorted(self.names.items())))
        for custom in self.customs + ([name_bytes('name') + names] if names else []):
            result += b'\x00' + sized(custom)
        return result
