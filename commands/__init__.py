"""What one types: every command there is, one file each."""

# One line per command: the word, the module that carries it out (loaded on use), and what it does.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("commands.init", "write a commented checks.yaml to begin with"),
    "run": ("commands.run", "the daemon: ask, judge, tell, until it is stopped"),
    "validate": ("commands.validate", "say everything that is wrong in the configuration, or worth knowing"),
    "ask": ("commands.ask", "ask one check now, and explain what came of it"),
    "once": ("commands.once", "ask every check once"),
    "status": ("commands.status", "say how things stand, from the store of a running or stopped daemon"),
    "slo": ("commands.slo", "say what is kept of every objective, and what is left of its budget"),
    "maintenance": ("commands.maintenance", "declare time in which services may fail, list it, take it back"),
    "silence": ("commands.silence", "keep incidents from being announced for a while"),
    "incidents": ("commands.incidents", "list incidents, tell the story of one, judge it, take a note"),
    "outbox": ("commands.outbox", "list what waits to be sent, try it now, or drop it"),
    "import": ("commands.import_", "load what was measured elsewhere into the store"),
    "export": ("commands.export", "write what the store holds, for elsewhere"),
    "backup": ("commands.backup", "make a consistent copy of the store, also while a daemon runs"),
    "schema": ("commands.schema", "print the JSON Schema of checks.yaml, for editors"),
    "test-alert": ("commands.test_alert", "send an open and a resolve through a receiver"),
}
