//! `agatston`: coronary calcium scores from CT, exact and explained.

mod batch;
mod chest_matrix;
mod cli;
mod commands;
mod config;
mod exit;
mod failure;
mod fault_matrix;
mod list;
mod output;
mod pair_matrix;
mod phantom_check;
mod progress;
mod result_file;

use clap::{CommandFactory, Parser};
use cli::{Cli, Command};
use exit::Exit;
use failure::Failure;
use std::{
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return output::usage(&error).into(),
    };
    let exit = panic::catch_unwind(AssertUnwindSafe(|| run(cli))).map(|result| {
        result.unwrap_or_else(|failure| {
            output::error(&failure);
            failure.exit()
        })
    });
    exit.unwrap_or(Exit::Bug).into() // the panic has said where; the exit code says that it is our fault
}

fn run(cli: Cli) -> Result<Exit, Failure> {
    let workers = config::build_pool(cli.threads)?;
    let progress = progress::Progress::new(cli.quiet);
    match cli.command {
        Command::Score(args) => commands::score::run(&config::ScoreConfig::new(*args, workers)?, &progress),
        Command::Batch(args) => commands::batch::run(&config::BatchConfig::new(*args, workers, cli.quiet)?),
        Command::Merge(args) => commands::merge::run(&config::MergeConfig::new(args)?),
        Command::Compare(args) => {
            commands::compare::run(config::CompareConfig::new(*args, workers)?, &progress)
        }
        Command::Inspect(args) => {
            commands::inspect::run(&config::InspectConfig::new(args, workers)?, &progress)
        }
        Command::Validate(args) => commands::validate::run(&args),
        Command::Summary(args) => commands::summary::run(&config::SummaryConfig::new(args)?),
        Command::Phantom(command) => commands::phantom::run(command),
        Command::Protocols(command) => commands::protocols::run(&command),
        Command::Schemes(command) => commands::schemes::run(&command),
        Command::Cutoffs => commands::cutoffs::run(),
        Command::Schema { document } => commands::schema::run(document),
        Command::Completions { shell } => {
            let mut bytes = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "agatston", &mut bytes);
            output::stdout(&bytes)
        }
    }
}
