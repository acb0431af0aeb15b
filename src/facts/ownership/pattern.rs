//! Which files a pattern of an owners file names, as the host reads it.

use regex::Regex;

/// The host whose reading of the file counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Host {
    GitHub,
    GitLab,
    Bitbucket,
    /// More than one may read it: the widest reading counts.
    Any,
}

/// A pattern, compiled.
pub(super) struct Pattern(Regex);

impl Pattern {
    /// `None` where the host skips such a pattern, or where it is beyond what is understood here.
    pub(super) fn new(pattern: &str, host: Host) -> Option<Self> {
        if pattern.is_empty() || pattern.starts_with('!') || unescaped(pattern, '[') || pattern.len() > 1000 {
            return None;
        }
        let folder_only = pattern.ends_with('/');
        let body = pattern.trim_end_matches('/');
        let (rooted, body) = (body.starts_with('/'), body.trim_start_matches('/'));
        if body.is_empty() {
            return Regex::new("").ok().map(Self);
        }
        // GitHub anchors what holds a slash, as gitignore does; GitLab lets it float.
        let anchored = rooted || (body.contains('/') && host == Host::GitHub);
        let start = if anchored { "^" } else { "(?:^|/)" };
        let last = body.rsplit('/').next().unwrap_or(body);
        // `docs/*` names what lies in the folder, not what lies deeper.
        let flat = last == "*" && body.contains('/') && !folder_only && host != Host::Any;
        let end = match (folder_only, flat) {
            (true, _) => "/",
            (false, true) => "$",
            (false, false) => "(?:/|$)",
        };
        Regex::new(&format!("{start}{}{end}", translated(body))).ok().map(Self)
    }

    pub(super) fn matches(&self, path: &str) -> bool {
        self.0.is_match(path)
    }
}

fn unescaped(pattern: &str, wanted: char) -> bool {
    let mut escaped = false;
    pattern.chars().any(|c| {
        let hit = c == wanted && !escaped;
        escaped = c == '\\' && !escaped;
        hit
    })
}

fn translated(body: &str) -> String {
    let mut out = String::new();
    let mut rest = body;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("**/") {
            out.push_str("(?:.*/)?");
            rest = after;
            continue;
        }
        if let Some(after) = rest.strip_prefix("**") {
            out.push_str(".*");
            rest = after;
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            '*' => out.push_str("[^/]*"),
            '?' => out.push_str("[^/]"),
            '\\' => {
                let next = rest.chars().next();
                rest = next.map_or(rest, |next| &rest[next.len_utf8()..]);
                out.extend(next.map(|next| regex::escape(&next.to_string())));
            }
            other => out.push_str(&regex::escape(&other.to_string())),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Host, Pattern};

    fn matches(pattern: &str, host: Host, path: &str) -> bool {
        Pattern::new(pattern, host).expect("it is a pattern").matches(path)
    }

    #[test]
    fn github_reads_patterns_like_gitignore_but_for_a_last_star() {
        for (pattern, path) in [
            ("*", "a/b.c"),
            ("*.js", "a/b.js"),
            ("/build/", "build/a/b"),
            ("docs/*", "docs/a.md"),
            ("apps/", "x/apps/y"),
            ("/docs", "docs/a"),
            ("**/logs", "x/logs/y"),
            ("docs/**", "docs/a/b"),
            ("src/a", "src/a/b.c"),
            ("a\\ b.md", "x/a b.md"),
        ] {
            assert!(matches(pattern, Host::GitHub, path), "{pattern} names {path}");
        }
        for (pattern, path) in [
            ("docs/*", "docs/a/b.md"),
            ("src/a", "x/src/a"),
            ("/build/", "build"),
            ("*.js", "a.jsx"),
            ("apps/", "apps"),
            ("@org/team", "src/team"),
        ] {
            assert!(!matches(pattern, Host::GitHub, path), "{pattern} does not name {path}");
        }
    }

    #[test]
    fn gitlab_lets_a_path_float() {
        assert!(matches("src/a", Host::GitLab, "x/src/a/b"));
        assert!(!matches("/src/a", Host::GitLab, "x/src/a/b"));
    }

    #[test]
    fn what_github_skips_is_no_pattern() {
        for skipped in ["!src", "src/[ab].c", ""] {
            assert!(Pattern::new(skipped, Host::GitHub).is_none(), "{skipped}");
        }
    }
}
