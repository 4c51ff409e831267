//! Routing.

use box_upload_sessions::types::ClientErrorCode;
use http::{Method, StatusCode};
use percent_encoding::percent_decode_str;

use crate::operation::Operation;
use crate::service::Refusal;

/// An operation and the id in its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) operation: Operation,
    pub(crate) id: String,
}

impl Route {
    /// Finds the operation. The paths of upload host and API host are equivalent.
    pub(crate) fn find(method: &Method, path: &str) -> Result<Self, Refusal> {
        let segments: Vec<_> = path
            .strip_suffix('/')
            .unwrap_or(path)
            .split('/')
            .skip(1)
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
            .collect();
        let segments: Vec<_> = segments.iter().map(String::as_str).collect();
        let (id, methods) = match segments.as_slice() {
            ["api", "2.0", rest @ ..] | ["2.0", rest @ ..] => methods_at(rest),
            ["d", "1", id, "download"] => (*id, download_methods()),
            ["oauth2", "token"] => ("", token_methods()),
            ["oauth2", "revoke"] => ("", revocation_methods()),
            ["api", "oauth2", "authorize"] | ["oauth2", "authorize"] => ("", authorize_methods()),
            _ => ("", &[][..]),
        };
        if methods.is_empty() {
            let text = "no such path";
            return Err(Refusal::not_found(ClientErrorCode::NotFound, text));
        }
        match methods.iter().find(|(one, _)| *one == method.as_str()) {
            Some((_, operation)) => Ok(Self { operation: *operation, id: id.to_owned() }),
            None => {
                let names: Vec<_> = methods.iter().map(|(method, _)| *method).collect();
                let text = format!("allowed methods: {}", names.join(", "));
                let code = ClientErrorCode::MethodNotAllowed;
                Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, code, text))
            }
        }
    }
}

type Methods = &'static [(&'static str, Operation)];

fn token_methods() -> Methods {
    &[("POST", Operation::RequestToken)]
}

fn download_methods() -> Methods {
    &[("GET", Operation::DownloadContent)]
}

fn revocation_methods() -> Methods {
    &[("POST", Operation::RevokeToken)]
}

fn authorize_methods() -> Methods {
    &[("GET", Operation::Authorize)]
}

fn methods_at<'a>(path: &[&'a str]) -> (&'a str, Methods) {
    match *path {
        ["files", "upload_sessions"] => ("", &[("POST", Operation::CreateUploadSession)]),
        ["files", "upload_sessions", id] => (
            id,
            &[
                ("GET", Operation::GetUploadSession),
                ("PUT", Operation::UploadPart),
                ("DELETE", Operation::AbortUploadSession),
            ],
        ),
        ["files", "upload_sessions", id, "parts"] => (id, &[("GET", Operation::ListParts)]),
        ["files", "upload_sessions", id, "commit"] => {
            (id, &[("POST", Operation::CommitUploadSession)])
        }
        ["files", "upload_sessions", id, "log"] => (id, &[("POST", Operation::LogUploadEvent)]),
        ["files", "upload_sessions", id, "plan"] => (id, &[("POST", Operation::PlanUploadSession)]),
        ["files", "content"] => {
            ("", &[("OPTIONS", Operation::PreflightFile), ("POST", Operation::UploadFile)])
        }
        ["files", id] => (id, &[("GET", Operation::GetFile), ("DELETE", Operation::DeleteFile)]),
        ["files", id, "content"] => (
            id,
            &[
                ("OPTIONS", Operation::PreflightVersion),
                ("POST", Operation::UploadFileVersion),
                ("GET", Operation::DownloadFile),
            ],
        ),
        ["files", id, "upload_sessions"] => {
            (id, &[("POST", Operation::CreateUploadSessionForVersion)])
        }
        ["folders"] => ("", &[("POST", Operation::CreateFolder)]),
        ["users", "me"] => ("", &[("GET", Operation::GetCurrentUser)]),
        ["folders", id] => (id, &[("DELETE", Operation::DeleteFolder)]),
        ["folders", id, "items"] => (id, &[("GET", Operation::ListFolderItems)]),
        _ => ("", &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_paths_of_both_hosts_have_the_same_routes() {
        let find =
            |method, path| Route::find(&method, path).map(|route| (route.operation, route.id));
        let upload = Ok((Operation::UploadPart, "a b".to_owned()));
        assert_eq!(find(Method::PUT, "/api/2.0/files/upload_sessions/a%20b"), upload);
        assert_eq!(find(Method::PUT, "/2.0/files/upload_sessions/a b"), upload);
        let preflight = Ok((Operation::PreflightFile, String::new()));
        assert_eq!(find(Method::OPTIONS, "/2.0/files/content/"), preflight);
        assert_eq!(find(Method::OPTIONS, "/2.0/files/content"), preflight);
        let version = Ok((Operation::PreflightVersion, "7".to_owned()));
        assert_eq!(find(Method::OPTIONS, "/2.0/files/7/content/"), version);
    }

    #[test]
    fn other_paths_and_methods_are_refused() {
        let status = |method, path| Route::find(&method, path).map_err(|refusal| refusal.status);
        for path in ["/", "", "*", "/2.0", "/3.0/folders", "/2.0/folders/1/x", "/api/oauth2/token"]
        {
            assert_eq!(status(Method::GET, path), Err(StatusCode::NOT_FOUND), "{path}");
        }
        let wrong = Err(StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(status(Method::PATCH, "/2.0/folders"), wrong);
        assert_eq!(status(Method::GET, "/2.0/folders/1"), wrong);
        assert_eq!(status(Method::GET, "/oauth2/token"), wrong);
    }
}
