use super::{Document, Kind, resolve};

fn lines(document: &Document, wanted: impl Fn(&Kind) -> bool) -> Vec<(usize, String)> {
    document
        .blocks
        .iter()
        .filter(|block| wanted(&block.kind))
        .flat_map(|block| block.lines.iter().map(|line| (line.number, line.text.clone())))
        .collect()
}

fn code(document: &Document) -> Vec<(usize, String)> {
    lines(document, |kind| matches!(kind, Kind::Code { .. }))
}

fn headings(document: &Document) -> Vec<(usize, String)> {
    lines(document, |kind| matches!(kind, Kind::Heading(_)))
}

fn at(entries: &[(usize, &str)]) -> Vec<(usize, String)> {
    entries.iter().map(|(line, text)| (*line, (*text).to_owned())).collect()
}

#[test]
fn every_line_of_a_code_block_has_its_own_number_with_crlf_and_cjk() {
    let text = "# 起動\r\n\r\n説明文です\r\n\r\n```sh\r\nmake a\r\n\r\nmake b\r\n```\r\n";
    let document = Document::parse("README.md", text);
    assert_eq!(headings(&document), at(&[(1, "起動")]));
    assert_eq!(code(&document), at(&[(6, "make a"), (8, "make b")]));
}

#[test]
fn code_in_lists_and_indented_code_keep_their_lines() {
    let document = Document::parse("README.md", "1. First\n\n   ```\n   one\n   two\n   ```\n\nText\n\n    three\n    four\n");
    assert_eq!(code(&document), at(&[(4, "one"), (5, "two"), (10, "three"), (11, "four")]));
}

#[test]
fn html_headings_count_and_comments_do_not() {
    let document =
        Document::parse("README.md", "<!-- <h2>no</h2>\n-->\n<div>\n<h1 align=\"center\">\n  The <b>name</b>\n</h1>\n</div>\n\n## Next\n");
    let found = headings(&document);
    assert_eq!(found.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(), ["The name", "Next"]);
    assert_eq!(found[1].0, 9);
}

#[test]
fn front_matter_is_not_body_and_keeps_lines() {
    let document = Document::parse("a.md", "---\nstatus: \"accepted\"\ndate: 2024-02-03\n---\n\n# Title\n");
    let status = document.front("status").expect("there is one");
    assert_eq!((status.number, status.text.as_str()), (2, "accepted"));
    assert_eq!(headings(&document), at(&[(6, "Title")]));
}

#[test]
fn a_rule_at_the_top_is_no_front_matter() {
    let document = Document::parse("a.md", "---\n\n# Title\n\n---\n");
    assert!(document.front_matter.is_empty());
    assert_eq!(headings(&document), at(&[(3, "Title")]));
}

#[test]
fn sections_end_at_the_next_heading_of_their_level() {
    let document = Document::parse("a.md", "# T\n## A\nx\n### B\ny\n## C\nz\n");
    let a = document.blocks.iter().position(|block| block.text() == "A").expect("there is one");
    assert_eq!(document.under(a).iter().map(super::Block::text).collect::<Vec<_>>(), ["x", "B", "y"]);
    let y = document.blocks.iter().position(|block| block.text() == "y").expect("there is one");
    let trail: Vec<String> = document.headings_above(y).map(|heading| document.blocks[heading].text()).collect();
    assert_eq!(trail, ["B", "A", "T"]);
}

#[test]
fn items_rows_spans_and_links_are_told_apart() {
    let text = "- run `make it`\n  - see [that](docs/a%20b.md#top)\n\n| Status | Date |\n|---|---|\n| done | today |\n";
    let document = Document::parse("a.md", text);
    assert_eq!(document.blocks[0].spans[0].text, "make it");
    assert_eq!((document.links[0].line, document.links[0].target.as_str()), (2, "docs/a%20b.md#top"));
    let cells: Vec<String> = document.blocks.last().expect("rows").lines.iter().map(|cell| cell.text.clone()).collect();
    assert_eq!(cells, ["done", "today"]);
}

#[test]
fn relative_targets_resolve_and_others_do_not() {
    assert_eq!(resolve("", "docs/a%20b.md#top").as_deref(), Some("docs/a b.md"));
    assert_eq!(resolve("docs/x", "../y.md?raw=1").as_deref(), Some("docs/y.md"));
    assert_eq!(resolve("docs", "/top.md").as_deref(), Some("top.md"));
    for outside in ["https://example.org/a", "#here", "../../issues", "mailto:a@example.org", "{{ url }}", "//cdn/x"] {
        assert_eq!(resolve("", outside), None, "{outside}");
    }
}

#[test]
fn restructured_text_gives_headings_and_literal_blocks() {
    let text = "Tool\n====\n\nInstall\n-------\n\nType this::\n\n    make install\n\n.. code-block:: bash\n\n    make run\n\nSee `the guide <docs/guide.rst>`_ and ``make test``.\n";
    let document = Document::parse("README.rst", text);
    assert_eq!(headings(&document), at(&[(1, "Tool"), (4, "Install")]));
    assert_eq!(code(&document), at(&[(9, "make install"), (13, "make run")]));
    assert_eq!(document.links[0].target, "docs/guide.rst");
    assert!(document.blocks.iter().any(|block| block.spans.iter().any(|span| span.text == "make test")));
}

#[test]
fn names_of_restructured_text_lead_to_their_targets() {
    let text = "Tool\n====\n\nFirst read\n`Getting   started`_, then ``make``.\n\n.. _`getting started`: https://a.example/start\n.. _unused: https://a.example/\n";
    let links = Document::parse("README.rst", text).links;
    assert_eq!(links.iter().map(|link| (link.line, link.target.as_str())).collect::<Vec<_>>(), [(5, "https://a.example/start")]);
}

#[test]
fn asciidoc_gives_headings_and_source_blocks() {
    let text = "= Tool\n\n== Run\n\n[source,bash]\n----\nmake run\n----\n\nSee link:docs/a.adoc[that] and `make test`.\n";
    let document = Document::parse("README.adoc", text);
    assert_eq!(headings(&document), at(&[(1, "Tool"), (3, "Run")]));
    assert_eq!(code(&document), at(&[(7, "make run")]));
    assert_eq!(document.links[0].target, "docs/a.adoc");
}

#[test]
fn front_matter_is_read_as_yaml_and_as_written_where_it_is_none() {
    let document = Document::parse("a.md", "---\nstatus: >-\n  superseded by\n  ADR-0007\ndeciders: [Ada, \"Bo\"]\nnumber: 12\n---\n# A\n");
    let front = |key: &str| document.front(key).map(|line| (line.number, line.text));
    assert_eq!(front("Status"), Some((2, "superseded by ADR-0007".into())));
    assert_eq!(front("deciders"), Some((5, "Ada, Bo".into())));
    assert_eq!(front("number"), Some((6, "12".into())));
    let broken = Document::parse("a.md", "---\nstatus: 'accepted'\nlist: [\n---\n# A\n");
    assert_eq!(broken.front("status").map(|line| line.text), Some("accepted".into()));
}
