//! Requests that the service sends: webhooks, and the callbacks of operations.

use std::collections::{HashMap, HashSet};

use indexmap::IndexSet;
use openapiv3::{
    Operation as DocumentOperation, Parameter as DocumentParameter, ParameterSchemaOrContent,
    PathItem, ReferenceOr, RequestBody,
};
use serde_json::Value;

use super::Lowering;
use super::flat::Flat;
use super::media_type::{Format, is_json, media_type_format};
use super::operations::operations_of;
use super::schemas::scalar_type;
use super::scope::{Named, Scope};
use super::site::Site;
use crate::diagnostics::{Code, Pointer};
use crate::extensions::WEBHOOK;
use crate::model::{
    Doc, HeaderField, HeaderType, Payload, Type, TypeName, Webhook, WebhookChoice, WebhookTag,
    Webhooks,
};
use crate::names;

/// A webhook before it is known what tells it from the others.
struct Found<'a> {
    webhook: Webhook,
    pointer: Pointer,
    /// The schema of its body.
    body: Option<(Site<'a>, Flat<'a>)>,
    /// The values that its headers may have, where they are listed.
    headers: HashMap<String, Vec<String>>,
}

impl<'a> Lowering<'a, '_> {
    /// Every webhook and callback, in document order.
    pub(crate) fn lower_webhooks(&mut self) -> Webhooks {
        let document = self.document;
        let mut found = Vec::new();
        let mut variants = Scope::with(&["Other"]);
        for (path, item) in &document.paths.paths {
            let ReferenceOr::Item(item) = item else { continue };
            let Some(key) = item.extensions.get(WEBHOOK).and_then(Value::as_str) else {
                continue;
            };
            let pointer = Pointer::default().key("paths").key(path);
            for (_, method, operation) in operations_of(item) {
                let place = (key, &pointer.key(method));
                found.push(self.lower_webhook(place, item, operation, &mut variants));
            }
        }
        let choice = self.webhook_choice(&found);
        let all = found.into_iter().map(|found| found.webhook).collect();
        Webhooks { all, choice, module: None }
    }

    fn lower_webhook(
        &mut self,
        (key, pointer): (&str, &Pointer),
        item: &'a PathItem,
        operation: &'a DocumentOperation,
        variants: &mut Scope,
    ) -> Found<'a> {
        let base = names::type_name(key, "Webhook");
        let variant = variants.take_type(base.clone());
        let wanted = match base.0.ends_with("Webhook") {
            true => base.0,
            false => format!("{}Webhook", base.0),
        };
        let named = Named { kind: "webhook", text: &wanted, fallback: "Webhook", place: pointer };
        let name = self.type_names.claim_type(named, self.diagnostics);
        let (headers, listed) = self.webhook_headers(item, operation, pointer);
        let body = operation.request_body.as_ref();
        let (payload, body) = body
            .and_then(|body| self.webhook_payload(body, &pointer.key("requestBody"), &variant))
            .unwrap_or((Payload::Empty, None));
        let webhook = Webhook {
            name,
            variant,
            key: key.to_owned(),
            doc: self.webhook_doc(operation, item, pointer),
            deprecated: operation.deprecated,
            headers,
            payload,
        };
        Found { webhook, pointer: pointer.clone(), body, headers: listed }
    }

    /// What the document says of a webhook, perhaps where it describes the body.
    fn webhook_doc(
        &mut self,
        operation: &DocumentOperation,
        item: &PathItem,
        pointer: &Pointer,
    ) -> Doc {
        let doc = self.operation_doc(operation, item, pointer);
        let body = operation.request_body.as_ref().and_then(ReferenceOr::as_item);
        match body {
            Some(body) if doc.lines.is_empty() => self.doc(body.description.as_deref(), pointer),
            _ => doc,
        }
    }

    fn webhook_payload(
        &mut self,
        body: &'a ReferenceOr<RequestBody>,
        pointer: &Pointer,
        name: &TypeName,
    ) -> Option<(Payload, Option<(Site<'a>, Flat<'a>)>)> {
        let found = self.follow(body, pointer, "requestBodies", |all| &all.request_bodies)?;
        let json = found.item.content.iter().find(|(media, _)| is_json(media));
        let Some((media, content)) = json.or_else(|| found.item.content.first()) else {
            return Some((Payload::Empty, None));
        };
        if json.is_none() {
            let text = matches!(media_type_format(media), Format::Text);
            return Some((if text { Payload::Text } else { Payload::Stream }, None));
        }
        let Some(schema) = &content.schema else { return Some((Payload::Json(Type::Json), None)) };
        let pointer = found.pointer.key("content").key(media).key("schema");
        let site = Site::new(schema, pointer, format!("{}Payload", name.0));
        let flat = self.flat_of(&site);
        let ty = self.lower(&site).element();
        Some((Payload::Json(ty), Some((site, flat))))
    }

    /// The headers of a webhook, and the values of those that have them listed.
    fn webhook_headers(
        &mut self,
        item: &'a PathItem,
        operation: &'a DocumentOperation,
        pointer: &Pointer,
    ) -> (Vec<HeaderField>, HashMap<String, Vec<String>>) {
        let mut scope = Scope::with(&["payload"]);
        let mut fields: Vec<HeaderField> = Vec::new();
        let mut listed = HashMap::new();
        let own = operation.parameters.iter().enumerate();
        let own = own.map(|(at, parameter)| (parameter, pointer.key("parameters").index(at)));
        let place = pointer.split().map(|(item, _)| item).unwrap_or_default();
        let shared = item.parameters.iter().enumerate();
        let shared = shared.map(|(at, parameter)| (parameter, place.key("parameters").index(at)));
        for (parameter, at) in own.chain(shared).collect::<Vec<_>>() {
            let found = self.follow(parameter, &at, "parameters", |all| &all.parameters);
            let Some(found) = found else { continue };
            let DocumentParameter::Header { parameter_data: data, .. } = found.item else {
                continue;
            };
            let key = data.name.to_ascii_lowercase();
            if http_name(&key).is_none() || fields.iter().any(|field| field.key == key) {
                continue;
            }
            let mut ty = Type::String;
            if let ParameterSchemaOrContent::Schema(schema) = &data.format {
                let site = Site::new(schema, found.pointer.key("schema"), String::new());
                let flat = self.flat_of(&site);
                ty = scalar_type(&flat);
                let values: Option<Vec<String>> = flat
                    .values
                    .map(|all| all.iter().filter_map(Value::as_str).map(str::to_owned).collect());
                listed.extend(values.map(|values| (key.clone(), values)));
            }
            fields.push(HeaderField {
                name: scope.take_value(names::value_name(&data.name, "header")),
                key,
                doc: self.doc(data.description.as_deref(), &at),
                ty: HeaderType::Value(ty),
            });
        }
        (fields, listed)
    }

    /// What tells the webhooks apart: a member of the body, or a header, of which each has values of its own.
    fn webhook_choice(&mut self, found: &[Found<'a>]) -> Option<WebhookChoice> {
        if found.len() < 2 {
            return None;
        }
        let tag = self.body_tag(found).or_else(|| header_tag(found));
        let Some((tag, values)) = tag else {
            let message = "the webhooks of the document cannot be told apart";
            self.diagnostics
                .report(Code::IndistinctWebhooks, &found[0].pointer, message)
                .help("each has a function to read it, but there is no enum of all of them");
            return None;
        };
        let place = Pointer::default();
        let named = Named { kind: "type", text: "Webhook", fallback: "Webhook", place: &place };
        let name = self.type_names.claim_type(named, self.diagnostics);
        Some(WebhookChoice { name, tag, values })
    }

    fn body_tag(&mut self, found: &[Found<'a>]) -> Option<(WebhookTag, Vec<Vec<String>>)> {
        let bodies: Option<Vec<&(Site<'a>, Flat<'a>)>> =
            found.iter().map(|found| found.body.as_ref()).collect();
        let members: Vec<(&Site<'a>, &Flat<'a>)> =
            bodies?.into_iter().map(|(site, flat)| (site, flat)).collect();
        let keys: Vec<&str> = found.iter().map(|found| &*found.webhook.key).collect();
        let tag = self.common_tag(&members).or_else(|| self.name_tag(&keys, &members));
        tag.map(|(key, values)| (WebhookTag::Member(key), values))
    }

    /// A member that is the name of the webhook wherever its values are listed, which is so for most.
    fn name_tag(
        &mut self,
        names: &[&str],
        members: &[(&Site<'a>, &Flat<'a>)],
    ) -> Option<(String, Vec<Vec<String>>)> {
        let known: HashSet<&str> = names.iter().copied().collect();
        let keys: IndexSet<&str> =
            members.iter().flat_map(|(_, flat)| flat.properties.keys().copied()).collect();
        let key = keys.into_iter().find(|key| {
            let mut listed = 0;
            let fits = names.iter().zip(members).all(|(name, (_, flat))| {
                match self.tag_values(flat, key) {
                    Some((values, required)) => {
                        listed += 1;
                        required && values == [*name]
                    }
                    None => flat.required.contains(key) && flat.properties.contains_key(key),
                }
            });
            fits && 2 * listed >= names.len()
        })?;
        let values = names.iter().map(|name| vec![(*name).to_owned()]).collect();
        (known.len() == names.len()).then(|| (key.to_owned(), values))
    }
}

fn header_tag(found: &[Found<'_>]) -> Option<(WebhookTag, Vec<Vec<String>>)> {
    for field in &found.first()?.webhook.headers {
        let values: Option<Vec<Vec<String>>> =
            found.iter().map(|found| found.headers.get(&field.key).cloned()).collect();
        let Some(values) = values else { continue };
        let mut known = HashSet::new();
        if values.iter().all(|own| !own.is_empty())
            && values.iter().flatten().all(|value| known.insert(value))
        {
            return Some((WebhookTag::Header(field.key.clone()), values));
        }
    }
    None
}

/// The name, if it can be that of a header (RFC 9110, section 5.1).
fn http_name(name: &str) -> Option<&str> {
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    (!name.is_empty() && name.chars().all(token)).then_some(name)
}

impl Webhooks {
    /// The types of the bodies.
    pub(crate) fn types(&self) -> impl Iterator<Item = &Type> {
        self.all.iter().filter_map(|webhook| webhook.payload.ty())
    }
}
