//! Mail, taken by a server that speaks SMTP (RFC 5321) as far as a sender needs it.

use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tring_protocol::http::members::MemberRole;

use super::{Asker, PASSWORD, at, dashboard_of, login, sign_up};
use crate::World;

/// What the server was given.
#[derive(Debug)]
struct Envelope {
    from: String,
    to: Vec<String>,
    data: String,
}

impl Envelope {
    /// The text, with the line ends and the soft breaks of quoted-printable (RFC 2045) undone.
    fn text(&self) -> String {
        let (head, body) = self.data.split_once("\r\n\r\n").unwrap();
        if !head.to_lowercase().contains("quoted-printable") {
            return body.replace("\r\n", "\n");
        }
        let joined = body.replace("=\r\n", "");
        joined.replace("=3D", "=").replace("=22", "\"").replace("\r\n", "\n")
    }

    fn link(&self, to: &str) -> String {
        let text = self.text();
        text.lines().find(|line| line.starts_with(to)).unwrap_or_else(|| panic!("{text}")).trim().to_owned()
    }
}

/// Takes mail at a free port.
async fn server() -> (String, mpsc::UnboundedReceiver<Envelope>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (taken, mails) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(speak(stream, taken.clone()));
        }
    });
    (format!("smtp://{address}"), mails)
}

async fn speak(stream: TcpStream, taken: mpsc::UnboundedSender<Envelope>) {
    let mut stream = BufReader::new(stream);
    let mut envelope = Envelope { from: String::new(), to: Vec::new(), data: String::new() };
    stream.write_all(b"220 mail.test ready\r\n").await.unwrap();
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|bytes| bytes > 0) {
        let address = || line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        let answer = match line.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
            "EHLO" => "250-mail.test\r\n250-8BITMIME\r\n250 SMTPUTF8",
            "MAIL" => {
                envelope.from = address();
                "250 ok"
            }
            "RCPT" => {
                envelope.to.push(address());
                "250 ok"
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await.unwrap();
                loop {
                    let mut text = String::new();
                    stream.read_line(&mut text).await.unwrap();
                    if text == ".\r\n" {
                        break;
                    }
                    envelope.data += text.strip_prefix('.').unwrap_or(&text);
                }
                let empty = Envelope { from: String::new(), to: Vec::new(), data: String::new() };
                let _ = taken.send(std::mem::replace(&mut envelope, empty));
                "250 taken"
            }
            "QUIT" => {
                let _ = stream.write_all(b"221 bye\r\n").await;
                return;
            }
            _ => "250 ok",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
        line.clear();
    }
}

async fn world_with_mail(smtp_url: &str) -> World {
    World::with(&[
        ("mail.smtp_url", smtp_url),
        ("mail.from", "Tring <calls@shop.example>"),
        ("dashboard.public_url", "https://calls.shop.example"),
    ])
    .await
}

#[tokio::test]
async fn a_link_for_a_new_password_goes_to_the_member_alone() {
    let (smtp_url, mut mails) = server().await;
    let world = world_with_mail(&smtp_url).await;
    let nobody = Asker::nobody(&world);
    assert_eq!(nobody.get("/v1/server").await.json()["sendsMail"], true);
    nobody.post("/v1/sign-up", sign_up("meera@shop.example", "Shop")).await.with_status(201);
    for email in ["nobody@shop.example", "Meera@shop.example"] {
        let forged = nobody.and("host", "evil.example");
        forged.post("/v1/password/forgotten", json!({ "email": email })).await.with_status(202);
    }
    let mail = mails.recv().await.unwrap();
    assert_eq!(
        (mail.from.as_str(), mail.to.as_slice()),
        ("calls@shop.example", &["Meera@shop.example".to_owned()][..])
    );
    assert!(mail.data.contains("Subject: Choose a new password\r\n"), "{}", mail.data);
    assert!(mail.data.contains("From: Tring <calls@shop.example>\r\n"), "{}", mail.data);
    let link = mail.link("https://calls.shop.example/reset/");
    let token = link.strip_prefix("https://calls.shop.example/reset/").unwrap();
    let reset = json!({ "token": token, "password": "battery staple" });
    nobody.post("/v1/password/reset", reset).await.with_status(204);
    nobody.post("/v1/sign-in", login("meera@shop.example", "battery staple")).await.with_status(200);
    assert!(mails.try_recv().is_err());
}

#[tokio::test]
async fn an_invitation_is_sent_to_whom_it_names() {
    let (smtp_url, mut mails) = server().await;
    let world = world_with_mail(&smtp_url).await;
    let admin = dashboard_of(&world, "anita", MemberRole::Admin).await;
    let unnamed = json!({ "role": "viewer" });
    admin.post(&at(&world, "/invitations"), unnamed).await.with_status(201);
    let named = json!({ "role": "viewer", "email": "ravi@shop.example" });
    let made = admin.post(&at(&world, "/invitations"), named).await.with_status(201).json();
    let mail = mails.recv().await.unwrap();
    assert_eq!(mail.to, ["ravi@shop.example"]);
    assert!(mail.data.contains("Subject: anita invites you to Acme\r\n"), "{}", mail.data);
    let link = mail.link("https://calls.shop.example/join/");
    assert_eq!(made["link"], link);
    let token = link.rsplit('/').next().unwrap();
    let wish =
        json!({ "email": "ravi@shop.example", "password": PASSWORD, "name": "Ravi", "invitation": token });
    Asker::nobody(&world).post("/v1/sign-up", wish).await.with_status(201);
}

#[tokio::test]
async fn a_name_cannot_write_headers_of_a_mail() {
    let (smtp_url, mut mails) = server().await;
    let world = world_with_mail(&smtp_url).await;
    let admin = dashboard_of(&world, "anita", MemberRole::Admin).await;
    let refused = admin.patch("/v1/me", json!({ "name": "A\r\nBcc: x@evil.example" })).await;
    assert_eq!(refused.wrong_field().0, "name");
    admin.patch("/v1/me", json!({ "name": "Aníta <b@evil.example>, \"x\"" })).await.with_status(200);
    let named = json!({ "role": "viewer", "email": "ravi@shop.example" });
    admin.post(&at(&world, "/invitations"), named).await.with_status(201);
    let mail = mails.recv().await.unwrap();
    assert_eq!(mail.to, ["ravi@shop.example"]);
    let head = mail.data.split_once("\r\n\r\n").unwrap().0.to_lowercase();
    assert!(!head.contains("bcc:") && head.matches("\r\nto:").count() <= 1, "{head}");
}

#[tokio::test]
async fn a_mail_server_that_is_away_is_no_concern_of_who_asks() {
    let world = world_with_mail("smtp://127.0.0.1:1").await;
    let nobody = Asker::nobody(&world);
    nobody.post("/v1/sign-up", sign_up("meera@shop.example", "Shop")).await.with_status(201);
    nobody.post("/v1/password/forgotten", json!({ "email": "meera@shop.example" })).await.with_status(202);
}
