#include "engine/migrate.h"

namespace schemaop {}
