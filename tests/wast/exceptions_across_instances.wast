;; Exceptions through calls of other instances: who catches, what a tag is, which memory is current afterwards.

(module $thrower
  (tag $t (export "t") (param i32 i64))
  (tag $u (export "u"))
  (memory 1)
  (data (i32.const 0) "\01")
  (func (export "throw_t") (param i32) (throw $t (local.get 0) (i64.extend_i32_u (local.get 0))))
  (func (export "throw_u") (throw $u))
  (func (export "trap") (unreachable))
)
(register "thrower" $thrower)

;; The same text again: its tags are others.
(module $stranger
  (tag $t (export "t") (param i32 i64))
  (func (export "throw_t") (param i32) (throw $t (local.get 0) (i64.const -1)))
)
(register "stranger" $stranger)

;; A frame in between that has a handler, but not for this.
(module $between
  (import "thrower" "u" (tag $u))
  (import "thrower" "throw_t" (func $throw_t (param i32)))
  (import "stranger" "throw_t" (func $throw_stranger (param i32)))
  (memory 1)
  (data (i32.const 0) "\02")
  (func (export "pass") (param i32)
    (block $h (try_table (catch $u $h) (call $throw_t (local.get 0)))))
  (func (export "pass_stranger") (param i32)
    (block $h (try_table (catch $u $h) (call $throw_stranger (local.get 0)))))
)
(register "between" $between)

(module
  (import "thrower" "t" (tag $t (param i32 i64)))
  (import "thrower" "u" (tag $u))
  (import "thrower" "throw_u" (func $throw_u))
  (import "thrower" "trap" (func $trap))
  (import "between" "pass" (func $pass (param i32)))
  (import "between" "pass_stranger" (func $pass_stranger (param i32)))
  (memory 1)
  (data (i32.const 0) "\03")

  ;; Back in this instance: its memory has 3 at 0.
  (func (export "catch") (param i32) (result i32 i64 i32)
    (block $h (result i32 i64)
      (try_table (catch $t $h) (call $pass (local.get 0)))
      (unreachable))
    (i32.load8_u (i32.const 0)))
  (func (export "not_mine") (param i32) (result i32)
    (block $all
      (block $h (result i32 i64)
        (try_table (catch $t $h) (catch_all $all) (call $pass_stranger (local.get 0)))
        (unreachable))
      (drop) (drop)
      (return (i32.const 1)))
    (i32.const 2))
  (func (export "uncaught") (param i32)
    (block $h (try_table (catch $u $h) (call $pass (local.get 0)))))
  (func (export "traps_are_not_caught")
    (block $h (try_table (catch_all $h) (call $trap))))

  ;; Caught, kept as a reference, thrown again from elsewhere, caught again.
  (func (export "again") (param i32) (result i32 i64) (local exnref)
    (block $h (result i32 i64 exnref)
      (try_table (catch_ref $t $h) (call $pass (local.get 0)))
      (unreachable))
    (local.set 1) (drop) (drop)
    (block $g (result i32 i64)
      (try_table (catch $t $g) (throw_ref (local.get 1)))
      (unreachable)))
  ;; The handler of a function that was left by a tail call is gone.
  (func $left (param i32)
    (block $h
      (try_table (catch_all $h) (return_call $pass (local.get 0)))))
  (func (export "left_by_tail_call") (param i32) (result i32)
    (block $h (result i32 i64)
      (try_table (catch $t $h) (call $left (local.get 0)))
      (return (i32.const -1)))
    (drop))
  ;; A thousand times in a loop: nothing is used up.
  (func (export "often") (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (block $h (result i32 i64)
        (try_table (catch $t $h) (call $pass (local.get $n)))
        (unreachable))
      (drop)
      (local.set $sum (i32.add (local.get $sum)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
)
(assert_return (invoke "catch" (i32.const 5)) (i32.const 5) (i64.const 5) (i32.const 3))
(assert_return (invoke "not_mine" (i32.const 5)) (i32.const 2))
(assert_exception (invoke "uncaught" (i32.const 5)))
(assert_trap (invoke "traps_are_not_caught") "unreachable")
(assert_return (invoke "again" (i32.const 6)) (i32.const 6) (i64.const 6))
(assert_return (invoke "left_by_tail_call" (i32.const 8)) (i32.const 8))
(assert_return (invoke "often" (i32.const 1000)) (i32.const 500500))
(assert_exception (invoke $thrower "throw_u"))
(assert_unlinkable
  (module (import "thrower" "t" (tag (param i32))))
  "incompatible import type")
