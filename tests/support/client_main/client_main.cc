// main() of test programs that talk to API servers. Like every such program they ignore SIGPIPE,
// which OpenSSL raises on a connection that the other side has left.
#include <csignal>

#include <gtest/gtest.h>

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
