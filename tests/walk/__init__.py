"""A walk through the screens of the real program: ``python -m tests.walk FOLDER`` writes each as text."""
