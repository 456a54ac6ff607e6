;; Constants that wait on the stack while a loop runs, or does not: the ways around the loop find them as well, whatever
;; tier goes on where.
(module
  (func (export "one arm") (param i32) (result i32)
    (i32.const 7)
    (if (local.get 0)
      (then (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
    (i32.add (i32.const 1)))

  (func (export "around a block") (param i32) (result i64)
    (i64.const 40)
    (block
      (br_if 0 (i32.eqz (local.get 0)))
      (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
    (i64.add (i64.const 2)))

  (func (export "null") (param i32) (result i32)
    (ref.null any)
    (if (local.get 0)
      (then (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
    (ref.is_null)))

(assert_return (invoke "one arm" (i32.const 0)) (i32.const 8))
(assert_return (invoke "one arm" (i32.const 3)) (i32.const 8))
(assert_return (invoke "one arm" (i32.const 100000)) (i32.const 8))
(assert_return (invoke "around a block" (i32.const 0)) (i64.const 42))
(assert_return (invoke "around a block" (i32.const 3)) (i64.const 42))
(assert_return (invoke "around a block" (i32.const 100000)) (i64.const 42))
(assert_return (invoke "null" (i32.const 0)) (i32.const 1))
(assert_return (invoke "null" (i32.const 3)) (i32.const 1))
(assert_return (invoke "null" (i32.const 100000)) (i32.const 1))
