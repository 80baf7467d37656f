//! `rungs man`: manual pages, one for every command.

use super::{CliError, Global, Outcome, ui};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Arguments of `rungs man`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  rungs man | man -l -
  rungs man --dir ~/.local/share/man/man1")]
pub(super) struct Args {
    /// Write a page for every command into this folder, instead of the main page to stdout
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    match &args.dir {
        Some(dir) => {
            std::fs::create_dir_all(dir).map_err(|e| CliError::file("cannot make", dir, e))?;
            clap_mangen::generate_to(super::grammar(), dir)
                .map_err(|e| CliError::file("cannot write", dir, e))?;
            if global.json {
                super::output::json(&serde_json::json!({"written": dir}))?;
            }
            ui::say(format_args!("written: {}", dir.display()));
        }
        None => {
            let mut out = super::io::stdout();
            let written = clap_mangen::Man::new(super::grammar()).render(&mut out);
            written
                .and_then(|()| out.flush())
                .map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))?;
        }
    }
    Ok(Outcome::Done)
}
