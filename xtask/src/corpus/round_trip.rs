//! Round trips through the types of the emitted crates, for examples and for values generated from
//! the schemas; and requests of generated values, taken apart by the document.

mod checker;
mod document;
mod flat;
mod instances;
mod later;
mod pointer;
mod probe;
mod report;
mod requests;
mod scalars;
mod schema;
mod subjects;
mod trial;
mod verdict;

use std::path::{Path, PathBuf};

use probe::{Part, Probe};
pub(super) use report::Report;
pub(super) use requests::Entry;
pub(super) use trial::Trial;

/// Documents that share a program.
pub(super) struct Batch {
    trials: Vec<Trial>,
    probe: Probe,
}

/// Maximum number of types per program, so that several programs compile in parallel.
const SHARED: usize = 400;

impl Batch {
    /// Distributes documents whose crates are in `crates`, and writes their programs into the
    /// workspace at `root`.
    pub(super) fn divide_trials(
        trials: Vec<Trial>,
        crates: &Path,
        root: &Path,
    ) -> Result<Vec<Self>, String> {
        let mut groups: Vec<(usize, Vec<Trial>)> = Vec::new();
        for trial in trials {
            let size = trial.types().len();
            match groups.iter_mut().find(|(types, _)| *types + size <= SHARED) {
                Some((types, group)) => {
                    *types += size;
                    group.push(trial);
                }
                None => groups.push((size, vec![trial])),
            }
        }
        groups.into_iter().map(|(_, trials)| Self::write_program(trials, crates, root)).collect()
    }

    fn write_program(trials: Vec<Trial>, crates: &Path, root: &Path) -> Result<Self, String> {
        let mut parts = Vec::new();
        for trial in &trials {
            let package = trial.package();
            parts.push(Part { package, types: trial.types(), methods: trial.methods() });
        }
        let probe = Probe::write_crate(root, crates, &parts)?;
        Ok(Self { probe, trials })
    }

    /// Package of the program.
    pub(super) fn package(&self) -> &str {
        &self.probe.package
    }

    /// Runs the program in `folder`. Returns the results by package, and writes the details to
    /// `details`. `errors` are the errors of programs.
    pub(super) fn run_trials(
        &self,
        folder: &Path,
        errors: &[String],
        details: &Path,
    ) -> Vec<(&str, Result<Report, String>)> {
        let program = folder.join(self.package());
        let error = errors.iter().find(|error| error.starts_with(&format!("{}/", self.package())));
        let mut results = Vec::new();
        for trial in &self.trials {
            let details = details.join(format!("{}.round-trip.json", trial.package()));
            let result = match error {
                Some(error) => Err(error.clone()),
                None => trial.judge_types(&self.probe, &program, &details),
            };
            results.push((trial.package(), result));
        }
        results
    }
}

/// Path of a crate's outline.
pub(super) fn outline_of(package: &Path) -> PathBuf {
    package.with_extension("outline.json")
}

/// Path of the list of a crate's operations.
pub(super) fn operations_of(package: &Path) -> PathBuf {
    package.with_extension("operations.json")
}

#[cfg(test)]
mod tests;
