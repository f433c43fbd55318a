"""When each step runs and in what order: thin Prefect flows, and the command line."""

import os

# Prefect reads these at import; a user's own values win. Nothing leaves the machine unasked. The embedded server's
# first start on a fresh machine was measured beyond Prefect's own limit of 20 s. A server on SQLite answers 503
# ("database is locked") to requests that come at once: on a busy machine six times in a row.
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
os.environ.setdefault("PREFECT_CLIENT_MAX_RETRIES", "6")
# Threads that download log outside of any flow run's context; Prefect would warn of each line that it cannot place.
os.environ.setdefault("PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW", "ignore")
