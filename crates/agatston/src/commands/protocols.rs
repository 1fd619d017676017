//! `agatston protocols`

use crate::{cli::ListCommand, exit::Exit, failure::Failure, output};
use agatston_engine::{ANATOMY_PARAMETERS_TOML, NamedProtocol};

/// Name under which the parameters of the anatomical pipeline are shown.
const ANATOMY: &str = "anatomy";

pub(crate) fn run(command: &ListCommand) -> Result<Exit, Failure> {
    match command {
        ListCommand::List => {
            let mut text = String::new();
            for name in NamedProtocol::names() {
                text += &format!("{name:<14}{}\n", NamedProtocol::load(name)?.about);
            }
            text += &format!(
                "{ANATOMY:<14}parameters of the anatomical pipeline, each with its source; no choice of --protocol\n"
            );
            output::stdout(text.as_bytes())
        }
        ListCommand::Show { name } if name == ANATOMY => output::stdout(ANATOMY_PARAMETERS_TOML.as_bytes()),
        ListCommand::Show { name } => match NamedProtocol::shipped_toml(name) {
            Some(toml) => output::stdout(toml.as_bytes()),
            None => Err(Failure::Unknown {
                what: "protocol",
                name: name.clone(),
                known: NamedProtocol::names().chain([ANATOMY]).collect::<Vec<_>>().join(", "),
            }),
        },
    }
}
