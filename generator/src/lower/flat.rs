//! A schema with everything that its `allOf` brings in, and nothing left to look up.

use std::collections::{HashMap, HashSet};

use indexmap::{IndexMap, IndexSet};
use openapiv3::{
    AdditionalProperties, Discriminator, ReferenceOr, Schema, SchemaKind, Type as SchemaType,
};
use serde_json::Value;

use super::Lowering;
use super::kind::{Kind, declared_kind};
use super::site::{SchemaRef, Site};
use crate::diagnostics::{Code, Pointer};

/// A schema whose `allOf` is merged in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flat<'a> {
    /// The declared or implied JSON type.
    pub(crate) kind: Option<Kind>,
    /// `format`
    pub(crate) format: Option<String>,
    /// `enum`
    pub(crate) values: Option<Vec<Value>>,
    /// The schema that holds `enum`.
    pub(crate) values_from: Option<&'a Schema>,
    /// `properties`; several sites where several members declare the same one.
    pub(crate) properties: IndexMap<&'a str, Vec<Site<'a>>>,
    /// Those of them of which a value fulfils one declaration, not all.
    pub(crate) choices: HashSet<&'a str>,
    /// `required`
    pub(crate) required: IndexSet<&'a str>,
    /// `additionalProperties`
    pub(crate) additional: Additional<'a>,
    /// `items`; several sites where several members declare them.
    pub(crate) items: Vec<Site<'a>>,
    /// Each `oneOf` and `anyOf`.
    pub(crate) unions: Vec<Vec<Site<'a>>>,
    /// `discriminator`
    pub(crate) discriminator: Option<&'a Discriminator>,
    /// `minimum`, for numbers.
    pub(crate) minimum: Option<f64>,
    /// `maximum`, for integers.
    pub(crate) maximum: Option<f64>,
    /// Whether its default or its example is negative, whatever `minimum` says.
    pub(crate) negative: bool,
    /// Whether null is a value of it.
    pub(crate) nullable: bool,
    /// The one reference that this schema is another word for.
    pub(crate) sole: Option<Site<'a>>,
}

/// `additionalProperties`
#[derive(Clone, Debug, Default)]
pub(crate) enum Additional<'a> {
    /// The document does not say: anything may come, and none of it is promised.
    #[default]
    Unsaid,
    /// `false`
    None,
    /// `true`
    Any,
    /// A schema, or several that must hold at once.
    Schema(Vec<Site<'a>>),
}

/// What a member of `allOf` brings in.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Weight {
    /// Nothing but annotations.
    Annotation { nullable: bool },
    /// Something that a type is made of.
    Structure { nullable: bool },
}

/// A merge under way.
#[derive(Default)]
struct Merging<'a> {
    flat: Flat<'a>,
    /// The members that were merged in; those without a weight are not at their end yet.
    members: HashMap<Pointer, Option<Weight>>,
    /// Those that are not at their end, from the first to the one that is being merged.
    open: Vec<Pointer>,
    /// Whether a union was left out that lists what is being merged.
    listed: bool,
}

impl<'a> Lowering<'a, '_> {
    /// Merges a schema's `allOf` into it.
    pub(crate) fn flatten(&mut self, schema: &'a Schema, site: &Site<'a>) -> Flat<'a> {
        let mut merging = Merging::default();
        merging.members.insert(site.pointer.clone(), None);
        merging.open.push(site.pointer.clone());
        let (weight, sole) = self.merge(schema, site, &mut merging);
        let (Weight::Annotation { nullable } | Weight::Structure { nullable }) = weight;
        let unions = self.types_in(&merging.flat);
        Flat { nullable, sole, unions, ..merging.flat }
    }

    /// Merges several schemas that must hold at once.
    pub(crate) fn flatten_all(&mut self, sites: &[Site<'a>]) -> Flat<'a> {
        let mut merging = Merging::default();
        let weights: Vec<Weight> =
            sites.iter().map(|site| self.merge_member(site, &mut merging)).collect();
        let unions = self.types_in(&merging.flat);
        Flat { nullable: members_nullable(&weights), unions, ..merging.flat }
    }

    /// The unions of an object that say more than which of its members are required.
    fn types_in(&mut self, flat: &Flat<'a>) -> Vec<Vec<Site<'a>>> {
        let mut unions = flat.unions.clone();
        if flat.kind == Some(Kind::Object) || !flat.properties.is_empty() {
            unions.retain(|members| !members.iter().all(|member| self.only_requires(member)));
        }
        unions
    }

    fn only_requires(&mut self, member: &Site<'a>) -> bool {
        let mut merging = Merging::default();
        self.quietly(|lowering| lowering.merge_member(member, &mut merging));
        merging.flat.only_requires()
    }

    /// Gives besides the one reference that the schema is another word for.
    fn merge(
        &mut self,
        schema: &'a Schema,
        site: &Site<'a>,
        merging: &mut Merging<'a>,
    ) -> (Weight, Option<Site<'a>>) {
        let before = merging.flat.size();
        let members = self.merge_own(schema, site, &mut merging.flat);
        for (keyword, members) in unions_of(schema) {
            if self.lists_open(keyword, members, site, merging) {
                merging.listed = true;
            } else {
                merging.flat.merge_union(keyword, members, site);
            }
        }
        let own = merging.flat.size() > before;
        let mut weights = Vec::new();
        for (index, member) in members.iter().enumerate() {
            weights.push(self.merge_member(&site.member("allOf", index, member), merging));
        }
        let structures: Vec<usize> = (0..weights.len())
            .filter(|&index| matches!(weights[index], Weight::Structure { .. }))
            .collect();
        let nullable = schema.schema_data.nullable || (!own && members_nullable(&weights));
        let sole = match structures[..] {
            [index]
                if !own
                    && !merging.listed
                    && matches!(members[index], ReferenceOr::Reference { .. }) =>
            {
                Some(site.member("allOf", index, &members[index]))
            }
            _ => None,
        };
        let weight = if own || !structures.is_empty() || declared_kind(schema).is_some() {
            Weight::Structure { nullable }
        } else {
            Weight::Annotation { nullable }
        };
        (weight, sole)
    }

    /// A base may list its subtypes in a union. What builds on the base by `allOf` is one of those, and not
    /// that union again.
    fn lists_open(
        &mut self,
        keyword: &str,
        members: &'a [ReferenceOr<Schema>],
        base: &Site<'a>,
        merging: &Merging<'a>,
    ) -> bool {
        let [subtypes @ .., _] = &merging.open[..] else { return false };
        if subtypes.is_empty() {
            return false;
        }
        let place = base.pointer.key(keyword);
        if !self.listed.contains_key(&place) {
            let members = members.iter().enumerate();
            let sites = members.map(|(index, member)| base.member(keyword, index, member));
            let places = sites.map(|site| self.place_of(&site)).collect();
            self.listed.insert(place.clone(), places);
        }
        let listed = self.listed.get(&place);
        listed.is_some_and(|listed| subtypes.iter().any(|subtype| listed.contains(subtype)))
    }

    fn merge_member(&mut self, member: &Site<'a>, merging: &mut Merging<'a>) -> Weight {
        let nothing = Weight::Annotation { nullable: false };
        let (schema, site) = match member.schema {
            SchemaRef::Item(schema) => (schema, member.clone()),
            SchemaRef::Reference(reference) => match self.resolve(reference, &member.pointer) {
                Some(target) => (target.schema, target.site()),
                None => return nothing,
            },
        };
        match merging.members.insert(site.pointer.clone(), None) {
            None => {}
            // All of it is merged in already.
            Some(Some(weight)) => {
                merging.members.insert(site.pointer, Some(weight));
                return weight;
            }
            Some(None) => {
                self.diagnostics.report(
                    Code::CircularReference,
                    &member.pointer,
                    "this `allOf` refers back to the schema that contains it",
                );
                return nothing;
            }
        }
        merging.open.push(site.pointer.clone());
        let merged =
            self.deeper(&member.pointer, |lowering| lowering.merge(schema, &site, merging));
        merging.open.pop();
        let weight = merged.map_or(nothing, |(weight, _)| weight);
        merging.members.insert(site.pointer, Some(weight));
        weight
    }

    /// Merges what stands in the schema itself; gives the members of its `allOf`.
    fn merge_own(
        &mut self,
        schema: &'a Schema,
        site: &Site<'a>,
        flat: &mut Flat<'a>,
    ) -> &'a [ReferenceOr<Schema>] {
        if let Some(kind) = declared_kind(schema) {
            if flat.kind.is_some_and(|known| known != kind && !are_numbers(known, kind)) {
                self.diagnostics.report(
                    Code::ConflictingAllOf,
                    &site.pointer,
                    "members of this `allOf` have different types; the first is used",
                );
            } else {
                flat.kind = Some(kind);
            }
        }
        if schema.schema_data.discriminator.is_some() {
            flat.discriminator = schema.schema_data.discriminator.as_ref();
        }
        let data = &schema.schema_data;
        flat.negative |= [&data.default, &data.example].into_iter().flatten().any(is_negative);
        match &schema.schema_kind {
            SchemaKind::Type(kind) => flat.merge_type(kind, schema, site),
            SchemaKind::AllOf { all_of } => return all_of,
            // Its unions are merged by the caller.
            SchemaKind::OneOf { .. } | SchemaKind::AnyOf { .. } | SchemaKind::Not { .. } => {}
            SchemaKind::Any(any) => {
                for (key, property) in &any.properties {
                    flat.merge_property(key, property, site);
                }
                flat.merge_required(&any.required);
                flat.merge_additional(any.additional_properties.as_ref(), site);
                if let Some(items) = &any.items {
                    flat.merge_items(items, site);
                }
                if !any.enumeration.is_empty() {
                    flat.merge_values(any.enumeration.clone(), schema);
                }
                flat.format = any.format.clone().or(flat.format.take());
                flat.merge_minimum(any.minimum, any.exclusive_minimum == Some(true));
                flat.merge_maximum(any.maximum);
                return &any.all_of;
            }
        }
        &[]
    }
}

impl<'a> Flat<'a> {
    /// Whether its values are objects, by its type or because it has properties.
    pub(crate) fn is_object(&self) -> bool {
        self.kind == Some(Kind::Object) || !self.properties.is_empty()
    }

    /// How much a type is made of; grows with everything merged in but annotations.
    fn size(&self) -> usize {
        let additional = !matches!(self.additional, Additional::Unsaid);
        self.properties.values().map(Vec::len).sum::<usize>()
            + self.required.len()
            + self.unions.len()
            + usize::from(self.values.is_some())
            + self.items.len()
            + usize::from(self.format.is_some())
            + usize::from(additional)
    }

    fn merge_type(&mut self, kind: &'a SchemaType, schema: &'a Schema, site: &Site<'a>) {
        match kind {
            SchemaType::String(string) => {
                self.merge_values(string_values(&string.enumeration), schema);
                self.merge_format(&serde_json::to_value(&string.format).unwrap_or_default());
            }
            SchemaType::Number(number) => {
                self.merge_values(to_values(&number.enumeration), schema);
                self.merge_format(&serde_json::to_value(&number.format).unwrap_or_default());
                self.merge_minimum(number.minimum, number.exclusive_minimum);
            }
            SchemaType::Integer(integer) => {
                self.merge_values(to_values(&integer.enumeration), schema);
                self.merge_format(&serde_json::to_value(&integer.format).unwrap_or_default());
                let minimum = integer.minimum.map(|least| least as f64);
                self.merge_minimum(minimum, integer.exclusive_minimum);
                self.merge_maximum(integer.maximum.map(|most| most as f64));
            }
            SchemaType::Boolean(boolean) => {
                self.merge_values(to_values(&boolean.enumeration), schema)
            }
            SchemaType::Object(object) => {
                for (key, property) in &object.properties {
                    self.merge_property(key, property, site);
                }
                self.merge_required(&object.required);
                self.merge_additional(object.additional_properties.as_ref(), site);
            }
            SchemaType::Array(array) => {
                if let Some(items) = &array.items {
                    self.merge_items(items, site);
                }
            }
        }
    }

    fn merge_format(&mut self, format: &Value) {
        if let Some(format) = format.as_str().filter(|format| !format.is_empty()) {
            self.format = Some(format.to_owned());
        }
    }

    /// The least whole number that is allowed.
    fn merge_minimum(&mut self, minimum: Option<f64>, exclusive: bool) {
        let least = minimum.map(|least| if exclusive { least.floor() + 1.0 } else { least.ceil() });
        self.minimum = self.minimum.into_iter().chain(least).reduce(f64::max);
    }

    fn merge_maximum(&mut self, maximum: Option<f64>) {
        self.maximum = self.maximum.into_iter().chain(maximum).reduce(f64::min);
    }

    fn merge_values(&mut self, values: Vec<Value>, schema: &'a Schema) {
        if values.is_empty() {
            return;
        }
        // Where two members restrict the values, what both allow is left.
        self.values = Some(match self.values.take() {
            Some(known) => {
                let values: HashSet<&Value> = values.iter().collect();
                known.into_iter().filter(|value| values.contains(value)).collect()
            }
            None => values,
        });
        self.values_from = Some(schema);
    }

    fn merge_property(
        &mut self,
        key: &'a str,
        property: &'a ReferenceOr<Box<Schema>>,
        site: &Site<'a>,
    ) {
        let property = site.property(key, property);
        let sites = self.properties.entry(key).or_default();
        add_site(sites, property);
    }

    fn merge_required(&mut self, required: &'a [String]) {
        self.required.extend(required.iter().map(String::as_str));
    }

    fn merge_additional(&mut self, additional: Option<&'a AdditionalProperties>, site: &Site<'a>) {
        match additional {
            None => {}
            // A schema that another member gives says more.
            Some(AdditionalProperties::Any(_))
                if matches!(self.additional, Additional::Schema(_)) => {}
            Some(AdditionalProperties::Any(true)) => self.additional = Additional::Any,
            Some(AdditionalProperties::Any(false)) => {
                if matches!(self.additional, Additional::Unsaid) {
                    self.additional = Additional::None;
                }
            }
            Some(AdditionalProperties::Schema(schema)) => {
                let pointer = site.pointer.key("additionalProperties");
                let hint = site.hint.part("value");
                let values = Site::new(&**schema, pointer, hint);
                match &mut self.additional {
                    Additional::Schema(sites) => add_site(sites, values),
                    other => *other = Additional::Schema(vec![values]),
                }
            }
        }
    }

    fn merge_items(&mut self, items: &'a ReferenceOr<Box<Schema>>, site: &Site<'a>) {
        let hint = site.hint.element();
        add_site(&mut self.items, Site::new(items, site.pointer.key("items"), hint));
    }

    fn merge_union(&mut self, keyword: &str, members: &'a [ReferenceOr<Schema>], site: &Site<'a>) {
        let members =
            members.iter().enumerate().map(|(index, member)| site.member(keyword, index, member));
        self.unions.push(members.collect());
    }

    /// The members that are required and that no schema describes, of an object that keeps no other members.
    pub(crate) fn undescribed(&self) -> impl Iterator<Item = &'a str> + '_ {
        let keys = self.required.iter().filter(|key| !self.properties.contains_key(**key));
        keys.copied().filter(|_| matches!(self.additional, Additional::Unsaid))
    }

    /// Whether a number of it is never negative.
    pub(crate) fn is_unsigned(&self) -> bool {
        self.minimum.is_some_and(|least| least >= 0.0) && !self.negative
    }

    /// Whether a schema says nothing of its own but which members are required.
    pub(crate) fn only_requires(&self) -> bool {
        self.size() == self.required.len()
            && (self.kind.is_none()
                || (self.kind == Some(Kind::Object) && !self.required.is_empty()))
    }

    /// Whether there is nothing but annotations.
    pub(crate) fn is_empty(&self) -> bool {
        self.size() == 0 && self.kind.is_none()
    }
}

/// The unions that stand in a schema itself, each with its keyword.
fn unions_of(schema: &Schema) -> impl Iterator<Item = (&'static str, &[ReferenceOr<Schema>])> {
    let (one_of, any_of): (Option<&[_]>, Option<&[_]>) = match &schema.schema_kind {
        SchemaKind::OneOf { one_of } => (Some(one_of), None),
        SchemaKind::AnyOf { any_of } => (None, Some(any_of)),
        SchemaKind::Any(any) => (
            Some(&any.one_of[..]).filter(|members| !members.is_empty()),
            Some(&any.any_of[..]).filter(|members| !members.is_empty()),
        ),
        _ => (None, None),
    };
    let one_of = one_of.map(|members| ("oneOf", members));
    one_of.into_iter().chain(any_of.map(|members| ("anyOf", members)))
}

/// Adds a schema that must hold too, unless it is there already.
fn add_site<'a>(sites: &mut Vec<Site<'a>>, site: Site<'a>) {
    if sites.iter().all(|known| known.pointer != site.pointer) {
        sites.push(site);
    }
}

/// Whether null is a value of an `allOf` with these members: an annotation that says so is
/// meant to; a structure alone decides for itself; several must agree.
fn members_nullable(weights: &[Weight]) -> bool {
    let said = weights.contains(&Weight::Annotation { nullable: true });
    let structures = || weights.iter().filter(|weight| matches!(weight, Weight::Structure { .. }));
    let agreed = structures().count() > 0
        && structures().all(|weight| *weight == Weight::Structure { nullable: true });
    said || agreed
}

fn is_negative(value: &Value) -> bool {
    value.as_f64().is_some_and(|number| number < 0.0)
}

fn are_numbers(one: Kind, other: Kind) -> bool {
    let number = |kind| matches!(kind, Kind::Integer | Kind::Number);
    number(one) && number(other)
}

fn string_values(values: &[Option<String>]) -> Vec<Value> {
    values.iter().map(|value| value.clone().map_or(Value::Null, Value::String)).collect()
}

fn to_values<T: Copy + Into<Value>>(values: &[Option<T>]) -> Vec<Value> {
    values.iter().map(|value| value.map_or(Value::Null, Into::into)).collect()
}
