// What the standard library does by itself: arrays of every element type and their bulk operations, regular expressions,
// coroutines (sequences), unsigned numbers, delegates, value classes, nested exceptions.
// Compiled for the wasmWasi target: kotlin/stdlib.wasm of the folder that run.py is given.
import kotlin.properties.Delegates
import kotlin.random.Random

value class Meters(val value: Double) : Comparable<Meters> {
  override fun compareTo(other: Meters) = value.compareTo(other.value)
  operator fun plus(other: Meters) = Meters(value + other.value)
}

enum class Op(val sign: Char, val apply: (Long, Long) -> Long) {
  Add('+', { a, b -> a + b }), Sub('-', { a, b -> a - b }), Mul('*', { a, b -> a * b });
}

class ParseError(message: String, cause: Throwable? = null) : Exception(message, cause)

class Parser(private val text: String) {
  private var at = 0
  fun all(): Long = sum().also { if (at < text.length) throw ParseError("rest at $at") }
  private fun sum(): Long {
    var left = product()
    while (at < text.length && text[at] in "+-") {
      val op = Op.entries.first { it.sign == text[at] }
      at++
      left = op.apply(left, product())
    }
    return left
  }
  private fun product(): Long {
    var left = atom()
    while (at < text.length && text[at] == '*') { at++; left = Op.Mul.apply(left, atom()) }
    return left
  }
  private fun atom(): Long {
    if (at >= text.length) throw ParseError("end")
    if (text[at] == '(') {
      at++
      val inner = sum()
      if (text.getOrNull(at) != ')') throw ParseError("no ) at $at")
      at++
      return inner
    }
    val begin = at
    while (at < text.length && text[at].isDigit()) at++
    return try { text.substring(begin, at).toLong() } catch (e: NumberFormatException) { throw ParseError("number at $begin", e) }
  }
}

class Watched {
  var changes = 0
  var size: Int by Delegates.observable(0) { _, old, new -> if (old != new) changes++ }
  val late: String by lazy { "made once, at $changes" }
}

fun primes(): Sequence<Int> = sequence {
  val found = ArrayList<Int>()
  var n = 2
  while (true) {
    if (found.none { n % it == 0 }) { found.add(n); yield(n) }
    n++
  }
}
fun <T> permutations(items: List<T>): Sequence<List<T>> = sequence {
  if (items.isEmpty()) yield(emptyList())
  for (i in items.indices) for (rest in permutations(items.filterIndexed { k, _ -> k != i })) yield(listOf(items[i]) + rest)
}

fun arrays(random: Random): String {
  val bytes = ByteArray(5000) { (it * 37).toByte() }
  bytes.copyInto(bytes, 100, 0, 4000)
  bytes.copyInto(bytes, 0, 50, 4500)
  bytes.fill(-7, 10, 20)
  val shorts = ShortArray(3000) { (it * it).toShort() }
  shorts.copyInto(shorts, 1, 0, 2999)
  val chars = CharArray(300) { 'a' + it % 26 }
  chars.reverse()
  val ints = IntArray(2000) { random.nextInt(10_000) }
  val longs = ints.map { it.toLong() * it }.toLongArray()
  ints.sort(100, 1900)
  longs.sortDescending()
  val floats = FloatArray(100) { it / 3f }
  val doubles = DoubleArray(100) { it / 7.0 }
  val objects = Array<Any?>(1000) { if (it % 3 == 0) null else if (it % 3 == 1) it else "s$it" }
  objects.copyInto(objects, 3, 0, 997)
  objects.fill("x", 5, 9)
  val booleans = BooleanArray(100) { it % 3 == 0 }
  val nested = Array(20) { i -> Array(20) { j -> IntArray(3) { k -> i * j + k } } }
  return listOf(bytes.contentHashCode(), shorts.contentHashCode(), chars.concatToString().hashCode(), ints.contentHashCode(),
                longs.contentHashCode(), floats.sum(), doubles.average(), objects.contentHashCode(), booleans.count { it },
                nested.contentDeepHashCode(), ints.toSet().size, bytes.asList().subList(0, 8)).joinToString()
}

fun regexes(): String {
  val text = (1..60).joinToString(" ") { "user$it@host${it % 7}.example.org, (0${it})-${it * 1111}" }
  val mails = Regex("""(\w+)@(\w+)\.example\.(org|com)""").findAll(text).groupBy { it.groupValues[2] }
  val phones = Regex("""\((0\d+)\)-(\d{4,})""").replace(text) { "+${it.groupValues[1].trimStart('0')}/${it.groupValues[2].reversed()}" }
  return mails.entries.joinToString { "${it.key}:${it.value.size}" } + " " + phones.hashCode() + " " +
      text.split(Regex("[,\\s]+")).size + " " + Regex("(a+)+b").matches("aaaaaaaaaaaaaaaab")
}

fun unsigned(): String {
  val a = 0xffff_ffff_ffff_ff00uL
  val b = 0x8000_0001u
  return "${a / 7u} ${a % 1000u} ${b / 3u} ${b.toInt()} ${(a shr 60)} ${a.toDouble()} ${b.toFloat()} ${(-1).toUByte()} ${a.countOneBits()} ${b.rotateLeft(5)}"
}

fun exceptions(): String {
  val log = StringBuilder()
  for (i in 0 until 300) {
    try {
      try {
        when (i % 5) {
          0 -> Parser("1+(2*3").all()
          1 -> Parser("7*").all()
          2 -> Parser("x").all()
          3 -> (listOf<Any>(1, 2.0)[i % 2] as String).length
          else -> listOf(1)[i % 2 + 1]
        }
      } catch (e: ParseError) {
        log.append(e.message!!.length)
        throw IllegalStateException("wrapped", e.cause ?: e)
      } finally {
        log.append('f')
      }
    } catch (e: IllegalStateException) {
      log.append(e.cause!!::class.simpleName!!.first())
    } catch (e: ClassCastException) {
      log.append('c')
    } catch (e: IndexOutOfBoundsException) {
      log.append('i')
    }
  }
  return "${log.length} ${log.toString().hashCode()}"
}

tailrec fun gcd(a: Long, b: Long): Long = if (b == 0L) a else gcd(b, a % b)

fun main() {
  val random = Random(42)
  println(arrays(random))
  println(regexes())
  println(unsigned())
  println(exceptions())
  println(primes().drop(200).take(5).joinToString())
  println(permutations(listOf('a', 'b', 'c', 'd', 'e')).map { it.joinToString("") }.filter { it[0] > it[4] }.sumOf { it.hashCode().toLong() })
  val expressions = (1..200).map { n -> (1..n % 12 + 1).joinToString(listOf("+", "*", "-")[n % 3]) { "(${it * n}+$it)" } }
  println(expressions.sumOf { Parser(it).all() % 1_000_003 })
  val watched = Watched()
  for (i in 0 until 100) watched.size = i / 2
  println("${watched.late} ${watched.changes} ${watched.late}")
  println((1..50).map { Meters(it * 1.5) }.reduce { a, b -> maxOf(a, b) + Meters(0.25) })
  val graph = HashMap<Int, MutableSet<Int>>()
  repeat(3000) { graph.getOrPut(random.nextInt(500)) { LinkedHashSet() }.add(random.nextInt(500)) }
  val seen = HashSet<Int>()
  val queue = ArrayDeque(listOf(graph.keys.min()))
  while (queue.isNotEmpty()) { val at = queue.removeFirst(); if (seen.add(at)) graph[at]?.let { queue.addAll(it) } }
  println("${seen.size} ${graph.values.sumOf { it.size }} ${gcd(1071L * 1_000_003, 462L * 1_000_003)}")
  println(buildString { for (w in "the quick brown fox jumps over the lazy dog".split(' ').sortedBy { it.reversed() }) append(w.replaceFirstChar { it.uppercase() }).append(w.padEnd(7, '.')) })
  println((1..30).zip(30 downTo 1).windowed(5, 3).map { w -> w.fold(0) { s, (a, b) -> s * 3 + a * b } }.chunked(4))
  println(listOf(3, 1, 2).toMutableList().apply { addAll(1, (10..15).toList()); removeAll { it % 4 == 0 }; shuffle(Random(7)) }.sortedWith(compareBy({ it % 3 }, { -it })))
}
