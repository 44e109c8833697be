// Every small history, every state it can be in, every target: what must hold for all of them.

#include <algorithm>
#include <bit>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "revision/graph.h"
#include "revision/plan.h"

namespace schemaop {
namespace {

// A set of revisions, one bit each; bit i is revision "a" + i, whatever its place in load order.
using Bits = unsigned;

bool Has(Bits set, int i) { return (set >> i & 1U) != 0; }
Bits Bit(int i) { return 1U << i; }
RevisionId IdOf(int i) { return RevisionId(1, static_cast<char>('a' + i)); }
int NumberOf(const RevisionId& id) { return id.front() - 'a'; }

// A history by its edges; revision i names only smaller ones, so it has no cycle.
struct History {
  std::vector<Bits> parents;
  std::vector<Bits> dependencies;

  int size() const { return static_cast<int>(parents.size()); }
  Bits Needs(int i) const {
    return parents[static_cast<std::size_t>(i)] | dependencies[static_cast<std::size_t>(i)];
  }

  // `set` with everything it needs.
  Bits Below(Bits set) const {
    for (int i = size() - 1; i >= 0; --i) {
      if (Has(set, i)) set |= Needs(i);
    }
    return set;
  }
  // `set` with everything that needs it.
  Bits Above(Bits set) const {
    for (int i = 0; i < size(); ++i) {
      if ((Needs(i) & set) != 0) set |= Bit(i);
    }
    return set;
  }
  Bits ChildrenOf(int i) const {
    Bits children = 0;
    for (int j = 0; j < size(); ++j) {
      if (Has(parents[static_cast<std::size_t>(j)], i)) children |= Bit(j);
    }
    return children;
  }
  // The rows that stand for `applied`: what nothing else applied needs.
  Bits RowsFor(Bits applied) const {
    Bits rows = applied;
    for (int i = 0; i < size(); ++i) {
      if (Has(applied, i)) rows &= ~Needs(i);
    }
    return rows;
  }
  // A revision names one that another it names already needs. Alembic's rows then overlap, or its
  // upgrade crashes; ours are the same rows, or a refusal.
  bool HasRedundantName() const {
    for (int i = 0; i < size(); ++i) {
      for (int j = 0; j < size(); ++j) {
        if (Has(Needs(i), j) && (Below(Needs(i) & ~Bit(j)) & Bit(j)) != 0) return true;
      }
    }
    return false;
  }
};

std::vector<RevisionId> IdsOf(Bits set) {
  std::vector<RevisionId> ids;
  for (int i = 0; set >> i != 0; ++i) {
    if (Has(set, i)) ids.push_back(IdOf(i));
  }
  return ids;
}

Bits BitsOf(const std::vector<RevisionId>& ids) {
  Bits set = 0;
  for (const RevisionId& id : ids) set |= Bit(NumberOf(id));
  return set;
}

RevisionGraph GraphOfHistory(const History& history, const std::vector<int>& load_order) {
  std::vector<Revision> revisions;
  for (int i : load_order) {
    Revision revision;
    revision.id = IdOf(i);
    revision.down_revisions = IdsOf(history.parents[static_cast<std::size_t>(i)]);
    revision.depends_on = IdsOf(history.dependencies[static_cast<std::size_t>(i)]);
    revision.downgrade = Section{};
    revisions.push_back(std::move(revision));
  }
  return RevisionGraph::Build(std::move(revisions)).value();
}

// Checks the plans of one history in one load order.
class Checker {
 public:
  Checker(const History& history, const std::vector<int>& load_order)
      : history_(history),
        graph_(GraphOfHistory(history, load_order)),
        redundant_(history.HasRedundantName()) {}

  void CheckAll() const {
    const Bits everything = Bit(history_.size()) - 1;
    for (Bits applied = 0; applied <= everything; ++applied) {
      if (history_.Below(applied) != applied) continue;
      const Heads rows = IdsOf(history_.RowsFor(applied));
      for (int i = 0; i < history_.size(); ++i) {
        CheckUpgrade(applied, rows, IdOf(i), history_.Below(Bit(i)));
        CheckDowngrade(applied, rows, IdOf(i), history_.Above(history_.ChildrenOf(i)));
        CheckTowards(applied, rows, {{IdOf(i)}}, Bit(i));
      }
      CheckUpgrade(applied, rows, "heads", everything);
      CheckUpgrade(applied, rows, "base", 0);
      CheckDowngrade(applied, rows, "base", everything);
      CheckTowards(applied, rows, {{}}, 0);
      CheckTowards(applied, rows, ResolveGoal(graph_, "heads").value(), everything);
    }
  }

 private:
  void CheckUpgrade(Bits applied, const Heads& rows, const RevisionId& target, Bits wanted) const {
    auto plan = PlanUpgrade(graph_, rows, target);
    if (!plan) return ExpectRefusalOfRedundantName(plan.error());
    EXPECT_EQ(RunSteps(*plan, applied, Direction::kUpgrade), applied | wanted);
    if (redundant_) return;
    auto again = PlanUpgrade(graph_, plan->to, target);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_TRUE(again->steps.empty());
  }

  void CheckDowngrade(Bits applied, const Heads& rows, const RevisionId& target,
                      Bits dropped) const {
    auto plan = PlanDowngrade(graph_, rows, target);
    if (!plan) {
      EXPECT_NE(plan.error().message.find("is not a valid downgrade target"), std::string::npos)
          << plan.error().message;
      EXPECT_EQ(applied & dropped, 0U);
      return;
    }
    EXPECT_EQ(RunSteps(*plan, applied, Direction::kDowngrade), applied & ~dropped);
    // A second time there is nothing to do, or the target is under another branch and so no place
    // to go to.
    auto again = PlanDowngrade(graph_, plan->to, target);
    EXPECT_TRUE(!again || again->steps.empty());
  }

  void CheckTowards(Bits applied, const Heads& rows, const Goal& goal, Bits wanted) const {
    auto plan = PlanTowards(graph_, rows, goal);
    if (!plan) return ExpectRefusalOfRedundantName(plan.error());
    const bool up = (applied & wanted) != wanted;
    const Bits after = RunSteps(*plan, applied, up ? Direction::kUpgrade : Direction::kDowngrade);
    EXPECT_EQ(after & wanted, wanted);
    if (redundant_) return;
    // Up first; what stands above the goal goes with the next plan, and then there is nothing left
    // to do.
    auto next = PlanTowards(graph_, plan->to, goal);
    ASSERT_TRUE(next) << next.error().message;
    RunSteps(*next, after, Direction::kDowngrade);
    auto last = PlanTowards(graph_, next->to, goal);
    ASSERT_TRUE(last) << last.error().message;
    EXPECT_TRUE(last->steps.empty());
  }

  // Runs `plan` from `applied` and checks every step; returns what is applied afterwards.
  Bits RunSteps(const Plan& plan, Bits applied, Direction direction) const {
    Heads rows = plan.from;
    for (const Step& step : plan.steps) {
      const int i = NumberOf(step.revision);
      EXPECT_EQ(step.direction, direction);
      EXPECT_EQ(Has(applied, i), direction == Direction::kDowngrade)
          << "ran twice: " << step.revision;
      if (direction == Direction::kUpgrade) {
        EXPECT_EQ(history_.Needs(i) & ~applied, 0U)
            << "ran before what it needs: " << step.revision;
      } else {
        EXPECT_EQ(history_.Above(Bit(i)) & applied, Bit(i))
            << "reverted under a child: " << step.revision;
      }
      applied ^= Bit(i);
      for (const VersionChange& change : step.changes) ApplyChange(change, rows);
      EXPECT_EQ(BitsOf(rows), BitsOf(step.heads_after));
      EXPECT_EQ(history_.Below(BitsOf(rows)), applied) << "rows do not stand for what is applied";
      if (!redundant_) {
        EXPECT_EQ(BitsOf(rows), history_.RowsFor(applied));
      }
    }
    EXPECT_EQ(BitsOf(plan.to), BitsOf(rows));
    return applied;
  }

  static void ApplyChange(const VersionChange& change, Heads& rows) {
    if (change.kind != VersionChange::Kind::kInsert) {
      EXPECT_EQ(std::erase(rows, change.from), 1U) << "no row " << change.from;
    }
    if (change.kind != VersionChange::Kind::kDelete) {
      EXPECT_EQ(std::count(rows.begin(), rows.end(), change.to), 0) << "row exists: " << change.to;
      rows.push_back(change.to);
    }
  }

  void ExpectRefusalOfRedundantName(const Error& error) const {
    EXPECT_TRUE(redundant_) << error.message;
    EXPECT_NE(error.message.find("which another revision it names already builds on"),
              std::string::npos)
        << error.message;
  }

  const History history_;
  const RevisionGraph graph_;
  const bool redundant_;
};

// Calls `check` for every history of `size` revisions in every load order. Each pair is unrelated,
// or joined by one of `kinds` - 1 kinds of edge: 1 a parent, 2 a dependency.
void ForEveryHistory(int size, int kinds) {
  const int pairs = size * (size - 1) / 2;
  int histories = 1;
  for (int i = 0; i < pairs; ++i) histories *= kinds;
  for (int number = 0; number < histories; ++number) {
    History history{std::vector<Bits>(static_cast<std::size_t>(size)),
                    std::vector<Bits>(static_cast<std::size_t>(size))};
    int rest = number;
    for (std::size_t i = 1; i < history.parents.size(); ++i) {
      for (int j = 0; j < static_cast<int>(i); ++j, rest /= kinds) {
        if (rest % kinds == 1) history.parents[i] |= Bit(j);
        if (rest % kinds == 2) history.dependencies[i] |= Bit(j);
      }
    }
    std::vector<int> order(static_cast<std::size_t>(size));
    std::iota(order.begin(), order.end(), 0);
    do {
      Checker(history, order).CheckAll();
      if (::testing::Test::HasFailure()) {
        FAIL() << "in history " << number << " of " << size << " revisions";
      }
    } while (std::next_permutation(order.begin(), order.end()));
  }
}

TEST(ExhaustiveTest, EveryHistoryOfUpToFourRevisionsIsPlannedInOrder) {
  for (int size = 0; size <= 4; ++size) ForEveryHistory(size, 2);
}

TEST(ExhaustiveTest, EveryHistoryOfUpToThreeRevisionsWithDependenciesIsPlannedInOrder) {
  for (int size = 0; size <= 3; ++size) ForEveryHistory(size, 3);
}

}  // namespace
}  // namespace schemaop
