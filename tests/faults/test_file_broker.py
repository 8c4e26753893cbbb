"""Without Redis the doorbells are files: many who ring at once never end the worker that hears them."""

import threading

import pytest
from kombu import Connection
from kombu.transport.virtual import BrokerState

from config.file_broker import Transport

RINGERS, EACH = 4, 250


@pytest.fixture
def folders(tmp_path, monkeypatch) -> dict:
    # A process keeps which queues it knows, whatever the folder: here it knows none.
    monkeypatch.setattr(Transport, "global_state", BrokerState())
    for name in ("messages", "control", "processed"):
        (tmp_path / name).mkdir()
    return {
        "data_folder_in": str(tmp_path / "messages"),
        "data_folder_out": str(tmp_path / "messages"),
        "control_folder": str(tmp_path / "control"),
        "processed_folder": str(tmp_path / "processed"),
        "store_processed": True,  # in this folder, so that nothing is written beside it
    }


def test_every_message_is_whole_and_comes_once(folders, tmp_path):
    def connect() -> Connection:
        return Connection("files://", transport_options=folders)

    def ring(ringer: int) -> None:
        with connect() as connection, connection.SimpleQueue("celery") as queue:
            for number in range(EACH):
                queue.put({"ringer": ringer, "number": number, "words": "x" * 5_000})

    ringers = [threading.Thread(target=ring, args=(ringer,)) for ringer in range(RINGERS)]
    heard = set()
    with connect() as connection, connection.SimpleQueue("celery") as queue:
        for one in ringers:
            one.start()
        while len(heard) < RINGERS * EACH:
            message = queue.get(timeout=20)
            heard.add((message.payload["ringer"], message.payload["number"]))
            message.ack()
    for one in ringers:
        one.join()
    assert len(heard) == RINGERS * EACH
    assert not list((tmp_path / "messages").iterdir()), "nothing is left, and nothing half written"
