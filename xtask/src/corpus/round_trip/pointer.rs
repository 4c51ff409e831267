//! JSON pointers (RFC 6901), and the references that hold them.

/// The JSON pointer in a reference to something in the same document.
pub(super) fn pointer_of(reference: &str) -> Option<String> {
    let pointer = reference.strip_prefix('#')?;
    Some(if pointer.contains('%') { percent_decoded(pointer) } else { pointer.to_owned() })
}

/// What a discriminator's mapping leads to: a reference, or the name of a component.
pub(super) fn mapped_component(target: &str) -> Option<String> {
    pointer_of(target)
        .or_else(|| (!target.contains('/')).then(|| join_pointer("/components/schemas", target)))
}

/// The pointer of a member.
pub(super) fn join_pointer(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// The last name in a pointer.
pub(super) fn last_segment(pointer: &str) -> String {
    let name = pointer.rsplit('/').next().unwrap_or_default();
    name.replace("~1", "/").replace("~0", "~")
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let digits = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code.filter(|_| first == b'%') {
            Some(code) => {
                bytes.push(code);
                rest = &tail[2..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}
