#include "postgres/dsn.h"

namespace schemaop {}
