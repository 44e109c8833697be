// Recorded answers of Alembic's, asked again of this implementation. The folder is
// $SCHEMAOP_VECTORS, or tests/testdata/vectors; every *.json in it is read, and what a vector asks
// for is told by its content.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "test_paths.h"
#include "vector.h"

namespace schemaop {
namespace {

namespace fs = std::filesystem;

struct Count {
  int vectors = 0;
  int agree = 0;
};

std::ostream& operator<<(std::ostream& out, const Count& count) {
  return out << count.vectors << " vectors, " << count.agree << " agree";
}

std::vector<fs::path> VectorFiles() {
  const char* folder = std::getenv("SCHEMAOP_VECTORS");
  std::vector<fs::path> files;
  for (const auto& entry :
       fs::directory_iterator(folder != nullptr ? folder : SCHEMAOP_TESTDATA "/vectors")) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(VectorsTest, AgreeWithAlembic) {
  const std::vector<fs::path> files = VectorFiles();
  ASSERT_FALSE(files.empty()) << "no *.json in the folder of vectors";
  Count total;
  for (const fs::path& file : files) {
    std::ifstream stream(file);
    const nlohmann::json document = nlohmann::json::parse(stream);
    std::map<std::string, Count> categories;
    for (const nlohmann::json& entry : document.at("vectors")) {
      const AlembicVector vector(entry);
      const auto disagreement = vector.Disagreement();
      for (Count* count : {&categories[vector.Category()], &total}) {
        ++count->vectors;
        count->agree += disagreement ? 0 : 1;
      }
      if (disagreement)
        ADD_FAILURE() << file.filename().string() << " " << vector.Name() << ": " << *disagreement;
    }
    for (const auto& [category, count] : categories) {
      std::cout << file.filename().string() << ": " << category << ": " << count << "\n";
    }
  }
  std::cout << total << std::endl;
  EXPECT_GT(total.vectors, 0);
}

}  // namespace
}  // namespace schemaop
