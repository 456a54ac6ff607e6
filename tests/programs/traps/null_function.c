// A call through a null function pointer: the table's first element is left empty.
int main(int argc, char** argv) {
  (void)argv;
  int (*volatile nothing)(int) = 0;
  return nothing(argc);
}
