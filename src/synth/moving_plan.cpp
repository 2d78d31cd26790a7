#include "synth/moving_plan.hpp"

#include <algorithm>
#include <cmath>

#include "base/random.hpp"

namespace faceshot::synth {
namespace {

constexpr float two_pi = 6.2831853F;
constexpr float margin_y = 90;  ///< pixels of the world above and below the picture

float from(const Range& range, base::Random& random) {
  return random.uniform(static_cast<float>(range.low), static_cast<float>(range.high));
}

int whole_from(const Range& range, base::Random& random) {
  const auto low = static_cast<int>(range.low), high = static_cast<int>(range.high);
  return low + static_cast<int>(random.below(static_cast<std::uint32_t>(high - low + 1)));
}

bool by_chance(double chance, base::Random& random) {
  return random.chance(static_cast<float>(chance));
}

float smooth(float x) {
  const float t = std::clamp(x, 0.0F, 1.0F);
  return t * t * (3 - 2 * t);
}

Wave draw_wave(float amplitude, float least_hz, float most_hz, base::Random& random) {
  return {amplitude, random.uniform(least_hz, most_hz), random.uniform()};
}

CameraPath draw_camera_path(const MovingSceneOptions& o, float seconds, base::Random& random) {
  CameraPath camera;
  camera.size = {static_cast<float>(o.width), static_cast<float>(o.height)};
  const cv::Size world = world_size(o);
  camera.base = {static_cast<float>(world.width) / 2, static_cast<float>(world.height) / 2};
  if (by_chance(o.pans, random)) {
    camera.pan_x = {from(o.pan_width, random), 1 / from(o.pan_seconds, random), random.uniform()};
    camera.pan_y = {random.uniform(0, 25), 1 / from(o.pan_seconds, random), random.uniform()};
  }
  if (by_chance(o.shakes, random)) {
    const float strength = random.uniform(0.5F, 6);
    camera.shake_x = draw_wave(strength, 1, 4, random);
    camera.shake_y = draw_wave(strength, 1, 4, random);
    camera.shake_roll = draw_wave(random.uniform(0, 0.02F), 0.5F, 2, random);
  }
  if (by_chance(o.zooms, random))
    camera.zoom_rate = random.uniform(0.1F, 0.4F) * (random.chance(0.5F) ? 1.0F : -0.5F) /
                       std::max(1.0F, seconds / 4);
  return camera;
}

void draw_gestures(const MovingSceneOptions& o, float seconds, Person& person,
                   base::Random& random) {
  person.yaw = draw_wave(random.uniform(0, 0.35F), 0.1F, 0.5F, random);
  person.pitch = draw_wave(random.uniform(0, 0.12F), 0.1F, 0.6F, random);
  person.roll = draw_wave(random.uniform(0, 0.15F), 0.1F, 0.6F, random);
  if (by_chance(o.turns, random))
    for (std::uint32_t i = 0; i < 1 + random.below(2); ++i)
      person.turns.push_back({random.uniform(0, seconds), random.uniform(0.15F, 0.5F),
                              random.uniform(0.1F, 1.0F),
                              random.uniform(0.8F, 1.45F) * (random.chance(0.5F) ? 1.0F : -1.0F)});
  if (by_chance(o.nods, random))
    person.nods.push_back({random.uniform(0, seconds), random.uniform(0.15F, 0.4F),
                           random.uniform(0.2F, 1.0F), random.uniform(0.4F, 0.9F)});
}

Person draw_person(const MovingSceneOptions& o, float seconds, base::Random& random) {
  Person person;
  person.traits = draw_traits(random);
  person.traits.yaw *= 0.5F;
  const auto low = static_cast<float>(o.face_height.low);
  const auto high = static_cast<float>(o.face_height.high);
  person.height = low * std::pow(high / low, random.uniform());
  const cv::Size world = world_size(o);
  const auto world_width = static_cast<float>(world.width);
  const auto width = static_cast<float>(o.width), height = static_cast<float>(o.height);
  // Heads are about as high as the camera; near ones vary more.
  const float y =
      0.45F * height + margin_y + random.normal() * (0.05F * height + 0.6F * person.height);
  person.start = {
      random.uniform(0.1F, 0.9F) * width + (world_width - width) / 2,
      std::clamp(y, margin_y + 0.6F * person.height, margin_y + height - 0.3F * person.height)};
  const float kind = random.uniform();
  const auto walkers = static_cast<float>(o.walkers);
  const auto restless = walkers + static_cast<float>(o.restless);
  if (kind < walkers) {
    const float speed = from(o.walk_speed, random) * person.height;
    const float way = random.chance(0.5F) ? 1.0F : -1.0F;
    person.velocity = {way * speed, random.normal() * 0.03F * speed};
    // They pass the centre of the world at some time in the shot.
    person.start.x = world_width / 2 + random.normal() * width / 6 -
                     person.velocity.x * random.uniform(0.1F, 0.9F) * seconds;
    person.sway_y = draw_wave(0.06F * person.height, 1.4F, 2.2F, random);
  } else if (kind < restless) {
    person.sway_x = draw_wave(random.uniform(0.5F, 2.5F) * person.height, 0.2F, 0.8F, random);
    person.sway_y = draw_wave(random.uniform(0.05F, 0.3F) * person.height, 0.3F, 1.5F, random);
  } else {
    person.sway_x = draw_wave(random.uniform(0, 0.3F) * person.height, 0.1F, 0.5F, random);
    person.sway_y = draw_wave(random.uniform(0, 0.1F) * person.height, 0.1F, 0.5F, random);
  }
  if (by_chance(o.approaching, random))
    person.growth = random.uniform(0.15F, 0.5F) * (random.chance(0.6F) ? 1.0F : -1.0F) /
                    std::max(1.0F, seconds / 3);
  draw_gestures(o, seconds, person, random);
  return person;
}

Occluder draw_occluder(const MovingSceneOptions& o, float seconds, base::Random& random) {
  Occluder board;
  const cv::Size world = world_size(o);
  const auto world_width = static_cast<float>(world.width);
  board.depth = static_cast<float>(o.face_height.low) *
                std::pow(static_cast<float>(o.face_height.high / o.face_height.low),
                         random.uniform(0.3F, 1.0F));
  board.width = board.depth * random.uniform(0.3F, 1.3F);
  board.top = random.chance(0.7F) ? 0.0F : 0.35F * static_cast<float>(world.height);
  board.bottom = static_cast<float>(world.height);
  board.x = world_width / 2 + random.uniform(-0.4F, 0.4F) * static_cast<float>(o.width);
  if (by_chance(o.passers, random)) {
    board.speed = random.uniform(150, 600) * (random.chance(0.5F) ? 1.0F : -1.0F);
    board.x -= board.speed * random.uniform(0.2F, 0.8F) * seconds;
  }
  for (int c = 0; c < 3; ++c) board.color[c] = static_cast<std::uint8_t>(30 + random.below(180));
  board.grain = random.bits();
  return board;
}

Shot draw_shot(const MovingSceneOptions& o, float seconds, base::Random& random) {
  Shot shot;
  shot.background = random.bits();
  shot.camera = draw_camera_path(o, seconds, random);
  const int people = whole_from(o.people, random);
  for (int i = 0; i < people; ++i) shot.people.push_back(draw_person(o, seconds, random));
  std::sort(shot.people.begin(), shot.people.end(),
            [](const Person& a, const Person& b) { return a.height < b.height; });
  if (by_chance(o.occluders, random))
    for (std::uint32_t i = 0; i < 1 + random.below(3); ++i)
      shot.occluders.push_back(draw_occluder(o, seconds, random));
  std::sort(shot.occluders.begin(), shot.occluders.end(),
            [](const Occluder& a, const Occluder& b) { return a.depth < b.depth; });
  return shot;
}

}  // namespace

float Wave::at(float t) const noexcept { return amplitude * std::sin(two_pi * (hz * t + phase)); }

float Episode::at(float t) const noexcept {
  return amount * smooth((t - begin) / rise) * (1 - smooth((t - begin - rise - hold) / rise));
}

float CameraPath::zoom(float t) const noexcept { return std::exp(zoom_rate * t); }
float CameraPath::roll(float t) const noexcept { return shake_roll.at(t); }

cv::Matx23f CameraPath::at(float t) const {
  const float z = zoom(t), c = z * std::cos(roll(t)), s = z * std::sin(roll(t));
  const float x = base.x + pan_x.at(t) + shake_x.at(t), y = base.y + pan_y.at(t) + shake_y.at(t);
  return {c, -s, size.width / 2 - c * x + s * y, s, c, size.height / 2 - s * x - c * y};
}

cv::Point2f Person::place(float t) const noexcept {
  return start + t * velocity + cv::Point2f(sway_x.at(t), sway_y.at(t));
}

float Person::height_at(float t) const noexcept { return height * std::exp(growth * t); }

FaceTraits Person::pose(float t) const {
  FaceTraits now = traits;
  now.yaw += yaw.at(t);
  now.pitch += pitch.at(t);
  now.roll += roll.at(t);
  for (const Episode& turn : turns) now.yaw += turn.at(t);
  for (const Episode& nod : nods) now.pitch += nod.at(t);
  now.yaw = std::clamp(now.yaw, -1.45F, 1.45F);  // beyond that nothing of the face is visible
  now.pitch = std::clamp(now.pitch, -0.9F, 0.9F);
  return now;
}

cv::Size world_size(const MovingSceneOptions& o) noexcept {
  return {o.width + 2 * (static_cast<int>(o.pan_width.high) + 60),
          o.height + 2 * static_cast<int>(margin_y)};
}

MovingPlan plan_scene(const MovingSceneOptions& o, std::uint64_t seed) {
  validate(o);
  base::Random random(seed);
  MovingPlan plan;
  plan.frame_rate = o.frame_rates[random.below(static_cast<std::uint32_t>(o.frame_rates.size()))];
  const auto frames = static_cast<std::size_t>(o.frames);
  const float seconds = static_cast<float>(o.frames) / static_cast<float>(plan.frame_rate);
  std::vector<std::size_t> cuts{0, frames};
  for (int i = 0; i < 2 && by_chance(o.cuts, random); ++i)
    cuts.push_back(
        static_cast<std::size_t>(random.uniform(0.15F, 0.85F) * static_cast<float>(o.frames)));
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    const float length =
        static_cast<float>(cuts[i + 1] - cuts[i]) / static_cast<float>(plan.frame_rate);
    Shot& shot = plan.shots.emplace_back(draw_shot(o, length, random));
    shot.begin = cuts[i];
    shot.end = cuts[i + 1];
  }
  const auto moments = [&](double chance, float low, float high, std::vector<Episode>& list) {
    if (!by_chance(chance, random)) return;
    for (std::uint32_t i = 0; i < 1 + random.below(3); ++i)
      list.push_back({random.uniform(0, seconds), random.uniform(0.1F, 0.4F),
                      random.uniform(0.1F, 0.8F), random.uniform(low, high)});
  };
  moments(o.dark, 0.4F, 0.85F, plan.dark);
  moments(o.unfocused, 1.0F, 4.0F, plan.unfocused);
  plan.light = std::exp(random.normal() * 0.15F);
  plan.noise = from(o.noise, random);
  plan.shutter = from(o.shutter, random);
  if (random.chance(0.67F)) plan.jpeg_quality = whole_from(o.jpeg_quality, random);
  return plan;
}

}  // namespace faceshot::synth
