use std::collections::HashMap;

use openapi_crate::{
    Item, Outcome, Summary,
    config::Config,
    describe,
    diagnostics::{Code, Diagnostics, Location, Pointer},
    diff::{self, Report, Rule},
    generate,
    package::Package,
    source::Input,
};
use serde_json::{Map, Value, json};

use crate::{
    offsets::Offsets,
    request::{self, Refusal, Request},
};

/// The module's state between requests: the crate generated last.
pub(crate) struct Session {
    package: Option<Package>,
}

impl Session {
    pub(crate) const fn new() -> Self {
        Self { package: None }
    }

    /// Responds to a request, which is an object. Its member `ask` selects one of these:
    ///
    /// | `ask` | gives |
    /// |---|---|
    /// | `generate` | everything about a crate but the text of its files |
    /// | `file` | the text of the file `path` of that crate |
    /// | `files` | all files of that crate |
    /// | `explanations` | what each kind of finding and each rule of a comparison means |
    pub(crate) fn respond(&mut self, request: &[u8]) -> String {
        let request: Value = serde_json::from_slice(request).unwrap_or_default();
        let response = match request["ask"].as_str() {
            Some("generate") => self.generate_crate(&request),
            Some("file") => json!({"text": self.find_file(&request["path"])}),
            Some("files") => json!({"files": self.package.as_ref().map(|package| &package.files)}),
            Some("explanations") => list_explanations(),
            _ => Value::Null,
        };
        response.to_string()
    }

    fn find_file(&self, path: &Value) -> Option<&String> {
        self.package.as_ref()?.files.get(path.as_str()?)
    }

    fn generate_crate(&mut self, request: &Value) -> Value {
        self.package = None;
        let request = match Request::parse_request(request) {
            Ok(request) => request,
            Err(Refusal::Options(mistakes)) => {
                return json!({"findings": [], "mistakes": request::describe_mistakes(&mistakes)});
            }
            Err(Refusal::Config(found)) => {
                let (diagnostics, input) = &*found;
                return json!({"findings": describe_findings(diagnostics, input), "mistakes": []});
            }
        };
        let Outcome { package, diagnostics, summary, outline } =
            generate(&request.input, &request.config);
        let mut response = json!({
            "findings": describe_findings(&diagnostics, &request.input),
            "mistakes": [],
            "summary": summary.map(describe_summary),
        });
        if let (Some(package), Some(outline)) = (&package, &outline) {
            let listed = outline.items(package);
            response["items"] = describe_items(&listed, &diagnostics, &request.input);
            let sizes = package.files.iter().map(|(path, text)| json!([path, text.len()]));
            response["files"] = sizes.collect();
        }
        if let Some((old, new)) = request.compared_inputs() {
            response["comparison"] = compare_documents(&old, &new, &request.config);
        }
        self.package = package;
        response
    }
}

fn describe_summary(summary: Summary) -> Value {
    let Summary { operations, types, fields, weakened_fields } = summary;
    json!({"operations": operations, "types": types, "fields": fields, "weakened": weakened_fields})
}

/// The texts of an input, by name.
struct Texts<'a>(HashMap<&'a str, Offsets<'a>>);

impl<'a> Texts<'a> {
    fn of(input: &'a Input) -> Self {
        let sources = std::iter::once(&input.document).chain(&input.overlays).chain(&input.names);
        Self(sources.map(|source| (source.name(), Offsets::of(source.text()))).collect())
    }

    /// The file, and the two ends of what to point at and of all of it.
    fn locate_finding(&self, location: &Location<'_>) -> Option<Value> {
        let offsets = self.0.get(location.file)?;
        Some(json!({
            "source": location.file,
            "mark": offsets.range(&location.mark),
            "extent": offsets.range(&location.extent),
        }))
    }
}

fn describe_findings(diagnostics: &Diagnostics, input: &Input) -> Value {
    let texts = Texts::of(input);
    let located = diagnostics.locate_findings(input);
    let listed = located.iter().map(|(finding, location)| {
        json!({
            "code": finding.code.name(),
            "severity": finding.code.severity().name(),
            "message": finding.message,
            "help": finding.help,
            "place": texts.locate_finding(location),
        })
    });
    listed.collect()
}

fn describe_items(items: &[Item], diagnostics: &Diagnostics, input: &Input) -> Value {
    let texts = Texts::of(input);
    let pointers: Vec<Pointer> = items.iter().filter_map(|item| item.pointer.clone()).collect();
    let mut located = diagnostics.locate(input, &pointers).into_iter();
    let listed = items.iter().map(|item| {
        let location = item.pointer.as_ref().and_then(|_| located.next());
        json!({
            "kind": item.kind.name(),
            "name": item.name,
            "group": item.group,
            "title": item.title,
            "file": item.file,
            "line": item.line,
            "place": location.and_then(|location| texts.locate_finding(&location)),
        })
    });
    listed.collect()
}

/// The changes since the earlier document, as the command prints them. The findings, if one of the two cannot be
/// read.
fn compare_documents(old: &Input, new: &Input, config: &Config) -> Value {
    let before = match describe(old, config) {
        Ok(before) => before,
        Err(diagnostics) => return json!({"findings": describe_findings(&diagnostics, old)}),
    };
    // What is wrong with the document itself has been said.
    let Ok(after) = describe(new, config) else { return json!({"findings": []}) };
    let comparison = diff::compare(&before, &after);
    let report = Report {
        comparison: &comparison,
        old: (&before, old),
        new: (&after, new),
        version: Some(&config.version),
    };
    serde_json::from_str(&report.json()).unwrap_or_default()
}

fn list_explanations() -> Value {
    let codes = Code::ALL.iter().map(|code| (code.name(), code.explanation()));
    let rules = Rule::ALL.iter().map(|rule| (rule.name(), rule.explanation()));
    let text = |(name, text): (&str, &str)| (name.to_owned(), Value::from(text));
    let codes: Map<String, Value> = codes.map(text).collect();
    let rules: Map<String, Value> = rules.map(text).collect();
    json!({"codes": codes, "rules": rules})
}

#[cfg(test)]
mod tests {
    use super::*;

    const PETS: &str = "openapi: 3.0.3\ninfo: {title: 🐇, version: '1'}\npaths:\n  cats: {}\n  /pets: {get: {operationId: list, responses: {'200': {description: x}}}}\n";

    fn ask(session: &mut Session, request: &Value) -> Value {
        serde_json::from_str(&session.respond(request.to_string().as_bytes())).unwrap()
    }

    fn generate(members: Value) -> (Session, Value) {
        let mut request =
            json!({"ask": "generate", "document": {"name": "pets.yaml", "text": PETS}});
        request.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        let mut session = Session::new();
        let response = ask(&mut session, &request);
        (session, response)
    }

    #[test]
    fn gives_findings_items_and_files() {
        let (mut session, response) = generate(json!({"name": "pets"}));
        let units: Vec<u16> = PETS.encode_utf16().collect();
        let text = |place: &Value| {
            let at = |index: usize| usize::try_from(place[index].as_u64().unwrap()).unwrap();
            String::from_utf16(&units[at(0)..at(1)]).unwrap()
        };
        let finding = &response["findings"][0];
        assert_eq!(finding["code"], "invalid-path");
        assert_eq!(text(&finding["place"]["mark"]), "cats");
        let item = &response["items"][0];
        assert_eq!(item["title"], "GET /pets");
        assert_eq!(
            text(&item["place"]["extent"]),
            "get: {operationId: list, responses: {'200': {description: x}}}"
        );
        let file = ask(&mut session, &json!({"ask": "file", "path": item["file"]}));
        let line = usize::try_from(item["line"].as_u64().unwrap()).unwrap();
        let line = file["text"].as_str().unwrap().lines().nth(line - 1).unwrap();
        assert_eq!(line, "    pub fn list(&self) -> List {");
        let files = ask(&mut session, &json!({"ask": "files"}));
        assert_eq!(
            files["files"].as_object().unwrap().len(),
            response["files"].as_array().unwrap().len()
        );
    }

    #[test]
    fn an_option_says_more_than_the_configuration() {
        let config = json!({"name": "crate.yaml", "text": "name: one\nversion: 1.0.0\n"});
        let (mut session, _) = generate(json!({"config": config, "name": "two"}));
        let manifest = ask(&mut session, &json!({"ask": "file", "path": "Cargo.toml"}));
        let manifest = manifest["text"].as_str().unwrap().to_owned();
        assert!(manifest.contains("name = \"two\"\nversion = \"1.0.0\""), "{manifest}");
    }

    #[test]
    fn mistakes_are_reported_where_they_are() {
        let (_, response) = generate(json!({"version": "one", "only": ["FETCH /x"]}));
        let options: Vec<&str> = response["mistakes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|mistake| mistake["option"].as_str().unwrap())
            .collect();
        assert_eq!(options, ["version", "only"]);
        let config = json!({"name": "crate.yaml", "text": "nam: x\n"});
        let (mut session, response) = generate(json!({"config": config}));
        assert_eq!(response["findings"][0]["place"]["source"], "crate.yaml");
        assert_eq!(ask(&mut session, &json!({"ask": "files"})), json!({"files": null}));
    }

    #[test]
    fn compares_all_operations_with_an_earlier_version() {
        let earlier = json!({"name": "old.yaml", "text": PETS.replace("list", "all")});
        let (_, response) = generate(json!({"earlier": earlier, "exclude": ["POST /none"]}));
        assert_eq!(response["comparison"]["changes"][0]["rule"], "operation-renamed");
        let earlier = json!({"name": "old.yaml", "text": "[]"});
        let (_, response) = generate(json!({"earlier": earlier}));
        assert_eq!(response["comparison"]["findings"][0]["code"], "not-a-mapping");
    }

    #[test]
    fn every_finding_and_rule_is_explained() {
        let explained = ask(&mut Session::new(), &json!({"ask": "explanations"}));
        assert_eq!(explained["codes"].as_object().unwrap().len(), Code::ALL.len());
        assert_eq!(explained["rules"].as_object().unwrap().len(), Rule::ALL.len());
    }
}
