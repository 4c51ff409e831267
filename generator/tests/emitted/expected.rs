use crate::{fixture, items};

#[test]
fn emitted_files_hold_the_expected_items_only() {
    for fixture in fixture::all() {
        items::check(&fixture.name, &fixture.package);
    }
}
