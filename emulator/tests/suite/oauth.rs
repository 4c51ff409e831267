//! Signing in, and asking for tokens.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use box_emulator::Emulator;
use serde_json::{Value, json};

use crate::client::*;

/// The token that a form gets, or the error code.
async fn request_token(emulator: &Emulator, form: &str) -> Result<Value, String> {
    let form = format!("client_id=app&client_secret=hush&{form}");
    let response = send(&emulator.url(), "POST", "/oauth2/token", &[], form).await;
    let value = response.json();
    match response.status.as_u16() {
        200 => Ok(value),
        _ => Err(value["error_description"].as_str().unwrap().to_owned()),
    }
}

#[tokio::test]
async fn revoked_tokens_are_refused() {
    let emulator = small().token("nobody's").start().await.unwrap();
    let revoke = async |form: &str| {
        send(&emulator.url(), "POST", "/oauth2/revoke", &[], form.to_owned()).await.status
    };
    let is_accepted = async |token: &Value| {
        let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
        let headers = [("authorization", &*bearer)];
        send(&emulator.url(), "GET", "/2.0/users/me", &headers, "").await.status == 200
    };
    let fresh = "grant_type=refresh_token&refresh_token=any";
    let token = request_token(&emulator, fresh).await.unwrap();
    assert!(is_accepted(&token).await);
    let refresh = token["refresh_token"].as_str().unwrap();
    assert_eq!(revoke(&format!("token={refresh}")).await, 400);
    assert_eq!(revoke("client_id=app&client_secret=hush").await, 400);
    let client = "client_id=app&client_secret=hush";
    assert_eq!(revoke(&format!("{client}&token={refresh}")).await, 200);
    assert!(!is_accepted(&token).await);
    let form = format!("grant_type=refresh_token&refresh_token={refresh}");
    assert!(request_token(&emulator, &form).await.unwrap_err().contains("revoked"));

    let form = "grant_type=client_credentials";
    let token = request_token(&emulator, form).await.unwrap();
    let access = token["access_token"].as_str().unwrap();
    assert_eq!(revoke(&format!("{client}&token={access}")).await, 200);
    assert!(!is_accepted(&token).await);
    assert_eq!(revoke(&format!("{client}&token={access}")).await, 200);
}

#[tokio::test]
async fn a_sign_in_gives_a_code_once() {
    let emulator = small().token("nobody's").start().await.unwrap();
    let sign_in = async |challenge: &str| {
        let path = format!(
            "/api/oauth2/authorize?response_type=code&client_id=app&state=a%26b&\
             redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2F&code_challenge={challenge}&\
             code_challenge_method=S256"
        );
        let response = send(&emulator.url(), "GET", &path, &[("authorization", "")], "").await;
        assert_eq!(response.status, 302);
        let to = response.headers["location"].to_str().unwrap().to_owned();
        let query = to.strip_prefix("http://127.0.0.1:9/?code=").unwrap();
        query.strip_suffix("&state=a%26b").unwrap().to_owned()
    };
    // RFC 7636, appendix B.
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let grant = "grant_type=authorization_code&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2F";
    let code = sign_in(challenge).await;
    let form = format!("{grant}&code={code}&code_verifier={verifier}");
    let token = request_token(&emulator, &form).await.unwrap();
    let again = request_token(&emulator, &form).await;
    assert_eq!(again, Err("the code is unknown, expired or was used".to_owned()));
    let code = sign_in(challenge).await;
    let wrong = request_token(&emulator, &format!("{grant}&code={code}&code_verifier=x")).await;
    assert_eq!(wrong, Err("the code verifier does not match".to_owned()));

    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let headers = [("authorization", &*bearer)];
    let me = send(&emulator.url(), "GET", "/2.0/users/me", &headers, "").await;
    assert_eq!(me.json()["login"], "user-1@example.com");
    let refresh = token["refresh_token"].as_str().unwrap();
    let form = format!("grant_type=refresh_token&refresh_token={refresh}");
    let (one, other) =
        tokio::join!(request_token(&emulator, &form), request_token(&emulator, &form));
    assert_eq!((one.is_ok(), other.is_ok()), (true, false));

    for query in ["", "?client_id=app", "?client_id=app&response_type=code&redirect_uri=/a"] {
        let path = format!("/oauth2/authorize{query}");
        assert_eq!(send(&emulator.url(), "GET", &path, &[], "").await.status, 400, "{query}");
    }
}

#[tokio::test]
async fn an_assertion_is_checked() {
    let emulator = small().start().await.unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let good = json!({
        "iss": "app", "sub": "8", "box_sub_type": "user", "jti": "0123456789abcdef",
        "aud": "https://api.box.com/oauth2/token", "exp": now.as_secs() + 30,
    });
    let ask = async |changes: Value| {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        let header = encode(r#"{"alg":"RS512","kid":"k"}"#);
        let assertion = format!("{header}.{}.c2ln", encode(&claims.to_string()));
        let grant = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer";
        request_token(&emulator, &format!("{grant}&assertion={assertion}")).await
    };
    let token = ask(json!({})).await.unwrap();
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let headers = [("authorization", &*bearer)];
    let me = send(&emulator.url(), "GET", "/2.0/users/me", &headers, "").await;
    assert_eq!(me.json()["id"], "8");
    for (changes, told) in [
        (json!({}), "used before"),
        (json!({ "exp": now.as_secs() - 5 }), "expired"),
        (json!({ "exp": now.as_secs() + 90 }), "60 seconds"),
        (json!({ "iss": "other" }), "issuer"),
        (json!({ "jti": "short" }), "16 to 128"),
        (json!({ "sub": 5 }), "claims are invalid"),
    ] {
        let error = ask(changes).await.unwrap_err();
        assert!(error.contains(told), "{error}");
    }
}
