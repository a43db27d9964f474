"""A JupyterHub for real: three users open the course, answer, and hand in, and nothing of theirs meets.

    python tests/hub/three_users.py                    three users of a hub, one account of this machine
    sudo … python tests/hub/three_users.py ADA BEN CHO three accounts of this machine, a spawner that becomes them

The hub is configured by the recipe of docs/places.md, word for word. This needs JupyterHub and the course in the Python
that runs it (pip install jupyterhub) and configurable-http-proxy on the PATH (npm), so it is no part of the tests; it
takes half a minute. It talks to the hub, and to each user's kernel, as a browser does. It prints what it found and ends
with status 1 if anything met.
"""

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from uuid import uuid4

import psutil
import requests
import websocket

PAGE = Path(__file__).resolve().parents[2] / "docs" / "places.md"
SETTINGS = """
c.JupyterHub.ip = c.JupyterHub.hub_ip = "127.0.0.1"
c.JupyterHub.port, c.JupyterHub.hub_port = {port}, {hub_port}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "{token}"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "{spawner}"
c.Spawner.args += ["--allow-root"]  # in a container there is often no other user
c.SimpleLocalProcessSpawner.home_dir_template = "{folder}/home/{{username}}"
c.JupyterHub.services = [{{"name": "test", "api_token": "{token}"}}]
scopes = ["admin:users", "admin:servers", "tokens"]
c.JupyterHub.load_roles = [{{"name": "test", "services": ["test"], "scopes": scopes}}]
"""
# What a learner does in Q1; the answers are what a notebook would send.
ANSWERING = """
import json, os
from collapse_edu.course.desk.record import Record
from collapse_edu.course.quiz import ask, bank, check, hand_in, welcome
welcome("M1")
shown = "\\n".join(ask(name)._repr_mimebundle_()[0]["text/plain"] for name in ("M1.02", "M1.03"))
verdict = check("M1.02", 0.5)
record = Record()
told = dict(shown=shown, judged=verdict.right is not None, learner=record.learner, name=record.name, uid=os.getuid())
told |= dict(record=str(record.path), handed_in=str(hand_in("M1").path.absolute()))
print(json.dumps(told))
"""


def recipe() -> str:
    """Return the recipe of docs/places.md."""
    return re.search(r"```python\n# jupyterhub_config\.py\n(.+?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1]


def free_ports(count: int) -> list[int]:
    """Return ports of this machine that are free now."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


class Hub:
    """A running hub, and what one may ask of it."""

    def __init__(self, folder: Path, spawner: str):
        port, hub_port, proxy_port = free_ports(3)
        self.url, self.token = f"http://127.0.0.1:{port}", secrets.token_hex(16)
        settings = SETTINGS.format(
            port=port, hub_port=hub_port, proxy_port=proxy_port, token=self.token, spawner=spawner, folder=folder
        )
        (folder / "jupyterhub_config.py").write_text(recipe() + settings, encoding="utf-8")
        environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        environment.pop("COLLAPSE_EDU_HOME", None)
        self.log = folder / "hub.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub"], cwd=folder, env=environment, stdout=log, stderr=log
            )

    def ask(self, method: str, path: str, token: str | None = None, **more) -> requests.Response:
        """Send one request, as the test's service or as a user."""
        head = {"Authorization": f"token {token or self.token}"}
        return requests.request(method, self.url + path, headers=head, timeout=60, **more)

    def wait(self, done, seconds: int = 90):
        """Return what `done` returns as soon as that is something."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                if found := done():
                    return found
            except requests.ConnectionError:
                pass
            time.sleep(0.3)
        raise TimeoutError(self.log.read_text()[-3000:])

    def close(self) -> None:
        """End the hub, and with it the proxy and all servers."""
        self.process.terminate()
        self.process.wait(60)


class User:
    """A user of the hub, whose server runs."""

    def __init__(self, hub: Hub, name: str):
        self.hub, self.name = hub, name
        hub.ask("POST", f"/hub/api/users/{name}").raise_for_status()
        hub.ask("POST", f"/hub/api/users/{name}/server").raise_for_status()
        hub.wait(lambda: hub.ask("GET", f"/hub/api/users/{name}").json()["servers"].get("", {}).get("ready"))
        self.token = hub.ask("POST", f"/hub/api/users/{name}/tokens").json()["token"]

    def file(self, path: str, token: str | None = None) -> requests.Response:
        """Ask the user's server for a file, as the user or with another one's token."""
        return self.hub.ask("GET", f"/user/{self.name}/api/contents/{path}", token or self.token)

    def runs(self, code: str, path: str) -> dict:
        """Run code in a kernel of the user's, in the folder of a notebook, and return the JSON that it prints last."""
        begun = self.hub.ask("POST", f"/user/{self.name}/api/kernels", self.token, json={"path": path})
        address = f"{self.hub.url.replace('http', 'ws', 1)}/user/{self.name}/api/kernels/{begun.json()['id']}/channels"
        channel = websocket.create_connection(address, header=[f"Authorization: token {self.token}"], timeout=90)
        head = {"msg_id": uuid4().hex, "msg_type": "execute_request", "session": uuid4().hex, "username": self.name}
        content = {"code": code, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
        message = {"header": head | {"version": "5.3", "date": ""}, "parent_header": {}, "metadata": {}}
        channel.send(json.dumps(message | {"content": content, "channel": "shell"}))
        printed = ""
        while True:
            said = json.loads(channel.recv())
            if said["parent_header"].get("msg_id") != head["msg_id"]:
                continue
            if said["msg_type"] == "error":
                raise RuntimeError("\n".join(said["content"]["traceback"]))
            if said["msg_type"] == "stream" and said["content"]["name"] == "stdout":
                printed += said["content"]["text"]
            if said["msg_type"] == "status" and said["content"]["execution_state"] == "idle":
                channel.close()
                return json.loads(printed.splitlines()[-1])


def servers(hub: Hub) -> list[int]:
    """Return the memory of each user's server, in bytes that no other process shares (Linux)."""
    children = psutil.Process(hub.process.pid).children(recursive=True)
    return [
        child.memory_full_info().uss for child in children if any("singleuser" in part for part in child.cmdline()[:2])
    ]


def differ(told: list[dict], *names: str) -> bool:
    """Tell whether no two users were told the same, in each of these."""
    return all(len({user[name] for user in told}) == len(told) for name in names)


def graded(told: list[dict], folder: Path) -> str:
    """Mark what was handed in, and return the table of the class."""
    command = [sys.executable, "-c", "import sys; from collapse_edu.cli import main; sys.exit(main(sys.argv[1:]))"]
    handed_in = [user["handed_in"] for user in told]
    subprocess.run([*command, "grade", *handed_in, "--out", str(folder / "marks")], check=True, capture_output=True)
    return (folder / "marks" / "class.csv").read_text(encoding="utf-8-sig")


def main(names: list[str]) -> int:
    """Run the hub and its users; return 1 if anything of one met another."""
    spawner, names = ("jupyterhub.spawner.LocalProcessSpawner", names) if names else ("simple", ["ada", "ben", "cho"])
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "home").mkdir()
        hub = Hub(folder, spawner)
        try:
            hub.wait(lambda: hub.ask("GET", "/hub/api/").ok)
            users = [User(hub, name) for name in names]
            idle = servers(hub)
            first, quiz = "my_course/notebooks/M0_start_here.ipynb", "my_course/quizzes/Q1_telephone_game.ipynb"
            laid = [user.file(quiz).json()["content"]["metadata"]["collapse_edu"]["learner"] for user in users]
            opened = [user.file(first).status_code for user in users]
            foreign = [user.file(first, users[number - 1].token).status_code for number, user in enumerate(users)]
            told = [user.runs(ANSWERING, "my_course/quizzes") for user in users]
            private = [oct(Path(user["record"]).stat().st_mode & 0o777) for user in told]
            table = graded(told, folder)
        except Exception:
            print(hub.log.read_text(encoding="utf-8")[-6000:], file=sys.stderr)
            raise
        finally:
            hub.close()
        rows = table.count("\n") - 1
        signed = [name in Path(user["handed_in"]).name for name, user in zip(names, told, strict=True)]
        checks = {
            "each user opens M0": opened == [200] * 3,
            "nobody opens another one's files": set(foreign) <= {403, 404},
            "records, identities, numbers, hand-ins are apart": differ(told, "record", "learner", "shown", "handed_in"),
            "only its owner reads a record": private == ["0o600"] * 3,
            "quizzes were laid for their users": laid == [user["learner"] for user in told],
            "names are the hub's, also in hand-ins": names == [user["name"] for user in told] and all(signed),
            "the class has three rows, with these names": rows == 3 and all(f",{name}," in table for name in names),
        }
        for user in told:
            print(f"{user['name']} (account {user['uid']}): {Path(user['handed_in']).name}, {user['record']}")
            print(f"    {user['shown'].splitlines()[0]}")
        print("an idle server keeps for itself:", ", ".join(f"{size / 1e6:.0f} MB" for size in idle))
        for what, holds in checks.items():
            print("[ok]" if holds else "[!!]", what)
        return 0 if all(checks.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
