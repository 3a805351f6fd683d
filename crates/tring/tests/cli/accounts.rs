use super::{complaint, json, run, text};
use serde_json::json;

#[test]
fn a_new_account_has_an_id_a_key_and_a_secret() {
    let dir = tempfile::tempdir().unwrap();
    let made = json(dir.path(), &["account", "create", "Acme"]);
    for (field, prefix) in [("accountId", "acc_"), ("apikey", "pk_"), ("secret", "sk_")] {
        assert!(made[field].as_str().unwrap().starts_with(prefix), "{field}: {made}");
    }
    let listed = json(dir.path(), &["account", "list"]);
    assert_eq!(listed[0]["accountId"], made["accountId"]);
    assert_eq!(listed[0]["name"], "Acme");
    assert!(!listed.to_string().contains(made["secret"].as_str().unwrap()), "the secret is shown once");
    assert!(dir.path().join("data/tring.db").is_file(), "the directory is the default configuration's");
}

#[test]
fn people_get_lines() {
    let dir = tempfile::tempdir().unwrap();
    let made = text(&run(dir.path(), &["account", "create", "Acme"]).stdout);
    let words: Vec<_> = made.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(words, ["accountId", "apikey", "secret", "Write"]);
    let listed = text(&run(dir.path(), &["account", "list"]).stdout);
    assert!(listed.starts_with("acc_") && listed.ends_with("  Acme\n"), "{listed}");
}

#[test]
fn keys_are_made_listed_and_revoked() {
    let dir = tempfile::tempdir().unwrap();
    let account = json(dir.path(), &["account", "create", "Acme"])["accountId"].as_str().unwrap().to_owned();
    let key = json(dir.path(), &["key", "new", &account, "--name", "website"])["apikey"].clone();
    json(dir.path(), &["key", "revoke", &account, key.as_str().unwrap()]);
    let keys = json(dir.path(), &["key", "list", &account]);
    let shown: Vec<_> = keys.as_array().unwrap().iter().map(|key| &key["name"]).collect();
    assert_eq!(shown, ["default", "website"]);
    assert_eq!(keys[1]["apikey"], key);
    assert!(keys[0]["revokedAt"].is_null() && keys[1]["revokedAt"].is_u64());

    let again = complaint(dir.path(), &["key", "revoke", &account, key.as_str().unwrap()], 1);
    assert!(again.contains("has no such key in force"), "{again}");
}

#[test]
fn settings_are_shown_and_changed() {
    let dir = tempfile::tempdir().unwrap();
    let account = json(dir.path(), &["account", "create", "Acme"])["accountId"].as_str().unwrap().to_owned();
    let settings = |more: &[&str]| json(dir.path(), &[&["account", "settings", &account], more].concat());
    let before = settings(&[]);
    assert_eq!(before["callSettings"]["ringTimeout"], 30_000);

    let change = "--ring-timeout 5s --devices many --decline this-device --logo https://a.example/l.png --background #102030 \
                  --text #ffeedd --button-theme white --powered-by hidden";
    let after = settings(&change.split_whitespace().collect::<Vec<_>>());
    assert_eq!(after, settings(&[]), "what was changed is what is kept");
    assert_eq!(
        after["callSettings"],
        json!({
            "ringTimeout": 5_000, "connectTimeout": 15_000, "maxDuration": 14_400_000, "devices": "many",
            "decline": "this_device"
        })
    );
    assert_eq!(
        after["branding"],
        json!({
            "logo": "https://a.example/l.png", "backgroundColor": "#102030", "textColor": "#ffeedd",
            "buttonTheme": "white", "poweredBy": false
        })
    );
    let kept = &settings(&["--devices", "one"])["callSettings"]["decline"];
    assert_eq!(kept, "this_device", "what is not named stays");
    assert!(settings(&["--logo", "none"])["branding"]["logo"].is_null());
}

#[test]
fn what_cannot_be_a_setting_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    for (arguments, sentence) in [
        (["--ring-timeout", "1s"], "must lie between 2s and 120s"),
        (["--ring-timeout", "soon"], "must be a length of time such as"),
        (["--background", "red"], "must be a colour of the form #rrggbb"),
        (["--logo", "javascript:alert(1)"], "must be an http, https or data:image address"),
        (["--devices", "three"], "possible values: one, many"),
        (["--decline", "some"], "possible values: all-devices, this-device"),
    ] {
        let refused = complaint(dir.path(), &[&["account", "settings", "acme"], &arguments[..]].concat(), 2);
        assert!(refused.contains(sentence), "{refused}");
    }
}

#[test]
fn an_account_that_does_not_exist_is_said_so() {
    let dir = tempfile::tempdir().unwrap();
    for arguments in
        [&["account", "settings", "nobody"][..], &["key", "new", "nobody"], &["key", "list", "nobody"]]
    {
        assert_eq!(complaint(dir.path(), arguments, 1), "tring: there is no account nobody\n");
    }
    let refused = complaint(dir.path(), &["key", "new", "a b"], 2);
    assert!(refused.contains("must have 4 to 64 characters"), "{refused}");
}
