use crate::model::{Api, TypeKind};

/// What an emitted crate has, in figures.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Summary {
    /// Operations.
    pub operations: usize,
    /// Named types.
    pub types: usize,
    /// Fields of all structs.
    pub fields: usize,
    /// Fields that are any JSON value, or a list or map of such, although the document says more.
    pub weakened_fields: usize,
}

impl Summary {
    pub(crate) fn of(api: &Api) -> Self {
        let fields = api.types.iter().map(|known| match &known.kind {
            TypeKind::Record(record) => record.fields.len(),
            _ => 0,
        });
        Self {
            operations: api.groups.iter().map(|group| group.operations.len()).sum(),
            types: api.types.len(),
            fields: fields.sum(),
            weakened_fields: api.weakened_fields,
        }
    }
}
