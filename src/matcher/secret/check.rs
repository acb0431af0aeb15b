//! The closed list of validity checks a rule may name, and what each may answer.
//!
//! A checksum raises or lowers the confidence and never hides a finding: who writes a token down by hand makes mistakes.
//! No check asks a clock or a network; a date is stated, not judged.

use base64::Engine;
use schemars::JsonSchema;
use serde::Deserialize;

use super::invented::{self, Worth};
use super::outcome::Outcome;
use super::{assigned, azure, checksum, host, jwt, pem, service};

/// A check of a rule of `[rule.secret]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// GitHub's tokens of 36 characters end in a CRC-32.
    GithubChecksum,
    /// npm's tokens do too.
    NpmChecksum,
    /// Azure DevOps tokens of 52 characters hold a CRC-32.
    AzureDevopsChecksum,
    /// Keys of Azure services hold a signature and end in a Marvin32 checksum.
    AzureIdentifiable,
    /// Common annotated keys (`JQQJ99`) end in one too.
    AzureAnnotated,
    /// Client secrets of Entra (`8Q~`) end in three characters of one.
    EntraChecksum,
    /// A private key of age ends in the checksum of bech32.
    AgeChecksum,
    /// A JSON Web Token has a header with `alg`; states when it expires.
    Jwt,
    /// A PEM block that is not encrypted and holds a key.
    PlainKey,
    /// A PEM block that a password protects.
    EncryptedKey,
    /// Hexadecimal digits alone are a hash or a revision rather than this.
    NotAHash,
    /// States until when a shared access signature is valid.
    SasExpiry,
    /// A value assigned to a name for a password; the pattern has a group `name`.
    AssignedPassword,
    /// A value assigned to a name for a token or key; the pattern has a group `name`.
    AssignedToken,
    /// A value of a setting that is named after a password, or else a token or key; the pattern has a group `name`.
    AssignedSetting,
    /// A password given to a call: any that is no placeholder, expression or word of a label.
    CredentialArgument,
    /// A password in an address: one that is the user's or the database's name again was never meant to keep anybody out.
    AddressPassword,
    /// A value in base 64: what it is worth is judged by what it says, and a word counts only where the group `name` is that
    /// of a credential.
    EncodedValue,
    /// `user:password` in base 64, as basic authentication has it: judged by the password.
    BasicCredentials,
    /// A host of a cloud provider that belongs to one customer: not a part of the documentation, and not made up.
    LiveHost,
    /// A value in a setting that is named after a service and a key; the pattern has a group `name`.
    ServiceKey,
}

/// What a check may look at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate<'a> {
    /// The secret.
    pub(crate) secret: &'a [u8],
    /// The whole match.
    pub(crate) whole: &'a [u8],
    /// The name that it is assigned to, where the pattern has a group for it.
    pub(crate) name: &'a [u8],
    /// What stands before the name on its line, as far as it may belong to it.
    pub(crate) before: &'a [u8],
}

const HOLDS: &str = "its checksum holds";
const BROKEN: &str = "its checksum does not hold, so it was likely made up";

impl Check {
    pub(crate) fn run(self, candidate: Candidate<'_>) -> Outcome {
        let Candidate { secret, whole, name, before } = candidate;
        match self {
            Self::GithubChecksum | Self::NpmChecksum => verdict(Some(checksum::ends_in_crc(secret))),
            Self::AzureDevopsChecksum => verdict(Some(azure::devops_holds(secret))),
            Self::AzureIdentifiable => identifiable(secret),
            Self::AzureAnnotated => verdict(Some(azure::annotated_holds(secret))),
            Self::EntraChecksum => verdict(azure::client_secret_holds(secret)),
            Self::AgeChecksum => verdict(Some(checksum::bech32_holds(secret))),
            Self::Jwt => jwt::judge(secret),
            Self::PlainKey => pem::plain(secret),
            Self::EncryptedKey => pem::encrypted(secret),
            Self::NotAHash if secret.iter().all(u8::is_ascii_hexdigit) => Outcome::NoSecret,
            Self::NotAHash => Outcome::Silent,
            Self::SasExpiry => sas_expiry(whole),
            Self::AssignedPassword => assigned::password(name, secret),
            Self::AssignedToken => assigned::token(name, secret),
            Self::AssignedSetting => assigned::setting(name, secret),
            Self::CredentialArgument => assigned::argument(secret),
            Self::AddressPassword => address_password(whole, secret),
            Self::EncodedValue => encoded_value(name, secret),
            Self::BasicCredentials => basic_credentials(secret),
            Self::LiveHost => host::live(secret),
            Self::ServiceKey => service::key(before, name, secret),
        }
    }
}

fn verdict(holds: Option<bool>) -> Outcome {
    holds.map_or(Outcome::Silent, |holds| if holds { Outcome::Holds(HOLDS.into()) } else { Outcome::Fails(BROKEN) })
}

fn identifiable(key: &[u8]) -> Outcome {
    match azure::identify(key) {
        Some((known, true)) => Outcome::Holds(format!("a key of {}, {HOLDS}", known.service)),
        Some((_, false)) => Outcome::Fails(BROKEN),
        None => Outcome::Silent,
    }
}

/// The parameter `se` of a signed address: a date, perhaps with a time.
fn sas_expiry(address: &[u8]) -> Outcome {
    let text = String::from_utf8_lossy(address);
    let date = text.split(['?', '&']).find_map(|part| part.strip_prefix("se=")).and_then(|value| value.get(..10));
    match date.and_then(|date| date.parse::<jiff::civil::Date>().ok()) {
        Some(date) => Outcome::Says(format!("expires {date}")),
        None => Outcome::Silent,
    }
}

/// `scheme://user:password@host/name`.
fn address_password(address: &[u8], password: &[u8]) -> Outcome {
    let address = String::from_utf8_lossy(address);
    // `user[:password]@[host]`: what may be left out stands in brackets where a form of addresses is described.
    if address.rsplit_once('@').is_some_and(|(before, _)| before.contains("[:") || before.contains("://[")) {
        return Outcome::NoSecret;
    }
    let user = address.split_once("://").and_then(|(_, rest)| rest.split_once(':')).map_or("", |(user, _)| user);
    let (user, word) = (user.to_ascii_lowercase(), String::from_utf8_lossy(password).to_ascii_lowercase());
    let repeats = word.bytes().all(|byte| byte.is_ascii_alphabetic()) && user.split(['_', '-', '.']).any(|part| part == word);
    if repeats || user == word { Outcome::Fails("it is the name of the user again") } else { Outcome::Silent }
}

/// What stands behind the first colon is the password (RFC 7617).
fn basic_credentials(value: &[u8]) -> Outcome {
    let plain = azure::LENIENT.decode(value.strip_suffix(b"==").unwrap_or(value)).unwrap_or_default();
    let Some((user, password)) = std::str::from_utf8(&plain).ok().and_then(|plain| plain.split_once(':')) else {
        return Outcome::Fails("it is no user with a password");
    };
    if user.is_empty() && password.is_empty() || user.chars().chain(password.chars()).any(char::is_control) {
        return Outcome::Fails("it is no user with a password");
    }
    match (invented::worth(password.as_bytes(), 0), assigned::argument(password.as_bytes())) {
        (Worth::Nothing, _) | (_, Outcome::NoSecret) => Outcome::NoSecret,
        (Worth::Little, _) => Outcome::Fails("it may be made up"),
        (Worth::Full, _) if password == user => Outcome::Fails("the password is the name of the user"),
        (Worth::Full, judged) => judged,
    }
}

/// A word or a placeholder is one in base 64, too; bytes that are no text are a key.
fn encoded_value(name: &[u8], value: &[u8]) -> Outcome {
    let Ok(plain) = azure::LENIENT.decode(value.trim_ascii_end().strip_suffix(b"==").unwrap_or(value)) else {
        return Outcome::Fails("it is not base 64");
    };
    let Ok(text) = std::str::from_utf8(&plain) else { return Outcome::Silent };
    let text = text.trim();
    if text.starts_with('{') {
        // Accounts of registries, or of a cloud: no template, whatever stands around them.
        return Outcome::Silent;
    }
    let named = assigned::names_credential(name);
    let word = text.len() < 6 || assigned::is_identifier(text.as_bytes()) || host_and_port(text);
    match invented::worth(text.as_bytes(), 0) {
        Worth::Nothing => Outcome::NoSecret,
        Worth::Full if !word => Outcome::Silent,
        _ if !named => Outcome::NoSecret,
        Worth::Little => Outcome::Fails("it may be made up"),
        Worth::Full => Outcome::Fails("it may be a word"),
    }
}

fn host_and_port(text: &str) -> bool {
    text.split_once(':').is_some_and(|(host, port)| {
        let of_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
        !host.is_empty()
            && host.bytes().all(of_host)
            && !port.is_empty()
            && port.len() <= 5
            && port.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_judged_by_their_password() {
        let judged = |plain: &str| basic_credentials(base64::engine::general_purpose::STANDARD.encode(plain).as_bytes());
        let random = crate::rule::placeholder::expand("{alnum:14}", "basic").unwrap();
        assert_eq!(judged(&format!("shop:{random}")), Outcome::Silent);
        assert_eq!((judged("user:password"), judged("shop:${PASSWORD}")), (Outcome::NoSecret, Outcome::NoSecret));
        for doubtful in ["shop:shop", "shop", "\u{1}\u{2}:x9", "shop:horse-battery"] {
            assert!(matches!(judged(doubtful), Outcome::Fails(_)), "{doubtful}");
        }
    }

    #[test]
    fn what_a_value_in_base_64_says_is_what_it_is_worth() {
        let encoded = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
        for word in ["admin", "my-database", "http-api.internal:5705", "changing-words"] {
            assert!(matches!(encoded_value(b"db-password", encoded(word).as_bytes()), Outcome::Fails(_)), "{word}");
            assert_eq!(encoded_value(b"username", encoded(word).as_bytes()), Outcome::NoSecret, "{word}");
        }
        assert_eq!(encoded_value(b"password", encoded("${DB_PASSWORD}").as_bytes()), Outcome::NoSecret);
        let random = crate::rule::placeholder::expand("{alnum:16}", "encoded").unwrap();
        assert_eq!(encoded_value(b"value", encoded(&random).as_bytes()), Outcome::Silent);
        assert_eq!(encoded_value(b"value", b"/////////w=="), Outcome::Silent);
    }

    #[test]
    fn a_password_that_is_the_users_name_is_doubted() {
        assert!(matches!(address_password(b"postgres://shop:shop@db", b"shop"), Outcome::Fails(_)));
        assert!(matches!(address_password(b"postgres://shop_reader:shop@db", b"shop"), Outcome::Fails(_)));
        assert_eq!(address_password(b"postgres://shop:k3y@db", b"k3y"), Outcome::Silent);
        assert_eq!(address_password(b"redis://:k3y@db", b"k3y"), Outcome::Silent);
        assert_eq!(address_password(b"redis://:k3y@[::1]", b"k3y"), Outcome::Silent);
        assert_eq!(address_password(b"postgres://[user][:password]@[host", b"password]"), Outcome::NoSecret);
        assert_eq!(address_password(b"postgres://user[:password]@host", b"password]"), Outcome::NoSecret);
    }

    #[test]
    fn a_signature_states_its_end() {
        assert_eq!(sas_expiry(b"?sv=2022-11-02&se=2024-01-01T00%3A00%3A00Z&sig=x"), Outcome::Says("expires 2024-01-01".into()));
        assert_eq!(sas_expiry(b"?sv=2022-11-02&se=soon&sig=x"), Outcome::Silent);
    }
}
