//! Cuts shell text into commands and their words; see the module above for what is promised.

use super::is_keyword;

/// How deep commands inside `$(…)` are looked into.
const DEPTH: usize = 4;

/// How many characters an expression such as `${{ … }}` may have.
const EXPRESSION_REACH: usize = 2000;

/// How a command is joined to the one behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    /// `;`, a new line, a bracket.
    Sequence,
    /// `&&`.
    And,
    /// `||`.
    Or,
    /// `|`.
    Pipe,
}

/// A command as cut out.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) words: Vec<String>,
    pub(super) line: usize,
    pub(super) join: Join,
}

/// The state of cutting.
pub(super) struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
    depth: usize,
    pieces: Vec<Piece>,
    words: Vec<String>,
    word: Option<String>,
    started: usize,
    redirected: bool,
    here_documents: Vec<String>,
    /// Set once a closing sign was looked for in vain, so that nobody looks to the end twice.
    unclosed: bool,
}

impl Lexer {
    pub(super) fn new(text: &str) -> Self {
        Self::nested(text.chars().filter(|c| *c != '\r').collect(), 0, 0)
    }

    fn nested(chars: Vec<char>, line: usize, depth: usize) -> Self {
        Self {
            chars,
            at: 0,
            line,
            depth,
            pieces: Vec::new(),
            words: Vec::new(),
            word: None,
            started: line,
            redirected: false,
            here_documents: Vec::new(),
            unclosed: false,
        }
    }

    pub(super) fn pieces(mut self) -> Vec<Piece> {
        while let Some(c) = self.peek(0) {
            self.step(c);
        }
        self.end_command(Join::Sequence);
        self.pieces
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn step(&mut self, c: char) {
        match c {
            '\n' => self.new_line(),
            ' ' | '\t' => self.skip_after(1, Self::end_word),
            '\'' => self.single_quoted(),
            '"' => self.double_quoted(),
            '@' if matches!(self.peek(1), Some('"' | '\'')) && self.peek(2) == Some('\n') => self.here_string(),
            '\\' | '^' | '`' if self.peek(1) == Some('\n') => {
                self.at += 2;
                self.line += 1;
            }
            '\\' => self.escaped(),
            '`' => self.separate(1, Join::Sequence),
            '#' if self.word.is_none() => self.skip_line(),
            '$' => self.dollar(),
            '{' if self.peek(1) == Some('{') => self.copy_through("}}"),
            '{' if self.word.is_none() && self.peek(1).is_none_or(char::is_whitespace) => self.separate(1, Join::Sequence),
            '}' if self.word.is_none() => self.separate(1, Join::Sequence),
            '<' if self.peek(1) == Some('#') => self.block_comment(),
            '<' | '>' => self.redirection(c),
            '&' if self.peek(1) == Some('>') => self.at += 1,
            '&' if self.peek(1) == Some('&') => self.separate(2, Join::And),
            '|' if self.peek(1) == Some('|') => self.separate(2, Join::Or),
            '|' => self.separate(1, Join::Pipe),
            '&' | ';' => self.separate(1, Join::Sequence),
            '(' if self.word.is_none() => self.separate(1, Join::Sequence),
            ')' if !self.word.as_ref().is_some_and(|word| word.contains('(')) => self.separate(1, Join::Sequence),
            _ => self.push(c),
        }
    }

    fn push(&mut self, c: char) {
        if self.word.is_none() && self.words.is_empty() {
            self.started = self.line;
        }
        self.word.get_or_insert_default().push(c);
        self.at += 1;
        self.line += usize::from(c == '\n');
    }

    fn skip_after(&mut self, count: usize, end: fn(&mut Self)) {
        end(self);
        self.at += count;
    }

    fn separate(&mut self, count: usize, join: Join) {
        self.end_command(join);
        self.at += count;
    }

    fn end_word(&mut self) {
        let Some(word) = self.word.take() else { return };
        if std::mem::take(&mut self.redirected) || (self.words.is_empty() && is_keyword(&word)) {
            return;
        }
        self.words.push(word);
    }

    fn end_command(&mut self, join: Join) {
        self.end_word();
        self.redirected = false;
        if self.words.is_empty() {
            // `|| \n true` and `) || true` join what stood before.
            if let Some(last) = self.pieces.last_mut().filter(|last| last.join == Join::Sequence && join != Join::Sequence) {
                last.join = join;
            }
            return;
        }
        self.pieces.push(Piece { words: std::mem::take(&mut self.words), line: self.started, join });
    }

    fn new_line(&mut self) {
        self.end_command(Join::Sequence);
        self.at += 1;
        self.line += 1;
        for end in std::mem::take(&mut self.here_documents) {
            self.skip_here_document(&end);
        }
    }

    fn skip_here_document(&mut self, end: &str) {
        while self.at < self.chars.len() {
            let length = self.chars[self.at..].iter().position(|c| *c == '\n').unwrap_or(self.chars.len() - self.at);
            let line: String = self.chars[self.at..self.at + length].iter().collect();
            self.at = (self.at + length + 1).min(self.chars.len());
            self.line += 1;
            if line.trim() == end {
                return;
            }
        }
    }

    fn skip_line(&mut self) {
        while self.peek(0).is_some_and(|c| c != '\n') {
            self.at += 1;
        }
    }

    /// The place of these characters at or behind an offset, unless a sign was already looked for in vain.
    fn find(&mut self, wanted: &[char], from: usize) -> Option<usize> {
        if self.unclosed {
            return None;
        }
        let found = self.chars.get(from..)?.windows(wanted.len()).position(|window| window == wanted).map(|at| from + at);
        self.unclosed = found.is_none();
        found
    }

    fn advance_to(&mut self, end: usize) {
        let end = end.min(self.chars.len());
        self.line += self.chars[self.at..end].iter().filter(|c| **c == '\n').count();
        self.at = end;
    }

    /// Takes characters as they are into the word.
    fn take_to(&mut self, end: usize) {
        let end = end.min(self.chars.len());
        if self.word.is_none() && self.words.is_empty() {
            self.started = self.line;
        }
        let taken: String = self.chars[self.at..end].iter().collect();
        self.word.get_or_insert_default().push_str(&taken);
        self.advance_to(end);
    }

    fn single_quoted(&mut self) {
        match self.find(&['\''], self.at + 1) {
            Some(end) => {
                self.at += 1;
                self.take_to(end);
                self.at += 1;
            }
            None => self.push('\''),
        }
    }

    fn double_quoted(&mut self) {
        let mut end = self.at + 1;
        while let Some(c) = self.chars.get(end) {
            match c {
                '"' => break,
                '\\' | '`' => end += 2,
                _ => end += 1,
            }
        }
        if self.unclosed || end >= self.chars.len() {
            self.unclosed = true;
            self.push('"');
            return;
        }
        self.at += 1;
        let line = self.line;
        let inner: Vec<char> = self.chars[self.at..end].to_vec();
        self.take_to(end);
        self.at += 1;
        self.substitutions_within(&inner, line);
    }

    /// Looks into each `$(…)` of a quoted text.
    fn substitutions_within(&mut self, inner: &[char], mut line: usize) {
        let mut at = 0;
        while at + 1 < inner.len() {
            if inner[at] == '$' && inner[at + 1] == '(' {
                let Some(end) = closing(inner, at + 2) else { return };
                self.look_into(inner[at + 2..end].to_vec(), line);
                line += inner[at..end].iter().filter(|c| **c == '\n').count();
                at = end;
            }
            line += usize::from(inner[at] == '\n');
            at += 1;
        }
    }

    fn look_into(&mut self, inner: Vec<char>, line: usize) {
        if self.depth < DEPTH && inner.first() != Some(&'(') {
            let mut found = Self::nested(inner, line, self.depth + 1).pieces();
            if let Some(last) = found.last_mut() {
                last.join = Join::Sequence;
            }
            self.pieces.append(&mut found);
        }
    }

    fn dollar(&mut self) {
        match (self.peek(1), self.peek(2)) {
            (Some('{'), Some('{')) => self.copy_through("}}"),
            (Some('{'), _) => self.copy_through("}"),
            (Some('('), _) if !self.unclosed => match closing(&self.chars, self.at + 2) {
                Some(end) => {
                    let inner = self.chars[self.at + 2..end].to_vec();
                    let line = self.line;
                    self.take_to(end + 1);
                    self.look_into(inner, line);
                }
                None => {
                    self.unclosed = true;
                    self.push('$');
                }
            },
            _ => self.push('$'),
        }
    }

    /// Takes an expression up to its end, if that stands on the same line.
    fn copy_through(&mut self, end: &str) {
        let end: Vec<char> = end.chars().collect();
        let length = self.chars[self.at..].iter().take(EXPRESSION_REACH).take_while(|c| **c != '\n').count();
        let rest_of_line = &self.chars[self.at..self.at + length];
        match rest_of_line.windows(end.len()).position(|window| window == end.as_slice()) {
            Some(at) => self.take_to(self.at + at + end.len()),
            None => {
                let c = self.chars[self.at];
                self.push(c);
            }
        }
    }

    fn escaped(&mut self) {
        match self.peek(1) {
            // A Windows path rather than an escape.
            Some(c) if c.is_ascii_alphanumeric() || c == '.' || c == '_' => self.push('\\'),
            Some(c) => {
                self.at += 1;
                self.push(c);
            }
            None => self.at += 1,
        }
    }

    /// PowerShell's text between `@"` and `"@`.
    fn here_string(&mut self) {
        let quote = self.chars[self.at + 1];
        match self.find(&['\n', quote, '@'], self.at + 2) {
            Some(end) => {
                self.at += 2;
                self.take_to(end);
                self.advance_to(end + 3);
            }
            None => self.push('@'),
        }
    }

    fn block_comment(&mut self) {
        match self.find(&['#', '>'], self.at + 2) {
            Some(end) => self.advance_to(end + 2),
            None => self.skip_line(),
        }
    }

    fn redirection(&mut self, sign: char) {
        // The number of the stream is no word.
        if self.word.as_ref().is_some_and(|word| word.chars().all(|c| c.is_ascii_digit() || c == '*')) {
            self.word = None;
        }
        self.end_word();
        let signs = self.chars[self.at..].iter().take(3).take_while(|c| **c == sign).count();
        self.at += signs;
        match (sign, signs) {
            ('<', 2) => self.here_document(),
            ('>', _) if self.peek(0) == Some('&') => {
                self.at += 1;
                while self.peek(0).is_some_and(|c| c.is_ascii_digit() || c == '-') {
                    self.at += 1;
                }
            }
            _ => self.redirected = true,
        }
    }

    fn here_document(&mut self) {
        if self.peek(0) == Some('-') {
            self.at += 1;
        }
        while self.peek(0) == Some(' ') {
            self.at += 1;
        }
        let mut end = String::new();
        while let Some(c) = self.peek(0).filter(|c| !c.is_whitespace() && !matches!(c, ';' | '|' | '&' | '>' | '<' | ')')) {
            if !matches!(c, '\'' | '"' | '\\') {
                end.push(c);
            }
            self.at += 1;
        }
        if !end.is_empty() {
            self.here_documents.push(end);
        }
    }
}

/// The place of the bracket that closes one opened before `from`; quotes hide brackets.
fn closing(chars: &[char], from: usize) -> Option<usize> {
    let (mut open, mut at) = (1usize, from);
    let mut quote: Option<char> = None;
    while let Some(&c) = chars.get(at) {
        match (quote, c) {
            (_, '\\') => at += 1,
            (Some(q), _) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(') => open += 1,
            (None, ')') => {
                open -= 1;
                if open == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}
