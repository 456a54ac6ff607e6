;; Tail calls between instances, a million deep: they take no stack, in all three forms and mixed.

(module $even
  (type $f (func (param i32) (result i32)))
  (table $t (export "t") 4 funcref)
  (global $next (export "next") (mut (ref null $f)) (ref.null $f))
  (elem (table $t) (i32.const 0) func $by_table)
  (func $by_table (export "by_table") (type $f)
    (if (i32.eqz (local.get 0)) (then (return (i32.const 44))))
    (return_call_indirect $t (type $f) (i32.sub (local.get 0) (i32.const 1)) (i32.const 1)))
  (func (export "by_ref") (type $f)
    (if (i32.eqz (local.get 0)) (then (return (i32.const 45))))
    (return_call_ref $f (i32.sub (local.get 0) (i32.const 1)) (global.get $next)))
  (func (export "mixed") (type $f)
    (if (i32.eqz (local.get 0)) (then (return (i32.const 46))))
    (if (i32.and (local.get 0) (i32.const 1))
      (then (return_call_ref $f (i32.sub (local.get 0) (i32.const 1)) (global.get $next))))
    (return_call_indirect $t (type $f) (i32.sub (local.get 0) (i32.const 1)) (i32.const 2)))
)
(register "even" $even)

(module $odd
  (type $f (func (param i32) (result i32)))
  (import "even" "t" (table $t 4 funcref))
  (import "even" "next" (global $next (mut (ref null $f))))
  (import "even" "by_table" (func $even_by_table (type $f)))
  (import "even" "by_ref" (func $even_by_ref (type $f)))
  (import "even" "mixed" (func $even_mixed (type $f)))
  (elem (table $t) (i32.const 1) func $by_table $mixed)
  (elem declare func $by_ref $mixed)
  (func $by_table (export "by_table") (type $f)
    (if (i32.eqz (local.get 0)) (then (return (i32.const 99))))
    (return_call $even_by_table (i32.sub (local.get 0) (i32.const 1))))
  (func $by_ref (export "by_ref") (type $f)
    (if (i32.eqz (local.get 0)) (then (return (i32.const 98))))
    (return_call $even_by_ref (i32.sub (local.get 0) (i32.const 1))))
  (func $mixed (export "mixed") (type $f)
    (if (i32.eqz (local.get 0)) (then (return (i32.const 97))))
    (return_call $even_mixed (i32.sub (local.get 0) (i32.const 1))))
  (func (export "use_by_ref") (global.set $next (ref.func $by_ref)))
  (func (export "use_mixed") (global.set $next (ref.func $mixed)))

  ;; A call whose callee ends in tail calls through both instances returns to its own instance.
  (memory 1)
  (data (i32.const 0) "\07")
  (func (export "returns_home") (param i32) (result i32)
    (i32.add (call $even_by_table (local.get 0)) (i32.load8_u (i32.const 0))))
)
(assert_return (invoke $even "by_table" (i32.const 1000000)) (i32.const 44))
(assert_return (invoke $even "by_table" (i32.const 1000001)) (i32.const 99))
(invoke $odd "use_by_ref")
(assert_return (invoke $even "by_ref" (i32.const 1000000)) (i32.const 45))
(assert_return (invoke $odd "by_ref" (i32.const 1000000)) (i32.const 98))
(invoke $odd "use_mixed")
(assert_return (invoke $even "mixed" (i32.const 1000000)) (i32.const 46))
(assert_return (invoke $even "mixed" (i32.const 1000001)) (i32.const 97))
(assert_return (invoke $odd "returns_home" (i32.const 1000000)) (i32.const 51))

;; Arguments that change places, more of them than there were, v128 among them.
(module
  (func $rotate (export "rotate") (param i32 i64 f64 v128 i32) (result v128 f64 i64 i32)
    (if (i32.eqz (local.get 4))
      (then (return (local.get 3) (local.get 2) (local.get 1) (local.get 0))))
    (return_call $rotate_back
      (local.get 3) (local.get 0) (local.get 2) (local.get 1) (local.get 4) (i64.const 5)))
  (func $rotate_back (param v128 i32 f64 i64 i32 i64) (result v128 f64 i64 i32)
    (return_call $rotate
      (i32.add (local.get 1) (i32.const 1)) (i64.add (local.get 3) (local.get 5)) (local.get 2) (local.get 0)
      (i32.sub (local.get 4) (i32.const 1))))
)
(assert_return
  (invoke "rotate" (i32.const 1) (i64.const 2) (f64.const 3) (v128.const i32x4 4 5 6 7) (i32.const 100000))
  (v128.const i32x4 4 5 6 7) (f64.const 3) (i64.const 500002) (i32.const 100001))

;; A tail call to a host function returns what that returns; ordinary recursion still ends in a trap.
(module
  (import "spectest" "print_i32" (func $print (param i32)))
  (func (export "host") (param i32) (return_call $print (local.get 0)))
  (func $down (export "down") (param i32) (result i32)
    (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))
)
(assert_return (invoke "host" (i32.const 1)))
(assert_exhaustion (invoke "down" (i32.const 0)) "call stack exhausted")
(assert_return (invoke "host" (i32.const 2)))
