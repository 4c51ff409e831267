//! Styles against the tables of RFC 6570 and OpenAPI.
