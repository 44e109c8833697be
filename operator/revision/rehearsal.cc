#include "revision/rehearsal.h"

#include "base/text.h"

namespace schemaop {

std::string DescribeFinding(const RehearsalFinding& finding) {
  return "revision " + finding.revision + ": " + finding.problem +
         (finding.objects.empty() ? "" : ": " + Join(finding.objects, ", "));
}

}  // namespace schemaop
