//! Draws the triangles of egui on the CPU, so that screenshots need no graphics driver and are the same on every machine.
//!
//! egui_kittest brings only a renderer for wgpu. This one does the same with the same inputs: premultiplied colors,
//! blended in gamma space, and bilinear texture sampling.

use std::collections::HashMap;

use egui::epaint::{ImageData, ImageDelta, Mesh, Primitive, Vertex};
use egui::{Color32, ColorImage, Context, FullOutput, Pos2, Rect, TextureId, TexturesDelta, vec2};
use egui_kittest::TestRenderer;
use image::RgbaImage;

/// Vertices are rounded to this fraction of a pixel. Integer arithmetic then decides which pixels a triangle covers.
const SUBPIXELS: f32 = 256.0;
/// A pixel of the image is this many points of the window wide, so that the reference images are small files.
const POINTS_PER_PIXEL: f32 = 2.0;

/// The renderer, with the textures that egui has uploaded.
#[derive(Default)]
pub struct SoftwareRenderer {
    textures: HashMap<TextureId, ColorImage>,
}

impl TestRenderer for SoftwareRenderer {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        for (id, images) in delta.set.drain() {
            for image in images {
                self.update_texture(id, &image);
            }
        }
        for id in delta.free.drain() {
            self.textures.remove(&id);
        }
    }

    fn render(&mut self, ctx: &Context, output: &FullOutput) -> Result<RgbaImage, String> {
        let scale = ctx.pixels_per_point();
        let size = ctx.content_rect().size() * scale;
        let mut canvas = Canvas::new(size.x.round() as usize, size.y.round() as usize);
        for clipped in ctx.tessellate(output.shapes.clone(), scale) {
            let Primitive::Mesh(mesh) = &clipped.primitive else {
                return Err("paint callbacks are not supported".to_owned());
            };
            let texture = self.textures.get(&mesh.texture_id);
            let texture = texture.ok_or_else(|| format!("no texture {:?}", mesh.texture_id))?;
            canvas.draw_mesh(mesh, texture, clipped.clip_rect * scale, scale);
        }
        canvas.into_image((POINTS_PER_PIXEL * scale).round() as usize)
    }
}

impl SoftwareRenderer {
    fn update_texture(&mut self, id: TextureId, delta: &ImageDelta) {
        let ImageData::Color(patch) = &delta.image;
        let Some([left, top]) = delta.pos else {
            self.textures.insert(id, ColorImage::clone(patch));
            return;
        };
        if let Some(texture) = self.textures.get_mut(&id) {
            for y in 0..patch.height() {
                for x in 0..patch.width() {
                    texture[(left + x, top + y)] = patch[(x, y)];
                }
            }
        }
    }
}

/// The image that is drawn.
struct Canvas {
    width: usize,
    height: usize,
    /// Premultiplied red, green, blue and alpha, row by row.
    pixels: Vec<[u8; 4]>,
}

/// A rectangle of pixels, without its right and bottom end.
#[derive(Clone, Copy)]
struct PixelRect {
    left: i64,
    top: i64,
    right: i64,
    bottom: i64,
}

/// A vertex in pixels, and its position rounded to subpixels.
struct Corner {
    x: i64,
    y: i64,
    uv: Pos2,
    color: [f32; 4],
}

impl Canvas {
    fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            pixels: vec![[0; 4]; width * height],
        }
    }

    /// The image, this many times smaller.
    fn into_image(self, reduction: usize) -> Result<RgbaImage, String> {
        let (width, height) = (self.width / reduction, self.height / reduction);
        let mut bytes = Vec::with_capacity(4 * width * height);
        for y in 0..height {
            for x in 0..width {
                bytes.extend(self.average(x * reduction, y * reduction, reduction));
            }
        }
        let image = RgbaImage::from_raw(width as u32, height as u32, bytes);
        image.ok_or("the image has a wrong size".to_owned())
    }

    /// The average color of a square of pixels with this side.
    fn average(&self, left: usize, top: usize, side: usize) -> [u8; 4] {
        let mut sum = [0_usize; 4];
        for y in top..top + side {
            for x in left..left + side {
                for (sum, channel) in sum.iter_mut().zip(self.pixels[y * self.width + x]) {
                    *sum += usize::from(channel);
                }
            }
        }
        sum.map(|sum| (sum / (side * side)) as u8)
    }

    fn draw_mesh(&mut self, mesh: &Mesh, texture: &ColorImage, clip: Rect, scale: f32) {
        let clip = PixelRect {
            left: (clip.left().round() as i64).max(0),
            top: (clip.top().round() as i64).max(0),
            right: (clip.right().round() as i64).min(self.width as i64),
            bottom: (clip.bottom().round() as i64).min(self.height as i64),
        };
        for triangle in mesh.indices.chunks_exact(3) {
            let corners = [0, 1, 2].map(|index| {
                let vertex = &mesh.vertices[triangle[index] as usize];
                Corner::new(vertex, scale)
            });
            self.draw_triangle(corners, texture, clip);
        }
    }

    fn draw_triangle(&mut self, [a, b, c]: [Corner; 3], texture: &ColorImage, clip: PixelRect) {
        let area = edge_function(&a, &b, c.x, c.y);
        if area == 0 {
            return;
        }
        // With positive area, all points inside are on the same side of all edges.
        let (b, c, area) = if area < 0 {
            (c, b, -area)
        } else {
            (b, c, area)
        };
        let one_pixel = SUBPIXELS as i64;
        let bounds = PixelRect {
            left: (a.x.min(b.x).min(c.x).div_euclid(one_pixel)).max(clip.left),
            top: (a.y.min(b.y).min(c.y).div_euclid(one_pixel)).max(clip.top),
            right: (a.x.max(b.x).max(c.x).div_euclid(one_pixel) + 1).min(clip.right),
            bottom: (a.y.max(b.y).max(c.y).div_euclid(one_pixel) + 1).min(clip.bottom),
        };
        let edges = [(&b, &c), (&c, &a), (&a, &b)];
        // A pixel whose center lies exactly on an edge belongs to one of the two triangles that share the edge.
        let thresholds = edges.map(|(from, to)| i64::from(!is_top_or_left(from, to)));
        let is_solid = a.uv == b.uv && b.uv == c.uv && a.color == b.color && b.color == c.color;
        let solid = is_solid.then(|| modulate(sample(texture, a.uv), a.color));
        for y in bounds.top..bounds.bottom {
            let center_y = y * one_pixel + one_pixel / 2;
            for x in bounds.left..bounds.right {
                let center_x = x * one_pixel + one_pixel / 2;
                let weights = edges.map(|(from, to)| edge_function(from, to, center_x, center_y));
                if std::iter::zip(weights, thresholds).any(|(weight, least)| weight < least) {
                    continue;
                }
                let source = solid.unwrap_or_else(|| {
                    let [wa, wb, wc] = weights.map(|weight| weight as f32 / area as f32);
                    let mix = |a: f32, b: f32, c: f32| wa * a + wb * b + wc * c;
                    let uv = Pos2::new(mix(a.uv.x, b.uv.x, c.uv.x), mix(a.uv.y, b.uv.y, c.uv.y));
                    let color = [0, 1, 2, 3].map(|i| mix(a.color[i], b.color[i], c.color[i]));
                    modulate(sample(texture, uv), color)
                });
                blend(
                    &mut self.pixels[y as usize * self.width + x as usize],
                    source,
                );
            }
        }
    }
}

impl Corner {
    fn new(vertex: &Vertex, scale: f32) -> Self {
        let subpixel = |points: f32| (points * scale * SUBPIXELS).round() as i64;
        Self {
            x: subpixel(vertex.pos.x),
            y: subpixel(vertex.pos.y),
            uv: vertex.uv,
            color: vertex.color.to_array().map(f32::from),
        }
    }
}

/// Twice the area of the triangle of an edge and a point; its sign is the side of the edge.
fn edge_function(from: &Corner, to: &Corner, x: i64, y: i64) -> i64 {
    (to.x - from.x) * (y - from.y) - (to.y - from.y) * (x - from.x)
}

fn is_top_or_left(from: &Corner, to: &Corner) -> bool {
    let is_top = from.y == to.y && to.x > from.x;
    is_top || to.y < from.y
}

/// Samples a texture between its four nearest texels.
fn sample(texture: &ColorImage, uv: Pos2) -> [f32; 4] {
    let size = vec2(texture.width() as f32, texture.height() as f32);
    let position = uv.to_vec2() * size - vec2(0.5, 0.5);
    let (left, top) = (position.x.floor(), position.y.floor());
    let (right_share, bottom_share) = (position.x - left, position.y - top);
    let texel = |x: f32, y: f32| {
        let x = x.clamp(0.0, size.x - 1.0) as usize;
        let y = y.clamp(0.0, size.y - 1.0) as usize;
        texture[(x, y)].to_array().map(f32::from)
    };
    let mix = |a: [f32; 4], b: [f32; 4], share: f32| -> [f32; 4] {
        [0, 1, 2, 3].map(|i| a[i] + (b[i] - a[i]) * share)
    };
    let upper = mix(texel(left, top), texel(left + 1.0, top), right_share);
    let lower = mix(
        texel(left, top + 1.0),
        texel(left + 1.0, top + 1.0),
        right_share,
    );
    mix(upper, lower, bottom_share)
}

/// Multiplies the color of a texture with the color of a vertex.
fn modulate(texel: [f32; 4], color: [f32; 4]) -> Color32 {
    let [r, g, b, a] = [0, 1, 2, 3].map(|i| (texel[i] * color[i] / 255.0).round() as u8);
    Color32::from_rgba_premultiplied(r, g, b, a)
}

/// Draws a premultiplied color over a pixel.
fn blend(pixel: &mut [u8; 4], source: Color32) {
    let source = source.to_array();
    let transparency = 255 - u32::from(source[3]);
    for (channel, source) in pixel.iter_mut().zip(source) {
        let background = (u32::from(*channel) * transparency + 127) / 255;
        *channel = (u32::from(source) + background).min(255) as u8;
    }
}
