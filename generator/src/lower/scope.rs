//! The names that are taken in one place of the emitted crate, and how another is found.

use std::collections::{HashMap, HashSet};

use super::reserved::{OPERATION_TYPES, TYPES};
use crate::diagnostics::{Code, Diagnostics, Pointer};
use crate::model::{TypeName, ValueName};
use crate::names::{self, LONGEST, cut_name};

/// Room in a name for a number.
const ROOM: usize = 8;

/// The names that are taken where no two may be the same.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    /// The names of the emitted crate itself.
    reserved: HashSet<String>,
    /// What is put behind a name that is reserved.
    suffix: &'static str,
    /// The names of the document's things.
    taken: HashSet<String>,
    /// The number that the next one of a name gets.
    numbers: HashMap<String, usize>,
}

/// A name of the document, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named<'n> {
    /// What it is: `field`, say.
    pub(crate) kind: &'static str,
    /// What the document calls it.
    pub(crate) text: &'n str,
    /// What it is called where no name can be made of that.
    pub(crate) fallback: &'n str,
    /// Where.
    pub(crate) place: &'n Pointer,
}

impl Scope {
    /// A scope with these names reserved; what would have one of them gets the suffix.
    pub(crate) fn reserving(reserved: &[&str], suffix: &'static str) -> Self {
        let reserved = reserved.iter().map(|&name| name.to_owned()).collect();
        Self { reserved, suffix, taken: HashSet::new(), numbers: HashMap::new() }
    }

    /// A scope with these names taken.
    pub(crate) fn with(taken: &[&str]) -> Self {
        Self::reserving(taken, "")
    }

    /// A scope of type names, in which those that emitted code relies on are reserved.
    pub(crate) fn of_types() -> Self {
        Self::reserving(TYPES, "Type")
    }

    /// A scope of the names of operations' types, in which those that emitted code relies on are reserved.
    pub(crate) fn of_operations() -> Self {
        Self::reserving(&[TYPES, OPERATION_TYPES].concat(), "Type")
    }

    /// Reserves a name.
    pub(crate) fn reserve(&mut self, name: String) {
        self.reserved.insert(name);
    }

    /// Takes the name of a type, or where it is taken one like it.
    pub(crate) fn take_type(&mut self, wanted: TypeName) -> TypeName {
        // `Gmt3` is followed by `Gmt3_2`: `Gmt32` would be another one.
        let separator = |name: &str| name.ends_with(|c: char| c.is_ascii_digit()).then_some("_");
        TypeName(self.take(wanted.0, separator))
    }

    /// Takes the name of a value, or where it is taken one like it.
    pub(crate) fn take_value(&mut self, wanted: ValueName) -> ValueName {
        // `self_` is followed by `self_2`: two underlines would be no snake case.
        let separator = |name: &str| (!name.ends_with('_')).then_some("_");
        ValueName(self.take(wanted.0, separator))
    }

    /// As [`Self::take_type`], and says so where the name is another than the document's.
    pub(crate) fn claim_type(
        &mut self,
        named: Named<'_>,
        diagnostics: &mut Diagnostics,
    ) -> TypeName {
        let wanted = names::type_name(named.text, "");
        let nameless = wanted.0.is_empty();
        let wanted =
            if nameless { names::type_name(named.fallback, named.fallback) } else { wanted };
        let name = self.take_type(wanted.clone());
        named.report(nameless, &wanted.0, &name.0, diagnostics);
        name
    }

    /// As [`Self::take_value`], and says so where the name is another than the document's.
    pub(crate) fn claim_value(
        &mut self,
        named: Named<'_>,
        diagnostics: &mut Diagnostics,
    ) -> ValueName {
        let wanted = names::value_name(named.text, "");
        let nameless = wanted.0.is_empty();
        let wanted =
            if nameless { names::value_name(named.fallback, named.fallback) } else { wanted };
        let name = self.take_value(wanted.clone());
        named.report(nameless, &wanted.0, &name.0, diagnostics);
        name
    }

    /// As [`Self::claim_type`], for a type that is named after the document's thing, and not like it.
    pub(crate) fn claim_derived(
        &mut self,
        wanted: TypeName,
        named: Named<'_>,
        diagnostics: &mut Diagnostics,
    ) -> TypeName {
        let name = self.take_type(wanted.clone());
        named.report(false, &wanted.0, &name.0, diagnostics);
        name
    }

    /// As [`Self::claim_value`], where things of several kinds meet: what finds its name taken, by
    /// whatever it is, gets the suffix of its own kind.
    pub(crate) fn claim_method(
        &mut self,
        named: Named<'_>,
        suffix: &'static str,
        diagnostics: &mut Diagnostics,
    ) -> ValueName {
        self.suffix = suffix;
        let name = self.claim_value(named, diagnostics);
        self.reserve(name.0.clone());
        name
    }

    fn take(&mut self, wanted: String, separator: fn(&str) -> Option<&'static str>) -> String {
        let suffix = self.suffix;
        let mut name = cut_name(&wanted, LONGEST).into_owned();
        if self.reserved.contains(&name) && !suffix.is_empty() {
            name = format!("{}{suffix}", cut_name(&wanted, LONGEST - suffix.len()));
        }
        if !self.reserved.contains(&name) && !self.taken.contains(&name) {
            self.taken.insert(name.clone());
            return name;
        }
        // Numbers go up from where the last of this name had left off: thousands may share it, or what
        // is left of theirs beside a number.
        let base = cut_name(&name, LONGEST - ROOM).into_owned();
        let mut number = self.numbers.get(&base).copied().unwrap_or(2);
        loop {
            // What stands between depends on the name as it is here: with its suffix, or cut.
            let longest = LONGEST - "_".len() - number.to_string().len();
            let start = cut_name(&name, longest);
            let separator = separator(&start).unwrap_or_default();
            let numbered = format!("{start}{separator}{number}");
            number += 1;
            if !self.reserved.contains(&numbered) && !self.taken.contains(&numbered) {
                self.numbers.insert(base, number);
                self.taken.insert(numbered.clone());
                return numbered;
            }
        }
    }
}

impl Named<'_> {
    pub(crate) fn report(
        &self,
        nameless: bool,
        wanted: &str,
        name: &str,
        diagnostics: &mut Diagnostics,
    ) {
        let kind = self.kind;
        let text = shorten_text(self.text);
        if nameless {
            let message =
                format!("`{text}` has no letters to make a name of: the {kind} is named `{name}`");
            diagnostics.report(Code::InvalidName, self.place, message);
        } else if cut_name(wanted, LONGEST) != name {
            let wanted = cut_name(wanted, LONGEST);
            let message =
                format!("the name `{wanted}` is taken: the {kind} `{text}` is named `{name}`");
            diagnostics.report(Code::NameCollision, self.place, message);
        }
    }
}

/// A text for a message.
fn shorten_text(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_name_gets_a_number_and_a_reserved_one_the_suffix() {
        let mut scope = Scope::of_types();
        assert_eq!(scope.take_type(TypeName("Option".into())).0, "OptionType");
        assert_eq!(scope.take_type(TypeName("Option".into())).0, "OptionType2");
        assert_eq!(scope.take_type(TypeName("File".into())).0, "File");
        assert_eq!(scope.take_type(TypeName("File2".into())).0, "File2");
        assert_eq!(scope.take_type(TypeName("File".into())).0, "File3");
        assert_eq!(scope.take_type(TypeName("File2".into())).0, "File2_2");
        assert_eq!(scope.take_type(TypeName("Base64".into())).0, "Base64Type");
        assert_eq!(scope.take_type(TypeName("Base64".into())).0, "Base64Type2");
        let long = format!("A{}9", "a".repeat(LONGEST - 2));
        assert_eq!(scope.take_type(TypeName(long.clone())).0, long);
        assert!(!scope.take_type(TypeName(long)).0.contains('_'));
        let mut scope = Scope::with(&["self_"]);
        assert_eq!(scope.take_value(ValueName("self_".into())).0, "self_2");
        assert_eq!(scope.take_value(ValueName("id".into())).0, "id");
        assert_eq!(scope.take_value(ValueName("id".into())).0, "id_2");
    }

    #[test]
    fn a_long_name_is_cut_between_words_and_stays_its_own() {
        let mut scope = Scope::default();
        let words = ["get", "companies", "company", "connections", "connection", "options"];
        let long = words.repeat(3).join("_");
        let name = scope.take_value(ValueName(long.clone())).0;
        assert_eq!(name, "get_companies_company_connections_connection_options");
        let second = scope.take_value(ValueName(long)).0;
        assert_eq!(second, "get_companies_company_connections_connection_options_2");
        let long = names::type_name(&words.repeat(3).join("_"), "");
        let name = scope.take_type(long).0;
        assert_eq!(name, "GetCompaniesCompanyConnectionsConnectionsConnectionOptions");
        for length in [LONGEST - 1, LONGEST, LONGEST + 1, 10_000] {
            for text in ["a".repeat(length), "ab_".repeat(length), "Ab".repeat(length)] {
                let mut scope = Scope::default();
                let name = scope.take_value(ValueName(text.clone())).0;
                assert!(name.len() <= LONGEST && text.starts_with(&name[..20]), "{name}");
                let name = scope.take_value(ValueName(text)).0;
                assert!(name.len() <= LONGEST && name.ends_with('2'), "{name}");
            }
        }
    }

    #[test]
    fn thousands_of_one_name_are_numbered_in_one_go() {
        let mut scope = Scope::default();
        for number in 2..100_000 {
            scope.take_value(ValueName("id".into()));
            assert!(scope.taken.contains("id"));
            assert_eq!(scope.numbers.get("id").copied().unwrap_or(2), number);
        }
    }
}
