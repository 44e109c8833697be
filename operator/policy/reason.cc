#include "policy/reason.h"

namespace schemaop {}
