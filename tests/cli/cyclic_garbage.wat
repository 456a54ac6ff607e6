;; Makes graphs full of cycles, through structs, arrays, a table and a global, and drops them: `run` allocates so many
;; mebibytes in all, of which at most about five are alive at once, and returns a sum over what it finds in them.
;;
;;   wasmrun -C collector=copying -W max-gc-heap-size=64M --invoke run cyclic_garbage.wat 102400
(module
  (rec
    (type $node (struct
      (field $row (mut (ref null $row))) (field $previous (mut (ref null $node))) (field $self (mut eqref))
      (field $number i32)))
    (type $row (array (mut (ref null $node)))))

  (global $last (mut anyref) (ref.null any))
  (global $seed (mut i32) (i32.const 1))
  (table $recent 16 (ref null $node))

  (func $random (result i32)
    (global.set $seed (i32.add (i32.mul (global.get $seed) (i32.const 1103515245)) (i32.const 12345)))
    (i32.shr_u (global.get $seed) (i32.const 8)))

  ;; Elements of the next row: mostly a few hundred, every 64th time enough for an object that does not move.
  (func $length (param $number i32) (result i32)
    (if (result i32) (i32.and (local.get $number) (i32.const 63))
      (then (i32.add (i32.const 1) (i32.rem_u (call $random) (i32.const 1000))))
      (else (i32.const 5000))))

  ;; A node and its row, which is full of it; a recent node and this one refer to each other.
  (func $make (param $number i32) (param $length i32)
    (local $node (ref null $node)) (local $other (ref null $node)) (local $at i32)
    (local.set $at (i32.and (call $random) (i32.const 15)))
    (local.set $other (table.get $recent (local.get $at)))
    (local.set $node (struct.new $node (ref.null $row) (local.get $other) (ref.null eq) (local.get $number)))
    (struct.set $node $self (local.get $node) (local.get $node))
    (struct.set $node $row (local.get $node) (array.new $row (local.get $node) (local.get $length)))
    (if (i32.eqz (ref.is_null (local.get $other)))
      (then (array.set $row (struct.get $node $row (local.get $other)) (i32.const 0) (local.get $node))))
    (table.set $recent (local.get $at) (local.get $node))
    (global.set $last (local.get $node)))

  ;; Along `previous` from the last node: the numbers, and whether each is in its row and knows itself.
  (func $sum (result i32) (local $node (ref null $node)) (local $row (ref null $row)) (local $sum i32)
    (local.set $node (ref.cast (ref null $node) (global.get $last)))
    (loop $nodes
      (local.set $row (struct.get $node $row (local.get $node)))
      (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 31)) (struct.get $node $number (local.get $node))))
      (local.set $sum (i32.add (local.get $sum)
        (ref.eq (local.get $node) (struct.get $node $self (local.get $node)))))
      (local.set $sum (i32.add (local.get $sum)
        (ref.eq (local.get $node)
          (array.get $row (local.get $row) (i32.sub (array.len (local.get $row)) (i32.const 1))))))
      (local.set $node (struct.get $node $previous (local.get $node)))
      (br_if $nodes (i32.eqz (ref.is_null (local.get $node)))))
    (local.get $sum))

  (func (export "run") (param $mebibytes i32) (result i32)
    (local $left i64) (local $number i32) (local $length i32) (local $sum i32)
    (local.set $left (i64.shl (i64.extend_i32_u (local.get $mebibytes)) (i64.const 20)))
    (loop $nodes
      (local.set $length (call $length (local.get $number)))
      (call $make (local.get $number) (local.get $length))
      (local.set $number (i32.add (local.get $number) (i32.const 1)))
      (if (i32.eqz (i32.and (local.get $number) (i32.const 1023)))
        (then
          (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 17)) (call $sum)))
          (table.fill $recent (i32.const 0) (ref.null $node) (i32.const 16))))
      ;; 24 bytes a node, 8 bytes and 4 an element a row.
      (local.set $left (i64.sub (local.get $left) (i64.extend_i32_u
        (i32.add (i32.const 32) (i32.shl (local.get $length) (i32.const 2))))))
      (br_if $nodes (i64.gt_s (local.get $left) (i64.const 0))))
    (local.get $sum)))
