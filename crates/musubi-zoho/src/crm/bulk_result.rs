//! The result of a bulk read: a ZIP with one CSV. It is fetched once, unpacked into a nameless file and put into the order of its ids, so that rows can be had from
//! any place on: sixteen bytes of memory for each row, and no more of the rows themselves than are handed over at a time.

use super::columns::{Columns, Role};
use super::parse::Row;
use super::{Crm, bulk, cost, value};
use crate::envelope;
use crate::session::Call;
use musubi_connector::http::Opened;
use musubi_connector::{BulkJob, BulkRows, CallError, CallErrorKind, Meta, Priced, Projection};
use musubi_core::Observation;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::sync::Mutex;

/// Rows handed over at a time.
const ROWS: usize = 600;
/// Results kept at once; who asks for one that was put away fetches it anew.
const KEPT: usize = 8;
/// A result takes no longer to be fetched.
const LONGEST_FETCH: Duration = Duration::from_secs(30 * 60);
/// No result is larger than this once it is unpacked: 200,000 rows of 200 columns are not.
const LARGEST: u64 = 16 << 30;

/// The results of one connection that are at hand, by job.
#[derive(Debug, Default)]
pub(super) struct Results {
    kept: std::sync::Mutex<Vec<(String, Arc<Mutex<Fetched>>)>>,
}

/// How far a result has come. Whoever asks takes it on; who is cut off leaves it to the next.
#[derive(Debug, Default)]
enum Fetched {
    /// Not asked for yet.
    #[default]
    Not,
    /// On its way.
    Coming { opened: Opened, archive: File },
    /// At hand.
    There(Arc<Sorted>),
}

/// An unpacked result.
#[derive(Debug)]
struct Sorted {
    file: File,
    /// The header line.
    header: Vec<u8>,
    /// Where each row stands, in the order of their ids: its first byte and its length.
    places: Vec<(u64, u32)>,
}

impl Results {
    fn of(&self, job: &str) -> Arc<Mutex<Fetched>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, fetched)) = kept.iter().find(|(id, _)| id == job) {
            return Arc::clone(fetched);
        }
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        let fetched = Arc::<Mutex<Fetched>>::default();
        kept.push((job.to_owned(), Arc::clone(&fetched)));
        fetched
    }

    fn forget(&self, job: &str) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).retain(|(id, _)| id != job);
    }
}

impl Crm {
    pub(super) async fn rows_of_bulk(
        &self,
        projection: Arc<Projection>,
        job: &BulkJob,
        from: u64,
    ) -> Result<BulkRows, CallError> {
        let fetched = self.results.of(&job.id);
        let mut fetched = fetched.lock().await;
        let mut meta = Meta::default();
        // A call has its deadline, and a large result may take longer: then the next call goes on with it.
        let pause = tokio::time::Instant::now() + self.session.timeout / 4;
        let sorted = loop {
            match &mut *fetched {
                Fetched::Not => {
                    let (opened, requests) = self.open_result(job).await?;
                    meta = Meta {
                        server_time: opened.server_time,
                        credits: cost::price(Priced::Other),
                        requests,
                    };
                    let archive = tempfile::tempfile().map_err(no_spool)?;
                    *fetched = Fetched::Coming { opened, archive };
                }
                Fetched::Coming { opened, archive } => {
                    match tokio::time::timeout_at(pause, take(opened, archive)).await {
                        Err(_) => return Ok(BulkRows { meta, rows: Vec::new(), next: Some(from) }),
                        Ok(Err(error)) => {
                            *fetched = Fetched::Not;
                            return Err(error);
                        }
                        Ok(Ok(())) => {}
                    }
                    let Fetched::Coming { archive, .. } = std::mem::take(&mut *fetched) else { continue };
                    // Inflating blocks on the disk and takes its time: not on this thread.
                    let sorting = tokio::task::spawn_blocking(move || sort(archive));
                    let sorted = sorting.await.map_err(|_| unreadable("the reader stopped"))??;
                    *fetched = Fetched::There(Arc::new(sorted));
                }
                Fetched::There(sorted) => break Arc::clone(sorted),
            }
        };
        drop(fetched);
        let reading = tokio::task::spawn_blocking(move || sorted.rows(from, &projection));
        let (rows, next) = reading.await.map_err(|_| unreadable("the reader stopped"))??;
        if next.is_none() {
            self.results.forget(&job.id);
        }
        Ok(BulkRows { meta, rows, next })
    }

    async fn open_result(&self, job: &BulkJob) -> Result<(Opened, u32), CallError> {
        let path: Vec<&str> = bulk::BULK.into_iter().chain([job.id.as_str(), "result"]).collect();
        let call = Call::get(path);
        let opening = self.session.open_for(&call, LONGEST_FETCH);
        let late =
            |_| CallError::new(CallErrorKind::Unknown, "TIMEOUT", "the service did not answer in time");
        let (opened, requests) =
            tokio::time::timeout(self.session.timeout, opening).await.map_err(late)??;
        if opened.status != 200 {
            return Err(envelope::refusal(&opened.answer(1 << 20).await?));
        }
        Ok((opened, requests))
    }
}

/// Takes what comes until everything is there. Nothing is lost when this is cut off.
async fn take(opened: &mut Opened, archive: &mut File) -> Result<(), CallError> {
    while let Some(chunk) = opened.chunk().await? {
        archive.write_all(&chunk).map_err(no_spool)?;
    }
    Ok(())
}

/// Unpacks the archive and notes where each row stands.
fn sort(archive: File) -> Result<Sorted, CallError> {
    let mut archive = zip::ZipArchive::new(archive).map_err(|_| unreadable("it is no ZIP archive"))?;
    let packed = archive.by_index(0).map_err(|_| unreadable("the archive is empty"))?;
    let mut file = tempfile::tempfile().map_err(no_spool)?;
    // The checksum is looked at with the last byte: a result that was cut off is an error and not a short one.
    let length = std::io::copy(&mut packed.take(LARGEST), &mut file)
        .map_err(|_| unreadable("the archive is damaged, or there is no room to unpack it"))?;
    if length == LARGEST {
        return Err(unreadable("it is larger than any result can be"));
    }
    file.seek(SeekFrom::Start(0)).map_err(no_spool)?;
    let mut csv = csv::ReaderBuilder::new().flexible(true).from_reader(std::io::BufReader::new(file));
    let headers = csv.byte_headers().map_err(|_| unreadable("its CSV has no header"))?;
    let id = headers.iter().position(|name| std::str::from_utf8(name).is_ok_and(is_id));
    let (mut record, mut places) = (csv::ByteRecord::new(), Vec::<(u64, u64, u32)>::new());
    let header_length = csv.position().byte();
    loop {
        let begin = csv.position().byte();
        let more = csv.read_byte_record(&mut record).map_err(|_| unreadable("its CSV is broken"))?;
        if !more {
            break;
        }
        let number = id.and_then(|at| std::str::from_utf8(record.get(at)?).ok()?.parse().ok());
        let number = number.ok_or_else(|| unreadable("a row has no id"))?;
        let length =
            u32::try_from(csv.position().byte() - begin).map_err(|_| unreadable("a row has no end"))?;
        places.push((number, begin, length));
    }
    let mut file = csv.into_inner().into_inner();
    // Mostly they stand in this order already; nobody promises that.
    places.sort_unstable();
    let mut header = vec![0; usize::try_from(header_length).unwrap_or(0)];
    file.seek(SeekFrom::Start(0)).and_then(|_| file.read_exact(&mut header)).map_err(no_spool)?;
    let places = places.into_iter().map(|(_, begin, length)| (begin, length)).collect();
    Ok(Sorted { file, header, places })
}

impl Sorted {
    /// The rows from a place on, and the place behind them.
    fn rows(&self, from: u64, projection: &Projection) -> Result<(Vec<Observation>, Option<u64>), CallError> {
        let from = usize::try_from(from).unwrap_or(usize::MAX).min(self.places.len());
        let until = self.places.len().min(from + ROWS);
        let mut text = self.header.clone();
        let mut file = &self.file;
        for (begin, length) in &self.places[from..until] {
            let end = text.len();
            text.resize(end + *length as usize, 0);
            file.seek(SeekFrom::Start(*begin))
                .and_then(|_| file.read_exact(&mut text[end..]))
                .map_err(no_spool)?;
            // The last line of a file need not be ended.
            if text.last() != Some(&b'\n') {
                text.push(b'\n');
            }
        }
        let rows = parse(&text, projection)?;
        if rows.len() != until - from {
            return Err(unreadable("its rows cannot be told apart"));
        }
        Ok((rows, (until < self.places.len()).then_some(until as u64)))
    }
}

/// Reads CSV with its header.
fn parse(text: &[u8], projection: &Projection) -> Result<Vec<Observation>, CallError> {
    let columns = Columns::new(projection);
    let mut csv = csv::ReaderBuilder::new().flexible(true).from_reader(text);
    let headers = csv.headers().map_err(|_| unreadable("its CSV has no header"))?;
    let place = |name: &str| {
        let known = columns.find(name.trim_start_matches('\u{feff}'));
        known.or_else(|| is_id(name).then_some(Role::Id as usize))
    };
    let places: Vec<Option<usize>> = headers.iter().map(place).collect();
    let (mut rows, mut record) = (Vec::with_capacity(ROWS), csv::StringRecord::new());
    while csv.read_record(&mut record).map_err(|_| unreadable("its CSV is broken"))? {
        let mut row = Row::new(columns.slots);
        for (cell, place) in record.iter().zip(&places) {
            let Some(column) = place.map(|place| &columns.columns[place]) else { continue };
            row.take_text(column.role, cell);
            for &(slot, kind) in &column.slots {
                row.slots[slot] = value::from_text(kind, cell);
            }
        }
        rows.push(row.observation().ok_or_else(|| unreadable("a row has no id or modified time"))?);
    }
    Ok(rows)
}

/// The id's header is `Id` or `id`, by version.
fn is_id(name: &str) -> bool {
    let name = name.trim_start_matches('\u{feff}');
    name.eq_ignore_ascii_case("id") || name == "Record Id"
}

fn no_spool(error: std::io::Error) -> CallError {
    CallError::new(CallErrorKind::NotSent, "NO_SPOOL_FILE", format!("the download cannot be kept: {error}"))
}

fn unreadable(what: &str) -> CallError {
    CallError::new(
        CallErrorKind::Unknown,
        "UNREADABLE_ANSWER",
        format!("the bulk result cannot be read: {what}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::field::tests::field;
    use musubi_core::Value;
    use musubi_core::schema::FieldType;

    fn packed(text: &str) -> File {
        let mut archive = zip::ZipWriter::new(tempfile::tempfile().unwrap());
        archive.start_file("1.csv", zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
        archive.finish().unwrap()
    }

    fn projection() -> Projection {
        Projection {
            module: "Contacts".into(),
            fields: vec![
                field("Last_Name", FieldType::Text { max: 80, multiline: true }),
                field("Account_Name", FieldType::Lookup { module: "Accounts".into() }),
                field("Email_Opt_Out", FieldType::Bool),
                field("Missing", FieldType::Bool),
            ],
        }
    }

    #[test]
    fn rows_come_in_the_order_of_their_ids_from_any_place_on() {
        let mut text =
            "\u{feff}Id,Account_Name,Last_Name,Modified_Time,Email_Opt_Out,Created_By\r\n".to_owned();
        // Backwards, and with as many digits as it takes: 9 is before 10.
        for i in (1..=1_500).rev() {
            text.push_str(&format!("{i},7,\"a, \"\"b\"\"\r\n{i}\",2026-05-14T12:53:58+03:00,false,9\r\n"));
        }
        let sorted = sort(packed(text.trim_end())).unwrap();
        let (mut from, mut lots, mut ids) = (Some(0), Vec::new(), Vec::new());
        while let Some(place) = from {
            let (rows, next) = sorted.rows(place, &projection()).unwrap();
            lots.push(rows.len());
            ids.extend(rows.iter().map(|row| row.id.as_str().parse::<u64>().unwrap()));
            from = next;
        }
        assert_eq!(lots, [600, 600, 300]);
        assert!(ids.iter().copied().eq(1..=1_500));
        let (rows, next) = sorted.rows(1_498, &projection()).unwrap();
        assert_eq!((rows.len(), next), (2, None));
        let row = &rows[0];
        assert_eq!((row.id.as_str(), row.created_by.as_ref().map(|id| id.as_str())), ("1499", Some("9")));
        let expected = [
            Some(Value::text("a, \"b\"\r\n1499")),
            Some(Value::Record("7".into())),
            Some(Value::Bool(false)),
            None,
        ];
        assert_eq!(*row.slots, expected);
        assert_eq!(sorted.rows(9_999, &projection()).unwrap(), (Vec::new(), None));
    }

    #[test]
    fn what_is_no_result_is_an_error_and_never_a_short_one() {
        let kind = |file: File| sort(file).map(|sorted| sorted.places.len()).map_err(|error| error.kind);
        assert_eq!(kind(packed("Last_Name\nx\n")), Err(CallErrorKind::Unknown), "no id");
        assert_eq!(kind(packed("Id,Last_Name\n1,x\n,y\n")), Err(CallErrorKind::Unknown), "a row without id");
        assert_eq!(kind(packed("Id,Last_Name\n")), Ok(0));
        let mut whole = packed(&format!("Id,Last_Name\n1,{}\n", "x".repeat(9_000)));
        let mut bytes = Vec::new();
        whole.seek(SeekFrom::Start(0)).unwrap();
        whole.read_to_end(&mut bytes).unwrap();
        bytes.truncate(bytes.len() - 20);
        let mut cut = tempfile::tempfile().unwrap();
        cut.write_all(&bytes).unwrap();
        assert_eq!(kind(cut), Err(CallErrorKind::Unknown), "cut off");
        let sorted = sort(packed("Id,Last_Name\n1,x\n")).unwrap();
        assert_eq!(
            sorted.rows(0, &projection()).unwrap_err().kind,
            CallErrorKind::Unknown,
            "no modified time"
        );
    }
}
