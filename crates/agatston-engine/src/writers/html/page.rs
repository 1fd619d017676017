//! The page around a report: one file that asks nobody for anything. No script, no font, no network; a policy in its head
//! forbids what a browser might still do.

use crate::shown_text::{RESEARCH, printable};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// How pages look, on screens and on paper.
const STYLE: &str = include_str!("report.css");
/// What a page may load: nothing but the pictures and the style that are in it.
const POLICY: &str =
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
/// A part of a page with a heading of its own.
pub(super) struct Section {
    /// Where links lead.
    pub(super) id: &'static str,
    pub(super) heading: &'static str,
    pub(super) body: Markup,
}

impl Section {
    pub(super) fn new(id: &'static str, heading: &'static str, body: Markup) -> Self {
        Self { id, heading, body }
    }
}

/// The whole page. Nothing in it is a control character, whatever files said.
pub(super) fn page(title: &str, subtitle: &str, sections: &[Section]) -> String {
    laid_out(None, title, subtitle, sections)
}

/// The same, so close on paper that it fits one sheet.
pub(super) fn sheet(title: &str, subtitle: &str, sections: &[Section]) -> String {
    laid_out(Some("sheet"), title, subtitle, sections)
}

fn laid_out(class: Option<&str>, title: &str, subtitle: &str, sections: &[Section]) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body class=[class] {
                a.skip href="#content" { "Skip to the result" }
                header {
                    p.research { (RESEARCH) }
                    h1 { (title) }
                    p.subtitle { (subtitle) }
                    nav aria-label="Sections" {
                        @for section in sections {
                            a href=(format!("#{}", section.id)) { (section.heading) }
                        }
                    }
                }
                main id="content" tabindex="-1" {
                    @for section in sections {
                        section id=(section.id) aria-labelledby=(format!("{}-heading", section.id)) {
                            h2 id=(format!("{}-heading", section.id)) { (section.heading) }
                            (section.body)
                        }
                    }
                }
                footer {
                    p.research { (RESEARCH) }
                    p { "Made by agatston " (env!("CARGO_PKG_VERSION")) ". The same input gives the same page: it holds no name, number or day of a patient; UIDs and the year are in the pages of scans." }
                }
            }
        }
    };
    printable(&page.into_string())
}

/// A wide table in a region of its own, which scrolls where the page is narrow and can be reached by keyboard.
pub(super) fn scroll(label: &str, table: &Markup) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(label) { (table) }
    }
}

/// A long part that may be folded away; on paper it is always there.
pub(super) fn folded(summary: &str, body: &Markup) -> Markup {
    html! {
        details { summary { (summary) } div.folded { (body) } }
    }
}

/// Pairs of a word and what it stands for.
pub(super) fn facts(pairs: &[(&str, String)]) -> Markup {
    html! {
        dl.facts {
            @for (word, text) in pairs {
                div { dt { (word) } dd { (text) } }
            }
        }
    }
}
