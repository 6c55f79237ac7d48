"""A socket as a browser uses it: reads frames, acknowledges them, notices how it is closed."""

import json
from typing import Any

from channels.testing import WebsocketCommunicator

from apps.engine.frame import DecodedFrame, decode

PATIENCE_S = 20


class Browser(WebsocketCommunicator):
    """A socket that understands frames; ``shown`` is the sequence of the newest."""

    def __init__(self, application: Any, path: str) -> None:
        super().__init__(application, path)
        self.statuses: list[str] = []
        self.shown = 0

    async def frame(self) -> DecodedFrame:
        """The next frame; status messages before it are kept in ``statuses``."""
        while True:
            event = await self.receive_output(timeout=PATIENCE_S)
            if event.get("bytes"):
                frame = decode(event["bytes"])
                self.shown = frame.header.sequence
                return frame
            self.statuses.append(json.loads(event["text"])["status"])

    async def acknowledged(self) -> DecodedFrame:
        """The next frame, acknowledged."""
        frame = await self.frame()
        await self.says(ack=frame.header.sequence)
        return frame

    async def status(self) -> str:
        """The next status message; frames before it are acknowledged."""
        while True:
            event = await self.receive_output(timeout=PATIENCE_S)
            if event.get("text"):
                return json.loads(event["text"])["status"]
            self.shown = decode(event["bytes"]).header.sequence
            await self.says(ack=self.shown)

    async def shows(self, sequence: int) -> bool:
        """Whether the picture of that version arrives, if it has not already."""
        while self.shown < sequence:
            await self.acknowledged()
        return self.shown == sequence

    async def says(self, **message: Any) -> None:
        """Send a message as JSON."""
        await self.send_to(text_data=json.dumps(message))

    async def close_code(self) -> int:
        """What the server closes with; what came before is left unread."""
        while (event := await self.receive_output(timeout=PATIENCE_S))["type"] != "websocket.close":
            pass
        return event["code"]
