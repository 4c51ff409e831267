//! The extensions that earlier stages leave in a document for later ones, where OpenAPI 3.0 has no words for it.

/// Of a path item: its path, if its key is not the path.
pub(crate) const OWN_PATH: &str = "x-own-path";

/// Of a path item: the method of its operation, if OpenAPI 3.0 does not have it.
pub(crate) const OWN_METHOD: &str = "x-method";

/// Of a path item: the name of the webhook that it describes.
pub(crate) const WEBHOOK: &str = "x-webhook";

/// Of a parameter: it is the whole query.
pub(crate) const QUERYSTRING: &str = "x-querystring";

/// Of a media type: its schema is that of each item of a sequence.
pub(crate) const ITEM_SCHEMA: &str = "x-item-schema";

/// Of a schema: it describes a tuple.
pub(crate) const PREFIX_ITEMS: &str = "x-prefix-items";

/// Of a discriminator: the alternative of values whose tag names none.
pub(crate) const DEFAULT_MAPPING: &str = "x-default-mapping";

/// What stands in place of a reference that could not be followed, and has been reported.
pub(crate) const REPORTED_REFERENCE: &str = "#/x-reported-reference";
