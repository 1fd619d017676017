//! Other people's decoders, kept at arm's length: a panic in one is damaged input, not a crash, and not a page of
//! text on the terminal.

use std::{
    cell::Cell,
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

use super::Fault;

thread_local! {
    static DECODING: Cell<bool> = const { Cell::new(false) };
}

/// Runs a decoder; a panic inside becomes [`Fault::Decode`] and prints nothing.
pub(crate) fn guarded<T>(decoder: &str, run: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    quietly(run)
        .unwrap_or_else(|| Err(Fault::Decode(format!("the {decoder} decoder failed on damaged data"))))
}

/// Runs what other people wrote over data that may be damaged; `None` after a panic inside, which prints nothing.
///
/// The process-wide panic hook is wrapped once; for every other panic it does what it did before.
pub fn quietly<T>(run: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !DECODING.get() {
                before(info);
            }
        }));
    });
    let outer = DECODING.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(run));
    DECODING.set(outer);
    result.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_fault() {
        let result: Result<(), Fault> = guarded("test", || panic!("inside"));
        assert!(matches!(result, Err(Fault::Decode(_))));
        assert!(!DECODING.get());
    }
}
