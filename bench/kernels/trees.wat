;; Allocation and young collections: many binary trees, made and counted, beside one that lives on. The size is the depth
;; of the deepest. (binary-trees of the benchmarks game.)

(data (i32.const 1024) "trees")
(global $nameBytes i32 (i32.const 1024))
(global $nameLength i32 (i32.const 5))

(type $tree (struct (field $left (ref null $tree)) (field $right (ref null $tree))))

(func $make (param $depth i32) (result (ref $tree))
  (if (i32.eqz (local.get $depth)) (then (return (struct.new $tree (ref.null $tree) (ref.null $tree)))))
  (local.set $depth (i32.sub (local.get $depth) (i32.const 1)))
  (struct.new $tree (call $make (local.get $depth)) (call $make (local.get $depth))))

(func $count (param $tree (ref null $tree)) (result i32)
  (local $left (ref null $tree))
  (local.set $left (struct.get $tree $left (local.get $tree)))
  (if (ref.is_null (local.get $left)) (then (return (i32.const 1))))
  (i32.add
    (i32.add (i32.const 1) (call $count (local.get $left)))
    (call $count (struct.get $tree $right (local.get $tree)))))

(func $kernel (param $size i32) (result i32)
  (local $kept (ref null $tree))
  (local $depth i32)
  (local $left i32)
  (local $sum i32)
  (local $hash i32)
  (local.set $hash (call $mix (i32.const 0x811c9dc5) (call $count (call $make (i32.add (local.get $size) (i32.const 1))))))
  (local.set $kept (call $make (local.get $size)))
  (local.set $depth (i32.const 4))
  (loop $depths
    (local.set $left (i32.shl (i32.const 1) (i32.add (i32.sub (local.get $size) (local.get $depth)) (i32.const 4))))
    (local.set $sum (i32.const 0))
    (loop $trees
      (local.set $sum (i32.add (local.get $sum) (call $count (call $make (local.get $depth)))))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br_if $trees (local.get $left)))
    (local.set $hash (call $mix (local.get $hash) (local.get $sum)))
    (local.set $depth (i32.add (local.get $depth) (i32.const 4)))
    (br_if $depths (i32.le_s (local.get $depth) (local.get $size))))
  (call $mix (local.get $hash) (call $count (local.get $kept))))
