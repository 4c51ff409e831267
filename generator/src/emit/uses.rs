//! What of the runtime an API needs.

use std::collections::BTreeSet;

use crate::model::{
    Api, BodyContent, Errors, Operation, Outcome, Part, PartKind, Payload, TokenKind, Type,
    TypeKind,
};

/// The optional modules of the runtime that an API needs, by their file's name.
#[derive(Debug, Default)]
pub(crate) struct Uses {
    modules: BTreeSet<&'static str>,
}

impl Uses {
    /// What this API needs.
    pub(crate) fn of(api: &Api) -> Self {
        let mut uses = Self::default();
        for definition in &api.types {
            match &definition.kind {
                TypeKind::Record(_) => uses.add("record"),
                TypeKind::StringEnum(_) | TypeKind::IntegerEnum(_) => uses.add("open_enum"),
                TypeKind::Union(_) => uses.add("union"),
                TypeKind::Newtype(_) => uses.add("newtype"),
                TypeKind::Tuple(_) => uses.add("tuple"),
                TypeKind::Alias(_) => {}
            }
            definition.kind.contents().into_iter().for_each(|ty| uses.add_type(ty));
        }
        if api.security_schemes.iter().any(|scheme| scheme.token == TokenKind::Basic) {
            uses.add("basic");
        }
        for operation in api.groups.iter().flat_map(|group| &group.operations) {
            uses.add_operation(operation);
        }
        uses
    }

    /// Whether an optional module is needed.
    pub(crate) fn has(&self, module: &str) -> bool {
        self.modules.contains(module)
    }

    fn add(&mut self, module: &'static str) {
        self.modules.insert(module);
    }

    fn add_operation(&mut self, operation: &Operation) {
        self.add("operation");
        operation.parameters.iter().for_each(|parameter| self.add_type(&parameter.ty));
        if operation.pagination.is_some() {
            self.add("pages");
        }
        match operation.body.as_ref().map(|body| &body.content) {
            None => {}
            Some(BodyContent::One(part)) => self.add_part(part),
            Some(BodyContent::Choice(_, variants)) => {
                variants.iter().for_each(|variant| self.add_part(&variant.part));
            }
        }
        if !operation.choices.is_empty() {
            self.add("negotiated");
        }
        let answers = operation.outcomes().flat_map(Outcome::responses);
        let errors = match &operation.errors {
            Errors::Several(_, errors) => &errors[..],
            Errors::One(_) | Errors::Undocumented => &[],
        };
        for answer in answers.chain(errors) {
            match &answer.payload {
                Payload::Events => self.add("sse"),
                Payload::Json(ty) => self.add_type(ty),
                Payload::Empty | Payload::Text | Payload::Stream => {}
            }
        }
    }

    fn add_part(&mut self, part: &Part) {
        match &part.kind {
            PartKind::Json(ty) => self.add_type(ty),
            PartKind::Form(ty, _) => {
                self.add("form");
                self.add_type(ty);
            }
            PartKind::Multipart(_, fields) => {
                self.add("multipart");
                fields.iter().for_each(|field| self.add_type(&field.ty));
            }
            PartKind::Bytes | PartKind::Text => {}
        }
    }

    fn add_type(&mut self, ty: &Type) {
        match ty {
            Type::DateTime | Type::Date => self.add("date_time"),
            Type::Base64 => self.add("base64"),
            Type::ContentRange => self.add("content_range"),
            Type::Digest => self.add("digest"),
            Type::Erased(..) => self.add("erased"),
            Type::List(inner) | Type::Map(inner) | Type::Nullable(inner) | Type::Boxed(inner) => {
                self.add_type(inner)
            }
            _ => {}
        }
    }
}
