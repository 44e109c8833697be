#include "revision/graph.h"

namespace schemaop {}
