"""Where files lie: below a folder of this machine or in a bucket of S3's kind, through pyarrow's interface to both.

A file appears whole and at once: on a disk by a rename, in a bucket because a PUT is atomic. Paths are pathlib's: a
file's own on a disk, BUCKET/PREFIX/... without a scheme in a bucket. Knows nothing of what is in the files.
"""

import contextlib
import functools
import mmap
import os
import re
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from typing import BinaryIO, TypeVar, cast
from urllib.parse import urlsplit

from pyarrow import fs

SCHEME = "s3://"

LOOKS_AT_ONCE = 16
"""Files of a bucket that are looked at by threads together."""

T = TypeVar("T")
R = TypeVar("R")


class LakeError(Exception):
    """What is stored is damaged or of another shape, or its place is unusable. Raised by the lake; says what to do."""


@dataclass(frozen=True)
class Storage:
    """Files below one root."""

    root: PurePath
    filesystem: fs.FileSystem

    @property
    def is_remote(self) -> bool:
        """Say whether files lie in a bucket."""
        return not isinstance(self.root, Path)

    def address(self, path: PurePath) -> str:
        """Name a file for people."""
        return f"{SCHEME}{path}" if self.is_remote else str(path)

    def files(self, folder: PurePath, pattern: str) -> list[PurePath]:
        """List the files at any depth below a folder whose path ends as the pattern says, by name."""
        found = self.filesystem.get_file_info(fs.FileSelector(str(folder), recursive=True, allow_not_found=True))
        # Over strings: thousands of paths are made, matched and compared in a tenth of a second.
        ending = re.compile("/" + re.escape(pattern).replace(r"\*", "[^/]*") + r"\Z")
        paths = [info.path for info in found if info.is_file and ending.search(info.path)]
        return [type(self.root)(path) for path in sorted(paths, key=lambda path: path.split("/"))]

    def stamps(self, paths: Sequence[PurePath]) -> dict[PurePath, str]:
        """Give size and time of change of files of a disk: others, once a file was written again.

        Of no use in a bucket, whose times are of whole seconds.
        """
        found = self.filesystem.get_file_info([str(path) for path in paths])
        return {path: f"{info.size} {info.mtime_ns}" for path, info in zip(paths, found, strict=True)}

    def look_at(self, look: Callable[[T], R], what: Iterable[T]) -> list[R]:
        """Give what `look` gives of each, in their order: in a bucket of some at once, on a disk one after the other.

        A bucket answers after some 30 ms, whatever else it is asked; on a disk threads take three times the CPU.
        """
        if not self.is_remote:
            return [look(each) for each in what]
        with ThreadPoolExecutor(LOOKS_AT_ONCE) as threads:
            return list(threads.map(look, what))

    def exists(self, path: PurePath) -> bool:
        """Say whether something lies there, a file unless somebody else has been at work."""
        return cast("bool", self.filesystem.get_file_info(str(path)).type != fs.FileType.NotFound)

    def size(self, path: PurePath) -> int:
        """Give the bytes of a file, 0 where there is none."""
        return self.filesystem.get_file_info(str(path)).size or 0

    def read(self, path: PurePath) -> bytes:
        """Give what a file holds."""
        with self.filesystem.open_input_stream(str(path)) as stream:
            return bytes(stream.read())

    def delete(self, paths: Iterable[PurePath]) -> None:
        """Remove files in the order given, and on a disk the folders that they leave empty."""
        folders = set()
        for path in paths:
            self.filesystem.delete_file(str(path))
            folders.add(path.parent)
        for folder in folders:
            if isinstance(folder, Path):
                with contextlib.suppress(OSError):  # not empty: somebody has just written there
                    folder.rmdir()

    @contextlib.contextmanager
    def written_whole(self, path: PurePath) -> Iterator[BinaryIO]:
        """Open a file that replaces `path` at once if the block ends well, and leaves nothing behind if it does not."""
        if isinstance(path, Path):
            path.parent.mkdir(parents=True, exist_ok=True)
            aside = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
            try:
                with aside.open("wb") as file:
                    yield file
                    file.flush()
                    os.fsync(file.fileno())
                aside.replace(path)
            finally:
                aside.unlink(missing_ok=True)
            return
        with tempfile.TemporaryFile() as aside_file:  # without a name, which kill -9 would leave behind
            yield cast("BinaryIO", aside_file)
            aside_file.flush()
            with ThreadPoolExecutor(1) as thread:  # Ctrl-C interrupts the main thread alone: a PUT that began goes on
                thread.submit(self._put, aside_file.fileno(), path).result()

    def _put(self, source: int, path: PurePath) -> None:
        """Upload a file in one act: by a PUT, or as parts that are nothing until the last call makes them an object.

        All of it goes in one write: pyarrow completes the object when a stream ends, even by an error between writes.
        """
        with mmap.mmap(source, 0, access=mmap.ACCESS_READ) as content:
            stream = self.filesystem.open_output_stream(str(path), buffer_size=0)
            stream.write(content)
            stream.close()


def write_through(path: Path) -> None:
    """Have the system write a file or folder to the disk before its name is given: a power cut leaves no empty one."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def storage_at(place: Path | str) -> Storage:
    """Open the storage at a folder or an s3:// address; raises `LakeError` where an address cannot be used."""
    if isinstance(place, Path) or not place.startswith(SCHEME):
        return Storage(Path(place), fs.LocalFileSystem())
    return Storage(PurePosixPath(place.removeprefix(SCHEME)), _bucket_of(place))


@functools.cache  # a look at the bucket costs a request, and a run opens its lake many times
def _bucket_of(address: str) -> fs.FileSystem:
    """Connect to the bucket of an address, as the usual AWS_* variables and files say."""
    # pyarrow looks for credentials in all the usual places, but for neither of these.
    named = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
    endpoint = urlsplit(named)
    if named and not (endpoint.scheme in ("http", "https") and endpoint.netloc and endpoint.path in ("", "/")):
        raise LakeError(
            f"AWS_ENDPOINT_URL: {named!r} is no address of a server: write https://HOST or http://HOST:PORT"
        )
    filesystem = fs.S3FileSystem(
        region=os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION"),
        scheme=endpoint.scheme or None,
        endpoint_override=endpoint.netloc or None,
        connect_timeout=10,
        request_timeout=60,  # pyarrow's 3 s are short for the end of a large upload
        background_writes=False,  # they would copy all of a file that is written at once
        allow_delayed_open=True,  # one request, not three, for a small file
    )
    bucket = PurePosixPath(address.removeprefix(SCHEME)).parts[0]
    try:
        if filesystem.get_file_info(bucket).type == fs.FileType.NotFound:
            raise LakeError(f"{address}: there is no bucket {bucket}; make it, or mend MENTIONS_DATA_DIR")
    except OSError as error:
        raise LakeError(
            f"{address} cannot be used ({error}); see to AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and, on "
            "storage that is not Amazon's, AWS_ENDPOINT_URL"
        ) from error
    return filesystem
