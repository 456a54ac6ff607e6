// The standard containers and algorithms: vector, string, map, unordered_map, set, deque, sort, unique_ptr, optional.
#include <algorithm>
#include <cstdio>
#include <deque>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

static std::optional<int> firstOver(const std::vector<int>& values, int limit) {
  auto it = std::find_if(values.begin(), values.end(), [limit](int v) { return v > limit; });
  return it == values.end() ? std::nullopt : std::optional<int>(*it);
}

int main() {
  std::vector<int> values(1000);
  std::iota(values.begin(), values.end(), -500);
  std::sort(values.begin(), values.end(),
            [](int a, int b) { return a * a % 1009 != b * b % 1009 ? a * a % 1009 < b * b % 1009 : a < b; });
  std::printf("%d %d %d, first over 490: %d, over 1000: %d\n", values[0], values[500], values[999],
              *firstOver(values, 490), firstOver(values, 1000).has_value());

  std::map<std::string, int> words;
  std::string text = "it was the best of times it was the worst of times it was the age of wisdom";
  for (size_t from = 0; from < text.size();) {
    size_t to = std::min(text.find(' ', from), text.size());
    ++words[text.substr(from, to - from)];
    from = to + 1;
  }
  for (const auto& [word, count] : words) std::printf("%s:%d ", word.c_str(), count);
  std::printf("\n");

  std::unordered_map<int, std::string> names;
  for (int i = 0; i < 5000; ++i) names[i * 37] = std::to_string(i);
  long found = 0;
  for (int i = 0; i < 185000; i += 5) found += names.count(i) ? std::stol(names[i]) : 0;
  std::printf("%zu names, %ld\n", names.size(), found);

  std::set<int> primes;
  for (int n = 2; n < 2000; ++n)
    if (std::none_of(primes.begin(), primes.end(), [n](int p) { return n % p == 0; })) primes.insert(n);
  std::printf("%zu primes, the last %d\n", primes.size(), *primes.rbegin());

  std::deque<std::unique_ptr<std::string>> queue;
  for (int i = 0; i < 100; ++i) {
    queue.push_back(std::make_unique<std::string>(static_cast<size_t>(i), 'x'));
    if (i % 3 == 0) queue.pop_front();
  }
  size_t length = 0;
  for (const auto& s : queue) length += s->size();
  std::printf("%zu in the queue, %zu long\n", queue.size(), length);

  std::vector<std::variant<int, double, std::string>> things{1, 2.5, std::string("three")};
  for (const auto& thing : things) std::printf("%zu ", thing.index());
  std::printf("%s\n", std::get<std::string>(things[2]).c_str());
  return 0;
}
