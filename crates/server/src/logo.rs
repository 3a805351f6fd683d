//! Makes a logo out of whatever somebody sent: one of four kinds of image, decoded within bounds, made to fit and
//! written again as PNG, so that nothing of the original is served but its pixels.

use image::codecs::png::{CompressionType, FilterType as Filter, PngEncoder};
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::io::Cursor;

/// Longest image that is read, in bytes. Higher: more time spent on one upload; lower: photographs are refused.
pub(crate) const BYTES_MAX: usize = 2 * 1024 * 1024;

/// Longest side of an image that is decoded, in pixels.
const SIDE_MAX: u32 = 4_096;

/// Most memory for the pixels of one image: [`SIDE_MAX`] squared at four bytes each, and room for the decoder's own.
const MEMORY_MAX: u64 = 96 * 1024 * 1024;

/// Longest side of a logo, in pixels: twice what the largest screen shows of it.
const SIDE: u32 = 512;

/// What of an image decides whether it is a drawing that can carry scripts.
const HEAD: usize = 1_024;

/// A logo, ready to be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    /// SHA-256 of `png` in hexadecimal: the same pixels have the same id.
    pub(crate) id: String,
    /// The file.
    pub(crate) png: Vec<u8>,
    /// In pixels.
    pub(crate) width: u32,
    /// In pixels.
    pub(crate) height: u32,
}

/// Why an image is refused. The words are for whoever chose it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LogoError {
    /// Nothing was sent.
    #[error("The file is empty. Choose a PNG, JPEG, GIF or WebP.")]
    Empty,
    /// More than [`BYTES_MAX`].
    #[error("The file is larger than 2 MB. Save it smaller; a logo of 512 pixels is all that is shown.")]
    TooLarge,
    /// A drawing.
    #[error("This is an SVG, which can carry scripts and is not taken. Export it as a PNG of 512 pixels.")]
    Svg,
    /// None of the four kinds.
    #[error("This is no PNG, JPEG, GIF or WebP, whatever its name says. Save it as one of these.")]
    Kind,
    /// More pixels than are decoded.
    #[error(
        "The image is more than {SIDE_MAX} pixels wide or high, or needs too much memory. Save it smaller."
    )]
    TooManyPixels,
    /// It ends early, or breaks the rules of its kind.
    #[error("The image is damaged and cannot be read to its end. Save it again.")]
    Damaged(#[source] ImageError),
    /// It could not be written again.
    #[error("The image cannot be written as PNG.")]
    Unwritable(#[source] ImageError),
}

/// Makes a logo of `bytes`. Takes up to a second of a processor: not for a task that others wait for.
///
/// # Errors
/// [`LogoError`], whatever the bytes are.
pub(crate) fn make(bytes: &[u8]) -> Result<Picture, LogoError> {
    if bytes.is_empty() {
        return Err(LogoError::Empty);
    }
    if bytes.len() > BYTES_MAX {
        return Err(LogoError::TooLarge);
    }
    let fitted = fit(decode(bytes, kind(bytes)?)?);
    let (width, height) = (fitted.width(), fitted.height());
    let png = encode(fitted).map_err(LogoError::Unwritable)?;
    Ok(Picture { id: id(&png), png, width, height })
}

/// What the first bytes say; names and media types are not asked.
fn kind(bytes: &[u8]) -> Result<ImageFormat, LogoError> {
    match image::guess_format(bytes) {
        Ok(kind @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::Gif | ImageFormat::WebP)) => Ok(kind),
        _ if is_svg(bytes) => Err(LogoError::Svg),
        _ => Err(LogoError::Kind),
    }
}

fn is_svg(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]).to_ascii_lowercase();
    head.trim_start_matches('\u{feff}').trim_start().starts_with('<') && head.contains("<svg")
}

/// The pixels; of a moving image those of its first frame.
fn decode(bytes: &[u8], kind: ImageFormat) -> Result<DynamicImage, LogoError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), kind);
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    // The decoder knows its bounds only for what it needs itself, not for the pixels that it hands out.
    limits.reserve(decoder.total_bytes()).map_err(unreadable)?;
    decoder.set_limits(limits).map_err(unreadable)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    image.apply_orientation(orientation);
    Ok(image)
}

fn unreadable(error: ImageError) -> LogoError {
    match error {
        ImageError::Limits(_) => LogoError::TooManyPixels,
        error => LogoError::Damaged(error),
    }
}

/// Smaller if it is too large; never larger than it was.
fn fit(image: DynamicImage) -> DynamicImage {
    if image.width().max(image.height()) > SIDE {
        image.resize(SIDE, SIDE, FilterType::CatmullRom)
    } else {
        image
    }
}

fn encode(image: DynamicImage) -> Result<Vec<u8>, ImageError> {
    let plain: DynamicImage =
        if image.color().has_alpha() { image.into_rgba8().into() } else { image.into_rgb8().into() };
    let mut png = Vec::new();
    plain.write_with_encoder(PngEncoder::new_with_quality(
        &mut png,
        CompressionType::Default,
        Filter::Adaptive,
    ))?;
    Ok(png)
}

fn id(png: &[u8]) -> String {
    Sha256::digest(png).iter().fold(String::with_capacity(64), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing to a String never fails");
        hex
    })
}

#[cfg(test)]
mod tests;
