//! Responses, by status.

use openapiv3::{
    Header, ParameterSchemaOrContent, ReferenceOr, Response as DocumentResponse, Responses,
    SchemaKind, StatusCode, Type as SchemaType,
};

use super::contents::{Contents, NegotiableResponse};
use super::limits::entries_size;
use super::schemas::scalar_type;
use super::scope::{Named, Scope};
use super::site::{SchemaRef, Site};
use super::{Lowering, accept};
use crate::diagnostics::{Code, Pointer};
use crate::model::{
    Choice, Doc, HeaderField, HeaderType, Method, Outcome, Parameter, Payload, Response, Status,
    Type, TypeName,
};
use crate::names;

/// What comes back from an operation.
pub(crate) struct LoweredResponses {
    /// The `Accept` header that asks for it.
    pub(crate) accept: String,
    pub(crate) outcome: Outcome,
    pub(crate) choices: Vec<Choice>,
    /// What the document says of failures.
    pub(crate) failures: Vec<Response>,
    /// Whether `default` describes the statuses that are not named.
    pub(crate) describes_rest: bool,
}

/// What a response is given to.
#[derive(Clone, Copy)]
struct Asked {
    method: Method,
    status: Status,
    /// Whether all is well.
    succeeds: bool,
}

impl<'a> Lowering<'a, '_> {
    /// What an operation gives when all is well, and when not.
    pub(crate) fn lower_responses(
        &mut self,
        responses: &'a Responses,
        pointer: &Pointer,
        operation: &str,
        method: Method,
        parameters: &[Parameter],
    ) -> LoweredResponses {
        let mut successes = Vec::new();
        let mut errors = Vec::new();
        let mut documented: Vec<(Status, String, &'a ReferenceOr<DocumentResponse>)> = Vec::new();
        for (code, response) in &responses.responses {
            let status = match code {
                StatusCode::Code(code) => Status::Code(*code),
                StatusCode::Range(range) => {
                    Status::Range(u8::try_from(range % 10).unwrap_or_default())
                }
            };
            documented.push((status, code.to_string(), response));
        }
        documented.sort_by_key(|(status, ..)| *status);
        if let Some(default) = &responses.default {
            documented.push((Status::Default, "default".to_owned(), default));
        }
        let only_default = documented.iter().all(|(status, ..)| !is_success(*status));
        let several = documented.iter().filter(|(status, ..)| is_success(*status)).count() > 1;
        let of_2xx = documented.iter().filter(|(status, ..)| is_2xx(*status)).count();
        let any_2xx = of_2xx == 1 && responses.default.is_none();
        for (status, key, response) in documented {
            let succeeds = is_success(status) || (status == Status::Default && only_default);
            let hint = match status {
                Status::Code(code) if succeeds && several => format!("{operation}Response{code}"),
                _ if succeeds => format!("{operation}Response"),
                Status::Code(code) => format!("{operation}Error{code}"),
                Status::Range(_) | Status::Default => format!("{operation}Error"),
            };
            let asked = Asked { method, status, succeeds };
            let Some(lowered) = self.lower_response(response, asked, &pointer.key(&key), &hint)
            else {
                continue;
            };
            if !is_success(status) {
                // What an error's headers say is in the response that every error carries.
                errors.push(Response { headers: Vec::new(), ..lowered.response.clone() });
            }
            if succeeds {
                successes.push(if any_2xx { accept_every_2xx(lowered) } else { lowered });
            }
        }
        if successes.is_empty() {
            let message = "no success response is declared: any 2xx status is accepted and its body is not read";
            self.diagnostics.report(Code::MissingResponse, pointer, message);
            successes.push(unspecified_response());
        }
        name_no_content(&mut successes);
        let choices = self.lower_choices(&successes, &errors, operation, parameters);
        let successes: Vec<Response> =
            successes.into_iter().map(|success| success.response).collect();
        LoweredResponses {
            accept: accept::accept_header(&successes, &errors),
            outcome: self.outcome(successes, operation, pointer),
            choices,
            failures: errors,
            describes_rest: responses.default.is_some() && !only_default,
        }
    }

    fn lower_response(
        &mut self,
        response: &'a ReferenceOr<DocumentResponse>,
        asked: Asked,
        pointer: &Pointer,
        hint: &str,
    ) -> Option<NegotiableResponse> {
        let Asked { method, status, succeeds } = asked;
        let found = self.follow(response, pointer, "responses", |all| &all.responses)?;
        let response = found.item;
        let pointer = found.pointer;
        // Operations that share a response share its type.
        let shared = found.component.map(|name| names::type_name(name, "Response").0);
        let hint = shared.as_deref().unwrap_or(hint);
        // Whatever the document says, these have no content: RFC 9110, sections 9.3.2, 15.3.5, 15.3.6, 15.4.5.
        let contents = match (method, status) {
            (Method::Head, _) | (_, Status::Code(204 | 205 | 304)) => Contents::none(),
            _ => self.contents(response, &pointer, hint, succeeds),
        };
        let Contents { payload, media_types, further } = contents;
        let mut scope = Scope::with(&["body"]);
        let place = pointer.key("headers");
        let fitting = self.limit_fields(response.headers.len(), "headers", "are left out", &place);
        let headers = response.headers.iter().take(fitting).filter_map(|(key, header)| {
            let at = pointer.key("headers").key(key);
            let header = self.follow(header, &at, "headers", |all| &all.headers)?.item;
            if !self.write(entries_size([key.as_str()]), &at) {
                return None;
            }
            let named = Named { kind: "header", text: key, fallback: "header", place: &at };
            Some(HeaderField {
                name: scope.claim_value(named, self.diagnostics),
                key: key.to_ascii_lowercase(),
                doc: self.doc(header.description.as_deref(), &at),
                ty: self.header_type(key, header, &pointer.key("headers").key(key)),
            })
        });
        let headers = headers.collect();
        let doc = self.doc([response.description.as_str()], &pointer);
        let name = status_name(status);
        let response = Response { name, status, doc, payload, media_types, headers };
        Some(NegotiableResponse { response, further })
    }

    fn header_type(&mut self, key: &str, header: &'a Header, pointer: &Pointer) -> HeaderType {
        // RFC 9110 section 10.2.3: seconds or a date, whatever the document says.
        if key.eq_ignore_ascii_case("retry-after") {
            return HeaderType::RetryAfter;
        }
        let ParameterSchemaOrContent::Schema(schema) = &header.format else {
            return HeaderType::Value(Type::String);
        };
        let site = Site::new(schema, pointer.key("schema"), String::from("Header"));
        if let SchemaRef::Item(schema) = site.schema
            && let SchemaKind::Type(SchemaType::String(_)) = &schema.schema_kind
        {
            return HeaderType::Value(Type::String);
        }
        HeaderType::Value(scalar_type(&self.flat_of(&site)))
    }

    /// What an operation gives: its one response, or a type of its own.
    pub(super) fn outcome(
        &mut self,
        mut successes: Vec<Response>,
        operation: &str,
        place: &Pointer,
    ) -> Outcome {
        let alone = successes.len() == 1;
        let bare =
            |response: &Response| response.headers.is_empty() || response.payload != Payload::Empty;
        if alone
            && successes.first().is_some_and(bare)
            && let Some(only) = successes.pop()
        {
            return Outcome::One(only);
        }
        let wanted = names::type_name(&format!("{operation}Outcome"), "Outcome");
        let named = Named { kind: "outcome of", text: operation, fallback: "Outcome", place };
        let name = self.operation_types.claim_derived(wanted, named, self.diagnostics);
        Outcome::Several(name, rename_duplicates(successes))
    }
}

/// The responses with names of their own.
pub(super) fn rename_duplicates(mut responses: Vec<Response>) -> Vec<Response> {
    let mut scope = Scope::default();
    for response in &mut responses {
        response.name = scope.take_type(response.name.clone());
    }
    responses
}

fn unspecified_response() -> NegotiableResponse {
    let name = TypeName("Success".to_owned());
    let response = Response {
        name,
        status: Status::Range(2),
        doc: Doc::default(),
        payload: Payload::Empty,
        media_types: Vec::new(),
        headers: Vec::new(),
    };
    NegotiableResponse { response, further: Vec::new() }
}

/// Gives the 204 that `2XX` covers too a response of its own, if the outcome distinguishes responses.
fn name_no_content(successes: &mut Vec<NegotiableResponse>) {
    let status = Status::Code(204);
    let named = successes.iter().any(|success| success.response.status == status);
    let covering = successes.iter().map(|success| &success.response).position(|response| {
        matches!(response.payload, Payload::Json(_)) && response.status == Status::Range(2)
    });
    // A status stands before its range.
    if let Some(at) = covering.filter(|_| successes.len() > 1 && !named) {
        let response =
            Response { name: status_name(status), status, ..unspecified_response().response };
        successes.insert(at, NegotiableResponse { response, further: Vec::new() });
    }
}

fn is_2xx(status: Status) -> bool {
    matches!(status, Status::Code(200..=299) | Status::Range(2))
}

/// The same response, for every 2xx. Where the document names one alone, another says too that the
/// request succeeded (RFC 9110, section 15.3); as an error it would invite to send it again.
fn accept_every_2xx(mut success: NegotiableResponse) -> NegotiableResponse {
    if is_2xx(success.response.status) {
        success.response.status = Status::Range(2);
    }
    success
}

fn is_success(status: Status) -> bool {
    match status {
        Status::Code(code) => code < 400,
        Status::Range(class) => class < 4,
        Status::Default => false,
    }
}

/// The reason phrase of a status, as a name (RFC 9110 section 15).
fn status_name(status: Status) -> TypeName {
    let name = match status {
        Status::Code(code) => match code {
            200 => "Ok",
            201 => "Created",
            202 => "Accepted",
            203 => "NonAuthoritative",
            204 => "NoContent",
            205 => "ResetContent",
            206 => "PartialContent",
            207 => "MultiStatus",
            300 => "MultipleChoices",
            301 => "MovedPermanently",
            302 => "Found",
            303 => "SeeOther",
            304 => "NotModified",
            307 => "TemporaryRedirect",
            308 => "PermanentRedirect",
            400 => "BadRequest",
            401 => "Unauthorized",
            402 => "PaymentRequired",
            403 => "Forbidden",
            404 => "NotFound",
            405 => "MethodNotAllowed",
            406 => "NotAcceptable",
            408 => "RequestTimeout",
            409 => "Conflict",
            410 => "Gone",
            412 => "PreconditionFailed",
            413 => "ContentTooLarge",
            415 => "UnsupportedMediaType",
            416 => "RangeNotSatisfiable",
            422 => "UnprocessableContent",
            423 => "Locked",
            429 => "TooManyRequests",
            500 => "InternalServerError",
            501 => "NotImplemented",
            502 => "BadGateway",
            503 => "ServiceUnavailable",
            504 => "GatewayTimeout",
            _ => return TypeName(format!("Status{code}")),
        },
        Status::Range(class) => return TypeName(format!("Status{class}xx")),
        Status::Default => "Unnamed",
    };
    TypeName(name.to_owned())
}
