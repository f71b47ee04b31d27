//! ZIP files with one CSV in them.

use std::io::{Cursor, Read as _, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Why a file is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// Not a ZIP file.
    #[error("not a ZIP file")]
    NotZip,
    /// Not exactly one CSV in it.
    #[error("the ZIP file must hold one CSV file")]
    NotOneCsv,
    /// Larger than allowed once unpacked.
    #[error("the file is too large")]
    TooLarge,
}

/// Unpacked files beyond this are refused, so that a small upload cannot fill the memory.
const MAX_UNPACKED: u64 = 512 * 1024 * 1024;

/// Packs one file.
pub fn pack(name: &str, content: &[u8]) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::with_capacity(content.len() / 4)));
    // Speed over size: the file crosses the loopback.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(1));
    writer.start_file(name, options)?;
    writer.write_all(content)?;
    Ok(writer.finish()?.into_inner())
}

/// The name and content of the only CSV in a ZIP file.
pub fn unpack(zip: &[u8]) -> Result<(String, Vec<u8>), ArchiveError> {
    let mut archive = ZipArchive::new(Cursor::new(zip)).map_err(|_| ArchiveError::NotZip)?;
    if archive.len() != 1 {
        return Err(ArchiveError::NotOneCsv);
    }
    let mut file = archive.by_index(0).map_err(|_| ArchiveError::NotZip)?;
    let name = file.name().to_owned();
    if !name.to_ascii_lowercase().ends_with(".csv") {
        return Err(ArchiveError::NotOneCsv);
    }
    let mut content = Vec::new();
    file.by_ref().take(MAX_UNPACKED + 1).read_to_end(&mut content).map_err(|_| ArchiveError::NotZip)?;
    if content.len() as u64 > MAX_UNPACKED {
        return Err(ArchiveError::TooLarge);
    }
    Ok((name, content))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_unpacks() {
        let zip = pack("a.csv", b"id\n1\n").unwrap();
        assert_eq!(unpack(&zip), Ok(("a.csv".into(), b"id\n1\n".to_vec())));
    }

    #[test]
    fn other_files_are_refused() {
        assert_eq!(unpack(b"id\n1\n"), Err(ArchiveError::NotZip));
        assert_eq!(unpack(&pack("a.txt", b"x").unwrap()), Err(ArchiveError::NotOneCsv));
    }
}
