//! `rungs completions`: what the shell needs to complete commands and options.

use super::{CliError, Global, Outcome};
use clap_complete::Shell;
use std::io::Write;
use std::path::Path;

/// Arguments of `rungs completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  rungs completions bash > ~/.local/share/bash-completion/completions/rungs
  rungs completions zsh > \"${fpath[1]}/_rungs\"
  rungs completions fish > ~/.config/fish/completions/rungs.fish")]
pub(super) struct Args {
    /// The shell
    shell: Shell,
}

pub(super) fn run(args: &Args, _global: &Global) -> Result<Outcome, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::grammar(), "rungs", &mut script);
    let mut out = super::io::stdout();
    let written = out.write_all(&script).and_then(|()| out.flush());
    written.map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))?;
    Ok(Outcome::Done)
}
