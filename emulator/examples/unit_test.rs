//! A function that calls Box, and its unit tests: with a mock, which needs neither a service nor a socket.

use box_upload_sessions::types::ClientError;
use box_upload_sessions::{Client, Error};

/// The size of a file; `None` if it does not exist.
async fn find_size(client: &Client, file_id: &str) -> Result<Option<u64>, Error<ClientError>> {
    match client.get_file(file_id).fields(&["size"]).await {
        Ok(file) => Ok(file.size),
        Err(error) if error.status().is_some_and(|status| status == 404) => Ok(None),
        Err(error) => Err(error),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::builder().access_token(std::env::var("BOX_ACCESS_TOKEN")?).build()?;
    println!("{:?}", find_size(&client, "12345").await?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use box_upload_sessions::runtime::Mock;
    use box_upload_sessions::types::{ClientErrorCode, FileFull};

    use super::*;

    fn client(mock: &Mock) -> Client {
        Client::builder().access_token("token").transport(mock.clone()).build().unwrap()
    }

    #[tokio::test]
    async fn a_file_has_a_size() {
        // `new` takes what every such value has; the other fields are assigned.
        let mut file = FileFull::new("1");
        file.size = Some(5);
        let mock = Mock::new().json(200, &file);
        assert_eq!(find_size(&client(&mock), "1").await.unwrap(), Some(5));
        let request = &mock.requests()[0];
        assert_eq!(request.uri().path_and_query().unwrap(), "/2.0/files/1?fields=size");
        assert_eq!(request.headers()["authorization"], "Bearer token");
    }

    #[tokio::test]
    async fn a_missing_file_has_none() {
        let mut error = ClientError::default();
        error.code = Some(ClientErrorCode::NotFound);
        let mock = Mock::new().json(404, &error);
        assert_eq!(find_size(&client(&mock), "1").await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_failure_is_one() {
        let mock = Mock::new().status(500).fail(Error::Timeout);
        let client = client(&mock);
        assert_eq!(find_size(&client, "1").await.unwrap_err().status().unwrap(), 500);
        assert!(find_size(&client, "1").await.unwrap_err().is_timeout());
    }
}
