//! `rungs config`, and the settings it explains.
//!
//! A setting is what an option says, else its environment variable, else the file, else a default.
//! The file is `RUNGS_CONFIG`, else `rungs/config.toml` where the platform keeps configuration.

use super::{CliError, Color, Global, Home, Outcome};
use crate::query::gap::AHEAD;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What the file may say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Settings {
    /// Folder that holds corpus, indexes and profile.
    pub(super) home: Option<PathBuf>,
    /// Contact in the user agent.
    pub(super) contact: Option<String>,
    /// Levels ahead.
    pub(super) ahead: Option<u8>,
    /// When to use colour.
    pub(super) color: Option<String>,
}

impl Settings {
    /// Reads the file; nothing is set where there is none.
    pub(super) fn load() -> Result<Self, CliError> {
        let Some(path) = file() else { return Ok(Self::default()) };
        match fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text)
                .map_err(|problem| CliError::Input(format!("{}: {problem}", path.display()))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(CliError::file("cannot read", &path, error)),
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        let settings: Self = toml::from_str(text).map_err(|e| e.to_string())?;
        if let Some(ahead) = settings.ahead.filter(|ahead| *ahead > 7) {
            return Err(format!("ahead is {ahead}; it goes from 0 to 7"));
        }
        if let Some(color) = settings.color.as_deref().filter(|c| Color::from_str(c, true).is_err()) {
            return Err(format!("color is `{color}`; write auto, always or never"));
        }
        Ok(settings)
    }
}

/// Where the file is, whether it exists or not.
fn file() -> Option<PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    set("RUNGS_CONFIG").or_else(|| {
        let folder = if cfg!(windows) {
            set("APPDATA")
        } else if cfg!(target_os = "macos") {
            set("HOME").map(|home| home.join("Library/Application Support"))
        } else {
            set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|home| home.join(".config")))
        };
        folder.map(|folder| folder.join("rungs/config.toml"))
    })
}

/// Arguments of `rungs config`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  rungs config           every setting: what it is now, where that comes from, what it does
  rungs config --init    write a commented file, unless there is one")]
pub(super) struct Args {
    /// Write a file with every setting commented out, unless there is one
    #[arg(long)]
    init: bool,
}

/// The file that `--init` writes.
const TEMPLATE: &str = "\
# Settings of rungs. An option or environment variable wins over this file.

# Folder that holds corpus, indexes and profile, where no rungs.toml is in this folder or above.
# home = \"/path/to/folder\"

# A page or address in the user agent of `rungs fetch`, so that whoever runs a board can reach you.
# contact = \"https://example.org/me\"

# How many levels above your own to look (0 to 7).
# ahead = 2

# Colour at the terminal: auto, always or never. NO_COLOR is heard, too.
# color = \"auto\"
";

/// One setting, explained.
#[derive(Debug, Serialize)]
struct Setting {
    name: &'static str,
    value: String,
    from: &'static str,
    environment: &'static str,
    option: &'static str,
    explains: &'static str,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let path = file().ok_or_else(|| {
        CliError::Input("cannot tell where configuration is kept: HOME is not set; set RUNGS_CONFIG".into())
    })?;
    let text = if args.init {
        init(&path)?
    } else {
        let list = explain(&Settings::load()?, global)?;
        if global.json {
            let json = serde_json::json!({ "file": path, "exists": path.is_file(), "settings": list });
            format!("{json}\n")
        } else {
            show(&path, &list)
        }
    };
    let mut out = super::io::stdout();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))?;
    Ok(Outcome::Done)
}

fn init(path: &Path) -> Result<String, CliError> {
    if path.exists() {
        return Ok(format!("{} is there already and was left alone\n", path.display()));
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|e| CliError::file("cannot make", folder, e))?;
    }
    fs::write(path, TEMPLATE).map_err(|e| CliError::file("cannot write", path, e))?;
    Ok(format!("written: {}\n", path.display()))
}

fn explain(settings: &Settings, global: &Global) -> Result<Vec<Setting>, CliError> {
    let home = Home::find(global)?;
    let from = |variable: &str, in_file: bool| match (env::var_os(variable), in_file) {
        (Some(value), _) if !value.is_empty() => "environment",
        (_, true) => "file",
        _ => "default",
    };
    let value = |variable: &str, in_file: Option<String>, default: &str| {
        let set = env::var(variable).ok().filter(|v| !v.is_empty());
        set.or(in_file).unwrap_or_else(|| default.to_owned())
    };
    let ahead = settings.ahead.map(|n| n.to_string());
    Ok(vec![
        Setting {
            name: "home",
            value: home.root().display().to_string(),
            from: home.found_by,
            environment: "RUNGS_HOME",
            option: "--home",
            explains: "folder that holds corpus, indexes and profile",
        },
        Setting {
            name: "contact",
            value: value("RUNGS_CONTACT", settings.contact.clone(), "none"),
            from: from("RUNGS_CONTACT", settings.contact.is_some()),
            environment: "RUNGS_CONTACT",
            option: "fetch --contact",
            explains: "shown in the user agent of fetch, so that whoever runs a board can reach you",
        },
        Setting {
            name: "ahead",
            from: from("RUNGS_AHEAD", ahead.is_some()),
            value: value("RUNGS_AHEAD", ahead, &AHEAD.to_string()),
            environment: "RUNGS_AHEAD",
            option: "--ahead",
            explains: "how many levels above your own to look",
        },
        Setting {
            name: "color",
            value: value("RUNGS_COLOR", settings.color.clone(), "auto"),
            from: from("RUNGS_COLOR", settings.color.is_some()),
            environment: "RUNGS_COLOR",
            option: "--color",
            explains: "auto (at a terminal, unless NO_COLOR is set), always or never",
        },
    ])
}

fn show(path: &Path, list: &[Setting]) -> String {
    let there = if path.is_file() { "" } else { " (not there; rungs config --init writes it)" };
    let mut text = format!("file: {}{there}\n", path.display());
    for setting in list {
        text.push_str(&format!(
            "\n{} = {}\n    from: {}\n    {}\n    option {}, environment variable {}\n",
            setting.name, setting.value, setting.from, setting.explains, setting.option, setting.environment
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_or_refused_with_a_reason() {
        for (text, expected) in [
            ("", Ok(None)),
            ("ahead = 3", Ok(Some(3))),
            (TEMPLATE, Ok(None)),
            ("ahead = 9", Err("from 0 to 7")),
            ("colour = 1", Err("unknown field `colour`")),
            ("color = \"blue\"", Err("auto, always or never")),
        ] {
            match (Settings::parse(text), expected) {
                (Ok(settings), Ok(ahead)) => assert_eq!(settings.ahead, ahead, "{text}"),
                (Err(problem), Err(part)) => assert!(problem.contains(part), "{problem}"),
                (found, _) => panic!("{text}: {found:?}"),
            }
        }
    }

    #[test]
    fn every_setting_is_in_the_template() {
        let plain: String = TEMPLATE
            .lines()
            .map(|l| l.strip_prefix("# ").filter(|l| l.contains(" = ")).unwrap_or(""))
            .fold(String::new(), |text, line| text + line + "\n");
        let settings = Settings::parse(&plain).unwrap();
        assert!(settings.home.is_some() && settings.contact.is_some());
        assert_eq!((settings.ahead, settings.color.as_deref()), (Some(AHEAD), Some("auto")));
    }
}
