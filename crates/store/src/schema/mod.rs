//! The tables as SeaORM sees them, one file each. Columns carry the names of DESIGN §1; times are integer
//! milliseconds since 1970, so that they mean the same in every database and in JSON.
#![expect(unreachable_pub, reason = "the entity macros write `pub` items")]

pub(crate) mod accounts;
pub(crate) mod audit;
pub(crate) mod call_events;
pub(crate) mod call_retention;
pub(crate) mod call_tallies;
pub(crate) mod call_volumes;
pub(crate) mod calls;
pub(crate) mod devices;
pub(crate) mod idempotency;
pub(crate) mod images;
pub(crate) mod invitations;
pub(crate) mod keys;
pub(crate) mod master_key;
pub(crate) mod members;
pub(crate) mod memberships;
pub(crate) mod nodes;
pub(crate) mod password_resets;
pub(crate) mod quality_samples;
pub(crate) mod secret_keys;
pub(crate) mod sessions;
pub(crate) mod token_secrets;
pub(crate) mod users;
