;; Legacy try/catch/delegate/rethrow together with try_table and throw_ref, as programs linked of old and new objects
;; have them.

(module
  (tag $a (param i32))
  (tag $b)
  (func $throw_a (param i32) (throw $a (local.get 0)))
  (func $throw_b (throw $b))

  ;; Legacy catches what a try_table of a callee let through.
  (func $new_passes (param i32)
    (block $h (try_table (catch $b $h) (call $throw_a (local.get 0)))))
  (func (export "legacy_outside") (param i32) (result i32)
    (try (result i32)
      (do (call $new_passes (local.get 0)) (i32.const -1))
      (catch $a)))
  ;; And the other way round.
  (func $legacy_passes (param i32)
    (try (do (call $throw_a (local.get 0))) (catch $b)))
  (func (export "new_outside") (param i32) (result i32)
    (block $h (result i32)
      (try_table (catch $a $h) (call $legacy_passes (local.get 0)))
      (i32.const -1)))
  ;; In one function, inside each other.
  (func (export "new_in_legacy") (param i32) (result i32)
    (try (result i32)
      (do
        (block $h (try_table (catch $b $h) (call $throw_a (local.get 0))))
        (i32.const -1))
      (catch $a (i32.add (i32.const 100)))))
  (func (export "legacy_in_new") (param i32) (result i32)
    (block $h (result i32)
      (try_table (result i32) (catch $a $h)
        (try (result i32)
          (do (call $throw_a (local.get 0)) (i32.const -1))
          (catch $b (i32.const -2))))
      (drop)
      (i32.const -3)))

  ;; The exception that rethrow means is the one of its label, not the latest.
  (func (export "rethrow_outer") (result i32)
    (try $outermost (result i32)
      (do
        (try $outer (result i32)
          (do (call $throw_a (i32.const 1)) (i32.const -1))
          (catch $a
            (drop)
            (try $inner (result i32)
              (do (call $throw_a (i32.const 2)) (i32.const -1))
              (catch $a (drop) (rethrow $outer))))))
      (catch $a)))
  (func (export "rethrow_inner") (result i32)
    (try (result i32)
      (do
        (try $outer (result i32)
          (do (call $throw_a (i32.const 1)) (i32.const -1))
          (catch $a
            (drop)
            (try $inner (result i32)
              (do (call $throw_a (i32.const 2)) (i32.const -1))
              (catch $a (drop) (rethrow $inner))))))
      (catch $a)))

  ;; Delegation past a handler that would have caught it, to the caller, and out of a loop.
  (func (export "delegate_past") (param i32) (result i32)
    (try $far (result i32)
      (do
        (try (result i32)
          (do
            (try (result i32)
              (do (call $throw_a (local.get 0)) (i32.const -1))
              (delegate $far)))
          (catch $a (drop) (i32.const -2))))
      (catch $a)))
  (func $delegate_out (param i32)
    (try (do (try (do (call $throw_a (local.get 0))) (delegate 1))) (catch_all)))
  (func (export "delegate_to_caller") (param i32) (result i32)
    (try (result i32)
      (do (call $delegate_out (local.get 0)) (i32.const -1))
      (catch $a)))
  (func (export "loop") (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (try
        (do (call $throw_a (local.get $n)))
        (catch $a (local.set $sum (i32.add (local.get $sum)))))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; Locals keep what was written before the throw.
  (func (export "locals") (param i32) (result i32) (local $x i32)
    (local.set $x (i32.const 1))
    (try
      (do
        (local.set $x (i32.const 2))
        (call $throw_b)
        (local.set $x (i32.const 3)))
      (catch $b (local.set $x (i32.add (local.get $x) (local.get 0)))))
    (local.get $x))
)
(assert_return (invoke "legacy_outside" (i32.const 7)) (i32.const 7))
(assert_return (invoke "new_outside" (i32.const 7)) (i32.const 7))
(assert_return (invoke "new_in_legacy" (i32.const 7)) (i32.const 107))
(assert_return (invoke "legacy_in_new" (i32.const 7)) (i32.const 7))
(assert_return (invoke "rethrow_outer") (i32.const 1))
(assert_return (invoke "rethrow_inner") (i32.const 2))
(assert_return (invoke "delegate_past" (i32.const 7)) (i32.const 7))
(assert_return (invoke "delegate_to_caller" (i32.const 7)) (i32.const 7))
(assert_return (invoke "loop" (i32.const 100)) (i32.const 5050))
(assert_return (invoke "locals" (i32.const 40)) (i32.const 42))
