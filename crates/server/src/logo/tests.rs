use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, Frame, ImageEncoder, Rgba, RgbaImage};

use super::*;

const RED: Rgba<u8> = Rgba([200, 30, 40, 255]);
const BLUE: Rgba<u8> = Rgba([10, 20, 220, 255]);

fn plain(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_pixel(width, height, RED)
}

fn written(image: &RgbaImage, kind: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let image = DynamicImage::from(image.clone());
    match kind {
        ImageFormat::Jpeg => DynamicImage::from(image.into_rgb8()).write_to(&mut bytes, kind).unwrap(),
        _ => image.write_to(&mut bytes, kind).unwrap(),
    }
    bytes.into_inner()
}

fn pixel(picture: &Picture, x: u32, y: u32) -> [u8; 4] {
    image::load_from_memory_with_format(&picture.png, ImageFormat::Png).unwrap().to_rgba8().get_pixel(x, y).0
}

fn chunks(png: &[u8]) -> Vec<String> {
    let mut rest = &png[8..];
    let mut names = Vec::new();
    while let Some((length, more)) = rest.split_first_chunk::<4>() {
        names.push(String::from_utf8(more[..4].to_vec()).unwrap());
        rest = &more[4 + u32::from_be_bytes(*length) as usize + 4..];
    }
    names
}

#[test]
fn four_kinds_become_the_same_kind_of_file() {
    for kind in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP] {
        let logo = make(&written(&plain(40, 20), kind)).unwrap();
        assert_eq!((logo.width, logo.height), (40, 20), "{kind:?}");
        let [r, g, b, a] = pixel(&logo, 7, 7);
        assert!(r.abs_diff(200) < 6 && g.abs_diff(30) < 6 && b.abs_diff(40) < 6 && a == 255, "{kind:?}");
        assert!(chunks(&logo.png).iter().all(|name| ["IHDR", "IDAT", "IEND"].contains(&name.as_str())));
    }
}

#[test]
fn the_same_pixels_have_the_same_id() {
    let png = make(&written(&plain(40, 20), ImageFormat::Png)).unwrap();
    let webp = make(&written(&plain(40, 20), ImageFormat::WebP)).unwrap();
    assert_eq!(png, webp);
    assert_eq!(png.id.len(), 64);
    assert_ne!(png.id, make(&written(&plain(41, 20), ImageFormat::Png)).unwrap().id);
}

#[test]
fn what_is_too_large_is_made_to_fit_in_its_own_shape() {
    let wide = make(&written(&plain(4_096, 1_024), ImageFormat::Png)).unwrap();
    assert_eq!((wide.width, wide.height), (512, 128));
    assert_eq!(pixel(&wide, 500, 100), RED.0);
    let line = make(&written(&plain(3, 4_000), ImageFormat::Png)).unwrap();
    assert_eq!((line.width, line.height), (1, 512));
    let small = make(&written(&plain(1, 1), ImageFormat::Png)).unwrap();
    assert_eq!((small.width, small.height), (1, 1), "nothing is made larger");
}

#[test]
fn transparency_stays() {
    let clear = RgbaImage::from_pixel(1_000, 1_000, Rgba([0, 0, 0, 0]));
    assert_eq!(pixel(&make(&written(&clear, ImageFormat::Png)).unwrap(), 100, 100)[3], 0);
}

#[test]
fn of_a_moving_image_the_first_frame_is_taken() {
    let mut bytes = Vec::new();
    let frames = [RED, BLUE].map(|colour| Frame::new(RgbaImage::from_pixel(8, 8, colour)));
    GifEncoder::new(&mut bytes).encode_frames(frames).unwrap();
    let [r, _, b, _] = pixel(&make(&bytes).unwrap(), 3, 3);
    assert!(r > b, "the first frame is red");
}

/// A telephone writes what it saw and beside it which way it was held.
#[test]
fn a_photograph_stands_upright_and_tells_nothing_of_where_it_was_taken() {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new(&mut bytes);
    // A TIFF header and one entry: orientation (0x0112) = 6, to be turned right.
    let exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    encoder.set_exif_metadata(exif.to_vec()).unwrap();
    encoder.encode(plain(30, 10).as_raw(), 30, 10, ExtendedColorType::Rgba8).unwrap_or_else(|_| {
        let rgb = DynamicImage::from(plain(30, 10)).into_rgb8();
        let mut encoder = JpegEncoder::new(&mut bytes);
        encoder.set_exif_metadata(exif.to_vec()).unwrap();
        encoder.encode(rgb.as_raw(), 30, 10, ExtendedColorType::Rgb8).unwrap();
    });
    let logo = make(&bytes).unwrap();
    assert_eq!((logo.width, logo.height), (10, 30));
    assert!(chunks(&logo.png).iter().all(|name| name != "eXIf"));
}

#[test]
fn a_drawing_is_refused_with_its_reason() {
    for svg in [
        "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "\u{feff}<?xml version='1.0'?>\n<!-- logo -->\n<SVG/>",
        "  <!DOCTYPE svg><svg/>",
    ] {
        let error = make(svg.as_bytes()).unwrap_err();
        assert!(matches!(error, LogoError::Svg) && error.to_string().contains("PNG"), "{error}");
    }
}

#[test]
fn what_is_no_image_is_refused() {
    assert!(matches!(make(b""), Err(LogoError::Empty)));
    assert!(matches!(make(&vec![0; BYTES_MAX + 1]), Err(LogoError::TooLarge)));
    for other in
        [&b"GIF"[..], b"<html><body>404</body></html>", b"%PDF-1.7", b"BM\0\0\0\0", b"\0\0\0\x20ftypavif"]
    {
        assert!(matches!(make(other), Err(LogoError::Kind)), "{other:?}");
    }
}

#[test]
fn a_bomb_is_refused_before_it_is_decoded() {
    for (width, height) in [(4_097, 1), (1, 4_097)] {
        let mut bytes = Vec::new();
        let pixels = vec![0; (width * height) as usize];
        PngEncoder::new(&mut bytes).write_image(&pixels, width, height, ExtendedColorType::L8).unwrap();
        assert!(matches!(make(&bytes), Err(LogoError::TooManyPixels)), "{width} × {height}");
    }
    // What is announced is enough. The last is within the sides, but has sixteen bits for each of four colours.
    for (width, height, depth, colours) in
        [(6_400, 6_400, 8, 0), (u32::MAX >> 1, 1, 8, 2), (4_096, 4_096, 16, 6)]
    {
        let bytes = announced(width, height, depth, colours);
        assert!(matches!(make(&bytes), Err(LogoError::TooManyPixels)), "{width} × {height}");
    }
    assert!(
        matches!(make(&announced(64, 64, 8, 6)), Err(LogoError::Damaged(_))),
        "a small one is looked into"
    );
}

/// A PNG that announces so many pixels and has none.
fn announced(width: u32, height: u32, depth: u8, colours: u8) -> Vec<u8> {
    let [width, height] = [width, height].map(u32::to_be_bytes);
    let header = [&b"IHDR"[..], &width, &height, &[depth, colours, 0, 0, 0]].concat();
    let pixels = b"IDAT".to_vec();
    let chunk = |content: &[u8]| {
        let length = (content.len() as u32 - 4).to_be_bytes();
        [&length[..], content, &checksum(content).to_be_bytes()].concat()
    };
    [&b"\x89PNG\r\n\x1a\n"[..], &chunk(&header), &chunk(&pixels)].concat()
}

/// Of a chunk (RFC 2083, section 3.4).
fn checksum(bytes: &[u8]) -> u32 {
    let bit = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| bit(crc)))
}

#[test]
fn a_header_that_promises_too_much_is_refused() {
    let mut png = written(&plain(8, 8), ImageFormat::Png);
    png[16..24].copy_from_slice(&[0xff; 8]);
    assert!(make(&png).is_err());
    let mut gif = written(&plain(8, 8), ImageFormat::Gif);
    gif[6..10].copy_from_slice(&[0xff; 4]);
    assert!(make(&gif).is_err());
}

#[test]
fn an_image_that_ends_early_is_refused_or_shown_as_far_as_it_goes_and_never_panics() {
    for kind in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP] {
        let whole = written(&plain(32, 32), kind);
        for end in 0..whole.len() {
            let _ = make(&whole[..end]);
        }
        assert!(make(&whole[..whole.len() / 2]).is_err(), "{kind:?}");
    }
}

#[test]
fn no_turned_byte_makes_it_panic() {
    for kind in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP] {
        let whole = written(&plain(8, 8), kind);
        for index in 0..whole.len() {
            for turned in [0x00, 0xff, whole[index] ^ 1] {
                let mut bytes = whole.clone();
                bytes[index] = turned;
                let _ = make(&bytes);
            }
        }
    }
}
