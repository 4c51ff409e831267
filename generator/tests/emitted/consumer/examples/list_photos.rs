//! Lists the photos of an album: page by page, as one stream.

use std::error::Error;

use photos::Client;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::builder().token(std::env::var("PHOTOS_TOKEN")?).build()?;
    println!("{} bytes", sum_sizes(&client, "holidays").await?);
    Ok(())
}

/// The size of all photos of an album.
async fn sum_sizes(client: &Client, album: &str) -> Result<u64, Box<dyn Error>> {
    let mut photos = client.list_photos(album).limit(2).stream();
    let mut sum = 0;
    // A page is requested when its first item is.
    while let Some(photo) = photos.next().await {
        let photo = photo?;
        println!("{}: {} bytes", photo.title, photo.size);
        sum += photo.size;
    }
    Ok(sum)
}

#[tokio::test]
async fn all_pages_are_read() {
    use photos::runtime::Mock;
    use photos::types::{Photo, PhotoPage};

    let photo =
        |id: &str, size: u64| -> Photo { Photo::builder().id(id).size(size).title(id).into() };
    let mut first = PhotoPage::new([photo("a", 5), photo("b", 6)]);
    first.next_cursor = Some("b".to_owned());
    let mock = Mock::new().json(200, &first).json(200, &PhotoPage::new([photo("c", 7)]));
    let client = Client::builder().token("secret").transport(mock.clone()).build().unwrap();
    assert_eq!(sum_sizes(&client, "holidays").await.unwrap(), 18);
    let uris: Vec<_> = mock.requests().iter().map(|request| request.uri().to_string()).collect();
    let album = "https://photos.example/v1/albums/holidays/photos?limit=2";
    assert_eq!(uris, [album.to_owned(), format!("{album}&cursor=b")]);
}
