#include "sql/splitter.h"

namespace schemaop {}
