;; What an instantiation that fails leaves behind (spec: exec/modules), and segments after they were used.

(module $M
  (memory (export "m") 1)
  (table (export "t") 10 funcref)
  (global $calls (export "calls") (mut i32) (i32.const 0))
  (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "is_null") (param i32) (result i32) (ref.is_null (table.get (local.get 0))))
  (type $f (func (result i32)))
  (func (export "call") (param i32) (result i32) (call_indirect (type $f) (local.get 0)))
)
(register "M" $M)

;; Segments before the one that does not fit are in place, those after it are not; tables come before memories.
(assert_trap
  (module
    (import "M" "m" (memory 1))
    (import "M" "t" (table 10 funcref))
    (func $f (result i32) (i32.const 11))
    (elem (i32.const 0) $f)
    (data (i32.const 0) "\aa")
    (data (i32.const 0xffff) "\bb\cc")
    (data (i32.const 1) "\dd"))
  "out of bounds memory access")
(assert_return (invoke $M "load" (i32.const 0)) (i32.const 0xaa))
(assert_return (invoke $M "load" (i32.const 0xffff)) (i32.const 0))
(assert_return (invoke $M "load" (i32.const 1)) (i32.const 0))
;; The function lives on in the table, though its instance never came to be.
(assert_return (invoke $M "call" (i32.const 0)) (i32.const 11))

(assert_trap
  (module
    (import "M" "m" (memory 1))
    (import "M" "t" (table 10 funcref))
    (func $f)
    (elem (i32.const 9) $f $f)
    (data (i32.const 2) "\ee"))
  "out of bounds table access")
(assert_return (invoke $M "is_null" (i32.const 9)) (i32.const 1))
(assert_return (invoke $M "load" (i32.const 2)) (i32.const 0))

;; A start function that traps comes after all segments, and what it did stays done.
(assert_trap
  (module
    (import "M" "m" (memory 1))
    (import "M" "calls" (global $calls (mut i32)))
    (data (i32.const 3) "\ff")
    (func $start (global.set $calls (i32.add (global.get $calls) (i32.load8_u (i32.const 3)))) (unreachable))
    (start $start))
  "unreachable")
(assert_return (invoke $M "load" (i32.const 3)) (i32.const 0xff))
(assert_return (get $M "calls") (i32.const 255))

;; An exception that leaves the start function.
(assert_exception (module (tag $t) (func $start (throw $t)) (start $start)))

;; Dropped segments are empty, active ones are dropped, and a length of 0 is allowed at their end only.
(module
  (memory 1)
  (table 4 funcref)
  (data $active (i32.const 0) "abc")
  (data $passive "abc")
  (elem $refs func $f $f)
  (func $f)
  (func (export "init_active") (param i32 i32) (memory.init $active (i32.const 0) (local.get 0) (local.get 1)))
  (func (export "init_passive") (param i32 i32 i32)
    (memory.init $passive (local.get 0) (local.get 1) (local.get 2)))
  (func (export "drop_data") (data.drop $passive))
  (func (export "init_table") (param i32 i32 i32) (table.init $refs (local.get 0) (local.get 1) (local.get 2)))
  (func (export "drop_elem") (elem.drop $refs))
)
(assert_return (invoke "init_active" (i32.const 0) (i32.const 0)))
(assert_trap (invoke "init_active" (i32.const 0) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "init_active" (i32.const 1) (i32.const 0)) "out of bounds memory access")
(assert_return (invoke "init_passive" (i32.const 0x10000) (i32.const 3) (i32.const 0)))
(assert_trap (invoke "init_passive" (i32.const 0x10001) (i32.const 0) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "init_passive" (i32.const 0) (i32.const 1) (i32.const -1)) "out of bounds memory access")
(assert_return (invoke "init_passive" (i32.const 0xfffd) (i32.const 0) (i32.const 3)))
(invoke "drop_data")
(invoke "drop_data")
(assert_trap (invoke "init_passive" (i32.const 0) (i32.const 0) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "init_passive" (i32.const 0) (i32.const 0) (i32.const 0)))
(assert_trap (invoke "init_table" (i32.const 3) (i32.const 0) (i32.const 2)) "out of bounds table access")
(assert_return (invoke "init_table" (i32.const 2) (i32.const 0) (i32.const 2)))
(invoke "drop_elem")
(assert_trap (invoke "init_table" (i32.const 0) (i32.const 0) (i32.const 1)) "out of bounds table access")
