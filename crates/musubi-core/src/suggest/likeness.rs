//! How much two names look alike, in any script.

use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

/// 0 to 100: 100 for names that differ in case, width and separators at most.
pub(super) fn likeness(a: &str, b: &str) -> u32 {
    let (words_a, words_b) = (words(a), words(b));
    let (whole_a, whole_b) = (words_a.concat(), words_b.concat());
    if whole_a.is_empty() || whole_b.is_empty() {
        return 0;
    }
    if whole_a == whole_b {
        return 100;
    }
    bigrams(&whole_a, &whole_b).max(within(&words_a, &words_b)).max(within(&words_b, &words_a)).min(99)
}

/// Lower-case words: cut at separators, and where a capital follows a small letter (`billingCity`).
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for letter in name.nfkc() {
        let cut = !letter.is_alphanumeric() && letter != 'ー';
        if cut || (small && letter.is_uppercase()) {
            words.push(String::new());
        }
        small = letter.is_lowercase();
        if !cut && let Some(word) = words.last_mut() {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The share of pairs of neighbouring letters that both have (Dice).
fn bigrams(a: &str, b: &str) -> u32 {
    let count = |text: &str| {
        let letters: Vec<char> = text.chars().collect();
        let mut counted: BTreeMap<[char; 2], usize> = BTreeMap::new();
        for pair in letters.windows(2) {
            *counted.entry([pair[0], pair[1]]).or_default() += 1;
        }
        counted
    };
    let (a, b) = (count(a), count(b));
    let all = a.values().sum::<usize>() + b.values().sum::<usize>();
    let shared: usize = a.iter().map(|(pair, n)| (*n).min(b.get(pair).copied().unwrap_or(0))).sum();
    u32::try_from(200 * shared / all.max(1)).unwrap_or(0)
}

/// One name is contained in the other, word by word; for a script without spaces, as a piece of it.
fn within(short: &[String], long: &[String]) -> u32 {
    let whole = long.concat();
    let piece = short.concat();
    let words = short.iter().all(|word| long.contains(word));
    let piece = !piece.is_ascii() && piece.chars().count() >= 2 && whole.contains(&piece);
    if words || piece { 75 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_seen_through_case_width_and_separators() {
        assert_eq!(likeness("Account_Name", "accountName"), 100);
        assert_eq!(likeness("Ｅメール", "eメール"), 100);
        assert_eq!(likeness("Email", "Email_Address"), 75);
        assert_eq!(likeness("メール", "メールアドレス"), 75);
        assert!(likeness("Mailing_Street", "Mailing_Streets") > 90);
        assert!(likeness("Phone", "Email") < 30);
        assert_eq!(likeness("", "Email"), 0);
    }

    #[test]
    fn words_are_cut_where_people_see_them_end() {
        assert_eq!(words("billingCity2"), ["billing", "city2"]);
        assert_eq!(words("Owner (所有者)"), ["owner", "所有者"]);
    }
}
