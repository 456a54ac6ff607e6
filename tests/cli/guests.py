"""The programs that the command line is tested with."""

import struct

from wasm_bytes import *

WASI = 'wasi_snapshot_preview1'
SIGNATURES = {  # the functions of WASI that the guests use
    'args_sizes_get': ([I32] * 2, [I32]),
    'args_get': ([I32] * 2, [I32]),
    'environ_sizes_get': ([I32] * 2, [I32]),
    'environ_get': ([I32] * 2, [I32]),
    'fd_write': ([I32] * 4, [I32]),
    'fd_read': ([I32] * 4, [I32]),
    'fd_prestat_get': ([I32] * 2, [I32]),
    'fd_prestat_dir_name': ([I32] * 3, [I32]),
    'path_open': ([I32, I32, I32, I32, I32, I64, I64, I32, I32], [I32]),
    'poll_oneoff': ([I32] * 4, [I32]),
    'proc_exit': ([I32], []),
}


class Guest(Module):
    """A WASI command; `self.NAME` is the index of each WASI function asked for."""

    def __init__(self, *functions):
        super().__init__()
        for name in functions:
            setattr(self, name, self.import_function(WASI, name, *SIGNATURES[name]))
        self.memory(1)

    def write(self, descriptor, address, length):
        """fd_write of `length` (instructions) bytes at `address`; leaves the errno."""
        return (store32(0, i32_const(address)) + store32(4, length) + i32_const(descriptor) + i32_const(0) +
                i32_const(1) + i32_const(8) + call(self.fd_write))

    def say(self, text, address=16, descriptor=1):
        self.bytes_at(address, text)
        return self.write(descriptor, address, i32_const(len(text))) + DROP


def hello(code=None, text=b'hello\n', **options):
    guest = Guest('fd_write', 'proc_exit')
    body = guest.say(text)
    if code is not None:
        body += i32_const(code) + call(guest.proc_exit)
    guest.function([], [], body, export='_start')
    return guest.bytes(**options)


def show_strings(which):
    """Prints the buffer that args_get or environ_get fill: each string with a 0 byte after it."""
    guest = Guest(which + '_sizes_get', which + '_get', 'fd_write')
    sizes, get = (getattr(guest, which + suffix) for suffix in ('_sizes_get', '_get'))
    body = i32_const(16) + i32_const(20) + call(sizes) + DROP
    body += i32_const(64) + i32_const(4096) + call(get) + DROP
    body += guest.write(1, 4096, load32(20)) + DROP
    guest.function([], [], body, export='_start')
    return guest.bytes()


def show_directories():
    """Prints the names of the preopened directories, one a line."""
    guest = Guest('fd_prestat_get', 'fd_prestat_dir_name', 'fd_write')
    guest.bytes_at(32, b'\n')
    body = b''
    for descriptor in range(3, 7):
        body += i32_const(descriptor) + i32_const(16) + call(guest.fd_prestat_get) + if_(RETURN)
        body += i32_const(descriptor) + i32_const(64) + load32(20) + call(guest.fd_prestat_dir_name) + DROP
        body += guest.write(1, 64, load32(20)) + DROP + guest.write(1, 32, i32_const(1)) + DROP
    guest.function([], [], body, export='_start')
    return guest.bytes()


def open_file(path, create):
    """Opens a file of the first directory, prints what is in it (unless it is new), exits with the errno."""
    guest = Guest('path_open', 'fd_read', 'fd_write', 'proc_exit')
    guest.bytes_at(64, path)
    rights = 1 << 6 if create else 1 << 1
    body = i32_const(3) + i32_const(0) + i32_const(64) + i32_const(len(path)) + i32_const(1 if create else 0)
    body += i64_const(rights) + i64_const(0) + i32_const(0) + i32_const(32) + call(guest.path_open) + local_set(0)
    body += local_get(0) + if_(local_get(0) + call(guest.proc_exit))
    if not create:
        body += store32(0, i32_const(1024)) + store32(4, i32_const(4096))
        body += load32(32) + i32_const(0) + i32_const(1) + i32_const(8) + call(guest.fd_read) + DROP
        body += guest.write(1, 1024, load32(8)) + DROP
    guest.function([], [], body, locals=[I32], export='_start')
    return guest.bytes()


def copy_input():
    """Copies stdin to stdout, once, and exits with the errno of reading."""
    guest = Guest('fd_read', 'fd_write', 'proc_exit')
    body = store32(0, i32_const(1024)) + store32(4, i32_const(4096))
    body += i32_const(0) + i32_const(0) + i32_const(1) + i32_const(8) + call(guest.fd_read) + local_set(0)
    body += local_get(0) + if_(local_get(0) + call(guest.proc_exit))
    body += guest.write(1, 1024, load32(8)) + call(guest.proc_exit)
    guest.function([], [], body, locals=[I32], export='_start')
    return guest.bytes()


def sleep(nanoseconds):
    """Waits that long for the steady clock, and ends."""
    guest = Guest('poll_oneoff')
    guest.bytes_at(64 + 16, struct.pack('<I4xQ', 1, nanoseconds))  # a subscription: clock 1, its timeout
    body = i32_const(64) + i32_const(128) + i32_const(1) + i32_const(8) + call(guest.poll_oneoff) + DROP
    guest.function([], [], body, export='_start')
    return guest.bytes()


def write_forever():
    """Writes lines until writing fails; exits with that errno."""
    guest = Guest('fd_write', 'proc_exit')
    guest.bytes_at(16, b'y\n' * 512)
    body = loop(guest.write(1, 16, i32_const(1024)) + local_set(0) + local_get(0) + I32_EQZ + b'\x0d\x00')
    body += local_get(0) + call(guest.proc_exit)
    guest.function([], [], body, locals=[I32], export='_start')
    return guest.bytes()


def command(body, name='_start', **options):
    """A command without imports: `_start` calls a function named `crash`, which has the body."""
    module = Module()
    module.memory(1)
    crash = module.function([], [], body, name='crash')
    module.function([], [], call(crash), export='_start', name=name)
    return module.bytes(**options)


def library():
    """Functions for --invoke."""
    module = Module()
    module.memory(1)
    module.function([I32, I32], [I32], local_get(0) + local_get(1) + I32_ADD, export='add')
    module.function([I64, I64], [I64], local_get(0) + local_get(1) + I64_MUL, export='mul')
    module.function([F64, F64], [F64], local_get(0) + local_get(1) + F64_ADD, export='fadd')
    module.function([], [I32, I64, F64], i32_const(1) + i64_const(-2) + f64_const(0.5), export='three')
    module.function([I32, I32], [I32], local_get(0) + local_get(1) + I32_DIV_S, export='div')
    module.function([], [], b'', export='nothing')
    return module.bytes()


def reactor():
    """`_initialize` sets what `get` gives."""
    module = Module()
    module.memory(1)
    module.function([], [], store32(0, i32_const(42)), export='_initialize')
    module.function([], [I32], load32(0), export='get')
    return module.bytes()
