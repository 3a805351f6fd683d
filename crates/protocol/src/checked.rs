//! The mould of every string type of the wire: it can only be made by passing its check, also when it is read.

/// Defines `$name`, a string that passed `$check` after `$tidy`. `Debug` is left to the caller, who knows whether the
/// string may be shown.
macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $error:ty, $tidy:expr, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "gen", derive(ts_rs::TS), ts(as = "String"))]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// Checks `text` against the rules of this type.
            ///
            /// # Errors
            /// The first rule that is broken.
            pub fn parse(text: &str) -> Result<Self, $error> {
                let tidy: fn(&str) -> &str = $tidy;
                let check: fn(&str) -> Result<(), $error> = $check;
                let text = tidy(text);
                check(text)?;
                Ok(Self(text.into()))
            }

            /// The text as it is written on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = $error;
            fn try_from(text: String) -> Result<Self, $error> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0.into()
            }
        }
    };
}

/// Describes `$name`, whose values are written as `$text` says, for OpenAPI.
#[cfg(feature = "openapi")]
macro_rules! enum_schema {
    ($name:ident, $text:expr) => {
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                let text: fn($name) -> &'static str = $text;
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some($name::ALL.iter().map(|&value| text(value))))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}

pub(crate) use checked_text;
#[cfg(feature = "openapi")]
pub(crate) use enum_schema;
