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

/// Lets go of the program's own code in memory; what is used comes back from the system's cache of the file, page by page. Two thirds of what a start
/// leaves there is not used again: the system may have it. To be called now and then by whoever serves for days.
pub fn forget_code() {
    #[cfg(target_os = "linux")]
    for code in std::fs::read_to_string("/proc/self/maps").iter().flat_map(|maps| own_code(maps)) {
        let at = std::ptr::with_exposed_provenance_mut(code.start);
        #[expect(unsafe_code, reason = "advice about memory, by its address")]
        // SAFETY: a mapping of a file that was never written to; it reads as before.
        unsafe {
            // Advice: it may be declined.
            let _ = rustix::mm::madvise(at, code.len(), rustix::mm::Advice::LinuxDontNeed);
        }
    }
}

/// Where the program's code stands, by the list of the process's mappings: executable, private, not writable, from a file.
#[cfg(target_os = "linux")]
fn own_code(maps: &str) -> Vec<std::ops::Range<usize>> {
    let code = |line: &str| {
        let mut parts = line.split_whitespace();
        let (range, rights, file) = (parts.next()?, parts.next()?, parts.nth(3)?);
        let (start, end) = range.split_once('-')?;
        let address = |text| usize::from_str_radix(text, 16).ok();
        (rights == "r-xp" && file.starts_with('/')).then_some(address(start)?..address(end)?)
    };
    maps.lines().filter_map(code).collect()
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
        let maps = "5577-6600 r--p 00000000 fe:00 7 /bin/musubi\n6600-77ff r-xp 00001000 fe:00 7 /bin/musubi\n\
            7fff0000-7fff1000 r-xp 00000000 00:00 0 [vdso]\n8000-9000 rw-p 00000000 00:00 0\n";
        let code = own_code(maps);
        assert_eq!((code.len(), code[0].start, code[0].end), (1, 0x6600, 0x77ff));
        let before = held("RssFile:");
        forget_code();
        give_back();
        assert!(held("RssFile:") < before, "{before} kB and no less after");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_was_freed_is_given_back() {
        // Freed at once, and then nobody asks for anything or frees any more.
        drop(std::hint::black_box(vec![[7_u8; 4_000]; 10_000]));
        let blocks: Vec<_> = (0..40_000_u32).map(|at| vec![at; 250]).collect();
        drop(std::hint::black_box(blocks));
        let before = held("RssAnon:");
        give_back();
        let after = held("RssAnon:");
        assert!(after + 20_000 < before, "{before} kB and {after} after");
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
