"""When each step runs and in what order: thin Prefect flows, and the command line."""

import os

# Prefect reads these at import; a user's own values win. Nothing leaves the machine unasked, and the embedded server's
# first start on a fresh machine was measured beyond Prefect's own limit of 20 s.
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
