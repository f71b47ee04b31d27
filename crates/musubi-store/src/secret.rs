//! Encryption at rest. Each secret is bound to its row: moved to another row, it cannot be read.

use crate::error::{Kind, Result, StoreError};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};
use rand::TryRngCore;

const NONCE: usize = 24;

/// The key all secrets of one database are encrypted with.
pub struct Keyring {
    cipher: XChaCha20Poly1305,
}

impl Keyring {
    /// From the key's 32 bytes.
    pub fn new(key: &[u8; 32]) -> Keyring {
        Keyring { cipher: XChaCha20Poly1305::new(Key::from_slice(key)) }
    }

    /// Encrypts for the row named `row`, such as `connection:7`.
    pub(crate) fn seal(&self, row: &str, secret: &[u8]) -> Result<Vec<u8>> {
        let nonce: [u8; NONCE] = random()?;
        let payload = Payload { msg: secret, aad: row.as_bytes() };
        let sealed = self
            .cipher
            .encrypt(XNonce::from_slice(&nonce), payload)
            .map_err(|_| StoreError::other("a secret could not be encrypted"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts what was sealed for this row with this key.
    pub(crate) fn open(&self, row: &str, sealed: &[u8]) -> Result<Vec<u8>> {
        let wrong = || StoreError::new(Kind::WrongKey, "a secret cannot be read with the key given");
        let (nonce, sealed) = sealed.split_at_checked(NONCE).ok_or_else(wrong)?;
        let payload = Payload { msg: sealed, aad: row.as_bytes() };
        self.cipher.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| wrong())
    }
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keyring")
    }
}

/// Bytes nobody can guess.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    let failed = |_| StoreError::other("the system gives no random numbers");
    rand::rngs::OsRng.try_fill_bytes(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_and_row_read_a_secret() {
        let keyring = Keyring::new(&[1; 32]);
        let sealed = keyring.seal("connection:1", b"refresh").unwrap();
        assert_eq!(keyring.open("connection:1", &sealed).unwrap(), b"refresh");
        assert_eq!(keyring.open("connection:2", &sealed).unwrap_err().kind, Kind::WrongKey);
        assert_eq!(Keyring::new(&[2; 32]).open("connection:1", &sealed).unwrap_err().kind, Kind::WrongKey);
        assert_eq!(keyring.open("connection:1", &sealed[..9]).unwrap_err().kind, Kind::WrongKey);
        assert_ne!(keyring.seal("connection:1", b"refresh").unwrap(), sealed);
    }
}
