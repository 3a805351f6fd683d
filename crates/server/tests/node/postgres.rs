//! What runs on the embedded database runs on PostgreSQL: whole stories once more, with nothing but `database_url` set.

use crate::http::matrix::{UNHURRIED, everybody_asks_for_everything};
use crate::{World, api_calls};

#[tokio::test]
async fn a_call_goes_its_whole_way_on_postgresql() {
    Box::pin(api_calls::one_calls_way(World::on_postgres(&[]).await)).await;
}

#[tokio::test]
async fn every_route_works_on_postgresql() {
    everybody_asks_for_everything(World::on_postgres(UNHURRIED).await).await;
}
