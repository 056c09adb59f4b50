//! The scanner of the examples: the text of the QR code in a picture. A real desk has a scanner, and no use for this.

use std::path::Path;

use rqrr::PreparedImage;

pub(crate) fn text(picture: &Path) -> Result<String, String> {
    let about = |what: &str| format!("{}: {what}", picture.display());
    let pixels = image::load_from_memory(&file(picture)?)
        .map_err(|_| about("不是 PNG 图片 / not a PNG picture"))?
        .into_luma8();
    let mut pixels = PreparedImage::prepare(pixels);
    let codes = pixels.detect_grids();
    if codes.is_empty() {
        return Err(about("图中没有二维码 / no QR code in the picture"));
    }
    let text = codes.iter().find_map(|code| Some(code.decode().ok()?.1));
    text.ok_or_else(|| about("二维码残缺，无法识读 / the QR code is too damaged to read"))
}

pub(crate) fn file(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{}: 文件读不到 / cannot be read: {error}", path.display()))
}
