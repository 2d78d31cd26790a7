// Operations on pixels that do not move: tone, light, blur, the camera, the weather.
#include <algorithm>
#include <cmath>

#include "augment/operations/blur.hpp"
#include "augment/operations/degrade.hpp"
#include "augment/operations/families.hpp"
#include "augment/operations/light.hpp"
#include "augment/operations/tone.hpp"
#include "augment/operations/weather.hpp"
#include "augment/pixels/canvas.hpp"

namespace faceshot::augment {
namespace {

ParameterInfo whole(std::string_view name, Parameter initial, float low, float high,
                    std::string_view meaning, float neutral) {
  return {.name = name,
          .initial = std::move(initial),
          .low = low,
          .high = high,
          .meaning = meaning,
          .neutral = neutral,
          .is_integer = true};
}

ParameterInfo any_angle(std::string_view meaning) {
  return {"angle", {0, 360}, -360, 360, meaning};
}

// --- tone ----------------------------------------------------------------------------------------

void change_gamma(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  gamma(canvas.pixels(), step.draw("gamma", random));
}

void change_bits(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  posterize(canvas.pixels(), step.draw_whole("bits", random));
}

void equalize_all(const Step&, Canvas& canvas, base::Random&, const AugmentContext&) {
  equalize(canvas.pixels());
}

void equalize_tiles(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  const float limit = step.draw("clip_limit", random);
  clahe(canvas.pixels(), limit, step.draw_whole("tiles", random));
}

void add_tone(std::vector<OperationInfo>& all) {
  const char* const family = "tone";
  all.push_back({"gamma",
                 family,
                 "applies a gamma curve",
                 {{"gamma", {0.6F, 1.7F}, 0.05F, 20, "above 1 darkens, below 1 brightens", 1}},
                 change_gamma});
  all.push_back({"equalize", family, "equalises the histogram of the luma", {}, equalize_all});
  all.push_back({"clahe",
                 family,
                 "contrast-limited adaptive histogram equalisation (CLAHE)",
                 {{"clip_limit", {1, 4}, 0.1F, 100, "maximum increase of contrast"},
                  whole("tiles", 8, 1, 64, "number of tiles along each side",
                        std::numeric_limits<float>::quiet_NaN())},
                 equalize_tiles});
  all.push_back({"posterize",
                 family,
                 "reduces the number of levels per channel",
                 {whole("bits", {3, 6}, 1, 8, "bits kept per value", 8)},
                 change_bits});
}

// --- light ---------------------------------------------------------------------------------------

void light_from_aside(const Step& step, Canvas& canvas, base::Random& random,
                      const AugmentContext&) {
  const float angle = step.draw("angle", random);
  const float strength = step.draw("strength", random);
  directional_light(canvas.pixels(), angle, strength, step.draw("softness", random));
}

void cast_shadow(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  Shadow cast;
  cast.angle = step.draw("angle", random);
  cast.position = step.draw("position", random);
  cast.width = step.draw("width", random);
  cast.darkness = step.draw("darkness", random);
  cast.softness = step.draw("softness", random);
  shadow(canvas.pixels(), cast);
}

void darken_corners(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  vignette(canvas.pixels(), step.draw("strength", random));
}

void add_glare(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  cv::Mat& image = canvas.pixels();
  const float x = random.uniform() * static_cast<float>(image.cols);
  const float y = random.uniform() * static_cast<float>(image.rows);
  const auto longer = static_cast<float>(std::max(image.cols, image.rows));
  const float radius = std::max(1.0F, step.draw("radius", random) * longer);
  glare(image, x, y, radius, step.draw("strength", random));
}

void add_light(std::vector<OperationInfo>& all) {
  const char* const family = "light";
  all.push_back({"directional_light",
                 family,
                 "lights the scene from one side",
                 {any_angle("direction of the light, degrees counter-clockwise from the right"),
                  {"strength",
                   {0.2F, 0.8F},
                   0,
                   1,
                   "gain: 1 + strength on the lit side, 1 - strength on the other",
                   0},
                  {"softness",
                   {0.3F, 1},
                   0,
                   1,
                   "0: hard edge between two halves, 1: gradual from end to end"}},
                 light_from_aside});
  all.push_back(
      {"shadow",
       family,
       "casts a band of shadow across the picture",
       {any_angle("direction across the band, degrees"),
        {"position", {-1, 1}, -1, 1, "position of its middle; 0 is the centre of the picture"},
        {"width", {0.3F, 1.5F}, 0, 4, "2 is the whole picture"},
        {"darkness", {0.2F, 0.7F}, 0, 1, "share of the light removed", 0},
        {"softness", {0, 0.3F}, 0, 2, "width of its edges"}},
       cast_shadow});
  all.push_back({"vignette",
                 family,
                 "darkens the corners",
                 {{"strength", {0.2F, 0.7F}, 0, 0.99F, "loss of light in the corners", 0}},
                 darken_corners});
  all.push_back({"glare",
                 family,
                 "adds a lamp or the sun; everything around it fades to white",
                 {{"radius", {0.03F, 0.15F}, 0, 2, "share of the longer side"},
                  {"strength", {0.3F, 0.9F}, 0, 1, "1: white", 0}},
                 add_glare});
}

// --- blur ----------------------------------------------------------------------------------------

void blur_plain(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  gaussian_blur(canvas.pixels(), step.draw("sigma", random));
}

void blur_motion(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  const float length = step.draw("length", random);
  motion_blur(canvas.pixels(), length, step.draw("angle", random));
}

void blur_defocus(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  defocus_blur(canvas.pixels(), step.draw("radius", random));
}

void add_blur(std::vector<OperationInfo>& all) {
  const char* const family = "blur";
  all.push_back({"gaussian_blur",
                 family,
                 "Gaussian blur",
                 {{"sigma", {0.3F, 1.5F}, 0, 50, "standard deviation in pixels", 0}},
                 blur_plain});
  all.push_back({"motion_blur",
                 family,
                 "motion blur of a moving camera",
                 {{"length", {2, 9}, 0, 255, "length of the streak, pixels", 0},
                  any_angle("direction of the streak, degrees")},
                 blur_motion});
  all.push_back({"defocus_blur",
                 family,
                 "defocus blur: the mean over a disc",
                 {{"radius", {1, 3}, 0, 9, "radius of the disc, pixels", 0}},
                 blur_defocus});
}

// --- camera --------------------------------------------------------------------------------------

void lose_resolution(const Step& step, Canvas& canvas, base::Random& random,
                     const AugmentContext&) {
  downscale(canvas.pixels(), step.draw("factor", random));
}

void compress(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  jpeg(canvas.pixels(), step.draw_whole("quality", random));
}

void noise_gaussian(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  gaussian_noise(canvas.pixels(), step.draw("sigma", random), random);
}

void noise_photons(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  poisson_noise(canvas.pixels(), step.draw("photons", random), random);
}

void noise_iso(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  const float luma = step.draw("luma", random);
  iso_noise(canvas.pixels(), luma, step.draw("chroma", random), random);
}

void add_camera(std::vector<OperationInfo>& all) {
  const char* const family = "camera";
  all.push_back({"downscale",
                 family,
                 "scales down and up again",
                 {{"factor", {1.2F, 3}, 1, 64, "1: no loss", 1}},
                 lose_resolution});
  all.push_back({"jpeg",
                 family,
                 "JPEG artefacts",
                 {whole("quality", {20, 80}, 1, 100, "as libjpeg counts; 100 is best", 100)},
                 compress});
  all.push_back({"gaussian_noise",
                 family,
                 "Gaussian noise, separate for each channel",
                 {{"sigma", {3, 20}, 0, 255, "standard deviation in grey levels", 0}},
                 noise_gaussian});
  all.push_back(
      {"poisson_noise",
       family,
       "photon noise, which grows with brightness",
       {{"photons", {30, 300}, 1, 1e6F, "photons counted in a white pixel; fewer means noisier"}},
       noise_photons});
  all.push_back(
      {"iso_noise",
       family,
       "noise of a high ISO setting: fine grain and colour blotches",
       {{"luma", {2, 12}, 0, 128, "standard deviation of the grain in grey levels", 0},
        {"chroma", {2, 12}, 0, 128, "standard deviation of the blotches in grey levels", 0}},
       noise_iso});
}

// --- weather -------------------------------------------------------------------------------------

void make_foggy(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  fog(canvas.pixels(), step.draw("density", random), random);
}

void make_rainy(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  Rain falling;
  falling.amount = step.draw("amount", random);
  falling.slant = step.draw("slant", random);
  falling.length = step.draw("length", random);
  rain(canvas.pixels(), falling, random);
}

void add_weather(std::vector<OperationInfo>& all) {
  const char* const family = "weather";
  all.push_back({"fog",
                 family,
                 "adds fog",
                 {{"density", {0.15F, 0.55F}, 0, 1, "mean density of the fog", 0}},
                 make_foggy});
  all.push_back({"rain",
                 family,
                 "adds streaks of rain and lowers contrast",
                 {{"amount", {0.2F, 0.8F}, 0, 1, "1: a downpour", 0},
                  {.name = "slant",
                   .initial = {-20, 20},
                   .low = -80,
                   .high = 80,
                   .meaning = "degrees from straight down",
                   .plus_minus = true},
                  {"length", {10, 30}, 1, 200, "length of a streak, pixels"}},
                 make_rainy});
}

}  // namespace

std::vector<OperationInfo> pixel_operations() {
  std::vector<OperationInfo> all;
  add_tone(all);
  add_light(all);
  add_blur(all);
  add_camera(all);
  add_weather(all);
  return all;
}

}  // namespace faceshot::augment
