//! What a file takes from other modules, and what it gives out.

use crate::facts::code::{Code, Language};
use crate::facts::flow::unit::{Child, Import, Origin, Unit};

/// Reads what a file takes from others.
pub(super) fn read(code: &Code<'_>, unit: &mut Unit) {
    match code.language {
        Language::JavaScript => javascript(code, &mut unit.imports),
        Language::Python => python(code, &mut unit.imports),
        Language::Go => go(code, &mut unit.imports),
        _ => {}
    }
}

fn import(local: &str, module: &str, name: &str) -> Import {
    Import { local: local.to_owned(), module: module.to_owned(), name: name.to_owned() }
}

fn javascript(code: &Code<'_>, imports: &mut Vec<Import>) {
    for at in 0..code.len() {
        if code.is_word(at, "import") {
            let Some(from) = (at + 1..at + 400).find(|at| code.is_word(*at, "from") || code.is_sign(*at, ";") || code.is_sign(*at, "("))
            else {
                continue;
            };
            let Some(module) = code.literal(from + 1).filter(|_| code.is_word(from, "from")) else { continue };
            bindings(code, at + 1, from, module, imports);
        } else if code.is_word(at, "require") && code.is_sign(at + 1, "(") {
            let Some(module) = code.literal(at + 2) else { continue };
            let end = code.after(at + 1);
            let name = (code.is_sign(end, ".")).then(|| code.word(end + 1)).flatten().unwrap_or("default");
            let Some(equals) = at.checked_sub(1).filter(|before| code.is_sign(*before, "=")) else { continue };
            let Some(target) = equals.checked_sub(1) else { continue };
            if code.is_sign(target, "}") {
                bindings(code, code.opening(target), target + 1, module, imports);
            } else if let Some(local) = code.word(target).filter(|_| !code.is_sign(end, "(")) {
                imports.push(import(local, module, name));
            }
        }
    }
}

/// `X`, `* as X`, `{ A, B as C, D: E }`, with commas between.
fn bindings(code: &Code<'_>, from: usize, to: usize, module: &str, imports: &mut Vec<Import>) {
    let mut at = from;
    while at < to {
        if code.is_sign(at, "{") {
            for entry in code.arguments(at) {
                let entry = if code.is_word(entry.start, "type") && entry.len() > 1 { entry.start + 1..entry.end } else { entry };
                if let (Some(name), Some(local)) = (code.word(entry.start), code.word(entry.end - 1)) {
                    imports.push(import(local, module, name));
                }
            }
        } else if code.is_sign(at, "*") {
            if let Some(local) = code.word(at + 2) {
                imports.push(import(local, module, "*"));
            }
            at += 2;
        } else if let Some(local) = code.word(at).filter(|word| *word != "type") {
            imports.push(import(local, module, "default"));
        }
        at = code.after(at);
    }
}

fn python(code: &Code<'_>, imports: &mut Vec<Import>) {
    let mut at = 0;
    while at < code.len() {
        let begins = at == 0 || code.line(at - 1) < code.line(at);
        if begins && code.is_word(at, "from") {
            at = from_import(code, at, imports);
        } else if begins && code.is_word(at, "import") {
            let line = code.line(at);
            let end = (at + 1..code.len()).find(|next| code.line(*next) > line).unwrap_or(code.len());
            let dotted: String =
                (at + 1..end).take_while(|at| !code.is_word(*at, "as") && !code.is_sign(*at, ",")).map(|at| code.text(at)).collect();
            let local = if code.is_word(end.saturating_sub(2), "as") { code.text(end - 1) } else { dotted.as_str() };
            imports.push(import(local, &dotted, "*"));
            at = end;
        } else {
            at += 1;
        }
    }
}

/// `from a.b import c, d as e`; gives the token behind it.
fn from_import(code: &Code<'_>, from: usize, imports: &mut Vec<Import>) -> usize {
    let Some(word) = (from + 1..from + 40).find(|at| code.is_word(*at, "import")) else { return from + 1 };
    let module: String = (from + 1..word).map(|at| code.text(at)).collect();
    let range = if code.is_sign(word + 1, "(") {
        code.inside(word + 1)
    } else {
        let line = code.line(word);
        word + 1..(word + 1..code.len()).find(|next| code.line(*next) > line).unwrap_or(code.len())
    };
    for entry in crate::facts::flow::function::split(code, range.clone()) {
        if let (Some(name), Some(local)) = (code.word(entry.start), code.word(entry.end - 1)) {
            imports.push(import(local, &module, name));
        }
    }
    range.end.max(from + 1)
}

fn go(code: &Code<'_>, imports: &mut Vec<Import>) {
    for at in 0..code.len().min(400) {
        if !code.is_word(at, "import") {
            continue;
        }
        let range = if code.is_sign(at + 1, "(") { code.inside(at + 1) } else { at + 1..at + 3 };
        for at in range {
            let Some(module) = code.literal(at) else { continue };
            let parts = module
                .rsplit('/')
                .find(|part| !(part.starts_with('v') && part.len() < 4 && part[1..].bytes().all(|byte| byte.is_ascii_digit())));
            let local = code
                .word(at - 1)
                .filter(|_| code.line(at - 1) == code.line(at))
                .filter(|word| *word != "import")
                .or(parts)
                .unwrap_or(module);
            imports.push(import(local, module, "*"));
        }
    }
}

/// Reads what a file gives out. Of Python and Go, all names are to be had.
pub(super) fn exports(code: &Code<'_>, unit: &mut Unit) {
    if code.language != Language::JavaScript {
        return;
    }
    let mut found: Vec<(String, Child)> = Vec::new();
    for at in 0..code.len() {
        if code.is_word(at, "export") {
            export(code, at, unit, &mut found);
        } else if code.is_word(at, "exports") && (at == 0 || !code.is_sign(at - 1, ".") || code.is_word(at.wrapping_sub(2), "module")) {
            let (name, equals) = match code.is_sign(at + 1, ".") {
                true => (code.text(at + 2), at + 3),
                false => ("default", at + 1),
            };
            if code.is_sign(equals, "=") {
                give(code, name, equals + 1, unit, &mut found);
            }
        }
    }
    unit.exports = found;
}

fn export(code: &Code<'_>, at: usize, unit: &Unit, found: &mut Vec<(String, Child)>) {
    match code.text(at + 1) {
        "default" => give(code, "default", at + 2, unit, found),
        "{" => {
            let end = code.after(at + 1);
            let module = code.literal(end + 1).filter(|_| code.is_word(end, "from"));
            for entry in code.arguments(at + 1) {
                let (Some(local), Some(outside)) = (code.word(entry.start), code.word(entry.end - 1)) else { continue };
                match module {
                    Some(module) => found.push((outside.to_owned(), Child::Imported { module: module.to_owned(), name: local.to_owned() })),
                    None => found.extend(child(local, unit).map(|child| (outside.to_owned(), child))),
                }
            }
        }
        "*" => {
            if let Some(module) = (at + 2..at + 6).find(|at| code.is_word(*at, "from")).and_then(|from| code.literal(from + 1)) {
                found.push(("*".to_owned(), Child::Imported { module: module.to_owned(), name: "*".to_owned() }));
            }
        }
        _ => {
            let name = (at + 1..at + 5)
                .find(|at| !matches!(code.text(*at), "const" | "let" | "var" | "async" | "function"))
                .and_then(|at| code.word(at));
            found.extend(name.and_then(|name| Some((name.to_owned(), child(name, unit)?))));
        }
    }
}

/// What stands behind `=` or `default`: a name, an object of names, a router that is made here, a function.
fn give(code: &Code<'_>, name: &str, at: usize, unit: &Unit, found: &mut Vec<(String, Child)>) {
    if code.is_sign(at, "{") {
        for entry in code.arguments(at) {
            let (Some(outside), Some(local)) = (code.word(entry.start), code.word(entry.start + 2).or(code.word(entry.start))) else {
                continue;
            };
            let required = (code.is_word(entry.start + 2, "require")).then(|| code.literal(entry.start + 4)).flatten();
            match required {
                Some(module) => found.push((outside.to_owned(), Child::Imported { module: module.to_owned(), name: "default".to_owned() })),
                None => found.extend(child(local, unit).map(|child| (outside.to_owned(), child))),
            }
        }
        return;
    }
    let word = code.word(at).unwrap_or_default();
    let by_name = if code.is_sign(at + 1, "(") && code.word(at).is_some() {
        // `export default fp(plugin)`: what is wrapped.
        code.word(at + 2).and_then(|inner| child(inner, unit))
    } else {
        child(word, unit)
    };
    let line = code.line(at);
    let made = || {
        unit.routers.iter().position(|router| router.line == line && !matches!(router.origin, Origin::Parameter { .. })).map(Child::Router)
    };
    let function = || unit.functions.iter().any(|function| function.name == "default").then(|| Child::Function("default".to_owned()));
    if let Some(child) = by_name.or_else(function).or_else(made) {
        found.push((name.to_owned(), child));
    }
}

/// What a name at the top of a file stands for.
fn child(name: &str, unit: &Unit) -> Option<Child> {
    let named = |router: &&(usize, &crate::facts::flow::unit::Router)| {
        router.1.name == name && !matches!(router.1.origin, Origin::Parameter { .. })
    };
    let router = unit.routers.iter().enumerate().filter(|router| named(&router)).max_by_key(|(_, router)| router.scope.len());
    if let Some((index, _)) = router {
        return Some(Child::Router(index));
    }
    if unit.functions.iter().any(|function| function.name == name) {
        return Some(Child::Function(name.to_owned()));
    }
    let import = unit.imports.iter().find(|import| import.local == name)?;
    Some(Child::Imported { module: import.module.clone(), name: import.name.clone() })
}
