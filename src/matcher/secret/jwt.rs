//! Reads the readable half of a JSON Web Token: whether it is one, and what it says of itself.

use base64::Engine;
use serde_json::Value;

use super::azure::LENIENT_URL;
use super::outcome::Outcome;

/// Judges a token of three parts. A clock is not asked: whether it has expired is for the reader to say.
pub(crate) fn judge(token: &[u8]) -> Outcome {
    let mut parts = token.split(|byte| *byte == b'.');
    let header = parts.next().and_then(object);
    let payload = parts.next().and_then(object);
    let Some(header) = header.filter(|header| header.get("alg").is_some_and(Value::is_string)) else {
        return Outcome::Fails("its first part is no header of a token");
    };
    if header.get("enc").is_some() {
        return Outcome::Silent;
    }
    let Some(payload) = payload else { return Outcome::Fails("its second part is no JSON") };
    let says = |key: &str| payload.get(key).and_then(Value::as_str);
    if matches!(says("role"), Some("anon")) {
        return Outcome::NoSecret;
    }
    if says("sub") == Some("1234567890") || says("name") == Some("John Doe") {
        return Outcome::Fails("the sample that documents show");
    }
    payload.get("exp").and_then(Value::as_i64).and_then(date).map_or(Outcome::Silent, |date| Outcome::Says(format!("expires {date}")))
}

fn object(part: &[u8]) -> Option<Value> {
    let bytes = LENIENT_URL.decode(part).ok()?;
    serde_json::from_slice::<Value>(&bytes).ok().filter(Value::is_object)
}

fn date(seconds: i64) -> Option<String> {
    Some(jiff::Timestamp::from_second(seconds).ok()?.strftime("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, payload: &str) -> Vec<u8> {
        format!("{}.{}.c2ln", LENIENT_URL.encode(header), LENIENT_URL.encode(payload)).into_bytes()
    }

    #[test]
    fn expiry_is_stated_and_not_judged() {
        let outcome = judge(&token(r#"{"alg":"HS256"}"#, r#"{"sub":"u1","exp":1704067200}"#));
        assert_eq!(outcome, Outcome::Says("expires 2024-01-01".into()));
    }

    #[test]
    fn what_is_no_token_fails_and_what_is_public_is_no_secret() {
        assert!(matches!(judge(&token("{}", "{}")), Outcome::Fails(_)));
        assert!(matches!(judge(b"eyJhb.cGci"), Outcome::Fails(_)));
        assert_eq!(judge(&token(r#"{"alg":"HS256"}"#, r#"{"role":"anon"}"#)), Outcome::NoSecret);
        assert_eq!(judge(&token(r#"{"alg":"none"}"#, r#"{"exp":99999999999999999}"#)), Outcome::Silent);
    }
}
