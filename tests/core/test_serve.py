"""What `make run` promises before and while the web server runs."""

import contextlib
import http.client
import os
import signal
import socket
import time
from datetime import date
from queue import Queue

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from core.errors import InvalidValue
from core.models import User
from qilin_cadres.management.commands import serve
from tests import factories

HOST = "127.0.0.1"


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


@pytest.fixture
def ran(monkeypatch, settings, tmp_path):
    """The commands called and servers started, instead of doing so; the password is kept in scratch."""
    calls = []
    monkeypatch.setattr(serve, "call_command", lambda name, **_options: calls.append(name))
    monkeypatch.setattr(serve, "serve", lambda *address, tell: calls.append(address) or tell(*address) or 0)
    monkeypatch.setattr(serve.connection, "close", lambda: None)
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    settings.VAR_DIR = tmp_path / "var"
    return calls


def run(port):
    with pytest.raises(SystemExit) as ended:
        call_command("serve", host=HOST, port=port)
    return ended.value.code


def test_an_empty_database_is_migrated_and_gets_the_demo(db, ran, port):
    assert run(port) == 0

    assert ran == ["migrate", "seed_demo", *serve.EACH_DAY, (HOST, port)]


def test_a_database_with_units_is_left_as_it_is(db, ran, port, capsys):
    factories.lineage("麒麟区")

    run(port)

    assert ran == ["migrate", *serve.EACH_DAY, (HOST, port)]
    assert "密码" not in capsys.readouterr().out


def test_the_demo_password_is_kept_private_and_printed_again(db, ran, port, settings, capsys):
    User.objects.create(username="district", name="区")
    run(port)
    first = capsys.readouterr().out
    run(port)

    kept = settings.VAR_DIR / "demo_password"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert f"密码：{kept.read_text()}\n" in first
    assert first.replace("数据库是空的", "") == capsys.readouterr().out.replace("数据库是空的", "")
    assert User.objects.get().check_password(kept.read_text())


def test_a_demo_password_that_is_given_replaces_the_old_one(db, ran, port, monkeypatch, capsys):
    User.objects.create(username="district", name="区")
    run(port)
    monkeypatch.setenv("DEMO_PASSWORD", "一个新的密码 2026")

    run(port)

    assert User.objects.get().check_password("一个新的密码 2026")
    assert "密码：一个新的密码 2026\n" in capsys.readouterr().out


def test_a_port_in_use_is_refused_before_anything_is_prepared(ran):
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(CommandError, match=f"{HOST}:{port} 不能使用"):
            call_command("serve", host=HOST, port=port)

    assert ran == []


def test_a_database_out_of_reach_is_said_in_one_sentence(ran, port, monkeypatch):
    def refuse(*_arguments, **_options):
        raise OperationalError("connection refused")

    monkeypatch.setattr(serve, "call_command", refuse)

    with pytest.raises(CommandError, match="数据库不能使用：connection refused"):
        call_command("serve", host=HOST, port=port)


def test_production_gets_no_demo_and_refuses_its_accounts(db, ran, port, settings):
    settings.PRODUCTION = True
    assert run(port) == 0
    assert ran == ["migrate", *serve.EACH_DAY, (HOST, port)]
    User.objects.create(username="district", name="区")

    with pytest.raises(CommandError, match="生产环境的数据库里有演示账号"):
        call_command("serve", host=HOST, port=port)

    assert ran == ["migrate", *serve.EACH_DAY, (HOST, port), "migrate"]


def test_what_was_decided_for_a_day_is_begun_with_it_and_once(monkeypatch):
    days, begun = [date(2026, 11, 23)] * 2 + [date(2026, 11, 24)] * 20, Queue()
    monkeypatch.setattr(serve.clock, "today", lambda: days.pop(0) if len(days) > 1 else days[0])

    with serve.each_day(lambda: begun.put("begun"), every=0.01):
        assert begun.get(timeout=10) == "begun"
        time.sleep(0.2)

    assert begun.empty()


@pytest.mark.parametrize(
    "error", [OperationalError("connection refused"), InvalidValue("connection refused")]
)
def test_a_day_that_cannot_begin_is_said_and_does_not_end_the_service(error, db, monkeypatch, capsys):
    def refuse(*_arguments, **_options):
        raise error

    monkeypatch.setattr(serve, "call_command", refuse)
    monkeypatch.setattr(serve.connection, "close", lambda: None)

    serve.Command().begin_day()

    said = capsys.readouterr().err
    assert [f"{failed}：connection refused" in said for failed in serve.EACH_DAY.values()] == [True] * len(
        serve.EACH_DAY
    )


def test_the_web_server_answers_once_it_is_told_and_stops_with_a_signal(port):
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    answered = []

    def ask_and_stop(*address):
        with contextlib.closing(http.client.HTTPConnection(*address, timeout=60)) as client:
            client.request("GET", "/")
            answered.append(client.getresponse().status)
        os.kill(os.getpid(), signal.SIGHUP)

    try:
        code = serve.serve(HOST, port, tell=ask_and_stop)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)

    assert (answered, code) == ([302], 0)
