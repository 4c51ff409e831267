//! What the request of every operation can do.

/// `operation!(GetThing -> Thing, ThingError; |reply| …)`: how the response to the request
/// `GetThing(Call)` is read. `stream(200);` before `|reply|`: the body of such a response is read
/// by `reply.stream()`.
macro_rules! operation {
    ($name:ident -> $output:ty, $error:ty; $(stream($streams:pat);)? |$reply:ident| $read:expr) => {
        const _: () = {
            // Inline, as is whatever else decodes or encodes: it is compiled where it is used, and
            // costs a program that does not use it nothing.
            #[inline]
            fn read(
                $reply: &mut $crate::runtime::Reply,
            ) -> $crate::runtime::Result<$output, $error> {
                $read
            }

            impl $name {
                /// Sets a header, overriding what the call or the client would send.
                pub fn header(self, name: &str, value: &str) -> Self {
                    Self(self.0.raw_header(name, value))
                }

                /// Sends to this absolute URL, credentials included: its scheme, host and path, and its query
                /// if it has one. The call fails unless the URL has the origin of a server or an allowed host.
                pub fn at(self, url: impl Into<String>) -> Self {
                    Self(self.0.at(url.into()))
                }

                /// Limits the time of the call, overriding the client's limit.
                pub fn timeout(self, limit: ::std::time::Duration) -> Self {
                    Self(self.0.timeout(limit))
                }

                /// The request without credentials, to send with another HTTP stack.
                #[inline]
                pub fn into_request(
                    self,
                ) -> $crate::runtime::Result<::http::Request<$crate::runtime::Body>, $error> {
                    self.0.into_request()
                }

                /// Reads the response to [`Self::into_request`].
                #[inline]
                pub fn decode(
                    response: ::http::Response<::bytes::Bytes>,
                ) -> $crate::runtime::Result<$output, $error> {
                    read(&mut response.into())
                }

                /// Sends the request and returns the outcome with status and headers.
                #[inline]
                pub fn send(self) -> $crate::runtime::Sending<::http::Response<$output>, $error> {
                    let streams = $crate::runtime::operation!(@streams $($streams)?);
                    $crate::runtime::Sending::whole(self.0, streams, read)
                }
            }

            impl IntoFuture for $name {
                type Output = $crate::runtime::Result<$output, $error>;
                type IntoFuture = $crate::runtime::Sending<$output, $error>;

                #[inline]
                fn into_future(self) -> Self::IntoFuture {
                    let streams = $crate::runtime::operation!(@streams $($streams)?);
                    $crate::runtime::Sending::new(self.0, streams, read)
                }
            }
        };
    };
    (@streams) => { $crate::runtime::never };
    (@streams $streams:pat) => { |status| matches!(status, $streams) };
}
pub(crate) use operation;
