"""The embedded installation's queue never shows half a message."""

import json
import os
import threading

from kombu import Connection

from config.celery import app


def test_a_reader_that_looks_all_the_time_meets_whole_messages_only(tmp_path):
    options = {"data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path), "control_folder": str(tmp_path / "control")}
    with Connection("filesystem://", transport_options=options) as connection:
        queue = connection.SimpleQueue("bell")
        halves, done = [], threading.Event()

        def look():
            while not done.is_set():
                for name in os.listdir(tmp_path):
                    if name.endswith(".bell.msg"):
                        try:
                            json.loads((tmp_path / name).read_text())
                        except ValueError:
                            halves.append(name)

        reader = threading.Thread(target=look)
        reader.start()
        for number in range(200):
            queue.put({"number": number, "long": "x" * 20_000})
        done.set()
        reader.join()
        assert halves == []
        assert {queue.get(timeout=1).payload["number"] for _ in range(200)} == set(range(200))


def test_an_exchange_whose_file_was_begun_and_never_written_is_written_anew(tmp_path):
    control = tmp_path / "control"
    control.mkdir()
    (control / "door.exchange").touch()
    options = {"data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path), "control_folder": str(control)}
    with Connection("filesystem://", transport_options=options) as connection:
        queue = connection.SimpleQueue("door")
        queue.put({"number": 1})
        assert queue.get(timeout=10).payload == {"number": 1}
    assert json.loads((control / "door.exchange").read_text())


def test_the_worker_uses_this_queue():
    assert app.connection("filesystem://").transport_cls == "filesystem"
    assert type(app.connection("filesystem://").transport).__module__ == "config.queue"
