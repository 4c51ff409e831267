//! Request bodies: JSON, bytes, text, forms, and the choice between several.

use openapiv3::{Encoding, MediaType, ReferenceOr, RequestBody};

use super::flat::Flat;
use super::forms::{OtherSchemas, PartContent, declared_media_type};
use super::kind::Kind;
use super::limits::entries_size;
use super::media_type::{Format, is_json, media_type_format, variant_name};
use super::parameters::query_style;
use super::schemas::Naming;
use super::scope::{Named, Scope};
use super::site::{SchemaRef, Site, name_all};
use super::{Lowering, prose, reserved};
use crate::diagnostics::{Code, Pointer};
use crate::model::{
    Body, BodyContent, BodyVariant, Constructor, Doc, FormField, Part, PartKind, QueryStyle, Type,
};
use crate::names;

impl<'a> Lowering<'a, '_> {
    /// The body of an operation's request.
    pub(crate) fn lower_body(
        &mut self,
        body: &'a ReferenceOr<RequestBody>,
        pointer: &Pointer,
        operation: &str,
    ) -> Option<Body> {
        let found = self.follow(body, pointer, "requestBodies", |all| &all.request_bodies)?;
        let body = found.item;
        let pointer = found.pointer;
        let shared = found.component.map(|name| names::type_name(name, "Body").0);
        let parts = self.lower_parts(body, &pointer, operation, shared.as_deref());
        let content = match parts.len() {
            0 => return None,
            1 => BodyContent::One(parts.into_iter().next()?.part),
            _ => {
                let wanted = names::type_name(&format!("{operation}Body"), "Body");
                let named =
                    Named { kind: "body of", text: operation, fallback: "Body", place: &pointer };
                let name = self.operation_types.claim_derived(wanted, named, self.diagnostics);
                BodyContent::Choice(name, parts)
            }
        };
        Some(Body {
            doc: self.doc(body.description.as_deref(), &pointer),
            required: body.required,
            content,
        })
    }

    fn lower_parts(
        &mut self,
        body: &'a RequestBody,
        pointer: &Pointer,
        operation: &str,
        shared: Option<&str>,
    ) -> Vec<BodyVariant> {
        let mut parts: Vec<BodyVariant> = Vec::new();
        let mut scope = Scope::default();
        // Plain JSON has the plain names, whatever the order of the document's keys.
        let mut contents: Vec<(&String, &MediaType)> = body.content.iter().collect();
        contents.sort_by_key(|(media, _)| (*media != "application/json", *media));
        for (media, content) in contents {
            let pointer = pointer.key("content").key(media);
            if !self.write(entries_size([media.as_str()]), &pointer) {
                break;
            }
            let mut own = format!("{operation}Body");
            let mut shared = shared.map(str::to_owned);
            if !parts.is_empty() {
                let variant = variant_name(media);
                own = names::child_name(&own, variant);
                shared = shared.map(|shared| names::child_name(&shared, variant));
            }
            let kind = self.lower_part(media, content, &pointer, &own, shared);
            // Text and bytes are told apart by their media types alone; a type that is written the
            // same way needs no second variant.
            let typed = !matches!(kind, PartKind::Text | PartKind::Bytes);
            if typed && parts.iter().any(|known| known.part.kind == kind) {
                continue;
            }
            let named = Named { kind: "content", text: media, fallback: "Body", place: &pointer };
            let wanted = names::type_name(variant_name(media), named.fallback);
            let name = scope.claim_derived(wanted, named, self.diagnostics);
            let media_type = match media.contains('*') {
                true => self.choose_media_type(media, &kind, &pointer),
                false => media.clone(),
            };
            parts.push(BodyVariant { name, part: Part { media_type, kind } });
        }
        parts
    }

    /// What to send where the document leaves the media type open.
    fn choose_media_type(&mut self, range: &str, kind: &PartKind, pointer: &Pointer) -> String {
        let chosen = concrete_media_type(kind);
        let message =
            format!("`{range}` is a range of media types: the body is sent as `{chosen}`");
        self.diagnostics.report(Code::UnsupportedMediaType, pointer, message).help(
            "to send another type, set the header after the body: `.header(\"content-type\", …)`",
        );
        chosen.to_owned()
    }

    fn lower_part(
        &mut self,
        media: &str,
        content: &'a MediaType,
        pointer: &Pointer,
        own: &str,
        shared: Option<String>,
    ) -> PartKind {
        // Operations that share a body share its type, but for a form, which each has of its own.
        let hint = shared.as_deref().unwrap_or(own);
        let site = content
            .schema
            .as_ref()
            .map(|schema| Site::new(schema, pointer.key("schema"), hint.to_owned()));
        let flat = site.as_ref().map(|site| self.flat_of(site));
        match (self.content_format(media, flat.as_ref()), site) {
            (Format::Json, Some(site)) => PartKind::Json(self.lower(&site).element()),
            (Format::Json, None) => PartKind::Json(Type::Json),
            (Format::Form, Some(site)) => {
                let mut flat = flat.unwrap_or_default();
                let mut others = OtherSchemas::new();
                if !flat.unions.is_empty() {
                    others = self.add_alternatives(&mut flat);
                    flat.properties.retain(|key, _| content.encoding.contains_key(*key));
                }
                let mut scope = Scope::reserving(reserved::FORM, "_part");
                let mut fields = self.form_fields(&flat, &others, content, hint, &mut scope);
                // Of the others the runtime knows how they are written: lists exploded, objects as
                // JSON.
                fields.retain(|field| {
                    let encoding = content.encoding.get(&field.key);
                    field.style != QueryStyle::FormExploded
                        || encoding.is_some_and(|encoding| encoding.style.is_some())
                });
                PartKind::Form(self.lower(&site).ty, fields)
            }
            (Format::Form, None) => PartKind::Form(Type::Map(Box::new(Type::String)), Vec::new()),
            (Format::Multipart, _) => {
                let form = format!("{}Form", own.strip_suffix("Body").unwrap_or(own));
                let wanted = names::type_name(&form, "Form");
                let named = Named { kind: "form of", text: own, fallback: "Form", place: pointer };
                let form = self.operation_types.claim_derived(wanted, named, self.diagnostics);
                let mut flat = flat.unwrap_or_default();
                let others = self.add_alternatives(&mut flat);
                let undescribed: Vec<&str> = flat.undescribed().collect();
                let parts = flat.properties.len() + undescribed.len();
                let fitting = self.limit_fields(parts, "parts", "are left out", pointer);
                flat.properties.truncate(fitting);
                let hint = shared.as_deref().unwrap_or(&form.0);
                let mut scope = Scope::reserving(reserved::FORM, "_part");
                let mut fields = self.form_fields(&flat, &others, content, hint, &mut scope);
                for key in undescribed.into_iter().take(fitting - fields.len()) {
                    fields.push(self.undescribed_part(key, pointer, &mut scope));
                }
                PartKind::Multipart(form, fields, Constructor::New)
            }
            (Format::Text | Format::Events | Format::Lines | Format::Records, _) => PartKind::Text,
            (Format::Bytes | Format::Any, _) => PartKind::Bytes,
        }
    }

    /// How a content is written, where its media type does not tell by its schema.
    pub(crate) fn content_format(&mut self, media: &str, flat: Option<&Flat<'a>>) -> Format {
        let bytes = flat.is_some_and(|flat| {
            flat.kind == Some(Kind::String) && flat.format.as_deref() == Some("binary")
        });
        let structure = flat.is_some_and(|flat| {
            !flat.properties.is_empty()
                || !flat.unions.is_empty()
                || flat.sole.is_some()
                || !matches!(flat.kind, None | Some(Kind::String))
        });
        match media_type_format(media) {
            Format::Json if bytes => Format::Bytes,
            Format::Any if bytes => Format::Bytes,
            Format::Any if structure => Format::Json,
            Format::Any
                if flat.is_some_and(|flat| flat.kind == Some(Kind::String))
                    && media.contains('*') =>
            {
                Format::Text
            }
            Format::Any => Format::Bytes,
            known => known,
        }
    }

    /// A part that must be there, and that is all.
    fn undescribed_part(&mut self, key: &str, place: &Pointer, scope: &mut Scope) -> FormField {
        let named = Named { kind: "part", text: key, fallback: "field", place };
        FormField {
            name: scope.claim_value(named, self.diagnostics),
            key: key.to_owned(),
            doc: prose::document_text(["Required, but not described."]),
            ty: Type::Json,
            file: false,
            repeated: false,
            required: false,
            content_type: None,
            style: QueryStyle::FormExploded,
            allow_reserved: false,
        }
    }

    fn form_fields(
        &mut self,
        flat: &Flat<'a>,
        others: &OtherSchemas<'a>,
        content: &MediaType,
        form: &str,
        scope: &mut Scope,
    ) -> Vec<FormField> {
        let mut fields = Vec::new();
        for (key, sites) in &flat.properties {
            if self.access_of(sites).read_only {
                continue;
            }
            if !self.write(entries_size([*key]), &sites[0].pointer) {
                break;
            }
            let hint = names::child_name(form, key);
            let mut sites = sites.clone();
            name_all(&mut sites, &hint);
            let Some(site) = sites.last() else { continue };
            let own = self.quietly(|lowering| lowering.flatten_all(&sites));
            let repeated = own.kind == Some(Kind::Array) && !own.items.is_empty();
            let element = self.quietly(|lowering| lowering.flatten_all(&own.items));
            let encoding = content.encoding.get(*key);
            let media = encoding.and_then(|encoding| encoding.content_type.as_deref());
            let media = media.or_else(|| {
                declared_media_type(if repeated { own.items.last() } else { Some(site) })
            });
            let content = PartContent::of(if repeated { &element } else { &own }, media);
            let file = matches!(content, PartContent::File);
            let ty = match others.get(key) {
                _ if file => Type::String,
                _ if matches!(content, PartContent::Text) => match repeated {
                    true => Type::List(Box::new(Type::String)),
                    false => Type::String,
                },
                Some(others) => self.lower_either(&sites, others, hint),
                None => self.lower_all(&sites, hint).ty,
            };
            let doc = match site.schema {
                SchemaRef::Item(schema) => self.field_doc(schema, &site.pointer),
                SchemaRef::Reference(_) => Doc::default(),
            };
            let place = &sites[0].pointer;
            let named = Named { kind: "part", text: key, fallback: "field", place };
            fields.push(FormField {
                name: scope.claim_value(named, self.diagnostics),
                key: (*key).to_owned(),
                doc,
                ty,
                file,
                repeated,
                required: flat.required.contains(key),
                content_type: content.media_type(media),
                style: form_style(encoding),
                allow_reserved: encoding.is_some_and(|encoding| encoding.allow_reserved),
            });
        }
        fields
    }

    /// The type of an inline schema that stands for a content.
    pub(crate) fn lower_content(
        &mut self,
        content: &'a MediaType,
        pointer: &Pointer,
        naming: &Naming,
    ) -> Type {
        match &content.schema {
            Some(schema) => {
                let site = Site::new(schema, pointer.key("schema"), naming.base().to_owned());
                self.lower(&site).element()
            }
            None => Type::Json,
        }
    }

    /// Says that a content of several is not used.
    pub(crate) fn note_unused(&mut self, media: &str, pointer: &Pointer) {
        let message =
            format!("`{media}` is not requested: this response is requested in another media type");
        self.diagnostics.report(Code::UnsupportedMediaType, pointer, message);
    }
}

fn form_style(encoding: Option<&Encoding>) -> QueryStyle {
    let Some(encoding) = encoding else { return QueryStyle::FormExploded };
    if encoding.content_type.as_deref().is_some_and(is_json) {
        return QueryStyle::Json;
    }
    match &encoding.style {
        Some(style) => query_style(style, Some(encoding.explode)),
        None => QueryStyle::FormExploded,
    }
}

/// The media type that a body is written in, whatever else it may be.
fn concrete_media_type(kind: &PartKind) -> &'static str {
    match kind {
        PartKind::Json(_) => "application/json",
        PartKind::Text => "text/plain",
        PartKind::Bytes => "application/octet-stream",
        PartKind::Form(..) => "application/x-www-form-urlencoded",
        PartKind::Multipart(..) => "multipart/form-data",
    }
}
