;; Loops so deep in each other that the innermost keep no locals in registers of their own, within and around ones that
;; do.
(module
  (func (export "deep") (param $outer i32) (param $inner i32) (result i32)
    (local $a i32) (local $b i64) (local $c f64) (local $i i32)
    loop loop loop loop loop loop loop loop loop loop loop loop loop loop loop loop
    loop loop loop loop loop loop loop loop loop loop loop loop loop loop loop loop
    loop loop loop loop loop loop loop loop loop loop loop loop loop loop loop loop
    loop loop loop loop loop loop loop loop loop loop loop loop loop loop loop loop
    loop loop loop loop loop loop loop loop loop loop loop loop loop loop loop loop
    loop loop loop loop loop loop loop loop loop loop loop loop loop loop loop loop
    loop loop
      loop  ;; the last but one that counts locals
        (local.set $b (i64.add (local.get $b) (i64.const 3)))
        loop
          (local.set $a (i32.add (local.get $a) (i32.const 1)))
          loop  ;; the first that does not
            (local.set $c (f64.add (local.get $c) (f64.const 0.5)))
            (local.set $i (local.get $inner))
            loop
              (local.set $a (i32.add (local.get $a) (i32.const 100)))
              (br_if 0 (local.tee $i (i32.sub (local.get $i) (i32.const 1))))
            end
            (br_if 0 (i32.rem_u (i32.trunc_f64_u (f64.mul (local.get $c) (f64.const 2))) (i32.const 4)))
          end
          (br_if 0 (i32.and (local.get $a) (i32.const 3)))
        end
        (br_if 0 (i64.lt_u (i64.rem_u (local.get $b) (i64.const 9)) (i64.const 5)))
      end
      (br_if 0 (local.tee $outer (i32.sub (local.get $outer) (i32.const 1))))
    end end end end end end end end end end end end end end end end
    end end end end end end end end end end end end end end end end
    end end end end end end end end end end end end end end end end
    end end end end end end end end end end end end end end end end
    end end end end end end end end end end end end end end end end
    end end end end end end end end end end end end end end end end
    end end
    (i32.add (i32.add (local.get $a) (i32.wrap_i64 (local.get $b))) (i32.trunc_f64_u (local.get $c)))))
(assert_return (invoke "deep" (i32.const 3) (i32.const 2)) (i32.const 25720))
(assert_return (invoke "deep" (i32.const 1000) (i32.const 7)) (i32.const 33633785))
