//! What every operation's request can do.

/// `operation!(GetThing -> Thing, ThingError; |reply| …)`: how the answer of the request
/// `GetThing(Call)` is read. `stream(200);` before `|reply|` leaves the body of such an answer
/// for [`super::Reply::stream`].
macro_rules! operation {
    ($name:ident -> $output:ty, $error:ty; $(stream($streams:pat);)? |$reply:ident| $read:expr) => {
        const _: () = {
            fn read($reply: &mut $crate::runtime::Reply) -> Result<$output, $crate::runtime::Error<$error>> {
                $read
            }

            fn streams(_status: u16) -> bool {
                false $(|| matches!(_status, $streams))?
            }

            impl $name {
                /// Sets any header, in place of what the call or the client would send.
                #[inline]
                pub fn header(self, name: &str, value: &str) -> Self {
                    Self(self.0.raw_header(name, value))
                }

                /// Sends to this absolute URL instead, credentials included: its scheme, host and
                /// path, and its query if it has one. [`Error::Refused`](crate::runtime::Error::Refused) unless it is a server's
                /// origin or an allowed host.
                #[inline]
                pub fn at(self, url: impl Into<String>) -> Self {
                    Self(self.0.at(url.into()))
                }

                /// Limits the time of the whole call, in place of the client's limit.
                #[inline]
                pub fn timeout(self, timeout: ::std::time::Duration) -> Self {
                    Self(self.0.timeout(timeout))
                }

                /// The request, without credentials, for one's own HTTP stack.
                ///
                /// # Errors
                /// [`Error::Request`](crate::runtime::Error::Request) and [`Error::Refused`](crate::runtime::Error::Refused).
                #[inline]
                pub fn into_request(self) -> Result<::http::Request<$crate::runtime::Body>, $crate::runtime::Error<$error>> {
                    self.0.into_request()
                }

                /// What the answer to [`Self::into_request`] says.
                ///
                /// # Errors
                /// [`Error::Response`](crate::runtime::Error::Response) and [`Error::Decode`](crate::runtime::Error::Decode).
                #[inline]
                pub fn decode(
                    response: ::http::Response<::bytes::Bytes>,
                ) -> Result<$output, $crate::runtime::Error<$error>> {
                    read(&mut $crate::runtime::Reply::from(response))
                }

                /// Sends the request, and gives status and headers with the outcome.
                #[inline]
                pub fn send(self) -> $crate::runtime::Sending<$crate::runtime::Response<$output>, $error> {
                    $crate::runtime::Sending::new(self.0, streams, |reply| {
                        let body = read(reply)?;
                        Ok($crate::runtime::Response::new(reply, body))
                    })
                }
            }

            impl IntoFuture for $name {
                type Output = Result<$output, $crate::runtime::Error<$error>>;
                type IntoFuture = $crate::runtime::Sending<$output, $error>;

                #[inline]
                fn into_future(self) -> Self::IntoFuture {
                    $crate::runtime::Sending::new(self.0, streams, read)
                }
            }
        };
    };
}
pub(crate) use operation;
