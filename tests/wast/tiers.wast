;; What crosses from one tier to another, in both directions: run this with every tier, and mixed.
(module $other
  (tag $e (export "e") (param i32))
  (func (export "inc") (param i64) (result i64) (i64.add (local.get 0) (i64.const 1)))
  (func (export "mixed") (param i32 f64 i64 f32 i32) (result f64 i32 i64)
    (f64.add (local.get 1) (f64.promote_f32 (local.get 3)))
    (i32.add (local.get 0) (local.get 4))
    (local.get 2))
  (func (export "throw") (param i32) (throw $e (local.get 0)))
  (func (export "trap") (unreachable)))
(register "other" $other)

(module
  (type $f (func (param i64) (result i64)))
  (import "other" "inc" (func $inc (type $f)))
  (import "other" "mixed" (func $mixed (param i32 f64 i64 f32 i32) (result f64 i32 i64)))
  (import "other" "throw" (func $throw (param i32)))
  (import "other" "trap" (func $trap))
  (import "other" "e" (tag $e (param i32)))
  (import "spectest" "print_i32" (func $print (param i32)))
  (table funcref (elem $fib $inc $down))

  ;; Calls of a function by itself go up in the middle of the recursion.
  (func $fib (export "fib") (type $f)
    (if (result i64) (i64.lt_u (local.get 0) (i64.const 2))
      (then (local.get 0))
      (else (i64.add (call $fib (i64.sub (local.get 0) (i64.const 1)))
                     (call $fib (i64.sub (local.get 0) (i64.const 2)))))))

  ;; A loop with operands below it, some of them constants.
  (func (export "loop") (param i32) (result i64) (local i64)
    (i64.const 1000) (i64.extend_i32_u (local.get 0)) (f64.const 0.5)
    (loop (param f64) (result f64)
      (local.set 1 (i64.add (local.get 1) (i64.const 3)))
      (f64.add (f64.const 1))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (i64.trunc_f64_u)
    (i64.add) (i64.add)
    (i64.add (local.get 1)))

  ;; Nested loops, the outer one with a call.
  (func (export "nested") (param i32) (result i64) (local i32 i64)
    (loop
      (local.set 1 (i32.const 30))
      (loop
        (local.set 2 (call $inc (local.get 2)))
        (br_if 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))
      (local.set 2 (i64.add (local.get 2) (i64.const 100)))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (local.get 2))

  ;; Arguments of all kinds, in registers and slots, to another instance.
  (func (export "call_mixed") (param i32) (result f64 i32 i64) (local f64 i32 i64)
    (loop
      (call $mixed (local.get 0) (f64.const 1.5) (i64.const -7) (f32.const 2) (i32.const 40))
      (local.set 3) (local.set 2) (local.set 1)
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (local.get 1) (local.get 2) (local.get 3))

  ;; Tail calls to and fro, by index, by reference and by table, in constant stack.
  (func $down (export "down") (type $f)
    (if (i64.eqz (local.get 0)) (then (return (i64.const 77))))
    (return_call $up (i64.sub (local.get 0) (i64.const 1))))
  (func $up (type $f)
    (if (i64.eqz (local.get 0)) (then (return (i64.const 78))))
    (return_call_indirect (type $f) (i64.sub (local.get 0) (i64.const 1)) (i32.const 2)))

  ;; Exceptions through frames of any tier.
  (func $thrower (param i32) (if (local.get 0) (then (call $throw (local.get 0)))))
  (func $between (param i32) (call $print (local.get 0)) (call $thrower (local.get 0)))
  (func $catcher (param i32) (result i32)
    (block $h (result i32)
      (try_table (catch $e $h) (call $between (local.get 0)))
      (i32.const -1)))
  (func (export "catch") (param i32) (result i32) (local i32)
    (loop
      (local.set 1 (i32.add (local.get 1) (call $catcher (local.get 0))))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (i32.add (local.get 1) (call $catcher (i32.const 0))))
  (func (export "uncaught") (call $between (i32.const 3)))

  (func $deep (param i32) (result i32)
    (if (i32.eqz (local.get 0)) (then (call $trap)))
    (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))
  (func (export "trap") (param i32) (result i32) (call $deep (local.get 0)))
  (func $endless (export "endless") (type $f) (i64.add (i64.const 1) (call_indirect (type $f) (local.get 0) (i32.const 0)))
    (call $endless) (i64.add (i64.const 1))))

(assert_return (invoke "fib" (i64.const 20)) (i64.const 6765))
(assert_return (invoke "loop" (i32.const 1)) (i64.const 1005))
(assert_return (invoke "loop" (i32.const 100)) (i64.const 1500))
(assert_return (invoke "loop" (i32.const 50000)) (i64.const 251000))
(assert_return (invoke "nested" (i32.const 50)) (i64.const 6500))
(assert_return (invoke "nested" (i32.const 2000)) (i64.const 260000))
(assert_return (invoke "call_mixed" (i32.const 50)) (f64.const 3.5) (i32.const 41) (i64.const -7))
(assert_return (invoke "down" (i64.const 1000000)) (i64.const 77))
(assert_return (invoke "down" (i64.const 1000001)) (i64.const 78))
(assert_return (invoke "catch" (i32.const 40)) (i32.const 819))
(assert_exception (invoke "uncaught"))
(assert_trap (invoke "trap" (i32.const 50)) "unreachable")
(assert_trap (invoke "trap" (i32.const 50)) "unreachable")
(assert_exhaustion (invoke "endless" (i64.const 1)) "call stack exhausted")
(assert_return (invoke "fib" (i64.const 15)) (i64.const 610))
