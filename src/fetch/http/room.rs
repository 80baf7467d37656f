//! Memory for bodies: one room for all that are under way, so that hundreds at once cost little
//! more than one.

use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Memory that a body takes at a time, in bytes: what one piece of it unpacks to at most.
pub(super) const STEP: usize = 64 << 10;

/// Steps in the room: 8 MiB for all bodies together.
const STEPS: usize = 128;

/// Steps that one body may have, so that a few slow ones cannot fill the room: 2 MiB.
const OWN: usize = STEPS / 4;

/// Memory for bodies.
///
/// A body grows by steps while there are any. One that needs more than its own, or that finds the
/// room full, waits in its socket until others are done with, or until it is the one that may grow
/// beyond. There is always one that may, so that bodies never wait for each other.
#[derive(Clone, Debug)]
pub(super) struct Room {
    steps: Arc<Semaphore>,
    beyond: Arc<Semaphore>,
}

/// What a body has of the room; given back when it is dropped.
#[derive(Debug, Default)]
pub struct Share {
    steps: Option<OwnedSemaphorePermit>,
    beyond: Option<OwnedSemaphorePermit>,
    /// How long it waited for room, in all.
    pub(super) waited: Duration,
}

impl Share {
    /// Whether a body of so many bytes fits.
    fn covers(&self, bytes: usize) -> bool {
        self.beyond.is_some() || bytes <= self.steps() * STEP
    }

    fn steps(&self) -> usize {
        self.steps.as_ref().map_or(0, OwnedSemaphorePermit::num_permits)
    }
}

impl Room {
    pub(super) fn new() -> Self {
        Self { steps: Arc::new(Semaphore::new(STEPS)), beyond: Arc::new(Semaphore::new(1)) }
    }

    /// Makes `share` cover so many bytes, however long that takes.
    pub(super) async fn cover(&self, share: &mut Share, bytes: usize) {
        if share.covers(bytes) {
            return;
        }
        let since = Instant::now();
        while !share.covers(bytes) {
            tokio::select! {
                biased;
                Ok(step) = Arc::clone(&self.steps).acquire_owned(), if share.steps() < OWN => match &mut share.steps {
                    Some(steps) => steps.merge(step),
                    None => share.steps = Some(step),
                },
                Ok(beyond) = Arc::clone(&self.beyond).acquire_owned() => share.beyond = Some(beyond),
                // The room is never closed.
                else => break,
            }
        }
        share.waited += since.elapsed();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_body_grows_beyond_a_full_room_and_the_others_wait_for_it() {
        let room = Room::new();
        let mut shares: Vec<Share> = (0..STEPS / OWN).map(|_| Share::default()).collect();
        for share in &mut shares {
            room.cover(share, OWN * STEP).await;
            assert!(share.beyond.is_none() && !share.covers(OWN * STEP + 1));
        }
        let mut large = shares.pop().unwrap();
        room.cover(&mut large, usize::MAX).await;
        let (mut small, soon) = (Share::default(), Duration::from_millis(20));
        assert!(tokio::time::timeout(soon, room.cover(&mut small, 1)).await.is_err(), "nothing is left");
        drop(shares);
        room.cover(&mut small, 1).await;
        assert!(small.beyond.is_none() && small.waited < soon, "there are steps again");
        let waits = tokio::time::timeout(soon, room.cover(&mut small, usize::MAX)).await;
        assert!(waits.is_err() && small.steps() == OWN, "one at a time is beyond");
        drop(large);
        room.cover(&mut small, usize::MAX).await;
    }
}
