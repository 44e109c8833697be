// Lists, pages, selectors, tables and watches.
#include <algorithm>
#include <set>

#include "tests/contract/contract.h"

namespace schemaop::testing {
namespace {

class ReadContract : public ContractTest {
 protected:
  void CreateMany(int count) {
    for (int i = 0; i < count; ++i) Created("sv-" + std::to_string(i));
  }

  std::string WatchPath(const std::string& version, const std::string& more = "") const {
    return Path("?watch=1&timeoutSeconds=30&resourceVersion=" + version + more);
  }

  std::string ListVersion() { return Call("GET", Path()).Version(); }
};

auto Count(std::size_t wanted) {
  return [wanted](const std::vector<Json>& events) { return events.size() >= wanted; };
}

TEST_F(ReadContract, AListCarriesItsVersionAndKind) {
  Created("a");
  const Answer list = Call("GET", Path());
  EXPECT_EQ(list.body["kind"], "SchemaVersionList");
  EXPECT_EQ(list.body["apiVersion"], "schemaversion.io/v1alpha1");
  EXPECT_FALSE(list.Version().empty());
  EXPECT_EQ(list.body["items"].size(), 1u);
}

TEST_F(ReadContract, AllNamespacesAreListedTogether) {
  Created("everywhere");
  const Answer list = Call("GET", "/apis/schemaversion.io/v1alpha1/schemaversions");
  std::set<std::string> namespaces;
  for (const Json& item : list.body["items"]) namespaces.insert(item["metadata"]["namespace"]);
  EXPECT_TRUE(namespaces.contains(ns_));
}

TEST_F(ReadContract, PagesCoverTheListExactlyOnce) {
  CreateMany(5);
  std::set<std::string> names;
  std::string token;
  int pages = 0;
  do {
    const Answer page = Call("GET", Path("?limit=2" + (token.empty() ? "" : "&continue=" + token)));
    ASSERT_EQ(page.status, 200) << page.text;
    for (const Json& item : page.body["items"]) {
      EXPECT_TRUE(names.insert(item["metadata"]["name"].get<std::string>()).second);
    }
    token = page.body["metadata"].value("continue", "");
    ++pages;
  } while (!token.empty());
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(names.size(), 5u);
}

TEST_F(ReadContract, PagesShowTheMomentOfTheFirst) {
  CreateMany(3);
  const Answer first = Call("GET", Path("?limit=1"));
  ASSERT_EQ(Call("DELETE", Path("/sv-2")).status, 200);
  Created("sv-9");
  const Answer rest = Call(
      "GET", Path("?limit=10&continue=" + first.body["metadata"]["continue"].get<std::string>()));
  ASSERT_EQ(rest.status, 200) << rest.text;
  std::vector<std::string> names;
  for (const Json& item : rest.body["items"]) names.push_back(item["metadata"]["name"]);
  EXPECT_EQ(names, (std::vector<std::string>{"sv-1", "sv-2"}));
  EXPECT_EQ(rest.Version(), first.Version());
}

TEST_F(ReadContract, AContinueTokenTogetherWithAVersionIsABadRequest) {
  CreateMany(2);
  const Answer first = Call("GET", Path("?limit=1"));
  const Answer refused =
      Call("GET", Path("?limit=1&resourceVersion=" + first.Version() +
                       "&continue=" + first.body["metadata"]["continue"].get<std::string>()));
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.Message(), "specifying resource version is not allowed when using continue");
}

TEST_F(ReadContract, AContinueTokenExpiresWithCompaction) {
  CreateMany(3);
  const Answer first = Call("GET", Path("?limit=1"));
  Created("later");
  Under().Compact();
  const Answer expired = Call(
      "GET", Path("?limit=1&continue=" + first.body["metadata"]["continue"].get<std::string>()));
  EXPECT_EQ(expired.status, 410);
  EXPECT_EQ(expired.Reason(), "Expired");
  EXPECT_EQ(expired.Message().substr(0, 57),
            "The provided continue parameter is too old to display a c");
}

TEST_F(ReadContract, AVersionFromTheFutureIsATimeout) {
  const Answer early = Call("GET", Path("?resourceVersion=99999999"));
  EXPECT_EQ(early.status, 504);
  EXPECT_EQ(early.body["details"]["causes"][0]["reason"], "ResourceVersionTooLarge");
}

TEST_F(ReadContract, LabelsSelect) {
  for (const char* team : {"x", "y"}) {
    Json object = Object(team);
    object["metadata"]["labels"] = {{"team", team}};
    ASSERT_EQ(Call("POST", Path(), object).status, 201);
  }
  Created("none");
  const auto selected = [&](const std::string& selector) {
    return Call("GET", Path("?labelSelector=" + selector)).body["items"].size();
  };
  EXPECT_EQ(selected("team%3Dx"), 1u);
  EXPECT_EQ(selected("team"), 2u);
  EXPECT_EQ(selected("%21team"), 1u);
  EXPECT_EQ(selected("team%20in%20(x,y)"), 2u);
  EXPECT_EQ(selected("team%20notin%20(x)"), 2u);
  EXPECT_EQ(selected("team%21%3Dx"), 2u);
}

TEST_F(ReadContract, NamesSelectAndOtherFieldsAreRefused) {
  CreateMany(2);
  const Answer one = Call("GET", Path("?fieldSelector=metadata.name%3Dsv-1"));
  ASSERT_EQ(one.body["items"].size(), 1u) << one.text;
  const Answer refused = Call("GET", Path("?fieldSelector=spec.suspend%3Dtrue"));
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.Message().find("field label not supported: spec.suspend"), std::string::npos);
}

TEST_F(ReadContract, ATableHasThePrinterColumns) {
  Created("a");
  ASSERT_EQ(
      Call("PATCH", Path("/a/status"), {{"status", {{"database", "d@h:5432"}, {"pending", 3}}}})
          .status,
      200);
  const Answer table =
      Call("GET", Path(), nullptr, "",
           {{"Accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"}});
  ASSERT_EQ(table.body["kind"], "Table") << table.text;
  std::vector<std::string> names;
  for (const Json& column : table.body["columnDefinitions"]) {
    if (column["priority"] == 0) names.push_back(column["name"]);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"Name", "Database", "Current", "Target", "Pending",
                                             "Ready", "Reason", "Age"}));
  const Json& row = table.body["rows"][0];
  EXPECT_EQ(row["cells"][0], "a");
  EXPECT_EQ(row["cells"][1], "d@h:5432");
  EXPECT_EQ(row["cells"][2], nullptr);
  EXPECT_EQ(row["cells"][4], 3);
  EXPECT_EQ(row["object"]["kind"], "PartialObjectMetadata");
}

TEST_F(ReadContract, AWatchTellsWhatHappened) {
  const std::string version = ListVersion();
  Created("a");
  Call("PATCH", Path("/a"), {{"spec", {{"suspend", true}}}});
  Call("DELETE", Path("/a"));
  const auto events = WatchEvents(WatchPath(version), Count(3));
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0]["type"], "ADDED");
  EXPECT_EQ(events[1]["type"], "MODIFIED");
  EXPECT_EQ(events[1]["object"]["spec"]["suspend"], true);
  EXPECT_EQ(events[2]["type"], "DELETED");
  EXPECT_NE(events[2]["object"]["metadata"]["resourceVersion"],
            events[1]["object"]["metadata"]["resourceVersion"]);
}

TEST_F(ReadContract, AWatchFromZeroBeginsWithWhatIsThere) {
  CreateMany(2);
  const auto events = WatchEvents(WatchPath("0"), Count(2));
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0]["type"], "ADDED");
  EXPECT_EQ(events[1]["type"], "ADDED");
}

TEST_F(ReadContract, ASelectedWatchShowsObjectsComeAndGo) {
  const std::string version = ListVersion();
  Created("a");
  Call("PATCH", Path("/a"), {{"metadata", {{"labels", {{"team", "x"}}}}}});
  Call("PATCH", Path("/a"), {{"metadata", {{"labels", {{"team", "y"}}}}}});
  const auto events = WatchEvents(WatchPath(version, "&labelSelector=team%3Dx"), Count(2));
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0]["type"], "ADDED");
  EXPECT_EQ(events[1]["type"], "DELETED");
}

TEST_F(ReadContract, AWatchOfOneNameSeesNoOther) {
  const std::string version = ListVersion();
  CreateMany(2);
  const auto events =
      WatchEvents(WatchPath(version, "&fieldSelector=metadata.name%3Dsv-1"), Count(1));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0]["object"]["metadata"]["name"], "sv-1");
}

TEST_F(ReadContract, AWatchFromTooLongAgoIsGone) {
  const auto events = WatchEvents(WatchPath("1"), Count(1));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0]["type"], "ERROR");
  EXPECT_EQ(events[0]["object"]["code"], 410);
  EXPECT_EQ(events[0]["object"]["reason"], "Expired");
  EXPECT_EQ(events[0]["object"]["message"].get<std::string>().substr(0, 29),
            "too old resource version: 1 (");
}

TEST_F(ReadContract, AWatchEndsAfterItsTimeout) {
  const auto events =
      WatchEvents(Path("?watch=1&timeoutSeconds=1&resourceVersion=" + ListVersion()), Count(1));
  EXPECT_TRUE(events.empty());
}

TEST_F(ReadContract, BookmarksMoveTheVersionBeforeAWatchEnds) {
  if (ServerMinor() < 27) GTEST_SKIP() << "older servers send none on a watch this short";
  const std::string version = ListVersion();
  Created("a");
  const auto events = WatchEvents(
      Path("?watch=1&timeoutSeconds=8&allowWatchBookmarks=true&resourceVersion=" + version),
      [](const std::vector<Json>& seen) {
        return !seen.empty() && seen.back()["type"] == "BOOKMARK";
      });
  ASSERT_FALSE(events.empty());
  ASSERT_EQ(events.back()["type"], "BOOKMARK") << events.back().dump();
  EXPECT_EQ(events.back()["object"]["kind"], "SchemaVersion");
  EXPECT_FALSE(events.back()["object"]["metadata"]["resourceVersion"].get<std::string>().empty());
}

}  // namespace
}  // namespace schemaop::testing
