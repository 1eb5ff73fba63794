"""What migrations need besides Django's own: statements that differ by database."""

from django.db import router
from django.db.migrations import RunPython


class RunStatements(RunPython):
    """Code that needs the database and no models: the function is given None in their place.

    A RunPython renders every model of every app anew before it runs, a third of a second each;
    an installation has dozens of triggers and search columns to make.
    """

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        """Run the code forwards."""
        self._run(self.code, app_label, schema_editor)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        """Run the code backwards."""
        if self.reverse_code is None:
            raise NotImplementedError("You cannot reverse this operation")
        self._run(self.reverse_code, app_label, schema_editor)

    def _run(self, code, app_label, schema_editor) -> None:
        if router.allow_migrate(schema_editor.connection.alias, app_label, **self.hints):
            code(None, schema_editor)
