//! The allocator of our programs. Whoever calls [`set_up`] has it.

mod allocator;

/// Much of the work is many small allocations on several threads; this one handles them about a third faster than the system's.
#[global_allocator]
static ALLOCATOR: allocator::Allocator = allocator::Allocator;

/// `mi_option_purge_delay` of mimalloc 3: the bindings do not name it.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;
/// Milliseconds for which memory that nobody uses is kept. The allocator's own second would let a load hold more than it needs. With a tenth of one, most
/// pages of a load are given back and taken anew twice over, which costs where the system is slow to give them.
const KEPT_FOR: i64 = 500;

/// Sets the allocator up; to be called first of all.
pub fn set_up() {
    #[expect(unsafe_code, reason = "a call into C; it sets one number")]
    // SAFETY: any value is allowed for this option, and it may be set at any time.
    unsafe {
        libmimalloc_sys::mi_option_set(PURGE_DELAY, KEPT_FOR);
    }
}

/// Gives memory that nobody uses back to the system. Both allocators keep it until they are told: the system's, which SQLite uses, the pages of a large cache
/// that was let go of; ours, what it was to give back later, for it looks at the time only when somebody frees more, and at rest nobody does. Costs microseconds,
/// and a few milliseconds after a load; to be called now and then by whoever serves for days.
pub fn give_back() {
    #[expect(unsafe_code, reason = "calls into C without arguments that matter")]
    // SAFETY: both may be called at any time by any thread.
    unsafe {
        libmimalloc_sys::mi_collect(true);
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        libc::malloc_trim(0);
    }
}

/// Lets go of the program's own code and constants in memory; what is used comes back from the system's cache of the file, page by page. Two thirds of what a
/// start leaves there is not used again: the system may have it. To be called now and then by whoever serves for days.
pub fn forget_code() {
    #[cfg(target_os = "linux")]
    for part in std::fs::read_to_string("/proc/self/smaps").iter().flat_map(|maps| unwritten(maps)) {
        let at = std::ptr::with_exposed_provenance_mut(part.start);
        #[expect(unsafe_code, reason = "advice about memory, by its address")]
        // SAFETY: a mapping of a file that cannot be written to and never was; it reads as before.
        unsafe {
            // Advice: it may be declined.
            let _ = rustix::mm::madvise(at, part.len(), rustix::mm::Advice::LinuxDontNeed);
        }
    }
}

/// Where files stand in memory as they are on disk, by the list of the process's mappings: private, not writable, and no page of the process's own among them,
/// as there are where addresses were put in before the mapping was closed to writing.
#[cfg(target_os = "linux")]
fn unwritten(maps: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut mapping = None;
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        match words.next() {
            Some("Anonymous:") => mapping = mapping.filter(|_| words.next() == Some("0")),
            // A page of its own may be swapped out.
            Some("Swap:") => found.extend(mapping.take().filter(|_| words.next() == Some("0"))),
            Some(range) if !range.ends_with(':') => mapping = file_to_read(range, words),
            _ => {}
        }
    }
    found
}

/// A mapping's range, if it is of a file and only to be read; by the first line about it.
#[cfg(target_os = "linux")]
fn file_to_read<'a>(range: &str, mut words: impl Iterator<Item = &'a str>) -> Option<std::ops::Range<usize>> {
    let (rights, file) = (words.next()?, words.nth(3)?);
    let (start, end) = range.split_once('-')?;
    let address = |text| usize::from_str_radix(text, 16).ok();
    (["r-xp", "r--p"].contains(&rights) && file.starts_with('/')).then_some(address(start)?..address(end)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What this process holds of a kind, in kilobytes.
    #[cfg(target_os = "linux")]
    fn held(kind: &str) -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(kind));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn code_is_found_and_goes_on_after_it_was_let_go_of() {
        let mapping = |what: &str, own: u32, swapped: u32| {
            format!("{what}\nSize: 4 kB\nAnonymous: {own} kB\nSwap: {swapped} kB\nVmFlags: rd mr\n")
        };
        let maps = [
            mapping("5577-6600 r--p 00000000 fe:00 7 /bin/musubi", 0, 0),
            mapping("6600-77ff r-xp 00001000 fe:00 7 /bin/musubi", 0, 0),
            mapping("77ff-7900 r--p 00002000 fe:00 7 /bin/musubi", 4, 0),
            mapping("7900-7a00 r--p 00002000 fe:00 7 /bin/musubi", 0, 4),
            mapping("7fff0000-7fff1000 r-xp 00000000 00:00 0 [vdso]", 0, 0),
            mapping("8000-9000 rw-p 00000000 00:00 0", 0, 0),
            mapping("9000-a000 rw-p 00000000 fe:00 7 /bin/musubi", 0, 0),
        ];
        assert_eq!(unwritten(&maps.concat()), [0x5577..0x6600, 0x6600..0x77ff]);
        let before = held("RssFile:");
        forget_code();
        give_back();
        assert!(held("RssFile:") < before, "{before} kB and no less after");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_was_freed_is_given_back() {
        let given_back = || {
            // Freed at once, and then nobody asks for anything or frees any more.
            let blocks: Vec<_> = (0..40_000_u32).map(|at| vec![at; 250]).collect();
            drop(std::hint::black_box(blocks));
            let before = held("RssAnon:");
            give_back();
            before.saturating_sub(held("RssAnon:"))
        };
        // On a machine that stalls, the allocator's own time may come in between.
        let most = (0..10).map(|_| given_back()).max();
        assert!(most > Some(20_000), "{most:?} kB");
    }

    #[test]
    fn the_number_is_that_of_the_option() {
        #[expect(unsafe_code, reason = "a call into C; it reads one number")]
        // SAFETY: reading an option has no conditions.
        let kept = |option| unsafe { libmimalloc_sys::mi_option_get(option) };
        assert_eq!(kept(PURGE_DELAY), 1_000, "mimalloc 3 keeps memory for a second by itself");
        set_up();
        assert_eq!(kept(PURGE_DELAY), KEPT_FOR);
    }
}
