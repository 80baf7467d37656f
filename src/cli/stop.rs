//! Ctrl-C: the first asks the command to finish what is in flight, the second ends it at once.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// Exit code of an interrupted program, as shells expect it.
const INTERRUPTED: i32 = 130;

static STOP: AtomicBool = AtomicBool::new(false);
static LISTENING: OnceLock<()> = OnceLock::new();

/// A flag that the first Ctrl-C (or SIGTERM) sets.
pub(super) fn on_interrupt() -> &'static AtomicBool {
    LISTENING.get_or_init(|| {
        thread::spawn(listen);
    });
    &STOP
}

/// Without a runtime for signals the default action of the system stays, which is fine.
fn listen() {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    runtime.block_on(async {
        interrupt().await;
        STOP.store(true, Ordering::Relaxed);
        super::ui::say("finishing what is in flight; press Ctrl-C again to stop at once");
        interrupt().await;
        leave();
    });
}

#[cfg(unix)]
async fn interrupt() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn interrupt() {
    let _ = tokio::signal::ctrl_c().await;
}

#[allow(clippy::exit)]
fn leave() {
    std::process::exit(INTERRUPTED);
}
