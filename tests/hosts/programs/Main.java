import java.util.*;
import java.util.function.*;
import java.util.stream.*;

/**
 * Collections, strings, streams, interfaces, exceptions and arrays: what ordinary Java uses. Prints the same in a JVM.
 * Compiled by TeaVM for its WasmGC target: teavm/Main.wasm of the folder that run.py is given.
 */
public class Main {
  interface Visitor<R> { R num(double v); R add(Node l, Node r); R mul(Node l, Node r); }
  static abstract class Node { abstract <R> R accept(Visitor<R> v); }
  static class Num extends Node { final double v; Num(double v) { this.v = v; } <R> R accept(Visitor<R> x) { return x.num(v); } }
  static class Add extends Node { final Node l, r; Add(Node l, Node r) { this.l = l; this.r = r; } <R> R accept(Visitor<R> x) { return x.add(l, r); } }
  static class Mul extends Node { final Node l, r; Mul(Node l, Node r) { this.l = l; this.r = r; } <R> R accept(Visitor<R> x) { return x.mul(l, r); } }
  static class Eval implements Visitor<Double> {
    public Double num(double v) { return v; }
    public Double add(Node l, Node r) { return l.accept(this) + r.accept(this); }
    public Double mul(Node l, Node r) { return l.accept(this) * r.accept(this); }
  }
  static Node build(int d, int s) { if (d == 0) return new Num(s / 7.0); return s % 2 == 0 ? new Add(build(d - 1, s * 5 + 1), build(d - 1, s * 3 + 2)) : new Mul(build(d - 1, s + 1), new Num(0.5)); }

  static class Lcg { long s = 42; int nextInt(int n) { s = s * 6364136223846793005L + 1442695040888963407L; return (int) ((s >>> 33) % n); } }
  static class Board {
    final int n; final int[] cols; int found;
    Board(int n) { this.n = n; cols = new int[n]; }
    void place(int row) {
      if (row == n) { found++; return; }
      next: for (int c = 0; c < n; c++) { for (int r = 0; r < row; r++) if (cols[r] == c || Math.abs(cols[r] - c) == row - r) continue next; cols[row] = c; place(row + 1); }
    }
  }
  record Edge(int to, int cost) {}
  static int[] dijkstra(List<List<Edge>> g, int from) {
    int[] dist = new int[g.size()]; Arrays.fill(dist, Integer.MAX_VALUE); dist[from] = 0;
    PriorityQueue<int[]> q = new PriorityQueue<>((a, b) -> Integer.compare(a[1], b[1])); q.add(new int[] {from, 0});
    while (!q.isEmpty()) { int[] at = q.poll(); if (at[1] > dist[at[0]]) continue; for (Edge e : g.get(at[0])) { int d = at[1] + e.cost(); if (d < dist[e.to()]) { dist[e.to()] = d; q.add(new int[] {e.to(), d}); } } }
    return dist;
  }
  public static void main(String[] args) {
    int n = 1;
    for (String a : args) n = Integer.parseInt(a);
    System.out.println("eval " + build(14, 4).accept(new Eval()));
    Map<String, Integer> counts = new TreeMap<>(); Map<Integer, List<String>> byLength = new HashMap<>();
    long s = 12345; String[] words = {"alpha", "beta", "gamma", "delta", "épsilon", "ζ", "😀"};
    for (int i = 0; i < 3000 * n; i++) { s = s * 6364136223846793005L + 1442695040888963407L; String w = words[(int) ((s >>> 33) % words.length)] + (s >>> 40) % 50; counts.merge(w, 1, (x, y) -> x + y); }
    counts.forEach((k, v) -> byLength.computeIfAbsent(k.length(), x -> new ArrayList<>()).add(k + v));
    System.out.println(counts.size() + " " + byLength.keySet() + " " + byLength.get(3));
    System.out.println(IntStream.range(2, 400 * n).filter(p -> IntStream.rangeClosed(2, (int) Math.sqrt(p)).noneMatch(d -> p % d == 0)).boxed().map(Integer::toHexString).collect(Collectors.joining(",")).hashCode());
    Lcg random = new Lcg(); List<List<Edge>> g = new ArrayList<>();
    for (int i = 0; i < 500 * n; i++) g.add(new ArrayList<>());
    for (int i = 0; i < 3000 * n; i++) g.get(random.nextInt(g.size())).add(new Edge(random.nextInt(g.size()), 1 + random.nextInt(100)));
    int[] dist = dijkstra(g, 0); long sum = 0; for (int d : dist) if (d != Integer.MAX_VALUE) sum += d; System.out.println("dist " + sum);
    Board b = new Board(7); b.place(0); System.out.println("queens " + b.found);
    int thrown = 0;
    for (int i = 0; i < 500 * n; i++) { try { if (i % 3 == 0) throw new IllegalStateException("e" + i); if (i % 3 == 1) if (i % 2 == 0) throw new ArithmeticException(); thrown += words.length; int[] x = new int[2]; x[i % 4] = 1; } catch (IllegalStateException e) { thrown += e.getMessage().length(); } catch (ArithmeticException e) { thrown += 7; } catch (ArrayIndexOutOfBoundsException e) { thrown += 100; } finally { thrown++; } }
    System.out.println("thrown " + thrown);
    StringBuilder sb = new StringBuilder(); for (int i = 0; i < 100 * n; i++) { sb.insert(0, (char) ('a' + i % 26)); if (sb.length() > 40) sb.setLength(20); } System.out.println(sb + " " + String.format("%5d|%-5s|%x", 42, "ab", 255) + " " + (1.0f / 3) + " " + 1e21 + " " + Long.MIN_VALUE);
    Object[] mixed = {1, "two", 3.0, 'c', new int[3], null, 5L}; int k = 0; for (Object o : mixed) k = k * 7 + (o instanceof Integer ? 1 : o instanceof CharSequence ? 2 : o instanceof Number ? 3 : o instanceof int[] ? 4 : o == null ? 5 : 6); System.out.println("kinds " + k);
    BitSet bits = new BitSet(); for (int i = 0; i < 2000; i += 3) bits.set(i * i % 4093); System.out.println(bits.cardinality());
    LinkedList<Integer> ring = new LinkedList<>(); for (int i = 0; i < 100; i++) ring.add(i); while (ring.size() > 1) { ring.addLast(ring.removeFirst()); ring.removeFirst(); } System.out.println("last " + ring);
    Supplier<Supplier<String>> nested = () -> () -> "lambda " + words.length; System.out.println(nested.get().get());
  }
}
