// Everything that happens by chance in a simulated run, from one seed.
#pragma once

#include <chrono>
#include <cstdint>

namespace schemaop::simulation {

// Time since a run began. Nothing in a run knows another clock.
using Moment = std::chrono::nanoseconds;

// splitmix64: the same on every machine, unlike the distributions of <random>.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }

  // From [0, count). REQUIRES: count > 0.
  int Below(int count) { return static_cast<int>(Next() % static_cast<std::uint64_t>(count)); }

  // Whether something of this probability happens.
  bool Chance(double probability) {
    return static_cast<double>(Next() >> 11U) * 0x1.0p-53 < probability;
  }

  // From [least, most].
  Moment Between(Moment least, Moment most) {
    return least + Moment(static_cast<Moment::rep>(
                       Next() % static_cast<std::uint64_t>((most - least).count() + 1)));
  }

 private:
  std::uint64_t state_;
};

}  // namespace schemaop::simulation
