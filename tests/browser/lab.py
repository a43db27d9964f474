"""A real JupyterLab and a real browser: start the server, open a notebook, run it, read what a learner sees."""

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

SECOND = 1000  # Playwright counts in milliseconds
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]

SETTINGS = {
    # all cells are in the page, also those that are out of sight
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
}

# The notebook in front, for all scripts below.
PANEL = "const panel = window.jupyterapp.shell.currentWidget;"
IS_READY = "() => window.jupyterapp?.shell.currentWidget?.context?.sessionContext?.isReady"
LATE = "no answer in time"
RUN = """([command, ms, late]) => Promise.race([
    window.jupyterapp.commands.execute(command),
    new Promise(resolve => setTimeout(() => resolve(late), ms))])"""
# Puts the cursor behind the first cell with a tag.
GO_BEHIND = (
    "tag => {"
    + PANEL
    + """
    const cells = Array.from(panel.content.model.cells);
    panel.content.activeCellIndex = 1 + cells.findIndex(cell => (cell.getMetadata('tags') ?? []).includes(tag));
}"""
)
ERRORS = (
    "() => {"
    + PANEL
    + """
    return Array.from(panel.content.model.cells).flatMap((cell, i) =>
        (cell.type === 'code' ? cell.toJSON().outputs : [])
            .filter(out => out.output_type === 'error')
            .map(out => `cell ${i + 1}: ${out.ename}: ${out.evalue}`));
}"""
)
EVALUATE = (
    "([code, ms, late]) => {"
    + PANEL
    + """
    const kernel = panel.context.sessionContext.session.kernel;
    const future = kernel.requestExecute({code, silent: false, store_history: false});
    let text = '';
    future.onIOPub = ({content}) => { text += content.text ?? content.evalue ?? ''; };
    return Promise.race([
        future.done.then(() => text.trim()),
        new Promise(resolve => setTimeout(() => resolve(late), ms))]);
}"""
)


@dataclass
class Lab:
    """A running JupyterLab: its address, its token and the folder that it shows."""

    url: str
    token: str
    root: Path

    def address(self, notebook):
        """Return the address that opens `notebook`, a path relative to the root."""
        return f"{self.url}/lab/tree/{notebook}?token={self.token}&reset"


@contextlib.contextmanager
def running_lab(root, private, patience=60):
    """Start JupyterLab on the folder `root`; kill it and all its kernels at the end.

    Parameters
    ----------
    root : Path
        What the learner sees.
    private : Path
        Empty folder for settings, run-time files and the log: nothing of the user's own set-up is read.
    patience : float
        Seconds until it must answer.
    """
    lab = Lab(f"http://127.0.0.1:{free_port()}", secrets.token_hex(16), Path(root))
    with open(Path(private) / "lab.log", "wb") as log:
        server = subprocess.Popen(
            command(lab), env=environment(Path(private)), stdout=log, stderr=log, start_new_session=True
        )
    try:
        wait_for(lab, server, Path(private) / "lab.log", patience)
        yield lab
    finally:
        stop(server)


def free_port():
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def command(lab):
    """Return the command line that serves `lab`."""
    options = [
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        f"--port={lab.url.rpartition(':')[2]}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={lab.token}",
        f"--ServerApp.root_dir={lab.root}",
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    return [sys.executable, "-m", "jupyterlab", *options]


def environment(private):
    """Return the environment of the server, its settings written below `private`."""
    folders = {
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "IPYTHONDIR": "ipython",
    }
    for name, values in SETTINGS.items():
        path = private / "settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    return os.environ | {name: str(private / folder) for name, folder in folders.items()}


def wait_for(lab, server, log, patience):
    """Return when the server answers; raise with the end of its log if it died or is too slow."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and server.poll() is None:
        try:
            opener.open(f"{lab.url}/api/status?token={lab.token}", timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("JupyterLab did not start:\n" + log.read_text(errors="replace")[-2000:])


def stop(server):
    """End the server and everything that it started.

    Asked politely, it shuts its kernels down, which sit in process groups of their own.
    """
    server.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(15)
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
    else:
        server.kill()
    server.wait()


# ---------------------------------------------------------------- what a learner does


def open_notebook(page, lab, name):
    """Open the notebook `name` (a path below the lab's root) and wait until its kernel is ready."""
    if not (lab.root / name).is_file():
        raise FileNotFoundError(f"the working copy has no {name}")
    page.goto(lab.address(name))
    page.wait_for_function(IS_READY, timeout=90 * SECOND)


def run_all(page, patience=180):
    """Run all cells of the open notebook; return the errors, [] if no cell raised."""
    return run(page, "notebook:run-all-cells", patience)


def run_to(page, tag, patience=180):
    """Run all cells up to the first one with a tag, and that one; return the errors, [] if no cell raised."""
    page.evaluate(GO_BEHIND, tag)
    return run(page, "notebook:run-all-above", patience)


def run(page, command, patience):
    """Give JupyterLab a command that runs cells; return the errors, [] if no cell raised."""
    answer = page.evaluate(RUN, [command, patience * SECOND, LATE])
    if answer == LATE:
        return [f"the cells did not end within {patience} s"]
    return [] if answer else page.evaluate(ERRORS) or [f"{command} answered false, and no cell shows an error"]


def focus(page, css):
    """Give the keyboard to the widget `css`: to its slider's handle if it has one, else to its first control."""
    handle = page.locator(f"{css} .noUi-handle")
    control = handle if handle.count() else page.locator(f"{css} :is(input, select, button), button{css}")
    control.first.scroll_into_view_if_needed()
    control.first.focus()


def press_slider(page, css, key="ArrowRight", times=1):
    """Press `key` on the slider `css`, some times."""
    focus(page, css)
    for _ in range(times):
        page.keyboard.press(key)


def slider_value(page, css):
    """Return the value that the slider `css` tells to a screen reader."""
    return float(page.locator(f"{css} .noUi-handle").first.get_attribute("aria-valuenow"))


def picture(page, css):
    """Return the visible picture in `css`, as a Playwright locator."""
    return page.locator(f"{css} img").filter(visible=True).first


def image_alt(page, css):
    """Return the alternative text of the visible picture in `css`."""
    return picture(page, css).get_attribute("alt")


def text(page, css):
    """Return the text that is shown in `css`."""
    return page.locator(css).first.inner_text()


def wait_for_picture(page, css, other_than):
    """Wait until the visible picture in `css` has another alternative text than `other_than`."""
    page.wait_for_function(
        """([css, old]) => {
            const img = [...document.querySelectorAll(css + ' img')].find(img => img.checkVisibility());
            return img?.alt && img.alt !== old;
        }""",
        arg=[css, other_than],
    )


def kernel_says(page, code, patience=30):
    """Run `code` in the kernel of the open notebook, beside its cells; return what it prints."""
    return page.evaluate(EVALUATE, [code, patience * SECOND, LATE])


@contextlib.contextmanager
def new_page(browser):
    """A page that shares nothing with others, big enough to see an explorer whole.

    What goes wrong in it is printed: pytest shows it if the test fails.
    """
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    try:
        page = context.new_page()
        page.on("pageerror", lambda error: print("page error:", error))
        yield page
    finally:
        context.close()


class Text(NamedTuple):
    """What a learner reads on the screen: size in points, contrast with what lies behind it (21 is black on white)."""

    where: str
    words: str
    points: float
    contrast: float


def texts_of(page, css):
    """Return every visible text that stands directly in an element of `css`; what is greyed out is left out."""
    found = page.evaluate(
        """css => {
        const light = colour => {
            const part = v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
            const [r, g, b] = colour.match(/[\\d.]+/g).map(value => value / 255);
            return .2126 * part(r) + .7152 * part(g) + .0722 * part(b);
        };
        const behind = element => {
            for (; element; element = element.parentElement) {
                const colour = getComputedStyle(element).backgroundColor;
                if (!/, 0\\)$|transparent/.test(colour)) return colour;
            }
            return 'rgb(255, 255, 255)';
        };
        return [...document.querySelectorAll(css)]
            .filter(e => e.checkVisibility() && !e.disabled && e.tagName !== 'STYLE')
            .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim().replace('\\u200b', '')))
            .map(e => {
                const style = getComputedStyle(e), [a, b] = [light(style.color), light(behind(e))];
                const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
                const words = (e.innerText ?? e.textContent).slice(0, 40);
                return [e.className, words, parseFloat(style.fontSize) * .75, contrast];
            });
    }""",
        css,
    )
    return [Text(*each) for each in found]
