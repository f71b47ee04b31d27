//! Text on a terminal: widths of Japanese and Latin text, the window's size, keys without Enter.

/// How many columns a text takes. East Asian wide characters take two.
pub fn width(text: &str) -> usize {
    text.chars().map(width_of).sum()
}

fn width_of(c: char) -> usize {
    match u32::from(c) {
        0x0300..=0x036f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f
        | 0x2e80..=0x303e
        | 0x3041..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1faff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// The text followed by spaces up to `columns`; cut with an ellipsis when it is longer.
pub fn pad(text: &str, columns: usize) -> String {
    let taken = width(text);
    if taken <= columns {
        return format!("{text}{}", " ".repeat(columns - taken));
    }
    let mut cut = String::new();
    let mut used = 0;
    for c in text.chars() {
        if used + width_of(c) + 1 > columns {
            break;
        }
        used += width_of(c);
        cut.push(c);
    }
    cut.push('…');
    format!("{cut}{}", " ".repeat(columns.saturating_sub(used + 1)))
}

/// Columns and rows of the terminal that stdout is, if it is one.
#[cfg(unix)]
pub fn size() -> Option<(usize, usize)> {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    (size.ws_col > 0 && size.ws_row > 0).then_some((size.ws_col.into(), size.ws_row.into()))
}

/// Columns and rows of the terminal that stdout is, if it is one.
#[cfg(not(unix))]
pub fn size() -> Option<(usize, usize)> {
    use std::io::IsTerminal;
    std::io::stdout().is_terminal().then_some((100, 30))
}

/// While it lives, the terminal that stdin is behaves differently. Dropping it puts the terminal back.
pub struct Mode {
    #[cfg(unix)]
    before: Option<rustix::termios::Termios>,
}

impl Mode {
    /// Keys arrive one by one and are not shown.
    #[cfg(unix)]
    pub fn keys() -> Mode {
        Mode::without(rustix::termios::LocalModes::ICANON | rustix::termios::LocalModes::ECHO)
    }

    /// What is typed is not shown.
    #[cfg(unix)]
    pub fn hidden() -> Mode {
        Mode::without(rustix::termios::LocalModes::ECHO)
    }

    /// Signals stay on: Ctrl-C arrives as one.
    #[cfg(unix)]
    fn without(modes: rustix::termios::LocalModes) -> Mode {
        use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
        let before = tcgetattr(std::io::stdin()).ok();
        if let Some(mut changed) = before.clone() {
            changed.local_modes.remove(modes);
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &changed);
        }
        Mode { before }
    }

    /// Nothing is switched here: keys arrive with Enter.
    #[cfg(not(unix))]
    pub fn keys() -> Mode {
        Mode {}
    }

    /// Nothing is switched here.
    #[cfg(not(unix))]
    pub fn hidden() -> Mode {
        Mode {}
    }
}

#[cfg(unix)]
impl Drop for Mode {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        if let Some(before) = &self.before {
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, before);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(width("Ab"), 2);
        assert_eq!(width("佐藤 A"), 6);
        assert_eq!(width("ｱ"), 1);
    }

    #[test]
    fn a_text_is_cut_to_exactly_the_columns() {
        assert_eq!(pad("ab", 4), "ab  ");
        assert_eq!(pad("abcdef", 4), "abc…");
        assert_eq!(pad("佐藤遥香", 6), "佐藤… ");
        assert_eq!(width(&pad("佐藤遥香です", 7)), 7);
    }
}
