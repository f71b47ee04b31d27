// The official Node SDK for Zoho CRM v8 against a sandbox: node accept.js BASE_URL

import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as SDK from "@zohocrm/nodejs-sdk-8.0";

const base = process.argv[2].replace(/\/$/, "");
const counts = { passed: 0, failed: 0 };

/** Runs one check. */
async function check(name, work) {
  try {
    await work();
    counts.passed += 1;
    console.log(`ok    ${name}`);
  } catch (error) {
    counts.failed += 1;
    console.log(`FAIL  ${name}`, error);
  }
}

async function control(path, body) {
  const answer = await fetch(base + path, body && { method: "POST", body: JSON.stringify(body) });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return answer.json();
}

/** The data of an answer with this status. */
function dataOf(response, status) {
  assert.ok(response, "no response");
  assert.equal(response.getStatusCode(), status, response.getObject()?.getCode?.()?.getValue?.());
  return response.getObject().getData();
}

/** The details of a write's results, all of them successes. */
function results(response, status) {
  return dataOf(response, status).map((entry) => {
    assert.equal(entry.getStatus().getValue(), "success", entry.getCode().getValue());
    return entry.getDetails();
  });
}

function contact(values) {
  const record = new SDK.Record.Record();
  for (const [name, value] of Object.entries(values)) record.addKeyValue(name, value);
  return record;
}

function wrap(records) {
  const body = new SDK.Record.BodyWrapper();
  body.setData(records);
  body.setTrigger([]);
  return body;
}

const [org] = await control("/sandbox/orgs");
const folder = mkdtempSync(join(tmpdir(), "musubi-node-sdk-"));
(await new SDK.InitializeBuilder())
  .environment(SDK.DataCenter.setEnvironment(base, `${base}/oauth/v2/token`, base))
  .token(
    new SDK.OAuthBuilder().clientId(org.client_id).clientSecret(org.client_secret).refreshToken(org.refresh_token).build(),
  )
  .store(new SDK.FileStore(join(folder, "tokens.txt")))
  .SDKConfig(new SDK.SDKConfigBuilder().updateAPIDomain(false).build())
  .resourcePath(folder)
  .logger(new SDK.LogBuilder().level(SDK.Levels.OFF).build())
  .initialize();

const contacts = new SDK.Record.RecordOperations("Contacts");
let ids = [];

await check("records are inserted, with a picklist", async () => {
  const first = contact({ Last_Name: "Kobayashi", Email: "kobayashi@node.example", Lead_Source: new SDK.Choice("Advertisement") });
  const made = results(await contacts.createRecords(wrap([first, contact({ Last_Name: "Walker" })])), 201);
  ids = made.map((details) => details.get("id"));
  assert.equal(new Set(ids.map(String)).size, 2);
});

await check("a list of records has what was inserted", async () => {
  const parameters = new SDK.ParameterMap();
  await parameters.add(SDK.Record.GetRecordsParam.FIELDS, "Last_Name,Email,Lead_Source,Owner,Modified_Time");
  await parameters.add(SDK.Record.GetRecordsParam.PER_PAGE, 200);
  const headers = new SDK.HeaderMap();
  await headers.add(SDK.Record.GetRecordsHeader.IF_MODIFIED_SINCE, new Date("2020-01-01T00:00:00Z"));
  const rows = dataOf(await contacts.getRecords(parameters, headers), 200);
  const row = rows.find((candidate) => String(candidate.getId()) === String(ids[0]));
  assert.equal(row.getKeyValue("Email"), "kobayashi@node.example");
  assert.equal(row.getKeyValue("Lead_Source").getValue(), "Advertisement");
  assert.ok(row.getModifiedTime() instanceof Date);
});

await check("a list of what changed in the future is 304", async () => {
  const parameters = new SDK.ParameterMap();
  await parameters.add(SDK.Record.GetRecordsParam.FIELDS, "Last_Name");
  const headers = new SDK.HeaderMap();
  await headers.add(SDK.Record.GetRecordsHeader.IF_MODIFIED_SINCE, new Date("2100-01-01T00:00:00Z"));
  assert.equal((await contacts.getRecords(parameters, headers)).getStatusCode(), 304);
});

await check("records are updated", async () => {
  const change = contact({ Title: "Buyer", Phone: "+1 555 0100" });
  change.setId(BigInt(ids[0]));
  results(await contacts.updateRecords(wrap([change])), 200);
  const [row] = dataOf(await contacts.getRecord(BigInt(ids[0])), 200);
  assert.equal(row.getKeyValue("Title"), "Buyer");
});

await check("a record without its mandatory field is refused", async () => {
  const response = await contacts.createRecords(wrap([contact({ First_Name: "Only" })]));
  assert.equal(response.getStatusCode(), 400);
  assert.equal(response.getObject().getData()[0].getCode().getValue(), "MANDATORY_NOT_FOUND");
});

await check("records are deleted", async () => {
  const parameters = new SDK.ParameterMap();
  await parameters.add(SDK.Record.DeleteRecordsParam.IDS, ids.map(String).join(","));
  results(await contacts.deleteRecords(parameters), 200);
  assert.equal((await contacts.getRecord(BigInt(ids[0]))).getStatusCode(), 204);
});

/** A call to the API without the SDK. */
async function plain(method, path, body) {
  const grant = { grant_type: "refresh_token", client_id: org.client_id, client_secret: org.client_secret };
  const query = new URLSearchParams({ ...grant, refresh_token: org.refresh_token });
  const token = await (await fetch(`${base}/oauth/v2/token?${query}`, { method: "POST" })).json();
  const headers = { Authorization: `Zoho-oauthtoken ${token.access_token}` };
  const answer = await fetch(`${base}/crm/v8/${path}`, { method, headers, body: JSON.stringify(body) });
  assert.equal(answer.status, 201, await answer.text());
}

/** The newest record of a module, read by the SDK. */
async function newest(module, fields) {
  const parameters = new SDK.ParameterMap();
  await parameters.add(SDK.Record.GetRecordsParam.FIELDS, fields);
  return dataOf(await new SDK.Record.RecordOperations(module).getRecords(parameters), 200)[0];
}

await check("price books are read with their prices", async () => {
  const book = { Price_Book_Name: "Node", Pricing_Details: [{ from_range: 1, to_range: 10, discount: 5 }] };
  await plain("POST", "Price_Books", { data: [book] });
  const row = await newest("Price_Books", "Price_Book_Name,Pricing_Details");
  assert.equal(row.getKeyValue("Price_Book_Name"), "Node");
  assert.equal(row.getKeyValue("Pricing_Details").length, 1);
});

await check("a module with a subform, a file and an image field is read", async () => {
  const visits = { field_label: "Visits", data_type: "subform", subform: { fields: [{ field_label: "Place", data_type: "text" }] } };
  const files = [
    { field_label: "Papers", data_type: "fileupload" },
    { field_label: "Pictures", data_type: "imageupload" },
  ];
  await plain("POST", "settings/fields?module=Accounts", { fields: [visits, ...files] });
  await plain("POST", "Accounts", { data: [{ Account_Name: "Node", Visits: [{ Place: "Kyoto" }, { Place: "Nara" }] }] });
  const row = await newest("Accounts", "Account_Name,Visits,Papers,Pictures");
  assert.equal(row.getKeyValue("Account_Name"), "Node");
  assert.ok(Array.isArray(row.getKeyValue("Visits")));
});

console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed === 0 ? 0 : 1);
