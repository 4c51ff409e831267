//! Credentials from the environment.

use std::ffi::OsString;

use super::{Credentials, CredentialsError, Subject, is_token};
use crate::environment::{Environment, read_variable};

const TOKEN: &str = "BOX_ACCESS_TOKEN";
const FILE: &str = "BOX_ACCESS_TOKEN_FILE";
const ID: &str = "BOX_CLIENT_ID";
const SECRET: &str = "BOX_CLIENT_SECRET";
const ENTERPRISE: &str = "BOX_ENTERPRISE_ID";
const USER: &str = "BOX_USER_ID";
const JWT: &str = "BOX_JWT_CONFIG";

pub(super) fn read_credentials(
    environment: Environment<'_>,
) -> Result<Credentials, CredentialsError> {
    let jwt = environment(JWT).filter(|path| !path.is_empty());
    let Some(path) = jwt else {
        return read_plain(environment).map_err(CredentialsError::new);
    };
    let conflicts = [TOKEN, FILE, ID, SECRET, ENTERPRISE];
    let conflicts = conflicts
        .into_iter()
        .filter(|name| environment(name).is_some_and(|value| !value.is_empty()));
    let conflicts: Vec<_> = conflicts.chain([JWT]).collect();
    if conflicts.len() > 1 {
        return Err(CredentialsError::new(describe_conflict(&conflicts)));
    }
    let user = read_variable(environment, USER).map_err(CredentialsError::new)?;
    read_jwt_config(path, user.map(Subject::User))
}

#[cfg(feature = "jwt")]
fn read_jwt_config(
    path: OsString,
    subject: Option<Subject>,
) -> Result<Credentials, CredentialsError> {
    Credentials::jwt_config(std::path::PathBuf::from(path), subject)
}

#[cfg(not(feature = "jwt"))]
fn read_jwt_config(_: OsString, _: Option<Subject>) -> Result<Credentials, CredentialsError> {
    Err(CredentialsError::new(format!("{JWT} is set, but this build lacks the feature `jwt`")))
}

fn describe_conflict(set: &[&str]) -> String {
    format!("conflicting credentials, {}: unset all but one", set.join(", "))
}

/// Credentials of the kinds that need no file of an application.
fn read_plain(environment: Environment<'_>) -> Result<Credentials, String> {
    let token = read_variable(environment, TOKEN)?;
    // A path need not be valid Unicode.
    let file = environment(FILE).filter(|path| !path.is_empty());
    let client = Client {
        id: read_variable(environment, ID)?,
        secret: read_variable(environment, SECRET)?,
        enterprise: read_variable(environment, ENTERPRISE)?,
        user: read_variable(environment, USER)?,
    };
    let mut set = client.set_variables();
    set.splice(0..0, file.is_some().then_some(FILE));
    set.splice(0..0, token.is_some().then_some(TOKEN));
    match (token, file, client.set_variables().is_empty()) {
        (Some(token), None, true) if is_token(&token) => Ok(Credentials::access_token(token)),
        (Some(_), None, true) => Err(format!("{TOKEN} contains more than an access token")),
        (None, Some(path), true) => Ok(Credentials::token_file(path)),
        (None, None, false) => client.into_credentials(),
        (None, None, true) => Err(format!(
            "no credentials: set {TOKEN}, or {FILE}, or {JWT}, or {ID}, {SECRET} and either \
             {ENTERPRISE} or {USER}"
        )),
        _ => Err(describe_conflict(&set)),
    }
}

/// Variables of a client-credentials grant.
struct Client {
    id: Option<String>,
    secret: Option<String>,
    enterprise: Option<String>,
    user: Option<String>,
}

impl Client {
    /// The names of those that are set.
    fn set_variables(&self) -> Vec<&'static str> {
        let Self { id, secret, enterprise, user } = self;
        let all = [(ID, id), (SECRET, secret), (ENTERPRISE, enterprise), (USER, user)];
        all.iter().filter(|(_, value)| value.is_some()).map(|(name, _)| *name).collect()
    }

    fn into_credentials(self) -> Result<Credentials, String> {
        let set = self.set_variables();
        let subject = match (self.enterprise, self.user) {
            (Some(_), Some(_)) => {
                return Err(format!("{ENTERPRISE} and {USER} are both set: unset one of them"));
            }
            (Some(enterprise), None) => Some(Subject::Enterprise(enterprise)),
            (None, user) => user.map(Subject::User),
        };
        match (self.id, self.secret, subject) {
            (Some(id), Some(secret), Some(subject)) => {
                Ok(Credentials::client_credentials(id, secret, subject))
            }
            (id, secret, subject) => {
                let either = format!("{ENTERPRISE} or {USER}");
                let all =
                    [(ID, id.is_some()), (SECRET, secret.is_some()), (&either, subject.is_some())];
                let missing: Vec<_> =
                    all.iter().filter(|(_, is_set)| !is_set).map(|(name, _)| *name).collect();
                let set = set.join(", ");
                let missing = missing.join(", and ");
                Err(format!("incomplete credentials: {set} is set, but not {missing}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    /// What an environment with these variables yields.
    fn of(variables: &[(&str, &str)]) -> Result<String, String> {
        let get = |name: &str| {
            let found = variables.iter().find(|(other, _)| *other == name);
            found.map(|(_, value)| OsString::from(value))
        };
        let credentials = read_credentials(&get).map_err(|error| error.to_string())?;
        Ok(format!("{credentials:?}"))
    }

    #[test]
    fn one_way_is_enough() {
        let client = [(ID, " id\n"), (SECRET, "hush")];
        for (variables, told) in [
            (vec![(TOKEN, "hush")], "Credentials(access token)"),
            (vec![(TOKEN, "hush"), (USER, " ")], "Credentials(access token)"),
            (vec![(FILE, "/run/token")], "Credentials(access token in \"/run/token\")"),
            (
                [&client[..], &[(ENTERPRISE, "7")]].concat(),
                "Credentials(client \"id\" for Enterprise(\"7\"))",
            ),
            ([&client[..], &[(USER, "8")]].concat(), "Credentials(client \"id\" for User(\"8\"))"),
        ] {
            assert_eq!(of(&variables).unwrap(), told);
        }
    }

    #[test]
    fn what_is_missing_or_too_much_is_named() {
        let all = [(ID, "hush"), (SECRET, "hush"), (ENTERPRISE, "hush"), (USER, "hush")];
        for (variables, told) in [
            (
                vec![],
                "no credentials: set BOX_ACCESS_TOKEN, or BOX_ACCESS_TOKEN_FILE, or BOX_JWT_CONFIG, \
                 or BOX_CLIENT_ID, BOX_CLIENT_SECRET and either BOX_ENTERPRISE_ID or BOX_USER_ID",
            ),
            (
                vec![(SECRET, "hush")],
                "incomplete credentials: BOX_CLIENT_SECRET is set, but not BOX_CLIENT_ID, and BOX_ENTERPRISE_ID or BOX_USER_ID",
            ),
            (
                vec![(ID, "hush"), (USER, "hush")],
                "incomplete credentials: BOX_CLIENT_ID, BOX_USER_ID is set, but not \
                 BOX_CLIENT_SECRET",
            ),
            (all.to_vec(), "BOX_ENTERPRISE_ID and BOX_USER_ID are both set: unset one of them"),
            (
                vec![(USER, "hush"), (FILE, "hush"), (TOKEN, "hush")],
                "conflicting credentials, BOX_ACCESS_TOKEN, BOX_ACCESS_TOKEN_FILE, \
                 BOX_USER_ID: unset all but one",
            ),
            (
                vec![(SECRET, "hush"), (JWT, "hush.json")],
                "conflicting credentials, BOX_CLIENT_SECRET, BOX_JWT_CONFIG: unset all but one",
            ),
        ] {
            assert_eq!(of(&variables).unwrap_err(), told);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_not_unicode_is_named() {
        use std::os::unix::ffi::OsStringExt;
        let odd = |name: &str| (name == SECRET).then(|| OsString::from_vec(vec![255]));
        assert_eq!(
            read_credentials(&odd).unwrap_err().to_string(),
            "BOX_CLIENT_SECRET is not valid UTF-8"
        );
    }
}
