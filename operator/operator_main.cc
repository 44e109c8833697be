#include "controller/operator.h"

int main() { return 0; }
