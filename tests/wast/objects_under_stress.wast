;; RUN-CONFIG gc-stress=y gc-verify=y collector=generational: every object moves at every allocation, wherever a reference to it is

(module
  (type $pair (struct (field $value (mut i32)) (field $next (mut (ref null $pair)))))
  (type $row (array (mut (ref null $pair))))
  (type $bytes (array (mut i8)))
  (type $thunk (func (result i32)))
  (type $box (struct (field $call (ref $thunk)) (field $wide v128) (field $small (mut i8)) (field $number i64)))
  (tag $thrown (param (ref $pair) i32))

  (func $pair (param i32) (param (ref null $pair)) (result (ref $pair)) (struct.new $pair (local.get 0) (local.get 1)))

  ;; operands below a call, some of them locals
  (func (export "operands") (result i32) (local $first (ref null $pair))
    (local.set $first (call $pair (i32.const 1) (ref.null $pair)))
    (struct.get $pair $value (local.get $first))
    (struct.get $pair $value
      (struct.get $pair $next (call $pair (i32.const 2) (call $pair (i32.const 4) (local.get $first)))))
    (i32.add)
    (struct.get $pair $value (local.get $first))
    (i32.add))

  ;; 1 -> 2 -> ... -> n -> 1, counted once around from what a global, a table and a local hold
  (global $held (mut (ref null $pair)) (ref.null $pair))
  (table $table 4 (ref null $pair))
  (func (export "cycle") (param $n i32) (result i32) (local $last (ref null $pair)) (local $sum i32) (local $at (ref null $pair))
    (global.set $held (call $pair (local.get $n) (ref.null $pair)))
    (local.set $last (global.get $held))
    (table.set $table (i32.const 3) (local.get $last))
    (loop $more
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (if (i32.gt_s (local.get $n) (i32.const 0))
        (then
          (global.set $held (call $pair (local.get $n) (global.get $held)))
          (br $more))))
    (struct.set $pair $next (table.get $table (i32.const 3)) (global.get $held))
    (local.set $at (local.get $last))
    (loop $around
      (local.set $sum (i32.add (local.get $sum) (struct.get $pair $value (local.get $at))))
      (local.set $at (struct.get $pair $next (local.get $at)))
      (drop (struct.new_default $pair))
      (br_if $around (i32.eqz (ref.eq (local.get $at) (local.get $last)))))
    (local.get $sum))

  ;; an exception keeps its payload, and is kept by an exnref
  (func (export "exception") (result i32) (local $kept exnref)
    (block $again (result (ref $pair) i32)
      (block $caught (result (ref $pair) i32 exnref)
        (try_table (catch_ref $thrown $caught)
          (throw $thrown (call $pair (i32.const 20) (ref.null $pair)) (i32.const 1)))
        (unreachable))
      (local.set $kept)
      (drop) (drop)
      (drop (call $pair (i32.const 5) (ref.null $pair)))
      (try_table (catch $thrown $again) (throw_ref (local.get $kept)))
      (unreachable))
    (i32.add (struct.get $pair $value (call $swap))))
  (func $swap (param (ref $pair) i32) (result i32 (ref $pair)) (local.get 1) (local.get 0))

  ;; functions, vectors and packed fields
  (func $seven (type $thunk) (i32.const 7))
  (elem declare func $seven)
  (global $box (ref $box)
    (struct.new $box (ref.func $seven) (v128.const i32x4 1 2 3 4) (i32.const 0x1ff) (i64.const 0x1_0000_0001)))
  (func (export "box") (result i32 i32 i32 i64)
    (drop (struct.new_default $pair))
    (call_ref $thunk (struct.get $box $call (global.get $box)))
    (i32x4.extract_lane 3 (struct.get $box $wide (global.get $box)))
    (struct.get_s $box $small (global.get $box))
    (struct.get $box $number (global.get $box)))

  ;; what an element segment makes is made once
  (elem $made (ref null $pair) (item (struct.new $pair (i32.const 8) (ref.null $pair))) (item (ref.null $pair)))
  (func (export "segment") (result i32) (local $row (ref null $row))
    (local.set $row (array.new_elem $row $made (i32.const 0) (i32.const 2)))
    (table.init $table $made (i32.const 0) (i32.const 0) (i32.const 2))
    (ref.eq (array.get $row (local.get $row) (i32.const 0)) (table.get $table (i32.const 0)))
    (array.init_elem $row $made (local.get $row) (i32.const 1) (i32.const 0) (i32.const 1))
    (ref.eq (array.get $row (local.get $row) (i32.const 1)) (table.get $table (i32.const 0)))
    (i32.add)
    (elem.drop $made)
    (array.new_elem $row $made (i32.const 0) (i32.const 0))
    (array.len)
    (i32.add))
  (func (export "dropped") (result anyref) (array.new_elem $row $made (i32.const 0) (i32.const 1)))

  ;; a large array of young objects, and the remembered set
  (func (export "row") (param $n i32) (result i32) (local $row (ref $row)) (local $i i32)
    (local.set $row (array.new $row (call $pair (i32.const 3) (ref.null $pair)) (local.get $n)))
    (loop $more
      (array.set $row (local.get $row) (local.get $i) (call $pair (local.get $i) (ref.null $pair)))
      (local.set $i (i32.add (local.get $i) (i32.const 7)))
      (br_if $more (i32.lt_u (local.get $i) (local.get $n))))
    (array.copy $row $row (local.get $row) (i32.const 1) (local.get $row) (i32.const 0) (i32.const 100))
    (i32.add
      (struct.get $pair $value (array.get $row (local.get $row) (i32.const 8)))
      (struct.get $pair $value (array.get $row (local.get $row) (i32.const 9)))))

  (data $text "hello")
  (func (export "text") (param $at i32) (result i32) (local $bytes (ref $bytes))
    (local.set $bytes (array.new_data $bytes $text (i32.const 0) (i32.const 5)))
    (drop (struct.new_default $pair))
    (array.fill $bytes (local.get $bytes) (i32.const 1) (i32.const 0x80) (i32.const 1))
    (array.get_s $bytes (local.get $bytes) (local.get $at)))

  ;; host objects keep their identity among the others
  (func (export "host") (param externref) (result externref)
    (drop (call $pair (i32.const 1) (ref.null $pair)))
    (extern.convert_any (any.convert_extern (local.get 0))))
  (func (export "outside") (result externref)
    (extern.convert_any (call $pair (i32.const 1) (ref.null $pair))))
  (func (export "inside") (param externref) (result i32)
    (struct.get $pair $value (ref.cast (ref $pair) (any.convert_extern (local.get 0)))))

  (func (export "struct") (result structref) (struct.new_default $pair))
  (func (export "array") (result arrayref) (array.new_default $bytes (i32.const 3)))
  (func (export "null") (result i32) (struct.get $pair $value (ref.null $pair)))
  (func (export "large") (param i32) (result i32)
    (array.len (array.new_default $row (local.get 0)))))

(assert_return (invoke "operands") (i32.const 6))
(assert_return (invoke "cycle" (i32.const 40)) (i32.const 820))
(assert_return (invoke "exception") (i32.const 21))
(assert_return (invoke "box") (i32.const 7) (i32.const 4) (i32.const -1) (i64.const 0x1_0000_0001))
(assert_return (invoke "segment") (i32.const 2))
(assert_trap (invoke "dropped") "out of bounds table access")
(assert_return (invoke "row" (i32.const 3000)) (i32.const 10))
(assert_return (invoke "text" (i32.const 0)) (i32.const 104))
(assert_return (invoke "text" (i32.const 1)) (i32.const -128))
(assert_trap (invoke "text" (i32.const 5)) "out of bounds array access")
(assert_return (invoke "host" (ref.extern 5)) (ref.extern 5))
(assert_return (invoke "host" (ref.null extern)) (ref.null extern))
(assert_return (invoke "outside") (ref.extern))
(assert_trap (invoke "inside" (ref.extern 5)) "cast failure")
(assert_return (invoke "struct") (ref.struct))
(assert_return (invoke "array") (ref.array))
(assert_trap (invoke "null") "null structure reference")
(assert_trap (invoke "large" (i32.const -1)) "allocation size too large")
(assert_return (invoke "large" (i32.const 10)) (i32.const 10))
