//! Builds the crate again when the SDK or the demo page has changed, for they are part of a release build.
//! Nothing is built here: without `make sdk` the server says what is missing.

fn main() {
    println!("cargo::rerun-if-changed=../../sdk/web/signed-call/dist");
    println!("cargo::rerun-if-changed=../../sdk/web/tring/dist");
    println!("cargo::rerun-if-changed=../../sdk/web/demo");
}
