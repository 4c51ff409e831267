//! An upload from start to finish.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use box_upload_sessions::Client;
use box_upload_sessions::types::{FileFull, UploadSession};
use tracing::Instrument;

use crate::attributes::{choose_name, read_attributes};
use crate::context::{Context, StepError};
use crate::direct::Direct;
use crate::journal::{Entry, Journal};
use crate::options::{Attributes, Destination, Options};
use crate::request_error::Outcome;
use crate::session::{
    Commit, Created, Session, Transfer, abort_quietly, create_session, fetch_session,
};
use crate::session_id::is_valid_session_id;
use crate::source::{Change, Origin, Source};
use crate::stored::find_stored_file;
use crate::target::Target;
use crate::{Error, ErrorKind, Event, OnConflict, Resume, Sha1Hash, Uploaded};

/// Runs an upload until it succeeds, fails, or is cancelled.
pub(crate) async fn run_upload(client: Client, mut options: Options) -> Result<Uploaded, Error> {
    let cancel = options.cancel.clone();
    let prepared = tokio::select! {
        biased;
        () = cancel.cancelled() => Err(ErrorKind::Cancelled),
        run = Run::new(client, &mut options) => run,
    };
    let mut run = prepared?;
    let span = tracing::info_span!("upload", name = run.target.name, size = run.context.size);
    let outcome = tokio::select! {
        biased;
        () = cancel.cancelled() => Err(ErrorKind::Cancelled),
        outcome = run.upload_content().instrument(span.clone()) => outcome,
    };
    run.conclude_upload(outcome).instrument(span).await
}

/// How long a failed upload may take to abort its session.
const CLEANUP_TIME: Duration = Duration::from_secs(10);

/// Size in bytes from which a preflight check is cheaper than sending a file that Box already has.
const PREFLIGHT_FROM: u64 = 1 << 20;

struct Run {
    context: Arc<Context>,
    source: Source,
    target: Target,
    /// Whether an upload in one request checks first that the name is free.
    preflight_first: Option<bool>,
    attributes: Attributes,
    if_match: Option<String>,
    concurrency: usize,
    journal: Option<Journal>,
    session: Option<Arc<Session>>,
    /// Whether the session existed before this upload, and so may belong to another one.
    adopted: bool,
    /// Number of parts sent before this session.
    sent_before: u64,
    /// The hash of the content whose commit was sent. It may still take effect, even if there is no
    /// file yet and the session is gone.
    committed: Option<Sha1Hash>,
    /// Whether an upload in one request may have taken effect.
    in_doubt: bool,
}

impl Run {
    async fn new(client: Client, options: &mut Options) -> Result<Self, ErrorKind> {
        let origin = std::mem::replace(&mut options.origin, Origin::Bytes("".into()));
        let source_name = match origin.path() {
            Some(path) => path.display().to_string(),
            None => options.name.clone().unwrap_or_default(),
        };
        let named = options.name.is_some() && origin.path().is_some();
        let name = choose_name(options, &origin)?;
        let Some(destination) = options.destination.clone() else {
            let what = "the upload has no destination folder or file";
            return Err(ErrorKind::Invalid(what.to_owned()));
        };
        let is_new = matches!(destination, Destination::Folder(_));
        if options.if_match.is_some() && is_new && options.on_conflict != OnConflict::Version {
            let what = "an ETag can only be matched for a new version, not for a new file";
            return Err(ErrorKind::Invalid(what.to_owned()));
        }
        let opened = Source::open(origin).await;
        let source =
            opened.map_err(|error| ErrorKind::Source { name: source_name.clone(), error })?;
        let renames = options.on_conflict == OnConflict::Rename && !options.skip_identical;
        let accepts_identical = options.if_match.is_none() && !renames;
        let attributes = read_attributes(options, source.path());
        let on_event = Arc::clone(&options.on_event);
        let context =
            Context::new(client, options.policy.clone(), source_name, source.size, on_event);
        let journal = open_journal(&context, &source, &destination, &name)?;
        context.emit_event(&Event::Started { name: name.clone(), size: source.size });
        Ok(Self {
            context: Arc::new(context),
            source,
            target: Target::new(destination, name, named, options.on_conflict, accepts_identical),
            preflight_first: options.preflight_first,
            attributes,
            if_match: options.if_match.take(),
            concurrency: options.concurrency,
            journal,
            session: None,
            adopted: false,
            sent_before: 0,
            committed: None,
            in_doubt: false,
        })
    }

    async fn upload_content(&mut self) -> Result<(FileFull, Sha1Hash), ErrorKind> {
        let policy = &self.context.policy;
        let retry = policy.retry.clone();
        let resume = policy.resume;
        let unfinished = self.journal.as_ref().and_then(Journal::entry).cloned();
        if resume == Resume::Required && unfinished.is_none() {
            return Err(ErrorKind::NothingToResume);
        }
        let mut unfinished = unfinished;
        let mut complete_transfers = 0;
        loop {
            let (reason, kind, whole) = match self.upload_in_session(unfinished.take()).await {
                Ok(stored) => return Ok(stored),
                Err(StepError::TooSmall) => return self.upload_directly().await,
                Err(StepError::Failed(kind)) => return Err(*kind),
                Err(StepError::Lost { reason, kind, whole }) => (reason, kind, whole),
            };
            self.end_session().await;
            self.clear_journal();
            if let Change::Certain(what) = self.source.find_change().await {
                return Err(self.context.source_changed(what));
            }
            let restarts = self.context.statistics().restarts;
            complete_transfers += u32::from(whole);
            if restarts >= retry.restarts || complete_transfers > 1 {
                return Err(kind.map_or(ErrorKind::SessionLost { reason }, |kind| *kind));
            }
            self.record_restart(reason);
            tokio::time::sleep(retry.delay(restarts + 1)).await;
        }
    }

    /// Uploads in one session, from its creation or resumption to its commit.
    async fn upload_in_session(
        &mut self,
        unfinished: Option<Entry>,
    ) -> Result<(FileFull, Sha1Hash), StepError> {
        let (session, resumed) = match self.open_session(unfinished).await? {
            Opened::Session(session, resumed) => (session, resumed),
            Opened::Stored(file, sha1) => return Ok((*file, sha1)),
        };
        let known = if resumed {
            session.list_parts(&self.context).await?
        } else {
            std::collections::BTreeMap::new()
        };
        let Session { id, part_size, parts, .. } = &*session;
        let id = id.clone();
        let part_size = *part_size;
        let parts = *parts;
        self.context.emit_event(&Event::Session { id, part_size, parts, resumed });
        let transfer = Transfer {
            context: &self.context,
            source: &self.source,
            session: &session,
            known,
            may_be_foreign: self.adopted,
            concurrency: self.concurrency,
            journal: self.journal.as_mut(),
        };
        let complete = transfer.send_parts().await?;
        if let Some(journal) = &mut self.journal {
            self.context.warn_on_journal_error(journal.note_commit(complete.sha1));
        }
        let commit = Commit {
            context: &self.context,
            source: &self.source,
            session: &session,
            complete: &complete,
            target: &self.target,
            attributes: &self.attributes,
            if_match: self.if_match.as_deref(),
            in_doubt: self.committed.replace(complete.sha1).is_some(),
        };
        Ok((commit.send_commit().await?, complete.sha1))
    }

    /// Resumes the unfinished upload or creates a session, and records it. The flag is whether the
    /// session existed before.
    async fn open_session(&mut self, unfinished: Option<Entry>) -> Result<Opened, StepError> {
        if let Some(entry) = unfinished {
            match self.find_unfinished(entry).await? {
                Resumed::Stored(file, sha1) => return Ok(Opened::Stored(file, sha1)),
                Resumed::Session(session, adopted) => {
                    return Ok(Opened::Session(self.record_session(session, adopted), true));
                }
                Resumed::Nothing => {}
            }
        }
        if self.context.size < self.context.policy.sessions_from.max(1) {
            return Err(StepError::TooSmall);
        }
        let created =
            create_session(&self.context, &self.source, &mut self.target, self.committed).await?;
        match created {
            Created::Session(session, existed) => {
                let session = self.check_session(*session, existed).await?;
                Ok(Opened::Session(self.record_session(session, existed), existed))
            }
            Created::Stored(file, sha1) => Ok(Opened::Stored(file, sha1)),
        }
    }

    /// Makes this the upload's session, in the journal too.
    fn record_session(&mut self, session: Session, adopted: bool) -> Arc<Session> {
        if let Some(url) = &session.untrusted_url
            && !self.context.policy.warned_untrusted_url.swap(true, Ordering::Relaxed)
        {
            let url: String = url.chars().take(200).collect();
            let text = format!("ignoring the session URL `{url}`: its host is not trusted");
            self.context.emit_warning(text);
        }
        let session = Arc::new(session);
        self.session = Some(Arc::clone(&session));
        self.adopted = adopted;
        self.sent_before = self.context.statistics().parts_sent;
        let entry = Entry::for_upload(&self.source, &self.target);
        if let (Some(journal), Some(entry)) = (&mut self.journal, entry) {
            self.context
                .warn_on_journal_error(journal.begin_entry(entry.in_session(&session.id, adopted)));
        }
        session
    }

    /// Checks that the session fits this file. Otherwise it is aborted, unless it may belong to
    /// another upload.
    async fn check_session(
        &self,
        session: UploadSession,
        existed: bool,
    ) -> Result<Session, StepError> {
        let context = &self.context;
        let id = session.id.clone();
        let fits = Session::new(&context.client, session, context.size);
        if fits.is_err() && !existed && is_valid_session_id(&id) {
            abort_quietly(context, &id, None).await;
        }
        fits
    }

    /// Finds what is left of an unfinished upload.
    async fn find_unfinished(&mut self, entry: Entry) -> Result<Resumed, StepError> {
        let context = &self.context;
        let resume = self.context.policy.resume;
        let changed = self.source.identity().and_then(|now| entry.identity.difference(now));
        if resume == Resume::Never || changed.is_some() {
            // A session that existed before and was never used may belong to another upload.
            let used = self.journal.as_ref().is_some_and(Journal::has_parts);
            if let Some(id) = entry.session.filter(|_| used || !entry.adopted) {
                abort_quietly(context, &id, None).await;
            }
            if let Some(what) = changed {
                let reason = format!("the file changed since the last attempt: {what}");
                context.emit_event(&Event::Restarted { reason });
            }
            return Ok(Resumed::Nothing);
        }
        let mut target = self.target.clone();
        target.restore_destination(entry.destination, entry.name);
        if let Some(id) = &entry.session
            && let Some(session) = fetch_session(context, id).await?
        {
            self.target = target;
            return Ok(Resumed::Session(session, entry.adopted));
        }
        // It may have ended with a file that nobody saw.
        self.committed = self.journal.as_ref().and_then(Journal::commit_digest);
        if let Some(sha1) = self.committed {
            match find_stored_file(context, &target, sha1).await {
                Ok(Some(file)) => return Ok(Resumed::Stored(Box::new(file), sha1)),
                // Without permission to look there is none to upload; the upload will report it.
                Err(failure) if !matches!(failure.outcome, Outcome::Refused) => {
                    return Err(failure.into());
                }
                Ok(None) | Err(_) => {}
            }
        }
        if entry.session.is_some() {
            let reason = "the previous session no longer exists".to_owned();
            context.emit_event(&Event::Restarted { reason });
        }
        Ok(Resumed::Nothing)
    }

    async fn upload_directly(&mut self) -> Result<(FileFull, Sha1Hash), ErrorKind> {
        self.in_doubt |= self.committed.is_some();
        let direct = Direct {
            context: &self.context,
            source: &self.source,
            attributes: &self.attributes,
            if_match: self.if_match.as_deref(),
            journal: self.journal.as_mut(),
            preflight_first: self.preflight_first.unwrap_or(self.context.size >= PREFLIGHT_FROM),
        };
        direct.upload_content(&mut self.target, &mut self.in_doubt).await
    }

    fn record_restart(&self, reason: String) {
        self.context.statistics().restarts += 1;
        tracing::info!("starting over: {reason}");
        self.context.emit_event(&Event::Restarted { reason });
        self.context.reset_stored();
    }

    /// Aborts an unusable session, unless it may belong to another upload. Returns whether nothing
    /// of ours is left.
    async fn end_session(&mut self) -> bool {
        let sent = self.context.statistics().parts_sent > self.sent_before;
        let used = sent || self.journal.as_ref().is_some_and(Journal::has_parts);
        let context = &self.context;
        match (self.session.take(), self.journal_entry()) {
            (Some(session), _) if used || !self.adopted => session.abort_quietly(context).await,
            (None, Some(Entry { session: Some(id), adopted, .. })) if used || !adopted => {
                abort_quietly(context, id, None).await
            }
            _ => true,
        }
    }

    /// The unfinished upload in the journal.
    fn journal_entry(&self) -> Option<&Entry> {
        self.journal.as_ref().and_then(Journal::entry)
    }

    /// Clears the journal. If that fails, the next upload makes one extra request.
    fn clear_journal(&mut self) {
        if let Some(Err(error)) = self.journal.as_mut().map(Journal::remove_file) {
            tracing::warn!("cannot remove the journal: {error}");
        }
    }

    /// Reports the result and keeps only the state needed to resume.
    async fn conclude_upload(
        mut self,
        outcome: Result<(FileFull, Sha1Hash), ErrorKind>,
    ) -> Result<Uploaded, Error> {
        let kind = match outcome {
            Ok((file, sha1)) => {
                self.session = None;
                self.clear_journal();
                self.context.emit_event(&Event::Stored { file_id: file.id.clone(), sha1 });
                let statistics = *self.context.statistics();
                let unchanged = self.context.unchanged.load(Ordering::Relaxed);
                return Ok(Uploaded { file, sha1, unchanged, statistics });
            }
            Err(kind) => kind,
        };
        let cancelled = matches!(kind, ErrorKind::Cancelled);
        let in_doubt = self.in_doubt || self.committed.is_some() || cancelled;
        let mut session = self.session.as_ref().map(|session| session.id.clone());
        session = session.or_else(|| self.journal_entry().and_then(|entry| entry.session.clone()));
        match kind {
            // The session belongs to another upload.
            ErrorKind::SessionInUse => self.clear_journal(),
            // An upload in one request leaves nothing to resume, unless it may have taken effect.
            ErrorKind::NameInUse { .. } | ErrorKind::Invalid(_) if session.is_none() => {
                self.clear_journal();
            }
            _ if session.is_none() && !in_doubt => self.clear_journal(),
            ErrorKind::SourceChanged { .. } => self.clean_up(&mut session).await,
            _ if self.context.policy.abort_on_failure => self.clean_up(&mut session).await,
            _ => {}
        }
        let later = matches!(
            kind,
            ErrorKind::Cancelled
                | ErrorKind::Credentials { .. }
                | ErrorKind::Exhausted { .. }
                | ErrorKind::Journal { .. }
                | ErrorKind::NameInUse { .. }
                | ErrorKind::NotProcessed { .. }
                | ErrorKind::Redirected { .. }
                | ErrorKind::Source { .. }
                | ErrorKind::Tls { .. }
        );
        let noted = self.journal_entry().is_some_and(|entry| entry.session.is_some());
        let statistics = *self.context.statistics();
        Err(Error { kind, session, resumable: later && noted, statistics })
    }

    /// Aborts the session if that succeeds in time. Otherwise the journal stays, so that the
    /// session is found again.
    async fn clean_up(&mut self, session: &mut Option<String>) {
        if tokio::time::timeout(CLEANUP_TIME, self.end_session()).await == Ok(true) {
            self.clear_journal();
            *session = None;
        }
    }
}

/// What an upload starts with.
enum Opened {
    /// A session, and whether it existed before.
    Session(Arc<Session>, bool),
    Stored(Box<FileFull>, Sha1Hash),
}

/// What is left of an unfinished upload.
enum Resumed {
    Stored(Box<FileFull>, Sha1Hash),
    /// The flag is whether the previous attempt had found it already there.
    Session(Session, bool),
    Nothing,
}

/// Opens the journal of the upload, if it uses one and its source is a file. A broken journal only
/// costs resumption, unless that was required.
fn open_journal(
    context: &Context,
    source: &Source,
    destination: &Destination,
    name: &str,
) -> Result<Option<Journal>, ErrorKind> {
    let policy = &context.policy;
    let (Some(folder), Some(path)) = (&policy.journal, source.path()) else {
        return Ok(None);
    };
    // Includes the hosts: ids of one service mean nothing to another.
    let rest = format!("\n{destination:?}\n{name}\n{:?}", context.client);
    let key = [path.as_os_str().as_encoded_bytes(), rest.as_bytes()].concat();
    match Journal::open(folder, &key) {
        Ok(mut journal) => {
            journal.take_warning().into_iter().for_each(|text| context.emit_warning(text));
            Ok(Some(journal))
        }
        Err(kind @ ErrorKind::Journal { .. }) if policy.resume != Resume::Required => {
            context.warn_on_journal_error(Err(kind));
            Ok(None)
        }
        Err(kind) => Err(kind),
    }
}
