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

    def get_table(self, exchange):
        """The queues of the exchange; none of one whose file was begun and never written."""
        return super().get_table(exchange) if self._is_written(exchange) else []

    def _queue_bind(self, exchange, routing_key, pattern, queue):
        """The queue stands in the exchange's file. One that is empty, left by a process that was killed over it, is written anew."""
        if not self._is_written(exchange):
            self._exchange_file(exchange).unlink(missing_ok=True)
        super()._queue_bind(exchange, routing_key, pattern, queue)

    def _is_written(self, exchange: str) -> bool:
        """kombu makes the file first, and then writes it."""
        file = self._exchange_file(exchange)
        return file.exists() and file.stat().st_size > 0


class FolderTransport(filesystem.Transport):
    Channel = FolderChannel
