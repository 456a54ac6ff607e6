// Collections, strings, closures, sealed classes, interfaces, exceptions, generics, sequences: what ordinary Kotlin uses.
// Compiled for the wasmWasi target: kotlin/objects.wasm of the folder that run.py is given, and with SCALE = 20 also
// kotlin/objects20.wasm.
const val SCALE = 1

sealed class Expr
data class Num(val value: Double) : Expr()
data class Sum(val left: Expr, val right: Expr) : Expr()
data class Mul(val left: Expr, val right: Expr) : Expr()
data class Var(val name: String) : Expr()

fun eval(e: Expr, env: Map<String, Double>): Double = when (e) {
  is Num -> e.value
  is Sum -> eval(e.left, env) + eval(e.right, env)
  is Mul -> eval(e.left, env) * eval(e.right, env)
  is Var -> env[e.name] ?: throw NoSuchElementException("no ${e.name}")
}
fun build(depth: Int, seed: Int): Expr = if (depth == 0) (if (seed % 3 == 0) Var("x") else Num(seed.toDouble() / 7)) else
  if (seed % 2 == 0) Sum(build(depth - 1, seed * 5 + 1), build(depth - 1, seed * 3 + 2)) else Mul(build(depth - 1, seed + 1), Num(0.5))

interface Shape { fun area(): Double; val name: String get() = this::class.simpleName ?: "?" }
class Circle(val r: Double) : Shape { override fun area() = 3.141592653589793 * r * r }
class Rect(val w: Double, val h: Double) : Shape { override fun area() = w * h }

class Tree<T : Comparable<T>> {
  private class Node<T>(val key: T, var left: Node<T>? = null, var right: Node<T>? = null)
  private var root: Node<T>? = null
  var size = 0
  fun add(key: T): Boolean {
    var at = root
    if (at == null) { root = Node(key); size++; return true }
    while (true) {
      val c = key.compareTo(at!!.key)
      if (c == 0) return false
      if (c < 0) { if (at.left == null) { at.left = Node(key); size++; return true }; at = at.left }
      else { if (at.right == null) { at.right = Node(key); size++; return true }; at = at.right }
    }
  }
  fun walk(visit: (T) -> Unit) { fun go(n: Node<T>?) { if (n == null) return; go(n.left); visit(n.key); go(n.right) }; go(root) }
}

fun wordCount(n: Int): Map<String, Int> {
  val words = listOf("alpha", "beta", "gamma", "delta", "épsilon", "ζ", "😀")
  val counts = HashMap<String, Int>()
  var s = 12345L
  repeat(n) {
    s = (s * 6364136223846793005L + 1442695040888963407L)
    val w = words[((s ushr 33) % words.size).toInt()] + ((s ushr 40) % 50)
    counts[w] = (counts[w] ?: 0) + 1
  }
  return counts
}

fun main() {
  val n = 1 * SCALE
  val e = build(12, 4)
  println("eval ${eval(e, mapOf("x" to 1.5))}")
  try { eval(e, mapOf()) } catch (x: NoSuchElementException) { println("caught ${x.message}") }
  val shapes: List<Shape> = (1..20).map { if (it % 2 == 0) Circle(it.toDouble()) else Rect(it.toDouble(), 2.0) }
  println(shapes.groupBy { it.name }.map { (k, v) -> "$k=${v.sumOf { it.area() }}" }.sorted().joinToString())
  val tree = Tree<String>()
  var x = 1
  for (i in 0 until 2000 * n) { x = x * 1103515245 + 12345; tree.add("k" + ((x ushr 8) % 5000)) }
  val sb = StringBuilder()
  tree.walk { if (sb.length < 60) sb.append(it).append(' ') }
  println("${tree.size} $sb")
  val counts = wordCount(3000 * n)
  println(counts.entries.sortedWith(compareByDescending<Map.Entry<String, Int>> { it.value }.thenBy { it.key }).take(5).joinToString { "${it.key}:${it.value}" })
  val primes = generateSequence(2) { it + 1 }.filter { p -> (2..p / 2).none { p % it == 0 } }.take(40).toList()
  println(primes.last())
  var thrown = 0
  for (i in 0 until 500 * n) try { if (i % 3 == 0) throw IllegalStateException("e$i") else listOf(1)[i % 2] } catch (e: IllegalStateException) { thrown += e.message!!.length } catch (e: IndexOutOfBoundsException) { thrown++ } finally { thrown += 1000 }
  println(thrown)
  val l = LongArray(1000) { (it * 7919L) % 1009 }.sortedArray()
  println(l.take(5) + l.last())
  println("%".repeat(3) + "ünïcode".uppercase() + 1.0f / 3 + " " + 1e21 + " " + Long.MIN_VALUE + " " + "a,b,,c".split(",") + " " + "12x".toIntOrNull())
  println(fib(24 ) )
  val dp = Array(200) { IntArray(200) }
  for (i in 1 until 200) for (j in 1 until 200) dp[i][j] = if ((i * 31 + j * 17) % 5 == 0) dp[i-1][j-1] + 1 else maxOf(dp[i-1][j], dp[i][j-1])
  println(dp[199][199])
}
fun fib(n: Int): Int = if (n < 2) n else fib(n - 1) + fib(n - 2)
