#include "runtime/work_queue.h"

namespace schemaop {}
