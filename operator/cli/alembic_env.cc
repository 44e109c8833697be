#include "cli/alembic_env.h"

namespace schemaop {

const char* const kAlembicEnv = R"py(
import io, json, os, re, sys, traceback
from alembic import __version__, context, util
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

# Run by Alembic itself as the env.py of a project of its own.
ours = context.config
result = {"alembic": __version__, "revisions": []}
names = lambda value: list(util.to_tuple(value, default=()))


def explain(error):
    text = "".join(traceback.format_exception_only(type(error), error)).strip()
    return re.sub(r"[^\s:]*:[^\s@]*@", "***@", text)  # a URL may be in it, with its password


def render(migration, function):
    """The SQL of one upgrade() or downgrade(), or why there is none."""
    if function is None:
        return {"irreversible": "there is no such function"}
    buffer = migration.impl.output_buffer = io.StringIO()
    try:
        function()
    except NotImplementedError as error:
        return {"irreversible": explain(error)}
    except (Exception, SystemExit) as error:
        return {"error": explain(error)}
    return {"sql": buffer.getvalue()}


def render_all(heads, migration):
    # SQL that stands alone, whatever env.py wants for its driver: with its values in it, and with
    # percent signs and backslashes as themselves.
    migration.impl.literal_binds = True
    migration.dialect.paramstyle, migration.dialect.positional = "named", False
    migration.dialect.identifier_preparer._double_percents = False
    migration.dialect._backslash_escapes = False
    result["dialect"] = migration.dialect.name
    result["version_table"] = migration.version_table
    result["version_table_schema"] = migration.version_table_schema or ""
    for revision in reversed(list(script.walk_revisions())):
        module = revision.module
        result["revisions"].append({
            "id": revision.revision,
            "down_revisions": names(module.down_revision),
            "depends_on": names(getattr(module, "depends_on", None)),
            "branch_labels": names(getattr(module, "branch_labels", None)),
            "message": revision.doc,
            "file": module.__file__,
            "upgrade": render(migration, getattr(module, "upgrade", None)),
            "downgrade": render(migration, getattr(module, "downgrade", None)),
        })
    return []


config = Config(ours.get_main_option("project"), ini_section=ours.config_ini_section,
                cmd_opts=ours.cmd_opts, output_buffer=io.StringIO())
try:
    script = ScriptDirectory.from_config(config)
    # Rendering needs some revision to start from; which one does not matter to render_all.
    start = next(iter(script.get_bases()), None)
    with EnvironmentContext(config, script, fn=render_all, as_sql=True, starting_rev=start):
        script.run_env()
    if "dialect" not in result:
        result["error"] = "env.py runs no migrations in offline mode"
except (Exception, SystemExit) as error:
    result["error"] = explain(error)
with open(ours.get_main_option("result"), "w", encoding="utf-8") as file:
    json.dump(result, file)
sys.stdout.flush()
sys.stderr.flush()
# Alembic cannot end one environment inside another.
os._exit(0)
)py";

}  // namespace schemaop
