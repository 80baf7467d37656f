//! Boards: which are known, when each was last looked at, and how that ended.

use super::stored::timestamp;
use super::{Batch, Corpus, CorpusError};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use serde::Serialize;

/// What is known about a board's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum BoardState {
    /// It answers.
    Active,
    /// It answered that it does not exist, but not often enough to believe it.
    Suspect,
    /// It is gone: confirmed by several answers far enough apart.
    Gone,
}

impl BoardState {
    fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspect => "suspect",
            Self::Gone => "gone",
        }
    }

    fn from_name(name: &str) -> Self {
        match name {
            "suspect" => Self::Suspect,
            "gone" => Self::Gone,
            _ => Self::Active,
        }
    }
}

/// A board and its last look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BoardRow {
    /// Source kind, e.g. `lever`.
    pub source: String,
    /// The board's token.
    pub board: String,
    /// The employer's name as the board gives it.
    pub name: Option<String>,
    /// Alive or not.
    pub state: BoardState,
    /// Answers in a row that it does not exist.
    pub strikes: u32,
    /// When the last such answer counted.
    pub struck: Option<Timestamp>,
    /// When the look that is under way began; `None` between looks.
    pub cycle: Option<Timestamp>,
    /// Postings and listings met in the look under way.
    pub cycle_found: u64,
    /// How many the board said it has.
    pub cycle_total: Option<u64>,
    /// First thing that went wrong in the look under way.
    pub cycle_fault: Option<String>,
    /// New, changed and reopened postings in the look under way.
    pub cycle_changes: u64,
    /// The look was cut short on purpose (a filter, a budget, a cap).
    pub cycle_capped: bool,
    /// Rows of the list that could not be read in the look under way.
    pub cycle_rejected: u64,
    /// Postings whose own page could not be read in the look under way.
    pub cycle_unread: u64,
    /// When the last look ended.
    pub last_try: Option<Timestamp>,
    /// When the last complete look began.
    pub last_complete: Option<Timestamp>,
    /// How the last look ended, e.g. `complete`, `partial: page 3 failed`.
    pub outcome: Option<String>,
    /// When it is worth looking again.
    pub due: Timestamp,
    /// Seconds between looks, adapted to how often it changes.
    pub pause: u64,
}

/// What one answer adds to the look under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Postings and listings met.
    pub found: u64,
    /// How many the board says it has.
    pub total: Option<u64>,
    /// New, changed and reopened postings.
    pub changes: u64,
    /// The look is cut short on purpose.
    pub capped: bool,
    /// Rows of the list that could not be read.
    pub rejected: u64,
    /// Postings whose own page could not be read.
    pub unread: u64,
}

/// How a look at a board ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CycleEnd {
    /// The listing was proven complete.
    pub complete: bool,
    /// In words, e.g. `complete`.
    pub outcome: String,
    /// State of the board from now on.
    pub state: BoardState,
    /// Answers in a row that the board does not exist.
    pub strikes: u32,
    /// When the last of them counted.
    pub struck: Option<Timestamp>,
    /// When to look again.
    pub due: Timestamp,
    /// Seconds between looks from now on.
    pub pause: u64,
}

const COLUMNS: &str = "source, board, name, state, strikes, struck, cycle, cycle_found, cycle_total, \
    cycle_fault, cycle_changes, cycle_capped, last_try, last_complete, outcome, due, pause, cycle_rejected, \
    cycle_unread";

fn read(row: &Row<'_>) -> rusqlite::Result<BoardRow> {
    let time = |index| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(index)?.map(timestamp));
    Ok(BoardRow {
        source: row.get(0)?,
        board: row.get(1)?,
        name: row.get(2)?,
        state: BoardState::from_name(&row.get::<_, String>(3)?),
        strikes: row.get(4)?,
        struck: time(5)?,
        cycle: time(6)?,
        cycle_found: row.get(7)?,
        cycle_total: row.get(8)?,
        cycle_fault: row.get(9)?,
        cycle_changes: row.get(10)?,
        cycle_capped: row.get(11)?,
        last_try: time(12)?,
        last_complete: time(13)?,
        outcome: row.get(14)?,
        due: timestamp(row.get(15)?),
        pause: row.get(16)?,
        cycle_rejected: row.get(17)?,
        cycle_unread: row.get(18)?,
    })
}

impl Corpus {
    /// Every known board, by source and token.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn boards(&self) -> Result<Vec<BoardRow>, CorpusError> {
        let sql = format!("SELECT {COLUMNS} FROM boards ORDER BY source, board");
        let mut statement = self.db.prepare(&sql)?;
        let rows = statement.query_map([], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One board.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn board(&self, source: &str, board: &str) -> Result<Option<BoardRow>, CorpusError> {
        let sql = format!("SELECT {COLUMNS} FROM boards WHERE source = ?1 AND board = ?2");
        Ok(self.db.prepare_cached(&sql)?.query_row([source, board], read).optional()?)
    }
}

impl Batch<'_> {
    /// Makes a board known. Returns false when it already was; a given name replaces the old one.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn add_board(
        &mut self,
        source: &str,
        board: &str,
        name: Option<&str>,
        at: Timestamp,
    ) -> Result<bool, CorpusError> {
        let added = self
            .tx
            .prepare_cached(
                "INSERT OR IGNORE INTO boards (source, board, name, added) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![source, board, name, at.as_millisecond()])?;
        if added == 0 && name.is_some() {
            self.tx
                .prepare_cached(
                    "UPDATE boards SET name = ?3 WHERE source = ?1 AND board = ?2 AND name IS NOT ?3",
                )?
                .execute(params![source, board, name])?;
        }
        Ok(added == 1)
    }

    /// A board as this batch sees it.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn board(&self, source: &str, board: &str) -> Result<Option<BoardRow>, CorpusError> {
        let sql = format!("SELECT {COLUMNS} FROM boards WHERE source = ?1 AND board = ?2");
        Ok(self.tx.prepare_cached(&sql)?.query_row([source, board], read).optional()?)
    }

    /// Begins a look at a board; what is queued for it is dropped.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn begin_cycle(&mut self, source: &str, board: &str, at: Timestamp) -> Result<(), CorpusError> {
        self.clear_queue(source, board)?;
        self.tx
            .prepare_cached(
                "UPDATE boards SET cycle = ?3, cycle_found = 0, cycle_total = NULL, cycle_fault = NULL, \
                 cycle_changes = 0, cycle_capped = 0, cycle_rejected = 0, cycle_unread = 0 \
                 WHERE source = ?1 AND board = ?2",
            )?
            .execute(params![source, board, at.as_millisecond()])?;
        Ok(())
    }

    /// Adds to the tally of the look under way.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn note_progress(
        &mut self,
        (source, board): (&str, &str),
        add: &Progress,
    ) -> Result<(), CorpusError> {
        // A later page that says 0 (Workday does) must not lower what the first page said.
        self.tx
            .prepare_cached(
                "UPDATE boards SET cycle_found = cycle_found + ?3, \
                 cycle_total = nullif(max(coalesce(cycle_total, -1), coalesce(?4, -1)), -1), \
                 cycle_changes = cycle_changes + ?5, cycle_capped = max(cycle_capped, ?6), \
                 cycle_rejected = cycle_rejected + ?7, cycle_unread = cycle_unread + ?8 \
                 WHERE source = ?1 AND board = ?2",
            )?
            .execute(params![
                source,
                board,
                add.found,
                add.total,
                add.changes,
                add.capped,
                add.rejected,
                add.unread
            ])?;
        Ok(())
    }

    /// Notes what went wrong in the look under way; the first fault is the one kept.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn note_fault(&mut self, source: &str, board: &str, fault: &str) -> Result<(), CorpusError> {
        self.tx
            .prepare_cached(
                "UPDATE boards SET cycle_fault = coalesce(cycle_fault, ?3) \
                 WHERE source = ?1 AND board = ?2",
            )?
            .execute([source, board, fault])?;
        Ok(())
    }

    /// Ends the look at a board and clears its queue.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn end_cycle(
        &mut self,
        source: &str,
        board: &str,
        at: Timestamp,
        end: &CycleEnd,
    ) -> Result<(), CorpusError> {
        self.clear_queue(source, board)?;
        self.tx
            .prepare_cached(
                "UPDATE boards SET last_complete = iif(?3, cycle, last_complete), cycle = NULL, \
                 last_try = ?4, outcome = ?5, state = ?6, strikes = ?7, struck = ?8, due = ?9, pause = ?10 \
                 WHERE source = ?1 AND board = ?2",
            )?
            .execute(params![
                source,
                board,
                end.complete,
                at.as_millisecond(),
                end.outcome,
                end.state.name(),
                end.strikes,
                end.struck.map(Timestamp::as_millisecond),
                end.due.as_millisecond(),
                end.pause
            ])?;
        Ok(())
    }

    fn clear_queue(&mut self, source: &str, board: &str) -> Result<(), CorpusError> {
        self.tx
            .prepare_cached("DELETE FROM queue WHERE source = ?1 AND board = ?2")?
            .execute([source, board])?;
        Ok(())
    }
}
