"""The official Python SDK for Zoho CRM v8 against a sandbox: python accept.py BASE_URL"""

import http.server
import io
import json
import os
import queue
import sys
import tempfile
import threading
import time
import traceback
import urllib.request
import zipfile

from zohocrmsdk.src.com.zoho.api.authenticator import OAuthToken
from zohocrmsdk.src.com.zoho.api.authenticator.store import FileStore
from zohocrmsdk.src.com.zoho.crm.api import Initializer, ParameterMap, HeaderMap
from zohocrmsdk.src.com.zoho.crm.api import bulk_read, coql, fields, modules, notes, notifications, record
from zohocrmsdk.src.com.zoho.crm.api.bulk_read import BulkReadOperations
from zohocrmsdk.src.com.zoho.crm.api.coql import CoqlOperations
from zohocrmsdk.src.com.zoho.crm.api.dc import DataCenter
from zohocrmsdk.src.com.zoho.crm.api.fields import FieldsOperations, GetFieldsParam
from zohocrmsdk.src.com.zoho.crm.api.modules import MinifiedModule, ModulesOperations
from zohocrmsdk.src.com.zoho.crm.api.notes import NotesOperations, GetNotesParam
from zohocrmsdk.src.com.zoho.crm.api.notifications import NotificationsOperations, DeleteNotificationParam
from zohocrmsdk.src.com.zoho.crm.api.record import (
    DeleteRecordsParam, Field, GetRecordsParam, Record, RecordOperations, SearchRecordsParam)
from zohocrmsdk.src.com.zoho.crm.api.sdk_config import SDKConfig
from zohocrmsdk.src.com.zoho.crm.api.util import Choice

BASE = sys.argv[1].rstrip("/")
PASSED, FAILED = [], []


def check(name):
    """Runs a function as one check."""
    def run(function):
        try:
            function()
            PASSED.append(name)
            print(f"ok    {name}")
        except Exception:
            FAILED.append(name)
            print(f"FAIL  {name}\n{traceback.format_exc()}")
        return function
    return run


def control(path, body=None):
    """A call of the sandbox's own control API."""
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(BASE + path, data)) as answer:
        return json.load(answer)


def data_of(response, status):
    """The `data` of an answer with this status."""
    assert response is not None, "no response"
    found = response.get_object()
    described = getattr(found, "get_code", lambda: None)()
    assert response.get_status_code() == status, f"{response.get_status_code()} {described and described.get_value()}"
    for name in ("get_data", "get_modules", "get_fields", "get_watch"):
        if hasattr(found, name):
            return getattr(found, name)()
    return found


def results(response, status):
    """The details of a write's results, all of them successes."""
    entries = data_of(response, status)
    for entry in entries:
        assert entry.get_status().get_value() == "success", entry.get_code().get_value()
    return [entry.get_details() for entry in entries]


def contact(**values):
    made = Record()
    for name, value in values.items():
        made.add_key_value(name, value)
    return made


def wrap(records, **extra):
    body = record.BodyWrapper()
    body.set_data(records)
    body.set_trigger([])
    if "duplicates" in extra:
        body.set_duplicate_check_fields(extra["duplicates"])
    return body


class Hook(http.server.BaseHTTPRequestHandler):
    """Takes notifications in."""
    seen = queue.Queue()

    def do_POST(self):
        Hook.seen.put(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


org = control("/sandbox/orgs")[0]
control("/sandbox/lags", {"search_ms": 0, "bulk_ms": 100})
folder = tempfile.mkdtemp()
Initializer.initialize(
    environment=DataCenter.Environment(BASE, BASE + "/oauth/v2/token", BASE),
    token=OAuthToken(client_id=org["client_id"], client_secret=org["client_secret"], refresh_token=org["refresh_token"]),
    store=FileStore(os.path.join(folder, "tokens.txt")),
    sdk_config=SDKConfig(update_api_domain=False),
    resource_path=folder,
)
contacts = RecordOperations("Contacts")
made = {}


@check("modules are listed")
def _():
    names = {module.get_api_name() for module in data_of(ModulesOperations().get_modules(), 200)}
    assert {"Contacts", "Leads", "Accounts", "Deals", "Tasks", "Notes"} <= names, names


@check("fields of a module are described")
def _():
    parameters = ParameterMap()
    parameters.add(GetFieldsParam.module, "Contacts")
    described = {f.get_api_name(): f for f in data_of(FieldsOperations().get_fields(parameters), 200)}
    assert described["Last_Name"].get_system_mandatory()
    assert described["Account_Name"].get_data_type() == "lookup"


@check("records are inserted, with a date, a number and a picklist")
def _():
    first = contact(Last_Name="Nakamura", First_Name="Yuki", Email="yuki@sdk.example", Lead_Source=Choice("Web Download"))
    second = contact(Last_Name="Evans", Email="evans@sdk.example", Phone="+44 20 7946 0000")
    made["ids"] = [details["id"] for details in results(contacts.create_records(wrap([first, second])), 201)]
    assert len(set(made["ids"])) == 2


@check("a list of records has what was inserted")
def _():
    parameters = ParameterMap()
    parameters.add(GetRecordsParam.fields, "Last_Name,Email,Lead_Source,Owner,Modified_Time")
    parameters.add(GetRecordsParam.per_page, 200)
    parameters.add(GetRecordsParam.sort_by, "Created_Time")
    listed = {row.get_id(): row for row in data_of(contacts.get_records(parameters, HeaderMap()), 200)}
    row = listed[int(made["ids"][0])]
    assert row.get_key_value("Email") == "yuki@sdk.example"
    assert row.get_key_value("Lead_Source").get_value() == "Web Download"
    assert row.get_modified_time() is not None


@check("a record is got with all its fields")
def _():
    row = data_of(contacts.get_record(int(made["ids"][0])), 200)[0]
    assert row.get_key_value("Full_Name") == "Yuki Nakamura", row.get_key_value("Full_Name")
    assert row.get_key_value("Owner").get_id() is not None


@check("records are updated")
def _():
    change = contact(Title="CTO")
    change.set_id(int(made["ids"][0]))
    results(contacts.update_records(wrap([change])), 200)
    assert data_of(contacts.get_record(int(made["ids"][0])), 200)[0].get_key_value("Title") == "CTO"


@check("an upsert changes one and makes one")
def _():
    rows = [contact(Last_Name="Evans", Email="evans@sdk.example", Title="CFO"), contact(Last_Name="Third", Email="third@sdk.example")]
    details = results(contacts.upsert_records(wrap(rows, duplicates=["Email"])), 200)
    assert str(details[0]["id"]) == str(made["ids"][1]), details
    made["ids"].append(details[1]["id"])


@check("a search by criteria finds one")
def _():
    parameters = ParameterMap()
    parameters.add(SearchRecordsParam.criteria, "((Last_Name:starts_with:Naka)and(Email:equals:yuki@sdk.example))")
    found = data_of(contacts.search_records(parameters, HeaderMap()), 200)
    assert [str(row.get_id()) for row in found] == [str(made["ids"][0])]


@check("a search by e-mail finds one, a word nobody has gives 204")
def _():
    parameters = ParameterMap()
    parameters.add(SearchRecordsParam.email, "evans@sdk.example")
    assert len(data_of(contacts.search_records(parameters, HeaderMap()), 200)) == 1
    parameters = ParameterMap()
    parameters.add(SearchRecordsParam.word, "nobodyhasthisword")
    assert contacts.search_records(parameters, HeaderMap()).get_status_code() == 204


@check("a query joins two modules")
def _():
    body = coql.BodyWrapper()
    body.set_select_query("select Last_Name, Account_Name.Account_Name from Contacts where Account_Name is not null order by id limit 0, 5")
    rows = data_of(CoqlOperations().get_records(body), 200)
    assert 0 < len(rows) <= 5
    assert rows[0].get_key_value("Account_Name.Account_Name")


@check("a query that cannot be read is refused with its code")
def _():
    body = coql.BodyWrapper()
    body.set_select_query("select id from Contacts")
    response = CoqlOperations().get_records(body)
    assert response.get_status_code() == 400
    assert response.get_object().get_code().get_value() == "SYNTAX_ERROR"


@check("notes are made, listed and deleted")
def _():
    note, parent, module = notes.Note(), notes.ParentId(), MinifiedModule()
    module.set_api_name("Contacts")
    parent.set_id(int(made["ids"][0]))
    parent.set_module(module)
    note.set_note_title("Call back")
    note.set_note_content("On Monday")
    note.set_parent_id(parent)
    body = notes.BodyWrapper()
    body.set_data([note])
    id = int(results(NotesOperations().create_notes(body), 201)[0]["id"])
    parameters = ParameterMap()
    parameters.add(GetNotesParam.fields, "Note_Title,Note_Content,Parent_Id")
    listed = {row.get_id(): row for row in data_of(NotesOperations().get_notes(parameters, HeaderMap()), 200)}
    assert listed[id].get_note_content() == "On Monday"
    results(NotesOperations().delete_note(id), 200)


@check("a notification arrives for a change, with its token")
def _():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    channel = notifications.Notification()
    channel.set_channel_id("1000000068001")
    channel.set_events(["Contacts.all"])
    channel.set_notify_url(f"http://127.0.0.1:{server.server_port}/hook?from=sdk")
    channel.set_token("shared-secret")
    body = notifications.BodyWrapper()
    body.set_watch([channel])
    watched = data_of(NotificationsOperations().enable_notifications(body), 201)
    assert watched[0].get_status().get_value() == "success"
    assert data_of(NotificationsOperations().get_notifications(ParameterMap()), 200)[0].get_token() == "shared-secret"
    change = contact(Title="Head of Sales")
    change.set_id(int(made["ids"][2]))
    results(contacts.update_records(wrap([change])), 200)
    told = Hook.seen.get(timeout=10)
    assert told["ids"] == [str(made["ids"][2])] and told["operation"] == "update", told
    assert told["token"] == "shared-secret" and told["query_params"] == {"from": "sdk"}, told
    parameters = ParameterMap()
    parameters.add(DeleteNotificationParam.channel_ids, "1000000068001")
    data_of(NotificationsOperations().delete_notification(parameters), 200)
    assert NotificationsOperations().get_notifications(ParameterMap()).get_status_code() == 204
    server.shutdown()


@check("a bulk read gives a ZIP of CSV")
def _():
    module = MinifiedModule()
    module.set_api_name("Contacts")
    query = bulk_read.Query()
    query.set_module(module)
    query.set_fields(["Last_Name", "Email"])
    body = bulk_read.BodyWrapper()
    body.set_query(query)
    body.set_file_type("csv")
    job = int(results(BulkReadOperations().create_bulk_read_job(body), 201)[0]["id"])
    for _ in range(100):
        details = data_of(BulkReadOperations().get_bulk_read_job_details(job), 200)[0]
        if details.get_state().get_value() == "COMPLETED":
            break
        time.sleep(0.05)
    assert details.get_state().get_value() == "COMPLETED"
    stream = data_of(BulkReadOperations().download_result(job), 200).get_file().get_stream()
    content = stream.content if hasattr(stream, "content") else stream.read()
    archive = zipfile.ZipFile(io.BytesIO(content))
    lines = archive.read(archive.namelist()[0]).decode().splitlines()
    assert lines[0] == "id,Last_Name,Email", lines[0]
    assert len(lines) == details.get_result().get_count() + 1
    assert any("yuki@sdk.example" in line for line in lines)


@check("records are deleted")
def _():
    parameters = ParameterMap()
    parameters.add(DeleteRecordsParam.ids, ",".join(str(id) for id in made["ids"]))
    results(contacts.delete_records(parameters, HeaderMap()), 200)
    assert contacts.get_record(int(made["ids"][0])).get_status_code() == 204


print(f"{len(PASSED)} passed, {len(FAILED)} failed")
sys.exit(1 if FAILED else 0)
