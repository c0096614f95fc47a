"""The embedded installation's queue: a folder, as kombu's file-system transport reads it, in which messages appear whole."""

import uuid
from pathlib import Path
from time import monotonic

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps


class FolderChannel(filesystem.Channel):
    """kombu's own channel writes where the worker reads: one that came in between read half a message and ended the worker."""

    def _put(self, queue, payload, **kwargs):  # type: ignore[override]  # kombu's own channels name the arguments in two ways
        """The message lies in the queue's folder, whole."""
        message = Path(self.data_folder_out) / f"{monotonic() * 1000:.0f}_{uuid.uuid4()}.{queue}.msg"
        unfinished = message.with_name(f"{message.name}.part")
        try:
            unfinished.write_text(dumps(payload))
            unfinished.rename(message)
        except OSError as error:
            raise ChannelError(f"The message {message} cannot be written.") from error


class FolderTransport(filesystem.Transport):
    Channel = FolderChannel
