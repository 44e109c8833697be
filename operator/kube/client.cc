#include "kube/client.h"

namespace schemaop {}
