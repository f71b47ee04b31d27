//! Search and queries.

use serde_json::{Value, json};

use crate::Recorder;

const NONE: Value = Value::Null;

/// Makes the calls.
pub async fn run(r: &mut Recorder) {
    let contact = json!({"data": [{"Last_Name": "Findable", "Email": "findable@example.com", "Phone": "+81 3 9876 5432"}]});
    r.harness.call("POST", "/crm/v8/Contacts", contact).await;
    r.call(200, "GET", "/crm/v8/Contacts/search?criteria=(Last_Name:equals:Findable)", NONE).await;
    r.call(200, "GET", "/crm/v8/Contacts/search?criteria=((Last_Name:starts_with:Find)and(Email:equals:findable@example.com))&fields=Last_Name,Email", NONE).await;
    r.call(200, "GET", "/crm/v8/Contacts/search?email=findable@example.com&per_page=1&page=1", NONE).await;
    r.call(200, "GET", "/crm/v8/Contacts/search?phone=98765432", NONE).await;
    r.call(200, "GET", "/crm/v8/Contacts/search?word=findable", NONE).await;
    r.call(200, "GET", "/crm/v8/Contacts/search?word=findable&sort_by=Last_Name&sort_order=asc", NONE).await;
    r.call(204, "GET", "/crm/v8/Contacts/search?word=nobodyhasthis", NONE).await;
    r.call(400, "GET", "/crm/v8/Contacts/search", NONE).await;
    r.call(400, "GET", "/crm/v8/Contacts/search?criteria=(Last_Name", NONE).await;
    r.call(400, "GET", "/crm/v8/Contacts/search?criteria=(No_Field:equals:x)", NONE).await;
    r.call(400, "GET", "/crm/v8/Contacts/search?word=a", NONE).await;
    r.call(400, "GET", "/crm/v8/Contacts/search?word=ab&page=11", NONE).await;
    r.call(400, "GET", "/crm/v8/Nothing/search?word=ab", NONE).await;
    r.call(400, "GET", "/crm/v8/Attachments/search?word=ab", NONE).await;
    let many = vec!["(Last_Name:equals:x)"; 16].join("and");
    r.call(400, "GET", &format!("/crm/v8/Contacts/search?criteria=({many})"), NONE).await;

    let query = |text: &str| json!({ "select_query": text });
    for text in [
        "select Last_Name, Email, Account_Name, Account_Name.Account_Name, Owner, Created_Time from Contacts where Last_Name = 'Findable'",
        "select id from Contacts where ((id is not null and Last_Name like '%a%') and Email is not null) order by Modified_Time desc, id desc limit 0, 20",
        "select COUNT(id), Stage from Deals where id is not null group by Stage",
        "select Deal_Name, Amount from Deals where Amount between 1 and 100000000 limit 5 offset 1",
    ] {
        r.call(200, "POST", "/crm/v8/coql", query(text)).await;
    }
    r.call(204, "POST", "/crm/v8/coql", query("select id from Contacts where Last_Name = 'Nobody has this'"))
        .await;
    for text in [
        "select id from Contacts",
        "select id from Contacts where Last_Name ~ 'x'",
        "select No_Field from Contacts where id is not null",
        "select id from Nothing where id is not null",
        "select id from Contacts#12 where id is not null",
        "select id from Contacts where Last_Name > 'a'",
        "select id from Contacts where id is not null limit 2001",
        "select id, Email as id from Contacts where id is not null",
        "select id from Contacts where id is not null order by id, id",
        "select id from Contacts where Description = 'x'",
        "select id from Contacts where Modified_Time > 'yesterday'",
    ] {
        r.call(400, "POST", "/crm/v8/coql", query(text)).await;
    }
    r.call(400, "POST", "/crm/v8/coql", json!({})).await;
    r.call(400, "POST", "/crm/v8/coql", json!({"select_query": 5})).await;
}
