//! Passwords, as argon2id keeps them: slow on purpose, so on threads of their own and only a few at once.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use std::sync::Arc;
use tokio::sync::Semaphore;

use super::problem::Refusal;

/// How many are worked on at once. Each takes 19 MiB and a core for some 30 ms. Higher: a flood of attempts takes the
/// cores from calls; lower: people wait for each other when many sign in.
const AT_ONCE: usize = 2;

/// The least that OWASP's Password Storage Cheat Sheet asks of argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Makes and checks hashes of passwords.
#[derive(Debug, Clone)]
pub(crate) struct Passwords {
    room: Arc<Semaphore>,
    /// Of a password that nobody has: what is checked where there is no member, so that it takes the same time.
    nobodys: Arc<str>,
}

impl Passwords {
    /// Takes the time of one hash.
    pub(crate) fn new() -> Self {
        let mut random = [0_u8; 32];
        rand::Rng::fill_bytes(&mut rand::rng(), &mut random);
        Self { room: Arc::new(Semaphore::new(AT_ONCE)), nobodys: hash(&random).into() }
    }

    /// The hash of `password` as a PHC string.
    ///
    /// # Errors
    /// [`tring_protocol::error::ErrorCode::Internal`] if the work was given up, which only the end of the node brings.
    pub(crate) async fn hash(&self, password: &str) -> Result<String, Refusal> {
        let password = password.to_owned();
        self.work(move || hash(password.as_bytes())).await
    }

    /// The same on this thread, for who has nothing else to do.
    pub(crate) fn hash_now(&self, password: &str) -> String {
        hash(password.as_bytes())
    }

    /// Whether `password` is the one of `kept`. `None` is never right and takes as long.
    ///
    /// # Errors
    /// As [`Self::hash`].
    pub(crate) async fn matches(&self, password: &str, kept: Option<&str>) -> Result<bool, Refusal> {
        let (password, somebodys) = (password.to_owned(), kept.is_some());
        let kept = kept.unwrap_or(&self.nobodys).to_owned();
        let same = self.work(move || verify(password.as_bytes(), &kept)).await?;
        Ok(same && somebodys)
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
        let room = self.room.clone().acquire_owned().await.expect("the semaphore is never closed");
        let done = tokio::task::spawn_blocking(move || {
            let _room = room;
            work()
        });
        done.await.map_err(|error| Refusal::internal("a password cannot be worked on", &error))
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("these are inside argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash(password: &[u8]) -> String {
    argon2().hash_password(password).expect("a fresh salt and fixed parameters always work").to_string()
}

fn verify(password: &[u8], kept: &str) -> bool {
    PasswordHash::new(kept).is_ok_and(|kept| argon2().verify_password(password, &kept).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_and_no_other() {
        let passwords = Passwords::new();
        let kept = passwords.hash("correct horse").await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(passwords.matches("correct horse", Some(&kept)).await.unwrap());
        assert!(!passwords.matches("correct horse ", Some(&kept)).await.unwrap());
        assert!(!passwords.matches("correct horse", None).await.unwrap());
        assert!(!passwords.matches("correct horse", Some("not a hash")).await.unwrap());
        assert_ne!(passwords.hash("correct horse").await.unwrap(), kept);
    }
}
