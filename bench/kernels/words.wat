;; Elements of arrays: words of letters are counted in a hash table that grows (open addressing, keys and counts in arrays
;; of their own). The size is how many words are read, in thousands.

(data (i32.const 1024) "words")
(global $nameBytes i32 (i32.const 1024))
(global $nameLength i32 (i32.const 5))

(type $bytes (array (mut i8)))
(type $keys (array (mut (ref null $bytes))))
(type $counts (array (mut i32)))
(type $table
  (struct
    (field $keys (mut (ref $keys)))
    (field $counts (mut (ref $counts)))
    (field $used (mut i32))))

(func $hash (param $bytes (ref $bytes)) (param $length i32) (result i32)
  (local $i i32)
  (local $hash i32)
  (local.set $hash (i32.const 0x811c9dc5))
  (loop $next
    (local.set $hash
      (i32.mul
        (i32.xor (local.get $hash) (array.get_u $bytes (local.get $bytes) (local.get $i)))
        (i32.const 16777619)))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $i) (local.get $length))))
  (local.get $hash))

;; Whether `key` is the first `length` bytes of `bytes`.
(func $equal (param $key (ref $bytes)) (param $bytes (ref $bytes)) (param $length i32) (result i32)
  (local $i i32)
  (if (i32.ne (array.len (local.get $key)) (local.get $length)) (then (return (i32.const 0))))
  (loop $next
    (if (i32.ne
          (array.get_u $bytes (local.get $key) (local.get $i))
          (array.get_u $bytes (local.get $bytes) (local.get $i)))
      (then (return (i32.const 0))))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $i) (local.get $length))))
  (i32.const 1))

;; Where the word is in a table, or would be.
(func $place (param $keys (ref $keys)) (param $bytes (ref $bytes)) (param $length i32) (result i32)
  (local $mask i32)
  (local $at i32)
  (local.set $mask (i32.sub (array.len (local.get $keys)) (i32.const 1)))
  (local.set $at (i32.and (call $hash (local.get $bytes) (local.get $length)) (local.get $mask)))
  (block $found
    (loop $next
      (br_if $found
        (call $equal
          (br_on_null $found (array.get $keys (local.get $keys) (local.get $at)))
          (local.get $bytes)
          (local.get $length)))
      (local.set $at (i32.and (i32.add (local.get $at) (i32.const 1)) (local.get $mask)))
      (br $next)))
  (local.get $at))

(func $newTable (param $places i32) (result (ref $table))
  (struct.new $table
    (array.new_default $keys (local.get $places))
    (array.new_default $counts (local.get $places))
    (i32.const 0)))

(func $grow (param $table (ref $table))
  (local $keys (ref $keys))
  (local $counts (ref $counts))
  (local $newKeys (ref $keys))
  (local $newCounts (ref $counts))
  (local $i i32)
  (local $to i32)
  (local.set $keys (struct.get $table $keys (local.get $table)))
  (local.set $counts (struct.get $table $counts (local.get $table)))
  (local.set $newKeys (array.new_default $keys (i32.shl (array.len (local.get $keys)) (i32.const 1))))
  (local.set $newCounts (array.new_default $counts (i32.shl (array.len (local.get $keys)) (i32.const 1))))
  (loop $next
    (block $empty
      (local.set $to
        (call $place
          (local.get $newKeys)
          (br_on_null $empty (array.get $keys (local.get $keys) (local.get $i)))
          (array.len (br_on_null $empty (array.get $keys (local.get $keys) (local.get $i))))))
      (array.set $keys (local.get $newKeys) (local.get $to) (array.get $keys (local.get $keys) (local.get $i)))
      (array.set $counts (local.get $newCounts) (local.get $to) (array.get $counts (local.get $counts) (local.get $i))))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $i) (array.len (local.get $keys)))))
  (struct.set $table $keys (local.get $table) (local.get $newKeys))
  (struct.set $table $counts (local.get $table) (local.get $newCounts)))

;; Counts the word of the first `length` bytes.
(func $count (param $table (ref $table)) (param $bytes (ref $bytes)) (param $length i32)
  (local $keys (ref $keys))
  (local $counts (ref $counts))
  (local $copy (ref $bytes))
  (local $at i32)
  (local.set $keys (struct.get $table $keys (local.get $table)))
  (local.set $at (call $place (local.get $keys) (local.get $bytes) (local.get $length)))
  (local.set $counts (struct.get $table $counts (local.get $table)))
  (array.set $counts (local.get $counts) (local.get $at)
    (i32.add (array.get $counts (local.get $counts) (local.get $at)) (i32.const 1)))
  (if (ref.is_null (array.get $keys (local.get $keys) (local.get $at)))
    (then
      (local.set $copy (array.new_default $bytes (local.get $length)))
      (array.copy $bytes $bytes (local.get $copy) (i32.const 0) (local.get $bytes) (i32.const 0) (local.get $length))
      (array.set $keys (local.get $keys) (local.get $at) (local.get $copy))
      (struct.set $table $used (local.get $table)
        (i32.add (struct.get $table $used (local.get $table)) (i32.const 1)))
      (if (i32.gt_u
            (i32.shl (struct.get $table $used (local.get $table)) (i32.const 1))
            (array.len (local.get $keys)))
        (then (call $grow (local.get $table)))))))

;; A word of letters into `bytes`, which has room for sixteen. Its length; few words are long.
(func $readWord (param $bytes (ref $bytes)) (result i32)
  (local $random i32)
  (local $length i32)
  (local.set $random (call $nextRandom))
  (loop $next
    (array.set $bytes (local.get $bytes) (local.get $length)
      (i32.add (i32.const 97) (i32.and (local.get $random) (i32.const 15))))
    (local.set $length (i32.add (local.get $length) (i32.const 1)))
    (local.set $random (i32.shr_u (local.get $random) (i32.const 5)))
    (br_if $next (local.get $random)))
  (local.get $length))

(func $kernel (param $thousands i32) (result i32)
  (local $table (ref $table))
  (local $bytes (ref $bytes))
  (local $left i32)
  (local $i i32)
  (local $hash i32)
  (local.set $table (call $newTable (i32.const 16)))
  (local.set $bytes (array.new_default $bytes (i32.const 16)))
  (local.set $left (i32.mul (local.get $thousands) (i32.const 1000)))
  (loop $next
    ;; The numbers begin anew from time to time, so that most words are found.
    (if (i32.eqz (i32.and (local.get $left) (i32.const 0xffff))) (then (global.set $random (i32.const 1))))
    (call $count (local.get $table) (local.get $bytes) (call $readWord (local.get $bytes)))
    (local.set $left (i32.sub (local.get $left) (i32.const 1)))
    (br_if $next (local.get $left)))
  (local.set $hash (i32.const 0x811c9dc5))
  (loop $next
    (local.set $hash
      (call $mix (local.get $hash) (array.get $counts (struct.get $table $counts (local.get $table)) (local.get $i))))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $i) (array.len (struct.get $table $counts (local.get $table))))))
  (call $mix (local.get $hash) (struct.get $table $used (local.get $table))))
