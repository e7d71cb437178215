"""``hallterm device …``: the technician's tools as commands. Each function takes the settings and answers an exit code.

Whoever may write ``hallterm.d`` may do everything here; a running station is asked to let a port go and takes it back.
"""
