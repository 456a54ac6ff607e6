;; RUN-CONFIG gc-stress=y gc-verify=y
;; A null of the func hierarchy is no object to a collector: what takes its place on another way through the code is the
;; address of a function.
(module
  (type $object (struct (field i32)))
  (type $function (func))
  (func $g (export "g"))
  (elem declare func $g)

  (func (export "abstract") (param $times i32) (result i32)
    (ref.null func)
    (loop $again (param funcref)
      (drop (struct.new $object (i32.const 1)))
      (drop)
      (ref.func $g)
      (local.set $times (i32.sub (local.get $times) (i32.const 1)))
      (br_if $again (local.get $times))
      (drop))
    (i32.const 7))

  (func (export "concrete") (param $times i32) (result i32)
    (ref.null $function)
    (loop $again (param (ref null $function))
      (drop (struct.new $object (i32.const 1)))
      (drop)
      (ref.func $g)
      (local.set $times (i32.sub (local.get $times) (i32.const 1)))
      (br_if $again (local.get $times))
      (drop))
    (i32.const 7)))

(assert_return (invoke "abstract" (i32.const 5)) (i32.const 7))
(assert_return (invoke "concrete" (i32.const 5)) (i32.const 7))
