(module
  (type $s (struct (field $x (mut i32)) (field $y i8))) (type $a (array (mut i32))) (type $f (func (param i32) (result i32)))
  (memory $m 1) (memory $n i64 1) (table $t 4 funcref) (table $u 4 (ref null $f)) (tag $e (param i32)) (tag $z)
  (global $g (mut i32) (i32.const 1)) (data $d "data") (elem $el func $id)
  (func $id (type $f) local.get 0)
  (func $flat (param $x i32) (result i32) (local $y i32)
    block $out (result i32)
      loop $again
        local.get $x
        (@metadata.code.branch_hint "\00") if $c (result i32) i32.const 1 else $c i32.const 2 end $c
        local.set $y
        local.get $x local.get $y i32.sub local.tee $x
        br_if $again
      end $again
      local.get $x local.get $x
      br_table $out $out 0
    end $out
    drop
    try $t call $nothing catch $e drop catch_all rethrow $t end
    try call $nothing delegate 0
    i32.const 5 i32.const 0 call_indirect $t (type $f)
    i32.const 1 ref.null $f call_ref $f i32.add)
  (func $nothing)
  (func $folded (param $x i32) (result i32)
    (block $h (result i32)
      (block $all (try_table (catch $e $h) (catch_all $all) (throw $e (i32.const 1))))
      (try (do (call $nothing)) (catch $e (drop)) (catch_all (unreachable)))
      (try (do) (delegate 0))
      (@metadata.code.branch_hint "\01") (if (local.get $x) (then (nop)) (else (br 0 (i32.const 3))))
      (select (result i32) (i32.const 1) (i32.const 2) (i32.const 3)))
    (drop (i32.add (i32.load8_u $m offset=4 align=1 (i32.const 0)) (i32.wrap_i64 (i64.load $n (i64.const 0)))))
    (i32.store (i32.const 0) (i32.const 1)) (memory.copy (i32.const 0) (i32.const 0) (i32.const 0))
    (memory.init $d (i32.const 0) (i32.const 0) (i32.const 0)) (table.init $t $el (i32.const 0) (i32.const 0) (i32.const 0))
    (drop (v128.load32_lane 0 offset=1 2 (i32.const 0) (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)))
    (drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31 (v128.const i64x2 0 0) (v128.const f64x2 1 nan)))
    (drop (i32x4.extract_lane 3 (v128.const i32x4 -1 0xffff_ffff 0 0)))
    (struct.set $s $x (struct.new $s (i32.const 1) (i32.const 2)) (array.len (array.new_fixed $a 2 (i32.const 1) (i32.const 2))))
    (block $null (br_on_null $null (ref.null $s)) drop)
    (drop (block $cast (result (ref $s)) (br_on_cast $cast anyref (ref $s) (ref.null any)) (unreachable)))
    (drop (ref.test (ref null $s) (ref.null any))) (drop (ref.cast structref (ref.null none)))
    (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1))) (atomic.fence)
    (drop (f32.const 0x1.fffffep127)) (drop (f64.const -nan:0xf_ffff)) (drop (i64.const -9_223_372_036_854_775_808))))
