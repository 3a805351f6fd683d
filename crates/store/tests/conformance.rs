//! What every database must do. Each test gets a fresh store; a further database is one more line at the end, with a
//! function that makes a fresh one.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "conformance/accounts.rs"]
mod accounts;
#[path = "conformance/audit.rs"]
mod audit;
#[path = "conformance/calls.rs"]
mod calls;
mod databases;
#[path = "conformance/devices.rs"]
mod devices;
#[path = "conformance/figures.rs"]
mod figures;
#[path = "conformance/idempotency.rs"]
mod idempotency;
#[path = "conformance/images.rs"]
mod images;
#[path = "conformance/invitations.rs"]
mod invitations;
#[path = "conformance/live.rs"]
mod live;
#[path = "conformance/log.rs"]
mod log;
#[path = "conformance/made.rs"]
mod made;
#[path = "conformance/members.rs"]
mod members;
#[path = "conformance/nodes.rs"]
mod nodes;
#[path = "conformance/resets.rs"]
mod resets;
#[path = "conformance/retention.rs"]
mod retention;
#[path = "conformance/secret_keys.rs"]
mod secret_keys;
#[path = "conformance/sessions.rs"]
mod sessions;
#[path = "conformance/token_secrets.rs"]
mod token_secrets;
#[path = "conformance/turn_servers.rs"]
mod turn_servers;

use tring_protocol::http::text::{Email, Title};
use tring_protocol::ids::AccountId;
use tring_protocol::time::Timestamp;
use tring_store::{Actor, Change, Member, NewMember, Store};

macro_rules! conformance {
    ($backend:ident, $fresh:expr; $($module:ident: $($test:ident)+;)+) => {
        mod $backend {
            $(mod $module {
                $(#[tokio::test]
                async fn $test() {
                    let fresh = $fresh().await;
                    crate::$module::$test(fresh.open().await).await;
                })+
            })+
        }
    };
}

macro_rules! conformance_of {
    ($backend:ident, $fresh:expr) => {
        conformance! { $backend, $fresh;
            nodes:
                a_node_is_known_by_its_last_write;
            accounts:
                a_new_account_signs_in_with_its_key_alone
                a_revoked_key_is_refused_at_once
                no_account_signs_in_with_the_key_of_another
                an_account_has_a_bounded_number_of_keys
                branding_and_settings_read_back
                what_is_not_named_of_the_settings_stays
                settings_stay_inside_their_bounds
                accounts_are_listed_oldest_first
                what_does_not_exist_is_said_so
                what_no_database_can_hold_finds_nothing
                an_account_id_is_given_once
                each_change_is_told_to_who_polls
                a_deleted_account_is_nobodys_and_its_calls_still_end
                a_member_makes_an_account_and_owns_it;
            audit:
                each_change_says_who_made_it_and_what_it_changed
                what_changes_nothing_is_not_written
                what_fails_is_not_written
                the_history_is_paged_newest_first
                no_account_reads_the_history_of_another
                no_secret_is_in_the_history;
            calls:
                events_read_back_in_order
                a_batch_may_be_repeated
                a_batch_is_written_whole_or_not_at_all
                unfinished_calls_are_those_of_this_node_without_a_record
                a_record_reads_back_as_it_was_folded
                a_finished_call_keeps_its_first_record
                records_are_paged_newest_first
                no_account_reads_the_calls_of_another;
            devices:
                sign_ins_are_noted_and_the_key_shows_its_use
                sign_ins_of_nobody_are_refused
                users_are_found_by_the_beginning_of_their_cuid_or_name
                users_are_paged_in_the_order_of_their_cuids
                no_account_reads_the_users_of_another
                a_deleted_user_is_gone_with_their_devices;
            figures:
                figures_are_the_sums_over_the_calls_in_every_zone
                a_batch_written_twice_counts_once
                a_call_counts_when_it_ends_and_not_before
                two_writers_at_once_lose_no_call
                what_is_rare_is_counted_by_its_name;
            idempotency:
                a_repeated_request_gets_the_first_answer
                another_request_with_the_same_key_is_refused
                a_request_without_an_answer_is_in_progress_until_it_is_lost
                a_forgotten_request_may_be_tried_again
                keys_of_two_accounts_have_nothing_to_do_with_each_other
                answers_are_kept_for_a_day;
            images:
                an_image_is_named_by_its_content
                the_oldest_images_that_are_not_shown_are_forgotten
                an_image_of_two_accounts_outlives_one_of_them;
            invitations:
                a_link_makes_a_member_once
                a_link_for_one_email_is_for_nobody_else
                a_withdrawn_or_expired_link_leads_nowhere
                who_is_in_the_account_gets_the_higher_role
                an_account_sees_its_own_invitations_alone
                an_account_has_a_bounded_number_of_open_invitations
                of_two_who_follow_one_link_at_once_one_is_let_in;
            live:
                calls_that_run_say_how_far_they_have_come
                a_call_is_on_hold_as_long_as_one_side_holds_it
                the_newest_call_that_runs_comes_first;
            log:
                a_filter_finds_what_a_look_at_every_call_finds
                a_line_says_what_the_record_says
                what_almost_never_comes_together_is_found_in_the_end
                a_page_says_how_many_lines_it_has_at_most
                odd_cursors_and_times_are_answered
                one_call_reads_back_with_its_events_and_samples;
            members:
                a_member_is_found_by_email_however_it_is_written
                an_email_is_taken_once
                members_see_their_accounts_by_name
                the_last_owner_stays
                roles_are_changed_and_members_removed
                an_account_touches_its_own_members_alone
                two_owners_who_leave_at_once_leave_one_behind
                a_new_password_ends_the_other_sessions;
            resets:
                a_link_sets_a_password_once
                a_link_ends_the_sessions_and_the_other_links
                an_expired_link_sets_nothing;
            retention:
                log_and_figures_agree_while_calls_are_forgotten
                what_was_forgotten_stays_forgotten
                a_call_that_runs_is_not_removed;
            secret_keys:
                a_secret_key_says_whose_it_is
                a_revoked_secret_key_is_nobodys
                its_use_is_noted_once_a_minute
                an_account_has_a_bounded_number_of_secret_keys
                no_account_revokes_the_key_of_another;
            sessions:
                a_session_says_whose_it_is_until_it_ends
                a_session_lives_while_it_is_used
                a_session_ends_after_half_a_year_whatever_happens
                a_member_signs_out_everywhere_else
                expired_sessions_are_forgotten;
            token_secrets:
                a_new_account_has_a_secret_in_use
                a_rotated_secret_is_accepted_until_its_time_is_over
                a_secret_that_was_rotated_out_can_be_refused_at_once
                the_secret_in_use_cannot_be_refused
                showing_a_secret_is_written_down
                an_account_opens_its_own_secrets_alone
                an_account_has_a_bounded_number_of_secrets_in_force;
            turn_servers:
                a_turn_server_opens_for_whoever_makes_its_credentials
                a_removed_turn_server_is_gone_with_its_secret
                the_history_tells_of_turn_servers_and_not_of_their_secrets
                an_account_has_a_bounded_number_of_turn_servers
                an_account_that_was_deleted_leaves_no_turn_secret;
        }
    };
}

conformance_of!(sqlite, crate::databases::sqlite);
conformance_of!(postgres, crate::databases::postgres);

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

const MINUTE: u64 = 60_000;
const DAY: u64 = 24 * 60 * MINUTE;

fn title(text: &str) -> Title {
    Title::parse(text).unwrap()
}

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

/// What the operator changes of an account.
fn change<'a>(store: &'a Store, account: &AccountId, millis: u64) -> Change<'a> {
    store.account(account).change(&Actor::Operator, at(millis))
}

/// A member whose email begins with `name`.
async fn member(store: &Store, name: &str) -> Member {
    let address = email(&format!("{name}@shop.example"));
    let new = NewMember { email: &address, name: &title(name), password_hash: "$argon2id$of-a-password" };
    store.new_member(&new, at(1)).await.unwrap()
}
