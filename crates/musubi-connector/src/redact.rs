//! Takes what could be personal or secret out of a service's sentence before anybody sees it (I18).

/// Longest sentence kept, in characters.
const LONGEST: usize = 300;

/// The sentence with e-mail addresses, tokens and telephone-like numbers replaced, shortened to a bearable length.
///
/// Services speak in fixed sentences; now and then one quotes what it was sent. Record ids are left standing: they are no personal data and
/// help to find the record.
pub fn sentence(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LONGEST));
    for (index, word) in text.split_inclusive(char::is_whitespace).enumerate() {
        if index > 0 && out.chars().count() >= LONGEST {
            out.push('…');
            break;
        }
        let bare = word.trim_end();
        match replacement(bare) {
            Some(mark) => {
                out.push_str(mark);
                out.push_str(&word[bare.len()..]);
            }
            None => out.push_str(word),
        }
    }
    match out.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &out[..at]),
        None => out,
    }
}

fn replacement(word: &str) -> Option<&'static str> {
    if word.find('@').is_some_and(|at| at > 0 && at + 1 < word.len()) {
        return Some("[address]");
    }
    // Zoho's tokens: 1000.<32 hex>.<32 hex>.
    if word.contains("1000.") && word.len() >= 40 {
        return Some("[token]");
    }
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let phone_like = word.chars().all(|c| c.is_ascii_digit() || "+-()./,".contains(c));
    // Ids have 16 to 19 digits and nothing else.
    let id_like = digits >= 16 && word.trim_end_matches(['.', ',']).bytes().all(|b| b.is_ascii_digit());
    (phone_like && digits >= 9 && !id_like).then_some("[number]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_data_is_taken_out() {
        assert_eq!(
            sentence("duplicate data: ann@example.com is taken"),
            "duplicate data: [address] is taken"
        );
        assert_eq!(sentence("bad phone +81-3-1234-5678"), "bad phone [number]");
        assert_eq!(
            sentence("token 1000.0123456789abcdef0123456789abcdef.0123456789abcdef0123456789abcdef expired"),
            "token [token] expired"
        );
    }

    #[test]
    fn what_helps_stays() {
        for text in [
            "the id given seems to be invalid",
            "record 7328395000000680055 is locked",
            "limit of 2000 reached at 2026-11-22",
            "必須項目がありません",
        ] {
            assert_eq!(sentence(text), text);
        }
    }

    #[test]
    fn long_text_is_shortened() {
        assert!(sentence(&"word ".repeat(1000)).chars().count() <= LONGEST + 6);
        assert!(sentence(&"w".repeat(100_000)).chars().count() <= LONGEST + 1);
    }
}
