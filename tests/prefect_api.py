"""A stand between flows and Prefect's server, where answers get lost as they do under load."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from urllib.parse import urlsplit

from prefect.settings import PREFECT_API_URL, temporary_settings


@contextmanager
def between(refuse: Callable[[bytes], int | None]) -> Iterator[None]:
    """Stand between the flows and Prefect's server, and answer some requests, which the server got, by a status."""
    api = urlsplit(PREFECT_API_URL.value())

    def requests(near: socket.socket, far: socket.socket, statuses: list[int]) -> None:
        with suppress(OSError):
            while sent := near.recv(2**20):
                while sent.startswith(b"POST") and not is_whole(sent):
                    sent += near.recv(2**20)
                if status := refuse(sent):
                    statuses.append(status)
                far.sendall(sent)
            far.shutdown(socket.SHUT_WR)

    def answers(near: socket.socket, far: socket.socket, statuses: list[int]) -> None:
        with suppress(OSError), near, far:
            while received := far.recv(2**20):
                if statuses:
                    near.sendall(b"HTTP/1.1 %d Lost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % statuses[0])
                    return
                near.sendall(received)

    def accept() -> None:
        with suppress(OSError):
            while True:
                near, far = listening.accept()[0], socket.create_connection((api.hostname, api.port))
                statuses: list[int] = []
                Thread(target=requests, args=(near, far, statuses), daemon=True).start()
                Thread(target=answers, args=(near, far, statuses), daemon=True).start()

    # Never closed: Prefect's events go on through it after the block, and would be waited for.
    listening = socket.create_server(("127.0.0.1", 0))
    Thread(target=accept, daemon=True).start()
    with temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{listening.getsockname()[1]}/api"}):
        yield


def is_whole(request: bytes) -> bool:
    """Tell whether the announced body of a request is there."""
    head, _, body = request.partition(b"\r\n\r\n")
    announced = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    return announced is not None and len(body) >= int(announced[1])
