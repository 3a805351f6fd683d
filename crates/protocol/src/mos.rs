//! How good something sounds, in the terms of telephony: an estimate of the mean opinion score from delay and loss.

/// The E-model of ITU-T G.107 with the simplification of Cole and Rosenbluth ("Voice over IP performance
/// monitoring", 2001): `R = 93.2 − Id − Ie`, where delay costs `0.024 d + 0.11 (d − 177.3)` beyond 177.3 ms and
/// loss costs `95 · p / (p + Bpl)`. G.113 has no `Bpl` for Opus; 10 % lies between G.711 with concealment (25.1)
/// and without (4.3), and is on the strict side for Opus with in-band FEC.
///
/// `delay_ms` is one way, mouth to ear. `loss` is a share from 0 to 1: of the packets that did not come or, where the
/// listening device tells it, of the sound that had to be made up, which is what is left of loss and lateness after
/// FEC, RED and the jitter buffer. The result is 1 (bad) to 4.5 (as good as it gets).
#[must_use]
pub fn opinion_score(delay_ms: f32, loss: f32) -> f32 {
    const ROBUSTNESS_PERCENT: f32 = 10.0;
    let delay = delay_ms.clamp(0.0, 10_000.0);
    let loss_percent = loss.clamp(0.0, 1.0) * 100.0;
    let delay_cost = 0.024 * delay + 0.11 * (delay - 177.3).max(0.0);
    let loss_cost = 95.0 * loss_percent / (loss_percent + ROBUSTNESS_PERCENT);
    let rating = (93.2 - delay_cost - loss_cost).clamp(0.0, 100.0);
    let score = 1.0 + 0.035 * rating + 7.0e-6 * rating * (rating - 60.0) * (100.0 - rating);
    score.clamp(1.0, 4.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_falls_with_delay_and_loss_and_stays_in_its_bounds() {
        assert!(opinion_score(20.0, 0.0) > 4.3);
        assert!((3.0..4.0).contains(&opinion_score(20.0, 0.03)));
        assert!(opinion_score(20.0, 0.20) < 2.0);
        assert!(opinion_score(400.0, 0.0) < 3.7);
        assert!(opinion_score(f32::MAX, 1.0) >= 1.0);
    }
}
