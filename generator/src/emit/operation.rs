//! The module of operations: methods, and the request that each of them makes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::body;
use super::code::{
    Code, argument_reference, argument_type, inline_attribute, laid_out, static_ident, type_ident,
    value_ident, write_expression, write_on_one_line,
};
use super::doc::{deprecated_attribute, doc_lines, doc_or};
use super::tag_features::SharedErrors;
use super::types::Needs;
use super::{example, pages, parallel, response, sections, tag_features};
use crate::model::{
    Api, Group, Operation, Parameter, ParameterStyle, PartKind, QueryStyle, Response, Type,
    TypeName, ValueName,
};
use crate::prose;

/// How long a line may be that needs no layout.
const NARROW: usize = 80;

/// The files of `operations`.
pub(crate) fn operation_files(api: &Api) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let about = format!("The operations of {}.", prose::one_line(&api.title));
    if api.groups.iter().all(|group| group.operations.is_empty()) {
        return files;
    }
    if let [Group { name: None, operations, .. }] = &api.groups[..] {
        files.insert("src/operations.rs".to_owned(), emit_file(api, &about, None, operations));
        return files;
    }
    let mut root = Code::new(&about);
    let mut modules = String::from("\n");
    let named: Vec<(&Group, &ValueName)> =
        api.groups.iter().filter_map(|group| Some((group, &group.name.as_ref()?.0))).collect();
    let texts = parallel::map_in_parallel(&named, |(group, name)| {
        emit_file(api, &doc_text(group, &name.0), Some(group), &group.operations)
    });
    for ((group, name), text) in named.into_iter().zip(texts) {
        modules.push_str(&format!(
            "{}pub mod {};\n",
            tag_features::gate(&group.feature),
            value_ident(name)
        ));
        files.insert(format!("src/operations/{}.rs", name.0), text);
    }
    let errors = tag_features::shared_errors(api);
    let mut exported = String::new();
    for SharedErrors { module, features, errors } in &errors {
        let Some(module) = module else { continue };
        let gate = tag_features::gate(features);
        modules.push_str(&format!("{gate}mod {};\n", module.0));
        exported.push_str(&format!("\n{gate}pub use self::{}::*;\n", module.0));
        let mut code = Code::new("Errors of operations in several groups.");
        emit_shared_errors(&mut code, errors);
        files.insert(format!("src/operations/{}.rs", module.0), code.finish());
    }
    root.attached(&modules);
    root.attached(&exported);
    let always = errors.iter().filter(|shared| shared.module.is_none());
    always.for_each(|always| emit_shared_errors(&mut root, &always.errors));
    files.insert("src/operations.rs".to_owned(), root.finish());
    files
}

fn doc_text(group: &Group, name: &str) -> String {
    if group.doc.lines.is_empty() {
        format!("The operations tagged `{name}`.")
    } else {
        group.doc.lines.join("\n")
    }
}

fn emit_file(api: &Api, about: &str, group: Option<&Group>, operations: &[Operation]) -> String {
    let mut code = Code::new(about);
    emit_imports(api, &mut code, operations, group.is_none());
    match group.and_then(|group| group.name.as_ref()) {
        None => {
            let methods = operations.iter().map(|operation| emit_method(api, operation, None));
            code.implementation(&quote!(Client), methods);
        }
        Some((accessor, type_name)) => {
            // Documentation knows no raw names.
            let about = doc_lines(&[format!("The operations of [`Client::{}`].", accessor.0)]);
            let accessor = value_ident(accessor);
            let name = type_ident(type_name);
            let shown = doc_lines(&group_summary(group));
            let methods = operations
                .iter()
                .map(|operation| emit_method(api, operation, Some(&accessor.to_string())));
            code.items(quote! {
                impl Client {
                    #shown
                    #[must_use]
                    pub fn #accessor(&self) -> #name<'_> {
                        #name(self)
                    }
                }

                #about
                #[derive(Clone, Copy, Debug)]
                pub struct #name<'a>(&'a Client);
            });
            code.implementation(&quote!(#name<'_>), methods);
        }
    }
    let mut readings = Readings::new();
    for operation in operations {
        emit_request(api, &mut code, operation, group);
        code.text(&operation_static(api, operation));
        code.text(&emit_operation_macro(operation, &mut readings));
    }
    if group.is_none() {
        response::shared_error_types(&api.shared_errors.enums).for_each(|item| code.items(item));
    }
    code.finish()
}

/// What is said first of a group.
fn group_summary(group: Option<&Group>) -> Vec<String> {
    let text = group.and_then(|group| Some(doc_text(group, &group.name.as_ref()?.0.0)));
    let first = |line: &&str| !line.is_empty() && !line.contains("```");
    let text = text.unwrap_or_default();
    let lines: Vec<String> = text.lines().take_while(first).map(str::to_owned).collect();
    if lines.is_empty() { vec!["Some operations.".to_owned()] } else { lines }
}

fn emit_imports(api: &Api, code: &mut Code, operations: &[Operation], alone: bool) {
    let mut runtime: BTreeSet<&'static str> =
        BTreeSet::from(["Call", "Client", "Operation", "operation"]);
    let mut needs = Needs::default();
    let mut named = false;
    if alone {
        for ty in shared_types(&api.shared_errors.enums) {
            needs.add(ty, &mut runtime);
            named |= ty.named().is_some();
        }
    }
    for operation in operations {
        let mut types: Vec<&Type> =
            operation.parameters.iter().map(|parameter| &parameter.ty).collect();
        let whole =
            |style| matches!(style, ParameterStyle::Query { style: QueryStyle::WholeForm, .. });
        if operation.parameters.iter().any(|parameter| !whole(parameter.style)) {
            runtime.insert("Style");
        }
        if let Some(body) = &operation.body {
            types.extend(body::body_types(body));
            runtime.extend(body::runtime_names(body));
        }
        types.extend(response::response_types(api, operation));
        if operation.pagination.is_some() {
            runtime.extend(["Items", "Page", "Paging"]);
        }
        if matches!(operation.errors, crate::model::Errors::Undocumented) {
            needs.value = true;
        }
        if !operation.choices.is_empty() {
            runtime.insert("Negotiated");
        }
        runtime.extend(response::streams_of(operation));
        if response::needs_retry_after(operation) {
            runtime.insert("RetryAfter");
        }
        for ty in types {
            needs.add(ty, &mut runtime);
            named |= ty.named().is_some();
        }
    }
    needs.write(code);
    code.items(quote!(
        use http::Method;
    ));
    let runtime = runtime.into_iter().map(|name| format_ident!("{name}"));
    let types = named.then(|| {
        quote!(
            use crate::types;
        )
    });
    let shared: BTreeSet<&TypeName> = match alone {
        true => BTreeSet::new(),
        false => operations.iter().filter_map(|one| response::shared_error(api, one)).collect(),
    };
    let shared = (!shared.is_empty()).then(|| {
        let names = shared.into_iter().map(type_ident);
        quote!(
            use super::{#(#names),*};
        )
    });
    code.imports(quote! {
        #shared
        use crate::client::servers;
        use crate::runtime::{#(#runtime),*};
        #types
    });
}

/// The types in the errors that several operations have.
fn shared_types<'a>(
    errors: impl IntoIterator<Item = (&'a TypeName, &'a Vec<Response>)>,
) -> impl Iterator<Item = &'a Type> {
    response::payload_types(errors.into_iter().flat_map(|(_, responses)| responses))
}

/// The errors that operations of several groups have.
fn emit_shared_errors(code: &mut Code, errors: &tag_features::Errors<'_>) {
    let types: Vec<&Type> = shared_types(errors.clone()).collect();
    let mut runtime = BTreeSet::new();
    let mut needs = Needs::default();
    types.iter().for_each(|ty| needs.add(ty, &mut runtime));
    needs.write(code);
    let runtime: Vec<_> = runtime.into_iter().map(|name| format_ident!("{name}")).collect();
    let runtime = (!runtime.is_empty()).then(|| {
        quote!(
            use crate::runtime::{#(#runtime),*};
        )
    });
    let types = types.iter().any(|ty| ty.named().is_some()).then(|| {
        quote!(
            use crate::types;
        )
    });
    if runtime.is_some() || types.is_some() {
        code.imports(quote!(#runtime #types));
    }
    response::shared_error_types(errors.clone()).for_each(|item| code.items(item));
}

/// There are as many as operations, so those that fit the lines are written without being laid out.
/// The names of security schemes, as a slice.
fn scheme_keys(api: &Api, schemes: &[usize]) -> String {
    let schemes = schemes.iter().filter_map(|&index| api.security_schemes.get(index));
    let keys: Vec<String> =
        schemes.map(|scheme| Literal::string(&scheme.key).to_string()).collect();
    format!("&[{}]", keys.join(", "))
}

fn operation_static(api: &Api, operation: &Operation) -> String {
    let constant = static_ident(&operation.name);
    let method = format_ident!("{}", format!("{:?}", operation.method).to_ascii_uppercase());
    let server = api.servers.get(operation.server).map(|server| static_ident(&server.name));
    let path = Literal::string(&escape_path(&operation.path));
    let accept = Literal::string(&operation.accept);
    let security: Vec<String> =
        operation.security.iter().map(|schemes| scheme_keys(api, schemes)).collect();
    let security = format!("    security: &[{}],", security.join(", "));
    let server = server.map(|server| server.to_string()).unwrap_or_default();
    let text = format!(
        "static {constant}: Operation = Operation {{\n    method: Method::{method},\n    \
         server: &servers::{server},\n    path: {path},\n    accept: {accept},\n{security}\n}};\n"
    );
    if security.len() <= NARROW { text } else { laid_out(&text) }
}

/// The path with what no URL may hold escaped (RFC 3986, section 2.1), but for the names of parameters.
fn escape_path(path: &str) -> String {
    let mut text = String::new();
    let mut rest = path;
    // Behind the last of these no name ends: a search for its end would go to the end of the path.
    let last = path.rfind('}').unwrap_or(0);
    while let Some(c) = rest.chars().next() {
        let at = path.len() - rest.len();
        let end = if c == '{' && at < last { rest.find('}') } else { None };
        let name = end.map(|end| &rest[..=end]);
        let escape = rest.get(1..3).filter(|digits| digits.chars().all(|c| c.is_ascii_hexdigit()));
        let whole = match (c, name) {
            (_, Some(name)) => name,
            _ => &rest[..c.len_utf8()],
        };
        rest = &rest[whole.len()..];
        let stays = name.is_some()
            || if c == '%' {
                escape.is_some()
            } else {
                c.is_ascii_graphic() && !r#""<>\^`{|}"#.contains(c)
            };
        if stays {
            text.push_str(whole);
        } else {
            text.extend(whole.bytes().map(|byte| format!("%{byte:02X}")));
        }
    }
    text
}

/// How documentation names an operation's method.
fn method_link(operation: &Operation, group: Option<&Group>) -> String {
    let owner = match group.and_then(|group| group.name.as_ref()) {
        Some((_, name)) => name.0.clone(),
        None => "Client".to_owned(),
    };
    format!("[`{owner}::{}`]", operation.name.0)
}

fn emit_method(api: &Api, operation: &Operation, accessor: Option<&str>) -> TokenStream {
    let name = value_ident(&operation.name);
    let request = type_ident(&operation.type_name);
    let constant = static_ident(&operation.name);
    let verb = format!("{:?}", operation.method).to_ascii_uppercase();
    let verb = operation.custom_method.as_ref().unwrap_or(&verb);
    let place = prose::code_span(&format!("{verb} {}", operation.path));
    let docs = doc_or(&operation.doc, &place);
    let place = if operation.doc.lines.is_empty() {
        TokenStream::new()
    } else {
        doc_lines(&[String::new(), place])
    };
    let sections = doc_lines(&sections::doc_sections(operation));
    let example = doc_lines(&example::call_example(api, operation, accessor));
    let old = deprecated_attribute(operation.deprecated);
    let required = || operation.parameters.iter().filter(|parameter| parameter.required);
    let mut arguments: Vec<TokenStream> = required()
        .map(|parameter| {
            let name = value_ident(&parameter.name);
            let value = argument_type(&parameter.ty);
            quote!(#name: #value)
        })
        .collect();
    let client = if accessor.is_some() { quote!(self.0) } else { quote!(self) };
    let mut call = quote!(#client.call(&#constant));
    if let Some(method) = &operation.custom_method {
        call = quote!(#call.method(#method));
    }
    if let Some(idempotent) = operation.idempotent {
        call = quote!(#call.idempotent(#idempotent));
    }
    for parameter in required() {
        call = set_parameter(parameter, &call);
    }
    if let Some(sent) = operation.body.as_ref().filter(|body| body.required) {
        let value = body::body_argument(sent);
        arguments.push(quote!(body: #value));
        call = body::emit_call_with_body(sent, &call);
    }
    let many = (arguments.len() > 6).then(|| {
        quote!(#[allow(clippy::too_many_arguments, reason = "the document requires all of them")])
    });
    let types = required().map(|parameter| &parameter.ty);
    let sent = operation.body.iter().filter(|body| body.required).flat_map(body::body_types);
    let inline = inline_attribute(types.chain(sent));
    quote! {
        #docs
        #place
        #sections
        #example
        #old
        #many
        #inline
        pub fn #name(&self, #(#arguments),*) -> #request {
            #request(#call)
        }
    }
}

/// The call with a parameter set.
fn set_parameter(parameter: &Parameter, call: &TokenStream) -> TokenStream {
    let key = &parameter.key;
    let value = argument_reference(&parameter.ty, &value_ident(&parameter.name));
    if let ParameterStyle::Query { style: QueryStyle::WholeForm, .. } = parameter.style {
        return quote!(#call.query_form(#key, #value));
    }
    let (method, style) = match parameter.style {
        ParameterStyle::PathSimple { explode: false } => (quote!(path), quote!(Style::Simple)),
        ParameterStyle::PathSimple { explode: true } => {
            (quote!(path), quote!(Style::SimpleExploded))
        }
        ParameterStyle::PathLabel { explode: false } => (quote!(path), quote!(Style::Label)),
        ParameterStyle::PathLabel { explode: true } => (quote!(path), quote!(Style::LabelExploded)),
        ParameterStyle::PathMatrix { explode: false } => (quote!(path), quote!(Style::Matrix)),
        ParameterStyle::PathMatrix { explode: true } => {
            (quote!(path), quote!(Style::MatrixExploded))
        }
        ParameterStyle::PathJson => (quote!(path), quote!(Style::Json)),
        ParameterStyle::Query { style, allow_reserved: false } => {
            (quote!(query), body::query_style(style))
        }
        ParameterStyle::Query { style, allow_reserved: true } => {
            (quote!(query_reserved), body::query_style(style))
        }
        ParameterStyle::Header { explode: false } => (quote!(header), quote!(Style::Simple)),
        ParameterStyle::Header { explode: true } => (quote!(header), quote!(Style::SimpleExploded)),
        ParameterStyle::HeaderJson => (quote!(header), quote!(Style::Json)),
        ParameterStyle::Cookie { explode, escaped } => {
            let method = if escaped { quote!(cookie) } else { quote!(plain_cookie) };
            let style = if explode { quote!(Style::FormExploded) } else { quote!(Style::Form) };
            (method, style)
        }
        ParameterStyle::CookieJson => (quote!(cookie), quote!(Style::NamedJson)),
    };
    quote!(#call.#method(#key, #value, #style))
}

fn emit_request(api: &Api, code: &mut Code, operation: &Operation, group: Option<&Group>) {
    let name = type_ident(&operation.type_name);
    let link = method_link(operation, group);
    let about = format!("/// The request of {link}. Await it to send it.\n");
    let optional =
        operation.parameters.iter().filter(|parameter| !parameter.required).map(|parameter| {
            let name = value_ident(&parameter.name);
            let value = argument_type(&parameter.ty);
            let docs = doc_or(
                &parameter.doc,
                &format!("The parameter {}.", prose::code_span(&parameter.key)),
            );
            let old = deprecated_attribute(parameter.deprecated);
            let call = set_parameter(parameter, &quote!(self.0));
            let inline = inline_attribute([&parameter.ty]);
            quote! {
                #docs
                #old
                #inline
                pub fn #name(self, #name: #value) -> Self {
                    Self(#call)
                }
            }
        });
    let mut methods: Vec<TokenStream> = optional.collect();
    methods.extend(
        operation.body.as_ref().filter(|body| !body.required).map(body::emit_optional_body),
    );
    methods.extend(
        operation
            .pagination
            .as_ref()
            .map(|pagination| pages::emit_stream_method(operation, pagination)),
    );
    methods.extend(response::media_type_methods(operation));
    let derives = if is_clone(operation) { "Clone, Debug" } else { "Debug" };
    code.text(&format!(
        "{about}#[derive({derives})]
#[must_use = \"a request is sent when it is awaited\"]
\
         pub struct {name}(Call);
"
    ));
    if !methods.is_empty() {
        code.items(quote!(impl #name { #(#methods)* }));
    }
    if let Some(sent) = &operation.body {
        code.items(body::emit_items(sent, &link));
    }
    code.items(response::emit_items(api, operation, &link));
}

/// Expressions that read responses, formatted, by their tokens: few operations have one of their own.
type Readings = HashMap<String, String>;

/// `operation!`: how the response is read.
fn emit_operation_macro(operation: &Operation, known: &mut Readings) -> String {
    let name = &operation.type_name.0;
    let output = write_on_one_line(&response::output_type(&operation.outcome));
    let error = write_on_one_line(&response::error_type(operation));
    let streams = response::stream_statuses(operation, &operation.outcome)
        .map(|patterns| format!(" stream({});", write_on_one_line(&patterns)))
        .unwrap_or_default();
    let read = response::read_reply(operation, &operation.outcome);
    let read = known.entry(read.to_string()).or_insert_with(|| write_expression(&read));
    format!("operation!({name} -> {output}, {error};{streams} |reply| {read});\n")
}

/// Whether an operation's request is `Clone`.
pub(crate) fn is_clone(operation: &Operation) -> bool {
    operation.pagination.is_some() || !may_stream(operation)
}

/// Whether a request may carry a stream, which cannot be sent twice.
fn may_stream(operation: &Operation) -> bool {
    operation.parts().iter().any(|part| match part.kind {
        PartKind::Bytes | PartKind::Text | PartKind::Multipart(..) => true,
        PartKind::Json(_) | PartKind::Form(..) => false,
    })
}
