<<<<<<< HEAD
"""Holds what is measured, and against what. Nothing here is a test: figures depend on the machine."""
=======
"""Holds what measures the service. A benchmark prints what it measured; nothing is asserted."""
>>>>>>> origin/main
