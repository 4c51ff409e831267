//! The generator as a WebAssembly module: requests and responses are JSON, in buffers that both sides see.
//!
//! The page writes a request into the buffer that [`reserve`] gives it, calls [`respond`], and reads the response. A
//! module that stopped in the middle of a request must not be used again; [`failure`] may still return the reason.

mod offsets;
mod request;
mod session;

use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use session::Session;

static REQUEST: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static RESPONSE: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static SESSION: Mutex<Session> = Mutex::new(Session::new());
static FAILURE: Mutex<String> = Mutex::new(String::new());

fn lock_session<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes room for a request of `length` bytes, and says where.
#[expect(unsafe_code, reason = "exports the function under its name")]
#[unsafe(no_mangle)]
pub extern "C" fn reserve(length: usize) -> *mut u8 {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        std::panic::set_hook(Box::new(|panic| *lock_session(&FAILURE) = panic.to_string()));
    });
    let mut request = lock_session(&REQUEST);
    *request = vec![0; length];
    request.as_mut_ptr()
}

/// Responds to the request, and returns the address of the response: its length, as four bytes, little end first, and its text.
#[expect(unsafe_code, reason = "exports the function under its name")]
#[unsafe(no_mangle)]
pub extern "C" fn respond() -> *const u8 {
    let request = std::mem::take(&mut *lock_session(&REQUEST));
    let text = lock_session(&SESSION).respond(&request);
    keep_response(&text)
}

/// What the module said when it stopped, in the form of a response. Empty if it said nothing.
#[expect(unsafe_code, reason = "exports the function under its name")]
#[unsafe(no_mangle)]
pub extern "C" fn failure() -> *const u8 {
    let text = std::mem::take(&mut *lock_session(&FAILURE));
    keep_response(&text)
}

fn keep_response(text: &str) -> *const u8 {
    let length = u32::try_from(text.len()).unwrap_or_default();
    let mut response = lock_session(&RESPONSE);
    *response = length.to_le_bytes().to_vec();
    response.extend(text.bytes());
    response.as_ptr()
}
