//! Which types operations send and receive.

use super::{Errors, Operation, PartKind, Type};

impl Operation {
    /// The types of everything that its request holds.
    #[must_use]
    pub(crate) fn sent(&self) -> Vec<&Type> {
        let mut types: Vec<&Type> = self.parameters.iter().map(|parameter| &parameter.ty).collect();
        for part in self.parts() {
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
        if let Errors::One(ty) = &self.errors {
            types.push(ty);
        }
        types.extend(self.responses().filter_map(|response| response.payload.ty()));
        types
    }
}
