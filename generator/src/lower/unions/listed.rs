//! Unions of listed values: one open enumeration.

use openapiv3::Schema;
use serde_json::Value;

use super::Member;
use crate::diagnostics::{Diagnostics, Pointer};
use crate::lower::Lowering;
use crate::lower::enumerations;
use crate::lower::flat::Flat;
use crate::lower::kind::Kind;
use crate::lower::schemas::{Lowered, Naming, string_type};
use crate::lower::site::{SchemaRef, Site};
use crate::model::{Doc, Enumeration, Type, TypeKind};

/// What the values of a member are.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Listed {
    Strings,
    Integers,
    /// Any string.
    Free,
}

impl<'a> Lowering<'a, '_> {
    /// The enumeration that a union is whose members are lists of strings, or any string beside such
    /// lists, or lists of integers.
    pub(super) fn lower_listed_values(
        &mut self,
        members: &[Member<'a>],
        schema: Option<&'a Schema>,
        site: &Site<'a>,
        naming: &Naming,
    ) -> Option<Lowered> {
        let kinds: Vec<Listed> =
            members.iter().map(|member| listed_values(&member.flat)).collect::<Option<_>>()?;
        let strings = kinds.contains(&Listed::Strings);
        let integers = kinds.contains(&Listed::Integers);
        let free = kinds.contains(&Listed::Free);
        let places: Vec<_> = members.iter().map(|member| self.place_of(&member.site)).collect();
        let several = places.iter().any(|place| *place != places[0]);
        if !several || strings == integers || (integers && free) {
            return None;
        }
        let lists: Vec<&Member<'a>> =
            members.iter().filter(|member| member.flat.values.is_some()).collect();
        let kind = if strings {
            let parts = lists.iter().map(|member| self.part(member, enumerations::string_variants));
            let parts = parts.collect();
            TypeKind::StringEnum(enumerations::merge_enumerations(
                parts,
                free,
                &site.pointer,
                self.diagnostics,
            ))
        } else {
            let parts =
                lists.iter().map(|member| self.part(member, enumerations::integer_variants));
            let parts = parts.collect();
            TypeKind::IntegerEnum(enumerations::merge_enumerations(
                parts,
                false,
                &site.pointer,
                self.diagnostics,
            ))
        };
        let name = self.name_for(naming.clone(), schema, &site.pointer);
        let ty = Type::Named(name.clone());
        let nullable = members.iter().any(|member| self.is_nullable(&member.flat));
        self.lowered.insert(site.pointer.clone(), Lowered { ty: ty.clone(), nullable });
        let doc = self.type_doc(schema, &site.pointer);
        let deprecated = schema.is_some_and(|schema| schema.schema_data.deprecated);
        self.define(name, doc, deprecated, kind);
        Some(Lowered { ty, nullable })
    }

    /// The enumeration of one member, by `list`, and what the document says of it.
    fn part<T>(
        &mut self,
        member: &Member<'a>,
        list: fn(&[&Value], Option<&Schema>, &Pointer, &mut Diagnostics) -> Enumeration<T>,
    ) -> (Enumeration<T>, Doc) {
        let values = member.flat.values.iter().flatten().filter(|value| !value.is_null());
        let values: Vec<&Value> = values.collect();
        let holder = member.flat.values_from;
        let place = member.site.pointer.key("enum");
        let mark = self.diagnostics.mark();
        let enumeration = list(&values, holder, &place, self.diagnostics);
        if matches!(member.site.schema, SchemaRef::Reference(_)) {
            // It is reported where the component stands.
            self.diagnostics.rewind(mark);
        }
        (enumeration, self.type_doc(holder, &place))
    }
}

/// What the values of a member are, where they are listed or any string.
pub(super) fn listed_values(flat: &Flat<'_>) -> Option<Listed> {
    if !flat.unions.is_empty() || !flat.properties.is_empty() {
        return None;
    }
    let Some(values) = &flat.values else {
        let text =
            flat.kind == Some(Kind::String) && string_type(flat.format.as_deref()) == Type::String;
        return text.then_some(Listed::Free);
    };
    let all = |is: fn(&Value) -> bool| values.iter().all(|value| value.is_null() || is(value));
    let kind_is = |kind| flat.kind.is_none_or(|known| known == kind);
    if all(Value::is_string) && kind_is(Kind::String) {
        Some(Listed::Strings)
    } else if all(Value::is_i64) && kind_is(Kind::Integer) {
        Some(Listed::Integers)
    } else {
        None
    }
}
