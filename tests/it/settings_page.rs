//! The page about settings says what the code says.

use std::path::Path;
use std::{env, fs};

use marginalia::margin::settings::documentation;

/// `MARGINALIA_BLESS=1` writes the page.
#[test]
fn the_settings_page_is_up_to_date() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/settings.md");
    if env::var_os("MARGINALIA_BLESS").is_some() {
        fs::create_dir_all(page.parent().unwrap()).unwrap();
        fs::write(&page, documentation()).unwrap();
    }
    let written = fs::read_to_string(&page).unwrap_or_default();
    assert!(
        written == documentation(),
        "run the test once with MARGINALIA_BLESS=1 to bring docs/settings.md up to date"
    );
}
