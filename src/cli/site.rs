//! `marginalia site`: the notes and rules as the source of a static site.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::escape::markdown as text;
use super::failure::{Failure, Outcome, Status};
use super::output::{FAINT, Output};
use super::project::Projects;
use super::source::{name_of, reason};
use crate::book::{Book, Chapter, SectionNumber};
use crate::knowledge::{Knowledge, RuleId, Volume, render};

/// Write the notes, the rules and the table of contents as a site.
///
/// What is written is Markdown for a generator, `mkdocs` with its Material theme, which makes the pages and the search. The
/// page of a section is `sections/16.7.4/`, that of a rule `rules/mktemp-usage/`: publish the site, set `links.base` to
/// `https://.../sections/`, and every reference in the editor leads there. Further books of the settings stand in folders
/// of their own.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  marginalia site handbook-site
  marginalia site handbook-site --url https://docs.example.com/python/
  pip install mkdocs-material && mkdocs build -f handbook-site/mkdocs.yml")]
pub(super) struct Arguments {
    /// The folder to write to: new, empty, or written by this command before.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Where the site will be published.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

/// What the theme leaves to us: names of rules are not broken at their hyphens.
const STYLE: &str = ".md-typeset td:first-child code { white-space: nowrap; }\n";

/// Stands in the first line of the configuration that this command writes.
const MARK: &str = "# Written by `marginalia site`; it is written anew each time.";

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Outcome {
    let knowledge = Projects::new().knowledge_here();
    let folder = &arguments.folder;
    check_folder(folder)?;
    let mut site = Site { folder: folder.join("docs"), pages: 0 };
    // What is ours says so before anything else is there: a run that was broken off can be repeated.
    let written = fs::create_dir_all(folder)
        .and_then(|()| fs::write(folder.join("mkdocs.yml"), configuration(&knowledge, arguments.url.as_deref())))
        .and_then(|()| site.write(&knowledge));
    written.map_err(|fault| Failure::new(format!("cannot write to {}: {}", name_of(folder), reason(&fault))))?;
    let name = name_of(folder);
    writeln!(out, "{} pages are in {name}.", site.pages)?;
    writeln!(out, "{FAINT}Next: pip install mkdocs-material && mkdocs build -f {name}/mkdocs.yml{FAINT:#}")?;
    Ok(Status::Clean)
}

/// Other people's files are not overwritten.
fn check_folder(folder: &Path) -> Result<(), Failure> {
    let name = name_of(folder);
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(fault) => return Err(Failure::new(format!("cannot write to {name}: {}", reason(&fault)))),
    };
    let ours = || fs::read_to_string(folder.join("mkdocs.yml")).is_ok_and(|text| text.starts_with(MARK));
    if entries.count() > 0 && !ours() {
        return Err(Failure::new(format!("{name} holds other files; name a new or an empty folder")));
    }
    Ok(())
}

/// The pages.
struct Site {
    folder: PathBuf,
    pages: usize,
}

impl Site {
    fn write(&mut self, knowledge: &Knowledge) -> io::Result<()> {
        self.page("index.md", &index(knowledge))?;
        fs::write(self.folder.join("margin.css"), STYLE)?;
        for volume in knowledge.volumes() {
            let prefix = prefix(volume);
            for chapter in volume.book().chapters.iter() {
                self.page(&format!("{prefix}chapters/{}.md", chapter.number), &chapter_page(volume, chapter))?;
            }
            for section in volume.book().sections.iter() {
                let page = render::volume_page(volume, section.number, &|number| Some(format!("{number}.md")));
                let page = with_links(volume, section.number, &page.unwrap_or_default());
                self.page(&format!("{prefix}sections/{}.md", section.number), &page)?;
            }
            self.page(&format!("{prefix}rules/index.md"), &rules_page(volume))?;
            for (id, rule) in volume.rules() {
                self.page(&format!("{prefix}rules/{}.md", rule.name), &rule_page(knowledge, id))?;
            }
        }
        Ok(())
    }

    fn page(&mut self, name: &str, text: &str) -> io::Result<()> {
        let path = self.folder.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        self.pages += 1;
        fs::write(path, text)
    }
}

/// The folder of a book's pages: the built-in one's are at the top.
fn prefix(volume: &Volume) -> String {
    if volume.is_first() { String::new() } else { format!("{}/", volume.book().id) }
}

fn index(knowledge: &Knowledge) -> String {
    let mut page = String::from("# Contents\n\n");
    for volume in knowledge.volumes() {
        let book = volume.book();
        let prefix = prefix(volume);
        let (sections, rules) = (book.sections.len(), volume.rules().count());
        page.push_str(&format!(
            "## {}\n\n{sections} sections, {rules} rules. The search knows them all.\n\n",
            text(&book.title)
        ));
        for chapter in book.chapters.iter() {
            let (number, title) = (chapter.number, text(&chapter.title));
            page.push_str(&format!("- [{number}. {title}]({prefix}chapters/{number}.md)\n"));
        }
        if volume.rules().next().is_some() {
            page.push_str(&format!("- [Rules]({prefix}rules/index.md)\n"));
        }
        page.push('\n');
    }
    page
}

fn chapter_page(volume: &Volume, chapter: &Chapter) -> String {
    let book = volume.book();
    let mut page = format!("# {}. {}\n\n", chapter.number, text(&chapter.title));
    for section in book.sections.iter().filter(|section| section.number.chapter == chapter.number) {
        let indent = "    ".repeat(usize::from(section.number.depth()).saturating_sub(2));
        let (reference, title, number) = (book.reference(section.number), text(&section.title), section.number);
        page.push_str(&format!("{indent}- [{reference} {title}](../sections/{number}.md)\n"));
    }
    page
}

/// A section's page with links to its chapter and to the rules that it lists. The search puts it before what names it.
fn with_links(volume: &Volume, number: SectionNumber, page: &str) -> String {
    let mut page = format!("---\nsearch:\n  boost: 2\n---\n\n{page}");
    if let Some(Chapter { number, title, .. }) = volume.book().chapter(number.chapter) {
        let chapter = format!("Chapter {number}: {}", text(title));
        page = page.replacen(&format!(" · {chapter}"), &format!(" · [{chapter}](../chapters/{number}.md)"), 1);
    }
    for (_, rule) in volume.rules_of(number) {
        let name = &rule.name;
        page = page.replace(&format!("\n- `{name}`"), &format!("\n- [`{name}`](../rules/{name}.md)"));
    }
    page
}

fn rule_page(knowledge: &Knowledge, id: RuleId) -> String {
    render::rule_page(knowledge, id, &|number| Some(format!("../sections/{number}.md")))
}

fn rules_page(volume: &Volume) -> String {
    let mut groups: BTreeMap<&str, String> = BTreeMap::new();
    for (_, rule) in volume.rules() {
        let link = |number: &_| format!("[{}](../sections/{number}.md)", volume.book().reference(*number));
        let sections: Vec<String> = rule.sections.iter().map(link).collect();
        let finds = render::first_sentence(&rule.docs.what).replace('\n', " ").replace('|', "\\|");
        let rows = groups.entry(&rule.group).or_default();
        rows.push_str(&format!("| [`{0}`]({0}.md) | {finds} | {1} |\n", rule.name, sections.join(", ")));
    }
    let mut page = String::from("# Rules\n");
    for (group, rows) in groups {
        page.push_str(&format!("\n## {group}\n\n| Rule | Finds | Sections |\n| --- | --- | --- |\n{rows}"));
    }
    page
}

/// The configuration. Pages of sections and rules are reached by search and from their chapter: in the navigation of each
/// page they would outweigh it.
fn configuration(knowledge: &Knowledge, url: Option<&str>) -> String {
    let book = knowledge.first_volume().book();
    let mut text = format!("{MARK}\nsite_name: {}\n", quoted(&format!("{} in the margin", book.title)));
    if let Some(url) = url {
        text.push_str(&format!("site_url: {}\n", quoted(url)));
    }
    text.push_str(
        "theme:\n  name: material\n  font: false\n  features: [navigation.expand, navigation.instant, search.highlight, search.suggest]\n  palette:\n    \
         - media: \"(prefers-color-scheme: light)\"\n      scheme: default\n      primary: teal\n      \
         toggle: {icon: material/weather-night, name: Dark}\n    - media: \"(prefers-color-scheme: dark)\"\n      \
         scheme: slate\n      primary: teal\n      toggle: {icon: material/weather-sunny, name: Light}\n\
         extra_css: [margin.css]\nplugins: [search]\nmarkdown_extensions: [tables, pymdownx.highlight, pymdownx.superfences]\n\
         not_in_nav: |\n  sections/*\n  rules/*\nnav:\n  - Contents: index.md\n",
    );
    for volume in knowledge.volumes() {
        text.push_str(&navigation(volume));
    }
    text
}

fn navigation(volume: &Volume) -> String {
    let book: &Book = volume.book();
    let prefix = prefix(volume);
    let mut text = format!("  - {}:\n", quoted(&book.title));
    for chapter in book.chapters.iter() {
        let title = quoted(&format!("{}. {}", chapter.number, chapter.title));
        text.push_str(&format!("      - {title}: {prefix}chapters/{}.md\n", chapter.number));
    }
    text.push_str(&format!("      - Rules: {prefix}rules/index.md\n"));
    text
}

/// A YAML string.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace(char::is_control, " "))
}
