//! Requests that the service sends.

use std::collections::BTreeMap;

use super::relation::Relation;
use super::responses::payload_form;
use super::side::Reached;
use super::verdict::Usage;
use super::{Compared, Rule, Subject, code_span};
use crate::diagnostics::Pointer;
use crate::model::{HeaderField, Webhook};

impl<'a> Compared<'a> {
    pub(super) fn webhooks(&mut self) {
        let known = |webhooks: &'a [Webhook]| -> BTreeMap<&'a str, &'a Webhook> {
            webhooks.iter().map(|webhook| (&*webhook.key, webhook)).collect()
        };
        let (old, new) = (&self.old.api.webhooks, &self.new.api.webhooks);
        let (before, after) = (known(&old.all), known(&new.all));
        for (key, webhook) in &before {
            let subject = webhook_subject(webhook);
            let what = format!("the webhook {}", code_span(key));
            match after.get(key) {
                Some(other) => self.webhook(&subject, &what, webhook, other),
                None => self.report(Rule::WebhookRemoved, &subject, format!("{what} was removed")),
            }
        }
        for (key, webhook) in &after {
            if !before.contains_key(key) {
                let message = format!("the webhook {} is new", code_span(key));
                self.report(Rule::WebhookAdded, &webhook_subject(webhook), message);
            }
        }
        if let (Some(one), Some(other)) = (&old.choice, &new.choice)
            && (&one.name, &one.tag) != (&other.name, &other.tag)
        {
            let place = Pointer::default().key("webhooks");
            let subject = Subject {
                item: format!("webhooks::{}", one.name.0),
                old: place.clone(),
                new: place,
                reached: Reached { usage: Usage::RECEIVED, ..Reached::default() },
            };
            let message = "webhooks are told apart differently";
            self.report(Rule::WebhookChanged, &subject, message);
        }
    }

    fn webhook(&mut self, subject: &Subject, what: &str, old: &'a Webhook, new: &'a Webhook) {
        let relation = match (old.payload.ty(), new.payload.ty()) {
            _ if payload_form(&old.payload) != payload_form(&new.payload) => Relation::Different,
            (Some(one), Some(other)) => self.relations().of(one, other),
            _ => Relation::Same,
        };
        let headers = |webhook: &Webhook| -> BTreeMap<String, String> {
            let shown = |it: &HeaderField| (it.key.clone(), format!("{} {:?}", it.name.0, it.ty));
            webhook.headers.iter().map(shown).collect()
        };
        let same =
            (&old.name, &old.variant, headers(old)) == (&new.name, &new.variant, headers(new));
        if relation != Relation::Same || !same {
            let message = format!("{what} has a different name, body or headers");
            self.report(Rule::WebhookChanged, subject, message);
        }
        let rules = [Rule::TypeDeprecated, Rule::TypeUndeprecated];
        self.deprecation(subject, what, rules, (old.deprecated, new.deprecated));
        self.docs(subject, what, &old.doc, &new.doc);
    }
}

fn webhook_subject(webhook: &Webhook) -> Subject {
    let place = Pointer::default().key("webhooks").key(&webhook.key);
    Subject {
        item: format!("webhooks::{}", webhook.name.0),
        old: place.clone(),
        new: place,
        reached: Reached { usage: Usage::RECEIVED, ..Reached::default() },
    }
}
