"""`make run`: migrate, load the demo into an empty database, and serve until stopped.

What was decided for a day, or left too long, is seen to at the start and when the day begins in Shanghai.
"""

import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from threading import Event, Thread

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import OperationalError, connection

from branches.models import Unit
from core import clock
from core.embedded.server import ServerFailed
from demo.accounts import DEMO_ACCOUNTS, demo_accounts_exist, set_passwords

PR_SET_PDEATHSIG = 1
# What each day begins with, and what is said when it failed.
EACH_DAY = {
    "carry_out_reorganisations": "到期的组织变动没有办理",
    "move_overdue_orders": "到期的服务单没有处理",
    "move_left_matters": "到期的网格事项没有上报",
    "close_posts": "到期的岗位没有结束",
}


class Command(BaseCommand):
    help = "准备好数据库，空库载入演示数据，然后提供网页和接口服务，直到按 Ctrl-C"

    def add_arguments(self, parser):
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=os.environ.get("PORT", "8000"))

    def handle(self, *args, host, port, **options):
        self.check_port_is_free(host, port)
        try:
            call_command("migrate", verbosity=0)
        except (ServerFailed, OperationalError) as error:
            raise CommandError(f"数据库不能使用：{error}") from error
        self.prepare_demo()
        # It also closes the connection: the web server connects for itself.
        self.begin_day()
        with each_day(self.begin_day):
            code = serve(host, port, tell=self.tell_address)
        sys.exit(code)

    def tell_address(self, host, port):
        """Say where the registry is, now that it answers there."""
        self.stdout.write(f"\n麒麟区离退休党员管理：http://{host}:{port}/　（按 Ctrl-C 停止）\n")
        self.stdout.flush()

    def begin_day(self):
        """Do what the day that has begun asks for; what fails is said, and tried the next day."""
        for command, failed in EACH_DAY.items():
            try:
                call_command(command, stdout=self.stdout)
            # Whatever it was: one command must not keep the others, nor the days to come, from being done.
            except Exception as error:
                self.stderr.write(f"{failed}：{error}")
            finally:
                connection.close()

    def check_port_is_free(self, host, port):
        """Refuse before anything is prepared, and say what to do."""
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise CommandError(
                    f"{host}:{port} 不能使用（{error.strerror}）；请换一个端口，如 PORT=8001 make run"
                ) from None

    def prepare_demo(self):
        """Load the demo where there is nothing, and see to it that its accounts' password is known."""
        if settings.PRODUCTION:
            if demo_accounts_exist():
                raise CommandError("生产环境的数据库里有演示账号，不能启动；请换一个空的数据库")
            return
        if not Unit.objects.exists():
            self.stdout.write("数据库是空的，正在载入演示数据（约一分钟）……")
            self.stdout.flush()
            call_command("seed_demo")
        if demo_accounts_exist():
            password = demo_password()
            set_passwords(password)
            self.stdout.write("演示账号（密码相同）：")
            for username, title in DEMO_ACCOUNTS.items():
                self.stdout.write(f"  {username:10} {title}")
            self.stdout.write(f"  密码：{password}")


@contextmanager
def each_day(begin, *, every=60):
    """Call `begin` whenever a day begins, in a thread of its own, until the block ends.

    The day is looked at each minute: a machine that slept through midnight wakes up late, not never.
    """
    ended, day = Event(), clock.today()

    def watch():
        nonlocal day
        while not ended.wait(every):
            if clock.today() != day:
                day = clock.today()
                begin()

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def demo_password() -> str:
    """DEMO_PASSWORD, or one made at random on the first start and kept where only its owner can read it."""
    given = os.environ.get("DEMO_PASSWORD")
    if given:
        return given
    path = settings.VAR_DIR / "demo_password"
    if not path.exists():
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(12))
    return path.read_text().strip()


def serve(host: str, port: int, *, tell) -> int:
    """Run the web server and the worker of the queue until a signal comes; return the web server's exit code.

    Neither can outlive this process. A worker that dies is started again, after the database if that died.
    `tell(host, port)` is called once the web server answers.
    """
    web = start("-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
                "--workers", "2", "--blocking-threads", "2", "--respawn-failed-workers", "--no-ws",
                "--log-level", "warning", "--workers-kill-timeout", "10",
                "qilin_cadres.wsgi:application")  # fmt: skip
    workers = [start_worker()]
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: web.send_signal(signal.SIGTERM))
    if answers(web, host, port):
        tell(host, port)
    while web.poll() is None:
        with suppress(subprocess.TimeoutExpired):
            web.wait(timeout=1)
        if web.poll() is None and workers[-1].poll() is not None:
            revive_database()
            workers.append(start_worker())
    stop(workers[-1])
    return 0 if web.returncode in (0, -signal.SIGTERM, -signal.SIGINT) else web.returncode


def answers(web, host, port) -> bool:
    """Wait until the web server takes connections; false if it ends before it does."""
    while web.poll() is None:
        with suppress(OSError), socket.create_connection((host, port), timeout=1):
            return True
        time.sleep(0.1)
    return False


def revive_database() -> None:
    """Start the embedded database again if it has died; a worker would only wait for it."""
    server = connection.settings_dict.get("SERVER")
    if server is not None:
        with suppress(ServerFailed):
            server.revive()


def start_worker() -> subprocess.Popen:
    """The worker: one job at a time for each of two, so that a long one does not hold up the queue's own."""
    return start("manage.py", "procrastinate", "worker", "--concurrency", "2",
                 "--shutdown-graceful-timeout", "10", "--delete-jobs", "successful")  # fmt: skip


def start(*arguments) -> subprocess.Popen:
    """A child of our own interpreter that cannot outlive this process."""
    # A session of its own: the terminal's signals reach it through us alone; on SIGHUP it would only reload.
    return subprocess.Popen(  # noqa: S603 - our own interpreter and fixed arguments
        [sys.executable, *arguments], cwd=settings.BASE_DIR, start_new_session=True,
        preexec_fn=die_with_parent,  # noqa: PLW1509 - the one thread only waits for the next day
    )  # fmt: skip


def stop(child) -> None:
    """Ask the child to end, and see to it."""
    child.terminate()
    try:
        child.wait(timeout=15)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def die_with_parent() -> None:
    """Ask the kernel to stop this process when its parent is gone, however that came about."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
