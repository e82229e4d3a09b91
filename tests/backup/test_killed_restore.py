"""A restore that is killed at any step leaves the previous or the restored database, intact."""

import os
import subprocess
import sys
from textwrap import dedent

from tests.support.forked import REPOSITORY

# Each restore runs in its own process, which kills itself before its n-th file operation.
RESTORES = """
    import contextlib, os, signal, sqlite3, sys
    import config
    from app import create_app

    file, place = sys.argv[1:]
    app = create_app(config.load())
    TOUCHES = {"os.link", "os.rename", "os.remove", "os.chmod", "shutil.copyfile"}

    def restore(touches_at_most):
        seen = []

        def on_event(event, _arguments):
            if event in TOUCHES:
                seen.append(event)
                if len(seen) == touches_at_most:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(on_event)
        done = app.test_cli_runner().invoke(args=["restore", file])
        sys.stderr.write(done.output)
        os._exit(done.exit_code)

    def found():
        with contextlib.closing(sqlite3.connect(place)) as connection:
            (whole,) = connection.execute("PRAGMA integrity_check").fetchone()
            row = "SELECT name, current_number FROM collections, fields"
            return whole, *connection.execute(row).fetchone()

    touches, status = 0, -signal.SIGKILL
    while status == -signal.SIGKILL:
        touches += 1
        child = os.fork()
        if child == 0:
            restore(touches)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(status, *found(), sep=",", flush=True)
"""


def test_a_killed_restore_leaves_the_previous_or_the_restored_database_intact(installation):
    made = installation.make.collection(
        "restored", {"value_type": "INCREMENT", "start_number": 1, "step_number": 1}
    )
    tool = installation.make.key()
    tool.data("restored")
    file = installation.backup()
    tool.data("restored")
    assert installation.owner.patch(f"/api/collections/{made['id']}", {"name": "present"}).status_code == 200
    installation.close()
    outside = {name: value for name, value in os.environ.items() if not name.startswith("SPIKECAST_")}
    settings = {
        "SPIKECAST_DATABASE_URL": f"sqlite:///{installation.database}",
        "SPIKECAST_INSTANCE": str(installation.database.parent),
    }
    done = subprocess.run(
        [sys.executable, "-c", dedent(RESTORES), str(file), str(installation.database)],
        cwd=REPOSITORY,
        env=outside | settings,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    *killed, last = [line.split(",") for line in done.stdout.splitlines()]
    assert last == ["0", "ok", "restored", "2"], done.stderr
    assert len(killed) > 8
    names = [name for _, _, name, _ in killed]
    assert names == sorted(names), "first the previous database, then the restored one"
    assert set(names) == {"present", "restored"}
    assert {(whole, current) for _, whole, _, current in killed} == {("ok", "2")}
