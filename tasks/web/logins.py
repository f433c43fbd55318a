"""Which hosts are shown a login, from which setting. Sends nothing; crawl.py alone imports this."""

from tasks.addresses import Address
from tasks.settings import Settings

OPENREVIEW_HOSTS = ("api.openreview.net", "api2.openreview.net")
"""One login serves both versions of OpenReview's API."""


class Logins:
    """The headers of logins, by host."""

    def __init__(self, settings: Settings) -> None:
        """Take the settings."""
        self._headers: dict[str, dict[str, str]] = {}
        if settings.openreview_token is not None:
            token = settings.openreview_token.get_secret_value().strip()
            self._headers = {host: {"Authorization": f"Bearer {token}"} for host in OPENREVIEW_HOSTS}

    def headers(self, address: Address) -> dict[str, str]:
        """Give what one request is to carry: asked for each anew, so that no login follows a redirect elsewhere."""
        is_private = address.scheme == "https" and not address.port
        return self._headers.get(address.host, {}) if is_private else {}
