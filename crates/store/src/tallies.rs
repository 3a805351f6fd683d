//! What is tallied: how many calls had which reason, platform or quality.

/// How long one bucket of a tally is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grain {
    /// A quarter of an hour.
    Quarter,
    /// A day, UTC.
    Day,
}

/// What is told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Why calls ended.
    Reason,
    /// What callers used.
    CallerPlatform,
    /// What callees used.
    CalleePlatform,
    /// How calls sounded.
    Quality,
}

impl Grain {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Quarter => "quarter",
            Self::Day => "day",
        }
    }
}

impl Kind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Reason => "reason",
            Self::CallerPlatform => "caller_platform",
            Self::CalleePlatform => "callee_platform",
            Self::Quality => "quality",
        }
    }
}
