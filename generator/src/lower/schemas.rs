//! The Rust type of a schema.

use openapiv3::{ReferenceOr, Schema};
use serde_json::Value;

use super::flat::{Additional, Flat};
use super::kind::Kind;
use super::limits::entries_size;
use super::scope::Named;
use super::site::{SchemaRef, Site, name_all};
use super::{Lowering, enumerations, kind};
use crate::diagnostics::{Code, Pointer};
use crate::model::{Doc, Type, TypeDefinition, TypeKind, TypeName};
use crate::names;

/// The type of a schema, and whether null is a value of it.
#[derive(Clone, Debug)]
pub(crate) struct Lowered {
    pub(crate) ty: Type,
    pub(crate) nullable: bool,
}

impl Lowered {
    /// The type of a place that has no presence of its own: an element, a value of a map.
    pub(crate) fn element(self) -> Type {
        if self.nullable && self.ty != Type::Json {
            Type::Nullable(Box::new(self.ty))
        } else {
            self.ty
        }
    }
}

/// What a type is to be called, should it need a name.
#[derive(Clone, Debug)]
pub(crate) enum Naming {
    /// This name is taken for it.
    Own(TypeName),
    /// This name, or where it is taken one like it.
    Hint(String),
}

impl Naming {
    /// The name to build the names of its parts from.
    pub(crate) fn base(&self) -> &str {
        match self {
            Self::Own(name) => &name.0,
            Self::Hint(hint) => hint,
        }
    }
}

impl<'a> Lowering<'a, '_> {
    /// Defines the type of every component schema.
    pub(crate) fn lower_components(&mut self) {
        let Some(components) = &self.document.components else { return };
        for (name, schema) in &components.schemas {
            let own = self.components[name.as_str()].clone();
            let pointer = Pointer::default().key("components").key("schemas").key(name);
            let site = Site::new(schema, pointer, own.0.clone());
            let lowered = match schema {
                ReferenceOr::Reference { .. } => self.lower(&site),
                ReferenceOr::Item(schema) => {
                    self.lower_schema(schema, &site, Naming::Own(own.clone()))
                }
            };
            if lowered.ty != Type::Named(own.clone()) {
                self.weigh_component(&own, &lowered.ty, schema);
                let doc = self.type_doc(schema.as_item(), &site.pointer);
                self.define(own, doc, is_deprecated(schema), TypeKind::Alias(lowered.ty));
            }
        }
    }

    /// The type of a schema in its place.
    pub(crate) fn lower(&mut self, site: &Site<'a>) -> Lowered {
        match site.schema {
            SchemaRef::Item(schema) => {
                self.lower_schema(schema, site, Naming::Hint(site.hint.name()))
            }
            SchemaRef::Reference(reference) => {
                let Some(target) = self.resolve(reference, &site.pointer) else {
                    return Lowered { ty: Type::Json, nullable: true };
                };
                let name = target.component;
                Lowered {
                    ty: Type::Named(self.components[name].clone()),
                    nullable: self.component_nullable(name, &target.site()),
                }
            }
        }
    }

    fn component_nullable(&mut self, name: &'a str, site: &Site<'a>) -> bool {
        if let Some(&known) = self.nullable_components.get(name) {
            return known;
        }
        let nullable = match site.schema {
            SchemaRef::Item(schema) => {
                let flat = self.quietly(|lowering| lowering.flatten(schema, site));
                self.is_nullable(&flat)
            }
            SchemaRef::Reference(_) => false,
        };
        self.nullable_components.insert(name, nullable);
        nullable
    }

    fn lower_schema(&mut self, schema: &'a Schema, site: &Site<'a>, naming: Naming) -> Lowered {
        if let Some(known) = self.lowered.get(&site.pointer) {
            return known.clone();
        }
        self.check_schema(schema, site);
        let flat = self.flatten(schema, site);
        let lowered = self.lower_flat(flat, Some(schema), site, naming);
        self.lowered.insert(site.pointer.clone(), lowered.clone());
        lowered
    }

    /// The type of a schema that has nothing left to look up. Everything that lowers a schema within
    /// a schema comes by here, so this is where what contains itself, or goes on and on, ends.
    pub(crate) fn lower_flat(
        &mut self,
        flat: Flat<'a>,
        schema: Option<&'a Schema>,
        site: &Site<'a>,
        naming: Naming,
    ) -> Lowered {
        let any = Lowered { ty: Type::Json, nullable: flat.nullable };
        if !self.open.insert(site.pointer.clone()) {
            self.diagnostics.report(
                Code::CircularReference,
                &site.pointer,
                "this schema contains itself in a way that cannot be given a type name",
            );
            return any;
        }
        let lowered =
            self.deeper(&site.pointer, |lowering| lowering.lower_open(flat, schema, site, naming));
        self.open.remove(&site.pointer);
        lowered.unwrap_or(any)
    }

    fn lower_open(
        &mut self,
        flat: Flat<'a>,
        schema: Option<&'a Schema>,
        site: &Site<'a>,
        naming: Naming,
    ) -> Lowered {
        let nullable = flat.nullable;
        let is_own = matches!(naming, Naming::Own(_));
        if let Some(sole) = flat.sole.clone().filter(|sole| !is_own || !self.is_base_class(sole)) {
            let lowered = self.lower(&sole);
            return Lowered { ty: lowered.ty, nullable };
        }
        if is_own
            && flat.unions.is_empty()
            && let Some(union) = self.lower_base_class(&flat, schema, site, &naming)
        {
            return Lowered { ty: union, nullable };
        }
        if let Some(values) = &flat.values {
            let null = values.contains(&Value::Null);
            let ty = self.lower_enumeration(&flat, schema, site, naming);
            return Lowered { ty, nullable: nullable || null };
        }
        if !flat.unions.is_empty()
            && let Some(lowered) = self.lower_union(&flat, schema, site, &naming)
        {
            return Lowered { ty: lowered.ty, nullable: nullable || lowered.nullable };
        }
        Lowered { ty: self.lower_plain(flat, schema, site, naming), nullable }
    }

    /// The type of a schema that is neither an enumeration nor a union.
    fn lower_plain(
        &mut self,
        flat: Flat<'a>,
        schema: Option<&'a Schema>,
        site: &Site<'a>,
        naming: Naming,
    ) -> Type {
        let format = flat.format.as_deref();
        match flat.kind {
            _ if !flat.properties.is_empty() => self.lower_record(flat, schema, site, naming),
            Some(Kind::String) => string_type(format),
            Some(Kind::Integer) => integer_type(format, flat.is_unsigned(), flat.maximum),
            Some(Kind::Number) => number_type(format, flat.is_unsigned()),
            Some(Kind::Boolean) => Type::Bool,
            Some(Kind::Array) => {
                if let Some(tuple) = self.lower_tuple(&flat.items, schema, site, &naming) {
                    return tuple;
                }
                let hint = names::element_name(naming.base());
                let mut items = flat.items;
                name_all(&mut items, &hint);
                Type::List(Box::new(self.lower_all(&items, hint).element()))
            }
            Some(Kind::Object) => match &flat.additional {
                Additional::None => self.lower_record(flat, schema, site, naming),
                Additional::Schema(values) => {
                    let hint = values.first().map(|site| site.hint.name()).unwrap_or_default();
                    Type::Map(Box::new(self.lower_all(values, hint).element()))
                }
                Additional::Any | Additional::Unsaid => Type::Map(Box::new(Type::Json)),
            },
            None => {
                if let Some(keyword) = schema.and_then(kind::limit_without_type) {
                    let message =
                        format!("`{keyword}` alone implies no type: any JSON value is accepted");
                    self.diagnostics
                        .report(Code::WeakenedType, &site.pointer.key(keyword), message)
                        .help("add `type` to state what the limit applies to");
                }
                Type::Json
            }
        }
    }

    fn lower_enumeration(
        &mut self,
        flat: &Flat<'a>,
        schema: Option<&'a Schema>,
        site: &Site<'a>,
        naming: Naming,
    ) -> Type {
        let holder = flat.values_from.or(schema);
        let values: Vec<&Value> =
            flat.values.iter().flatten().filter(|value| !value.is_null()).collect();
        let texts = values.iter().map(|value| value.as_str().unwrap_or_default());
        if !self.write(entries_size(texts), &site.pointer) {
            return Type::Json;
        }
        let kind = if values.is_empty() {
            let is_null = flat.values.as_ref().is_some_and(|values| !values.is_empty());
            return if is_null { Type::Null } else { string_type(None) };
        } else if values.iter().all(|value| value.is_string())
            && flat.kind.is_none_or(|kind| kind == Kind::String)
        {
            let place = site.pointer.key("enum");
            TypeKind::StringEnum(enumerations::string_variants(
                &values,
                holder,
                &place,
                self.diagnostics,
            ))
        } else if values.iter().all(|value| value.is_i64()) {
            let place = site.pointer.key("enum");
            TypeKind::IntegerEnum(enumerations::integer_variants(
                &values,
                holder,
                &place,
                self.diagnostics,
            ))
        } else if values.iter().all(|value| value.is_boolean()) {
            return Type::Bool;
        } else if values.iter().all(|value| value.is_number()) {
            return number_type(None, false);
        } else {
            self.diagnostics.report(
                Code::WeakenedType,
                &site.pointer.key("enum"),
                "values of several types: any JSON value is accepted",
            );
            return Type::Json;
        };
        let name = self.name_for(naming, schema, &site.pointer);
        let doc = self.type_doc(schema, &site.pointer);
        self.define(
            name.clone(),
            doc,
            schema.is_some_and(|schema| schema.schema_data.deprecated),
            kind,
        );
        Type::Named(name)
    }

    /// The name of a new type.
    pub(crate) fn name_for(
        &mut self,
        naming: Naming,
        schema: Option<&Schema>,
        place: &Pointer,
    ) -> TypeName {
        match naming {
            Naming::Own(name) => name,
            Naming::Hint(hint) => {
                let given =
                    schema.and_then(|schema| schema.schema_data.extensions.get("x-rust-name"));
                let given = given.and_then(Value::as_str);
                let wanted = given.unwrap_or(&hint);
                let named = Named { kind: "type", text: wanted, fallback: "Value", place };
                let name = self.type_names.claim_type(named, self.diagnostics);
                if given.is_some() {
                    self.given_names.insert(name.clone());
                }
                name
            }
        }
    }

    /// The documentation of a type.
    pub(crate) fn type_doc(&mut self, schema: Option<&Schema>, place: &Pointer) -> Doc {
        self.doc(schema.map(type_text), place)
    }

    /// Adds a named type.
    pub(crate) fn define(&mut self, name: TypeName, doc: Doc, deprecated: bool, kind: TypeKind) {
        self.types.push(TypeDefinition {
            name,
            doc,
            deprecated,
            module: None,
            equal_to: None,
            kind,
        });
    }
}

fn is_deprecated(schema: &ReferenceOr<Schema>) -> bool {
    matches!(schema, ReferenceOr::Item(schema) if schema.schema_data.deprecated)
}

/// What the document says of a type.
fn type_text(schema: &Schema) -> &str {
    let data = &schema.schema_data;
    data.description.as_deref().or(data.title.as_deref()).unwrap_or_default()
}

/// The type of a value that is written as text, where a string keeps its text whatever its format.
pub(crate) fn scalar_type(flat: &Flat<'_>) -> Type {
    let format = flat.format.as_deref();
    match flat.kind {
        Some(Kind::Integer) => integer_type(format, flat.is_unsigned(), flat.maximum),
        Some(Kind::Number) => number_type(format, flat.is_unsigned()),
        Some(Kind::Boolean) => Type::Bool,
        _ => Type::String,
    }
}

pub(crate) fn string_type(format: Option<&str>) -> Type {
    match format {
        Some("date-time") => Type::DateTime,
        Some("date") => Type::Date,
        Some("byte") => Type::Base64,
        Some("password" | "token") => Type::Secret,
        _ => Type::String,
    }
}

/// The format by which the repairs say that an integer may be less than 0 and more than an `i64` has room for.
const BIG_INTEGER: &str = "big-integer";

/// `unsigned`: whether the document says that no value is negative.
fn integer_type(format: Option<&str>, unsigned: bool, maximum: Option<f64>) -> Type {
    match format {
        Some("uint32" | "uint16" | "uint8") => Type::U32,
        Some("int32" | "int16" | "int8") if unsigned => Type::U32,
        Some("int32" | "int16" | "int8") => Type::I32,
        Some("uint64") => Type::U64,
        Some(BIG_INTEGER) => Type::Number,
        _ if maximum.is_some_and(|most| most > u64::MAX as f64) => Type::Number,
        _ if unsigned || maximum.is_some_and(|most| most > i64::MAX as f64) => Type::U64,
        _ => Type::I64,
    }
}

fn number_type(format: Option<&str>, unsigned: bool) -> Type {
    match format {
        Some("int32" | "uint32" | "int64" | "uint64" | "integer") => {
            let format = format.filter(|format| *format != "integer");
            integer_type(format, unsigned, None)
        }
        _ => Type::F64,
    }
}
