use crate::diagnostics::Pointer;

/// Where the walk is: a chain on the stack, so that a good document allocates nothing for it.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    parent: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Start(&'a str),
    Key(&'a str),
    Index(usize),
}

impl<'a> At<'a> {
    pub(crate) fn root() -> At<'static> {
        At { parent: None, step: Step::Start("") }
    }

    pub(crate) fn pointer_start(pointer: &'a Pointer) -> Self {
        At { parent: None, step: Step::Start(pointer.as_str()) }
    }

    pub(crate) fn key(&'a self, key: &'a str) -> Self {
        At { parent: Some(self), step: Step::Key(key) }
    }

    pub(crate) fn index(&'a self, index: usize) -> Self {
        At { parent: Some(self), step: Step::Index(index) }
    }

    pub(crate) fn pointer(&self) -> Pointer {
        let parent = self.parent.map(At::pointer);
        match self.step {
            Step::Start(text) => Pointer::from_text(text),
            Step::Key(key) => parent.unwrap_or_default().key(key),
            Step::Index(index) => parent.unwrap_or_default().index(index),
        }
    }

    /// The key or index that leads here, for messages.
    pub(crate) fn name(&self) -> String {
        match self.step {
            Step::Start(text) => text.rsplit('/').next().unwrap_or_default().to_owned(),
            Step::Key(key) => key.to_owned(),
            Step::Index(index) => index.to_string(),
        }
    }
}
