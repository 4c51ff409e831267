//! A function that calls the service, and its unit tests: with a mock, which needs neither a service nor a socket.

use photos::types::Problem;
use photos::{Client, Error};

/// The size of a photo; `None` if it does not exist.
async fn find_size(client: &Client, id: &str) -> Result<Option<u64>, Error<Problem>> {
    match client.get_photo(id).await {
        Ok(photo) => Ok(Some(photo.size)),
        Err(error) if error.code().as_deref() == Some("not_found") => Ok(None),
        Err(error) => Err(error),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::builder().token(std::env::var("PHOTOS_TOKEN")?).build()?;
    println!("{:?}", find_size(&client, "12345").await?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use photos::runtime::Mock;
    use photos::types::{Photo, ProblemCode};

    use super::*;

    fn client(mock: &Mock) -> Client {
        Client::builder().token("secret").transport(mock.clone()).build().unwrap()
    }

    #[tokio::test]
    async fn a_photo_has_a_size() {
        // A builder of what every such value has; the other fields are assigned.
        let mut photo = Photo::from(Photo::builder().id("1").size(5).title("Sunset"));
        photo.taken_at = Some("2024-02-29T12:00:00Z".parse().unwrap());
        let mock = Mock::new().json(200, &photo);
        assert_eq!(find_size(&client(&mock), "1").await.unwrap(), Some(5));
        let request = &mock.requests()[0];
        assert_eq!(request.uri(), "https://photos.example/v1/photos/1");
        assert_eq!(request.headers()["authorization"], "Bearer secret");
    }

    #[tokio::test]
    async fn a_missing_photo_has_none() {
        let mock = Mock::new().json(404, &Problem::new(ProblemCode::NotFound));
        assert_eq!(find_size(&client(&mock), "1").await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_failure_is_one() {
        let mock = Mock::new().json(503, &Problem::new(ProblemCode::Busy)).fail(Error::Timeout);
        let client = client(&mock);
        let error = find_size(&client, "1").await.unwrap_err();
        assert_eq!(error.body().unwrap().code, ProblemCode::Busy);
        assert!(find_size(&client, "1").await.unwrap_err().is_timeout());
    }
}
