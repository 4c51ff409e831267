//! Operations of the service.

use std::fmt;

use serde::{Serialize, Serializer};

macro_rules! operations {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// An operation. Named as in the generated client.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Operation {
            $($(#[$doc])* $variant,)*
        }

        impl Operation {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name in a fault plan.
            #[must_use]
            pub fn as_str(&self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

operations! {
    /// `POST /files/upload_sessions`
    CreateUploadSession = "create_upload_session",
    /// `POST /files/{id}/upload_sessions`
    CreateUploadSessionForVersion = "create_upload_session_for_version",
    /// `GET /files/upload_sessions/{id}`
    GetUploadSession = "get_upload_session",
    /// `PUT /files/upload_sessions/{id}`
    UploadPart = "upload_part",
    /// `DELETE /files/upload_sessions/{id}`
    AbortUploadSession = "abort_upload_session",
    /// `GET /files/upload_sessions/{id}/parts`
    ListParts = "list_parts",
    /// `POST /files/upload_sessions/{id}/commit`
    CommitUploadSession = "commit_upload_session",
    /// `POST /files/upload_sessions/{id}/log`
    LogUploadEvent = "log_upload_event",
    /// `POST /files/upload_sessions/{id}/plan`
    PlanUploadSession = "plan_upload_session",
    /// `OPTIONS /files/content`
    PreflightFile = "preflight_file",
    /// `OPTIONS /files/{id}/content`
    PreflightVersion = "preflight_version",
    /// `POST /files/content`
    UploadFile = "upload_file",
    /// `POST /files/{id}/content`
    UploadFileVersion = "upload_file_version",
    /// `GET /files/{id}`
    GetFile = "get_file",
    /// `GET /files/{id}/content`, which redirects to the content
    DownloadFile = "download_file",
    /// `DELETE /files/{id}`
    DeleteFile = "delete_file",
    /// `GET /d/1/{id}/download`, where the content is
    DownloadContent = "download_content",
    /// `GET /folders/{id}/items`
    ListFolderItems = "list_folder_items",
    /// `POST /folders`
    CreateFolder = "create_folder",
    /// `DELETE /folders/{id}`
    DeleteFolder = "delete_folder",
    /// `GET /users/me`
    GetCurrentUser = "get_current_user",
    /// `GET /oauth2/authorize`, where a browser goes to sign in
    Authorize = "authorize",
    /// `POST /oauth2/token`
    RequestToken = "request_token",
    /// `POST /oauth2/revoke`
    RevokeToken = "revoke_token",
}

impl Operation {
    /// Whether its path names a session.
    pub(crate) fn is_in_session(self) -> bool {
        matches!(
            self,
            Self::GetUploadSession
                | Self::UploadPart
                | Self::AbortUploadSession
                | Self::ListParts
                | Self::CommitUploadSession
                | Self::LogUploadEvent
                | Self::PlanUploadSession
        )
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Operation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
