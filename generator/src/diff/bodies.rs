//! Bodies of requests.

use std::collections::BTreeSet;

use super::relation::Relation;
use super::types::describe_change;
use super::verdict::Usage;
use super::{Compared, Rule, Subject, code_span};
use crate::model::{
    Body, BodyContent, Constructor, FormField, Operation, Part, PartKind, QueryStyle, Type,
};

impl<'a> Compared<'a> {
    pub(super) fn body(&mut self, owner: &Subject, old: &'a Operation, new: &'a Operation) {
        let mut subject = Subject {
            item: format!("{} (body)", owner.item),
            old: self.old.places.body(old),
            new: self.new.places.body(new),
            reached: owner.reached.clone(),
        };
        subject.reached.usage = Usage::SENT;
        let required = |body: &Body| body.required;
        match (&old.body, &new.body) {
            (None, None) => {}
            (None, Some(body)) if required(body) => {
                self.report(Rule::RequiredBodyAdded, &subject, "the body is new and required");
            }
            (None, Some(_)) => {
                self.report(Rule::OptionalBodyAdded, &subject, "the body is new");
            }
            (Some(_), None) => self.report(Rule::BodyRemoved, &subject, "the body was removed"),
            (Some(one), Some(other)) => {
                match (required(one), required(other)) {
                    (false, true) => {
                        let message = "the body is required";
                        self.report(Rule::BodyBecameRequired, &subject, message);
                    }
                    (true, false) => {
                        let message = "the body is no longer required";
                        self.report(Rule::BodyBecameOptional, &subject, message);
                    }
                    _ => {}
                }
                self.body_content(&subject, &one.content, &other.content);
                self.docs(&subject, "the body", &one.doc, &other.doc);
            }
        }
    }

    fn body_content(&mut self, subject: &Subject, old: &'a BodyContent, new: &'a BodyContent) {
        match (old, new) {
            (BodyContent::One(one), BodyContent::One(other)) => self.part(subject, one, other),
            (BodyContent::Choice(_, old), BodyContent::Choice(_, new)) => {
                for variant in old {
                    let media = &variant.part.media_type;
                    match new.iter().find(|other| other.part.media_type == *media) {
                        Some(other) => self.part(subject, &variant.part, &other.part),
                        None => {
                            let message = format!("the body can no longer be {}", code_span(media));
                            self.report(Rule::BodyChoiceRemoved, subject, message);
                        }
                    }
                }
                for variant in new {
                    let media = &variant.part.media_type;
                    if !old.iter().any(|other| other.part.media_type == *media) {
                        let message = format!("the body can also be {}", code_span(media));
                        self.report(Rule::BodyChoiceAdded, subject, message);
                    }
                }
            }
            (BodyContent::One(_), BodyContent::Choice(..)) => {
                let message = "the body can be of several media types";
                self.report(Rule::BodyBecameChoice, subject, message);
            }
            (BodyContent::Choice(..), BodyContent::One(_)) => {
                let message = "the body can be of one media type only";
                self.report(Rule::BodyChoiceSettled, subject, message);
            }
        }
    }

    fn part(&mut self, subject: &Subject, old: &'a Part, new: &'a Part) {
        if part_kind_name(&old.kind) != part_kind_name(&new.kind) {
            let message = format!(
                "the body was {} and is {}",
                part_kind_name(&old.kind),
                part_kind_name(&new.kind)
            );
            self.report(Rule::BodyTypeChanged, subject, message);
            return;
        }
        if old.media_type != new.media_type {
            let one = code_span(&old.media_type);
            let other = code_span(&new.media_type);
            let message = format!("the body was sent as {one} and is sent as {other}");
            self.report(Rule::BodyMediaTypeChanged, subject, message);
        }
        match (&old.kind, &new.kind) {
            (PartKind::Multipart(_, one, how), PartKind::Multipart(_, other, now)) => {
                self.form(subject, one, other, *how == Constructor::New);
                let keys = |fields: &'a [FormField]| -> Vec<&str> {
                    fields.iter().filter(|field| field.required).map(|field| &*field.key).collect()
                };
                if keys(one) == keys(other) {
                    self.constructors(subject, how, now);
                }
            }
            (PartKind::Form(one, before), PartKind::Form(other, after)) => {
                self.form_styles(subject, before, after);
                self.body_type(subject, one, other);
            }
            (PartKind::Json(one), PartKind::Json(other)) => self.body_type(subject, one, other),
            _ => {}
        }
    }

    fn body_type(&mut self, subject: &Subject, old: &'a Type, new: &'a Type) {
        let rule = match self.relations().of(old, new) {
            Relation::Same => return,
            Relation::Rewrapped => Rule::BodyTypeRenamed,
            _ => Rule::BodyTypeChanged,
        };
        self.report(rule, subject, format!("the body {}", describe_change(old, new)));
    }

    /// How the members of a form are written, where the documents say.
    fn form_styles(&mut self, subject: &Subject, old: &[FormField], new: &[FormField]) {
        let keys: BTreeSet<&str> = old.iter().chain(new).map(|field| &*field.key).collect();
        for key in keys {
            if field_style(old, key) != field_style(new, key) {
                let message = format!(
                    "the values of the field {} are serialized differently",
                    code_span(key)
                );
                self.report(Rule::ParameterStyleChanged, subject, message);
            }
        }
    }
}

fn field_style(fields: &[FormField], key: &str) -> (QueryStyle, bool) {
    let field = fields.iter().find(|field| field.key == key);
    field.map_or((QueryStyle::FormExploded, false), |field| (field.style, field.allow_reserved))
}

fn part_kind_name(kind: &PartKind) -> &'static str {
    match kind {
        PartKind::Json(_) => "JSON",
        PartKind::Bytes => "bytes",
        PartKind::Text => "text",
        PartKind::Form(..) => "a form",
        PartKind::Multipart(_, fields, _) if fields.is_empty() => "parts of any name",
        PartKind::Multipart(..) => "parts",
    }
}
