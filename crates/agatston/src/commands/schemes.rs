//! `agatston schemes`

use crate::{cli::ListCommand, exit::Exit, failure::Failure, output};
use agatston_engine::Scheme;

pub(crate) fn run(command: &ListCommand) -> Result<Exit, Failure> {
    let names = || Scheme::all().iter().map(Scheme::name).collect::<Vec<_>>().join(", ");
    match command {
        ListCommand::List => {
            let line = |s: &Scheme| format!("{:<28}{}\n", s.name(), entries(s));
            output::stdout(Scheme::all().iter().map(line).collect::<String>().as_bytes())
        }
        ListCommand::Show { name } => match Scheme::named(name) {
            Some(scheme) => output::stdout(scheme.to_string().as_bytes()),
            None => Err(Failure::Unknown { what: "label scheme", name: name.clone(), known: names() }),
        },
    }
}

/// The coronary entries on one line.
fn entries(scheme: &Scheme) -> String {
    let coronary = scheme.entries().iter().filter(|e| e.meaning.is_coronary());
    let words: Vec<String> = coronary.map(|e| format!("{} {}", e.name, e.id)).collect();
    let shown = words.iter().take(6).cloned().collect::<Vec<_>>().join(", ");
    if words.len() > 6 { format!("{shown} and {} more", words.len() - 6) } else { shown }
}
