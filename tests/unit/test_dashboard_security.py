"""Who may come in and with what: this machine or a token, and requests of a known shape."""

import base64
import hashlib
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from sim.dashboard import door, gate
from sim.dashboard.app import create_app
from sim.dashboard.i18n import Words
from sim.dashboard.scene import Choices, Scene
from tests.browser.synthetic import BASELINE, synthetic, write_comparison

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
TOKEN = "right"  # noqa: S105  not a secret here
CALL = "/_dash-update-component"


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    """Return a client of a dashboard on loopback."""
    write_comparison(tmp_path)
    return create_app(tmp_path).server.test_client()


@pytest.fixture
def guarded(tmp_path: Path) -> FlaskClient:
    """Return a client of a dashboard that others can reach."""
    return create_app(tmp_path, TOKEN).server.test_client()


# Who


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8050", "[::1]:8050", "127.1.2.3"])
def test_this_machine_may_come_in_by_any_name_of_its_own(client: FlaskClient, host: str):
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8050", "[", "a@b"]
)
def test_another_name_that_leads_here_is_turned_away(client: FlaskClient, host: str):
    answer = client.get("/", headers={"Host": host})

    assert answer.status_code == 403
    assert "--host" in answer.text
    assert "令牌" in answer.text


def test_a_page_of_another_site_can_change_nothing(client: FlaskClient):
    answer = client.post(CALL, json={}, headers={"Origin": "http://evil.example"})

    assert answer.status_code == 403
    assert client.post(CALL, json={}, headers={"Origin": "http://localhost"}).status_code == 400


@pytest.mark.parametrize("path", ["/", "/compare", "/assets/logo.svg", "/_dash-layout", "/nowhere"])
def test_without_the_token_nothing_is_shown(guarded: FlaskClient, path: str):
    for address in (path, f"{path}?token=wrong", f"{path}?token="):
        answer = guarded.get(address)
        assert answer.status_code == 401
        assert "token" in answer.text
        assert "Set-Cookie" not in answer.headers


def test_the_token_is_needed_once_and_leaves_the_address(guarded: FlaskClient):
    first = guarded.get("/compare?lang=zh&token=right")

    assert (first.status_code, first.headers["Location"]) == (303, "/compare?lang=zh")
    assert "HttpOnly" in first.headers["Set-Cookie"]
    assert "SameSite=Lax" in first.headers["Set-Cookie"]
    assert guarded.get("/compare?lang=zh").status_code == 200
    cookie = {"Host": "any.example", "Cookie": first.headers["Set-Cookie"].partition(";")[0]}
    elsewhere = guarded.application.test_client(use_cookies=False)
    assert elsewhere.get("/", headers=cookie).status_code == 200


@pytest.mark.parametrize(
    ("path", "location"),
    [("//evil.example/", "/evil.example/"), ("/\\evil.example", "/%5Cevil.example")],
)
def test_the_token_leads_nowhere_else(guarded: FlaskClient, path: str, location: str):
    place = {"PATH_INFO": path, "QUERY_STRING": "token=right"}

    assert guarded.get("/", environ_overrides=place).headers["Location"] == location


def test_a_program_may_send_the_token_in_a_header(guarded: FlaskClient):
    for said, status in (("Bearer right", 200), ("Bearer wrong", 401), ("Bearer ", 401)):
        assert guarded.get("/", headers={"Authorization": said}).status_code == status


def test_every_token_is_another_and_long_enough():
    tokens = {gate.new_token() for _ in range(100)}

    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 43  # 256 bits


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.1", "example.org", ""])  # noqa: S104
def test_only_loopback_goes_without_a_token(host: str):
    assert not gate.is_loopback(host)


# What the browser is told


@pytest.mark.parametrize("path", ["/", "/compare", "/assets/logo.svg", "/_dash-layout", CALL])
def test_every_answer_says_what_may_run(client: FlaskClient, path: str):
    with client.get(path) as answer:
        headers = answer.headers
    rules = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))

    assert "unsafe" not in rules["script-src"]
    assert rules["default-src"] == rules["connect-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["object-src"] == rules["base-uri"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_the_scripts_in_the_page_are_those_of_the_policy(client: FlaskClient):
    answer = client.get("/")
    policy = answer.headers["Content-Security-Policy"]
    inline = re.findall(r"<script(?![^>]*(?:src|json))[^>]*>(.*?)</script>", answer.text, re.DOTALL)

    assert len(inline) == 2
    for script in inline:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


# With what


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../app.py",
        "/assets/%2e%2e/app.py",
        "/assets/..%2f..%2fpyproject.toml",
        "/assets//etc/passwd",
        "/_dash-component-suites/dash/../../../../etc/passwd",
        "/_dash-component-suites/os/path.py",
        "/_dash-component-suites/sim/dashboard/app.py",
    ],
)
def test_no_path_leads_to_another_file(client: FlaskClient, path: str):
    answer = client.get(path)

    assert answer.status_code == 404 or "react-entry-point" in answer.text  # the page itself
    assert "root:" not in answer.text
    assert "def create_app" not in answer.text


@pytest.mark.parametrize("name", ["../../../etc/passwd", "/etc/passwd", "..", ".", "a\0b", SCRIPT])
def test_no_name_of_a_comparison_leads_out_of_the_folder(client: FlaskClient, name: str):
    answer = client.post(CALL, json=call("findings.children", {"comparison": name}))

    assert answer.status_code == 200
    assert "Price war" in answer.text
    assert SCRIPT not in answer.text


def call(output: str, said: object) -> dict[str, object]:
    """Return what a page sends when a choice was made."""
    choices = {"id": "choices", "property": "data", "value": said}
    name, _, prop = output.rpartition(".")
    outputs = {"id": name, "property": prop}
    return {
        "output": output,
        "outputs": outputs,
        "inputs": [choices],
        "changedPropIds": ["choices.data"],
    }


BAD = {
    "no JSON": b"{",
    "no object": b"[]",
    "deep": b"[" * 100_000,
    "bits": b"\xff\xfe\0",
    "nothing": b"",
    "no output": b"{}",
    "unknown output": json.dumps(call("__class__.__init__", {})).encode(),
    "output of the browser": json.dumps(call("route.data", {})).encode(),
    "output of no kind": json.dumps({"output": {"a": 1}}).encode(),
    "choices are a list": json.dumps(call("findings.children", [1])).encode(),
    "choices hold more": json.dumps(call("findings.children", {"a": {"b": 1}})).encode(),
    "no inputs": json.dumps({"output": "findings.children"}).encode(),
    "other inputs": json.dumps(
        call("findings.children", {}) | {"inputs": [{"id": "x", "property": "y"}]}
    ).encode(),
    "inputs are none": json.dumps(call("findings.children", {}) | {"inputs": None}).encode(),
    "other outputs": json.dumps(call("findings.children", {}) | {"outputs": [[]]}).encode(),
    "outputs are none": json.dumps(call("findings.children", {}) | {"outputs": None}).encode(),
    "changes are none": json.dumps(call("findings.children", {}) | {"changedPropIds": 1}).encode(),
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD.keys())
def test_a_call_that_no_page_makes_is_refused_in_a_sentence(client: FlaskClient, body: bytes):
    answer = client.post(CALL, data=body, content_type="application/json")

    assert answer.status_code == 400
    assert len(answer.text) < 200
    assert "Traceback" not in answer.text


def test_an_unknown_chart_is_refused_in_a_sentence(client: FlaskClient):
    name = {"chart": "../../secret"}
    parts = ["title", "notes", "body", "foot"]
    ids = [{"type": f"chart-{part}"} | name for part in parts]
    outputs = [f'{{"chart":["MATCH"],"type":"chart-{part}"}}.children' for part in parts]
    view = {"type": "chart-view"} | name
    body = {
        "output": f"..{'...'.join(outputs)}..",
        "outputs": [{"id": one, "property": "children"} for one in ids],
        "inputs": [{"id": {"type": "chart-turn"} | name, "property": "data", "value": 1}],
        "state": [
            {"id": "choices", "property": "data", "value": {}},
            {"id": "narrow", "property": "data", "value": False},
            {"id": view, "property": "value", "value": "chart"},
            {"id": view, "property": "id", "value": view},
        ],
    }
    answer = client.post(CALL, json=body)

    assert answer.status_code == 400
    assert answer.text.startswith("unknown chart '../../secret'")


def test_an_unknown_theme_of_levers_is_refused_in_a_sentence(client: FlaskClient):
    own = {"type": "theme", "name": "../prices"}
    rows = own | {"type": "theme-rows"}
    body = {
        "output": '{"name":["MATCH"],"type":"theme-rows"}.children',
        "outputs": {"id": rows, "property": "children"},
        "inputs": [{"id": own, "property": "n_clicks", "value": 1}],
        "state": [
            {"id": own, "property": "id", "value": own},
            {"id": "choices", "property": "data", "value": {}},
        ],
    }
    answer = client.post(CALL, json=body)

    assert answer.status_code == 400
    assert answer.text.startswith("no theme '../prices'")


def test_a_body_or_an_address_beyond_all_need_is_refused(client: FlaskClient):
    assert client.post(CALL, data=b" " * (door.BODY_BYTES + 1)).status_code == 413
    assert client.get("/", query_string="a" * (door.HEADER_BYTES + 1)).status_code == 414


def test_a_title_is_text_in_pages_and_charts():
    words = Words("en", {BASELINE: {"en": SCRIPT, "zh": SCRIPT}})

    assert words.scenario(BASELINE) == SCRIPT.replace("<", "\u2039").replace(">", "\u203a")
    assert "<" not in words.metric(SCRIPT) + words.unit(SCRIPT) + words.scenarios([SCRIPT])
    assert Scene.of(synthetic(), Choices(metric=SCRIPT)).metric == "profit"


# The server itself

SERVE = "from pathlib import Path; from sim.dashboard.app import serve; serve(Path('none'), port=0)"


@pytest.fixture(scope="module")
def served() -> Iterator[int]:
    """Return the port of a dashboard that listens."""
    with subprocess.Popen([sys.executable, "-c", SERVE], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        yield int(run.stdout.readline().rpartition(":")[2])
        run.terminate()


def answered(port: int, method: str, path: str, **headers: str) -> HTTPResponse:
    with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request(method, path, headers=headers)
        return connection.getresponse()


def sent(port: int, megabytes: int) -> int:
    """Return how many megabytes of an address the server takes before it hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(b"GET /?")
        for done in range(megabytes):
            try:
                line.sendall(b"a" * 2**20)
            except ConnectionError:
                return done
    return megabytes


def test_a_hundred_megabytes_are_refused_before_they_are_read(served: int):
    announced = {"Content-Length": str(100 * 2**20)}

    assert answered(served, "POST", CALL, **announced).status == 413
    assert sent(served, megabytes=100) < 20
    assert answered(served, "GET", "/?" + "a" * 70_000).status == 414
    assert answered(served, "GET", "/?" + "a" * 80_000).status == 431
    assert answered(served, "GET", "/").status == 200


def test_the_server_does_not_name_itself(served: int):
    assert "Server" not in answered(served, "GET", "/").headers
