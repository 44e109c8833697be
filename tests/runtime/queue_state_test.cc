#include "runtime/queue_state.h"

#include <gtest/gtest.h>

namespace schemaop {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Added = QueueState::Added;

const ObjectKey kA{"shop", "a"};
const ObjectKey kB{"shop", "b"};
const QueueState::Clock::time_point kQueueNow{std::chrono::hours(1)};

TEST(QueueStateTest, SaysWhatAnAddDid) {
  QueueState queue;
  EXPECT_EQ(queue.Add(kA, kQueueNow), Added::kNow);
  EXPECT_EQ(queue.Add(kA, kQueueNow), Added::kNothing);
  ASSERT_TRUE(queue.Take(kQueueNow));
  EXPECT_EQ(queue.Add(kA, kQueueNow), Added::kLater);
  EXPECT_EQ(queue.depth(), 0U);
  queue.Done(kA, kQueueNow);
  EXPECT_EQ(queue.depth(), 1U);
}

TEST(QueueStateTest, HandsOutDelayedKeysWhenTheyAreDueAndNotBefore) {
  QueueState queue;
  queue.AddAt(kB, kQueueNow + seconds(2));
  queue.AddAt(kA, kQueueNow + seconds(3));
  queue.AddAt(kA, kQueueNow + seconds(1));
  queue.AddAt(kA, kQueueNow + seconds(4));
  EXPECT_EQ(queue.NextDue(), kQueueNow + seconds(1));
  EXPECT_FALSE(queue.AddDue(kQueueNow + milliseconds(999)));
  EXPECT_EQ(queue.AddDue(kQueueNow + seconds(2)), Added::kNow);
  EXPECT_EQ(queue.AddDue(kQueueNow + seconds(2)), Added::kNow);
  EXPECT_FALSE(queue.AddDue(kQueueNow + seconds(5)));
  EXPECT_EQ(queue.Take(kQueueNow)->key, kA);
  EXPECT_EQ(queue.Take(kQueueNow)->key, kB);
}

TEST(QueueStateTest, TellsSinceWhenAKeyWaitedAndWasProcessed) {
  QueueState queue;
  queue.Add(kA, kQueueNow);
  EXPECT_EQ(queue.Take(kQueueNow + seconds(1))->since, kQueueNow);
  EXPECT_EQ(queue.processing().at(kA).since, kQueueNow + seconds(1));
  EXPECT_EQ(queue.Done(kA, kQueueNow + seconds(3)), kQueueNow + seconds(1));
  EXPECT_EQ(queue.Done(kA, kQueueNow + seconds(3)), std::nullopt);
}

TEST(QueueStateTest, BacksOffAsLongAsAKeyFailsAndNoLongerThanItMay) {
  QueueState queue({milliseconds(5), milliseconds(15)});
  EXPECT_EQ(queue.NextBackoff(kA), milliseconds(5));
  EXPECT_EQ(queue.NextBackoff(kA), milliseconds(10));
  EXPECT_EQ(queue.NextBackoff(kA), milliseconds(15));
  EXPECT_EQ(queue.NextBackoff(kB), milliseconds(5));
  queue.Forget(kA);
  EXPECT_EQ(queue.NextBackoff(kA), milliseconds(5));
}

}  // namespace
}  // namespace schemaop
