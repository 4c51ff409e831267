//! A document, the values that are made of it, and what becomes of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use openapi_crate::diagnostics::Diagnostics;
use openapi_crate::source;
use serde_json::{Value, json};

use super::checker::Checker;
use super::document::{Direction, Document, Site};
use super::flat::Flat;
use super::instances::Maker;
use super::probe::{Probe, RoundTrip};
use super::report::{Report, Sample};
use super::requests::{Entry, Methods, Request};
use super::schema::{is_null_object, is_spared};
use super::subjects::{Outline, Subject, Subjects};
use super::verdict::{Fault, Finding, compare_values};
use super::{operations_of, outline_of};

/// A document on trial.
pub(in crate::corpus) struct Trial {
    document: Document,
    subjects: Subjects,
    methods: Methods,
    package: String,
}

/// Checkers by who sends the values.
type Checkers = BTreeMap<Direction, Checker>;

/// A value on its way.
struct Case<'t> {
    pointer: &'t str,
    subject: &'t Subject,
    direction: Direction,
    /// Whether no more than one alternative of each `oneOf` allows it.
    strict: bool,
    origin: Origin,
    value: Value,
}

/// Where a value comes from.
enum Origin {
    Made,
    /// An example, where it stands, and whether it is what its schema says.
    Example(String, bool),
}

impl Trial {
    /// Prepares a document whose crate is in the workspace at `root`.
    pub(in crate::corpus) fn new(path: &Path, package: &str, root: &Path) -> Result<Self, String> {
        let fail = |error: std::io::Error| format!("{}: {error}", path.display());
        let text = fs::read(path).map_err(fail)?;
        let text = String::from_utf8_lossy(&text);
        let document = source::read_document(0, &text, &mut Diagnostics::default());
        let document = Document::new(document.ok_or("it cannot be read")?);
        let outline = fs::read(outline_of(&root.join(package))).map_err(fail)?;
        let outline: Outline =
            serde_json::from_slice(&outline).map_err(|error| error.to_string())?;
        let subjects = Subjects::of(&document, &outline);
        let entries = fs::read(operations_of(&root.join(package))).map_err(fail)?;
        let entries: Vec<Entry> =
            serde_json::from_slice(&entries).map_err(|error| error.to_string())?;
        let methods = Methods::read(&document, &root.join(package), entries)?;
        Ok(Self { document, subjects, methods, package: package.to_owned() })
    }

    pub(super) fn methods(&self) -> &Methods {
        &self.methods
    }

    pub(super) fn package(&self) -> &str {
        &self.package
    }

    /// The types that values go through, in Rust.
    pub(super) fn types(&self) -> BTreeSet<&str> {
        self.subjects.known.values().map(|subject| subject.ty.as_str()).collect()
    }

    /// Runs the program, and judges what comes out of it; leaves the details in a file.
    pub(super) fn judge_types(
        &self,
        probe: &Probe,
        program: &Path,
        details: &Path,
    ) -> Result<Report, String> {
        let mut report =
            Report { untyped_examples: self.subjects.untyped_examples, ..Report::default() };
        for pointer in &self.subjects.untyped {
            report.unmade.insert(pointer.clone(), "it has no type".to_owned());
        }
        let checkers = self.make_checkers()?;
        let cases = self.collect_cases(&checkers, &mut report);
        let values = cases.iter().map(|case| (case.subject.ty.as_str(), &case.value));
        let results = probe.decode_values(program, &self.package, values)?;
        let mut bad: BTreeSet<&str> = BTreeSet::new();
        for (index, case) in cases.iter().enumerate() {
            let found =
                case.judge_result(&self.document, results.get(index), &checkers, &mut report);
            if !found.is_empty() && matches!(case.origin, Origin::Made) {
                bad.insert(case.pointer);
            }
            case.count_findings(found, &mut report);
        }
        let made = self.subjects.known.iter().filter(|(_, subject)| subject.made);
        report.subjects = made.clone().count() + self.subjects.untyped.len();
        let is_good =
            |pointer: &str| !bad.contains(pointer) && !report.unmade.contains_key(pointer);
        report.good = made.filter(|(pointer, _)| is_good(pointer)).count();
        self.run_requests(probe, program, &checkers, &mut report)?;
        let text = serde_json::to_string_pretty(&report.to_json()).unwrap_or_default();
        fs::write(details, text).map_err(|error| format!("{}: {error}", details.display()))?;
        Ok(report)
    }

    /// Makes requests of all operations, and judges them.
    fn run_requests(
        &self,
        probe: &Probe,
        program: &Path,
        checkers: &Checkers,
        report: &mut Report,
    ) -> Result<(), String> {
        let mut requests: Vec<Request<'_>> = Vec::new();
        for (operation, made) in Request::all(&self.document, &self.methods)? {
            report.operations += 1;
            match made {
                Ok(made) => requests.extend(made),
                Err(why) => drop(report.untried.insert(operation.pointer.clone(), why)),
            }
        }
        let values = requests.iter().map(|request| (&*request.operation.way, &request.given));
        let results = probe.decode_values(program, &self.package, values)?;
        if let Some(RoundTrip::Failed(_, message)) = results.first()
            && message.starts_with("cannot build the client")
        {
            report.untried.insert("/servers".to_owned(), message.clone());
            return Ok(());
        }
        let mut tried: BTreeMap<&str, bool> = BTreeMap::new();
        for (index, request) in requests.iter().enumerate() {
            let finding = self.judge_request(request, results.get(index), checkers, report);
            let is_good = tried.entry(&request.operation.pointer).or_insert(true);
            *is_good &= finding.is_none();
            report.requests += 1;
            report.good_requests += usize::from(finding.is_none());
            let Some(finding) = finding else { continue };
            let sample = Sample {
                place: request.operation.pointer.clone(),
                ty: request.operation.way.clone(),
                given: request.given.clone(),
                path: finding.path,
                got: finding.got,
            };
            report.add_fault(finding.fault, &finding.about, sample);
        }
        report.good_operations = tried.values().filter(|is_good| **is_good).count();
        Ok(())
    }

    /// What is wrong with a request.
    fn judge_request(
        &self,
        request: &Request<'_>,
        result: Option<&RoundTrip>,
        checkers: &Checkers,
        report: &mut Report,
    ) -> Option<Finding> {
        let sent = match result {
            Some(RoundTrip::Encoded(sent)) => sent,
            Some(RoundTrip::Failed(path, message)) => {
                return Some(Finding::new(Fault::Refused, path, message, None));
            }
            None => return Some(Finding::new(Fault::Ended, "", "", None)),
        };
        let delivery = request.deliver(&self.document, sent);
        if let Some(finding) = delivery.found.into_iter().next() {
            return Some(finding);
        }
        let body = request.body.as_ref()?;
        let schema = self.document.value_at(&body.pointer)?;
        let pointer = self.document.resolve_site(&body.pointer, schema)?.pointer;
        let subject = self.subjects.known.get(&pointer)?;
        let case = Case {
            pointer: &pointer,
            subject,
            direction: Direction::Request,
            strict: false,
            origin: Origin::Made,
            value: body.value.clone(),
        };
        let result = RoundTrip::Encoded(delivery.json?);
        case.judge_result(&self.document, Some(&result), checkers, report).into_iter().next()
    }

    fn make_checkers(&self) -> Result<Checkers, String> {
        let mut checkers = BTreeMap::new();
        for direction in [Direction::Request, Direction::Response, Direction::Neither] {
            let subjects = self.subjects.known.iter();
            let pointers: Vec<&str> = subjects
                .filter(|(_, subject)| subject.directions.contains(&direction))
                .map(|(pointer, _)| pointer.as_str())
                .collect();
            checkers.insert(direction, Checker::new(&self.document, direction, &pointers)?);
        }
        Ok(checkers)
    }

    fn collect_cases(&self, checkers: &Checkers, report: &mut Report) -> Vec<Case<'_>> {
        let mut cases = Vec::new();
        let makers: Vec<(Direction, Maker<'_>)> = checkers
            .keys()
            .map(|direction| (*direction, Maker::new(&self.document, *direction)))
            .collect();
        for (pointer, subject) in &self.subjects.known {
            if subject.made {
                match make_cases(pointer, subject, &makers, checkers) {
                    Ok(made) => cases.extend(made),
                    Err(problem) => drop(report.unmade.insert(pointer.clone(), problem)),
                }
            }
            for (place, value) in &subject.examples {
                let mut directions = subject.directions.iter();
                let direction = directions
                    .find(|direction| checkers[direction].check_value(pointer, value).is_ok());
                let origin = Origin::Example(place.clone(), direction.is_some());
                let direction = direction.copied().unwrap_or(Direction::Neither);
                let value = value.clone();
                cases.push(Case { pointer, subject, direction, strict: true, origin, value });
            }
        }
        cases
    }
}

/// Values of a schema, or what is wrong with all of them. Where each of them fits several alternatives of a `oneOf`,
/// they are taken all the same: services send such.
fn make_cases<'t>(
    pointer: &'t str,
    subject: &'t Subject,
    makers: &[(Direction, Maker<'_>)],
    checkers: &Checkers,
) -> Result<Vec<Case<'t>>, String> {
    let mut problem = "nothing could be made".to_owned();
    let mut cases = Vec::new();
    let makers = makers.iter().filter(|(one, _)| subject.directions.contains(one));
    for (direction, maker) in makers {
        for value in maker.make_values(pointer) {
            let strict = match checkers[direction].check_value(pointer, &value) {
                Ok(()) => true,
                Err(_) if checkers[direction].check_loosely(pointer, &value).is_ok() => false,
                Err(error) => {
                    let text = format!("{error} in {value}");
                    problem = text.chars().take(600).collect();
                    continue;
                }
            };
            let direction = *direction;
            let origin = Origin::Made;
            cases.push(Case { pointer, subject, direction, strict, origin, value });
        }
    }
    if cases.iter().any(|case| case.strict) {
        cases.retain(|case| case.strict);
    }
    if cases.is_empty() { Err(problem) } else { Ok(cases) }
}

impl Case<'_> {
    /// What is wrong with what came back.
    fn judge_result(
        &self,
        document: &Document,
        result: Option<&RoundTrip>,
        checkers: &Checkers,
        report: &mut Report,
    ) -> Vec<Finding> {
        let got = match result {
            Some(RoundTrip::Encoded(got)) => got,
            Some(RoundTrip::Failed(path, message)) => {
                return vec![Finding::new(Fault::Decode, path, message, None)];
            }
            None => return vec![Finding::new(Fault::Ended, "", "", None)],
        };
        let mut faults = compare_values(&self.value, got);
        let received = !self.subject.directions.contains(&Direction::Request);
        let mut spared = false;
        for (fault, path) in &mut faults {
            if stands_for_null(document, self.pointer, path, &self.value, got) {
                *fault = Fault::None;
                spared = true;
                continue;
            }
            let mention = match fault {
                Fault::Lost | Fault::NullLost => find_mention(document, self.pointer, path),
                _ => Mention::Described,
            };
            match mention {
                // What no schema mentions may be gone.
                Mention::No => *fault = Fault::None,
                // Nobody asks for a member that no schema describes, but a service may.
                Mention::Required => {
                    *fault = if received { Fault::None } else { Fault::Undescribed };
                    spared = true;
                }
                // In what is only received, a member that is null says what its absence says.
                Mention::Described
                    if *fault == Fault::NullLost
                        && (received || is_only_read(document, self.pointer, path)) =>
                {
                    *fault = Fault::None;
                    spared = true;
                }
                Mention::Described => {}
            }
        }
        faults.retain(|(fault, _)| *fault != Fault::None);
        report.spared += usize::from(spared && faults.is_empty());
        let kind = |value: &Value, path: &str| value.pointer(path).map_or("nothing", value_kind);
        let mut found: Vec<Finding> = faults
            .into_iter()
            .map(|(fault, path)| {
                let about = format!("{} to {}", kind(&self.value, &path), kind(got, &path));
                Finding::new(fault, &path, &about, Some(got))
            })
            .collect();
        let checker = &checkers[&self.direction];
        let valid = !matches!(self.origin, Origin::Example(_, false));
        if found.is_empty()
            && valid
            && !spared
            // What no schema mentions may have been all that told two alternatives apart.
            && let Err(error) = checker.check_loosely(self.pointer, got)
        {
            found.push(Finding::new(Fault::Invalid, "", &error, Some(got)));
        }
        found
    }

    /// Adds what became of it to the report.
    fn count_findings(&self, found: Vec<Finding>, report: &mut Report) {
        let well = usize::from(found.is_empty());
        let place = match &self.origin {
            Origin::Made => {
                report.values += 1;
                report.good_values += well;
                self.pointer
            }
            Origin::Example(place, true) => {
                report.examples += 1;
                report.good_examples += well;
                place
            }
            Origin::Example(_, false) => {
                report.invalid_examples += 1;
                report.good_invalid_examples += well;
                return;
            }
        };
        let Some(finding) = found.into_iter().next() else { return };
        let sample = Sample {
            place: place.to_owned(),
            ty: self.subject.ty.clone(),
            given: self.value.clone(),
            path: finding.path,
            got: finding.got,
        };
        report.add_fault(finding.fault, &finding.about, sample);
    }
}

/// What a document says of a member or an element.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Mention {
    No,
    /// It must be there, and that is all.
    Required,
    Described,
}

/// Whether an object without members came back as null, or not at all, where the schema has such an object for null.
fn stands_for_null(
    document: &Document,
    pointer: &str,
    path: &str,
    given: &Value,
    got: &Value,
) -> bool {
    given.pointer(path).is_some_and(|given| *given == json!({}))
        && got.pointer(path).is_none_or(Value::is_null)
        && sites_at(document, pointer, path).into_iter().flatten().any(|sites| {
            let unions = Flat::new(document, Direction::Neither, &sites).unions;
            unions.iter().flatten().any(|choice| is_null_object(choice.site.schema))
        })
}

/// What a schema says of the member or the element at `path` of its values.
fn find_mention(document: &Document, pointer: &str, path: &str) -> Mention {
    let Some(sites) = sites_at(document, pointer, path) else { return Mention::Described };
    match sites.iter().all(Vec::is_empty) {
        true if sites.is_empty() => Mention::No,
        true => Mention::Required,
        false => Mention::Described,
    }
}

/// Whether the member at `path` is read-only: no request sends it, in a type that requests send too.
fn is_only_read(document: &Document, pointer: &str, path: &str) -> bool {
    let is_spared = |site: &Site<'_>| is_spared(document, site.schema, Direction::Request);
    sites_at(document, pointer, path).into_iter().flatten().flatten().any(|site| is_spared(&site))
}

/// The schemas of the member or the element at `path` of a schema's values, by the alternatives that they are in; none
/// where they may be any.
fn sites_at<'d>(document: &'d Document, pointer: &str, path: &str) -> Option<Vec<Vec<Site<'d>>>> {
    let Some(schema) = document.value_at(pointer) else { return Some(Vec::new()) };
    let mut sites = vec![vec![Site { pointer: pointer.to_owned(), schema }]];
    for name in path.split('/').skip(1) {
        let name = name.replace("~1", "/").replace("~0", "~");
        let mut inner: Vec<Vec<Site<'_>>> = Vec::new();
        for sites in &sites {
            for branch in Flat::of(document, Direction::Neither, sites) {
                if branch.is_open() {
                    return None;
                }
                inner.extend(branch.into_part(&name));
            }
        }
        inner.dedup_by(|one, other| {
            one.iter().map(|site| &site.pointer).eq(other.iter().map(|site| &site.pointer))
        });
        sites = inner;
    }
    Some(sites)
}

fn value_kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
