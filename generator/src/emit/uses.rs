//! What of the runtime an API needs.

use std::collections::BTreeSet;

use crate::model::{
    Api, Operation, ParameterStyle, Part, PartKind, Payload, QueryStyle, TokenKind, Type,
    TypeDefinition, TypeKind,
};

/// The optional modules of the runtime that an API needs, by their file's name.
#[derive(Debug, Default)]
pub(crate) struct Uses {
    modules: BTreeSet<&'static str>,
    /// Those that webhooks need.
    of_webhooks: BTreeSet<&'static str>,
}

impl Uses {
    /// What this API needs.
    pub(crate) fn of(api: &Api) -> Self {
        let mut uses = Self::default();
        let webhooks = api.webhooks.module.as_ref();
        let (own, other): (Vec<_>, Vec<_>) = api
            .types
            .iter()
            .partition(|definition| webhooks.is_some() && definition.module.as_ref() == webhooks);
        uses.add_definitions(&own);
        uses.add_webhooks(api);
        let of_webhooks = std::mem::take(&mut uses.modules);
        uses.add_definitions(&other);
        if api.security_schemes.iter().any(|scheme| scheme.token == TokenKind::Basic) {
            uses.add("basic");
        }
        for operation in api.groups.iter().flat_map(|group| &group.operations) {
            uses.add_operation(operation);
        }
        Self { of_webhooks, ..uses }
    }

    fn add_webhooks(&mut self, api: &Api) {
        if !api.webhooks.all.is_empty() {
            self.add("webhook");
        }
        if api.webhooks.choice.is_some() {
            self.add("webhooks");
        }
        api.webhooks.types().for_each(|ty| self.add_type(ty));
    }

    fn add_definitions(&mut self, types: &[&TypeDefinition]) {
        for definition in types {
            match &definition.kind {
                TypeKind::Record(_) => self.add("record"),
                TypeKind::StringEnum(_) | TypeKind::IntegerEnum(_) => self.add("open_enum"),
                TypeKind::Union(_) => self.add("union"),
                TypeKind::Newtype(_) => self.add("newtype"),
                TypeKind::Tuple(_) => self.add("tuple"),
                TypeKind::Alias(_) => {}
            }
            definition.kind.contents().into_iter().for_each(|ty| self.add_type(ty));
        }
    }

    /// What an optional module is needed by. Those in its folder are part of it.
    pub(crate) fn need(&self, module: &str) -> Need {
        let module = module.split('/').next().unwrap_or(module);
        if self.modules.contains(module) {
            Need::Always
        } else if self.of_webhooks.contains(module) {
            Need::ForWebhooks
        } else {
            Need::Never
        }
    }

    fn add(&mut self, module: &'static str) {
        self.modules.insert(module);
    }

    fn add_operation(&mut self, operation: &Operation) {
        self.add("operation");
        for parameter in &operation.parameters {
            self.add_type(&parameter.ty);
            match parameter.style {
                ParameterStyle::Query { style: QueryStyle::WholeForm, .. } => self.add("form"),
                ParameterStyle::Cookie { escaped: false, .. } => self.add("cookie"),
                _ => {}
            }
        }
        if operation.pagination.is_some() {
            self.add("pages");
        }
        for part in operation.parts() {
            self.add_part(part);
        }
        if !operation.choices.is_empty() {
            self.add("negotiated");
        }
        for response in operation.responses() {
            match &response.payload {
                Payload::Events => self.add("sse"),
                Payload::EventStream { .. } => {
                    self.add("sse");
                    self.add("event_stream");
                }
                Payload::JsonLines { .. } => self.add("json_lines"),
                Payload::Empty | Payload::Json(_) | Payload::Text | Payload::Stream => {}
            }
            response.payload.ty().into_iter().for_each(|ty| self.add_type(ty));
        }
    }

    fn add_part(&mut self, part: &Part) {
        match &part.kind {
            PartKind::Json(ty) => self.add_type(ty),
            PartKind::Form(ty, _) => {
                self.add("form");
                self.add_type(ty);
            }
            PartKind::Multipart(_, fields, _) => {
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

/// What a part of the crate is needed by.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Need {
    /// Nothing.
    Never,
    /// The feature `webhooks`.
    ForWebhooks,
    /// The crate without any feature.
    Always,
}
