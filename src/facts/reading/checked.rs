use super::*;

const PACKAGE: (&str, &str) = ("package.json", "{\"name\": \"shop\", \"dependencies\": {\"express\": \"5\"}}");
const SERVER: &str = "const express = require('express')\nconst app = express()\napp.get('/orders', list)\nconnect(process.env.SHOP_URL)\n";
const CALLS: &str = "const request = require('supertest')\ntest('lists', () => request(app).get('/orders').expect(200))\n";

fn parts(files: &[(&str, &str)]) -> (Facts, Vec<String>) {
    let facts = read(&Snapshot::of_memory(files.iter().copied()));
    let parts = facts.unread.iter().map(|unread| unread.part.clone()).collect();
    (facts, parts)
}

fn grown(text: &str, line: &str) -> String {
    text.to_owned() + &line.repeat(1024 * 1024 / line.len() + 1)
}

#[test]
fn a_service_without_a_way_in_has_some_that_is_not_read() {
    let (_, read) = parts(&[PACKAGE, ("server.js", SERVER)]);
    assert!(!read.contains(&"flows".to_owned()), "{read:?}");
    let (_, unread) = parts(&[PACKAGE, ("server.js", "serve(require('./own-router'))\n")]);
    assert!(unread.contains(&"flows".to_owned()), "{unread:?}");
    let (_, library) = parts(&[("package.json", "{\"name\": \"shop\", \"main\": \"a.js\"}"), ("a.js", "module.exports = 3\n")]);
    assert!(!library.contains(&"flows".to_owned()), "{library:?}");
}

#[test]
fn code_that_is_too_large_is_named() {
    let large = grown(SERVER, "// and so on\n");
    let (_, unread) = parts(&[PACKAGE, ("server.js", &large)]);
    assert!(unread.contains(&"flows".to_owned()) && unread.contains(&"configuration.keys".to_owned()), "{unread:?}");
    let packed = grown(SERVER, &format!("/*{}*/\n", "x".repeat(2000)));
    let (_, unread) = parts(&[PACKAGE, ("server.js", SERVER), ("packed.js", &packed)]);
    assert!(unread.contains(&"flows.packed".to_owned()) && !unread.contains(&"flows".to_owned()), "{unread:?}");
}

#[test]
fn what_a_large_file_of_tests_may_test_is_not_untested() {
    let level = |calls: &str| {
        let (facts, _) = parts(&[PACKAGE, ("server.js", SERVER), ("test/orders.test.js", calls)]);
        facts.flows.known().unwrap()[0].level
    };
    assert_eq!(level(CALLS), flow::Level::Http);
    assert_eq!(level("test('nothing', () => {})\n"), flow::Level::None);
    assert_eq!(level(&grown(CALLS, "// and so on\n")), flow::Level::Unknown);
}
