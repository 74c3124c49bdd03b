"""Runs real hosts with Baton in them, from its installation to the next session: chain.py BINARY FOLDER-OF-HOSTS.

The hosts are as their users have them; only the model is ours, and says what it is told.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from model import HANG, Model, call, say

PATIENCE = 120
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Host:
    """How a host is told of the model, how it is run without a screen, and what its tools are called."""

    name: str
    command: list[str]
    edit: Callable  # path, old, new
    run: Callable  # command
    tool: str  # how a tool of ours is named
    variables: Callable = lambda url: {}
    settings: Callable = lambda url: {}
    search: Callable = lambda names: []  # what the model does before it may call our tools
    plugin: tuple = ()  # the commands that put our plugin in, and how our tools are named then
    compact: Callable = None  # goes on with the last session, compacts it, and gives what the model is asked then


CODEX = """model = "mock"
model_provider = "mock"

[model_providers.mock]
name = "Mock"
base_url = "{url}/v1"
wire_api = "responses"
"""


def patch(path, old, new):
    name = Path(path).name
    lines = f"*** Begin Patch\n*** Update File: {name}\n@@\n-{old}\n+{new}\n*** End Patch"
    return [call("exec_command", cmd=f"apply_patch <<'EOF'\n{lines}\nEOF")]


def compact_by_command(chain):
    again = ["--continue"]
    chain.session("/compact", say("<summary>The total was mended.</summary>"), again=again)
    has(chain.baton("show", "by-hand"), "The total was mended.")
    return chain.session("Go on with it, please.", say("I go on."), again=again)[-1]


def compact_when_full(chain):
    again = ["resume", "--last", "--config", "model_auto_compact_token_limit=900"]
    return chain.session("Look at it again, please.", chain.host.run("cat tally.py"), say("I go on."), again=again)[-1]


def opencode(url):
    model = {"name": "Mock", "tool_call": True, "limit": {"context": 100_000, "output": 4_000}}
    provider = {"npm": "@ai-sdk/openai-compatible", "name": "Mock", "options": {"baseURL": f"{url}/v1", "apiKey": "none"},
                "models": {"mock": model}}
    return {"model": "mock/mock", "small_model": "mock/mock", "autoupdate": False, "permission": "allow", "provider": {"mock": provider}}


HOSTS = [
    Host(
        "claude-code",
        ["claude", "--allowedTools=Bash,Edit,Read,mcp__baton,mcp__plugin_baton_baton", "-p"],
        edit=lambda path, old, new: [call("Read", file_path=path), call("Edit", file_path=path, old_string=old, new_string=new)],
        run=lambda command: call("Bash", command=command, description="Check"),
        tool="mcp__baton__{}",
        variables=lambda url: {"ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": "none", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"},
        search=lambda names: [call("ToolSearch", query=f"select:{','.join(names)}", max_results=5)],
        plugin=(["claude plugin marketplace add {root}", "claude plugin install baton@baton"], "mcp__plugin_baton_baton__{}"),
        compact=compact_by_command,
    ),
    Host(
        "codex",
        # Nobody is there to say that the hooks may run.
        ["codex", "exec", "--dangerously-bypass-approvals-and-sandbox", "--dangerously-bypass-hook-trust"],
        edit=patch,
        run=lambda command: call("exec_command", cmd=command),
        tool="mcp__baton/{}",
        settings=lambda url: {".codex/config.toml": CODEX.format(url=url)},
        plugin=(["codex plugin marketplace add {root}", "codex plugin add baton@baton"], "mcp__baton/{}"),
        compact=compact_when_full,
    ),
    Host(
        "gemini",
        ["gemini", "--approval-mode", "yolo", "--model", "gemini-2.5-pro", "-p"],
        edit=lambda path, old, new: [call("replace", file_path=path, old_string=old, new_string=new, instruction="Mend it")],
        run=lambda command: call("run_shell_command", command=command, description="Check"),
        tool="mcp_baton_{}",
        variables=lambda url: {"GOOGLE_GEMINI_BASE_URL": url, "GEMINI_API_KEY": "none", "GEMINI_CLI_TRUST_WORKSPACE": "true"},
        settings=lambda url: {".gemini/settings.json": json.dumps({"security": {"auth": {"selectedType": "gemini-api-key"}}})},
    ),
    Host(
        "opencode",
        ["opencode", "run"],
        edit=lambda path, old, new: [call("read", filePath=path), call("edit", filePath=path, oldString=old, newString=new)],
        run=lambda command: call("bash", command=command, description="Check"),
        tool="baton_{}",
        variables=lambda url: {"OPENCODE_DISABLE_MODELS_FETCH": "1"},
        settings=lambda url: {".config/opencode/opencode.json": json.dumps(opencode(url))},
    ),
]


def texts(value):
    """All texts in a request, one after the other."""
    if isinstance(value, str):
        return value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return "\n".join(filter(None, map(texts, parts)))


class Chain:
    """A home with one host in it, and a project."""

    def __init__(self, host, binary, hosts, home):
        self.host, self.home, self.model, self.named = host, home, Model(), host.tool
        self.project = home / "work" / "tally"
        self.project.mkdir(parents=True)
        path = os.pathsep.join([str(Path(binary).parent), str(Path(hosts) / "node_modules" / ".bin"), os.environ["PATH"]])
        self.variables = {"HOME": str(home), "PATH": path, "TERM": "dumb", "LANG": "C.UTF-8", **host.variables(self.model.url)}
        for name, text in host.settings(self.model.url).items():
            (home / name).parent.mkdir(parents=True)
            (home / name).write_text(text)
        (self.project / "tally.py").write_text("def total(numbers):\n    return sum(numbers) + 1\n")
        self.ran("git", "init", "--quiet")

    def start(self, *words):
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(words, cwd=self.project, env=self.variables, text=True, start_new_session=True, **pipes)

    def ran(self, *words):
        process = self.start(*words)
        output, complaint = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, f"{words}: {complaint[-2000:]}"
        return output

    def baton(self, *words):
        return self.ran("baton", *words)

    def session(self, prompt, *replies, again=()):
        """A session from its beginning to its end, or the last one again: the texts of what the model was asked."""
        self.model.replies, self.model.asked = list(replies), []
        self.ran(*self.host.command, *again, prompt)
        assert not self.model.replies, f"not asked for {self.model.replies}"
        return [texts(request) for request in self.model.asked]

    def killed(self, prompt, *replies):
        """A session that dies while the model thinks."""
        self.model.replies, self.model.asked = [*replies, HANG], []
        process = self.start(*self.host.command, prompt)
        begun = time.monotonic()
        while len(self.model.asked) <= len(replies):
            assert process.poll() is None and time.monotonic() < begun + PATIENCE, process.stderr.read()
            time.sleep(0.1)
        time.sleep(1)  # Hosts write what happened a little later.
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        self.model.died.set()

    def files(self):
        paths = (path for path in self.home.rglob("*") if path.is_file() and ".before-baton" not in path.name)
        return {path: path.read_bytes() for path in paths}

    def edit(self, old, new):
        return self.host.edit(str(self.project / "tally.py"), f"    return {old}", f"    return {new}")

    def tools(self, **calls):
        """Calls of our tools, with their arguments, after a search for them."""
        named = {self.named.format(name): arguments for name, arguments in calls.items()}
        return [*self.host.search(named), *(call(name, **arguments) for name, arguments in named.items())]


def has(text, *parts):
    for part in parts:
        assert part in text, f"{part!r} is not in {text[-6000:]}"


def installed(chain):
    before = chain.files()
    chain.baton("install", chain.host.name)
    chain.baton("uninstall", chain.host.name)
    assert chain.files() == before, "something of the installation stays"
    chain.baton("install", chain.host.name)
    has(chain.baton("doctor"), "in place")


def plugged_in(chain):
    commands, chain.named = chain.host.plugin
    for command in commands:
        chain.ran(*command.format(root=ROOT).split(" "))


def handed_over(chain):
    """What one session did is what the next one knows, word for word."""
    check = chain.host.run("python3 -c 'import tally; assert tally.total([1, 2]) == 3'")
    last = say("The total is right now and the check passes. Next: add a test to test_tally.py.")
    chain.session("Mend the total in tally.py. Never add a dependency.", *chain.edit("sum(numbers) + 1", "sum(numbers)"), check, last)
    handoff = chain.baton("load")
    has(handoff, "## Task: Mend the total in tally.py.", "- tally.py — edited", "Never add a dependency", "add a test to test_tally.py")
    asked = chain.session("What is left to do?", say("Next: add a test to test_tally.py."))[0]
    has(asked, *handoff.splitlines(), "save_handoff", "Handoff between coding-agent sessions")
    return re.search(r"\[begin .*\[end [0-9a-f]+\]", asked, re.DOTALL)[0]


def not_hidden(chain):
    """A session that only asked does not stand before the work."""
    has(chain.session("And what was done?", say("The total was mended."))[0], "## Task: Mend the total in tally.py.")


def died(chain):
    chain.killed("Let total count an empty list as one.", *chain.edit("sum(numbers)", "sum(numbers) or 1"))
    has(chain.session("What happened?", say("It died."))[0], "## Task: Let total count an empty list as one.", "- tally.py — edited")


def called(chain):
    """The tools do in the host what they do elsewhere, for the session that calls them."""
    steps = [{"action": "Publish it", "priority": "high"}]
    calls = chain.tools(save_handoff={"session_id": "by-hand", "next_steps": steps}, load_handoff={"session_id": "by-hand"})
    asked = chain.session("Save a handoff of where this stands.", *calls, say("Saved as by-hand."))
    has(asked[-1], "[HIGH] Publish it", "## Task: Save a handoff of where this stands.")
    kept = json.loads(chain.baton("list", "--json"))["handoffs"]
    assert kept[0]["id"] == "by-hand" and kept[0]["version"] > 1, "it does not go on under its name"


def compacted(chain):
    """What the host leaves out of its context, the handoff brings back."""
    has(chain.host.compact(chain), " handoff by-hand: ", "## Task: Save a handoff of where this stands.")


def whole(chain, begin):
    version = re.search(r"\d+\.\d+\.\d+", chain.ran(chain.host.command[0], "--version"))[0]
    begin(chain)
    given = handed_over(chain)
    steps = [not_hidden, died, called, *([compacted] if chain.host.compact else [])]
    for step in steps:
        step(chain)
    log = chain.home / ".handoffs" / "hook.log"
    assert not log.exists(), log.read_text()
    way = begin.__name__.replace("_", " ")
    done = ", ".join(step.__name__.replace("_", " ") for step in [handed_over, *steps])
    print(f"{chain.host.name} {version}, {way}: {done}; {len(given)} characters given", flush=True)


def main():
    binary, hosts = sys.argv[1:]
    for host in HOSTS:
        for begin in [installed, plugged_in] if host.plugin else [installed]:
            with tempfile.TemporaryDirectory() as home:
                whole(Chain(host, binary, hosts, Path(home).resolve()), begin)


main()
