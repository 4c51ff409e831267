//! The same work on many items, on all cores.

use std::num::NonZero;
use std::thread;

/// Fewer items than this are not worth a thread.
const FEW: usize = 32;

/// What `work` makes of each item, in the items' order.
pub(crate) fn map_in_parallel<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    if items.len() < FEW || cores == 1 {
        return items.iter().map(work).collect();
    }
    let work = &work;
    thread::scope(|scope| {
        // Small chunks, dealt out in turn: neighbours in a document are often alike in size.
        let workers: Vec<_> = (0..cores)
            .map(|worker| {
                let own = items.iter().enumerate().skip(worker).step_by(cores);
                scope.spawn(move || own.map(|(at, item)| (at, work(item))).collect::<Vec<_>>())
            })
            .collect();
        let mut made: Vec<(usize, R)> = Vec::with_capacity(items.len());
        for worker in workers {
            made.extend(worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        made.sort_by_key(|(at, _)| *at);
        made.into_iter().map(|(_, result)| result).collect()
    })
}
