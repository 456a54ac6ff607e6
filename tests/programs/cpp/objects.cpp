// Virtual calls, multiple inheritance, templates, constructors and destructors of statics, locals and temporaries.
#include <cmath>
#include <cstdio>
#include <memory>
#include <vector>

struct Shape {
  virtual ~Shape() = default;
  virtual double area() const = 0;
  virtual const char* name() const { return "shape"; }
};
struct Named {
  virtual ~Named() { std::printf("~Named "); }
  virtual int rank() const { return 1; }
};
struct Circle final : Shape {
  explicit Circle(double radius) : radius(radius) {}
  double area() const override { return M_PI * radius * radius; }
  const char* name() const override { return "circle"; }
  double radius;
};
struct Square : Shape, Named {
  explicit Square(double side) : side(side) {}
  double area() const override { return side * side; }
  int rank() const override { return 4; }
  double side;
};

struct Tracer {
  explicit Tracer(const char* what) : what(what) { std::printf("+%s\n", what); }
  ~Tracer() { std::printf("-%s\n", what); }
  const char* what;
};

static Tracer global("global");

static int lazily() {
  static Tracer once("once");
  static int calls = 0;
  return ++calls;
}

template <int N>
struct Fibonacci {
  static constexpr long long value = Fibonacci<N - 1>::value + Fibonacci<N - 2>::value;
};
template <>
struct Fibonacci<1> {
  static constexpr long long value = 1;
};
template <>
struct Fibonacci<0> {
  static constexpr long long value = 0;
};

int main() {
  Tracer local("local");
  {
    std::vector<std::unique_ptr<Shape>> shapes;
    for (int i = 1; i < 6; ++i) {
      if (i % 2)
        shapes.push_back(std::make_unique<Circle>(i));
      else
        shapes.push_back(std::make_unique<Square>(i));
    }
    double total = 0;
    for (const auto& shape : shapes) {
      total += shape->area();
      std::printf("%s %.3f\n", shape->name(), shape->area());
    }
    Named* named = static_cast<Square*>(shapes[1].get());
    std::printf("total %.6f, rank %d\n", total, named->rank());
  }
  std::printf("\n");
  lazily();
  lazily();
  std::printf("called %d times\n", lazily());
  int Square::* none = nullptr;
  double Square::* side = &Square::side;
  int (Named::*rank)() const = &Named::rank;
  Square square(3);
  std::printf("%g %d %d\n", square.*side, (square.*rank)(), none == nullptr);
  std::printf("%lld\n", Fibonacci<60>::value);
  return 0;
}
