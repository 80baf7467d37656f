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

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::grammar(), "rungs", &mut script);
    if global.json {
        let (shell, script) = (args.shell.to_string(), String::from_utf8_lossy(&script));
        super::output::json(&serde_json::json!({"shell": shell, "script": script}))?;
        return Ok(Outcome::Done);
    }
    let mut out = super::io::stdout();
    let written = out.write_all(&script).and_then(|()| out.flush());
    written.map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))?;
    Ok(Outcome::Done)
}
