"""The triggers of a whole app, put into the database by one step of its migrations."""

from functools import partial

from django.db.migrations import RunPython


def triggers_of(app_label) -> RunPython:
    """The step that installs every trigger the app's models have by then; backwards it takes them out.

    One step and not one for each: Django would draw up all the models around it anew each time.
    """
    return RunPython(
        partial(_execute, app_label, "install_sql"), partial(_execute, app_label, "uninstall_sql")
    )


def _execute(app_label, what, apps, schema_editor):
    for model in apps.get_app_config(app_label).get_models():
        for trigger in getattr(model._meta, "triggers", ()):
            schema_editor.execute(getattr(trigger, what), params=None)
