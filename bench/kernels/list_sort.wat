;; Casts, and references written to old objects: lists as languages with dynamic types have them, made, sorted by merging
;; and summed up. A list is null or a pair; an element is an i31, or a box if it is a larger number. The size is the number
;; of rounds.

(data (i32.const 1024) "list_sort")
(global $nameBytes i32 (i32.const 1024))
(global $nameLength i32 (i32.const 9))
(global $length i32 (i32.const 50000))

(type $object (sub (struct)))
(type $pair (sub final $object (struct (field $head (mut eqref)) (field $tail (mut eqref)))))
(type $number (sub $object (struct)))
(type $box (sub final $number (struct (field $value i32))))

;; What an element is worth.
(func $value (param $element eqref) (result i32)
  (block $isI31 (result (ref i31))
    (return
      (struct.get $box $value (ref.cast (ref $box) (br_on_cast $isI31 eqref (ref i31) (local.get $element))))))
  (i31.get_s))

;; An element that is worth so much.
(func $element (param $value i32) (result eqref)
  (if (result eqref)
    (i32.eq (local.get $value) (i32.shr_s (i32.shl (local.get $value) (i32.const 1)) (i32.const 1)))
    (then (ref.i31 (local.get $value)))
    (else (struct.new $box (local.get $value)))))

(func $cons (param $head eqref) (param $tail eqref) (result eqref)
  (struct.new $pair (local.get $head) (local.get $tail)))

(func $head (param $list eqref) (result eqref)
  (struct.get $pair $head (ref.cast (ref $pair) (local.get $list))))

(func $randomList (param $length i32) (result eqref)
  (local $list eqref)
  (loop $next
    (local.set $list (call $cons (call $element (call $nextRandom)) (local.get $list)))
    (local.set $length (i32.sub (local.get $length) (i32.const 1)))
    (br_if $next (local.get $length)))
  (local.get $list))

;; One list of two sorted ones, of the same pairs.
(func $merge (param $a eqref) (param $b eqref) (result eqref)
  (local $first (ref $pair))
  (local $last (ref $pair))
  (local $pair (ref $pair))
  (local.set $first (struct.new $pair (ref.null eq) (ref.null eq)))
  (local.set $last (local.get $first))
  (block $bIsEmpty (result eqref)
    (block $aIsEmpty (result eqref)
      (loop $next
        (local.set $pair (br_on_cast_fail $aIsEmpty eqref (ref $pair) (local.get $a)))
        (drop (br_on_cast_fail $bIsEmpty eqref (ref $pair) (local.get $b)))
        (if (i32.le_s (call $value (struct.get $pair $head (local.get $pair))) (call $value (call $head (local.get $b))))
          (then (local.set $a (struct.get $pair $tail (local.get $pair))))
          (else
            (local.set $pair (ref.cast (ref $pair) (local.get $b)))
            (local.set $b (struct.get $pair $tail (local.get $pair)))))
        (struct.set $pair $tail (local.get $last) (local.get $pair))
        (local.set $last (local.get $pair))
        (br $next))
      (unreachable))
    (drop)
    (struct.set $pair $tail (local.get $last) (local.get $b))
    (return (struct.get $pair $tail (local.get $first))))
  (drop)
  (struct.set $pair $tail (local.get $last) (local.get $a))
  (struct.get $pair $tail (local.get $first)))

;; The first `length` pairs of a list, sorted.
(func $sort (param $list eqref) (param $length i32) (result eqref)
  (local $half i32)
  (local $left i32)
  (local $middle eqref)
  (if (i32.eq (local.get $length) (i32.const 1)) (then (return (call $cons (call $head (local.get $list)) (ref.null eq)))))
  (local.set $half (i32.shr_u (local.get $length) (i32.const 1)))
  (local.set $middle (local.get $list))
  (local.set $left (local.get $half))
  (loop $next
    (local.set $middle (struct.get $pair $tail (ref.cast (ref $pair) (local.get $middle))))
    (local.set $left (i32.sub (local.get $left) (i32.const 1)))
    (br_if $next (local.get $left)))
  (call $merge
    (call $sort (local.get $list) (local.get $half))
    (call $sort (local.get $middle) (i32.sub (local.get $length) (local.get $half)))))

(func $hash (param $list eqref) (param $hash i32) (result i32)
  (block $isEmpty (result eqref)
    (loop $next
      (local.set $hash
        (call $mix (local.get $hash)
          (call $value (struct.get $pair $head (br_on_cast_fail $isEmpty eqref (ref $pair) (local.get $list))))))
      (local.set $list (struct.get $pair $tail (ref.cast (ref $pair) (local.get $list))))
      (br $next))
    (unreachable))
  (drop)
  (local.get $hash))

(func $kernel (param $rounds i32) (result i32)
  (local $hash i32)
  (local.set $hash (i32.const 0x811c9dc5))
  (loop $next
    (local.set $hash (call $hash (call $sort (call $randomList (global.get $length)) (global.get $length)) (local.get $hash)))
    (local.set $rounds (i32.sub (local.get $rounds) (i32.const 1)))
    (br_if $next (local.get $rounds)))
  (local.get $hash))
