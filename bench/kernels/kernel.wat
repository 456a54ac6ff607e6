;; What every kernel in text begins with (as kernel.h for those in C): the command around a function
;;
;;   (func $kernel (param $size i32) (result i32))     the work; its result is a checksum
;;   $nameBytes, $nameLength                           immutable globals: where the kernel's name lies in memory
;;
;; and a generator of numbers. The bench runner puts this file's fields before the kernel's own.

(import "wasi_snapshot_preview1" "args_sizes_get" (func $argsSizesGet (param i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "args_get" (func $argsGet (param i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "fd_write" (func $fdWrite (param i32 i32 i32 i32) (result i32)))

;; 0: counts and lengths   16: the line   1024: the kernel's name   2048: argument pointers   4096: arguments
(memory (export "memory") 2)
(global $line i32 (i32.const 16))

;; xorshift32: the same numbers everywhere.
(global $random (mut i32) (i32.const 1))
(func $nextRandom (result i32)
  (local $x i32)
  (local.set $x (global.get $random))
  (local.set $x (i32.xor (local.get $x) (i32.shl (local.get $x) (i32.const 13))))
  (local.set $x (i32.xor (local.get $x) (i32.shr_u (local.get $x) (i32.const 17))))
  (local.set $x (i32.xor (local.get $x) (i32.shl (local.get $x) (i32.const 5))))
  (global.set $random (local.get $x))
  (local.get $x))

;; One step of a 32-bit FNV-1a over a word.
(func $mix (param $hash i32) (param $word i32) (result i32)
  (i32.mul (i32.xor (local.get $hash) (local.get $word)) (i32.const 16777619)))

;; The number that the first argument is. Traps if there is none, or if it is anything else.
(func $size (result i32)
  (local $at i32)
  (local $digit i32)
  (local $size i32)
  (if (call $argsSizesGet (i32.const 0) (i32.const 4)) (then (unreachable)))
  (if (i32.lt_u (i32.load (i32.const 0)) (i32.const 2)) (then (unreachable)))
  (if (i32.gt_u (i32.load (i32.const 0)) (i32.const 256)) (then (unreachable)))
  (if (i32.gt_u (i32.load (i32.const 4)) (i32.const 65536)) (then (unreachable)))
  (if (call $argsGet (i32.const 2048) (i32.const 4096)) (then (unreachable)))
  (local.set $at (i32.load (i32.const 2052)))
  (loop $next
    (local.set $digit (i32.sub (i32.load8_u (local.get $at)) (i32.const 48)))
    (if (i32.gt_u (local.get $digit) (i32.const 9)) (then (unreachable)))
    (local.set $size (i32.add (i32.mul (local.get $size) (i32.const 10)) (local.get $digit)))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (br_if $next (i32.load8_u (local.get $at))))
  (local.get $size))

;; Prints the kernel's name and a checksum in hexadecimal.
(func $print (param $checksum i32)
  (local $at i32)
  (local $shift i32)
  (local $digit i32)
  (memory.copy (global.get $line) (global.get $nameBytes) (global.get $nameLength))
  (local.set $at (i32.add (global.get $line) (global.get $nameLength)))
  (i32.store8 (local.get $at) (i32.const 32))
  (local.set $shift (i32.const 28))
  (loop $next
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (local.set $digit (i32.and (i32.shr_u (local.get $checksum) (local.get $shift)) (i32.const 15)))
    (i32.store8 (local.get $at)
      (i32.add (local.get $digit)
        (select (i32.const 87) (i32.const 48) (i32.gt_u (local.get $digit) (i32.const 9)))))
    (local.set $shift (i32.sub (local.get $shift) (i32.const 4)))
    (br_if $next (i32.ge_s (local.get $shift) (i32.const 0))))
  (i32.store8 offset=1 (local.get $at) (i32.const 10))
  (i32.store (i32.const 0) (global.get $line))
  (i32.store (i32.const 4) (i32.sub (i32.add (local.get $at) (i32.const 2)) (global.get $line)))
  (drop (call $fdWrite (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))

(func (export "_start") (call $print (call $kernel (call $size))))
