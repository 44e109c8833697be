// Runs of the crash matrix for the operator's own points.
#pragma once

#include <random>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "matrix_run.h"

namespace schemaop::testing {

// Runs of the operator on devcluster, one after another, each with a SchemaVersion and a database
// of its own. There is one at a time in a program.
class OperatorRunner {
 public:
  OperatorRunner();
  ~OperatorRunner();
  OperatorRunner(const OperatorRunner&) = delete;
  OperatorRunner& operator=(const OperatorRunner&) = delete;

  // The operator is started with the fault, given a SchemaVersion, and started again when it is
  // dead. In the end status and database have to agree, and nobody may write any more.
  MatrixResult Run(const FaultOrder& order, std::mt19937& random);

 private:
  void Prepare();
  void Suffer(const FaultOrder& order, std::mt19937& random, MatrixResult& result);
  void UpgradeByHand() const;
  void CheckEnd(MatrixResult& result);
  void CheckStatus(const nlohmann::json& object, MatrixResult& result);
  void CheckQuiet(MatrixResult& result);
  void Restart();
  std::string Version() const;

  std::string namespace_;
  std::string database_;
};

}  // namespace schemaop::testing
