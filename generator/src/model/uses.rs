//! Which types operations send and receive.

use super::{BodyContent, Errors, Operation, Outcome, Part, PartKind, Response, Type};

impl Operation {
    /// The types of everything that its request holds.
    #[must_use]
    pub(crate) fn sent(&self) -> Vec<&Type> {
        let mut types: Vec<&Type> = self.parameters.iter().map(|parameter| &parameter.ty).collect();
        let parts: Vec<&Part> = match self.body.as_ref().map(|body| &body.content) {
            None => Vec::new(),
            Some(BodyContent::One(part)) => vec![part],
            Some(BodyContent::Choice(_, variants)) => {
                variants.iter().map(|variant| &variant.part).collect()
            }
        };
        for part in parts {
            match &part.kind {
                PartKind::Json(ty) => types.push(ty),
                PartKind::Form(ty, fields) => {
                    types.push(ty);
                    types.extend(fields.iter().map(|field| &field.ty));
                }
                PartKind::Multipart(_, fields, _) => {
                    types.extend(fields.iter().map(|field| &field.ty))
                }
                PartKind::Bytes | PartKind::Text => {}
            }
        }
        types
    }

    /// The types of everything that its responses hold.
    #[must_use]
    pub(crate) fn received(&self) -> Vec<&Type> {
        let mut types = Vec::new();
        let mut answers: Vec<&Response> = self.outcomes().flat_map(Outcome::responses).collect();
        match &self.errors {
            Errors::One(ty) => types.push(ty),
            Errors::Several(_, errors) => answers.extend(errors),
            Errors::Undocumented => {}
        }
        types.extend(answers.iter().filter_map(|answer| answer.payload.ty()));
        types
    }
}
