// iostream and sstream: formatting, parsing, reading lines from standard input.
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>

int main() {
  std::string line;
  double total = 0;
  int number = 0;
  while (std::getline(std::cin, line)) {
    std::istringstream fields(line);
    std::string name;
    double price;
    if (!(fields >> name >> price)) {
      std::cout << "line " << number + 1 << ": no price in \"" << line << "\"\n";
    } else {
      total += price;
      std::cout << std::left << std::setw(10) << name << std::right << std::setw(10) << std::fixed
                << std::setprecision(2) << price << '\n';
    }
    ++number;
  }
  std::cout << std::string(20, '-') << '\n' << std::setw(20) << total << std::endl;
  std::cout << std::hex << std::showbase << 48879 << ' ' << std::dec << std::boolalpha << true << ' ' << std::scientific
            << 12345.678 << '\n';
  std::cerr << "done with " << number << " lines\n";
  return 0;
}
