//! How the legs of a call sounded, stretch by stretch.

use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use tring_protocol::http::calls::QualitySample;
use tring_protocol::ids::CallId;

use crate::StoreError;
use crate::codec::{from_millis, to_millis};
use crate::schema::quality_samples;

/// Rows of one INSERT; SQLite takes at most 32,766 values in a statement.
const ROWS: usize = 500;

/// Adds samples. One that is there already is left as it is.
pub(crate) async fn append(
    db: &impl ConnectionTrait,
    samples: &[(CallId, QualitySample)],
) -> Result<(), StoreError> {
    use quality_samples::Column::{At, CallId, Leg};
    for rows in samples.chunks(ROWS) {
        quality_samples::Entity::insert_many(rows.iter().map(|(call, sample)| row(*call, sample)))
            .on_conflict_do_nothing_on([CallId, Leg, At])
            .exec_without_returning(db)
            .await?;
    }
    Ok(())
}

/// The samples of one call in order of time.
pub(crate) async fn samples_of(
    db: &impl ConnectionTrait,
    call: &str,
) -> Result<Vec<QualitySample>, StoreError> {
    let rows = quality_samples::Entity::find()
        .filter(quality_samples::Column::CallId.eq(call))
        .order_by_asc(quality_samples::Column::At)
        .order_by_asc(quality_samples::Column::Leg)
        .all(db)
        .await?;
    rows.into_iter().map(sample).collect()
}

fn row(call: CallId, sample: &QualitySample) -> quality_samples::ActiveModel {
    quality_samples::ActiveModel {
        call_id: Set(call.to_string()),
        leg: Set(sample.leg.into()),
        at: Set(to_millis(sample.at)),
        packets: Set(sample.packets.into()),
        lost: Set(sample.lost.into()),
        jitter: Set(sample.jitter.into()),
        rtt: Set(sample.rtt.map(Into::into)),
        mos: Set(sample.mos.map(Into::into)),
        concealed: Set(sample.concealed.map(Into::into)),
    }
}

fn sample(row: quality_samples::Model) -> Result<QualitySample, StoreError> {
    let corrupt = |column: &str| StoreError::Corrupt {
        table: "quality_samples",
        what: format!("{column} is out of its range"),
    };
    Ok(QualitySample {
        leg: row.leg.try_into().map_err(|_| corrupt("leg"))?,
        at: from_millis(row.at),
        packets: row.packets.try_into().map_err(|_| corrupt("packets"))?,
        lost: row.lost.try_into().map_err(|_| corrupt("lost"))?,
        // Written from the same narrow type, so nothing is lost.
        jitter: row.jitter as f32,
        rtt: row.rtt.map(|rtt| rtt as f32),
        mos: row.mos.map(|mos| mos as f32),
        concealed: row.concealed.map(|concealed| concealed as f32),
    })
}
