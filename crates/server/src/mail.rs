//! Mail that the dashboard sends: links for new passwords, and invitations. Without a mail server the link for a new
//! password is a message to the operator in the log; invitations are shown to whoever invites in any case.

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::time::Duration;
use tokio_util::task::TaskTracker;
use tring_protocol::http::text::{Email, Title};

use crate::{StartError, config};

/// How long the mail server may take for each step. Higher: mail that cannot be sent is noticed later.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How mail goes out. Sending happens in the background: how long it takes would tell a stranger who is a member.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    way: Option<Way>,
    tasks: TaskTracker,
}

#[derive(Clone)]
struct Way {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

// The transport has the password in it.
impl std::fmt::Debug for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Way").finish_non_exhaustive()
    }
}

/// An invitation as its mail tells of it.
pub(crate) struct InvitationMail<'a> {
    /// Who invites.
    pub(crate) by: &'a Title,
    /// To which account.
    pub(crate) account: &'a Title,
    /// Where to follow it.
    pub(crate) link: &'a str,
}

impl Mail {
    /// Nothing is connected yet; what is being sent is in `tasks`.
    ///
    /// # Errors
    /// [`StartError::Mail`] if the operator's words are no mail server or no sender.
    pub(crate) fn new(config: &config::Mail, tasks: TaskTracker) -> Result<Self, StartError> {
        let (Some(url), Some(from)) = (&config.smtp_url, &config.from) else {
            return Ok(Self { way: None, tasks });
        };
        let refuse = |key| move |_| StartError::Mail { key };
        let transport =
            AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(refuse("mail.smtp_url"))?;
        let transport = transport.timeout(Some(TIMEOUT)).build();
        let from = from.parse().map_err(|_| StartError::Mail { key: "mail.from" })?;
        Ok(Self { way: Some(Way { transport, from }), tasks })
    }

    /// Whether there is a mail server.
    pub(crate) fn sends(&self) -> bool {
        self.way.is_some()
    }

    /// Sends the link with which a member chooses a new password, or tells it to the operator.
    pub(crate) fn reset(&self, to: &Email, member: &str, link: &str) {
        if self.way.is_none() {
            // By id: the log names nobody, and the operator can look the member up.
            tracing::info!(
                member,
                "a member asked for a new password; pass this link on, it works for one hour: {link}"
            );
            return;
        }
        let text = format!(
            "Hello,\n\nsomebody, probably you, asked for a new password for the Tring dashboard. Choose it here within \
             one hour:\n\n{link}\n\nIf it was not you, you need not do anything: your password stays as it is.\n"
        );
        self.send(to, "Choose a new password".to_owned(), text);
    }

    /// Sends an invitation, if there is a mail server.
    pub(crate) fn invitation(&self, to: &Email, invitation: &InvitationMail<'_>) {
        let InvitationMail { by, account, link } = invitation;
        let (by, account) = (by.as_str(), account.as_str());
        let text = format!(
            "Hello,\n\n{by} invites you to the account \"{account}\" in the Tring dashboard. Follow this link within \
             seven days:\n\n{link}\n\nIf you do not know {by}, do not follow it.\n"
        );
        self.send(to, format!("{by} invites you to {account}"), text);
    }

    fn send(&self, to: &Email, subject: String, text: String) {
        let Some(Way { transport, from }) = self.way.clone() else { return };
        let Ok(to) = to.as_str().parse() else {
            tracing::info!("an address is well-formed for the dashboard but not for mail; nothing was sent");
            return;
        };
        let message = Message::builder()
            .from(from)
            .to(Mailbox::new(None, to))
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(text);
        self.tasks.spawn(async move {
            let sent = match message {
                Ok(message) => transport.send(message).await.map(drop).map_err(|error| error.to_string()),
                Err(error) => Err(error.to_string()),
            };
            if let Err(error) = sent {
                tracing::warn!(error, "the mail server did not take a mail; is `mail.smtp_url` right?");
            }
        });
    }
}
