//! Files that wait to be uploaded.

use std::collections::VecDeque;
use std::sync::Arc;
use std::vec::IntoIter;

use super::file::{Task, TaskFolder};
use super::walk::LocalFile;

/// Waiting files from which no further folder is visited.
const MAX_WAITING: usize = 1000;

/// Size in bytes from which a file is large: its buffers count.
const LARGE: u64 = 256 << 10;

/// Large files uploaded at a time.
const MAX_LARGE: usize = 8;

/// Files that wait to be uploaded. Large ones do not hold up small ones.
#[derive(Default)]
pub(super) struct Queue {
    small: VecDeque<Waiting>,
    large: VecDeque<Waiting>,
    /// Number of files that wait.
    waiting: usize,
    large_running: usize,
}

/// Files of a folder. They become tasks one by one, because tasks take more memory.
struct Waiting {
    folder: Arc<TaskFolder>,
    files: IntoIter<LocalFile>,
}

impl Queue {
    pub(super) fn push_files(&mut self, folder: TaskFolder, mut files: Vec<LocalFile>) {
        self.waiting += files.len();
        let folder = Arc::new(folder);
        let large: Vec<_> = files.extract_if(.., |file| is_large(file)).collect();
        for (queue, files) in [(&mut self.small, files), (&mut self.large, large)] {
            if !files.is_empty() {
                let folder = Arc::clone(&folder);
                queue.push_back(Waiting { folder, files: files.into_iter() });
            }
        }
    }

    /// Whether no further folder should be visited.
    pub(super) fn is_full(&self) -> bool {
        self.waiting >= MAX_WAITING
    }

    /// Takes the next file that may be uploaded now.
    pub(super) fn pop_task(&mut self) -> Option<Task> {
        let large = if self.large_running < MAX_LARGE { pop_file(&mut self.large) } else { None };
        self.large_running += usize::from(large.is_some());
        let (folder, file) = large.or_else(|| pop_file(&mut self.small))?;
        self.waiting -= 1;
        Some(Task::new(folder, file))
    }

    /// Records that the upload of a file has ended.
    pub(super) fn finish_task(&mut self, task: &Task) {
        self.large_running -= usize::from(is_large(&task.file));
    }
}

fn pop_file(queue: &mut VecDeque<Waiting>) -> Option<(Arc<TaskFolder>, LocalFile)> {
    let first = queue.front_mut()?;
    let file = first.files.next()?;
    let folder = Arc::clone(&first.folder);
    if first.files.len() == 0 {
        queue.pop_front();
    }
    Some((folder, file))
}

fn is_large(file: &LocalFile) -> bool {
    file.identity.size >= LARGE
}
