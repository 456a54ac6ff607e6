;; Threads that share a memory: no update is lost, one wakes the other, and a thread's names are its own.

(module $Mem
  (memory (export "m") 1 4 shared)
  (func (export "load") (param i32) (result i32) (i32.atomic.load (local.get 0)))
)
(register "mem" $Mem)

(thread $adder1 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (import "mem" "m" (memory 1 4 shared))
    (func (export "add") (param $n i32) (result i32)
      (loop $l
        (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
        (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.get $n)))
  (assert_return (invoke "add" (i32.const 100000)) (i32.const 0))
)
(thread $adder2 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (import "mem" "m" (memory 1 4 shared))
    (func (export "add") (param $n i32) (result i32)
      (loop $l
        (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
        (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.get $n)))
  (assert_return (invoke "add" (i32.const 100000)) (i32.const 0))
)
(wait $adder1)
(wait $adder2)
(assert_return (invoke $Mem "load" (i32.const 0)) (i32.const 200000))

;; One waits until the other has grown the memory and says so, then reads what was written there.
(thread $waiter (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (import "mem" "m" (memory 1 4 shared))
    (func (export "wait") (result i32)
      (loop $l
        (if (i32.eqz (i32.atomic.load (i32.const 4)))
          (then
            (drop (memory.atomic.wait32 (i32.const 4) (i32.const 0) (i64.const 1000000000)))
            (br $l))))
      (i32.load8_u (i32.const 0x10000))))
  (assert_return (invoke "wait") (i32.const 42))
)
(thread $waker (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (import "mem" "m" (memory 1 4 shared))
    (func (export "wake") (result i32)
      (drop (memory.grow (i32.const 1)))
      (i32.store8 (i32.const 0x10000) (i32.const 42))
      (i32.atomic.store (i32.const 4) (i32.const 1))
      (drop (memory.atomic.notify (i32.const 4) (i32.const -1)))
      (memory.size)))
  (assert_return (invoke "wake") (i32.const 2))
)
(wait $waiter)
(wait $waker)

;; A thread sees no instance that it was not given, and registers for itself alone.
(thread $alone
  (assert_unlinkable (module (import "mem" "m" (memory 1 4 shared))) "unknown import")
  (module $Mem (memory (export "other") 1))
  (register "mem" $Mem)
  (module (import "mem" "other" (memory 1)))
)
(wait $alone)
(module (import "mem" "m" (memory 1 4 shared)))
(assert_unlinkable (module (import "mem" "other" (memory 1))) "unknown import")
