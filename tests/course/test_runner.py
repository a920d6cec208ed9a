"""`%alembic`'s engine: a clean process for each command, forked from a warm one."""

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time

import psutil
import pytest

from course import commands, forkserver
from course.errors import AlembicFailed, CourseError
from course.runner import Runner


@pytest.fixture
def run(place):
    """Run a module made of `code` in the workspace; gives exit code and output."""

    def call(code, **env):
        (place.workspace.root / "program.py").write_text(code)
        output = []
        code = place.runner.run(
            ["-m", "program", "word"], cwd=place.workspace.root, env={**place.env, **env}, write=output.append
        )
        return code, "".join(output)

    return call


def test_a_text_runs_as_with_python_c(place):
    (place.workspace.root / "beside.py").write_text("WORD = 'found'")
    text = "import sys, beside; print(sys.argv, __name__, beside.WORD); sys.exit(4)"
    output = []
    code = place.runner.run(
        ["-c", text, "word"], cwd=place.workspace.root, env=place.env, write=output.append
    )
    assert (code, "".join(output)) == (4, "['-c', 'word'] __main__ found\n")


def alembic(place, line):
    output = []
    try:
        commands.run_alembic(place, line, output.append)
    except AlembicFailed as error:
        return str(error), "".join(output)
    return None, "".join(output)


# ---------------------------------------------------------------- any program


@pytest.mark.parametrize(
    ("code", "exit_code", "output"),
    [
        ("print('hello')", 0, "hello\n"),
        ("import sys; sys.exit(3)", 3, ""),
        ("import sys; sys.exit('no good')", 1, "no good\n"),
        ("import sys; sys.exit(-1)", 255, ""),
        ("import os; os.kill(os.getpid(), 9)", -9, ""),
        ("import os; os._exit(7)", 7, ""),
        ("print('no newline at the end', end='')", 0, "no newline at the end"),
        ("import sys; print(sys.argv[1:], __name__)", 0, "['word'] __main__\n"),
        ("import os; print(os.environ['GIVEN'])", 0, "äö\n"),
        ("print(repr(open(0).read()))", 0, "''\n"),
        ("import atexit; atexit.register(print, 'bye')", 0, "bye\n"),
        ("import sys\nprint(1); print(2, file=sys.stderr); print(3)", 0, "1\n2\n3\n"),
        ("import os\nprint(1); os.system('echo 2'); print(3)", 0, "1\n2\n3\n"),
        ("for i in range(30000): print(i, 'ä')", 0, "".join(f"{number} ä\n" for number in range(30000))),
    ],
)
def test_a_program_ends_as_in_a_shell(run, code, exit_code, output):
    assert run(code, GIVEN="äö") == (exit_code, output)


def test_an_uncaught_error_prints_its_traceback(run):
    code, output = run("1 / 0")
    assert code == 1
    assert output.startswith("Traceback") and output.endswith("ZeroDivisionError: division by zero\n")


def test_nothing_reaches_the_next_program(run):
    first = "import alembic, os, sys\n"
    assert run(
        f"{first}os.environ['LEFT'] = 'x'; os.chdir('/'); sys.modules['left'] = alembic.left = os"
    ) == (0, "")
    look = "print('LEFT' in os.environ, 'left' in sys.modules, hasattr(alembic, 'left'))"
    assert run(first + look) == (0, "False False False\n")


def test_modules_of_the_project_are_read_anew(run, place):
    (place.workspace.root / "part.py").write_text("VALUE = 1")
    assert run("import part; print(part.VALUE)")[1] == "1\n"
    (place.workspace.root / "part.py").write_text("VALUE = 2")  # same size, perhaps the same second
    assert run("import part; print(part.VALUE)")[1] == "2\n"
    assert not list(place.workspace.root.rglob("__pycache__"))


def test_a_missing_folder_is_the_programs_error(place):
    output = []
    code = place.runner.run(
        ["-m", "x"], cwd=place.workspace.root / "gone", env=place.env, write=output.append
    )
    assert code == 1 and "No such file or directory" in "".join(output)


# ---------------------------------------------------------------- faults


def server(runner):
    """The process that serves this runner, after a command."""
    return psutil.Process(runner._server)


def test_a_killed_server_is_replaced(run, runner):
    run("pass")
    server(runner).kill()
    assert run("print(1)") == (0, "1\n")


def test_a_killed_shared_server_is_replaced(run, runner):
    run("pass")
    killed = [server(runner).parent(), server(runner)]
    for process in killed:
        process.kill()
    psutil.wait_procs(killed, timeout=10)
    assert run("print(1)") == (0, "1\n")


def test_the_server_ends_with_its_client_and_takes_a_command_along(workspace):
    runner = Runner()
    (workspace.root / "endless.py").write_text("import os, time\nprint('begun')\ntime.sleep(600)")
    begun = threading.Event()
    thread = threading.Thread(
        target=lambda: runner.run(
            ["-m", "endless"], cwd=workspace.root, env=dict(os.environ), write=lambda text: begun.set()
        )
    )
    thread.start()
    assert begun.wait(20)
    processes = [server(runner), *server(runner).children()]
    assert len(processes) == 2
    runner._channel.shutdown(2)
    _, alive = psutil.wait_procs(processes, timeout=10)
    thread.join(10)
    assert not alive and not thread.is_alive()
    runner.close()


# ---------------------------------------------------------------- the shared server


@pytest.fixture
def connected(workspace, monkeypatch):
    """Connects a runner of its own; gives the pids of what serves it and of what that was forked from."""
    runners = []

    def connect():
        runner = Runner()
        runners.append(runner)
        output = []
        (workspace.root / "family.py").write_text(
            "import os, psutil; me = psutil.Process(os.getppid()); print(me.pid, me.ppid())"
        )
        runner.run(["-m", "family"], cwd=workspace.root, env=dict(os.environ), write=output.append)
        return tuple(map(int, "".join(output).split()))

    yield connect
    for runner in runners:
        runner.close()


def test_two_notebooks_share_what_is_imported_and_nothing_else(connected):
    (one, shared), (other, also) = connected(), connected()
    assert shared == also and one != other


def test_other_settings_of_python_are_another_server(connected, monkeypatch):
    _, shared = connected()
    monkeypatch.setenv("PYTHONPATH", os.environ.get("PYTHONPATH", "") + os.pathsep + "/nowhere")
    _, other = connected()
    assert other != shared


def test_a_folder_that_others_can_open_is_not_used(connected, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = tmp_path / f"course-{os.getuid()}"
    folder.mkdir()
    folder.chmod(0o777)
    assert connected()
    assert not list(folder.iterdir())


def test_nobody_else_can_open_the_folder(connected, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    connected()
    folder = tmp_path / f"course-{os.getuid()}"
    assert folder.stat().st_mode & 0o077 == 0
    assert [path.name for path in folder.iterdir() if path.is_socket()]


def test_the_shared_server_ends_when_nobody_is_left(tmp_path):
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        impatient = (
            "import socket, sys; from pathlib import Path; from course import forkserver; "
            "forkserver.IDLE = 0.05; "
            "forkserver.share(socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2]))"
        )
        number = listener.fileno()
        server = subprocess.Popen([sys.executable, "-c", impatient, str(number), path], pass_fds=[number])
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        child, output = os.pipe()
        request = {"program": ["-m", "this"], "cwd": "/", "env": {}, "root": "/", "fold": ""}
        forkserver.send(client, request, (output,))
        assert "pid" in forkserver.receive(client)[0]
        assert forkserver.receive(client)[0] == {"exit": 0}
        assert server.poll() is None
        os.close(child)
        os.close(output)
    assert server.wait(20) == 0
    assert not path.exists()


@pytest.mark.parametrize(
    "code",
    [
        "import time; print('begun'); time.sleep(600)",
        "import signal, time; signal.signal(2, signal.SIG_IGN); print('begun'); time.sleep(600)",
    ],
)
def test_an_interrupt_ends_the_command_and_the_next_one_runs(place, run, code):
    (place.workspace.root / "endless.py").write_text(code)

    def interrupt(text):
        raise KeyboardInterrupt

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        place.runner.run(["-m", "endless"], cwd=place.workspace.root, env=place.env, write=interrupt)
    assert time.monotonic() - started < 10
    assert run("print(1)") == (0, "1\n")


# ---------------------------------------------------------------- alembic


def test_the_command_line_is_alembics(place):
    assert alembic(place, "init alembic") == (
        None,
        "".join(
            [
                "Creating directory alembic ...  done\n",
                "Creating directory alembic/versions ...  done\n",
                *(
                    f"Generating {name} ...  done\n"
                    for name in ("alembic/README", "alembic.ini", "alembic/env.py", "alembic/script.py.mako")
                ),
                "Please edit configuration/connection/logging settings in alembic.ini before proceeding.\n",
            ]
        ),
    )


@pytest.mark.parametrize(
    ("line", "error", "output"),
    [
        ("--version", None, "alembic 1."),
        ("--version  # which one?", None, "alembic 1."),
        (
            "upgrade head",
            "alembic upgrade head failed with exit code 255",
            "FAILED: No 'script_location' key found",
        ),
        ("bogus", "alembic bogus failed with exit code 2", "usage: alembic "),
        ("--no-log", "alembic failed with exit code 2", "usage: alembic "),
        ('show "a b"', 'alembic show "a b" failed with exit code 255', "FAILED: "),
    ],
)
def test_a_command_that_fails_raises_after_its_output(place, line, error, output):
    found = alembic(place, line)
    assert found[0] == error
    assert output in found[1]


@pytest.mark.parametrize("line", ["upgrade head --sql > out.sql", "heads | cat", "heads && ls", "heads 2>&1"])
def test_what_only_a_shell_understands_is_refused(place, line):
    with pytest.raises(CourseError, match="write !alembic"):
        alembic(place, line)


@pytest.mark.parametrize("option", commands.OPTIONS)
def test_the_shell_is_not_told_to_use_an_option_of_ours(place, option):
    with pytest.raises(CourseError, match="write !alembic heads"):
        alembic(place, f"{option} heads | cat")


def test_two_options_of_ours_are_refused(place):
    with pytest.raises(CourseError, match="one of --raw, --brief, --no-log at a time"):
        alembic(place, "--no-log --brief check")


def test_alembics_own_quiet_goes_to_alembic(place):
    alembic(place, "init alembic")
    assert alembic(place, "--quiet heads") == (None, "")


def test_a_missing_quotation_mark(place):
    with pytest.raises(CourseError, match='A quotation mark is missing in: revision -m "x'):
        alembic(place, 'revision -m "x')


def test_a_traceback_shows_the_learners_own_files_and_raw_shows_all(place):
    alembic(place, "init alembic")
    env = place.workspace.root / "alembic" / "env.py"
    env.write_text("def deeper():\n    import json\n    json.loads('{')\n\n\ndeeper()\n")
    error, output = alembic(place, "current")
    assert error == "alembic current failed with exit code 1"
    assert output == (
        "Traceback (most recent call last):\n"
        "  ... in the libraries (see all: %alembic --raw current)\n"
        '  File "alembic/env.py", line 6, in <module>\n    deeper()\n'
        "  File \"alembic/env.py\", line 3, in deeper\n    json.loads('{')\n"
        "  ...\n"
        "json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: "
        "line 1 column 2 (char 1)\n"
    )
    error, output = alembic(place, "--raw current")
    assert error == "alembic current failed with exit code 1"
    assert "/json/decoder.py" in output and f'File "{env}", line 3, in deeper' in output


def test_brief_leaves_out_what_alembic_says_of_itself_and_cuts_long_lines(place):
    alembic(place, "init alembic")
    found = "INFO  [alembic.autogenerate.compare.tables] Detected added table"
    lines = [
        "INFO  [alembic.runtime.migration] Context impl CockroachDBImpl.",
        "INFO  [alembic.runtime.plugins] setting up autogenerate plugin alembic.autogenerate.types",
        "INFO  [alembic.runtime.migration] Running upgrade 1 -> 2",
        found,
        "ERROR [alembic.util.messaging] New upgrade operations detected: " + "x" * 500,
        "FAILED: New upgrade operations detected: " + "x" * 500,
    ]
    (place.workspace.root / "alembic" / "env.py").write_text(
        f"print(*{lines}, sep='\\n'); raise SystemExit(255)"
    )
    error, output = alembic(place, "--brief current")
    assert error == "alembic current failed with exit code 255"
    assert output.splitlines() == [lines[2], found, f"{lines[5][:100]} …"]


def test_no_log_leaves_out_what_alembic_logs(place):
    alembic(place, "init alembic")
    lines = [
        "INFO  [alembic.runtime.migration] Context impl CockroachDBImpl.",
        "WARNING [root] careful",
        "No new upgrade operations detected.",
        "[alembic] is no log line",
        "FAILED: New upgrade operations detected: [('x',)]",
    ]
    (place.workspace.root / "alembic" / "env.py").write_text(
        f"print(*{lines}, sep='\\n'); raise SystemExit(3)"
    )
    error, output = alembic(place, "--no-log check")
    assert (error, output.splitlines()) == ("alembic check failed with exit code 3", lines[2:])


def test_a_syntax_error_in_the_learners_file_names_the_line(place):
    alembic(place, "init alembic")
    (place.workspace.root / "alembic" / "env.py").write_text("x = 1\ny = (\n")
    _, output = alembic(place, "current")
    assert 'File "alembic/env.py", line 2\n    y = (\n' in output
    assert output.endswith("SyntaxError: '(' was never closed\n")
