//! What `batch` and `merge` do: manifests read, options resolved, folders held against each other.

use super::{ScoreConfig, compare::score_args, target};
use crate::{
    batch::{BatchFolder, Said, Trust},
    cli::{
        BatchArgs, BatchScoringArgs, CheckArgs, KvpArg, LogFormat, MergeArgs, MergeRowsArg, ProgressArg,
        RequireArg, RiskArgs, ScoreArgs, ScoringArgs, calibration::CalibrationArgs,
    },
    failure::{Failure, named},
    list,
    output::Target,
};
use agatston_engine::{
    FileTree, Places, Request, Tree, Workers,
    batch::{IndexEntry, Settings, Shard, hash},
    writers::tables::Table,
};
use clap::ValueEnum;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// What `batch` does.
pub(crate) struct BatchConfig {
    pub(crate) tree: Box<dyn Tree>,
    pub(crate) places: Places,
    pub(crate) folder: BatchFolder,
    /// Whether the folder begins anew.
    pub(crate) begins: bool,
    pub(crate) trust: Trust,
    pub(crate) request: Request,
    pub(crate) settings: Settings,
    pub(crate) jobs: usize,
    pub(crate) shard: Option<Shard>,
    pub(crate) limit: Option<u64>,
    pub(crate) only_index: bool,
    pub(crate) said: Said,
}

impl BatchConfig {
    pub(crate) fn new(args: BatchArgs, workers: Workers, quiet: bool) -> Result<Self, Failure> {
        let folder = BatchFolder::new(args.output.clone());
        let begins = may_write(&folder, &args)?;
        let (tree, places) = places(&args)?;
        let jobs = args.jobs.map_or(workers.threads(), usize::from);
        let of_a_job = match jobs {
            1 => workers,
            jobs => Workers::of_a_job(workers.threads() / jobs),
        };
        let options = options(&args.scoring, &args.more, &args.checks)?;
        let request = request(&args.scoring, &args.more, &args.checks, of_a_job)?;
        let settings = Settings::new(&request.protocol, options);
        let is_wanted = !quiet && args.progress == ProgressArg::Auto;
        let said = Said::new(args.log_format == LogFormat::Json, is_wanted);
        let trust = if args.verify { Trust::Nothing } else { Trust::Times };
        let BatchArgs { shard, limit, only_index, .. } = args;
        Ok(Self {
            tree,
            places,
            folder,
            begins,
            trust,
            request,
            settings,
            jobs,
            shard,
            limit,
            only_index,
            said,
        })
    }
}

/// Whether a folder is begun anew, if it may be written to at all.
fn may_write(folder: &BatchFolder, args: &BatchArgs) -> Result<bool, Failure> {
    if folder.path().is_file() {
        return Err(Failure::Usage { option: "--output", problem: "is a file; name a folder".to_owned() });
    }
    if folder.holds_something_else() {
        let problem = "holds files that are no batch; name a new folder".to_owned();
        return Err(Failure::Usage { option: "--output", problem });
    }
    match (folder.holds_a_batch() || folder.holds_an_index_alone(), args.resume, args.overwrite) {
        (true, false, false) => Err(Failure::BatchExists(folder.path().to_owned())),
        (_, resume, _) => Ok(!resume),
    }
}

/// Where to look.
fn places(args: &BatchArgs) -> Result<(Box<dyn Tree>, Places), Failure> {
    let manifest = Path::new(&args.root);
    if !manifest.is_file() {
        if args.root_of_manifest.is_some() {
            let problem = "is for a manifest, and ROOT is a folder; leave it out".to_owned();
            return Err(Failure::Usage { option: "--root", problem });
        }
        return Ok((tree(&args.root, &args.output)?, Places::Below(vec![String::new()])));
    }
    let Some(root) = &args.root_of_manifest else {
        let problem = "is needed, because ROOT is a file, which is taken for a manifest: the folder to which its names \
                       are relative (of one archive or slice: give the folder that holds it)"
            .to_owned();
        return Err(Failure::Usage { option: "--root", problem });
    };
    if is_within(manifest, &args.output) {
        return Err(Failure::OutputIsInput(args.output.clone())); // its index.jsonl would go
    }
    let unread = |source| Failure::Read { path: manifest.to_owned(), source };
    let bytes = fs::read(manifest).map_err(unread)?;
    let places = if bytes.trim_ascii_start().starts_with(b"{") {
        let text = String::from_utf8_lossy(&bytes);
        let wrong = |problem| Failure::NoManifest { name: named(manifest), problem };
        Places::Indexed(IndexEntry::read(&text).map_err(wrong)?)
    } else {
        let paths = list::read(&named(manifest), &bytes[..]).map_err(|e| e.or(unread))?;
        Places::Below(paths.iter().map(|path| relative(path, root)).collect::<Result<_, _>>()?)
    };
    Ok((tree(root, &args.output)?, places))
}

/// Whether a file lies directly in a folder.
fn is_within(file: &Path, folder: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).ok();
    let holder = real(file).and_then(|file| file.parent().map(Path::to_owned));
    holder.is_some() && holder == real(folder)
}

/// The name of a folder of a list, relative to the root.
fn relative(path: &Path, root: &str) -> Result<String, Failure> {
    let wrong = |problem: &str| Failure::NoManifest {
        name: "the list".to_owned(),
        problem: format!("{} {problem}", named(path)),
    };
    let within = if path.is_absolute() {
        path.strip_prefix(root).map_err(|_| {
            wrong("does not begin with --root as it is typed; give both alike, or names relative to it")
        })?
    } else {
        path
    };
    let mut parts = Vec::new();
    for part in within.components() {
        match part {
            std::path::Component::Normal(name) => {
                parts.push(name.to_str().ok_or_else(|| wrong("is not UTF-8"))?);
            }
            std::path::Component::CurDir => {}
            _ => return Err(wrong("leads out of --root")),
        }
    }
    Ok(parts.join("/"))
}

fn tree(root: &str, output: &Path) -> Result<Box<dyn Tree>, Failure> {
    if let Some(store) = object_store(root)? {
        return Ok(store);
    }
    let unread = |source| Failure::Read { path: PathBuf::from(root), source };
    Ok(Box::new(FileTree::new(Path::new(root), Some(output)).map_err(unread)?))
}

/// The tree of an address in an object store; nothing of a path.
#[cfg(feature = "object-store")]
fn object_store(root: &str) -> Result<Option<Box<dyn Tree>>, Failure> {
    if !agatston_store::is_url(root) {
        return Ok(None);
    }
    let wrong = |e: agatston_store::Error| Failure::Usage { option: "ROOT", problem: e.to_string() };
    Ok(Some(Box::new(agatston_store::ObjectTree::open(root).map_err(wrong)?)))
}

/// This build reads no object stores.
#[cfg(not(feature = "object-store"))]
fn object_store(root: &str) -> Result<Option<Box<dyn Tree>>, Failure> {
    if !root.contains("://") {
        return Ok(None);
    }
    let problem = "is an address, and this build reads folders only; build with --features object-store";
    Err(Failure::Usage { option: "ROOT", problem: problem.to_owned() })
}

/// Each series as `score` would with the same options.
fn request(
    scoring: &ScoringArgs,
    more: &BatchScoringArgs,
    checks: &CheckArgs,
    workers: Workers,
) -> Result<Request, Failure> {
    let args = score_args(scoring, checks);
    let args = ScoreArgs {
        series: Some("all".to_owned()),
        calibration: CalibrationArgs { body_size: more.body_size, ..args.calibration },
        risk: RiskArgs {
            covariates: more.covariates.clone(),
            history: more.history.clone(),
            ..RiskArgs::default()
        },
        sensitivity: more.sensitivity,
        withheld: more.withheld,
        detail: more.detail,
        ..args
    };
    Ok(ScoreConfig::new(args, workers)?.request)
}

/// What was asked for, as far as a result depends on it and the protocol does not say it; of files their content.
fn options(
    scoring: &ScoringArgs,
    more: &BatchScoringArgs,
    checks: &CheckArgs,
) -> Result<BTreeMap<String, String>, Failure> {
    let content = |path: &Path| {
        let unread = |source| Failure::Read { path: path.to_owned(), source };
        Ok::<_, Failure>(format!("xxh3:{}", hash(&fs::read(path).map_err(unread)?)))
    };
    let file = |path: &Option<PathBuf>| path.as_deref().map(content).transpose();
    let scheme = scoring.label_scheme.as_ref().map(|name| match Path::new(name).is_file() {
        true => content(Path::new(name)),
        false => Ok(name.clone()),
    });
    let mut allow = checks.allow.clone();
    allow.sort();
    allow.dedup();
    let all = [
        ("labels-pattern", scoring.labels_pattern.as_deref().map(pattern)),
        ("label-scheme", scheme.transpose()?),
        ("fractional-threshold", scoring.fractional_threshold.map(|f| f.to_string())),
        ("require", word(scoring.require.unwrap_or(RequireArg::Any))),
        ("region", scoring.region.and_then(word)),
        ("kvp-mode", word(scoring.kvp_mode.unwrap_or(KvpArg::As120))),
        ("mass-factor", scoring.mass_factor.map(|f| f.to_string())),
        ("body-size", more.body_size.and_then(word)),
        ("covariates", file(&more.covariates)?),
        ("history", more.history.clone()),
        ("detail", more.detail.and_then(word)),
        ("withheld", more.withheld.then(|| "yes".to_owned())),
        ("sensitivity", more.sensitivity.then(|| "yes".to_owned())),
        ("allow", (!allow.is_empty()).then(|| allow.join(","))),
        ("strict", checks.strict.then(|| "yes".to_owned())),
        ("cutoffs", file(&checks.cutoffs)?),
    ];
    Ok(all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
}

/// A pattern as it may be said: of an absolute one the last part, and a hash that tells those of other folders apart.
fn pattern(typed: &str) -> String {
    match Path::new(typed).is_absolute() {
        true => format!("{} xxh3:{}", named(Path::new(typed)), hash(typed.as_bytes())),
        false => typed.to_owned(),
    }
}

/// An option as it is typed.
fn word<T: ValueEnum>(value: T) -> Option<String> {
    value.to_possible_value().map(|value| value.get_name().to_owned())
}

/// What `merge` does.
pub(crate) struct MergeConfig {
    pub(crate) parts: Vec<PathBuf>,
    pub(crate) to: MergeTarget,
}

/// Where the merged tables go.
pub(crate) enum MergeTarget {
    /// All of them, into a folder.
    Folder(BatchFolder),
    /// One of them, into a file or to standard output.
    File { table: Table, is_parquet: bool, target: Target },
}

impl MergeConfig {
    pub(crate) fn new(args: MergeArgs) -> Result<Self, Failure> {
        let ending = args.output.output.as_ref().and_then(|path| path.extension()?.to_str());
        let is_parquet = match ending.map(str::to_ascii_lowercase).as_deref() {
            Some("parquet") => true,
            Some("csv") => false,
            _ => return Self::into_folder(args),
        };
        let target = target(args.output);
        let reads: Vec<PathBuf> = args.parts.clone();
        target.check("--output", &reads)?;
        let table = match args.rows {
            Some(MergeRowsArg::Lesions) => Table::Lesions,
            Some(MergeRowsArg::Arteries) | None => Table::Scores,
        };
        Ok(Self { parts: args.parts, to: MergeTarget::File { table, is_parquet, target } })
    }

    fn into_folder(args: MergeArgs) -> Result<Self, Failure> {
        let wrong = |option, problem: &str| Err(Failure::Usage { option, problem: problem.to_owned() });
        let Some(path) = args.output.output else {
            return wrong("--output", "is needed: a folder, or a file that ends in .parquet or .csv");
        };
        if args.rows.is_some() {
            return wrong("--rows", "is for one table; a folder gets all of them");
        }
        let folder = BatchFolder::new(path);
        if folder.path().is_file() {
            return wrong("--output", "needs a name that ends in .parquet or .csv, or a folder");
        }
        if folder.holds_a_batch() {
            return wrong("--output", "is a part; name a new folder");
        }
        let is_empty = fs::read_dir(folder.path()).map_or(true, |mut entries| entries.next().is_none());
        if !is_empty && !args.output.overwrite {
            return Err(Failure::Exists(folder.path().to_owned()));
        }
        Ok(Self { parts: args.parts, to: MergeTarget::Folder(folder) })
    }
}
