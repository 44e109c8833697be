#include "controller/operator.h"

namespace schemaop {}
