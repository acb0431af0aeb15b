//! Generators of tokens that satisfy the checks their issuers make possible.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::random::{ALNUM, BASE64, BASE64URL, HEX, Random};
use crate::matcher::secret::{azure, checksum};

/// A GitHub token of 36 characters behind its prefix.
pub(super) fn github(prefix: &str, random: &mut Random) -> String {
    with_crc(prefix, random)
}

pub(super) fn npm(random: &mut Random) -> String {
    with_crc("npm", random)
}

fn with_crc(prefix: &str, random: &mut Random) -> String {
    let body = random.characters(ALNUM, checksum::BODY);
    let check = checksum::crc_base62(&body);
    format!("{prefix}_{}{}", String::from_utf8_lossy(&body), String::from_utf8_lossy(&check))
}

/// A key of an Azure service, by its signature.
pub(super) fn azure_key(argument: Option<&str>, random: &mut Random) -> Result<String, String> {
    let known = argument.and_then(azure::signature);
    let known = known.ok_or("`{azure-key:SIGNATURE}` needs a signature of azure-signatures.toml, as in `{azure-key:+ASt}`")?;
    let alphabet = match (known.alphanumeric, known.url_safe) {
        (true, _) => ALNUM,
        (_, true) => BASE64URL,
        _ => BASE64,
    };
    loop {
        let characters = random.characters(alphabet, known.bytes * 2);
        let key = azure::make_key(known, |at| characters[at]).ok_or("the signature's length holds no key")?;
        if !known.alphanumeric || key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Ok(key);
        }
    }
}

/// A common annotated key of 84 characters, by the four characters of its service.
pub(super) fn azure_annotated(argument: Option<&str>, random: &mut Random) -> Result<String, String> {
    let service = argument.filter(|text| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let service = service.ok_or("`{azure-annotated:CODE}` needs the four characters of a service, as in `{azure-annotated:AZDO}`")?;
    let body = format!("{}JQQJ99BC{}{service}", random.text(ALNUM, 52), random.text(ALNUM, 16));
    let key = azure::make_annotated(body.as_bytes()).ok_or("the key could not be made")?;
    Ok(String::from_utf8_lossy(&key).into_owned())
}

/// A client secret of Entra.
pub(super) fn entra(random: &mut Random) -> String {
    let body = format!("{}8Q~{}", random.text(ALNUM, 3), random.text(ALNUM, 31));
    let check = azure::client_secret_check(body.as_bytes());
    format!("{body}{}", String::from_utf8_lossy(&check))
}

/// A private key of age.
pub(super) fn age(random: &mut Random) -> Result<String, String> {
    let body: Vec<u8> = random.text(HEX, 52).replace(['1', 'b'], "q").into_bytes();
    let check = checksum::bech32_check(b"age-secret-key-", &body).ok_or("the key could not be made")?;
    Ok(format!("AGE-SECRET-KEY-1{}{}", String::from_utf8_lossy(&body), String::from_utf8_lossy(&check)).to_uppercase())
}

/// An Azure DevOps token of 52 characters.
pub(super) fn devops(random: &mut Random) -> String {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(&random.bytes(32));
    azure::make_devops(bytes)
}

/// A JSON Web Token; `exp=YYYY-MM-DD` sets its end.
pub(super) fn jwt(argument: Option<&str>, random: &mut Random) -> Result<String, String> {
    let subject = random.text(ALNUM, 12);
    let payload = match argument {
        None => format!(r#"{{"sub":"{subject}"}}"#),
        Some(argument) => format!(r#"{{"sub":"{subject}","exp":{}}}"#, expiry(argument)?),
    };
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    Ok(format!("{header}.{}.{}", URL_SAFE_NO_PAD.encode(payload), URL_SAFE_NO_PAD.encode(random.bytes(32))))
}

fn expiry(argument: &str) -> Result<i64, String> {
    let date = argument.strip_prefix("exp=").and_then(|date| date.parse::<jiff::civil::Date>().ok());
    let instant = date.and_then(|date| date.to_zoned(jiff::tz::TimeZone::UTC).ok());
    instant.map(|zoned| zoned.timestamp().as_second()).ok_or_else(|| "`{jwt:exp=DATE}` needs a date, as in `{jwt:exp=2024-01-01}`".into())
}

#[cfg(test)]
mod tests {
    use super::super::expand;
    use super::*;

    #[test]
    fn tokens_carry_their_checksums() {
        for place in 0..20 {
            let make = |text: &str| expand(text, &format!("token {place}")).unwrap().into_bytes();
            assert!(checksum::ends_in_crc(&make("{github-token:gho}")));
            assert!(checksum::ends_in_crc(&make("{npm-token}")));
            assert!(azure::devops_holds(&make("{ado-pat}")));
            assert_eq!(azure::client_secret_holds(&make("{entra-secret}")), Some(true));
            assert!(azure::annotated_holds(&make("{azure-annotated:AZDO}")));
            for signature in ["+ASt", "ACDb", "+ASb", "AzFu", "AzSe", "+ACR"] {
                let key = make(&format!("{{azure-key:{signature}}}"));
                assert!(azure::identify(&key).is_some_and(|(known, holds)| known.text == signature && holds), "{signature}");
            }
        }
    }
}
