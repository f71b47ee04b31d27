//! Children that are chosen, such as the latest deal of each contact of a page: by queries for fifty parents at once, in the order that decides.
//!
//! A query tells the first rows of that order, mostly all there are. Where there are more, those parents are asked for again whose first row was not among them: a parent with
//! thousands of children is done with after the first answer, and no page is ever skipped to.

use super::columns::Columns;
use super::query::is_refusal_of_the_query;
use super::{Crm, list, query};
use crate::envelope;
use musubi_connector::{CallError, Meta, Page, Projection};
use musubi_core::schema::{Access, Child, Choice, Field, FieldType, Way};
use musubi_core::{FieldName, ModuleName, Observation, RemoteId, Value};
use std::collections::HashMap;

/// Values that one condition takes.
const PARENTS: usize = 50;
/// Rows of an answer that costs no more than any other call.
const ROWS: usize = 200;
/// What decides between equals.
const ID: &str = "id";
/// What such an answer costs.
const CREDITS: u32 = 1;

/// The slots of a page that are about the same child.
struct Wanted<'p> {
    module: &'p ModuleName,
    child: &'p Child,
    slots: Vec<usize>,
}

impl Crm {
    /// Puts the ids of the chosen children into the slots that hold what is read of them; a blank where there is none. What cannot be asked for is not known.
    pub(super) async fn choose_children(
        &self,
        page: &mut Page,
        projection: &Projection,
    ) -> Result<(), CallError> {
        for wanted in wanted(projection) {
            for rows in page.rows.chunks_mut(PARENTS) {
                let parents = rows.iter().map(|row| row.id.clone()).collect();
                let chosen = match self.chosen(&wanted, parents, &mut page.meta).await {
                    // The rest would be refused as well.
                    Err(error) if is_refusal_of_the_query(&error) => break,
                    chosen => chosen?,
                };
                for row in rows {
                    let value = chosen.get(&row.id).map_or(Value::Blank, |id| Value::Record(id.clone()));
                    for &slot in &wanted.slots {
                        row.slots[slot] = Some(value.clone());
                    }
                }
            }
        }
        Ok(())
    }

    /// The chosen child of each parent that has one.
    async fn chosen(
        &self,
        wanted: &Wanted<'_>,
        parents: Vec<RemoteId>,
        meta: &mut Meta,
    ) -> Result<HashMap<RemoteId, RemoteId>, CallError> {
        let projection = projection(wanted);
        let columns = Columns::new(&projection);
        let mut search = Search { open: parents, found: HashMap::new(), among: Some(Among::All) };
        while let Some(among) = search.among {
            let query = text(wanted, &columns, among, &search.open);
            let reply = self.session.fetch(query::call(&query)).await?;
            *meta = list::sum(*meta, reply.meta(CREDITS));
            let answer = list::rows(&reply.answer, &columns)?;
            search
                .take(among, answer.rows, answer.more)
                .ok_or_else(|| envelope::garbage(reply.answer.status))?;
        }
        Ok(search.found)
    }
}

/// Each child that is to be chosen, once.
fn wanted(projection: &Projection) -> Vec<Wanted<'_>> {
    let mut all: Vec<Wanted<'_>> = Vec::new();
    for (slot, field) in projection.fields.iter().enumerate() {
        let FieldType::Through { way: Way::Child(child), module, .. } = &field.kind else { continue };
        match all.iter_mut().find(|one| one.module == module && one.child == child) {
            Some(one) => one.slots.push(slot),
            None => all.push(Wanted { module, child, slots: vec![slot] }),
        }
    }
    all
}

/// What a row tells: its parent, and what it is ordered by.
fn projection(wanted: &Wanted<'_>) -> Projection {
    let field = |name: &FieldName, kind| Field {
        name: name.clone(),
        label: name.as_str().into(),
        kind,
        access: Access::ReadOnly,
        mandatory: false,
        unique: false,
        custom: false,
    };
    let lookup = FieldType::Lookup { module: wanted.module.clone() };
    // The service puts them in order; here it only matters whether there is something.
    let any = FieldType::Text { max: u32::MAX, multiline: true };
    let fields = vec![field(&wanted.child.lookup, lookup), field(&wanted.child.by, any)];
    Projection { module: wanted.module.clone(), fields }
}

/// Which children are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Among {
    /// All of them. Whether those that are blank in the field of the order stand first or last is up to the service.
    All,
    /// Those that hold something there.
    Filled,
    /// Those that do not.
    Blank,
}

fn text(wanted: &Wanted<'_>, columns: &Columns<'_>, among: Among, parents: &[RemoteId]) -> String {
    let Wanted { module, child: Child { lookup, by, choice }, .. } = wanted;
    let parents = super::read::join(parents.iter().map(RemoteId::as_str));
    let parents = format!("{lookup} in ({parents})");
    let condition = match among {
        Among::All => parents,
        Among::Filled => format!("({parents} and {by} is not null)"),
        Among::Blank => format!("({parents} and {by} is null)"),
    };
    let order = match choice {
        Choice::Greatest => "desc",
        Choice::Least => "asc",
    };
    // A field may stand in an order only once.
    let first = if by.as_str() == ID { String::new() } else { format!("{by} {order}, ") };
    let fields = &columns.groups()[0];
    format!("select {fields} from {module} where {condition} order by {first}{ID} {order} limit {ROWS}")
}

/// The search for the first child of each parent.
struct Search {
    /// Parents whose child is not found.
    open: Vec<RemoteId>,
    /// Parent and child.
    found: HashMap<RemoteId, RemoteId>,
    /// What to ask for next; nothing at the end.
    among: Option<Among>,
}

impl Search {
    /// Takes the rows of an answer, which stand in the order that decides. `None` if they are not those that were asked for: a row tells no parent, or there is more of
    /// which this answer is no part.
    fn take(&mut self, among: Among, rows: Vec<Observation>, more: bool) -> Option<()> {
        let asked = self.open.len();
        let told = |row: &Observation, slot: usize| !matches!(row.slots[slot], None | Some(Value::Blank));
        let (filled, blank): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| told(row, 1));
        // What holds something comes first; it may come only with a later answer.
        let blank = if among == Among::All && more { Vec::new() } else { blank };
        for row in filled.into_iter().chain(blank) {
            let Some(Value::Record(parent)) = &row.slots[0] else { return None };
            self.found.entry(parent.clone()).or_insert(row.id);
        }
        self.open.retain(|parent| !self.found.contains_key(parent));
        self.among = match (among, more) {
            _ if self.open.is_empty() => None,
            (Among::All, false) | (Among::Blank, false) => None,
            (Among::All, true) => Some(Among::Filled),
            (Among::Filled, false) => Some(Among::Blank),
            (_, true) if self.open.len() == asked => return None,
            (_, true) => Some(among),
        };
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::field::tests::field;
    use crate::crm::parse;

    fn read(lookup: &str, choice: Choice, name: &str) -> Field {
        let kind = FieldType::Through {
            way: Way::Child(Child { lookup: lookup.into(), by: "Closing_Date".into(), choice }),
            module: "Deals".into(),
            field: name.into(),
            holds: Box::new(FieldType::Decimal { scale: 2 }),
        };
        field(&format!("Deals/{lookup}[{choice:?} Closing_Date].{name}"), kind)
    }

    fn of(fields: Vec<Field>) -> Projection {
        Projection { module: "Contacts".into(), fields }
    }

    /// Rows as a query tells them: the child, its parent, and what it is ordered by.
    fn rows(told: &[(&str, &str, &str)]) -> Vec<Observation> {
        let all = of(vec![read("Contact_Name", Choice::Greatest, "Amount")]);
        let projection = projection(&wanted(&all)[0]);
        let row = |(id, parent, by): &(&str, &str, &str)| {
            format!(
                r#"{{"id":"{id}","Modified_Time":"2026-05-14T12:53:58+03:00","Contact_Name":{parent},"Closing_Date":{by}}}"#
            )
        };
        let told: Vec<String> = told.iter().map(row).collect();
        let body = format!(r#"{{"data":[{}],"info":{{"more_records":false}}}}"#, told.join(","));
        parse::page(body.as_bytes(), &Columns::new(&projection)).unwrap().rows
    }

    const ANNA: &str = r#"{"name":"Anna","id":"1"}"#;
    const BEN: &str = r#"{"id":"2"}"#;
    const MAY: &str = "\"2026-05-01\"";

    fn search() -> Search {
        Search {
            open: ["1", "2", "3"].map(Into::into).to_vec(),
            found: HashMap::new(),
            among: Some(Among::All),
        }
    }

    fn found(search: &Search) -> Vec<(&str, &str)> {
        let mut found: Vec<_> =
            search.found.iter().map(|(parent, child)| (parent.as_str(), child.as_str())).collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn a_child_is_asked_for_once_for_all_that_is_read_of_it() {
        let projection_of = of(vec![
            read("Contact_Name", Choice::Greatest, "Amount"),
            field("Last_Name", FieldType::Bool),
            read("Contact_Name", Choice::Least, "Amount"),
            read("Contact_Name", Choice::Greatest, "Stage"),
        ]);
        let wanted = wanted(&projection_of);
        assert_eq!(wanted.iter().map(|one| one.slots.clone()).collect::<Vec<_>>(), [vec![0, 3], vec![2]]);
        assert_eq!(
            Columns::new(&projection_of).groups(),
            ["Modified_Time,Created_Time,Created_By,Last_Name"],
            "the record itself tells nothing of its children"
        );
        let projection = projection(&wanted[0]);
        let columns = Columns::new(&projection);
        let parents = ["1".into(), "2".into()];
        assert_eq!(
            text(&wanted[0], &columns, Among::All, &parents),
            "select Modified_Time,Created_Time,Created_By,Contact_Name,Closing_Date from Deals where Contact_Name in (1,2) \
             order by Closing_Date desc, id desc limit 200"
        );
        assert!(text(&wanted[1], &columns, Among::Filled, &parents).contains(
            "where (Contact_Name in (1,2) and Closing_Date is not null) order by Closing_Date asc, id asc"
        ));
    }

    #[test]
    fn a_child_can_be_chosen_by_its_id() {
        let module = "Deals".into();
        let child = Child { lookup: "Contact_Name".into(), by: ID.into(), choice: Choice::Greatest };
        let wanted = Wanted { module: &module, child: &child, slots: vec![0] };
        let projection = projection(&wanted);
        let query = text(&wanted, &Columns::new(&projection), Among::All, &["1".into()]);
        assert!(query.contains("Contact_Name from Deals"), "{query}");
        assert!(query.ends_with("order by id desc limit 200"), "{query}");
    }

    #[test]
    fn the_first_row_counts_and_blanks_come_last_wherever_the_service_puts_them() {
        let mut all = search();
        let told = [
            ("11", ANNA, "null"),
            ("12", ANNA, MAY),
            ("13", ANNA, MAY),
            ("21", BEN, "null"),
            ("22", BEN, "null"),
        ];
        all.take(Among::All, rows(&told), false).unwrap();
        assert_eq!((found(&all), all.among), (vec![("1", "12"), ("2", "21")], None));
    }

    #[test]
    fn where_there_are_more_those_not_found_are_asked_for_again() {
        let mut search = search();
        search.take(Among::All, rows(&[("21", BEN, "null"), ("11", ANNA, MAY)]), true).unwrap();
        assert_eq!(found(&search), [("1", "11")], "a blank is not believed to be the first");
        assert_eq!((search.open.len(), search.among), (2, Some(Among::Filled)));
        search.take(Among::Filled, Vec::new(), false).unwrap();
        assert_eq!(search.among, Some(Among::Blank));
        search.take(Among::Blank, rows(&[("29", BEN, "null"), ("21", BEN, "null")]), true).unwrap();
        assert_eq!(search.among, Some(Among::Blank), "the third may have some, too");
        search.take(Among::Blank, Vec::new(), false).unwrap();
        assert_eq!((found(&search), search.among), (vec![("1", "11"), ("2", "29")], None));
    }

    #[test]
    fn an_answer_to_something_else_is_no_answer() {
        assert_eq!(search().take(Among::All, rows(&[("11", "null", MAY)]), false), None);
        assert_eq!(search().take(Among::Filled, rows(&[("91", r#"{"id":"9"}"#, MAY)]), true), None);
    }
}
