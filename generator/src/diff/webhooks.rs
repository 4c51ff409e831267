//! Requests that the service sends.

use std::collections::BTreeMap;

use super::relation::Relation;
use super::responses::{header_field, payload_form};
use super::side::Reached;
use super::verdict::Usage;
use super::{Compared, Rule, Subject, code_span};
use crate::diagnostics::Pointer;
use crate::model::{TypeName, Webhook, WebhookChoice, Webhooks};

impl<'a> Compared<'a> {
    pub(super) fn webhooks(&mut self) {
        let old = &self.old.api.webhooks;
        let new = &self.new.api.webhooks;
        let before = webhooks_by_key(&old.all);
        let after = webhooks_by_key(&new.all);
        let mut added: Vec<&Webhook> =
            new.all.iter().filter(|webhook| !before.contains_key(&*webhook.key)).collect();
        for (key, webhook) in &before {
            let subject = webhook_subject(webhook);
            let what = format!("the webhook {}", code_span(key));
            if let Some(other) = after.get(key) {
                self.webhook(&subject, &what, webhook, other);
                continue;
            }
            let found: Vec<usize> =
                (0..added.len()).filter(|at| self.is_renamed(webhook, added[*at])).collect();
            match &found[..] {
                [at] => {
                    let other = added.swap_remove(*at);
                    let subject = Subject { new: webhook_subject(other).new, ..subject };
                    let message = format!("{what} is now called {}", code_span(&other.key));
                    self.report(Rule::WebhookRenamed, &subject, message);
                }
                _ => self.report(Rule::WebhookRemoved, &subject, format!("{what} was removed")),
            }
        }
        for webhook in added {
            let message = format!("the webhook {} is new", code_span(&webhook.key));
            self.report(Rule::WebhookAdded, &webhook_subject(webhook), message);
        }
        self.webhook_choice();
    }
    /// Whether a webhook of the new document is one of the old one, under another name.
    fn is_renamed(&self, old: &'a Webhook, new: &'a Webhook) -> bool {
        payload_form(&old.payload) == payload_form(&new.payload)
            && header_types(old) == header_types(new)
            && match (old.payload.ty(), new.payload.ty()) {
                (Some(one), Some(other)) => {
                    one.named().is_some() && self.relations().of(one, other) == Relation::Same
                }
                _ => false,
            }
    }

    /// How webhooks are distinguished, of those that both documents have.
    fn webhook_choice(&mut self) {
        let old = &self.old.api.webhooks;
        let new = &self.new.api.webhooks;
        match (&old.choice, &new.choice) {
            (None, Some(choice)) if !old.all.is_empty() => {
                let message = "webhooks can be distinguished";
                self.report(Rule::WebhookChoiceAdded, &choice_subject(&choice.name), message);
            }
            (Some(choice), None) if !new.all.is_empty() => {
                let message = "webhooks can no longer be distinguished";
                self.report(Rule::WebhookChoiceRemoved, &choice_subject(&choice.name), message);
            }
            (Some(one), Some(other)) if one.name != other.name => {
                let message = "the enum of all webhooks has a different name";
                self.report(Rule::WebhookChanged, &choice_subject(&one.name), message);
            }
            (Some(one), Some(other)) => {
                let before = values_by_key(old, one);
                let after = values_by_key(new, other);
                let mut both = before.iter().filter_map(|(key, had)| Some((had, after.get(key)?)));
                if one.tag != other.tag || both.any(|(had, has)| had != has) {
                    let message = "webhooks are distinguished differently";
                    self.report(Rule::WebhookValueChanged, &choice_subject(&one.name), message);
                }
            }
            _ => {}
        }
    }

    fn webhook(&mut self, subject: &Subject, what: &str, old: &'a Webhook, new: &'a Webhook) {
        let relation = match (old.payload.ty(), new.payload.ty()) {
            _ if payload_form(&old.payload) != payload_form(&new.payload) => Relation::Different,
            (Some(one), Some(other)) => self.relations().of(one, other),
            _ => Relation::Same,
        };
        let before = header_types(old);
        let after = header_types(new);
        for key in after.keys().filter(|key| !before.contains_key(*key)) {
            let message = format!("{what} has the header {}", code_span(key));
            self.report(Rule::WebhookHeaderAdded, subject, message);
        }
        let is_kept = before.iter().all(|(key, shown)| after.get(key) == Some(shown));
        let same = (&old.name, &old.variant) == (&new.name, &new.variant) && is_kept;
        if relation != Relation::Same || !same {
            let message = format!("{what} has a different name, body or headers");
            self.report(Rule::WebhookChanged, subject, message);
        }
        let rules = [Rule::TypeDeprecated, Rule::TypeUndeprecated];
        self.deprecation(subject, what, rules, (old.deprecated, new.deprecated));
        self.docs(subject, what, &old.doc, &new.doc);
    }
}

/// The headers, each with its name and its type in Rust.
fn header_types(webhook: &Webhook) -> BTreeMap<String, String> {
    webhook.headers.iter().map(|header| (header.key.clone(), header_field(header))).collect()
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

fn webhooks_by_key(webhooks: &[Webhook]) -> BTreeMap<&str, &Webhook> {
    webhooks.iter().map(|webhook| (&*webhook.key, webhook)).collect()
}

/// The values that tell each webhook apart.
fn values_by_key<'a>(
    webhooks: &'a Webhooks,
    choice: &'a WebhookChoice,
) -> BTreeMap<&'a str, &'a Vec<String>> {
    let keys = webhooks.all.iter().map(|webhook| &*webhook.key);
    keys.zip(&choice.values).collect()
}

/// The enum of all webhooks.
fn choice_subject(name: &TypeName) -> Subject {
    let place = Pointer::default().key("webhooks");
    Subject {
        item: format!("webhooks::{}", name.0),
        old: place.clone(),
        new: place,
        reached: Reached { usage: Usage::RECEIVED, ..Reached::default() },
    }
}
