"""A real Redis-compatible server that a test may kill and start again."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from heatmap_site.supervisor import redis_server
from heatmap_site.supervisor.parent_death import follower_of
from tests.waiting import wait_until


@dataclass
class RedisProcess:
    """The server on a socket in ``folder``; ``start`` returns when it can be reached."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> Path:
        return self.folder / "redis.sock"

    @property
    def url(self) -> str:
        return redis_server.url(self.socket)

    def start(self) -> None:
        self.socket.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            redis_server.process(redis_server.binary(), self.socket).command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            preexec_fn=follower_of(os.getpid()),
        )
        wait_until(self.socket.exists, "the Redis-compatible server")

    def kill(self) -> None:
        """End it as a power cut does."""
        if self.process:
            self.process.kill()
            self.process.wait()
