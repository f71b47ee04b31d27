"""The API against its own document, by Schemathesis: over a real hub that keeps two orgs of a real sandbox in agreement.

Takes the program; closes with `N passed, N failed`, counted in operations.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

CONFIG = pathlib.Path(__file__).with_name("schemathesis.toml")
SEED = "20261122"
EXAMPLES = "25"
PASSWORD = "a long password for nobody"
CHECKS = ",".join(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "negative_data_rejection",
        "positive_data_acceptance",
        "missing_required_header",
        "unsupported_method",
        "ignored_auth",
        "use_after_free",
    ]
)
# The stream of events does not end; the other two would end what the calls are made with.
LEFT_OUT = ["GET /api/v1/events", "DELETE /api/v1/session", "DELETE /api/v1/tokens/{id}"]
CONFIGURATION = """
[connections.tokyo]
service = "crm"
base_url = "{base}"
org = "{left}"
[connections.london]
service = "crm"
base_url = "{base}"
org = "{right}"
[integrations.both]
left = "tokyo"
right = "london"
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
"""


def start(program, *arguments, **environment):
    """A program of ours and the first line it says."""
    child = subprocess.Popen([program, *arguments], stdout=subprocess.PIPE, text=True, env=os.environ | environment)
    return child, json.loads(child.stdout.readline())


def ask(method, url, body=None, headers=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json", **(headers or {})}, method=method)
    with urllib.request.urlopen(request) as answer:
        return answer.headers, json.loads(answer.read() or b"null")


def prepare(program, folder, sandbox):
    """Two orgs with contacts, tied to each other. Gives the environment of the hub."""
    _, orgs = ask("GET", f"{sandbox}/sandbox/orgs")
    left, right = [org for org in orgs if org["service"] == "crm"][:2]
    environment = {"MUSUBI_DATA": str(folder)}
    for name, org in (("TOKYO", left), ("LONDON", right)):
        for key in ("client_id", "client_secret", "refresh_token"):
            environment[f"MUSUBI_CONNECTION_{name}_{key.upper()}"] = org[key]
    file = folder / "musubi.toml"
    file.write_text(CONFIGURATION.format(base=sandbox, left=left["org_id"], right=right["org_id"]))
    subprocess.run([program, "apply", str(file), "--yes"], env=os.environ | environment, check=True, stdout=subprocess.DEVNULL)
    return environment


def token(base, code):
    """An API token of the owner."""
    person = {"code": code, "name": "Ann", "email": "ann@example.com", "password": PASSWORD}
    headers, session = ask("POST", f"{base}/api/v1/setup", person)
    own = {"cookie": headers["set-cookie"].split(";")[0], "x-musubi-csrf": session["csrf"]}
    wanted = {"name": "conformance", "scope": "admin", "expires_in_days": 1}
    return ask("POST", f"{base}/api/v1/tokens", wanted, own)[1]["secret"]


def main():
    program, folder = sys.argv[1], pathlib.Path(tempfile.mkdtemp(prefix="musubi-api-"))
    children = []
    try:
        sandbox, told = start(program, "sandbox", "--listen", "127.0.0.1:0", "--dataset", "demo")
        children.append(sandbox)
        environment = prepare(program, folder, told["base_url"])
        hub, told = start(program, "serve", "--listen", "127.0.0.1:0", "--json", **environment)
        children.append(hub)
        base = f"http://{told['listening']}"
        secret = token(base, told["setup_code"])
        report = folder / "report.json"
        command = [str(pathlib.Path(sys.executable).with_name("schemathesis")), "--config-file", str(CONFIG), "run"]
        command += [f"{base}/api/v1/openapi.json", "--checks", CHECKS, "--seed", SEED, "--max-examples", EXAMPLES]
        command += ["--phases", "examples,coverage,fuzzing", "--header", f"Authorization: Bearer {secret}"]
        command += ["--generation-database", "none", "--warnings", "off", "--suppress-health-check", "all"]
        command += ["--report", "json", "--report-json-path", str(report), "--continue-on-failure", "--no-color"]
        for operation in LEFT_OUT:
            command += ["--exclude-name", operation]
        ended = subprocess.run(command, cwd=folder)
        return close(ended.returncode, json.loads(report.read_text()))
    finally:
        for child in reversed(children):
            child.terminate()
            child.wait()


def close(code, report):
    """Whether nothing was found, and the closing line."""
    tested = report["operations"]["tested"]
    failed = len({operation for failure in report["failures"] for operation in failure["operations"]})
    whole = report["complete"] and report["operations"]["errored"] == 0 and tested == report["operations"]["selected"]
    calls = report["test_cases"]["generated"]
    print(f"{calls} calls of {tested} operations, Schemathesis {report['schemathesis_version']}, seed {report['seed']}")
    print(f"{tested - failed} passed, {failed} failed", flush=True)
    return code == 0 and failed == 0 and whole and calls > 1000


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
