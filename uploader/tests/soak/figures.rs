//! What the processes use, and whether it grows.

use std::time::Duration;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

use crate::remote::Remote;
use crate::round::Counts;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

/// Bytes that this process has allocated and not yet freed: unlike resident memory, without what the
/// allocator and the stacks of former threads hold back.
pub(crate) fn measure_heap() -> u64 {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated.saturating_sub(stats.bytes_deallocated) as u64
}

/// What the two processes use between rounds. All but the heap is zero where there is no `/proc`.
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    uploader: Usage,
    emulator: Usage,
}

#[derive(Clone, Copy, Default)]
struct Usage {
    /// In KiB.
    heap: u64,
    /// Resident memory, in KiB.
    memory: u64,
    descriptors: u64,
    threads: u64,
}

impl Usage {
    /// That of the process with this id, from proc(5), whose heap has this size in bytes.
    fn measure(id: u32, heap: u64) -> Self {
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let number = |name| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|line| line.split_whitespace().next());
            number.and_then(|number| number.parse().ok()).unwrap_or_default()
        };
        let descriptors = std::fs::read_dir(format!("/proc/{id}/fd")).map_or(0, Iterator::count);
        Self {
            heap: heap >> 10,
            memory: number("VmRSS:"),
            descriptors: descriptors as u64,
            threads: number("Threads:"),
        }
    }
}

impl Sample {
    pub(crate) const HEAD: &str = "minute rounds files attempts kills cancels faults | \
         uploader heap KiB, MiB fds threads | emulator heap KiB, MiB fds threads";

    pub(crate) async fn measure(remote: &mut Remote) -> Self {
        let uploader = Usage::measure(std::process::id(), measure_heap());
        let heap = remote.measure_heap().await;
        Self { uploader, emulator: Usage::measure(remote.id(), heap) }
    }

    pub(crate) fn to_line(self, passed: Duration, counts: &Counts) -> String {
        let Counts { rounds, files, attempts, kills, cancels, faults } = counts;
        let minutes = passed.as_secs_f64() / 60.0;
        let show = |Usage { heap, memory, descriptors, threads }| {
            format!("{heap:6} {:6.1} {descriptors:3} {threads:2}", memory as f64 / 1024.0)
        };
        format!(
            "{minutes:6.1} {rounds:6} {files:6} {attempts:7} {kills:5} {cancels:5} {faults:7} | \
             {} | {}",
            show(self.uploader),
            show(self.emulator)
        )
    }
}

/// All samples of a run.
#[derive(Default)]
pub(crate) struct Samples(Vec<Sample>);

/// A figure of a sample: its name, how to read it, and by how much its median may differ.
type Figure = (&'static str, fn(&Sample) -> u64, u64);

const FIGURES: [Figure; 8] = [
    ("heap of the uploader (KiB)", |sample| sample.uploader.heap, 256),
    ("memory of the uploader (KiB)", |sample| sample.uploader.memory, 4 << 10),
    ("descriptors of the uploader", |sample| sample.uploader.descriptors, 4),
    ("threads of the uploader", |sample| sample.uploader.threads, 4),
    ("heap of the emulator (KiB)", |sample| sample.emulator.heap, 256),
    ("memory of the emulator (KiB)", |sample| sample.emulator.memory, 16 << 10),
    ("descriptors of the emulator", |sample| sample.emulator.descriptors, 4),
    ("threads of the emulator", |sample| sample.emulator.threads, 4),
];

/// Fewer rounds show nothing.
const LEAST: usize = 40;

impl Samples {
    pub(crate) fn push(&mut self, sample: Sample) {
        self.0.push(sample);
    }

    /// Compares the medians of the second and the last quarter; the first one is for warming up.
    pub(crate) fn check_growth(&self) -> Result<String, String> {
        let quarter = self.0.len() / 4;
        if self.0.len() < LEAST {
            return Ok("too short to tell whether anything grows".to_owned());
        }
        let mut told = Vec::new();
        for (name, read, allowed) in FIGURES {
            let early = find_median(&self.0[quarter..2 * quarter], read);
            let late = find_median(&self.0[3 * quarter..], read);
            let line = format!("{name}: {early} in the second quarter, {late} in the last");
            if late > early + allowed {
                return Err(format!("growth: {line}"));
            }
            told.push(line);
        }
        Ok(told.join("\n"))
    }
}

fn find_median(samples: &[Sample], read: fn(&Sample) -> u64) -> u64 {
    let mut values: Vec<u64> = samples.iter().map(read).collect();
    values.sort_unstable();
    values[values.len() / 2]
}
