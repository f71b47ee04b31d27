//! mimalloc as Rust's allocator.

use libmimalloc_sys::{
    mi_free, mi_malloc, mi_malloc_aligned, mi_realloc, mi_realloc_aligned, mi_zalloc, mi_zalloc_aligned,
};
use std::alloc::{GlobalAlloc, Layout};

/// To this, every block is aligned without being asked, if it is as large: what C promises of `malloc`.
const USUAL: usize = 16;

/// Asks for an alignment only where there would be none by itself. mimalloc 3 takes a larger block, by a slower way, for whatever is asked for by its alignment
/// and is not as large as a power of two; the published bindings ask so for everything.
pub(crate) struct Allocator;

/// Whether a block of this size is aligned like this by itself.
fn is_usual(size: usize, align: usize) -> bool {
    align <= USUAL && align <= size
}

#[expect(unsafe_code, reason = "an allocator is calls into C")]
// SAFETY: mimalloc keeps the contract of `malloc`, `calloc`, `realloc` and `free`, and its blocks are aligned to `USUAL` or to what is asked for. Whichever way a
// block came, it is freed the same way.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let block = if is_usual(layout.size(), layout.align()) {
            // SAFETY: any size may be asked for.
            unsafe { mi_malloc(layout.size()) }
        } else {
            // SAFETY: a layout's alignment is a power of two.
            unsafe { mi_malloc_aligned(layout.size(), layout.align()) }
        };
        block.cast()
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let block = if is_usual(layout.size(), layout.align()) {
            // SAFETY: any size may be asked for.
            unsafe { mi_zalloc(layout.size()) }
        } else {
            // SAFETY: a layout's alignment is a power of two.
            unsafe { mi_zalloc_aligned(layout.size(), layout.align()) }
        };
        block.cast()
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
        // SAFETY: the caller has it from here.
        unsafe { mi_free(block.cast()) }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let block = if is_usual(size, layout.align()) {
            // SAFETY: the caller has it from here, and a new place is aligned by itself.
            unsafe { mi_realloc(block.cast(), size) }
        } else {
            // SAFETY: the caller has it from here; a layout's alignment is a power of two.
            unsafe { mi_realloc_aligned(block.cast(), size, layout.align()) }
        };
        block.cast()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_is_aligned_and_keeps_what_is_in_it() {
        for align in [1, 2, 4, 8, 16, 32, 64, 4096] {
            for size in (1..200).chain([640, 1_000, 1_025, 4_095, 70_000]) {
                let layout = Layout::from_size_align(size, align).unwrap();
                let larger = Layout::from_size_align(size + 37, align).unwrap();
                #[expect(unsafe_code, reason = "the allocator itself is asked")]
                // SAFETY: each block is used within its size, and freed once.
                unsafe {
                    let block = Allocator.alloc_zeroed(layout);
                    assert_eq!(block.addr() % align, 0, "{size} {align}");
                    assert_eq!((*block, *block.add(size - 1)), (0, 0));
                    *block.add(size - 1) = 7;
                    let block = Allocator.realloc(block, layout, larger.size());
                    assert_eq!(block.addr() % align, 0, "{size} {align}");
                    assert_eq!(*block.add(size - 1), 7);
                    let other = Allocator.alloc(layout);
                    assert_eq!(other.addr() % align, 0, "{size} {align}");
                    Allocator.dealloc(block, larger);
                    Allocator.dealloc(other, layout);
                }
            }
        }
    }
}
