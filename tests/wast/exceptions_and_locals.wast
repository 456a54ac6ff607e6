;; What a handler finds: locals as they were at the call that threw, operands below the try, payloads of many slots; in
;; loops that run long enough to be entered in their middle by a better tier.

(module
  (tag $e)
  (tag $i (param i32))
  (tag $many (param i32 i64 f32 f64 externref))
  (type $five (func (result i32 i64 f32 f64 externref)))

  (func $throw_if_multiple (param $n i32) (param $of i32)
    (if (i32.eqz (i32.rem_u (local.get $n) (local.get $of)))
      (then (throw $i (local.get $n)))))

  ;; Locals that a loop keeps in registers, changed between calls that may throw. The handler is inside of the loop.
  (func (export "inside") (param $n i32) (result i64)
    (local $k i32) (local $sum i64) (local $caught i64) (local $f f64)
    (loop $more
      (block $next
        (local.set $caught
          (i64.add (local.get $caught)
            (i64.extend_i32_u
              (block $h (result i32)
                (try_table (catch $i $h)
                  (local.set $sum (i64.add (local.get $sum) (i64.const 1)))
                  (local.set $f (f64.add (local.get $f) (f64.const 0.5)))
                  (call $throw_if_multiple (local.get $k) (i32.const 3))
                  (local.set $sum (i64.add (local.get $sum) (i64.const 1000)))
                  (call $throw_if_multiple (local.get $k) (i32.const 5))
                  (local.set $sum (i64.add (local.get $sum) (i64.const 1000000))))
                (br $next))))))
      (br_if $more (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $n))))
    (i64.add (i64.add (local.get $sum) (i64.mul (local.get $caught) (i64.const 1000000000)))
      (i64.trunc_f64_u (local.get $f))))

  ;; The loop is inside of the try, and ends by a throw after `n` turns; what lies below the try is used after it.
  (func (export "outside") (param $n i32) (result i32)
    (local $k i32)
    (i32.mul (i32.const 3)
      (i32.add (local.get $n)
        (block $h (result i32)
          (try_table (result i32) (catch $i $h)
            (loop $more (result i32)
              (local.set $k (i32.add (local.get $k) (i32.const 1)))
              (if (i32.eq (local.get $k) (local.get $n)) (then (throw $i (local.get $k))))
              (br $more)))))))

  ;; A handler that is a loop's label: it tries again with the payload.
  (func (export "again") (param $n i32) (result i32)
    (local $turns i32)
    (local.get $n)
    (loop $retry (param i32) (result i32)
      (local.set $turns (i32.add (local.get $turns) (i32.const 1)))
      (local.set $n)
      (try_table (result i32) (catch $i $retry)
        (if (local.get $n) (then (throw $i (i32.sub (local.get $n) (i32.const 1)))))
        (local.get $turns))))

  ;; The function's own label.
  (func (export "returns") (param $n i32) (param externref) (result i32 i64 f32 f64 externref)
    (try_table (catch $many 0)
      (throw $many (local.get $n) (i64.const -2) (f32.const 3) (f64.const 4) (local.get 1)))
    (unreachable))
  (func (export "returns_one") (param $n i32) (result i32)
    (try_table (catch $i 0)
      (call $throw_if_multiple (local.get $n) (i32.const 2)))
    (i32.const -1))

  ;; The payload's slots are beyond what the body itself uses.
  (func (export "many") (param externref) (result i32 i64 f32 f64 externref)
    (block $h (type $five)
      (try_table (catch $many $h) (call $throw_many (local.get 0)))
      (unreachable)))
  (func $throw_many (param externref)
    (throw $many (i32.const 1) (i64.const 2) (f32.const 3) (f64.const 4) (local.get 0)))

  ;; Several clauses with one label, several labels for one range, an arm that is not reached otherwise.
  (func (export "which") (param $tag i32) (result i32)
    (block $all
      (block $ref (result exnref)
        (block $value (result i32)
          (try_table (catch $i $value) (catch_ref $e $ref) (catch_all $all)
            (block $2 (block $1 (block $0
              (br_table $0 $1 $2 (local.get $tag)))
              (throw $i (i32.const 10)))
              (throw $e))
            (call $throw_many (ref.null extern)))
          (unreachable))
        (return))
      (drop)
      (return (i32.const 20)))
    (i32.const 30))

  ;; A reference is thrown on, through as many frames as there are.
  (func $deep (export "deep") (param $n i32) (param $value i32) (result i32)
    (if (i32.eqz (local.get $n)) (then (throw $i (local.get $value))))
    (block $h (result i32 exnref)
      (return (try_table (result i32) (catch_ref $i $h)
        (call $deep (i32.sub (local.get $n) (i32.const 1)) (i32.add (local.get $value) (i32.const 1))))))
    (drop)
    (local.set $value)
    (if (result i32) (i32.eq (local.get $n) (i32.const 10))
      (then (i32.add (local.get $value) (i32.const 1000)))
      (else (call $again_ref (local.get $n)))))
  (func $again_ref (param $n i32) (result i32)
    (block $h (result exnref)
      (try_table (catch_all_ref $h) (throw $i (i32.add (local.get $n) (i32.const 500))))
      (unreachable))
    (throw_ref))
)

(assert_return (invoke "inside" (i32.const 10)) (i64.const 23005006015))
(assert_return (invoke "inside" (i32.const 50000)) (i64.const 583291694700408000))
(assert_return (invoke "outside" (i32.const 1)) (i32.const 6))
(assert_return (invoke "outside" (i32.const 100000)) (i32.const 600000))
(assert_return (invoke "again" (i32.const 0)) (i32.const 1))
(assert_return (invoke "again" (i32.const 30000)) (i32.const 30001))
(assert_return (invoke "returns" (i32.const 7) (ref.extern 8))
  (i32.const 7) (i64.const -2) (f32.const 3) (f64.const 4) (ref.extern 8))
(assert_return (invoke "returns_one" (i32.const 6)) (i32.const 6))
(assert_return (invoke "returns_one" (i32.const 7)) (i32.const -1))
(assert_return (invoke "many" (ref.extern 9)) (i32.const 1) (i64.const 2) (f32.const 3) (f64.const 4) (ref.extern 9))
(assert_return (invoke "which" (i32.const 0)) (i32.const 10))
(assert_return (invoke "which" (i32.const 1)) (i32.const 20))
(assert_return (invoke "which" (i32.const 2)) (i32.const 30))
(assert_return (invoke "deep" (i32.const 10) (i32.const 1)) (i32.const 1509))
(assert_exception (invoke "deep" (i32.const 9) (i32.const 1)))
(assert_return (invoke "deep" (i32.const 300) (i32.const 1)) (i32.const 1509))

;; The legacy instructions: arms keep the exception below their operands, whether they are left by a branch or at their
;; end, and however far inside rethrow is.
(module
  (tag $e)
  (tag $i (param i32))
  (tag $ref (param externref i64))

  (func $throw_if_multiple (param $n i32) (param $of i32)
    (if (i32.eqz (i32.rem_u (local.get $n) (local.get $of)))
      (then (throw $i (local.get $n)))))

  (func (export "inside") (param $n i32) (result i64)
    (local $k i32) (local $sum i64) (local $caught i64)
    (loop $more
      (try (result)
        (do
          (local.set $sum (i64.add (local.get $sum) (i64.const 1)))
          (call $throw_if_multiple (local.get $k) (i32.const 3))
          (local.set $sum (i64.add (local.get $sum) (i64.const 1000)))
          (call $throw_if_multiple (local.get $k) (i32.const 5))
          (local.set $sum (i64.add (local.get $sum) (i64.const 1000000))))
        (catch $i
          (i64.extend_i32_u)
          (local.set $caught (i64.add (local.get $caught))))
        (catch_all (unreachable)))
      (br_if $more (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $n))))
    (i64.add (local.get $sum) (i64.mul (local.get $caught) (i64.const 1000000000))))

  ;; A long loop in an arm, then the exception once more.
  (func (export "loop_in_arm") (param $n i32) (result i32)
    (local $k i32)
    (i32.add (local.get $n)
      (try (result i32)
        (do
          (try (result i32)
            (do (throw $i (local.get $n)))
            (catch $i
              (drop)
              (loop $more
                (br_if $more (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $n))))
              (rethrow 0))))
        (catch $i
          (i32.add (local.get $k)))))
  )

  ;; Only the arm comes to the end.
  (func (export "arm_alone") (param externref) (result i32 externref i64)
    (i32.const 5)
    (try (result externref i64)
      (do (throw $ref (local.get 0) (i64.const 6)))
      (catch $ref)))
  (func (export "rethrow_outer") (param $n i32) (result i32)
    (try (result i32)
      (do
        (try (result i32)
          (do (throw $i (local.get $n)))
          (catch $i
            (drop)
            (try (result i32)
              (do (throw $e))
              (catch_all (rethrow 1))))))
      (catch $e (i32.const -1))
      (catch $i (i32.add (i32.const 1)))))
  (func (export "delegate") (param $n i32) (result i32)
    (try $outer (result i32)
      (do
        (try (result i32)
          (do
            (try (result i32)
              (do (call $throw_if_multiple (local.get $n) (i32.const 1)) (i32.const -1))
              (delegate $outer)))
          (catch_all (i32.const -2))))
      (catch $i)))
)

(assert_return (invoke "inside" (i32.const 10)) (i64.const 23005006010))
(assert_return (invoke "inside" (i32.const 50000)) (i64.const 583291694700383000))
(assert_return (invoke "loop_in_arm" (i32.const 100000)) (i32.const 300000))
(assert_return (invoke "arm_alone" (ref.extern 4)) (i32.const 5) (ref.extern 4) (i64.const 6))
(assert_return (invoke "rethrow_outer" (i32.const 41)) (i32.const 42))
(assert_return (invoke "delegate" (i32.const 11)) (i32.const 11))
