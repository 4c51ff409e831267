//! Uploads on a good day.

use box_emulator::FaultPlan;
use box_uploader::Event;

use crate::support::{PART, Setting, content, finish};

#[tokio::test]
async fn a_file_of_any_length_arrives() {
    let setting = Setting::new(FaultPlan::default()).await;
    for length in [0, 1, PART - 1, PART, PART + 1, 10 * PART, 25 * PART + 7] {
        let bytes = content(length);
        let upload = setting.uploader.bytes(format!("{length}.bin"), bytes.clone());
        let (uploaded, events) = finish(upload.to_folder("0")).await;
        let uploaded = uploaded.unwrap();
        setting.holds(&uploaded, &bytes).await;
        let parts = events.iter().filter(|event| matches!(event, Event::Part { .. })).count();
        assert_eq!(parts, length.div_ceil(PART));
        assert_eq!(uploaded.statistics.sent, length as u64);
        assert_eq!(uploaded.statistics.retries, 0);
    }
    assert_eq!(setting.emulator.open_sessions(), 0);
}
