//! Parameters in path, query, headers and cookies.

use std::collections::HashMap;

use openapiv3::{
    Parameter as DocumentParameter, ParameterData, ParameterSchemaOrContent, PathStyle,
    QueryStyle as DocumentQueryStyle, ReferenceOr, SchemaKind, StringFormat, Type as SchemaType,
    VariantOrUnknownOrEmpty,
};

use super::checks::default_of;
use super::limits::entries_size;
use super::media_type::is_json;
use super::scope::{Named, Scope};
use super::site::{SchemaRef, Site};
use super::{Lowering, reserved};
use crate::diagnostics::{Code, Pointer};
use crate::extensions::QUERYSTRING;
use crate::model::{Parameter, ParameterStyle, QueryStyle, Type, ValueName};
use crate::names;

/// Headers that OpenAPI 3.0 says are no parameters: other parts of the document describe them.
const NOT_PARAMETERS: &[&str] = &["accept", "authorization", "content-type"];

/// A parameter before it has a name of its own; until then its name is the text that it is to be made of.
pub(crate) struct Declared {
    pub(crate) parameter: Parameter,
    /// Where the operation lists it.
    pub(crate) pointer: Pointer,
}

impl<'a> Lowering<'a, '_> {
    /// The parameters of an operation, its own and its path's, each by its name and place once.
    pub(crate) fn lower_parameters(
        &mut self,
        path: (&'a [ReferenceOr<DocumentParameter>], Pointer),
        own: (&'a [ReferenceOr<DocumentParameter>], Pointer),
        hint: &str,
    ) -> Vec<Declared> {
        let mut declared: Vec<Declared> = Vec::new();
        // Where each stands: in which list, and among those declared.
        let mut known: HashMap<(u8, String), (usize, usize)> = HashMap::new();
        let count = path.0.len() + own.0.len();
        let mut fitting = self.limit_fields(count, "parameters", "are left out", &own.1);
        for (list, (parameters, pointer)) in [path, own].into_iter().enumerate() {
            let taken = parameters.len().min(fitting);
            fitting -= taken;
            for (index, parameter) in parameters.iter().take(taken).enumerate() {
                let pointer = pointer.index(index);
                let Some(parameter) = self.lower_parameter(parameter, &pointer, hint) else {
                    continue;
                };
                match known.get(&parameter_identity(&parameter)) {
                    Some((same, _)) if *same == list => {
                        let message =
                            format!("duplicate parameter `{}`: this one is ignored", parameter.key);
                        self.diagnostics.report(Code::DuplicateParameter, &pointer, message);
                    }
                    // The operation's own stands for its path's.
                    Some(&(_, at)) => declared[at] = Declared { parameter, pointer },
                    None => {
                        known.insert(parameter_identity(&parameter), (list, declared.len()));
                        declared.push(Declared { parameter, pointer });
                    }
                }
            }
        }
        declared
    }

    fn lower_parameter(
        &mut self,
        parameter: &'a ReferenceOr<DocumentParameter>,
        pointer: &Pointer,
        hint: &str,
    ) -> Option<Parameter> {
        let found = self.follow(parameter, pointer, "parameters", |all| &all.parameters)?;
        let parameter = found.item;
        let pointer = found.pointer;
        // Operations that share a parameter share its type.
        let shared = found.component.map(|name| names::type_name(name, "Parameter").0);
        let hint = match &shared {
            Some(shared) => shared.clone(),
            None => names::child_name(hint, &parameter.parameter_data_ref().name),
        };
        let data = parameter.parameter_data_ref();
        if matches!(parameter, DocumentParameter::Header { .. })
            && NOT_PARAMETERS.contains(&data.name.to_ascii_lowercase().as_str())
        {
            let message = format!("`{}` cannot be a header parameter: ignored", data.name);
            self.diagnostics.report(Code::IgnoredParameter, &pointer, message);
            return None;
        }
        if !self.write(entries_size([data.name.as_str()]), &pointer) {
            return None;
        }
        let (ty, json, doc) = self.parameter_type(data, &pointer, hint);
        let given = data.extensions.get("x-rust-name").and_then(serde_json::Value::as_str);
        Some(Parameter {
            name: ValueName(given.unwrap_or(&data.name).to_owned()),
            key: data.name.clone(),
            doc: self.doc(
                data.description.as_deref().into_iter().chain(doc.iter().map(String::as_str)),
                &pointer,
            ),
            ty,
            required: data.required || matches!(parameter, DocumentParameter::Path { .. }),
            deprecated: data.deprecated.unwrap_or(false),
            style: parameter_style(parameter, json),
            first: self.first_integer(data),
        })
    }

    /// The integer that stands for a parameter that is not sent: its default, or else a minimum of
    /// 0 or 1, where the numbers of pages begin.
    fn first_integer(&self, data: &ParameterData) -> Option<i64> {
        let ParameterSchemaOrContent::Schema(schema) = &data.format else { return None };
        let schema = match schema {
            ReferenceOr::Item(schema) => schema,
            ReferenceOr::Reference { reference } => {
                let name = reference.strip_prefix("#/components/schemas/")?;
                self.document.components.as_ref()?.schemas.get(name)?.as_item()?
            }
        };
        let minimum = match &schema.schema_kind {
            SchemaKind::Type(SchemaType::Integer(integer)) => integer.minimum,
            SchemaKind::Type(SchemaType::Number(number)) => {
                number.minimum.map(|least| least as i64)
            }
            _ => return None,
        };
        let default = schema.schema_data.default.as_ref().and_then(serde_json::Value::as_i64);
        default.or(minimum.filter(|least| matches!(least, 0 | 1)))
    }

    /// The type of a parameter's value, whether it is written as JSON, and what its schema adds to its documentation.
    fn parameter_type(
        &mut self,
        data: &'a ParameterData,
        pointer: &Pointer,
        hint: String,
    ) -> (Type, bool, Option<String>) {
        let (schema, pointer, json) = match &data.format {
            ParameterSchemaOrContent::Schema(schema) => {
                (Some(schema), pointer.key("schema"), false)
            }
            ParameterSchemaOrContent::Content(content) => match content.iter().next() {
                Some((media, content)) => {
                    let pointer = pointer.key("content").key(media).key("schema");
                    (content.schema.as_ref(), pointer, is_json(media))
                }
                None => (None, pointer.clone(), false),
            },
        };
        let Some(schema) = schema else { return (Type::String, json, None) };
        let site = Site::new(schema, pointer.clone(), hint);
        if let Some(header) = header_type(site.schema) {
            return (header, json, None);
        }
        let doc = match site.schema {
            SchemaRef::Item(schema) if data.description.is_none() => {
                Some(self.field_doc(schema, &pointer).lines.join("\n"))
            }
            SchemaRef::Item(schema) => {
                default_of(schema).map(|value| format!("Default: `{value}`."))
            }
            SchemaRef::Reference(_) => None,
        };
        let ty = self.lower(&site).ty;
        if !json && !matches!(data.format, ParameterSchemaOrContent::Schema(_)) && ty == Type::Json
        {
            self.diagnostics.report(
                Code::UnsupportedParameterStyle,
                &pointer,
                "this media type is not supported in a parameter; sent as JSON",
            );
            return (ty, true, doc);
        }
        (ty, json, doc)
    }

    /// Puts the required parameters first and gives each a name of its own. They are arguments: those of the path in
    /// its order, the others by their names, so that nobody's call changes its meaning when the document lists them
    /// in another order.
    pub(crate) fn name_parameters(
        &mut self,
        mut declared: Vec<Declared>,
        path: &str,
    ) -> Vec<Parameter> {
        let order = super::servers::template_names(path);
        let order: HashMap<&str, usize> =
            order.into_iter().enumerate().map(|(at, name)| (name, at)).collect();
        declared.sort_by_cached_key(|Declared { parameter, .. }| {
            let at =
                order.get(parameter.key.as_str()).filter(|_| location_number(parameter.style) == 0);
            let key = parameter.required.then(|| parameter.key.clone());
            (!parameter.required, at.copied().unwrap_or(usize::MAX), key)
        });
        let mut scope = Scope::reserving(reserved::REQUEST, "_parameter");
        let named = declared.into_iter().map(|Declared { mut parameter, pointer }| {
            let text = &parameter.name.0;
            let named = Named { kind: "parameter", text, fallback: "value", place: &pointer };
            parameter.name = scope.claim_value(named, self.diagnostics);
            parameter
        });
        named.collect()
    }
}

/// What two parameters of one list must not share: the place and the name, which a header writes in
/// letters of any case.
fn parameter_identity(parameter: &Parameter) -> (u8, String) {
    match location_number(parameter.style) {
        HEADER => (HEADER, parameter.key.to_ascii_lowercase()),
        other => (other, parameter.key.clone()),
    }
}

/// [`location_number`] of headers.
const HEADER: u8 = 2;

/// The types that formats of header values stand for: RFC 9110 section 14.4, RFC 3230.
fn header_type(schema: SchemaRef<'_>) -> Option<Type> {
    let SchemaRef::Item(schema) = schema else { return None };
    let SchemaKind::Type(SchemaType::String(string)) = &schema.schema_kind else { return None };
    match &string.format {
        VariantOrUnknownOrEmpty::Unknown(format) if format == "content-range" => {
            Some(Type::ContentRange)
        }
        VariantOrUnknownOrEmpty::Unknown(format) if format == "instance-digest" => {
            Some(Type::Digest)
        }
        VariantOrUnknownOrEmpty::Item(StringFormat::Byte) => Some(Type::Base64),
        _ => None,
    }
}

/// A number for each place, to tell parameters of one name apart.
pub(crate) fn location_number(style: ParameterStyle) -> u8 {
    match style {
        ParameterStyle::PathSimple { .. }
        | ParameterStyle::PathLabel { .. }
        | ParameterStyle::PathMatrix { .. }
        | ParameterStyle::PathJson => 0,
        ParameterStyle::Query { .. } => 1,
        ParameterStyle::Header { .. } | ParameterStyle::HeaderJson => HEADER,
        ParameterStyle::Cookie { .. } | ParameterStyle::CookieJson => 3,
    }
}

fn parameter_style(parameter: &DocumentParameter, json: bool) -> ParameterStyle {
    let data = parameter.parameter_data_ref();
    let explode = data.explode;
    match parameter {
        DocumentParameter::Query { style, allow_reserved, .. } => {
            let whole = data.extensions.contains_key(QUERYSTRING);
            let style = match json {
                true if whole => QueryStyle::WholeJson,
                true => QueryStyle::Json,
                false if whole => QueryStyle::WholeForm,
                false => query_style(style, explode),
            };
            ParameterStyle::Query { style, allow_reserved: *allow_reserved }
        }
        DocumentParameter::Header { .. } if json => ParameterStyle::HeaderJson,
        DocumentParameter::Header { .. } => {
            ParameterStyle::Header { explode: explode.unwrap_or(false) }
        }
        DocumentParameter::Cookie { .. } if json => ParameterStyle::CookieJson,
        DocumentParameter::Cookie { .. } => {
            let escaped = !data.extensions.contains_key("x-cookie-style");
            ParameterStyle::Cookie { explode: explode.unwrap_or(true), escaped }
        }
        DocumentParameter::Path { .. } if json => ParameterStyle::PathJson,
        DocumentParameter::Path { style, .. } => {
            let explode = explode.unwrap_or(false);
            match style {
                PathStyle::Simple => ParameterStyle::PathSimple { explode },
                PathStyle::Label => ParameterStyle::PathLabel { explode },
                PathStyle::Matrix => ParameterStyle::PathMatrix { explode },
            }
        }
    }
}

/// The style of a query parameter or of a form's field; `explode` is on by default for `form` alone.
pub(crate) fn query_style(style: &DocumentQueryStyle, explode: Option<bool>) -> QueryStyle {
    match (style, explode) {
        (DocumentQueryStyle::DeepObject, _) => QueryStyle::DeepObject,
        (DocumentQueryStyle::Form, None | Some(true)) | (_, Some(true)) => QueryStyle::FormExploded,
        (DocumentQueryStyle::Form, Some(false)) => QueryStyle::Form,
        (DocumentQueryStyle::SpaceDelimited, _) => QueryStyle::SpaceDelimited,
        (DocumentQueryStyle::PipeDelimited, _) => QueryStyle::PipeDelimited,
    }
}
