//! Files that wait to be uploaded.

use std::collections::VecDeque;

use super::file::Task;

/// Waiting files from which no further folder is visited.
const MAX_WAITING: usize = 1000;

/// Size in bytes from which a file is large: its buffers count.
const LARGE: u64 = 256 << 10;

/// Large files uploaded at a time.
const MAX_LARGE: usize = 8;

/// Files that wait to be uploaded. Large ones do not hold up small ones.
#[derive(Default)]
pub(super) struct Queue {
    small: VecDeque<Task>,
    large: VecDeque<Task>,
    large_running: usize,
}

impl Queue {
    pub(super) fn push_task(&mut self, task: Task) {
        if is_large(&task) { self.large.push_back(task) } else { self.small.push_back(task) }
    }

    /// Whether no further folder should be visited.
    pub(super) fn is_full(&self) -> bool {
        self.small.len() + self.large.len() >= MAX_WAITING
    }

    /// Takes the next file that may be uploaded now.
    pub(super) fn pop_task(&mut self) -> Option<Task> {
        if self.large_running < MAX_LARGE
            && let Some(task) = self.large.pop_front()
        {
            self.large_running += 1;
            return Some(task);
        }
        self.small.pop_front()
    }

    /// Records that the upload of a file has ended.
    pub(super) fn finish_task(&mut self, task: &Task) {
        self.large_running -= usize::from(is_large(task));
    }
}

fn is_large(task: &Task) -> bool {
    task.file.identity.size >= LARGE
}
