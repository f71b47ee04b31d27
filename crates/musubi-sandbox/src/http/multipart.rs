//! Reads a `multipart/form-data` body that is already in memory.

use bytes::Bytes;

/// One part.
#[derive(Debug, Clone)]
pub struct Part {
    /// The form field's name.
    pub name: String,
    /// The file name, when it is a file.
    pub file_name: Option<String>,
    /// The part's media type.
    pub content_type: Option<String>,
    /// What it holds.
    pub content: Bytes,
}

/// Why a body could not be read.
#[derive(Debug, thiserror::Error)]
#[error("the multipart body is malformed")]
pub struct Malformed;

/// Splits a body into its parts.
pub fn parse(content_type: &str, body: &Bytes) -> Result<Vec<Part>, Malformed> {
    let boundary = content_type
        .split(';')
        .find_map(|piece| piece.trim().strip_prefix("boundary="))
        .map(|text| text.trim_matches('"'))
        .ok_or(Malformed)?;
    let mark = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut at = find(body, mark.as_bytes(), 0).ok_or(Malformed)? + mark.len();
    while !body[at..].starts_with(b"--") {
        let head_end = find(body, b"\r\n\r\n", at).ok_or(Malformed)?;
        let next = find(body, format!("\r\n{mark}").as_bytes(), head_end + 2).ok_or(Malformed)?;
        let head = String::from_utf8_lossy(&body[at..head_end]);
        let content = body.slice((head_end + 4).min(next)..next);
        parts.push(part(&head, content).ok_or(Malformed)?);
        at = next + 2 + mark.len();
    }
    Ok(parts)
}

fn part(head: &str, content: Bytes) -> Option<Part> {
    let header = |name: &str| {
        head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    let disposition = header("content-disposition")?;
    let attribute = |name: &str| {
        pieces(&disposition).into_iter().find_map(|piece| {
            let (key, value) = piece.trim().split_once('=')?;
            (key == name).then(|| value.trim_matches('"').to_owned())
        })
    };
    Some(Part {
        name: attribute("name")?,
        file_name: attribute("filename"),
        content_type: header("content-type"),
        content,
    })
}

/// What stands between semicolons; one within quotes is part of a name.
fn pieces(header: &str) -> Vec<&str> {
    let mut quoted = false;
    let between = |letter: char| {
        quoted ^= letter == '"';
        letter == ';' && !quoted
    };
    header.split(between).collect()
}

fn find(body: &[u8], what: &[u8], from: usize) -> Option<usize> {
    let first = *what.first()?;
    let mut at = from;
    while at + what.len() <= body.len() {
        at += body[at..].iter().position(|b| *b == first)?;
        if body[at..].starts_with(what) {
            return Some(at);
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_fields_and_files() {
        let body = Bytes::from_static(
            b"--x\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\nrefresh_token\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a;b.txt\"\r\nContent-Type: text/plain\r\n\r\nline\r\n\r\nend\r\n--x--\r\n",
        );
        let parts = parse("multipart/form-data; boundary=x", &body).unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].name, "grant_type");
        assert_eq!(&parts[0].content[..], b"refresh_token");
        assert_eq!(parts[1].file_name.as_deref(), Some("a;b.txt"));
        assert_eq!(&parts[1].content[..], b"line\r\n\r\nend");
        assert!(parse("multipart/form-data; boundary=x", &Bytes::from_static(b"--x\r\nbroken")).is_err());
    }
}
