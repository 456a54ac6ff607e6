;; RUN-CONFIG wide-arithmetic=y
;; 128-bit arithmetic on pairs of i64: carries, signs, and results that go where their operands came from.

(module
  (func (export "add") (param i64 i64 i64 i64) (result i64 i64)
    (i64.add128 (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
  (func (export "sub") (param i64 i64 i64 i64) (result i64 i64)
    (i64.sub128 (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
  (func (export "mul_s") (param i64 i64) (result i64 i64)
    (i64.mul_wide_s (local.get 0) (local.get 1)))
  (func (export "mul_u") (param i64 i64) (result i64 i64)
    (i64.mul_wide_u (local.get 0) (local.get 1)))

  ;; The results overwrite the operands, high half first, low half second, or crosswise.
  (func (export "add_in_place") (param i64 i64 i64 i64) (result i64 i64)
    (i64.add128 (local.get 0) (local.get 1) (local.get 2) (local.get 3))
    (local.set 1) (local.set 0)
    (local.get 0) (local.get 1))
  (func (export "add_crosswise") (param i64 i64 i64 i64) (result i64 i64)
    (i64.add128 (local.get 0) (local.get 1) (local.get 2) (local.get 3))
    (local.set 0) (local.set 1)
    (local.get 0) (local.get 1))
  (func (export "square_in_place") (param i64) (result i64 i64)
    (i64.mul_wide_u (local.get 0) (local.get 0))
    (local.set 0)
    (local.get 0))
  ;; One operand is all four.
  (func (export "double") (param i64) (result i64 i64)
    (i64.add128 (local.get 0) (local.get 0) (local.get 0) (local.get 0)))
  ;; A chain: 192 bits out of three additions with carry.
  (func (export "chain") (param $a i64) (param $n i32) (result i64 i64) (local $low i64) (local $high i64)
    (loop $again
      (i64.add128 (local.get $low) (local.get $high) (local.get $a) (i64.const 0))
      (local.set $high) (local.set $low)
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $low) (local.get $high))
)

(assert_return (invoke "add" (i64.const -1) (i64.const 0) (i64.const 1) (i64.const 0)) (i64.const 0) (i64.const 1))
(assert_return (invoke "add" (i64.const -1) (i64.const -1) (i64.const 1) (i64.const 0)) (i64.const 0) (i64.const 0))
(assert_return (invoke "add" (i64.const -1) (i64.const -1) (i64.const -1) (i64.const -1)) (i64.const -2) (i64.const -1))
(assert_return (invoke "sub" (i64.const 0) (i64.const 0) (i64.const 1) (i64.const 0)) (i64.const -1) (i64.const -1))
(assert_return (invoke "sub" (i64.const 0) (i64.const 1) (i64.const 1) (i64.const 0)) (i64.const -1) (i64.const 0))
(assert_return (invoke "sub" (i64.const 5) (i64.const 5) (i64.const 5) (i64.const 5)) (i64.const 0) (i64.const 0))
(assert_return (invoke "mul_s" (i64.const -1) (i64.const -1)) (i64.const 1) (i64.const 0))
(assert_return (invoke "mul_s" (i64.const -1) (i64.const 1)) (i64.const -1) (i64.const -1))
(assert_return (invoke "mul_s" (i64.const 0x8000000000000000) (i64.const 0x8000000000000000))
  (i64.const 0) (i64.const 0x4000000000000000))
(assert_return (invoke "mul_s" (i64.const 0x8000000000000000) (i64.const -1)) (i64.const 0x8000000000000000) (i64.const 0))
(assert_return (invoke "mul_u" (i64.const -1) (i64.const -1)) (i64.const 1) (i64.const -2))
(assert_return (invoke "mul_u" (i64.const 0x8000000000000000) (i64.const 2)) (i64.const 0) (i64.const 1))
(assert_return (invoke "add_in_place" (i64.const -1) (i64.const 7) (i64.const 1) (i64.const 1)) (i64.const 0) (i64.const 9))
(assert_return (invoke "add_crosswise" (i64.const -1) (i64.const 7) (i64.const 1) (i64.const 1)) (i64.const 9) (i64.const 0))
(assert_return (invoke "square_in_place" (i64.const -1)) (i64.const 1) (i64.const -2))
(assert_return (invoke "double" (i64.const -1)) (i64.const -2) (i64.const -1))
(assert_return (invoke "chain" (i64.const -1) (i32.const 1000)) (i64.const -1000) (i64.const 999))

(assert_invalid
  (module (func (result i64 i64) (i64.add128 (i64.const 0) (i64.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid
  (module (func (result i64) (i64.mul_wide_u (i64.const 0) (i64.const 0))))
  "type mismatch")

;; Operands that callers pass in the registers that multiplication wants, and that are wanted afterwards.
(module
  (func (export "first by second") (param $a i64) (param $b i64) (result i64 i64 i64 i64)
    (i64.mul_wide_u (local.get $a) (local.get $b)) (local.get $a) (local.get $b))
  (func (export "second by first") (param $a i64) (param $b i64) (result i64 i64 i64 i64)
    (i64.mul_wide_s (local.get $b) (local.get $a)) (local.get $a) (local.get $b))
  (func (export "square") (param $a i64) (param $b i64) (result i64 i64 i64)
    (i64.mul_wide_u (local.get $b) (local.get $b)) (local.get $b))
  (func (export "twice") (param $a i64) (param $b i64) (result i64 i64 i64 i64)
    (i64.add128 (local.get $a) (local.get $b) (local.get $a) (local.get $b)) (local.get $a) (local.get $b))
  ;; The product is below what is multiplied next.
  (func (export "products") (param $a i64) (param $b i64) (param $c i64) (result i64 i64)
    (i64.sub128
      (i64.mul_wide_u (local.get $a) (local.get $b))
      (i64.mul_wide_s (local.get $c) (i64.const -3))))
)
(assert_return (invoke "first by second" (i64.const -1) (i64.const 3))
  (i64.const -3) (i64.const 2) (i64.const -1) (i64.const 3))
(assert_return (invoke "second by first" (i64.const -1) (i64.const 3))
  (i64.const -3) (i64.const -1) (i64.const -1) (i64.const 3))
(assert_return (invoke "square" (i64.const 5) (i64.const -1)) (i64.const 1) (i64.const -2) (i64.const -1))
(assert_return (invoke "twice" (i64.const -1) (i64.const 3)) (i64.const -2) (i64.const 7) (i64.const -1) (i64.const 3))
(assert_return (invoke "products" (i64.const -1) (i64.const 3) (i64.const 5)) (i64.const 12) (i64.const 3))
