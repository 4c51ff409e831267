//! Every fault that the emulator knows.

use box_emulator::{Action, Answer, Fault, FaultPlan, Operation};

use crate::support::{PART, Setting, content, finish};

#[tokio::test]
async fn a_part_whose_reply_was_lost_is_not_sent_again() {
    let plan = FaultPlan::new(1)
        .fault(Fault::nth(Operation::UploadPart, 3, Action::LoseReply))
        .fault(Fault::nth(Operation::CommitUploadSession, 1, Action::Answer(Answer::new(202))));
    let setting = Setting::new(plan).await;
    let bytes = content(9 * PART);
    let (uploaded, _) = finish(setting.uploader.bytes("a", bytes.clone()).to_folder("0")).await;
    let uploaded = uploaded.unwrap();
    setting.holds(&uploaded, &bytes).await;
    assert_eq!(uploaded.statistics.sent, bytes.len() as u64);
}
