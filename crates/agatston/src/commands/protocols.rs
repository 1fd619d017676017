//! `agatston protocols`

use crate::{cli::ListCommand, exit::Exit, failure::Failure, output};
use agatston_engine::NamedProtocol;

pub(crate) fn run(command: &ListCommand) -> Result<Exit, Failure> {
    match command {
        ListCommand::List => {
            let mut text = String::new();
            for name in NamedProtocol::names() {
                text += &format!("{name:<14}{}\n", NamedProtocol::load(name)?.about);
            }
            output::stdout(text.as_bytes())
        }
        ListCommand::Show { name } => match NamedProtocol::shipped_toml(name) {
            Some(toml) => output::stdout(toml.as_bytes()),
            None => Err(Failure::Unknown {
                what: "protocol",
                name: name.clone(),
                known: NamedProtocol::names().collect::<Vec<_>>().join(", "),
            }),
        },
    }
}
