use openapi_crate::{
    config::{Config, ConfigFile},
    diagnostics::Diagnostics,
    select::{Pattern, Selection},
    source::{Input, Source},
};
use serde_json::{Value, json};

/// The input of a crate, as on the command line.
pub(crate) struct Request {
    pub(crate) input: Input,
    pub(crate) config: Config,
    /// An earlier version of the document, to compare with.
    pub(crate) earlier: Option<Source>,
}

/// Why a request is refused.
pub(crate) enum Refusal {
    /// Invalid members of the request, each with a message.
    Options(Vec<(&'static str, String)>),
    /// There are errors in the configuration file.
    Config(Box<(Diagnostics, Input)>),
}

impl Request {
    /// Reads `document`, `overlay`, `config` and `earlier`, each an object with `name` and `text`, and the options
    /// `name`, `version`, `only` and `exclude`.
    pub(crate) fn parse_request(request: &Value) -> Result<Self, Refusal> {
        let mut file = ConfigFile::default();
        let names = read_source(&request["config"]);
        if let Some(source) = &names {
            let mut diagnostics = Diagnostics::default();
            file = ConfigFile::read(source, &mut diagnostics);
            if diagnostics.is_fatal(false) {
                return Err(Refusal::Config(Box::new((diagnostics, Input::new(source.clone())))));
            }
        }
        let mut mistakes = Vec::new();
        let config = read_config(request, file).map_err(|mistake| mistakes.push(mistake));
        let selection = Selection {
            only: parse_patterns("only", &request["only"], &mut mistakes),
            exclude: parse_patterns("exclude", &request["exclude"], &mut mistakes),
        };
        let config = match config {
            Ok(config) if mistakes.is_empty() => config,
            _ => return Err(Refusal::Options(mistakes)),
        };
        let document = read_source(&request["document"]).unwrap_or_else(|| Source::new("", ""));
        let overlays = read_source(&request["overlay"]).into_iter().collect();
        let input = Input { overlays, names, selection, ..Input::new(document) };
        Ok(Self { input, config, earlier: read_source(&request["earlier"]) })
    }

    /// What is compared, the earlier document first. As the command does it: all operations of both.
    pub(crate) fn compared_inputs(&self) -> Option<(Input, Input)> {
        let new = Input { selection: Selection::default(), ..self.input.clone() };
        let old = Input { document: self.earlier.clone()?, ..new.clone() };
        Some((old, new))
    }
}

/// As in the command, options take precedence over the file.
fn read_config(request: &Value, file: ConfigFile) -> Result<Config, (&'static str, String)> {
    let name = non_empty_text(&request["name"]).map(str::to_owned).or_else(|| file.name.clone());
    let version =
        non_empty_text(&request["version"]).map(str::to_owned).or_else(|| file.version.clone());
    let name = name.unwrap_or_else(|| "api".to_owned());
    let config = Config::new(name, "0.1.0").map_err(|message| ("name", message))?;
    let config = match version {
        Some(version) => {
            Config::new(config.name, version).map_err(|message| ("version", message))?
        }
        None => config,
    };
    Ok(file.apply_to(config))
}

fn parse_patterns(
    option: &'static str,
    value: &Value,
    mistakes: &mut Vec<(&'static str, String)>,
) -> Vec<Pattern> {
    let mut patterns = Vec::new();
    for written in value.as_array().into_iter().flatten().filter_map(Value::as_str) {
        match written.parse() {
            Ok(pattern) => patterns.push(pattern),
            Err(message) => mistakes.push((option, message)),
        }
    }
    patterns
}

/// A string that is not empty.
fn non_empty_text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.trim().is_empty())
}

fn read_source(value: &Value) -> Option<Source> {
    let name = value["name"].as_str()?;
    Some(Source::new(name, non_empty_text(&value["text"])?))
}

/// Errors in options, in the format of the page.
pub(crate) fn describe_mistakes(mistakes: &[(&'static str, String)]) -> Value {
    let listed = mistakes.iter().map(|(option, text)| json!({"option": option, "message": text}));
    listed.collect()
}
