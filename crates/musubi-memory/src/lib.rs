//! The allocator of our programs. Whoever calls [`set_up`] has it.

/// Much of the work is many small allocations on several threads; this one handles them about a third faster than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `mi_option_purge_delay` of mimalloc 3: the bindings do not name it.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;
/// Milliseconds for which memory that nobody uses is kept. The allocator's own second would let a load hold a third more than it needs; a tenth costs nothing.
const KEPT_FOR: i64 = 100;

/// Sets the allocator up; to be called first of all.
pub fn set_up() {
    // The allocator spreads what it holds over large regions; in huge pages, half of the memory held would be air.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    #[expect(unsafe_code, reason = "a call into C; it sets one number")]
    // SAFETY: any value is allowed for this option, and it may be set at any time.
    unsafe {
        libmimalloc_sys::mi_option_set(PURGE_DELAY, KEPT_FOR);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
