//! Files and folders that commands name: as operands, as values of options, as the program itself.

use super::Verdict;
use super::repository::Look;
use super::table::{Kind, TABLE, after_any};
use super::walk::Walk;
use crate::facts::command::call::join;
use crate::facts::command::{operands, program_name};

/// Judges the paths among these words; nothing where none is named.
pub(super) fn judge(walk: &Walk<'_, '_>, words: &[String]) -> Option<Verdict> {
    let operands = TABLE.operands.iter().filter_map(|rule| Some((rule.kind, rule.of(words)?)));
    let values = TABLE.options.iter().map(|rule| (rule.kind, rule.of(words)));
    let named = operands.chain(values).flat_map(|(kind, paths)| paths.into_iter().map(move |path| (kind, path)));
    let by_words = named.map(|(kind, path)| at(walk, kind, path));
    let by_program = words.first().filter(|word| is_script(walk, word)).map(|word| at(walk, Kind::Script, word));
    by_words.chain(by_program).chain(module(walk, words)).reduce(Verdict::and)
}

/// Judges one path.
pub(super) fn at(walk: &Walk<'_, '_>, kind: Kind, written: &str) -> Verdict {
    let look = walk.repository.look(&walk.folders(), written);
    match look {
        Look::Here(_) => Verdict::Ok,
        Look::From(path) => Verdict::Unknown(format!("`{path}` is there, from another folder")),
        Look::OtherCase(path) => Verdict::Unknown(format!("`{path}` differs in case, which some systems do not forgive")),
        Look::Foreign => Verdict::unknown("what it names is no file of this repository, or stands for one of the reader's"),
        Look::Made => Verdict::unknown("what it names is made by a build, a tool or the reader"),
        Look::Missing => missing(walk, kind, written),
    }
}

fn missing(walk: &Walk<'_, '_>, kind: Kind, written: &str) -> Verdict {
    let by_earlier = walk.ran && matches!(kind, Kind::Input | Kind::Folder | Kind::Any) && !written.contains("example");
    if kind == Kind::Secret || by_earlier || walk.is_made(written) {
        return Verdict::unknown("what it names may be made by an earlier command or by the reader");
    }
    let reason = format!("`{written}` is not in the repository");
    if written.trim_start_matches("./").contains(['/', '\\']) { walk.broken(reason) } else { walk.broken_unless_of_user(reason) }
}

/// Whether the program itself is a script of the repository: by its extension, its folder, or a name that wrappers have.
fn is_script(walk: &Walk<'_, '_>, word: &str) -> bool {
    let path = word.replace('\\', "/");
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let lower = name.to_ascii_lowercase();
    let scripts = [".sh", ".ps1", ".bash", ".bat", ".cmd", ".py", ".rb", ".pl", ".js", ".ts", ".php"];
    let by_end = scripts.iter().any(|end| lower.ends_with(end) && lower.len() > end.len());
    if by_end {
        return path.contains('/')
            || lower.ends_with(".sh")
            || lower.ends_with(".ps1")
            || lower.ends_with(".bat")
            || lower.ends_with(".cmd");
    }
    let wrapper = matches!(name, "gradlew" | "mvnw") && path.contains('/');
    let own_folder = matches!(folder.trim_start_matches("./").rsplit('/').next(), Some("script" | "scripts" | "hack"));
    let stub = folder.trim_start_matches("./") == "bin"
        && matches!(name, "setup" | "dev" | "rails" | "rake" | "bundle" | "update" | "console" | "bootstrap" | "test" | "server" | "rspec");
    let there = path.starts_with("./") && matches!(walk.repository.look(&walk.folders(), word), Look::Here(_));
    wrapper || own_folder || stub || there
}

/// Modules that servers of Python load: `uvicorn shop.main:app`, `celery -A shop`.
fn module(walk: &Walk<'_, '_>, words: &[String]) -> Option<Verdict> {
    let by_option = || {
        let rule = TABLE.modules.options.iter().find(|rule| after_any(words, &rule.programs).is_some())?;
        let at = words.iter().position(|word| rule.options.contains(word))?;
        words.get(at + 1).map(String::as_str)
    };
    let by_operand = || {
        let rest = after_any(words, &TABLE.modules.programs)?;
        operands(rest, &TABLE.modules.valued, &[]).into_iter().find(|word| word.contains(':'))
    };
    let written = by_operand().or_else(by_option)?;
    let module = written.split([':', '(']).next()?.trim_end_matches(".py");
    if module.is_empty() || !module.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.') {
        return Some(Verdict::unknown("the module that it loads cannot be told"));
    }
    Some(match module_looks(walk, module) {
        Some(true) => Verdict::Ok,
        Some(false) => walk.broken_unless_of_user(format!("there is no module `{module}`")),
        None => Verdict::unknown("the module that it loads cannot be told"),
    })
}

/// `python -m shop.tasks`, where the package is one of the repository.
pub(super) fn own_module(walk: &Walk<'_, '_>, words: &[String]) -> Option<Verdict> {
    let at = words.iter().position(|word| matches!(program_name(word).as_str(), "python" | "python3" | "py"))?;
    let [option, module, ..] = words.get(at + 1..)? else { return None };
    let (package, rest) = module.split_once('.').filter(|_| option == "-m")?;
    let own = walk.folders().iter().any(|folder| walk.repository.holds(&join(folder, &format!("{package}/__init__.py"))));
    if !own || rest.is_empty() {
        return None;
    }
    match module_looks(walk, module) {
        Some(true) => Some(Verdict::Ok),
        Some(false) => Some(walk.broken(format!("there is no module `{module}`"))),
        None => None,
    }
}

/// Whether a module of Python is there; nothing where that cannot be told.
fn module_looks(walk: &Walk<'_, '_>, module: &str) -> Option<bool> {
    let path = module.replace('.', "/");
    let folders = walk.folders();
    // A name behind the module may be one that it holds.
    let holder = path.rsplit_once('/').map(|(above, _)| format!("{above}.py"));
    let paths = [format!("{path}.py"), format!("{path}/__init__.py"), path.clone()].into_iter().chain(holder);
    let looks: Vec<Look> = paths.map(|path| walk.repository.look(&folders, &path)).collect();
    if looks.iter().any(|look| matches!(look, Look::Here(_) | Look::From(_))) {
        return Some(true);
    }
    (looks.iter().all(|look| *look == Look::Missing) && !walk.is_made(&format!("{path}.py"))).then_some(false)
}

/// A script that a manifest declares, which runs in its folder: the file that it calls is there.
pub(super) fn missing_script(walk: &Walk<'_, '_>, folder: &str, words: &[String]) -> Option<String> {
    let folders = [folder.to_owned()];
    let scripts = TABLE.operands.iter().filter(|rule| rule.kind == Kind::Script).filter_map(|rule| rule.of(words)).flatten();
    let by_program = words.first().map(String::as_str).filter(|word| is_script(walk, word));
    let gone = |path: &&str| walk.repository.look(&folders, path) == Look::Missing && !walk.is_made(path);
    scripts.chain(by_program).find(gone).map(str::to_owned)
}
